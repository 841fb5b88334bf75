"""The states of orders and of what belongs to them, each with its table of moves."""

from collections.abc import Iterator
from enum import StrEnum

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class OrderState(StrEnum):
    """From a customer's request to accepted work. On hold is a fact beside the state, never one of these."""

    ASKED = "asked"
    """A customer's request, which no ordering contact has taken up yet (H11.8.1-i)."""
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
    TAKE_UP = "take_up"
    TURN_DOWN = "turn_down"
    WITHDRAW = "withdraw"
    EDIT = "edit"
    RAISE_CLASS = "raise_class"
    SPECIFY = "specify"
    """Give the goal and limits that a draft left open: an estimate, or a request to go on, may make an order larger
    than was thought."""
    ATTACH_PAPER = "attach_paper"
    BRING_PAPER = "bring_paper"
    """The supplier's way to attach one."""
    NAME_TIERA_MANAGER = "name_tiera_manager"
    NAME_SUPPLIER_MANAGER = "name_supplier_manager"
    REQUEST_ESTIMATE = "request_estimate"
    ESTIMATE = "estimate"
    DECLINE = "decline"
    ORDER_AT_ONCE = "order_at_once"
    ORDER = "order"
    CONFIRM = "confirm"
    START = "start"
    FORECAST = "forecast"
    REQUEST_OVERRUN = "request_overrun"
    PROPOSE_REVISION = "propose_revision"
    OFFER_REVISION = "offer_revision"
    """The supplier's way to propose one."""
    DELIVER = "deliver"
    RETURN = "return"
    HAND_OVER = "hand_over"
    ACCEPT = "accept"
    CANCEL = "cancel"
    END_EARLY = "end_early"
    """Tiera's way out of work under way: hours up to the ceiling and accepted parts stay payable, the rest is free."""


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
    """A proposed change waits for the side that did not propose it."""

    AWAITS_TIERA = "awaits_tiera"
    AWAITS_SUPPLIER = "awaits_supplier"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class RevisionAction(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class MilestoneState(StrEnum):
    OPEN = "open"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"


class MilestoneAction(StrEnum):
    DELIVER = "deliver"
    ACCEPT = "accept"
    RETURN = "return"


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
OrderMove = Move[OrderState, OrderAction]

BEFORE_ORDERING = (S.DRAFT, S.REQUESTED, S.ESTIMATED)
ORDERED_WORK = (S.ORDERED, S.IN_PROGRESS)
NOT_ACCEPTED = (*ORDERED_WORK, S.DELIVERED)
"""What a larger size asks for can still be brought: a request to go on may come of delivered work too."""
BILLABLE = (S.ORDERED, S.IN_PROGRESS, S.DELIVERED, S.HANDED_OVER, S.ACCEPTED)
"""Placed, and not given up."""
WORK_GOES_ON = (S.IN_PROGRESS, S.DELIVERED)
"""Hours may be booked, so they are followed too; what was returned is mended in the same order."""


def _stays(action: OrderAction, by: Right, rule: str, *states: OrderState) -> Iterator[OrderMove]:
    """An act that leaves the order in its state."""
    return (Move(action, state, state, by, rule) for state in states)


ORDER = Workflow(
    (
        Move(A.TAKE_UP, S.ASKED, S.DRAFT, Right.PREPARE_ORDERS, "H11.8.1-i"),
        Move(A.TURN_DOWN, S.ASKED, S.DECLINED, Right.PREPARE_ORDERS, "H11.8.1-i"),
        Move(A.WITHDRAW, S.ASKED, S.CANCELLED, Right.REQUEST_WORK, "H11.8.1-i"),
        *_stays(A.EDIT, Right.PREPARE_ORDERS, "H11.8.1-e", S.DRAFT),
        *_stays(A.RAISE_CLASS, Right.PREPARE_ORDERS, "H11.8.2-a", *BEFORE_ORDERING),
        *_stays(A.SPECIFY, Right.PREPARE_ORDERS, "H11.8.2-c", S.REQUESTED, S.ESTIMATED, *WORK_GOES_ON),
        *_stays(A.ATTACH_PAPER, Right.PREPARE_ORDERS, "H11.8.2-c", *BEFORE_ORDERING, *NOT_ACCEPTED),
        *_stays(A.BRING_PAPER, Right.ESTIMATE, "H11.8.2-d", S.REQUESTED, S.ESTIMATED, *NOT_ACCEPTED),
        *_stays(A.NAME_TIERA_MANAGER, Right.PREPARE_ORDERS, "H11.3.3-a", *BEFORE_ORDERING, *NOT_ACCEPTED),
        *_stays(A.NAME_SUPPLIER_MANAGER, Right.ESTIMATE, "H11.3.3-a", S.REQUESTED, S.ESTIMATED, *NOT_ACCEPTED),
        Move(A.REQUEST_ESTIMATE, S.DRAFT, S.REQUESTED, Right.PREPARE_ORDERS, "H11.3.1-a"),
        Move(A.ORDER_AT_ONCE, S.DRAFT, S.ORDERED, Right.PLACE_ORDERS, "H11.8.2-b"),
        Move(A.CANCEL, S.DRAFT, S.CANCELLED, Right.PREPARE_ORDERS, "D0-b"),
        Move(A.ESTIMATE, S.REQUESTED, S.ESTIMATED, Right.ESTIMATE, "H11.8.1-g"),
        Move(A.DECLINE, S.REQUESTED, S.DECLINED, Right.ESTIMATE, "H11.8.1-f"),
        Move(A.CANCEL, S.REQUESTED, S.CANCELLED, Right.PREPARE_ORDERS, "D0-b"),
        Move(A.ORDER, S.ESTIMATED, S.ORDERED, Right.PLACE_ORDERS, "H11.8.1-a"),
        Move(A.ESTIMATE, S.ESTIMATED, S.ESTIMATED, Right.ESTIMATE, "H11.8.1-g"),
        Move(A.REQUEST_ESTIMATE, S.ESTIMATED, S.REQUESTED, Right.PREPARE_ORDERS, "H11.3.1-a"),
        Move(A.CANCEL, S.ESTIMATED, S.CANCELLED, Right.PREPARE_ORDERS, "D0-b"),
        Move(A.CONFIRM, S.ORDERED, S.ORDERED, Right.CONFIRM_ORDERS, "H11.8.1-f"),
        Move(A.DECLINE, S.ORDERED, S.DECLINED, Right.CONFIRM_ORDERS, "H11.8.1-f"),
        Move(A.START, S.ORDERED, S.IN_PROGRESS, Right.DELIVER, "H11.8.2-d"),
        Move(A.CANCEL, S.ORDERED, S.CANCELLED, Right.PLACE_ORDERS, "D0-b"),
        Move(A.END_EARLY, S.IN_PROGRESS, S.CANCELLED, Right.PLACE_ORDERS, "D0-b"),
        *_stays(A.FORECAST, Right.ESTIMATE, "H11.8.3-c", *WORK_GOES_ON),
        *_stays(A.REQUEST_OVERRUN, Right.ESTIMATE, "H11.8.3-d", *WORK_GOES_ON),
        *_stays(A.PROPOSE_REVISION, Right.PLACE_ORDERS, "H11.8.3-b", *ORDERED_WORK),
        *_stays(A.OFFER_REVISION, Right.ESTIMATE, "H11.8.3-b", *ORDERED_WORK),
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

R, D = RevisionState, RevisionAction

OPEN_REVISIONS = (R.AWAITS_TIERA, R.AWAITS_SUPPLIER)

REVISION = Workflow(
    (
        Move(D.ACCEPT, R.AWAITS_TIERA, R.ACCEPTED, Right.PLACE_ORDERS, "H11.8.3-b"),
        Move(D.REJECT, R.AWAITS_TIERA, R.REJECTED, Right.PLACE_ORDERS, "H11.8.3-b"),
        Move(D.WITHDRAW, R.AWAITS_TIERA, R.WITHDRAWN, Right.ESTIMATE, "H11.8.3-b"),
        Move(D.ACCEPT, R.AWAITS_SUPPLIER, R.ACCEPTED, Right.ESTIMATE, "H11.8.3-b"),
        Move(D.REJECT, R.AWAITS_SUPPLIER, R.REJECTED, Right.ESTIMATE, "H11.8.3-b"),
        Move(D.WITHDRAW, R.AWAITS_SUPPLIER, R.WITHDRAWN, Right.PLACE_ORDERS, "H11.8.3-b"),
    )
)

M = MilestoneAction

MILESTONE = Workflow(
    (
        Move(M.DELIVER, MilestoneState.OPEN, MilestoneState.DELIVERED, Right.DELIVER, "H11.9-b"),
        Move(M.ACCEPT, MilestoneState.DELIVERED, MilestoneState.ACCEPTED, Right.ACCEPT_DELIVERIES, "H11.9-b"),
        Move(M.RETURN, MilestoneState.DELIVERED, MilestoneState.OPEN, Right.ACCEPT_DELIVERIES, "H11.9-b"),
    )
)

ORDER_STATE_LABELS = register_labels(
    {
        OrderState.ASKED: Text("Asked for"),
        OrderState.DRAFT: Text("Draft"),
        OrderState.REQUESTED: Text("Estimate requested"),
        OrderState.ESTIMATED: Text("Estimated"),
        OrderState.ORDERED: Text("Ordered"),
        OrderState.IN_PROGRESS: Text("In progress"),
        OrderState.DELIVERED: Text("Delivered"),
        OrderState.HANDED_OVER: Text("Handed over"),
        OrderState.ACCEPTED: Text("Accepted"),
        OrderState.DECLINED: Text("Declined"),
        OrderState.CANCELLED: Text("Cancelled"),
    }
)
PRICING_LABELS = register_labels(
    {Pricing.HOURS: Text("By the hour, with a ceiling"), Pricing.FIXED: Text("Fixed price, by milestones")}
)
OVERRUN_STATE_LABELS = register_labels(
    {
        OverrunState.REQUESTED: Text("Waits for a decision"),
        OverrunState.APPROVED: Text("Approved"),
        OverrunState.REJECTED: Text("Rejected"),
        OverrunState.WITHDRAWN: Text("Withdrawn"),
    }
)
REVISION_STATE_LABELS = register_labels(
    {
        RevisionState.AWAITS_TIERA: Text("Waits for Tiera"),
        RevisionState.AWAITS_SUPPLIER: Text("Waits for the supplier"),
        RevisionState.ACCEPTED: Text("Accepted"),
        RevisionState.REJECTED: Text("Rejected"),
        RevisionState.WITHDRAWN: Text("Withdrawn"),
    }
)
MILESTONE_STATE_LABELS = register_labels(
    {
        MilestoneState.OPEN: Text("Not delivered"),
        MilestoneState.DELIVERED: Text("Delivered"),
        MilestoneState.ACCEPTED: Text("Accepted"),
    }
)
PAPER_KIND_LABELS = register_labels(
    {
        PaperKind.FORM: Text("Standard form of an assignment"),
        PaperKind.PROJECT_CONTRACT: Text("Project contract"),
        PaperKind.PROJECT_PLAN: Text("Project plan"),
        PaperKind.TASK_PLAN: Text("Work and task plan"),
        PaperKind.HANDOVER: Text("Handover document"),
        PaperKind.OTHER: Text("Other document"),
    }
)
