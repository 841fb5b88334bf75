"""How services stand, as SQL: incidents of wide reach that a reader may know of, what was told of them, breaks.

Of a ticket that is another's a customer knows what a bulletin for it has told, and no word more.
"""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from backend.bulletins.figures import is_current, is_superseded
from backend.bulletins.model import Bulletin
from backend.bulletins.queries import is_to_customers, visible_bulletins
from backend.bulletins.states import BulletinKind, BulletinState
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import rows_of, there_is
from backend.kit.database import Condition, Row
from backend.kit.deadlines import Deadline
from backend.kit.events import Audience
from backend.kit.translation import Text, register_labels
from backend.rulebook.rules import rule
from backend.tickets.figures import is_open
from backend.tickets.merged_queries import goes_on, with_merged
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.queries import visible_clocks, visible_messages, visible_tickets
from backend.tickets.states import READ_BY_CUSTOMERS, ClockKind, Reach, TicketKind, TicketState

NEVER_WAS = (TicketState.WITHDRAWN, TicketState.REJECTED, TicketState.MERGED)
"""States of tickets that are no incidents of their own."""


class ServiceState(StrEnum):
    """How a service stands, as far as the reader may know."""

    WORKING = "working"
    BREAK = "break"
    """A planned break goes on."""
    INCIDENT = "incident"
    """An incident of wide reach is open, or a bulletin tells of another one now."""


def is_wide(ticket: Row) -> Condition:
    """SQL: whether a ticket is an incident of wide reach."""
    is_one = sa.and_(ticket.kind == TicketKind.INCIDENT, ticket.reach == Reach.MANY)
    return sa.and_(is_one, ticket.state.not_in(NEVER_WAS))


@rule("H11.4-a", "D2.1-c")
def visible_wide_incidents(actor: Actor, ticket: Row) -> Condition:
    """Tiera sees all, a supplier those that reached it; a customer its own, and others' once a bulletin tells it."""
    if actor.kind is not ActorKind.CUSTOMER:
        return sa.and_(is_wide(ticket), visible_tickets(actor, ticket))
    its = rows_of(Bulletin)
    told = there_is(its, _tells(actor, ticket, its.c))
    return sa.and_(is_wide(ticket), sa.or_(visible_tickets(actor, ticket), told))


def _tells(actor: Actor, ticket: Row, bulletin: Row) -> Condition:
    """SQL: whether a bulletin that the actor sees tells of a ticket: itself, or by the one that it follows.

    What tells of a ticket tells of the one in which that goes on.
    """
    first = rows_of(Bulletin)
    begun = sa.select(first.c.id).where(first.c.about_kind == "Ticket", first.c.about_id == with_merged(ticket))
    is_told = bulletin.state.in_((BulletinState.PUBLISHED, BulletinState.ENDED))
    of_it = sa.or_(is_told_of(ticket, bulletin), bulletin.follows_id.in_(begun.correlate_except(first)))
    return sa.and_(of_it, is_told, visible_bulletins(actor, bulletin))


def is_told_of(ticket: Row, bulletin: Row) -> Condition:
    """SQL: whether a bulletin says itself that it tells of a ticket, or of one that was merged into it."""
    return sa.and_(bulletin.about_kind == "Ticket", bulletin.about_id == with_merged(ticket))


def is_told_to_customers(ticket: Row) -> Condition:
    """SQL: whether a published bulletin for customers tells of a ticket, or of one that was merged into it.

    One that follows it is for the same readers.
    """
    its = rows_of(Bulletin)
    is_told = its.c.state.in_((BulletinState.PUBLISHED, BulletinState.ENDED))
    return there_is(its, is_told_of(ticket, its.c), is_told, is_to_customers(its.c))


def _told(actor: Actor, ticket: Row, what: str, *, newest: bool) -> sa.ColumnElement[Any]:
    """SQL: of the first or the last bulletin that told the actor of an incident, a column."""
    its = rows_of(Bulletin)
    told = sa.select(its.c[what]).where(_tells(actor, ticket, its.c)).correlate_except(its)
    keys = (its.c.published_at, its.c.id)
    return told.order_by(*(key.desc() if newest else key for key in keys)).limit(1).scalar_subquery()


def is_newest_bulletin(ticket: Row, bulletin: Row, actor: Actor) -> Condition:
    """SQL: whether it is the last that the actor was told of an incident."""
    return bulletin.id == _told(actor, ticket, "id", newest=True)  # type: ignore[no-any-return]


def is_newest_message(ticket: Row, message: Row, actor: Actor) -> Condition:
    """SQL: whether it is the last word to whoever asked that the actor may read; what they write themselves is none."""
    its = rows_of(TicketMessage)
    said = sa.and_(its.c.ticket_id == ticket.id, its.c.audience == Audience.ALL, its.c.state.in_(READ_BY_CUSTOMERS))
    is_told = its.c.organisation_id.is_distinct_from(ticket.customer_id)
    newest = sa.select(its.c.id).where(said, is_told, visible_messages(actor, its.c)).order_by(its.c.id.desc()).limit(1)
    return message.id == newest.correlate_except(its).scalar_subquery()  # type: ignore[no-any-return]


