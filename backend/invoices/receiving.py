"""An e-invoice as read becomes an invoice with its lines: pure, before anybody judges it."""

import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.reading import (
    ArithmeticCode,
    ArithmeticFinding,
    EInvoice,
    Line,
    Syntax,
    adjustment_of,
    check,
    document_effect,
    net_of,
)
from backend.invoices.states import InvoiceKind, InvoiceState, LineState, Origin
from backend.kit.amounts import round_cents
from backend.kit.faults import invalid
from backend.kit.translation import Text
from backend.rulebook.rules import rule

MOST_EUROS = Decimal(10) ** 11
MOST_UNITS = Decimal(10) ** 11
SIX_PLACES = Decimal("0.000001")
_NOUGHT = Decimal(0)
_OWN_NUMBER = re.compile(r"(?:TIK|TIL|REK)-\d{4}-\d{1,9}", re.IGNORECASE | re.ASCII)
"""How Tiera numbers tickets, orders and complaints."""


def invoice_of(document: EInvoice, *, supplier_id: int, arrived_at: datetime) -> Invoice:
    """The invoice that a file is, without agreement and terms, which the record knows."""
    lines = sum((net_of(line) for line in document.lines), _NOUGHT)
    net = document.totals.net if document.totals.net is not None else lines + document_effect(document)
    vat = document.totals.vat if document.totals.vat is not None else document.totals.gross - net
    _require_fitting([net, vat, document.totals.gross])
    return Invoice(
        supplier_id=supplier_id,
        number=document.number,
        is_number_repeated=False,
        kind=InvoiceKind(document.kind.value),
        origin=Origin.FINVOICE if document.syntax is Syntax.FINVOICE else Origin.UBL,
        state=InvoiceState.RECEIVED,
        issued_on=document.issued_on,
        arrived_at=arrived_at,
        due_on=document.due_on,
        currency=document.currency,
        period_first=document.period_start or document.period_end,
        period_last=document.period_end or document.period_start,
        order_reference=document.order_id,
        buyer_reference=document.buyer_reference,
        agreement_reference=document.agreement_id,
        seller_reference=document.sales_order_id,
        seller_business_id=document.seller.business_id,
        ibans=list(document.accounts),
        net=round_cents(net),
        vat=round_cents(vat),
        gross=round_cents(document.totals.gross),
        document=_kept(document, lines),
        is_late=False,
        version=1,
    )


def lines_of(document: EInvoice, *, supplier_id: int) -> list[InvoiceLine]:
    """The invoice's lines as the file has them; the amount of each is without VAT."""
    return [_line(document, line, supplier_id) for line in document.lines]


def _line(document: EInvoice, line: Line, supplier_id: int) -> InvoiceLine:
    period = document.period_of(line)
    amount = net_of(line)
    _require_fitting([amount, line.quantity, line.unit_price])
    return new_line(
        supplier_id=supplier_id,
        position=line.position,
        text=line.text or line.description or "–",
        order_reference=document.order_id_of(line),
        agreement_reference=document.agreement_id_of(line),
        milestone_position=_whole(line.order_line),
        period_first=period[0] if period else None,
        period_last=period[1] if period else None,
        price_group_code=line.seller_item_id,
        quantity=_six(line.quantity),
        unit=line.unit,
        raw_unit=line.raw_unit,
        unit_price=_price_of(line),
        amount=round_cents(amount),
        adjustment=adjustment_of(line),
        vat_rate=_percent(line.vat_rate),
        vat_category=line.vat_category,
        notes=list(line.notes),
    )


@rule("D11.9-h")
def own_number(reference: str | None) -> str | None:
    """A reference as its number is kept here: one of Tiera's own series is told in small letters as well."""
    return reference.upper() if reference is not None and _OWN_NUMBER.fullmatch(reference.strip()) else reference


def new_line(*, order_reference: str | None = None, **values: Any) -> InvoiceLine:
    """A line that nobody has judged or decided yet."""
    fresh: dict[str, Any] = {
        "state": LineState.OPEN,
        "reserved_minutes": 0,
        "reserved_cents": 0,
        "errors": 0,
        "warnings": 0,
        "pointed": [],
        "credited_minutes": 0,
        "credited_amount": _NOUGHT,
        "adjustment": _NOUGHT,
        "is_decided_alone": False,
        "notes": [],
        "version": 1,
        "order_reference": own_number(order_reference),
    }
    return InvoiceLine(**(fresh | values))


def _price_of(line: Line) -> Decimal | None:
    """Euros for one unit, without VAT."""
    price = line.unit_price
    if price is None and line.gross_unit_price is not None:
        price = line.gross_unit_price / (1 + (line.vat_rate or _NOUGHT) / 100)
    return None if price is None else _six(price / line.base_quantity)


def _six(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(SIX_PLACES)


def _percent(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else rate.quantize(Decimal("0.01"))


def _whole(text: str | None) -> int | None:
    """A part's number, where the order's line is one."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None


def _require_fitting(amounts: Iterable[Decimal | None]) -> None:
    if any(amount is not None and abs(amount) >= MOST_EUROS for amount in amounts):
        raise invalid(Text("An amount of the invoice is larger than any that is paid."))


@rule("D11.9-g")
def _kept(document: EInvoice, lines: Decimal) -> dict[str, Any]:
    """What of the file no column holds. The arithmetic is reckoned once: the file never changes."""
    return {
        "syntax": document.syntax.value,
        "version": document.version,
        "preceding": list(document.preceding),
        "notes": list(document.notes),
        "attachments": [asdict(attachment) for attachment in document.attachments],
        "vat_rates": [_plain(asdict(rate)) for rate in document.vat_rates],
        "adjustments": [_plain(asdict(adjustment)) for adjustment in document.adjustments],
        "sum_of_lines": format(round_cents(lines), "f"),
        "arithmetic": [arithmetic_to_json(wrong) for wrong in check(document, _NOUGHT)],
    }


def arithmetic_to_json(wrong: ArithmeticFinding) -> dict[str, Any]:
    return _plain(asdict(wrong))


@rule("D0-d")
def vat_by_rate(invoice: Invoice) -> dict[Decimal, Decimal]:
    """Euros of VAT that the invoice says of each rate, in per cent; without those of which it does not."""
    rates = (invoice.document or {}).get("vat_rates", ())
    said = [(Decimal(kept["rate"]), kept["amount"]) for kept in rates if kept["rate"] is not None]
    unsaid = {rate for rate, amount in said if amount is None}
    told: dict[Decimal, Decimal] = {}
    for rate, amount in said:
        if rate not in unsaid:
            told[rate] = told.get(rate, _NOUGHT) + round_cents(Decimal(amount))
    return told


def arithmetic_of(invoice: Invoice) -> list[ArithmeticFinding]:
    """Where the invoice's own figures disagree, as kept when it came."""
    return [
        ArithmeticFinding(ArithmeticCode(kept["code"]), kept["line"], Decimal(kept["expected"]), Decimal(kept["found"]))
        for kept in (invoice.document or {}).get("arithmetic", ())
    ]


def preceding_of(invoice: Invoice) -> tuple[str, ...]:
    """The numbers of the invoices that a credit note names."""
    return tuple((invoice.document or {}).get("preceding", ()))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> Any:
    match value:
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
    return value
