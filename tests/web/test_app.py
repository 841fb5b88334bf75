"""The application as a whole: who gets in, what is refused, what every answer carries."""

import json
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from graphql import parse, validate
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from structlog.testing import capture_logs

from backend.graphql import schema as schemas
from tests.web.portal import BASE, SECRET, Portal, hidden, opened, settings_for
from web import documents
from web.pages import Page
from web.routing import get
from web.security import CONTENT_SECURITY_POLICY

LANGUAGES = {"fi": "Tällaista sivua", "sv": "Sidan", "en": "There is no such page"}


async def boom(page: Page) -> Response:
    raise RuntimeError("a secret of the inside")


def add_route(app: Starlette, route: Route) -> None:
    app.router.routes.insert(0, route)


# Life


async def test_it_is_alive_and_ready_without_redis(portal: Portal) -> None:
    browser = portal.browser()
    assert (await browser.get("/healthz")).text == "ok"
    ready = await browser.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"database": "ok", "redis": "unreachable"})


async def test_redis_is_found_where_there_is_one(database_url: str, tmp_path: Path, redis_url: str) -> None:
    async with opened(settings_for(database_url, tmp_path, redis_url=redis_url)) as portal:
        assert (await portal.browser().get("/readyz")).json()["redis"] == "ok"


async def test_it_is_not_ready_over_a_database_that_is_not_migrated(empty_database_url: str, tmp_path: Path) -> None:
    async with opened(settings_for(empty_database_url, tmp_path)) as portal:
        ready = await portal.browser().get("/readyz")
        assert (ready.status_code, ready.json()["database"]) == (503, "not migrated")
        assert (await portal.browser().get("/healthz")).status_code == 200


def test_the_web_process_never_meets_the_queue(tmp_path: Path) -> None:
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from backend.settings import Settings
from web.app import create
create(Settings.read({{"DATABASE_URL": "postgresql://x/y", "REDIS_URL": "redis://x", "PORTAALI_SECRET": "{SECRET}"}}))
print(sorted(set(sys.modules) & {{"redis", "dramatiq", "alembic", "openpyxl", "lxml", "typst", "PIL", "pypdfium2"}}))
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert found.stdout.strip() == "[]"


def test_every_document_of_the_portal_fits_the_schema() -> None:
    schema = schemas.build()._schema
    wrong = {name: validate(schema, parse(document.text)) for name, document in documents.load().items()}
    assert {name: errors for name, errors in wrong.items() if errors} == {}


# What every answer carries


@pytest.mark.parametrize("path", ["/kirjaudu", "/eiole", "/healthz", "/graphql", "/static/portal.js", "/"])
async def test_every_answer_carries_the_safe_headers(portal: Portal, path: str) -> None:
    answer = await portal.browser().get(path)
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Request-ID"]
    if not path.startswith("/static"):
        assert answer.headers["Cache-Control"] == "no-store"


async def test_what_another_site_sends_is_refused(portal: Portal) -> None:
    browser = await portal.signed_in()
    page = (await browser.get("/asetukset")).text
    fields = {**hidden(page, "/asetukset/kieli"), "language": "SV"}
    for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Origin": "https://evil.test"}):
        assert (await browser.post("/asetukset/kieli", fields, **headers)).status_code == 403
    async with portal.house.sessions() as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM events WHERE name = 'person.language_chosen'")) == 0
    assert (await browser.post("/asetukset/kieli", fields, Origin=BASE)).status_code == 303


async def test_a_form_without_its_token_or_with_another_persons_is_refused(portal: Portal) -> None:
    browser, other = await portal.signed_in(), await portal.signed_in(portal.key_user)
    fields = {**hidden((await browser.get("/asetukset")).text, "/asetukset/kieli"), "language": "SV"}
    foreign = hidden((await other.get("/asetukset")).text, "/asetukset/kieli")["_csrf"]
    for token in ("", "x", foreign):
        assert (await browser.post("/asetukset/kieli", fields | {"_csrf": token})).status_code == 403


