"""Price, content and date that were agreed in a conversation bind once Tiera has confirmed them (H11.4-e)."""

from collections.abc import Sequence
from datetime import datetime

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.deadlines import meet_deadline, open_deadline
from backend.kit.events import Audience
from backend.kit.faults import broken_rule, needed, optional, required
from backend.kit.translation import Text
from backend.kit.workflow import Move
from backend.parties.queries import BUYER_ID
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms
from backend.tickets import policy, queries, rules
from backend.tickets.agreed_states import AGREED, AgreedAction, AgreedMatter, AgreedState
from backend.tickets.deadlines import CONFIRM, tieras_time
from backend.tickets.model import AgreedPoint, Ticket, TicketMessage
from backend.tickets.states import READ_BY_CUSTOMERS, TicketAction


@rule("H11.4-e")
async def note_agreed(
    session: Session, actor: Actor, *, message_id: int, matters: Sequence[AgreedMatter], now: datetime
) -> AgreedPoint:
    """Put on record that a message carries what was agreed: everybody reads that it does not bind yet."""
    message, ticket = await queries.get_message_for_change(session, actor, message_id)
    move = policy.take(actor, ticket.kind, ticket.state, TicketAction.WRITE, ticket.holder)
    if not matters:
        raise required("matters", rule="H11.4-e")
    if not policy.may_carry_agreed(message.audience, message.state):
        raise broken_rule(
            "H11.4-e", Text("Nothing is agreed by words that one side alone reads, or that were returned.")
        )
    if await queries.find_agreed(session, message_id) is not None:
        raise broken_rule("H11.4-e", Text("It is on record already that this message carries what was agreed."))
    terms = Terms.of(ticket.terms_on)
    warn_at, due_at = tieras_time(now, terms.confirmation_minutes, terms)
    point = AgreedPoint(
        ticket_id=ticket.id,
        message_id=message.id,
        matters=[matter.value for matter in AgreedMatter if matter in matters],
        state=AgreedState.NOTED,
        noted_by_id=actor.person_id,
        noted_at=now,
        due_at=due_at,
        supplier_id=ticket.supplier_id,
        customer_id=ticket.customer_id,
    )
    session.add(point)
    await events.record(
        session, actor, "agreed_point.noted", point, at=now, rule="H11.4-e", to=point.state, within=ticket,
        audience=_audience(message), due_at=due_at,
    )  # fmt: skip
    owner = await session.scalar(BUYER_ID)
    await open_deadline(
        session, point.ref, CONFIRM, started_at=now, due_at=due_at, warn_at=warn_at, owner_id=owner, rule=move.rule
    )
    return point


@rule("H11.4-e")
async def confirm_agreed(
    session: Session, actor: Actor, *, agreed_point_id: int, reason: str | None = None, now: datetime
) -> AgreedPoint:
    """What was agreed binds from now on."""
    said = optional(reason, "reason", most=rules.MOST_LETTERS)
    return await _decide(session, actor, agreed_point_id, AgreedAction.CONFIRM, said, now)


@rule("H11.4-e")
async def refuse_agreed(
    session: Session, actor: Actor, *, agreed_point_id: int, reason: str, now: datetime
) -> AgreedPoint:
    """What was agreed never binds; everybody who reads the message reads why."""
    said = needed(reason, "reason", most=rules.MOST_LETTERS)
    return await _decide(session, actor, agreed_point_id, AgreedAction.REFUSE, said, now)


NAMES = {AgreedAction.CONFIRM: "agreed_point.confirmed", AgreedAction.REFUSE: "agreed_point.refused"}


async def _decide(
    session: Session, actor: Actor, point_id: int, action: AgreedAction, reason: str | None, now: datetime
) -> AgreedPoint:
    point, message, ticket = await queries.get_agreed_for_change(session, actor, point_id)
    move = AGREED.take(actor, point.state, action)
    policy.refuse_own_words(actor, message.written_by_id)
    policy.check_confirms_what_is_read(action, message.state)
    await _put(session, actor, point, message, ticket, move, reason, now)
    return point


@rule("H11.4-e")
async def refuse_returned(
    session: Session, actor: Actor, message: TicketMessage, ticket: Ticket, now: datetime
) -> None:
    """What was agreed by words that Tiera returns never binds, for the reason why they were returned."""
    point = await queries.find_agreed(session, message.id)
    move = AGREED.find(point.state, AgreedAction.REFUSE) if point else None
    if point and move:
        await _put(session, actor, point, message, ticket, move, message.return_reason, now)


async def _put(
    session: Session,
    actor: Actor,
    point: AgreedPoint,
    message: TicketMessage,
    ticket: Ticket,
    move: Move[AgreedState, AgreedAction],
    reason: str | None,
    now: datetime,
) -> None:
    point.state, point.reason, point.decided_by_id, point.decided_at = move.target, reason, actor.person_id, now
    await events.record(
        session, actor, NAMES[move.action], point, at=now, rule=move.rule, from_=move.source, to=move.target,
        within=ticket, audience=_audience(message),
    )  # fmt: skip
    await meet_deadline(session, point.ref, CONFIRM, at=now)


def _audience(message: TicketMessage) -> Audience:
    """Who hears of it: those who read the message now."""
    return message.audience if message.state in READ_BY_CUSTOMERS else Audience.BOTH
