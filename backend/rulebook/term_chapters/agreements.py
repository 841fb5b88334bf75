"""Agreements and ordering rights."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from backend.kit.translation import Text
from backend.rulebook.definitions import Unit, term


@dataclass(frozen=True, kw_only=True)
class AgreementTerms:
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
