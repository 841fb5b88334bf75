"""The four kinds of tickets, each with its table of moves; messages and their release."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class TicketKind(StrEnum):
    """What a ticket is (H11.2.3-a)."""

    SERVICE_REQUEST = "service_request"
    INCIDENT = "incident"
    PROBLEM = "problem"
    CHANGE = "change"


class TicketState(StrEnum):
    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    """For an answer of whoever asked."""
    KNOWN = "known"
    """Of a problem: its cause is known."""
    APPROVED = "approved"
    """Of a change: it may be carried out."""
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    MERGED = "merged"
    """Into another ticket, where it goes on."""


class TicketAction(StrEnum):
    TAKE = "take"
    RESPOND = "respond"
    WAIT = "wait"
    RESUME = "resume"
    HAND_OVER = "hand_over"
    HAND_BACK = "hand_back"
    RECALL = "recall"
    CHANGE_CLASS = "change_class"
    EDIT = "edit"
    WRITE = "write"
    MARK_DOCUMENTS = "mark_documents"
    """Say what a change means for the documents of its service (H11.6-a)."""
    LINK = "link"
    MERGE = "merge"
    UNMERGE = "unmerge"
    SPLIT = "split"
    FIND_CAUSE = "find_cause"
    APPROVE = "approve"
    REJECT = "reject"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CONFIRM = "confirm"
    """The asker's way to close."""
    CLOSE = "close"
    WITHDRAW = "withdraw"
    BILL = "bill"
    """Approve it for billing (H11.9-c)."""
    ASK_BILLING = "ask_billing"
    """Ask Tiera to approve it for billing, for the supplier."""
    DECLINE_BILLING = "decline_billing"
    """Say that it is not billed."""
    RATE = "rate"
    """Say how well it was handled (H10.3-a)."""


class Reach(StrEnum):
    ONE_USER = "one_user"
    ONE_ORGANISATION = "one_organisation"
    MANY = "many"


class Holder(StrEnum):
    """In whose hands a ticket is."""

    DESK = "desk"
    """Tiera's."""
    SUPPLIER = "supplier"


class LinkKind(StrEnum):
    """What a ticket is to another."""

    CAUSED_BY = "caused_by"
    DUPLICATE_OF = "duplicate_of"
    PART_OF = "part_of"
    FOLLOWS_FROM = "follows_from"


class MessageKind(StrEnum):
    """What a message goes with; every reason that is given is read in the conversation."""

    MESSAGE = "message"
    RESPONSE = "response"
    QUESTION = "question"
    HANDOVER = "handover"
    CLASS_CHANGE = "class_change"
    CAUSE = "cause"
    DECISION = "decision"
    RESOLUTION = "resolution"
    REOPENING = "reopening"
    ENDING = "ending"


class MessageState(StrEnum):
    SENT = "sent"
    """It needed no release."""
    WAITING = "waiting"
    """A supplier's to a customer, which only Tiera and the supplier see yet (H11.4-a)."""
    RELEASED = "released"
    RETURNED = "returned"


READ_BY_CUSTOMERS = (MessageState.SENT, MessageState.RELEASED)


class MessageAction(StrEnum):
    RELEASE = "release"
    RETURN = "return"


class ServiceTime(StrEnum):
    """The hours in which a clock runs."""

    ROUND_THE_CLOCK = "round_the_clock"
    BUSINESS_HOURS = "business_hours"


class ClockKind(StrEnum):
    """What is timed; the value is the kind of the deadline."""

    RESPOND = "ticket.respond"
    RESOLVE = "ticket.resolve"
    UPDATE = "ticket.update"
    DECIDE = "ticket.decide"
    """Tiera's: to decide on a change."""
    HAND_BACK = "ticket.hand_back"
    """Tiera's: to take up what the supplier handed back."""
    ANSWER = "ticket.answer"
    """Tiera's: to answer what the supplier asks and waits for."""
    BILL = "ticket.bill"
    """Tiera's: to approve for billing what waits for that, or to say that it is not billed."""


OF_WORDS = (ClockKind.RESPOND, ClockKind.UPDATE)
"""The clocks of words to whoever asked: where no customer did, theirs whose words these are."""


