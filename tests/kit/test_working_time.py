"""Service time and clocks, against a slow count that looks at every single minute."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.kit.calendar import MONDAY_TO_FRIDAY, SATURDAYS_TOO, is_business_day
from backend.kit.clock import HELSINKI
from backend.kit.working_time import (
    MINUTE,
    OUTSIDE_HOURS,
    ROUND_THE_CLOCK,
    Entry,
    ServiceHours,
    Stand,
    Target,
    explained,
    run_clock,
    service_minutes,
    used_up,
)

OFFICE = ServiceHours(8 * 60, 16 * 60, MONDAY_TO_FRIDAY)
SHOP = ServiceHours(9 * 60 + 30, 24 * 60, SATURDAYS_TOO)
HOUR = timedelta(hours=1)


def helsinki(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), HELSINKI).astimezone(UTC)


def is_service_minute(hours: ServiceHours, minute: datetime) -> bool:
    """The obvious answer: what the wall says, and which day it is."""
    if hours.counting is None:
        return True
    wall = minute.astimezone(HELSINKI)
    shown = wall.hour * 60 + wall.minute
    return hours.opens <= shown < hours.closes and is_business_day(wall.date(), hours.counting)


def counted(hours: ServiceHours, start: datetime, end: datetime) -> int:
    minutes = range((end - start) // MINUTE)
    return sum(is_service_minute(hours, start + n * MINUTE) for n in minutes)


def stand_at(log: Sequence[Entry], minute: datetime) -> Stand:
    return [entry for entry in log if entry.at <= minute][-1].stand


def slow_clock(log: Sequence[Entry], target: Target, until: datetime) -> tuple[int, datetime | None]:
    """Minutes spent by the log's end, and the end of the minute that used the target up, looked for until `until`."""
    spent, due, minute, end = 0, None, log[0].at, log[-1].at
    total = 0
    while minute < until and (due is None or minute < end):
        runs = stand_at(log, minute) is Stand.RUNNING
        if runs and is_service_minute(target.hours, minute):
            total += 1
            spent += minute < end
            if total == target.amount // MINUTE:
                due = minute + MINUTE
        minute += MINUTE
    return spent, due


all_hours = st.sampled_from([ROUND_THE_CLOCK, OFFICE, SHOP, ServiceHours(0, 24 * 60, MONDAY_TO_FRIDAY)])
starts = st.sampled_from(
    [
        datetime(2026, 3, 27, 5, tzinfo=UTC),  # a Friday; summer time begins on Sunday
        datetime(2026, 10, 23, 6, tzinfo=UTC),  # and ends
        datetime(2026, 12, 22, 11, tzinfo=UTC),  # Christmas
        datetime(2027, 3, 24, 12, tzinfo=UTC),  # Easter, with the summer time that begins on its Sunday
        datetime(2026, 6, 17, 20, tzinfo=UTC),  # Midsummer
        datetime(2026, 11, 24, 8, tzinfo=UTC),
    ]
)
gaps = st.integers(0, 3_000)


@st.composite
def logs(draw: st.DrawFn) -> list[Entry]:
    at = draw(starts) + draw(st.integers(0, 1_500)) * MINUTE
    log = [Entry(at, Stand.RUNNING, "open")]
    for n in range(draw(st.integers(0, 5))):
        at += draw(gaps) * MINUTE
        log.append(Entry(at, draw(st.sampled_from(list(Stand))), f"change {n}"))
    return log


@given(all_hours, starts, st.integers(0, 1_500), gaps)
@settings(max_examples=40, deadline=None)
def test_service_time_is_what_counting_every_minute_gives(
    hours: ServiceHours, start: datetime, shift: int, length: int
) -> None:
    start += shift * MINUTE
    end = start + length * MINUTE
    assert service_minutes(hours, start, end) == counted(hours, start, end)


@given(all_hours, starts, st.integers(0, 1_500), st.integers(1, 3_000))
@settings(max_examples=40, deadline=None)
def test_what_is_used_up_at_an_instant_is_used_up_there_and_no_minute_earlier(
    hours: ServiceHours, start: datetime, shift: int, minutes: int
) -> None:
    start += shift * MINUTE
    due = used_up(hours, start, minutes * MINUTE)
    assert counted(hours, start, due) == minutes
    assert counted(hours, start, due - MINUTE) == minutes - 1


