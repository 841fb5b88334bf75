"""Tickets on invoices: nothing is booked or billed before Tiera has approved it, and then no more (H11.9-c)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours.approval_verbs import approve_hours
from backend.hours.figures import is_without_permission
from backend.hours.model import TimeEntry
from backend.hours.verbs import correct_hours
from backend.invoices import billed_work
from backend.invoices.billed_work import bills_or_credits, is_for_service
from backend.invoices.deciding_verbs import approve_lines
from backend.invoices.judging_verbs import judge_stale_invoice
from backend.invoices.model import Finding, Invoice, InvoiceLine
from backend.invoices.states import Ground, InvoiceKind, InvoiceState, LineState
from backend.invoices.withdrawing_verbs import withdraw_lines
from backend.kit.actor import SCHEDULE
from backend.kit.amounts import Minutes
from backend.kit.events import Audience, Event
from backend.kit.faults import Code, Refusal
from backend.ledger.model import Account
from backend.tickets import billing_queries, billing_verbs
from backend.tickets.billing_model import BillingApproval
from backend.tickets.handling_verbs import reopen_ticket, resolve_ticket
from backend.tickets.message_verbs import release_message
from backend.tickets.states import TicketKind
from tests.invoices.making import NOW, lines_of, make_invoice
from tests.invoices.ticket_making import (
    Desk,
    a_sum_line,
    allow,
    an_effort_line,
    billing_of,
    book,
    make_desk,
    make_ticket,
)
from tests.making import supplier_manager, tiera_key_user, tiera_service_manager
from tests.tickets.making import newest_waiting


async def refusal(act: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await act
    return caught.value


async def codes_of(session: AsyncSession, invoice: Invoice) -> list[str]:
    wanted = sa.select(Finding.code).where(Finding.invoice_id == invoice.id, Finding.ended_at.is_(None))
    return sorted(code.value for code in (await session.scalars(wanted)).all())


@pytest.mark.rule("H11.9-c")
async def test_before_it_is_approved_nothing_is_booked_on_a_ticket_and_no_line_for_it_passes(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, resolved=True)
    assert (await session.scalars(sa.select(Account).where(Account.purpose == "billing"))).all() == []
    invoice = await make_invoice(
        session,
        desk.scene,
        an_effort_line(desk, ticket.number),
        a_sum_line(ticket.number),
        a_sum_line("TIK-2026-99999"),
    )
    assert await codes_of(session, invoice) == ["ticket_not_approved"] * 3
    assert [line.ground for line in await lines_of(session, invoice)] == [Ground.TICKET] * 3
    refused = await refusal(approve_lines(session, desk.scene.judge, invoice_id=invoice.id, now=NOW))
    assert refused.code is Code.BROKEN_RULE


@pytest.mark.rule("H11.9-c")
@pytest.mark.rule("H11.7.3-h")
async def test_an_approved_tickets_hours_are_billed_up_to_what_is_approved(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await allow(session, desk, ticket)
    approval, account = await billing_of(session, ticket)
    entry = await book(session, desk, account, 300)
    assert (entry.billing_id, entry.price_group_id, entry.order_id) == (approval.id, desk.scene.group.id, None)
    too_early = await make_invoice(session, desk.scene, an_effort_line(desk, ticket.number))
    assert await codes_of(session, too_early) == ["hours_not_approved"]
    later = NOW + timedelta(minutes=1)
    await approve_hours(session, desk.scene.approver, [entry.id], now=later)
    await judge_stale_invoice(session, SCHEDULE, now=later)
    assert await codes_of(session, too_early) == []
    await approve_lines(session, desk.scene.judge, invoice_id=too_early.id, now=NOW)
    again = await make_invoice(session, desk.scene, an_effort_line(desk, ticket.number, 60))
    assert await codes_of(session, again) == ["already_billed"]
    (line,) = await lines_of(session, too_early)
    assert (line.state, line.billing_id, line.ground) == (LineState.APPROVED, approval.id, Ground.TICKET)
    assert (account.billed, account.approved, account.booked, account.granted) == (300, 300, 300, 600)


@pytest.mark.rule("H11.9-c")
async def test_work_above_the_ceiling_is_recorded_and_waits_until_tiera_raises_it(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await allow(session, desk, ticket, minutes=Minutes(120), price_group_id=desk.scene.group.id)
    approval, account = await billing_of(session, ticket)
    entry = await book(session, desk, account, 180)
    done = await approve_hours(session, desk.scene.approver, [entry.id], now=NOW)
    assert (done.minutes, list(done.left_out.values())) == (120, ["above_ceiling"])
    marked = sa.select(TimeEntry.id).where(is_without_permission(TimeEntry))  # type: ignore[arg-type]
    assert set(await session.scalars(marked)) == {entry.id, *map(int, done.left_out)}, "and whoever booked it is told"
    invoice = await make_invoice(session, desk.scene, an_effort_line(desk, ticket.number, 180))
    assert await codes_of(session, invoice) == ["above_estimate"]
    raised = await billing_verbs.raise_billing(
        session, desk.scene.approver, approval_id=approval.id, minutes=Minutes(60), reason="More schools.", now=NOW
    )
    assert (raised.note, account.granted) == ("More schools.", 180)
    (rest,) = map(int, done.left_out)
    assert (await approve_hours(session, desk.scene.approver, [rest], now=NOW)).minutes == 60


@pytest.mark.rule("H11.8.3-d", "H11.9-c")
async def test_the_booking_that_passes_the_ceiling_of_an_approval_is_marked_and_one_that_reaches_it_is_not(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await allow(session, desk, ticket, minutes=Minutes(120), price_group_id=desk.scene.group.id)
    _, account = await billing_of(session, ticket)
    reaching = await book(session, desk, account, 120)
    passing = await book(session, desk, account, 15)
    assert (reaching.is_without_permission, passing.is_without_permission) == (False, True)
    longer = await correct_hours(session, desk.scene.expert, reaching.id, minutes=135, now=NOW)
    assert isinstance(longer, TimeEntry) and longer.is_without_permission, "which is more work than was on record"


@pytest.mark.rule("D0-f")
async def test_nobody_raises_the_ceiling_of_what_they_asked_for(session: AsyncSession) -> None:
    """Nor approves it: another has let a little of it be billed, and the asker wants more."""
    desk = await make_desk(session)
    asker = desk.scene.approver
    ticket = await make_ticket(session, desk, by=asker)
    await allow(session, desk, ticket, by=await tiera_service_manager(session))
    approval, account = await billing_of(session, ticket)
    more = {"approval_id": approval.id, "minutes": Minutes(6000), "reason": "More schools.", "now": NOW}
    refused = await refusal(billing_verbs.raise_billing(session, asker, **more))
    assert ([error.rule for error in refused.errors], account.granted) == (["D0-f"], 600)
    await billing_verbs.raise_billing(session, await tiera_service_manager(session), **more)
    assert account.granted == 6600


@pytest.mark.rule("H11.9-c")
async def test_a_tickets_fixed_sum_is_billed_whole_and_once(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, resolved=True)
    await allow(session, desk, ticket, euros=Decimal("250.00"))
    approval, account = await billing_of(session, ticket)
    short = await make_invoice(session, desk.scene, a_sum_line(ticket.number, "200.00"))
    assert await codes_of(session, short) == ["price"]
    await withdraw_lines(session, desk.scene.sender, invoice_id=short.id, now=NOW)
    good = await make_invoice(session, desk.scene, a_sum_line(ticket.number))
    assert await codes_of(session, good) == []
    await approve_lines(session, desk.scene.judge, invoice_id=good.id, now=NOW)
    again = await make_invoice(session, desk.scene, a_sum_line(ticket.number))
    assert await codes_of(session, again) == ["already_billed", "same_amount"]
    (line,) = await lines_of(session, good)
    assert (line.state, line.billing_id, line.reserved_cents) == (LineState.APPROVED, approval.id, 25_000)
    await session.refresh(account)
    assert (account.billed, account.approved, account.granted) == (25_000, 25_000, 25_000)


@pytest.mark.rule("H11.9-c")
async def test_a_fixed_sum_of_a_ticket_that_was_opened_again_is_marked_until_that_is_resolved(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, resolved=True)
    await allow(session, desk, ticket, euros=Decimal("250.00"))
    invoice = await make_invoice(session, desk.scene, a_sum_line(ticket.number))
    assert await codes_of(session, invoice) == []
    later, last = NOW + timedelta(minutes=5), NOW + timedelta(minutes=10)
    await reopen_ticket(session, desk.customer, ticket_id=ticket.id, reason="It is empty.", now=later)
    assert await judge_stale_invoice(session, SCHEDULE, now=later + timedelta(minutes=1)) is not None
    assert await codes_of(session, invoice) == ["ticket_not_resolved"]
    assert await judge_stale_invoice(session, SCHEDULE, now=later + timedelta(minutes=2)) is None
    await resolve_ticket(session, desk.scene.sender, ticket_id=ticket.id, text="It is there.", now=last)
    words = await newest_waiting(session, ticket)
    await release_message(session, desk.scene.approver, message_id=words.id, now=last)
    await judge_stale_invoice(session, SCHEDULE, now=last + timedelta(minutes=1))
    assert await codes_of(session, invoice) == []


@pytest.mark.rule("H11.9-c", "D11.9-e")
@pytest.mark.parametrize("has_looked", [True, False])
async def test_what_marks_a_line_since_somebody_looked_at_it_is_looked_at_before_it_is_approved(
    session: AsyncSession, has_looked: bool
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, resolved=True)
    await allow(session, desk, ticket, euros=Decimal("250.00"))
    invoice = await make_invoice(session, desk.scene, a_sum_line(ticket.number))
    later = NOW + timedelta(minutes=5)
    await reopen_ticket(session, desk.customer, ticket_id=ticket.id, reason="It is empty.", now=later)
    if has_looked:
        await judge_stale_invoice(session, SCHEDULE, now=later)
    approving = approve_lines(
        session, desk.scene.approver, invoice_id=invoice.id, expected_version=invoice.version, now=later
    )
    if has_looked:
        await approving
    else:
        assert (await refusal(approving)).code is Code.VERSION_CONFLICT
    assert [line.state is LineState.APPROVED for line in await lines_of(session, invoice)] == [has_looked]


async def billed_lines(session: AsyncSession, condition: Any) -> list[int]:
    """The invoices of lines of which a condition holds."""
    return list(await session.scalars(sa.select(InvoiceLine.invoice_id).where(condition).order_by(InvoiceLine.id)))


@pytest.mark.rule("D11.9-e")
async def test_a_billed_sum_is_given_back_by_a_credit_note_and_can_be_billed_anew(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, resolved=True)
    await allow(session, desk, ticket, euros=Decimal("250.00"))
    approval, account = await billing_of(session, ticket)
    first = await make_invoice(session, desk.scene, a_sum_line(ticket.number))
    await approve_lines(session, desk.scene.judge, invoice_id=first.id, now=NOW)
    note = await make_invoice(
        session, desk.scene, a_sum_line(ticket.number), kind=InvoiceKind.CREDIT_NOTE, credits_id=first.id
    )
    assert await codes_of(session, note) == []
    await approve_lines(session, desk.scene.judge, invoice_id=note.id, now=NOW)
    await session.refresh(account)
    assert account.billed == 0
    assert first.state is InvoiceState.SETTLED
    its = await billed_lines(session, bills_or_credits(InvoiceLine, "billing_id", approval.id))
    assert its == await billed_lines(session, is_for_service(InvoiceLine, desk.service.id)) == [first.id, note.id]
    assert await billed_lines(session, billed_work.billing_of(InvoiceLine) == approval.id) == [first.id, note.id]
    again = await make_invoice(session, desk.scene, a_sum_line(ticket.number))
    assert await codes_of(session, again) == ["same_amount"]


@pytest.mark.rule("H11.9-c")
@pytest.mark.rule("D0-f")
async def test_what_cannot_be_approved_is_left_out_with_its_reason_and_the_rest_goes(session: AsyncSession) -> None:
    desk = await make_desk(session)
    good = await make_ticket(session, desk)
    there = await make_ticket(session, desk)
    await allow(session, desk, there)
    problem = await make_ticket(session, desk, kind=TicketKind.PROBLEM, by=desk.scene.approver)
    unseen = await make_ticket(session, desk, at_supplier=False)
    own = await make_ticket(session, desk, by=desk.scene.approver)
    act = await allow(session, desk, good, there, problem, unseen, own)
    assert act.left_out == {
        str(there.id): "approved_already",
        str(problem.id): "not_billable",
        str(unseen.id): "not_billable",
        str(own.id): "own_request",
    }
    approval, _ = await billing_of(session, good)
    assert approval.round_id == act.id
    refused = await refusal(allow(session, desk, good, there))
    assert (refused.code, refused.errors[0].path) == (Code.BROKEN_RULE, ("ticket_ids",))


@pytest.mark.rule("H11.9-c")
async def test_a_fixed_sum_is_approved_for_what_was_done_and_effort_at_a_price_of_the_agreement(
    session: AsyncSession,
) -> None:
    desk, other = await make_desk(session), await make_desk(session)
    ticket = await make_ticket(session, desk)
    for figure in ({"euros": Decimal(10)}, {"minutes": Minutes(60), "price_group_id": other.scene.group.id}):
        assert (await refusal(allow(session, desk, ticket, **figure))).code is Code.BROKEN_RULE
    for wrong in ({"minutes": Minutes(60)}, {"euros": Decimal("0.005")}, {"euros": Decimal(1), "minutes": Minutes(1)}):
        assert (await refusal(allow(session, desk, ticket, **wrong))).code in (Code.INVALID, Code.REQUIRED)


@pytest.mark.rule("H11.9-c")
async def test_only_who_answers_for_invoicing_at_tiera_approves_tickets_for_billing(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    for who in (desk.scene.sender, desk.customer, await tiera_key_user(session)):
        assert (await refusal(allow(session, desk, ticket, by=who))).code is Code.NOT_PERMITTED
    assert (await session.scalars(sa.select(BillingApproval))).all() == []


@pytest.mark.rule("H11.9-c")
async def test_an_approval_is_taken_back_while_nothing_came_of_it_and_the_supplier_is_told(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await allow(session, desk, ticket)
    approval, account = await billing_of(session, ticket)
    entry = await book(session, desk, account, 60)
    refused = await refusal(_take_back(session, desk, approval))
    assert (refused.code, refused.errors[0].rule) == (Code.BROKEN_RULE, "H11.9-c")
    await correct_hours(session, desk.scene.expert, entry.id, minutes=0, now=NOW)
    await _take_back(session, desk, approval)
    assert (account.granted, account.booked) == (0, 0)
    assert (await refusal(book(session, desk, account))).errors[0].rule == "H11.9-c"
    told = sa.select(Event.audience, Event.supplier_id, Event.customer_id).where(Event.name == "billing.taken_back")
    assert (await session.execute(told)).all() == [(Audience.BOTH, desk.scene.supplier.id, None)]
    await allow(session, desk, ticket)  # and it can be approved anew
    anew, _ = await billing_of(session, ticket)
    assert anew.id != approval.id


@pytest.mark.rule("H11.9-c")
async def test_a_sum_that_a_line_holds_is_not_taken_back(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, resolved=True)
    await allow(session, desk, ticket, euros=Decimal("250.00"))
    approval, account = await billing_of(session, ticket)
    invoice = await make_invoice(session, desk.scene, a_sum_line(ticket.number))
    assert (await refusal(_take_back(session, desk, approval))).errors[0].rule == "H11.9-c"
    await session.refresh(approval)
    assert approval.taken_back_at is None
    await withdraw_lines(session, desk.scene.sender, invoice_id=invoice.id, now=NOW)
    await _take_back(session, desk, approval)
    await session.refresh(account)
    assert (account.granted, account.booked, account.approved) == (0, 0, 0)


async def _take_back(session: AsyncSession, desk: Desk, approval: BillingApproval) -> BillingApproval:
    async with session.begin_nested():
        return await billing_verbs.take_billing_back(
            session, desk.scene.approver, approval_id=approval.id, reason="It was a fault of ours.", now=NOW
        )


@pytest.mark.rule("D2.1-c")
async def test_tiera_and_the_supplier_see_an_approval_and_nobody_else(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await allow(session, desk, ticket)
    seen = {}
    for name, actor in {
        "Tiera": desk.scene.judge,
        "supplier": desk.scene.sender,
        "another supplier": await supplier_manager(session),
        "customer": desk.customer,
    }.items():
        wanted = sa.select(BillingApproval.id).where(billing_queries.visible_billing_approvals(actor, BillingApproval))
        seen[name] = len((await session.scalars(wanted)).all())
    assert seen == {"Tiera": 1, "supplier": 1, "another supplier": 0, "customer": 0}
