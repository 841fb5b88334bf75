"""An attachment of a ticket is taken away: nobody reads it any more, and that it was there stays on record."""

from datetime import datetime

from backend.files import queries as files
from backend.files.verbs import take_away
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import not_found
from backend.rulebook.rules import rule
from backend.tickets import queries
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.states import READ_BY_CUSTOMERS


@rule("H11.7.2-a")
async def take_away_ticket_file(session: Session, actor: Actor, *, file_id: int, reason: str, now: datetime) -> Ticket:
    """Take away what was attached to a ticket or to something written on it, with a reason."""
    file = await files.get_to_take_away(session, actor, file_id)
    held_by: Ticket | TicketMessage
    if file.about_kind == TicketMessage.__name__ and file.about_id:
        held_by, ticket = await queries.get_message_for_change(session, actor, file.about_id)
        audience = held_by.audience if held_by.state in READ_BY_CUSTOMERS else Audience.BOTH
        name = "ticket_message.file_taken_away"
    elif file.about_kind == Ticket.__name__ and file.about_id:
        held_by = ticket = await queries.get_ticket_for_change(session, actor, file.about_id)
        audience, name = Audience.ALL, "ticket.file_taken_away"
    else:
        raise not_found("file_id")
    await take_away(session, actor, file, reason, now=now)
    within = ticket if held_by is not ticket else None
    await events.record(
        session, actor, name, held_by, at=now, rule="H11.7.2-a", within=within, audience=audience, file=file.ref
    )
    return ticket
