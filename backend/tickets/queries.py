"""Who sees which tickets and what is written on them; loads for verbs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from backend.files.queries import register_holder
from backend.kit import faults
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import between_parties, is_seen, rows_of, there_is
from backend.kit.database import Condition, Row, Session
from backend.kit.events import MEANT_FOR, Event
from backend.kit.refs import Aside, Ref, is_visible, register_thing
from backend.parties.agreement_model import Agreement, Service
from backend.parties.queries import visible_terms
from backend.rulebook.rules import rule
from backend.tickets.model import (
    READ_OF_MASKED_TICKETS,
    WORDS_OF_AGREED,
    WORDS_OF_CHANGE_DOCUMENTS,
    WORDS_OF_MESSAGES,
    WORDS_OF_MESSAGES_PARTIES,
    WORDS_OF_TICKETS,
    WORDS_OF_TICKETS_PARTIES,
    AgreedPoint,
    ChangeDocument,
    ServiceLevel,
    TextOpening,
    Ticket,
    TicketLink,
    TicketMessage,
    TicketWatcher,
)
from backend.tickets.rules import LINKED
from backend.tickets.states import CARRIED, DONE, READ_BY_CUSTOMERS, ClockKind, MessageKind, MessageState

# Visibility


def visible_tickets(actor: Actor, ticket: Row) -> Condition:
    """Tiera sees all; a supplier those of its services once they have reached it; a customer its own."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return sa.and_(ticket.supplier_id == actor.organisation_id, ticket.reached_supplier_at.is_not(None))
    return ticket.customer_id == actor.organisation_id  # type: ignore[no-any-return]


@rule("H11.4-a")
def visible_messages(actor: Actor, message: Row) -> Condition:
    """What is meant for the actor's side, on tickets that it sees; a customer sees no word that waits for release."""
    if actor.kind in (ActorKind.BUYER, ActorKind.SYSTEM):
        return sa.true()
    meant = message.audience.in_(MEANT_FOR[actor.kind])
    if actor.kind is ActorKind.CUSTOMER:
        sent = message.state.in_(READ_BY_CUSTOMERS)
        return sa.and_(message.customer_id == actor.organisation_id, meant, sent)
    return sa.and_(message.supplier_id == actor.organisation_id, meant, sees_ticket(actor, message.ticket_id))


@rule("H11.4-e")
def visible_agreed(actor: Actor, point: Row) -> Condition:
    """Whoever reads the message sees that it carries what was agreed, and whether that binds."""
    if actor.kind in (ActorKind.BUYER, ActorKind.SYSTEM):
        return sa.true()
    return is_seen(actor, TicketMessage.__name__, point.message_id)


@rule("H11.1-b")
def visible_openings(actor: Actor, opening: Row) -> Condition:
    """That a text was opened is seen with its ticket."""
    if actor.kind in (ActorKind.BUYER, ActorKind.SYSTEM):
        return sa.true()
    return sees_ticket(actor, opening.ticket_id)


def is_plain(row: Row) -> Condition:
    """SQL: whether a text may be read and searched without being opened."""
    return sa.and_(sa.not_(row.is_sensitive))


def is_opened(*, of_message: bool) -> Callable[[Actor, Row, Any], Condition]:
    """Whether the actor opened the text of a message, or of a ticket, on record since an instant."""

    def by(actor: Actor, thing: Row, since: Any) -> Condition:
        its = rows_of(TextOpening)
        of_it = its.c.message_id == thing.id if of_message else is_description_of(its.c, thing)
        own = sa.and_(its.c.person_id == actor.person_id, its.c.opened_at > since)
        return there_is(its, of_it, own)

    return by


def reached_side_at(actor: Actor, ticket: Row) -> Any:
    """SQL: since when the actor's side reads a ticket that it sees; None: since it was reported."""
    return ticket.reached_supplier_at if actor.kind is ActorKind.SUPPLIER else None


@rule("H11.4-a")
def message_reached_side_at(actor: Actor, message: Row) -> Any:
    """SQL: since when the actor's side reads a message that it sees; None: since it was written."""
    match actor.kind:
        case ActorKind.SUPPLIER:
            its = rows_of(Ticket)
            of_ticket = sa.select(its.c.reached_supplier_at).where(its.c.id == message.ticket_id)
            return of_ticket.correlate_except(its).scalar_subquery()
        case ActorKind.CUSTOMER:
            return sa.func.coalesce(message.decided_at, message.written_at)
    return None