@rule("H11.4-a")
def public_title(ticket: Row, actor: Actor) -> sa.ColumnElement[Any]:
    """SQL: what an incident is called: as the actor was first told of it, else as the ticket is, which it then sees."""
    own = sa.case((visible_tickets(actor, ticket), ticket.title))
    return sa.func.coalesce(_told(actor, ticket, "title", newest=False), own)


def next_update_due_at(ticket: Row, actor: Actor) -> sa.ColumnElement[Any]:
    """SQL: by when whoever asked hears more; null where the actor sees no clocks, or none runs."""
    its = rows_of(Deadline)
    runs = sa.and_(its.c.met_at.is_(None), its.c.dropped_at.is_(None), its.c.paused_at.is_(None))
    of_it = sa.and_(its.c.about_kind == "Ticket", its.c.about_id == ticket.id, its.c.kind == ClockKind.UPDATE.value)
    due = sa.select(sa.func.min(its.c.due_at)).where(of_it, runs, visible_clocks(actor, its.c))
    return due.correlate_except(its).scalar_subquery()


def is_since(ticket: Row, since: Any) -> Condition:
    """SQL: whether an incident is open, or was resolved after an instant where one is given."""
    return is_open(ticket) if since is None else sa.or_(is_open(ticket), is_over_since(ticket, since))


def is_over_since(ticket: Row, since: Any) -> Condition:
    """SQL: whether an incident was resolved after an instant and has stayed so."""
    return sa.and_(~is_open(ticket), ticket.resolved_at > since)


@rule("H11.4-a")
def is_told_of_service(service: Row, bulletin: Row, actor: Actor, at: Any) -> Condition:
    """SQL: whether a bulletin is the newest word to the actor on an incident that is none of a service's wide ones.

    Of one that has no ticket; or whose ticket, or that in which it goes on, is open and of less reach, or of another
    service.
    """
    ticket, later = rows_of(Ticket), rows_of(Bulletin)
    last = _ticket_of(bulletin)
    stands_elsewhere = sa.and_(is_wide(ticket.c), ticket.c.service_id == service.id)
    is_here = there_is(ticket, ticket.c.id == last, is_open(ticket.c), ~stands_elsewhere)
    told_later = there_is(
        later,
        _ticket_of(later.c) == last,
        later.c.published_at > bulletin.published_at,
        _is_told_now(service, later.c, at),
        visible_bulletins(actor, later.c),
    )
    return sa.and_(_is_told_now(service, bulletin, at), sa.or_(last.is_(None), is_here), ~told_later)


def _is_told_now(service: Row, bulletin: Row, at: Any) -> Condition:
    """SQL: whether a bulletin tells now of an incident of a service."""
    return sa.and_(_names(service, bulletin), bulletin.kind == BulletinKind.INCIDENT, is_current(bulletin, at))


def _ticket_of(bulletin: Row) -> sa.ColumnElement[Any]:
    """SQL: the ticket of which a bulletin tells, or the one that it follows, and in which it goes on; null: none."""
    first = rows_of(Bulletin)
    own = sa.case((bulletin.about_kind == "Ticket", bulletin.about_id))
    begun = sa.select(first.c.about_id).where(first.c.id == bulletin.follows_id, first.c.about_kind == "Ticket")
    return goes_on(sa.func.coalesce(own, begun.correlate_except(first).scalar_subquery()))


def is_break_of(service: Row, bulletin: Row, at: Any, until: Any) -> Condition:
    """SQL: whether a bulletin is the newest word on a break of a service that goes on, or begins before an instant."""
    announced = sa.and_(bulletin.kind == BulletinKind.BREAK, bulletin.state == BulletinState.PUBLISHED)
    when = sa.and_(bulletin.ends_at > at, bulletin.starts_at < until)
    return sa.and_(_names(service, bulletin), announced, when, ~is_superseded(bulletin))


def state_of(service: Row, actor: Actor, at: Any) -> sa.ColumnElement[Any]:
    """SQL: how a service stands at an instant of today, by what the actor may know."""
    incident, told, a_break = rows_of(Ticket), rows_of(Bulletin), rows_of(Bulletin)
    seen = sa.and_(is_open(incident.c), visible_wide_incidents(actor, incident.c))
    is_open_now = there_is(incident, incident.c.service_id == service.id, seen)
    is_told = there_is(told, is_told_of_service(service, told.c, actor, at), visible_bulletins(actor, told.c))
    goes_on = is_break_of(service, a_break.c, at, at)
    return sa.case(
        (sa.or_(is_open_now, is_told), ServiceState.INCIDENT.value),
        (there_is(a_break, goes_on, visible_bulletins(actor, a_break.c)), ServiceState.BREAK.value),
        else_=ServiceState.WORKING.value,
    )


def _names(service: Row, bulletin: Row) -> Condition:
    its_own: Condition = service.id == sa.any_(bulletin.service_ids)
    return its_own


SERVICE_STATE_LABELS = register_labels(
    {
        ServiceState.WORKING: Text("Works"),
        ServiceState.BREAK: Text("On a planned break"),
        ServiceState.INCIDENT: Text("Incident"),
    }
)
