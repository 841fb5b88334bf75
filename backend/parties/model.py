"""Organisations and people, and who holds which role from when to when."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.actor import ActorKind, Language
from backend.kit.database import Base, Concerned, Thing, enum_type, no_overlap
from backend.parties.states import OrganisationKind
from backend.rulebook.roles import Role

Days = Range[date]
"""From the first day to the day after the last; an open end is None."""


class Organisation(Thing):
    """A party: Tiera, a supplier, a customer or a partner."""

    __tablename__ = "organisations"
    __table_args__ = (sa.CheckConstraint("inhabitants >= 0", name="inhabitants"),)

    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(index=True)
    business_id: Mapped[str | None] = mapped_column(unique=True)
    side: Mapped[ActorKind] = mapped_column(enum_type(ActorKind))
    """On whose side its people act."""
    inhabitants: Mapped[int | None]
    inhabitants_on: Mapped[date | None] = mapped_column(sa.Date)
    inhabitants_source: Mapped[str | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")

    @property
    def concerns(self) -> Concerned:
        return Concerned(
            self.id if self.side is ActorKind.SUPPLIER else None, self.id if self.side is ActorKind.CUSTOMER else None
        )


class OrganisationKindHeld(Base):
    """That an organisation is of a kind, from day to day."""

    __tablename__ = "organisation_kinds"
    __table_args__ = (no_overlap("organisation_id", "kind_key"),)

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    kind: Mapped[OrganisationKind] = mapped_column(enum_type(OrganisationKind))
    kind_key: Mapped[int] = mapped_column(sa.Computed("hashtextextended(kind::text, 0)", persisted=True))
    valid: Mapped[Days] = mapped_column(DATERANGE)


class Person(Thing):
    """Somebody who takes part; what they are is said by the roles they hold."""

    __tablename__ = "people"

    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(index=True)
    email: Mapped[str] = mapped_column(unique=True)
    """In lower case."""
    phone: Mapped[str | None]
    language: Mapped[Language] = mapped_column(enum_type(Language), server_default="fi")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")


class RoleHeld(Thing):
    """A person in a role for an organisation, with the competence stated for it (H10-a, H11.3-a)."""

    __tablename__ = "roles_held"
    __table_args__ = (sa.Index("ix_roles_held_person", "person_id"), sa.Index("ix_roles_held_org", "organisation_id"))

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    competence: Mapped[str | None]
    valid: Mapped[Days] = mapped_column(DATERANGE)
    announced_at: Mapped[datetime]
    """When the change was announced (H11.3-b)."""
    replacement_required_at: Mapped[datetime | None]
    replacement_reason: Mapped[str | None]
    end_reason: Mapped[str | None]
    supplier_id: Mapped[int | None]
    """The organisation when it is a supplier: whom the announcement concerns."""

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)
