"""The states of lines and what may be done to them; an invoice's state follows from its lines."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Origin(StrEnum):
    """How an invoice came."""

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
    """Every line approved or credited, one at least credited."""


class InvoiceAction(StrEnum):
    """What may be done to an invoice as a whole."""

    EDIT = "edit"
    SEND = "send"
    DISCARD = "discard"
    JUDGE = "judge"
    APPROVE = "approve"
    """Approve every line that nothing stands against."""
    WITHDRAW = "withdraw"
    CREDIT = "credit"


class LineState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    DISPUTED = "disputed"
    CREDITED = "credited"
    WITHDRAWN = "withdrawn"


class LineAction(StrEnum):
    POINT = "point"
    """Say what a line bills that points nowhere itself."""
    APPROVE = "approve"
    DISPUTE = "dispute"
    ANSWER = "answer"
    """The supplier's, to a dispute."""
    RESOLVE = "resolve"
    """Open a disputed line again, as after the supplier's answer."""
    CREDIT = "credit"
    WITHDRAW = "withdraw"


class Ground(StrEnum):
    """Which of the four a line bills (H11.9-b): hours, effort above the estimate, a ticket, an accepted part."""

    HOURS = "hours"
    OVERRUN = "overrun"
    TICKET = "ticket"
    MILESTONE = "milestone"


class DisputeEnding(StrEnum):
    """How a dispute about a line ended."""

    REOPENED = "reopened"
    CREDITED = "credited"
    WITHDRAWN = "withdrawn"


class Severity(StrEnum):
    """An error keeps a line from being approved, a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


class Verdict(StrEnum):
    """What judging says of a line, in a word."""

    FINE = "fine"
    WARNING = "warning"
    ERROR = "error"


class Key(StrEnum):
    """What a line needs to say so that it means something (D11.9-h); where it does not, a person may."""

    ORDER = "order"
    PERIOD = "period"
    PRICE_GROUP = "price_group"
    MILESTONE = "milestone"
    CREDITED_LINE = "credited_line"


S, A = LineState, LineAction

LINE = Workflow(
    (
        Move(A.POINT, S.OPEN, S.OPEN, Right.JUDGE_INVOICES, "D11.9-h"),
        Move(A.APPROVE, S.OPEN, S.APPROVED, Right.JUDGE_INVOICES, "D11.9-e"),
        Move(A.DISPUTE, S.OPEN, S.DISPUTED, Right.JUDGE_INVOICES, "D11.9-e"),
        Move(A.RESOLVE, S.DISPUTED, S.OPEN, Right.JUDGE_INVOICES, "D11.9-e"),
        Move(A.ANSWER, S.DISPUTED, S.DISPUTED, Right.SEND_INVOICES, "D11.9-e"),
        Move(A.WITHDRAW, S.OPEN, S.WITHDRAWN, Right.SEND_INVOICES, "D11.9-e"),
        Move(A.WITHDRAW, S.DISPUTED, S.WITHDRAWN, Right.SEND_INVOICES, "D11.9-e"),
        Move(A.CREDIT, S.OPEN, S.CREDITED, Right.SEND_INVOICES, "D11.9-e"),
        Move(A.CREDIT, S.DISPUTED, S.CREDITED, Right.SEND_INVOICES, "D11.9-e"),
        Move(A.CREDIT, S.APPROVED, S.CREDITED, Right.SEND_INVOICES, "D11.9-e"),
    )
)
"""A credit is the supplier's to write; it takes effect when Tiera approves the credit note's line."""

INVOICE_KIND_LABELS = register_labels(
    {InvoiceKind.INVOICE: Text("Invoice"), InvoiceKind.CREDIT_NOTE: Text("Credit note")}
)
ORIGIN_LABELS = register_labels(
    {
        Origin.TYPED: Text("Typed in the portal"),
        Origin.FINVOICE: Text("Finvoice file"),
        Origin.UBL: Text("Peppol file (UBL)"),
    }
)
INVOICE_STATE_LABELS = register_labels(
    {
        InvoiceState.DRAFT: Text("Draft"),
        InvoiceState.RECEIVED: Text("Received"),
        InvoiceState.PARTLY_DECIDED: Text("Partly decided"),
        InvoiceState.DISPUTED: Text("Disputed"),
        InvoiceState.APPROVED: Text("Approved"),
        InvoiceState.WITHDRAWN: Text("Withdrawn"),
        InvoiceState.SETTLED: Text("Settled"),
    }
)
INVOICE_ACTION_LABELS = register_labels(
    {
        InvoiceAction.EDIT: Text("Edit"),
        InvoiceAction.SEND: Text("Send the invoice"),
        InvoiceAction.DISCARD: Text("Discard the draft"),
        InvoiceAction.JUDGE: Text("Check again"),
        InvoiceAction.APPROVE: Text("Approve the lines that are in order"),
        InvoiceAction.WITHDRAW: Text("Withdraw the invoice"),
        InvoiceAction.CREDIT: Text("Write a credit note"),
    }
)
LINE_STATE_LABELS = register_labels(
    {
        LineState.OPEN: Text("Waits for a decision"),
        LineState.APPROVED: Text("Approved"),
        LineState.DISPUTED: Text("Disputed"),
        LineState.CREDITED: Text("Credited"),
        LineState.WITHDRAWN: Text("Withdrawn"),
    }
)
LINE_ACTION_LABELS = register_labels(
    {
        LineAction.POINT: Text("Say what it bills"),
        LineAction.APPROVE: Text("Approve"),
        LineAction.DISPUTE: Text("Dispute"),
        LineAction.ANSWER: Text("Answer"),
        LineAction.RESOLVE: Text("Open again"),
        LineAction.CREDIT: Text("Credit"),
        LineAction.WITHDRAW: Text("Withdraw"),
    }
)
GROUND_LABELS = register_labels(
    {
        Ground.HOURS: Text("Approved hours"),
        Ground.OVERRUN: Text("Effort above the estimate"),
        Ground.TICKET: Text("Incident or service request"),
        Ground.MILESTONE: Text("Accepted part of a fixed price"),
    }
)
DISPUTE_ENDING_LABELS = register_labels(
    {
        DisputeEnding.REOPENED: Text("Opened again"),
        DisputeEnding.CREDITED: Text("Credited"),
        DisputeEnding.WITHDRAWN: Text("Withdrawn"),
    }
)
SEVERITY_LABELS = register_labels({Severity.ERROR: Text("Error"), Severity.WARNING: Text("Warning")})
VERDICT_LABELS = register_labels(
    {Verdict.FINE: Text("In order"), Verdict.WARNING: Text("Warning"), Verdict.ERROR: Text("Error")}
)
KEY_LABELS = register_labels(
    {
        Key.ORDER: Text("Order"),
        Key.PERIOD: Text("Period"),
        Key.PRICE_GROUP: Text("Price group"),
        Key.MILESTONE: Text("Part of the fixed price"),
        Key.CREDITED_LINE: Text("Credited line"),
    }
)
