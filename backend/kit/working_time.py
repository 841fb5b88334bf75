"""Time that counts: service hours, and clocks that run, stand and stop. Pure functions; nobody here asks the time.

Service is given round the clock, or on business days between two times of Helsinki's wall clock; what a business day
is, is said by `Counting`. Summer time begins and ends on Sundays, which are never business days: a business day's
hours are always as long as the wall clock says, while round the clock every hour that passes counts.

A clock is computed from its whole log, never by adding to what was spent before: whatever is on record, in whatever
order it got there, the answer is the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from backend.kit.calendar import DAY, Counting, helsinki_date, is_business_day
from backend.kit.clock import HELSINKI

NO_TIME = timedelta()
MINUTE = timedelta(minutes=1)
MINUTES_A_DAY = 24 * 60
OUTSIDE_HOURS = "outside_hours"
"""Why a stretch of a running clock does not count."""


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """From when to when service is given, in minutes since midnight; without a counting every day, round the clock."""

    opens: int = 0
    closes: int = MINUTES_A_DAY
    counting: Counting | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= MINUTES_A_DAY:
            raise ValueError(f"no service hours: from minute {self.opens} to {self.closes} of a day")
        if self.counting is None and (self.opens, self.closes) != (0, MINUTES_A_DAY):
            raise ValueError("hours that end are those of business days")


ROUND_THE_CLOCK = ServiceHours()


def windows(hours: ServiceHours, start: datetime, end: datetime | None) -> Iterator[tuple[datetime, datetime | None]]:
    """The service hours between two instants, in UTC and in their order; without an end they go on for ever."""
    start = start.astimezone(UTC)
    if hours.counting is None:
        if end is None or start < end:
            yield start, end
        return
    day = helsinki_date(start)
    while end is None or _wall(day, 0) < end:
        if is_business_day(day, hours.counting):
            opens, closes = max(start, _wall(day, hours.opens)), _wall(day, hours.closes)
            closes = closes if end is None else min(end, closes)
            if opens < closes:
                yield opens, closes
        day += DAY


def service_time(hours: ServiceHours, start: datetime, end: datetime) -> timedelta:
    """How much service time there is from one instant to another."""
    return sum((closes - opens for opens, closes in windows(hours, start, end) if closes), NO_TIME)


def service_minutes(hours: ServiceHours, start: datetime, end: datetime) -> int:
    """The same in whole minutes."""
    return service_time(hours, start, end) // MINUTE


def used_up(hours: ServiceHours, start: datetime, amount: timedelta) -> datetime:
    """The first instant at which so much service time has gone by since `start`, in UTC."""
    left = amount
    if left > NO_TIME:
        for opens, closes in windows(hours, start, None):
            if closes is None or left <= closes - opens:
                return opens + left
            left -= closes - opens
    return start.astimezone(UTC)


class Stand(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    """What it measures is done; it runs on if that is undone."""


@dataclass(frozen=True, slots=True)
class Entry:
    """From this instant on a clock stands so, for this reason."""

    at: datetime
    stand: Stand
    reason: str


@dataclass(frozen=True, slots=True)
class Target:
    """How much service time there is, and which time is service time."""

    amount: timedelta
    hours: ServiceHours


@dataclass(frozen=True, slots=True)
class Stretch:
    """A while in which a clock stood in one way, and why; without an end it still does."""

    start: datetime
    end: datetime | None
    counts: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Clock:
    """What a log comes to under a target."""

    started_at: datetime
    target: Target
    stretches: tuple[Stretch, ...]
    spent: timedelta
    """Service time that counted, up to the log's last entry."""
    due_at: datetime
    """When the target is used up; of a clock that stands or has stopped before that, when it would be if it ran on."""
    paused_at: datetime | None
    """Since when it stands, with time left."""
    stopped_at: datetime | None
    """When it stopped for good, as far as is on record."""
    last_at: datetime
    """When the log last changed how it stands, or why."""

    @property
    def is_breached(self) -> bool:
        """Whether it stopped too late. Of a clock that has not stopped, time tells."""
        return self.stopped_at is not None and self.stopped_at > self.due_at

    def runs_out(self, now: datetime) -> datetime:
        """When the target is used up; of a clock that does not run, when it would be if it ran on from now."""
        left = self.target.amount - self.spent
        stands = self.paused_at or self.stopped_at
        return used_up(self.target.hours, now, left) if stands and left > NO_TIME else self.due_at

    def share_used_up(self, percent: int) -> datetime:
        """When so much of the target is used up, by the same log; as `due_at` for a clock that stands or stopped."""
        return _due(self.stretches, Target(self.target.amount * percent / 100, self.target.hours), self.last_at)


