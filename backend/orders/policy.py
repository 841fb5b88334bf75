"""Who may do what with an order: the table of moves, narrowed by facts that no role knows."""

from collections.abc import Collection
from dataclasses import dataclass

from backend.kit.actor import Actor, ActorKind
from backend.kit.faults import broken_rule, not_permitted
from backend.kit.translation import Text
from backend.orders.states import (
    MILESTONE,
    ORDER,
    ORDERED_WORK,
    OVERRUN,
    REVISION,
    WORK_GOES_ON,
    MilestoneAction,
    MilestoneState,
    OrderAction,
    OrderMove,
    OrderState,
    OverrunAction,
    OverrunState,
    Pricing,
    RevisionAction,
    RevisionState,
)
from backend.rulebook.rules import rule

A = OrderAction

SIDES: dict[OrderAction, ActorKind] = {
    A.TAKE_UP: ActorKind.BUYER,
    A.TURN_DOWN: ActorKind.BUYER,
    A.ATTACH_PAPER: ActorKind.BUYER,
    A.NAME_TIERA_MANAGER: ActorKind.BUYER,
    A.PROPOSE_REVISION: ActorKind.BUYER,
    A.END_EARLY: ActorKind.BUYER,
}
"""What only Tiera does, although a customer's named contact has the right that it needs."""
ON_REQUESTS = (A.TAKE_UP, A.TURN_DOWN)
"""Decisions on a customer's request."""
ON_THEIR_OWN = frozenset({A.EDIT, A.RAISE_CLASS, A.SPECIFY, A.REQUEST_ESTIMATE, A.ORDER_AT_ONCE, A.CANCEL})
"""What a contact named at a customer does with what is the customer's own (`customers.py`), and not with Tiera's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What of an order decides, beside its state, which acts are open."""

    pricing: Pricing = Pricing.HOURS
    needs_estimate: bool = False
    """An order is estimated before it is placed (H11.8.2-b): by the terms of when its draft was last written, and where
    it was raised above the small ones."""
    lacks_goal_or_limits: bool = False
    is_confirmed: bool = False
    has_open_overrun: bool = False
    has_open_revision: bool = False
    is_above_ceiling: bool = False
    """The newest forecast passes the ceiling."""
    has_open_milestones: bool = False
    """A part of the fixed price waits to be delivered or, after the delivery, to be accepted."""
    has_delivered_parts: bool = False
    """A part of the fixed price was delivered, and is neither accepted nor returned."""
    asked_by_id: int | None = None
    """Who asked for the work at a customer: no decision on it is theirs (D0-f)."""
    is_customers_own: bool = False
    """The customer whom it is for drafted it or, once it is placed, placed it itself (H11.8.1-i)."""


def _is_open(action: OrderAction, state: OrderState, facts: Facts) -> bool:
    match action:
        case A.SPECIFY:
            return facts.lacks_goal_or_limits and may_specify(state, has_open_overrun=facts.has_open_overrun)
        case A.CONFIRM:
            return not facts.is_confirmed
        case A.FORECAST:
            return facts.pricing is Pricing.HOURS
        case A.REQUEST_OVERRUN:
            return facts.pricing is Pricing.HOURS and facts.is_above_ceiling and not facts.has_open_overrun
        case A.PROPOSE_REVISION | A.OFFER_REVISION:
            return not facts.has_open_revision
        case A.ORDER_AT_ONCE:
            return facts.pricing is Pricing.HOURS and not facts.needs_estimate
        case A.DELIVER:
            return not facts.has_open_milestones
        case A.ACCEPT:
            return not facts.has_open_milestones and not facts.has_open_overrun
        case A.END_EARLY:
            return not facts.has_delivered_parts and not facts.has_open_overrun
    return True


@rule("H11.8.3-b")
def may_specify(state: OrderState, *, has_open_overrun: bool) -> bool:
    """Whether Tiera alone gives what was left open: of ordered work only what its decision to go on has to wait for.

    Else both sides agree on a change of it.
    """
    return state not in WORK_GOES_ON or has_open_overrun


def take(actor: Actor, state: OrderState, action: OrderAction) -> OrderMove:
    """The move, where state, right and side allow it."""
    move = ORDER.take(actor, state, action)
    if action in SIDES and actor.kind is not SIDES[action]:
        raise not_permitted(move.rule)
    return move


@rule("H11.8.1-i")
def require_own(action: OrderAction, is_own: bool) -> None:
    """A contact named at a customer changes and cancels what the customer drafted or placed itself alone."""
    if action in ON_THEIR_OWN and not is_own:
        message = Text("Tiera drafted or placed this order: ask Tiera to change or cancel it.")
        raise not_permitted("H11.8.1-i", message)


def available_actions(actor: Actor, state: OrderState, facts: Facts) -> list[OrderAction]:
    """What this actor may do with the order now, in the order of the table."""
    return [
        action
        for action in ORDER.open_to(actor, state)
        if (action not in SIDES or actor.kind is SIDES[action])
        and _is_open(action, state, facts)
        and not (action in ON_REQUESTS and facts.asked_by_id in actor.deciding_person_ids)
        and (actor.kind is not ActorKind.CUSTOMER or action not in ON_THEIR_OWN or facts.is_customers_own)
    ]


def available_overrun_actions(actor: Actor, state: OverrunState, asked_by_id: int | None) -> list[OverrunAction]:
    """What this actor may do with a request to go on."""
    return [
        action
        for action in OVERRUN.open_to(actor, state)
        if action is OverrunAction.WITHDRAW or asked_by_id not in actor.deciding_person_ids
    ]


def available_revision_actions(
    actor: Actor, state: RevisionState, order: OrderState, proposed_by_id: int | None
) -> list[RevisionAction]:
    """What this actor may do with a proposed change: customers agree on nothing with a supplier (H11.4-b).

    It is accepted while the work goes on, for what is delivered is accepted or returned first.
    """
    if actor.kind is ActorKind.CUSTOMER:
        return []
    return [
        action
        for action in REVISION.open_to(actor, state)
        if (action is RevisionAction.WITHDRAW or proposed_by_id not in actor.deciding_person_ids)
        and (action is not RevisionAction.ACCEPT or order in ORDERED_WORK)
    ]


def available_milestone_actions(actor: Actor, state: MilestoneState, order: OrderState) -> list[MilestoneAction]:
    """What this actor may do with a part of a fixed price: its order's work goes on."""
    return MILESTONE.open_to(actor, state) if order in (OrderState.IN_PROGRESS, OrderState.DELIVERED) else []


@rule("D0-f")
def refuse_own_work(actor: Actor, done_by: Collection[int]) -> None:
    """Nobody decides on an estimate or a delivery of their own, for whichever organisation they act now."""
    if not actor.deciding_person_ids.isdisjoint(done_by):
        raise broken_rule("D0-f", Text("Nobody decides on an estimate or a delivery of their own."))


@rule("D0-f")
def refuse_own_request(actor: Actor, asked_by_id: int | None) -> None:
    """Nobody decides on a request of their own; a stand-in counts as the person stood for."""
    if asked_by_id is not None and asked_by_id in actor.deciding_person_ids:
        raise broken_rule("D0-f", Text("Nobody decides on a request of their own."))
