"""What can be done with orders, each field a verb of the slice."""

import datetime as dt
from decimal import Decimal
from typing import Any

import strawberry

from backend.graphql.estimates import Estimate
from backend.graphql.files import attached
from backend.graphql.inputs import key, part, subject, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.orders import Milestone, Order, OrderPaper
from backend.kit.amounts import Minutes
from backend.orders import (
    delivery_verbs,
    draft_verbs,
    estimate_verbs,
    placing_verbs,
)
from backend.orders.rules import Part
from backend.orders.states import PaperKind, Pricing
from backend.rulebook.roles import Right
from backend.rulebook.sizes import SizeClass

REASON = "Why, for the other side to read."
ORDER: dict[str, Any] = {"order": Order}
"""The payload of most; spread, for type checkers take `order=` of a class for something else."""
SIDES = (Right.PREPARE_ORDERS, Right.ESTIMATE)


# Before an order is placed


@mutation(draft_verbs.ask_for_work, by=Right.REQUEST_WORK, rule="H11.8.1-i", **ORDER)
class AskForWork:
    """Ask for work as a customer; it is no order until an ordering contact takes it up and places it."""

    service_id: strawberry.ID = key("Service", "The service it concerns.")
    title: str = value("What it is called, in a few words.")
    description: str = value("What is needed, and what for.")
    due_on: dt.date | None = value("By when it would be needed.", default=None)
    file_ids: list[strawberry.ID] | None = attached()


@mutation(draft_verbs.take_up_request, by=Right.PREPARE_ORDERS, rule="H11.8.1-i", **ORDER)
class TakeUpRequest:
    """Make a customer's request a draft of an order."""

    order_id: strawberry.ID = key("Order", "The request.")


@mutation(draft_verbs.turn_down_request, by=Right.PREPARE_ORDERS, rule="H11.8.1-i", **ORDER)
class TurnDownRequest:
    """Not take a customer's request up."""

    order_id: strawberry.ID = key("Order", "The request.")
    reason: str = value("Why, for the customer to read.")


@mutation(draft_verbs.withdraw_request, by=Right.REQUEST_WORK, rule="H11.8.1-i", **ORDER)
class WithdrawRequest:
    """Take one's own request back before it is taken up."""

    order_id: strawberry.ID = key("Order", "The request.")
    reason: str = value("Why.")


@part(draft_verbs.Content)
class OrderContentInput:
    """What an order asks for."""

    title: str = value("What it is called, in a few words.")
    description: str = value("What is asked for, in plain words.")
    goal: str | None = value("What it is to reach; an assignment needs it.", default=None)
    limits: str | None = value("What it leaves out; an assignment needs it.", default=None)
    due_on: dt.date | None = value("By when.", default=None)
    pricing: Pricing = value("How it is priced.", default=Pricing.HOURS)
    service_id: strawberry.ID | None = key("Service", "The service it concerns.", default=None)
    customer_id: strawberry.ID | None = key("Organisation", "For whom; none: for Tiera or for all.", default=None)
    follows_from: strawberry.ID | None = subject("What it follows from, such as an incident.", default=None)


@mutation(draft_verbs.create_order, by=Right.PREPARE_ORDERS, rule="H11.8.1-e", **ORDER)
class CreateOrder:
    """Begin a draft. It has no number until it is placed, and the supplier does not see it until it is asked."""

    agreement_id: strawberry.ID | None = key(
        "Agreement", "Under which agreement with a supplier; else that of the service.", default=None
    )
    content: OrderContentInput = value("What it asks for.")


@mutation(draft_verbs.edit_order, by=Right.PREPARE_ORDERS, rule="H11.8.1-e", edits=True, **ORDER)
class EditOrder:
    """Change a draft."""

    order_id: strawberry.ID = key("Order", "The draft.")
    content: OrderContentInput = value("What it asks for.")


@mutation(draft_verbs.raise_order_class, by=Right.PREPARE_ORDERS, rule="H11.8.2-a", **ORDER)
class RaiseOrderClass:
    """Hold an order to the duties of a larger class than its estimate says."""

    order_id: strawberry.ID = key("Order", "The order.")
    size_class: SizeClass = value("The larger class.")
    reason: str = value(REASON)


