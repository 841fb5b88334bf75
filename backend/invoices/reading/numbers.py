"""Our own grammar of numbers and dates: ASCII digits, no exponent, no grouping, one mark that the format allows."""

import re
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final

from backend.invoices.reading.refusals import Unread, Unreadable, shown
from backend.kit.translation import Text


class Mark(Enum):
    """Which character may part the decimals. A comma where a point belongs could as well group thousands."""

    POINT = "."
    COMMA = ","
    EITHER = ".,"


_NUMBERS: Final = {
    mark: re.compile(rf"([+-]?)([0-9]{{0,15}})(?:[{re.escape(mark.value)}]([0-9]{{0,10}}))?") for mark in Mark
}
_ISO_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_SHORT_DATE: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def read_decimal(written: str, mark: Mark, element: str) -> Decimal:
    """`-1234,50` → Decimal: at most 15 digits before the mark and 10 after. Raises Unreadable NUMBER naming `element`.

    INF, NaN, 1e9 and digits of other scripts, all of which `Decimal` would take, are refused.
    """
    found = _NUMBERS[mark].fullmatch(written)
    if not found or not (found[2] or found[3]):
        raise Unreadable(
            Unread.NUMBER, Text("%(element)s is not a number: %(found)s", element=element, found=shown(written))
        )
    return Decimal(f"{found[1]}{found[2] or '0'}.{found[3] or '0'}") + 0  # + 0: there is no minus nought


def read_iso_date(written: str, element: str) -> date:
    """`2026-11-02` (xsd:date; a time zone is ignored) → date. Raises Unreadable DATE naming `element`."""
    return _date(_ISO_DATE.fullmatch(written), written, element)


def read_short_date(written: str, element: str) -> date:
    """`20261102` (CCYYMMDD) → date. Raises Unreadable DATE naming `element`."""
    return _date(_SHORT_DATE.fullmatch(written), written, element)


def _date(found: re.Match[str] | None, written: str, element: str) -> date:
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise Unreadable(Unread.DATE, Text("%(element)s is not a date: %(found)s", element=element, found=shown(written)))
