"""The doorway, the settings, the rules and what the portal says of itself, as people meet them in a browser."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from backend.identity import token_verbs
from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.accessibility import assert_accessible
from tests.browsers import assert_reflows, chromium, served, visit
from tests.identity.making import MORNING, PASSWORD, House, acting, add_link, add_member, add_organisation, add_role
from tests.web.portal import settings_for
from web.app import create

pytestmark = pytest.mark.browser

OPEN = ("/kirjaudu", "/kirjaudu?ulkona=1", "/unohtunut", "/kutsu/x", "/ohjeet", "/saavutettavuus", "/tietosuoja")
"""As they look to whoever is not signed in; `test_every_page.py` looks at what is inside."""


class Scene:
    """Where the application is served, and who is in it."""

    address: str
    key_user: Person
    of_two: Person
    invited: Person
    link: str


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    scene = Scene()
    with ThreadPoolExecutor(1) as aside:  # a loop of Playwright's own runs in this thread
        aside.submit(lambda: asyncio.run(_settle(scene, database_url, tmp_path))).result()
    with served(
        create(settings_for(database_url, tmp_path, demo=True)), lifespan="on", ws="websockets-sansio"
    ) as address:
        scene.address = address
        yield scene


async def _settle(scene: Scene, database_url: str, folder: Path) -> None:
    house = House(database_url)
    async with house.sessions.begin() as session:
        tiera = await add_organisation(session, "Kuntien Tiera")
        scene.key_user = await add_member(session, tiera, Role.KEY_USER, "Kaisa Avain")
        scene.of_two = await add_member(session, tiera, Role.SERVICE_MANAGER, "Maija Kaksi")
        supplier = await add_organisation(session, "Zeta Oy", ActorKind.SUPPLIER)
        await add_role(session, scene.of_two, supplier, Role.EXPERT)
        scene.invited = await add_member(session, tiera, Role.SERVICE_MANAGER, "Uusi Ihminen", password=None)
        actor = acting(scene.key_user, tiera, Role.KEY_USER)
        scene.link = await add_link(session, actor, scene.invited, now=clock.now())
        await token_verbs.make_service_account(session, actor, tiera.id, "Raportointi", "Kuukauden luvut", now=MORNING)
    await house.engine.dispose()
    person = {"key": "k", "name": "Kaisa Avain", "role": "key_user", "organisation": "Kuntien Tiera"}
    people = [{**person, "email": scene.key_user.email, "password": PASSWORD}]
    (folder / "demo.json").write_text(json.dumps({"people": people}))


def _sign_in(page: Page, scene: Scene, who: Person | None = None) -> None:
    page.goto("/kirjaudu")
    page.get_by_label("Sähköpostiosoite").fill((who or scene.key_user).email)
    page.get_by_label("Salasana", exact=True).fill(PASSWORD)
    page.locator("form[action='/kirjaudu'] button").click()
    page.wait_for_url("**/tyopoyta")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_axe_finds_nothing_on_any_page(browser: Browser, scene: Scene, language: str) -> None:
    with visit(browser, scene.address, bypass_csp=True, reduced_motion="reduce") as page:
        for path in OPEN:
            page.goto(path)
            page.context.add_cookies([{"name": "kieli", "value": language, "url": scene.address}])
            page.goto(path)
            assert_accessible(page)
        page.goto("/kirjaudu")
        page.locator("form[action='/kirjaudu'] button").click()
        assert_accessible(page)
        page.locator("button[value=k]").click()
        page.wait_for_url("**/tyopoyta")
        page.goto("/eiole")
        assert_accessible(page)
        page.goto("/asetukset/avaimet/uusi")
        page.locator("main form button[type=submit]").click()
        assert_accessible(page)
        page.locator("#f-name").fill("Raportti")
        page.locator("main form button[type=submit]").click()
        assert page.locator(".secret").inner_text().startswith("ptl_")
        assert_accessible(page)
        page.goto("/asetukset/avaimet")
        assert_accessible(page)


def test_nothing_scrolls_sideways_at_320_pixels(browser: Browser, scene: Scene) -> None:
    with visit(browser, scene.address) as page:
        for path in OPEN:
            assert_reflows(page, path)
        page.context.add_cookies([{"name": "kieli", "value": "fi", "url": scene.address}])
        _sign_in(page, scene)
        assert_reflows(page, "/eiole")


def test_an_open_page_follows_whoever_acts_for_another_meanwhile(browser: Browser, scene: Scene) -> None:
    with visit(browser, scene.address, locale="fi-FI", bypass_csp=True) as page:
        _sign_in(page, scene, scene.of_two)
        page.goto("/henkilot")
        other = page.context.new_page()
        other.goto("/tyopoyta")
        other.locator(".user summary").click()
        other.get_by_role("button", name="Zeta Oy").click()
        other.get_by_text("Toimit nyt organisaation Zeta Oy puolesta.").wait_for()
        page.locator("main input[name=words]").fill("Maija")
        page.locator("main form .apply button").first.click()
        page.get_by_text("Toimit organisaation Zeta Oy puolesta.").wait_for()
        assert "words=Maija" in page.url, "what was asked for, and nothing of it for the one before"
        page.goto("/tunnit/424242")
        assert_accessible(page)
        assert_reflows(page, "/tunnit/424242")
        page.get_by_role("button", name="Avaa organisaation Kuntien Tiera puolesta").click()
        page.get_by_text("Toimit organisaation Kuntien Tiera puolesta.").wait_for()
        assert page.url.endswith("/tunnit/424242")


def test_by_keyboard_alone_one_signs_in_makes_a_key_and_leaves(browser: Browser, scene: Scene) -> None:
    with visit(browser, scene.address, locale="fi-FI") as page:
        page.goto("/kirjaudu")
        page.keyboard.press("Tab")
        assert page.locator(":focus").get_attribute("href") == "#main"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type(scene.key_user.email)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/tyopoyta")
        page.locator(".user summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/asetukset")
        page.locator(".user summary").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Kirjaudu ulos").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/kirjaudu?ulkona=1")
        page.go_back()
        assert "/kirjaudu" in page.url or page.locator("form[action='/kirjaudu']").count() == 1


def test_what_is_wrong_takes_the_focus_and_leads_to_its_field(browser: Browser, scene: Scene) -> None:
    with visit(browser, scene.address, locale="fi-FI") as page:
        _sign_in(page, scene)
        page.goto("/asetukset/salasana")
        page.locator("#f-current").fill(PASSWORD)
        page.locator("#f-password").fill("lyhyt")
        page.locator("main form button[type=submit]").click()
        assert page.locator(".errors").evaluate("e => e === document.activeElement")
        assert page.locator("#f-current").input_value() == ""
        page.locator(".errors a").click()
        assert page.locator("#f-password").evaluate("e => e === document.activeElement")


def test_rules_are_found_as_one_types_and_the_address_keeps_the_search(browser: Browser, scene: Scene) -> None:
    with visit(browser, scene.address, locale="fi-FI") as page:
        _sign_in(page, scene)
        page.goto("/saannot")
        page.get_by_label("Hae nimistä ja lauseista").fill("H11.8.1-b")
        page.wait_for_url("**/saannot?haku=H11.8.1-b")
        assert page.locator(".rule").count() == 1
        page.reload()
        assert page.locator(".rule").count() == 1


@pytest.mark.parametrize("javascript", [True, False])
def test_a_link_lets_in_with_and_without_javascript(browser: Browser, scene: Scene, javascript: bool) -> None:
    with visit(browser, scene.address, locale="fi-FI", java_script_enabled=javascript) as page:
        page.goto(f"/kutsu/{scene.link}")
        page.locator("#f-password").fill("pilvi kulkee järven yli")
        page.locator("main form button[type=submit]").click()
        page.wait_for_url("**/tyopoyta")
        page.goto("/asetukset/avaimet/uusi")
        page.locator("#f-name").fill("Raportti")
        page.locator("main form button[type=submit]").click()
        assert page.locator(".secret").inner_text().startswith("ptl_")
