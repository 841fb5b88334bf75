"""Mail that came in, in the portal, without JavaScript: sorted by the desk, shown as text, open to nobody else."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.files.store import open_store
from backend.inbox.arriving import arrive
from backend.inbox.model import IncomingMail
from backend.inbox.states import MailState
from backend.inbox.taking_verbs import take_mail
from backend.kit.actor import SCHEDULE, ActorKind
from backend.parties.agreement_model import Service
from backend.parties.model import Organisation, Person
from backend.rulebook.roles import Role
from backend.tickets.model import Ticket, TicketMessage
from tests.identity.making import add_member, add_organisation
from tests.inbox.hostile import file, multipart
from tests.inbox.making import HOUSE, a_mail, with_files
from tests.invoices.making import make_invoice, make_scene
from tests.making import make_agreement, make_person, make_service
from tests.tickets.making import make_desk, make_ticket_at_supplier
from tests.web.portal import Portal, path_to, text_of

HOSTS = {"report.kind": "SERVICE_REQUEST", "report.title": "Hosts", "report.description": "Which hosts are new?",
         "report.criticality": "NORMAL", "report.reach": "ONE_USER"}  # fmt: skip


async def comes(portal: Portal, raw: bytes, folder: Path) -> str:
    """A mail comes; the path of its page."""
    arrived = arrive(raw, open_store(folder.as_uri()))
    entered = await portal.house.entrance.enter(SCHEDULE, take_mail, arrived=arrived, house=HOUSE)
    return f"/saapuneet/{entered.thing().id}"


def chosen_in(form: str, name: str) -> str:
    """What a list of the form has chosen by itself, or else offers first."""
    options = form.partition(f'name="report.{name}"')[2].partition("</select>")[0]
    found = re.search(r'<option value="([^"]+)" selected', options) or re.search(r'<option value="([^"]+)"', options)
    assert found, name
    return found[1]


def typed_in(form: str, name: str) -> str:
    """What a text field of the form says by itself."""
    found = re.search(rf'<input[^>]* name="report.{name}"[^>]*>', form)
    assert found, name
    said = re.search(r' value="([^"]*)"', found[0])
    return said[1] if said else ""


async def state_of(portal: Portal, page: str) -> MailState | None:
    async with portal.house.sessions() as session:
        return await session.scalar(
            sa.select(IncomingMail.state).where(IncomingMail.id == int(page.rpartition("/")[2]))
        )


@pytest.fixture
async def asker(portal: Portal) -> Person:
    """A customer's person, where there is a service to ask of."""
    async with portal.house.sessions.begin() as session:
        await make_service(session, await make_agreement(session, portal.supplier))
        mallila = await add_organisation(session, "Mallila", ActorKind.CUSTOMER)
        return await add_member(session, mallila, Role.REPRESENTATIVE, "Hanna Järvinen")


async def test_whoever_complains_for_tiera_reads_what_came_and_makes_a_complaint_of_it(
    portal: Portal, tmp_path: Path
) -> None:
    page = await comes(portal, a_mail("x@example.com", "Siirto ei toiminut.", subject="Reklamaatio"), tmp_path)
    async with portal.house.sessions.begin() as session:
        business = await add_member(session, portal.tiera, Role.BUSINESS_MANAGER, "Päivi Johtaja")
    browser = await portal.signed_in(business)
    assert 'href="/saapuneet"' in (await browser.get("/pyynnot")).text
    assert "Reklamaatio" in (await browser.get("/saapuneet?states=HELD")).text
    shown = (await browser.get(page)).text
    assert f"{page}/reklamaatioksi" in shown and f"{page}/hylkaa" not in shown


async def test_a_mail_becomes_a_ticket_with_what_it_says_filled_in(
    portal: Portal, asker: Person, tmp_path: Path
) -> None:
    tiera = await portal.signed_in()
    page = await comes(portal, a_mail(asker.email, "Please add Sanna.", subject="New user"), tmp_path)
    assert "New user" in (await tiera.get("/tyopoyta")).text
    assert "New user" in (await tiera.get("/saapuneet?states=HELD")).text
    form = (await tiera.get(f"{page}/tapaukseksi")).text
    assert 'value="New user"' in form and "Please add Sanna." in form
    chosen = {name: chosen_in(form, name) for name in ("serviceId", "customerId")}
    chosen["requesterId"] = typed_in(form, "requesterId")
    answer = await tiera.send(
        f"{page}/tapaukseksi",
        f"{page}/tapaukseksi",
        {"report.kind": "SERVICE_REQUEST", "report.title": "New user", "report.description": "Please add Sanna.",
         "report.criticality": "NORMAL", "report.reach": "ONE_USER"}
        | {f"report.{name}": value for name, value in chosen.items()},
    )  # fmt: skip
    async with portal.house.sessions() as session:
        ticket = (await session.scalars(sa.select(Ticket))).one()
    assert path_to(answer) == f"/pyynnot/{ticket.id}"
    assert (ticket.title, ticket.requester_id) == ("New user", asker.id)
    assert f"Organisation:{ticket.customer_id}" == chosen["customerId"]
    assert ticket.number in (await tiera.get(page)).text
    assert (await tiera.get(f"{page}/tapaukseksi")).status_code == 409
    wrong = await comes(portal, a_mail("x@example.com", "Once more.", subject="Again"), tmp_path)
    refused = await tiera.send(f"{wrong}/liita", f"{wrong}/liita", {"number": "TIK-2026-99999"})
    assert refused.status_code in (404, 422) and await state_of(portal, wrong) is MailState.HELD
    await tiera.send(f"{wrong}/liita", f"{wrong}/liita", {"number": ticket.number})
    async with portal.house.sessions() as session:
        assert "Once more." in (await session.scalars(sa.select(TicketMessage.text))).one()


