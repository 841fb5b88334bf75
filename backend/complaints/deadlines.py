"""By when a complaint is acknowledged, taken up and answered, and which days of that counted."""

from datetime import date, datetime

from backend.complaints.states import ComplaintClockKind
from backend.kit.calendar import (
    DAY,
    MICROSECOND,
    count_business_days,
    due_in_business_days,
    end_of_day,
    helsinki_date,
    roll_forward,
    start_of_day,
)
from backend.kit.working_time import (
    MINUTES_A_DAY,
    Clock,
    Entry,
    ServiceHours,
    Stand,
    Stretch,
    Target,
    explained,
    joined,
    run_clock,
    service_time,
    used_up,
)
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms
from backend.tickets.states import StretchReason

ACKNOWLEDGEMENT = ComplaintClockKind.ACKNOWLEDGEMENT.value
BEGINNING = ComplaintClockKind.BEGINNING.value
RESPONSE = ComplaintClockKind.RESPONSE.value
JUDGEMENT = ComplaintClockKind.JUDGEMENT.value
KINDS = tuple(kind.value for kind in ComplaintClockKind)


@rule("H11.10-b")
def acknowledge_due_at(sent_at: datetime, terms: Terms) -> datetime:
    """When the supplier must have acknowledged a complaint."""
    return due_in_business_days(sent_at, terms.complaint_acknowledge_days, terms.counting)


@rule("H11.10-j")
def begin_due_at(acknowledged_at: datetime, terms: Terms) -> datetime:
    """When the first action must be on record: without delay, which a term says in days."""
    return due_in_business_days(acknowledged_at, terms.complaint_begin_days, terms.counting)


@rule("H11.10-c")
def response_due_at(sent_at: datetime, terms: Terms) -> datetime:
    """When a proper response must have arrived at Tiera, counted from the complaint's arrival."""
    return due_in_business_days(sent_at, terms.complaint_response_days, terms.counting)


@rule("H11.10-c")
def due_on(day: date, terms: Terms) -> datetime:
    """When time that is given until a day ends: with that day, or the next business day where it is none."""
    return end_of_day(roll_forward(day, terms.counting))


@rule("H11.10-d")
def judge_due_at(answered_at: datetime, terms: Terms) -> datetime:
    """When Tiera has judged a response, counted from its arrival."""
    return due_in_business_days(answered_at, terms.complaint_judgement_days, terms.counting)


@rule("H11.10-b", "H11.10-j", "H11.10-c", "H11.10-d")
def warn_at(started_at: datetime, due_at: datetime, terms: Terms) -> datetime:
    """When those who must keep such a time are told that it nears its end.

    Where it is too short for a warning so many days before, they are told when a share of its business days is used up.
    """
    before = terms.warn_at(due_at, started_at)
    if before is not None:
        return before
    hours, begins = _business_days(terms), _begins(started_at)
    share = service_time(hours, begins, due_at + MICROSECOND) * int(terms.clock_warning_percent) / 100
    return used_up(hours, begins, share)


def _begins(started_at: datetime) -> datetime:
    """When a time begins to count: with the day after that on which it arose."""
    return start_of_day(helsinki_date(started_at) + DAY)


def _business_days(terms: Terms) -> ServiceHours:
    return ServiceHours(0, MINUTES_A_DAY, terms.counting)


@rule("H11.10-b", "H11.10-j", "H11.10-c", "H11.10-d")
def clock_of(
    kind: ComplaintClockKind,
    started_at: datetime,
    due_at: datetime,
    terms: Terms,
    *,
    waits_since: datetime | None = None,
    ended_at: datetime | None = None,
) -> Clock:
    """A time of a complaint as the engine runs it: whole business days, from the day after that on which it arose.

    It stands while a response waits for Tiera's judgement (`waits_since`). If that is not proper, it has run on.
    """
    hours, begins = _business_days(terms), _begins(started_at)
    whose = StretchReason.WITH_TIERA if kind is ComplaintClockKind.JUDGEMENT else StretchReason.AT_SUPPLIER
    log = [
        Entry(started_at, Stand.PAUSED, StretchReason.DAY_OF_ARRIVAL),
        Entry(begins, Stand.RUNNING, whose),
    ]
    for at, stand, reason in (
        (waits_since, Stand.PAUSED, StretchReason.WITH_TIERA),
        (ended_at, Stand.STOPPED, StretchReason.DONE),
    ):
        if at is not None:
            log = [*(entry for entry in log if entry.at < at), Entry(at, stand, reason)]
    return run_clock(log, Target(service_time(hours, begins, due_at + MICROSECOND), hours))


def explain(clock: Clock, due_at: datetime) -> list[Stretch]:
    """Which days of a clock counted and which did not, and why; one that runs is shown up to its deadline."""
    until = due_at + MICROSECOND
    return list(joined(explained(clock.stretches, clock.target.hours, until, StretchReason.NO_BUSINESS_DAY)))


@rule("H11.10-c")
def business_days_to(answered_at: datetime, sent_at: datetime, terms: Terms) -> int:
    """How many business days a response took; the day on which the complaint was sent does not count."""
    return count_business_days(helsinki_date(sent_at), helsinki_date(answered_at), terms.counting)
