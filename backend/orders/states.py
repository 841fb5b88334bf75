"""The states of orders and of what belongs to them, each with its table of moves."""

from enum import StrEnum

from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class OrderState(StrEnum):
    DRAFT = "draft"
    REQUESTED = "requested"
    ESTIMATED = "estimated"
    ORDERED = "ordered"
    IN_PROGRESS = "in_progress"
    DELIVERED = "delivered"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class OrderAction(StrEnum):
    REQUEST_ESTIMATE = "request_estimate"
    ESTIMATE = "estimate"
    DECLINE = "decline"
    ORDER_AT_ONCE = "order_at_once"
    ORDER = "order"
    CONFIRM = "confirm"
    START = "start"
    DELIVER = "deliver"
    RETURN = "return"
    HAND_OVER = "hand_over"
    ACCEPT = "accept"
    CANCEL = "cancel"


class Pricing(StrEnum):
    """How an order is priced: by the hour under a ceiling, or a fixed sum by milestones."""

    HOURS = "hours"
    FIXED = "fixed"


class OverrunState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class OverrunAction(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class RevisionState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class RevisionAction(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class PaperKind(StrEnum):
    """What is attached to an order before it may go on."""

    FORM = "form"
    """The standard form of the assignment procedure (H11.8.2-c)."""
    PROJECT_CONTRACT = "project_contract"
    PROJECT_PLAN = "project_plan"
    TASK_PLAN = "task_plan"
    HANDOVER = "handover"
    OTHER = "other"


S, A = OrderState, OrderAction

ORDER = Workflow(
    (
        Move(A.REQUEST_ESTIMATE, S.DRAFT, S.REQUESTED, Right.PREPARE_ORDERS, "H11.3.1-a"),
        Move(A.ORDER_AT_ONCE, S.DRAFT, S.ORDERED, Right.PLACE_ORDERS, "H11.8.2-b"),
        Move(A.CANCEL, S.DRAFT, S.CANCELLED, Right.PREPARE_ORDERS, "D0-b"),
        Move(A.ESTIMATE, S.REQUESTED, S.ESTIMATED, Right.ESTIMATE, "H11.8.1-g"),
        Move(A.DECLINE, S.REQUESTED, S.DECLINED, Right.ESTIMATE, "H11.8.1-f"),
        Move(A.CANCEL, S.REQUESTED, S.CANCELLED, Right.PREPARE_ORDERS, "D0-b"),
        Move(A.ESTIMATE, S.ESTIMATED, S.ESTIMATED, Right.ESTIMATE, "H11.8.1-g"),
        Move(A.ORDER, S.ESTIMATED, S.ORDERED, Right.PLACE_ORDERS, "H11.8.1-a"),
        Move(A.CANCEL, S.ESTIMATED, S.CANCELLED, Right.PREPARE_ORDERS, "D0-b"),
        Move(A.CONFIRM, S.ORDERED, S.ORDERED, Right.CONFIRM_ORDERS, "H11.8.1-f"),
        Move(A.DECLINE, S.ORDERED, S.DECLINED, Right.CONFIRM_ORDERS, "H11.8.1-f"),
        Move(A.START, S.ORDERED, S.IN_PROGRESS, Right.DELIVER, "H11.8.2-d"),
        Move(A.CANCEL, S.ORDERED, S.CANCELLED, Right.PLACE_ORDERS, "D0-b"),
        Move(A.DELIVER, S.IN_PROGRESS, S.DELIVERED, Right.DELIVER, "H11.8.3-b"),
        Move(A.RETURN, S.DELIVERED, S.IN_PROGRESS, Right.ACCEPT_DELIVERIES, "H11.8.3-b"),
        Move(A.ACCEPT, S.DELIVERED, S.ACCEPTED, Right.ACCEPT_DELIVERIES, "D0-f"),
    )
)

OVERRUN = Workflow(
    (
        Move(OverrunAction.APPROVE, OverrunState.REQUESTED, OverrunState.APPROVED, Right.DECIDE_OVERRUNS, "H11.8.3-d"),
        Move(OverrunAction.REJECT, OverrunState.REQUESTED, OverrunState.REJECTED, Right.DECIDE_OVERRUNS, "H11.8.3-d"),
        Move(OverrunAction.WITHDRAW, OverrunState.REQUESTED, OverrunState.WITHDRAWN, Right.ESTIMATE, "H11.8.3-d"),
    )
)
