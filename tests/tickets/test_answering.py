"""On a ticket without a customer: whose words answer whoever asked, and who can be asked (H2.1-a)."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor
from backend.kit.deadlines import Deadline
from backend.kit.events import Audience
from backend.kit.faults import Refusal
from backend.kit.working_time import MINUTE
from backend.rulebook.criticality import Criticality
from backend.tickets import billing_asking_verbs, figures, handling_verbs, passing_verbs, policy, reporting_verbs
from backend.tickets.clock_figures import WORDS, is_due_soon, is_suppliers_late, is_tieras_late
from backend.tickets.model import Ticket
from backend.tickets.quality_model import QualityDeviation
from backend.tickets.states import ClockKind, Holder, Reach, TicketAction, TicketState
from tests.making import NOW
from tests.tickets.making import HOUR, Desk, clock_of, hand_over, make_desk, make_ticket, write
from tests.tickets.test_lateness import pass_time, shown

K = ClockKind

READ_BY_BOTH = pytest.mark.parametrize("audience", [Audience.ALL, Audience.BOTH])


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


async def answered_at(session: AsyncSession, ticket: Ticket) -> object:
    clock = await clock_of(session, ticket, K.RESPOND)
    assert clock.met_at == ticket.responded_at
    return clock.met_at


@pytest.mark.rule("H2.1-a")
@READ_BY_BOTH
async def test_without_a_customer_words_of_the_other_side_than_asked_are_the_answer(
    session: AsyncSession, desk: Desk, audience: Audience
) -> None:
    for asks, answers in ((desk.tiera, desk.supplier), (desk.supplier, desk.tiera)):
        ticket = await hand_over(session, desk, await make_ticket(session, desk, by=asks))
        await write(session, asks, ticket, audience=audience)
        assert await answered_at(session, ticket) is None, "who asked does not answer itself"
        await write(session, answers, ticket, audience=audience, now=NOW + HOUR)
        assert await answered_at(session, ticket) == NOW + HOUR
        assert (await clock_of(session, ticket, K.UPDATE)).started_at == NOW + HOUR


@pytest.mark.rule("H2.1-a")
@READ_BY_BOTH
async def test_what_tiera_writes_on_its_own_before_the_supplier_has_it_answers_nobody(
    session: AsyncSession, desk: Desk, audience: Audience
) -> None:
    ticket = await make_ticket(session, desk, by=desk.tiera)
    await write(session, desk.tiera, ticket, audience=audience)
    await hand_over(session, desk, ticket, now=NOW + HOUR)
    assert await answered_at(session, ticket) is None
    await write(session, desk.supplier, ticket, now=NOW + 2 * HOUR)
    assert await answered_at(session, ticket) == NOW + 2 * HOUR


async def recall(session: AsyncSession, actor: Actor, ticket: Ticket, *, now: datetime = NOW) -> None:
    await passing_verbs.recall_ticket(session, actor, ticket_id=ticket.id, reason="Ours.", now=now)


async def change_class(session: AsyncSession, actor: Actor, ticket: Ticket) -> None:
    await reporting_verbs.change_ticket_class(
        session, actor, ticket_id=ticket.id, criticality=Criticality.HIGH, reach=Reach.ONE_USER, reason="More.", now=NOW
    )


@pytest.mark.rule("H2.1-a")
@pytest.mark.parametrize("act", [recall, change_class])
async def test_the_reason_of_an_act_is_no_answer_whoever_asked(session: AsyncSession, desk: Desk, act: object) -> None:
    for asks in (desk.tiera, desk.supplier):
        ticket = await hand_over(session, desk, await make_ticket(session, desk, by=asks))
        await act(session, desk.tiera, ticket)  # type: ignore[operator]
        assert await answered_at(session, ticket) is None


@pytest.mark.rule("H2.1-a", "H11.9-c")
async def test_what_is_to_be_billed_is_no_answer_to_tiera(session: AsyncSession, desk: Desk) -> None:
    ticket = await hand_over(session, desk, await make_ticket(session, desk, by=desk.tiera))
    await handling_verbs.take_ticket(session, desk.supplier, ticket_id=ticket.id, now=NOW)
    asked = {"ticket_id": ticket.id, "reason": "Two hours.", "now": NOW + HOUR}
    await billing_asking_verbs.ask_for_billing(session, desk.supplier, **asked)  # type: ignore[arg-type]
    assert await answered_at(session, ticket) is None
    assert (await clock_of(session, ticket, K.UPDATE)).met_at is None


@pytest.mark.rule("H2.1-a")
async def test_tieras_class_change_at_its_own_desk_is_no_answer(session: AsyncSession, desk: Desk) -> None:
    ticket = await make_ticket(session, desk, by=desk.tiera)
    await change_class(session, desk.tiera, ticket)
    assert await answered_at(session, ticket) is None


@pytest.mark.rule("H2.1-a")
async def test_what_the_supplier_answers_asks_and_resolves_is_the_answer_to_tiera(
    session: AsyncSession, desk: Desk
) -> None:
    for verb in (handling_verbs.respond_to_ticket, handling_verbs.wait_for_requester, handling_verbs.resolve_ticket):
        ticket = await hand_over(session, desk, await make_ticket(session, desk, by=desk.tiera))
        await handling_verbs.take_ticket(session, desk.supplier, ticket_id=ticket.id, now=NOW)
        await verb(session, desk.supplier, ticket_id=ticket.id, text="So.", now=NOW + HOUR)
        assert await answered_at(session, ticket) == NOW + HOUR


@pytest.mark.rule("H2.1-a")
async def test_nobody_is_asked_where_there_is_no_customer_and_the_supplier_has_not_seen_it(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket(session, desk, by=desk.tiera)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    asked: dict[str, Any] = {"ticket_id": ticket.id, "text": "Since when?", "now": NOW}

    async def can_ask() -> bool:
        has = await session.scalar(sa.select(figures.has_whom_to_ask(Ticket)).where(Ticket.id == ticket.id))
        facts = policy.Facts(has_whom_to_ask=bool(has))
        return TicketAction.WAIT in policy.available_actions(desk.tiera, ticket.kind, ticket.state, Holder.DESK, facts)

    assert not await can_ask()
    with pytest.raises(Refusal) as refusal:
        await handling_verbs.wait_for_requester(session, desk.tiera, **asked)
    assert (refusal.value.errors[0].rule, ticket.state) == ("H2.1-a", TicketState.OPEN)
    await hand_over(session, desk, ticket)
    await recall(session, desk.tiera, ticket)
    assert await can_ask()
    await handling_verbs.wait_for_requester(session, desk.tiera, **asked)
    assert ticket.state is TicketState.WAITING


async def recalled(session: AsyncSession, desk: Desk, *, now: datetime = NOW, **changes: Any) -> Ticket:
    """Tiera's own, which the supplier has seen and Tiera has."""
    ticket = await hand_over(
        session, desk, await make_ticket(session, desk, by=desk.tiera, now=now, **changes), now=now
    )
    await recall(session, desk.tiera, ticket)
    return ticket


