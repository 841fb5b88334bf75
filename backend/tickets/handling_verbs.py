"""The work on a ticket: taken, answered, waited for, decided, resolved, closed; and back (H11.7.2-a)."""

from collections.abc import Sequence
from datetime import date, datetime

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import broken_rule, not_found
from backend.kit.translation import Text
from backend.parties import role_queries
from backend.rulebook.roles import RIGHTS, Right
from backend.rulebook.rules import rule
from backend.tickets import merged_queries, policy, queries, rules
from backend.tickets.clock_verbs import recount
from backend.tickets.deviation_verbs import bring_cause
from backend.tickets.document_verbs import require_documents_marked
from backend.tickets.giving_verbs import give
from backend.tickets.message_verbs import carry_out, say
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.recurrence_verbs import look_again
from backend.tickets.states import MessageKind, MessageState, TicketAction, TicketMove

A = TicketAction


async def take_ticket(
    session: Session,
    actor: Actor,
    *,
    ticket_id: int,
    person_id: int | None = None,
    team: str | None = None,
    now: datetime,
) -> Ticket:
    """Take a ticket that is in one's own side's hands, or give it to a colleague."""
    ticket, move = await _begin(session, actor, ticket_id, A.TAKE)
    is_given = person_id is not None and person_id != actor.person_id
    if is_given and person_id is not None:
        await _check_colleague(session, actor, person_id, helsinki_date(now))
    team = (team or "").strip() or ticket.team
    await give(session, actor, ticket, person_id or actor.person_id, team, now=now)
    await _move(session, actor, ticket, move, "ticket.taken", now)
    return ticket


async def _check_colleague(session: Session, actor: Actor, person_id: int, day: date) -> None:
    """A ticket is given to somebody of one's own side who may handle it."""
    held = await role_queries.roles_on(session, person_id, day)
    roles = [each.role for each in held if each.organisation_id == actor.organisation_id]
    if not roles:
        raise not_found("person_id")
    if not any(Right.HANDLE_TICKETS in RIGHTS.get((actor.kind, role), ()) for role in roles):
        raise broken_rule("H11.7.2-a", Text("Give it to somebody who may handle tickets."), "person_id")


