"""Whatever happens to a ticket, in whatever order: its clocks are what counting every minute of its record gives."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.kit.calendar import MONDAY_TO_FRIDAY, is_business_day
from backend.kit.clock import HELSINKI
from backend.kit.database import make_engine, make_sessions
from backend.kit.deadlines import Deadline
from backend.kit.entrance import Entrance
from backend.kit.working_time import MINUTE
from backend.rulebook.criticality import Criticality
from backend.rulebook.terms import DEFAULTS
from backend.tickets import handling_verbs, message_verbs, reporting_verbs
from backend.tickets.deadlines import Act, clocks
from backend.tickets.model import Ticket
from backend.tickets.rules import DEFAULT_LEVELS, Level
from backend.tickets.states import (
    DONE,
    ClockKind,
    Holder,
    Reach,
    ServiceTime,
    TicketKind,
    TicketState,
)
from tests.making import NOW
from tests.tickets.making import HOUR, Desk, make_desk, make_ticket

I = TicketKind.INCIDENT  # noqa: E741
STATES = (TicketState.OPEN, TicketState.WAITING, TicketState.RESOLVED)


@st.composite
def records(draw: st.DrawFn) -> list[Act]:
    """A report, then states, hands, answers (some that carry a state) and what Tiera did with them, some at once."""
    at, acts, answers = NOW + draw(st.integers(0, 1_000)) * MINUTE, [], 0
    acts.append(Act(at, state=TicketState.NEW, holder=Holder.DESK))
    for _ in range(draw(st.integers(0, 6))):
        at += draw(st.sampled_from((0, 1, 37, 240, 1_111))) * MINUTE
        match draw(st.sampled_from(("state", "state", "holder", "answer", "carries", "taken_back", "released"))):
            case "state":
                acts.append(Act(at, state=draw(st.sampled_from(STATES))))
            case "holder":
                acts.append(Act(at, holder=draw(st.sampled_from(list(Holder)))))
            case "answer":
                answers += 1
                acts.append(Act(at, answer=answers))
            case "carries":
                answers += 1
                acts.append(Act(at, answer=answers, carries=draw(st.sampled_from(STATES[1:]))))
            case "taken_back" if answers:
                which = draw(st.integers(1, answers))
                acts.append(Act(at, taken_back=which, decided=which))
            case "released" if answers:
                which = draw(st.integers(1, answers))
                acts += [Act(at, state=act.carries) for act in acts if act.answer == which and act.carries]
                acts.append(Act(at, decided=which))
    return acts


def counts(level: Level, minute: datetime) -> bool:
    """Whether a minute is service time, by the wall."""
    if level.service_time is ServiceTime.ROUND_THE_CLOCK:
        return True
    wall = minute.astimezone(HELSINKI)
    return 8 <= wall.hour < 16 and is_business_day(wall.date(), MONDAY_TO_FRIDAY)


def undecided(acts: list[Act], minute: datetime) -> list[Act]:
    """What was said by a minute, and not decided on: no question of a supplier's that has the ticket no more.

    Nor what would have moved a ticket that was resolved since.
    """
    done = [act for act in acts if act.at <= minute]
    decided = {act.decided: n for n, act in enumerate(done) if act.decided}
    waits = [(n, act) for n, act in enumerate(done) if act.answer and decided.get(act.answer, -1) < n]
    resolved = max((n for n, act in enumerate(done) if act.state is TicketState.RESOLVED), default=-1)
    is_at_supplier = [act.holder for act in done if act.holder][-1] is Holder.SUPPLIER
    passing = {TicketState.WAITING: not is_at_supplier}
    return [act for n, act in waits if not act.carries or (n > resolved and not passing.get(act.carries))]


def returned(acts: list[Act]) -> set[int | None]:
    """What was said in vain: Tiera returned it in the end."""
    return {act.taken_back for act in acts}


def stood(acts: list[Act], minute: datetime) -> TicketState:
    """How a ticket stood in the eyes of a clock: what ended it, else what was said last and not decided on, or so."""
    state = [act.state for act in acts if act.at <= minute and act.state][-1]
    said = [act.carries for act in undecided(acts, minute) if act.carries and act.answer not in returned(acts)]
    return state if state in DONE or not said else said[-1]


def waited_for_tiera(acts: list[Act], kind: ClockKind, minute: datetime) -> bool:
    """Whether something waited that Tiera returned in the end; for the resolution only what was to end or halt it."""
    waited = [act for act in undecided(acts, minute) if act.answer in returned(acts)]
    return any(act.carries or kind is not ClockKind.RESOLVE for act in waited)


def spent(acts: list[Act], level: Level, kind: ClockKind, start: datetime, end: datetime | None) -> int:
    """Minutes from `start` to `end` (or the last act) in which the ticket was worked on in service time."""
    last = max(act.at for act in acts)
    minute, total = start, 0
    while minute < (last if end is None else min(end, last)):
        state = stood(acts, minute)
        is_worked_on = state not in DONE and state not in level.stands_in
        total += is_worked_on and not waited_for_tiera(acts, kind, minute) and counts(level, minute)
        minute += MINUTE
    return total


def reopened(acts: list[Act]) -> list[datetime]:
    """The instants at which a ticket that was done before is not done any more: telling anew begins anew."""
    done = {act.at: stood(acts, act.at) in DONE for act in acts}
    instants = sorted(done)
    return [now for before, now in pairwise(instants) if done[before] and not done[now]]


RESOLVED_AND_REOPENED_AT_ONCE = [
    Act(NOW, state=TicketState.NEW, holder=Holder.DESK),
    Act(NOW + MINUTE, state=TicketState.RESOLVED),
    Act(NOW + MINUTE, state=TicketState.OPEN),
    Act(NOW + 2 * MINUTE, state=TicketState.OPEN),
]

ANSWERED_AND_RETURNED = [
    Act(NOW, state=TicketState.NEW, holder=Holder.SUPPLIER),
    Act(NOW + 10 * MINUTE, answer=1),
    Act(NOW + 40 * MINUTE, answer=2, carries=TicketState.RESOLVED),
    Act(NOW + 70 * MINUTE, taken_back=1, decided=1),
    Act(NOW + 80 * MINUTE, taken_back=2, decided=2),
    Act(NOW + 90 * MINUTE, holder=Holder.SUPPLIER),
]


@pytest.mark.rule("H2.1-a")
@example(RESOLVED_AND_REOPENED_AT_ONCE, Criticality.CRITICAL)
@example(ANSWERED_AND_RETURNED, Criticality.CRITICAL)
@given(records(), st.sampled_from(list(Criticality)))
@settings(max_examples=60, deadline=None)
def test_clocks_are_what_counting_every_minute_of_the_record_gives(acts: list[Act], criticality: Criticality) -> None:
    level = DEFAULT_LEVELS[I, criticality]
    answers = sorted(act.at for act in acts if act.answer and act.answer not in returned(acts))
    first = answers[0] if answers else None
    found = list(clocks(acts, level, DEFAULTS))
    for kind, clock in found:
        following = sorted(at for at in (*answers, *reopened(acts)) if at > clock.started_at)
        ends = {
            ClockKind.RESPOND: first,
            ClockKind.RESOLVE: None,
            ClockKind.UPDATE: following[0] if following else None,
        }
        assert clock.spent == spent(acts, level, kind, clock.started_at, ends[kind]) * MINUTE, kind
    assert [kind for kind, _ in found][:2] == [ClockKind.RESPOND, ClockKind.RESOLVE]


async def test_nothing_is_lost_when_several_act_at_once(database_url: str) -> None:
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        desk: Desk = await make_desk(session)
        ticket_id = (await make_ticket(session, desk)).id
    entrance = Entrance(sessions, clock=lambda: NOW + HOUR)
    await asyncio.gather(
        entrance.enter(
            desk.tiera, reporting_verbs.change_ticket_class, ticket_id=ticket_id, criticality=Criticality.HIGH,
            reach=Reach.ONE_USER, reason="More.",
        ),
        entrance.enter(desk.tiera, handling_verbs.take_ticket, ticket_id=ticket_id),
        entrance.enter(desk.tiera, message_verbs.write_message, ticket_id=ticket_id, text="We look at it."),
        entrance.enter(desk.customer, message_verbs.write_message, ticket_id=ticket_id, text="Still so."),
        *(entrance.enter(desk.tiera, handling_verbs.respond_to_ticket, ticket_id=ticket_id, text=str(n)) for n in "ab"),
    )  # fmt: skip
    async with sessions() as session:
        ticket = await session.get_one(Ticket, ticket_id)
        clock = (
            await session.scalars(
                sa.select(Deadline).where(Deadline.about_id == ticket_id, Deadline.kind == ClockKind.RESOLVE.value)
            )
        ).one()
        respond = (
            await session.scalars(
                sa.select(Deadline).where(Deadline.about_id == ticket_id, Deadline.kind == ClockKind.RESPOND.value)
            )
        ).one()
    await engine.dispose()
    assert (ticket.criticality, ticket.state) == (Criticality.HIGH, TicketState.OPEN)
    assert clock.due_at == NOW + timedelta(hours=24)  # eight hours from ten, in service hours
    assert respond.met_at == NOW + HOUR and respond.due_at == NOW + HOUR