async def suppliers_own(session: AsyncSession, desk: Desk, **changes: Any) -> Ticket:
    """A supplier's report that it has itself, for Tiera handed it over."""
    return await hand_over(session, desk, await make_ticket(session, desk, by=desk.supplier, **changes))


@pytest.mark.rule("H2.1-a")
async def test_words_are_owed_by_the_other_side_than_reported_it_whoever_has_the_ticket(
    session: AsyncSession, desk: Desk
) -> None:
    tiera, supplier = desk.tiera.organisation_id, desk.supplier.organisation_id
    for make, has_it, owes in ((suppliers_own, supplier, tiera), (recalled, tiera, supplier)):
        ticket = await make(session, desk)
        clocks = [await clock_of(session, ticket, kind) for kind in (K.RESPOND, K.UPDATE, K.RESOLVE)]
        assert [clock.owner_id for clock in clocks] == [owes, owes, has_it]
        assert ticket.due_at == clocks[2].due_at > clocks[0].due_at, "whoever has it is not due by words of the other"
    own = await make_ticket(session, desk, by=desk.tiera)
    respond = await clock_of(session, own, K.RESPOND)
    assert (respond.owner_id, own.due_at) == (tiera, respond.due_at), "before the supplier sees it, it is Tiera's time"
    await hand_over(session, desk, own, now=NOW + 5 * HOUR)
    respond, update = [await clock_of(session, own, kind) for kind in (K.RESPOND, K.UPDATE)]
    assert (respond.owner_id, update.owner_id, own.due_at) == (tiera, supplier, respond.due_at), "used up by Tiera"


