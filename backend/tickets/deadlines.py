"""The clocks of a ticket, counted from its events: to answer, to resolve, to tell anew (H2.1-a).

A clock is never added to: each act counts all of them anew from what is on record (`clock_verbs.py`), so that a class
that changes loses no pause, and two acts of one save lose nothing of each other.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from backend.kit.calendar import Counting
from backend.kit.working_time import (
    MINUTE,
    Clock,
    Entry,
    ServiceHours,
    Stand,
    Stretch,
    Target,
    explained,
    plain,
    run_clock,
    used_up,
)
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms
from backend.tickets.rules import Level
from backend.tickets.states import DONE, UNDONE, ClockKind, Holder, StretchReason, TicketKind, TicketState

RELEASE = "ticket_message.release"
"""Tiera's clock for what waits to be released."""
CONFIRM = "agreed_point.confirm"
"""Tiera's clock for what was agreed in a conversation."""
ANSWER = "recurrence.answer"
"""Tiera's clock for what the supplier proposes to have fewer of what recurs."""
REMOVE_SENSITIVE = "ticket.remove_sensitive"
"""When sensitive texts have been kept long enough."""
KINDS = (*ClockKind, RELEASE, CONFIRM, ANSWER)


class Billing(StrEnum):
    """What was said of billing a ticket."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    """Or an approval was taken back."""


@dataclass(frozen=True, slots=True)
class Act:
    """What of an event matters to clocks."""

    at: datetime
    asked_by: int | None = None
    """Of its report: the organisation for which it was made."""
    state: TicketState | None = None
    """To which the ticket moved."""
    holder: Holder | None = None
    """To whose hands it passed."""
    answer: int | None = None
    """The message that went to the asker."""
    taken_back: int | None = None
    """The message that Tiera returned: it was no answer, and what it waited for that was Tiera's time."""
    carries: TicketState | None = None
    """To which the ticket moves once the answer is released: till then clocks stand as if it had."""
    decided: int | None = None
    """The message that Tiera released or returned."""
    handed_back: bool = False
    """Whether the supplier handed it back."""
    taken_up: bool = False
    """Whether whoever has it did something about it."""
    billing: Billing | None = None
    """What was said of billing it."""


@rule("H2.1-a")
def clocks(acts: Sequence[Act], level: Level, terms: Terms) -> Iterator[tuple[ClockKind, Clock]]:
    """The clocks that a ticket's acts (in the order of record, its report first) come to under a level."""
    hours, answers, returned = level.hours(terms), answered_at(acts), _returned(acts)
    stands = _stands(acts, level, returned)
    if level.respond_minutes:
        target = Target(level.respond_minutes * MINUTE, hours)
        yield ClockKind.RESPOND, run_clock(_until(stands, answers[0] if answers else None), target)
    if level.resolve_minutes:
        carrying = returned & {act.answer for act in acts if act.carries is not None}
        yield (
            ClockKind.RESOLVE,
            run_clock(_stands(acts, level, carrying), Target(level.resolve_minutes * MINUTE, hours)),
        )
    if level.update_minutes:
        target = Target(level.update_minutes * MINUTE, hours)
        told = sorted({stands[0].at, *answers, *_taken_up_again(stands)})
        for since, following in zip(told, [*told[1:], None], strict=True):
            part = _since(_until(stands, following), since)
            if part[0].stand is not Stand.STOPPED:
                yield ClockKind.UPDATE, run_clock(part, target)


def _taken_up_again(log: Sequence[Entry]) -> Iterator[datetime]:
    """When what was held to be done went on; where it was only merged meanwhile, what ran before runs on."""
    ended_by: set[str] = set()
    for entry in plain(log):
        if entry.stand is Stand.STOPPED:
            ended_by.add(entry.reason)
            continue
        if ended_by - {StretchReason.MERGED}:
            yield entry.at
        ended_by.clear()


UNDECIDED = (TicketState.NEW, TicketState.OPEN)
"""Where a change waits for Tiera's decision."""


