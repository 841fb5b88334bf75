"""Figures of orders as SQL expressions over a row, for reads, lists and exports."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from backend.kit.actor import Actor, ActorKind
from backend.kit.clock import HELSINKI
from backend.kit.conditions import held, is_about, rows_of, there_is, when
from backend.kit.database import Condition, Euros, Row, table_of
from backend.kit.deadlines import Deadline
from backend.kit.searching import Way, begins_number
from backend.kit.words import document, has_beginnings
from backend.ledger.model import Account, Posting, PostingKind
from backend.orders.deadlines import ESTIMATE
from backend.orders.estimate_model import Estimate
from backend.orders.model import SUMS, WORDS_OF_ORDERS, WORK, Milestone, Order, OrderPaper
from backend.orders.overrun_model import Overrun, Revision
from backend.orders.queries import approved_euros, counted_euros, reads_end, visible_orders
from backend.orders.states import (
    BILLABLE,
    OPEN_REVISIONS,
    ORDERED_WORK,
    WORK_GOES_ON,
    MilestoneState,
    OrderState,
    OverrunState,
    Pricing,
    RevisionState,
)
from backend.parties.queries import is_named
from backend.rulebook.rules import rule
from backend.rulebook.sizes import SizeClass


@rule("H11.4-a")
def end_reason(order: Row, actor: Actor) -> Any:
    """SQL: why it was declined, cancelled or ended, as far as the actor reads it."""
    return sa.case((reads_end(actor, order), order.end_reason))


def _of_account(order: Row, purpose: str, sum_of: str) -> sa.ColumnElement[int | None]:
    its = (
        Account.__table__
    )  # by its own name: an amount of money is asked for twice, for itself and whether it is there
    is_its = sa.and_(its.c.about_kind == "Order", its.c.about_id == order.id, its.c.purpose == purpose)
    return sa.select(its.c[sum_of]).where(is_its).correlate_except(its).scalar_subquery()


def ceiling_of(order: Row) -> sa.ColumnElement[int | None]:
    """SQL: the approved ceiling in minutes; null where there is none."""
    return _of_account(order, WORK, "granted")


def booked_of(order: Row) -> sa.ColumnElement[int | None]:
    """SQL: minutes booked on an order; null before it is placed."""
    return _of_account(order, WORK, "booked")


def approved_of(order: Row) -> sa.ColumnElement[int | None]:
    """SQL: minutes of an order that Tiera has approved; null before it is placed."""
    return _of_account(order, WORK, "approved")


def accepted_euros_of(order: Row) -> sa.ColumnElement[Decimal | None]:
    """SQL: euros of a fixed price whose milestones are accepted; null where the price is not fixed."""
    return sa.cast(sa.cast(_of_account(order, SUMS, "approved"), Euros) / 100, Euros)


def approved_euros_of(order: Row) -> sa.ColumnElement[Decimal | None]:
    """SQL: what the approved hours of an order come to; null where the price is fixed, and before it is placed."""
    is_by_hours = sa.and_(order.pricing == Pricing.HOURS, order.ordered_at.is_not(None))
    return sa.case((is_by_hours, approved_euros(order)))


def change_euros_of(revision: Row) -> sa.ColumnElement[Decimal | None]:
    """SQL: what a change of the ceiling comes to, as `rules.extra_euros` reckons it; null where none is changed."""
    its = rows_of(Order)
    euros = sa.func.round(its.c.ordered_euros * revision.minutes_change / sa.func.nullif(its.c.ordered_minutes, 0), 2)
    of_order = sa.select(sa.cast(euros, Euros)).where(its.c.id == revision.order_id).scalar_subquery()
    return sa.case((revision.minutes_change != 0, of_order))


@rule("H11.8.3-c")
def has_passed_euros(order: Row) -> Condition:
    """SQL: whether approved hours come to more than an order binds: it counts with more."""
    return sa.and_(order.pricing == Pricing.HOURS, counted_euros(order) > order.committed_euros)


def facts_of(order: Row) -> dict[str, sa.ColumnElement[Any]]:
    """SQL: the facts that `policy.Facts` holds, by their names."""
    overrun, revision, part = (rows_of(thing) for thing in (Overrun, Revision, Milestone))
    open_part = sa.case(
        (order.state == OrderState.IN_PROGRESS, part.c.state == MilestoneState.OPEN),
        else_=part.c.state != MilestoneState.ACCEPTED,
    )
    return {
        "pricing": order.pricing,
        "needs_estimate": sa.or_(_term(order, "small_order_needs_estimate"), _is_raised(order)),
        "lacks_goal_or_limits": sa.or_(order.goal.is_(None), order.limits.is_(None)),
        "is_confirmed": order.confirmed_at.is_not(None),
        "has_open_overrun": _is_there(overrun, order, overrun.c.state == OverrunState.REQUESTED),
        "has_open_revision": _is_there(revision, order, revision.c.state.in_(OPEN_REVISIONS)),
        "is_above_ceiling": sa.func.coalesce(order.forecast_minutes > ceiling_of(order), sa.false()),
        "has_open_milestones": _is_there(part, order, open_part),
        "has_delivered_parts": _is_there(part, order, part.c.state == MilestoneState.DELIVERED),
        "asked_by_id": order.asked_by_id,
    }


def _term(order: Row, name: str) -> sa.ColumnElement[bool]:
    """A yes or no of the terms that the order keeps; of those it has none for, yes."""
    kept = sa.cast(order.terms_on[name].astext, sa.Boolean)
    return sa.func.coalesce(kept, sa.true())


def _is_raised(order: Row) -> Condition:
    """Whether it is held to the duties of more than a small order: those are estimated first."""
    return sa.func.coalesce(order.raised_class != SizeClass.SMALL, sa.false())


def prepared_of(order: Row) -> dict[str, sa.ColumnElement[Any]]:
    """SQL: what `rules.Prepared` holds, by its names."""
    paper = rows_of(OrderPaper)
    kinds = sa.select(sa.cast(paper.c.kind, sa.Text)).where(paper.c.order_id == order.id).correlate_except(paper)
    return {
        "goal": order.goal,
        "limits": order.limits,
        "papers": sa.func.array(kinds.scalar_subquery(), type_=ARRAY(sa.Text)),
        "has_tiera_manager": order.tiera_manager_id.is_not(None),
        "has_supplier_manager": order.supplier_manager_id.is_not(None),
    }


@rule("H11.8.3-b")
def _has_revision(order: Row, state: RevisionState) -> sa.ColumnElement[bool]:
    """SQL: whether a proposed change of work that goes on waits so: of what is delivered none can be accepted."""
    revision = rows_of(Revision)
    return sa.and_(order.state.in_(ORDERED_WORK), _is_there(revision, order, revision.c.state == state))


def _is_there(its: sa.FromClause, order: Row, condition: Condition) -> Condition:
    return there_is(its, its.c.order_id == order.id, condition)


def burn_up() -> sa.Subquery:
    """SQL rows: of each order and week (its Monday, Helsinki) the minutes booked until its end."""
    its, posting = rows_of(Account), rows_of(Posting)
    week = sa.cast(sa.func.date_trunc("week", sa.func.timezone(HELSINKI.key, posting.c.at)), sa.Date).label("week")
    summed = (
        sa.select(its.c.about_id.label("order_id"), week, sa.func.sum(posting.c.amount).label("minutes"))
        .join_from(its, posting, posting.c.account_id == its.c.id)
        .where(its.c.about_kind == "Order", its.c.purpose == WORK, posting.c.kind == PostingKind.BOOK)
        .group_by(its.c.about_id, week)
        .subquery()
    )
    until = sa.func.sum(summed.c.minutes).over(partition_by=summed.c.order_id, order_by=summed.c.week)
    return sa.select(summed.c.order_id, summed.c.week, sa.cast(until, sa.BigInteger).label("booked_minutes")).subquery()


def ceiling_steps() -> sa.Subquery:
    """SQL rows: each change of an order's ceiling, with what it was afterwards, in minutes."""
    its, posting = rows_of(Account), rows_of(Posting)
    until = sa.func.sum(posting.c.amount).over(partition_by=its.c.about_id, order_by=posting.c.id)
    return (
        sa.select(
            its.c.about_id.label("order_id"),
            posting.c.id,
            posting.c.at,
            posting.c.source_kind,
            posting.c.source_id,
            posting.c.amount.label("added_minutes"),
            sa.cast(until, sa.BigInteger).label("ceiling_minutes"),
        )
        .join_from(its, posting, posting.c.account_id == its.c.id)
        .where(its.c.about_kind == "Order", its.c.purpose == WORK, posting.c.kind == PostingKind.GRANT)
        .subquery()
    )


