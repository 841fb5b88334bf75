"""Tickets: whom they reach, and the hours and warnings of their clocks."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from backend.kit.translation import Text
from backend.rulebook.choices import SupportModel
from backend.rulebook.definitions import Unit, term


@dataclass(frozen=True, kw_only=True)
class TicketTerms:
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
            Text(
                "The share of a service level's time, or of a short time on a complaint, at which those who must keep "
                "it are warned."
            ),
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
    decision_minutes: Annotated[
        int,
        term(
            Unit.MINUTES,
            Text(
                "The service time in which Tiera decides on a change of a service, and answers a proposal to have "
                "fewer of what recurs."
            ),
            rule="H11.2.3-a",
            least=1,
            most=9_600,
        ),
    ] = 2_400
    hand_back_minutes: Annotated[
        int,
        term(
            Unit.MINUTES,
            Text("The service time in which Tiera takes up a ticket that the supplier handed back."),
            rule="H11.4-b",
            least=1,
            most=9_600,
        ),
    ] = 480
    answer_minutes: Annotated[
        int,
        term(
            Unit.MINUTES,
            Text("The service time in which Tiera answers what a supplier asks and waits for."),
            rule="H2.1-a",
            least=1,
            most=9_600,
        ),
    ] = 480
    confirmation_minutes: Annotated[
        int,
        term(
            Unit.MINUTES,
            Text("The service time in which Tiera confirms or refuses what was agreed in a conversation."),
            rule="H11.4-e",
            least=1,
            most=9_600,
        ),
    ] = 960
    billing_minutes: Annotated[
        int,
        term(
            Unit.MINUTES,
            Text("The service time in which Tiera approves for billing what waits for that, or says that it is not."),
            rule="H11.9-c",
            least=1,
            most=9_600,
        ),
    ] = 2_400
    sensitive_text_days: Annotated[
        int,
        term(
            Unit.DAYS,
            Text("How long sensitive texts of a ticket are kept once it has ended."),
            rule="H11.1-b",
            least=1,
            most=3_650,
        ),
    ] = 730
    low_rating: Annotated[
        int,
        term(
            Unit.NUMBER,
            Text(
                "The rating of a resolved ticket, from one to five, at which and below which it is a quality deviation."
            ),
            rule="H10.3-c",
            least=1,
            most=5,
        ),
    ] = 2
    rating_days: Annotated[
        int,
        term(
            Unit.DAYS,
            Text("How long after the resolution the link in the mail leads to the rating."),
            rule="H10.3-a",
            least=1,
            most=365,
        ),
    ] = 30
    recurrence_days: Annotated[
        int,
        term(
            Unit.DAYS,
            Text("How far back it is looked for tickets that recur."),
            rule="H11.3.4-a",
            least=7,
            most=365,
        ),
    ] = 90
    recurrence_least: Annotated[
        int,
        term(
            Unit.NUMBER,
            Text("How many tickets of a service that share words are something that recurs."),
            rule="H11.3.4-a",
            least=2,
            most=1_000,
        ),
    ] = 3
    recurrence_least_at_customer: Annotated[
        int,
        term(
            Unit.NUMBER,
            Text("How many tickets of one customer and service that share words are something that recurs with it."),
            rule="H11.3.4-a",
            least=2,
            most=1_000,
        ),
    ] = 3
    recurrence_description_percent: Annotated[
        int,
        term(
            Unit.PERCENT,
            Text(
                "How much of a ticket counts as recurring whose description has the shared word and its title does not."
            ),
            rule="H11.3.4-a",
            least=0,
            most=100,
        ),
    ] = 50
