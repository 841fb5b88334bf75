"""What axe has looked at: a page that differs from it by its words alone, one for one, would tell nothing new.

Nor would one whose colours it has seen, of what is a matter of colours: two thirds of its work.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

_WORDED = "aria-label|title|placeholder|alt|value|content|label|href|src|action|formaction|datetime"
_SAID = re.compile(rf'(?<=>)[^<]+|(?<=\s)((?:{_WORDED}|data-[\w-]+|hx-[\w-]+)=)"([^"#][^"]*)"')
"""Texts, and attributes that hold words, addresses or what belongs to one visit; links within the page stay."""
_TONES = """() => {
  const tones = new Set(), worded = new Set(document.querySelectorAll("input, select, textarea"))
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) if (texts.currentNode.data.trim()) worded.add(texts.currentNode.parentElement)
  for (const e of worded) {
    if (!e.checkVisibility()) continue
    const style = getComputedStyle(e)
    const tone = [style.color, style.fontSize, style.fontWeight, style.textShadow]
    const link = e.closest("a")
    if (link) tone.push("link", getComputedStyle(link.parentElement).color, getComputedStyle(link).textDecorationLine)
    for (let behind = e; behind; behind = behind.parentElement) {
      const its = getComputedStyle(behind)
      if (its.opacity !== "1") tone.push(its.opacity)
      if (its.backgroundImage !== "none") tone.push(its.backgroundImage)
      if (its.backgroundColor === "rgba(0, 0, 0, 0)") continue
      tone.push(its.backgroundColor)
      if (its.backgroundColor.startsWith("rgb(")) break
    }
    tones.add(tone.join(" | "))
  }
  return [...tones]
}"""
"""What the contrast of each text depends on: its colour and size, and what is behind it, to the first that hides the
rest; of a link also what it must differ from."""
_OF_ONE_LANGUAGE = re.compile(r' (?:hreflang|lang)="(?:fi|sv|en)"| aria-current="true"')
"""Which language it is, and which of the three the page is in."""


def form_of(html: str) -> str:
    """A page with all that it says as numbers, the same one where two texts read alike.

    What is empty stays empty, and every tag, role, class and id stays.
    """
    numbers: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        said = (found[2] or found[0]).strip()
        return f"{found[1] or ''}{numbers.setdefault(said, len(numbers))}" if said else ""

    return _SAID.sub(numbered, _OF_ONE_LANGUAGE.sub("", html))


class LookedAt:
    """The forms and the colours of pages in which axe found nothing; all processes of a run share them in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    @contextmanager
    def once(self, html: str) -> Iterator[bool]:
        """Whether there is still to look; a form is kept once that went well."""
        mark = self._mark(form_of(html))
        yield not mark.exists()
        mark.touch()

    @contextmanager
    def tones(self, tab: Page) -> Iterator[bool]:
        """Whether a text of the page stands in colours at which there is still to look; kept once that went well."""
        new = [mark for tone in tab.evaluate(_TONES) if not (mark := self._mark(tone)).exists()]
        yield bool(new)
        for mark in new:
            mark.touch()

    def _mark(self, seen: str) -> Path:
        return self.folder / hashlib.sha256(seen.encode()).hexdigest()
