"""When an invoice is due, and when it may be paid at the earliest (11.9)."""

from datetime import date, datetime

from backend.kit.calendar import (
    DAY,
    Month,
    add_business_days,
    end_of_day,
    helsinki_date,
    month_of,
    nth_business_day,
    start_of_day,
)
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

INVOICE = "invoice.month"
"""Kind of deadline: a supplier's invoice for a month's approved hours. Its `started_at` is the end of that month."""


@rule("H11.9-a")
def invoice_due_at(month: Month, approved_at: datetime | None, terms: Terms) -> datetime:
    """The end of the 5th business day of the next month; hours that Tiera approved late have 3 business days more.

    `approved_at` is when the last of the month's hours were approved; the numbers are terms.
    """
    following = month + 1
    due = nth_business_day(following.year, following.number, terms.invoice_due_business_day, terms.counting)
    in_time = nth_business_day(following.year, following.number, terms.hours_approval_business_day, terms.counting)
    if approved_at is not None and helsinki_date(approved_at) > in_time:
        own = add_business_days(helsinki_date(approved_at), terms.late_approval_invoice_days, terms.counting)
        due = max(due, own)
    return end_of_day(due)


@rule("H11.9-a")
def month_to_invoice(arrived_on: date) -> Month:
    """The month that an invoice is normally for: the one before it arrives."""
    return Month(arrived_on.year, arrived_on.month) - 1


def started_at(month: Month) -> datetime:
    """When the duty to invoice a month begins: as the month has ended."""
    return start_of_day((month + 1).first_day)


def month_of_clock(started_at: datetime) -> Month:
    """The month whose clock started then."""
    return month_of(helsinki_date(started_at)) - 1


@rule("D11.9-d")
def earliest_due_date(arrived_at: datetime, terms: Terms) -> date:
    """The earliest due date that the agreed payment term allows, from the day of arrival."""
    return helsinki_date(arrived_at) + terms.payment_days * DAY
