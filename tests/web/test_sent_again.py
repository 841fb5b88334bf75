"""What was sent and failed is there to be sent once more; what was saved is never said to be lost."""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Protocol

import httpx
import psycopg
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from starlette.datastructures import UploadFile
from starlette.requests import Request

import web
from backend.kit import clock
from backend.kit.actor import Actor
from tests.browsers import chromium, served, visit
from tests.identity.making import PASSWORD
from tests.web.gallery.app import Orders, create_app
from tests.web.hours_scene import Scene, field, last_week, opened_scene
from tests.web.portal import Browser, Portal, hidden, path_to, text_of
from web.kept import SECRETS, unseal

NEW = "/tilaukset/uusi"
TYPED = {"title": "Rajapinta", "size": "SMALL", "note": "Pitkä tavoite"}
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
SAVED = "Se tallennettiin, mutta lopputulosta ei voitu näyttää."
LANGUAGE: Final = "/asetukset/kieli"
WEB = Path(web.__file__).parent
CREATED = {"createOrder": {"order": None, "userErrors": []}}


class App(Protocol):
    state: Any


@pytest.fixture
def app(orders: Orders) -> App:
    return create_app(orders)


@pytest.fixture
def gallery(app: Any) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url="http://portaali.test")


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with opened_scene(database_url, tmp_path) as scene:
        yield scene


def stands_in(app: App, **parts: Callable[..., Any]) -> None:
    app.state.portal = replace(app.state.portal, **parts)


async def fields_of(gallery: httpx.AsyncClient) -> dict[str, str]:
    return hidden((await gallery.get(NEW)).text, NEW) | TYPED


async def no_database(_: Request) -> None:
    raise psycopg.OperationalError("nobody is there")


async def full_disk(_: UploadFile, *__: object) -> str:
    raise OSError(28, "No space left on device")


# A failure


@pytest.mark.parametrize(("code", "status"), [("INTERNAL", 500), ("TIMEOUT", 503)])
async def test_a_failed_form_is_sent_once_more_by_one_press(
    gallery: httpx.AsyncClient, orders: Orders, code: str, status: int
) -> None:
    fields = await fields_of(gallery)
    orders.code = code
    failed = await gallery.post(f"{NEW}?palvelu=7", data=fields)
    assert failed.status_code == status
    again = await gallery.post(f"{NEW}?palvelu=7", data=hidden(failed.text, f"{NEW}?palvelu=7"))
    assert again.status_code == status, "it failed once more, and nothing is lost"
    orders.code = None
    assert (await gallery.post(NEW, data=hidden(again.text, f"{NEW}?palvelu=7"))).status_code == 303
    assert orders.created[fields["_key"]].items() >= TYPED.items()


async def test_so_is_one_that_came_while_nobody_could_be_looked_up(
    gallery: httpx.AsyncClient, app: App, orders: Orders
) -> None:
    fields, before = await fields_of(gallery), app.state.portal
    stands_in(app, visitor=no_database)
    failed = await gallery.post(NEW, data=fields)
    assert failed.status_code == 500
    app.state.portal = before
    assert (await gallery.post(NEW, data=hidden(failed.text, NEW))).status_code == 303
    assert list(orders.created) == [fields["_key"]]


async def test_where_a_file_could_not_be_kept_the_form_comes_back_and_says_where_it_was(
    gallery: httpx.AsyncClient, app: App, orders: Orders
) -> None:
    fields, before = await fields_of(gallery), app.state.portal
    stands_in(app, store_file=full_disk)
    failed = await gallery.post(NEW, data=fields, files=[("fileIds", ("suunnitelma.pdf", b"12345"))])
    again = await gallery.post(NEW, data=hidden(failed.text, NEW))
    assert (failed.status_code, again.status_code) == (500, 422)
    assert "Pitkä tavoite" in again.text
    assert 'href="#f-fileIds">Attachments: Valitse tiedosto uudelleen.' in again.text
    assert not orders.created
    app.state.portal = before
    assert (await gallery.post(NEW, data=fields, files=[("fileIds", ("a.pdf", b"12345"))])).status_code == 303
    assert orders.created[fields["_key"]]["fileIds"] == ["File:5"]


