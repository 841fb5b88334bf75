"""Two ways to use a page: a browser without JavaScript, and a keyboard without a mouse."""

from pathlib import Path
from typing import Protocol

from playwright.sync_api import Locator, Page

MOST_STOPS = 400


class Hands(Protocol):
    """What people do with what they see. A locator is what they look for."""

    def write(self, field: Locator, text: str) -> None: ...
    def choose(self, field: Locator, label: str) -> None: ...
    def tick(self, box: Locator) -> None: ...
    def press(self, thing: Locator) -> None: ...
    def attach(self, field: Locator, file: Path) -> None: ...


class Pointing:
    """By pointing: enough where nothing but the browser itself runs."""

    def write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def choose(self, field: Locator, label: str) -> None:
        field.select_option(label=label)

    def tick(self, box: Locator) -> None:
        box.check()

    def press(self, thing: Locator) -> None:
        thing.click()

    def attach(self, field: Locator, file: Path) -> None:
        field.set_input_files(file)


class Typing:
    """By the keyboard alone: with the tabulator to each thing, which shows that the focus is on it."""

    def __init__(self, page: Page) -> None:
        self.keys = page.keyboard

    def write(self, field: Locator, text: str) -> None:
        self._reach(field)
        self.keys.press("Control+A")
        self.keys.type(text)

    def choose(self, field: Locator, label: str) -> None:
        self._reach(field)
        for _ in range(field.locator("option").count()):
            if field.locator("option:checked").inner_text() == label:
                return
            self.keys.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {label}")

    def tick(self, box: Locator) -> None:
        self._reach(box)
        if not box.is_checked():
            self.keys.press("Space")
        assert box.is_checked()

    def press(self, thing: Locator) -> None:
        self._reach(thing)
        self.keys.press("Enter")

    def attach(self, field: Locator, file: Path) -> None:
        field.page.on("filechooser", lambda _: None)  # choosers are the test's from here on, well before the key
        self._reach(field)
        with field.page.expect_file_chooser() as chooser:
            self.keys.press("Enter")
        chooser.value.set_files(file)

    def _reach(self, wanted: Locator) -> None:
        wanted.wait_for(state="attached")
        for _ in range(MOST_STOPS):
            if wanted.evaluate("(element) => element === document.activeElement"):
                ring = wanted.evaluate("(element) => element.matches(':focus-visible')")
                assert ring, "the focus cannot be seen"
                return
            self.keys.press("Tab")
        raise AssertionError(f"the tabulator does not come to {wanted}")
