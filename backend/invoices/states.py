"""The states of lines; an invoice's state follows from its lines."""

from enum import StrEnum

from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Origin(StrEnum):
    TYPED = "typed"
    FINVOICE = "finvoice"
    UBL = "ubl"


class InvoiceState(StrEnum):
    """Derived from the lines by `rules.invoice_state`."""

    DRAFT = "draft"
    RECEIVED = "received"
    """Judged; no line decided yet."""
    PARTLY_DECIDED = "partly_decided"
    DISPUTED = "disputed"
    """Every line decided, some disputed."""
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    SETTLED = "settled"
    """Every line approved or credited."""


class LineState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    DISPUTED = "disputed"
    CREDITED = "credited"
    WITHDRAWN = "withdrawn"


class LineAction(StrEnum):
    APPROVE = "approve"
    DISPUTE = "dispute"
    RESOLVE = "resolve"
    """Open a disputed line again after the supplier's answer."""
    CREDIT = "credit"
    WITHDRAW = "withdraw"


class Ground(StrEnum):
    """Which of the four a line bills (H11.9-b), or a fixed price's milestone, a standing order's fee."""

    HOURS = "hours"
    OVERRUN = "overrun"
    TICKET = "ticket"
    MILESTONE = "milestone"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


S, A = LineState, LineAction

LINE = Workflow(
    (
        Move(A.APPROVE, S.OPEN, S.APPROVED, Right.JUDGE_INVOICES, "D11.9-e"),
        Move(A.DISPUTE, S.OPEN, S.DISPUTED, Right.JUDGE_INVOICES, "D11.9-e"),
        Move(A.RESOLVE, S.DISPUTED, S.OPEN, Right.JUDGE_INVOICES, "D11.9-e"),
        Move(A.WITHDRAW, S.OPEN, S.WITHDRAWN, Right.SEND_INVOICES, "D11.9-e"),
        Move(A.WITHDRAW, S.DISPUTED, S.WITHDRAWN, Right.SEND_INVOICES, "D11.9-e"),
        Move(A.CREDIT, S.DISPUTED, S.CREDITED, Right.SEND_INVOICES, "D11.9-e"),
        Move(A.CREDIT, S.APPROVED, S.CREDITED, Right.SEND_INVOICES, "D11.9-e"),
    )
)
