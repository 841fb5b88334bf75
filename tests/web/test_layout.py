"""The gallery in a real browser: for everybody, by keyboard alone, without JavaScript, and when things go wrong."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.accessibility import assert_accessible
from tests.browsers import assert_reflows, chromium, served, visit
from tests.web.gallery.app import Orders, create_app

pytestmark = pytest.mark.browser

ORDER = "/tilaukset/1"
ODD = ("/tilaukset?search=zzz&dueBefore=hm", "/osat", "/ei/ole", "/rikki")
"""What no page of the portal shows by itself: a filter at fault, all parts in all their states, failures."""
PATHS = ("/tilaukset", ORDER, "/tilaukset/uusi", *ODD)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def orders() -> Orders:
    return Orders()


@pytest.fixture
def address(orders: Orders) -> Iterator[str]:
    with served(create_app(orders)) as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with visit(browser, address, viewport={"width": 1280, "height": 900}) as found:
        yield found


def _choose(page: Page, address: str, language: str) -> None:
    page.context.add_cookies([{"name": "kieli", "value": language, "url": address}])


def test_axe_finds_nothing(browser: Browser, address: str) -> None:
    """In one language: `test_every_page.py` looks at the portal's own pages in all three."""
    with visit(browser, address, bypass_csp=True, reduced_motion="reduce") as page:
        _choose(page, address, "fi")
        for path in ODD:
            page.goto(path)
            assert_accessible(page)


