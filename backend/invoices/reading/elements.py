"""Taking texts, numbers and dates out of a tree, the same way for both formats."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from lxml import etree

from backend.invoices.reading.numbers import Mark, read_decimal
from backend.invoices.reading.refusals import Unread, Unreadable
from backend.invoices.reading.requirements import contradiction, plain
from backend.kit.translation import Text

MOST_IN_AN_IDENTIFIER: Final = 200
MOST_IN_A_TEXT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Reading:
    """How one format names and dates things."""

    namespaces: Mapping[str, str]
    read_date: Callable[[str, str], date]

    def find(self, parent: etree._Element, path: str) -> etree._Element | None:
        """The first element at `path`, or None."""
        return parent.find(path, dict(self.namespaces))

    def list(self, parent: etree._Element, path: str) -> list[etree._Element]:
        """All elements at `path`."""
        return parent.findall(path, dict(self.namespaces))

    def text(self, parent: etree._Element, path: str) -> str | None:
        """The text at `path` without space around it; None when it is absent or empty."""
        element = self.find(parent, path)
        return None if element is None else written(element)

    def texts(self, parent: etree._Element, path: str) -> tuple[str, ...]:
        """All texts at `path` that are not empty."""
        return tuple(text for text in map(written, self.list(parent, path)) if text)

    def identifier(self, parent: etree._Element, path: str) -> str | None:
        """A number or reference at `path`, runs of space as one. Raises Unreadable TOO_LONG beyond 200 characters."""
        element = self.find(parent, path)
        return None if element is None else identifier(element)

    def identifiers(self, parent: etree._Element, path: str) -> tuple[str, ...]:
        """All references at `path`, each once."""
        return once(identifier(element) for element in self.list(parent, path))

    def number(self, parent: etree._Element, path: str, mark: Mark) -> Decimal | None:
        """The number at `path`. Raises Unreadable NUMBER."""
        element = self.find(parent, path)
        return None if element is None else number(element, mark)

    def date(self, parent: etree._Element, path: str) -> date | None:
        """The date at `path`. Raises Unreadable DATE."""
        element = self.find(parent, path)
        text = None if element is None else written(element)
        return None if element is None or text is None else self.read_date(text, plain(element.tag))


def written(element: etree._Element) -> str | None:
    """An element's text without space around it, None when empty. Raises Unreadable for markup in it, or TOO_LONG."""
    if len(element):
        raise contradiction(Text("%(element)s may only have text in it", element=plain(element.tag)))
    text = (element.text or "").strip()
    if len(text) > MOST_IN_A_TEXT:
        raise Unreadable(Unread.TOO_LONG, Text("%(element)s is too long", element=plain(element.tag)))
    return text or None


def identifier(element: etree._Element) -> str | None:
    """An element's text as a reference: runs of space as one, at most 200 characters."""
    text = " ".join((written(element) or "").split())
    if len(text) > MOST_IN_AN_IDENTIFIER:
        raise Unreadable(Unread.TOO_LONG, Text("%(element)s is too long", element=plain(element.tag)))
    return text or None


def number(element: etree._Element, mark: Mark) -> Decimal | None:
    """An element's number; None when it is empty."""
    text = written(element)
    return None if text is None else read_decimal(text, mark, plain(element.tag))


def once(values: Iterable[str | None]) -> tuple[str, ...]:
    """The values that are not None, each once, in order."""
    return tuple(dict.fromkeys(value for value in values if value))


def order_reference(reference: str | None) -> str | None:
    """An order's number; `NA` is what senders write where a mandatory reference does not exist."""
    return None if reference is None or reference.upper() in ("NA", "N/A") else reference
