"""When estimates, forecasts and answers to overruns are due."""

from datetime import date, datetime

from backend.kit.calendar import DAY, add_business_days, due_in_business_days, end_of_day, helsinki_date
from backend.kit.faults import broken_rule
from backend.kit.translation import Text
from backend.rulebook.rules import rule
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import Terms

ESTIMATE = "order.estimate"
FORECAST = "order.forecast"
DELIVERY = "order.delivery"
OVERRUN_ANSWER = "overrun.answer"
KINDS = (ESTIMATE, FORECAST, DELIVERY, OVERRUN_ANSWER)


@rule("H11.3.1-a")
def estimate_due_at(asked_at: datetime, size: SizeClass, agreed_on: date | None, terms: Terms) -> datetime:
    """When an estimate must have come: by the class expected, or at the end of a later day that was agreed."""
    days = {
        SizeClass.SMALL: terms.estimate_days_small,
        SizeClass.ASSIGNMENT: terms.estimate_days_assignment,
        SizeClass.PROJECT: terms.estimate_days_project,
    }[size]
    due_at = due_in_business_days(asked_at, days, terms.counting)
    if agreed_on is None:
        return due_at
    if end_of_day(agreed_on) < due_at:
        raise broken_rule(
            "H11.3.1-a",
            Text("The supplier has until %(day)s; a day that is agreed may be later.", day=helsinki_date(due_at)),
            "agreed_on",
        )
    return end_of_day(agreed_on)


@rule("H11.7.3-d")
def hours_until(day: date, terms: Terms) -> date:
    """The last day on which hours of a day are on time: typed or, where that is later, imported."""
    imported = add_business_days(day, terms.on_time_import_days, terms.counting)
    return max(day + terms.on_time_typed_days * DAY, imported)


@rule("H11.8.3-c")
def forecast_due_at(warned_at: datetime, terms: Terms) -> datetime:
    """When the supplier must have renewed its forecast after a warning."""
    return due_in_business_days(warned_at, terms.forecast_renewal_days, terms.counting)


@rule("H11.8.3-d")
def overrun_answer_due_at(asked_at: datetime, terms: Terms) -> datetime:
    """When Tiera must have decided on a request to go on."""
    return due_in_business_days(asked_at, terms.overrun_decision_days, terms.counting)
