"""Organisations and people, and who holds which role from when to when."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.actor import ActorKind, Language
from backend.kit.database import Concerned, Thing, enum_type, no_overlap
from backend.kit.words import Texts, index_of_words
from backend.parties.states import OrganisationKind
from backend.rulebook.roles import Role

Days = Range[date]
"""From the first day to the day after the last; an open end is None."""


WORDS_OF_ORGANISATIONS: Texts = ("name",)


class Organisation(Thing):
    """A party: Tiera, a supplier, a customer or a partner."""

    __tablename__ = "organisations"
    __table_args__ = (
        sa.CheckConstraint("inhabitants >= 0", name="inhabitants"),
        sa.CheckConstraint("side <> 'system'", name="a_party"),
        sa.Index("uq_organisations_buyer", "side", unique=True, postgresql_where=sa.text("side = 'buyer'")),
        index_of_words("ix_organisations_words", WORDS_OF_ORGANISATIONS),
    )

    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(index=True)
    business_id: Mapped[str | None] = mapped_column(unique=True)
    side: Mapped[ActorKind] = mapped_column(enum_type(ActorKind))
    """On whose side its people act; Tiera is one."""
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


class OrganisationKindHeld(Thing):
    """That an organisation is of a kind, from day to day."""

    __tablename__ = "organisation_kinds"
    __table_args__ = (no_overlap("organisation_id", "kind_key"),)

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    kind: Mapped[OrganisationKind] = mapped_column(enum_type(OrganisationKind))
    kind_key: Mapped[int] = mapped_column(sa.Computed("hashtextextended(kind::text, 0)", persisted=True))
    valid: Mapped[Days] = mapped_column(DATERANGE)


WORDS_OF_PEOPLE: Texts = ("name",)


class Person(Thing):
    """Somebody who takes part; what they are is said by the roles they hold."""

    __tablename__ = "people"
    __table_args__ = (index_of_words("ix_people_words", WORDS_OF_PEOPLE),)

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
    __table_args__ = (
        sa.Index("ix_roles_held_person", "person_id"),
        sa.Index("ix_roles_held_org", "organisation_id"),
        sa.CheckConstraint("supplier_id = organisation_id AND customer_id IS NULL OR supplier_id IS NULL", name="side"),
    )

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    competence: Mapped[str | None]
    valid: Mapped[Days] = mapped_column(DATERANGE)
    announced_at: Mapped[datetime]
    """When it was announced that the person begins (H11.3-b)."""
    end_announced_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    replacement_required_at: Mapped[datetime | None]
    replacement_reason: Mapped[str | None]
    supplier_id: Mapped[int | None]
    """The organisation when it is a supplier: whom the announcement concerns."""
    customer_id: Mapped[int | None]
    """The organisation when it is a customer. Neither: Tiera's own, whom everybody may know."""

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id, self.customer_id)