async def test_a_form_opened_for_another_organisation_is_refused(portal: Portal) -> None:
    browser = await portal.signed_in()
    fields = {**hidden((await browser.get("/asetukset")).text, "/asetukset/kieli"), "language": "SV"}
    switched = await browser.send("/asetukset", "/kirjaudu/organisaatio", {"organisation": str(portal.supplier.id)})
    assert switched.status_code == 303
    refused = await browser.post("/asetukset/kieli", fields)
    assert refused.status_code == 409
    assert "opened for another organisation. Open it again" in refused.text
    part = await browser.post("/asetukset/kieli", fields, HX_Request="true", HX_Request_Type="partial")
    assert (part.status_code, part.headers["HX-Retarget"]) == (409, "#nowhere")
    told = json.loads(part.headers["HX-Trigger"])["portal:trouble"]["text"]
    assert "What you wrote stays here" in told and "Open it again" not in told


async def test_what_another_of_ones_organisations_may_see_is_offered_for_that_one(portal: Portal) -> None:
    browser, switch = await portal.signed_in(), "/kirjaudu/organisaatio"
    theirs = f"/henkilot/{portal.key_user.id}"
    assert "You act for Kuntien Tiera." in (await browser.get(theirs)).text
    await browser.send("/asetukset", switch, {"organisation": str(portal.supplier.id)})
    hidden_page = await browser.get("/tunnit/424242?osa=2")
    assert hidden_page.status_code == 404
    assert f"You act for {portal.supplier.name} now." in hidden_page.text
    fields = hidden(hidden_page.text, switch, nth=1)
    back = await browser.post(switch, fields | {"organisation": str(portal.tiera.id)})
    assert (back.status_code, back.headers["location"]) == (303, "/tunnit/424242?osa=2")
    elsewhere = fields | {"organisation": str(portal.supplier.id), "_acting": str(portal.tiera.id)}
    led = await browser.post(switch, elsewhere | {"takaisin": "//evil.test/"})
    assert led.headers["location"] == "/tyopoyta"


async def test_a_part_for_a_page_of_another_organisation_comes_as_a_whole_page(portal: Portal) -> None:
    browser = await portal.signed_in()
    part = {"HX_Request": "true", "HX_Request_Type": "partial", "HX_Current_URL": f"{BASE}/henkilot"}
    ours = await browser.get("/henkilot?words=x", Acting_For=str(portal.tiera.id), **part)
    assert "HX-Redirect" not in ours.headers and "words" not in ours.headers.get("HX-Redirect", "")
    theirs = await browser.get("/henkilot?words=x", Acting_For=str(portal.supplier.id), **part)
    assert (theirs.headers["HX-Redirect"], theirs.text) == ("/henkilot?words=x", "")


async def test_a_form_that_was_opened_for_another_organisation_stays_where_a_part_is_asked_for_beside_it(
    portal: Portal,
) -> None:
    browser = await portal.signed_in()
    part = {"HX_Request": "true", "HX_Request_Type": "partial", "HX_Current_URL": f"{BASE}/pyynnot/uusi"}
    beside = await browser.get("/pyynnot/samanlaiset?report.title=x", Acting_For=str(portal.supplier.id), **part)
    assert (beside.headers["HX-Retarget"], beside.text) == ("#nowhere", "")
    assert "HX-Redirect" not in beside.headers, "the form would be gone, and what was typed with it"


# Pages that cannot be shown


