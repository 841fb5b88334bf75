"""The supplier asks for a ticket to be approved for billing; Tiera may say that it is not billed (H11.9-c)."""

from collections.abc import Sequence
from datetime import datetime

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import wrong_state
from backend.rulebook.rules import rule
from backend.tickets import billing_queries, policy, queries
from backend.tickets.clock_verbs import recount
from backend.tickets.message_verbs import say
from backend.tickets.model import Ticket
from backend.tickets.states import MessageKind, TicketAction


@rule("H11.9-c")
async def ask_for_billing(
    session: Session, actor: Actor, *, ticket_id: int, reason: str, file_ids: Sequence[int] | None = None, now: datetime
) -> Ticket:
    """Ask Tiera to approve a ticket for billing, and say what was done: its time to answer runs, until it has."""
    ticket = await queries.get_ticket_for_change(session, actor, ticket_id)
    move = policy.take(actor, ticket.kind, ticket.state, TicketAction.ASK_BILLING, ticket.holder)
    is_approved = await billing_queries.find_standing(session, ticket.ref) is not None
    if is_approved or await billing_queries.waits_for_billing(session, ticket):
        raise wrong_state(ticket.state, move.action, move.rule)
    await say(
        session, actor, ticket, MessageKind.MESSAGE, reason, Audience.BOTH,
        file_ids=file_ids, is_reason=True, now=now, path="reason",
    )  # fmt: skip
    await events.record(session, actor, "ticket.billing_asked", ticket, at=now, rule=move.rule)
    await recount(session, ticket, now=now)
    return ticket


@rule("H11.9-c")
async def decline_billing(
    session: Session, actor: Actor, *, ticket_id: int, reason: str, file_ids: Sequence[int] | None = None, now: datetime
) -> Ticket:
    """Say that what waits to be approved for billing is not, with a reason that the supplier reads."""
    ticket = await queries.get_ticket_for_change(session, actor, ticket_id)
    move = policy.take(actor, ticket.kind, ticket.state, TicketAction.DECLINE_BILLING, ticket.holder)
    if not await billing_queries.waits_for_billing(session, ticket):
        raise wrong_state(ticket.state, move.action, move.rule)
    await say(
        session, actor, ticket, MessageKind.DECISION, reason, Audience.BOTH, file_ids=file_ids, now=now, path="reason"
    )
    await events.record(session, actor, "ticket.billing_declined", ticket, at=now, rule=move.rule)
    await recount(session, ticket, now=now)
    return ticket
