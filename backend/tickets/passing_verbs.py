"""From Tiera's desk to the supplier and back, with a reason (H11.4-b); and what a ticket is to another."""

from collections.abc import Sequence
from datetime import datetime

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import not_found
from backend.kit.refs import Ref
from backend.rulebook.rules import rule
from backend.tickets import policy, queries, rules
from backend.tickets.clock_verbs import recount
from backend.tickets.giving_verbs import give
from backend.tickets.message_verbs import go_on, say
from backend.tickets.model import Ticket, TicketLink
from backend.tickets.states import Holder, LinkKind, MessageKind, TicketAction, TicketState


@rule("H11.4-b")
async def hand_over_ticket(
    session: Session, actor: Actor, *, ticket_id: int, reason: str, file_ids: Sequence[int] | None = None, now: datetime
) -> Ticket:
    """Give a ticket from Tiera's desk to the supplier of its service, which sees it from now on."""
    return await _pass(session, actor, ticket_id, TicketAction.HAND_OVER, reason, file_ids, now)


@rule("H11.4-b")
async def hand_back_ticket(
    session: Session, actor: Actor, *, ticket_id: int, reason: str, file_ids: Sequence[int] | None = None, now: datetime
) -> Ticket:
    """Give a ticket from the supplier back to Tiera's desk."""
    return await _pass(session, actor, ticket_id, TicketAction.HAND_BACK, reason, file_ids, now)


@rule("H11.4-b")
async def recall_ticket(
    session: Session, actor: Actor, *, ticket_id: int, reason: str, file_ids: Sequence[int] | None = None, now: datetime
) -> Ticket:
    """Take a ticket from the supplier back to Tiera's desk, which the supplier goes on seeing."""
    return await _pass(session, actor, ticket_id, TicketAction.RECALL, reason, file_ids, now)


NAMES = {
    TicketAction.HAND_OVER: "ticket.handed_over",
    TicketAction.HAND_BACK: "ticket.handed_back",
    TicketAction.RECALL: "ticket.recalled",
}


@rule("H2.1-a")
async def _pass(
    session: Session,
    actor: Actor,
    ticket_id: int,
    action: TicketAction,
    reason: str,
    file_ids: Sequence[int] | None,
    now: datetime,
) -> Ticket:
    """Put a ticket into the other side's hands; with no customer, that is whoever was asked: it waits no more."""
    ticket = await queries.get_ticket_for_change(session, actor, ticket_id)
    move = policy.take(actor, ticket.kind, ticket.state, action, ticket.holder)
    ticket.holder = Holder.SUPPLIER if action is TicketAction.HAND_OVER else Holder.DESK
    ticket.reached_supplier_at = ticket.reached_supplier_at or now
    await give(session, actor, ticket, None, None, now=now)
    await say(
        session, actor, ticket, MessageKind.HANDOVER, reason, Audience.BOTH, file_ids=file_ids, now=now, path="reason"
    )
    if ticket.state is TicketState.WAITING and ticket.customer_id is None:
        await go_on(session, actor, ticket, now)
    await events.record(
        session, actor, NAMES[action], ticket, at=now, rule=move.rule, audience=Audience.ALL, holder=ticket.holder
    )
    await recount(session, ticket, now=now)
    return ticket


@rule("H11.2.3-a")
async def link_tickets(
    session: Session, actor: Actor, *, ticket_id: int, kind: LinkKind, other: Ref, now: datetime
) -> Ticket:
    """Say what a ticket is to another one: caused by it, the same, a part, following from it; or from an order."""
    rules.check_link(Ref("Ticket", ticket_id), kind, other)
    ticket = await queries.get_linked_for_change(session, actor, ticket_id, other)
    move = policy.take(actor, ticket.kind, ticket.state, TicketAction.LINK, ticket.holder)
    if await queries.find_link(session, ticket_id, kind, other) is None:
        session.add(
            TicketLink(
                ticket_id=ticket_id,
                kind=kind,
                other_kind=other.kind,
                other_id=other.id,
                made_by_id=actor.person_id,
                made_at=now,
            )
        )
        await events.record(session, actor, "ticket.linked", ticket, at=now, rule=move.rule, link=kind, other=other)
    return ticket


async def unlink_tickets(
    session: Session, actor: Actor, *, ticket_id: int, kind: LinkKind, other: Ref, now: datetime
) -> Ticket:
    """Take a link away; that it was there stays on record."""
    ticket = await queries.get_linked_for_change(session, actor, ticket_id, other)
    move = policy.take(actor, ticket.kind, ticket.state, TicketAction.LINK, ticket.holder)
    link = await queries.find_link(session, ticket_id, kind, other)
    if link is None:
        raise not_found("other")
    link.ended_at = now
    await events.record(session, actor, "ticket.unlinked", ticket, at=now, rule=move.rule, link=kind, other=other)
    return ticket