@rule("H11.2.3-a", "H11.4-b", "H11.9-c", "H2.1-a")
def tieras_clocks(
    acts: Sequence[Act], kind: TicketKind, terms: Terms, *, is_priced: bool = False, has_customer: bool = True
) -> Iterator[tuple[ClockKind, Clock]]:
    """The clocks of what the others wait for from Tiera.

    That is a decision on a change, an answer to what was handed back, an approval for billing, and on a ticket without
    a customer an answer to what the supplier asks and waits for. While the ticket is merged none of it is done.
    """
    hours, apart = service_hours(terms), [act for act in acts if act.state is not TicketState.MERGED]
    waits: tuple[tuple[ClockKind, int, Iterator[tuple[datetime, datetime | None]]], ...] = (
        (ClockKind.HAND_BACK, terms.hand_back_minutes, _between(_hand_backs(apart))),
        (ClockKind.BILL, terms.billing_minutes, _between(_unbilled(apart, is_priced=is_priced))),
    )
    if kind is TicketKind.CHANGE:
        waits = ((ClockKind.DECIDE, terms.decision_minutes, _between(_indecision(apart))), *waits)
    if not has_customer:
        waits = ((ClockKind.ANSWER, terms.answer_minutes, _between(_questions(apart))), *waits)
    mergings = list(_mergings(acts))
    for clock_kind, minutes, times in waits:
        for start, end in times:
            log = [Entry(start, Stand.RUNNING, StretchReason.WITH_TIERA), *(e for e in mergings if e.at >= start)]
            yield clock_kind, run_clock(_until(log, end), Target(minutes * MINUTE, hours))


def _mergings(acts: Sequence[Act]) -> Iterator[Entry]:
    """When a ticket was merged and told apart again: what waits for Tiera goes on after that as it stood."""
    is_merged = False
    for act in acts:
        if act.state is TicketState.MERGED:
            is_merged = True
            yield Entry(act.at, Stand.STOPPED, StretchReason.MERGED)
        elif is_merged and act.state is not None:
            is_merged = False
            yield Entry(act.at, Stand.RUNNING, StretchReason.WITH_TIERA)


def _indecision(acts: Sequence[Act]) -> Iterator[tuple[datetime, bool]]:
    return ((act.at, act.state in UNDECIDED) for act in acts if act.state is not None)


def _hand_backs(acts: Sequence[Act]) -> Iterator[tuple[datetime, bool]]:
    return ((act.at, act.handed_back) for act in acts if act.handed_back or act.taken_up or act.state in DONE)


def _questions(acts: Sequence[Act]) -> Iterator[tuple[datetime, bool]]:
    """When what the supplier has waits: for Tiera, where there is no customer."""
    state, holder = TicketState.NEW, Holder.DESK
    for act in acts:
        state, holder = act.state or state, act.holder or holder
        yield act.at, state is TicketState.WAITING and holder is Holder.SUPPLIER


def _unbilled(acts: Sequence[Act], *, is_priced: bool) -> Iterator[tuple[datetime, bool]]:
    """When it waits to be approved for billing: the supplier asks for that, or what has a price is resolved.

    A word of Tiera ends it; what was not approved waits again when it is resolved anew.
    """
    state, said, has_reached_supplier = TicketState.NEW, None, False
    for act in acts:
        state, said = act.state or state, act.billing or said
        has_reached_supplier = has_reached_supplier or act.holder is Holder.SUPPLIER
        if act.state is TicketState.RESOLVED and said is Billing.DECLINED:
            said = None
        is_done = is_priced and has_reached_supplier and state in (TicketState.RESOLVED, TicketState.CLOSED)
        yield act.at, (said is Billing.ASKED and state not in UNDONE) or (said is None and is_done)


def _between(log: Iterator[tuple[datetime, bool]]) -> Iterator[tuple[datetime, datetime | None]]:
    """From when to when something held, each time; the last end may be open, and what lasts no time is left out."""
    since: datetime | None = None
    for at, holds in log:
        if holds and since is None:
            since = at
        elif not holds and since is not None:
            if at > since:
                yield since, at
            since = None
    if since is not None:
        yield since, None


def answered_at(acts: Sequence[Act]) -> list[datetime]:
    """When the asker was written to, the first time first; what Tiera returned was no answer."""
    returned = _returned(acts)
    return sorted(act.at for act in acts if act.answer is not None and act.answer not in returned)


def _returned(acts: Sequence[Act]) -> frozenset[int]:
    """The messages that Tiera returned."""
    return frozenset(act.taken_back for act in acts if act.taken_back is not None)


