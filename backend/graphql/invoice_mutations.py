"""What can be done with invoices, each field a verb of the slice."""

import datetime as dt
from decimal import Decimal
from typing import Any

import strawberry

from backend.graphql.files import attached, attached_to_draft
from backend.graphql.inputs import key, part, value
from backend.graphql.invoices import Invoice, InvoiceLine
from backend.graphql.mutations import mutation, mutations
from backend.invoices import deciding_verbs, judging_verbs, pointing_verbs, sending_verbs, withdrawing_verbs
from backend.invoices.drafting import Draft, DraftLine
from backend.invoices.states import Ground, InvoiceKind
from backend.kit.amounts import Minutes
from backend.rulebook.roles import Right

INVOICE: dict[str, Any] = {"invoice": Invoice}
LINE: dict[str, Any] = {"line": InvoiceLine}
EITHER = (Right.JUDGE_INVOICES, Right.SEND_INVOICES)


# How invoices come


@part(DraftLine)
class DraftLineInput:
    """A line as typed. Of a credit note, amounts are typed positive."""

    text: str = value("What it bills, in words.")
    ground: Ground | None = value("Which of the four it bills; follows from the order, if not said.", default=None)
    order_reference: str | None = value("The order's number; the invoice's, if not said.", default=None)
    seller_reference: str | None = value(
        "The supplier's own number of the order; the invoice's, if not said.", default=None
    )
    milestone_position: int | None = value("Of a fixed price: which part, by its place.", default=None)
    period_first: dt.date | None = value("The first day; the invoice's, if not said.", default=None)
    period_last: dt.date | None = value("The last day; the invoice's, if not said.", default=None)
    price_group_code: str | None = value("The code of the price group.", default=None)
    minutes: Minutes | None = value("How much effort.", default=None)
    quantity: Decimal | None = value("How much, where it is no effort in minutes.", default=None)
    unit: str | None = value("The unit of the quantity (UN/ECE).", default=None)
    unit_price: Decimal | None = value("Euros an hour, or for one unit.", default=None)
    amount: Decimal | None = value("Euros without VAT; reckoned, if not said.", default=None)
    vat_rate: Decimal | None = value("In per cent; the agreed one, if not said.", default=None)
    credits_line_id: strawberry.ID | None = key(
        "InvoiceLine", "Of a credit note: the line that it credits.", default=None
    )


@part(Draft)
class InvoiceDraftInput:
    """An invoice or a credit note as typed; its sums follow from its lines."""

    number: str = value("The supplier's number.")
    issued_on: dt.date = value("Its date.")
    kind: InvoiceKind = value("What it is.", default=InvoiceKind.INVOICE)
    due_on: dt.date | None = value(
        "By when it is to be paid; by the terms from the day of sending where nothing is given.", default=None
    )
    period_first: dt.date | None = value("The first day of lines that do not say it.", default=None)
    period_last: dt.date | None = value("The last day of lines that do not say it.", default=None)
    order_reference: str | None = value("The order's number of lines that do not say it.", default=None)
    buyer_reference: str | None = value("The buyer's reference.", default=None)
    agreement_reference: str | None = value(
        "The agreement's number; what a line bills says it when sent, if not said.", default=None
    )
    seller_reference: str | None = value(
        "The supplier's own order number of lines that do not say it; the order says it when sent, if not said.",
        default=None,
    )
    iban: str | None = value("The account to be paid to.", default=None)
    credits_id: strawberry.ID | None = key("Invoice", "Of a credit note: the invoice that it credits.", default=None)
    lines: list[DraftLineInput] = value("Its lines.")
    file_ids: list[strawberry.ID] | None = attached_to_draft()


@mutation(sending_verbs.draft_invoice, by=Right.SEND_INVOICES, rule="D11.9-g", **INVOICE)
class DraftInvoice:
    """Begin an invoice or a credit note; nobody but the supplier sees it before it is sent."""

    draft: InvoiceDraftInput = value("The invoice.")


@mutation(sending_verbs.edit_invoice, by=Right.SEND_INVOICES, rule="D11.9-g", edits=True, **INVOICE)
class EditInvoice:
    """Type a draft anew."""

    invoice_id: strawberry.ID = key("Invoice", "The draft.")
    draft: InvoiceDraftInput = value("The invoice as it is to be.")


@mutation(sending_verbs.discard_invoice, by=Right.SEND_INVOICES, rule="D11.9-g", **INVOICE)
class DiscardInvoice:
    """Give a draft up."""

    invoice_id: strawberry.ID = key("Invoice", "The draft.")


