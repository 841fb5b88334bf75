"""Invoices, lines, findings, disputes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_24_8_invoices"
down_revision = "2026_11_24_7_hours"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "invoices",
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("is_number_repeated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("invoice", "credit_note", name="invoicekind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum("typed", "finvoice", "ubl", name="origin", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "received",
                "partly_decided",
                "disputed",
                "approved",
                "withdrawn",
                "settled",
                name="invoicestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "due_key", sa.Date(), sa.Computed("coalesce(due_on, DATE '9999-12-31')", persisted=True), nullable=False
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("period_first", sa.Date(), nullable=True),
        sa.Column("period_last", sa.Date(), nullable=True),
        sa.Column("order_reference", sa.Text(), nullable=True),
        sa.Column("buyer_reference", sa.Text(), nullable=True),
        sa.Column("agreement_reference", sa.Text(), nullable=True),
        sa.Column("seller_reference", sa.Text(), nullable=True),
        sa.Column("seller_business_id", sa.Text(), nullable=True),
        sa.Column("ibans", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("net", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("vat", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("gross", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("credits_id", sa.BigInteger(), nullable=True),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("document", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("sent_by_id", sa.BigInteger(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("terms_on", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_invoices_agreement_id")),
        sa.ForeignKeyConstraint(["credits_id"], ["invoices.id"], name=op.f("fk_invoices_credits_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_invoices_file_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["people.id"], name=op.f("fk_invoices_sent_by_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_invoices_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
    )
    op.create_index(op.f("ix_invoices_arrived_at"), "invoices", ["arrived_at"], unique=False)
    op.create_index(op.f("ix_invoices_credits_id"), "invoices", ["credits_id"], unique=False)
    op.create_index("ix_invoices_number", "invoices", ["number"], unique=False)
    op.create_index("ix_invoices_state", "invoices", ["state", "due_on"], unique=False)
    op.create_index("ix_invoices_supplier", "invoices", ["supplier_id", "id"], unique=False)
    op.create_index(
        "uq_invoices_supplier_number",
        "invoices",
        ["supplier_id", "number"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('draft', 'withdrawn') AND NOT is_number_repeated"),
    )
    op.create_table(
        "invoice_lines",
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "hours",
                "overrun",
                "ticket",
                "milestone",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("order_reference", sa.Text(), nullable=True),
        sa.Column("agreement_reference", sa.Text(), nullable=True),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("milestone_id", sa.BigInteger(), nullable=True),
        sa.Column("milestone_position", sa.BigInteger(), nullable=True),
        sa.Column("period_first", sa.Date(), nullable=True),
        sa.Column("period_last", sa.Date(), nullable=True),
        sa.Column("price_group_code", sa.Text(), nullable=True),
        sa.Column("price_group_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("raw_unit", sa.Text(), nullable=True),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("adjustment", sa.Numeric(precision=14, scale=2), server_default="0", nullable=False),
        sa.Column("vat_rate", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("vat_category", sa.Text(), nullable=True),
        sa.Column("notes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "approved",
                "disputed",
                "credited",
                "withdrawn",
                name="linestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reserved_minutes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reserved_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("errors", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("warnings", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pointed", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("pointed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("credits_line_id", sa.BigInteger(), nullable=True),
        sa.Column("credited_minutes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("credited_amount", sa.Numeric(precision=14, scale=2), server_default="0", nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_decided_alone", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credits_line_id"], ["invoice_lines.id"], name=op.f("fk_invoice_lines_credits_line_id")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_invoice_lines_decided_by_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_lines_invoice_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_invoice_lines_milestone_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_invoice_lines_order_id")),
        sa.ForeignKeyConstraint(["pointed_by_id"], ["people.id"], name=op.f("fk_invoice_lines_pointed_by_id")),
        sa.ForeignKeyConstraint(["price_group_id"], ["price_groups.id"], name=op.f("fk_invoice_lines_price_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_lines")),
        sa.UniqueConstraint("invoice_id", "position", name=op.f("uq_invoice_lines_invoice_id_position")),
    )
    op.create_index(op.f("ix_invoice_lines_credits_line_id"), "invoice_lines", ["credits_line_id"], unique=False)
    op.create_index("ix_invoice_lines_order", "invoice_lines", ["order_id", "id"], unique=False)
    op.create_table(
        "disputes",
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("disputed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "ending",
            sa.Enum(
                "reopened",
                "credited",
                "withdrawn",
                name="disputeending",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["people.id"], name=op.f("fk_disputes_answered_by_id")),
        sa.ForeignKeyConstraint(["disputed_by_id"], ["people.id"], name=op.f("fk_disputes_disputed_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people.id"], name=op.f("fk_disputes_ended_by_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_disputes_invoice_id")),
        sa.ForeignKeyConstraint(["line_id"], ["invoice_lines.id"], name=op.f("fk_disputes_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
    )
    op.create_index(op.f("ix_disputes_invoice_id"), "disputes", ["invoice_id"], unique=False)
    op.create_index("ix_disputes_line", "disputes", ["line_id"], unique=False)
    op.create_index(
        "uq_disputes_open", "disputes", ["line_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_table(
        "findings",
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "code",
            sa.Enum(
                "no_reference",
                "unknown_reference",
                "other_supplier",
                "other_period",
                "no_period",
                "no_price_group",
                "unknown_price_group",
                "no_milestone",
                "required_reference",
                "hours_not_approved",
                "more_than_approved",
                "already_billed",
                "above_estimate",
                "ticket_not_approved",
                "order_not_accepted",
                "no_ordering_right",
                "own_cost",
                "period_not_ended",
                "period_still_open",
                "earlier_month",
                "price",
                "amount",
                "quantity",
                "unit",
                "vat_rate",
                "negative",
                "currency",
                "total",
                "vat_sum",
                "number_used",
                "same_amount",
                "late",
                "no_agreement",
                "seller",
                "account",
                "due_date",
                "credits_nothing",
                "credits_unknown_invoice",
                "credits_unknown_line",
                "credits_too_much",
                "credit_sign",
                name="findingcode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum("error", "warning", name="severity", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("expected", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("found", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("other_invoice_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_findings_invoice_id")),
        sa.ForeignKeyConstraint(["line_id"], ["invoice_lines.id"], name=op.f("fk_findings_line_id")),
        sa.ForeignKeyConstraint(["other_invoice_id"], ["invoices.id"], name=op.f("fk_findings_other_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(
        "ix_findings_invoice", "findings", ["invoice_id"], unique=False, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index(
        "ix_findings_line", "findings", ["line_id"], unique=False, postgresql_where=sa.text("ended_at IS NULL")
    )


def downgrade() -> None:
    op.drop_table("findings")
    op.drop_table("disputes")
    op.drop_table("invoice_lines")
    op.drop_table("invoices")
