"""Reading e-invoice files: Finvoice 3.0 and Peppol BIS Billing 3 (UBL 2.1) into one neutral model."""

from backend.invoices.reading.arithmetic import (
    ArithmeticCode,
    ArithmeticFinding,
    adjustment_of,
    check,
    document_effect,
    net_of,
    product_of,
)
from backend.invoices.reading.document import (
    Adjustment,
    Attachment,
    DocumentKind,
    EInvoice,
    Line,
    Origin,
    Party,
    Syntax,
    Totals,
    VatRate,
)
from backend.invoices.reading.identifiers import is_iban, normalise_business_id
from backend.invoices.reading.refusals import Unread, Unreadable
from backend.kit.translation import Text
from backend.rulebook.rules import rule

MOST_LINES = 5_000

__all__ = [
    "Adjustment",
    "ArithmeticCode",
    "ArithmeticFinding",
    "Attachment",
    "DocumentKind",
    "EInvoice",
    "Line",
    "Origin",
    "Party",
    "Syntax",
    "Totals",
    "Unread",
    "Unreadable",
    "VatRate",
    "adjustment_of",
    "check",
    "document_effect",
    "is_iban",
    "net_of",
    "normalise_business_id",
    "product_of",
    "read",
]


@rule("D11.9-g")
def read(data: bytes) -> EInvoice:
    """The invoice or credit note in a file of at most 5 million bytes and 5,000 lines.

    Raises Unreadable, which has a code and a sentence. Takes about a second of CPU at the caps: call it in a thread.
    """
    from backend.invoices.reading import finvoice, ubl  # XML is heavy to import: only who reads a file pays for it
    from backend.invoices.reading.xml import not_an_invoice, parse

    root = parse(data)
    if root.tag != "Finvoice" and root.tag not in ubl.ROOTS:
        raise not_an_invoice()
    lines = sum(1 for _ in root.iterchildren("InvoiceRow", "{*}InvoiceLine", "{*}CreditNoteLine"))
    if lines > MOST_LINES:
        raise Unreadable(
            Unread.TOO_MANY_LINES,
            Text("The invoice has %(lines)s lines; at most %(limit)s are taken", lines=lines, limit=MOST_LINES),
        )
    return finvoice.read(root) if root.tag == "Finvoice" else ubl.read(root)
