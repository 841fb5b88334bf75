"""The terms that the rules need, with the contract's defaults; and `Terms`, the values of one day.

A term is a dated value of an agreement, or of the installation, changed with a reason; what has no value has the
default here. A case keeps the terms of the day on which its duty arose (D0-c): `as_json` is what it keeps.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Self, get_type_hints

from backend.kit.amounts import Minutes
from backend.kit.calendar import Counting
from backend.kit.faults import broken_rule
from backend.kit.translation import Text
from backend.rulebook.choices import FourEyes, StopWorkAt, SupportModel
from backend.rulebook.definitions import Definition, Unit, term
from backend.rulebook.rules import rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The value of every term on one day. Attributes are typed; equal terms are equal and hash alike."""

    # How days and effort are counted
    saturdays_count: Annotated[
        bool,
        term(
            Unit.YES_OR_NO,
            Text("Saturdays count as business days, Easter Saturday excepted."),
            rule="D0-c",
            may_override=True,
        ),
    ] = False
    deadline_warning_days: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("How long before a deadline those who must keep it are told."),
            rule="D0-c",
            may_override=True,
            most=30,
        ),
    ] = 1
    person_day_minutes: Annotated[
        int, term(Unit.MINUTES, Text("The length of a person-day."), rule="D0-e", least=60, most=1440)
    ] = 450
    booking_step_minutes: Annotated[
        int,
        term(
            Unit.MINUTES,
            Text("The step in which effort is booked and billed."),
            rule="H11.7.3-c",
            in_source=True,
            least=1,
            most=60,
        ),
    ] = 15
    four_eyes: Annotated[
        FourEyes,
        term(
            Unit.CHOICE,
            Text("Whether one person alone may order, accept the delivery and approve its invoice lines."),
            rule="D0-f",
        ),
    ] = FourEyes.REFUSED

    # Agreements and ordering rights
    total_warning_first_percent: Annotated[
        Decimal,
        term(
            Unit.PERCENT,
            Text("The share of an agreement's greatest total at which both sides are told for the first time."),
            rule="D3-a",
            may_override=True,
            most=100,
        ),
    ] = Decimal(70)
    total_warning_second_percent: Annotated[
        Decimal,
        term(
            Unit.PERCENT,
            Text("The share of an agreement's greatest total at which both sides are told for the second time."),
            rule="D3-a",
            may_override=True,
            most=100,
        ),
    ] = Decimal(90)
    agreement_ending_warning_days: Annotated[
        int,
        term(
            Unit.DAYS,
            Text("How long before an agreement ends both sides are told."),
            rule="D3-a",
            may_override=True,
            most=730,
        ),
    ] = 30
    right_ending_warning_days: Annotated[
        int,
        term(
            Unit.DAYS,
            Text("How long before an ordering right ends the ordering contact and those who name contacts are told."),
            rule="H11.8.1-b",
            most=730,
        ),
    ] = 30

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

    # Hours
    description_min_length: Annotated[
        int,
        term(
            Unit.CHARACTERS,
            Text("The shortest description that a time entry may have."),
            rule="H11.7.3-c",
            least=1,
            most=500,
        ),
    ] = 10
    description_stop_words: Annotated[
        tuple[str, ...], term(Unit.WORDS, Text("Words that alone do not describe a piece of work."), rule="H11.7.3-c")
    ] = ("työ", "kehitys", "palaveri")
    on_time_typed_days: Annotated[
        int,
        term(
            Unit.DAYS,
            Text("How long after the day of the work a typed entry is still on time."),
            rule="H11.7.3-d",
            most=60,
        ),
    ] = 0
    on_time_import_days: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("How long after the day of the work an imported entry is still on time."),
            rule="H11.7.3-d",
            most=60,
        ),
    ] = 1
    max_minutes_a_day: Annotated[
        int,
        term(
            Unit.MINUTES,
            Text("The most effort that one person can book on one day, over all targets."),
            rule="H11.7.3-d",
            least=1,
            most=1440,
        ),
    ] = 1440
    hours_approval_business_day: Annotated[
        int,
        term(
            Unit.BUSINESS_DAY_OF_MONTH,
            Text("The day by which Tiera approves the entries of the month before."),
            rule="H11.7.3-g",
            in_source=True,
            least=1,
            most=15,
        ),
    ] = 2
    withdraw_seconds: Annotated[
        int,
        term(
            Unit.SECONDS,
            Text("How long an approval of hours that nothing is billed on yet can be taken back."),
            rule="H11.7.3-g",
            most=86_400,
        ),
    ] = 60

    # Tickets
    support_model: Annotated[
        SupportModel,
        term(Unit.CHOICE, Text("Whom a customer's ticket of the agreement's services reaches first."), rule="H11.4-b"),
    ] = SupportModel.DESK_FIRST
    service_opens_minutes: Annotated[
        int,
        term(
            Unit.MINUTES,
            Text("When the service hours of a business day begin, counted from midnight."),
            rule="H2.1-a",
            most=719,
        ),
    ] = 480
    service_closes_minutes: Annotated[
        int,
        term(
            Unit.MINUTES,
            Text("When the service hours of a business day end, counted from midnight."),
            rule="H2.1-a",
            least=720,
            most=1440,
        ),
    ] = 960
    clock_warning_percent: Annotated[
        Decimal,
        term(
            Unit.PERCENT,
            Text("The share of a service level's time at which those who have the ticket are warned."),
            rule="H2.1-a",
            least=1,
            most=100,
        ),
    ] = Decimal(75)
    release_minutes: Annotated[
        int,
        term(
            Unit.MINUTES,
            Text("The service time in which Tiera releases or returns what a supplier writes to a customer."),
            rule="H11.4-a",
            least=1,
            most=9_600,
        ),
    ] = 240

    # Invoices
    invoice_due_business_day: Annotated[
        int,
        term(
            Unit.BUSINESS_DAY_OF_MONTH,
            Text("The day by which the supplier invoices the month before."),
            rule="H11.9-a",
            in_source=True,
            least=1,
            most=15,
        ),
    ] = 5
    late_approval_invoice_days: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("The time to invoice hours that Tiera approved late, from the day of approval."),
            rule="H11.9-a",
            most=60,
        ),
    ] = 3
    payment_days: Annotated[
        int,
        term(
            Unit.DAYS,
            Text("The shortest time to pay an invoice, from its arrival."),
            rule="H11.9-j",
            may_override=True,
            most=365,
        ),
    ] = 30
    vat_rate: Annotated[
        Decimal, term(Unit.PERCENT, Text("The rate of value added tax on the services."), rule="D0-d", most=100)
    ] = Decimal("25.5")
    price_tolerance_euros: Annotated[
        Decimal,
        term(
            Unit.EUROS, Text("How far a unit price on an invoice may be from the contract's."), rule="D11.9-d", most=100
        ),
    ] = Decimal("0.00")
    amount_tolerance_euros: Annotated[
        Decimal,
        term(
            Unit.EUROS,
            Text("How far the amount of an invoice line may be from quantity times price."),
            rule="D11.9-d",
            most=100,
        ),
    ] = Decimal("0.01")
    vat_tolerance_euros: Annotated[
        Decimal,
        term(
            Unit.EUROS,
            Text("How far the tax on an invoice may be from the one computed for its rate."),
            rule="D11.9-d",
            most=100,
        ),
    ] = Decimal("0.01")
    total_tolerance_euros: Annotated[
        Decimal,
        term(
            Unit.EUROS,
            Text("How far the total of an invoice may be from the sum of its lines."),
            rule="D11.9-d",
            most=100,
        ),
    ] = Decimal("0.00")

    # Complaints
    complaint_acknowledge_days: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("The time to acknowledge a complaint."),
            rule="H11.10-b",
            least=1,
            most=250,
        ),
    ] = 1
    complaint_begin_days: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("The time from acknowledging a complaint to the first action on it."),
            rule="H11.10-j",
            least=1,
            most=250,
        ),
    ] = 2
    complaint_response_days: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("The time to answer a complaint, counted to the response's arrival at Tiera."),
            rule="H11.10-c",
            in_source=True,
            least=1,
            most=250,
        ),
    ] = 10
    complaint_sanction_euros: Annotated[
        Decimal,
        term(
            Unit.EUROS,
            Text("The sanction for a complaint without a proper response in time."),
            rule="H11.10-g",
            most=1_000_000,
        ),
    ] = Decimal("0.00")

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """These values, as JSON or Python has them, over the defaults.

        Raises KeyError for a name that is no term, Refusal for a value that is none of its term.
        """
        return cls(**{name: DEFINITIONS[name].read(value) for name, value in values.items()})

    def changed(self, values: Mapping[str, Any]) -> Self:
        """These terms with other values for some: a contract's over the installation's."""
        return replace(self, **{name: DEFINITIONS[name].read(value) for name, value in values.items()})

    def as_json(self) -> dict[str, Any]:
        """Every value as JSON, defaults too: what a case keeps, so that a later default does not reach it."""
        return {name: definition.write(getattr(self, name)) for name, definition in DEFINITIONS.items()}

    @property
    @rule("D0-c")
    def counting(self) -> Counting:
        """Which days are business days by these terms."""
        return Counting(saturdays_count=self.saturdays_count)

    @rule("D0-e")
    def minutes_of(self, person_days: int) -> Minutes:
        """Effort in minutes of a number of person-days (D0-e)."""
        return Minutes(person_days * self.person_day_minutes)

    def refuse_contradictions(self) -> None:
        """Raise Refusal where two terms exclude each other; asked before a value is put in force."""
        for lower, upper in ASCENDING:
            low, high = getattr(self, lower), getattr(self, upper)
            if low > high:
                below, above = DEFINITIONS[lower], DEFINITIONS[upper]
                raise broken_rule(
                    below.rule,
                    Text(
                        "“%(below)s” has the value %(low)s, “%(above)s” %(high)s: the first may not be the greater.",
                        below=below.sentence,
                        low=below.show(low),
                        above=above.sentence,
                        high=above.show(high),
                    ),
                    "value",
                )


def _definitions() -> Iterable[Definition]:
    hints = get_type_hints(Terms, include_extras=True)
    for field in fields(Terms):
        yield replace(hints[field.name].__metadata__[0], name=field.name, default=field.default)


DEFINITIONS: Mapping[str, Definition] = MappingProxyType({definition.name: definition for definition in _definitions()})
"""Every term by its name, in the order of the contract."""

ASCENDING = (
    ("total_warning_first_percent", "total_warning_second_percent"),
    ("size_small_below_days", "size_assignment_max_days"),
)
"""Pairs of terms of which the first may not be greater than the second."""

DEFAULTS = Terms()
