"""A ticket comes to be: reported by whoever asks, or for them (H11.7.2-a); and is sorted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.files.verbs import attach_files
from backend.kit import events, numbers
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import Code, Refusal, UserError, needed, not_found, not_permitted, version_conflict
from backend.kit.statements import put
from backend.kit.translation import Text
from backend.parties import queries as parties
from backend.parties.model import Organisation
from backend.parties.role_queries import works_for
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.tickets import policy, queries, rules
from backend.tickets.clock_verbs import recount
from backend.tickets.deviation_verbs import bring_cause
from backend.tickets.giving_verbs import give
from backend.tickets.message_verbs import say
from backend.tickets.model import Ticket, TicketWatcher
from backend.tickets.states import (
    Holder,
    MessageKind,
    Reach,
    TicketAction,
    TicketKind,
    TicketState,
)

SERIES = "TIK"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is reported. None as the customer: a customer's own, else a matter between Tiera and the supplier."""

    kind: TicketKind
    service_id: int
    title: str
    description: str
    criticality: Criticality = Criticality.NORMAL
    reach: Reach = Reach.ONE_USER
    customer_id: int | None = None
    requester_id: int | None = None
    """For whom, where it is not whoever reports: somebody of the customer's, or without one of either side."""
    is_suppliers: bool = False
    """Whether, without a customer, it is the supplier's words that Tiera puts on record; so by its requester too."""
    came_at: datetime | None = None
    """When it came to Tiera, where it waited to be put on record: its times run from then."""
    is_order: bool = False
    """Whether it is ordered from the catalogue: no supplier does that, nor Tiera for one."""
    file_ids: Sequence[int] | None = None
    is_sensitive: bool = False
    """Whether the description is masked."""


@rule("H11.7.2-a", "H11.2.3-a", "H11.4-b")
async def report_ticket(session: Session, actor: Actor, *, report: Report, now: datetime) -> Ticket:
    """Put an incident, a request, a problem or a change on record; it goes where the support model says."""
    if not actor.may(Right.REPORT_TICKETS):
        raise not_permitted("H11.7.2-a")
    agreement = await queries.agreement_of_service(session, report.service_id)
    customer_id = await _customer(session, actor, report)
    if actor.kind is ActorKind.SUPPLIER and agreement.organisation_id != actor.organisation_id:
        raise not_found("report", "service_id")
    requester_id = report.requester_id or actor.person_id
    asked_by = await _asking_side(session, actor, report, customer_id, agreement.organisation_id, now)
    terms = await parties.terms_on(session, agreement.id, helsinki_date(now))
    holder = rules.first_holder(actor.kind, terms)
    is_known_there = holder is Holder.SUPPLIER or asked_by == agreement.organisation_id
    ticket = Ticket(
        kind=report.kind,
        state=TicketState.NEW,
        customer_id=customer_id,
        service_id=report.service_id,
        agreement_id=agreement.id,
        supplier_id=agreement.organisation_id,
        requester_id=requester_id,
        reported_by_id=actor.person_id,
        reported_at=now,
        holder=holder,
        reached_supplier_at=now if is_known_there else None,
        criticality=report.criticality,
        reach=report.reach,
        title=needed(report.title, "report", "title", most=rules.MOST_LETTERS_IN_A_TITLE),
        description=needed(report.description, "report", "description", most=rules.MOST_LETTERS),
        is_sensitive=report.is_sensitive,
        tags=[],
        terms_on=terms.as_json(),
    )
    ticket.number = await numbers.take(session, SERIES, helsinki_date(now).year)
    await put(session, ticket)
    await attach_files(session, actor, report.file_ids, ticket, "report", "file_ids")
    await events.record(
        session,
        actor,
        "ticket.reported",
        ticket,
        at=now,
        rule="H11.7.2-a",
        to=ticket.state,
        audience=Audience.ALL,
        kind=ticket.kind,
        holder=holder,
        criticality=ticket.criticality,
        reach=ticket.reach,
        asked_by=None if asked_by in (customer_id, actor.organisation_id) else asked_by,
        came_at=report.came_at,
    )
    await recount(session, ticket, now=now)
    return ticket


