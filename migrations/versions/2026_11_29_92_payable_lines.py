"""From when a line is part of what is to be paid: its approval; of a credit, the later of its own and its line's."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_92_payable_lines"
down_revision = "2026_11_29_91_delivered_parts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("invoice_lines", sa.Column("payable_at", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE invoice_lines SET payable_at = decided_at WHERE credits_line_id IS NULL "
        "AND (state = 'approved' OR state = 'credited' AND EXISTS (SELECT FROM events WHERE "
        "events.subject_kind = 'InvoiceLine' AND events.subject_id = invoice_lines.id "
        "AND events.name = 'invoice_line.credited' AND events.from_state = 'approved'))"
    )
    op.execute(
        "UPDATE invoice_lines SET payable_at = greatest(invoice_lines.decided_at, credited.payable_at) "
        "FROM invoice_lines AS credited WHERE credited.id = invoice_lines.credits_line_id "
        "AND invoice_lines.state = 'approved' AND credited.payable_at IS NOT NULL"
    )
    op.create_index(
        "ix_invoice_lines_payable",
        "invoice_lines",
        ["payable_at"],
        postgresql_where=sa.text("payable_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_invoice_lines_payable", "invoice_lines")
    op.drop_column("invoice_lines", "payable_at")
