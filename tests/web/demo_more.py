"""What the demo lacks and pages are made for: a change to answer, a part to return, an order without estimate."""

from datetime import date, timedelta
from email.message import EmailMessage

import httpx

from backend.kit import clock
from tests.web.demo_portal import Demo

ORDERS = "select id from orders where title = %(title)s"
AT_ONCE = "Lomakkeen ohjetekstit"
FIXED = "Kiinteähintainen koulutusaineisto"


def add_to(demo: Demo) -> None:
    """Let the demo's people do what its story leaves out."""
    today = clock.now().astimezone(clock.HELSINKI).date()
    _propose_a_change(demo)
    _pass_the_ceiling(demo)
    _deliver_a_part(demo)
    _draft_without_an_estimate(demo, today)
    _type_an_invoice(demo, today)
    _agree_with_a_customer(demo, today)
    _write_a_mail(demo)
    _attach_to_a_complaint(demo)


def order(demo: Demo, title: str) -> str:
    """The global id of an order of the demo by its title."""
    return f"Order:{demo.row(ORDERS, title=title)['id']}"


def _propose_a_change(demo: Demo) -> None:
    title = "Raportointialustan versiopäivitys"
    change = {
        "title": title,
        "description": "Alusta päivitetään, vanhat raportit tarkistetaan ja valvonta lisätään.",
        "goal": "Raportit tuottavat samat luvut kuin ennen.",
        "minutesChange": 600,
    }
    reason = "Valvonta sovittiin kokouksessa."
    demo.do("manager_b", "proposeRevision", orderId=order(demo, title), change=change, reason=reason)


def _pass_the_ceiling(demo: Demo) -> None:
    """The supplier sees that it will not be enough, and has not yet asked to go on."""
    accessible = order(demo, "Asiointilomakkeiden saavutettavuuskorjaukset")
    demo.do("manager_a", "giveForecast", orderId=accessible, remainingMinutes=100 * 60, note="Kaksi lomaketta lisää.")


def _deliver_a_part(demo: Demo) -> None:
    """An order of a fixed price in two parts, of which one is delivered."""
    agreement = _agreement(demo)
    content = {
        "title": FIXED, "description": "Aineisto kahdessa osassa.", "serviceId": agreement["service"],
        "pricing": "FIXED",
    }  # fmt: skip
    made = demo.do("ordering_contact", "createOrder", "order { id }", agreementId=agreement["id"], content=content)
    order_id = made["order"]["id"]
    demo.do("ordering_contact", "requestEstimate", orderId=order_id)
    option = {
        "title": "Kahdessa osassa",
        "rows": [{"priceGroupId": agreement["group"], "minutes": 1200}],
        "parts": [{"title": "Ohjevideot", "amount": "1200.00"}, {"title": "Kirjallinen ohje", "amount": "700.00"}],
    }
    demo.do("manager_a", "giveEstimate", orderId=order_id, options=[option], noneBetterStatement="Halvempaa ei ole.")
    chosen = demo.row(
        "select o.id from estimate_options o join estimates e on e.id = o.estimate_id where e.order_id = %(id)s",
        id=int(order_id.partition(":")[2]),
    )
    demo.do("ordering_contact", "placeOrder", orderId=order_id, optionId=f"EstimateOption:{chosen['id']}")
    demo.do("manager_a", "confirmOrder", orderId=order_id)
    demo.do("manager_a", "startWork", orderId=order_id)
    part = demo.row("select id from milestones where title = 'Ohjevideot'")
    demo.do("manager_a", "deliverMilestone", milestoneId=f"Milestone:{part['id']}")


def _draft_without_an_estimate(demo: Demo, today: date) -> None:
    """Small orders need no estimate any more, and there is a draft of one."""
    agreement = _agreement(demo)
    demo.do(
        "key_user", "changeTerm", agreementId=agreement["id"], name="small_order_needs_estimate", value="false",
        validFrom=str(today), reason="Pienet korjaukset tilataan suoraan.",
    )  # fmt: skip
    content = {"title": AT_ONCE, "description": "Lomakkeen ohjetekstit päivitetään.", "serviceId": agreement["service"]}
    demo.do("ordering_contact", "createOrder", agreementId=agreement["id"], content=content)


def _agree_with_a_customer(demo: Demo, today: date) -> None:
    """Tiera's agreement with a municipality, which its representative may read."""
    customer = demo.row("select id from organisations where name = 'Mallilan kaupunki'")
    demo.do(
        "key_user", "concludeAgreement", organisationId=f"Organisation:{customer['id']}", number="SOP-2026-090",
        name="Asiakassopimus", validFrom=str(today), validUntil=str(today + timedelta(days=700)), modelVersion="1.0",
    )  # fmt: skip


def _type_an_invoice(demo: Demo, today: date) -> None:
    """A supplier has begun to type an invoice and has not sent it."""
    line = {"text": "Työtä, joka vielä tarkistetaan", "amount": "100.00", "vatRate": "25.5"}
    draft = {"number": "PL-LUONNOS", "issuedOn": str(today), "lines": [line]}
    demo.do("manager_b", "draftInvoice", draft=draft)


def _agreement(demo: Demo) -> dict[str, str]:
    """The agreement of the first supplier, a service and a price group of it: global ids."""
    found = demo.row(
        "select a.id, s.id as service, g.id as group from agreements a join services s on s.agreement_id = a.id"
        " join price_groups g on g.agreement_id = a.id where a.number = 'SOP-2026-014' order by s.id, g.id"
    )
    kinds = {"id": "Agreement", "service": "Service", "group": "PriceGroup"}
    return {name: f"{kinds[name]}:{value}" for name, value in found.items()}


def _write_a_mail(demo: Demo) -> None:
    """As the worker leaves them in the demo's folder."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "portaali@tiera.example", demo.people["ordering_contact"]["email"]
    mail["Subject"], mail["Date"] = "Toimittaja pyytää työmäärän ylitystä", clock.now() - timedelta(minutes=5)
    mail.set_content("Toimittaja pyytää työmäärän ylitystä 52 h.\n\nAvaa tilaus portaalissa.\n")
    mail["Content-Language"] = "fi"
    folder = demo.folder / "mail"
    folder.mkdir(exist_ok=True)
    (folder / "esimerkki.eml").write_bytes(bytes(mail))


def _attach_to_a_complaint(demo: Demo) -> None:
    """A draft with a file, which can be taken away."""
    held = {"Authorization": f"Bearer {demo.people['service_manager']['token']}"}
    brought = httpx.post(f"{demo.address}/api/files", files={"file": ("viestit.txt", b"Viestit")}, headers=held)
    agreement = f"Agreement:{demo.row('select agreement_id as id from complaints')['id']}"
    content = {
        "title": "Viesteihin ei vastattu", "description": "Kolmeen viestiin ei tullut vastausta.",
        "cause": "COMMUNICATION", "fileIds": [brought.json()["id"]],
    }  # fmt: skip
    demo.do("service_manager", "createComplaint", agreementId=agreement, content=content)
