"""Orders, estimates, overruns, revisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_24_6_orders"
down_revision = "2026_11_24_5_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "orders",
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("supplier_number", sa.Text(), nullable=True),
        sa.Column("supplier_description", sa.Text(), nullable=True),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("follows_from", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=True),
        sa.Column("limits", sa.Text(), nullable=True),
        sa.Column(
            "pricing",
            sa.Enum("hours", "fixed", name="pricing", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "draft",
                "requested",
                "estimated",
                "ordered",
                "in_progress",
                "delivered",
                "handed_over",
                "accepted",
                "declined",
                "cancelled",
                name="orderstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "size_class",
            sa.Enum(
                "small", "assignment", "project", name="sizeclass", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "raised_class",
            sa.Enum(
                "small",
                "assignment",
                "project",
                name="raised_class",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("raise_reason", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_up_by_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estimate_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estimated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ordering_right_id", sa.BigInteger(), nullable=True),
        sa.Column("chosen_option_id", sa.BigInteger(), nullable=True),
        sa.Column("ordered_minutes", sa.BigInteger(), nullable=True),
        sa.Column("ordered_euros", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("committed_euros", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("tiera_manager_id", sa.BigInteger(), nullable=True),
        sa.Column("supplier_manager_id", sa.BigInteger(), nullable=True),
        sa.Column("forecast_minutes", sa.BigInteger(), nullable=True),
        sa.Column("forecast_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forecast_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("covered_minutes", sa.BigInteger(), nullable=True),
        sa.Column(
            "is_on_hold",
            sa.Boolean(),
            sa.Computed("coalesce(forecast_minutes > covered_minutes, false)", persisted=True),
            nullable=False,
        ),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "due_key", sa.Date(), sa.Computed("coalesce(due_on, DATE '9999-12-31')", persisted=True), nullable=False
        ),
        sa.Column(
            "euros_key",
            sa.Numeric(precision=14, scale=2),
            sa.Computed("coalesce(committed_euros, 0)", persisted=True),
            nullable=False,
        ),
        sa.Column("terms_on", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("(number IS NULL) = (ordered_at IS NULL)", name=op.f("ck_orders_number_since_ordered")),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["people.id"], name=op.f("fk_orders_accepted_by_id")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_orders_agreement_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_orders_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["chosen_option_id"], ["estimate_options.id"], name="fk_orders_chosen_option_id", use_alter=True
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["people.id"], name=op.f("fk_orders_created_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["organisations.id"], name=op.f("fk_orders_customer_id")),
        sa.ForeignKeyConstraint(["ordered_by_id"], ["people.id"], name=op.f("fk_orders_ordered_by_id")),
        sa.ForeignKeyConstraint(
            ["ordering_right_id"], ["ordering_rights.id"], name=op.f("fk_orders_ordering_right_id")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_orders_service_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_orders_supplier_id")),
        sa.ForeignKeyConstraint(["supplier_manager_id"], ["people.id"], name=op.f("fk_orders_supplier_manager_id")),
        sa.ForeignKeyConstraint(["taken_up_by_id"], ["people.id"], name=op.f("fk_orders_taken_up_by_id")),
        sa.ForeignKeyConstraint(["tiera_manager_id"], ["people.id"], name=op.f("fk_orders_tiera_manager_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
        sa.UniqueConstraint("supplier_id", "supplier_number", name=op.f("uq_orders_supplier_id_supplier_number")),
    )
    op.create_index(op.f("ix_orders_agreement_id"), "orders", ["agreement_id"], unique=False)
    op.create_index("ix_orders_customer", "orders", ["customer_id", "id"], unique=False)
    op.create_index("ix_orders_due", "orders", ["due_key", "id"], unique=False)
    op.create_index("ix_orders_euros", "orders", ["euros_key", "id"], unique=False)
    op.create_index("ix_orders_on_hold", "orders", ["id"], unique=False, postgresql_where=sa.text("is_on_hold"))
    op.create_index(
        "ix_orders_open",
        "orders",
        ["supplier_id", "id", "committed_euros"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('accepted', 'declined', 'cancelled')"),
    )
    op.create_index(op.f("ix_orders_ordered_at"), "orders", ["ordered_at"], unique=False)
    op.create_index("ix_orders_state", "orders", ["state", "due_key", "id"], unique=False)
    op.create_index("ix_orders_supplier", "orders", ["supplier_id", "id"], unique=False)
    op.create_index(op.f("ix_orders_supplier_number"), "orders", ["supplier_number"], unique=False)
    op.create_table(
        "estimates",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("none_better_statement", sa.Text(), nullable=True),
        sa.Column("given_by_id", sa.BigInteger(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("none_better_statement <> ''", name=op.f("ck_estimates_statement")),
        sa.ForeignKeyConstraint(["given_by_id"], ["people.id"], name=op.f("fk_estimates_given_by_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_estimates_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimates")),
        sa.UniqueConstraint("order_id", "ordinal", name=op.f("uq_estimates_order_id_ordinal")),
    )
    op.create_table(
        "forecasts",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("booked_minutes", sa.BigInteger(), nullable=False),
        sa.Column("remaining_minutes", sa.BigInteger(), nullable=False),
        sa.Column(
            "total_minutes",
            sa.BigInteger(),
            sa.Computed("booked_minutes + remaining_minutes", persisted=True),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("given_by_id", sa.BigInteger(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_forecasts_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasts")),
    )
    op.create_index("ix_forecasts_order", "forecasts", ["order_id", "id"], unique=False)
    op.create_table(
        "milestones",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "delivered",
                "accepted",
                name="milestonestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="open",
            nullable=False,
        ),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_milestones_amount")),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["people.id"], name=op.f("fk_milestones_accepted_by_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_milestones_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_milestones_order_id_position")),
    )
    op.create_table(
        "order_papers",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "form",
                "project_contract",
                "project_plan",
                "task_plan",
                "handover",
                "other",
                name="paperkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_order_papers_file_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_papers_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_papers")),
    )
    op.create_index(op.f("ix_order_papers_order_id"), "order_papers", ["order_id"], unique=False)
    op.create_table(
        "overruns",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "approved",
                "rejected",
                "withdrawn",
                name="overrunstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ceiling_minutes", sa.BigInteger(), nullable=False),
        sa.Column("forecast_minutes", sa.BigInteger(), nullable=False),
        sa.Column("asked_minutes", sa.BigInteger(), nullable=False),
        sa.Column("asked_euros", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_minutes", sa.BigInteger(), nullable=True),
        sa.Column("granted_euros", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("covers_work_done", sa.Boolean(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("asked_minutes > 0", name=op.f("ck_overruns_asked")),
        sa.CheckConstraint("granted_minutes BETWEEN 1 AND asked_minutes", name=op.f("ck_overruns_granted")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_overruns_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_overruns_decided_by_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_overruns_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overruns")),
        sa.UniqueConstraint("order_id", "ordinal", name=op.f("uq_overruns_order_id_ordinal")),
    )
    op.create_index(
        "uq_overruns_open", "overruns", ["order_id"], unique=True, postgresql_where=sa.text("state = 'requested'")
    )
    op.create_table(
        "revisions",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "awaits_tiera",
                "awaits_supplier",
                "accepted",
                "rejected",
                "withdrawn",
                name="revisionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("minutes_change", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("proposed_for_id", sa.BigInteger(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_revisions_decided_by_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_revisions_order_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["people.id"], name=op.f("fk_revisions_proposed_by_id")),
        sa.ForeignKeyConstraint(["proposed_for_id"], ["organisations.id"], name=op.f("fk_revisions_proposed_for_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("order_id", "ordinal", name=op.f("uq_revisions_order_id_ordinal")),
    )
    op.create_index(
        "uq_revisions_open",
        "revisions",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('awaits_tiera', 'awaits_supplier')"),
    )
    op.create_table(
        "estimate_options",
        sa.Column("estimate_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("euros", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["estimate_id"], ["estimates.id"], name=op.f("fk_estimate_options_estimate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimate_options")),
        sa.UniqueConstraint("estimate_id", "position", name=op.f("uq_estimate_options_estimate_id_position")),
    )
    op.create_table(
        "estimate_parts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("option_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("month", sa.Date(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_estimate_parts_amount")),
        sa.ForeignKeyConstraint(["option_id"], ["estimate_options.id"], name=op.f("fk_estimate_parts_option_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimate_parts")),
        sa.UniqueConstraint("option_id", "position", name=op.f("uq_estimate_parts_option_id_position")),
    )
    op.create_table(
        "estimate_rows",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("option_id", sa.BigInteger(), nullable=False),
        sa.Column("price_group_id", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_estimate_rows_minutes")),
        sa.ForeignKeyConstraint(["option_id"], ["estimate_options.id"], name=op.f("fk_estimate_rows_option_id")),
        sa.ForeignKeyConstraint(["price_group_id"], ["price_groups.id"], name=op.f("fk_estimate_rows_price_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimate_rows")),
        sa.UniqueConstraint("option_id", "price_group_id", name=op.f("uq_estimate_rows_option_id_price_group_id")),
    )
    op.create_index(op.f("ix_estimate_rows_option_id"), "estimate_rows", ["option_id"], unique=False)
    op.create_foreign_key(
        "fk_orders_chosen_option_id", "orders", "estimate_options", ["chosen_option_id"], ["id"], use_alter=True
    )


def downgrade() -> None:
    op.drop_constraint("fk_orders_chosen_option_id", "orders")
    op.drop_table("estimate_rows")
    op.drop_table("estimate_parts")
    op.drop_table("estimate_options")
    op.drop_table("revisions")
    op.drop_table("overruns")
    op.drop_table("order_papers")
    op.drop_table("milestones")
    op.drop_table("forecasts")
    op.drop_table("estimates")
    op.drop_table("orders")
