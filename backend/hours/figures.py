"""Figures over hours as SQL: what waits of a month, sums of a list, days on which nothing is booked."""

from collections.abc import Callable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from backend.hours.deadlines import APPROVAL
from backend.hours.model import OWN_COST, OwnCostTarget, TimeEntry
from backend.hours.queries import is_done_before, is_in_its_place, is_uncovering, visible_entries
from backend.hours.states import EntryState
from backend.kit.actor import Actor, ActorKind
from backend.kit.clock import HELSINKI
from backend.kit.conditions import rows_of, there_is
from backend.kit.database import Condition, Row, Session
from backend.kit.deadlines import Deadline
from backend.kit.searching import begins_number
from backend.ledger.model import Account, Posting, PostingKind
from backend.orders.estimate_model import EstimateRow
from backend.orders.model import WORK, Order
from backend.orders.states import OrderState, Pricing
from backend.parties.agreement_model import Price
from backend.parties.days import is_valid_on
from backend.parties.figures import price_of_day
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.tickets.billing_model import BILLING, BillingApproval
from backend.tickets.model import Ticket

COUNTED = (EntryState.BOOKED, EntryState.APPROVED, EntryState.RETURNED)
"""Entries that are somebody's hours: all but those that a correction took the place of."""


# Months that wait for approval


def months_to_approve() -> sa.Subquery:
    """Clocks that run: a supplier's months of which something waits for approval."""
    begun = sa.func.timezone(HELSINKI.key, Deadline.started_at)
    return (
        sa.select(
            Deadline.id.label("id"),
            Deadline.about_id.label("supplier_id"),
            Deadline.due_at.label("due_at"),
            sa.cast(begun - sa.text("interval '1 month'"), sa.Date).label("month"),
            (sa.cast(begun, sa.Date) - 1).label("last_day"),
        )
        .where(
            Deadline.kind == APPROVAL,
            Deadline.about_kind == "Organisation",
            Deadline.met_at.is_(None),
            Deadline.dropped_at.is_(None),
        )
        .subquery("months_to_approve")
    )


MONTHS = months_to_approve()


def visible_months(actor: Actor, month: Row) -> Condition:
    """Tiera's duty, shown to whoever leads at the supplier too (H11.7.3-g)."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER if actor.sees(Right.SEE_HOURS):
            return sa.and_(month.supplier_id == actor.organisation_id)
    return sa.false()


def waiting_minutes(month: Row) -> Any:
    return sa.func.coalesce(_of_waiting(month, sa.func.sum(_entry.minutes)), 0)


def waiting_entries(month: Row) -> Any:
    return _of_waiting(month, sa.func.count())


_entry = aliased(TimeEntry)


def _of_waiting(month: Row, figure: Any) -> Any:
    waits = sa.and_(
        _entry.supplier_id == month.supplier_id,
        _entry.day.between(month.month, month.last_day),
        _entry.state == EntryState.BOOKED,
    )
    return sa.select(figure).where(waits).correlate_except(_entry).scalar_subquery()


# Sums of a list


def minutes_of(actor: Actor, which: Callable[[Row], Condition]) -> Any:
    """SQL: the minutes of those entries that the actor sees."""
    entry = rows_of(TimeEntry)
    wanted = sa.and_(visible_entries(actor, entry.c), which(entry.c))
    minutes = sa.func.coalesce(sa.func.sum(entry.c.minutes), 0)
    return sa.select(minutes).where(wanted).correlate_except(entry).scalar_subquery()


@rule("H11.7.3-i")
def is_of_service(work: Row, service_id: Any) -> Condition:
    """Whether an entry or an invoice's line is of a service: its order's, or that of the ticket that it works on."""
    order, billing, ticket = rows_of(Order), rows_of(BillingApproval), rows_of(Ticket)
    of_ticket = there_is(
        billing,
        billing.c.id == work.billing_id,
        billing.c.about_kind == "Ticket",
        ticket.c.id == billing.c.about_id,
        ticket.c.service_id == service_id,
        beside=ticket,
    )
    return sa.or_(there_is(order, order.c.id == work.order_id, order.c.service_id == service_id), of_ticket)


# Targets


def is_bookable_on(target: Row, day: Any, since: Any = None) -> Condition:
    """Whether work of this day can be booked, or of one before it from `since` on: opened by then and not closed; of an
    order, its work under way or ended lately; of what was approved for billing, that standing; at own cost, nothing in
    its place approved for billing."""
    since = day if since is None else since
    order, billing = rows_of(Order), rows_of(BillingApproval)
    is_begun = order.c.state.in_([OrderState.IN_PROGRESS, OrderState.DELIVERED])
    is_under_way = sa.or_(is_begun, order.c.books_until.is_not(None))
    under_way = there_is(order, order.c.id == target.about_id, is_under_way)
    stands = there_is(billing, billing.c.id == target.about_id, billing.c.taken_back_at.is_(None))
    instead = rows_of(BillingApproval)
    is_billed = there_is(instead, is_in_its_place(target.about_id, instead.c), is_approved_by(instead.c, since))
    return sa.and_(
        sa.or_(target.opens_on.is_(None), target.opens_on <= day),
        sa.or_(target.closes_on.is_(None), target.closes_on >= since),
        sa.case((target.purpose == OWN_COST, ~is_billed), (target.purpose == BILLING, stands), else_=under_way),
    )


def is_booked_by(actor: Actor, target: Row, since: Any) -> Condition:
    """SQL: whether the actor has booked work of this day, or of a later one, on a target."""
    entry = rows_of(TimeEntry)
    own = sa.select(entry.c.account_id).where(entry.c.person_id == actor.person_id, entry.c.day >= since)
    return sa.and_(target.id.in_(own.correlate_except(entry)))


def is_numbered(target: Row, words: Any) -> Condition:
    """SQL: whether the number of a target's order, of what was approved for billing or of a complaint begins so."""
    order, billing, own_cost = rows_of(Order), rows_of(BillingApproval), rows_of(OwnCostTarget)
    numbers = (
        (WORK, order, (order.c.number, sa.func.upper(order.c.supplier_number))),
        (BILLING, billing, (billing.c.number,)),
        (OWN_COST, own_cost, (own_cost.c.number,)),
    )
    return sa.or_(
        *(
            sa.and_(
                target.purpose == purpose,
                there_is(its, its.c.id == target.about_id, sa.or_(*(begins_number(each, words) for each in theirs))),
            )
            for purpose, its, theirs in numbers
        )
    )


