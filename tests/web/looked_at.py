"""What axe has looked at: a page that differs from it by its words alone, one for one, would tell nothing new.

Nor would a text in colours that it has seen, of what is a matter of colours.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_WORDED = "aria-label|title|placeholder|alt|value|content|label|href|src|action|formaction|datetime"
_SAID = re.compile(rf'(?<=>)[^<]+|(?<=\s)((?:{_WORDED}|data-[\w-]+|hx-[\w-]+)=)"([^"#][^"]*)"')
"""Texts, and attributes that hold words, addresses or what belongs to one visit; links within the page stay."""
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
    def tones(self, tones: Iterable[str]) -> Iterator[list[str]]:
        """In which of these colours texts are still to be looked at; kept once that went well."""
        new = {tone: mark for tone in tones if not (mark := self._mark(tone)).exists()}
        yield list(new)
        for mark in new.values():
            mark.touch()

    def _mark(self, seen: str) -> Path:
        return self.folder / hashlib.sha256(seen.encode()).hexdigest()
