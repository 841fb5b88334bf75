"""The states of a time entry and the kinds of work at the supplier's own cost."""

from enum import StrEnum

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


class OwnCost(StrEnum):
    """Work that can be booked but never billed (H11.9-h)."""

    FAMILIARISATION = "familiarisation"
    BODIES = "bodies"
    HOURS_INTEGRATION = "hours_integration"
    AGAINST_INSTRUCTION = "against_instruction"
    COMPLAINTS = "complaints"
    BULLETINS = "bulletins"


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
