"""Deliveries of what is told, and what people want to be told."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base, enum_type
from backend.kit.events import Event
from backend.kit.refs import Ref
from backend.notices.states import Topic, Way, Withheld
from backend.parties.model import Organisation, Person

_OPEN = "way = 'mail' AND done_at IS NULL AND given_up_at IS NULL AND withheld IS NULL"


class Delivery(Base):
    """That a person is told of an event in one way: once, whatever happens to those who carry it.

    In the bell it is there as soon as the row is. A mail is handed to a worker for a while (`lease_until`); what is
    not done by then is handed again, and the row counts how often it was begun. What one act tells somebody by mail is
    one mail: the first event's carries the others, which are withheld from the beginning.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id", "way"),
        sa.Index("ix_deliveries_bell", "person_id", "organisation_id", "id", postgresql_where=sa.text("way = 'bell'")),
        sa.Index(
            "ix_deliveries_unread",
            "person_id",
            "organisation_id",
            postgresql_where=sa.text("way = 'bell' AND read_at IS NULL"),
        ),
        sa.Index("ix_deliveries_open", "next_at", "id", postgresql_where=sa.text(_OPEN)),
        sa.Index(
            "ix_deliveries_gathered",
            "carried_by_id",
            "person_id",
            postgresql_where=sa.text("carried_by_id IS NOT NULL"),
        ),
        sa.Index("ix_deliveries_given_up", "id", postgresql_where=sa.text("given_up_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey(Event.id))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Organisation.id))
    """For which organisation the person acts when reading it; None: for none, as with an invitation."""
    way: Mapped[Way] = mapped_column(enum_type(Way))
    is_required: Mapped[bool]
    """The contract wants the person to be told."""
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    """Of a mail: not handed over before this."""
    handed_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    failure: Mapped[str | None]
    """What the mail server said the last time."""
    given_up_at: Mapped[datetime | None]
    withheld: Mapped[Withheld | None] = mapped_column(enum_type(Withheld))
    carried_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Event.id))
    """Of a mail that was gathered: the event whose mail to the same person tells this one too."""

    @property
    def ref(self) -> Ref:
        return Ref("Notice", self.id)


class NoticePreference(Base):
    """That a person has chosen whether to be told of a topic in one way; who has not is told."""

    __tablename__ = "notice_preferences"
    __table_args__ = (sa.UniqueConstraint("person_id", "topic", "way"),)

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id))
    topic: Mapped[Topic] = mapped_column(enum_type(Topic))
    way: Mapped[Way] = mapped_column(enum_type(Way))
    is_wanted: Mapped[bool]
    chosen_at: Mapped[datetime]

    @property
    def ref(self) -> Ref:
        return Ref("NoticePreference", self.id)
