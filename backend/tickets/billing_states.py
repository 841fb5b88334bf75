"""Where an approval for billing stands and what may be done with it; why a ticket was left out of one of many."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class BillingState(StrEnum):
    STANDS = "stands"
    TAKEN_BACK = "taken_back"


class BillingAction(StrEnum):
    RAISE = "raise"
    TAKE_BACK = "take_back"


class BillingLeftOut(StrEnum):
    """Why a ticket was not approved for billing."""

    NOT_BILLABLE = "not_billable"
    """Of a kind that is not billed, withdrawn, or never at the supplier."""
    APPROVED_ALREADY = "approved_already"
    NOT_RESOLVED = "not_resolved"
    """A fixed sum is approved for what was done."""
    OWN_REQUEST = "own_request"
    OTHER_AGREEMENT = "other_agreement"
    """The price group is another agreement's, or has no price now."""
    NO_FIGURE = "no_figure"
    """Nothing says what may be billed."""


BILLING = Workflow(
    (
        Move(BillingAction.RAISE, BillingState.STANDS, BillingState.STANDS, Right.APPROVE_BILLING, "H11.9-c"),
        Move(BillingAction.TAKE_BACK, BillingState.STANDS, BillingState.TAKEN_BACK, Right.APPROVE_BILLING, "H11.9-c"),
    )
)

BILLING_STATE_LABELS = register_labels(
    {BillingState.STANDS: Text("May be billed now"), BillingState.TAKEN_BACK: Text("Approval taken back")}
)
BILLING_ACTION_LABELS = register_labels(
    {BillingAction.RAISE: Text("Raise the ceiling"), BillingAction.TAKE_BACK: Text("Take the approval back")}
)
BILLING_LEFT_OUT_LABELS = register_labels(
    {
        BillingLeftOut.NOT_BILLABLE: Text("It is not a request or an incident that the supplier has worked on."),
        BillingLeftOut.APPROVED_ALREADY: Text("It is approved for billing already."),
        BillingLeftOut.NOT_RESOLVED: Text("It is not resolved yet: a fixed sum is approved for what was done."),
        BillingLeftOut.OWN_REQUEST: Text(
            "You asked for it yourself, or for what was merged into it: somebody else decides."
        ),
        BillingLeftOut.OTHER_AGREEMENT: Text("The price group has no price in the agreement of this ticket today."),
        BillingLeftOut.NO_FIGURE: Text("Neither effort nor a sum was given for it."),
    }
)
