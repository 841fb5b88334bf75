"""Deductions: an applied sanction is taken off the supplier's next invoice, as a whole and once (H11.10-g). Pure."""

from backend.invoices.finding_codes import FindingCode
from backend.invoices.findings import Found
from backend.invoices.matching import Hold
from backend.invoices.meaning import Meaning
from backend.invoices.record import Record
from backend.kit.amounts import Euros
from backend.rulebook.rules import rule

C = FindingCode


@rule("H11.10-g", "D11.9-e")
def take_deduction(meaning: Meaning, record: Record) -> list[Hold]:
    """What a line that deducts is to hold: all of it, to the cent, unless another line has deducted it."""
    deduction, line = meaning.deduction, meaning.line
    assert deduction is not None
    if meaning.cents != deduction.cents:
        meaning.find(C.DEDUCTION, expected=deduction.euros, found=Euros(-line.amount), about=deduction.number)
        return []
    shelf = record.shelves.get((deduction.ref, deduction.ref.id))
    holds = shelf.take(line.id, deduction.cents, None) if shelf else []
    if not holds:
        holder = next((record.holders.get(line_id) for line_id in (shelf.held_by_others(None) if shelf else ())), None)
        meaning.find(
            C.ALREADY_BILLED,
            expected=Euros(0),
            found=deduction.euros,
            about=holder.number if holder else record.number,
            other_invoice_id=holder and holder.id,
        )
    return holds


@rule("H11.10-g")
def waiting(record: Record) -> list[Found]:
    """What the invoice could have deducted, and has not."""
    shelves = ((each, record.shelves.get((each.ref, each.ref.id))) for each in record.known.deductions.values())
    return [
        Found(code=C.DEDUCTION_WAITING, expected=deduction.euros, about=deduction.number)
        for deduction, shelf in shelves
        if shelf is not None and any(piece.left for piece in shelf.pieces)
    ]
