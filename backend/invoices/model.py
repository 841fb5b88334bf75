"""Invoices and credit notes as received, their lines, and what judging found. Money is euros without VAT."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.invoices.finding_codes import FindingCode
from backend.invoices.states import DisputeEnding, Ground, InvoiceKind, InvoiceState, LineState, Origin, Severity
from backend.invoices.values import Period
from backend.kit.database import Concerned, Thing, UnitPrice, enum_type
from backend.kit.words import Listed, Parted, Texts, index_of_stems, index_of_words, stems_of

WORDS_OF_INVOICES: Texts = (
    "number", Parted("order_reference"), Parted("buyer_reference"), Parted("agreement_reference"),
    Parted("seller_reference"),
)  # fmt: skip
WORDS_OF_LINES: Texts = ("text", Listed("notes"))
WORDS_OF_DISPUTES: Texts = ("reason", "answer")


class Invoice(Thing):
    """An invoice or a credit note of a supplier."""

    __tablename__ = "invoices"
    __table_args__ = (
        sa.Index(
            "uq_invoices_supplier_number",
            "supplier_id",
            "number",
            unique=True,
            postgresql_where=sa.text("state NOT IN ('draft', 'withdrawn') AND NOT is_number_repeated"),
        ),
        sa.Index("ix_invoices_number", "number"),
        sa.Index("ix_invoices_number_upper", sa.text("upper(number)")),
        sa.Index("ix_invoices_state", "state", "due_on"),
        sa.Index("ix_invoices_supplier", "supplier_id", "id"),
        index_of_words("ix_invoices_words", WORDS_OF_INVOICES),
    )

    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    agreement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agreements.id"))
    number: Mapped[str]
    """The supplier's own."""
    is_number_repeated: Mapped[bool] = mapped_column(server_default=sa.false())
    """Whether another invoice of the supplier that stands had this number before: told as a finding (D11.9-d)."""
    kind: Mapped[InvoiceKind] = mapped_column(enum_type(InvoiceKind))
    origin: Mapped[Origin] = mapped_column(enum_type(Origin))
    state: Mapped[InvoiceState] = mapped_column(enum_type(InvoiceState))
    issued_on: Mapped[date] = mapped_column(sa.Date)
    arrived_at: Mapped[datetime] = mapped_column(index=True)
    """When it was sent in the portal or taken in as a file; of a draft: when it was begun."""
    due_on: Mapped[date | None] = mapped_column(sa.Date)
    due_key: Mapped[date] = mapped_column(sa.Date, sa.Computed("coalesce(due_on, DATE '9999-12-31')", persisted=True))
    """To sort by: what has no due date comes last."""
    currency: Mapped[str]
    period_first: Mapped[date | None] = mapped_column(sa.Date)
    period_last: Mapped[date | None] = mapped_column(sa.Date)
    order_reference: Mapped[str | None]
    buyer_reference: Mapped[str | None]
    agreement_reference: Mapped[str | None]
    seller_reference: Mapped[str | None]
    """The supplier's own order number, where the head says it."""
    seller_business_id: Mapped[str | None]
    ibans: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    net: Mapped[Decimal]
    vat: Mapped[Decimal]
    gross: Mapped[Decimal]
    credits_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id"), index=True)
    """Of a credit note: the invoice it credits."""
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_files.id"))
    """The file as received, byte for byte (D11.9-g)."""
    document: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What columns do not hold: VAT by rate, notes, attachments, and where its figures disagree with each other."""
    sent_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    judged_at: Mapped[datetime | None]
    is_late: Mapped[bool] = mapped_column(server_default=sa.false())
    terms_on: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(server_default="1")

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class InvoiceLine(Thing):
    """A line, what it points to, and what became of it."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        sa.UniqueConstraint("invoice_id", "position"),
        sa.Index("ix_invoice_lines_order", "order_id", "id"),
        sa.Index("ix_invoice_lines_open", "invoice_id", postgresql_where=sa.text("state = 'open'")),
        sa.Index("ix_invoice_lines_payable", "payable_at", postgresql_where=sa.text("payable_at IS NOT NULL")),
        stems_of(WORDS_OF_LINES),
        index_of_stems("ix_invoice_lines_words"),
    )

    invoice_id: Mapped[int] = mapped_column(sa.ForeignKey("invoices.id"))
    supplier_id: Mapped[int]
    position: Mapped[int]
    text: Mapped[str]
    ground: Mapped[Ground | None] = mapped_column(enum_type(Ground))
    order_reference: Mapped[str | None]
    """As the line (or else the head) says: an order's or a ticket's number."""
    agreement_reference: Mapped[str | None]
    """As the line (or else the head) says."""
    seller_reference: Mapped[str | None]
    """The supplier's own order number, as a typed line (or else its head) says; of a file only the head does."""
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"))
    milestone_id: Mapped[int | None] = mapped_column(sa.ForeignKey("milestones.id"))
    billing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("billing_approvals.id"), index=True)
    """Of a ticket: what approved it for billing (H11.9-c)."""
    milestone_position: Mapped[int | None]
    """The order's line as the invoice names it: of a fixed price, its milestone."""
    period_first: Mapped[date | None] = mapped_column(sa.Date)
    period_last: Mapped[date | None] = mapped_column(sa.Date)
    price_group_code: Mapped[str | None]
    price_group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("price_groups.id"))
    quantity: Mapped[Decimal | None] = mapped_column(UnitPrice)
    unit: Mapped[str | None]
    """UN/ECE code where it is certain, else None."""
    raw_unit: Mapped[str | None]
    unit_price: Mapped[Decimal | None] = mapped_column(UnitPrice)
    """For one unit."""
    amount: Mapped[Decimal]
    """The authority; price × quantity is checked against it."""
    adjustment: Mapped[Decimal] = mapped_column(server_default="0")
    """Charges less allowances of the line, which are in the amount."""
    vat_rate: Mapped[Decimal | None] = mapped_column(sa.Numeric(5, 2))
    vat_category: Mapped[str | None]
    vat: Mapped[Decimal | None]
    """Its share of the invoice's VAT, which is rounded once a rate (D0-d); None of a line without a rate."""
    notes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    state: Mapped[LineState] = mapped_column(enum_type(LineState))
    reserved_minutes: Mapped[int] = mapped_column(server_default="0")
    reserved_cents: Mapped[int] = mapped_column(server_default="0")
    """Of a line that bills a sum."""
    errors: Mapped[int] = mapped_column(server_default="0")
    warnings: Mapped[int] = mapped_column(server_default="0")
    """How many findings of the newest judgement stand against this line alone."""
    pointed: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    """Values of Key: what a person said because the line did not."""
    pointed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    credits_line_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoice_lines.id"), index=True)
    """Of a credit note's line: the line it credits."""
    credited_minutes: Mapped[int] = mapped_column(server_default="0")
    credited_amount: Mapped[Decimal] = mapped_column(server_default="0")
    """How much of this line approved credit notes have taken back."""
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    payable_at: Mapped[datetime | None]
    """From when its amount is to be paid: its approval; of what credits a line, the later of its own and that line's.

    It stays when a line is credited afterwards, and what was never approved has none.
    """
    is_decided_alone: Mapped[bool] = mapped_column(server_default=sa.false())
    """Approved by who ordered it, with nobody else's acceptance: allowed by the term, and shown (D0-f)."""
    version: Mapped[int] = mapped_column(server_default="1")

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)

    @property
    def is_of_sum(self) -> bool:
        """Whether what it holds is cents of a sum, not effort: a part of a fixed price, the price of a ticket."""
        return self.milestone_id is not None or self.reserved_cents > 0

    @property
    def period(self) -> Period | None:
        if self.period_first is None or self.period_last is None:
            return None
        return Period(self.period_first, self.period_last)


