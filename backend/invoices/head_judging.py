"""What is found of an invoice as a whole: its sums, its number, who is paid, when it came. Pure."""

from datetime import date, datetime
from decimal import Decimal

from backend.invoices import rules
from backend.invoices.deadlines import earliest_due_date, invoice_due_at, month_to_invoice
from backend.invoices.finding_codes import FindingCode
from backend.invoices.findings import Found
from backend.invoices.model import Invoice
from backend.invoices.reading import ArithmeticCode
from backend.invoices.record import Judgement, Record
from backend.invoices.states import InvoiceKind
from backend.kit.amounts import Euros
from backend.kit.calendar import Month, helsinki_date
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

C = FindingCode
VAT_SUMS = frozenset({ArithmeticCode.VAT_BASE, ArithmeticCode.VAT_AMOUNT, ArithmeticCode.VAT_TOTAL})
TOTALS = frozenset(
    {ArithmeticCode.LINES_SUM, ArithmeticCode.DOCUMENT_NET, ArithmeticCode.GROSS, ArithmeticCode.PAYABLE}
)

SAID_APART = frozenset(
    {ArithmeticCode.VAT_BASE, ArithmeticCode.DOCUMENT_NET, ArithmeticCode.GROSS, ArithmeticCode.PAYABLE}
)
"""Disagreements whose sentence is not that of their kind of finding: which it is goes along (`wording`)."""


def judge_head(invoice: Invoice, record: Record, terms: Terms, judgement: Judgement) -> None:
    """Add to the judgement what is found of the invoice."""
    found = judgement.findings
    if invoice.currency != rules.CURRENCY:
        found.append(Found(code=C.CURRENCY, expected=rules.CURRENCY, found=invoice.currency))
    found += _sums(invoice, record, terms)
    found += _number(invoice, record)
    found += _parties(invoice, record)
    if invoice.kind is InvoiceKind.INVOICE:
        judgement.payable_on = _payable_on(invoice, record, terms)
        if invoice.due_on is not None and invoice.due_on < judgement.payable_on:
            found.append(Found(code=C.DUE_DATE, expected=judgement.payable_on, found=invoice.due_on))
        _arrival(invoice, terms, judgement)


@rule("D0-d", "D11.9-d")
def _sums(invoice: Invoice, record: Record, terms: Terms) -> list[Found]:
    """The first disagreement of the totals, and of the VAT: one of each is enough to know that they are wrong."""
    totals: list[Found] = []
    taxes: list[Found] = []
    for wrong in record.arithmetic:
        by = abs(wrong.expected - wrong.found)
        expected, told = Euros(wrong.expected), Euros(wrong.found)
        about = wrong.code.value if wrong.code in SAID_APART else None
        if wrong.code in TOTALS and by > terms.total_tolerance_euros:
            totals.append(Found(code=C.TOTAL, expected=expected, found=told, about=about))
        elif wrong.code in VAT_SUMS and by > terms.vat_tolerance_euros:
            taxes.append(Found(code=C.VAT_SUM, expected=expected, found=told, about=about))
        elif wrong.code is ArithmeticCode.CREDIT_SIGN:
            totals.append(Found(code=C.CREDIT_SIGN, found=told))
    lines = _sum_of_lines(invoice)
    if not totals and lines is not None and abs(lines - invoice.net) > terms.total_tolerance_euros:
        totals.append(Found(code=C.TOTAL, expected=Euros(lines), found=Euros(invoice.net)))
    return [*totals[:1], *taxes[:1]]


def _sum_of_lines(invoice: Invoice) -> Decimal | None:
    """What the lines add up to: charges and allowances of the whole document belong to no line."""
    told = (invoice.document or {}).get("sum_of_lines")
    return None if told is None else Decimal(told)


@rule("D11.9-d")
def _number(invoice: Invoice, record: Record) -> list[Found]:
    """A number is used once; the same amount and date under another number may be the same bill twice."""
    found = []
    if invoice.is_number_repeated:
        other = record.same_number
        other_id = other.id if other is not None else None
        found.append(Found(code=C.NUMBER_USED, about=invoice.number, other_invoice_id=other_id))
    return found + [
        Found(code=C.SAME_AMOUNT, found=Euros(invoice.gross), about=other.number, other_invoice_id=other.id)
        for other in record.same_amount
    ]


@rule("D11.9-d")
def _payable_on(invoice: Invoice, record: Record, terms: Terms) -> date:
    """When it is to be paid at the earliest: no sooner than any of the agreements that it is under allows."""
    return max(earliest_due_date(invoice.arrived_at, its) for its in (terms, *record.terms.values()))


@rule("D11.9-d")
def _parties(invoice: Invoice, record: Record) -> list[Found]:
    """Who is paid, and where."""
    found = []
    if invoice.agreement_id is None:
        found.append(Found(code=C.NO_AGREEMENT, found=invoice.issued_on))
    if invoice.seller_business_id is None or invoice.seller_business_id != record.business_id:
        found.append(Found(code=C.SELLER, expected=record.business_id, found=invoice.seller_business_id))
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        return found  # nothing is paid
    for iban in invoice.ibans:
        lacking = [number for number, confirmed in record.ibans.items() if iban not in confirmed]
        if lacking or not record.ibans:
            found.append(Found(code=C.ACCOUNT, found=iban, about=", ".join(lacking) or None))
    if not invoice.ibans:
        found.append(Found(code=C.ACCOUNT))
    return found


@rule("H11.9-a")
def _arrival(invoice: Invoice, terms: Terms, judgement: Judgement) -> None:
    """Whether it came in time for the newest month it bills; late work of earlier ones is marked on their lines.

    A month counts that was over when the invoice came and of which a line bills what is approved; where no line does,
    every such month that a line names. What Tiera approved late has longer.
    """
    newest = month_to_invoice(helsinki_date(invoice.arrived_at))
    over = [meaning for meaning in judgement.meanings if meaning.month is not None and meaning.month <= newest]
    held: dict[int, list[datetime | None]] = {}
    for hold in judgement.holds:
        held.setdefault(hold.line_id, []).append(hold.piece.approved_at)
    approved: dict[Month, list[datetime | None]] = {}
    for meaning in [each for each in over if each.line.id in held] or over:
        assert meaning.month is not None
        approved.setdefault(meaning.month, []).extend((meaning.approved_at, *held.get(meaning.line.id, ())))
    if not approved:
        return
    month = max(approved)
    judgement.due_at = invoice_due_at(month, rules.latest(approved[month]), terms)
    if judgement.due_at < invoice.arrived_at:
        judgement.is_late = True
        expected, arrived = helsinki_date(judgement.due_at), helsinki_date(invoice.arrived_at)
        judgement.findings.append(Found(code=C.LATE, expected=expected, found=arrived))
