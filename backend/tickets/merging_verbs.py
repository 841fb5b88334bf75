"""Two tickets of one matter become one, and can be told apart again; one of two matters becomes two (H11.7.2-a).

Merging loses nothing: messages, watchers and clocks stay where they are, and the merged one leads to the other. Its
clocks end while it is merged, for those of the other run: those broken before stay so, the others are neither kept nor
broken. Who watches it is told of the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import Refusal, broken_rule, not_found, required
from backend.kit.translation import Text
from backend.parties.role_queries import works_for
from backend.rulebook.rules import rule
from backend.tickets import catalogue_queries, merged_queries, policy, queries
from backend.tickets.clock_verbs import keep_retention_of_merged, recount, resolve_clock
from backend.tickets.merging_rules import check_goes_on_as_strictly, check_goes_on_in_time, check_merge
from backend.tickets.message_verbs import say
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.passing_verbs import link_tickets
from backend.tickets.reporting_verbs import Report, report_ticket
from backend.tickets.states import OVER, LinkKind, MessageKind, TicketAction, TicketKind, TicketState

_ORDERED = Text(
    "It was ordered from the service catalogue, with a price and a time of its own. Merge the other into it, or link "
    "the two."
)
_OWN = Text(
    "Who approved the other asked for this one: nobody decides on a request of their own. Have somebody else approve "
    "this one first, or link the two."
)
APPROVED_ONCE = (TicketState.APPROVED, TicketState.RESOLVED)
"""How a change stands that was approved and has not ended."""


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """Whose words Tiera put on a ticket by its own message: somebody's of an organisation."""

    organisation_id: int
    person_id: int | None


