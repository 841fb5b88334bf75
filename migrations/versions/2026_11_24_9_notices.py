"""Deliveries of what is told, what people want to be told, and the nightly seals of the record."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_9_notices"
down_revision = "2026_11_24_8_invoices"
branch_labels = None
depends_on = None

TOPICS = ("orders", "forecasts", "hours", "invoices", "rights", "agreements", "people")


def _choice(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("way", _choice("bell", "mail", name="way"), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withheld", _choice("not_visible", name="withheld"), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_deliveries_event_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_deliveries_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_deliveries_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("event_id", "person_id", "way", name=op.f("uq_deliveries_event_id_person_id_way")),
    )
    op.create_index(
        "ix_deliveries_bell",
        "deliveries",
        ["person_id", "organisation_id", "id"],
        postgresql_where=sa.text("way = 'bell'"),
    )
    op.create_index(
        "ix_deliveries_unread",
        "deliveries",
        ["person_id", "organisation_id"],
        postgresql_where=sa.text("way = 'bell' AND read_at IS NULL"),
    )
    op.create_index(
        "ix_deliveries_open",
        "deliveries",
        ["next_at", "id"],
        postgresql_where=sa.text("way = 'mail' AND done_at IS NULL AND given_up_at IS NULL AND withheld IS NULL"),
    )
    op.create_index("ix_deliveries_given_up", "deliveries", ["id"], postgresql_where=sa.text("given_up_at IS NOT NULL"))
    op.create_table(
        "notice_preferences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", _choice(*TOPICS, name="topic"), nullable=False),
        sa.Column("way", _choice("bell", "mail", name="way"), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notice_preferences_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_preferences")),
        sa.UniqueConstraint("person_id", "topic", "way", name=op.f("uq_notice_preferences_person_id_topic_way")),
    )
    op.create_table(
        "event_seals",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_event_seals")),
    )


def downgrade() -> None:
    op.drop_table("event_seals")
    op.drop_table("notice_preferences")
    op.drop_table("deliveries")
