"""Money, effort and what people type for them.

Money is `Decimal` euros, effort is whole minutes. A line is multiplied, divided and rounded once, half up away from
zero, so that a credit is the exact mirror of its invoice.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final, final

from backend.kit.clock import HELSINKI

CENT: Final = Decimal("0.01")
YEARS: Final = range(1900, 3000)
"""Of the days that people and programs may say."""


@final
class Minutes(int):
    """Effort in whole minutes. Sums and differences stay minutes; texts show it as hours."""

    __slots__ = ()

    def __add__(self, other: int, /) -> "Minutes":
        return Minutes(int(self) + int(other))

    __radd__ = __add__

    def __sub__(self, other: int, /) -> "Minutes":
        return Minutes(int(self) - int(other))

    def __rsub__(self, other: int, /) -> "Minutes":
        return Minutes(int(other) - int(self))

    def __neg__(self) -> "Minutes":
        return Minutes(-int(self))


@final
class Euros(Decimal):
    """A decimal that texts show as euros. Reckoning with it gives a plain `Decimal`."""

    __slots__ = ()


def round_cents(amount: Decimal) -> Decimal:
    """Euros to whole cents, half up away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def line_amount(minutes: int, unit_price: Decimal) -> Decimal:
    """Euros for effort at a price an hour: multiply, divide, round once to cents."""
    return round_cents(Decimal(int(minutes)) * unit_price / 60)


def vat(base: Decimal, rate: Decimal) -> Decimal:
    """Tax in euros on the sum of one rate's lines; `rate` is in per cent (25.5)."""
    return round_cents(base * rate / 100)


def split_shares(total: Decimal, weights: Sequence[int | Decimal]) -> list[Decimal]:
    """Whole cents of `total` (euros) by weight; the parts sum to it exactly.

    Each part is rounded towards zero, then the cents left over go to the largest fractions, ties in the order given.
    Raises ValueError when `total` has parts of a cent, a weight is negative, or all are zero.
    """
    cents = total * 100
    if cents != cents.to_integral_value():
        raise ValueError("only whole cents can be shared")
    if any(weight < 0 for weight in weights) or not any(weights):
        raise ValueError("shares need weights of zero or more, one of them more")
    whole = sum((Fraction(weight) for weight in weights), Fraction())
    exact = [abs(int(cents)) * Fraction(weight) / whole for weight in weights]
    parts = [int(share) for share in exact]
    by_fraction = sorted(
        range(len(parts)), key=lambda place: parts[place] - exact[place]
    )  # sorted() keeps ties in order
    for place in by_fraction[: abs(int(cents)) - sum(parts)]:
        parts[place] += 1
    sign = -1 if total < 0 else 1
    return [(Decimal(sign * part) / 100).quantize(CENT) for part in parts]


def total_minutes(efforts: Iterable[int]) -> Minutes:
    """The sum of efforts, still as minutes."""
    return Minutes(sum(int(effort) for effort in efforts))


# What people type. Any space may group thousands, comma and point both part decimals, U+2212 is a minus.

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_WHOLE = r"[0-9]{1,3}(?: [0-9]{3})+|[0-9]+"
_DECIMAL = re.compile(rf"(?P<sign>[+-]?) ?(?P<whole>{_WHOLE})?(?:[.,](?P<part>[0-9]+))?")
_POINTS_GROUP = re.compile(r"(?P<sign>[+-]?) ?(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+),(?P<part>[0-9]+)")
_COMMAS_GROUP = re.compile(r"(?P<sign>[+-]?) ?(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+)\.(?P<part>[0-9]+)")
_CLOCK = re.compile(
    rf"(?P<sign>[+-]?) ?(?P<hours>{_WHOLE}) ?(?::|h) ?(?P<minutes>[0-5]?[0-9]) ?(?:min|m)?", re.IGNORECASE
)
_ONLY_MINUTES = re.compile(r"(?P<sign>[+-]?) ?(?P<minutes>[0-9]{1,7}) ?min", re.IGNORECASE)
_DATE_FINNISH = re.compile(r"(?P<day>[0-9]{1,2})\. ?(?P<month>[0-9]{1,2})\. ?(?P<year>[0-9]{4})")
_DATE_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_TIME = re.compile(r"(?P<hour>[0-9]{1,2})[.:](?P<minute>[0-9]{2})(?::[0-9]{2})?")
_BETWEEN_DATE_AND_TIME = re.compile(r" klo | kl\. ?| at |T| ", re.IGNORECASE)
_MOST_DIGITS = 18
_MOST_MINUTES = 60_000_000


