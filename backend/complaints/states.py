"""The states of complaints and of the sanctions that they bring, each with its table of moves."""

from collections.abc import Iterator
from enum import StrEnum

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class ComplaintState(StrEnum):
    """From Tiera's draft to a handled complaint. Lateness is a fact beside the state, never one of these."""

    DRAFT = "draft"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    PROPER = "proper"
    NOT_PROPER = "not_proper"
    HANDLED = "handled"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class ComplaintAction(StrEnum):
    EDIT = "edit"
    SEND = "send"
    ACKNOWLEDGE = "acknowledge"
    BEGIN = "begin"
    """Say what was done first (H11.10-j)."""
    DRAFT_RESPONSE = "draft_response"
    ANSWER = "answer"
    FIND_PROPER = "find_proper"
    FIND_NOT_PROPER = "find_not_proper"
    GIVE_TIME = "give_time"
    CALL_MEETING = "call_meeting"
    """Call the supplier's steering group to an extraordinary meeting (H11.10-i)."""
    HANDLE = "handle"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    SAY_CAUSE = "say_cause"
    """Say for Tiera whether the cause was the supplier's (H11.10-h)."""
    OWN_CAUSE = "own_cause"
    """Say the same for the supplier."""
    SAY_SHARED_USE = "say_shared_use"
    """Say of one that was sent whether it touches the shared use (H7.4-a)."""
    BILL = "bill"
    """Approve handling for billing: both sides say that the cause was not the supplier's."""


class ComplaintCause(StrEnum):
    """What the register's figures gather complaints by."""

    QUALITY = "quality"
    DELAY = "delay"
    COST = "cost"
    COMMUNICATION = "communication"
    SECURITY = "security"
    PEOPLE = "people"
    OTHER = "other"


class AnswerTime(StrEnum):
    """How many business days the first response took, as the register's figures gather it."""

    FIVE_DAYS = "five_days"
    TEN_DAYS = "ten_days"
    TWENTY_DAYS = "twenty_days"
    LONGER = "longer"
    NONE = "none"
    """No response has come."""


MOST_DAYS = {AnswerTime.FIVE_DAYS: 5, AnswerTime.TEN_DAYS: 10, AnswerTime.TWENTY_DAYS: 20}
"""The greatest number of business days of each, the quickest first."""


class ComplaintClockKind(StrEnum):
    """What of a complaint is timed (H11.10-b, -j, -c, -d)."""

    ACKNOWLEDGEMENT = "complaint.acknowledgement"
    BEGINNING = "complaint.beginning"
    RESPONSE = "complaint.response"
    JUDGEMENT = "complaint.judgement"
    """Tiera's: to say whether a response is proper."""


class ResponseTopic(StrEnum):
    """The six topics of a response, in the contract's order (H11.10-d)."""

    SUMMARY = "summary"
    MAIN_POINTS = "main_points"
    PROBLEM = "problem"
    EFFECTS = "effects"
    MEASURES = "measures"
    PREVENTION = "prevention"


class SanctionState(StrEnum):
    WAITING = "waiting"
    """The deadline has passed with a response that Tiera has not judged yet."""
    ENTITLED = "entitled"
    APPLIED = "applied"
    WAIVED = "waived"
    LAPSED = "lapsed"
    """The response that came in time was found proper, or the complaint was withdrawn before that."""


class SanctionAction(StrEnum):
    APPLY = "apply"
    WAIVE = "waive"


S, A = ComplaintState, ComplaintAction
ComplaintMove = Move[ComplaintState, ComplaintAction]

UNANSWERED = (S.SENT, S.ACKNOWLEDGED, S.NOT_PROPER)
"""The supplier is to answer."""
ANSWERABLE = (*UNANSWERED, S.HANDLED)
"""The supplier may answer, or is given time to; of a handled one where no response was proper, and while time runs."""
OPEN = (S.SENT, S.ACKNOWLEDGED, S.ANSWERED, S.PROPER, S.NOT_PROPER)
SILENT = (S.SENT, S.ACKNOWLEDGED)
"""No response has come."""
TO_BE_HANDLED = (S.ANSWERED, S.PROPER, S.NOT_PROPER)
"""What the supplier's steering group finds on its next agenda (H11.10-f), and what stays silent past its time."""
HANDLEABLE = (S.PROPER, S.NOT_PROPER, *SILENT)
"""What it has handled; one without a response once the time to answer has ended, or it was called together for it."""
CAUSE_KNOWN = (S.ANSWERED, S.PROPER, S.NOT_PROPER, S.HANDLED, S.CLOSED, S.WITHDRAWN)
"""Each side may say whose the cause was; of a withdrawn one where it had been sent."""


def _stays(action: ComplaintAction, by: Right, rule: str, *states: ComplaintState) -> Iterator[ComplaintMove]:
    """An act that leaves the complaint in its state."""
    return (Move(action, state, state, by, rule) for state in states)