@rule("H11.3.1-a")
def is_estimate_late(order: Row) -> Condition:
    """SQL: whether the estimate that was asked for came after its day, or has not come though the day is past."""
    clock = rows_of(table_of(Deadline))
    came_late = sa.or_(clock.c.breached_at.is_not(None), clock.c.met_at > clock.c.due_at)
    return there_is(clock, is_about(clock.c, Order.__name__, order.id), clock.c.kind == ESTIMATE, came_late)


def orders_matching(_: None, order: Row, actor: Actor, *, where: Any) -> Condition:
    """SQL: whether an order fits all but the words that a list is narrowed to."""
    return sa.and_(
        when(where.states, lambda states: sa.cast(order.state, sa.Text) == sa.any_(states)),
        when(where.is_open, lambda wanted: is_open(order) if wanted else ~is_open(order)),
        when(where.is_on_hold, lambda wanted: is_on_hold(order) if wanted else ~is_on_hold(order)),
        when(where.is_confirmed, lambda wanted: order.confirmed_at.is_not(None) == wanted),
        when(
            where.has_open_overrun, lambda wanted: held(_if_party(actor, facts_of(order)["has_open_overrun"]), wanted)
        ),
        when(where.has_delivered, lambda wanted: held(has_delivered(order), wanted)),
        when(where.is_billable, lambda wanted: is_billable(order) if wanted else ~is_billable(order)),
        when(where.has_returned, lambda wanted: held(has_returned(order), wanted)),
        when(where.open_revision, lambda state: _if_party(actor, _has_revision(order, state))),
        when(where.is_estimate_late, lambda wanted: held(_if_party(actor, is_estimate_late(order)), wanted)),
        when(where.awaits_decision, lambda wanted: held(awaits_decision(order, actor), wanted)),
        when(where.supplier_id, lambda of: order.supplier_id == of.of("Organisation")),
        when(where.customer_id, lambda of: order.customer_id == of.of("Organisation")),
    )


