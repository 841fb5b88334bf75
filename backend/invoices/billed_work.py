"""What work a line of an invoice is for, as SQL: a credit note's line is for what the line it credits bills."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, array

from backend.hours.figures import is_of_service
from backend.hours.model import HourApproval, TimeEntry
from backend.invoices.model import InvoiceLine
from backend.invoices.queries import LINE_KIND
from backend.kit.conditions import is_among, rows_of, there_is
from backend.kit.database import Condition, Row, Session
from backend.ledger.model import Portion, Reservation
from backend.orders.model import Milestone, Order
from backend.rulebook.rules import rule
from backend.tickets.billing_model import BillingApproval


@rule("D11.9-e")
def order_of(line: Row) -> Any:
    """The order that a line bills; of what credits a line, that line's: a credit note itself bills none."""
    return _its_or_credited(line, "order_id")


@rule("D11.9-e")
def billing_of(line: Row) -> Any:
    """What approved for billing the ticket that a line bills; of what credits a line, that line's."""
    return _its_or_credited(line, "billing_id")


def _its_or_credited(line: Row, column: str) -> Any:
    credited = rows_of(InvoiceLine)
    its = sa.select(credited.c[column]).where(credited.c.id == line.credits_line_id).correlate_except(credited)
    return sa.case((line.credits_line_id.is_(None), getattr(line, column)), else_=its.scalar_subquery())


@rule("D11.9-e", "H11.9-b")
def is_of_sum(line: Row) -> Condition:
    """Whether a line bills a sum (a part of a fixed price, the price of a ticket), or credits a line that does."""
    approval = rows_of(BillingApproval)
    has_price = there_is(approval, approval.c.id == billing_of(line), approval.c.euros.is_not(None))
    return sa.or_(_its_or_credited(line, "milestone_id").is_not(None), has_price)


@rule("D11.9-e")
def bills_or_credits(line: Row, column: str, value: Any) -> Condition:
    """Whether a line says so in a column, or credits a line that does: by the index of either."""
    its = rows_of(InvoiceLine)
    credited = sa.select(its.c.id).where(its.c[column] == value).correlate_except(its)
    own = getattr(line, column)
    return sa.or_(own == value, line.credits_line_id == sa.any_(sa.func.array(credited.scalar_subquery())))


@rule("D11.9-e")
def is_for_service(line: Row, service_id: Any) -> Condition:
    """Whether a line bills work of a service, or credits a line that does."""
    its = rows_of(InvoiceLine)
    credits = there_is(its, its.c.id == line.credits_line_id, is_of_service(its.c, service_id))
    return sa.or_(is_of_service(line, service_id), sa.and_(line.credits_line_id.is_not(None), credits))


# Who accepted it


def ordered_by(line: Row) -> Any:
    """Who placed the order that a line bills itself; null where it bills none."""
    return _of_one(Order, "ordered_by_id", line.order_id)


@rule("D0-f")
def accepters(line: Row) -> Any:
    """Who accepted what a line bills: the part, the order's delivery, or (before it) the hours; some may be null."""
    portion, entry, approval, held = (rows_of(each) for each in (Portion, TimeEntry, HourApproval, Reservation))
    hours = held.join(portion, portion.c.id == held.c.portion_id)
    hours = hours.join(entry, sa.and_(portion.c.source_kind == "TimeEntry", entry.c.id == portion.c.source_id))
    hours = hours.join(approval, approval.c.id == entry.c.approval_id)
    approvers = sa.select(approval.c.approved_by_id).distinct().select_from(hours)
    approvers = approvers.where(
        held.c.line_kind == LINE_KIND, held.c.line_id == line.id, held.c.released_at.is_(None)
    ).correlate_except(portion, entry, approval, held)
    accepted = _of_one(Order, "accepted_by_id", line.order_id)
    return sa.case(
        (line.milestone_id.is_not(None), array([_of_one(Milestone, "accepted_by_id", line.milestone_id)])),
        (accepted.is_not(None), array([accepted])),
        else_=sa.func.array(approvers.scalar_subquery(), type_=ARRAY(sa.BigInteger)),
    )


async def accepters_of(session: Session, line_ids: Collection[int]) -> dict[int, list[int | None]]:
    """Who accepted what each of these lines bills."""
    wanted = sa.select(InvoiceLine.id, accepters(InvoiceLine)).where(is_among(InvoiceLine.id, line_ids))
    return {row.id: row[1] for row in (await session.execute(wanted)).all()}


def _of_one(kind: type[Any], column: str, id: Any) -> Any:
    its = rows_of(kind)
    return sa.select(its.c[column]).where(its.c.id == id).correlate_except(its).scalar_subquery()