def run_clock(log: Sequence[Entry], target: Target) -> Clock:
    """The clock that a log (in the order of record, at least one entry) tells of, under the target that holds now.

    Of entries at one instant the last one counts; one that claims to be earlier than what was on record before it
    counts from then. Under another target the whole log is counted anew: what stood before stands still.
    """
    entries = plain(log)
    stretches, last = tuple(_stretches(entries)), entries[-1]
    end = max(entry.at for entry in log)
    spent = sum((service_time(target.hours, s.start, s.end or end) for s in stretches if s.counts), NO_TIME)
    since = next((e.at for e, before in _backwards(entries) if before is None or before.stand is not e.stand), last.at)
    return Clock(
        started_at=entries[0].at,
        target=target,
        stretches=stretches,
        spent=spent,
        due_at=_due(stretches, target, last.at),
        paused_at=since if last.stand is Stand.PAUSED and spent < target.amount else None,
        stopped_at=since if last.stand is Stand.STOPPED else None,
        last_at=last.at,
    )


def explained(
    stretches: Sequence[Stretch], hours: ServiceHours, until: datetime, outside: str = OUTSIDE_HOURS
) -> Iterator[Stretch]:
    """The stretches cut at the service hours' edges; one that counts and has not ended is shown until `until`.

    What lies `outside` service hours does not count, for that reason.
    """
    for stretch in stretches:
        end = stretch.end if stretch.end or not stretch.counts else max(until, stretch.start)
        if not stretch.counts or end is None:
            yield Stretch(stretch.start, end, stretch.counts, stretch.reason)
            continue
        reached = stretch.start
        for opens, closes in windows(hours, stretch.start, end):
            if reached < opens:
                yield Stretch(reached, opens, False, outside)
            reached = closes or end
            yield Stretch(opens, reached, True, stretch.reason)
        if reached < end:
            yield Stretch(reached, end, False, outside)


def joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Stretches in their order, those that follow each other without a gap and for the same reason as one."""
    before: Stretch | None = None
    for each in stretches:
        if before and (before.end, before.counts, before.reason) == (each.start, each.counts, each.reason):
            before = replace(before, end=each.end)
            continue
        if before:
            yield before
        before = each
    if before:
        yield before


def plain(log: Sequence[Entry]) -> list[Entry]:
    """The entries that change something, each later than the one before; of several at one instant the last counts."""
    found: list[Entry] = []
    for entry in log:
        at = max(entry.at, found[-1].at) if found else entry.at
        if found and found[-1].at == at:
            found.pop()
        if not found or (found[-1].stand, found[-1].reason) != (entry.stand, entry.reason):
            found.append(Entry(at, entry.stand, entry.reason))
    return found


def _backwards(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry | None]]:
    """Each entry with the one before it, the last one first."""
    return zip(reversed(entries), [*reversed(entries[:-1]), None], strict=True)


def _stretches(entries: Sequence[Entry]) -> Iterator[Stretch]:
    """Between the entries; nothing after a clock has stopped."""
    for entry, following in pairwise([*entries, None]):
        if entry and (following or entry.stand is not Stand.STOPPED):
            yield Stretch(entry.at, following.at if following else None, entry.stand is Stand.RUNNING, entry.reason)


def _due(stretches: Sequence[Stretch], target: Target, last_at: datetime) -> datetime:
    left = target.amount
    for stretch in stretches:
        if not stretch.counts:
            continue
        has = None if stretch.end is None else service_time(target.hours, stretch.start, stretch.end)
        if has is None or left <= has:
            return used_up(target.hours, stretch.start, left)
        left -= has
    return used_up(target.hours, last_at, left)


@lru_cache(maxsize=4_096)
def _wall(day: date, minute: int) -> datetime:
    """The instant, in UTC, at which Helsinki's clocks show a minute of a day; minute 1,440 is the next midnight."""
    days, minutes = divmod(minute, MINUTES_A_DAY)
    return datetime.combine(day + days * DAY, time(*divmod(minutes, 60)), HELSINKI).astimezone(UTC)
