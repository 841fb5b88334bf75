"""Every page of the portal, by everybody who visits it, in a browser: right, readable, reachable and light.

The world is closed: a route that `pages_of.py` does not name fails here. What must be refused is refused as well.
"""

import gzip
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, ViewportSize
from playwright.sync_api import Page as Tab
from starlette.applications import Starlette
from starlette.routing import Route

from tests.accessibility import assert_built_well, assert_legible, tones_of
from tests.browsers import chromium, visit
from tests.databases import Server
from tests.web import demo_more, pages_of
from tests.web.demo_portal import Demo, copied
from tests.web.looked_at import LookedAt
from tests.web.pages_of import Example
from tests.web.portal import settings_for
from web.app import create
from web.orders.steps import STEPS

pytestmark = pytest.mark.browser

DESK: ViewportSize = {"width": 1280, "height": 720}
PHONE: ViewportSize = {"width": 320, "height": 700}
MOST_BYTES = 250_000
Held = Callable[[str], dict[str, str]]
Answered = dict[tuple[str, str], tuple[int, str]]
REFUSED = (403, 404, 409)
A_ROUTE = 1
"""So many links of each route are followed from the pages of a visitor."""
LOST_ANCHORS = (
    "[...document.querySelectorAll('a[href^=\"#\"]')].map((a) => a.getAttribute('href').slice(1))"
    ".filter((id) => id && !document.getElementById(id))"
)
OVER_OTHERS = """() => [...document.querySelectorAll("main *")].filter((e) => {
  const style = getComputedStyle(e)
  const flows = style.display !== "inline" && style.overflowX === "visible" && e.clientWidth > 0
  return flows && e.scrollWidth > e.clientWidth + 1 && !e.closest(".sr, .scroll, thead, svg")
}).map((e) => `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 60)}`).slice(-3)"""
"""What is wider than its place, and so lies over what stands beside it."""
FIRST_VISITS, READINGS = pages_of.first_visits(), pages_of.readings()
WIDTHS = (1024, 1201, 1280, 1366, 1440)
"""Of usual windows, and where the menu stands in the open again."""
ONE_ROW = 44
"""The height of an item of the menu, in pixels, with what is around it."""
SCRIPTS = re.compile(r"<script\b[^>]*></script>")
MADE_OF = re.compile(r'<[a-z][\w-]*|<script[^>]* src="[^"]*|(?<=\s)(?:data|hx)-[\w-]+(?==)')


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def demo(test_server: Server, filled: tuple[str, Path]) -> Iterator[Demo]:
    with copied(test_server, filled) as demo:
        with ThreadPoolExecutor(1) as aside:  # a loop of Playwright's own runs in this thread
            aside.submit(demo_more.add_to, demo).result()
        yield demo


@lru_cache(maxsize=1)
def app() -> Starlette:
    """The application, for its routes alone."""
    return create(settings_for("postgresql://nowhere/none", Path("nowhere")))


def routes(method: str) -> list[Route]:
    return [route for route in app().routes if isinstance(route, Route) and method in (route.methods or {"GET"})]


def path_of(demo: Demo, one: Example) -> str:
    parts: dict[str, Any] = {}
    if one.which:
        parts = demo.row(one.which)
        assert parts, f"the demo has nothing for {one.name}"
    if one.step:
        parts["step"] = one.step
    wanted = next(route for route in routes("GET") if route.name == one.route).param_convertors
    path = str(app().url_path_for(one.route, **{name: parts[name] for name in wanted}))
    return f"{path}?{one.query}" if one.query else path


@pytest.fixture(scope="module")
def held(demo: Demo, browser: Browser) -> Held:
    """What a visitor's browser holds after signing in."""

    @cache
    def cookies(who: str) -> dict[str, str]:
        with visit(browser, demo.address) as tab:
            demo.sign_in(tab, who)
            return {str(cookie.get("name")): str(cookie.get("value")) for cookie in tab.context.cookies()}

    return cookies


@pytest.fixture(scope="module")
def answered() -> Answered:
    """What visitors were answered so far, by visitor and path, in whichever language: the status and the page."""
    return {}


@pytest.fixture(scope="module")
def beside() -> dict[frozenset[str], int]:
    """What came along with pages that were visited, in bytes, by what they are made of."""
    return {}


@pytest.fixture(scope="session")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> LookedAt:
    ours = tmp_path_factory.getbasetemp()
    return LookedAt((ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours) / "looked_at")


def reader(demo: Demo, cookies: Mapping[str, str] | None = None, **options: Any) -> httpx.Client:
    """A browser that only reads and sends; it waits as long as a busy machine takes."""
    return httpx.Client(base_url=demo.address, cookies=dict(cookies or {}), timeout=60, **options)


# The table


def test_every_route_that_answers_get_is_a_page_of_the_table_or_says_why_it_is_none() -> None:
    named = {one.route for one in (*pages_of.EXAMPLES, *pages_of.OPEN)}
    assert {route.name for route in routes("GET")} == named | set(pages_of.NO_PAGES)
    assert not named & set(pages_of.NO_PAGES)


