"""What recurs within one customer stands by itself; of its evidence it is known whether the title says it."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_77_recurring"
down_revision = "2026_11_29_76_ratings_of_merged"
branch_labels = None
depends_on = None

OF_ONE_CUSTOMER = """
UPDATE recurrences r SET customer_id = its.customer_id FROM (
    SELECT e.recurrence_id, min(t.customer_id) AS customer_id
    FROM recurrence_tickets e JOIN tickets t ON t.id = e.ticket_id
    GROUP BY e.recurrence_id HAVING min(t.customer_id) = max(t.customer_id) AND count(t.customer_id) = count(*)
) its WHERE its.recurrence_id = r.id
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("recurrences", sa.Column("customer_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_recurrences_customer_id"), "recurrences", "organisations", ["customer_id"], ["id"])
    op.create_index("ix_recurrences_customer", "recurrences", ["customer_id"])
    op.execute(OF_ONE_CUSTOMER)
    op.drop_constraint(op.f("uq_recurrences_service_id_kind_root"), "recurrences")
    op.create_unique_constraint(
        op.f("uq_recurrences_service_id_kind_customer_id_root"),
        "recurrences",
        ["service_id", "kind", "customer_id", "root"],
        postgresql_nulls_not_distinct=True,
    )
    op.add_column("recurrence_tickets", sa.Column("in_title", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.alter_column("recurrence_tickets", "in_title", server_default=None)


def downgrade() -> None:
    op.drop_column("recurrence_tickets", "in_title")
    op.drop_constraint(op.f("uq_recurrences_service_id_kind_customer_id_root"), "recurrences")
    op.create_unique_constraint(
        op.f("uq_recurrences_service_id_kind_root"), "recurrences", ["service_id", "kind", "root"]
    )
    op.drop_column("recurrences", "customer_id")