@mutation(draft_verbs.specify_order, by=Right.PREPARE_ORDERS, rule="H11.8.2-c", **ORDER)
class SpecifyOrder:
    """Give the goal or limits that an order left open when its estimate was asked for."""

    order_id: strawberry.ID = key("Order", "The order.")
    goal: str | None = value("What it is to reach; what was said before stays.", default=None)
    limits: str | None = value("What it leaves out; what was said before stays.", default=None)


@mutation(draft_verbs.attach_order_paper, paper=OrderPaper, by=SIDES, rule="H11.8.2-d")
class AttachOrderPaper:
    """Attach a file that you have brought: the standard form, a project's contract or plans, or another paper."""

    order_id: strawberry.ID = key("Order", "The order.")
    kind: PaperKind = value("What it is.")
    file_id: strawberry.ID = key("StoredFile", "The file.")


@mutation(draft_verbs.name_project_manager, by=SIDES, rule="H11.3.3-a", **ORDER)
class NameProjectManager:
    """Name one's own side's project manager."""

    order_id: strawberry.ID = key("Order", "The order.")
    person_id: strawberry.ID = key("Person", "Somebody of your own organisation.")


# Estimates


@mutation(estimate_verbs.request_estimate, by=Right.PREPARE_ORDERS, rule="H11.3.1-a", **ORDER)
class RequestEstimate:
    """Ask the supplier for an estimate, or for a new one in place of what it has given; its time runs from now."""

    order_id: strawberry.ID = key("Order", "The draft, or the order that is estimated.")
    expected_class: SizeClass = value("How large it may be: the time to answer follows.", default=SizeClass.SMALL)
    agreed_on: dt.date | None = value("A later day that was agreed with the supplier.", default=None)
    due_on: dt.date | None = value("By when the work is due, in place of a day that has passed.", default=None)


@part(estimate_verbs.Row)
class EstimateRowInput:
    """Effort of one price group."""

    price_group_id: strawberry.ID = key("PriceGroup", "Of which.")
    minutes: Minutes = value("How much.")


@part(Part)
class EstimatePartInput:
    """A part of a fixed price."""

    title: str = value("What it is called.")
    amount: Decimal = value("Euros without VAT.")
    due_on: dt.date | None = value("By when.", default=None)


@part(estimate_verbs.MonthlyFee)
class MonthlyFeeInput:
    """A fixed price for each of some months."""

    amount: Decimal = value("Euros a month, without VAT.")
    first_month: dt.date = value("Any day of the first month.")
    months: int = value("How many months.")


@part(estimate_verbs.Option)
class EstimateOptionInput:
    """A way to do the work. A fixed price has parts or is a monthly fee."""

    title: str = value("What it is called.")
    description: str | None = value("What is different about it.", default=None)
    rows: list[EstimateRowInput] = value("Effort by price group; it gives the order's size.")
    parts: list[EstimatePartInput] | None = value("Parts of a fixed price.", default=None)
    monthly: MonthlyFeeInput | None = value("A monthly fee.", default=None)


@mutation(estimate_verbs.give_estimate, estimate=Estimate, by=Right.ESTIMATE, rule="H11.8.1-g")
class GiveEstimate:
    """Answer a request for an estimate; a newer one takes the place of the one before."""

    order_id: strawberry.ID = key("Order", "The order.")
    options: list[EstimateOptionInput] = value("The one asked for first, then cheaper or better ones.")
    none_better_statement: str | None = value("That none cheaper or better is known.", default=None)
    after_ordinal: int | None = value(
        "The ordinal of the newest estimate that its writer has seen, 0 for none: refused where another came since.",
        default=None,
    )


# Placing


@mutation(placing_verbs.place_order, by=Right.PLACE_ORDERS, rule="H11.8.1-a", **ORDER)
class PlaceOrder:
    """Choose an option of the newest estimate and order it."""

    order_id: strawberry.ID = key("Order", "The order.")
    option_id: strawberry.ID = key("EstimateOption", "What is chosen.")
    due_on: dt.date | None = value("By when, in place of a day that has passed since the request.", default=None)


@mutation(placing_verbs.order_at_once, by=Right.PLACE_ORDERS, rule="H11.8.2-b", **ORDER)
class OrderAtOnce:
    """Order a small piece of work without an estimate, where the agreement lets you."""

    order_id: strawberry.ID = key("Order", "The draft.")
    ceiling_minutes: Minutes = value("The most effort it may take.")