def test_every_step_of_an_order_has_an_example() -> None:
    assert {one.step for one in pages_of.EXAMPLES if one.route == "orders.step"} == {step.slug for step in STEPS}


# Looked at


def weight_beside(tab: Tab) -> int:
    """Bytes of what a first visit fetches beside the page, without fonts, gzipped; nothing may come from elsewhere."""
    names: list[str] = tab.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    origin = tab.evaluate("location.origin")
    assert all(name.startswith((origin, "data:")) for name in names), names
    return sum(weight(name) for name in names if not name.startswith("data:"))


@cache
def weight(name: str) -> int:
    answer = httpx.get(name)
    return 0 if answer.headers.get("content-type", "").startswith("font/") else len(gzip.compress(answer.content))


def made_of(html: str) -> frozenset[str]:
    """The elements, scripts and attributes for scripts of a page: what a browser has to do with."""
    return frozenset(MADE_OF.findall(html))


def assert_fits(tab: Tab) -> None:
    width = tab.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], f"{width} pixels wide on a phone"
    over = tab.evaluate(OVER_OTHERS)
    assert over == [], over


def draw(window: Tab, html: str, language: str) -> None:
    """A page without its scripts is right, drawn into a window that stays: half the work."""
    assert ('"ds-field field-file"' in html) <= ("/static/files.js" in html), "files are brought with their progress"
    window.set_content(SCRIPTS.sub("", html))
    assert window.locator("html").get_attribute("lang") == language
    headings = window.locator("h1").all_inner_texts()
    assert len(headings) == 1 and headings[0].strip(), headings
    assert len(window.title()) > len(" – Palveluportaali"), window.title()
    assert window.evaluate(LOST_ANCHORS) == []


def look(window: Tab, html: str, looked_at: LookedAt) -> None:
    """axe looks at what differs by more than its words, and at colours that are new, from all that it has seen."""
    with looked_at.once(html) as is_new, looked_at.tones(tones_of(window)) as new:
        if is_new:
            assert_built_well(window)
        assert_legible(window, new)


@pytest.fixture
def window(demo: Demo, browser: Browser) -> Iterator[Tab]:
    """Where pages are drawn one after the other; axe may look at them."""
    with visit(browser, demo.address, bypass_csp=True, reduced_motion="reduce") as tab:
        tab.goto("/kirjaudu")
        yield tab


