"""What happens when a clock of a ticket nears its deadline or passes it: it is put on record, and so told (H2.1-a)."""

from datetime import datetime

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.deadlines import Deadline, DeadlineKind, register
from backend.tickets import deadlines
from backend.tickets.deviation_verbs import miss_level
from backend.tickets.model import AgreedPoint, Ticket, TicketMessage
from backend.tickets.quality_queries import TIMED
from backend.tickets.recurrence_model import Recurrence


async def tell_due_soon(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that a share of a clock's time is used up."""
    await _tell(session, actor, deadline, "due_soon", now)


async def tell_late(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that a clock's time is used up, or was before it was done.

    One that its ticket had no more, as after a change of class, was broken by nobody.
    """
    if deadline.dropped_at is not None:
        ticket = await session.get_one(Ticket, deadline.about_id)
        if ticket.closed_at != deadline.dropped_at:
            return
    await _tell(session, actor, deadline, "late", now)


async def _tell(session: Session, actor: Actor, deadline: Deadline, what: str, now: datetime) -> None:
    subject, within = await _about(session, deadline)
    name = f"{deadline.kind}_{what}"
    await events.record(
        session,
        actor,
        name,
        subject,
        at=now,
        rule=deadline.rule,
        within=within,
        **deadline.said,
    )
    if what == "late" and isinstance(subject, Ticket) and deadline.kind in TIMED:
        await miss_level(session, actor, subject, deadline, now=now)


async def _about(
    session: Session, deadline: Deadline
) -> tuple[Ticket | TicketMessage | AgreedPoint | Recurrence, Ticket | None]:
    """What a clock is of, and the ticket that it is within."""
    part: TicketMessage | AgreedPoint
    match deadline.kind:
        case deadlines.RELEASE:
            part = await session.get_one(TicketMessage, deadline.about_id)
        case deadlines.CONFIRM:
            part = await session.get_one(AgreedPoint, deadline.about_id)
        case deadlines.ANSWER:
            return await session.get_one(Recurrence, deadline.about_id), None
        case _:
            return await session.get_one(Ticket, deadline.about_id), None
    return part, await session.get_one(Ticket, part.ticket_id)


for _kind in deadlines.KINDS:
    register(DeadlineKind(str(_kind), warn=tell_due_soon, breach=tell_late, stays_broken=str(_kind) in TIMED))
