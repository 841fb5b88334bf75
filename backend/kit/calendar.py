"""How days are counted: Helsinki dates, business days, months. Pure functions; nobody here asks what time it is.

What a business day is, is said by whoever asks (`Counting`): Monday to Friday without Finnish public holidays,
Christmas Eve and Midsummer Eve, the days of the Act on computing statutory periods (150/1930, section 5);
by a term of a contract Saturdays count too, Easter Saturday not.

The day of an event does not count. A period ends at the last moment of its last day, and a last day that is no
business day moves to the next one. Counting backwards leaves the meeting day out and moves to the one before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import count, islice
from typing import Self

from backend.kit.clock import HELSINKI

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6


@dataclass(frozen=True, slots=True)
class Counting:
    """Which days count as business days: a term of the contract."""

    saturdays_count: bool = False


MONDAY_TO_FRIDAY = Counting()
SATURDAYS_TOO = Counting(saturdays_count=True)


@lru_cache(maxsize=512)
def _days_off(year: int) -> frozenset[date]:
    """Finnish days that are never business days, whatever their weekday; Easter Saturday is one of them."""
    from holidays import country_holidays  # heavy to import: only who counts days pays for it

    named = country_holidays("FI", years=year, language="en_US")
    easter_saturdays = (day + DAY for day, name in named.items() if name == "Good Friday")
    return frozenset(named).union(easter_saturdays)


def is_business_day(day: date, counting: Counting) -> bool:
    last_weekday = SATURDAY if counting.saturdays_count else FRIDAY
    return day.weekday() <= last_weekday and day not in _days_off(day.year)


def _business_days(start: date, step: timedelta, counting: Counting) -> Iterator[date]:
    """The business days after (or, with a step of minus one, before) `start`, the nearest first."""
    return (day for i in count(1) if is_business_day(day := start + i * step, counting))


def add_business_days(start: date, n: int, counting: Counting) -> date:
    """The n-th business day after `start`, whose own day does not count; with n = 0 `start` rolled forward."""
    _refuse_negative(n)
    return next(islice(_business_days(start, DAY, counting), n - 1, None)) if n else roll_forward(start, counting)


def subtract_business_days(meeting: date, n: int, counting: Counting) -> date:
    """The n-th business day before `meeting`, whose own day does not count; with n = 0 `meeting` rolled backward."""
    _refuse_negative(n)
    return next(islice(_business_days(meeting, -DAY, counting), n - 1, None)) if n else roll_backward(meeting, counting)


def add_days(start: date, n: int, counting: Counting) -> date:
    """`n` calendar days after `start`; a last day that is no business day moves to the next one."""
    _refuse_negative(n)
    return roll_forward(start + n * DAY, counting)


def add_weeks(start: date, n: int, counting: Counting) -> date:
    """The same weekday `n` weeks later, moved to the next business day where it is none."""
    return add_days(start, 7 * n, counting)


def subtract_days(meeting: date, n: int, counting: Counting) -> date:
    """`n` calendar days before `meeting`; a day that is no business day moves *earlier*."""
    _refuse_negative(n)
    return roll_backward(meeting - n * DAY, counting)


def day_before(meeting: date) -> date:
    """The calendar day before: it stays where it is, business day or not."""
    return meeting - DAY


def roll_forward(day: date, counting: Counting) -> date:
    """The day itself if it is a business day, else the next one."""
    return day if is_business_day(day, counting) else next(_business_days(day, DAY, counting))


def roll_backward(day: date, counting: Counting) -> date:
    """The day itself if it is a business day, else the one before."""
    return day if is_business_day(day, counting) else next(_business_days(day, -DAY, counting))


def nth_business_day(year: int, month: int, n: int, counting: Counting) -> date:
    """The n-th business day of a month, counted from the first (n ≥ 1); ValueError where the month has fewer."""
    first = Month(year, month).first_day
    found = add_business_days(first - DAY, n, counting)
    if n < 1 or month_of(found) != Month(year, month):
        raise ValueError(f"{year}-{month:02} has no business day number {n}")
    return found


def count_business_days(after: date, until: date, counting: Counting) -> int:
    """How many business days there are after `after`, up to and with `until`; negative when `until` is earlier."""
    if until < after:
        return -count_business_days(until, after, counting)
    return sum(is_business_day(after + i * DAY, counting) for i in range(1, (until - after).days + 1))


def helsinki_date(instant: datetime) -> date:
    """The date in Helsinki at an instant. What arrives counts from the day of its arrival there, a Saturday too."""
    return _aware(instant).astimezone(HELSINKI).date()


def start_of_day(day: date) -> datetime:
    """The first instant of a Helsinki day, in UTC."""
    return datetime.combine(day, time.min, HELSINKI).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The last instant of a Helsinki day, in UTC: 23:59:59.999999 there, the last that PostgreSQL can tell.

    A `due_at` is this instant: what happens at it or before is in time, what happens after it is late.
    """
    return start_of_day(day + DAY) - MICROSECOND


def due_in_business_days(arrived_at: datetime, n: int, counting: Counting) -> datetime:
    """The end of the n-th business day after the day of arrival, in UTC."""
    return end_of_day(add_business_days(helsinki_date(arrived_at), n, counting))


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in Helsinki; printed as 2026-11."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 12:
            raise ValueError(f"there is no month {self.number}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026-11`; ValueError for anything else."""
        year, separator, number = text.partition("-")
        digits = year + number
        if not (separator and len(year) == 4 and len(number) == 2 and digits.isascii() and digits.isdigit()):
            raise ValueError(f"not a month: {text!r}")
        return cls(int(year), int(number))

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return (self + 1).first_day - DAY

    def __add__(self, months: int) -> "Month":
        year, number = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, number + 1)

    def __sub__(self, months: int) -> "Month":
        return self + -months

    def __contains__(self, day: date) -> bool:
        return month_of(day) == self

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def month_of(day: date) -> Month:
    """The month of a date. Of an instant: `month_of(helsinki_date(instant))`."""
    if isinstance(day, datetime):
        raise TypeError("an instant has a month only in Helsinki: take helsinki_date of it first")
    return Month(day.year, day.month)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone has no date in Helsinki")
    return instant


def _refuse_negative(n: int) -> None:
    if n < 0:
        raise ValueError("days are counted in the direction of the function: the number is not negative")
