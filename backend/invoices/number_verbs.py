"""Which of a supplier's invoices that stand has a number: the unique index decides, not a look before (D11.9-d)."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from backend.invoices import record_queries
from backend.invoices.model import Invoice
from backend.invoices.states import InvoiceState
from backend.kit.database import Session
from backend.rulebook.rules import rule


async def insert(session: Session, invoice: Invoice) -> None:
    """Store an invoice; a number that the supplier has used before is marked, and found by judging."""
    try:
        async with session.begin_nested():
            session.add(invoice)
            await session.flush()
    except IntegrityError as error:
        if not _is_about_numbers(error):
            raise
        invoice.is_number_repeated = True
        session.add(invoice)
        await session.flush()


async def take(session: Session, invoice: Invoice) -> None:
    """Give a draft its number for good, marked where another has it."""
    state = sa.update(Invoice).where(Invoice.id == invoice.id).execution_options(synchronize_session=False)
    repeated = invoice.is_number_repeated
    try:
        async with session.begin_nested():
            await session.execute(state.values(state=InvoiceState.RECEIVED))
    except IntegrityError as error:
        if repeated or not _is_about_numbers(error):
            raise
        repeated = True
        await session.execute(state.values(state=InvoiceState.RECEIVED, is_number_repeated=True))
    invoice.state, invoice.is_number_repeated = InvoiceState.RECEIVED, repeated


@rule("D11.9-d")
async def take_when_free(session: Session, invoice: Invoice) -> None:
    """Let an invoice whose number another had before have it, once that one was withdrawn."""
    if not invoice.is_number_repeated or await record_queries.is_number_taken(session, invoice):
        return
    its = sa.update(Invoice).where(Invoice.id == invoice.id).execution_options(synchronize_session=False)
    try:
        async with session.begin_nested():
            await session.execute(its.values(is_number_repeated=False))
    except IntegrityError as error:
        if not _is_about_numbers(error):
            raise
        return  # another took it meanwhile
    invoice.is_number_repeated = False


def _is_about_numbers(error: IntegrityError) -> bool:
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None) == "uq_invoices_supplier_number"