@mutation(sending_verbs.send_invoice, by=Right.SEND_INVOICES, rule="D11.9-g", **INVOICE)
class SendInvoice:
    """Send a draft: it arrives, and is judged at once."""

    invoice_id: strawberry.ID = key("Invoice", "The draft.")


@mutation(sending_verbs.receive_invoice, by=Right.SEND_INVOICES, rule="D11.9-g", **INVOICE)
class ReceiveInvoice:
    """Take in a Finvoice 3.0 or Peppol BIS Billing 3 file that was brought before: it is kept as it is, and judged.

    What cannot be read is refused, with the code of the reason in `actual`. The same file twice, and a copy of a known
    invoice, are that invoice; a cancellation withdraws it.
    """

    file_id: strawberry.ID = key("StoredFile", "The file.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(withdrawing_verbs.withdraw_lines, by=Right.SEND_INVOICES, rule="D11.9-e", **INVOICE)
class WithdrawInvoiceLines:
    """Take back lines that are not approved, or an invoice of which none is."""

    invoice_id: strawberry.ID = key("Invoice", "The invoice.")
    line_ids: list[strawberry.ID] | None = key("InvoiceLine", "Which lines; all, if not said.", default=None)


# What Tiera decides


@mutation(judging_verbs.judge_invoice, by=EITHER, rule="D11.9-d", **INVOICE)
class JudgeInvoice:
    """Check the lines that wait again, by the record as it is now."""

    invoice_id: strawberry.ID = key("Invoice", "The invoice.")


@mutation(deciding_verbs.approve_lines, by=Right.JUDGE_INVOICES, rule="D11.9-e", **INVOICE)
class ApproveInvoiceLines:
    """Approve lines; refused as a whole when one of those named has an error."""

    invoice_id: strawberry.ID = key("Invoice", "The invoice.")
    line_ids: list[strawberry.ID] | None = key(
        "InvoiceLine", "Which lines; every one that nothing stands against, if not said.", default=None
    )
    expected_version: int | None = value(
        "The version that was looked at; refused where the invoice has changed since.", default=None
    )


@mutation(deciding_verbs.dispute_lines, by=Right.JUDGE_INVOICES, rule="D11.9-e", **INVOICE)
class DisputeInvoiceLines:
    """Dispute lines: they stay open, the others go on."""

    invoice_id: strawberry.ID = key("Invoice", "The invoice.")
    line_ids: list[strawberry.ID] = key("InvoiceLine", "Which lines.")
    reason: str = value("Why, for the supplier to read.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(deciding_verbs.answer_dispute, by=Right.SEND_INVOICES, rule="D11.9-e", **LINE)
class AnswerDispute:
    """Answer a disputed line."""

    line_id: strawberry.ID = key("InvoiceLine", "The line.")
    answer: str = value("The answer, for Tiera to read.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(deciding_verbs.reopen_line, by=Right.JUDGE_INVOICES, rule="D11.9-e", **LINE)
class ReopenInvoiceLine:
    """Take a disputed line up again: it is judged anew."""

    line_id: strawberry.ID = key("InvoiceLine", "The line.")


@mutation(pointing_verbs.point_line, by=Right.JUDGE_INVOICES, rule="D11.9-h", **LINE)
class PointInvoiceLine:
    """Say what a line bills that does not say it itself; it is on record, and the line is judged anew."""

    line_id: strawberry.ID = key("InvoiceLine", "The line.")
    order_id: strawberry.ID | None = key("Order", "Which order.", default=None)
    period_first: dt.date | None = value("The first day.", default=None)
    period_last: dt.date | None = value("The last day.", default=None)
    price_group_id: strawberry.ID | None = key("PriceGroup", "Which price group.", default=None)
    milestone_id: strawberry.ID | None = key("Milestone", "Which part of a fixed price.", default=None)
    credits_line_id: strawberry.ID | None = key("InvoiceLine", "Of a credit note: which line it credits.", default=None)


InvoicesMutation = mutations(
    DraftInvoice,
    EditInvoice,
    DiscardInvoice,
    SendInvoice,
    ReceiveInvoice,
    WithdrawInvoiceLines,
    JudgeInvoice,
    ApproveInvoiceLines,
    DisputeInvoiceLines,
    AnswerDispute,
    ReopenInvoiceLine,
    PointInvoiceLine,
)
