"""The states of a time entry and the kinds of work at the supplier's own cost."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class EntryState(StrEnum):
    BOOKED = "booked"
    APPROVED = "approved"
    RETURNED = "returned"
    CORRECTED = "corrected"
    """Replaced by a correction; the old value stays visible."""


class EntryAction(StrEnum):
    APPROVE = "approve"
    RETURN = "return"
    CORRECT = "correct"
    WITHDRAW = "withdraw"


class TargetState(StrEnum):
    """Whether a target takes hours of the days to come."""

    OPEN = "open"
    CLOSED = "closed"


class OwnCost(StrEnum):
    """Work that can be booked but never billed (H11.9-h)."""

    FAMILIARISATION = "familiarisation"
    BODIES = "bodies"
    HOURS_INTEGRATION = "hours_integration"
    AGAINST_INSTRUCTION = "against_instruction"
    COMPLAINTS = "complaints"
    BULLETINS = "bulletins"


class LeftOut(StrEnum):
    """Why an entry was left out of an approval of many."""

    NOT_WAITING = "not_waiting"
    ABOVE_CEILING = "above_ceiling"
    WITHOUT_PERMISSION = "without_permission"


OWN_COST_RULES = {
    OwnCost.FAMILIARISATION: "H11.3-c",
    OwnCost.BODIES: "H11.2-a",
    OwnCost.HOURS_INTEGRATION: "H11.7.3-j",
    OwnCost.AGAINST_INSTRUCTION: "H11.8.1-h",
    OwnCost.COMPLAINTS: "H11.10-h",
    OwnCost.BULLETINS: "H11.11-d",
}

ENTRY = Workflow(
    (
        Move(EntryAction.APPROVE, EntryState.BOOKED, EntryState.APPROVED, Right.APPROVE_HOURS, "H11.7.3-g"),
        Move(EntryAction.RETURN, EntryState.BOOKED, EntryState.RETURNED, Right.APPROVE_HOURS, "H11.7.3-g"),
        Move(EntryAction.CORRECT, EntryState.BOOKED, EntryState.CORRECTED, Right.BOOK_HOURS, "H11.7.3-g"),
        Move(EntryAction.CORRECT, EntryState.RETURNED, EntryState.CORRECTED, Right.BOOK_HOURS, "H11.7.3-g"),
        Move(EntryAction.WITHDRAW, EntryState.APPROVED, EntryState.BOOKED, Right.APPROVE_HOURS, "H11.7.3-g"),
    )
)

ENTRY_STATE_LABELS = register_labels(
    {
        EntryState.BOOKED: Text("Waits for approval"),
        EntryState.APPROVED: Text("Approved"),
        EntryState.RETURNED: Text("Returned"),
        EntryState.CORRECTED: Text("Corrected"),
    }
)
ENTRY_ACTION_LABELS = register_labels(
    {
        EntryAction.APPROVE: Text("Approve"),
        EntryAction.RETURN: Text("Return"),
        EntryAction.CORRECT: Text("Correct"),
        EntryAction.WITHDRAW: Text("Take the approval back"),
    }
)
OWN_COST_LABELS = register_labels(
    {
        OwnCost.FAMILIARISATION: Text("Familiarising a new person"),
        OwnCost.BODIES: Text("Work in the bodies and meetings"),
        OwnCost.HOURS_INTEGRATION: Text("The integration that transfers hours"),
        OwnCost.AGAINST_INSTRUCTION: Text("Extra work done against instruction"),
        OwnCost.COMPLAINTS: Text("Handling a complaint"),
        OwnCost.BULLETINS: Text("Informing about one’s own services"),
    }
)
LEFT_OUT_LABELS = register_labels(
    {
        LeftOut.NOT_WAITING: Text("It does not wait for approval any more."),
        LeftOut.ABOVE_CEILING: Text("It is above the ceiling that Tiera has approved."),
        LeftOut.WITHOUT_PERMISSION: Text(
            "It was done above the ceiling before Tiera's decision, which does not cover it."
        ),
    }
)
