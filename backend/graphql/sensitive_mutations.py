"""Sensitive texts of tickets: marked, and opened on record."""

import strawberry

from backend.graphql.inputs import key
from backend.graphql.mutations import mutation, mutations
from backend.graphql.ticket_messages import TextOpening
from backend.graphql.tickets import Ticket
from backend.rulebook.roles import Right
from backend.tickets import sensitive_verbs

TEXTS = ("Ticket", "TicketMessage")


@mutation(sensitive_verbs.mark_sensitive, ticket=Ticket, by=Right.REPORT_TICKETS, rule="H11.1-b")
class MarkSensitive:
    """Mask a ticket's description or a message; it stays masked."""

    text_of: strawberry.ID = key(TEXTS, "The ticket or the message.")


@mutation(
    sensitive_verbs.open_sensitive_text,
    text_opening=TextOpening,
    by=Right.REPORT_TICKETS,
    rule="H11.1-b",
    once=False,
)
class OpenSensitiveText:
    """Read a sensitive text; each reading is on record."""

    text_of: strawberry.ID = key(TEXTS, "The ticket or the message.")


SensitiveTextsMutation = mutations(MarkSensitive, OpenSensitiveText)
