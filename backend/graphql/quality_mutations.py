"""What can be done about the quality of tickets: rate, record measures, report."""

import datetime as dt
from typing import Any

import strawberry

from backend.graphql.files import attached
from backend.graphql.inputs import key, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.quality import QualityDeviation
from backend.graphql.tickets import Ticket
from backend.rulebook.roles import Right
from backend.tickets import deviation_verbs, rating_verbs

DEVIATION: dict[str, Any] = {"quality_deviation": QualityDeviation}


@mutation(rating_verbs.rate_ticket, by=Right.RATE_TICKETS, rule="H10.3-a", ticket=Ticket)
class RateTicket:
    """Say how well a resolved ticket of yours was handled; once for each time it was resolved."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    score: int = value("From one, very badly, to five, very well.")
    word: str | None = value("A word to go with it.", default=None)


@mutation(deviation_verbs.record_measures, by=Right.MEASURE_DEVIATIONS, rule="H10.3-c", **DEVIATION)
class RecordMeasures:
    """Say what was done about a quality deviation, what is planned and how the like is prevented."""

    deviation_id: strawberry.ID = key("QualityDeviation", "The deviation.")
    done: str = value("What was done.")
    planned: str = value("What is planned.")
    prevention: str = value("How the like is prevented.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(deviation_verbs.tell_customer_of_measures, by=Right.REPORT_DEVIATIONS, rule="H10.3-c", **DEVIATION)
class TellCustomerOfMeasures:
    """Tell a customer in Tiera's words what came of a low rating."""

    deviation_id: strawberry.ID = key("QualityDeviation", "The deviation.")
    report: str = value("What the customer reads.")


@mutation(deviation_verbs.report_missed_level, by=Right.REPORT_DEVIATIONS, rule="H11.3.4-d", **DEVIATION)
class ReportMissedLevel:
    """Note what was reported of a missed service level in the production group; it leaves the next agenda."""

    deviation_id: strawberry.ID = key("QualityDeviation", "The deviation.")
    report: str = value("What was reported.")
    reported_on: dt.date = value("The day of the meeting.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(deviation_verbs.report_root_cause, by=Right.REPORT_DEVIATIONS, rule="H11.2.3-b", **DEVIATION)
class ReportRootCause:
    """Note what the production group was told of the root cause of an incident of wide reach."""

    deviation_id: strawberry.ID = key("QualityDeviation", "The deviation.")
    report: str = value("What was reported.")
    reported_on: dt.date = value("The day of the meeting.")
    file_ids: list[strawberry.ID] | None = attached()


QualityMutation = mutations(RateTicket, RecordMeasures, TellCustomerOfMeasures, ReportMissedLevel, ReportRootCause)