@pytest.mark.rule("H2.1-a", "H11.3.4-d")
async def test_who_is_late_with_words_is_whose_words_they_are(session: AsyncSession, desk: Desk) -> None:
    figures_of_it = (WORDS.waits, WORDS.due_at, WORDS.is_due_soon, is_due_soon, is_tieras_late, is_suppliers_late)
    critical = {"criticality": Criticality.CRITICAL}
    theirs, ours = await suppliers_own(session, desk, **critical), await recalled(session, desk, **critical)
    asked_by_customer = await hand_over(session, desk, await make_ticket(session, desk, **critical))
    due_at = NOW + 30 * MINUTE
    await pass_time(session, NOW + 25 * MINUTE)
    for ticket, owes, other in ((theirs, desk.tiera, desk.supplier), (ours, desk.supplier, desk.tiera)):
        assert await shown(session, ticket, owes, *figures_of_it) == [True, due_at, True, False, False, False]
        assert await shown(session, ticket, other, *figures_of_it) == [False, None, False, False, False, False]
        assert await shown(session, ticket, desk.customer, WORDS.waits) == [False]
    for actor in (desk.tiera, desk.supplier):
        assert await shown(session, asked_by_customer, actor, WORDS.waits) == [False], "whoever has it answers"
    await write(session, desk.supplier, asked_by_customer, now=NOW + 29 * MINUTE)
    await pass_time(session, due_at)
    for actor in (desk.tiera, desk.supplier):
        assert await shown(session, theirs, actor, is_tieras_late, is_suppliers_late) == [True, False]
        assert await shown(session, ours, actor, is_tieras_late, is_suppliers_late) == [False, True]
    missed = (await session.scalars(sa.select(QualityDeviation))).all()
    assert [(each.ticket_id, each.supplier_id) for each in missed] == [(ours.id, desk.supplier.organisation_id)]
    await write(session, desk.tiera, theirs, now=due_at)
    await handling_verbs.withdraw_ticket(session, desk.tiera, ticket_id=theirs.id, reason="Ohi.", now=NOW + HOUR)
    assert await shown(session, theirs, desk.tiera, WORDS.waits, WORDS.due_at) == [False, None]


