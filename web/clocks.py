"""A clock as a picture: what counted and what did not, from its beginning to its end, as parts of one bar."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, Final

from backend.kit.translation import Text, label, lasting, plural

MINUTES_A_DAY: Final = 24 * 60
WIDTH: Final = 600
LEAST: Final = 1.5
"""So wide is a stretch at least, in the same units, so that it is seen."""


@dataclass(frozen=True)
class Bar:
    """A stretch of the picture."""

    x: float
    width: float
    counts: bool


@dataclass(frozen=True)
class Picture:
    """A clock's bar; `due` and `now` are places on it; there is no now once it has ended."""

    bars: tuple[Bar, ...]
    due: float
    now: float | None


@dataclass(frozen=True)
class Shown:
    """A clock as a page shows it: by the schema, in a word and its tone, as a picture and as a sentence."""

    clock: Mapping[str, Any]
    kind: Text
    stand: tuple[Text, str]
    picture: Picture | None
    sentence: Text


def shown(
    clocks: Sequence[Mapping[str, Any]], kind: str, now: datetime, amount: Callable[[int], object] = lasting
) -> list[Shown]:
    """Clocks whose kind is of this type of the schema; `amount` writes minutes that count."""
    return [
        Shown(
            each, label(kind, each["kind"]), stand_of(each, now), picture_of(each, now), sentence_of(each, now, amount)
        )
        for each in clocks
    ]


def business_days(minutes: int) -> Text:
    """Minutes of business days as so many of them; one that has begun is one."""
    days = ceil(minutes / MINUTES_A_DAY)
    return plural("%(n)s business day", "%(n)s business days", days)


def picture_of(clock: Mapping[str, Any], now: datetime) -> Picture | None:
    """From the beginning to whichever is last: the deadline, the end, or (while it runs) now."""
    stretches = [(_at(s["since"]), _at(s["until"]) if s["until"] else now, s["counts"]) for s in clock["explain"]]
    if not stretches:
        return None
    due, ended = _at(clock["dueAt"]), clock["metAt"] or clock["droppedAt"]
    start = stretches[0][0]
    end = max(due, _at(ended) if ended else now, *(until for _, until, _ in stretches))
    span = (end - start).total_seconds() or 1.0

    def place(at: datetime) -> float:
        return round((at - start).total_seconds() / span * WIDTH, 1)

    bars = tuple(
        Bar(place(since), max(round(place(until) - place(since), 1), LEAST), counts)
        for since, until, counts in stretches
        if until > since
    )
    return Picture(bars, place(due), None if ended or now < start else place(now))


def stand_of(clock: Mapping[str, Any], now: datetime) -> tuple[Text, str]:
    """How it stands now in a word, and the tone of its tag."""
    if clock["metAt"]:
        return (Text("late"), "bad") if clock["wasMetLate"] else (Text("in time"), "ok")
    if clock["pausedAt"] and not clock["droppedAt"]:
        return Text("stands"), "idle"
    if clock["droppedAt"] or _at(clock["dueAt"]) < now:
        return Text("late"), "bad"
    begun = [stretch for stretch in clock["explain"] if _at(stretch["since"]) <= now]
    return (Text("runs"), "info") if not begun or begun[-1]["counts"] else (IDLE[begun[-1]["reason"]], "idle")


IDLE: Final[Mapping[str, Text]] = {
    "OUTSIDE_HOURS": Text("outside service hours"),
    "DAY_OF_ARRIVAL": Text("begins on the next day"),
    "NO_BUSINESS_DAY": Text("not a business day"),
}
"""Of a clock that runs: why the present moment does not count."""


def sentence_of(clock: Mapping[str, Any], now: datetime, amount: Callable[[int], object] = lasting) -> Text:
    """What the picture says, for those who do not see it and those in a hurry."""
    due = _at(clock["dueAt"])
    if clock["metAt"]:
        met = _at(clock["metAt"])
        late = Text("Done %(at)s, after the time was used up.", at=met)
        return late if clock["wasMetLate"] else Text("Done %(at)s, in time.", at=met)
    if clock["droppedAt"]:
        return Text("The time was used up %(at)s; it ended undone %(ended)s.", at=due, ended=_at(clock["droppedAt"]))
    target, spent = amount(clock["targetMinutes"]), amount(clock["spentMinutes"])
    if clock["pausedAt"]:
        return Text("Stands: %(spent)s of %(target)s used.", spent=spent, target=target)
    if due < now:
        return Text("The time of %(target)s was used up %(at)s.", target=target, at=due)
    left = sum(_left(s, now) for s in clock["explain"] if s["counts"])
    return Text("%(left)s left of %(target)s, until %(at)s.", left=amount(left), target=target, at=due)


def _left(stretch: Mapping[str, Any], now: datetime) -> int:
    """Minutes of a stretch that lie after now; of one without an end none are known."""
    if not stretch["until"]:
        return 0
    return max(int((_at(stretch["until"]) - max(_at(stretch["since"]), now)).total_seconds()) // 60, 0)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