@pytest.mark.parametrize(("language", "words"), LANGUAGES.items())
async def test_what_is_not_there_gets_a_page_in_the_readers_language(portal: Portal, language: str, words: str) -> None:
    browser = await portal.signed_in()
    browser.client.cookies.set("kieli", language, domain="portaali.test", path="/")
    answer = await browser.get("/eiole")
    assert answer.status_code == 404
    assert f'<html lang="{language}">' in answer.text
    assert words in answer.text


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
async def test_a_failure_gets_a_page_with_a_number_and_never_a_trace(portal: Portal, language: str) -> None:
    add_route(portal.app, get("/rikki", boom, name="boom", open=True))
    browser = portal.browser()
    browser.client.cookies.clear()
    answer = await browser.get("/rikki", Accept_Language=language)
    assert answer.status_code == 500
    assert f'<html lang="{language}">' in answer.text
    assert "<strong>" in answer.text
    assert "secret of the inside" not in answer.text
    assert "Traceback" not in answer.text


async def test_a_page_that_another_role_may_not_see_says_so(portal: Portal) -> None:
    browser = await portal.signed_in()
    refused = await browser.get("/asetukset/palvelutunnukset")
    assert refused.status_code == 403
    assert "To the page of this matter" not in refused.text
    assert "Your role does not allow this" in refused.text
    looked_at = await browser.get("/kirjaudu/organisaatio")
    assert (looked_at.status_code, looked_at.headers["location"]) == (303, "/kirjaudu"), "a form's address does nothing"


async def test_without_a_database_there_is_still_a_page_that_says_so(empty_database_url: str, tmp_path: Path) -> None:
    async with opened(settings_for(empty_database_url, tmp_path)) as portal:
        browser = portal.browser()
        browser.client.cookies.set("istunto", "x")
        answer = await browser.get("/tyopoyta")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "<strong>" in answer.text
    assert "UndefinedTable" not in answer.text


@pytest.mark.parametrize("path", ["/graphql", "/tyopoyta", "/eiole", "/api/files/1"])
async def test_an_answer_is_one_like_others_whatever_fails(
    portal: Portal, path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def lost(_: str) -> None:
        raise psycopg.OperationalError("a secret of the inside")

    monkeypatch.setattr(portal.app.state.reception, "of_session", lost)
    browser = portal.browser()
    browser.client.cookies.set("istunto", "x")
    with capture_logs() as lines:
        answer = await browser.get(path, Accept="application/graphql-response+json, text/html")
    assert answer.status_code == 500
    assert [line["status"] for line in lines if line["event"] == "request"] == [500]
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-ID"]
    assert "secret" not in answer.text
    if path == "/graphql":
        assert answer.headers["Content-Type"].startswith("application/graphql-response+json")
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "INTERNAL" and error["extensions"]["reference"] in caplog.text
    else:
        assert "Something went wrong on our side" in answer.text


async def test_only_these_pages_are_open_to_everybody(portal: Portal) -> None:
    """Whatever is not in this list leads to signing in: a page is closed unless somebody has opened it here."""
    is_open = set()
    for route in portal.app.routes:
        if isinstance(route, WebSocketRoute):
            assert route.path == "/graphql"  # tests/graphql/test_live.py: who brings no key that fits is refused
            continue
        assert isinstance(route, Route)
        if "GET" not in (route.methods or ()):
            continue
        path = route.path.replace("{code}", "en").replace("{name:path}", "portal.js")
        answer = await portal.browser().get(re.sub(r"\{\w+(:int)?\}", "1", path))
        is_led_away = answer.status_code == 303 and answer.headers["Location"].startswith("/kirjaudu?takaisin=")
        if not is_led_away and answer.status_code != 401:
            is_open.add(route.path)
    assert is_open == {
        "/",
        "/api/kalenteri/{secret}.ics",
        "/arvio/{secret}",
        "/healthz",
        "/kieli/{code}",
        "/kirjaudu",
        "/kutsu/{secret}",
        "/ohjeet",
        "/postit",
        "/postit/{key}",
        "/readyz",
        "/saavutettavuus",
        "/static/{name:path}",
        "/tietosuoja",
        "/unohtunut",
        "/uusi-salasana/{secret}",
    }
