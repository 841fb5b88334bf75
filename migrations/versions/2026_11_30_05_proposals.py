"""What was proposed before so that something recurs less, and what Tiera answered, stays.

Of what was emptied before that nothing is left.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_05_proposals"
down_revision = "2026_11_30_04_vat_of_lines"
branch_labels = None
depends_on = None

ANSWERED = """
UPDATE recurrences SET is_accepted = EXISTS (
    SELECT 1 FROM events WHERE subject_kind = 'Recurrence' AND subject_id = recurrences.id
        AND name = 'recurrence.remedy_accepted' AND at = answered_at
) WHERE answered_at IS NOT NULL
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("recurrences", sa.Column("is_accepted", sa.Boolean()))
    op.execute(ANSWERED)
    op.create_check_constraint(
        op.f("ck_recurrences_answered"), "recurrences", "(is_accepted IS NULL) = (answered_at IS NULL)"
    )
    op.create_table(
        "former_proposals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("recurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Numeric(8, 1), nullable=False) for name in ("per_month", "expected_per_month")),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["recurrence_id"], ["recurrences.id"], name=op.f("fk_former_proposals_recurrence_id")),
        *(
            sa.ForeignKeyConstraint([name], ["people.id"], name=op.f(f"fk_former_proposals_{name}"))
            for name in ("proposed_by_id", "answered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_proposals")),
    )
    op.create_index("ix_former_proposals_recurrence_id", "former_proposals", ["recurrence_id"])


def downgrade() -> None:
    op.drop_table("former_proposals")
    op.drop_column("recurrences", "is_accepted")
