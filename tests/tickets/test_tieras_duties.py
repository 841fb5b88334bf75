"""What the others wait for from Tiera has clocks, warnings and breaches as theirs have; who is late, both sides see."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE, Actor
from backend.kit.deadlines import Deadline, pass_deadlines
from backend.kit.events import Audience, Event
from backend.kit.working_time import Clock
from backend.rulebook.terms import Terms
from backend.tickets import deadlines, handling_verbs, passing_verbs, queries, recurrence_verbs
from backend.tickets.clock_figures import ANSWER, is_suppliers_late, is_tieras_late
from backend.tickets.clock_verbs import TIERAS
from backend.tickets.deadlines import Act
from backend.tickets.figures import awaits_own_answer
from backend.tickets.model import Ticket
from backend.tickets.recurrence_model import Recurrence
from backend.tickets.recurrence_queries import is_answer_due_soon
from backend.tickets.states import ClockKind, Holder, TicketKind, TicketState
from tests.making import NOW
from tests.notices.making import tell
from tests.notices.making import told as told_of
from tests.tickets.making import (
    HOUR,
    Desk,
    clock_of,
    hand_over,
    make_desk,
    make_ticket,
    make_ticket_at_supplier,
    write,
)
from tests.tickets.test_lateness import pass_time, shown
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


async def make_question(
    session: AsyncSession, desk: Desk, *, asks: Actor, now: datetime = NOW, **changes: Any
) -> Ticket:
    """A supplier's own report, on which a side asks the other and waits."""
    ticket = await make_ticket(session, desk, by=desk.supplier, **changes)
    if asks is desk.supplier:
        await hand_over(session, desk, ticket)
    await handling_verbs.take_ticket(session, asks, ticket_id=ticket.id, now=now)
    return await handling_verbs.wait_for_requester(session, asks, ticket_id=ticket.id, text="Which hosts?", now=now)


@pytest.mark.rule("H2.1-a")
async def test_what_the_supplier_asks_is_answered_in_tieras_time_with_a_warning_and_a_breach_once(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session, answer_minutes=120)
    ticket = await make_question(session, desk, asks=desk.supplier)
    clock = await clock_of(session, ticket, K.ANSWER)
    assert (clock.owner_id, clock.due_at, clock.rule) == (desk.tiera.organisation_id, NOW + 2 * HOUR, "H2.1-a")
    assert (ticket.due_at, (await clock_of(session, ticket, K.RESOLVE)).paused_at) == (None, NOW), "the others stand"
    figures = (ANSWER.waits, ANSWER.due_at, ANSWER.is_due_soon, is_tieras_late, is_suppliers_late)
    await pass_time(session, NOW + HOUR * 3 / 2)
    for actor in (desk.tiera, desk.supplier):
        assert await shown(session, ticket, actor, *figures) == [True, clock.due_at, True, False, False]
    for hours in (2, 3):
        await pass_deadlines(session, SCHEDULE, now=NOW + hours * HOUR)
    assert await told(session, ticket) == [
        ("ticket.answer_due_soon", Audience.BOTH),
        ("ticket.answer_late", Audience.BOTH),
    ]
    for actor in (desk.tiera, desk.supplier):
        assert await shown(session, ticket, actor, *figures) == [True, clock.due_at, False, True, False]
    await write(session, desk.tiera, ticket, "A note.", Audience.TIERA, now=NOW + 3 * HOUR)
    assert (await clock_of(session, ticket, K.ANSWER)).met_at is None, "a note of Tiera's own is no answer"
    await write(session, desk.tiera, ticket, "Both.", now=NOW + 4 * HOUR)
    assert (ticket.state, (await clock_of(session, ticket, K.ANSWER)).met_at) == (S.OPEN, NOW + 4 * HOUR)
    assert await shown(session, ticket, desk.supplier, *figures) == [False, None, False, False, False]


