"""Bodies with who sits in them and what is written there."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_60_bodies"
down_revision = "2026_11_28_59_service_starts"
branch_labels = None
depends_on = None

TOPICS = (
    "orders",
    "tickets",
    "bodies",
    "bulletins",
    "documents",
    "forecasts",
    "hours",
    "invoices",
    "complaints",
    "rights",
    "agreements",
    "people",
)
SEAT_KINDS = ("member", "guest")


def _choice(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _instant(name: str, *, nullable: bool = True) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _link(name: str, to: str, table: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(
        name, sa.BigInteger(), sa.ForeignKey(f"{to}.id", name=op.f(f"fk_{table}_{name}")), nullable=nullable
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "bodies",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", _choice("ecosystem_group", "tactical_steering_group", name="bodykind"), nullable=False),
        sa.Column("state", _choice("open", "closed", name="bodystate"), nullable=False),
        _instant("opened_at", nullable=False),
        _link("opened_by_id", "people", "bodies"),
        _instant("closed_at"),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_bodies_closed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bodies")),
    )
    op.create_index("uq_bodies_open_name", "bodies", ["name"], unique=True, postgresql_where=sa.text("state = 'open'"))
    op.create_table(
        "body_seats",
        _link("body_id", "bodies", "body_seats", nullable=False),
        _link("person_id", "people", "body_seats", nullable=False),
        _link("organisation_id", "organisations", "body_seats", nullable=False),
        sa.Column("kind", _choice(*SEAT_KINDS, name="seatkind"), nullable=False),
        _instant("named_at", nullable=False),
        _link("named_by_id", "people", "body_seats"),
        _instant("ended_at"),
        _link("ended_by_id", "people", "body_seats"),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_body_seats_ended")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_seats")),
    )
    op.create_index(
        "uq_body_seats_now",
        "body_seats",
        ["body_id", "person_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_body_seats_person", "body_seats", ["person_id", "body_id"])
    op.create_table(
        "body_posts",
        _link("body_id", "bodies", "body_posts", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _link("answers_id", "body_posts", "body_posts"),
        _instant("written_at", nullable=False),
        _link("written_by_id", "people", "body_posts", nullable=False),
        _link("organisation_id", "organisations", "body_posts", nullable=False),
        sa.Column("written_as", _choice(*SEAT_KINDS, name="seatkind"), nullable=False),
        _instant("withdrawn_at"),
        _link("withdrawn_by_id", "people", "body_posts"),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdraw_reason IS NULL)", name=op.f("ck_body_posts_withdrawn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_posts")),
    )
    op.create_index("ix_body_posts_body", "body_posts", ["body_id", "id"])
    op.create_index(
        "ix_body_posts_words",
        "body_posts",
        [sa.text("to_tsvector('finnish'::regconfig, coalesce(text, ''))")],
        postgresql_using="gin",
    )
    op.drop_constraint("topic", "notice_preferences", type_="check")
    op.create_check_constraint("topic", "notice_preferences", sa.column("topic", sa.Text()).in_(TOPICS))


def downgrade() -> None:
    op.execute("DELETE FROM notice_preferences WHERE topic = 'bodies'")
    op.drop_constraint("topic", "notice_preferences", type_="check")
    former = [topic for topic in TOPICS if topic != "bodies"]
    op.create_check_constraint("topic", "notice_preferences", sa.column("topic", sa.Text()).in_(former))
    op.drop_table("body_posts")
    op.drop_table("body_seats")
    op.drop_table("bodies")