async def newest_opening(session: Session, actor: Actor, ticket_id: int, message_id: int | None) -> TextOpening:
    """When the actor opened a sensitive text last: a message's, or a ticket's description."""
    wanted = sa.select(TextOpening).where(
        TextOpening.ticket_id == ticket_id,
        TextOpening.message_id.is_not_distinct_from(message_id),
        TextOpening.person_id == actor.person_id,
    )
    return (await session.scalars(wanted.order_by(TextOpening.id.desc()).limit(1))).one()


def is_description_of(opening: Row, ticket: Row) -> Condition:
    """SQL: whether what was opened is a ticket's description."""
    return sa.and_(opening.ticket_id == ticket.id, opening.message_id.is_(None))


def visible_links(actor: Actor, link: Row) -> Condition:
    """Where both ends are seen."""
    if actor.kind in (ActorKind.BUYER, ActorKind.SYSTEM):
        return sa.true()
    other = (sa.and_(link.other_kind == kind, is_seen(actor, kind, link.other_id)) for kind in LINKED)
    return sa.and_(sees_ticket(actor, link.ticket_id), sa.or_(*other))


@rule("H11.6-a")
def visible_change_documents(actor: Actor, marked: Row) -> Condition:
    """Tiera's and the supplier's, on changes that they see."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return sees_ticket(actor, marked.ticket_id)
    return sa.false()


def visible_watchers(actor: Actor, watcher: Row) -> Condition:
    """Tiera sees all; others themselves."""
    if actor.kind in (ActorKind.BUYER, ActorKind.SYSTEM):
        return sa.true()
    return sa.and_(watcher.person_id == actor.person_id, sees_ticket(actor, watcher.ticket_id))


@rule("H2.1-a")
def visible_clocks(actor: Actor, deadline: Row) -> Condition:
    """Tiera's and the supplier's: both see how long is left, and why."""
    is_clock = sa.and_(deadline.about_kind == "Ticket", deadline.kind.in_([kind.value for kind in ClockKind]))
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return is_clock
        case ActorKind.SUPPLIER:
            return sa.and_(is_clock, sees_ticket(actor, deadline.about_id))
    return sa.false()


@rule("H2.1-a")
def ended_late(clock: Row, ticket: Row) -> Condition:
    """SQL: whether a ticket was merged, withdrawn or rejected when a clock's time was used up: it stays broken.

    A clock that its ticket has no more, as after a change of class, was dropped at another time than the ticket ended.
    """
    with_ticket = clock.dropped_at == ticket.closed_at
    return sa.and_(with_ticket, clock.dropped_at > clock.due_at)


def visible_levels(actor: Actor, level: Row) -> Condition:
    """Those of one's own agreements, and the installation's; between Tiera and the supplier."""
    return sa.false() if actor.kind is ActorKind.CUSTOMER else visible_terms(actor, level)


def sees_ticket(actor: Actor, ticket_id: Any) -> Condition:
    """Whether the actor sees the ticket of this key."""
    return is_seen(actor, Ticket.__name__, ticket_id)


register_thing(
    Ticket,
    visible_tickets,
    number="number",
    title="title",
    url="/pyynnot/{id}",
    words=WORDS_OF_TICKETS,
    searchable=is_plain,
    asides=(
        Aside(WORDS_OF_TICKETS_PARTIES, between_parties),
        Aside(READ_OF_MASKED_TICKETS, lambda actor, ticket: sa.and_(ticket.is_sensitive)),
    ),
)
register_thing(
    TicketMessage,
    visible_messages,
    url="/pyynnot/{ticket_id}",
    words=WORDS_OF_MESSAGES,
    searchable=is_plain,
    asides=(Aside(WORDS_OF_MESSAGES_PARTIES, between_parties),),
    part_of=("Ticket",),
)
register_thing(AgreedPoint, visible_agreed, url="/pyynnot/{ticket_id}", words=WORDS_OF_AGREED, part_of=("Ticket",))
register_holder("Ticket", is_plain=is_plain, is_opened=is_opened(of_message=False), read_since=reached_side_at)
register_holder(
    "TicketMessage", is_plain=is_plain, is_opened=is_opened(of_message=True), read_since=message_reached_side_at
)
register_thing(TextOpening, visible_openings, url="/pyynnot/{ticket_id}", part_of=("Ticket",))
register_thing(TicketLink, visible_links)
register_thing(
    ChangeDocument,
    visible_change_documents,
    url="/pyynnot/{ticket_id}",
    words=WORDS_OF_CHANGE_DOCUMENTS,
    part_of=("Ticket",),
)
register_thing(TicketWatcher, visible_watchers)
register_thing(ServiceLevel, visible_levels, part_of=("Agreement",))


# Loads for verbs


async def get_ticket_for_change(session: Session, actor: Actor, ticket_id: int) -> Ticket:
    """The ticket, locked. Raises NOT_FOUND where it is not or may not be seen."""
    wanted = sa.select(Ticket).where(Ticket.id == ticket_id, visible_tickets(actor, Ticket))
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found("ticket_id")
    return found


async def get_message_for_change(session: Session, actor: Actor, message_id: int) -> tuple[TicketMessage, Ticket]:
    """The message with its ticket, both locked, the ticket first. Raises NOT_FOUND."""
    seen = sa.select(TicketMessage.ticket_id).where(
        TicketMessage.id == message_id, visible_messages(actor, TicketMessage)
    )
    ticket_id = await session.scalar(seen)
    if ticket_id is None:
        raise faults.not_found("message_id")
    ticket = await get_ticket_for_change(session, actor, ticket_id)
    message = await session.get_one(
        TicketMessage, message_id, with_for_update={"key_share": True}, populate_existing=True
    )
    return message, ticket


async def get_agreed_for_change(
    session: Session, actor: Actor, point_id: int
) -> tuple[AgreedPoint, TicketMessage, Ticket]:
    """What was agreed, with its message and its ticket, all locked, the ticket first. Raises NOT_FOUND."""
    seen = sa.select(AgreedPoint.message_id).where(AgreedPoint.id == point_id, visible_agreed(actor, AgreedPoint))
    message_id = await session.scalar(seen)
    if message_id is None:
        raise faults.not_found("agreed_point_id")
    message, ticket = await get_message_for_change(session, actor, message_id)
    point = await session.get_one(AgreedPoint, point_id, with_for_update={"key_share": True}, populate_existing=True)
    return point, message, ticket


async def find_agreed(session: Session, message_id: int) -> AgreedPoint | None:
    """What a message is on record as carrying of what was agreed."""
    return await session.scalar(sa.select(AgreedPoint).where(AgreedPoint.message_id == message_id))


async def get_tickets_for_change(
    session: Session, actor: Actor, ticket_id: int, other_id: int, *, path: str
) -> dict[int, Ticket]:
    """A ticket and another one, locked in ascending ids; NOT_FOUND where one is not seen."""
    found: dict[int, Ticket] = {}
    for id in sorted({ticket_id, other_id}):
        try:
            found[id] = await get_ticket_for_change(session, actor, id)
        except faults.Refusal as refusal:
            raise refusal if id == ticket_id else faults.not_found(path) from None
    return found


async def get_linked_for_change(session: Session, actor: Actor, ticket_id: int, other: Ref) -> Ticket:
    """A ticket and what it is linked to, both locked where that is a ticket too; NOT_FOUND where one is not seen."""
    if other.kind == Ticket.__name__:
        return (await get_tickets_for_change(session, actor, ticket_id, other.id, path="other"))[ticket_id]
    ticket = await get_ticket_for_change(session, actor, ticket_id)
    if not await is_visible(session, actor, other):
        raise faults.not_found("other")
    return ticket


async def find_link(session: Session, ticket_id: int, kind: str, other: Ref) -> TicketLink | None:
    """The link that is there now."""
    wanted = sa.select(TicketLink).where(
        TicketLink.ticket_id == ticket_id,
        TicketLink.kind == kind,
        TicketLink.other_kind == other.kind,
        TicketLink.other_id == other.id,
        TicketLink.ended_at.is_(None),
    )
    return await session.scalar(wanted)


async def find_watcher(session: Session, ticket_id: int, person_id: int) -> TicketWatcher | None:
    """That somebody watches a ticket."""
    wanted = sa.select(TicketWatcher).where(TicketWatcher.ticket_id == ticket_id, TicketWatcher.person_id == person_id)
    return await session.scalar(wanted)


# Facts


async def carried_that_wait(session: Session, ticket: Ticket) -> list[MessageKind]:
    """The kinds of words that would move a ticket and wait for Tiera's release."""
    wanted = sa.select(TicketMessage.kind).where(TicketMessage.ticket_id == ticket.id, would_move(TicketMessage))
    return list((await session.scalars(wanted.distinct())).all())