@pytest.mark.parametrize("who", FIRST_VISITS)
def test_every_page_is_right_and_light_and_keeps_to_the_content_security_policy(
    demo: Demo,
    browser: Browser,
    window: Tab,
    held: Held,
    looked_at: LookedAt,
    answered: Answered,
    beside: dict[frozenset[str], int],
    who: str,
) -> None:
    """Visited on a phone, where it is made of what no page before was; then it is looked at as on a desk."""
    wrong: list[str] = []
    with visit(browser, demo.address, viewport=PHONE) as tab, reader(demo, held(who), follow_redirects=True) as client:
        demo.sign_in(tab, who)
        for one in FIRST_VISITS[who]:
            path = path_of(demo, one)
            try:
                answer = client.get(path)
                html = answer.text
                assert answer.status_code == one.status, answer.status_code
                answered[who, path] = answer.status_code, html
                is_new = (its := made_of(html)) not in beside
                if is_new:
                    tab.goto(path)
                    assert_fits(tab)
                    beside[its] = weight_beside(tab)
                assert len(gzip.compress(html.encode())) + beside[its] < MOST_BYTES
                window.set_viewport_size(DESK if is_new else PHONE)
                draw(window, html, pages_of.language_of(who))
                if not is_new:
                    assert_fits(window)
                look(window, html, looked_at)
            except AssertionError as error:
                wrong.append(f"{path} ({one.route}): {error}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("who", "language"), READINGS)
def test_every_page_is_right_to_each_side_and_in_each_language(
    demo: Demo, window: Tab, held: Held, looked_at: LookedAt, answered: Answered, who: str, language: str
) -> None:
    wrong: list[str] = []
    window.set_viewport_size(PHONE)
    with reader(demo, held(who) | {"kieli": language}, follow_redirects=True) as client:
        for one in READINGS[who, language]:
            path = path_of(demo, one)
            try:
                answer = client.get(path)
                assert answer.status_code == one.status, answer.status_code
                answered[who, path] = answer.status_code, answer.text
                draw(window, answer.text, language)
                assert_fits(window)
                look(window, answer.text, looked_at)
            except AssertionError as error:
                wrong.append(f"{path} ({one.route}): {error}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", pages_of.VISITORS)
def test_the_menu_is_one_row_on_every_width_of_a_desk(demo: Demo, window: Tab, held: Held, who: str) -> None:
    wrong = []
    for language in pages_of.LANGUAGES:
        with reader(demo, held(who) | {"kieli": language}) as client:
            draw(window, client.get("/tyopoyta").text, language)
        for width in WIDTHS:
            window.set_viewport_size({**DESK, "width": width})
            if (height := window.evaluate("document.querySelector('.menu-wide').offsetHeight")) > ONE_ROW:
                wrong.append(f"{language} at {width}: {height} pixels high")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", pages_of.VISITORS)
def test_every_page_answers_its_visitors_and_every_link_leads_to_what_they_may_see(
    demo: Demo, held: Held, answered: Answered, who: str
) -> None:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    wrong = []
    with reader(demo, held(who), follow_redirects=True) as client:

        def ask(path: str) -> tuple[int, str]:
            if (who, path) not in answered:
                answer = client.get(path)
                answered[who, path] = answer.status_code, answer.text
            return answered[who, path]

        for one in (one for one in pages_of.EXAMPLES if who in one.who):
            status, html = ask(page := path_of(demo, one))
            if status != one.status or len(re.findall(r"<h1[ >]", html)) != 1:
                wrong.append(f"{status} {page} ({one.route})")
            for link in re.findall(r'<a [^>]*href="(/[^"#]*)', html):
                path = unescape(link)
                found[route_of(path)].setdefault(path, page)
        assert len(found) > 15, "links are found at all"
        for links in found.values():
            for path, page in list(links.items())[:A_ROUTE]:
                if not path.startswith("/kieli/") and (status := ask(path)[0]) != 200:
                    wrong.append(f"{status} {path} on {page}")
    assert not wrong, "\n".join(wrong)


def route_of(path: str) -> str:
    """The name of the route that an address leads to, with the step of an order."""
    bare = path.partition("?")[0]
    for route in routes("GET"):
        if match := route.path_regex.match(bare):
            return f"{route.name} {match.groupdict().get('step', '')}"
    return f"nowhere {bare}"


# Refused


@pytest.mark.parametrize("who", pages_of.VISITORS)
def test_who_may_not_see_a_page_is_told_so_and_shown_no_form(demo: Demo, held: Held, who: str) -> None:
    wrong = []
    with reader(demo, held(who)) as client:
        for one in (one for visitor, one in pages_of.refused() if visitor == who):
            answer = client.get(path_of(demo, one))
            leads_on = answer.is_redirect and one.route in pages_of.LEADS_ON
            if not leads_on and (answer.status_code not in REFUSED or "<form" in main_of(answer.text)):
                wrong.append(f"{answer.status_code} {one.name}")
    assert not wrong, "\n".join(wrong)


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def some_path(route: Route) -> str:
    """An address of the route that may lead to nothing."""
    kinds = {"IntegerConvertor": 1}
    parts = {name: kinds.get(type(part).__name__, "x") for name, part in route.param_convertors.items()}
    return str(app().url_path_for(str(route.name), **parts))


def test_without_a_session_every_page_leads_to_the_sign_in_page(demo: Demo) -> None:
    wrong = []
    with reader(demo) as client:
        for one in pages_of.EXAMPLES:
            answer = client.get(path_of(demo, one))
            if answer.status_code != 303 or not answer.headers["location"].startswith("/kirjaudu"):
                wrong.append(f"{answer.status_code} {one.name}")
        for one in pages_of.OPEN:
            assert client.get(path_of(demo, one)).status_code == one.status, one.name
    assert not wrong, "\n".join(wrong)


def test_without_a_session_nothing_can_be_sent(demo: Demo) -> None:
    before, wrong = demo.counts(), []
    with reader(demo, headers={"Origin": demo.address}) as client:
        for route in routes("POST"):
            answer = client.post(some_path(route), data={"x": "1"})
            if answer.status_code not in (401, 403):
                wrong.append(f"{answer.status_code} {route.path}")
    assert not wrong, "\n".join(wrong)
    assert demo.counts() == before


def test_without_the_token_of_a_form_nothing_can_be_sent(demo: Demo, held: Held) -> None:
    wrong, cookies = [], held("service_manager")
    before = demo.counts()
    with reader(demo, cookies, headers={"Origin": demo.address}) as client:
        for route in routes("POST"):
            if route.name in pages_of.BY_BEARER:
                continue
            for token in ({}, {"_csrf": "x"}):
                answer = client.post(some_path(route), data={"x": "1", **token})
                if answer.status_code != 403:
                    wrong.append(f"{answer.status_code} {route.path}")
    assert not wrong, "\n".join(wrong)
    assert demo.counts() == before


def test_a_form_sent_from_elsewhere_is_refused(demo: Demo, held: Held) -> None:
    cookies, elsewhere = held("service_manager"), {"Origin": "https://elsewhere.example"}
    before = demo.counts()
    with reader(demo, cookies, headers=elsewhere) as client:
        answered = {route.path: client.post(some_path(route), data={"x": "1"}).status_code for route in routes("POST")}
    assert set(answered.values()) <= {403, 401}, answered
    assert demo.counts() == before
