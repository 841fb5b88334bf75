"""Who sees which rows, as conditions; and named filters."""

from typing import Any

from sqlalchemy import ColumnElement, and_, any_, exists, false, func, or_, select, true

from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import has_words, when
from backend.kit.database import Condition, Row
from tests.graphql.reads.example.tables import contract, order, ticket, time_entry


def _of_organisation(actor: Actor, organisation_id: ColumnElement[int]) -> Condition:
    match actor.kind:
        case ActorKind.BUYER:
            return true()
        case ActorKind.SUPPLIER:
            covered = select(contract.c.customer_id).where(contract.c.supplier_id == actor.organisation_id)
            return organisation_id.in_(covered)
        case ActorKind.CUSTOMER:
            return organisation_id == actor.organisation_id
    return false()


def organisations(actor: Actor, row: Row) -> Condition:
    own = row.id == actor.organisation_id
    rest = _of_organisation(actor, row.id)
    return or_(own, rest) if actor.kind is ActorKind.SUPPLIER else rest


def people(actor: Actor, row: Row) -> Condition:
    own = row.org_id == actor.organisation_id
    rest = _of_organisation(actor, row.org_id)
    return or_(own, rest) if actor.kind is ActorKind.SUPPLIER else rest


def of_organisation(actor: Actor, row: Row) -> Condition:
    return _of_organisation(actor, row.org_id)


def of_order(actor: Actor, row: Row) -> Condition:
    if actor.kind is ActorKind.BUYER:
        return true()
    return exists().where(order.c.id == row.order_id, _of_organisation(actor, order.c.org_id))


def comments(actor: Actor, row: Row) -> Condition:
    if actor.kind is ActorKind.BUYER:
        return true()
    return exists().where(ticket.c.id == row.ticket_id, _of_organisation(actor, ticket.c.org_id))


def events(actor: Actor, row: Row) -> Condition:
    return true()


def tickets_matching(_: None, row: Row, *, organisation: Any, assignee: Any, assignees: Any, where: Any) -> Condition:
    return and_(
        when(organisation, lambda o: row.org_id == o.of("Organisation")),
        when(assignee, lambda a: row.assignee_id == a.of("Person")),
        when(assignees, lambda a: row.assignee_id == any_(a.of("Person"))),
        when(where.state, lambda state: row.state == state),
        when(where.kinds, lambda kinds: row.kind == any_(kinds)),
        when(where.created_before, lambda at: row.created_at < at),
        when(where.words, lambda words: has_words(words, row.title, row.number)),
    )


def minutes_of(row: Row, *, since: Any, billable: Any) -> ColumnElement[int]:
    """Minutes booked on an order."""
    booked = select(func.coalesce(func.sum(time_entry.c.minutes), 0)).where(
        time_entry.c.order_id == row.id,
        when(since, lambda day: time_entry.c.day >= day),
        when(billable, lambda value: time_entry.c.billable == value),
    )
    return booked.scalar_subquery()


def totals_of(*, since: Any) -> Any:
    """Minutes by person, of entries since a day."""
    return (
        select(time_entry.c.person_id.label("id"), func.sum(time_entry.c.minutes).label("minutes"))
        .where(when(since, lambda day: time_entry.c.day >= day))
        .group_by(time_entry.c.person_id)
        .subquery()
    )