class Dispute(Thing):
    """That Tiera disputed a line ("kiistetty rivi"): why, what the supplier answered, how it ended."""

    __tablename__ = "disputes"
    __table_args__ = (
        sa.Index("uq_disputes_open", "line_id", unique=True, postgresql_where=sa.text("ended_at IS NULL")),
        sa.Index("ix_disputes_line", "line_id"),
        index_of_words("ix_disputes_words", WORDS_OF_DISPUTES),
    )

    invoice_id: Mapped[int] = mapped_column(sa.ForeignKey("invoices.id"), index=True)
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("invoice_lines.id"))
    supplier_id: Mapped[int]
    reason: Mapped[str]
    disputed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    disputed_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ending: Mapped[DisputeEnding | None] = mapped_column(enum_type(DisputeEnding))

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class Finding(Thing):
    """What judging found of a line, or (line None) of the invoice. A new judgement ends the old ones."""

    __tablename__ = "findings"
    __table_args__ = (
        sa.Index("ix_findings_invoice", "invoice_id", postgresql_where=sa.text("ended_at IS NULL")),
        sa.Index("ix_findings_line", "line_id", postgresql_where=sa.text("ended_at IS NULL")),
    )

    invoice_id: Mapped[int] = mapped_column(sa.ForeignKey("invoices.id"))
    line_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoice_lines.id"))
    supplier_id: Mapped[int]
    code: Mapped[FindingCode] = mapped_column(enum_type(FindingCode))
    severity: Mapped[Severity] = mapped_column(enum_type(Severity))
    rule: Mapped[str]
    expected: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    found: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    """Values as `values.to_json` writes them."""
    about: Mapped[str | None]
    """What else the sentence names: a reference, another invoice's number."""
    other_invoice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id"))
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)