async def test_a_suppliers_mail_becomes_a_ticket_that_the_supplier_asked_for(
    portal: Portal, asker: Person, tmp_path: Path
) -> None:
    async with portal.house.sessions.begin() as session:
        expert = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
    tiera, supplier = await portal.signed_in(), await portal.signed_in(expert)
    page = await comes(portal, a_mail(expert.email, "Which hosts are new?", subject="Hosts"), tmp_path)
    form = (await tiera.get(f"{page}/tapaukseksi")).text
    assert typed_in(form, "requesterId") == expert.email
    service = {"report.serviceId": chosen_in(form, "serviceId"), "report.requesterId": expert.email or ""}
    said = HOSTS | {"report.customerId": ""}
    there = path_to(await tiera.send(f"{page}/tapaukseksi", f"{page}/tapaukseksi", said | service))
    assert "Which hosts are new?" in (await supplier.get(there)).text, "it sees what it asked"
    answered = await tiera.send(f"{there}/vastaa", f"{there}/vastaa", {"text": "All but the first."})
    assert path_to(answered) == there and "All but the first." in (await supplier.get(there)).text


@pytest.mark.parametrize("of", ["a customer", "another's service", "Tiera"])
async def test_whose_matter_a_suppliers_mail_is_can_be_chosen_otherwise(
    portal: Portal, asker: Person, tmp_path: Path, of: str
) -> None:
    async with portal.house.sessions.begin() as session:
        expert = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
        other = await add_organisation(session, "Toinen Oy", ActorKind.SUPPLIER)
        others = await make_service(session, await make_agreement(session, other))
    tiera = await portal.signed_in()
    page = await comes(portal, a_mail(expert.email, "Which hosts are new?", subject="Hosts"), tmp_path)
    form = (await tiera.get(f"{page}/tapaukseksi")).text
    service = str(others.ref) if of == "another's service" else chosen_in(form, "serviceId")
    said = HOSTS | {"report.serviceId": service, "report.requesterId": "" if of == "Tiera" else expert.email or ""}
    said["report.customerId"] = chosen_in(form, "customerId") if of == "a customer" else ""
    answer = await tiera.send(f"{page}/tapaukseksi", f"{page}/tapaukseksi", said)
    if of != "Tiera":
        assert answer.status_code == 422 and "Nobody of that organisation has this name" in text_of(answer.text)
        assert typed_in(answer.text, "requesterId") == expert.email, "whose name it is is said by whoever chose"
        said["report.requesterId"] = ""
        answer = await tiera.send(f"{page}/tapaukseksi", f"{page}/tapaukseksi", said)
    async with portal.house.sessions() as session:
        ticket = (await session.scalars(sa.select(Ticket))).one()
    assert path_to(answer) == f"/pyynnot/{ticket.id}" and ticket.requester_id == ticket.reported_by_id
    assert (ticket.customer_id is None, ticket.reached_supplier_at) == (of != "a customer", None)


@pytest.mark.parametrize("sender", ["a private address", "Tiera's own", "somebody who has left"])
async def test_a_ticket_of_a_mail_is_asked_by_whoever_is_named_of_the_customer(
    portal: Portal, asker: Person, tmp_path: Path, sender: str
) -> None:
    async with portal.house.sessions.begin() as session:
        left = await make_person(session)
    addresses = {"Tiera's own": portal.key_user.email, "somebody who has left": left.email}
    tiera = await portal.signed_in()
    page = (
        f"{await comes(portal, a_mail(addresses.get(sender, 'hanna@example.net'), 'New hosts?'), tmp_path)}/tapaukseksi"
    )
    form = (await tiera.get(page)).text
    assert typed_in(form, "requesterId") == "", "a wrong name is not there by itself"
    async with portal.house.sessions() as session:
        town = (await session.scalars(sa.select(Organisation).where(Organisation.name == "Mallila"))).one()
    said = HOSTS | {"report.serviceId": chosen_in(form, "serviceId"), "report.customerId": str(town.ref)}
    refused = await tiera.send(page, page, said | {"report.requesterId": portal.manager.email or ""})
    assert refused.status_code == 422 and "Nobody of that organisation has this name" in text_of(refused.text)
    there = path_to(await tiera.send(page, page, said | {"report.requesterId": "Järvinen"}))
    async with portal.house.sessions() as session:
        ticket = (await session.scalars(sa.select(Ticket))).one()
    assert (there, ticket.requester_id, ticket.customer_id) == (f"/pyynnot/{ticket.id}", asker.id, town.id)


