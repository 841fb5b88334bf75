"""What can be done with tickets, each field a verb of the slice."""

import datetime as dt
from typing import Any

import strawberry

from backend.documents.states import DocumentEffect
from backend.graphql.files import attached
from backend.graphql.inputs import key, part, value
from backend.graphql.message_mutations import CLAIM
from backend.graphql.mutations import mutation, mutations
from backend.graphql.tickets import ServiceLevel, Ticket
from backend.inbox import desk_verbs
from backend.kit.amounts import Minutes
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Right
from backend.tickets import (
    document_verbs,
    handling_verbs,
    level_verbs,
    merging_verbs,
    passing_verbs,
    reporting_verbs,
)
from backend.tickets.rules import LINKED
from backend.tickets.states import LinkKind, Reach, ServiceTime, TicketKind, TicketState

TICKET: dict[str, Any] = {"ticket": Ticket}
RECORD = "H11.7.2-a"
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
    requester_id: strawberry.ID | None = key(
        "Person",
        "For whom it is reported, if not for oneself; without a customer somebody of the supplier's makes it theirs.",
        default=None,
    )
    file_ids: list[strawberry.ID] | None = attached()
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
    file_ids: list[strawberry.ID] | None = attached()


@mutation(handling_verbs.wait_for_requester, by=HANDLE, rule="H2.1-a", **TICKET)
class WaitForRequester:
    """Ask whoever asked something and wait for the answer; clocks stand, if the service level says so."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    text: str = value("What is asked.")
    permission_id: strawberry.ID | None = key("ContactPermission", CLAIM, default=None)
    file_ids: list[strawberry.ID] | None = attached()


@mutation(handling_verbs.resume_ticket, by=HANDLE, rule="H2.1-a", **TICKET)
class ResumeTicket:
    """Go on with a ticket that waited for an answer."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")


@mutation(passing_verbs.hand_over_ticket, by=HANDLE, rule="H11.4-b", **TICKET)
class HandOverTicket:
    """Give a ticket from Tiera's desk to the supplier of its service."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("Why, for Tiera and the supplier to read.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(passing_verbs.hand_back_ticket, by=HANDLE, rule="H11.4-b", **TICKET)
class HandBackTicket:
    """Give a ticket from the supplier back to Tiera's desk."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("Why, for Tiera and the supplier to read.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(passing_verbs.recall_ticket, by=HANDLE, rule="H11.4-b", **TICKET)
class RecallTicket:
    """Take a ticket from the supplier back to Tiera's desk."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("Why, for Tiera and the supplier to read.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(reporting_verbs.change_ticket_class, by=HANDLE, rule="H2.1-a", **TICKET)
class ChangeTicketClass:
    """Say anew how critical a ticket is and how far it reaches; its clocks are counted anew from the beginning."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    criticality: Criticality = value("How much depends on it.")
    reach: Reach = value("How far it reaches.")
    reason: str = value("Why, for Tiera and the supplier to read.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(reporting_verbs.sort_ticket, by=HANDLE, rule=RECORD, edits=True, **TICKET)
class SortTicket:
    """Give a ticket the title, the tags and the team under which it is found."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    title: str = value("What it is called.")
    tags: list[str] = value("By what it is found; a comma parts two.")
    team: str | None = value("Which team has it.", default=None)


@mutation(document_verbs.say_effect_on_documents, by=Right.KEEP_DOCUMENTS, rule="H11.6-a", **TICKET)
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
    file_ids: list[strawberry.ID] | None = attached()


@mutation(handling_verbs.decide_change, by=Right.DECIDE_CHANGES, rule="H11.2.3-a", **TICKET)
class DecideChange:
    """Let a change be carried out, or not. Nobody decides on a change that they asked for."""

    ticket_id: strawberry.ID = key("Ticket", "The change.")
    is_approved: bool = value("Whether it may be carried out.")
    reason: str = value("Why, for Tiera and the supplier to read.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(handling_verbs.resolve_ticket, by=HANDLE, rule=RECORD, **TICKET)
class ResolveTicket:
    """Say how a ticket was resolved. By a supplier's words to a customer it is so once Tiera releases them."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    text: str = value("How it was resolved.")
    permission_id: strawberry.ID | None = key("ContactPermission", CLAIM, default=None)
    file_ids: list[strawberry.ID] | None = attached()


@mutation(handling_verbs.reopen_ticket, by=REPORT, rule="H2.1-a", **TICKET)
class ReopenTicket:
    """Open a resolved ticket again; its clocks run on."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("What is still wrong.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(handling_verbs.close_ticket, by=(HANDLE, REPORT), rule=RECORD, **TICKET)
class CloseTicket:
    """Close a resolved ticket: Tiera, or its customer, who so confirms that it is resolved."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")


@mutation(handling_verbs.withdraw_ticket, by=REPORT, rule=RECORD, **TICKET)
class WithdrawTicket:
    """Ask for nothing any more."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("Why.")
    file_ids: list[strawberry.ID] | None = attached()


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
    file_ids: list[strawberry.ID] | None = attached()


@mutation(merging_verbs.unmerge_ticket, by=HANDLE, rule=RECORD, **TICKET)
class UnmergeTicket:
    """Let a merged ticket go on by itself again, as it stood."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("Why, for all who read the ticket.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(desk_verbs.split_ticket, by=HANDLE, rule=RECORD, **TICKET)
class SplitTicket:
    """Make a ticket of its own, for the same customer and service, of a message that tells of another matter, or of
    what was reported."""

    ticket_id: strawberry.ID | None = key("Ticket", "The ticket; needed where no message is named.", default=None)
    message_id: strawberry.ID | None = key(
        "TicketMessage", "The message; none: what was reported tells of two matters.", default=None
    )
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
