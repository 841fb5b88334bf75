"""Bulletins, who has read them, what communication is agreed for a service, and keys to calendars."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.bulletins.states import BulletinKind, BulletinState, Occasion, Receivers
from backend.kit.database import Concerned, Thing, enum_type
from backend.kit.refs import Ref
from backend.kit.words import Texts, index_of_words
from backend.rulebook.criticality import Criticality

WORDS_OF_BULLETINS: Texts = ("title", "text", "end_reason")


class Bulletin(Thing):
    """What one side tells the other. Once published its words stay; a follow-up corrects or continues it."""

    __tablename__ = "bulletins"
    __table_args__ = (
        sa.Index("ix_bulletins_current", "until_key", "id", postgresql_where=sa.text("state = 'published'")),
        sa.Index("ix_bulletins_supplier", "supplier_id", "id"),
        sa.Index("ix_bulletins_about", "about_kind", "about_id"),
        sa.Index("ix_bulletins_break", "starts_at", "id", postgresql_where=sa.text("kind = 'break'")),
        sa.CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name="about"),
        sa.CheckConstraint("(kind = 'incident') = (criticality IS NOT NULL)", name="class"),
        sa.CheckConstraint("(published_at IS NULL) = (number IS NULL)", name="number_since_published"),
        sa.CheckConstraint("ends_at > starts_at", name="times"),
        index_of_words("ix_bulletins_words", WORDS_OF_BULLETINS),
    )

    number: Mapped[str | None] = mapped_column(unique=True)
    """Gapless (`TDT-2026-0007`); taken when it is published."""
    state: Mapped[BulletinState] = mapped_column(enum_type(BulletinState))
    kind: Mapped[BulletinKind] = mapped_column(enum_type(BulletinKind))
    criticality: Mapped[Criticality | None] = mapped_column(enum_type(Criticality))
    title: Mapped[str]
    text: Mapped[str]
    service_ids: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger))
    about_kind: Mapped[str | None]
    about_id: Mapped[int | None]
    """The ticket that it tells of, if any."""
    receivers: Mapped[Receivers] = mapped_column(enum_type(Receivers))
    to_all_customers: Mapped[bool] = mapped_column(server_default=sa.false())
    organisation_ids: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger), server_default="{}")
    """The customers that it is for, as they were when it was published."""
    by_banner: Mapped[bool]
    by_mail: Mapped[bool]
    asks_acknowledgement: Mapped[bool]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    shown_until: Mapped[datetime | None]
    until_key: Mapped[datetime] = mapped_column(
        sa.Computed("coalesce(shown_until, ends_at, TIMESTAMPTZ '9999-12-31 00:00+00')", persisted=True)
    )
    """Until when it counts as current."""
    start_key: Mapped[datetime] = mapped_column(
        sa.Computed("coalesce(starts_at, TIMESTAMPTZ '9999-12-31 00:00+00')", persisted=True)
    )
    """To sort by: what begins at no certain time comes last."""
    follows_id: Mapped[int | None] = mapped_column(sa.ForeignKey("bulletins.id"), index=True)
    """The first bulletin of the matter, which this one corrects or continues."""
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    """For whom it was written."""
    supplier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    """The same, where a supplier wrote it."""
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    written_at: Mapped[datetime]
    answers_for_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    """Who answers for it since it was published (H11.11-g)."""
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    end_reason: Mapped[str | None]
    """Why it was withdrawn."""
    version: Mapped[int] = mapped_column(server_default="1")

    @property
    def about(self) -> Ref | None:
        return Ref(self.about_kind, self.about_id) if self.about_kind and self.about_id else None

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class BulletinReading(Thing):
    """That somebody, acting for one of their organisations, has read a bulletin or put it out of their sight."""

    __tablename__ = "bulletin_readings"
    __table_args__ = (sa.UniqueConstraint("bulletin_id", "person_id", "organisation_id"),)

    bulletin_id: Mapped[int] = mapped_column(sa.ForeignKey("bulletins.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    acknowledged_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]
    supplier_id: Mapped[int | None]
    """The supplier that wrote the bulletin."""


class CommunicationPlan(Thing):
    """What was agreed to be told of a service on an occasion: a row is never changed, a later one follows it."""

    __tablename__ = "communication_plans"
    __table_args__ = (
        sa.Index(
            "uq_communication_plans_now",
            "service_id",
            "occasion",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint(
            "NOT supplier_informs OR (service_id IS NOT NULL AND occasion LIKE '%\\_incident')", name="exception"
        ),
    )

    service_id: Mapped[int | None] = mapped_column(sa.ForeignKey("services.id"))
    """None: wherever a service has none of its own."""
    occasion: Mapped[Occasion] = mapped_column(enum_type(Occasion))
    measures: Mapped[str]
    """What is done."""
    told: Mapped[str]
    """Who is told, in words."""
    to_all_customers: Mapped[bool]
    organisation_ids: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger))
    """The target group: which customers."""
    channels: Mapped[str]
    when_down: Mapped[str]
    """What is done when the channel itself is down."""
    rhythm: Mapped[str | None]
    """How often, where something was agreed."""
    supplier_informs: Mapped[bool]
    """The supplier may inform these customers itself (H11.11-b)."""
    template_title: Mapped[str]
    template_text: Mapped[str]
    agreed_on: Mapped[date] = mapped_column(sa.Date)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    supplier_id: Mapped[int | None]
    """Who produces the service."""

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class CalendarKey(Thing):
    """What opens somebody's calendar of breaks, as they see it for one organisation; a new one ends the one before."""

    __tablename__ = "calendar_keys"
    __table_args__ = (
        sa.Index(
            "uq_calendar_keys_now",
            "person_id",
            "organisation_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    secret_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
