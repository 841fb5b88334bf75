"""Invoices as people meet them in a browser: an approval by keyboard alone, what is disputed, what went wrong."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from backend.invoices.deciding_verbs import dispute_lines
from backend.kit.actor import ActorKind
from backend.rulebook.roles import Role
from tests.accessibility import assert_accessible
from tests.browsers import assert_reflows, chromium, served, visit
from tests.identity.making import PASSWORD, House, add_member, add_organisation
from tests.invoices.making import NOW, lines_of, make_mixed_invoice, make_scene
from tests.web.portal import settings_for
from web.app import create

pytestmark = pytest.mark.browser


@dataclass
class Office:
    """Where the application is served, who signs in, and what there is to look at."""

    address: str
    judge: str
    sender: str
    invoice: int
    disputed: int


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
        tiera = await add_organisation(session, "Kuntien Tiera")
        supplier = await add_organisation(session, "Zeta Oy", ActorKind.SUPPLIER)
        judge = await add_member(session, tiera, Role.SERVICE_MANAGER, "Maija Lehto")
        sender = await add_member(session, supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
        scene = await make_scene(session, supplier=supplier)
        invoice = await make_mixed_invoice(session, scene)
        lines = await lines_of(session, invoice)
        disputed = [lines[3].id]
        await dispute_lines(
            session, scene.judge, invoice_id=invoice.id, line_ids=disputed, reason="Hinta on väärä.", now=NOW
        )
        office = Office("", judge.email, sender.email, invoice.id, *disputed)
    await house.engine.dispose()
    return office


def _sign_in(page: Page, email: str) -> None:
    page.goto("/kirjaudu")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form[action='/kirjaudu'] button").click()
    page.wait_for_url("**/tyopoyta")
    page.context.add_cookies([{"name": "kieli", "value": "fi", "url": page.url}])


def test_axe_finds_nothing_where_a_line_is_disputed_and_it_fits_a_phone(browser: Browser, office: Office) -> None:
    """All else is looked at by `test_every_page.py`: nobody of the demo disputes anything."""
    for who in (office.judge, office.sender):
        with visit(browser, office.address, bypass_csp=True, reduced_motion="reduce") as page:
            _sign_in(page, who)
            for path in (f"/laskut/{office.invoice}", f"/laskut/rivit/{office.disputed}"):
                assert_reflows(page, path)
                assert_accessible(page)


def test_axe_finds_nothing_in_an_invoice_that_went_wrong(browser: Browser, office: Office) -> None:
    with visit(browser, office.address, bypass_csp=True, reduced_motion="reduce") as page:
        _sign_in(page, office.sender)
        page.goto("/laskut/uusi")
        page.locator("main form[method=post] .actions button[type=submit]").click()
        page.locator(".errors").wait_for()
        assert_accessible(page)


def test_lines_are_approved_and_one_is_disputed_by_keyboard_alone(browser: Browser, office: Office) -> None:
    with visit(browser, office.address, locale="fi-FI") as page:
        _sign_in(page, office.judge)
        page.goto(f"/laskut/{office.invoice}")
        page.locator("#decision button[type=submit]").first.focus()
        page.keyboard.press("Enter")
        page.get_by_text("Kunnossa olevat rivit hyväksyttiin.").wait_for()
        page.get_by_role("link", name="Kiistä rivejä").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/kiista")
        page.locator("textarea").focus()
        page.keyboard.type("Tunteja ei ole hyväksytty.")
        page.keyboard.press("Tab")  # to the attachments, which may be left out
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/laskut/{office.invoice}")
        assert "Kiistetty" in page.locator("main").inner_text()
