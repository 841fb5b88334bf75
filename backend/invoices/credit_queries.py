"""Which invoice a credit note that came as a file credits: it may come after its note (D11.9-e)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from backend.invoices.model import Invoice
from backend.invoices.queries import GONE
from backend.invoices.receiving import preceding_of
from backend.invoices.states import InvoiceKind, InvoiceState
from backend.kit.database import Condition, Row, Session
from backend.rulebook.rules import rule


@rule("D11.9-e")
async def find_credited(session: Session, note: Invoice) -> int | None:
    """The one invoice that a credit note names, as far as it has come: of those that stand the first so numbered."""
    numbers = preceding_of(note)
    if note.kind is not InvoiceKind.CREDIT_NOTE or len(numbers) != 1:
        return None
    its = sa.select(Invoice.id).where(_is_named(Invoice, note.supplier_id, numbers[0]))
    return await session.scalar(its.order_by(Invoice.is_number_repeated, Invoice.id).limit(1))


async def find_credited_since(session: Session, invoice_id: int) -> int | None:
    """What a credit note credits that came after it (or in place of one withdrawn), and by which it was not judged."""
    wanted = sa.select(Invoice).where(Invoice.id == invoice_id, _lacks_its_invoice(Invoice))
    note = await session.scalar(wanted)
    return None if note is None else await find_credited(session, note)


async def find_note_of_a_known_invoice(session: Session) -> int | None:
    """A credit note that waits for a decision and was judged before the invoice that it names had come (or anew)."""
    other, names = aliased(Invoice), Invoice.document["preceding"]
    has_come = sa.exists().where(_is_named(other, Invoice.supplier_id, names[0].astext))
    wanted = sa.select(Invoice.id).where(
        _lacks_its_invoice(Invoice),
        sa.func.jsonb_array_length(names) == 1,
        has_come,
    )
    return await session.scalar(wanted.order_by(Invoice.id).limit(1))


def _lacks_its_invoice(note: Row) -> Condition:
    """A credit note with lines that wait for a decision, of which no invoice is known that stands."""
    other = aliased(Invoice)
    is_gone = sa.exists().where(other.id == note.credits_id, other.state == InvoiceState.WITHDRAWN)
    waits = note.state.in_([InvoiceState.RECEIVED, InvoiceState.PARTLY_DECIDED])
    return sa.and_(note.kind == InvoiceKind.CREDIT_NOTE, waits, sa.or_(note.credits_id.is_(None), is_gone))


def _is_named(invoice: Row, supplier_id: Any, number: Any) -> Condition:
    return sa.and_(
        invoice.supplier_id == supplier_id,
        invoice.number == number,
        invoice.kind == InvoiceKind.INVOICE,
        invoice.state.not_in(GONE),
    )
