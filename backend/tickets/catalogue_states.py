"""What a product of the service catalogue asks of who orders it."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class FieldKind(StrEnum):
    """How a field is answered."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    FILE = "file"


class ProductState(StrEnum):
    OFFERED = "offered"
    ENDED = "ended"


class ProductAction(StrEnum):
    ORDER = "order"
    CHANGE = "change"
    END = "end"


S, A, RECORD = ProductState, ProductAction, "H11.7.2-a"
PRODUCT = Workflow(
    (
        Move(A.ORDER, S.OFFERED, S.OFFERED, Right.REPORT_TICKETS, RECORD),
        Move(A.CHANGE, S.OFFERED, S.OFFERED, Right.ADMINISTER, RECORD),
        Move(A.END, S.OFFERED, S.ENDED, Right.ADMINISTER, RECORD),
    )
)

PRODUCT_STATE_LABELS = register_labels({S.OFFERED: Text("Offered"), S.ENDED: Text("Offered no more")})
PRODUCT_ACTION_LABELS = register_labels(
    {A.ORDER: Text("Order it"), A.CHANGE: Text("Change it"), A.END: Text("Offer it no more")}
)
FIELD_KIND_LABELS = register_labels(
    {
        FieldKind.TEXT: Text("Words"),
        FieldKind.CHOICE: Text("One of several"),
        FieldKind.NUMBER: Text("A number"),
        FieldKind.DATE: Text("A day"),
        FieldKind.FILE: Text("A file"),
    }
)
