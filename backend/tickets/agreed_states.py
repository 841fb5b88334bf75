"""What was agreed in a conversation: it binds only once Tiera has confirmed it (H11.4-e)."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class AgreedMatter(StrEnum):
    """Of what something was agreed."""

    PRICE = "price"
    CONTENT = "content"
    DATE = "date"


class AgreedState(StrEnum):
    NOTED = "noted"
    """It binds nobody yet."""
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class AgreedAction(StrEnum):
    CONFIRM = "confirm"
    REFUSE = "refuse"


S, A = AgreedState, AgreedAction
AGREED = Workflow(
    (
        Move(A.CONFIRM, S.NOTED, S.CONFIRMED, Right.CONFIRM_AGREED, "H11.4-e"),
        Move(A.REFUSE, S.NOTED, S.REFUSED, Right.CONFIRM_AGREED, "H11.4-e"),
    )
)

AGREED_MATTER_LABELS = register_labels(
    {AgreedMatter.PRICE: Text("Price"), AgreedMatter.CONTENT: Text("Content"), AgreedMatter.DATE: Text("Date")}
)
AGREED_STATE_LABELS = register_labels(
    {
        S.NOTED: Text("Not binding until Tiera confirms"),
        S.CONFIRMED: Text("Confirmed by Tiera"),
        S.REFUSED: Text("Not confirmed by Tiera"),
    }
)