@rule("H2.1-a")
async def respond_to_ticket(
    session: Session,
    actor: Actor,
    *,
    ticket_id: int,
    text: str,
    permission_id: int | None = None,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Ticket:
    """Answer whoever asked; the first answer ends the response time. It begins the work on a new ticket."""
    ticket, move = await _begin(session, actor, ticket_id, A.RESPOND)
    rules.check_whom_to_answer(is_own_report=await queries.is_own_report(session, actor, ticket))
    ticket.assignee_id = ticket.assignee_id or actor.person_id
    answer = await say(
        session, actor, ticket, MessageKind.RESPONSE, text, Audience.ALL,
        permission_id=permission_id, file_ids=file_ids, now=now,
    )  # fmt: skip
    audience = Audience.BOTH if answer.state is MessageState.WAITING else Audience.ALL
    await _move(session, actor, ticket, move, "ticket.responded", now, audience=audience)
    return ticket


@rule("H2.1-a")
async def wait_for_requester(
    session: Session,
    actor: Actor,
    *,
    ticket_id: int,
    text: str,
    permission_id: int | None = None,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Ticket:
    """Ask something of whoever asked, and wait for the answer: clocks stand, if the service level says so.

    What waits for Tiera's release is not asked yet: the ticket stands as it did, its clocks as if it were.
    """
    ticket, _ = await _begin(session, actor, ticket_id, A.WAIT)
    has_reached_supplier = ticket.reached_supplier_at is not None
    rules.check_whom_to_ask(has_customer=ticket.customer_id is not None, has_reached_supplier=has_reached_supplier)
    question = await say(
        session, actor, ticket, MessageKind.QUESTION, text, Audience.ALL,
        permission_id=permission_id, file_ids=file_ids, now=now,
    )  # fmt: skip
    return await _carry(session, actor, question, ticket, now)


async def resume_ticket(session: Session, actor: Actor, *, ticket_id: int, now: datetime) -> Ticket:
    """Go on with a ticket that waited."""
    ticket, move = await _begin(session, actor, ticket_id, A.RESUME)
    await _move(session, actor, ticket, move, "ticket.resumed", now)
    return ticket


@rule("H11.2.3-a", "H11.2.3-b")
async def write_root_cause(
    session: Session, actor: Actor, *, ticket_id: int, cause: str, file_ids: Sequence[int] | None = None, now: datetime
) -> Ticket:
    """Write why an incident or a problem came about, for Tiera and the supplier; a problem's cause is then known.

    That of an incident of wide reach goes to the production group's agenda.
    """
    ticket, move = await _begin(session, actor, ticket_id, A.FIND_CAUSE)
    message = await say(
        session, actor, ticket, MessageKind.CAUSE, cause, Audience.BOTH, file_ids=file_ids, now=now, path="cause"
    )
    ticket.root_cause = message.text
    await _move(session, actor, ticket, move, "ticket.cause_found", now, audience=Audience.BOTH)
    await bring_cause(session, actor, ticket, now=now)
    return ticket


@rule("H11.2.3-a")
async def decide_change(
    session: Session,
    actor: Actor,
    *,
    ticket_id: int,
    is_approved: bool,
    reason: str,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Ticket:
    """Let a change be carried out, or reject it.

    Nobody decides on a change that they asked for or reported, nor where that was merged into it (D0-f).
    """
    ticket, move = await _begin(session, actor, ticket_id, A.APPROVE if is_approved else A.REJECT)
    askers = await merged_queries.askers_of(session, ticket.id)
    policy.refuse_own_change(actor, [*askers, *await merged_queries.reporters_of(session, ticket.id)])
    await say(
        session, actor, ticket, MessageKind.DECISION, reason, Audience.BOTH, file_ids=file_ids, now=now, path="reason"
    )
    if not is_approved:
        ticket.closed_at = now
    await _move(session, actor, ticket, move, "ticket.approved" if is_approved else "ticket.rejected", now)
    return ticket


@rule("H11.7.2-a")
async def resolve_ticket(
    session: Session,
    actor: Actor,
    *,
    ticket_id: int,
    text: str,
    permission_id: int | None = None,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Ticket:
    """Say how it was resolved: the time to resolve ends.

    A supplier's words reach a customer once released, and by these the ticket is resolved then.
    """
    ticket, _ = await _begin(session, actor, ticket_id, A.RESOLVE)
    resolution = await say(
        session, actor, ticket, MessageKind.RESOLUTION, text, Audience.ALL,
        permission_id=permission_id, file_ids=file_ids, now=now,
    )  # fmt: skip
    return await _carry(session, actor, resolution, ticket, now)


@rule("H2.1-a")
async def reopen_ticket(
    session: Session, actor: Actor, *, ticket_id: int, reason: str, file_ids: Sequence[int] | None = None, now: datetime
) -> Ticket:
    """It was not resolved after all: its clocks run on, without the time for which it was held to be."""
    ticket, move = await _begin(session, actor, ticket_id, A.REOPEN)
    await say(
        session, actor, ticket, MessageKind.REOPENING, reason, Audience.ALL, file_ids=file_ids, now=now, path="reason"
    )
    ticket.resolved_at = None
    await _move(session, actor, ticket, move, "ticket.reopened", now)
    return ticket


@rule("H11.2.3-b")
async def close_ticket(session: Session, actor: Actor, *, ticket_id: int, now: datetime) -> Ticket:
    """Close a resolved ticket: Tiera, or whoever asked, who confirms so that it is resolved."""
    ticket = await queries.get_ticket_for_change(session, actor, ticket_id)
    action = A.CONFIRM if policy.confirms(actor) else A.CLOSE
    move = policy.take(actor, ticket.kind, ticket.state, action, ticket.holder)
    rules.check_cause_before_closing(ticket.kind, ticket.reach, ticket.root_cause)
    await require_documents_marked(session, actor, ticket)
    ticket.closed_at = now
    await _move(session, actor, ticket, move, "ticket.closed", now)
    return ticket


async def withdraw_ticket(
    session: Session, actor: Actor, *, ticket_id: int, reason: str, file_ids: Sequence[int] | None = None, now: datetime
) -> Ticket:
    """Nothing is asked for any more: clocks end unmet, and what was broken before stays so.

    What recurs and a problem was made of that is withdrawn waits to be looked at again.
    """
    ticket, move = await _begin(session, actor, ticket_id, A.WITHDRAW)
    await say(
        session, actor, ticket, MessageKind.ENDING, reason, Audience.ALL, file_ids=file_ids, now=now, path="reason"
    )
    ticket.closed_at = now
    await _move(session, actor, ticket, move, "ticket.withdrawn", now)
    await look_again(session, actor, ticket, now=now)
    return ticket


async def _begin(session: Session, actor: Actor, ticket_id: int, action: TicketAction) -> tuple[Ticket, TicketMove]:
    ticket = await queries.get_ticket_for_change(session, actor, ticket_id)
    move = policy.take(actor, ticket.kind, ticket.state, action, ticket.holder)
    policy.refuse_said_again(actor, action, await queries.carried_that_wait(session, ticket))
    return ticket, move


async def _carry(session: Session, actor: Actor, message: TicketMessage, ticket: Ticket, now: datetime) -> Ticket:
    """What the words bring about comes to pass unless they wait for Tiera; either way they count for the clocks."""
    if message.state is not MessageState.WAITING:
        await carry_out(session, actor, message, ticket, now)
    await recount(session, ticket, now=now)
    return ticket


async def _move(
    session: Session,
    actor: Actor,
    ticket: Ticket,
    move: TicketMove,
    name: str,
    now: datetime,
    *,
    audience: Audience = Audience.ALL,
) -> None:
    """Put the move on record and count the clocks anew."""
    ticket.state = move.target
    await events.record(
        session, actor, name, ticket, at=now, rule=move.rule, from_=move.source, to=move.target, audience=audience
    )
    await recount(session, ticket, now=now)
