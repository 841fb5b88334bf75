"""How many business days each response to a complaint took."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_51_answer_times"
down_revision = "2026_11_28_31_documents"
branch_labels = None
depends_on = None

# Of responses that came before: Monday to Friday, which counts holidays too.
KNOWN = """
UPDATE complaint_responses AS response SET business_days = (
  SELECT count(*) FROM generate_series(
    CAST(complaint.sent_at AT TIME ZONE 'Europe/Helsinki' AS date) + 1,
    CAST(response.sent_at AT TIME ZONE 'Europe/Helsinki' AS date), interval '1 day'
  ) AS day WHERE extract(isodow FROM day) < 6
) FROM complaints AS complaint
WHERE complaint.id = response.complaint_id AND complaint.sent_at IS NOT NULL AND response.sent_at IS NOT NULL
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("complaint_responses", sa.Column("business_days", sa.BigInteger(), nullable=True))
    op.execute(KNOWN)


def downgrade() -> None:
    op.drop_column("complaint_responses", "business_days")
