"""Who may do what with a complaint: the table of moves, narrowed by facts that no role knows."""

from dataclasses import dataclass

from backend.complaints.rules import may_answer, may_give_time, may_handle, may_say_cause
from backend.complaints.states import (
    COMPLAINT,
    SANCTION,
    ComplaintAction,
    ComplaintState,
    SanctionAction,
    SanctionState,
)
from backend.kit.actor import Actor

A = ComplaintAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What of a complaint decides, beside its state, which acts are open."""

    was_sent: bool = False
    has_begun: bool = False
    has_time: bool = False
    """No response was proper, and the time to answer has not ended."""
    was_called: bool = False
    """The steering group was called to an extraordinary meeting."""
    lacks_proper: bool = False
    """No response was proper."""
    tiera_has_said: bool = False
    supplier_has_said: bool = False
    can_be_billed: bool = False
    """Both sides say that the cause was not the supplier's, and handling is not approved for billing yet."""


def _is_open(action: ComplaintAction, state: ComplaintState, facts: Facts) -> bool:
    match action:
        case A.ANSWER | A.DRAFT_RESPONSE:
            return may_answer(state, has_time=facts.has_time)
        case A.GIVE_TIME:
            return may_give_time(state, lacks_proper=facts.lacks_proper)
        case A.HANDLE:
            return may_handle(state, has_time=facts.has_time, was_called=facts.was_called)
        case A.BEGIN:
            return not facts.has_begun
        case A.SAY_CAUSE:
            return may_say_cause(was_sent=facts.was_sent, has_said=facts.tiera_has_said)
        case A.OWN_CAUSE:
            return may_say_cause(was_sent=facts.was_sent, has_said=facts.supplier_has_said)
        case A.BILL:
            return facts.can_be_billed
    return True


def available_actions(actor: Actor, state: ComplaintState, facts: Facts) -> list[ComplaintAction]:
    """What somebody may do with a complaint now."""
    return [action for action in COMPLAINT.open_to(actor, state) if _is_open(action, state, facts)]


def available_sanction_actions(actor: Actor, state: SanctionState) -> list[SanctionAction]:
    """What somebody may do with a sanction now."""
    return SANCTION.open_to(actor, state)
