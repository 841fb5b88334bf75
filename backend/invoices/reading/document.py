"""An e-invoice in our own words, whatever format it came in.

Amounts follow the formulas of EN 16931 (`net = lines − allowances + charges`, `gross = net + VAT`,
`payable = gross − prepaid + rounding`). A credit note is negative throughout: quantities, amounts, bases and totals;
prices are never negative, the quantity carries the sign. So an invoice and its credit note sum to nothing.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from backend.invoices.reading.identifiers import normalise_business_id
from backend.rulebook.rules import rule


class Syntax(StrEnum):
    FINVOICE = "finvoice"
    UBL = "ubl"


class DocumentKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Origin(StrEnum):
    """What the sender says the document is: a cancellation takes back an earlier one, a copy bills nothing new."""

    ORIGINAL = "original"
    COPY = "copy"
    CANCELLATION = "cancellation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Seller or buyer; `identifier` is the registered number as the file has it."""

    identifier: str | None = None
    name: str | None = None
    vat_id: str | None = None

    @property
    def business_id(self) -> str | None:
        """`2345678-0` by the identifier, else by the VAT number; None when neither has a right check digit."""
        return normalise_business_id(self.identifier) or normalise_business_id(self.vat_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """An allowance (taken off) or a charge (added), of a line or of the whole document.

    `amount` is None where the file gives only a percentage.
    """

    is_charge: bool
    amount: Decimal | None
    reason: str | None = None
    vat_rate: Decimal | None = None
    vat_category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VatRate:
    """The document's VAT of one rate, in per cent (25.5)."""

    category: str | None
    rate: Decimal | None
    base: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The document's sums as the file has them; None is what the file does not say."""

    gross: Decimal
    net: Decimal | None = None
    vat: Decimal | None = None
    payable: Decimal | None = None
    lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What came with the invoice. `name` is text and never a path, `size` is in bytes, `url` is https or None."""

    name: str | None = None
    mime: str | None = None
    size: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line that bills something. `net_amount` is the authority; quantity × price is only compared with it.

    `position` is its place among the lines, from 1. `unit` is a UN/ECE code, None unless certain; `raw_unit` is what
    the file has. Prices are in the document's currency for `base_quantity` units, after the price's own discount.
    `gross_amount` and `gross_unit_price` include VAT, for files that give lines so.
    """

    position: int
    id: str | None = None
    text: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    raw_unit: str | None = None
    unit_price: Decimal | None = None
    gross_unit_price: Decimal | None = None
    base_quantity: Decimal = Decimal(1)
    adjustments: tuple[Adjustment, ...] = ()
    net_amount: Decimal | None = None
    gross_amount: Decimal | None = None
    vat_rate: Decimal | None = None
    vat_category: str | None = None
    vat_amount: Decimal | None = None
    order_id: str | None = None
    order_line: str | None = None
    agreement_id: str | None = None
    seller_item_id: str | None = None
    buyer_item_id: str | None = None
    object_id: str | None = None
    period_start: date | None = None
    period_end: date | None = None
    notes: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EInvoice:
    """An invoice or a credit note as read. Nothing in it has been judged."""

    syntax: Syntax
    version: str
    kind: DocumentKind
    origin: Origin
    number: str
    issued_on: date
    currency: str
    seller: Party
    buyer: Party
    totals: Totals
    lines: tuple[Line, ...]
    due_on: date | None = None
    order_id: str | None = None
    sales_order_id: str | None = None
    agreement_id: str | None = None
    buyer_reference: str | None = None
    project: str | None = None
    preceding: tuple[str, ...] = ()
    period_start: date | None = None
    period_end: date | None = None
    accounts: tuple[str, ...] = ()
    payment_reference: str | None = None
    adjustments: tuple[Adjustment, ...] = ()
    vat_rates: tuple[VatRate, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[str, ...] = ()

    @rule("D11.9-h")
    def order_id_of(self, line: Line) -> str | None:
        """The order or ticket a line bills: its own reference, else the document's (D11.9-h)."""
        return line.order_id or self.order_id

    def agreement_id_of(self, line: Line) -> str | None:
        """The agreement a line belongs to: its own reference, else the document's."""
        return line.agreement_id or self.agreement_id

    @rule("D11.9-h")
    def period_of(self, line: Line) -> tuple[date, date] | None:
        """First and last day a line bills: its own, else the document's, else None (D11.9-h).

        A period with only one end said is that one day: nothing is made up.
        """
        for start, end in ((line.period_start, line.period_end), (self.period_start, self.period_end)):
            first, last = start or end, end or start
            if first is not None and last is not None:
                return first, last
        return None
