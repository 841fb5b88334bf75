"""What the others wait for from Tiera has clocks, warnings and breaches as theirs have; who is late, both sides see."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE
from backend.kit.deadlines import Deadline, pass_deadlines
from backend.kit.events import Audience, Event
from backend.rulebook.terms import Terms
from backend.tickets import deadlines, handling_verbs, passing_verbs, queries, recurrence_verbs
from backend.tickets.deadlines import Act
from backend.tickets.model import Ticket
from backend.tickets.states import ClockKind, Holder, TicketKind, TicketState
from tests.making import NOW
from tests.tickets.making import HOUR, Desk, clock_of, hand_over, make_desk, make_ticket, make_ticket_at_supplier
from tests.tickets.test_recurrences import make_proposed

K, S = ClockKind, TicketState


async def told(session: AsyncSession, ticket: Ticket) -> list[tuple[str, Audience]]:
    wanted = sa.select(Event.name, Event.audience).where(
        Event.subject_id == ticket.id, sa.or_(Event.name.like("ticket.%_late"), Event.name.like("ticket.%_due_soon"))
    )
    return [tuple(row) for row in (await session.execute(wanted.order_by(Event.id))).all()]


async def change(session: AsyncSession, desk: Desk) -> Ticket:
    return await make_ticket(session, desk, by=desk.supplier, kind=TicketKind.CHANGE)


@pytest.mark.rule("H11.2.3-a")
async def test_a_change_is_decided_on_in_tieras_time_with_a_warning_and_a_breach_once(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session, decision_minutes=240)
    ticket = await change(session, desk)
    clock = await clock_of(session, ticket, K.DECIDE)
    assert (clock.owner_id, clock.due_at, clock.rule) == (desk.tiera.organisation_id, NOW + 4 * HOUR, "H11.2.3-a")
    assert ticket.due_at == clock.due_at
    for hours in (3, 3, 4, 5):
        await pass_deadlines(session, SCHEDULE, now=NOW + hours * HOUR)
    assert await told(session, ticket) == [
        ("ticket.decide_due_soon", Audience.BOTH),
        ("ticket.decide_late", Audience.BOTH),
    ]
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW + 5 * HOUR)
    await handling_verbs.decide_change(
        session, desk.tiera, ticket_id=ticket.id, is_approved=False, reason="Too dear.", now=NOW + 5 * HOUR
    )
    decided = await clock_of(session, ticket, K.DECIDE)
    assert (decided.met_at, decided.dropped_at) == (NOW + 5 * HOUR, None)


@pytest.mark.rule("H11.4-b")
async def test_what_the_supplier_hands_back_is_taken_up_in_tieras_own_time(session: AsyncSession) -> None:
    desk = await make_desk(session, hand_back_minutes=120)
    ticket = await make_ticket_at_supplier(session, desk)
    for hours in (1, 3):
        await passing_verbs.hand_back_ticket(
            session, desk.supplier, ticket_id=ticket.id, reason="Not ours.", now=NOW + hours * HOUR
        )
        clock = await clock_of(session, ticket, K.HAND_BACK)
        assert (clock.started_at, clock.due_at) == (NOW + hours * HOUR, NOW + (hours + 2) * HOUR)
        assert clock.owner_id == desk.tiera.organisation_id
        await hand_over(session, desk, ticket, now=NOW + (hours + 1) * HOUR)
        assert (await clock_of(session, ticket, K.HAND_BACK)).met_at == NOW + (hours + 1) * HOUR


@pytest.mark.rule("H2.1-a")
async def test_both_sides_see_tieras_clocks_and_a_customer_none(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    await passing_verbs.hand_back_ticket(session, desk.supplier, ticket_id=ticket.id, reason="Not ours.", now=NOW)
    for actor, seen in ((desk.tiera, True), (desk.supplier, True), (desk.customer, False)):
        wanted = sa.select(Deadline.id).where(
            Deadline.kind == K.HAND_BACK.value, queries.visible_clocks(actor, Deadline)
        )
        assert (await session.scalar(wanted) is not None) is seen


async def test_a_withdrawn_change_needs_no_decision_and_what_was_kept_stays_kept(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await change(session, desk)
    await hand_over(session, desk, ticket, now=NOW + HOUR)
    await passing_verbs.hand_back_ticket(session, desk.supplier, ticket_id=ticket.id, reason="No.", now=NOW + HOUR)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW + 2 * HOUR)
    await handling_verbs.withdraw_ticket(session, desk.tiera, ticket_id=ticket.id, reason="No.", now=NOW + 3 * HOUR)
    decide, hand_back = [await clock_of(session, ticket, kind) for kind in (K.DECIDE, K.HAND_BACK)]
    assert (decide.met_at, decide.dropped_at) == (None, NOW + 3 * HOUR)
    assert (hand_back.met_at, hand_back.dropped_at) == (NOW + 2 * HOUR, None)


@pytest.mark.rule("H11.2.3-a")
def test_a_change_that_is_opened_again_is_decided_on_anew() -> None:
    states = (S.NEW, S.OPEN, S.APPROVED, S.RESOLVED, S.OPEN, S.APPROVED)
    acts = [Act(NOW + n * HOUR, state=state, holder=Holder.DESK) for n, state in enumerate(states)]

    def times(kind: TicketKind) -> list[tuple[timedelta, timedelta | None]]:
        clocks = deadlines.tieras_clocks(acts, kind, Terms())
        return [(clock.started_at - NOW, clock.stopped_at and clock.stopped_at - NOW) for _, clock in clocks]

    assert times(TicketKind.CHANGE) == [(0 * HOUR, 2 * HOUR), (4 * HOUR, 5 * HOUR)]
    assert times(TicketKind.INCIDENT) == []


@pytest.mark.rule("H11.4-a")
@pytest.mark.rule("H11.4-e")
def test_a_warning_comes_when_a_share_of_tieras_time_is_used_up() -> None:
    since = datetime.fromisoformat("2026-11-24T13:00:00+00:00")  # three o'clock in Helsinki
    warn_at, due_at = deadlines.tieras_time(since, 120, Terms())
    assert (warn_at - since, due_at - since) == (timedelta(hours=17, minutes=30), timedelta(hours=18))


@pytest.mark.rule("H11.3.4-a")
async def test_a_proposal_is_answered_in_tieras_time_with_a_warning_and_a_breach_once(session: AsyncSession) -> None:
    desk = await make_desk(session, decision_minutes=240)
    recurrence = await make_proposed(session, desk)
    assert recurrence.answer_due_at == NOW + 4 * HOUR
    for hours in (3, 3, 4, 5):
        await pass_deadlines(session, SCHEDULE, now=NOW + hours * HOUR)
    wanted = sa.select(Event.name, Event.audience).where(Event.name.like("recurrence.answer_%")).order_by(Event.id)
    assert [tuple(row) for row in (await session.execute(wanted)).all()] == [
        ("recurrence.answer_due_soon", Audience.BOTH),
        ("recurrence.answer_late", Audience.BOTH),
    ]
    answer = {"recurrence_id": recurrence.id, "is_accepted": True, "reason": "Hyvä.", "now": NOW + 5 * HOUR}
    await recurrence_verbs.answer_proposal(session, desk.tiera, **answer)  # type: ignore[arg-type]
    clock = (await session.scalars(sa.select(Deadline).where(Deadline.kind == deadlines.ANSWER))).one()
    assert (clock.owner_id, clock.rule, clock.met_at) == (desk.tiera.organisation_id, "H11.3.4-a", NOW + 5 * HOUR)