@rule("H11.8.3-a")
def is_numbered(_: None, order: Row, actor: Actor, *, number: Any, supplier_id: Any) -> Condition:
    """SQL: whether this is the one order that the reader sees by a number: Tiera's, or that of one supplier alone."""
    other = rows_of(Order)
    is_placed, is_theirs = order.number.is_not(None), order.supplier_number == number
    if supplier_id is not None:
        its = order.supplier_id == supplier_id.of("Organisation")
        return sa.and_(is_placed, sa.or_(order.number == number, is_theirs), its)
    is_twice = there_is(
        other,
        other.c.supplier_number == number,
        other.c.number.is_not(None),
        other.c.id != order.id,
        visible_orders(actor, other.c),
    )
    return sa.or_(order.number == number, sa.and_(is_theirs, is_placed, ~is_twice))


def ways_to_orders(where: Any) -> Sequence[Way]:
    """SQL: words begin like those typed in title and description, or a number does, or they name its customer."""
    if where.words is None:
        return ()
    words = where.words
    return [
        lambda order: has_beginnings(words, document(order, WORDS_OF_ORDERS)),
        lambda order: begins_number(order.number, words),
        lambda order: begins_number(sa.func.upper(order.supplier_number), words),
        lambda order: is_named(order.customer_id, words),
    ]


def is_history(order: Row, event: Row) -> Condition:
    """SQL: whether an event (of `events_about`) is of an order itself or of what orders alone have within them."""
    of_orders = event.subject_kind.in_(["Order", "Overrun", "Revision", "Milestone"])
    return sa.and_(event.about_kind == "Order", event.about_id == order.id, of_orders)


