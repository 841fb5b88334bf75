"""An ordering contact is named, confirmed by another, seen by the supplier, replaced and ended: without JavaScript."""

import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.parties.model import Person
from backend.parties.right_model import OrderingRight
from backend.parties.states import RightState
from backend.rulebook.roles import RIGHTS, Right, Role
from tests.files.making import PDF_BYTES
from tests.identity.making import add_member, add_organisation
from tests.making import make_agreement, make_organisation, make_person, make_right, make_role
from tests.web.portal import Browser, Portal, hidden, text_of


def typed(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


async def contact_and_supplier(portal: Portal) -> tuple[Person, Person]:
    async with portal.house.sessions.begin() as session:
        contact = await add_member(session, portal.tiera, Role.SOLUTION_EXPERT, "Anna Tilaaja")
        return contact, await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")


async def enter(browser: Browser, portal: Portal, contact: Person, **changed: Any) -> httpx.Response:
    today = typed(helsinki_date(clock.now()))
    page = await browser.get("/oikeudet/uusi")
    fields = {
        **hidden(page.text, "/oikeudet/uusi"),
        "personId": f"Person:{contact.id}",
        "organisationId": f"Organisation:{portal.tiera.id}",
        "document.number": "NIM-7",
        "document.on": today,
        "limits.largestClass": "ASSIGNMENT",
        "limits.mostMinutes": "75",
        "limits.mostEuros": "10 000,50",
        "limits.validFrom": today,
        **changed,
    }
    files = {"document.fileId": ("nimeäminen.pdf", PDF_BYTES)}
    return await browser.client.post("/oikeudet/uusi", data=fields, files=files)


@pytest.mark.rule("H11.8.1-a", "H11.8.1-b")
async def test_a_naming_is_entered_with_its_document_and_confirmed_by_another(portal: Portal) -> None:
    contact, supplier = await contact_and_supplier(portal)
    key_user, manager = await portal.signed_in(portal.key_user), await portal.signed_in(portal.manager)
    entered = await enter(key_user, portal, contact)
    assert entered.status_code == 303, entered.text
    path = entered.headers["location"].removeprefix("http://portaali.test")
    shown = (await key_user.get(path)).text
    assert "This naming waits for confirmation" in shown
    namers = [role for (_, role), rights in RIGHTS.items() if Right.CONFIRM_ORDERING_RIGHTS in rights]
    assert namers == [Role.BUSINESS_MANAGER, Role.SERVICE_MANAGER]
    assert "once a business manager or service manager of Tiera has confirmed it" in shown
    assert f"{path}/vahvistus" not in shown, "who entered it does not confirm it"

    theirs = await portal.signed_in(supplier)
    assert (await theirs.get(path)).status_code == 404
    confirmed = await manager.send(path, f"{path}/vahvistus", {})
    assert confirmed.status_code == 303
    seen = (await theirs.get(path)).text
    assert "Anna Tilaaja" in seen and "10\u00a0000,50\u00a0€" in seen and "75\u00a0h" in seen
    assert f'/henkilot/{contact.id}"' in seen
    assert "Ordered in" in shown and "Ordered in" not in seen, "what others get is no business of the supplier"
    file = re.search(r'href="(/api/files/\d+)"', seen)
    assert file
    given = await theirs.get(file[1], Sec_Fetch_Site="same-origin")
    assert (given.status_code, given.content) == (200, PDF_BYTES)
    async with portal.house.sessions() as session:
        right = (await session.scalars(sa.select(OrderingRight))).one()
    assert (right.state, right.most_minutes, right.document_number) == (RightState.IN_FORCE, 4_500, "NIM-7")


@pytest.mark.rule("H11.8.1-b")
async def test_a_naming_offers_agreements_that_begin_later_and_none_that_has_ended(portal: Portal) -> None:
    today = helsinki_date(clock.now())
    async with portal.house.sessions.begin() as session:
        for n in range(100):  # as many as one page of the schema has, before the others by their numbers
            ended = await make_agreement(session, portal.supplier, valid=Range(date(2020, 1, 1), date(2021, 1, 1)))
            ended.number = f"A-{n}"
        later, now, over = [
            await make_agreement(
                session, portal.supplier, valid=Range(today + timedelta(days=first), today + timedelta(days=last))
            )
            for first, last in ((30, 60), (-30, 30), (-60, -30))
        ]
    offered = (await (await portal.signed_in(portal.key_user)).get("/oikeudet/uusi")).text
    assert [one.number for one in (later, now, over) if f"{one.number}," in offered] == [later.number, now.number]


@pytest.mark.rule("H11.8.1-a", "H11.3-b")
async def test_a_naming_offers_who_begins_later_and_nobody_who_has_left_or_whose_role_was_called_off(
    portal: Portal,
) -> None:
    today = helsinki_date(clock.now())
    begins, ended = Range(today + timedelta(days=3), None), Range(date(2020, 1, 1), today)
    async with portal.house.sessions.begin() as session:
        customer = await make_organisation(session, ActorKind.CUSTOMER)
        for name, valid in (("Alma Alkava", begins), ("Lauri Lähtenyt", ended), ("Pia Peruttu", begins)):
            held = await make_role(
                session, await make_person(session, name), customer, Role.REPRESENTATIVE, valid=valid
            )
        held.valid, held.called_off_from = Range(empty=True), begins.lower
    offered = (await (await portal.signed_in(portal.key_user)).get("/oikeudet/uusi")).text
    assert f"Alma Alkava, {customer.name}" in offered
    assert "Lauri Lähtenyt" not in offered and "Pia Peruttu" not in offered


async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(portal: Portal) -> None:
    contact, _ = await contact_and_supplier(portal)
    browser = await portal.signed_in(portal.key_user)
    missing = await enter(browser, portal, contact, **{"document.number": " "})
    assert missing.status_code == 422
    assert 'id="f-document-number-error"' in missing.text
    refused = await enter(browser, portal, contact, **{"limits.mostEuros": "-1"})
    assert refused.status_code == 422
    assert 'id="f-limits-mostEuros-error"' in refused.text
    assert "nimeäminen.pdf" in refused.text
    assert 'value="75"' in refused.text


@pytest.mark.rule("H11.8.1-c")
async def test_the_list_says_who_may_order_on_a_day_and_what_ends_is_seen_no_more(portal: Portal) -> None:
    contact, supplier = await contact_and_supplier(portal)
    key_user, manager = await portal.signed_in(portal.key_user), await portal.signed_in(portal.manager)
    path = (await enter(key_user, portal, contact)).headers["location"].removeprefix("http://portaali.test")
    await manager.send(path, f"{path}/vahvistus", {})
    theirs = await portal.signed_in(supplier)
    listed = (await theirs.get("/oikeudet")).text
    assert "Anna Tilaaja" in listed and "meter-bar" not in listed
    assert "Anna Tilaaja" not in (await theirs.get("/oikeudet?paiva=1.1.2020")).text
    assert "Write a date" in (await theirs.get("/oikeudet?paiva=eilen")).text
    nothing = (await theirs.get("/oikeudet?words=Kukaan")).text
    assert "No ordering right was found" in nothing and "Nobody may order" not in nothing
    csv = await theirs.get("/oikeudet/vienti.csv")
    assert csv.status_code == 200 and "Anna Tilaaja;Kuntien Tiera;every supplier" in csv.text
    assert (await theirs.get("/oikeudet/vienti.xlsx")).content.startswith(b"PK")
    assert (await theirs.get("/oikeudet/vienti.exe")).status_code == 404

    without_reason = await manager.send(f"{path}/paattyminen", f"{path}/paattyminen", {"reason": ""})
    assert without_reason.status_code == 422
    of_two = hidden((await manager.get(f"{path}/paattyminen")).text, f"{path}/paattyminen")
    ended = await manager.send(f"{path}/paattyminen", f"{path}/paattyminen", {"reason": "Has left."})
    assert ended.status_code == 303
    again = of_two | {"reason": "Is leaving."}
    late = await manager.post(f"{path}/paattyminen", again, HX_Request="true", HX_Request_Type="partial")
    assert (late.status_code, "Is leaving.</textarea>" in late.text) == (422, True)
    assert "the state is “ended”" in text_of(late.text) and "It ends at once" in text_of(late.text)
    assert "Anna Tilaaja" not in (await theirs.get("/oikeudet")).text
    everything = (await theirs.get("/oikeudet?kaikki=1")).text
    assert "Anna Tilaaja" in everything and "ended" in everything


@pytest.mark.rule("H11.8.1-c")
async def test_the_list_and_its_file_name_every_customer_of_a_right(portal: Portal) -> None:
    names = [f"Kunta {n}" for n in range(1, 9)]
    async with portal.house.sessions.begin() as session:
        customers = [await add_organisation(session, name, ActorKind.CUSTOMER) for name in names]
        contact = await add_member(session, portal.tiera, Role.SOLUTION_EXPERT, "Anna Tilaaja")
        await make_right(session, contact.id, portal.tiera, for_organisation_ids=[each.id for each in customers])
    browser = await portal.signed_in(portal.manager)
    for path in ("/oikeudet", "/oikeudet/vienti.csv"):
        assert ", ".join(names) in (await browser.get(path)).text, path


@pytest.mark.rule("H11.8.1-c")
async def test_a_supplier_is_led_to_no_page_of_a_customers_contact_which_it_may_not_see(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        customer = await add_organisation(session, "Pikkula", ActorKind.CUSTOMER)
        contact = await add_member(session, customer, Role.REPRESENTATIVE, "Rauni Rivi")
        right = await make_right(session, contact.id, customer)
        manager = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
    theirs = await portal.signed_in(manager)
    shown = (await theirs.get(f"/oikeudet/{right.id}")).text
    assert "Rauni Rivi" in shown and f'/henkilot/{contact.id}"' not in shown
    assert (await theirs.get(f"/henkilot/{contact.id}")).status_code == 404


async def test_a_new_version_begins_with_what_the_old_one_says(portal: Portal) -> None:
    contact, _ = await contact_and_supplier(portal)
    key_user, manager = await portal.signed_in(portal.key_user), await portal.signed_in(portal.manager)
    path = (await enter(key_user, portal, contact)).headers["location"].removeprefix("http://portaali.test")
    assert (await key_user.get(f"{path}/uusi-versio")).status_code == 409, "it is not in force yet"
    await manager.send(path, f"{path}/vahvistus", {})
    form = (await key_user.get(f"{path}/uusi-versio")).text
    assert 'value="10 000,5"' in form and 'value="75"' in form
    today, later = (typed(helsinki_date(clock.now()) + timedelta(days=days)) for days in (0, 9))
    given = {"document.number": "NIM-8", "document.on": today, "limits.mostEuros": "5", "limits.validFrom": later}
    sent = await key_user.send(f"{path}/uusi-versio", f"{path}/uusi-versio", given)
    assert sent.status_code == 303
    new = sent.headers["location"].removeprefix("http://portaali.test")
    assert "The version NIM-7 ends when this one begins." in (await manager.get(new)).text
    await manager.send(new, f"{new}/vahvistus", {})
    older = (await key_user.get(path)).text
    assert f"The version after, NIM-8, from {later} on" in older
    assert f"{path}/uusi-versio" not in older, "it has a version after it already"


@pytest.mark.parametrize(
    "path", ["/oikeudet/uusi", "/organisaatiot/uusi", "/sopimukset/uusi", "/sopimukset/ehdot/vat_rate"]
)
async def test_only_who_may_do_it_gets_a_form(portal: Portal, path: str) -> None:
    _, supplier = await contact_and_supplier(portal)
    assert (await (await portal.signed_in(supplier)).get(path)).status_code == 403


@pytest.mark.rule("H11.8.1-c")
async def test_a_version_that_waits_keeps_back_another_and_one_that_never_began_does_not(portal: Portal) -> None:
    contact, _ = await contact_and_supplier(portal)
    key_user, manager = await portal.signed_in(portal.key_user), await portal.signed_in(portal.manager)
    path = (await enter(key_user, portal, contact)).headers["location"].removeprefix("http://portaali.test")
    await manager.send(path, f"{path}/vahvistus", {})
    today, later = (typed(helsinki_date(clock.now()) + timedelta(days=days)) for days in (0, 9))
    form = f"{path}/uusi-versio"
    for number in ("NIM-8", "NIM-9"):
        given = {"document.number": number, "document.on": today, "limits.mostEuros": "5", "limits.validFrom": later}
        assert form in (await key_user.get(path)).text
        new = (await key_user.send(form, form, given)).headers["location"].removeprefix("http://portaali.test")
        assert form not in (await key_user.get(path)).text, "another waits to be confirmed"
        await manager.send(new, f"{new}/vahvistus", {})
        assert f"The version after, {number}, from {later} on" in (await key_user.get(path)).text
        if number == "NIM-8":
            await manager.send(f"{new}/paattyminen", f"{new}/paattyminen", {"reason": "Called off."})
            assert "The version after" not in (await key_user.get(path)).text, "it never began"
