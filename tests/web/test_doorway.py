"""Getting in and out: signing in, the demo's people, links that came by mail."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.kit import clock
from backend.rulebook.roles import Role
from tests.identity.making import PASSWORD, acting, add_link, add_member
from tests.web.portal import BASE, Portal, hidden, opened, settings_for


async def test_signing_in_leads_to_the_desk_by_a_cookie_that_scripts_cannot_read(portal: Portal) -> None:
    browser = portal.browser()
    answer = await browser.sign_in(portal.manager)
    assert answer.headers["Location"] == "/tyopoyta"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("istunto=")
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/"))
    desk = await browser.get("/tyopoyta")
    assert (desk.status_code, "Nothing waits for you" in desk.text) == (200, True)
    assert "Maija Lehto" in desk.text


async def test_by_https_the_cookie_is_for_this_very_host(database_url: str, tmp_path: Path) -> None:
    settings = settings_for(database_url, tmp_path, base_url="https://portaali.test")
    async with opened(settings) as portal:
        await portal.settle()
        browser = portal.browser("https://portaali.test")
        cookie = (await browser.sign_in(portal.manager)).headers["Set-Cookie"]
        assert cookie.startswith("__Host-istunto=")
        assert "Secure" in cookie
        assert (await browser.get("/tyopoyta")).status_code == 200
        assert "Strict-Transport-Security" in (await browser.get("/kirjaudu")).headers


@pytest.mark.parametrize("known", [True, False])
async def test_a_wrong_password_is_said_at_the_form_and_never_shown_again(portal: Portal, known: bool) -> None:
    email = portal.manager.email if known else "kukaties@example.fi"
    data = {"email": email, "password": "a wrong secret"}
    answer = await portal.browser().send("/kirjaudu", "/kirjaudu", data)
    assert answer.status_code == 422
    assert "The address or the password is wrong." in answer.text
    assert email in answer.text
    assert "a wrong secret" not in answer.text
    assert "Set-Cookie" not in answer.headers


async def test_the_eleventh_try_is_told_to_wait(portal: Portal) -> None:
    browser = portal.browser()
    data = {"email": "kukaties@example.fi", "password": "a wrong secret"}
    answers = [await browser.send("/kirjaudu", "/kirjaudu", data) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert "Wait 15 minutes" in answers[-1].text


async def test_signing_out_ends_the_session_for_whoever_still_has_the_cookie(portal: Portal) -> None:
    browser = await portal.signed_in()
    kept = browser.client.cookies["istunto"]
    answer = await browser.send("/asetukset", "/kirjaudu/ulos", {})
    assert answer.status_code == 303
    assert "You are signed out" in (await browser.get(answer.headers["Location"])).text
    browser.client.cookies.set("istunto", kept)
    assert (await browser.get("/tyopoyta")).status_code == 303


async def test_whoever_is_not_signed_in_is_led_back_to_where_they_wanted_to_go(portal: Portal) -> None:
    browser = portal.browser()
    asked = await browser.get("/saannot?haku=tilaus")
    assert (asked.status_code, asked.headers["Location"]) == (303, "/kirjaudu?takaisin=/saannot%3Fhaku%3Dtilaus")
    data = {"email": portal.manager.email, "password": PASSWORD}
    answer = await browser.send(asked.headers["Location"], "/kirjaudu", data)
    assert answer.headers["Location"] == "/saannot?haku=tilaus"


@pytest.mark.parametrize("path", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
async def test_nobody_is_led_to_another_site(portal: Portal, path: str) -> None:
    browser = portal.browser()
    shown = await browser.client.get("/kirjaudu", params={"takaisin": path})
    data = {"email": portal.manager.email, "password": PASSWORD}
    answer = await browser.post("/kirjaudu", {**hidden(shown.text, "/kirjaudu"), **data})
    assert answer.headers["Location"] == "/tyopoyta"


async def test_what_was_on_its_way_is_carried_through_signing_in(portal: Portal) -> None:
    browser = await portal.signed_in()
    await browser.send("/asetukset", "/kirjaudu/organisaatio", {"organisation": str(portal.supplier.id)})
    form = {**hidden((await browser.get("/asetukset")).text, "/asetukset/kieli"), "language": "SV"}
    await browser.send("/asetukset", "/kirjaudu/organisaatio", {"organisation": str(portal.tiera.id)})
    browser.client.cookies.clear()
    stopped = await browser.post("/asetukset/kieli", form)
    assert stopped.status_code == 401
    assert "Your session had ended. Sign in, and you can send the same again." in stopped.text
    wrong = {"email": portal.manager.email, "password": "wrong at first"}
    again = await browser.post("/kirjaudu", {**hidden(stopped.text, "/kirjaudu"), **wrong})
    right = {"email": portal.manager.email, "password": PASSWORD}
    resumed = await browser.post("/kirjaudu", {**hidden(again.text, "/kirjaudu"), **right})
    assert resumed.status_code == 200
    fields = hidden(resumed.text, "/asetukset/kieli")
    assert fields["_acting"] == str(portal.supplier.id)  # for whom the form was meant
    assert (await browser.post("/asetukset/kieli", fields)).status_code == 303
    async with portal.house.sessions() as session:
        row = await session.execute(sa.text("SELECT language FROM people WHERE id = :id"), {"id": portal.manager.id})
        assert row.scalar_one() == "sv"


async def test_what_was_on_its_way_for_an_organisation_one_has_left_is_not_sent_for_another(portal: Portal) -> None:
    browser = await portal.signed_in()
    await browser.send("/asetukset", "/kirjaudu/organisaatio", {"organisation": str(portal.supplier.id)})
    form = {**hidden((await browser.get("/asetukset")).text, "/asetukset/kieli"), "language": "SV"}
    async with portal.house.sessions.begin() as session:
        await session.execute(
            sa.text("UPDATE roles_held SET valid = daterange('2026-01-01', '2026-01-02') WHERE organisation_id = :id"),
            {"id": portal.supplier.id},
        )
    browser.client.cookies.clear()
    stopped = await browser.post("/asetukset/kieli", form)
    right = {"email": portal.manager.email, "password": PASSWORD}
    answer = await browser.post("/kirjaudu", {**hidden(stopped.text, "/kirjaudu"), **right})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tyopoyta")


async def test_a_signed_out_part_of_a_page_gets_401_and_stays_as_it_is(portal: Portal) -> None:
    answer = await portal.browser().get("/saannot", HX_Request="true", HX_Request_Type="partial")
    assert answer.status_code == 401
    assert answer.headers["HX-Reswap"] == "innerHTML"
    assert "Location" not in answer.headers


async def test_a_session_whose_role_has_ended_is_out(portal: Portal) -> None:
    browser = await portal.signed_in()
    async with portal.house.sessions.begin() as session:
        await session.execute(sa.text("UPDATE roles_held SET valid = daterange('2026-01-01', '2026-01-02')"))
    portal.app.state.reception.forget()
    assert (await browser.get("/tyopoyta")).status_code == 303


async def test_nobody_switches_to_an_organisation_that_is_not_theirs(portal: Portal) -> None:
    browser = await portal.signed_in(portal.key_user)
    csrf = hidden((await browser.get("/asetukset")).text, "/kirjaudu/ulos")
    for wanted, status in ((str(portal.supplier.id), 403), ("", 404), ("x", 404)):
        assert (await browser.post("/kirjaudu/organisaatio", {**csrf, "organisation": wanted})).status_code == status


# The demo


async def test_a_demo_offers_its_people_by_a_click(database_url: str, tmp_path: Path) -> None:
    async with opened(settings_for(database_url, tmp_path, demo=True)) as portal:
        await portal.settle()
        browser = portal.browser()
        assert "demo" not in (await browser.get("/kirjaudu")).text  # it is still being filled
        person = {"name": "Maija Lehto", "organisation": "Kuntien Tiera", "email": portal.manager.email}
        people = [
            {"key": "manager", "role": "service_manager", "password": PASSWORD, **person},
            {"key": "reports", "name": "Reports", "role": "", "organisation": "", "email": None, "password": None},
        ]
        (tmp_path / "demo.json").write_text(json.dumps({"url": BASE, "people": people}))
        shown = await browser.get("/kirjaudu")
        assert "Service manager, Kuntien Tiera" in shown.text
        assert "Reports" not in shown.text
        assert PASSWORD not in shown.text
        answer = await browser.send("/kirjaudu", "/kirjaudu/demo", {"person": "manager"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/tyopoyta")
        assert (await portal.browser().send("/kirjaudu", "/kirjaudu/demo", {"person": "nobody"})).status_code == 404


async def test_any_other_database_offers_nobody(portal: Portal, tmp_path: Path) -> None:
    person = {"key": "manager", "name": "M", "role": "", "organisation": "", "email": portal.manager.email}
    (tmp_path / "demo.json").write_text(json.dumps({"people": [{**person, "password": PASSWORD}]}))
    browser = portal.browser()
    shown = await browser.get("/kirjaudu")
    assert "demo" not in shown.text
    fields = {**hidden(shown.text, "/kirjaudu"), "person": "manager"}
    assert (await browser.post("/kirjaudu/demo", fields)).status_code == 404


# Links


async def test_an_invitation_leads_from_its_link_to_the_desk(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        person = await add_member(session, portal.tiera, Role.SERVICE_MANAGER, "Uusi Ihminen", password=None)
        key_user = acting(portal.key_user, portal.tiera, Role.KEY_USER)
        secret = await add_link(session, key_user, person, now=clock.now())
    browser, path = portal.browser(), f"/kutsu/{secret}"
    assert "Welcome, Uusi Ihminen" in (await browser.get(path)).text
    weak = await browser.send(path, path, {"password": "lyhyt"})
    assert weak.status_code == 422
    assert "at least 12 characters" in weak.text
    assert "lyhyt" not in weak.text
    chosen = await browser.send(path, path, {"password": "pilvi kulkee järven yli"})
    assert (chosen.status_code, chosen.headers["Location"]) == (303, "/tyopoyta")
    assert (await browser.get("/tyopoyta")).status_code == 200
    assert (await portal.browser().get(path)).status_code == 404


async def test_whoever_is_invited_before_their_first_day_hears_that_the_password_is_kept(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        person = await add_member(session, portal.tiera, Role.SERVICE_MANAGER, password=None)
        later = sa.text("UPDATE roles_held SET valid = daterange(current_date + 5, NULL) WHERE person_id = :person")
        await session.execute(later, {"person": person.id})
        key_user = acting(portal.key_user, portal.tiera, Role.KEY_USER)
        secret = await add_link(session, key_user, person, now=clock.now())
    browser, path = portal.browser(), f"/kutsu/{secret}"
    chosen = await browser.send(path, path, {"password": "pilvi kulkee järven yli"})
    assert chosen.status_code == 200
    assert "Your password is saved. You have no role in force today" in chosen.text
    assert "does not work" not in chosen.text


@pytest.mark.parametrize("path", ["/kutsu/invented", "/uusi-salasana/invented"])
async def test_a_link_that_does_not_work_says_what_to_do(portal: Portal, path: str) -> None:
    answer = await portal.browser().get(path)
    assert answer.status_code == 404
    assert "older than 72 hours" in answer.text


async def test_a_forgotten_password_gets_one_answer_for_every_address(portal: Portal) -> None:
    pages = set()
    for email in (portal.manager.email, "kukaties@example.fi"):
        answer = await portal.browser().send("/unohtunut", "/unohtunut", {"email": email})
        assert answer.status_code == 200
        pages.add(answer.text)
    assert len(pages) == 1
