"""Tickets that were merged into others, and who watches and asked for all of them together."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from backend.kit.conditions import rows_of, there_is
from backend.kit.database import Row, Session
from backend.kit.events import Event
from backend.tickets.model import Ticket, TicketWatcher
from backend.tickets.states import TicketState


def with_merged(ticket: Row) -> Any:
    """SQL: any of a ticket and of all that were merged into it, and into those."""
    its = rows_of(Ticket)
    family = sa.select(ticket.id.label("id")).correlate(ticket.id.table).cte(recursive=True, nesting=True)
    merged = sa.select(its.c.id).where(its.c.merged_into_id == family.c.id)
    family = family.union(merged.correlate_except(its, family))
    return sa.any_(sa.func.array(sa.select(family.c.id).scalar_subquery()))


def people_of(ticket: Row, column: str) -> sa.ColumnElement[Any]:
    """SQL: ids of the people in a column of a ticket and of all that were merged into it; a list, with a null of none.

    Most took nothing in: of these nothing else is looked at.
    """
    its, first = rows_of(Ticket), rows_of(Ticket)
    all_ = sa.select(sa.func.json_agg(its.c[column].distinct())).where(its.c.id == with_merged(ticket))
    own = sa.func.json_build_array(getattr(ticket, column))
    took_in = there_is(first, first.c.merged_into_id == ticket.id)
    return sa.case((took_in, all_.correlate_except(its).scalar_subquery()), else_=own)


def goes_on(ticket_id: Any) -> sa.ScalarSelect[Any]:
    """SQL: the ticket in which one goes on, by its key: in what it was merged into, else in itself."""
    its, into = rows_of(Ticket), rows_of(Ticket)
    first = sa.select(its.c.id, its.c.merged_into_id).where(its.c.id == ticket_id)
    led = first.correlate_except(its).cte(recursive=True, nesting=True)
    then = sa.select(into.c.id, into.c.merged_into_id).where(into.c.id == led.c.merged_into_id)
    led = led.union(then.correlate_except(into, led))
    return sa.select(led.c.id).where(led.c.merged_into_id.is_(None)).correlate_except(led).scalar_subquery()


async def goes_on_in(session: Session, ticket: Ticket) -> Ticket:
    """Where a ticket goes on: in what it was merged into, and that perhaps into another, else in itself."""
    while ticket.merged_into_id is not None:
        ticket = await session.get_one(Ticket, ticket.merged_into_id)
    return ticket


async def ended_at(session: Session, ticket: Ticket) -> datetime | None:
    """When a ticket ended; of a merged one, when that did in which it goes on. None: it has not."""
    return (await goes_on_in(session, ticket)).closed_at


async def merged_into(session: Session, ticket: Ticket) -> list[Ticket]:
    """What was merged into a ticket, and into that."""
    its = _with_merged(ticket.id)
    wanted = sa.select(Ticket).where(Ticket.id.in_(sa.select(its.c.id)), Ticket.id != ticket.id)
    return list((await session.scalars(wanted.order_by(Ticket.id))).all())


async def watchers_of(session: Session, ticket_id: int) -> list[int]:
    """The people who watch a ticket, or one that was merged into it."""
    its = _with_merged(ticket_id)
    wanted = sa.select(TicketWatcher.person_id).where(TicketWatcher.ticket_id.in_(sa.select(its.c.id)))
    return list(dict.fromkeys((await session.scalars(wanted.order_by(TicketWatcher.id))).all()))


async def askers_of(session: Session, ticket_id: int) -> list[int]:
    """Who asked for a ticket, and for those that were merged into it."""
    return await _people(session, ticket_id, "requester_id")


async def reporters_of(session: Session, ticket_id: int) -> list[int]:
    """Who put a ticket on record, and those that were merged into it."""
    return await _people(session, ticket_id, "reported_by_id")


async def _people(session: Session, ticket_id: int, column: str) -> list[int]:
    its, person = _with_merged(ticket_id), Ticket.__table__.c[column]
    wanted = sa.select(person).where(Ticket.id.in_(sa.select(its.c.id)), person.is_not(None)).order_by(Ticket.id)
    return list(dict.fromkeys((await session.scalars(wanted)).all()))


async def approvers_of(session: Session, ticket: Ticket) -> set[int]:
    """Who approved a change last: whoever did, and for whom they stood in. Empty: nobody has."""
    wanted = sa.select(Event.person_id, Event.stands_for_id).where(
        Event.subject_kind == "Ticket", Event.subject_id == ticket.id, Event.name == "ticket.approved"
    )
    last = (await session.execute(wanted.order_by(Event.id.desc()).limit(1))).first()
    return {person_id for person_id in last or () if person_id is not None}


async def state_before_merging(session: Session, ticket: Ticket) -> TicketState:
    """How a merged ticket stood before it was merged."""
    wanted = sa.select(Event.from_state).where(
        Event.subject_kind == "Ticket", Event.subject_id == ticket.id, Event.name == "ticket.merged"
    )
    return TicketState(await session.scalar(wanted.order_by(Event.id.desc()).limit(1)))


def _with_merged(ticket_id: int) -> Any:
    """A ticket and all that were merged into it, and into those."""
    found = sa.select(Ticket.id).where(Ticket.id == ticket_id).cte(recursive=True)
    return found.union(sa.select(Ticket.id).where(Ticket.merged_into_id == found.c.id))