class StretchReason(StrEnum):
    """Why a stretch of a clock counts or not."""

    AT_DESK = "at_desk"
    AT_SUPPLIER = "at_supplier"
    WAITING = "waiting"
    KNOWN = "known"
    APPROVED = "approved"
    WITH_TIERA = "with_tiera"
    MERGED = "merged"
    DONE = "done"
    OUTSIDE_HOURS = "outside_hours"
    DAY_OF_ARRIVAL = "day_of_arrival"
    NO_BUSINESS_DAY = "no_business_day"


S, A = TicketState, TicketAction
TicketMove = Move[TicketState, TicketAction]
UNDONE = (S.WITHDRAWN, S.REJECTED, S.MERGED)
"""What ends a ticket without its being resolved."""
OVER = (S.CLOSED, *UNDONE)
DONE = (S.RESOLVED, *OVER)
RESOLVED = (S.RESOLVED, S.CLOSED)
"""Where what was asked is done."""
STANDABLE = (S.WAITING, S.KNOWN, S.APPROVED)
"""Where a clock may stand still, if the service level says so."""
BILLABLE = (TicketKind.SERVICE_REQUEST, TicketKind.INCIDENT)
BILLABLE_IN = (S.OPEN, S.WAITING, S.RESOLVED, S.CLOSED)
"""What Tiera may approve for billing (H11.9-c)."""
RECORD = "H11.7.2-a"


def _stays(action: TicketAction, by: Right, rule: str, *states: TicketState) -> Iterator[TicketMove]:
    return (Move(action, state, state, by, rule) for state in states)


def _handled(*working: TicketState) -> Iterator[TicketMove]:
    """What all kinds have: taken, passed between desk and supplier, written on, resolved, closed or reopened."""
    at_work = (S.NEW, *working)
    yield Move(A.TAKE, S.NEW, S.OPEN, Right.HANDLE_TICKETS, RECORD)
    yield from _stays(A.TAKE, Right.HANDLE_TICKETS, RECORD, *working)
    yield Move(A.RESPOND, S.NEW, S.OPEN, Right.HANDLE_TICKETS, "H2.1-a")
    yield from _stays(A.RESPOND, Right.HANDLE_TICKETS, "H2.1-a", *working)
    yield from _stays(A.HAND_OVER, Right.HANDLE_TICKETS, "H11.4-b", *at_work)
    yield from _stays(A.RECALL, Right.HANDLE_TICKETS, "H11.4-b", *at_work)
    yield from _stays(A.HAND_BACK, Right.HANDLE_TICKETS, "H11.4-b", *at_work)
    yield from _stays(A.CHANGE_CLASS, Right.HANDLE_TICKETS, "H2.1-a", *at_work)
    yield from _stays(A.EDIT, Right.HANDLE_TICKETS, RECORD, *at_work, S.RESOLVED)
    yield from _stays(A.WRITE, Right.REPORT_TICKETS, RECORD, *at_work, S.RESOLVED)
    yield from _stays(A.LINK, Right.HANDLE_TICKETS, "H11.2.3-a", *at_work, S.RESOLVED, S.CLOSED, S.WITHDRAWN, S.MERGED)
    yield from _stays(A.SPLIT, Right.HANDLE_TICKETS, RECORD, *at_work, S.RESOLVED)
    for state in at_work:
        yield Move(A.MERGE, state, S.MERGED, Right.HANDLE_TICKETS, RECORD)
    yield Move(A.UNMERGE, S.MERGED, S.OPEN, Right.HANDLE_TICKETS, RECORD)
    yield Move(A.REOPEN, S.RESOLVED, S.OPEN, Right.REPORT_TICKETS, RECORD)
    yield Move(A.CONFIRM, S.RESOLVED, S.CLOSED, Right.REPORT_TICKETS, RECORD)
    yield Move(A.CLOSE, S.RESOLVED, S.CLOSED, Right.HANDLE_TICKETS, RECORD)
    for state in at_work:
        yield Move(A.WITHDRAW, state, S.WITHDRAWN, Right.REPORT_TICKETS, RECORD)