@pytest.mark.rule("H2.1-a")
@given(logs(), all_hours, st.integers(1, 1_500))
@settings(max_examples=50, deadline=None)
def test_a_clock_is_what_counting_every_minute_of_its_log_gives(
    log: list[Entry], hours: ServiceHours, minutes: int
) -> None:
    target = Target(minutes * MINUTE, hours)
    clock = run_clock(log, target)
    spent, due = slow_clock(log, target, log[-1].at + timedelta(days=9))
    assert clock.spent == spent * MINUTE
    if due is not None:
        assert clock.due_at == due
        assert clock.paused_at is None or due > log[-1].at
    else:
        assert clock.paused_at or clock.stopped_at
    parts = list(explained(clock.stretches, hours, clock.due_at))
    assert all(a.end == b.start for a, b in pairwise(parts))
    shown = sum(
        (min(p.end, log[-1].at) - p.start) // MINUTE for p in parts if p.counts and p.end and p.start < log[-1].at
    )
    assert shown == spent


@pytest.mark.rule("H2.1-a")
@given(logs(), st.integers(0, 20), st.integers(1, 1_500))
@settings(max_examples=40, deadline=None)
def test_a_pause_wholly_outside_service_hours_changes_nothing(log: list[Entry], nth: int, minutes: int) -> None:
    target = Target(minutes * MINUTE, OFFICE)
    running = [s for s in run_clock(log, target).stretches if s.counts]
    nights = [p for s in running for p in explained([s], OFFICE, s.start + timedelta(days=5)) if not p.counts]
    if not nights:
        return
    night = nights[nth % len(nights)]
    assert night.reason == OUTSIDE_HOURS and night.end is not None
    at = next(s for s in running if s.start <= night.start and (s.end is None or night.end <= s.end))
    pause = [Entry(night.start, Stand.PAUSED, "a pause"), Entry(night.end, Stand.RUNNING, at.reason)]
    before, after = [e for e in log if e.at <= night.start], [e for e in log if e.at > night.start]
    if any(e.at <= night.end for e in after):
        return
    with_pause, without = run_clock([*before, *pause, *after], target), run_clock(log, target)
    assert (with_pause.spent, with_pause.stopped_at) == (
        without.spent + service_minutes(OFFICE, log[-1].at, pause[-1].at) * MINUTE if not after else without.spent,
        without.stopped_at,
    )
    assert with_pause.due_at == without.due_at


@pytest.mark.rule("H2.1-a")
@given(logs(), all_hours, all_hours, st.integers(1, 1_500), st.integers(1, 1_500))
@settings(max_examples=40, deadline=None)
def test_under_another_target_the_log_is_counted_anew_and_no_pause_is_lost(
    log: list[Entry], before: ServiceHours, after: ServiceHours, minutes: int, others: int
) -> None:
    first, second = run_clock(log, Target(minutes * MINUTE, before)), run_clock(log, Target(others * MINUTE, after))
    assert first.stretches == second.stretches
    assert second.spent == slow_clock(log, second.target, log[-1].at)[0] * MINUTE


def test_what_two_acts_of_one_save_leave_counts_once_and_the_last_holds() -> None:
    start = helsinki(date(2026, 11, 24), 10)
    log = [Entry(start, Stand.RUNNING, "open")]
    once = [*log, Entry(start + HOUR, Stand.PAUSED, "waits")]
    twice = [*log, Entry(start + HOUR, Stand.STOPPED, "resolved"), Entry(start + HOUR, Stand.PAUSED, "waits")]
    target = Target(4 * HOUR, OFFICE)
    assert run_clock(twice, target) == run_clock(once, target)
    assert run_clock(once, target).paused_at == start + HOUR


def test_an_entry_that_claims_to_be_earlier_counts_from_what_was_on_record_before_it() -> None:
    start = helsinki(date(2026, 11, 24), 10)
    log = [
        Entry(start, Stand.RUNNING, "open"),
        Entry(start + HOUR, Stand.PAUSED, "waits"),
        Entry(start + HOUR - MINUTE, Stand.RUNNING, "open"),
    ]
    clock = run_clock(log, Target(4 * HOUR, OFFICE))
    assert clock.due_at == start + 4 * HOUR and clock.paused_at is None