def is_approved_by(approval: Row, day: Any) -> Condition:
    """Whether something was approved for billing on a day or before."""
    return sa.and_(sa.cast(sa.func.timezone(HELSINKI.key, approval.approved_at), sa.Date) <= day)


def last_booked_on(target: Row, actor: Actor) -> Any:
    """The latest day that the actor booked on a target."""
    entry = rows_of(TimeEntry)
    mine = sa.and_(entry.c.account_id == target.id, entry.c.person_id == actor.person_id)
    return sa.select(sa.func.max(entry.c.day)).where(mine).correlate_except(entry).scalar_subquery()


def waiting_on(target: Row, until: Any) -> Any:
    """Minutes on a target that wait for approval, up to a day where one is given."""
    entry = rows_of(TimeEntry)
    waits = sa.and_(entry.c.account_id == target.id, entry.c.state == EntryState.BOOKED)
    if until is not None:
        waits = sa.and_(waits, entry.c.day <= until)
    summed = sa.func.coalesce(sa.func.sum(entry.c.minutes), 0)
    return sa.select(summed).where(waits).correlate_except(entry).scalar_subquery()


def uncovered_of(target: Row) -> Any:
    """Minutes granted by decisions that do not cover work done on hold: such work cannot use them."""
    posting = rows_of(Posting)
    is_grant = sa.and_(posting.c.account_id == target.id, posting.c.kind == PostingKind.GRANT)
    summed = sa.func.coalesce(sa.func.sum(posting.c.amount), 0)
    return sa.select(summed).where(is_grant, is_uncovering(posting.c)).correlate_except(posting).scalar_subquery()


@rule("H11.8.3-d")
def left_uncovered(target: Row, *, first: Any, last: Any) -> Any:
    """Waiting minutes of some days that were done before a decision that does not cover them, beyond their room.

    What approving all of them would leave out for it: as `rules.room_before` says of each such decision, the worst.
    """
    decision = _not_covering(target)
    waiting = _minutes_before(target, decision.c.at, EntryState.BOOKED, first, last)
    approved = _minutes_before(target, decision.c.at, EntryState.APPROVED, None, None)
    room = sa.func.greatest(target.granted - decision.c.not_covering - approved, 0)
    grants = decision.c.not_covering > 0  # a ceiling lowered since may have taken all of it: then that alone is passed
    most = sa.select(sa.func.max(waiting - room)).select_from(decision).where(grants).correlate_except(decision)
    return sa.func.greatest(most.scalar_subquery(), 0)


async def left_out_of(session: Session, account: Account) -> int:
    """Minutes of an account that approving all that waits would leave out, as `left_uncovered` counts them."""
    wanted = sa.select(left_uncovered(Account, first=None, last=None)).where(Account.id == account.id)
    return int(await session.scalar(wanted) or 0)


def _not_covering(target: Row) -> sa.Subquery:
    """Decisions on a target that do not cover work done before them: when, and what they and later ones granted.

    A lowered ceiling takes of the newest grant before it: of the first grants together there stands the least that the
    ceiling has been since.
    """
    posting = rows_of(Posting)
    names = ("id", "at", "amount", "source_kind", "source_id")
    ceiling = sa.func.sum(posting.c.amount).over(order_by=posting.c.id).label("ceiling")
    is_grant = (posting.c.account_id == target.id, posting.c.kind == PostingKind.GRANT)
    grants = sa.select(*(posting.c[n] for n in names), ceiling).where(*is_grant).correlate_except(posting).subquery()
    least = sa.func.min(grants.c.ceiling).over(order_by=grants.c.id, rows=(0, None)).label("stands")
    stood = sa.select(*grants.c, least).subquery()
    standing = stood.c.stands - sa.func.least(stood.c.stands, stood.c.ceiling - stood.c.amount)
    since = sa.func.sum(standing).over(order_by=stood.c.at.desc()).label("not_covering")
    return sa.select(stood.c.at, since).where(is_uncovering(stood.c)).subquery()


