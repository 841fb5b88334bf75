"""Hours in a browser: the week by keyboard alone, sums while one types, what went wrong."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from backend.hours.approval_verbs import approve_hours, return_hours
from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.accessibility import assert_accessible
from tests.browsers import chromium, served, visit
from tests.identity.making import PASSWORD, House, acting
from tests.making import make_organisation
from tests.web.hours_scene import Crew, gather, last_week
from tests.web.portal import settings_for
from web.app import create
from web.hours.weeks import today

pytestmark = pytest.mark.browser


class Scene:
    """Where the application is served, who is in it and what they have booked."""

    address: str
    crew: Crew


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    scene = Scene()
    with ThreadPoolExecutor(1) as aside:  # a loop of Playwright's own runs in this thread
        aside.submit(lambda: asyncio.run(_settle(scene, database_url))).result()
    with served(create(settings_for(database_url, tmp_path)), lifespan="on", ws="websockets-sansio") as address:
        scene.address = address
        yield scene


async def _settle(scene: Scene, database_url: str) -> None:
    house = House(database_url)
    async with house.sessions.begin() as session:
        crew = scene.crew = await gather(session)
        tiera = await make_organisation(session, ActorKind.BUYER)
        approver = acting(crew.manager, tiera, Role.SERVICE_MANAGER)
        day = today() - timedelta(days=2)
        booked = [await crew.book(session, 60 * n, day, f"Lomakkeen osa {n}") for n in (1, 2, 3, 8)]
        await approve_hours(session, approver, [booked[0].id], now=clock.now())
        await return_hours(session, approver, [booked[1].id], "Mikä lomake?", now=clock.now())
    await house.engine.dispose()


def sign_in(page: Page, person: Person) -> None:
    page.goto("/kirjaudu")
    page.locator("input[name=email]").fill(person.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form[action='/kirjaudu'] button").click()
    page.wait_for_url("**/tyopoyta")


def test_axe_finds_nothing_in_a_week_that_went_wrong(browser: Browser, scene: Scene) -> None:
    """The pages themselves are looked at by `test_every_page.py`."""
    with visit(browser, scene.address, bypass_csp=True, reduced_motion="reduce") as page:
        page.context.add_cookies([{"name": "kieli", "value": "fi", "url": scene.address}])
        sign_in(page, scene.crew.expert)
        page.goto(f"/tunnit?week={last_week()}")
        page.locator(".sheet-hours").first.fill("kolme")
        page.locator(".week-form button[type=submit]:not(.sr)").first.click()
        page.locator(".errors").wait_for()
        assert_accessible(page)


def test_a_week_is_filled_and_saved_by_keyboard_alone(browser: Browser, scene: Scene) -> None:
    with visit(browser, scene.address, locale="en-GB") as page:
        page.context.add_cookies([{"name": "kieli", "value": "en", "url": scene.address}])
        sign_in(page, scene.crew.expert)
        week = last_week() - 1
        page.goto(f"/tunnit?week={week}")
        row = page.locator(".sheet-row").last
        row.locator("select").focus()
        page.keyboard.type("Hakemus")
        page.keyboard.press("Tab")
        page.keyboard.type("Lomakkeen kentät ja ohjeet")
        for hours in ("7,5", "7:30", "6.25"):
            page.keyboard.press("Tab")
            page.keyboard.type(hours)
        assert row.locator("[data-sum=row]").inner_text().replace("\xa0", " ") == "21,25 h"
        assert page.locator("[data-sum=week]").inner_text().replace("\xa0", " ") == "21,25 h"
        page.keyboard.press("Enter")
        page.locator(".flash-text").wait_for()
        assert page.locator("#week").evaluate("e => e === document.activeElement")
        page.reload()
        typed = [field.input_value() for field in page.locator(".sheet-row").first.locator(".sheet-hours").all()]
        assert typed == ["7,5", "7,5", "6,25", "", "", "", ""]
        page.locator(".sheet-hours").first.focus()
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.name") == "rows.1.0"
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.name") == "rows.0.0"


def test_what_is_wrong_in_a_week_takes_the_focus_and_leads_to_its_cell(browser: Browser, scene: Scene) -> None:
    with visit(browser, scene.address, locale="en-GB") as page:
        page.context.add_cookies([{"name": "kieli", "value": "en", "url": scene.address}])
        sign_in(page, scene.crew.expert)
        page.goto(f"/tunnit?week={last_week() - 1}")
        page.locator(".sheet-row").last.locator("select").select_option(index=1)
        page.locator(".sheet-row").last.locator(".sheet-text").fill("Lomakkeen kentät ja ohjeet")
        page.locator(".sheet-row").last.locator(".sheet-hours").nth(2).fill("25")
        assert page.locator("[data-too-long]").nth(2).is_visible()
        page.keyboard.press("Enter")
        page.locator(".errors a").first.wait_for()
        assert page.locator(".errors").evaluate("e => e === document.activeElement")
        page.locator(".errors a").first.click()
        assert page.evaluate("document.activeElement.value") == "25"


def test_the_button_of_an_approval_says_how_much_is_ticked(browser: Browser, scene: Scene) -> None:
    with visit(browser, scene.address, locale="en-GB") as page:
        page.context.add_cookies([{"name": "kieli", "value": "en", "url": scene.address}])
        sign_in(page, scene.crew.manager)
        page.goto("/tunnit/hyvaksynta")
        chosen = page.locator("[data-chosen]")
        assert chosen.inner_text().replace("\xa0", " ") == "11 h"
        if not page.locator("[name=_entry]").first.is_visible():
            page.locator(".person-week summary").first.click()
        page.locator("[name=_entry]").first.uncheck()
        assert chosen.inner_text().replace("\xa0", " ") == "8 h"
        page.locator("[name=_week]").first.uncheck()
        assert chosen.inner_text().replace("\xa0", " ") == "0 h"
        assert page.locator(".left-out").first.is_visible()
        page.locator("[name=_week]").first.check()
        page.locator("button[value=approve]").click()
        page.wait_for_url("**/tunnit/hyvaksynta/*")
        assert "Approved 8" in page.locator("h1").inner_text()
