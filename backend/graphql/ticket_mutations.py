"""What can be done with tickets, each field a verb of the slice."""

import datetime as dt
from typing import Any

import strawberry

from backend.documents.states import DocumentEffect
from backend.graphql.inputs import key, part, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.tickets import AgreedPoint, ContactPermission, ServiceLevel, Ticket, TicketMessage
from backend.kit.amounts import Minutes
from backend.kit.events import Audience
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Right
from backend.tickets import (
    agreed_verbs,
    attachment_verbs,
    document_verbs,
    handling_verbs,
    level_verbs,
    merging_verbs,
    message_verbs,
    passing_verbs,
    permission_verbs,
    reporting_verbs,
)
from backend.tickets.agreed_states import AgreedMatter
from backend.tickets.rules import LINKED
from backend.tickets.states import LinkKind, Reach, ServiceTime, TicketKind, TicketState

TICKET: dict[str, Any] = {"ticket": Ticket}
RECORD = "H11.7.2-a"
CLAIM = "For a supplier: the permission by which the customer reads it at once; it has to cover it. None: it waits."
FILES = "What is attached to it, brought before by `POST /api/files`."
HANDLE, REPORT = Right.HANDLE_TICKETS, Right.REPORT_TICKETS


@part(reporting_verbs.Report)
class TicketReportInput:
    """What is reported."""

    kind: TicketKind = value("What it is; a customer reports incidents and service requests.")
    service_id: strawberry.ID = key("Service", "Of which service.")
    title: str = value("What it is, in a few words.")
    description: str = value("What happened or is needed.")
    criticality: Criticality = value("How much depends on it.", default=Criticality.NORMAL)
    reach: Reach = value("How far it reaches.", default=Reach.ONE_USER)
    customer_id: strawberry.ID | None = key(
        "Organisation", "For Tiera: whose it is; none: between Tiera and the supplier.", default=None
    )
    requester_id: strawberry.ID | None = key("Person", "For whom it is reported, if not for oneself.", default=None)
    file_ids: list[strawberry.ID] | None = key("StoredFile", FILES, default=None)
    is_sensitive: bool = value("Whether the description is masked.", default=False)


@mutation(reporting_verbs.report_ticket, by=REPORT, rule=RECORD, **TICKET)
class ReportTicket:
    """Put an incident, a service request, a problem or a change on record; its clocks begin."""

    report: TicketReportInput = value("What is reported.")


@mutation(handling_verbs.take_ticket, by=HANDLE, rule=RECORD, **TICKET)
class TakeTicket:
    """Take a ticket that is in your side's hands, or give it to a colleague or a team."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    person_id: strawberry.ID | None = key("Person", "Who takes it; none: yourself.", default=None)
    team: str | None = value("The team that takes it.", default=None)


@mutation(handling_verbs.respond_to_ticket, by=HANDLE, rule="H2.1-a", **TICKET)
class RespondToTicket:
    """Answer whoever asked: the first answer ends the response time. A supplier's waits for Tiera's release."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    text: str = value("The answer.")
    permission_id: strawberry.ID | None = key("ContactPermission", CLAIM, default=None)


@mutation(handling_verbs.wait_for_requester, by=HANDLE, rule="H2.1-a", **TICKET)
class WaitForRequester:
    """Ask whoever asked something and wait for the answer; clocks stand, if the service level says so."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    text: str = value("What is asked.")
    permission_id: strawberry.ID | None = key("ContactPermission", CLAIM, default=None)


@mutation(handling_verbs.resume_ticket, by=HANDLE, rule="H2.1-a", **TICKET)
class ResumeTicket:
    """Go on with a ticket that waited for an answer."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")