async def test_a_sensitive_mail_is_masked_from_the_first_on_the_ticket_that_is_made_of_it(
    portal: Portal, asker: Person, tmp_path: Path
) -> None:
    tiera = await portal.signed_in()
    mail = await comes(portal, with_files(asker.email, "Matti is ill.", "matti.pdf", Subject="A place"), tmp_path)
    page = f"{mail}/tapaukseksi"
    form = (await tiera.get(page)).text
    chosen = {f"report.{name}": chosen_in(form, name) for name in ("serviceId", "customerId")}
    said = HOSTS | chosen | {"report.requesterId": asker.email or "", "report.isSensitive": "true"}
    there = path_to(await tiera.send(page, page, said | {"report.description": "Matti is ill."}))
    for browser, pages in ((await portal.signed_in(asker), (there,)), (tiera, (there, mail))):
        for each in pages:
            shown = (await browser.get(each)).text
            assert "Matti is ill." not in shown and "matti.pdf" not in shown
    async with portal.house.sessions() as session:
        assert (await session.scalars(sa.select(Ticket.is_sensitive))).one()


async def test_a_mail_becomes_the_draft_of_a_complaint_about_what_it_names(portal: Portal, tmp_path: Path) -> None:
    async with portal.house.sessions.begin() as session:
        desk = await make_desk(session)
        ticket = await make_ticket_at_supplier(session, desk)
    tiera = await portal.signed_in()
    raw = a_mail(
        "x@example.com", f"Asia TIK-2026-99999 ja {ticket.number.lower()} jäi hoitamatta.", subject="Reklamaatio"
    )
    page = await comes(portal, raw, tmp_path)
    path = f"{page}/reklamaatioksi"
    assert f'href="{path}"' in (await tiera.get(page)).text
    form = (await tiera.get(path)).text
    agreement = str(desk.parties.agreement.ref)
    assert 'value="Reklamaatio"' in form and f'<option value="{agreement}" selected' in form
    assert f'value="{ticket.number}"' in form and ticket.title in text_of(form)
    given = {"agreementId": agreement, "content.aboutNamed": ticket.number, "content.cause": "DELAY"}
    assert (await tiera.send(path, path, given)).status_code == 422
    said = {"content.title": "Reklamaatio", "content.description": "Jäi hoitamatta."}
    made = path_to(await tiera.send(path, path, given | said))
    assert made.startswith("/reklamaatiot/")
    assert f'href="{made}"' in (await tiera.get(page)).text and f'href="{page}"' in (await tiera.get(made)).text
    assert await state_of(portal, page) is MailState.COMPLAINED
    of_it, of_all = [text_of((await tiera.get(each)).text) for each in (page, "/saapuneet")]
    assert "make a draft" not in of_it + of_all, "it was made"
    assert "1 mail" in of_all and "Became a complaint" in of_all
    assert (await tiera.get(path)).status_code == 409
    async with portal.house.sessions.begin() as session:
        await make_agreement(session)
        invoice = await make_invoice(session, scene := await make_scene(session))
    page = await comes(portal, a_mail("x@example.com", f"Laskun nro {invoice.number}, summa on väärin."), tmp_path)
    form = (await tiera.get(f"{page}/reklamaatioksi")).text
    assert re.search(rf'aboutNamed"[^>]* value="{invoice.number}"', form) and '<option value="COST" selected' in form
    assert re.findall(r'<option value="(Agreement:\d+)"', form) == [str(scene.agreement.ref)], "its supplier's alone"


async def test_what_is_discarded_stays_and_comes_back(portal: Portal, tmp_path: Path) -> None:
    tiera = await portal.signed_in()
    page = await comes(portal, a_mail("x@example.com", "Buy!", subject="Offer"), tmp_path)
    assert (await tiera.send(f"{page}/hylkaa", f"{page}/hylkaa", {"reason": ""})).status_code == 422
    assert path_to(await tiera.send(f"{page}/hylkaa", f"{page}/hylkaa", {"reason": "An advertisement."})) == page
    shown = text_of((await tiera.get(page)).text)
    assert "An advertisement." in shown and "Buy!" in shown
    await tiera.send(f"{page}/palauta", f"{page}/palauta", {})
    assert await state_of(portal, page) is MailState.HELD


