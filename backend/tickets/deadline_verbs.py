"""What happens when a clock of a ticket nears its deadline or passes it: it is put on record, and so told (H2.1-a)."""

from datetime import datetime

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.deadlines import Deadline, DeadlineKind, register
from backend.tickets.deadlines import KINDS, RELEASE
from backend.tickets.model import Ticket, TicketMessage


async def tell_due_soon(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that a share of a clock's time is used up."""
    await _tell(session, actor, deadline, "due_soon", now)


async def tell_late(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that a clock's time is used up."""
    await _tell(session, actor, deadline, "late", now)


async def _tell(session: Session, actor: Actor, deadline: Deadline, what: str, now: datetime) -> None:
    subject: Ticket | TicketMessage
    if deadline.kind == RELEASE:
        subject = await session.get_one(TicketMessage, deadline.about_id)
        within = await session.get_one(Ticket, subject.ticket_id)
    else:
        subject = within = await session.get_one(Ticket, deadline.about_id)
    name = f"{deadline.kind}_{what}"
    await events.record(
        session,
        actor,
        name,
        subject,
        at=now,
        rule=deadline.rule,
        within=within if within is not subject else None,
        due_at=deadline.due_at,
    )


for _kind in KINDS:
    register(DeadlineKind(str(_kind), warn=tell_due_soon, breach=tell_late))
