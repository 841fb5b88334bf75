"""Each measure as bars month by month, complaints by cause and time to answer too.

Each picture has the sentence that says what the bars show, and says by whom it is made up.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from backend.kit.amounts import Euros
from backend.kit.translation import Text, label, labels, percent
from web.charts import Bar, Bars

Rows = list[dict[str, Any]]
TENTH: Final = Decimal("0.1")


@dataclass(frozen=True)
class Total:
    """What rows add up to."""

    count: int = 0
    short: int = 0
    sum: Decimal = Decimal(0)

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> "Total":
        rows = list(rows)
        return cls(
            sum(row["count"] for row in rows),
            sum(row["short"] or 0 for row in rows),
            sum((Decimal(row["sum"] or 0) for row in rows), Decimal(0)),
        )

    def __add__(self, other: "Total") -> "Total":
        return Total(self.count + other.count, self.short + other.short, self.sum + other.sum)

    @property
    def mean(self) -> Decimal:
        """What the sum comes to for each: of scores their mean."""
        return (self.sum / self.count).quantize(TENTH, ROUND_HALF_UP) if self.count else Decimal(0)


def _kept(total: Total) -> Text:
    kept = total.count - total.short
    share = percent(Decimal(kept) / total.count) if total.count else "–"
    return Text("In time: %(kept)s of %(count)s (%(share)s); late: %(short)s.", kept=kept, count=total.count,
                share=share, short=total.short)  # fmt: skip


SENTENCES: Final[Mapping[str, Callable[[Total], Text]]] = {
    "RESPONSE_TIMES": _kept,
    "RESOLUTION_TIMES": _kept,
    "UPDATE_TIMES": _kept,
    "INCIDENTS": lambda t: Text("Reported: %(count)s.", count=t.count),
    "REQUESTS": lambda t: Text("Reported: %(count)s.", count=t.count),
    "PROBLEMS": lambda t: Text("Reported: %(count)s.", count=t.count),
    "CHANGES": lambda t: Text("Reported: %(count)s.", count=t.count),
    "BACKLOG": lambda t: Text("Open: %(count)s; of them for over 30 days: %(short)s.", count=t.count,
                              short=t.short),
    "RATINGS": lambda t: Text("Ratings: %(count)s, on the average %(mean)s of 5; low: %(short)s.", count=t.count,
                              mean=t.mean, short=t.short),
    "RECURRING": lambda t: Text("Tickets that belonged to something that recurs: %(count)s.", count=t.count),
    "COMPLAINTS": lambda t: Text("Sent: %(count)s; without a proper response in time: %(short)s.", count=t.count,
                                 short=t.short),
    "SANCTIONS": lambda t: Text("Arose: %(count)s; of those that were applied the sum is %(sum)s.", count=t.count,
                                sum=Euros(t.sum)),
}  # fmt: skip
NOTES: Final[Mapping[str, Callable[[Total], Text]]] = {
    "RESPONSE_TIMES": lambda t: Text("%(short)s late", short=t.short),
    "RESOLUTION_TIMES": lambda t: Text("%(short)s late", short=t.short),
    "UPDATE_TIMES": lambda t: Text("%(short)s late", short=t.short),
    "BACKLOG": lambda t: Text("%(short)s over 30 days", short=t.short),
    "RATINGS": lambda t: Text("%(short)s low", short=t.short),
    "COMPLAINTS": lambda t: Text("%(short)s without a proper response in time", short=t.short),
}
"""What it means that some fell short, beside a bar."""
BY_SCORE: Final = "RATINGS"
BY_EUROS: Final = "SANCTIONS"
BEST_SCORE: Final = 5


@dataclass(frozen=True)
class Division:
    """What a measure is divided by beside the month: its name, a field of its rows, and the enum that this is of."""

    measure: str
    name: str
    field: str
    enum: str
    title: Text
    heading: Text
    sentence: Callable[[Mapping[str, Total]], Text]


def _of_causes(totals: Mapping[str, Total]) -> Text:
    cause, most = max(totals.items(), key=lambda each: each[1].count)
    count = sum(totals.values(), Total()).count
    return Text("The most common cause was “%(cause)s”: %(most)s of %(count)s.", cause=label("ComplaintCause", cause),
                most=most.count, count=count)  # fmt: skip


def _of_answer_times(totals: Mapping[str, Total]) -> Text:
    count = sum(totals.values(), Total()).count
    answered = sum((total for time, total in totals.items() if time != "NONE"), Total())
    if not answered.count:
        return Text("None of %(count)s has a response yet.", count=count)
    return Text("Answered: %(answered)s of %(count)s. The first response took %(mean)s business days on the average.",
                answered=answered.count, count=count, mean=answered.mean)  # fmt: skip


DIVISIONS: Final = (
    Division(
        "COMPLAINTS",
        "CAUSE",
        "cause",
        "ComplaintCause",
        Text("Complaints by cause"),
        Text("Cause"),
        _of_causes,
    ),
    Division(
        "COMPLAINTS",
        "ANSWER_TIME",
        "answerTime",
        "AnswerTime",
        Text("Complaints by time to answer"),
        Text("Time to answer"),
        _of_answer_times,
    ),
)


@dataclass(frozen=True)
class Picture:
    """A measure, or one division of it: its bars, its sentence, and what it adds up to by whose it is."""

    key: str
    title: Text | str
    chart: Bars
    sentence: Text
    parts: list[tuple[Text | str, str, str, str, Total]]
    """What it is divided by (of a measure nothing), supplier, customer, service, and the total."""
    told: int
    among: int
    """How many of how many suppliers, customers and services are told apart: those with the most."""
    has_shorts: bool
    has_scores: bool = False
    has_euros: bool = False


def pictures_of(measure: str, rows: Rows) -> list[Picture]:
    """Of one measure's sums: by month, then by each of its divisions."""
    divided = [_divided(division, rows) for division in DIVISIONS if division.measure == measure]
    return [_by_month(measure, rows), *divided]