def _stands(acts: Sequence[Act], level: Level, returned: Collection[int]) -> list[Entry]:
    """How the ticket's state and hands let a clock stand, from its report on.

    While one of the `returned` messages waited for Tiera, it was Tiera's time: it ran for nobody else (H11.4-a).
    A supplier's question is its own wait: with the ticket back at Tiera's desk, nobody is asked before it is released.
    What was not decided on when the ticket was resolved carries nothing any more, should it be opened again.
    """
    state, holder, log = TicketState.NEW, Holder.DESK, []
    carried: dict[int, TicketState] = {}
    with_tiera: dict[int, TicketState | None] = {}
    for act in acts:
        state, holder = act.state or state, act.holder or holder
        if act.answer is not None and act.answer in returned:
            with_tiera[act.answer] = act.carries
        elif act.answer is not None and act.carries is not None:
            carried[act.answer] = act.carries
        carried.pop(act.decided or 0, None)
        with_tiera.pop(act.decided or 0, None)
        if act.state is TicketState.RESOLVED:
            carried.clear()
            with_tiera = {message: carries for message, carries in with_tiera.items() if carries is None}
        said = (each for each in reversed(carried.values()) if _halts(each, holder))
        stands = state if state in DONE else next(said, state)
        if stands in DONE:
            reason = StretchReason.MERGED if stands is TicketState.MERGED else StretchReason.DONE
            log.append(Entry(act.at, Stand.STOPPED, reason))
        elif stands in level.stands_in:
            log.append(Entry(act.at, Stand.PAUSED, StretchReason(stands.value)))
        elif any(_halts(each, holder) for each in with_tiera.values()):
            log.append(Entry(act.at, Stand.PAUSED, StretchReason.WITH_TIERA))
        else:
            reason = StretchReason.AT_DESK if holder is Holder.DESK else StretchReason.AT_SUPPLIER
            log.append(Entry(act.at, Stand.RUNNING, reason))
    return log


def _halts(carries: TicketState | None, holder: Holder) -> bool:
    """Whether a clock stands for words that wait for Tiera, as if they had been read."""
    return carries is not TicketState.WAITING or holder is Holder.SUPPLIER


def _until(log: Sequence[Entry], end: datetime | None) -> list[Entry]:
    """The log of a clock that an answer stops for good."""
    if end is None:
        return list(log)
    return [*(entry for entry in log if entry.at < end), Entry(end, Stand.STOPPED, StretchReason.DONE)]


def _since(log: Sequence[Entry], start: datetime) -> list[Entry]:
    """The log from an instant on, beginning as it stood then."""
    standing = [entry for entry in log if entry.at <= start][-1]
    return [Entry(start, standing.stand, standing.reason), *(entry for entry in log if entry.at > start)]


# As they are recorded


def write(clock: Clock) -> dict[str, Any]:
    """A clock's target and stretches as they are recorded."""
    hours = clock.target.hours
    return {
        "target_minutes": clock.target.amount // MINUTE,
        "spent_minutes": clock.spent // MINUTE,
        "opens": hours.opens,
        "closes": hours.closes,
        "saturdays_count": hours.counting and hours.counting.saturdays_count,
        "stretches": [
            [s.start.isoformat(), s.end and s.end.isoformat(), s.counts, str(s.reason)] for s in clock.stretches
        ],
    }


@rule("H2.1-a")
def explain(recorded: Mapping[str, Any] | None, due_at: datetime) -> list[Stretch]:
    """What of a recorded clock counted and what did not, and why; one that runs is shown up to its deadline."""
    if not recorded or "opens" not in recorded:
        return []
    saturdays = recorded["saturdays_count"]
    counting = None if saturdays is None else Counting(saturdays_count=saturdays)
    stretches = [
        Stretch(datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None, counts, reason)
        for start, end, counts, reason in recorded["stretches"]
    ]
    return list(explained(stretches, ServiceHours(recorded["opens"], recorded["closes"], counting), due_at))


# Tiera's own


def service_hours(terms: Terms) -> ServiceHours:
    """The service hours of business days, in which Tiera's own clocks run."""
    return ServiceHours(terms.service_opens_minutes, terms.service_closes_minutes, terms.counting)


@rule("H11.4-a", "H11.4-e", "H11.3.4-a")
def tieras_time(since: datetime, minutes: int, terms: Terms) -> tuple[datetime, datetime]:
    """When Tiera is warned of what waits for it since an instant, and by when it is done."""
    hours = service_hours(terms)
    share = minutes * MINUTE * int(terms.clock_warning_percent) // 100
    return used_up(hours, since, share), used_up(hours, since, minutes * MINUTE)