def state_of_order(of: Row) -> sa.ColumnElement[OrderState]:
    """SQL: the state of the order that something belongs to."""
    its = rows_of(Order)
    return sa.select(its.c.state).where(its.c.id == of.order_id).correlate_except(its).scalar_subquery()


def is_open(order: Row) -> Condition:
    """Neither accepted nor ended."""
    return order.state.not_in([OrderState.ACCEPTED, OrderState.DECLINED, OrderState.CANCELLED])  # type: ignore[no-any-return]


def is_on_hold(order: Row) -> Condition:
    """SQL: whether an open order waits for a decision on its ceiling."""
    return sa.and_(is_open(order), order.is_on_hold)


@rule("H11.9-b")
def has_delivered(order: Row) -> Condition:
    """SQL: whether the work, or of a fixed price a part while the work goes on, is delivered and waits for Tiera."""
    part = rows_of(Milestone)
    of_part = _is_there(part, order, part.c.state == MilestoneState.DELIVERED)
    parts = sa.and_(order.state == OrderState.IN_PROGRESS, order.pricing == Pricing.FIXED, of_part)
    return sa.or_(order.state == OrderState.DELIVERED, parts)


@rule("H11.9-b")
def is_billable(order: Row) -> Condition:
    """SQL: whether work may be billed under an order: placed, and not given up before its work began."""
    has_ended_early = sa.and_(order.state == OrderState.CANCELLED, order.started_at.is_not(None))
    return sa.or_(order.state.in_(BILLABLE), has_ended_early)


def has_returned(order: Row) -> Condition:
    """SQL: whether Tiera has given a delivery back, of the work or of a part, that the supplier has to deliver anew."""
    part = rows_of(Milestone)
    is_part_returned = sa.and_(part.c.state == MilestoneState.OPEN, part.c.returned_at.is_not(None))
    whole = sa.and_(order.state == OrderState.IN_PROGRESS, order.returned_at.is_not(None))
    parts = sa.and_(order.pricing == Pricing.FIXED, _is_there(part, order, is_part_returned))
    return sa.and_(order.state.in_(WORK_GOES_ON), sa.or_(whole, parts))


def is_newest(estimate: Row) -> Condition:
    """SQL: whether an estimate is its order's last."""
    its = rows_of(Estimate)
    last = sa.select(sa.func.max(its.c.ordinal)).where(its.c.order_id == estimate.order_id)
    return estimate.ordinal == last.correlate_except(its).scalar_subquery()  # type: ignore[no-any-return]


def is_chosen(option: Row) -> sa.ColumnElement[bool]:
    """SQL: whether an estimate's option was ordered."""
    its = rows_of(Order)
    return there_is(its, its.c.chosen_option_id == option.id)


def count_of_orders(actor: Actor, condition: Any) -> sa.ColumnElement[int]:
    """SQL: how many orders the actor sees that meet `condition(row)`."""
    its = rows_of(Order)
    return (
        sa.select(sa.func.count())
        .select_from(its)
        .where(visible_orders(actor, its.c), condition(its.c))
        .scalar_subquery()
    )


def committed_euros(actor: Actor) -> sa.ColumnElement[Decimal]:
    """SQL: euros that the open orders the actor sees have bound."""
    its = rows_of(Order)
    bound = sa.func.coalesce(sa.func.sum(its.c.committed_euros), 0)
    return sa.cast(sa.select(bound).where(visible_orders(actor, its.c), is_open(its.c)).scalar_subquery(), Euros)


def awaits_decision(order: Row, actor: Actor) -> Condition:
    """SQL: whether Tiera has something to decide: an estimate, a request to go on, a change, a delivery or a part."""
    facts = facts_of(order)
    asked = _if_party(actor, sa.or_(facts["has_open_overrun"], facts["has_open_revision"]))
    return sa.and_(is_open(order), sa.or_(order.state == OrderState.ESTIMATED, has_delivered(order), asked))


@rule("D2.1-c")
def _if_party(actor: Actor, condition: Condition) -> Condition:
    """SQL: a condition on what is between Tiera and the supplier; false for a customer."""
    return sa.false() if actor.kind is ActorKind.CUSTOMER else condition
