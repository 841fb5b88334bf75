"""My settings by their pages: language, password, browsers, keys, service accounts; and inviting somebody."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.kit import clock, translation
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.identity.making import PASSWORD, add_member
from tests.web.portal import Portal, hidden


async def _value(portal: Portal, statement: str, **values: object) -> object:
    async with portal.house.sessions() as session:
        return await session.scalar(sa.text(statement), values)


async def test_the_language_chosen_here_gives_way_to_no_other(portal: Portal) -> None:
    browser = await portal.signed_in()
    answer = await browser.send("/asetukset", "/asetukset/kieli", {"language": "SV"})
    assert answer.status_code == 303
    page = await browser.get("/asetukset")
    assert '<html lang="sv">' in page.text
    assert "Ditt språk är sparat." in page.text


async def test_a_language_chosen_in_passing_is_not_shown_as_ones_own(portal: Portal) -> None:
    browser = await portal.signed_in()
    await browser.send("/asetukset", "/asetukset/kieli", {"language": "SV"})
    await browser.get("/kieli/en?takaisin=/asetukset")
    page = (await browser.get("/asetukset")).text
    assert '<html lang="en">' in page
    assert re.search(r'<option value="SV"\s+selected', page)


async def test_a_language_that_there_is_not_is_said_at_its_field(portal: Portal) -> None:
    browser = await portal.signed_in()
    answer = await browser.send("/asetukset", "/asetukset/kieli", {"language": "DE"})
    assert answer.status_code == 422
    assert "Choose one of these." in answer.text


async def test_one_sees_where_one_is_signed_in_and_signs_out_there(portal: Portal) -> None:
    here, there = await portal.signed_in(), await portal.signed_in()
    page = (await here.get("/asetukset")).text
    assert page.count("this browser") == 1
    assert (await here.send("/asetukset", "/asetukset/istunnot/paata", {})).status_code == 303
    assert (await there.get("/tyopoyta")).status_code == 303
    assert (await here.get("/tyopoyta")).status_code == 200


async def test_one_signs_out_everywhere_else(portal: Portal) -> None:
    here, others = await portal.signed_in(), [await portal.signed_in() for _ in range(2)]
    await here.send("/asetukset", "/asetukset/istunnot/paata-muut", {})
    assert [(await other.get("/tyopoyta")).status_code for other in others] == [303, 303]
    assert (await here.get("/tyopoyta")).status_code == 200


async def test_nobody_ends_the_session_of_another_by_its_number(portal: Portal) -> None:
    browser, other = await portal.signed_in(), await portal.signed_in(portal.key_user)
    number = await _value(
        portal, "SELECT id FROM sessions WHERE person_id = :person AND ended_at IS NULL", person=portal.key_user.id
    )
    await portal.signed_in()
    fields = hidden((await browser.get("/asetukset")).text, "/asetukset/istunnot/paata")
    answer = await browser.post("/asetukset/istunnot/paata", fields | {"sessionId": f"SignInSession:{number}"})
    assert answer.status_code == 404
    assert (await other.get("/tyopoyta")).status_code == 200


async def test_what_a_button_cannot_do_is_no_fault_of_ours(portal: Portal) -> None:
    browser = await portal.signed_in()
    await portal.signed_in()
    answer = await browser.send("/asetukset", "/asetukset/istunnot/paata", {"sessionId": ""})
    assert answer.status_code == 422
    assert "<h1>This cannot be done as things stand now" in answer.text


async def test_the_password_is_changed_by_who_knows_it(portal: Portal) -> None:
    here, there = await portal.signed_in(), await portal.signed_in()
    path = "/asetukset/salasana"
    wrong = await here.send(path, path, {"current": "not this one", "password": "uusi ja pidempi sana"})
    assert wrong.status_code == 422
    assert "This is not your present password." in wrong.text
    assert "uusi ja pidempi sana" not in wrong.text
    weak = await here.send(path, path, {"current": PASSWORD, "password": "lyhyt"})
    assert "at least 12 characters" in weak.text
    assert (await here.send(path, path, {"current": PASSWORD, "password": "uusi ja pidempi sana"})).status_code == 303
    assert (await here.get("/tyopoyta")).status_code == 200
    assert (await there.get("/tyopoyta")).status_code == 303
    await portal.browser().sign_in(portal.manager, "uusi ja pidempi sana")


async def test_a_key_is_shown_once_works_and_is_revoked(portal: Portal) -> None:
    browser = await portal.signed_in()
    path = "/asetukset/avaimet/uusi"
    page = (await browser.get(path)).text
    last_day = re.search(r'name="expiresOn"[^>]*value="([^"]*)"', page)
    assert last_day is not None
    fields = {**hidden(page, path), "name": "Raportti", "scopes": "READ", "expiresOn": last_day[1]}
    made = await browser.post(path, fields)
    secret = re.search(r"ptl_[\w-]{43}", made.text)
    assert secret is not None
    again = await browser.post(path, fields)
    assert again.status_code == 200
    assert secret[0] not in again.text
    assert "shown already" in again.text
    assert await _value(portal, "SELECT count(*) FROM api_tokens") == 1
    asked = {"query": "{ viewer { person { name } organisation { name } } }"}
    headers = {"Authorization": f"Bearer {secret[0]}"}
    answer = await portal.browser().client.post("/graphql", json=asked, headers=headers)
    assert answer.json()["data"]["viewer"] == {
        "person": {"name": "Maija Lehto"},
        "organisation": {"name": "Kuntien Tiera"},
    }
    listed = (await browser.get("/asetukset/avaimet")).text
    assert secret[0] not in listed and f"…, {portal.tiera.name}</span>" in listed
    assert (await browser.send("/asetukset/avaimet", "/asetukset/avaimet/peru", {})).status_code == 303
    assert (await portal.browser().client.post("/graphql", json=asked, headers=headers)).status_code == 401
    assert "revoked" in (await browser.get("/asetukset/avaimet")).text


async def test_a_key_without_name_scope_or_fitting_day_is_said_at_its_fields(portal: Portal) -> None:
    browser = await portal.signed_in()
    path = "/asetukset/avaimet/uusi"
    unread = await browser.send(path, path, {"name": "", "expiresOn": "ensi vuonna"})
    assert unread.status_code == 422
    assert "Write a date" in unread.text
    refused = await browser.send(path, path, {"name": "Raportti", "scopes": "READ", "expiresOn": "1.1.2120"})
    assert refused.status_code == 422
    assert "Choose a day from today to" in refused.text
    assert await _value(portal, "SELECT count(*) FROM api_tokens") == 0


async def test_the_key_user_lets_a_program_in_gives_it_a_key_and_shuts_it_out(portal: Portal) -> None:
    browser = await portal.signed_in(portal.key_user)
    path = "/asetukset/palvelutunnukset/uusi"
    data = {"organisationId": f"Organisation:{portal.supplier.id}", "name": "Tuonti", "purpose": "Öinen tuntien tuonti"}
    assert (await browser.send(path, path, data)).status_code == 303
    account = await _value(portal, "SELECT id FROM service_accounts")
    path = f"/asetukset/palvelutunnukset/{account}/avain"
    page = (await browser.get(path)).text
    assert "Everything I may do" not in page
    made = await browser.send(path, path, {"name": "Yö", "scopes": "BOOK_HOURS", "expiresOn": _in_a_week()})
    secret = re.search(r"ptl_[\w-]{43}", made.text)
    assert secret is not None
    asked = {"query": "{ viewer { kind rights person { name } } }"}
    headers = {"Authorization": f"Bearer {secret[0]}"}
    answer = await portal.browser().client.post("/graphql", json=asked, headers=headers)
    assert answer.json()["data"]["viewer"] == {"kind": "SUPPLIER", "rights": ["book_hours"], "person": None}
    shown = (await browser.get("/asetukset/palvelutunnukset")).text
    assert "Öinen tuntien tuonti" in shown
    end = f"/asetukset/palvelutunnukset/{account}/paata"
    assert "All its keys stop working at once" in (await browser.get(end)).text
    assert (await portal.browser().client.post("/graphql", json=asked, headers=headers)).status_code == 200
    assert (await browser.send(end, end, {})).status_code == 303
    assert (await portal.browser().client.post("/graphql", json=asked, headers=headers)).status_code == 401


def _in_a_week() -> str:
    return translation.day((clock.now() + timedelta(days=7)).date())


@pytest.mark.parametrize("path", ["/asetukset/palvelutunnukset", "/asetukset/palvelutunnukset/uusi"])
async def test_service_accounts_are_the_key_users(portal: Portal, path: str) -> None:
    assert (await (await portal.signed_in()).get(path)).status_code == 403


async def _newcomer(portal: Portal) -> Person:
    async with portal.house.sessions.begin() as session:
        return await add_member(session, portal.tiera, Role.SERVICE_MANAGER, "Uusi Ihminen", password=None)


async def test_an_invitation_shows_its_link_once_to_the_key_user(portal: Portal) -> None:
    person = await _newcomer(portal)
    path = f"/henkilot/{person.id}/kutsu"
    assert (await (await portal.signed_in()).get(path)).status_code == 403
    browser = await portal.signed_in(portal.key_user)
    page = (await browser.get(path)).text
    assert "Invite Uusi Ihminen" in page
    invited = await browser.post(path, hidden(page, path))
    link = re.search(r"http://portaali\.test(/kutsu/[\w-]{43})", invited.text)
    assert link is not None
    assert "Give this link to Uusi Ihminen" in invited.text
    again = await browser.post(path, hidden(page, path))
    assert "shown already" in again.text
    assert "Welcome, Uusi Ihminen" in (await portal.browser().get(link[1])).text


async def test_whoever_has_a_password_is_not_invited(portal: Portal) -> None:
    browser = await portal.signed_in(portal.key_user)
    path = f"/henkilot/{portal.manager.id}/kutsu"
    answer = await browser.send(path, path, {})
    assert answer.status_code == 422
    assert "This person has a password." in answer.text


async def test_the_key_user_signs_somebody_out_everywhere(portal: Portal) -> None:
    theirs, key_user = [await portal.signed_in() for _ in range(2)], await portal.signed_in(portal.key_user)
    path = f"/henkilot/{portal.manager.id}/uloskirjaus"
    assert (await theirs[0].get(path)).status_code == 403
    assert path in (await key_user.get(f"/henkilot/{portal.manager.id}")).text
    assert (await key_user.send(path, path, {})).status_code == 303
    assert [(await browser.get("/tyopoyta")).status_code for browser in theirs] == [303, 303]
    assert (await key_user.get("/tyopoyta")).status_code == 200


async def test_rules_show_what_keeps_them_and_are_searched_by_words(portal: Portal) -> None:
    browser = await portal.signed_in()
    page = (await browser.get("/saannot?haku=h11.8.1-b")).text
    assert page.count('class="rule"') == 1
    assert "backend.parties.rules:check_right" in page
    empty = (await browser.get("/saannot?haku=olematon")).text
    assert "No rule has these words" in empty
    part = await browser.get("/saannot?haku=H11.8.1-b", HX_Request="true", HX_Request_Type="partial")
    assert part.text.count('class="rule"') == 1
    assert "<html" not in part.text
