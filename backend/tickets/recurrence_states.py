"""What recurs among incidents and service requests: found, made a problem or dismissed, with a proposal (H11.3.4-a)."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right

RULE = "H11.3.4-a"


class RecurrenceState(StrEnum):
    FOUND = "found"
    DISMISSED = "dismissed"
    """It comes again when more come."""
    TAKEN = "taken"
    """A problem was made of it; or a remedy that was accepted did not help, and another is to be proposed."""
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class RecurrenceAction(StrEnum):
    TAKE = "take"
    DISMISS = "dismiss"
    PROPOSE = "propose"
    ACCEPT = "accept"
    DECLINE = "decline"


S, A = RecurrenceState, RecurrenceAction
RECURRENCE = Workflow(
    (
        Move(A.TAKE, S.FOUND, S.TAKEN, Right.HANDLE_TICKETS, RULE),
        Move(A.DISMISS, S.FOUND, S.DISMISSED, Right.HANDLE_TICKETS, RULE),
        Move(A.PROPOSE, S.TAKEN, S.PROPOSED, Right.HANDLE_TICKETS, RULE),
        Move(A.PROPOSE, S.DECLINED, S.PROPOSED, Right.HANDLE_TICKETS, RULE),
        Move(A.ACCEPT, S.PROPOSED, S.ACCEPTED, Right.DECIDE_CHANGES, RULE),
        Move(A.DECLINE, S.PROPOSED, S.DECLINED, Right.DECIDE_CHANGES, RULE),
    )
)
RECURRENCE_STATE_LABELS = register_labels(
    {
        S.FOUND: Text("To be looked at"),
        S.DISMISSED: Text("Dismissed"),
        S.TAKEN: Text("Problem opened"),
        S.PROPOSED: Text("Proposal waits for Tiera"),
        S.ACCEPTED: Text("Proposal accepted"),
        S.DECLINED: Text("Proposal not accepted"),
    }
)
