"""Facts for judging without a database: an invoice that is in order, with any part of it replaced."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy.dialects.postgresql import Range

from backend.invoices.findings import Found
from backend.invoices.judging import judge
from backend.invoices.matching import Piece, Shelf
from backend.invoices.meaning import Known
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.receiving import new_line
from backend.invoices.record import Credited, Judgement, OtherInvoice, Record, WorkKey
from backend.invoices.states import InvoiceKind, InvoiceState, LineState, Origin
from backend.kit.refs import Ref
from backend.orders.model import Milestone, Order
from backend.orders.states import MilestoneState, OrderState, Pricing
from backend.rulebook.terms import Terms

TODAY = date(2026, 11, 4)
ARRIVED = datetime(2026, 11, 4, 8, 0, tzinfo=UTC)
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
IBAN = "FI2112345600000785"
SELLER = "2345678-0"
SUPPLIER, AGREEMENT, ORDER, FIXED, GROUP, PART = 5, 7, 10, 11, 20, 30
NUMBER, FIXED_NUMBER = "TIL-2026-00001", "TIL-2026-00002"
OTHER = OtherInvoice(9, "2026-6")
WORK = Ref("Order", ORDER)


def an_invoice(**values: Any) -> Invoice:
    """An invoice that arrived on the second business day of November 2026."""
    given = {
        "id": 1,
        "supplier_id": SUPPLIER,
        "agreement_id": AGREEMENT,
        "number": "2026-7",
        "is_number_repeated": False,
        "kind": InvoiceKind.INVOICE,
        "origin": Origin.TYPED,
        "state": InvoiceState.RECEIVED,
        "issued_on": date(2026, 11, 2),
        "arrived_at": ARRIVED,
        "due_on": date(2026, 12, 4),
        "currency": "EUR",
        "seller_business_id": SELLER,
        "ibans": [IBAN],
        "net": Decimal("1000.00"),
        "vat": Decimal("255.00"),
        "gross": Decimal("1255.00"),
        "document": {"sum_of_lines": "1000.00", "arithmetic": []},
    }
    return Invoice(**(given | values))


def a_line(**values: Any) -> InvoiceLine:
    """Ten hours of October at 100 euros."""
    given: dict[str, Any] = {
        "id": 1,
        "invoice_id": 1,
        "supplier_id": SUPPLIER,
        "position": 1,
        "text": "Senior work",
        "order_reference": NUMBER,
        "period_first": OCTOBER[0],
        "period_last": OCTOBER[1],
        "price_group_code": "SENIOR",
        "quantity": Decimal(10),
        "unit": "HUR",
        "raw_unit": "h",
        "unit_price": Decimal(100),
        "amount": Decimal("1000.00"),
        "vat_rate": Decimal("25.5"),
        "vat_category": "S",
    }
    return new_line(**(given | values))


def a_piece(day: date = date(2026, 10, 5), minutes: int = 600, **values: Any) -> Piece:
    """An approved portion of the order's senior work."""
    return Piece(**({"id": day.toordinal(), "day": day, "amount": minutes} | values))


def an_order(**values: Any) -> Order:
    given: dict[str, Any] = {
        "id": ORDER,
        "number": NUMBER,
        "supplier_id": SUPPLIER,
        "agreement_id": AGREEMENT,
        "pricing": Pricing.HOURS,
        "state": OrderState.IN_PROGRESS,
        "ordered_at": datetime(2026, 9, 1, tzinfo=UTC),
        "title": "Interface",
    }
    return Order(**(given | values))


def a_part(**values: Any) -> Milestone:
    given: dict[str, Any] = {
        "id": PART,
        "order_id": FIXED,
        "position": 1,
        "title": "Plan",
        "amount": Decimal("1000.00"),
        "state": MilestoneState.ACCEPTED,
    }
    return Milestone(**(given | values))


def a_known(**values: Any) -> Known:
    fixed = an_order(id=FIXED, number=FIXED_NUMBER, pricing=Pricing.FIXED)
    given: dict[str, Any] = {
        "orders": {ORDER: an_order(), FIXED: fixed},
        "by_reference": {NUMBER: ORDER, FIXED_NUMBER: FIXED, "TIL-2026-00099": None},
        "price_groups": {(AGREEMENT, "SENIOR"): GROUP, (AGREEMENT, "JUNIOR"): GROUP + 1},
        "milestones": {FIXED: [a_part()]},
    }
    return Known(**(given | values))


YEAR = Range(date(2026, 1, 1), date(2027, 1, 1))


def a_record(*pieces: Piece, others: Mapping[WorkKey, Piece] = MappingProxyType({}), **values: Any) -> Record:
    """Facts of record on which the invoice is in order; `others` are pieces of other work."""
    given: dict[str, Any] = {
        "today": TODAY,
        "known": a_known(),
        "shelves": {
            (WORK, GROUP): Shelf(list(pieces) or [a_piece()]),
            **{key: Shelf([its]) for key, its in others.items()},
        },
        "room": {WORK: None},
        "prices": {GROUP: [(YEAR, Decimal(100))]},
        "placed_by_contact": frozenset({ORDER, FIXED}),
        "business_id": SELLER,
        "ibans": {"SOP-1": frozenset({IBAN})},
    }
    return Record(**(given | values))


def judged(*lines: InvoiceLine, record: Record | None = None, terms: Terms | None = None, **head: Any) -> Judgement:
    """What comes of an invoice of these lines."""
    lines = lines or (a_line(),)
    total = format(sum(line.amount for line in lines), "f")
    document = {"sum_of_lines": total, "arithmetic": [], **head.pop("document", {})}
    head.setdefault("net", Decimal(document["sum_of_lines"]))
    invoice = an_invoice(document=document, **head)
    return judge(invoice, lines, record or a_record(), terms or Terms())


def codes(judgement: Judgement) -> list[str]:
    """The codes found, in order."""
    return sorted(found.code.value for found in judgement.findings)


def the(judgement: Judgement, code: str) -> Found:
    """The only finding of a code."""
    (found,) = [each for each in judgement.findings if each.code == code]
    return found


def a_part_line(**values: Any) -> Any:
    """A line that bills the accepted part of the fixed price."""
    given = {"order_reference": FIXED_NUMBER, "milestone_position": 1, "price_group_code": None, "quantity": Decimal(1)}
    return a_line(**(given | {"unit": "C62", "unit_price": Decimal(1000)} | values))


def a_part_record(**values: Any) -> Any:
    return a_record(others={(Ref("Order", FIXED), PART): a_piece(minutes=100_000)}, **values)


def a_credit(line: Any = None, target: Any = None, **head: Any) -> Judgement:
    """What comes of a credit note of two hours against a line of ten."""
    target = target or a_line(id=100, state=LineState.APPROVED)
    line = line or credit_line()
    record = a_record(credited=Credited(numbers=("2026-6",), invoice=OTHER, lines=[target]), **head.pop("facts", {}))
    return judged(line, record=record, kind=InvoiceKind.CREDIT_NOTE, **head)


def credit_line(**values: Any) -> Any:
    return a_line(**({"id": 2, "quantity": Decimal(-2), "amount": Decimal("-200.00")} | values))
