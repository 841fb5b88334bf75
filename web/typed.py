"""What people type, as the scalars of the schema; and the other way round, for showing it in a field again."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from backend.kit import amounts, translation
from backend.kit.calendar import helsinki_date
from backend.kit.clock import HELSINKI, now
from backend.kit.translation import Text

_MOST_DECIMALS: Final = 8
TODAY: Final = "today"
"""A date that is the day on which it is read: in an address that is kept."""

Json = str | int | float | bool | None


class Unreadable(Exception):
    """What was typed is no such value; `message` says how to mend it."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = message


def _reader(read: Callable[[str], Json], message: Text) -> Callable[[str], Json]:
    def checked(typed: str) -> Json:
        try:
            return read(typed)
        except ValueError as error:
            raise Unreadable(message) from error

    return checked


def _integer(typed: str) -> int:
    value = amounts.parse_int(typed)
    if not -(2**31) <= value < 2**31:
        raise ValueError("out of range")
    return value


def _plain(value: Decimal) -> str:
    shown = f"{value:f}"
    if len(shown.partition(".")[2]) > _MOST_DECIMALS:
        raise ValueError("too many decimals")
    return shown


def _instant(typed: str) -> str:
    return amounts.parse_datetime(typed).isoformat().replace("+00:00", "Z")


def _date(typed: str) -> str:
    day = helsinki_date(now()) if typed == TODAY else amounts.parse_date(typed)
    return day.isoformat()


_WHOLE = Text("Write a whole number, for example 12.")
_NUMBER = Text("Write a number, for example 1 234,50.")

READERS: Final[Mapping[str, Callable[[str], Json]]] = {
    "Int": _reader(_integer, _WHOLE),
    "BigInt": _reader(lambda typed: str(amounts.parse_int(typed)), _WHOLE),
    "Float": _reader(lambda typed: float(amounts.parse_decimal(typed)), _NUMBER),
    "Decimal": _reader(lambda typed: _plain(amounts.parse_decimal(typed)), _NUMBER),
    "Minutes": _reader(lambda typed: int(amounts.parse_minutes(typed)), Text("Write hours, for example 7,5 or 7:30.")),
    "Date": _reader(_date, Text("Write a date, for example 24.11.2026.")),
    "DateTime": _reader(_instant, Text("Write a date and a time, for example 24.11.2026 16.15.")),
}
"""By scalar; what is not here is taken as the trimmed text it is. A reader raises `Unreadable`."""


def _spaces(shown: str) -> str:
    return shown.replace(translation.NBSP, " ").replace(translation.MINUS, "-")


def _typed_minutes(value: object) -> str:
    minutes = int(str(value))
    if minutes % 3 == 0:
        return _spaces(translation.number(Decimal(minutes) / 60, most=2))
    return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


def _typed_date(value: object) -> str:
    return translation.day(value if isinstance(value, date) else date.fromisoformat(str(value)[:10]))


def _typed_instant(value: object) -> str:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    local = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(HELSINKI)
    return f"{translation.day(local.date())} {translation.clock(local)}"


_WRITERS: Final[Mapping[str, Callable[[object], str]]] = {
    "Minutes": _typed_minutes,
    "Decimal": lambda value: _spaces(translation.number(Decimal(str(value)))),
    "Float": lambda value: _spaces(translation.number(Decimal(str(value)))),
    "Date": _typed_date,
    "DateTime": _typed_instant,
}


def typed(value: object, scalar: str) -> str:
    """A value of the schema as one would type it: `450` minutes is `7,5`, `2026-11-24` is `24.11.2026`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    writer = _WRITERS.get(scalar)
    return writer(value) if writer else str(value)