def _plain(typed: str) -> str:
    return _SPACES.sub(" ", typed.replace("\u2212", "-").replace("\u2013", "-")).strip()


def parse_decimal(typed: str) -> Decimal:
    """`1 234,50`, `1234.5`, `1.234,50`, `−7,5 €` → Decimal. Raises ValueError for anything else (NaN, 1e3 as well)."""
    plain = _plain(typed).removesuffix("€").removesuffix("EUR").strip()
    found = _DECIMAL.fullmatch(plain) or _POINTS_GROUP.fullmatch(plain) or _COMMAS_GROUP.fullmatch(plain)
    if not found or not (found["whole"] or found["part"]):
        raise ValueError(f"not a number: {typed!r}")
    whole = re.sub("[ .,]", "", found["whole"] or "0")
    part = found["part"] or ""
    if len(whole) + len(part) > _MOST_DIGITS:
        raise ValueError(f"too many digits: {typed!r}")
    return Decimal(f"{found['sign']}{whole}{'.' if part else ''}{part}")


def parse_int(typed: str) -> int:
    """A whole number as `parse_decimal` reads it; `3,0` is 3, `3,5` raises ValueError."""
    number = parse_decimal(typed)
    if number != number.to_integral_value():
        raise ValueError(f"not a whole number: {typed!r}")
    return int(number)


def parse_minutes(typed: str) -> Minutes:
    """Hours as people write them → minutes: `7,5`, `7.5 h`, `7:30`, `7h30`, `7 h 30 min`, `45 min`.

    Decimals of an hour are rounded to the nearest minute, half up (`7,33` is 440). Raises ValueError.
    """
    plain = _plain(typed)
    clock = _CLOCK.fullmatch(plain)
    if clock:
        effort = int(clock["hours"].replace(" ", "")) * 60 + int(clock["minutes"])
        if effort >= _MOST_MINUTES:
            raise ValueError(f"too many hours: {typed!r}")
        return Minutes(-effort if clock["sign"] == "-" else effort)
    only = _ONLY_MINUTES.fullmatch(plain)
    if only:
        return Minutes(-int(only["minutes"]) if only["sign"] == "-" else int(only["minutes"]))
    hours = parse_decimal(re.sub(r" ?(?:h|t|tim)\.?$", "", plain, flags=re.IGNORECASE))
    if abs(hours) * 60 >= _MOST_MINUTES:
        raise ValueError(f"too many hours: {typed!r}")
    return Minutes(int((hours * 60).quantize(Decimal(1), ROUND_HALF_UP)))


def known_day(day: date) -> date:
    """The day, where it is of the years that are reckoned with: the calendar's last day has none after it.

    Raises ValueError.
    """
    if day.year not in YEARS:
        raise ValueError(f"not a day between {YEARS[0]} and {YEARS[-1]}: {day}")
    return day


def parse_date(typed: str) -> date:
    """`24.11.2026` or `2026-11-24` → date of a known year. Raises ValueError."""
    plain = _plain(typed)
    found = _DATE_FINNISH.fullmatch(plain) or _DATE_ISO.fullmatch(plain)
    if not found:
        raise ValueError(f"not a date: {typed!r}")
    return known_day(date(int(found["year"]), int(found["month"]), int(found["day"])))


def parse_datetime(typed: str) -> datetime:
    """`24.11.2026 klo 16.15` or `2026-11-24T16:15`, Helsinki time → an instant in UTC.

    An hour that occurs twice in autumn is the earlier one; one that summer time skips raises ValueError.
    """
    day, _, clock = _BETWEEN_DATE_AND_TIME.sub("|", _plain(typed), count=1).partition("|")
    found = _TIME.fullmatch(clock.strip())
    if not found:
        raise ValueError(f"not a date and time: {typed!r}")
    on = parse_date(day)
    local = datetime(on.year, on.month, on.day, int(found["hour"]), int(found["minute"]), tzinfo=HELSINKI)
    instant = local.astimezone(UTC)
    if instant.astimezone(HELSINKI).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(f"no such hour that day: {typed!r}")
    return instant
