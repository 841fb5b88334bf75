"""When hours must be approved: the 2nd business day of the following month (H11.7.3-g).

There is one clock for all entries of a supplier's month (`clock_verbs.py`). An entry that is booked when that day has
passed already gives Tiera as many business days from then on; it does not make Tiera late.
"""

from datetime import date

from backend.kit.calendar import Month, add_business_days, month_of, nth_business_day
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

APPROVAL = "hours.approval"


@rule("H11.7.3-g")
def approval_due_on(month: Month, terms: Terms) -> date:
    """The day by which Tiera approves a month's entries."""
    following = month + 1
    return nth_business_day(following.year, following.number, terms.hours_approval_business_day, terms.counting)


@rule("H11.7.3-g")
def due_on_of(day: date, booked_on: date, terms: Terms) -> date:
    """The day by which Tiera approves what was booked on a day: its month's, or as many business days after it."""
    due = approval_due_on(month_of(day), terms)
    if booked_on <= due:
        return due
    return add_business_days(booked_on, terms.hours_approval_business_day, terms.counting)
