"""What work a line of an invoice is for, as SQL: a credit note's line is for what the line it credits bills."""

from typing import Any

import sqlalchemy as sa

from backend.hours.figures import is_of_service
from backend.invoices.model import InvoiceLine
from backend.kit.conditions import rows_of, there_is
from backend.kit.database import Condition, Row
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
