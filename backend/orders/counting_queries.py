"""What orders count with, in euros: what each binds, what its approved hours come to, and where that stands."""

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa

from backend.kit.conditions import is_among, rows_of
from backend.kit.database import Euros, Instant, Row, Session
from backend.kit.refs import Ref
from backend.ledger.model import Account, Portion, Posting, PostingKind, Reservation
from backend.orders.model import TOTAL, WORK, Order
from backend.parties.agreement_model import Price
from backend.parties.days import is_valid_on
from backend.parties.right_model import OrderingRight


class Counted(NamedTuple):
    """What an order counts with, in euros. `right` is the one that it was placed under."""

    order: Order
    right: OrderingRight | None
    approved: Decimal
    """What its approved hours come to; of a fixed price nothing, for it is never more than the order binds."""
    counted: Decimal
    """In its agreement's total, until now."""
    is_done: bool
    """Nothing of its hours waits: where it is accepted, what is approved is all that can be billed."""
    ceiling: Decimal
    """Of accepted work, what its ceiling comes to at its average price."""

    @property
    def binds(self) -> Decimal | None:
        """What it binds now. Of accepted work by the hour, once its hours are approved, what they come to; work that
        comes back to it after that, or a price changed for days past, binds again what its ceiling did at most."""
        bound = self.order.committed_euros
        if bound is None or self.order.accepted_at is None:
            return bound
        return min(self.approved if self.is_done else max(bound, self.approved), max(bound, self.ceiling))

    @property
    def due(self) -> Decimal:
        """What it should count with: what it binds or, where that is more, what is approved of it."""
        return max(self.order.committed_euros or Decimal(0), self.approved)


async def euros_counted(session: Session, order_ids: Collection[int]) -> list[Counted]:
    """What orders count with, in ascending ids."""
    work = rows_of(Account)
    its = (work.c.about_kind == "Order", work.c.about_id == Order.id, work.c.purpose == WORK, work.c.billable)
    is_done = sa.func.coalesce(work.c.booked == work.c.approved, sa.false())
    wanted = (
        sa.select(Order, OrderingRight, approved_euros(Order), counted_euros(Order), is_done, _ceiling(Order, work))
        .outerjoin(OrderingRight, OrderingRight.id == Order.ordering_right_id)
        .outerjoin(work, sa.and_(*its))
        .where(is_among(Order.id, order_ids))
        .order_by(Order.id)
    )
    rows = await session.execute(wanted.execution_options(populate_existing=True))
    return [Counted(*row) for row in rows.all()]


def _ceiling(order: Row, work: Row) -> sa.ColumnElement[Decimal]:
    """SQL: what was granted on an account comes to, each grant as `rules.extra_euros` reckons it."""
    grant = rows_of(Posting)
    euros = order.ordered_euros * grant.c.amount / sa.func.nullif(order.ordered_minutes, 0)
    its = (grant.c.account_id == work.c.id, grant.c.kind == PostingKind.GRANT)
    granted = sa.select(sa.func.sum(sa.func.round(euros, 2))).where(*its).scalar_subquery()
    return sa.func.coalesce(sa.case((order.accepted_at.is_not(None), granted)), 0, type_=Euros)


def counted_euros(order: Row) -> sa.ColumnElement[Decimal]:
    """SQL: what an order counts with in its agreement's total, in euros."""
    posting, total = rows_of(Posting), rows_of(Account)
    its = (posting.c.source_kind == "Order", posting.c.source_id == order.id, posting.c.kind == PostingKind.BOOK)
    cents = (
        sa.select(sa.func.coalesce(sa.func.sum(posting.c.amount), 0))
        .select_from(posting.join(total, sa.and_(total.c.id == posting.c.account_id, total.c.purpose == TOTAL)))
        .where(*its)
        .correlate_except(posting, total)
        .scalar_subquery()
    )
    return sa.cast(sa.cast(cents, Euros) / 100, Euros)


def approved_euros(order: Row) -> sa.ColumnElement[Decimal]:
    """SQL: what the approved hours of an order come to, each at the price of its day, in euros (D0-c).

    What a month has at one price of a price group is rounded once, as the line that bills it (D0-d). What is billed
    stays at the price that was known when it was: one that is changed later for days past is for the rest.
    """
    work, portion, price, held = rows_of(Account), rows_of(Portion), rows_of(Price), rows_of(Reservation)
    is_its = (work.c.about_kind == "Order", work.c.about_id == order.id, work.c.purpose == WORK, work.c.billable)
    billing = (held.c.portion_id == portion.c.id, held.c.released_at.is_(None), held.c.taken_at.is_not(None))
    known_at = sa.func.coalesce(held.c.taken_at, sa.literal_column("'infinity'::timestamptz", Instant))
    was_known = sa.and_(price.c.recorded_at <= known_at, sa.func.coalesce(price.c.ended_at > known_at, sa.true()))
    of_day = (price.c.price_group_id == portion.c.price_group_id, was_known)
    month = sa.func.date_trunc("month", sa.cast(portion.c.day, sa.DateTime))
    lines = (
        sa.select(sa.func.round(sa.func.sum(portion.c.amount) * price.c.unit_price / 60, 2).label("euros"))
        .select_from(
            work.join(portion, sa.and_(portion.c.account_id == work.c.id, portion.c.ended_at.is_(None)))
            .join(held, sa.and_(*billing), isouter=True)
            .join(price, sa.and_(*of_day, is_valid_on(price.c, portion.c.day)))
        )
        .where(*is_its)
        .group_by(portion.c.price_group_id, price.c.unit_price, month)
        .correlate_except(work, portion, price, held)
        .subquery()
    )
    return sa.func.coalesce(sa.select(sa.func.sum(lines.c.euros)).scalar_subquery(), 0, type_=Euros)


async def years_bound(session: Session, order_ids: Collection[int]) -> dict[int, dict[tuple[Ref, str], int]]:
    """The cents with which each order counts in years of rights, by what the year's account is about and for."""
    wanted = (
        sa.select(Posting.source_id, Account.about_id, Account.purpose, sa.func.sum(Posting.amount))
        .join(Account, Account.id == Posting.account_id)
        .where(
            Posting.source_kind == "Order",
            is_among(Posting.source_id, order_ids),
            Posting.kind == PostingKind.BOOK,
            Account.about_kind == OrderingRight.__name__,
        )
        .group_by(Posting.source_id, Account.about_id, Account.purpose)
    )
    found: dict[int, dict[tuple[Ref, str], int]] = {}
    for order_id, right_id, purpose, cents in (await session.execute(wanted)).all():
        found.setdefault(order_id, {})[Ref(OrderingRight.__name__, right_id), purpose] = int(cents)
    return found


async def count_postings(session: Session, order_id: int, account_id: int) -> int:
    """How often an order was posted on an account."""
    wanted = sa.select(sa.func.count()).where(
        Posting.account_id == account_id, Posting.source_kind == "Order", Posting.source_id == order_id
    )
    return await session.scalar(wanted) or 0


async def minutes_freed(session: Session, order_id: int, account_id: int) -> int:
    """What the end of an order has taken off its ceiling, less what came back of that."""
    wanted = sa.select(sa.func.coalesce(-sa.func.sum(Posting.amount), 0)).where(
        Posting.account_id == account_id,
        Posting.kind == PostingKind.GRANT,
        Posting.source_kind == "Order",
        Posting.source_id == order_id,
        sa.or_(Posting.amount < 0, Posting.key.startswith(f"order:{order_id}:settled:")),
    )
    return int(await session.scalar(wanted) or 0)