def test_a_clock_that_stops_and_runs_on_does_not_count_what_lay_between() -> None:
    start = helsinki(date(2026, 11, 24), 10)
    log = [Entry(start, Stand.RUNNING, "open"), Entry(start + HOUR, Stand.STOPPED, "resolved")]
    target = Target(2 * HOUR, OFFICE)
    stopped = run_clock(log, target)
    assert stopped.stopped_at == start + HOUR and not stopped.is_breached
    reopened = run_clock([*log, Entry(start + 3 * HOUR, Stand.RUNNING, "open again")], target)
    assert (reopened.stopped_at, reopened.due_at) == (None, start + 4 * HOUR)
    assert [(s.counts, s.reason) for s in reopened.stretches] == [
        (True, "open"),
        (False, "resolved"),
        (True, "open again"),
    ]


def test_a_clock_whose_time_is_used_up_does_not_stand() -> None:
    start = helsinki(date(2026, 11, 24), 10)
    log = [Entry(start, Stand.RUNNING, "open"), Entry(start + 3 * HOUR, Stand.PAUSED, "waits")]
    clock = run_clock(log, Target(2 * HOUR, OFFICE))
    assert (clock.due_at, clock.paused_at) == (start + 2 * HOUR, None)
    stopped = run_clock([*log, Entry(start + 4 * HOUR, Stand.STOPPED, "resolved")], clock.target)
    assert stopped.is_breached and stopped.due_at == start + 2 * HOUR


@pytest.mark.rule("H2.1-a")
@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        # two business days over Independence Day's weekend, Christmas, Easter, Midsummer, the eves that are at work
        (helsinki(date(2026, 12, 4), 15), 120, helsinki(date(2026, 12, 7), 9)),
        (helsinki(date(2026, 12, 23), 15, 30), 60, helsinki(date(2026, 12, 28), 8, 30)),
        (helsinki(date(2027, 3, 25), 12), 480, helsinki(date(2027, 3, 30), 12)),
        (helsinki(date(2026, 6, 18), 12), 480, helsinki(date(2026, 6, 22), 12)),
        (helsinki(date(2026, 12, 31), 12), 480, helsinki(date(2027, 1, 4), 12)),
        (helsinki(date(2026, 4, 30), 12), 480, helsinki(date(2026, 5, 4), 12)),
        # outside service hours the time begins with them; it ends with a day, not with the next one's morning
        (helsinki(date(2026, 11, 28), 13), 60, helsinki(date(2026, 11, 30), 9)),
        (helsinki(date(2026, 11, 24), 8), 480, helsinki(date(2026, 11, 24), 16)),
    ],
)
def test_business_hours_leave_nights_weekends_and_holidays_out(start: datetime, minutes: int, due: datetime) -> None:
    assert used_up(OFFICE, start, minutes * MINUTE) == due


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 10, 26), 24)]
)
def test_round_the_clock_a_day_is_as_long_as_it_is(day: date, hours: int) -> None:
    start, end = helsinki(day, 0), helsinki(day + timedelta(days=1), 0)
    assert service_minutes(ROUND_THE_CLOCK, start, end) == hours * 60
    assert used_up(ROUND_THE_CLOCK, start, hours * HOUR) == end


@pytest.mark.parametrize("monday", [date(2026, 3, 30), date(2026, 10, 26)])
def test_over_a_change_to_or_from_summer_time_office_hours_follow_the_wall(monday: date) -> None:
    friday = monday - timedelta(days=3)
    assert used_up(OFFICE, helsinki(friday, 15), 2 * HOUR) == helsinki(monday, 9)


def test_where_saturdays_count_easter_saturday_does_not() -> None:
    assert service_minutes(SHOP, helsinki(date(2027, 3, 27), 0), helsinki(date(2027, 3, 28), 0)) == 0
    assert service_minutes(SHOP, helsinki(date(2027, 4, 3), 0), helsinki(date(2027, 4, 4), 0)) == 870


def test_the_share_at_which_a_warning_is_due_is_counted_by_the_same_log() -> None:
    start = helsinki(date(2026, 11, 24), 10)
    log = [
        Entry(start, Stand.RUNNING, "open"),
        Entry(start + HOUR, Stand.PAUSED, "waits"),
        Entry(start + 2 * HOUR, Stand.RUNNING, "open"),
    ]
    clock = run_clock(log, Target(4 * HOUR, OFFICE))
    assert (clock.share_used_up(75), clock.due_at) == (start + 4 * HOUR, start + 5 * HOUR)


@pytest.mark.parametrize("wrong", [(60, 60), (-1, 60), (0, 1441)])
def test_hours_that_never_open_are_no_hours(wrong: tuple[int, int]) -> None:
    with pytest.raises(ValueError):
        ServiceHours(*wrong, MONDAY_TO_FRIDAY)
