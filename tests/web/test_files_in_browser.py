"""A form's one file in a browser: dropped or chosen, with its progress, refused before it is sent, and replaced."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from backend.demo.papers import paper
from backend.files.rules import MOST_BYTES
from backend.kit.actor import ActorKind
from backend.rulebook.roles import Role
from tests.accessibility import assert_accessible
from tests.browsers import assert_reflows, chromium, served, visit
from tests.identity.making import PASSWORD, House, add_member, add_organisation
from tests.making import make_agreement, make_service
from tests.web.hands import Typing
from tests.web.portal import settings_for
from web.app import create

pytestmark = pytest.mark.browser

DOCUMENT, INVOICE = "/asiakirjat/uusi", "/laskut/tuonti"
DROP = """(field, files) => {
  const brought = new DataTransfer()
  for (const [name, type, text] of files) brought.items.add(new File([text], name, { type }))
  field.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: brought }))
}"""

TOO_LARGE = """(field, bytes) => {
  const brought = new DataTransfer()
  brought.items.add(new File([new Uint8Array(bytes)], "lasku.xml", { type: "text/xml" }))
  field.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: brought }))
}"""


@dataclass
class Office:
    """Where the application is served, and who of a supplier signs in."""

    address: str
    manager: str


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    with ThreadPoolExecutor(1) as aside:  # a loop of Playwright's own runs in this thread
        office = aside.submit(lambda: asyncio.run(_settle(database_url))).result()
    with served(create(settings_for(database_url, tmp_path)), lifespan="on", ws="websockets-sansio") as address:
        office.address = address
        yield office


async def _settle(database_url: str) -> Office:
    house = House(database_url)
    async with house.sessions.begin() as session:
        await add_organisation(session, "Kuntien Tiera")
        supplier = await add_organisation(session, "Zeta Oy", ActorKind.SUPPLIER)
        manager = await add_member(session, supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
        await make_service(session, await make_agreement(session, supplier), "Arkisto")
        office = Office("", manager.email)
    await house.engine.dispose()
    return office


def open_form(page: Page, office: Office, path: str, language: str = "en") -> None:
    page.goto("/kirjaudu")
    page.locator("[name=email]").fill(office.manager)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form[action='/kirjaudu'] button").click()
    page.wait_for_url("**/tyopoyta")
    page.context.add_cookies([{"name": "kieli", "value": language, "url": page.url}])
    page.goto(path)


def drop(page: Page, *files: tuple[str, str, str]) -> None:
    page.locator(".field-file").first.evaluate(DROP, files)


@pytest.mark.parametrize(
    ("language", "here", "one"),
    [
        ("fi", "Voit myös pudottaa tiedoston tähän.", "Tähän otetaan yksi tiedosto"),
        ("sv", "Du kan också släppa filen här.", "Här tas en fil emot"),
        ("en", "You can also drop the file here.", "One file is taken here"),
    ],
)
def test_one_file_is_dropped_and_another_takes_its_place(
    browser: Browser, office: Office, language: str, here: str, one: str
) -> None:
    with visit(browser, office.address) as page:
        open_form(page, office, DOCUMENT, language)
        expect(page.locator(".drop-here")).to_have_text(here)
        drop(page, ("ohje.txt", "text/plain", "Ensimmäinen"))
        held = page.locator(".field-file input[type=hidden][name=fileId]:not([value=''])")
        expect(held).to_have_count(1)
        first = held.input_value()
        drop(page, ("toinen.txt", "text/plain", "Toinen"), ("kolmas.txt", "text/plain", "Kolmas"))
        expect(page.locator(".files li")).to_contain_text(["toinen.txt"])
        expect(page.locator(".files progress")).to_have_count(0)
        expect(held).to_have_count(1)
        assert held.input_value() != first
        drop(page, ("ohjelma.exe", "", "MZ\0\1\2"))
        expect(page.locator(".files .refused")).to_contain_text("ohjelma.exe: ")
        expect(held).to_have_count(1)  # what was taken stays until another is


def test_more_than_one_for_one_place_is_said(browser: Browser, office: Office) -> None:
    with visit(browser, office.address) as page:
        open_form(page, office, DOCUMENT)
        page.route("**/api/files", lambda route: None)  # on its way for ever
        drop(page, ("toinen.txt", "text/plain", "Toinen"), ("kolmas.txt", "text/plain", "Kolmas"))
        expect(page.locator(".drop-said")).to_have_text("One file is taken here: only the first was.")
        expect(page.locator(".files li")).to_have_count(1)
        drop(page, ("neljäs.txt", "text/plain", "Neljäs"))
        expect(page.locator(".files li")).to_have_text(["neljäs.txt"])


def test_sizes_and_kinds_are_refused_before_anything_is_sent(browser: Browser, office: Office) -> None:
    with visit(browser, office.address, bypass_csp=True, reduced_motion="reduce") as page:
        open_form(page, office, INVOICE)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/api/files" in request.url else None)
        page.locator("input[type=file]").first.evaluate(TOO_LARGE, MOST_BYTES + 1)
        refused = page.locator(".files .refused span")
        expect(refused).to_have_text("lasku.xml: The file is too large: at most 20 megabytes.")
        drop(page, ("lasku.xml", "text/xml", ""))
        expect(refused).to_have_text("lasku.xml: The file is empty.")
        drop(page, ("lasku.pdf", "application/pdf", "%PDF"))
        expect(refused).to_have_text("lasku.pdf: Files of this kind are not taken here: .xml only.")
        assert asked == []
        assert_accessible(page)
        assert_reflows(page, INVOICE)


def test_a_form_goes_with_its_file_by_keyboard_when_the_file_is_there(
    browser: Browser, office: Office, tmp_path: Path
) -> None:
    on_their_way: list[Route] = []
    (tmp_path / "ohje.pdf").write_bytes(paper("Ohje"))
    with visit(browser, office.address, reduced_motion="reduce") as page:
        open_form(page, office, DOCUMENT)
        page.get_by_label("Title").fill("Arkiston ohje")
        page.get_by_label("Kind").select_option("INSTRUCTIONS")
        page.get_by_label("Service").select_option(label="Arkisto")
        page.get_by_label("Owner").select_option(index=1)
        page.route("**/api/files", lambda route: on_their_way.append(route))
        Typing(page).attach(page.locator("input[type=file]"), tmp_path / "ohje.pdf")
        expect(page.get_by_role("progressbar", name="ohje.pdf")).to_be_visible()
        send = page.locator("main form[method=post] .actions button[type=submit]")
        send.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".drop-said")).to_have_text("The form is sent as soon as the files are here.")
        on_their_way[0].continue_()
        page.wait_for_url(lambda url: url.rsplit("/", 1)[-1].isdecimal())
        expect(page.locator("main")).to_contain_text("ohje.pdf")


def test_a_form_with_a_file_that_was_refused_is_sent_when_that_is_taken_out(browser: Browser, office: Office) -> None:
    with visit(browser, office.address) as page:
        open_form(page, office, DOCUMENT)
        page.get_by_label("Title").fill("Arkiston ohje")
        page.get_by_label("Kind").select_option("INSTRUCTIONS")
        page.get_by_label("Service").select_option(label="Arkisto")
        page.get_by_label("Owner").select_option(index=1)
        drop(page, ("ohje.txt", "text/plain", "Ohje"))
        expect(page.get_by_role("button", name="Remove ohje.txt")).to_be_visible()
        drop(page, ("aja.bat", "text/plain", "@echo off"))
        expect(page.locator(".files .refused span")).to_contain_text("aja.bat: ")
        send = page.locator("main form[method=post] .actions button[type=submit]")
        send.click()
        expect(page.locator(".drop-said")).to_contain_text("The form was not sent: not every file was taken.")
        expect(page.get_by_role("button", name="Remove aja.bat")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".files .refused")).to_have_count(0)
        send.click()
        page.wait_for_url(lambda url: url.rsplit("/", 1)[-1].isdecimal())
        expect(page.locator("main")).to_contain_text("ohje.txt")


def test_a_file_that_a_form_came_back_with_is_taken_out_beside_one_that_was_refused(
    browser: Browser, office: Office
) -> None:
    with visit(browser, office.address) as page:
        open_form(page, office, "/pyynnot/uusi")
        drop(page, ("ohje.txt", "text/plain", "Ohje"))
        expect(page.get_by_role("button", name="Remove ohje.txt")).to_be_visible()
        form = page.locator("main form[method=post]").filter(has=page.locator(".field-file"))
        form.evaluate("form => { form.noValidate = true; form.requestSubmit() }")
        expect(page.locator(".files button[name=_remove]")).to_have_count(1)
        drop(page, ("aja.bat", "text/plain", "@echo off"))
        expect(page.locator(".files .refused")).to_have_count(1)
        page.get_by_role("button", name="Remove ohje.txt").click()
        expect(page.locator(".files li")).to_have_count(1)
        expect(page.locator(".files .refused")).to_contain_text("aja.bat: ")
        expect(page.locator("input[type=file]")).to_be_focused()


def test_a_file_is_taken_out_again_by_keyboard_and_the_form_says_that_it_is_needed(
    browser: Browser, office: Office
) -> None:
    with visit(browser, office.address) as page:
        open_form(page, office, DOCUMENT)
        drop(page, ("ohje.txt", "text/plain", "Ohje"))
        page.get_by_role("button", name="Remove ohje.txt").focus()
        page.keyboard.press("Enter")
        expect(page.locator("input[type=file]")).to_be_focused()
        page.get_by_label("Title").fill("Arkiston ohje")
        page.locator("main form[method=post] .actions button[type=submit]").click()
        expect(page.locator(".errors")).to_contain_text("File")
