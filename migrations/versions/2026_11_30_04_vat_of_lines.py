"""A line knows its share of the invoice's VAT, rounded once a rate; what the invoice says else is its last line's."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_04_vat_of_lines"
down_revision = "2026_11_30_03_holders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("invoice_lines", sa.Column("vat", sa.Numeric(14, 2)))
    op.execute(
        """
        UPDATE invoice_lines SET vat = shares.share
        FROM (
            SELECT id, round(upto * vat_rate / 100, 2) - round((upto - amount) * vat_rate / 100, 2) AS share
            FROM (
                SELECT id, amount, vat_rate,
                    sum(amount) OVER (PARTITION BY invoice_id, vat_rate ORDER BY position) AS upto
                FROM invoice_lines WHERE vat_rate IS NOT NULL
            ) summed
        ) shares
        WHERE shares.id = invoice_lines.id
        """
    )
    op.execute(
        """
        UPDATE invoice_lines SET vat = invoice_lines.vat + told.amount - shared.vat
        FROM (
            SELECT id, (said->>'rate')::numeric AS rate, sum(round((said->>'amount')::numeric, 2)) AS amount
            FROM invoices CROSS JOIN jsonb_array_elements(document->'vat_rates') said
            GROUP BY 1, 2 HAVING count(*) = count(said->>'amount')
        ) told
        JOIN (
            SELECT invoice_id, vat_rate, max(position) AS last, sum(vat) AS vat
            FROM invoice_lines WHERE vat_rate > 0 GROUP BY 1, 2
        ) shared ON shared.invoice_id = told.id AND shared.vat_rate = told.rate
        WHERE shared.invoice_id = invoice_lines.invoice_id AND shared.last = invoice_lines.position
            AND told.amount <> shared.vat AND abs(told.amount - shared.vat) <= 100
            AND NOT EXISTS (
                SELECT FROM invoice_lines other WHERE other.invoice_id = told.id
                    AND other.vat_rate IS NULL AND other.vat_category IS DISTINCT FROM 'O'
            )
        """
    )
    op.execute(
        """
        UPDATE invoice_lines SET vat = invoice_lines.vat + told.apart
        FROM (
            SELECT invoices.id, invoices.vat - sum(invoice_lines.vat) AS apart,
                coalesce(max(position) FILTER (WHERE vat_rate > 0), max(position) FILTER (WHERE vat_rate = 0)) AS last
            FROM invoices JOIN invoice_lines ON invoice_lines.invoice_id = invoices.id
            GROUP BY invoices.id HAVING bool_and(vat_rate IS NOT NULL OR vat_category IS NOT DISTINCT FROM 'O')
        ) told
        WHERE told.id = invoice_lines.invoice_id AND told.last = invoice_lines.position
            AND told.apart <> 0 AND abs(told.apart) <= 100
        """
    )


def downgrade() -> None:
    op.drop_column("invoice_lines", "vat")
