"""What waits to be approved for billing is timed as Tiera's duty; the supplier asks, Tiera approves or says no."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE
from backend.kit.deadlines import Deadline, pass_deadlines
from backend.kit.events import Audience, Event
from backend.kit.faults import Code
from backend.rulebook.terms import Terms
from backend.tickets import billing_asking_verbs as asking
from backend.tickets import billing_queries, billing_verbs, deadlines, figures, handling_verbs, queries
from backend.tickets.billing_model import BillingApproval
from backend.tickets.billing_verbs import Figure
from backend.tickets.deadlines import Act, Billing
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.states import ClockKind, Holder, TicketKind, TicketState
from tests.making import NOW
from tests.tickets.making import HOUR, Desk, clock_of, hand_over, make_desk, make_ticket_at_supplier, resolve
from tests.tickets.test_catalogue import make_product, order, refusal

K, S = ClockKind, TicketState


async def make_ordered(session: AsyncSession, desk: Desk) -> Ticket:
    """Ordered at a price, taken by the supplier."""
    ticket = await hand_over(session, desk, await order(session, desk, await make_product(session, desk)))
    return await handling_verbs.take_ticket(session, desk.supplier, ticket_id=ticket.id, now=NOW)


async def told(session: AsyncSession, ticket: Ticket) -> list[tuple[str, Audience]]:
    wanted = sa.select(Event.name, Event.audience).where(
        Event.subject_id == ticket.id, Event.name.in_(("ticket.bill_due_soon", "ticket.bill_late"))
    )
    return [tuple(row) for row in (await session.execute(wanted.order_by(Event.id))).all()]


async def waits(session: AsyncSession, ticket: Ticket) -> bool:
    await session.flush()
    return await billing_queries.waits_for_billing(session, ticket)


@pytest.mark.rule("H11.9-c")
async def test_what_was_ordered_at_a_price_waits_for_tieras_approval_once_it_is_resolved(session: AsyncSession) -> None:
    desk = await make_desk(session, billing_minutes=240)
    ticket = await make_ordered(session, desk)
    assert not await waits(session, ticket)
    await resolve(session, desk, ticket)
    clock = await clock_of(session, ticket, K.BILL)
    assert (clock.owner_id, clock.due_at, clock.rule) == (desk.tiera.organisation_id, NOW + 4 * HOUR, "H11.9-c")
    for hours in (3, 3, 4, 5):
        await pass_deadlines(session, SCHEDULE, now=NOW + hours * HOUR)
    assert await told(session, ticket) == [
        ("ticket.bill_due_soon", Audience.BOTH),
        ("ticket.bill_late", Audience.BOTH),
    ]
    for actor, seen in ((desk.tiera, True), (desk.supplier, True), (desk.customer, False)):
        wanted = sa.select(Deadline.id).where(Deadline.kind == K.BILL.value, queries.visible_clocks(actor, Deadline))
        assert (await session.scalar(wanted) is not None) is seen
    await billing_verbs.approve_for_billing(session, desk.tiera, ticket_ids=[ticket.id], now=NOW + 5 * HOUR)
    assert (await clock_of(session, ticket, K.BILL)).met_at == NOW + 5 * HOUR
    approval = (await session.scalars(sa.select(BillingApproval))).one()
    assert approval.euros == Decimal("320.00")


@pytest.mark.rule("H11.9-c")
async def test_the_supplier_asks_for_what_has_no_price_and_tiera_says_yes_or_no_with_a_reason(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    ticket = await resolve(session, desk, await make_ticket_at_supplier(session, desk))
    assert not await waits(session, ticket), "nothing says that it is to be billed"
    say = {"ticket_id": ticket.id, "reason": "Two hours, as agreed.", "now": NOW + HOUR}
    assert (await refusal(asking.decline_billing(session, desk.tiera, **say))).code is Code.WRONG_STATE
    await asking.ask_for_billing(session, desk.supplier, **say)
    assert await waits(session, ticket)
    assert (await refusal(asking.ask_for_billing(session, desk.supplier, **say))).code is Code.WRONG_STATE
    assert (await refusal(asking.ask_for_billing(session, desk.tiera, **say))).code is Code.NOT_PERMITTED
    assert (await refusal(asking.decline_billing(session, desk.supplier, **say))).code is Code.NOT_PERMITTED
    await asking.decline_billing(session, desk.tiera, **say | {"reason": "It is part of the service."})
    assert not await waits(session, ticket)
    written = sa.select(TicketMessage.text, TicketMessage.audience).where(TicketMessage.ticket_id == ticket.id)
    assert [tuple(row) for row in (await session.execute(written.order_by(TicketMessage.id))).all()][-2:] == [
        ("Two hours, as agreed.", Audience.BOTH),
        ("It is part of the service.", Audience.BOTH),
    ]
    await asking.ask_for_billing(session, desk.supplier, **say | {"now": NOW + 2 * HOUR})
    figure = Figure(euros=Decimal(200))
    await billing_verbs.approve_for_billing(
        session, desk.tiera, ticket_ids=[ticket.id], figure=figure, now=NOW + 2 * HOUR
    )
    assert not await waits(session, ticket)
    again = await refusal(asking.ask_for_billing(session, desk.supplier, **say | {"now": NOW + 3 * HOUR}))
    assert again.code is Code.WRONG_STATE, "it is approved already"


@pytest.mark.rule("H11.9-c")
@pytest.mark.rule("D2.1-c")
async def test_what_waits_is_listed_for_tiera_and_the_supplier_and_never_for_a_customer(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await resolve(session, desk, await make_ordered(session, desk))
    for actor, seen in ((desk.tiera, True), (desk.supplier, True), (desk.customer, False)):
        listed = sa.select(Ticket.id).where(
            figures.is_to_be_approved(Ticket, actor), queries.visible_tickets(actor, Ticket)
        )
        assert ((await session.scalars(listed)).all() == [ticket.id]) is seen


@pytest.mark.rule("H11.9-c")
async def test_what_is_opened_again_is_not_timed_and_waits_anew_when_it_is_resolved(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await resolve(session, desk, await make_ordered(session, desk))
    await handling_verbs.reopen_ticket(session, desk.customer, ticket_id=ticket.id, reason="No.", now=NOW + HOUR)
    clock = await clock_of(session, ticket, K.BILL)
    assert (clock.met_at, clock.dropped_at) == (None, NOW + HOUR)
    await resolve(session, desk, ticket, now=NOW + 2 * HOUR)
    assert await waits(session, ticket)


@pytest.mark.rule("H11.9-c")
def test_a_word_of_tiera_ends_the_time_and_a_new_resolution_begins_it_unless_it_was_approved() -> None:
    def times(*words: Billing | TicketState) -> list[tuple[int, int | None]]:
        acts = [Act(NOW, state=S.OPEN, holder=Holder.SUPPLIER)]
        for n, word in enumerate(words, 1):
            is_billing = isinstance(word, Billing)
            acts.append(Act(NOW + n * HOUR, billing=word if is_billing else None, state=None if is_billing else word))
        kinds = deadlines.tieras_clocks(acts, TicketKind.SERVICE_REQUEST, Terms(), is_priced=True)
        return [
            ((clock.started_at - NOW) // HOUR, clock.stopped_at and (clock.stopped_at - NOW) // HOUR)
            for kind, clock in kinds
            if kind is K.BILL
        ]

    asked, approved, declined = Billing.ASKED, Billing.APPROVED, Billing.DECLINED
    assert times(S.RESOLVED, S.CLOSED) == [(1, None)]
    assert times(S.RESOLVED, declined, S.OPEN, S.RESOLVED) == [(1, 2), (4, None)]
    assert times(S.RESOLVED, approved, S.OPEN, S.RESOLVED) == [(1, 2)]
    assert times(S.RESOLVED, approved, declined, S.CLOSED) == [(1, 2)], "taken back with a reason: a word of Tiera"
    assert times(asked, S.WAITING, S.WITHDRAWN) == [(1, 3)]
    assert times(asked, S.MERGED) == [(1, 2)]
    assert times(asked, S.MERGED, S.OPEN) == [(1, None)], "what was asked is asked still when taken apart"