def _asked() -> Iterator[TicketMove]:
    """Somebody waits for it, and may have to answer first."""
    yield from _handled(S.OPEN, S.WAITING)
    yield Move(A.WAIT, S.OPEN, S.WAITING, Right.HANDLE_TICKETS, "H2.1-a")
    yield Move(A.RESUME, S.WAITING, S.OPEN, Right.HANDLE_TICKETS, "H2.1-a")
    yield Move(A.RESOLVE, S.OPEN, S.RESOLVED, Right.HANDLE_TICKETS, RECORD)
    yield Move(A.RESOLVE, S.WAITING, S.RESOLVED, Right.HANDLE_TICKETS, RECORD)
    yield from _stays(A.BILL, Right.APPROVE_BILLING, "H11.9-c", *BILLABLE_IN)
    yield from _stays(A.ASK_BILLING, Right.SEND_INVOICES, "H11.9-c", *BILLABLE_IN)
    yield from _stays(A.DECLINE_BILLING, Right.APPROVE_BILLING, "H11.9-c", *BILLABLE_IN)
    yield from _stays(A.RATE, Right.RATE_TICKETS, "H10.3-a", S.RESOLVED, S.CLOSED)


SERVICE_REQUEST = Workflow(_asked())
INCIDENT = Workflow(
    (*_asked(), *_stays(A.FIND_CAUSE, Right.HANDLE_TICKETS, "H11.2.3-b", S.OPEN, S.WAITING, S.RESOLVED))
)
PROBLEM = Workflow(
    (
        *_handled(S.OPEN, S.KNOWN),
        Move(A.FIND_CAUSE, S.OPEN, S.KNOWN, Right.HANDLE_TICKETS, "H11.2.3-a"),
        *_stays(A.FIND_CAUSE, Right.HANDLE_TICKETS, "H11.2.3-a", S.KNOWN),
        Move(A.RESOLVE, S.KNOWN, S.RESOLVED, Right.HANDLE_TICKETS, RECORD),
    )
)
CHANGE = Workflow(
    (
        *_handled(S.OPEN, S.APPROVED),
        Move(A.APPROVE, S.OPEN, S.APPROVED, Right.DECIDE_CHANGES, "H11.2.3-a"),
        Move(A.REJECT, S.OPEN, S.REJECTED, Right.DECIDE_CHANGES, "H11.2.3-a"),
        Move(A.RESOLVE, S.APPROVED, S.RESOLVED, Right.HANDLE_TICKETS, RECORD),
        *_stays(A.MARK_DOCUMENTS, Right.KEEP_DOCUMENTS, "H11.6-a", S.NEW, S.OPEN, S.APPROVED, S.RESOLVED),
    )
)
TABLES: Mapping[TicketKind, Workflow[TicketState, TicketAction]] = MappingProxyType(
    {
        TicketKind.SERVICE_REQUEST: SERVICE_REQUEST,
        TicketKind.INCIDENT: INCIDENT,
        TicketKind.PROBLEM: PROBLEM,
        TicketKind.CHANGE: CHANGE,
    }
)
"""Each kind's own table of moves."""
CARRIED: Mapping[MessageKind, TicketAction] = MappingProxyType(
    {MessageKind.QUESTION: A.WAIT, MessageKind.RESOLUTION: A.RESOLVE}
)
"""Moves that are words to whoever asked, and come to pass when these may be read (H11.4-a)."""
ONCE_SAID: Mapping[MessageKind, frozenset[TicketAction]] = MappingProxyType(
    {MessageKind.QUESTION: frozenset({A.WAIT}), MessageKind.RESOLUTION: frozenset({A.WAIT, A.RESPOND, A.RESOLVE})}
)
"""What a supplier does not do again while such words of its own wait for Tiera."""

MESSAGE = Workflow(
    (
        Move(MessageAction.RELEASE, MessageState.WAITING, MessageState.RELEASED, Right.RELEASE_MESSAGES, "H11.4-a"),
        Move(MessageAction.RETURN, MessageState.WAITING, MessageState.RETURNED, Right.RELEASE_MESSAGES, "H11.4-a"),
    )
)

