"""Ratings of resolved tickets, quality deviations with their measures, and links of mails that lead to one errand."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_21_satisfaction"
down_revision = "2026_11_28_15_sensitive_texts"
branch_labels = None
depends_on = None


def _choice(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "errand_links",
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("right", sa.Text(), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_errand_links_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_errand_links_person_id")),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_errand_links")),
    )
    op.create_index(op.f("ix_errand_links_expires_at"), "errand_links", ["expires_at"])
    op.create_index(op.f("ix_errand_links_person_id"), "errand_links", ["person_id"])
    op.create_table(
        "ticket_ratings",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("word", sa.Text(), nullable=True),
        sa.Column("rated_by_id", sa.BigInteger(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_ticket_ratings_score")),
        sa.ForeignKeyConstraint(["rated_by_id"], ["people.id"], name=op.f("fk_ticket_ratings_rated_by_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_ratings_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_ratings")),
        sa.UniqueConstraint("ticket_id", "resolved_at", name=op.f("uq_ticket_ratings_ticket_id_resolved_at")),
    )
    op.create_index("ix_ticket_ratings_supplier", "ticket_ratings", ["supplier_id", "rated_at"])
    op.create_table(
        "quality_deviations",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", _choice("low_rating", "missed_level", name="deviationkind"), nullable=False),
        sa.Column("state", _choice("open", "measured", "reported", name="deviationstate"), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("rating_id", sa.BigInteger(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("arisen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Text(), nullable=True),
        sa.Column("planned", sa.Text(), nullable=True),
        sa.Column("prevention", sa.Text(), nullable=True),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("measured_by_id", sa.BigInteger(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'low_rating') = (rating_id IS NOT NULL)", name=op.f("ck_quality_deviations_rating")
        ),
        sa.CheckConstraint("(kind = 'missed_level') = (month IS NOT NULL)", name=op.f("ck_quality_deviations_month")),
        sa.CheckConstraint("(state = 'open') = (measured_at IS NULL)", name=op.f("ck_quality_deviations_measured")),
        sa.CheckConstraint(
            "(state = 'reported') = (reported_at IS NOT NULL)", name=op.f("ck_quality_deviations_reported")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["organisations.id"], name=op.f("fk_quality_deviations_customer_id")),
        sa.ForeignKeyConstraint(["measured_by_id"], ["people.id"], name=op.f("fk_quality_deviations_measured_by_id")),
        sa.ForeignKeyConstraint(["rating_id"], ["ticket_ratings.id"], name=op.f("fk_quality_deviations_rating_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["people.id"], name=op.f("fk_quality_deviations_reported_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_quality_deviations_service_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_quality_deviations_supplier_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_quality_deviations_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_deviations")),
        sa.UniqueConstraint("number", name=op.f("uq_quality_deviations_number")),
        sa.UniqueConstraint("rating_id", name=op.f("uq_quality_deviations_rating_id")),
    )
    op.create_index("ix_quality_deviations_supplier", "quality_deviations", ["supplier_id", "id"])
    op.create_index("ix_quality_deviations_ticket", "quality_deviations", ["ticket_id"])
    op.create_index(
        "uq_quality_deviations_missed",
        "quality_deviations",
        ["service_id", "month"],
        unique=True,
        postgresql_where=sa.text("kind = 'missed_level' AND reported_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("quality_deviations")
    op.drop_table("ticket_ratings")
    op.drop_table("errand_links")
