"""Figures of tickets as SQL expressions over a row, for reads, lists and exports."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array

from backend.documents.states import DocumentState
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import held, is_about, rows_of, there_is, when
from backend.kit.database import Condition, Row, table_of
from backend.kit.searching import Way, begins_number
from backend.kit.words import document, has_beginnings, likeness
from backend.parties.model import Organisation, Person
from backend.parties.queries import is_named, visible_people
from backend.rulebook.rules import rule
from backend.tickets import clock_figures as clocks
from backend.tickets.agreed_states import AgreedState
from backend.tickets.billing_queries import awaits_billing, is_approved
from backend.tickets.clock_figures import CONFIRMATION, DECISION, RELEASE
from backend.tickets.model import WORDS_OF_TICKETS, AgreedPoint, Ticket, TicketLink, TicketMessage, TicketWatcher
from backend.tickets.quality_queries import awaits_own_rating
from backend.tickets.queries import is_plain, is_suppliers_report, visible_messages, visible_tickets, would_move
from backend.tickets.states import (
    BILLABLE,
    BILLABLE_IN,
    DONE,
    Holder,
    LinkKind,
    MessageKind,
    MessageState,
    Reach,
    TicketKind,
    TicketState,
)


def is_open(ticket: Row) -> Condition:
    """Neither resolved nor ended."""
    return ticket.state.not_in(DONE)  # type: ignore[no-any-return]


def tickets_matching(_: None, ticket: Row, actor: Actor, *, where: Any) -> Condition:
    """SQL: whether a ticket fits all but the words that a list is narrowed to."""
    return sa.and_(
        when(where.kinds, lambda kinds: sa.cast(ticket.kind, sa.Text) == sa.any_(kinds)),
        when(where.states, lambda states: sa.cast(ticket.state, sa.Text) == sa.any_(states)),
        when(where.criticalities, lambda some: sa.cast(ticket.criticality, sa.Text) == sa.any_(some)),
        when(where.holder, lambda holder: ticket.holder == holder),
        when(where.is_open, lambda wanted: is_open(ticket) if wanted else ~is_open(ticket)),
        when(where.is_mine, lambda wanted: _is_found_by(_is_of(ticket.assignee_id, actor, wanted=wanted), actor)),
        when(where.is_assigned, lambda wanted: _is_found_by(held(ticket.assignee_id.is_not(None), wanted), actor)),
        when(where.is_watched, lambda wanted: held(is_watched(ticket, actor), wanted)),
        when(where.awaits_own_rating, lambda wanted: held(awaits_own_rating(ticket, actor), wanted)),
        when(where.is_late, lambda wanted: held(clocks.is_late(ticket, actor), wanted)),
        when(where.is_suppliers_late, lambda wanted: held(clocks.is_suppliers_late(ticket, actor), wanted)),
        when(where.awaits_own_answer, lambda wanted: held(awaits_own_answer(ticket, actor), wanted)),
        when(where.awaits_own_words, lambda wanted: held(clocks.WORDS.waits(ticket, actor), wanted)),
        when(where.awaits_own_reply, lambda wanted: held(clocks.awaits_own_reply(ticket, actor), wanted)),
        when(where.awaits_release, lambda wanted: held(RELEASE.waits(ticket, actor), wanted)),
        when(where.awaits_confirmation, lambda wanted: held(CONFIRMATION.waits(ticket, actor), wanted)),
        when(where.can_be_billed, lambda wanted: held(_is_to_be_billed(ticket, actor), wanted)),
        when(where.awaits_billing, lambda wanted: held(is_to_be_approved(ticket, actor), wanted)),
        when(where.awaits_decision, lambda wanted: held(DECISION.waits(ticket, actor), wanted)),
        when(where.tag, lambda tag: _is_found_by(ticket.tags.op("@>")(array([sa.func.lower(tag)])), actor)),
        when(where.team, lambda team: _is_found_by(ticket.team == team, actor)),
        when(where.due_before, lambda instant: _is_due_before(ticket, actor, instant)),
        when(where.supplier_id, lambda of: ticket.supplier_id == of.of("Organisation")),
        when(where.customer_id, lambda of: ticket.customer_id == of.of("Organisation")),
        when(where.service_id, lambda of: ticket.service_id == of.of("Service")),
        when(where.merged_into_id, lambda into: ticket.merged_into_id == into.of("Ticket")),
    )


def _is_of(person_id: Any, actor: Actor, *, wanted: bool) -> Condition:
    """SQL: whether it is the actor, of a column that may be null."""
    is_own = person_id == actor.person_id
    return is_own if wanted else ~sa.func.coalesce(is_own, sa.false())


def ways_to_tickets(where: Any) -> Sequence[Way]:
    """SQL: words begin like those typed in title and description, or a number does, or they name its customer."""
    if where.words is None:
        return ()
    words = where.words
    return [
        lambda ticket: sa.and_(has_beginnings(words, document(ticket, WORDS_OF_TICKETS)), is_plain(ticket)),
        lambda ticket: begins_number(ticket.number, words),
        lambda ticket: is_named(ticket.customer_id, words),
    ]


@rule("H11.2.3-b")
def lacks_cause(ticket: Row) -> Condition:
    """SQL: whether it is not closed before its root cause has been written, as `rules.check_cause_before_closing`."""
    is_wide = sa.and_(ticket.kind == TicketKind.INCIDENT, ticket.reach == Reach.MANY)
    return sa.and_(is_wide, sa.func.coalesce(ticket.root_cause, "") == "")


def has_whom_to_ask(ticket: Row) -> Condition:
    """SQL: whether there is somebody to ask and wait for, as `rules.check_whom_to_ask`."""
    return sa.or_(ticket.customer_id.is_not(None), ticket.reached_supplier_at.is_not(None))


def has_whom_to_answer(ticket: Row) -> Condition:
    """SQL: whether a customer asked, or the other side than has it, as `rules.check_whom_to_answer`."""
    is_with_supplier = ticket.holder == Holder.SUPPLIER
    return sa.or_(ticket.customer_id.is_not(None), is_with_supplier != is_suppliers_report(ticket))


def can_be_billed(ticket: Row) -> Condition:
    """SQL: whether the supplier has seen it and it is not approved for billing yet."""
    return sa.and_(ticket.reached_supplier_at.is_not(None), ~is_approved("Ticket", ticket.id))


@rule("D2.1-c")
def _is_to_be_billed(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether Tiera can approve it for billing now; false for a customer, who sees nothing of billing."""
    if actor.kind is ActorKind.CUSTOMER:
        return sa.false()
    is_of_kind = ticket.kind.in_(BILLABLE)
    return sa.and_(is_of_kind, ticket.state.in_(BILLABLE_IN), can_be_billed(ticket))