@mutation(passing_verbs.hand_over_ticket, by=HANDLE, rule="H11.4-b", **TICKET)
class HandOverTicket:
    """Give a ticket from Tiera's desk to the supplier of its service."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("Why, for Tiera and the supplier to read.")


@mutation(passing_verbs.hand_back_ticket, by=HANDLE, rule="H11.4-b", **TICKET)
class HandBackTicket:
    """Give a ticket from the supplier back to Tiera's desk."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("Why, for Tiera and the supplier to read.")


@mutation(passing_verbs.recall_ticket, by=HANDLE, rule="H11.4-b", **TICKET)
class RecallTicket:
    """Take a ticket from the supplier back to Tiera's desk."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("Why, for Tiera and the supplier to read.")


@mutation(reporting_verbs.change_ticket_class, by=HANDLE, rule="H2.1-a", **TICKET)
class ChangeTicketClass:
    """Say anew how critical a ticket is and how far it reaches; its clocks are counted anew from the beginning."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    criticality: Criticality = value("How much depends on it.")
    reach: Reach = value("How far it reaches.")
    reason: str = value("Why, for Tiera and the supplier to read.")


@mutation(reporting_verbs.sort_ticket, by=HANDLE, rule=RECORD, edits=True, **TICKET)
class SortTicket:
    """Give a ticket the title, the tags and the team under which it is found."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    title: str = value("What it is called.")
    tags: list[str] = value("By what it is found.")
    team: str | None = value("Which team has it.", default=None)


@mutation(message_verbs.write_message, message=TicketMessage, by=REPORT, rule=RECORD)
class WriteTicketMessage:
    """Write on a ticket. What a supplier writes to a customer waits until Tiera releases it."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    text: str = value("What you write.")
    audience: Audience = value("Who may read it.", default=Audience.ALL)
    is_sensitive: bool = value("Whether its text is masked.", default=False)
    permission_id: strawberry.ID | None = key("ContactPermission", CLAIM, default=None)
    file_ids: list[strawberry.ID] | None = key("StoredFile", FILES, default=None)


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


@mutation(document_verbs.say_effect_on_documents, by=REPORT, rule="H11.6-a", **TICKET)
class SayEffectOnDocuments:
    """Say of documents that they were updated for a change, or that it has no effect on them."""

    ticket_id: strawberry.ID = key("Ticket", "The change.")
    document_ids: list[strawberry.ID] = key("Document", "Which documents of its service.")
    effect: DocumentEffect = value("What the change means for them.")
    reason: str = value("What was updated, or why nothing had to be.")


@mutation(handling_verbs.write_root_cause, by=HANDLE, rule="H11.2.3-b", **TICKET)
class WriteRootCause:
    """Write why an incident or a problem came about, for Tiera and the supplier."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    cause: str = value("The root cause.")


@mutation(handling_verbs.decide_change, by=Right.DECIDE_CHANGES, rule="H11.2.3-a", **TICKET)
class DecideChange:
    """Let a change be carried out, or not. Nobody decides on a change that they asked for."""

    ticket_id: strawberry.ID = key("Ticket", "The change.")
    is_approved: bool = value("Whether it may be carried out.")
    reason: str = value("Why, for Tiera and the supplier to read.")


@mutation(handling_verbs.resolve_ticket, by=HANDLE, rule=RECORD, **TICKET)
class ResolveTicket:
    """Say how a ticket was resolved. A supplier's words reach the customer once Tiera releases them."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    text: str = value("How it was resolved.")
    permission_id: strawberry.ID | None = key("ContactPermission", CLAIM, default=None)


@mutation(handling_verbs.reopen_ticket, by=REPORT, rule="H2.1-a", **TICKET)
class ReopenTicket:
    """Open a resolved ticket again; its clocks run on."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("What is still wrong.")


@mutation(handling_verbs.close_ticket, by=(HANDLE, REPORT), rule=RECORD, **TICKET)
class CloseTicket:
    """Close a resolved ticket: Tiera, or its customer, who so confirms that it is resolved."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")