async def test_markup_in_a_mail_is_never_markup_on_its_page(portal: Portal, tmp_path: Path) -> None:
    tiera = await portal.signed_in()
    raw = (
        b"From: =?utf-8?q?<img_src=3Dx>?= <x@example.com>\nSubject: <script>alert(1)</script>\n"
        b"Content-Type: text/html\n\n<p>Hei</p>&lt;script&gt;alert(2)&lt;/script&gt;<script>alert(3)</script>"
    )
    shown = (await tiera.get(await comes(portal, raw, tmp_path))).text
    assert "<script>alert" not in shown and "<img src" not in shown and "alert(3)" not in shown
    assert "&lt;script&gt;alert(2)" in shown


async def test_nobody_else_reads_it(portal: Portal, asker: Person, tmp_path: Path) -> None:
    page = await comes(portal, a_mail("x@example.com", subject="Private"), tmp_path)
    browser = await portal.signed_in(asker)
    assert (await browser.get("/saapuneet")).status_code == 403
    assert (await browser.get(page)).status_code == 404
    assert "Private" not in (await browser.get("/tyopoyta")).text


async def test_a_service_takes_mail_and_a_sensitive_mail_is_opened_on_record(
    portal: Portal, asker: Person, tmp_path: Path
) -> None:
    async with portal.house.sessions() as session:
        service = (await session.scalars(sa.select(Service))).one()
    page = f"/palvelut/{service.id}"
    key_user, tiera = await portal.signed_in(portal.key_user), await portal.signed_in()
    assert path_to(await key_user.send(page, f"{page}/posti", {})) == page
    assert service.name in text_of((await tiera.get("/saapuneet")).text)
    assert "Takes mail" in text_of((await key_user.get(f"/sopimukset/{service.agreement_id}/palvelut")).text)
    mail = await comes(portal, with_files(asker.email, "Matti is ill.", "matti.pdf", Subject="A place"), tmp_path)
    async with portal.house.sessions() as session:
        ticket = (await session.scalars(sa.select(Ticket))).one()
    shown = (await tiera.get(mail)).text
    assert f'href="/pyynnot/{ticket.id}"' in shown and "Matti is ill." in shown and "matti.pdf" in shown
    assert "matti.pdf" in (await (await portal.signed_in(asker)).get(f"/pyynnot/{ticket.id}")).text
    await tiera.send(f"/pyynnot/{ticket.id}", f"/pyynnot/{ticket.id}/peitto", {})
    shown = (await tiera.get(mail)).text
    assert "Matti is ill." not in shown and "matti.pdf" not in shown and ".eml" not in shown
    opened = (await tiera.send(mail, f"/pyynnot/{ticket.id}/avaus", {})).text
    assert "Matti is ill." in opened and "matti.pdf" in opened
    assert re.search(r'href="/api/files/\d+">[0-9a-f]+\.eml', opened), "the mail itself opens with it"
    assert "Matti is ill." not in (await tiera.get(mail)).text


async def test_a_flood_is_discarded_by_one_form_and_a_page_lists_no_more_names_than_somebody_reads(
    portal: Portal, tmp_path: Path
) -> None:
    tiera = await portal.signed_in()
    raw = multipart(b"\nx", *[file(f"{n}.exe", b"MZ\0") for n in range(23)])
    pages = [await comes(portal, each, tmp_path) for each in (raw, raw.replace(b"\nx", b"\ny"))]
    shown = (await tiera.get(pages[0])).text
    assert "19.exe" in shown and "20.exe" not in shown and "3 files more" in shown
    asked = f"{pages[0]}/hylkaa"
    assert 'name="withOthers"' in (await tiera.get(asked)).text
    await tiera.send(asked, asked, {"reason": "A flood.", "withOthers": "true"})
    assert [await state_of(portal, page) for page in pages] == [MailState.DISCARDED] * 2


async def test_mail_that_says_that_it_is_a_complaint_offers_the_draft_first(portal: Portal, tmp_path: Path) -> None:
    async with portal.house.sessions.begin() as session:
        town = await add_organisation(session, "Mallila", ActorKind.CUSTOMER)
        asker = await add_member(session, town, Role.REPRESENTATIVE, "Hanna Kunta")
    page = await comes(portal, a_mail(asker.email, "Tilaus on myöhässä.", subject="Reklamaatio"), tmp_path)
    shown = (await (await portal.signed_in()).get(page)).text
    assert "It says that it is a complaint" in text_of(shown)
    assert f'<a class="ds-button" href="{page}/reklamaatioksi" data-variant="primary"' in shown
