"""A clock as a picture: what counted and what did not, from its beginning to its end, as parts of one bar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from backend.kit.translation import Text, lasting

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
    return (Text("runs"), "info") if not begun or begun[-1]["counts"] else (Text("outside service hours"), "idle")


def sentence_of(clock: Mapping[str, Any], now: datetime) -> Text:
    """What the picture says, for those who do not see it and those in a hurry."""
    due = _at(clock["dueAt"])
    if clock["metAt"]:
        met = _at(clock["metAt"])
        late = Text("Done %(at)s, after the time was used up.", at=met)
        return late if clock["wasMetLate"] else Text("Done %(at)s, in time.", at=met)
    if clock["droppedAt"]:
        return Text(
            "The time was used up %(at)s; the ticket ended undone %(ended)s.", at=due, ended=_at(clock["droppedAt"])
        )
    target, spent = lasting(clock["targetMinutes"]), lasting(clock["spentMinutes"])
    if clock["pausedAt"]:
        return Text("Stands: %(spent)s of %(target)s used.", spent=spent, target=target)
    if due < now:
        return Text("The time of %(target)s was used up %(at)s.", target=target, at=due)
    left = sum(_left(s, now) for s in clock["explain"] if s["counts"])
    return Text("%(left)s left of %(target)s, until %(at)s.", left=lasting(left), target=target, at=due)


def _left(stretch: Mapping[str, Any], now: datetime) -> int:
    """Minutes of a stretch that lie after now; of one without an end none are known."""
    if not stretch["until"]:
        return 0
    return max(int((_at(stretch["until"]) - max(_at(stretch["since"]), now)).total_seconds()) // 60, 0)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
