"""What is written on a ticket, and Tiera's release of what a supplier writes to a customer (H11.4-a)."""

from collections.abc import Sequence
from datetime import datetime

from backend.files.verbs import attach_files
from backend.kit import events
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.deadlines import meet_deadline, open_deadline
from backend.kit.events import Audience
from backend.kit.faults import needed
from backend.kit.statements import put
from backend.parties.queries import BUYER_ID
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms
from backend.tickets import permission_queries, policy, queries, rules
from backend.tickets.agreed_verbs import refuse_returned
from backend.tickets.clock_verbs import recount
from backend.tickets.deadlines import RELEASE, tieras_time
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.states import (
    CARRIED,
    MESSAGE,
    TABLES,
    MessageAction,
    MessageKind,
    MessageState,
    TicketAction,
    TicketState,
)

ASKED = {
    ActorKind.CUSTOMER: "ticket.waiting",
    ActorKind.BUYER: "ticket.waiting_for_tiera",
    ActorKind.SUPPLIER: "ticket.waiting_for_supplier",
}
"""Whose answer a ticket waits for → the event that says so."""


async def write_message(
    session: Session,
    actor: Actor,
    *,
    ticket_id: int,
    text: str,
    audience: Audience = Audience.ALL,
    permission_id: int | None = None,
    file_ids: Sequence[int] | None = None,
    is_sensitive: bool = False,
    now: datetime,
) -> TicketMessage:
    """Write on a ticket, to those who are meant; a supplier's words to a customer wait for Tiera.

    Those that claim a permission are read at once, or refused where it does not cover them (H11.4-c); of an incident
    whose class allows it all are (H11.11-b).
    """
    ticket = await queries.get_ticket_for_change(session, actor, ticket_id)
    policy.take(actor, ticket.kind, ticket.state, TicketAction.WRITE, ticket.holder)
    message = await say(
        session, actor, ticket, MessageKind.MESSAGE, text, audience,
        permission_id=permission_id, file_ids=file_ids, is_sensitive=is_sensitive, now=now,
    )  # fmt: skip
    is_answer = rules.is_answer_of_asker(actor.kind, ticket.holder, has_customer=ticket.customer_id is not None)
    if ticket.state is TicketState.WAITING and audience is not Audience.TIERA and is_answer:
        await go_on(session, actor, ticket, now)
    await _note_reply(session, actor, ticket, message, now)
    await recount(session, ticket, now=now)
    return message


async def _note_reply(session: Session, actor: Actor, ticket: Ticket, message: TicketMessage, now: datetime) -> None:
    """What whoever asked writes on a resolved ticket opens nothing again: it waits for an answer."""
    if ticket.state is not TicketState.RESOLVED or message.state is MessageState.WAITING:
        return
    has_customer, is_own = ticket.customer_id is not None, await queries.is_own_report(session, actor, ticket)
    said = (actor.kind, message.audience, message.kind)
    if rules.answers_asker(*said, has_customer=has_customer, is_own=is_own):
        ticket.awaits_reply_since = None
    elif rules.is_of_asker(actor.kind, message.audience, has_customer=has_customer, is_own=is_own):
        ticket.awaits_reply_since = ticket.awaits_reply_since or now


@rule("H11.4-a", "H11.7.2-a", "H11.11-b")
async def say(
    session: Session,
    actor: Actor,
    ticket: Ticket,
    kind: MessageKind,
    text: str,
    audience: Audience,
    *,
    permission_id: int | None = None,
    file_ids: Sequence[int] | None = None,
    is_sensitive: bool = False,
    is_reason: bool = False,
    now: datetime,
    path: str = "text",
) -> TicketMessage:
    """Put a message with its files on a ticket that the caller holds, within an act; the caller counts the clocks anew.

    Words of Tiera or the supplier to the asker answer it: a supplier's from when they were written, for what passes
    until their release is Tiera's own time. The reason of an act (`is_reason`, or by its kind) answers nobody.
    """
    policy.check_audience(actor, audience)
    is_contact = rules.is_contact(actor.kind, audience, has_customer=ticket.customer_id is not None)
    permission = permission_id if is_contact else None
    if permission is not None:
        await _check_claim(session, actor, ticket, permission, now)
    is_let = is_contact and permission is None and await permission_queries.lets_supplier_inform(session, ticket)
    state = rules.state_of_message(is_contact=is_contact, is_permitted=is_let or permission is not None)
    waits, terms = state is MessageState.WAITING, Terms.of(ticket.terms_on)
    is_own = await queries.is_own_report(session, actor, ticket)
    warn_at, due_at = tieras_time(now, terms.release_minutes, terms)
    message = TicketMessage(
        ticket_id=ticket.id,
        kind=kind,
        audience=audience,
        state=state,
        text=needed(text, path, most=rules.MOST_LETTERS),
        is_sensitive=is_sensitive,
        written_by_id=actor.person_id,
        organisation_id=actor.organisation_id,
        written_at=now,
        release_due_at=due_at if waits else None,
        permission_id=permission,
        supplier_id=ticket.supplier_id,
        customer_id=ticket.customer_id,
    )
    await put(session, message)
    await events.record(
        session,
        actor,
        "ticket_message.submitted" if waits else "ticket_message.written",
        message,
        at=now,
        rule="H11.4-a" if waits else "H11.4-c" if permission else "H11.11-b" if is_let else "H11.7.2-a",
        within=ticket,
        audience=Audience.BOTH if waits else audience,
        to=state,
        is_answer=not is_reason
        and rules.answers_asker(actor.kind, audience, kind, has_customer=ticket.customer_id is not None, is_own=is_own),
        carries=TABLES[ticket.kind].move(ticket.state, CARRIED[kind]).target if waits and kind in CARRIED else None,
        due_at=message.release_due_at,
    )
    await attach_files(session, actor, file_ids, message, "file_ids")
    if waits:
        tiera = await session.scalar(BUYER_ID)
        await open_deadline(
            session, message.ref, RELEASE, started_at=now, due_at=due_at, warn_at=warn_at, owner_id=tiera,
            rule="H11.4-a",
        )  # fmt: skip
    return message