def _minutes_before(target: Row, decided_at: Any, state: EntryState, first: Any, last: Any) -> Any:
    entry = rows_of(TimeEntry)
    its = sa.and_(entry.c.account_id == target.id, entry.c.state == state, is_done_before(entry.c, decided_at))
    if first is not None:
        its = sa.and_(its, entry.c.day >= first)
    if last is not None:
        its = sa.and_(its, entry.c.day <= last)
    summed = sa.func.coalesce(sa.func.sum(entry.c.minutes), 0)
    return sa.select(summed).where(its).correlate_except(entry).scalar_subquery()


def is_price_group_of(target: Row, group: Row, *, on: Any) -> Condition:
    """A price group that work on this target can be booked at on a day; none where the price is fixed."""
    order, price, billing = rows_of(Order), rows_of(Price), rows_of(BillingApproval)
    is_priced = there_is(
        price, price.c.price_group_id == group.id, price.c.ended_at.is_(None), is_valid_on(price.c, on)
    )
    of_order = there_is(
        order,
        order.c.id == target.about_id,
        order.c.pricing == Pricing.HOURS,
        group.agreement_id == order.c.agreement_id,
    )
    of_billing = there_is(billing, billing.c.id == target.about_id, billing.c.price_group_id == group.id)
    is_its = sa.case((target.purpose == WORK, of_order), (target.purpose == BILLING, of_billing), else_=sa.false())
    return sa.and_(is_its, is_priced)


@rule("H11.8.3-c")
def foreseen_price(order_id: Any, day: Any) -> Any:
    """Euros an hour of the dearest price group that an order's estimate foresaw, on the day of the work.

    A group that has no price on that day counts at the estimate's own; null where no price group was foreseen.
    """
    order, row, price = rows_of(Order), rows_of(EstimateRow), rows_of(Price)
    is_its = price.c.price_group_id == row.c.price_group_id
    of_day = sa.and_(is_its, price.c.ended_at.is_(None), is_valid_on(price.c, day))
    rows = order.join(row, row.c.option_id == order.c.chosen_option_id).join(price, of_day, isouter=True)
    dearest = sa.select(sa.func.max(sa.func.coalesce(price.c.unit_price, row.c.unit_price)))
    return dearest.select_from(rows).where(order.c.id == order_id).correlate_except(order, row, price).scalar_subquery()


@rule("H11.8.3-d")
def is_without_permission(entry: Row) -> Condition:
    """Whether work has the mark; at the supplier's own cost it waits until it goes back to its order."""
    has_ceiling = sa.or_(entry.order_id.is_not(None), entry.billing_id.is_not(None))
    return sa.and_(entry.is_without_permission, has_ceiling)


def is_dearer(entry: Row) -> Any:
    """Whether work is booked at a higher price than any that the order's estimate foresaw: told, never refused."""
    dearer = price_of_day(entry.price_group_id, on=entry.day) > foreseen_price(entry.order_id, entry.day)
    return sa.func.coalesce(dearer, sa.false())


def foreseen_price_on(target: Row, *, on: Any) -> Any:
    return sa.case((target.purpose == WORK, foreseen_price(target.about_id, on)))


def is_last_price_group(target: Row, group: Row, *, actor: Actor) -> Condition:
    """The price group that the actor booked last on a target."""
    return sa.and_(group.id == _last_group(target, actor).scalar_subquery())


def _last_group(target: Row, actor: Actor) -> sa.Select[Any]:
    entry = rows_of(TimeEntry)
    mine = sa.and_(entry.c.account_id == target.id, entry.c.person_id == actor.person_id)
    latest = sa.select(entry.c.price_group_id).where(mine, entry.c.price_group_id.is_not(None))
    return latest.order_by(entry.c.day.desc(), entry.c.id.desc()).limit(1).correlate_except(entry)


# Days


def days(*, first: Any, last: Any) -> sa.Subquery:
    """Mondays to Fridays of a time."""
    series = sa.func.generate_series(
        sa.cast(first, sa.DateTime), sa.cast(last, sa.DateTime), sa.text("interval '1 day'")
    )
    listed = series.table_valued("day").render_derived()
    day = sa.cast(listed.c.day, sa.Date)
    return sa.select(day.label("day")).where(sa.extract("isodow", day) < 6).subquery("days")


DAYS = days(first=sa.literal(date.min), last=sa.literal(date.min))


def visible_days(actor: Actor, day: Row) -> Condition:
    """Whoever books hours has days to book."""
    return sa.true() if actor.sees(Right.BOOK_HOURS) else sa.false()


def is_unbooked(day: Row, actor: Actor) -> Condition:
    """Nothing of the actor's is booked on it."""
    entry = rows_of(TimeEntry)
    mine = (entry.c.person_id == actor.person_id, entry.c.day == day.day, entry.c.state.in_(COUNTED))
    return ~there_is(entry, *mine)