@pytest.mark.rule("H2.1-a")
async def test_a_question_is_told_to_the_side_that_is_asked_and_waits_for_it_alone(session: AsyncSession) -> None:
    desk = await make_desk(session)
    to_tiera = await make_question(session, desk, asks=desk.supplier)
    to_supplier = await make_question(session, desk, asks=desk.tiera)
    to_customer = await make_ticket(session, desk)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=to_customer.id, now=NOW)
    asked = {"ticket_id": to_customer.id, "text": "Which page?", "now": NOW}
    await handling_verbs.wait_for_requester(session, desk.tiera, **asked)  # type: ignore[arg-type]
    await tell(session)
    for actor, ticket, name in (
        (desk.tiera, to_tiera, "ticket.waiting_for_tiera"),
        (desk.supplier, to_supplier, "ticket.waiting_for_supplier"),
        (desk.customer, to_customer, "ticket.waiting"),
    ):
        for each in (to_tiera, to_supplier, to_customer):
            assert await shown(session, each, actor, awaits_own_answer) == [each is ticket]
        event = (await session.scalars(sa.select(Event).where(Event.name == name))).one()
        assert (event.subject_id, await told_of(session, event)) == (ticket.id, [actor.person_id])
    kinds = sa.select(Deadline.about_id).where(Deadline.kind == K.ANSWER.value)
    assert (await session.scalars(kinds)).all() == [to_tiera.id], "no other question is Tiera's to answer"


@pytest.mark.rule("H2.1-a")
def test_tiera_answers_while_the_supplier_has_what_waits_and_no_customer_is_asked() -> None:
    desk, supplier = Holder.DESK, Holder.SUPPLIER
    acts = [
        Act(NOW, state=S.NEW, holder=desk),
        Act(NOW + 1 * HOUR, state=S.WAITING),  # Tiera asks
        Act(NOW + 2 * HOUR, state=S.OPEN),
        Act(NOW + 3 * HOUR, holder=supplier),
        Act(NOW + 4 * HOUR, state=S.WAITING),
        Act(NOW + 5 * HOUR, holder=desk),  # recalled
        Act(NOW + 6 * HOUR, state=S.OPEN, holder=supplier),
        Act(NOW + 7 * HOUR, state=S.WAITING),
    ]

    def times(*, has_customer: bool) -> list[tuple[timedelta, timedelta | None]]:
        clocks = deadlines.tieras_clocks(acts, TicketKind.INCIDENT, Terms(), has_customer=has_customer)
        return [(c.started_at - NOW, c.stopped_at and c.stopped_at - NOW) for kind, c in clocks if kind is K.ANSWER]

    assert times(has_customer=False) == [(4 * HOUR, 5 * HOUR), (7 * HOUR, None)]
    assert times(has_customer=True) == []


@pytest.mark.rule("H2.1-a", "H11.4-b")
@pytest.mark.parametrize("way", ["handed over", "handed back", "recalled"])
async def test_a_wait_without_a_customer_ends_when_whoever_was_asked_gets_the_ticket(
    session: AsyncSession, way: str
) -> None:
    desk = await make_desk(session)
    asks = desk.tiera if way == "handed over" else desk.supplier
    ticket = await make_question(session, desk, asks=asks)
    passes = {"ticket_id": ticket.id, "reason": "Yours.", "now": NOW + HOUR}
    match way:
        case "handed over":
            await passing_verbs.hand_over_ticket(session, desk.tiera, **passes)  # type: ignore[arg-type]
        case "handed back":
            await passing_verbs.hand_back_ticket(session, desk.supplier, **passes)  # type: ignore[arg-type]
        case "recalled":
            await passing_verbs.recall_ticket(session, desk.tiera, **passes)  # type: ignore[arg-type]
    assert ticket.state is S.OPEN
    for actor in (desk.tiera, desk.supplier):
        assert await shown(session, ticket, actor, awaits_own_answer) == [False]
    names = sa.select(Event.name).where(Event.subject_kind == "Ticket", Event.at == NOW + HOUR).order_by(Event.id)
    told_now = (await session.scalars(names)).all()
    assert told_now[-2:] == ["ticket.resumed", f"ticket.{way.replace(' ', '_')}"]
    resolve = await clock_of(session, ticket, K.RESOLVE)
    has_it = desk.supplier if way == "handed over" else desk.tiera
    assert (resolve.paused_at, resolve.owner_id) == (None, has_it.organisation_id)
    asked = sa.select(Deadline.met_at, Deadline.dropped_at).where(Deadline.kind == K.ANSWER.value)
    expected = [] if way == "handed over" else [(None, NOW + HOUR)]
    assert [tuple(row) for row in (await session.execute(asked)).all()] == expected, "nothing was answered"


