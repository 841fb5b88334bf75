"""Deductions that invoices are judged by, and handling a complaint as a target of its own."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_12_deductions"
down_revision = "2026_11_28_11_billing_approvals"
branch_labels = None
depends_on = None

FORMER = (
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
)
"""What judging could find before."""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint("findingcode", "findings", type_="check")
    codes = (*FORMER, "deduction", "deduction_waiting")
    op.create_check_constraint("findingcode", "findings", sa.column("code", sa.Text()).in_(codes))
    op.add_column("own_cost_targets", sa.Column("number", sa.Text(), nullable=True))
    op.create_index(op.f("ix_own_cost_targets_number"), "own_cost_targets", ["number"])
    op.add_column("complaints", sa.Column("target_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_complaints_target_id"), "complaints", "own_cost_targets", ["target_id"], ["id"])


def downgrade() -> None:
    op.drop_column("complaints", "target_id")
    op.drop_column("own_cost_targets", "number")
    op.execute("DELETE FROM findings WHERE code IN ('deduction', 'deduction_waiting')")
    op.drop_constraint("findingcode", "findings", type_="check")
    op.create_check_constraint("findingcode", "findings", sa.column("code", sa.Text()).in_(FORMER))
