"""Makers of tickets that are billed: reported by a customer, worked on by the supplier of an invoice's scene."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours.model import TimeEntry
from backend.hours.verbs import Booking, book_hours
from backend.invoices.drafting import DraftLine
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.ledger.model import Account
from backend.parties.agreement_model import Service
from backend.tickets import billing_verbs, handling_verbs, message_verbs, passing_verbs, reporting_verbs
from backend.tickets.billing_model import BillingApproval, BillingRound
from backend.tickets.billing_verbs import Figure
from backend.tickets.model import Ticket
from backend.tickets.reporting_verbs import Report
from backend.tickets.states import TicketKind
from tests.invoices.making import OCTOBER, ORDERED_AT, Scene, a_line, make_scene
from tests.making import customer_representative, make_service
from tests.tickets.making import newest_waiting

ALLOWED_AT = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)


@dataclass
class Desk:
    """A scene of invoices with a service, and a customer of it."""

    scene: Scene
    service: Service
    customer: Actor


async def make_desk(session: AsyncSession, **scene: Any) -> Desk:
    made = await make_scene(session, **scene)
    return Desk(made, await make_service(session, made.agreement), await customer_representative(session))


async def make_ticket(
    session: AsyncSession,
    desk: Desk,
    *,
    kind: TicketKind = TicketKind.SERVICE_REQUEST,
    at_supplier: bool = True,
    resolved: bool = False,
    by: Actor | None = None,
) -> Ticket:
    """What a customer asked for in September; at the supplier unless said otherwise."""
    report = Report(kind=kind, service_id=desk.service.id, title="A report of enrolments", description="By school.")
    ticket = await reporting_verbs.report_ticket(session, by or desk.customer, report=report, now=ORDERED_AT)
    if at_supplier or resolved:
        await passing_verbs.hand_over_ticket(
            session, desk.scene.approver, ticket_id=ticket.id, reason="Please do it.", now=ORDERED_AT
        )
        await handling_verbs.take_ticket(session, desk.scene.sender, ticket_id=ticket.id, now=ORDERED_AT)
    if resolved:
        await handling_verbs.resolve_ticket(
            session, desk.scene.sender, ticket_id=ticket.id, text="It is there.", now=ORDERED_AT
        )
        words = await newest_waiting(session, ticket)
        await message_verbs.release_message(session, desk.scene.approver, message_id=words.id, now=ORDERED_AT)
    return ticket


async def allow(
    session: AsyncSession, desk: Desk, *tickets: Ticket, by: Actor | None = None, **figure: Any
) -> BillingRound:
    """Tiera approves tickets for billing; ten hours at the scene's price, unless said otherwise."""
    given = figure or {"minutes": Minutes(600), "price_group_id": desk.scene.group.id}
    return await billing_verbs.approve_for_billing(
        session, by or desk.scene.approver, ticket_ids=[t.id for t in tickets], figure=Figure(**given), now=ALLOWED_AT
    )


async def billing_of(session: AsyncSession, ticket: Ticket) -> tuple[BillingApproval, Account]:
    """The newest approval of a ticket, and its account."""
    wanted = sa.select(BillingApproval).where(BillingApproval.about_id == ticket.id).order_by(BillingApproval.id.desc())
    found = (await session.scalars(wanted.limit(1))).one()
    account = sa.select(Account).where(Account.about_kind == "BillingApproval", Account.about_id == found.id)
    return found, (await session.scalars(account.execution_options(populate_existing=True))).one()


async def book(
    session: AsyncSession, desk: Desk, account: Account, minutes: int = 300, day: date = date(2026, 10, 6), **more: Any
) -> TimeEntry:
    booking = Booking(
        target_id=account.id, day=day, minutes=minutes, description="The report of enrolments by school", **more
    )
    return await book_hours(session, desk.scene.expert, booking, now=datetime(2026, 10, day.day, 14, tzinfo=UTC))


def an_effort_line(desk: Desk, number: str, minutes: int = 300, price: str = "100.00") -> DraftLine:
    """A typed line for October's work on a ticket."""
    return a_line(desk.scene, minutes, price, order_reference=number)


def a_sum_line(number: str, amount: str = "250.00") -> DraftLine:
    """A typed line for a ticket's fixed sum."""
    return DraftLine(
        text="A report of enrolments",
        order_reference=number,
        period_first=OCTOBER[0],
        period_last=OCTOBER[1],
        amount=Decimal(amount),
    )
