"""A time that ended late is told once, with its notice and deviation, whichever way it came to be late (H2.1-a)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE, Language
from backend.kit.database import Sessions, make_engine, make_sessions
from backend.kit.deadlines import FormerDeadline, pass_deadlines
from backend.kit.entrance import Entrance
from backend.kit.events import Event
from backend.kit.working_time import MINUTE
from backend.notices.wording import say
from backend.rulebook.criticality import Criticality
from backend.tickets import handling_verbs, reporting_verbs
from backend.tickets.model import Ticket
from backend.tickets.quality_model import QualityDeviation
from backend.tickets.quality_states import DeviationKind
from backend.tickets.states import ClockKind, Reach
from tests.making import NOW
from tests.notices.making import tell, told
from tests.tickets.making import HOUR, Desk, clock_of, make_desk, make_ticket_at_supplier, write
from tests.waiting import until_blocked

C, K = Criticality, ClockKind
LATE = "ticket.respond_late"


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    engine = make_engine(database_url)
    yield make_sessions(engine)
    await engine.dispose()


async def change_class(
    session: AsyncSession, desk: Desk, ticket: Ticket, criticality: Criticality, *, now: datetime
) -> None:
    said = {"criticality": criticality, "reach": Reach.ONE_USER, "reason": "It is so."}
    await reporting_verbs.change_ticket_class(session, desk.tiera, ticket_id=ticket.id, **said, now=now)


async def answer_late(session: AsyncSession, desk: Desk, ticket: Ticket) -> None:
    """The answer comes after the deadline, before the worker."""
    await write(session, desk.supplier, ticket, now=NOW + 31 * MINUTE)


async def raise_class(session: AsyncSession, desk: Desk, ticket: Ticket) -> None:
    """It was answered in the time of its class, and not in that of the class that it has now."""
    await change_class(session, desk, ticket, C.NORMAL, now=NOW)
    await write(session, desk.supplier, ticket, now=NOW + 31 * MINUTE)
    await change_class(session, desk, ticket, C.CRITICAL, now=NOW + HOUR)


async def withdraw(session: AsyncSession, desk: Desk, ticket: Ticket) -> None:
    """The ticket ends after the deadline, before the worker."""
    at = {"reason": "Mine.", "now": NOW + 31 * MINUTE}
    await handling_verbs.withdraw_ticket(session, desk.customer, ticket_id=ticket.id, **at)


async def lates(session: AsyncSession, ticket: Ticket) -> list[Event]:
    wanted = sa.select(Event).where(Event.subject_id == ticket.id, Event.name == LATE)
    return list((await session.scalars(wanted.order_by(Event.id))).all())


@pytest.mark.rule("H2.1-a", "H11.3.4-d")
@pytest.mark.parametrize(("come_late", "is_done"), [(answer_late, True), (raise_class, True), (withdraw, False)])
async def test_what_ended_late_before_it_was_told_is_told_once_and_put_on_the_agenda(
    session: AsyncSession, come_late: Callable[..., Awaitable[None]], is_done: bool
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk, criticality=C.CRITICAL)
    await come_late(session, desk, ticket)
    assert await lates(session, ticket) == []
    for days in range(3):
        await pass_deadlines(session, SCHEDULE, now=NOW + days * 24 * HOUR + 2 * HOUR)
    clock = await clock_of(session, ticket, K.RESPOND)
    assert (clock.due_at, clock.breached_at) == (NOW + 30 * MINUTE, NOW + 2 * HOUR)
    (late,) = await lates(session, ticket)
    done = {"done_at": (NOW + 31 * MINUTE).isoformat()} if is_done else {}
    assert late.figures == {"due_at": (NOW + 30 * MINUTE).isoformat(), **done}
    await tell(session)
    assert await told(session, late) == sorted([desk.tiera.person_id or 0, desk.supplier.person_id or 0])
    missed = sa.select(QualityDeviation.ticket_id).where(QualityDeviation.kind == DeviationKind.MISSED_LEVEL)
    assert (await session.scalars(missed)).all() == [ticket.id]


@pytest.mark.rule("H2.1-a")
async def test_what_was_told_in_its_time_is_not_told_again_when_it_is_done(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk, criticality=C.CRITICAL)
    await pass_deadlines(session, SCHEDULE, now=NOW + 30 * MINUTE)
    await write(session, desk.supplier, ticket, now=NOW + HOUR)
    await pass_deadlines(session, SCHEDULE, now=NOW + 61 * MINUTE)
    (late,) = await lates(session, ticket)
    assert (late.at, "done_at" in late.figures) == (NOW + 30 * MINUTE, False)


@pytest.mark.rule("H2.1-a")
async def test_what_was_done_in_time_or_is_of_its_ticket_no_more_is_not_told(session: AsyncSession) -> None:
    desk = await make_desk(session)
    in_time = await make_ticket_at_supplier(session, desk, criticality=C.CRITICAL)
    await write(session, desk.supplier, in_time, now=NOW + 30 * MINUTE)
    gone = await make_ticket_at_supplier(session, desk, criticality=C.CRITICAL)
    clock = await clock_of(session, gone, K.RESPOND)
    clock.dropped_at = NOW + HOUR
    await pass_deadlines(session, SCHEDULE, now=NOW + 2 * HOUR)
    assert (await lates(session, in_time), await lates(session, gone)) == ([], [])


@pytest.mark.rule("H2.1-a")
async def test_a_breach_of_a_class_is_none_where_it_was_done_in_the_time_of_the_next(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk, criticality=C.CRITICAL)
    await raise_class(session, desk, ticket)
    await pass_deadlines(session, SCHEDULE, now=NOW + 5 * HOUR)
    await change_class(session, desk, ticket, C.NORMAL, now=NOW + 5 * HOUR)
    clock = await clock_of(session, ticket, K.RESPOND)
    assert (clock.due_at, clock.breached_at) == (NOW + 4 * HOUR, None)
    await pass_deadlines(session, SCHEDULE, now=NOW + 5 * HOUR)
    assert len(await lates(session, ticket)) == 1


@pytest.mark.rule("H2.1-a")
async def test_two_workers_at_once_tell_what_ended_late_once(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        desk = await make_desk(session)
        tickets = [await make_ticket_at_supplier(session, desk, criticality=C.CRITICAL) for _ in range(3)]
        for ticket in tickets:
            await answer_late(session, desk, ticket)
    entrance = Entrance(sessions, clock=lambda: NOW + HOUR)
    await asyncio.gather(*(entrance.enter(SCHEDULE, pass_deadlines) for _ in range(4)))
    await entrance.enter(SCHEDULE, pass_deadlines)
    async with sessions() as session:
        assert [len(await lates(session, ticket)) for ticket in tickets] == [1, 1, 1]


@pytest.mark.rule("H2.1-a", "H11.7.1-a")
async def test_a_breach_told_while_a_count_waits_is_kept_as_it_was_told(sessions: Sessions) -> None:
    """As at midnight: the figures of the day before know the breach that was told in its last minute."""
    async with sessions.begin() as session:
        desk = await make_desk(session)
        ticket = await make_ticket_at_supplier(session, desk, criticality=C.CRITICAL)
    counting = Entrance(sessions, clock=lambda: NOW + 24 * HOUR)
    async with sessions.begin() as telling:
        await pass_deadlines(telling, SCHEDULE, now=NOW + 24 * HOUR - MINUTE)
        said: dict[str, Any] = {"criticality": C.NORMAL, "reach": Reach.ONE_USER, "reason": "It is so."}
        verb = reporting_verbs.change_ticket_class
        count = asyncio.create_task(counting.enter(desk.tiera, verb, ticket_id=ticket.id, **said))
        await until_blocked(sessions)
    assert (await count).errors == ()
    async with sessions() as session:
        former = sa.select(FormerDeadline).where(FormerDeadline.about_id == ticket.id)
        kept = {row.kind: row for row in (await session.scalars(former)).all()}
        respond = kept[K.RESPOND.value]
        assert (respond.breached_at, respond.told_until) == (NOW + 24 * HOUR - MINUTE, NOW + 24 * HOUR)


@pytest.mark.rule("H2.1-a")
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (Language.EN, "It was done only on 24.11.2026 at\xa010.31."),
        (Language.FI, "Se tehtiin vasta 24.11.2026 klo\xa010.31."),
        (Language.SV, "Det gjordes först 24.11.2026"),
    ],
)
def test_what_is_told_late_says_when_it_was_done(language: Language, sentence: str) -> None:
    figures = {"due_at": (NOW + 30 * MINUTE).isoformat(), "done_at": (NOW + 31 * MINUTE).isoformat()}
    assert sentence in say(language, LATE, figures)
    assert say(language, LATE, figures).startswith(say(language, LATE, {"due_at": figures["due_at"]}))
