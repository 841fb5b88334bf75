"""What one act tells somebody by mail is one mail."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_2_gathered_mails"
down_revision = "2026_11_28_1_tickets"
branch_labels = None
depends_on = None


def _reasons(*reasons: str) -> None:
    op.drop_constraint("withheld", "deliveries", type_="check")
    op.create_check_constraint("withheld", "deliveries", sa.column("withheld", sa.Text()).in_(reasons))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _reasons("not_visible", "gathered")
    op.add_column("deliveries", sa.Column("carried_by_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_deliveries_carried_by_id"), "deliveries", "events", ["carried_by_id"], ["id"])
    op.create_index(
        "ix_deliveries_gathered",
        "deliveries",
        ["carried_by_id", "person_id"],
        postgresql_where=sa.text("carried_by_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_deliveries_gathered", table_name="deliveries")
    op.drop_constraint(op.f("fk_deliveries_carried_by_id"), "deliveries", type_="foreignkey")
    op.drop_column("deliveries", "carried_by_id")
    op.execute("UPDATE deliveries SET withheld = 'not_visible' WHERE withheld = 'gathered'")
    _reasons("not_visible")
