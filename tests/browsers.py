"""Chromium for tests: pages that complain in the console fail.

Where there is no Chromium these tests are skipped with one line that says so; PORTAALI_REQUIRE_BROWSER=1 makes that a
failure.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from starlette.applications import Starlette

_DEBIANS: Final = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
"""The same browser; without its windows it opens a page in half the time."""
CHROMIUM: Final = Path(os.environ.get("PORTAALI_CHROMIUM") or next(filter(os.path.exists, _DEBIANS), _DEBIANS[-1]))
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_EXPECTED: Final = (
    "the server responded with a status of 4",
    "the server responded with a status of 5",
    "net::ERR",
    "Failed to fetch",
    "Transition was aborted",
)
"""What the browser itself says of answers and failures that tests bring about on purpose, and of a machine too busy to
draw one page turning into the next."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, closed again; a skip or a failure where there is none."""
    if not CHROMIUM.exists():
        if os.environ.get("PORTAALI_REQUIRE_BROWSER") == "1":
            pytest.fail(f"a browser is required, and there is no {CHROMIUM}")
        pytest.skip(f"no Chromium at {CHROMIUM}: what only a browser can show is not tested here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(
    app: Starlette, *, lifespan: Literal["on", "off"] = "off", ws: Literal["none", "websockets-sansio"] = "none"
) -> Iterator[str]:
    """The address of an application on a free port of this machine; with `ws` it takes websockets too."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", ws=ws, lifespan=lifespan, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    began = threading.Event()
    startup = server.startup

    async def announced(sockets: list[socket.socket] | None = None) -> None:
        await startup(sockets)
        began.set()

    server.startup = announced  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    assert began.wait(10)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)
        listener.close()


@contextmanager
def visit(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A fresh page in a context of its own. Anything it says in the console or throws fails the test."""
    context: BrowserContext = browser.new_context(base_url=address, **options)
    page = context.new_page()
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(known in message.text for known in _EXPECTED):
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not complaints, complaints


def assert_reflows(page: Page, path: str) -> None:
    """Nothing scrolls sideways at 320 px."""
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(path)
    wide = page.evaluate(
        "[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > 321"
        " && !e.closest('.sr, .scroll')).map((e) => e.outerHTML.slice(0, 100))"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, wide[:5]