@rule("H11.7.2-a", "H11.4-a")
async def merge_tickets(
    session: Session,
    actor: Actor,
    *,
    ticket_id: int,
    into_id: int,
    reason: str,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Ticket:
    """Let a ticket go on in another one of its customer and supplier, as strict, as wide of reach and due no later.

    Without a customer the same side asks in both.
    """
    tickets = await queries.get_tickets_for_change(session, actor, ticket_id, into_id, path="into_id")
    ticket, into = tickets[ticket_id], tickets[into_id]
    move = policy.take(actor, ticket.kind, ticket.state, TicketAction.MERGE, ticket.holder)
    check_merge(
        is_another=ticket is not into,
        same_customer=ticket.customer_id == into.customer_id,
        same_supplier=ticket.supplier_id == into.supplier_id,
        same_asker=ticket.customer_id is not None
        or await queries.asking_side(session, ticket) == await queries.asking_side(session, into),
        goes_on=into.state not in OVER,
        stays_seen=ticket.reached_supplier_at is None or into.reached_supplier_at is not None,
    )
    check_goes_on_as_strictly(ticket, into)
    check_goes_on_in_time(
        *[await resolve_clock(session, each) for each in (ticket, into)],
        state=into.state,
        now=now,
    )
    ordered = await catalogue_queries.ordered_version(session, ticket)
    if ordered is not None and await catalogue_queries.ordered_version(session, into) is not ordered:
        raise broken_rule("H11.7.2-a", _ORDERED, "into_id")
    await _refuse_approved_by_its_asker(session, ticket, into)
    await say(
        session, actor, ticket, MessageKind.ENDING, reason, Audience.ALL, file_ids=file_ids, now=now, path="reason"
    )
    ticket.state, ticket.merged_into_id, ticket.closed_at = move.target, into.id, now
    await events.record(
        session, actor, "ticket.merged", ticket, at=now, rule=move.rule, from_=move.source, to=move.target,
        audience=Audience.ALL, into=into.ref,
    )  # fmt: skip
    await events.record(
        session, actor, "ticket.took_in", into, at=now, rule=move.rule, audience=Audience.ALL, other=ticket.ref
    )
    await recount(session, ticket, now=now)
    return ticket


@rule("H11.7.2-a")
async def unmerge_ticket(
    session: Session, actor: Actor, *, ticket_id: int, reason: str, file_ids: Sequence[int] | None = None, now: datetime
) -> Ticket:
    """Let a merged ticket go on by itself, as it stood; its clocks run on without the time for which it was merged."""
    ticket = await queries.get_ticket_for_change(session, actor, ticket_id)
    move = policy.take(actor, ticket.kind, ticket.state, TicketAction.UNMERGE, ticket.holder)
    into = await session.get_one(Ticket, ticket.merged_into_id)
    before = await merged_queries.state_before_merging(session, ticket)
    ticket.state, ticket.merged_into_id, ticket.closed_at = before, None, None
    await say(
        session, actor, ticket, MessageKind.REOPENING, reason, Audience.ALL, file_ids=file_ids, now=now, path="reason"
    )
    await events.record(
        session, actor, "ticket.unmerged", ticket, at=now, rule=move.rule, from_=move.source, to=before,
        audience=Audience.ALL, out_of=into.ref,
    )  # fmt: skip
    await events.record(
        session, actor, "ticket.let_go", into, at=now, rule=move.rule, audience=Audience.ALL, other=ticket.ref
    )
    await recount(session, ticket, now=now)
    await keep_retention_of_merged(session, ticket, now=now)
    return ticket


@rule("H11.7.2-a", "H2.1-a")
async def split_ticket(
    session: Session,
    actor: Actor,
    *,
    ticket_id: int | None = None,
    message_id: int | None = None,
    kind: TicketKind,
    title: str,
    description: str,
    speaker: Speaker | None = None,
    came_at: datetime | None = None,
    now: datetime,
) -> Ticket:
    """Make a ticket of its own of a message that tells of another matter, or of what was reported where that tells of
    two; it follows from the first one.

    Without a customer it is of the side whose words these are: of the speaker's, where the message only passes them
    on. Of a sensitive text it is masked too. Its times begin now, but those of what waited for Tiera's desk before it
    was put on record at `came_at`, as a part of such a report's do.
    """
    message, ticket = await _split_off(session, actor, ticket_id, message_id)
    move = policy.take(actor, ticket.kind, ticket.state, TicketAction.SPLIT, ticket.holder)
    if message is None:
        said_for, said_by = await queries.asking_side(session, ticket), None
        came_at = await queries.came_at(session, ticket)
    elif speaker is not None:
        said_for, said_by = speaker.organisation_id, speaker.person_id
    else:
        said_for, said_by = message.organisation_id, message.written_by_id
    is_suppliers = ticket.customer_id is None and said_for == ticket.supplier_id
    side = ticket.customer_id or (ticket.supplier_id if is_suppliers else actor.organisation_id)
    report = Report(
        kind=kind,
        service_id=ticket.service_id,
        title=title,
        description=description,
        criticality=ticket.criticality,
        reach=ticket.reach,
        customer_id=ticket.customer_id,
        requester_id=await _asker(session, side, (said_by, ticket.requester_id), now),
        is_suppliers=is_suppliers,
        came_at=came_at,
        is_sensitive=(message or ticket).is_sensitive,
    )
    try:
        new = await report_ticket(session, actor, report=report, now=now)
    except Refusal as refusal:
        raise refusal.out_of("report") from None
    await link_tickets(session, actor, ticket_id=new.id, kind=LinkKind.FOLLOWS_FROM, other=ticket.ref, now=now)
    await events.record(
        session, actor, "ticket.split", ticket, at=now, rule=move.rule, message=message and message.ref, other=new.ref
    )
    return new


@rule("D0-f")
async def _refuse_approved_by_its_asker(session: Session, ticket: Ticket, into: Ticket) -> None:
    """A change goes on in one that is approved, but not in one that its own asker or reporter approved.

    What is approved itself was decided on by somebody else.
    """
    is_approved = into.kind is TicketKind.CHANGE and into.state in APPROVED_ONCE
    if not is_approved or ticket.state is TicketState.APPROVED:
        return
    approvers = await merged_queries.approvers_of(session, into)
    askers = await merged_queries.askers_of(session, ticket.id)
    if not approvers.isdisjoint((*askers, *await merged_queries.reporters_of(session, ticket.id))):
        raise broken_rule("D0-f", _OWN, "into_id")


async def _split_off(
    session: Session, actor: Actor, ticket_id: int | None, message_id: int | None
) -> tuple[TicketMessage | None, Ticket]:
    """What a ticket is made of: a message, or without one what a ticket's report says; with the ticket, locked."""
    if message_id is None:
        if ticket_id is None:
            raise required("ticket_id")
        return None, await queries.get_ticket_for_change(session, actor, ticket_id)
    message, ticket = await queries.get_message_for_change(session, actor, message_id)
    if ticket_id not in (None, ticket.id):
        raise not_found("message_id")
    return message, ticket


async def _asker(session: Session, side: int | None, people: Sequence[int | None], now: datetime) -> int | None:
    """Who asks for what is split off: whoever said it, else whoever asked first, if still of the side that asks."""
    for person_id in people:
        if person_id and side and await works_for(session, person_id, side, helsinki_date(now)):
            return person_id
    return None