def is_to_be_approved(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether it waits to be approved for billing; false for a customer, who sees nothing of billing."""
    return sa.false() if actor.kind is ActorKind.CUSTOMER else awaits_billing(ticket.id)


@rule("H2.1-a")
def awaits_own_answer(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether a ticket waits for an answer of the actor's side, as `rules.side_asked` says."""
    waits = ticket.state == TicketState.WAITING
    if actor.kind is ActorKind.CUSTOMER:
        return sa.and_(waits, ticket.customer_id.is_not(None))
    return sa.and_(waits, clocks.is_between_sides(ticket, actor))


def _is_found_by(sorted_so: Condition, actor: Actor) -> Condition:
    """SQL: a condition on how the desk sorts tickets; false for a customer, who does not see it."""
    return sa.false() if actor.kind is ActorKind.CUSTOMER else sorted_so


def _is_due_before(ticket: Row, actor: Actor, instant: Any) -> Condition:
    """SQL: whether a deadline of it comes before an instant; false for a customer, who sees no clocks."""
    return sa.false() if actor.kind is ActorKind.CUSTOMER else ticket.due_at < instant


def is_watched(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether the actor is told of what happens to a ticket."""
    its = rows_of(TicketWatcher)
    return there_is(its, its.c.ticket_id == ticket.id, its.c.person_id == actor.person_id)


def is_linked(ticket: Row, link: Row) -> Condition:
    """SQL: whether a link of now leads from a ticket or to it."""
    leads_to = sa.and_(link.other_kind == Ticket.__name__, link.other_id == ticket.id)
    return sa.and_(sa.or_(link.ticket_id == ticket.id, leads_to), link.ended_at.is_(None))


def follows_from(ticket: Row, kind: str, id: Any) -> Condition:
    """SQL: whether a ticket follows now from this thing."""
    its = rows_of(TicketLink)
    now = sa.and_(its.c.kind == LinkKind.FOLLOWS_FROM, its.c.ended_at.is_(None))
    there = sa.and_(its.c.other_kind == kind, its.c.other_id == id)
    return there_is(its, its.c.ticket_id == ticket.id, now, there)


MASKED = ""
"""What is read of a sensitive text until it is opened."""


@rule("H11.1-b")
def description_of(ticket: Row) -> sa.ColumnElement[str]:
    """SQL: what is read of a description."""
    return sa.case((ticket.is_sensitive, MASKED), else_=ticket.description)


@rule("H11.1-b")
def text_of(message: Row) -> sa.ColumnElement[str]:
    """SQL: what is read of a message: as Tiera released it, once it is."""
    read = sa.func.coalesce(message.released_text, message.text)
    return sa.case((message.is_sensitive, MASKED), else_=read)


@rule("H11.1-b")
def written_text(message: Row) -> sa.ColumnElement[str]:
    """SQL: a message as it was written."""
    return sa.case((message.is_sensitive, sa.null()), else_=message.text)


@rule("H11.1-b")
def root_cause_of(ticket: Row) -> sa.ColumnElement[str]:
    """SQL: what is read of a root cause: the message that it was written in last, masked with it."""
    its = rows_of(TicketMessage)
    written = sa.select(text_of(its.c)).where(its.c.ticket_id == ticket.id, its.c.kind == MessageKind.CAUSE)
    return written.order_by(its.c.id.desc()).limit(1).correlate_except(its).scalar_subquery()


@rule("H11.1-b")
def opened_text(opening: Row, actor: Actor) -> sa.ColumnElement[str]:
    """SQL: the text that the actor opened; of what others opened, nothing."""
    ticket, message = rows_of(Ticket), rows_of(TicketMessage)
    described = sa.select(ticket.c.description).where(ticket.c.id == opening.ticket_id).correlate_except(ticket)
    read = sa.func.coalesce(message.c.released_text, message.c.text)
    written = sa.select(read).where(message.c.id == opening.message_id).correlate_except(message)
    text = sa.func.coalesce(written.scalar_subquery(), described.scalar_subquery())
    return sa.case((opening.person_id == actor.person_id, text), else_=MASKED)


@rule("H11.1-b")
def opened_written_text(opening: Row, actor: Actor) -> sa.ColumnElement[str]:
    """SQL: the same as the supplier wrote it, where Tiera released it changed; else null."""
    message = rows_of(TicketMessage)
    changed = sa.and_(message.c.id == opening.message_id, message.c.released_text.is_not(None))
    written = sa.select(message.c.text).where(changed, opening.person_id == actor.person_id)
    return written.correlate_except(message).scalar_subquery()


@rule("H11.1-b")
def is_opened_file(opening: Row, file: Row, actor: Actor) -> Condition:
    """SQL: whether a file is attached to the text that the actor opened; to what others opened, none."""
    of_message = is_about(file, "TicketMessage", opening.message_id)
    of_ticket = sa.and_(opening.message_id.is_(None), is_about(file, "Ticket", opening.ticket_id))
    own = sa.and_(opening.person_id == actor.person_id, file.taken_away_at.is_(None))
    return sa.and_(own, sa.or_(of_message, of_ticket))


MOST_ALIKE, MOST_LOOKED_AT = 5, 500


def alike(actor: Actor, text: Any, service: Any) -> sa.FromClause:
    """SQL: the open tickets that the actor sees whose words are most like a text; of a service, where one is named."""
    its = rows_of(Ticket)
    words = document(its.c, WORDS_OF_TICKETS)
    of_service = sa.true() if service is None else its.c.service_id == service.of("Service")
    seen = sa.and_(is_open(its.c), of_service, visible_tickets(actor, its.c), is_plain(its.c))
    some = sa.select(its.c.id, words.label("words")).where(has_beginnings(text, words, every=False), seen)
    looked = some.limit(MOST_LOOKED_AT).subquery()
    best = sa.select(looked.c.id).order_by(likeness(text, looked.c.words).desc(), looked.c.id.desc()).limit(MOST_ALIKE)
    return sa.select(table_of(Ticket)).where(table_of(Ticket).c.id.in_(best)).subquery()


def waiting_words(ticket: Row) -> sa.ColumnElement[Any]:
    """SQL: the kinds of words that would move a ticket and wait for Tiera's release."""
    its = rows_of(TicketMessage)
    waits = sa.and_(its.c.ticket_id == ticket.id, would_move(its.c))
    kinds = sa.select(sa.func.coalesce(sa.func.array_agg(sa.cast(its.c.kind, sa.Text)), sa.text("'{}'")))
    return kinds.where(waits).correlate_except(its).scalar_subquery()


def writer_of(message_id: Any) -> sa.ColumnElement[Any]:
    """SQL: whose words a message is."""
    its = rows_of(TicketMessage)
    return sa.select(its.c.written_by_id).where(its.c.id == message_id).correlate_except(its).scalar_subquery()


def state_of_message(message_id: Any) -> sa.ColumnElement[Any]:
    """SQL: where a message stands."""
    its = rows_of(TicketMessage)
    return sa.select(its.c.state).where(its.c.id == message_id).correlate_except(its).scalar_subquery()


def author_of(message: Row, actor: Actor) -> sa.ColumnElement[Any]:
    """SQL: who wrote a message; a customer reads the name of its own people and Tiera's, else their organisation's."""
    person, organisation = rows_of(Person), rows_of(Organisation)
    known = visible_people(actor, person.c) if actor.kind is ActorKind.CUSTOMER else sa.true()
    named = sa.select(person.c.name).where(person.c.id == message.written_by_id, known).correlate_except(person)
    of = sa.select(organisation.c.name).where(organisation.c.id == message.organisation_id)
    return sa.func.coalesce(named.scalar_subquery(), of.correlate_except(organisation).scalar_subquery())


def name_of(person_id: Any) -> sa.ColumnElement[Any]:
    """SQL: what a person is called."""
    its = rows_of(Person)
    return sa.select(its.c.name).where(its.c.id == person_id).correlate_except(its).scalar_subquery()


# Figures over all that the actor sees


def count_of_tickets(actor: Actor, condition: Any) -> sa.ColumnElement[int]:
    """SQL: how many open tickets the actor sees that meet `condition(row, actor)`."""
    its = rows_of(Ticket)
    seen = sa.and_(visible_tickets(actor, its.c), is_open(its.c), condition(its.c, actor))
    return sa.select(sa.func.count()).select_from(its).where(seen).scalar_subquery()


def every(ticket: Row, actor: Actor) -> Condition:
    return sa.true()


def in_own_hands(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether a ticket is in the hands of the actor's side; a customer's answer is waited for."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return ticket.holder == Holder.DESK  # type: ignore[no-any-return]
        case ActorKind.SUPPLIER:
            return ticket.holder == Holder.SUPPLIER  # type: ignore[no-any-return]
    return ticket.state == TicketState.WAITING  # type: ignore[no-any-return]


def is_nobodys(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether it is in one's own side's hands and nobody has taken it; false for a customer, as who has it."""
    return _is_found_by(sa.and_(in_own_hands(ticket, actor), ticket.assignee_id.is_(None)), actor)


def is_written_on(ticket: Row, message: Row, up_to: Any, awaits_decision: bool | None) -> Condition:
    """SQL: whether a message is on a ticket; where asked, no later than this one, and waiting for Tiera or not."""
    return sa.and_(
        message.ticket_id == ticket.id,
        when(up_to, lambda last: message.id <= last),
        when(awaits_decision, lambda does: _awaits_decision(message) == does),
    )


def _awaits_decision(message: Row) -> Condition:
    """SQL: whether Tiera has to release or return a message, or to confirm or refuse what it says was agreed."""
    its = rows_of(AgreedPoint)
    is_noted = there_is(its, its.c.message_id == message.id, its.c.state == AgreedState.NOTED)
    return sa.or_(message.state == MessageState.WAITING, is_noted)


def messages_awaiting_release(actor: Actor) -> sa.ColumnElement[int]:
    """SQL: how many messages that the actor sees wait for Tiera."""
    its = rows_of(TicketMessage)
    waits = sa.and_(its.c.state == MessageState.WAITING, visible_messages(actor, its.c))
    return sa.select(sa.func.count()).select_from(its).where(waits).scalar_subquery()


def is_document_of_change(ticket: Row, document: Row) -> Condition:
    """SQL: whether a document is one of a change's service that is in use (H11.6-a)."""
    return sa.and_(
        ticket.kind == TicketKind.CHANGE,
        document.service_id == ticket.service_id,
        document.state == DocumentState.IN_USE,
    )