@rule("H2.1-a")
async def change_ticket_class(
    session: Session,
    actor: Actor,
    *,
    ticket_id: int,
    criticality: Criticality,
    reach: Reach,
    reason: str,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Ticket:
    """Say anew how much depends on a ticket and how far it reaches; its clocks are counted anew from the beginning."""
    ticket = await queries.get_ticket_for_change(session, actor, ticket_id)
    move = policy.take(actor, ticket.kind, ticket.state, TicketAction.CHANGE_CLASS, ticket.holder)
    await say(
        session, actor, ticket, MessageKind.CLASS_CHANGE, reason, Audience.BOTH, file_ids=file_ids, now=now,
        path="reason",
    )  # fmt: skip
    ticket.criticality, ticket.reach = criticality, reach
    await events.record(
        session, actor, "ticket.class_changed", ticket, at=now, rule=move.rule, audience=Audience.ALL,
        criticality=criticality, reach=reach,
    )  # fmt: skip
    await bring_cause(session, actor, ticket, now=now)
    await recount(session, ticket, now=now)
    return ticket


async def sort_ticket(
    session: Session,
    actor: Actor,
    *,
    ticket_id: int,
    title: str,
    tags: Sequence[str],
    team: str | None = None,
    expected_version: int,
    now: datetime,
) -> Ticket:
    """Give a ticket the title, the tags and the team under which it is found; what they were before stays on record."""
    ticket = await queries.get_ticket_for_change(session, actor, ticket_id)
    move = policy.take(actor, ticket.kind, ticket.state, TicketAction.EDIT, ticket.holder)
    if ticket.version != expected_version:
        raise version_conflict()
    former, ticket.title = ticket.title, needed(title, "title", most=rules.MOST_LETTERS_IN_A_TITLE)
    if former != ticket.title:
        await events.record(
            session, actor, "ticket.renamed", ticket, at=now, rule=move.rule, audience=Audience.ALL, former=former
        )
    former_tags, ticket.tags = ticket.tags, rules.read_tags(tags)
    if former_tags != ticket.tags:
        await events.record(
            session, actor, "ticket.tagged", ticket, at=now, rule=move.rule,
            tags=ticket.tags or None, former=former_tags or None,
        )  # fmt: skip
    version = ticket.version + 1
    await give(session, actor, ticket, ticket.assignee_id, (team or "").strip() or None, now=now)
    ticket.version = version
    await events.record(session, actor, "ticket.sorted", ticket, at=now, rule=move.rule, version=ticket.version)
    return ticket


async def watch_ticket(
    session: Session, actor: Actor, *, ticket_id: int, is_watching: bool = True, now: datetime
) -> Ticket:
    """Be told of what happens to a ticket that one sees, or no longer be told; both are on record."""
    ticket = await queries.get_ticket_for_change(session, actor, ticket_id)
    if actor.person_id is None:
        raise not_permitted("H11.7.2-a")
    watching = await queries.find_watcher(session, ticket.id, actor.person_id)
    if is_watching and watching is None:
        session.add(TicketWatcher(ticket_id=ticket.id, person_id=actor.person_id, since=now))
        await _note_watching(session, actor, ticket, "ticket.watched", now)
    elif watching is not None and not is_watching:
        await session.delete(watching)
        await _note_watching(session, actor, ticket, "ticket.unwatched", now)
    return ticket


async def _note_watching(session: Session, actor: Actor, ticket: Ticket, name: str, now: datetime) -> None:
    await events.record(session, actor, name, ticket, at=now, rule="H11.7.2-a", audience=Audience.TIERA)


async def _customer(session: Session, actor: Actor, report: Report) -> int | None:
    """Whose ticket it is; only Tiera reports for others than itself (H11.4-a)."""
    if actor.kind is ActorKind.CUSTOMER:
        if report.kind not in policy.ASKED_FOR:
            raise not_permitted("H11.2.3-a", Text("You can report incidents and service requests."), "report", "kind")
        return actor.organisation_id
    if report.customer_id is None:
        return None
    if actor.kind is not ActorKind.BUYER:
        raise not_permitted("H11.4-a", Text("A supplier reports to Tiera, not for its customers."),
                            "report", "customer_id")  # fmt: skip
    customer = await session.get(Organisation, report.customer_id)
    if customer is None or customer.side is not ActorKind.CUSTOMER:
        raise not_found("report", "customer_id")
    return customer.id


@rule("H2.1-a", "H11.7.2-a")
async def _asking_side(
    session: Session, actor: Actor, report: Report, customer_id: int | None, supplier_id: int, now: datetime
) -> int | None:
    """The organisation that asks: the customer; else that of whoever reports, or the supplier whose words Tiera has.

    Whoever asks holds a role there.
    """
    own = customer_id or actor.organisation_id
    if report.is_suppliers:
        return supplier_id
    if report.requester_id is None:
        return own
    may_be_suppliers = customer_id is None and actor.kind is ActorKind.BUYER and not report.is_order
    sides = (own, supplier_id) if may_be_suppliers else (own,)
    for side in sides:
        if side and await works_for(session, report.requester_id, side, helsinki_date(now)):
            return side
    raise Refusal(UserError(Code.NOT_FOUND, await _who_may_ask(session, sides), ("report", "requester_id")))


async def _who_may_ask(session: Session, sides: Sequence[int | None]) -> Text:
    """The sentence for somebody of another side; it tells nothing of who they are."""
    names = [(await session.get_one(Organisation, side)).name for side in sides if side]
    if len(names) > 1:
        return Text("Whoever asks has a role today in %(one)s or in %(other)s.", one=names[0], other=names[1])
    return Text("Whoever asks has a role today in %(organisation)s.", organisation=", ".join(names))
