"""Makers of tickets in each state, by the verbs themselves; what a test is about it names."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor
from backend.kit.deadlines import Deadline
from backend.kit.events import Audience
from backend.parties.agreement_model import Service
from backend.tickets import handling_verbs, message_verbs, passing_verbs, reporting_verbs
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.reporting_verbs import Report
from backend.tickets.states import ClockKind, MessageState, TicketKind
from tests.making import NOW, make_service
from tests.orders.making import Parties, make_parties

HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """Parties with a service, and whoever acts for each on a ticket of it."""

    parties: Parties
    service: Service

    @property
    def customer(self) -> Actor:
        return self.parties.representative

    @property
    def tiera(self) -> Actor:
        return self.parties.tiera_manager

    @property
    def supplier(self) -> Actor:
        return self.parties.supplier_manager


async def make_desk(session: AsyncSession, **terms: Any) -> Desk:
    """Service hours are 8 to 16; NOW is a Tuesday at 10."""
    p = await make_parties(session, terms=terms)
    return Desk(p, await make_service(session, p.agreement))


def report(desk: Desk, **changes: Any) -> Report:
    """What a municipality's person reports."""
    said: dict[str, Any] = {
        "kind": TicketKind.INCIDENT,
        "service_id": desk.service.id,
        "title": "Guardians cannot sign in",
        "description": "Since the morning the sign-in page answers with an error.",
    }
    return Report(**(said | changes))


async def make_ticket(
    session: AsyncSession, desk: Desk, *, by: Actor | None = None, now: datetime = NOW, **changes: Any
) -> Ticket:
    return await reporting_verbs.report_ticket(session, by or desk.customer, report=report(desk, **changes), now=now)


async def hand_over(session: AsyncSession, desk: Desk, ticket: Ticket, *, now: datetime = NOW) -> Ticket:
    return await passing_verbs.hand_over_ticket(
        session, desk.tiera, ticket_id=ticket.id, reason="The fault is in the service.", now=now
    )


async def make_ticket_at_supplier(session: AsyncSession, desk: Desk, *, now: datetime = NOW, **changes: Any) -> Ticket:
    """Reported by the customer, handed over and taken by the supplier."""
    ticket = await hand_over(session, desk, await make_ticket(session, desk, now=now, **changes), now=now)
    return await handling_verbs.take_ticket(session, desk.supplier, ticket_id=ticket.id, now=now)


async def newest_waiting(session: AsyncSession, ticket: Ticket) -> TicketMessage:
    """What the supplier wrote last and Tiera has to release."""
    waits = sa.and_(TicketMessage.ticket_id == ticket.id, TicketMessage.state == MessageState.WAITING)
    return (await session.scalars(sa.select(TicketMessage).where(waits).order_by(TicketMessage.id.desc()))).all()[0]


async def resolve(session: AsyncSession, desk: Desk, ticket: Ticket, *, now: datetime = NOW) -> Ticket:
    """Resolved by the supplier, whose words Tiera released."""
    await handling_verbs.resolve_ticket(session, desk.supplier, ticket_id=ticket.id, text="Mended.", now=now)
    message = await newest_waiting(session, ticket)
    await message_verbs.release_message(session, desk.tiera, message_id=message.id, now=now)
    return ticket


async def write(
    session: AsyncSession,
    actor: Actor,
    ticket: Ticket,
    text: str = "We are looking into it.",
    audience: Audience = Audience.ALL,
    *,
    now: datetime = NOW,
    **more: Any,
) -> TicketMessage:
    return await message_verbs.write_message(
        session, actor, ticket_id=ticket.id, text=text, audience=audience, now=now, **more
    )


async def clock_of(session: AsyncSession, ticket: Ticket, kind: ClockKind) -> Deadline:
    """The ticket's clock of a kind that began last."""
    wanted = sa.select(Deadline).where(
        Deadline.about_kind == "Ticket", Deadline.about_id == ticket.id, Deadline.kind == kind.value
    )
    newest = wanted.order_by(Deadline.started_at.desc()).limit(1)
    return (await session.scalars(newest.execution_options(populate_existing=True))).one()
