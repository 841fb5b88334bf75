"""The root causes of incidents of wide reach stand on the production group's agenda, once each."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_80_wide_causes"
down_revision = "2026_11_29_79_seller_reference"
branch_labels = None
depends_on = None

TABLE, CHECK, UNIQUE = "quality_deviations", "deviationkind", "uq_quality_deviations_cause"
BEFORE, ADDED = ("low_rating", "missed_level"), ("wide_cause",)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _allow(*BEFORE, *ADDED)
    op.create_index(
        UNIQUE, TABLE, ["ticket_id"], unique=True,
        postgresql_where=sa.text("kind = 'wide_cause' AND reported_at IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index(UNIQUE, table_name=TABLE)
    op.execute(sa.text(f"DELETE FROM {TABLE} WHERE kind = 'wide_cause'"))
    _allow(*BEFORE)


def _allow(*kinds: str) -> None:
    named = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(CHECK, TABLE, type_="check")
    op.create_check_constraint(CHECK, TABLE, f"kind IN ({named})")
