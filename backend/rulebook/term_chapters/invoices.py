"""Invoices: when they are due, and how exact they are."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from backend.kit.translation import Text
from backend.rulebook.definitions import Unit, term


@dataclass(frozen=True, kw_only=True)
class InvoiceTerms:
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
