"""Rows of invoices, their lines, what judging found of them and what was disputed."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, pairwise

from backend.demo.load.copying import Loader, Row, instant
from backend.demo.load.figures import Bill, Line, first_day, last_day
from backend.demo.load.orders import euros
from backend.demo.load.parties import GROUPS, Parties
from backend.invoices.finding_codes import FindingCode
from backend.invoices.model import Dispute, Finding, Invoice, InvoiceLine
from backend.invoices.states import Ground, InvoiceKind, LineState, Origin, Severity
from backend.kit.amounts import vat
from backend.rulebook.terms import Terms

LATE_AFTER = 5
"""Days of a month."""


def load_invoices(loader: Loader, bills: Sequence[Bill], parties: Parties) -> None:
    terms = Terms()
    kept = json.dumps(terms.as_json())
    loader.copy(
        Invoice,
        "id supplier_id agreement_id number kind origin state issued_on arrived_at due_on currency period_first "
        "period_last agreement_reference seller_business_id ibans net vat gross sent_by_id judged_at is_late terms_on "
        "version",
        (_invoice(bill, terms, kept) for bill in bills),
    )
    loader.copy(
        InvoiceLine,
        "id invoice_id supplier_id position text ground order_reference agreement_reference order_id milestone_id "
        "milestone_position period_first period_last price_group_code price_group_id quantity unit raw_unit unit_price "
        "amount vat_rate vat vat_category state reserved_minutes reserved_cents errors warnings decided_by_id "
        "decided_at payable_at",
        (
            _line(line, tax, bill, parties, terms)
            for bill in bills
            for line, tax in zip(bill.lines, _vat_of_lines(bill, terms), strict=True)
        ),
    )
    loader.copy(
        Finding,
        "invoice_id line_id supplier_id code severity rule expected found recorded_at",
        (row for bill in bills for row in _findings(bill)),
    )
    loader.copy(
        Dispute,
        "invoice_id line_id supplier_id reason disputed_by_id disputed_at answer answered_by_id answered_at",
        (
            (bill.id, line.id, bill.supplier.id, "Tunteja on enemmän kuin sovittiin.", parties.approver_ids[0],
             decided_at(bill), *((None,) * 3 if line.id % 2 else
             ("Tarkistamme asian.", bill.supplier.manager_ids[0], instant(date.fromordinal(bill.day + 6), 600))))
            for bill in bills
            for line in bill.lines
            if line.state is LineState.DISPUTED
        ),
    )  # fmt: skip


def arrived_at(bill: Bill) -> str:
    return str(instant(date.fromordinal(bill.day), 10 * 60))


def decided_at(bill: Bill) -> str:
    return str(instant(date.fromordinal(bill.day + 3), 10 * 60))


def _is_late(bill: Bill) -> bool:
    return date.fromordinal(bill.day).day > LATE_AFTER


def _vat(bill: Bill, terms: Terms) -> Decimal:
    return vat(Decimal(bill.net) / 100, terms.vat_rate)


def _invoice(bill: Bill, terms: Terms, kept: str) -> Row:
    day, supplier = date.fromordinal(bill.day), bill.supplier
    tax = _vat(bill, terms)
    return (
        bill.id, supplier.id, supplier.agreement_id, f"{supplier.id}{bill.id:07}", InvoiceKind.INVOICE,
        (Origin.FINVOICE, Origin.UBL, Origin.TYPED)[bill.id % 3], bill.state, day, arrived_at(bill),
        day + timedelta(days=30), "EUR", first_day(bill.month), last_day(bill.month), supplier.agreement_number,
        supplier.business_id, [supplier.iban], euros(bill.net), tax, Decimal(bill.net) / 100 + tax,
        supplier.manager_ids[1], arrived_at(bill), _is_late(bill), kept, 2,
    )  # fmt: skip


def _vat_of_lines(bill: Bill, terms: Terms) -> Iterator[Decimal]:
    upto = [vat(Decimal(cents) / 100, terms.vat_rate) for cents in accumulate((x.cents for x in bill.lines), initial=0)]
    return (after - before for before, after in pairwise(upto))


def _line(line: Line, tax: Decimal, bill: Bill, parties: Parties, terms: Terms) -> Row:
    work, supplier, part = line.work, bill.supplier, line.part
    is_decided = line.state is not LineState.OPEN
    first, last = first_day(line.month), last_day(line.month)
    if part is None:
        code, _, _ = GROUPS[line.group]
        figures: Row = (code, supplier.group_ids[line.group], Decimal(line.minutes) / 60, "HUR", "h",
                   parties.price(line.group, last))  # fmt: skip
    else:
        figures = (None, None, Decimal(1), "C62", "kpl", euros(line.cents))
    return (
        line.id, bill.id, supplier.id, line.position, work.title if part is None else f"{work.title}, osa "
        f"{part.position}", Ground.HOURS if part is None else Ground.MILESTONE, work.number,
        supplier.agreement_number, work.id, part and part.id, part and part.position, first, last, *figures,
        euros(line.cents), terms.vat_rate, tax, "S", line.state, 0 if part else line.minutes, line.cents if part else 0,
        int(_is_wrong(line)), 0, parties.approver_ids[0] if is_decided else None,
        decided_at(bill) if is_decided else None, decided_at(bill) if line.state is LineState.APPROVED else None,
    )  # fmt: skip


def _is_wrong(line: Line) -> bool:
    """Whether judging found an error: of what is open still, and of what was disputed."""
    return line.state is LineState.DISPUTED or (line.state is LineState.OPEN and line.id % 5 == 0)


def _findings(bill: Bill) -> Iterator[Row]:
    when = arrived_at(bill)
    for line in bill.lines:
        if _is_wrong(line):
            expected, found = json.dumps({"minutes": line.minutes}), json.dumps({"minutes": line.minutes + 60})
            yield (bill.id, line.id, bill.supplier.id, FindingCode.MORE_THAN_APPROVED, Severity.ERROR, "D11.9-h",
                   expected, found, when)  # fmt: skip
    if _is_late(bill):
        yield (bill.id, None, bill.supplier.id, FindingCode.LATE, Severity.WARNING, "H11.9-a", None, None, when)
