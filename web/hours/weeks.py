"""Weeks as people know them: Monday to Sunday, with a number."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from backend.kit import clock
from backend.kit.amounts import YEARS
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text

DAYS: Final = (
    Text("Monday"),
    Text("Tuesday"),
    Text("Wednesday"),
    Text("Thursday"),
    Text("Friday"),
    Text("Saturday"),
    Text("Sunday"),
)
SHORT_DAYS: Final = (Text("Mon"), Text("Tue"), Text("Wed"), Text("Thu"), Text("Fri"), Text("Sat"), Text("Sun"))
MONTHS: Final = (
    Text("January"),
    Text("February"),
    Text("March"),
    Text("April"),
    Text("May"),
    Text("June"),
    Text("July"),
    Text("August"),
    Text("September"),
    Text("October"),
    Text("November"),
    Text("December"),
)


def today() -> date:
    """The day it is in Helsinki."""
    return helsinki_date(clock.now())


def month_name(first_day: date | str) -> Text:
    """`November 2026`."""
    day = date.fromisoformat(first_day) if isinstance(first_day, str) else first_day
    return Text("%(month)s %(year)s", month=MONTHS[day.month - 1], year=str(day.year))


def short_date(day: date) -> str:
    """`24.11.`"""
    return f"{day.day}.{day.month}."


@dataclass(frozen=True, order=True)
class Week:
    """A week by its Monday; written `2026-W48`."""

    monday: date

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Read `2026-W48`; None for anything else, and for years that are not reckoned with."""
        year, _, number = (text or "").partition("-W")
        if not (
            len(year) == 4
            and 0 < len(number) <= 2
            and f"{year}{number}".isascii()
            and f"{year}{number}".isdigit()
            and int(year) in YEARS
        ):
            return None
        try:
            return cls(date.fromisocalendar(int(year), int(number), 1))
        except ValueError:
            return None

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=n) for n in range(7)]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def span(self) -> str:
        """`23.–29.11.2026`, with as much of the first day as is needed."""
        first, last = self.monday, self.sunday
        begin = f"{first.day}."
        if first.month != last.month:
            begin += f"{first.month}."
        if first.year != last.year:
            begin += f"{first.year}"
        return f"{begin}–{last.day}.{last.month}.{last.year}"

    def __add__(self, weeks: int) -> "Week":
        return Week(self.monday + timedelta(weeks=weeks))

    def __sub__(self, weeks: int) -> "Week":
        return self + -weeks

    def __str__(self) -> str:
        return f"{self.monday.isocalendar().year:04}-W{self.number:02}"
