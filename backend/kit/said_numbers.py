"""Numbers in what people write: those of our own series, and what a text calls that of an invoice or an order."""

import re
from collections.abc import Iterable
from typing import Final

MOST_NUMBERS: Final = 5
"""Of a text that names many of a kind the first are looked at."""

_NUMBER: Final = re.compile(r"(?<![\w-])(?:TIK|TIL)-\d{4}-\d{5,9}(?![\w-])", re.ASCII)
_SAID: Final = r"[^\W\d]{0,30}[\s:]{1,5}(?:(?:numero|nummer|number|nro|nr|no)[^\W\d]{0,6}[\s:.]{1,5})?(\w[\w./-]{0,60})"
_INVOICE: Final = re.compile(rf"(?:lasku|faktur|invoice){_SAID}", re.IGNORECASE)
_ORDER: Final = re.compile(rf"(?:tilau[sk]|beställning|order){_SAID}", re.IGNORECASE)
"""What stands after the word for such a thing: suppliers number theirs as they like, but with a digit."""


def numbers_in(text: str) -> list[str]:
    """The numbers of tickets and orders that stand in a text, in its order, each once."""
    return _first(found[0] for found in _NUMBER.finditer(text.upper()))


def invoice_numbers_in(text: str) -> list[str]:
    """What a text calls the number of an invoice."""
    return _said(_INVOICE, text)


def order_numbers_in(text: str) -> list[str]:
    """What a text calls the number of an order, which may be the supplier's own."""
    return _said(_ORDER, text)


def _said(pattern: re.Pattern[str], text: str) -> list[str]:
    said = (found[1].rstrip("./-") for found in pattern.finditer(text))
    return _first(number for number in said if any(letter.isdigit() for letter in number))


def _first(numbers: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(numbers))[:MOST_NUMBERS]
