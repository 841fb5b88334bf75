"""A page says that what it shows has changed, in a browser: calmly, only to who looks, and never over what is typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from backend.kit.refs import Ref
from tests.accessibility import assert_accessible
from tests.browsers import chromium, visit
from tests.databases import Server
from tests.waiting import eventually
from tests.web.demo_portal import Demo, copied

pytestmark = pytest.mark.browser

TITLE = "Asianhallinnan rajapinta, vaihe 2"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def demo(test_server: Server, filled: tuple[str, Path]) -> Iterator[Demo]:
    with copied(test_server, filled) as demo:
        yield demo


def order_of(demo: Demo) -> int:
    return int(demo.row("select id from orders where title = %(title)s", title=TITLE)["id"])


def change(demo: Demo) -> None:
    """The supplier says something new of the order."""
    demo.do("manager_b", "giveForecast", orderId=f"Order:{order_of(demo)}", remainingMinutes=6000, note="Uusi arvio.")


def open_order(demo: Demo, page: Page, who: str = "service_manager") -> None:
    """The order's page, which is listening."""
    demo.sign_in(page, who)
    page.goto(f"/tilaukset/{order_of(demo)}")
    eventually(lambda: Ref("Order", order_of(demo)) in demo.app.state.live.watched)


def test_a_page_says_that_it_has_changed_and_is_shown_anew(demo: Demo, browser: Browser) -> None:
    with visit(browser, demo.address, bypass_csp=True) as page:
        open_order(demo, page)
        bar = page.locator("#changed")
        expect(bar).to_be_empty()
        change(demo)
        expect(bar).to_contain_text("Sivun tiedot ovat muuttuneet.", timeout=10_000)
        expect(bar.locator("[data-typed]")).to_be_hidden()
        assert_accessible(page)
        page.set_viewport_size({"width": 320, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        link = bar.get_by_role("link")
        link.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Uusi arvio.").first).to_be_attached()
        expect(page.locator("#changed")).to_be_empty()


def test_what_is_being_typed_stays_and_keeps_the_focus(demo: Demo, browser: Browser) -> None:
    with visit(browser, demo.address) as page:
        open_order(demo, page, "ordering_contact")
        field = page.locator("main [name='reason']:visible").first
        field.fill("Perustelu, jota kirjoitan")
        change(demo)
        bar = page.locator("#changed")
        expect(bar).to_contain_text("Lähetä ensin", timeout=10_000)
        expect(field).to_be_focused()
        expect(field).to_have_value("Perustelu, jota kirjoitan")
        bar.get_by_role("button", name="Myöhemmin").click()
        expect(bar).to_be_empty()
        expect(field).to_have_value("Perustelu, jota kirjoitan")


def test_who_looked_away_is_told_on_coming_back(demo: Demo, browser: Browser) -> None:
    with visit(browser, demo.address) as page:
        open_order(demo, page)
        look(page, away=True)
        change(demo)
        expect(page.locator("#changed")).to_be_empty()
        look(page, away=False)
        expect(page.locator("#changed")).to_contain_text("Sivun tiedot ovat muuttuneet.", timeout=10_000)


def look(page: Page, *, away: bool) -> None:
    """The window goes behind others, or comes back."""
    page.evaluate(
        "(away) => { Object.defineProperty(document, 'hidden', { value: away, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        away,
    )


def test_without_javascript_nothing_is_said(demo: Demo, browser: Browser) -> None:
    with visit(browser, demo.address, java_script_enabled=False) as page:
        demo.sign_in(page, "service_manager")
        page.goto(f"/tilaukset/{order_of(demo)}")
        expect(page.locator("#changed")).to_be_empty()
        assert TITLE in page.locator("h1").inner_text()
