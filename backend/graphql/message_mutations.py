"""What is written on tickets, its release, what was agreed in it, and who may write to customers directly."""

import datetime as dt
from typing import Any

import strawberry

from backend.graphql.files import attached
from backend.graphql.inputs import key, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.ticket_messages import AgreedPoint, ContactPermission, TicketMessage
from backend.graphql.tickets import Ticket
from backend.kit.events import Audience
from backend.rulebook.roles import Right
from backend.tickets import agreed_verbs, attachment_verbs, message_verbs, permission_verbs
from backend.tickets.agreed_states import AgreedMatter
from backend.tickets.states import TicketKind

TICKET: dict[str, Any] = {"ticket": Ticket}
RECORD = "H11.7.2-a"
CLAIM = "For a supplier: the permission by which the customer reads it at once; it has to cover it. None: it waits."
REPORT = Right.REPORT_TICKETS


@mutation(message_verbs.write_message, message=TicketMessage, by=REPORT, rule=RECORD)
class WriteTicketMessage:
    """Write on a ticket. What a supplier writes to a customer waits until Tiera releases it."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    text: str = value("What you write.")
    audience: Audience = value("Who may read it.", default=Audience.ALL)
    is_sensitive: bool = value("Whether its text is masked.", default=False)
    permission_id: strawberry.ID | None = key("ContactPermission", CLAIM, default=None)
    file_ids: list[strawberry.ID] | None = attached()


@mutation(attachment_verbs.take_away_ticket_file, by=REPORT, rule=RECORD, **TICKET)
class TakeAwayTicketFile:
    """Take away what is attached to a ticket or to something written on it; that it was there stays on record."""

    file_id: strawberry.ID = key("StoredFile", "The attachment.")
    reason: str = value("Why, for all who see the ticket.")


@mutation(message_verbs.release_message, message=TicketMessage, by=Right.RELEASE_MESSAGES, rule="H11.4-a")
class ReleaseTicketMessage:
    """Let the customer read what a supplier wrote, as it is or changed; both versions are kept."""

    message_id: strawberry.ID = key("TicketMessage", "The message.")
    text: str | None = value("As the customer reads it; none: as it was written.", default=None)


@mutation(message_verbs.return_message, message=TicketMessage, by=Right.RELEASE_MESSAGES, rule="H11.4-a")
class ReturnTicketMessage:
    """Return what a supplier wrote; the customer never reads it, and it was no answer."""

    message_id: strawberry.ID = key("TicketMessage", "The message.")
    reason: str = value("Why, for the supplier to read.")


@mutation(agreed_verbs.note_agreed, agreed_point=AgreedPoint, by=REPORT, rule="H11.4-e")
class NoteAgreed:
    """Put on record that a message carries what was agreed; it does not bind until Tiera confirms it."""

    message_id: strawberry.ID = key("TicketMessage", "The message.")
    matters: list[AgreedMatter] = value("Of what.")


@mutation(agreed_verbs.confirm_agreed, agreed_point=AgreedPoint, by=Right.CONFIRM_AGREED, rule="H11.4-e")
class ConfirmAgreed:
    """Confirm for Tiera what was agreed in a conversation: it binds."""

    agreed_point_id: strawberry.ID = key("AgreedPoint", "What was agreed.")
    reason: str | None = value("What there is to say of it, for all who read the message.", default=None)


@mutation(agreed_verbs.refuse_agreed, agreed_point=AgreedPoint, by=Right.CONFIRM_AGREED, rule="H11.4-e")
class RefuseAgreed:
    """Refuse for Tiera what was agreed in a conversation: it never binds."""

    agreed_point_id: strawberry.ID = key("AgreedPoint", "What was agreed.")
    reason: str = value("Why, for all who read the message.")


@mutation(
    permission_verbs.permit_contact, contact_permission=ContactPermission, by=Right.PERMIT_CONTACTS, rule="H11.4-c"
)
class PermitContact:
    """Permit people of a supplier to write to customers directly: all of it is named, and nothing else is covered."""

    supplier_id: strawberry.ID = key("Organisation", "Whose people.")
    person_ids: list[strawberry.ID] = key("Person", "Who.")
    customer_ids: list[strawberry.ID] = key("Organisation", "To whom.")
    service_ids: list[strawberry.ID] = key("Service", "Of which services.")
    kinds: list[TicketKind] = value("On which kinds of tickets.")
    matter: str = value("Of what, in words.")
    valid_from: dt.date = value("The first day, today or later.")
    valid_until: dt.date = value("The last day.")
    document_number: str = value("The number of the document.")
    document_on: dt.date = value("Its day.")


@mutation(
    permission_verbs.end_contact_permission,
    contact_permission=ContactPermission,
    by=Right.PERMIT_CONTACTS,
    rule="H11.4-c",
)
class EndContactPermission:
    """End a permission before its last day."""

    permission_id: strawberry.ID = key("ContactPermission", "The permission.")
    reason: str = value("Why.")


MessagesMutation = mutations(
    WriteTicketMessage,
    TakeAwayTicketFile,
    ReleaseTicketMessage,
    ReturnTicketMessage,
    NoteAgreed,
    ConfirmAgreed,
    RefuseAgreed,
    PermitContact,
    EndContactPermission,
)