@rule("H11.4-a")
def would_move(message: Row) -> Condition:
    """SQL: whether words wait for Tiera that move their ticket once released: not over, nor opened again since."""
    its, ticket = rows_of(Event), rows_of(Ticket)
    reopened = sa.and_(its.c.subject_kind == "Ticket", its.c.name == "ticket.reopened", its.c.at > message.written_at)
    is_since = there_is(its, its.c.subject_id == message.ticket_id, reopened)
    goes_on = there_is(ticket, ticket.c.id == message.ticket_id, ticket.c.state.not_in(DONE))
    return sa.and_(message.state == MessageState.WAITING, message.kind.in_(CARRIED), ~is_since, goes_on)


async def moves_ticket(session: Session, message: TicketMessage) -> bool:
    """Whether words that wait would move their ticket if they were released."""
    wanted = sa.select(TicketMessage.id).where(TicketMessage.id == message.id, would_move(TicketMessage))
    return await session.scalar(wanted) is not None


async def customer_wrote_after(session: Session, message: TicketMessage) -> datetime | None:
    """When the customer first wrote on a ticket after something was written on it."""
    its = sa.and_(TicketMessage.ticket_id == message.ticket_id, TicketMessage.id > message.id)
    by_customer = TicketMessage.organisation_id == TicketMessage.customer_id
    return await session.scalar(sa.select(sa.func.min(TicketMessage.written_at)).where(its, by_customer))


