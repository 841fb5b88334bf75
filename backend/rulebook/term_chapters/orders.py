"""Estimates and sizes, forecast and overruns."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from backend.kit.translation import Text
from backend.rulebook.choices import StopWorkAt
from backend.rulebook.definitions import Unit, term


@dataclass(frozen=True, kw_only=True)
class OrderTerms:
    # Estimates and sizes
    estimate_days_small: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("The time to answer a request for an estimate of a small assignment."),
            rule="H11.3.1-a",
            least=1,
            most=250,
        ),
    ] = 5
    estimate_days_assignment: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("The time to answer a request for an estimate of an assignment."),
            rule="H11.3.1-a",
            least=1,
            most=250,
        ),
    ] = 10
    estimate_days_project: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("The time to answer a request for an estimate of a project."),
            rule="H11.3.1-a",
            least=1,
            most=250,
        ),
    ] = 15
    size_small_below_days: Annotated[
        int,
        term(
            Unit.PERSON_DAYS,
            Text("An order of less effort than this is a small assignment."),
            rule="H11.8.2-a",
            in_source=True,
            least=1,
        ),
    ] = 10
    size_assignment_max_days: Annotated[
        int,
        term(
            Unit.PERSON_DAYS,
            Text("An order of more effort than this is a project."),
            rule="H11.8.2-a",
            in_source=True,
            least=1,
        ),
    ] = 50
    small_order_needs_estimate: Annotated[
        bool,
        term(
            Unit.YES_OR_NO,
            Text(
                "A small assignment is estimated before it is ordered; if not, the ordering contact gives its ceiling."
            ),
            rule="H11.8.2-b",
        ),
    ] = True

    # Forecast and overruns
    overrun_warning_percent: Annotated[
        Decimal,
        term(
            Unit.PERCENT,
            Text("The share of the approved ceiling at which both sides are warned of a coming overrun."),
            rule="H11.8.3-c",
            most=100,
        ),
    ] = Decimal(80)
    forecast_renewal_days: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("The time in which the supplier renews the forecast after a warning."),
            rule="H11.8.3-c",
            most=60,
        ),
    ] = 2
    stop_work_at: Annotated[
        StopWorkAt,
        term(
            Unit.CHOICE,
            Text("Whether the forecast or the ceiling itself puts an order on hold."),
            rule="H11.8.3-d",
            in_source=True,
        ),
    ] = StopWorkAt.FORECAST
    overrun_decision_days: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("The time in which Tiera answers a request to go on above the estimate."),
            rule="H11.8.3-d",
            least=1,
            most=60,
        ),
    ] = 5