@rule("H11.4-c")
async def _check_claim(session: Session, actor: Actor, ticket: Ticket, permission_id: int, now: datetime) -> None:
    """The permission that a supplier's words to a customer claim covers them, or they are refused."""
    permission = await permission_queries.get_permission(session, actor, permission_id)
    contact = rules.Contact(
        person_id=actor.person_id,
        customer_id=ticket.customer_id,
        service_id=ticket.service_id,
        kind=ticket.kind,
        on=helsinki_date(now),
    )
    rules.check_claim(permission, contact)


@rule("H11.4-a")
async def release_message(
    session: Session, actor: Actor, *, message_id: int, text: str | None = None, now: datetime
) -> TicketMessage:
    """Let a customer read what a supplier wrote, as it is or as Tiera puts it; both versions are kept."""
    message, ticket = await queries.get_message_for_change(session, actor, message_id)
    move = MESSAGE.take(actor, message.state, MessageAction.RELEASE)
    changed = needed(text, "text", most=rules.MOST_LETTERS) if text is not None else message.text
    message.released_text = changed if changed != message.text else None
    if ticket.awaits_reply_since is not None and message.written_at >= ticket.awaits_reply_since:
        ticket.awaits_reply_since = await queries.customer_wrote_after(session, message)
    await carry_out(session, actor, message, ticket, now)
    await _decide(session, actor, message, ticket, move.target, Audience.ALL, now)
    return message


@rule("H11.4-a")
async def return_message(
    session: Session, actor: Actor, *, message_id: int, reason: str, now: datetime
) -> TicketMessage:
    """Not let a customer read what a supplier wrote, and tell the supplier why: it was no answer to the customer."""
    message, ticket = await queries.get_message_for_change(session, actor, message_id)
    move = MESSAGE.take(actor, message.state, MessageAction.RETURN)
    message.return_reason = needed(reason, "reason", most=rules.MOST_LETTERS)
    await _decide(session, actor, message, ticket, move.target, Audience.BOTH, now)
    await refuse_returned(session, actor, message, ticket, now)
    return message


@rule("H11.4-a", "H11.7.2-a")
async def carry_out(session: Session, actor: Actor, message: TicketMessage, ticket: Ticket, now: datetime) -> None:
    """Let a question be waited for and a resolution end the ticket, as whoever asked may read it now.

    Of a ticket that has gone on otherwise meanwhile, as one that was opened again since they were written, the words
    alone are read.
    """
    if message.kind not in CARRIED:
        return
    move = TABLES[ticket.kind].find(ticket.state, CARRIED[message.kind])
    is_released = message.state is MessageState.WAITING
    if move is None or (is_released and not await queries.moves_ticket(session, message)):
        return
    is_resolved = move.target is TicketState.RESOLVED
    ticket.state, ticket.resolved_at, ticket.awaits_reply_since = move.target, now if is_resolved else None, None
    asked = rules.side_asked(ticket.holder, has_customer=ticket.customer_id is not None)
    name = "ticket.resolved" if is_resolved else ASKED[asked]
    await events.record(
        session, actor, name, ticket, at=now, rule=move.rule, from_=move.source, to=move.target, audience=Audience.ALL
    )


async def go_on(session: Session, actor: Actor, ticket: Ticket, now: datetime) -> None:
    """The work goes on, for what it waited for came, or whoever was asked has it now."""
    source, ticket.state = ticket.state, TicketState.OPEN
    await events.record(
        session, actor, "ticket.resumed", ticket, at=now, rule="H2.1-a", from_=source, to=ticket.state,
        audience=Audience.ALL,
    )  # fmt: skip


async def _decide(
    session: Session,
    actor: Actor,
    message: TicketMessage,
    ticket: Ticket,
    state: MessageState,
    audience: Audience,
    now: datetime,
) -> None:
    source = message.state
    message.state, message.decided_by_id, message.decided_at = state, actor.person_id, now
    name = "ticket_message.released" if state is MessageState.RELEASED else "ticket_message.returned"
    await events.record(
        session, actor, name, message, at=now, rule="H11.4-a", from_=source, to=state, within=ticket,
        audience=audience, is_changed=message.released_text is not None,
    )  # fmt: skip
    await meet_deadline(session, message.ref, RELEASE, at=now)
    await recount(session, ticket, now=now)