async def test_an_open_page_and_one_that_is_only_looked_at_have_nothing_to_send(
    gallery: httpx.AsyncClient, orders: Orders
) -> None:
    orders.code = "INTERNAL"
    assert "_sealed" not in (await gallery.get("/tilaukset/1")).text


# What comes back is what came


class Fails:
    """A door through which no change goes while it is shut."""

    def __init__(self, app: App) -> None:
        self.door, self.is_shut = app.state.portal.door, True
        stands_in(app, door=self)

    async def read(self, document: str, variables: Mapping[str, Any], actor: Actor) -> Any:
        if self.is_shut and document.startswith("mutation"):
            raise psycopg.OperationalError("nobody is there")
        return await self.door.read(document, variables, actor)


async def failed_once(app: App, browser: Browser, to: str, fields: Mapping[str, Any]) -> httpx.Response:
    """What comes of a form that fails and is sent once more from the page that says so."""
    door = Fails(app)
    failed = await browser.post(to, fields)
    assert failed.status_code == 500
    door.is_shut = False
    return await browser.post(to, hidden(failed.text, to))


async def test_ticked_hours_are_approved_and_returned_with_their_ticks_and_reason(scene: Scene) -> None:
    (kept, other), to = await scene.book(60, 90), "/tunnit/hyvaksynta"
    manager, app = await scene.browser(scene.crew.manager), scene.portal.app
    ticked = {"_week": "0", "_entry": f"0 TimeEntry:{kept}"}
    returning = {**ticked, "_do": "return", "reason": "Kuvaus puuttuu kokonaan"}
    fields = hidden((await manager.get(to)).text, to)
    assert (await failed_once(app, manager, to, {**fields, **returning})).status_code == 303
    assert "Kuvaus puuttuu kokonaan" in (await manager.get(f"/tunnit/{other}")).text
    fields = hidden((await manager.get(to)).text, to)
    approved = await failed_once(app, manager, to, {**fields, **ticked, "_do": "approve"})
    assert "Approved 1 h" in text_of((await manager.get(path_to(approved))).text)


async def test_a_week_is_saved_with_what_was_typed(scene: Scene) -> None:
    expert, to = await scene.browser(scene.crew.expert), f"/tunnit?week={last_week()}"
    typed = {"rows.0.target": scene.crew.target, "rows.0.description": "Lomakkeen kentät", "rows.0.0": "7,5"}
    fields = hidden((await expert.get(to)).text, to)
    assert (await failed_once(scene.portal.app, expert, to, fields | typed)).status_code == 303
    assert field((await expert.get(to)).text, "rows.0.0") == "7,5"


# Too old, too much, and not for everybody


