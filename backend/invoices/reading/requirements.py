"""What a document must have, as a table: which elements, how many, in which form, in which order.

The official schemas are not ours to ship. The table says of them what matters to what is read: everything that is
mandatory on the way there, how often it may stand, and how it is written.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from lxml import etree

from backend.invoices.reading.refusals import Unread, Unreadable, shown
from backend.kit.translation import Text

MANY: Final = 20_000
"""Of anything: four times as many as the lines that are taken."""
_PLAIN_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,10})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


class Form(Enum):
    """How an element's text is written: the pattern, and whether surrounding space is the schema's to strip."""

    DATE = (r"[0-9]{8}", True)
    AMOUNT = (r"-?[0-9]{1,15}(?:,[0-9]{2,5})?", True)
    WHOLE_CENTS = (r"-?[0-9]{1,15},[0-9]{2}", True)
    PERCENT = (r"[1-9]?[0-9]{1,2}(?:,[0-9]{1,3})?", False)
    CODE = (r"[A-Z0-9]{1,3}", True)
    MESSAGE_TYPE = (r"[A-Z]{3}[0-9]{2}", True)
    ORIGIN = (r"Original|Copy|Cancel", True)
    REFERENCE = (r"[0-9]{2,20}|RF[0-9]{2}[0-9A-Za-z]{1,21}", True)
    ACCOUNT = (r"[\w.:\-\u00b7]{1,34}", True)
    SELLERS_ACCOUNT = (r"[\w.:\-\u00b7]{2,35}", True)
    BANK = (r"[\w.:\-\u00b7]{8,11}", True)
    ATTACHMENTS = (r"[^\r\n]{2,48}::attachments", False)
    PERHAPS_WORD = (r"[\w.:\-\u00b7]{0,35}", True)
    NUMBER20 = (r"(?s).{1,20}", False)
    NAME = (r"(?s).{2,70}", False)
    TEXT14 = (r"(?s).{0,14}", False)
    TEXT35 = (r"(?s).{0,35}", False)
    TITLE35 = (r"(?s).{1,35}", False)
    TEXT70 = (r"(?s).{0,70}", False)
    REASON70 = (r"(?s).{1,70}", False)
    TEXT100 = (r"(?s).{0,100}", False)
    TEXT512 = (r"(?s).{0,512}", False)

    def __init__(self, pattern: str, is_stripped: bool) -> None:
        self.pattern: re.Pattern[str] = re.compile(pattern)
        self.is_stripped = is_stripped


_NUMERIC: Final = {Form.AMOUNT, Form.WHOLE_CENTS, Form.PERCENT}
_MONEY: Final = {Form.AMOUNT, Form.WHOLE_CENTS}


@dataclass(frozen=True, slots=True)
class Part:
    """An element: how often it stands in its parent, how it is written, what attributes and parts it must have."""

    name: str
    least: int
    most: int
    form: Form | None = None
    parts: tuple["Part", ...] = ()
    required_attribute: tuple[str, tuple[str, ...]] | None = None


def require(element: etree._Element, parts: tuple[Part, ...], *, in_order: bool) -> None:
    """Raises Unreadable: SCHEMA when `element` lacks or misplaces one of `parts`, NUMBER for what is no number."""
    places = {part.name: place for place, part in enumerate(parts)}
    counts = [0] * len(parts)
    reached = 0
    for child in element:
        place = places.get(child.tag)
        if place is None:
            continue
        part = parts[place]
        if in_order and place < reached:
            raise _schema(Text("%(element)s is not in its place", element=plain(part.name)))
        reached = place
        counts[place] += 1
        if counts[place] > part.most:
            raise _schema(Text("%(element)s may not stand so many times", element=plain(part.name)))
        if part.form:
            _require_form(child, part.form)
        _require_attributes(child, part)
        if part.parts:
            require(child, part.parts, in_order=in_order)
    for part, count in zip(parts, counts, strict=True):
        if count < part.least:
            raise _schema(
                Text("%(element)s is missing in %(parent)s", element=plain(part.name), parent=plain(element.tag))
            )


def _require_form(element: etree._Element, form: Form) -> None:
    text = element.text or ""
    if form.is_stripped:
        text = text.strip(" \t\r\n")
    if not len(element) and form.pattern.fullmatch(text):
        return
    if form in _NUMERIC and not _PLAIN_NUMBER.fullmatch(text):
        raise Unreadable(
            Unread.NUMBER,
            Text("%(element)s is not a number: %(found)s", element=plain(element.tag), found=shown(text)),
        )
    raise _schema(
        Text("%(element)s is not written as the format asks: %(found)s", element=plain(element.tag), found=shown(text))
    )


def _require_attributes(element: etree._Element, part: Part) -> None:
    if part.form is Form.DATE and element.get("Format") != "CCYYMMDD":
        raise _schema(Text("%(element)s lacks its attribute", element=plain(part.name)))
    if part.form in _MONEY and not _CURRENCY.fullmatch(element.get("AmountCurrencyIdentifier", "")):
        raise _schema(Text("%(element)s lacks its attribute", element=plain(part.name)))
    if part.required_attribute and element.get(part.required_attribute[0]) not in part.required_attribute[1]:
        raise _schema(Text("%(element)s lacks its attribute", element=plain(part.name)))


def plain(tag: str) -> str:
    """An element's name for people, without its namespace."""
    return tag.rpartition("}")[2]


def _schema(text: Text) -> Unreadable:
    return Unreadable(Unread.SCHEMA, text)


def contradiction(text: Text) -> Unreadable:
    """The refusal of a document whose parts cannot both be true."""
    return _schema(text)
