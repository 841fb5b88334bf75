"""What recurs among incidents and service requests, with its tickets; tickets by the day they were reported."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_22_recurrences"
down_revision = "2026_11_28_21_satisfaction"
branch_labels = None
depends_on = None


def _choice(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "recurrences",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column(
            "kind", _choice("service_request", "incident", "problem", "change", name="ticketkind"), nullable=False
        ),
        sa.Column(
            "state",
            _choice("found", "dismissed", "taken", "proposed", "accepted", "declined", name="recurrencestate"),
            nullable=False,
        ),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("dismissal", sa.Text(), nullable=True),
        sa.Column("problem_id", sa.BigInteger(), nullable=True),
        sa.Column("proposal", sa.Text(), nullable=True),
        sa.Column("per_month", sa.Numeric(precision=8, scale=1), nullable=True),
        sa.Column("expected_per_month", sa.Numeric(precision=8, scale=1), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("change_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "(state IN ('found', 'dismissed')) = (problem_id IS NULL)", name=op.f("ck_recurrences_problem")
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_recurrences_agreement_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["people.id"], name=op.f("fk_recurrences_answered_by_id")),
        sa.ForeignKeyConstraint(["change_id"], ["tickets.id"], name=op.f("fk_recurrences_change_id")),
        sa.ForeignKeyConstraint(["dismissed_by_id"], ["people.id"], name=op.f("fk_recurrences_dismissed_by_id")),
        sa.ForeignKeyConstraint(["problem_id"], ["tickets.id"], name=op.f("fk_recurrences_problem_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["people.id"], name=op.f("fk_recurrences_proposed_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_recurrences_service_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_recurrences_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurrences")),
        sa.UniqueConstraint("service_id", "kind", "root", name=op.f("uq_recurrences_service_id_kind_root")),
    )
    op.create_index(op.f("ix_recurrences_problem_id"), "recurrences", ["problem_id"])
    op.create_index("ix_recurrences_service", "recurrences", ["service_id", "kind"])
    op.create_index("ix_recurrences_supplier", "recurrences", ["supplier_id", "id"])
    op.create_table(
        "recurrence_tickets",
        sa.Column("recurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recurrence_id"], ["recurrences.id"], name=op.f("fk_recurrence_tickets_recurrence_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_recurrence_tickets_ticket_id")),
        sa.PrimaryKeyConstraint("recurrence_id", "ticket_id", name=op.f("pk_recurrence_tickets")),
    )
    op.create_index(op.f("ix_recurrence_tickets_ticket_id"), "recurrence_tickets", ["ticket_id"])
    op.create_index("ix_tickets_reported", "tickets", ["reported_at"])


def downgrade() -> None:
    op.drop_index("ix_tickets_reported", table_name="tickets")
    op.drop_table("recurrence_tickets")
    op.drop_table("recurrences")