def test_axe_finds_nothing_in_what_opens_or_went_wrong_or_worked(browser: Browser, address: str) -> None:
    with visit(browser, address, bypass_csp=True, reduced_motion="reduce") as page:
        page.goto(ORDER)
        page.locator("details.user summary").click()
        page.get_by_text("Samat tiedot taulukkona").click()
        assert_accessible(page)
        page.locator(".menu-more > summary").click()
        expect(page.get_by_role("navigation").get_by_role("link", name="Sopimukset")).to_be_visible()
        assert_accessible(page)
        page.get_by_role("button", name="Send the decision").click()
        expect(page.locator(".errors")).to_be_focused()
        assert_accessible(page)
        page.get_by_role("radio", name="Approve").check()
        page.get_by_label("Reason for the supplier").fill("Sovittu kokouksessa")
        page.get_by_role("button", name="Send the decision").click()
        expect(page.get_by_role("heading", name="The overrun is decided")).to_be_visible()
        assert_accessible(page)
        page.goto("/osat")
        page.get_by_role("button", name="Explain").click()
        assert_accessible(page)
        page.goto("/tilaukset/uusi")
        page.get_by_role("button", name="Order", exact=True).click()
        expect(page.locator(".errors")).to_be_focused()
        assert_accessible(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_the_list_comes_before_its_filters_and_a_word_unfolds_them(
    browser: Browser, address: str, scripts: bool
) -> None:
    with visit(browser, address, viewport={"width": 375, "height": 740}, java_script_enabled=scripts) as page:
        page.goto("/tilaukset")
        search, fold = page.locator("form.filters [type=search]"), page.locator(".fold > summary")
        expect(search).to_be_hidden()
        fold.focus()
        page.keyboard.press("Enter")
        expect(search).to_be_visible()
        page.goto("/tilaukset?search=zzz")
        expect(search).to_be_visible()
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto("/tilaukset")
        expect(search).to_be_visible()
        expect(fold).to_be_hidden()


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_nothing_scrolls_sideways_at_320_pixels(browser: Browser, address: str, language: str) -> None:
    with visit(browser, address) as page:
        _choose(page, address, language)
        for path in ODD:
            assert_reflows(page, path)
        page.get_by_text("Valikko" if language == "fi" else "Meny", exact=True).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_nothing_scrolls_sideways_with_letters_of_twice_the_size(page: Page) -> None:
    for path in PATHS:
        page.goto(path)
        page.evaluate("document.documentElement.classList.add('trial')")
        page.evaluate(
            "(() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('html { font-size: 200% !important }');"
            " document.adoptedStyleSheets.push(sheet); })()"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path


def test_the_first_stop_of_the_keyboard_leads_past_the_menu(page: Page) -> None:
    page.goto(ORDER)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Siirry sisältöön")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("navigation", name="Murupolku").get_by_role("link")).to_be_focused()


def test_a_decision_by_keyboard_alone(page: Page, orders: Orders) -> None:
    page.goto(ORDER)
    page.get_by_role("radio", name="Approve").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("230:30")
    page.keyboard.press("Tab")
    page.keyboard.type("lyhyt")
    page.keyboard.press("Enter")
    expect(page.locator(".errors")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reason for the supplier")).to_be_focused()
    page.keyboard.type(", sovittu kokouksessa")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The overrun is decided")).to_be_visible()
    expect(page.locator("#overrun")).to_be_focused()
    expect(page.locator("#flash")).to_have_text("The overrun was decided.")
    assert orders.asked[-2]["input"]["grantedMinutes"] == 13830


def test_the_own_menu_opens_and_closes_by_keyboard(page: Page) -> None:
    page.goto(ORDER)
    summary = page.locator("details.user summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Kirjaudu ulos")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Kirjaudu ulos")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_whole_job_without_javascript(browser: Browser, address: str) -> None:
    with visit(browser, address, java_script_enabled=False) as page:
        page.goto("/tilaukset")
        page.get_by_role("searchbox").fill("raja")
        page.get_by_role("button", name="Näytä").click()
        expect(page.locator("tbody tr")).to_have_count(1)
        page.goto(ORDER)
        page.get_by_label("New ceiling").fill("paljon")
        page.get_by_role("button", name="Send the decision").click()
        expect(page.locator(".errors")).to_be_focused()
        expect(page.get_by_label("New ceiling")).to_have_value("paljon")
        page.get_by_role("radio", name="Reject").check()
        page.get_by_label("New ceiling").fill("200")
        page.get_by_label("Reason for the supplier").fill("Ei määrärahaa tänä vuonna")
        page.get_by_role("button", name="Send the decision").click()
        expect(page.get_by_role("heading", name="The overrun is decided")).to_be_visible()
        assert page.url.endswith(ORDER)
        page.get_by_role("link", name="På svenska").click()
        expect(page.locator("html")).to_have_attribute("lang", "sv")
        page.goto("/tilaukset/uusi")
        page.get_by_role("button", name="Add a line").click()
        expect(page.get_by_label("Description")).to_have_count(2)
        expect(page.locator(":focus")).to_have_attribute("name", re.compile(r"\.1\."))


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_sends_a_form_with_rows_and_takes_none_out(browser: Browser, address: str, scripts: bool) -> None:
    with visit(browser, address, java_script_enabled=scripts) as page:
        page.goto("/tilaukset/uusi")
        page.get_by_role("button", name="Add a line").click()
        expect(page.get_by_label("Description")).to_have_count(2)
        page.get_by_label("Description").last.press("Enter")
        expect(page.locator(".errors")).to_be_visible()
        expect(page.get_by_label("Description")).to_have_count(2)


def test_a_filter_changes_the_list_and_the_address_and_going_back_keeps_it(page: Page) -> None:
    page.goto("/tilaukset")
    page.get_by_role("searchbox").press_sequentially("raja")
    expect(page.get_by_role("status").filter(has_text="orders")).to_have_text("1 orders")
    expect(page).to_have_url(re.compile("search=raja"))
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.get_by_role("link", name="Asianhallinnan rajapinta").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Asianhallinnan rajapinta, vaihe 2")
    page.go_back()
    expect(page.get_by_role("banner")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("raja")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_two_clicks_send_once(page: Page, orders: Orders) -> None:
    page.goto(ORDER)
    page.get_by_role("radio", name="Approve").check()
    page.get_by_label("Reason for the supplier").fill("Sovittu kokouksessa")
    page.get_by_role("button", name="Send the decision").dblclick()
    expect(page.get_by_role("heading", name="The overrun is decided")).to_be_visible()
    assert sum("input" in asked for asked in orders.asked) == 1


def test_a_plain_form_that_got_no_page_can_be_sent_again_after_a_while(
    browser: Browser, address: str, orders: Orders
) -> None:
    sent: list[Route] = []

    def leaves_the_page(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        sent.append(route)
        return route.fulfill(status=204)

    with visit(browser, address, reduced_motion="reduce") as page:
        page.clock.install()
        page.goto("/tilaukset/uusi")
        page.get_by_label("Title").fill("Rajapinta")
        page.get_by_label("Size class").select_option("SMALL")
        page.route("**/tilaukset/uusi", leaves_the_page)
        order = page.get_by_role("button", name="Order", exact=True)
        order.click()
        expect(page.locator("form[data-sending]")).to_have_count(1)
        page.clock.fast_forward(19_000)
        order.click()
        expect(page.locator("form[data-sending]")).to_have_count(1)
        assert len(sent) == 1
        page.clock.fast_forward(2_000)
        page.unroute("**/tilaukset/uusi")
        order.click()
        expect(page.locator("#flash")).to_have_text("The work was ordered.")
        assert len(orders.created) == 1


def test_a_dead_server_takes_nothing_away(page: Page) -> None:
    page.goto(ORDER)
    page.get_by_label("Reason for the supplier").fill("Tärkeä perustelu")
    page.route("**/paatos", lambda route: route.abort())
    page.get_by_role("button", name="Send the decision").click()
    expect(page.get_by_role("alert")).to_contain_text("Palvelin ei vastannut")
    expect(page.get_by_label("Reason for the supplier")).to_have_value("Tärkeä perustelu")
    expect(page.get_by_role("button", name="Send the decision")).to_be_enabled()
    page.get_by_role("button", name="Sulje").click()
    expect(page.locator("#trouble")).to_be_hidden()


@pytest.mark.parametrize(("status", "why"), [(413, "liian suuri: enintään 20 megatavua"), (500, "ei otettu vastaan")])
def test_a_file_that_was_not_taken_says_why_beside_its_name(page: Page, status: int, why: str) -> None:
    page.route("**/api/files", lambda route: route.fulfill(status=status, body="not JSON"))
    page.goto("/tilaukset/uusi")
    file = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator(".files .refused")).to_have_text(re.compile(f"^a.pdf: .*{why}"))


def test_a_failure_says_its_number_and_takes_nothing_away(page: Page, orders: Orders) -> None:
    page.goto(ORDER)
    page.get_by_role("radio", name="Approve").check()
    page.get_by_label("Reason for the supplier").fill("Tärkeä perustelu")
    orders.code = "INTERNAL"
    page.get_by_role("button", name="Send the decision").click()
    expect(page.get_by_role("alert")).to_contain_text("Palvelussa tapahtui virhe")
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"\. [0-9A-F]{8}"))
    expect(page.get_by_label("Reason for the supplier")).to_have_value("Tärkeä perustelu")


def test_a_tab_of_another_organisation_is_told_and_keeps_its_form(page: Page, address: str) -> None:
    page.goto(ORDER)
    page.get_by_role("radio", name="Approve").check()
    page.get_by_label("Reason for the supplier").fill("Tärkeä perustelu")
    page.context.add_cookies([{"name": "toinen", "value": "1", "url": address}])
    page.get_by_role("button", name="Send the decision").click()
    expect(page.get_by_role("alert")).to_contain_text("toisen organisaation")
    expect(page.get_by_label("Reason for the supplier")).to_have_value("Tärkeä perustelu")


def test_the_end_of_a_session_opens_a_dialog_and_leaves_the_page(page: Page, address: str) -> None:
    page.goto(ORDER)
    page.get_by_role("radio", name="Approve").check()
    page.get_by_label("Reason for the supplier").fill("Sovittu kokouksessa")
    page.context.add_cookies([{"name": "ulkona", "value": "1", "url": address}])
    page.get_by_role("button", name="Send the decision").click()
    dialog = page.get_by_role("dialog", name="Istuntosi on päättynyt")
    expect(dialog).to_be_visible()
    expect(page.locator("#trouble")).to_be_hidden()
    page.context.clear_cookies(name="ulkona")
    dialog.get_by_role("button", name="Sulje").click()
    page.get_by_role("button", name="Send the decision").click()
    expect(page.get_by_role("heading", name="The overrun is decided")).to_be_visible()


def test_progress_shows_only_when_it_takes_long(page: Page) -> None:
    held: list[Route] = []
    page.goto(ORDER)
    page.route("**/paatos", lambda route: held.append(route))
    page.get_by_role("button", name="Send the decision").click()
    expect(page.get_by_role("button", name="Send the decision")).to_be_disabled()
    expect(page.locator(".form .busy")).to_have_css("opacity", "1")
    held[0].abort()
    expect(page.get_by_role("button", name="Send the decision")).to_be_enabled()