TICKET_KIND_LABELS = register_labels(
    {
        TicketKind.SERVICE_REQUEST: Text("Service request"),
        TicketKind.INCIDENT: Text("Incident"),
        TicketKind.PROBLEM: Text("Problem"),
        TicketKind.CHANGE: Text("Change of a service"),
    }
)
TICKET_STATE_LABELS = register_labels(
    {
        S.NEW: Text("New"),
        S.OPEN: Text("Being worked on"),
        S.WAITING: Text("Waits for an answer"),
        S.KNOWN: Text("Cause is known"),
        S.APPROVED: Text("May be carried out"),
        S.RESOLVED: Text("Resolved"),
        S.CLOSED: Text("Closed"),
        S.WITHDRAWN: Text("Withdrawn"),
        S.REJECTED: Text("Rejected"),
        S.MERGED: Text("Merged into another"),
    }
)
REACH_LABELS = register_labels(
    {
        Reach.ONE_USER: Text("One user"),
        Reach.ONE_ORGANISATION: Text("One organisation"),
        Reach.MANY: Text("Many organisations"),
    }
)
HOLDER_LABELS = register_labels({Holder.DESK: Text("At Tiera's desk"), Holder.SUPPLIER: Text("At the supplier")})
LINK_KIND_LABELS = register_labels(
    {
        LinkKind.CAUSED_BY: Text("Caused by"),
        LinkKind.DUPLICATE_OF: Text("The same as"),
        LinkKind.PART_OF: Text("Part of"),
        LinkKind.FOLLOWS_FROM: Text("Follows from"),
    }
)
MESSAGE_KIND_LABELS = register_labels(
    {
        MessageKind.MESSAGE: Text("Message"),
        MessageKind.RESPONSE: Text("First answer"),
        MessageKind.QUESTION: Text("Question"),
        MessageKind.HANDOVER: Text("Why it was handed on"),
        MessageKind.CLASS_CHANGE: Text("Why its class was changed"),
        MessageKind.CAUSE: Text("Root cause"),
        MessageKind.DECISION: Text("Decision"),
        MessageKind.RESOLUTION: Text("Resolution"),
        MessageKind.REOPENING: Text("Why it was reopened"),
        MessageKind.ENDING: Text("Why it ended"),
    }
)
MESSAGE_STATE_LABELS = register_labels(
    {
        MessageState.SENT: Text("Sent"),
        MessageState.WAITING: Text("Waits for Tiera's release"),
        MessageState.RELEASED: Text("Released"),
        MessageState.RETURNED: Text("Returned"),
    }
)
SERVICE_TIME_LABELS = register_labels(
    {
        ServiceTime.ROUND_THE_CLOCK: Text("Round the clock"),
        ServiceTime.BUSINESS_HOURS: Text("On business days in service hours"),
    }
)
CLOCK_KIND_LABELS = register_labels(
    {
        ClockKind.RESPOND: Text("Response time"),
        ClockKind.RESOLVE: Text("Resolution time"),
        ClockKind.UPDATE: Text("Next update"),
        ClockKind.DECIDE: Text("Tiera's decision on the change"),
        ClockKind.HAND_BACK: Text("Tiera's answer to what was handed back"),
        ClockKind.ANSWER: Text("Tiera's answer to the supplier's question"),
        ClockKind.BILL: Text("Tiera's approval for billing"),
    }
)
STRETCH_REASON_LABELS = register_labels(
    {
        StretchReason.AT_DESK: Text("At Tiera's desk"),
        StretchReason.AT_SUPPLIER: Text("At the supplier"),
        StretchReason.WAITING: Text("Waits for an answer"),
        StretchReason.KNOWN: Text("Cause is known"),
        StretchReason.APPROVED: Text("May be carried out"),
        StretchReason.WITH_TIERA: Text("Waits for Tiera"),
        StretchReason.MERGED: Text("Merged into another"),
        StretchReason.DONE: Text("Resolved"),
        StretchReason.OUTSIDE_HOURS: Text("Outside service hours"),
        StretchReason.DAY_OF_ARRIVAL: Text("The day of the event itself"),
        StretchReason.NO_BUSINESS_DAY: Text("Not a business day"),
    }
)
