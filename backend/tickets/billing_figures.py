"""Figures of what was approved for billing, as SQL over its row; what may be done with it."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from backend.kit.actor import Actor
from backend.kit.conditions import rows_of, there_is, when
from backend.kit.database import Condition, Row
from backend.ledger.model import Account, Portion, Reservation
from backend.tickets import policy
from backend.tickets.billing_states import BILLING, BillingAction, BillingState
from backend.tickets.merged_queries import people_of
from backend.tickets.model import Ticket


def state(approval: Row) -> Any:
    """Where it stands."""
    return sa.case((approval.taken_back_at.is_(None), BillingState.STANDS.value), else_=BillingState.TAKEN_BACK.value)


def account_of(approval: Row, column: str) -> Any:
    """A column of its account."""
    its = rows_of(Account)
    of_this = sa.and_(its.c.about_kind == "BillingApproval", its.c.about_id == approval.id)
    return sa.select(its.c[column]).where(of_this).correlate_except(its).scalar_subquery()


def minutes_of(approval: Row, column: str) -> Any:
    """A sum of its account in minutes; null of a fixed sum."""
    return sa.case((approval.minutes.is_not(None), account_of(approval, column)))


def billed_euros(approval: Row) -> Any:
    """What of a fixed sum is billed; null of effort."""
    euros = sa.cast(account_of(approval, "billed") / sa.literal(100, sa.Numeric), sa.Numeric(14, 2))
    return sa.case((approval.euros.is_not(None), euros))


def is_untouched(approval: Row) -> Condition:
    """Whether nothing came of it: no hours are booked on it, and no line holds anything of a fixed sum."""
    portion, held = rows_of(Portion), rows_of(Reservation)
    is_held = there_is(
        portion,
        portion.c.source_kind == "BillingApproval",
        portion.c.source_id == approval.id,
        held.c.portion_id == portion.c.id,
        held.c.released_at.is_(None),
        beside=held,
    )
    return sa.case((approval.minutes.is_not(None), account_of(approval, "booked") == 0), else_=~is_held)


def askers_of(approval: Row) -> Any:
    """SQL: ids of those who asked for it, or for what was merged into it, of a ticket; a list."""
    its = rows_of(Ticket)
    of_this = sa.and_(approval.about_kind == Ticket.__name__, its.c.id == approval.about_id)
    return sa.select(people_of(its.c, "requester_id")).where(of_this).correlate_except(its).scalar_subquery()


def available_actions(
    actor: Actor, *, is_standing: bool, is_effort: bool, is_untouched: bool, asker_ids: Collection[int | None] | None
) -> list[BillingAction]:
    """What the table gives, narrowed to what can be done with effort or a sum, and to what nothing came of."""
    may_raise = is_effort and not policy.is_own_request(actor, asker_ids or ())
    possible = {BillingAction.RAISE: may_raise, BillingAction.TAKE_BACK: is_untouched}
    stands = BillingState.STANDS if is_standing else BillingState.TAKEN_BACK
    return [action for action in BILLING.open_to(actor, stands) if possible[action]]


def matching(approval: Row, where: Any) -> Condition:
    """The condition of a filter."""
    if where is None:
        return sa.true()
    return sa.and_(
        when(where.is_standing, lambda wanted: approval.taken_back_at.is_(None) == wanted),
        when(where.supplier_id, lambda of: approval.supplier_id == of.of("Organisation")),
    )
