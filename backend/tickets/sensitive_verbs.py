"""Sensitive texts and what is attached to them: marked, opened on record, removed in time (H11.1-b)."""

from datetime import datetime

import sqlalchemy as sa

from backend.files.model import StoredFile
from backend.files.queries import register_note
from backend.files.verbs import REMOVED, remove_files
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.deadlines import Deadline
from backend.kit.events import Audience
from backend.kit.faults import broken_rule, not_found, not_permitted
from backend.kit.refs import Ref
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.tickets import queries
from backend.tickets.catalogue_model import ProductOrder
from backend.tickets.clock_verbs import keep_retention
from backend.tickets.model import TextOpening, Ticket, TicketMessage
from backend.tickets.recurrence_model import RecurrenceTicket
from backend.tickets.states import READ_BY_CUSTOMERS, MessageKind


@rule("H11.1-b")
async def mark_sensitive(session: Session, actor: Actor, *, text_of: Ref, now: datetime) -> Ticket:
    """Mask a ticket's description or a message: from now on it is read only by opening it. It stays so."""
    if not actor.may(Right.REPORT_TICKETS):
        raise not_permitted("H11.1-b")
    ticket, message = await _named(session, actor, text_of)
    thing = message or ticket
    if not thing.is_sensitive:
        thing.is_sensitive = True
        name = "ticket_message.marked_sensitive" if message else "ticket.marked_sensitive"
        within = ticket if message else None
        await events.record(
            session, actor, name, thing, at=now, rule="H11.1-b", within=within, audience=_audience(message)
        )
        if message is None:  # that a masked text has a word would be told by what rests on it
            its = sa.delete(RecurrenceTicket).where(RecurrenceTicket.ticket_id == ticket.id)
            await session.execute(its.where(~RecurrenceTicket.in_title))
        await keep_retention(session, ticket, now=now)
    return ticket


@rule("H11.1-b")
async def open_sensitive_text(session: Session, actor: Actor, *, text_of: Ref, now: datetime) -> TextOpening:
    """Read a sensitive text and its files: who did and when is on record, and seen by all who see the ticket."""
    if actor.person_id is None or not actor.may(Right.REPORT_TICKETS):
        raise not_permitted("H11.1-b")
    ticket, message = await _named(session, actor, text_of)
    if not (message or ticket).is_sensitive:
        raise broken_rule("H11.1-b", Text("This text is not masked: it is read where it stands."), "text_of")
    opening = TextOpening(
        ticket_id=ticket.id,
        message_id=message and message.id,
        person_id=actor.person_id,
        opened_at=now,
        supplier_id=ticket.supplier_id,
        customer_id=ticket.customer_id,
    )
    session.add(opening)
    await events.record(
        session, actor, "text_opening.made", opening, at=now, rule="H11.1-b", within=ticket,
        audience=_audience(message), text_of=text_of,
    )  # fmt: skip
    return opening


@rule("H11.1-b")
async def note_fetched_with(
    session: Session, actor: Actor, file: StoredFile, *, ticket_id: int, message_id: int | None, now: datetime
) -> None:
    """Put on record that somebody fetched a file that they opened with a sensitive text: a message or a description."""
    opening = await queries.newest_opening(session, actor, ticket_id, message_id)
    message = await session.get_one(TicketMessage, message_id) if message_id else None
    await events.record(
        session, actor, "text_opening.file_fetched", opening, at=now, rule="H11.1-b",
        within=Ref(Ticket.__name__, ticket_id), audience=_audience(message), file=file.ref,
    )  # fmt: skip


async def _note_of_ticket(session: Session, actor: Actor, file: StoredFile, *, now: datetime) -> None:
    await note_fetched_with(session, actor, file, ticket_id=file.about_id or 0, message_id=None, now=now)


async def _note_of_message(session: Session, actor: Actor, file: StoredFile, *, now: datetime) -> None:
    message = await session.get_one(TicketMessage, file.about_id)
    await note_fetched_with(session, actor, file, ticket_id=message.ticket_id, message_id=message.id, now=now)


register_note(Ticket.__name__, _note_of_ticket)
register_note(TicketMessage.__name__, _note_of_message)


@rule("H11.1-b")
async def remove_sensitive_texts(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """The time for which they are kept has passed: texts and files are gone, what happened stays on record.

    Part of the inbox's verb at that deadline, which removes the mails by which they came.
    """
    ticket = await session.get_one(Ticket, deadline.about_id)
    if ticket.is_sensitive:
        ticket.description = REMOVED
        await remove_files(session, Ticket.__name__, [ticket.id], now=now)
        ordered = sa.update(ProductOrder).where(ProductOrder.ticket_id == ticket.id)
        await session.execute(ordered.values(answers=[]))
    its = sa.update(TicketMessage).where(TicketMessage.ticket_id == ticket.id, TicketMessage.is_sensitive)
    emptied = its.values(text=REMOVED, released_text=None).returning(TicketMessage.id, TicketMessage.kind)
    removed = {row.id: row.kind for row in await session.execute(emptied)}
    await remove_files(session, TicketMessage.__name__, list(removed), now=now)
    if MessageKind.CAUSE in removed.values():
        ticket.root_cause = REMOVED
    await events.record(session, actor, "ticket.texts_removed", ticket, at=now, rule="H11.1-b", audience=Audience.ALL)


async def _named(session: Session, actor: Actor, text_of: Ref) -> tuple[Ticket, TicketMessage | None]:
    """The ticket, and the message where a message is meant, locked."""
    if text_of.kind == TicketMessage.__name__:
        message, ticket = await queries.get_message_for_change(session, actor, text_of.id)
        return ticket, message
    if text_of.kind != Ticket.__name__:
        raise not_found("text_of")
    return await queries.get_ticket_for_change(session, actor, text_of.id), None


def _audience(message: TicketMessage | None) -> Audience:
    """Those who see the text that is masked."""
    if message is None:
        return Audience.ALL
    return message.audience if message.state in READ_BY_CUSTOMERS else Audience.BOTH