@pytest.mark.rule("H2.1-a", "H11.4-b")
async def test_what_tiera_was_asked_stays_late_when_it_takes_the_ticket_back_after_its_time(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session, answer_minutes=120)
    ticket = await make_question(session, desk, asks=desk.supplier)
    recalled = {"ticket_id": ticket.id, "reason": "Ours.", "now": NOW + 3 * HOUR}
    await passing_verbs.recall_ticket(session, desk.tiera, **recalled)  # type: ignore[arg-type]
    clock = await clock_of(session, ticket, K.ANSWER)
    assert (clock.due_at, clock.met_at, clock.dropped_at) == (NOW + 2 * HOUR, NOW + 3 * HOUR, None)
    await pass_deadlines(session, SCHEDULE, now=NOW + 4 * HOUR)
    assert ("ticket.answer_late", Audience.BOTH) in await told(session, ticket), "before anybody had told it"


@pytest.mark.rule("H2.1-a")
async def test_while_a_question_of_the_suppliers_waits_for_release_at_tieras_desk_nobody_is_asked(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    await handling_verbs.wait_for_requester(session, desk.supplier, ticket_id=ticket.id, text="When?", now=NOW)
    assert (await clock_of(session, ticket, K.RESOLVE)).paused_at == NOW
    await passing_verbs.recall_ticket(session, desk.tiera, ticket_id=ticket.id, reason="Ours.", now=NOW + HOUR)
    clock = await clock_of(session, ticket, K.RESOLVE)
    assert (clock.paused_at, clock.owner_id) == (None, desk.tiera.organisation_id)
    await hand_over(session, desk, ticket, now=NOW + 2 * HOUR)
    assert (await clock_of(session, ticket, K.RESOLVE)).paused_at == NOW + 2 * HOUR


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


@pytest.mark.rule("H11.2.3-a", "H11.4-b", "H11.9-c", "H2.1-a")
@pytest.mark.parametrize("kind", TIERAS)
def test_what_waits_for_tiera_runs_on_from_when_a_merged_ticket_is_told_apart_again(kind: K) -> None:
    waits = {
        K.DECIDE: Act(NOW, state=S.OPEN),
        K.HAND_BACK: Act(NOW, holder=Holder.DESK, handed_back=True),
        K.ANSWER: Act(NOW, state=S.WAITING),
        K.BILL: Act(NOW, billing=deadlines.Billing.ASKED),
    }[kind]
    acts = [
        Act(NOW - HOUR, state=S.APPROVED, holder=Holder.SUPPLIER),
        waits,
        Act(NOW + HOUR, state=S.MERGED),
        Act(NOW + 3 * HOUR, state=waits.state or S.APPROVED),
    ]

    def counted(acts: list[Act]) -> Clock:
        kinds = deadlines.tieras_clocks(acts, TicketKind.CHANGE, Terms(), has_customer=False)
        (clock,) = [each for its, each in kinds if its is kind]
        return clock

    alone, merged, apart = counted(acts[:-2]), counted(acts[:-1]), counted(acts)
    assert (alone.started_at, merged.started_at, merged.stopped_at) == (NOW, NOW, NOW + HOUR)
    assert (apart.started_at, apart.stopped_at, apart.due_at) == (NOW, None, alone.due_at + 2 * HOUR)
    assert [stretch.reason for stretch in apart.stretches if not stretch.counts] == ["merged"]


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
    is_soon = sa.select(is_answer_due_soon(Recurrence)).where(Recurrence.id == recurrence.id)
    for hours, soon in ((2, False), (3, True), (3, True), (4, False), (5, False)):
        await pass_deadlines(session, SCHEDULE, now=NOW + hours * HOUR)
        assert await session.scalar(is_soon) is soon
    wanted = sa.select(Event.name, Event.audience).where(Event.name.like("recurrence.answer_%")).order_by(Event.id)
    assert [tuple(row) for row in (await session.execute(wanted)).all()] == [
        ("recurrence.answer_due_soon", Audience.BOTH),
        ("recurrence.answer_late", Audience.BOTH),
    ]
    answer = {"recurrence_id": recurrence.id, "is_accepted": True, "reason": "Hyvä.", "now": NOW + 5 * HOUR}
    await recurrence_verbs.answer_proposal(session, desk.tiera, **answer)  # type: ignore[arg-type]
    clock = (await session.scalars(sa.select(Deadline).where(Deadline.kind == deadlines.ANSWER))).one()
    assert (clock.owner_id, clock.rule, clock.met_at) == (desk.tiera.organisation_id, "H11.3.4-a", NOW + 5 * HOUR)