@mutation(handling_verbs.withdraw_ticket, by=REPORT, rule=RECORD, **TICKET)
class WithdrawTicket:
    """Ask for nothing any more."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("Why.")


@mutation(passing_verbs.link_tickets, by=HANDLE, rule="H11.2.3-a", **TICKET)
class LinkTickets:
    """Say what a ticket is to another one, or that it follows from an order."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    kind: LinkKind = value("What it is to the other.")
    other: strawberry.ID = key(LINKED, "The other one, or the order.")


@mutation(passing_verbs.unlink_tickets, by=HANDLE, rule="H11.2.3-a", **TICKET)
class UnlinkTickets:
    """Take a link away."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    kind: LinkKind = value("What it was to the other.")
    other: strawberry.ID = key(LINKED, "The other one, or the order.")


@mutation(merging_verbs.merge_tickets, by=HANDLE, rule=RECORD, **TICKET)
class MergeTickets:
    """Let a ticket go on in another one of the same customer and supplier; nothing of it is lost."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    into_id: strawberry.ID = key("Ticket", "Where it goes on.")
    reason: str = value("Why, for all who read the ticket.")


@mutation(merging_verbs.unmerge_ticket, by=HANDLE, rule=RECORD, **TICKET)
class UnmergeTicket:
    """Let a merged ticket go on by itself again, as it stood."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("Why, for all who read the ticket.")


@mutation(merging_verbs.split_ticket, by=HANDLE, rule=RECORD, **TICKET)
class SplitTicket:
    """Make a ticket of its own, for the same customer and service, of a message that tells of another matter."""

    message_id: strawberry.ID = key("TicketMessage", "The message.")
    kind: TicketKind = value("What the new ticket is.")
    title: str = value("What it is called.")
    description: str = value("What it is about, for all who read it.")


@mutation(reporting_verbs.watch_ticket, by=REPORT, rule=RECORD, **TICKET)
class WatchTicket:
    """Be told of what happens to a ticket, or no longer be told."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    is_watching: bool = value("Whether you want to be told.", default=True)


@mutation(level_verbs.set_service_level, service_level=ServiceLevel, by=Right.ADMINISTER, rule="H2.1-a")
class SetServiceLevel:
    """Say how fast tickets of a kind and class are answered and resolved, from a day on."""

    agreement_id: strawberry.ID | None = key(
        "Agreement", "By which agreement; none: wherever none says otherwise.", default=None
    )
    kind: TicketKind = value("Of which kind of tickets.")
    criticality: Criticality = value("Of which class.")
    service_time: ServiceTime = value("The hours in which the clocks run.")
    respond_minutes: Minutes | None = value("Service time to the first answer.", default=None)
    resolve_minutes: Minutes | None = value("Service time to the resolution.", default=None)
    update_minutes: Minutes | None = value("Service time from one word to whoever asked to the next.", default=None)
    stands_in: list[TicketState] = value("The states in which the clocks stand.")
    valid_from: dt.date = value("From which day on, today or later.")
    reason: str = value("Why.")


TicketsMutation = mutations(
    ReportTicket,
    TakeTicket,
    RespondToTicket,
    WaitForRequester,
    ResumeTicket,
    HandOverTicket,
    HandBackTicket,
    RecallTicket,
    ChangeTicketClass,
    SortTicket,
    WriteTicketMessage,
    TakeAwayTicketFile,
    ReleaseTicketMessage,
    ReturnTicketMessage,
    NoteAgreed,
    ConfirmAgreed,
    RefuseAgreed,
    PermitContact,
    EndContactPermission,
    SayEffectOnDocuments,
    WriteRootCause,
    DecideChange,
    ResolveTicket,
    ReopenTicket,
    CloseTicket,
    WithdrawTicket,
    LinkTickets,
    UnlinkTickets,
    MergeTickets,
    UnmergeTicket,
    SplitTicket,
    WatchTicket,
    SetServiceLevel,
)