async def test_what_was_kept_too_long_is_not_sent_and_says_so(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, to = await portal.signed_in(), "/asetukset/ilmoitukset"
    door = Fails(portal.app)
    failed = await browser.send(to, to, {"bellTopics": [], "mailTopics": []})
    door.is_shut, later = False, clock.now() + timedelta(minutes=61)
    monkeypatch.setattr("web.kept.clock.now", lambda: later)
    refused = await browser.post(to, hidden(failed.text, to))
    assert refused.status_code == 400
    assert "What you wrote was kept for an hour, and that has passed" in refused.text
    async with portal.house.sessions() as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM notice_preferences")) == 0


async def signed_out(portal: Portal, browser: Browser) -> str:
    """The page to sign in on that somebody gets whose session ended while they wrote."""
    fields = hidden((await browser.get("/asetukset")).text, LANGUAGE)
    browser.client.cookies.delete("istunto")
    asked = await browser.post(LANGUAGE, fields | {"language": "SV"})
    assert asked.status_code == 401
    return asked.text


async def test_who_signs_in_too_late_is_told_that_what_they_sent_is_gone(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await portal.signed_in()
    fields, later = hidden(await signed_out(portal, browser), "/kirjaudu"), clock.now() + timedelta(minutes=61)
    monkeypatch.setattr("web.kept.clock.now", lambda: later)
    answer = await browser.post("/kirjaudu", fields | {"email": portal.manager.email, "password": PASSWORD})
    assert answer.status_code == 400 and "What you wrote was kept for an hour" in answer.text
    assert (await browser.get("/asetukset")).status_code == 200, "signed in all the same"


async def test_what_one_wrote_is_not_sent_by_another(portal: Portal) -> None:
    browser = await portal.signed_in()
    fields = hidden(await signed_out(portal, browser), "/kirjaudu")
    another = {"email": portal.key_user.email, "password": PASSWORD}
    refused = await browser.post("/kirjaudu", fields | another)
    assert refused.status_code == 403 and "Somebody else wrote this" in refused.text
    assert "_sealed" not in refused.text
    theirs = hidden((await browser.get("/asetukset")).text, LANGUAGE)
    kept = {name: theirs[name] for name in ("_csrf", "_acting")} | {"_sealed": fields["_sealed"]}
    assert (await browser.post(LANGUAGE, kept)).status_code == 403
    async with portal.house.sessions() as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM people WHERE language = 'sv'")) == 0


async def test_no_password_is_kept(portal: Portal) -> None:
    browser, to = await portal.signed_in(), "/asetukset/salasana"
    fields = hidden((await browser.get(to)).text, to) | {"current": PASSWORD, "password": "neljä sanaa peräkkäin"}
    stands_in(portal.app, visitor=no_database)
    failed = hidden((await browser.post(to, fields)).text, to)
    kept = unseal(portal.app.state.portal.sealer, failed["_sealed"])
    assert kept is not None and not {"current", "password"} & {name for name, _ in kept.fields}


def test_every_field_for_a_password_is_known_as_one() -> None:
    typed = (
        re.findall(r'field\(\w+, "([^"]+)", [^\n]*?, "password"', page.read_text()) for page in WEB.rglob("*.html")
    )
    assert {name for names in typed for name in names} == SECRETS


@pytest.mark.parametrize("files", [[("fileIds", ("iso.pdf", b"x" * 1_200_000))], [("note", (None, b"x" * 1_200_000))]])
async def test_too_much_at_once_says_what_to_do(gallery: httpx.AsyncClient, orders: Orders, files: Any) -> None:
    answer = await gallery.post(NEW, data=await fields_of(gallery), files=files)
    assert answer.status_code == 413
    assert "eikä mitään tallennettu. Palaa lomakkeelle" in answer.text and not orders.created


async def test_text_too_long_to_come_back_is_not_said_to_be_kept(gallery: httpx.AsyncClient, orders: Orders) -> None:
    fields = await fields_of(gallery) | {"note": "x" * 760_000}
    orders.code = "INTERNAL"
    assert "_sealed" not in (await gallery.post(NEW, data=fields)).text
    gallery.cookies.set("ulkona", "1")
    assert (await gallery.post(NEW, data=fields)).status_code == 413


# Another organisation


async def test_what_was_meant_for_another_organisation_is_sent_after_going_back_to_it(portal: Portal) -> None:
    browser = await portal.signed_in()
    fields = {**hidden((await browser.get("/asetukset")).text, "/asetukset/kieli"), "language": "SV"}
    switch = "/kirjaudu/organisaatio"
    await browser.send("/asetukset", switch, {"organisation": str(portal.supplier.id)})
    refused = await browser.post("/asetukset/kieli", fields)
    assert refused.status_code == 409
    assert "Act for Kuntien Tiera, and send it there" in refused.text
    resumed = await browser.post(switch, hidden(refused.text, switch, nth=1))
    assert "You now act for Kuntien Tiera." in resumed.text
    assert (await browser.post("/asetukset/kieli", hidden(resumed.text, "/asetukset/kieli"))).status_code == 303
    async with portal.house.sessions() as session:
        row = await session.execute(sa.text("SELECT language FROM people WHERE id = :id"), {"id": portal.manager.id})
        assert row.scalar_one() == "sv"


# What was saved


async def test_what_was_saved_and_cannot_be_read_is_said_to_be_saved(
    gallery: httpx.AsyncClient, orders: Orders
) -> None:
    fields = await fields_of(gallery)
    orders.code, orders.data = "INTERNAL", CREATED
    failed = await gallery.post(NEW, data=fields)
    assert failed.status_code == 500
    assert SAVED in failed.text and "_sealed" not in failed.text
    part = await gallery.post(NEW, data=fields, headers=HTMX)
    assert SAVED in json.loads(part.headers["HX-Trigger"])["portal:trouble"]["text"]


async def test_where_nothing_was_carried_out_it_says_so(gallery: httpx.AsyncClient, orders: Orders) -> None:
    fields = await fields_of(gallery)
    orders.code, orders.data = "INTERNAL", {"createOrder": None}
    assert "eikä mitään tallennettu" in (await gallery.post(NEW, data=fields)).text


async def test_a_page_that_cannot_be_shown_after_the_act_says_nothing_of_saving(
    gallery: httpx.AsyncClient, orders: Orders
) -> None:
    assert (await gallery.post(NEW, data=await fields_of(gallery))).status_code == 303
    orders.code = "INTERNAL"
    shown = await gallery.get("/tilaukset/1")
    assert shown.status_code == 500 and "The work was ordered." in shown.text
    assert "eikä tätä voida näyttää" in shown.text and "tallennettu" not in shown.text


async def test_a_block_that_cannot_be_shown_after_the_act_says_that_it_was_saved(
    gallery: httpx.AsyncClient, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = "/tilaukset/1/paatos"
    fields = hidden((await gallery.get("/tilaukset/1")).text, to)
    monkeypatch.setattr(orders, "order", lambda *_, **__: 1 / 0)
    typed = {"decision": "APPROVE", "grantedMinutes": "228", "reason": "Sovittu kokouksessa"}
    part = await gallery.post(to, data=fields | typed, headers=HTMX)
    assert part.status_code == 500 and orders.decisions
    assert SAVED in json.loads(part.headers["HX-Trigger"])["portal:trouble"]["text"]


async def test_the_same_form_with_other_words_says_that_it_was_sent_before(gallery: httpx.AsyncClient) -> None:
    fields = await fields_of(gallery)
    assert (await gallery.post(NEW, data=fields)).status_code == 303
    changed = await gallery.post(NEW, data=fields | {"note": "Toinen"})
    assert changed.status_code == 422
    assert "lähetettiin jo aiemmin toisin sanoin" in changed.text
    assert (await gallery.post(NEW, data=fields)).status_code == 303


async def test_a_read_that_fails_after_the_act_is_no_failed_act(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser: Browser = await portal.signed_in(portal.key_user)
    new = "/asetukset/palvelutunnukset/uusi"
    form = hidden((await browser.get(new)).text, new)
    fields = {**form, "name": "Ohjelma", "purpose": "Tuonti", "organisationId": str(portal.tiera.ref)}

    async def broken(*_: object, **__: object) -> bytes:
        raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(portal.app.state.door.reads, "fetch", broken)
    failed = await browser.post(new, fields)
    assert (failed.status_code, "It was saved, but" in text_of(failed.text)) == (500, True)
    async with portal.house.sessions() as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM service_accounts")) == 1


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with chromium() as found:
        yield found


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_what_failed_is_sent_by_a_press_with_and_without_javascript(
    browser: Chromium, orders: Orders, app: Any, scripts: bool
) -> None:
    with served(app) as address, visit(browser, address, java_script_enabled=scripts) as page:
        page.goto(NEW)
        page.get_by_label("Title").fill("Rajapinta")
        page.get_by_label("Size class").select_option("SMALL")
        orders.code = "INTERNAL"
        page.get_by_role("button", name="Order", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Palvelussa tapahtui virhe")
        orders.code = None
        page.get_by_role("button", name="Lähetä kirjoittamani").click()
        expect(page.locator("#flash")).to_have_text("The work was ordered.")
        assert [each["title"] for each in orders.created.values()] == ["Rajapinta"]