def _by_month(measure: str, rows: Rows) -> Picture:
    months = [row for row in rows if row["division"] == "MONTH"]
    totals = [(row["month"], Total.of([row])) for row in months]
    bars = [Bar(_month(month), _height(measure, total), *_short(measure, total)) for month, total in totals]
    apart = [row for row in rows if not row["division"]]
    unit = Text("Mean of 5") if measure == BY_SCORE else Text("How many")
    return Picture(
        measure.lower(),
        label("Measure", measure),
        Bars(bars, Text("Month"), unit, top=BEST_SCORE if measure == BY_SCORE else None),
        SENTENCES[measure](Total.of(months)),
        [("", *whose, total) for whose, total in sorted(_totals(apart, _whose).items())],
        len(apart),
        _among(apart),
        has_shorts=measure in NOTES,
        has_scores=measure == BY_SCORE,
        has_euros=measure == BY_EUROS,
    )


def _divided(division: Division, rows: Rows) -> Picture:
    """The bars stand in the order of the enum, which says something."""
    order = {member: place for place, member in enumerate(labels(division.enum))}
    of_it = [row for row in rows if row["division"] == division.name]
    totals = {row[division.field]: Total.of([row]) for row in of_it if not row["isApart"]}
    by_member = {member: totals[member] for member in order if member in totals}
    apart = [row for row in of_it if row["isApart"]]
    parts = _totals(apart, lambda row: (row[division.field], *_whose(row)))
    ranked = sorted(parts.items(), key=lambda each: (order[each[0][0]], each[0]))
    return Picture(
        f"{division.measure}-{division.field}".lower(),
        division.title,
        Bars(
            [
                Bar(label(division.enum, member), total.count, *_short(division.measure, total))
                for member, total in by_member.items()
            ],
            division.heading,
            Text("How many"),
        ),
        division.sentence(by_member),
        [(label(division.enum, member), *whose, total) for (member, *whose), total in ranked],
        len(apart),
        _among(apart),
        has_shorts=division.measure in NOTES,
    )


def _among(apart: Rows) -> int:
    return max((row["among"] for row in apart), default=0)


def _totals(rows: Rows, by: Callable[[dict[str, Any]], tuple[str, ...]]) -> dict[tuple[Any, ...], Total]:
    """What rows add up to, those together that are alike."""
    alike: dict[tuple[Any, ...], Rows] = {}
    for row in rows:
        alike.setdefault(by(row), []).append(row)
    return {key: Total.of(those) for key, those in alike.items()}


def _whose(row: dict[str, Any]) -> tuple[str, str, str]:
    return _name(row["supplier"]), _name(row["customer"]), _name(row["service"])


def _height(measure: str, total: Total) -> int | Decimal:
    return total.mean if measure == BY_SCORE else total.count


def _short(measure: str, total: Total) -> tuple[str, Text | str]:
    """A bar's tone and note."""
    return ("warn", NOTES[measure](total)) if total.short else ("plain", "")


def _month(first_day: str) -> str:
    day = date.fromisoformat(first_day)
    return f"{day.month}/{day.year}"


def _name(thing: Mapping[str, Any] | None) -> str:
    return thing["name"] if thing else "–"
