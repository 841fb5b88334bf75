"""What is approved of a supplier's work and on no line of an invoice yet, by the month to invoice it in (H11.9-a).

Hours are of the month in which they were worked, a month's fee is of that month, another part of a fixed price of the
month of its acceptance: as `Meaning.month` reads a line, so that clock and judge never differ.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from backend.hours.model import HourApproval, TimeEntry
from backend.kit.calendar import Month, month_of
from backend.kit.clock import HELSINKI
from backend.kit.database import Session
from backend.ledger.model import DEDUCTION, Account, Portion, Reservation, Unit
from backend.orders.model import Milestone
from backend.parties.agreement_model import Agreement
from backend.parties.days import is_valid_on
from backend.parties.states import AgreementKind
from backend.rulebook.rules import rule
from backend.tickets.billing_model import BillingApproval

_is_part = sa.and_(Portion.source_kind == "Milestone", Milestone.id == Portion.source_id)
_accepted_on = sa.cast(sa.func.timezone(HELSINKI.key, Milestone.accepted_at), sa.Date)
_day_of_sum = sa.case((Milestone.month.is_(None), sa.func.coalesce(_accepted_on, Portion.day)), else_=Portion.day)


def _unbilled(*columns: Any) -> sa.Select[Any]:
    """Portions of approved, billable work that no line holds.

    What holds a portion is looked up for each (`OFFSET 0`): statistics do not know of what judging has just reserved,
    and a join that trusts them may compare each with each.
    """
    held = sa.select(Reservation.id).where(Reservation.portion_id == Portion.id, Reservation.released_at.is_(None))
    is_to_bill = sa.and_(Account.billable, Account.purpose != DEDUCTION, Account.billed < Account.approved)
    return (
        sa.select(*columns)
        .select_from(Portion)
        .join(Account, Account.id == Portion.account_id)
        .where(is_to_bill, Portion.ended_at.is_(None), ~held.offset(0).exists())
    )


@rule("H11.9-a")
def has_unbilled_work(supplier_id: int, month: Month) -> sa.Select[int]:
    """Whether approved, billable work of a supplier's month is on no line yet; a row if so."""
    days = (month.first_day, month.last_day)
    own = _unbilled(Portion.id).where(Account.holder_id == supplier_id)
    effort = own.where(Account.unit == Unit.MINUTES, Portion.day.between(*days))
    sums = own.outerjoin(Milestone, _is_part).where(Account.unit == Unit.CENTS, _day_of_sum.between(*days))
    return sa.select(sa.union_all(effort, sums).subquery().c.id).limit(1)


async def is_unbilled(session: Session, supplier_id: int, month: Month) -> bool:
    """Whether approved, billable work of a supplier's month is on no line yet."""
    return (await session.execute(has_unbilled_work(supplier_id, month))).first() is not None


@rule("H11.9-a")
async def unbilled_months(
    session: Session, until: Month, supplier_id: int | None = None
) -> list[tuple[int, Month, datetime | None]]:
    """Of months before one: suppliers with approved work that is on no line yet, and when the last of it was approved.

    So an invoice for just that would be judged (`head_judging`). Of one supplier, or of all.
    """
    is_its = Account.holder_id.is_not(None) if supplier_id is None else Account.holder_id == supplier_id
    is_entry = sa.and_(Portion.source_kind == "TimeEntry", TimeEntry.id == Portion.source_id)
    is_billing = sa.and_(Portion.source_kind == "BillingApproval", BillingApproval.id == Portion.source_id)
    first = sa.cast(sa.func.date_trunc("month", sa.cast(_day_of_sum, sa.DateTime)), sa.Date)
    approved_at = sa.func.coalesce(HourApproval.approved_at, Milestone.accepted_at, BillingApproval.approved_at)
    wanted = (
        _unbilled(Account.holder_id, first, sa.func.max(approved_at))
        .outerjoin(TimeEntry, is_entry)
        .outerjoin(HourApproval, HourApproval.id == TimeEntry.approval_id)
        .outerjoin(Milestone, _is_part)
        .outerjoin(BillingApproval, is_billing)
        .where(is_its, _day_of_sum < until.first_day)
        .group_by(Account.holder_id, first)
        .order_by(Account.holder_id, first)
    )
    return [(supplier_id, month_of(day), at) for supplier_id, day, at in (await session.execute(wanted)).all()]


async def agreement_of_month(session: Session, supplier_id: int, month: Month) -> int | None:
    """The agreement with a supplier at the end of a month, or else the last one before it."""
    wanted = sa.select(Agreement.id).where(
        Agreement.organisation_id == supplier_id,
        Agreement.kind == AgreementKind.SUPPLIER,
        sa.func.lower(Agreement.valid) <= month.last_day,
    )
    newest = wanted.order_by(
        is_valid_on(Agreement, month.last_day).desc(), sa.func.lower(Agreement.valid).desc(), Agreement.id.desc()
    )
    return await session.scalar(newest.limit(1))
