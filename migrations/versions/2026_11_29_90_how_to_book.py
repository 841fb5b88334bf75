"""How to book on a target is said of every target, not of those at the supplier's own cost alone."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_90_how_to_book"
down_revision = "2026_11_29_89_delivered_work"
branch_labels = None
depends_on = None

_OF_OWN_COST = "accounts.about_kind = 'OwnCostTarget' AND accounts.about_id = own_cost_targets.id"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("accounts", sa.Column("instructions", sa.Text()))
    op.execute(
        "UPDATE accounts SET instructions = own_cost_targets.instructions FROM own_cost_targets "
        f"WHERE {_OF_OWN_COST} AND own_cost_targets.instructions IS NOT NULL"
    )
    op.drop_column("own_cost_targets", "instructions")


def downgrade() -> None:
    op.add_column("own_cost_targets", sa.Column("instructions", sa.Text()))
    op.execute(f"UPDATE own_cost_targets SET instructions = accounts.instructions FROM accounts WHERE {_OF_OWN_COST}")
    op.drop_column("accounts", "instructions")
