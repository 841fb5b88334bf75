"""Each measure as bars month by month, with the sentence that says what they show, and by whom it is made up."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from backend.kit.translation import Text, label, percent
from web.charts import Bar, Bars

Rows = list[dict[str, Any]]
TENTH: Final = Decimal("0.1")


@dataclass(frozen=True)
class Total:
    """What rows add up to."""

    count: int
    short: int
    sum: Decimal

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> "Total":
        rows = list(rows)
        return cls(
            sum(row["count"] for row in rows),
            sum(row["short"] or 0 for row in rows),
            sum((Decimal(row["sum"] or 0) for row in rows), Decimal(0)),
        )

    @property
    def mean(self) -> Decimal:
        """The mean score."""
        return (self.sum / self.count).quantize(TENTH, ROUND_HALF_UP) if self.count else Decimal(0)


def _kept(total: Total) -> Text:
    kept = total.count - total.short
    share = percent(Decimal(kept) / total.count) if total.count else "–"
    return Text("%(kept)s of %(count)s were kept (%(share)s); %(short)s were missed.", kept=kept, count=total.count,
                share=share, short=total.short)  # fmt: skip


SENTENCES: Final[Mapping[str, Callable[[Total], Text]]] = {
    "RESPONSE_TIMES": _kept,
    "RESOLUTION_TIMES": _kept,
    "INCIDENTS": lambda t: Text("%(count)s were reported.", count=t.count),
    "REQUESTS": lambda t: Text("%(count)s were reported.", count=t.count),
    "BACKLOG": lambda t: Text("%(count)s stood open; %(short)s of them for over 30 days.", count=t.count,
                              short=t.short),
    "RATINGS": lambda t: Text("%(count)s ratings, on the average %(mean)s of 5; %(short)s were low.", count=t.count,
                              mean=t.mean, short=t.short),
    "RECURRING": lambda t: Text("%(count)s tickets belonged to something that recurs.", count=t.count),
    "COMPLAINTS": lambda t: Text("%(count)s were sent; %(short)s had no proper response in time.", count=t.count,
                                 short=t.short),
    "SANCTIONS": lambda t: Text("%(count)s arose; of those that were applied the sum is %(sum)s €.", count=t.count,
                                sum=t.sum),
}  # fmt: skip
BY_SCORE: Final = "RATINGS"


@dataclass(frozen=True)
class Picture:
    """A measure: its bars, its sentence, and what it adds up to by supplier, customer and service."""

    measure: str
    chart: Bars
    sentence: Text
    parts: list[tuple[str, str, str, Total]]


def picture_of(measure: str, rows: Rows) -> Picture:
    """Of rows of one measure, which come month by month."""
    months = sorted({row["month"] for row in rows})
    by_month = [(month, Total.of(row for row in rows if row["month"] == month)) for month in months]
    bars = [
        Bar(_month(month), _height(measure, total), "warn" if total.short else "plain") for month, total in by_month
    ]
    unit = Text("Mean of 5") if measure == BY_SCORE else Text("How many")
    parts: dict[tuple[str, str, str], Rows] = {}
    for row in rows:
        parts.setdefault((_name(row["supplier"]), _name(row["customer"]), _name(row["service"])), []).append(row)
    return Picture(
        measure,
        Bars(bars, Text("Month"), unit),
        SENTENCES[measure](Total.of(rows)),
        [(*key, Total.of(those)) for key, those in sorted(parts.items())],
    )


def heading_of(measure: str) -> Text | str:
    return label("Measure", measure)


def _height(measure: str, total: Total) -> int | Decimal:
    return total.mean if measure == BY_SCORE else total.count


def _tone(total: Total) -> str:
    return "warn" if total.short else "plain"


def _month(first_day: str) -> str:
    day = date.fromisoformat(first_day)
    return f"{day.month}/{day.year}"


def _name(thing: Mapping[str, Any] | None) -> str:
    return thing["name"] if thing else "–"
