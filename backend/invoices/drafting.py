"""An invoice typed in the portal or by the programming interface: its sums follow from its lines. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from backend.invoices import rules
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.reading import ArithmeticCode, ArithmeticFinding, product_of
from backend.invoices.receiving import MOST_EUROS, arithmetic_to_json, new_line
from backend.invoices.states import Ground, InvoiceKind
from backend.kit.amounts import Minutes, round_cents, vat
from backend.kit.faults import Refusals, invalid, required, shows
from backend.kit.translation import Text
from backend.rulebook.rules import rule

COMPLAINT = re.compile(r"REK-.+", re.IGNORECASE)
"""How the numbers of complaints begin."""
MOST_LINES = 1000
LONGEST = 200
"""Of a number or a reference, in characters."""
LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One typed line. Effort is `minutes`, or a `quantity` in a `unit`; an amount not given is reckoned."""

    text: str
    ground: Ground | None = None
    order_reference: str | None = None
    seller_reference: str | None = None
    milestone_position: int | None = None
    period_first: date | None = None
    period_last: date | None = None
    price_group_code: str | None = None
    minutes: Minutes | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    amount: Decimal | None = None
    vat_rate: Decimal | None = None
    credits_line_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A typed invoice or credit note. Amounts of a credit note are typed positive, and kept negative."""

    number: str
    issued_on: date
    kind: InvoiceKind = InvoiceKind.INVOICE
    due_on: date | None = None
    period_first: date | None = None
    period_last: date | None = None
    order_reference: str | None = None
    buyer_reference: str | None = None
    agreement_reference: str | None = None
    seller_reference: str | None = None
    iban: str | None = None
    credits_id: int | None = None
    lines: Sequence[DraftLine] = field(default_factory=tuple)
    file_ids: Sequence[int] | None = None


def check_draft(draft: Draft) -> None:
    """Refuse what no invoice can be, all at once, each at its place; what may be wrong is for judging to find."""
    refusals = Refusals()
    if not shows(draft.number):
        refusals.add(required("number"))
    for name in ("number", "order_reference", "buyer_reference", "agreement_reference", "seller_reference", "iban"):
        if len(getattr(draft, name) or "") > LONGEST:
            refusals.add(invalid(Text("At most %(most)s characters.", most=LONGEST), name))
    refusals.check(lambda: _check_period(draft.period_first, draft.period_last))
    all_deduct = all(deducts(line.order_reference or draft.order_reference) for line in draft.lines)
    if draft.kind is InvoiceKind.CREDIT_NOTE and draft.credits_id is None and not all_deduct:
        refusals.add(required("credits_id", rule="D11.9-e"))
    if not draft.lines:
        refusals.add(invalid(Text("An invoice has at least one line."), "lines"))
    if len(draft.lines) > MOST_LINES:
        refusals.add(invalid(Text("An invoice has at most %(most)s lines here.", most=MOST_LINES), "lines"))
    for place, line in enumerate(draft.lines):
        _check_line(line, place, refusals, may_deduct=deducts(line.order_reference or draft.order_reference))
    refusals.raise_any()


@rule("H11.10-g")
def deducts(reference: str | None) -> bool:
    """Whether a line may deduct: it refers to a complaint. Whether there is something to deduct, judging finds."""
    return COMPLAINT.fullmatch((reference or "").strip()) is not None


def _check_line(line: DraftLine, place: int, refusals: Refusals, *, may_deduct: bool) -> None:
    def refuse(message: Text, name: str) -> None:
        refusals.add(invalid(message, "lines", place, name))

    if not shows(line.text):
        refusals.add(required("lines", place, "text"))
    elif len(line.text) > LONGEST_TEXT:
        refuse(Text("At most %(most)s characters.", most=LONGEST_TEXT), "text")
    for name in ("order_reference", "seller_reference", "price_group_code", "unit"):
        if len(getattr(line, name) or "") > LONGEST:
            refuse(Text("At most %(most)s characters.", most=LONGEST), name)
    for name in ("quantity", "unit_price", "amount", "vat_rate"):
        value = getattr(line, name)
        is_negative = value is not None and value < 0 and not (name == "amount" and may_deduct and -value < MOST_EUROS)
        if value is not None and (is_negative or value >= (1000 if name == "vat_rate" else MOST_EUROS)):
            refuse(Text("This is too large, or negative."), name)
    if line.minutes == 0:
        refuse(Text("Say how many hours, or leave this empty."), "minutes")
    elif line.minutes is not None and not 0 < line.minutes < 10_000_000:
        refuse(Text("This is too large, or negative."), "minutes")
    if _amount_of(line) is None:
        refuse(Text("Say the amount, or how much at which price."), "amount")
    refusals.check(lambda: _check_period(line.period_first, line.period_last, "lines", place))


def _check_period(first: date | None, last: date | None, *path: str | int) -> None:
    if (first is None) != (last is None):
        raise required(*path, "period_first" if first is None else "period_last")
    if first is not None and last is not None and first > last:
        raise invalid(Text("The period ends before it begins."), *path, "period_last")


def _quantity_of(line: DraftLine) -> tuple[Decimal | None, str | None]:
    if line.minutes is not None:
        return (Decimal(int(line.minutes)) / 60).quantize(Decimal("0.000001")), "HUR"
    return line.quantity, (line.unit or "").strip().upper() or None


def _product_of(line: DraftLine) -> Decimal | None:
    """What it comes to; an amount that is given, where rounding the price may have led to it."""
    quantity, base = (_quantity_of(line)[0], 1) if line.minutes is None else (Decimal(line.minutes), 60)
    if line.unit_price is None or quantity is None:
        return None
    if line.amount is None:
        return round_cents(quantity * line.unit_price / base)
    return product_of(quantity, line.unit_price, Decimal(base), told=round_cents(line.amount))


def _amount_of(line: DraftLine) -> Decimal | None:
    return line.amount if line.amount is not None else _product_of(line)


@rule("D11.9-e")
def lines_of(
    draft: Draft, *, supplier_id: int, vat_rate: Decimal, credited_rates: Mapping[int, Decimal | None]
) -> list[InvoiceLine]:
    """The lines; what is not said of a line is said of the head.

    VAT not said is that of the line it credits, none where that says none, else the agreed rate.
    """
    return [
        _line(draft, line, place, supplier_id, credited_rates.get(line.credits_line_id or 0, vat_rate))
        for place, line in enumerate(draft.lines, 1)
    ]


def _line(draft: Draft, line: DraftLine, position: int, supplier_id: int, vat_rate: Decimal | None) -> InvoiceLine:
    sign = -1 if draft.kind is InvoiceKind.CREDIT_NOTE else 1
    quantity, unit = _quantity_of(line)
    amount = _amount_of(line) or Decimal(0)
    own = line.period_first is not None
    return new_line(
        supplier_id=supplier_id,
        position=position,
        text=line.text.strip(),
        ground=line.ground,
        order_reference=_plain(line.order_reference) or _plain(draft.order_reference),
        agreement_reference=_plain(draft.agreement_reference),
        seller_reference=_plain(line.seller_reference) or _plain(draft.seller_reference),
        milestone_position=line.milestone_position,
        period_first=line.period_first if own else draft.period_first,
        period_last=line.period_last if own else draft.period_last,
        price_group_code=_plain(line.price_group_code),
        quantity=None if quantity is None else sign * quantity,
        unit=unit,
        raw_unit=unit,
        unit_price=line.unit_price,
        amount=sign * round_cents(amount),
        vat_rate=line.vat_rate if line.vat_rate is not None else vat_rate,
        vat_category="S",
        credits_line_id=line.credits_line_id,
    )


def _plain(text: str | None) -> str | None:
    return (text or "").strip() or None


@rule("D0-d")
def fill(invoice: Invoice, draft: Draft, lines: Sequence[InvoiceLine], business_id: str | None) -> None:
    """Set an invoice's head and sums by its draft: VAT is rounded once for each rate."""
    bases: dict[Decimal, Decimal] = {}
    for line in lines:
        rate = line.vat_rate or Decimal(0)
        bases[rate] = bases.get(rate, Decimal(0)) + line.amount
    invoice.number, invoice.issued_on, invoice.kind = draft.number.strip(), draft.issued_on, draft.kind
    invoice.due_on = draft.due_on
    invoice.period_first, invoice.period_last = draft.period_first, draft.period_last
    invoice.order_reference, invoice.buyer_reference = _plain(draft.order_reference), _plain(draft.buyer_reference)
    invoice.agreement_reference, invoice.credits_id = _plain(draft.agreement_reference), draft.credits_id
    invoice.seller_reference = _plain(draft.seller_reference)
    invoice.ibans = [iban] if (iban := (draft.iban or "").replace(" ", "").upper()) else []
    invoice.currency, invoice.seller_business_id = rules.CURRENCY, business_id
    invoice.net = sum(bases.values(), Decimal(0))
    invoice.vat = sum((vat(base, rate) for rate, base in bases.items()), Decimal(0))
    invoice.gross = invoice.net + invoice.vat
    invoice.document = _kept(draft, lines, bases, invoice.net)


def _kept(draft: Draft, lines: Sequence[InvoiceLine], bases: dict[Decimal, Decimal], net: Decimal) -> dict[str, Any]:
    sign = -1 if draft.kind is InvoiceKind.CREDIT_NOTE else 1
    wrong = [
        arithmetic_to_json(ArithmeticFinding(ArithmeticCode.LINE_AMOUNT, line.position, sign * product, line.amount))
        for typed, line in zip(draft.lines, lines, strict=True)
        if (product := _product_of(typed)) is not None and sign * product != line.amount
    ]
    rates = [
        {"category": "S", "rate": format(rate, "f"), "base": format(base, "f"), "amount": format(vat(base, rate), "f")}
        for rate, base in bases.items()
    ]
    return {"vat_rates": rates, "sum_of_lines": format(net, "f"), "arithmetic": wrong}
