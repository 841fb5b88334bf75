"""One search box: a number, or words in Finnish, over all that whoever asks may see."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from backend.graphql.reads.how import Actor
from backend.graphql.reads.shape import argument, connection, described, everyone, newest, ref, root, shape, sql
from backend.graphql.relay import Connection, Subject
from backend.kit import searching
from backend.kit.database import Condition, Row


class SearchKind(StrEnum):
    """What is searched; the value is the name of the type."""

    TICKET = "Ticket"
    MESSAGE = "TicketMessage"
    AGREED = "AgreedPoint"
    RATING = "TicketRating"
    DOCUMENT_EFFECT = "ChangeDocument"
    POST = "BodyPost"
    GROUP = "Body"
    ORDER = "Order"
    ESTIMATE = "Estimate"
    OPTION = "EstimateOption"
    OFFERED_PART = "EstimatePart"
    PART = "Milestone"
    FORECAST = "Forecast"
    OVERRUN = "Overrun"
    REVISION = "Revision"
    HOURS = "TimeEntry"
    COMPLAINT = "Complaint"
    RESPONSE = "ComplaintResponse"
    SANCTION = "Sanction"
    DEVIATION = "QualityDeviation"
    RECURRENCE = "Recurrence"
    BULLETIN = "Bulletin"
    DOCUMENT = "Document"
    VERSION = "DocumentVersion"
    FILE = "StoredFile"
    PRODUCT = "Product"
    PRODUCT_TEXT = "ProductVersion"
    INVOICE = "Invoice"
    LINE = "InvoiceLine"
    DISPUTE = "Dispute"
    AGREEMENT = "Agreement"
    SERVICE = "Service"
    ORGANISATION = "Organisation"
    PERSON = "Person"
    COMPETENCE = "StatedCompetence"
    BILLING = "BillingApproval"
    RIGHT = "OrderingRight"
    PERMISSION = "ContactPermission"
    MAIL = "IncomingMail"


described(
    SearchKind,
    "Among what is searched.",
    TICKET="Requests, incidents, problems and changes.",
    MESSAGE="What is written on them.",
    AGREED="Why what was agreed on them binds or not.",
    RATING="What was said of how they were handled.",
    DOCUMENT_EFFECT="What changes mean for documents.",
    POST="What is written in groups.",
    GROUP="Groups.",
    ORDER="Orders.",
    ESTIMATE="What suppliers say with estimates.",
    OPTION="Ways to do the work that estimates offer.",
    OFFERED_PART="Parts of a fixed price as they are offered.",
    PART="Parts of a fixed price that was ordered.",
    FORECAST="What suppliers say with forecasts.",
    OVERRUN="Requests to go on above the ceiling, and decisions on them.",
    REVISION="Why orders are changed.",
    HOURS="Hours.",
    COMPLAINT="Complaints.",
    RESPONSE="Responses to complaints.",
    SANCTION="Why sanctions were applied or waived.",
    DEVIATION="Quality deviations.",
    RECURRENCE="What recurs.",
    BULLETIN="Bulletins.",
    DOCUMENT="Documents.",
    VERSION="What is new in versions of documents.",
    FILE="Files, by their names.",
    PRODUCT="What the service catalogue offers.",
    PRODUCT_TEXT="What it says of that.",
    INVOICE="Invoices.",
    LINE="Their lines.",
    DISPUTE="Why lines were disputed, and what was answered.",
    AGREEMENT="Agreements.",
    SERVICE="Services.",
    ORGANISATION="Organisations.",
    PERSON="People.",
    COMPETENCE="The competence of people in their roles.",
    BILLING="Approvals for billing.",
    RIGHT="Rights to place orders.",
    PERMISSION="Permissions to write to customers.",
    MAIL="Mails that came in.",
)


def _rows(actor: Any, words: Any, kind: SearchKind | None) -> sa.FromClause:
    kinds = SearchKind if kind is None else (kind,)
    return searching.found(actor, words, [each.value for each in kinds])


def _every(actor: Actor, row: Row) -> Condition:
    """They are found among what the actor sees."""
    return sa.true()


_NOTHING = sa.select(*(sa.column(name, type_()) for name, type_ in searching.COLUMNS.items())).subquery()


@shape(_NOTHING, _every, sort=newest("weight", "id"))
class SearchHit:
    """Something that was found."""

    thing: Subject | None = ref(lambda hit: (hit.kind, hit.thing_id), "What it is.")
    by_number: bool = sql(lambda hit: hit.weight >= searching.BY_NUMBER, "Whether it was found by its number.")
    is_exact: bool = sql(lambda hit: hit.weight == searching.EXACT, "Whether its number is what was typed.")
    is_whole: bool = sql(
        lambda hit: hit.weight >= searching.WHOLE, "Whether its number or whole words match, not beginnings alone."
    )


@root
class SearchQuery:
    """Search."""

    search: Connection[SearchHit] | None = connection(
        lambda _, hit, actor, words, kind: sa.true(),
        "What is found by a number or by words in Finnish, in whatever form they stand: numbers first, then whole "
        "words, then what begins like them, the newest first. No more than 101 are found of a kind.",
        by_actor=True,
        seen_by=everyone,
        rows=_rows,
        page=20,
        words=argument(str, "A number, its beginning, or words."),
        kind=argument(SearchKind | None, "Among these alone."),
    )
