"""Services start by a mark and have channels. Those that there are were in use: they started with their agreements."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_59_service_starts"
down_revision = "2026_11_28_58_previews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "service_starts",
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_service_starts_reason")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people.id"], name=op.f("fk_service_starts_ended_by_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["people.id"], name=op.f("fk_service_starts_recorded_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_service_starts_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_starts")),
    )
    op.create_index("ix_service_starts_of", "service_starts", ["service_id"])
    op.create_index(
        "uq_service_starts_now",
        "service_starts",
        ["service_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "service_channels",
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "portal",
                "phone",
                "mail",
                "chat",
                "on_call",
                name="servicechannelkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("for_whom", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people.id"], name=op.f("fk_service_channels_ended_by_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["people.id"], name=op.f("fk_service_channels_recorded_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_service_channels_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_channels")),
    )
    op.create_index("ix_service_channels_of", "service_channels", ["service_id", "id"])
    # an agreement that begins after the last event is still to come, and so are its services
    op.execute(
        "INSERT INTO service_starts (service_id, started_on, recorded_at) "
        "SELECT s.id, lower(a.valid), known.at FROM services s JOIN agreements a ON a.id = s.agreement_id "
        "CROSS JOIN (SELECT max(at) AS at FROM events) known "
        "WHERE lower(a.valid) <= CAST(known.at AT TIME ZONE 'Europe/Helsinki' AS date)"
    )


def downgrade() -> None:
    op.drop_table("service_channels")
    op.drop_table("service_starts")