@mutation(placing_verbs.confirm_order, by=Right.CONFIRM_ORDERS, rule="H11.8.1-f", **ORDER)
class ConfirmOrder:
    """Record an order under the supplier's own number."""

    order_id: strawberry.ID = key("Order", "The order.")
    supplier_number: str | None = value("The supplier's number; else Tiera's is the supplier's too.", default=None)
    description: str | None = value("What it is, in the supplier's plain words.", default=None)


@mutation(placing_verbs.decline_order, by=(Right.ESTIMATE, Right.CONFIRM_ORDERS), rule="H11.8.1-f", **ORDER)
class DeclineOrder:
    """Not take a request or an order, for the supplier."""

    order_id: strawberry.ID = key("Order", "The order.")
    reason: str = value(REASON)


@mutation(placing_verbs.cancel_order, by=(Right.PREPARE_ORDERS, Right.PLACE_ORDERS), rule="D0-b", **ORDER)
class CancelOrder:
    """Give an order up before its work has started."""

    order_id: strawberry.ID = key("Order", "The order.")
    reason: str = value(REASON)


@mutation(placing_verbs.end_order_early, by=Right.PLACE_ORDERS, rule="H11.9-b", **ORDER)
class EndOrderEarly:
    """End work under way, for Tiera: hours up to the ceiling and accepted parts stay payable, the rest is free.

    Hours of today and before are booked for as long as today's are on time; until then the ceiling stays bound.
    """

    order_id: strawberry.ID = key("Order", "The order.")
    reason: str = value(REASON)


# The work


@mutation(delivery_verbs.start_work, by=Right.DELIVER, rule="H11.8.2-d", **ORDER)
class StartWork:
    """Open an order to hours, once what its size demands is there."""

    order_id: strawberry.ID = key("Order", "The order.")


@mutation(delivery_verbs.deliver_work, by=Right.DELIVER, rule="H11.8.3-b", **ORDER)
class DeliverWork:
    """Say that all is done."""

    order_id: strawberry.ID = key("Order", "The order.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(delivery_verbs.return_work, by=Right.ACCEPT_DELIVERIES, rule="H11.8.3-b", **ORDER)
class ReturnWork:
    """Give a delivery back."""

    order_id: strawberry.ID = key("Order", "The order.")
    reason: str = value(REASON)
    file_ids: list[strawberry.ID] | None = attached()


@mutation(delivery_verbs.accept_work, by=Right.ACCEPT_DELIVERIES, rule="D0-f", **ORDER)
class AcceptWork:
    """Accept a delivery."""

    order_id: strawberry.ID = key("Order", "The order.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(delivery_verbs.deliver_milestone, milestone=Milestone, by=Right.DELIVER, rule="H11.9-b")
class DeliverMilestone:
    """Say that a part of a fixed price is done."""

    milestone_id: strawberry.ID = key("Milestone", "The part.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(delivery_verbs.accept_milestone, milestone=Milestone, by=Right.ACCEPT_DELIVERIES, rule="H11.9-b")
class AcceptMilestone:
    """Accept a part of a fixed price: it may be billed from now on."""

    milestone_id: strawberry.ID = key("Milestone", "The part.")


@mutation(delivery_verbs.return_milestone, milestone=Milestone, by=Right.ACCEPT_DELIVERIES, rule="H11.9-b")
class ReturnMilestone:
    """Give a part of a fixed price back."""

    milestone_id: strawberry.ID = key("Milestone", "The part.")
    reason: str = value(REASON)
    file_ids: list[strawberry.ID] | None = attached()


OrdersMutation = mutations(
    AskForWork,
    TakeUpRequest,
    TurnDownRequest,
    WithdrawRequest,
    CreateOrder,
    EditOrder,
    RaiseOrderClass,
    SpecifyOrder,
    AttachOrderPaper,
    NameProjectManager,
    RequestEstimate,
    GiveEstimate,
    PlaceOrder,
    OrderAtOnce,
    ConfirmOrder,
    DeclineOrder,
    CancelOrder,
    EndOrderEarly,
    StartWork,
    DeliverWork,
    ReturnWork,
    AcceptWork,
    DeliverMilestone,
    AcceptMilestone,
    ReturnMilestone,
)