@pytest.mark.rule("H2.1-a", "H11.3.4-d")
async def test_words_on_what_one_side_reported_stand_on_the_others_desk_also_where_the_time_was_used_up_before(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket(session, desk, by=desk.tiera, criticality=Criticality.CRITICAL)
    await hand_over(session, desk, ticket, now=NOW + 40 * MINUTE)
    respond = await clock_of(session, ticket, K.RESPOND)
    assert (respond.owner_id, respond.due_at) == (desk.tiera.organisation_id, NOW + 30 * MINUTE), "Tiera's, used up"
    for actor in (desk.tiera, desk.supplier):
        assert await shown(session, ticket, actor, WORDS.waits, WORDS.due_at) == [False, None], "whoever has it says"
    await recall(session, desk.tiera, ticket, now=NOW + 50 * MINUTE)
    assert await shown(session, ticket, desk.tiera, WORDS.waits, WORDS.due_at) == [False, None]
    assert await shown(session, ticket, desk.supplier, WORDS.waits, WORDS.due_at) == [True, respond.due_at]
    await write(session, desk.supplier, ticket, now=NOW + 55 * MINUTE)
    update = await clock_of(session, ticket, K.UPDATE)
    assert await shown(session, ticket, desk.supplier, WORDS.due_at) == [update.due_at]


@pytest.mark.rule("H2.1-a")
async def test_nobody_answers_what_their_own_side_reported(session: AsyncSession, desk: Desk) -> None:
    at_desk = await make_ticket(session, desk, by=desk.tiera)
    by_supplier = await make_ticket(session, desk, by=desk.supplier)
    handed_over = await hand_over(session, desk, await make_ticket(session, desk, by=desk.tiera))
    for ticket, actor, can in (
        (at_desk, desk.tiera, False),
        (await suppliers_own(session, desk), desk.supplier, False),
        (by_supplier, desk.tiera, True),
        (handed_over, desk.supplier, True),
        (await make_ticket(session, desk), desk.tiera, True),
    ):
        (has,) = await shown(session, ticket, actor, lambda row, _: figures.has_whom_to_answer(row))
        facts = policy.Facts(has_whom_to_answer=bool(has))
        offered = policy.available_actions(actor, ticket.kind, ticket.state, ticket.holder, facts)
        assert (TicketAction.RESPOND in offered) is can
        answer = handling_verbs.respond_to_ticket(session, actor, ticket_id=ticket.id, text="So.", now=NOW)
        if can:
            assert (await answer).responded_at == NOW
            continue
        with pytest.raises(Refusal) as refusal:
            await answer
        assert (refusal.value.errors[0].rule, ticket.state) == ("H2.1-a", TicketState.NEW)


@pytest.mark.rule("H2.1-a")
async def test_what_the_side_that_reported_it_resolves_by_itself_was_answered_by_nobody(
    session: AsyncSession, desk: Desk
) -> None:
    for make, has_it in ((suppliers_own, desk.supplier), (recalled, desk.tiera)):
        for minutes, ends in ((20, (None, NOW + 20 * MINUTE)), (40, (NOW + 40 * MINUTE, None))):
            ticket = await make(session, desk, criticality=Criticality.CRITICAL)
            at = NOW + minutes * MINUTE
            await handling_verbs.take_ticket(session, has_it, ticket_id=ticket.id, now=NOW)
            await handling_verbs.resolve_ticket(session, has_it, ticket_id=ticket.id, text="Korjattu.", now=at)
            respond = await clock_of(session, ticket, K.RESPOND)
            assert (respond.met_at, respond.dropped_at) == ends, "what was used up stays so"
            assert (await clock_of(session, ticket, K.RESOLVE)).met_at == at and ticket.responded_at is None


@pytest.mark.rule("H2.1-a")
@pytest.mark.parametrize("then", ["opened again", "withdrawn after that"])
async def test_what_was_resolved_without_an_answer_was_answered_by_nobody_also_when_it_is_opened_again(
    session: AsyncSession, desk: Desk, then: str
) -> None:
    ticket = await recalled(session, desk)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    resolved = {"ticket_id": ticket.id, "text": "Korjattu.", "now": NOW + HOUR}
    await handling_verbs.resolve_ticket(session, desk.tiera, **resolved)  # type: ignore[arg-type]
    again = {"ticket_id": ticket.id, "reason": "Ei.", "now": NOW + 2 * HOUR}
    await handling_verbs.reopen_ticket(session, desk.tiera, **again)  # type: ignore[arg-type]
    if then == "withdrawn after that":
        ended = {"ticket_id": ticket.id, "reason": "Ohi.", "now": NOW + 3 * HOUR}
        await handling_verbs.withdraw_ticket(session, desk.tiera, **ended)  # type: ignore[arg-type]
    wanted = sa.select(Deadline).where(Deadline.about_id == ticket.id, Deadline.kind == K.UPDATE.value)
    first, second = (await session.scalars(wanted.order_by(Deadline.started_at))).all()
    assert (first.met_at, first.dropped_at) == (None, NOW + HOUR)
    assert (second.started_at, second.met_at) == (NOW + 2 * HOUR, None)
