"""Enums of invoices as the schema publishes them."""

from enum import StrEnum

from backend.graphql.reads.shape import described
from backend.invoices import findings
from backend.invoices.finding_codes import FindingCode
from backend.invoices.states import (
    DisputeEnding,
    Ground,
    InvoiceAction,
    InvoiceKind,
    InvoiceState,
    Key,
    LineAction,
    LineState,
    Origin,
    Severity,
    Verdict,
)

described(InvoiceKind, "What a document is.", INVOICE="An invoice.", CREDIT_NOTE="A credit note: it takes back.")
described(
    Origin,
    "How an invoice came.",
    TYPED="Typed in the portal, or by this interface.",
    FINVOICE="A Finvoice 3.0 file.",
    UBL="A Peppol BIS Billing 3 file (UBL).",
)
described(
    InvoiceState,
    "Where an invoice stands; it follows from its lines.",
    DRAFT="Being typed; only the supplier sees it.",
    RECEIVED="Judged; no line is decided yet.",
    PARTLY_DECIDED="Some lines wait, others are decided.",
    DISPUTED="Every line is decided, some are disputed.",
    APPROVED="Every line is approved.",
    WITHDRAWN="The supplier took it back.",
    SETTLED="Every line is approved or credited.",
)
described(
    InvoiceAction,
    "What can be done with an invoice as a whole.",
    EDIT="Type the draft anew.",
    SEND="Send the draft.",
    DISCARD="Give the draft up.",
    JUDGE="Check it again by the record as it is now.",
    APPROVE="Approve every line that nothing stands against.",
    WITHDRAW="Take back what is not approved.",
    CREDIT="Write a credit note for it.",
)
described(
    LineState,
    "Where a line stands.",
    OPEN="Waits for Tiera.",
    APPROVED="Billed, once and for all.",
    DISPUTED="Disputed; it keeps what it holds.",
    CREDITED="Taken back by a credit note.",
    WITHDRAWN="Taken back by the supplier.",
)
described(
    LineAction,
    "What can be done with a line.",
    POINT="Say what it bills, where it does not say so itself.",
    APPROVE="Approve it.",
    DISPUTE="Dispute it with a reason.",
    ANSWER="Answer the dispute.",
    RESOLVE="Open it again.",
    CREDIT="Write a credit note for it.",
    WITHDRAW="Take it back.",
)
described(
    Ground,
    "Which of the four a line bills.",
    HOURS="Approved hours.",
    OVERRUN="Effort above the estimate that Tiera has approved.",
    TICKET="An incident or a service request.",
    MILESTONE="An accepted part of a fixed price.",
)
described(
    Severity,
    "How grave a finding is.",
    ERROR="It keeps the line, or the whole invoice, from being approved.",
    WARNING="It is shown.",
)
described(
    Verdict,
    "What judging says of a line, in a word.",
    FINE="Nothing stands against it.",
    WARNING="It can be approved; something is to be noted.",
    ERROR="It cannot be approved.",
)
described(
    Key,
    "What a line needs to say so that it means something.",
    ORDER="Which order.",
    PERIOD="Which days.",
    PRICE_GROUP="Which price group.",
    MILESTONE="Which part of a fixed price.",
    CREDITED_LINE="Of a credit note: which line it credits.",
)
described(
    DisputeEnding,
    "How a dispute about a line ended.",
    REOPENED="Tiera took the line up again.",
    CREDITED="A credit note took it back.",
    WITHDRAWN="The supplier took it back.",
)
described(
    FindingCode,
    "What judging can find.",
    **{code.name: f"{findings.FINDING_LABELS[code]}." for code in FindingCode},
)


class InvoiceSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    DUE_FIRST = "due_first"
    DUE_LAST = "due_last"
    LARGEST = "largest"
    SMALLEST = "smallest"


described(
    InvoiceSort,
    "In which order invoices come.",
    NEWEST="Arrived last first.",
    OLDEST="Arrived first first.",
    DUE_FIRST="To be paid first first; those without a due date last.",
    DUE_LAST="To be paid last first.",
    LARGEST="The most euros first.",
    SMALLEST="The fewest euros first.",
)
