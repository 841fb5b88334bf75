"""Writing e-invoice files: for the invoice proposal and for the demo's supplier.

What is written reads back as exactly the same invoice, or is not written at all.
"""

from backend.invoices.reading import EInvoice, Syntax, Unreadable, read
from backend.invoices.writing import finvoice, ubl
from backend.invoices.writing.trees import Unwritable

__all__ = ["Unwritable", "write"]


def write(invoice: EInvoice) -> bytes:
    """The file, in the format that `invoice.syntax` says, UTF-8. Raises Unwritable.

    Each format has things it cannot say: a price of more than five decimals or two accounts in Finvoice, an order of
    a line's own or a cancellation in Peppol, attachments within the file in either.
    """
    data = finvoice.write(invoice) if invoice.syntax is Syntax.FINVOICE else ubl.write(invoice)
    try:
        is_same = read(data) == invoice
    except Unreadable as refusal:
        raise Unwritable(f"{invoice.syntax} cannot say all of this invoice: {refusal}") from refusal
    if not is_same:
        raise Unwritable(f"{invoice.syntax} cannot say all of this invoice")
    return data
