"""Bodies, who sits in them from when to when, and what is written in them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.governance.states import BodyKind, BodyState, SeatKind
from backend.kit.database import Thing, enum_type
from backend.kit.words import Texts, index_of_words

WORDS_OF_BODIES: Texts = ("name", "close_reason")
WORDS_OF_POSTS: Texts = ("text",)
ENDS_OF_POSTS: Texts = ("withdraw_reason",)


class Body(Thing):
    """Where several organisations work together. It concerns no single one of them: who sits in it sees it."""

    __tablename__ = "bodies"
    __table_args__ = (
        sa.Index("uq_bodies_open_name", "name", unique=True, postgresql_where=sa.text("state = 'open'")),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        index_of_words("ix_bodies_words", WORDS_OF_BODIES),
    )

    name: Mapped[str]
    kind: Mapped[BodyKind] = mapped_column(enum_type(BodyKind))
    state: Mapped[BodyState] = mapped_column(enum_type(BodyState))
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]


class BodySeat(Thing):
    """That somebody sits in a body for an organisation, from when they were named until that ends; never changed."""

    __tablename__ = "body_seats"
    __table_args__ = (
        sa.Index(
            "uq_body_seats_now",
            "body_id",
            "person_id",
            "organisation_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index("ix_body_seats_person", "person_id", "body_id"),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended"),
    )

    body_id: Mapped[int] = mapped_column(sa.ForeignKey("bodies.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    kind: Mapped[SeatKind] = mapped_column(enum_type(SeatKind))
    named_at: Mapped[datetime]
    named_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    end_reason: Mapped[str | None]


class BodyPost(Thing):
    """What somebody wrote in a body, read the moment it is written; its words are never changed."""

    __tablename__ = "body_posts"
    __table_args__ = (
        sa.Index("ix_body_posts_body", "body_id", "id"),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdraw_reason IS NULL)", name="withdrawn"),
        index_of_words("ix_body_posts_words", WORDS_OF_POSTS),
        index_of_words("ix_body_posts_ends", ENDS_OF_POSTS),
    )

    body_id: Mapped[int] = mapped_column(sa.ForeignKey("bodies.id"))
    text: Mapped[str]
    answers_id: Mapped[int | None] = mapped_column(sa.ForeignKey("body_posts.id"))
    written_at: Mapped[datetime]
    written_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    """For whom it was written."""
    written_as: Mapped[SeatKind] = mapped_column(enum_type(SeatKind))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    withdraw_reason: Mapped[str | None]