async def has_sensitive_texts(session: Session, ticket: Ticket) -> bool:
    """Whether the ticket's description or something written on it is masked, and not removed yet."""
    its = sa.and_(TicketMessage.ticket_id == ticket.id, TicketMessage.is_sensitive, TicketMessage.text != "")
    is_described = ticket.is_sensitive and ticket.description != ""
    return is_described or await session.scalar(sa.select(TicketMessage.id).where(its).limit(1)) is not None


async def agreement_of_service(session: Session, service_id: int) -> Agreement:
    """Under which agreement a service is produced. Raises NOT_FOUND."""
    wanted = sa.select(Agreement).join(Service, Service.agreement_id == Agreement.id).where(Service.id == service_id)
    found = await session.scalar(wanted)
    if found is None:
        raise faults.not_found("service_id")
    return found


async def is_own_report(session: Session, actor: Actor, ticket: Ticket) -> bool:
    """Whether the actor's side reported a ticket, and no customer asks: whoever did may hold roles in several."""
    if ticket.customer_id is not None:
        return False
    return await asking_side(session, ticket) == actor.organisation_id


async def asking_side(session: Session, ticket: Ticket) -> int | None:
    """The organisation for which a ticket was reported: as whoever did, or whose words Tiera put on record."""
    return (await session.scalars(sa.select(_asked_by(Event)).where(_reported(Event, ticket.id)))).one_or_none()


async def came_at(session: Session, ticket: Ticket) -> datetime | None:
    """When what a ticket reports came to Tiera, where it waited to be put on record; else None."""
    its = sa.select(Event.figures["came_at"].astext).where(_reported(Event, ticket.id))
    said = await session.scalar(its)
    return datetime.fromisoformat(said) if said else None


def is_suppliers_report(ticket: Row) -> Condition:
    """SQL: whether the supplier of its service reported a ticket, or Tiera put its words on record.

    Looked up for each: of an EXISTS PostgreSQL may gather the reports of all tickets first, for a page of fifty.
    """
    its = rows_of(Event)
    side = sa.select(_asked_by(its.c)).where(_reported(its.c, ticket.id)).limit(1).correlate_except(its)
    return sa.func.coalesce(side.scalar_subquery() == ticket.supplier_id, sa.false())


def _asked_by(report: Row) -> sa.ColumnElement[Any]:
    """SQL: the organisation for which a report was made."""
    said = sa.cast(report.figures["asked_by"].astext, sa.BigInteger)
    return sa.func.coalesce(said, report.organisation_id)


def _reported(event: Row, ticket_id: Any) -> Condition:
    """SQL: whether an event is a ticket's report."""
    of_it = sa.and_(event.subject_kind == Ticket.__name__, event.subject_id == ticket_id)
    return sa.and_(of_it, event.name == "ticket.reported")
