"""Lists of hours and of what they are booked on: filters, figures, the slice's part of the query."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
import strawberry

from backend.graphql.hours import (
    DayToBook,
    HourApproval,
    MonthOrder,
    MonthToApprove,
    Target,
    TargetOrder,
    TimeEntry,
    TimeEntryOrder,
)
from backend.graphql.inputs import filter_input, key, value
from backend.graphql.reads.shape import argument, connection, everyone, group, one, report, root, sql
from backend.graphql.relay import Connection
from backend.hours import figures
from backend.hours.model import OWN_COST
from backend.hours.states import EntryState
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.kit.conditions import has_words, when
from backend.kit.database import Condition, Row
from backend.rulebook.roles import Right


@filter_input
class TimeEntryFilter:
    """Which time entries."""

    states: list[EntryState] | None = value("In one of these states.", default=None)
    first_day: dt.date | None = value("From this day on.", default=None)
    last_day: dt.date | None = value("To this day.", default=None)
    mine: bool | None = value("Your own, or those of others.", default=None)
    is_late: bool | None = value("Booked late, or not.", default=None)
    is_without_permission: bool | None = value("Booked above the ceiling or while on hold, or not.", default=None)
    person_id: strawberry.ID | None = key("Person", "Of this person.", default=None)
    order_id: strawberry.ID | None = key("Order", "Of this order.", default=None)
    target_id: strawberry.ID | None = key("Target", "On this target.", default=None)
    supplier_id: strawberry.ID | None = key("Organisation", "Of this supplier.", default=None)
    service_id: strawberry.ID | None = key("Service", "Of this service: its order's or its ticket's.", default=None)
    words: str | None = value("With these words in the description.", default=None)


@filter_input
class TargetFilter:
    """Which targets."""

    open_on: dt.date | None = value("That can be booked for this day.", default=None)
    open_since: dt.date | None = value("With `openOn`: or for a day before it, from this one on.", default=None)
    booked_since: dt.date | None = value("That you have booked on, work of this day or a later one.", default=None)
    closed_before: dt.date | None = value("Closed before this day.", default=None)
    is_own_cost: bool | None = value("At the supplier's own cost, or of orders.", default=None)
    supplier_id: strawberry.ID | None = key("Organisation", "Of this supplier.", default=None)
    words: str | None = value(
        "With these words in the title, or with a number that begins so: of the order (either side's), ticket or "
        "complaint whose work it is.",
        default=None,
    )


def matching(_: None, entry: Row, *, actor: Any, where: Any) -> Condition:
    """The condition of a filter: one for each value that was given."""
    return sa.true() if where is None else _matches(entry, actor, where)


def _matches(entry: Row, actor: Any, where: Any) -> Condition:
    own = entry.person_id == actor.person_id
    return sa.and_(
        when(where.states, lambda states: entry.state == sa.any_(states)),
        when(where.first_day, lambda day: entry.day >= day),
        when(where.last_day, lambda day: entry.day <= day),
        when(where.mine, lambda mine: own == mine),
        when(where.is_late, lambda late: entry.is_late == late),
        when(where.is_without_permission, lambda without: figures.is_without_permission(entry) == without),
        when(where.words, lambda words: has_words(words, entry.description)),
        when(where.person_id, lambda person: entry.person_id == person.of("Person")),
        when(where.order_id, lambda order: entry.order_id == order.of("Order")),
        when(where.target_id, lambda target: entry.account_id == target.of("Target")),
        when(where.supplier_id, lambda supplier: entry.supplier_id == supplier.of("Organisation")),
        when(where.service_id, lambda service: figures.is_of_service(entry, service.of("Service"))),
    )


def _targets(_: None, target: Row, *, actor: Any, where: Any) -> Condition:
    if where is None:
        return sa.true()
    return sa.and_(
        when(where.open_on, lambda day: figures.is_bookable_on(target, day, where.open_since)),
        when(where.booked_since, lambda day: figures.is_booked_by(actor, target, day)),
        when(where.closed_before, lambda day: target.closes_on < day),
        when(where.is_own_cost, lambda own: (target.purpose == OWN_COST) == own),
        when(where.supplier_id, lambda supplier: target.holder_id == supplier.of("Organisation")),
        when(where.words, lambda words: sa.or_(has_words(words, target.title), figures.is_numbered(target, words))),
    )


def _months(_: None, month: Row, *, ended_before: Any, supplier_id: Any) -> Condition:
    return sa.and_(
        when(ended_before, lambda day: month.last_day < day),
        when(supplier_id, lambda supplier: month.supplier_id == supplier.of("Organisation")),
    )


def _minutes_of(which: Callable[[Row], Condition]) -> Any:
    def of(_: None, actor: Actor, *, where: Any) -> Any:
        def counts(entry: Row) -> Condition:
            return sa.and_(which(entry), matching(None, entry, actor=actor, where=where))

        return figures.minutes_of(actor, counts)

    return of


@root
class TimeEntryFigures:
    """Figures over the time entries that you see."""

    minutes: Minutes = sql(
        _minutes_of(lambda e: sa.true()),
        "How much time.",
        by_actor=True,
        where=argument(TimeEntryFilter | None, "Of which."),
    )
    late_minutes: Minutes = sql(
        _minutes_of(lambda e: e.is_late),
        "How much of it was booked late.",
        by_actor=True,
        where=argument(TimeEntryFilter | None, "Of which."),
    )


@root
class HoursQuery:
    """Hours and what they are booked on."""

    time_entries: Connection[TimeEntry] | None = connection(
        matching,
        "Time entries that you see.",
        order=TimeEntryOrder,
        by_actor=True,
        seen_by=everyone,
        where=argument(TimeEntryFilter | None, "Which."),
    )
    time_entry_report: Connection[TimeEntry] | None = report(
        matching,
        "Time entries for a report, many at once.",
        order=TimeEntryOrder,
        by_actor=True,
        seen_by=lambda actor: bool(actor.sees(Right.REPORT)),
        where=argument(TimeEntryFilter | None, "Which."),
    )
    time_entry_figures: TimeEntryFigures | None = group("Figures over the time entries that you see.", seen_by=everyone)
    time_entry: TimeEntry | None = one(
        lambda _, e, id: e.id == id.of("TimeEntry"),
        "A time entry by its identifier.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Which."),
    )
    targets: Connection[Target] | None = connection(
        _targets,
        "What hours are booked on.",
        order=TargetOrder,
        by_actor=True,
        seen_by=everyone,
        where=argument(TargetFilter | None, "Which."),
    )
    target: Target | None = one(
        lambda _, t, id: t.id == id.of("Target"),
        "A target by its identifier.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Which."),
    )
    hour_approval: HourApproval | None = one(
        lambda _, a, id: a.id == id.of("HourApproval"),
        "An approval by its identifier.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Which."),
    )
    months_to_approve: Connection[MonthToApprove] | None = connection(
        _months,
        "Months of which something waits for Tiera's approval, the first due first.",
        order=MonthOrder,
        seen_by=lambda actor: bool(actor.sees(Right.SEE_HOURS)),
        ended_before=argument(dt.date | None, "Only those that ended before this day."),
        supplier_id=argument(strawberry.ID | None, "Only of this supplier."),
    )
    days_to_book: Connection[DayToBook] | None = connection(
        lambda _, day, actor, first_day, last_day: figures.is_unbooked(day, actor),
        "Days from Monday to Friday on which you have booked nothing.",
        by_actor=True,
        rows=lambda actor, first_day, last_day: figures.days(first=first_day, last=last_day),
        seen_by=lambda actor: bool(actor.sees(Right.BOOK_HOURS)),
        first_day=argument(dt.date, "From this day on."),
        last_day=argument(dt.date, "To this day."),
    )