COMPLAINT = Workflow(
    (
        *_stays(A.EDIT, Right.COMPLAIN, "H11.10-a", S.DRAFT),
        Move(A.SEND, S.DRAFT, S.SENT, Right.COMPLAIN, "H11.10-a"),
        Move(A.ACKNOWLEDGE, S.SENT, S.ACKNOWLEDGED, Right.ANSWER_COMPLAINTS, "H11.10-b"),
        *_stays(A.BEGIN, Right.ANSWER_COMPLAINTS, "H11.10-j", S.ACKNOWLEDGED),
        *_stays(A.DRAFT_RESPONSE, Right.ANSWER_COMPLAINTS, "H11.10-d", *ANSWERABLE),
        *(Move(A.ANSWER, state, S.ANSWERED, Right.ANSWER_COMPLAINTS, "H11.10-c") for state in ANSWERABLE),
        Move(A.FIND_PROPER, S.ANSWERED, S.PROPER, Right.COMPLAIN, "H11.10-d"),
        Move(A.FIND_NOT_PROPER, S.ANSWERED, S.NOT_PROPER, Right.COMPLAIN, "H11.10-d"),
        *_stays(A.GIVE_TIME, Right.COMPLAIN, "H11.10-c", *ANSWERABLE),
        *_stays(A.CALL_MEETING, Right.COMPLAIN, "H11.10-i", *OPEN),
        *(Move(A.HANDLE, state, S.HANDLED, Right.COMPLAIN, "H11.10-f") for state in HANDLEABLE),
        Move(A.CLOSE, S.HANDLED, S.CLOSED, Right.COMPLAIN, "H11.10-f"),
        *(Move(A.WITHDRAW, state, S.WITHDRAWN, Right.COMPLAIN, "H11.10-e") for state in (S.DRAFT, *OPEN)),
        *_stays(A.SAY_SHARED_USE, Right.COMPLAIN, "H7.4-a", *OPEN, S.HANDLED, S.CLOSED),
        *_stays(A.SAY_CAUSE, Right.COMPLAIN, "H11.10-h", *CAUSE_KNOWN),
        *_stays(A.BILL, Right.APPROVE_BILLING, "H11.10-h", *CAUSE_KNOWN),
        *_stays(A.OWN_CAUSE, Right.ANSWER_COMPLAINTS, "H11.10-h", *CAUSE_KNOWN),
    )
)

SANCTION = Workflow(
    (
        Move(SanctionAction.APPLY, SanctionState.ENTITLED, SanctionState.APPLIED, Right.DECIDE_SANCTIONS, "H11.10-g"),
        Move(SanctionAction.WAIVE, SanctionState.ENTITLED, SanctionState.WAIVED, Right.DECIDE_SANCTIONS, "H11.10-g"),
    )
)

COMPLAINT_STATE_LABELS = register_labels(
    {
        S.DRAFT: Text("Draft"),
        S.SENT: Text("Sent to the supplier"),
        S.ACKNOWLEDGED: Text("Acknowledged"),
        S.ANSWERED: Text("Answered"),
        S.PROPER: Text("Response proper"),
        S.NOT_PROPER: Text("Response not proper"),
        S.HANDLED: Text("Handled in the supplier's steering group"),
        S.CLOSED: Text("Complaint closed"),
        S.WITHDRAWN: Text("Withdrawn"),
    }
)
CAUSE_LABELS = register_labels(
    {
        ComplaintCause.QUALITY: Text("Quality of the work"),
        ComplaintCause.DELAY: Text("Delay"),
        ComplaintCause.COST: Text("Cost or invoicing"),
        ComplaintCause.COMMUNICATION: Text("Communication"),
        ComplaintCause.SECURITY: Text("Security or data protection"),
        ComplaintCause.PEOPLE: Text("People and roles"),
        ComplaintCause.OTHER: Text("Something else"),
    }
)
ANSWER_TIME_LABELS = register_labels(
    {
        AnswerTime.FIVE_DAYS: Text("At most 5 business days"),
        AnswerTime.TEN_DAYS: Text("6–10 business days"),
        AnswerTime.TWENTY_DAYS: Text("11–20 business days"),
        AnswerTime.LONGER: Text("Over 20 business days"),
        AnswerTime.NONE: Text("No response yet"),
    }
)
CLOCK_KIND_LABELS = register_labels(
    {
        ComplaintClockKind.ACKNOWLEDGEMENT: Text("Acknowledgement"),
        ComplaintClockKind.BEGINNING: Text("First action"),
        ComplaintClockKind.RESPONSE: Text("Proper response"),
        ComplaintClockKind.JUDGEMENT: Text("Tiera's judgement"),
    }
)
TOPIC_LABELS = register_labels(
    {
        ResponseTopic.SUMMARY: Text("Summary"),
        ResponseTopic.MAIN_POINTS: Text("Main points of the complaint"),
        ResponseTopic.PROBLEM: Text("The problem and its cause"),
        ResponseTopic.EFFECTS: Text("Effects"),
        ResponseTopic.MEASURES: Text("Reaction, corrective measures and solution"),
        ResponseTopic.PREVENTION: Text("How the like is prevented"),
    }
)
SANCTION_STATE_LABELS = register_labels(
    {
        SanctionState.WAITING: Text("Waits for the response to be judged"),
        SanctionState.ENTITLED: Text("Tiera is entitled to it"),
        SanctionState.APPLIED: Text("Applied"),
        SanctionState.WAIVED: Text("Waived"),
        SanctionState.LAPSED: Text("Lapsed"),
    }
)
