"""Judging finds that a ticket is not resolved of which a fixed sum was approved for billing."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_13_reopened"
down_revision = "2026_11_30_12_rates"
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
    "deduction",
    "deduction_waiting",
    "credits_nothing",
    "credits_unknown_invoice",
    "credits_unknown_line",
    "credits_too_much",
    "credit_sign",
)
"""What judging could find before."""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _allow((*FORMER, "ticket_not_resolved"))


def downgrade() -> None:
    op.execute("DELETE FROM findings WHERE code = 'ticket_not_resolved'")
    _allow(FORMER)


def _allow(codes: tuple[str, ...]) -> None:
    op.drop_constraint("findingcode", "findings", type_="check")
    op.create_check_constraint("findingcode", "findings", sa.column("code", sa.Text()).in_(codes))
