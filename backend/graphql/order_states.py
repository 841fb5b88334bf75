"""The states, actions and kinds of orders as the schema names them."""

from enum import StrEnum

from backend.graphql.reads.shape import described
from backend.orders.states import (
    MilestoneAction,
    MilestoneState,
    OrderAction,
    OrderState,
    OverrunAction,
    OverrunState,
    PaperKind,
    Pricing,
    RevisionAction,
    RevisionState,
)

described(
    OrderState,
    "Where an order stands. On hold is a fact beside it.",
    ASKED="A customer asked for it; no ordering contact has taken it up yet.",
    DRAFT="Tiera prepares it.",
    REQUESTED="The supplier was asked for an estimate.",
    ESTIMATED="The supplier has given an estimate.",
    ORDERED="Placed by an ordering contact.",
    IN_PROGRESS="The work goes on, and hours may be booked.",
    DELIVERED="The supplier says that all is done.",
    HANDED_OVER="A project's results are handed over to the continuous service.",
    ACCEPTED="Tiera has accepted the delivery.",
    DECLINED="Tiera or the supplier did not take it.",
    CANCELLED="Given up; where work had started, hours up to the ceiling and accepted parts stay payable.",
)
described(
    OrderAction,
    "What can be done with an order.",
    TAKE_UP="Make a customer's request a draft of one's own.",
    TURN_DOWN="Not take a customer's request up.",
    WITHDRAW="Take one's own request back.",
    EDIT="Change the draft.",
    RAISE_CLASS="Hold it to the duties of a larger class.",
    SPECIFY="Give the goal and limits that were left open.",
    ATTACH_PAPER="Attach a paper, for Tiera.",
    BRING_PAPER="Attach a paper, for the supplier.",
    NAME_TIERA_MANAGER="Name Tiera's project manager.",
    NAME_SUPPLIER_MANAGER="Name the supplier's project manager.",
    REQUEST_ESTIMATE="Ask the supplier for an estimate, or for a new one.",
    ESTIMATE="Give an estimate.",
    DECLINE="Not take it, for the supplier.",
    ORDER_AT_ONCE="Order without an estimate.",
    ORDER="Choose an option and order it.",
    CONFIRM="Record it under the supplier's own number.",
    START="Start the work.",
    FORECAST="Say what remains.",
    REQUEST_OVERRUN="Ask to go on above the ceiling.",
    PROPOSE_REVISION="Propose a change, for Tiera.",
    OFFER_REVISION="Propose a change, for the supplier.",
    DELIVER="Say that all is done.",
    RETURN="Give a delivery back.",
    HAND_OVER="Hand a project's results over.",
    ACCEPT="Accept the delivery.",
    CANCEL="Give it up.",
    END_EARLY="End the work under way: hours up to the ceiling and accepted parts stay payable.",
)
described(
    Pricing,
    "How an order is priced.",
    HOURS="By the hour, under a ceiling.",
    FIXED="A fixed sum, by milestones.",
)
described(
    PaperKind,
    "What is attached to an order.",
    FORM="The standard form of the assignment procedure.",
    PROJECT_CONTRACT="A project's contract.",
    PROJECT_PLAN="A project's plan.",
    TASK_PLAN="A project's work and task plan.",
    HANDOVER="Of handing over to the continuous service.",
    OTHER="Anything else.",
)
described(
    MilestoneState,
    "Where a part of a fixed price stands.",
    OPEN="Not delivered yet, or returned.",
    DELIVERED="Waits for Tiera.",
    ACCEPTED="May be billed.",
)
described(
    RevisionState,
    "Where a change of ordered work stands.",
    AWAITS_TIERA="Tiera is to answer.",
    AWAITS_SUPPLIER="The supplier is to answer.",
    ACCEPTED="It holds.",
    REJECTED="It was not accepted.",
    WITHDRAWN="Who proposed it took it back.",
)
described(
    MilestoneAction,
    "What can be done with a part of a fixed price.",
    DELIVER="Say that it is done.",
    ACCEPT="Accept it.",
    RETURN="Give it back.",
)


class OrderSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    DUE_FIRST = "due_first"
    DUE_LAST = "due_last"
    LARGEST = "largest"
    SMALLEST = "smallest"


described(
    OrderSort,
    "In which order orders come.",
    NEWEST="Made last first.",
    OLDEST="Made first first.",
    DUE_FIRST="Due first first; those not due on a day last.",
    DUE_LAST="Due last first.",
    LARGEST="Most euros first.",
    SMALLEST="Fewest euros first.",
)
described(
    OverrunState,
    "Where a request to go on stands.",
    REQUESTED="It waits for Tiera.",
    APPROVED="Approved, in whole or in part.",
    REJECTED="Not approved.",
    WITHDRAWN="The supplier took it back.",
)
described(
    OverrunAction,
    "What can be done with a request to go on.",
    APPROVE="Approve all or part of it.",
    REJECT="Approve none of it.",
    WITHDRAW="Take it back.",
)
described(
    RevisionAction,
    "What can be done with a proposed change.",
    ACCEPT="Accept it.",
    REJECT="Not accept it.",
    WITHDRAW="Take it back.",
)
