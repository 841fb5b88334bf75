"""Complaints: the times to answer them, and what it costs not to."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from backend.kit.translation import Text
from backend.rulebook.definitions import Unit, term


@dataclass(frozen=True, kw_only=True)
class ComplaintTerms:
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
    complaint_judgement_days: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("The time in which Tiera judges a response to a complaint, counted from its arrival."),
            rule="H11.10-d",
            least=1,
            most=250,
        ),
    ] = 5
    complaint_sanction_euros: Annotated[
        Decimal,
        term(
            Unit.EUROS,
            Text("The sanction for a complaint without a proper response in time."),
            rule="H11.10-g",
            most=1_000_000,
        ),
    ] = Decimal("0.00")
