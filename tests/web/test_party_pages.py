"""The key user's pages of organisations, people and agreements, and what others see of them."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.parties.agreement_model import Agreement, BankAccount
from backend.parties.model import Organisation, OrganisationKindHeld, RoleHeld
from backend.rulebook.roles import Role
from tests.identity.making import add_member, add_organisation
from tests.making import make_role
from tests.web.portal import Browser, Portal, hidden
from tests.web.test_rights_pages import typed

HOST = "http://portaali.test"


def today() -> str:
    return typed(helsinki_date(clock.now()))


async def agree(browser: Browser, portal: Portal, **changed: str) -> str:
    """The path of a new agreement, with the supplier if nothing else is said."""
    made = await browser.send(
        "/sopimukset/uusi",
        "/sopimukset/uusi",
        {
            "organisationId": f"Organisation:{portal.supplier.id}",
            "number": "SOP-1",
            "name": "Palvelusopimus",
            "validFrom": today(),
            "validUntil": typed(helsinki_date(clock.now()) + timedelta(days=400)),
            "optionUntil": typed(helsinki_date(clock.now()) + timedelta(days=800)),
            "greatestTotal": "100 000",
            "modelVersion": "1.0",
            **changed,
        },
    )
    assert made.status_code == 303, made.text
    return made.headers["location"].removeprefix(HOST)


async def test_an_organisation_is_added_found_and_corrected(portal: Portal) -> None:
    browser = await portal.signed_in(portal.key_user)
    given = {"name": "Äänekosken kaupunki", "side": "CUSTOMER", "businessId": "1234567-8"}
    wrong = await browser.send("/organisaatiot/uusi", "/organisaatiot/uusi", given)
    assert wrong.status_code == 422 and 'id="f-businessId-error"' in wrong.text
    made = await browser.send("/organisaatiot/uusi", "/organisaatiot/uusi", {**given, "businessId": ""})
    path = made.headers["location"].removeprefix(HOST)
    assert "Äänekosken kaupunki" in (await browser.get("/organisaatiot?words=äänekosken&side=CUSTOMER")).text
    assert "Äänekosken kaupunki" not in (await browser.get("/organisaatiot?side=SUPPLIER")).text
    saved = await browser.send(f"{path}/muokkaa", f"{path}/muokkaa", {"name": "Äänekoski", "businessId": ""})
    assert saved.status_code == 303
    people = {"inhabitants": "18 500", "countedOn": today(), "source": "Tilastokeskus"}
    assert (await browser.send(f"{path}/muokkaa", f"{path}/asukkaat", people)).status_code == 303
    kind = {"kind": "MUNICIPALITY", "validFrom": today(), "validUntil": ""}
    assert (await browser.send(f"{path}/muokkaa", f"{path}/lajit", kind)).status_code == 303
    assert (await browser.send(f"{path}/muokkaa", f"{path}/lajit/paata", {"lastDay": today()})).status_code == 303
    shown = (await browser.get(path)).text
    assert "18\u00a0500" in shown and "DigiOne municipality" in shown
    assert "Inhabitants as recorded before" not in shown
    more = {**people, "inhabitants": "18 620"}
    assert (await browser.send(f"{path}/muokkaa", f"{path}/asukkaat", more)).status_code == 303
    shown = (await browser.get(path)).text
    assert "18\u00a0500" in shown.split("Inhabitants as recorded before")[1] and "18\u00a0620" in shown


async def test_a_kind_that_begins_later_ends_on_the_day_that_is_chosen_and_not_before_it_began(portal: Portal) -> None:
    browser = await portal.signed_in(portal.key_user)
    path, day = f"/organisaatiot/{portal.supplier.id}", helsinki_date(clock.now())
    kind = {"kind": "PARTNER", "validFrom": typed(day + timedelta(days=5)), "validUntil": ""}
    assert (await browser.send(f"{path}/muokkaa", f"{path}/lajit", kind)).status_code == 303
    early = await browser.send(f"{path}/muokkaa", f"{path}/lajit/paata", {"lastDay": today()})
    (field,) = re.findall(r'<input[^>]*name="lastDay"[^>]*>', early.text)
    assert early.status_code == 422 and 'aria-invalid="true"' in field and f'value="{today()}"' in field
    assert '<details class="more" open>' in early.text
    for days in (9, 8):
        last = {"lastDay": typed(day + timedelta(days=days))}
        assert (await browser.send(f"{path}/muokkaa", f"{path}/lajit/paata", last)).status_code == 303
    async with portal.house.sessions() as session:
        held = (await session.scalars(sa.select(OrganisationKindHeld))).one()
    assert held.valid.upper == day + timedelta(days=9), "the day after the last"


async def test_an_edit_that_somebody_overtook_is_refused_with_409(portal: Portal) -> None:
    browser = await portal.signed_in(portal.key_user)
    path = f"/organisaatiot/{portal.supplier.id}/muokkaa"
    async with portal.house.sessions.begin() as session:
        (await session.get_one(Organisation, portal.supplier.id)).version = 5
    late = await browser.send(path, path, {"name": "X", "businessId": "", "expectedVersion": "4"})
    assert late.status_code == 409
    theirs = re.search(r'id="f-name-theirs">(.*?)</p>', late.text)
    assert theirs and portal.supplier.name in theirs[1]
    assert re.search(r'name="name"[^>]* value="X"', late.text)
    assert 'name="expectedVersion" value="5"' in late.text, "whoever sends it again has seen what it replaces"


@pytest.mark.rule("H11.3-a", "H11.3-b")
async def test_a_supplier_manages_its_own_people_and_tiera_may_require_a_replacement(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        manager = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
    browser, tiera = await portal.signed_in(manager), await portal.signed_in(portal.manager)
    given = {
        "name": "Ville Uusi",
        "email": "ville@zeta.example",
        "language": "FI",
        "organisationId": f"Organisation:{portal.supplier.id}",
        "role": "EXPERT",
        "validFrom": today(),
    }
    made = await browser.send("/henkilot/uusi", "/henkilot/uusi", given)
    assert made.status_code == 303, made.text
    path = made.headers["location"].removeprefix(HOST)
    shown = (await browser.get(path)).text
    assert "not stated" in shown and "key user invites people" in shown and f"{path}/kutsu" not in shown
    assert f"{path}/kutsu" in (await (await portal.signed_in(portal.key_user)).get(path)).text
    async with portal.house.sessions() as session:
        newest = sa.select(RoleHeld).order_by(RoleHeld.id.desc()).limit(1)
        role = f"/henkilot/roolit/{(await session.scalars(newest)).one().id}"
    assert f'href="{role}"' in (await tiera.get(path)).text
    for competence in ("Databases.", "Databases and networks."):
        stated = await browser.send(role, f"{role}/osaaminen", {"competence": competence})
        assert stated.status_code == 303
    shown = (await tiera.get(role)).text
    assert "Databases." in shown.split("Competence as stated before")[1] and "Databases and networks." in shown
    asked = (await tiera.get(role)).text.partition('id="require-replacement"')[2]
    assert "Read by Tiera, by the person, and by whoever manages" in asked and "Both sides" not in asked
    required = await tiera.send(role, f"{role}/vaihto", {"reason": "Deadlines are missed."})
    assert required.status_code == 303
    assert "Deadlines are missed." in (await browser.get(role)).text
    ended = await browser.send(role, f"{role}/paattyminen", {"lastDay": today(), "reason": "Replaced."})
    assert ended.status_code == 303 and "Announce an earlier end" in (await browser.get(role)).text
    another = {"organisationId": given["organisationId"], "role": "QUALITY_LEAD", "validFrom": today()}
    assert (await browser.send(f"{path}/rooli", f"{path}/rooli", another)).status_code == 303
    changed = {"name": "Ville Vanha", "email": given["email"], "phone": "", "language": "SV"}
    assert (await browser.send(f"{path}/muokkaa", f"{path}/muokkaa", changed)).status_code == 303
    assert "Ville Vanha" in (await browser.get("/henkilot?words=vanha")).text


@pytest.mark.rule("H11.3-b")
async def test_an_end_that_was_announced_is_brought_forward_until_its_day_has_passed(portal: Portal) -> None:
    day = helsinki_date(clock.now())
    next_month, yesterday = day + timedelta(days=30), day - timedelta(days=1)
    async with portal.house.sessions.begin() as session:
        person = await add_member(session, portal.supplier, Role.EXPERT, "Ville Lähtijä")
        held = (await session.scalars(sa.select(RoleHeld).where(RoleHeld.person_id == person.id))).one().id
    browser, role = await portal.signed_in(portal.key_user), f"/henkilot/roolit/{held}"
    for last_day in (next_month, yesterday):
        page = await browser.get(role)
        assert 'id="end-role"' in page.text
        ended = await browser.send(role, f"{role}/paattyminen", {"lastDay": typed(last_day), "reason": "Leaves."})
        assert ended.status_code == 303
        page = await browser.get(role)
        assert (f'value="{typed(next_month)}"' in page.text) == (last_day == next_month)
    assert 'id="end-role"' not in page.text


@pytest.mark.rule("H11.3-b")
@pytest.mark.parametrize("days", [0, 10])
async def test_a_role_that_begins_today_or_later_is_called_off_on_its_page(portal: Portal, days: int) -> None:
    begins_on = helsinki_date(clock.now()) + timedelta(days=days)
    async with portal.house.sessions.begin() as session:
        person = await add_member(session, portal.supplier, Role.EXPERT, "Ville Myöhempi")
        held = await make_role(session, person, portal.supplier, Role.ICT_ARCHITECT, valid=Range(begins_on, None))
    browser, role = await portal.signed_in(portal.key_user), f"/henkilot/roolit/{held.id}"
    day_before = typed(begins_on - timedelta(days=1))
    assert f"With {day_before} as the last day" in (await browser.get(role)).text
    given = {"lastDay": day_before, "reason": "Stays where they are."}
    assert (await browser.send(role, f"{role}/paattyminen", given)).status_code == 303
    shown = (await browser.get(role)).text
    assert "The role was called off." in shown and typed(begins_on) in shown and 'id="end-role"' not in shown
    listed = (await browser.get(f"/henkilot/{person.id}")).text
    assert "called off" in listed and "not stated" not in listed


@pytest.mark.rule("H11.10-a")
async def test_a_stand_in_is_named_on_the_page_of_the_service_managers_role(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        manager = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
        deputy = await add_member(session, portal.supplier, Role.EXPERT, "Ville Varalla")
        held = await session.scalar(sa.select(RoleHeld.id).where(RoleHeld.person_id == manager.id))
    browser, role = await portal.signed_in(portal.key_user), f"/henkilot/roolit/{held}"
    given = {"personId": f"Person:{deputy.id}", "competence": "", "validFrom": today(), "validUntil": ""}
    lacking = await browser.send(role, f"{role}/sijainen", {**given, "personId": ""})
    assert lacking.status_code == 422
    named = await browser.send(role, f"{role}/sijainen", given)
    assert named.status_code == 303, named.text
    assert "Ville Varalla</a>" in (await browser.get(role)).text
    assert "stands in for Sari Toimittaja" in (await browser.get(f"/henkilot/{deputy.id}")).text
    shown = (await browser.get(role)).text
    link = re.search(r'/henkilot/roolit/\d+(?=">Ville Varalla)', shown)
    assert link and "called off" not in shown
    yesterday = typed(helsinki_date(clock.now()) - timedelta(days=1))
    called_off = await browser.send(link[0], f"{link[0]}/paattyminen", {"lastDay": yesterday, "reason": "By mistake."})
    assert called_off.status_code == 303
    shown = (await browser.get(role)).text
    assert "called off" in shown and f"–{yesterday}" not in shown


async def test_an_agreement_gets_its_prices_account_references_and_services(portal: Portal) -> None:
    browser, manager = await portal.signed_in(portal.key_user), await portal.signed_in(portal.manager)
    path = await agree(browser, portal)
    group = await browser.send(f"{path}/hinnat", f"{path}/hinnat/ryhmat", {"code": "senior", "name": "Senior"})
    assert group.status_code == 303
    shown = (await browser.get(f"{path}/hinnat")).text
    group_id = shown.split('value="PriceGroup:')[1].split('"')[0]
    price = {"priceGroupId": f"PriceGroup:{group_id}", "unitPrice": "98,50", "validFrom": today(), "reason": ""}
    set_price = {**hidden(shown, f"{path}/hinnat", 1), **price}  # the first form there chooses a day
    assert (await browser.post(f"{path}/hinnat", set_price)).status_code == 303
    assert "98,50\u00a0€" in (await browser.get(f"{path}/hinnat")).text

    wrong = await browser.send(f"{path}/tilit", f"{path}/tilit", {"iban": "FI00"})
    assert wrong.status_code == 422
    proposed = await browser.send(f"{path}/tilit", f"{path}/tilit", {"iban": "FI21 1234 5600 0007 85"})
    assert proposed.status_code == 303
    assert f"{path}/tilit/vahvista" not in (await browser.get(f"{path}/tilit")).text
    assert (await manager.send(f"{path}/tilit", f"{path}/tilit/vahvista", {})).status_code == 303
    async with portal.house.sessions() as session:
        assert (await session.scalars(sa.select(BankAccount.confirmed_at))).one() is not None
    nothing = await browser.send(f"{path}/tilit", f"{path}/tilit/paata", {"reason": ""})
    assert nothing.status_code == 422 and '<details class="more" open>' in nothing.text
    assert (await browser.send(f"{path}/tilit", f"{path}/tilit/paata", {"reason": "Moved."})).status_code == 303

    tomorrow = typed(helsinki_date(clock.now()) + timedelta(days=1))
    given = {"validFrom": tomorrow, "requiredReferences": ["PERIOD", "ORDER_NUMBER"], "description": "By line."}
    assert (await browser.send(f"{path}/viitteet", f"{path}/viitteet", given)).status_code == 303
    assert "order number" in (await browser.get(f"{path}/viitteet")).text
    service = await browser.send(f"{path}/palvelut", f"{path}/palvelut", {"code": "P1", "name": "Edlevo"})
    assert service.status_code == 303
    (rename,) = set(re.findall(r'href="(/palvelut/\d+)"', (await browser.get(f"{path}/palvelut")).text))
    assert (await browser.send(rename, rename, {"name": ""})).status_code == 422
    assert (await browser.send(rename, rename, {"name": "Edlevo 2"})).status_code == 303
    late = await browser.send(rename, rename, {"name": "Edlevo 3", "expectedVersion": "1"})
    assert late.status_code == 409 and 'value="Edlevo 3"' in late.text
    theirs = re.search(r'id="f-name-theirs">(.*?)</p>', late.text)
    assert theirs and "Edlevo 2" in theirs[1], "who is late sees what somebody else has called it meanwhile"
    assert "The service “Edlevo” is now called “Edlevo 2”." in (await browser.get(rename)).text
    shown = (await browser.get(f"{path}/palvelut")).text
    assert "Edlevo 2" in shown and ">Edlevo<" not in shown
    assert 'name="name"' not in (await manager.get(rename)).text


async def test_an_agreement_is_changed_extended_and_ended_with_reasons(portal: Portal) -> None:
    browser = await portal.signed_in(portal.key_user)
    path = await agree(browser, portal)
    option = typed(helsinki_date(clock.now()) + timedelta(days=800))
    known = {"name": "Uusi nimi", "optionUntil": option, "greatestTotal": "120 000", "modelVersion": "1.1"}
    known["reason"] = "More is needed."
    assert (await browser.send(f"{path}/muokkaa", f"{path}/muokkaa", known)).status_code == 303
    far = typed(helsinki_date(clock.now()) + timedelta(days=900))
    too_far = await browser.send(f"{path}/muokkaa", f"{path}/optio", {"until": far, "reason": "Option."})
    assert too_far.status_code == 422
    soon = typed(helsinki_date(clock.now()) + timedelta(days=5))
    ended = await browser.send(f"{path}/muokkaa", f"{path}/paattyminen", {"lastDay": soon, "reason": "Agreed."})
    assert ended.status_code == 303
    shown = (await browser.get(path)).text
    assert "More is needed." in shown and "Agreed." in shown
    async with portal.house.sessions() as session:
        assert (await session.scalars(sa.select(Agreement.version))).one() == 3


@pytest.mark.rule("D0-c")
async def test_a_term_is_changed_for_an_agreement_and_for_all(portal: Portal) -> None:
    browser = await portal.signed_in(portal.key_user)
    path = await agree(browser, portal)
    term = f"{path}/ehdot/payment_days"
    wrong = await browser.send(term, term, {"value": "many", "validFrom": today(), "reason": "Agreed."})
    assert wrong.status_code == 422
    part = await browser.post(
        term, {**hidden(wrong.text, term), "value": ""}, HX_Request="true", HX_Request_Type="partial"
    )
    assert part.status_code == 422 and part.text.strip().startswith('<div id="term"')
    assert (
        await browser.send(term, term, {"value": "21", "validFrom": today(), "reason": "Agreed."})
    ).status_code == 303
    assert "21 days" in (await browser.get(f"{path}/ehdot")).text
    for effort, kept in (("9", "9\u00a0h"), ("7:30", "7,5\u00a0h")):  # effort is typed in hours, as everywhere
        day = f"{path}/ehdot/service_opens_minutes"
        given = {"value": effort, "validFrom": today(), "reason": "Agreed."}
        assert (await browser.send(day, day, given)).status_code == 303
        assert kept in (await browser.get(f"{path}/ehdot")).text
    unread = await browser.send(day, day, {"value": "many", "validFrom": today(), "reason": "Agreed."})
    assert unread.status_code == 422 and "Write hours, for example 7,5 or 7:30." in unread.text
    common = "/sopimukset/ehdot/four_eyes"
    given = {"value": "shown", "validFrom": today(), "reason": "A small house."}
    assert (await browser.send(common, common, given)).status_code == 303
    shown = (await browser.get("/sopimukset/ehdot")).text
    assert "A small house." in shown
    assert (await browser.get("/sopimukset/ehdot/no_such_term")).status_code == 404


async def test_a_supplier_sees_its_own_agreement_only_and_changes_nothing(portal: Portal) -> None:
    key_user = await portal.signed_in(portal.key_user)
    path = await agree(key_user, portal)
    async with portal.house.sessions.begin() as session:
        other = await session.get_one(Organisation, portal.supplier.id)
        insider = await add_member(session, other, Role.SERVICE_MANAGER, "Sari Toimittaja")
    theirs = await portal.signed_in(insider)
    for part in ("", "/ehdot", "/hinnat", "/tilit", "/viitteet", "/palvelut"):
        shown = await theirs.get(f"{path}{part}")
        assert shown.status_code == 200
        assert f"{path}/muokkaa" not in shown.text
    assert (await theirs.get(f"{path}/muokkaa")).status_code == 403
    assert (await theirs.get(f"/organisaatiot/{portal.supplier.id}")).status_code == 200


@pytest.mark.rule("H3-a")
async def test_a_customer_reads_its_own_agreement_which_the_menu_offers_and_no_other(portal: Portal) -> None:
    key_user = await portal.signed_in(portal.key_user)
    suppliers = await agree(key_user, portal)
    async with portal.house.sessions.begin() as session:
        customer = await add_organisation(session, "Mallilan kaupunki", ActorKind.CUSTOMER)
        person = await add_member(session, customer, Role.REPRESENTATIVE, "Hanna Järvinen")
    own = await agree(key_user, portal, organisationId=f"Organisation:{customer.id}", number="SOP-2")
    theirs = await portal.signed_in(person)
    assert 'href="/sopimukset"' in (await theirs.get("/tyopoyta")).text
    listed = (await theirs.get("/sopimukset")).text
    assert f'href="{own}"' in listed and suppliers not in listed
    for part in ("", "/ehdot"):
        shown = await theirs.get(f"{own}{part}")
        assert shown.status_code == 200 and f"{own}/hinnat" not in shown.text
    assert (await theirs.get(suppliers)).status_code == 404
    assert (await theirs.get(f"{own}/muokkaa")).status_code == 403
