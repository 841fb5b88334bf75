"""Organisations and people, and who holds which role from when to when."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.actor import ActorKind, Language
from backend.kit.database import Concerned, Thing, enum_type, no_overlap
from backend.kit.words import Parted, Texts, index_of_words
from backend.parties.states import OrganisationKind
from backend.rulebook.roles import Role

Days = Range[date]
"""From the first day to the day after the last; an open end is None."""


WORDS_OF_ORGANISATIONS: Texts = ("name",)


class Organisation(Thing):
    """A party: Tiera, a supplier, a customer or a partner."""

    __tablename__ = "organisations"
    __table_args__ = (
        sa.CheckConstraint("side <> 'system'", name="a_party"),
        sa.Index("uq_organisations_buyer", "side", unique=True, postgresql_where=sa.text("side = 'buyer'")),
        index_of_words("ix_organisations_words", WORDS_OF_ORGANISATIONS),
    )

    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(index=True)
    business_id: Mapped[str | None] = mapped_column(unique=True)
    side: Mapped[ActorKind] = mapped_column(enum_type(ActorKind))
    """On whose side its people act; Tiera is one."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")

    @property
    def concerns(self) -> Concerned:
        return Concerned(
            self.id if self.side is ActorKind.SUPPLIER else None, self.id if self.side is ActorKind.CUSTOMER else None
        )


class InhabitantCount(Thing):
    """How many inhabitants an organisation has, or represents, as known from one instant to another."""

    __tablename__ = "inhabitant_counts"
    __table_args__ = (
        sa.CheckConstraint("inhabitants >= 0", name="inhabitants"),
        sa.Index(
            "uq_inhabitant_counts_known", "organisation_id", unique=True, postgresql_where=sa.text("ended_at IS NULL")
        ),
    )

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    inhabitants: Mapped[int]
    counted_on: Mapped[date] = mapped_column(sa.Date)
    source: Mapped[str]
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When another count took its place."""


class OrganisationKindHeld(Thing):
    """That an organisation is of a kind, from day to day."""

    __tablename__ = "organisation_kinds"
    __table_args__ = (no_overlap("organisation_id", "kind_key"),)

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    kind: Mapped[OrganisationKind] = mapped_column(enum_type(OrganisationKind))
    kind_key: Mapped[int] = mapped_column(sa.Computed("hashtextextended(kind::text, 0)", persisted=True))
    valid: Mapped[Days] = mapped_column(DATERANGE)


WORDS_OF_PEOPLE: Texts = ("name", Parted("email"))


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
    """A person in a role for an organisation (H10-a)."""

    __tablename__ = "roles_held"
    __table_args__ = (
        sa.Index("ix_roles_held_person", "person_id"),
        sa.Index("ix_roles_held_org", "organisation_id"),
        sa.CheckConstraint("supplier_id = organisation_id AND customer_id IS NULL OR supplier_id IS NULL", name="side"),
        sa.CheckConstraint("isempty(valid) = (called_off_from IS NOT NULL)", name="called_off"),
    )

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    valid: Mapped[Days] = mapped_column(DATERANGE)
    announced_at: Mapped[datetime]
    """When it was announced that the person begins (H11.3-b)."""
    end_announced_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    called_off_from: Mapped[date | None] = mapped_column(sa.Date)
    """Of one that was called off before it began, the first day that was announced: it has no valid days."""
    replacement_required_at: Mapped[datetime | None]
    replacement_reason: Mapped[str | None]
    supplier_id: Mapped[int | None]
    """The organisation when it is a supplier: whom the announcement concerns."""
    customer_id: Mapped[int | None]
    """The organisation when it is a customer. Neither: Tiera's own, whom everybody may know."""
    stands_in_for_id: Mapped[int | None] = mapped_column(sa.ForeignKey("roles_held.id"), index=True)
    """The holder for whom this one stands in on these days, with the role's rights; None: it is the person's own."""

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id, self.customer_id)


WORDS_OF_COMPETENCES: Texts = ("competence",)


class StatedCompetence(Thing):
    """The specific competence of a role's holder, as stated from one instant to another (H11.3-a)."""

    __tablename__ = "stated_competences"
    __table_args__ = (
        sa.Index(
            "uq_stated_competences_known", "role_held_id", unique=True, postgresql_where=sa.text("ended_at IS NULL")
        ),
        index_of_words("ix_stated_competences_words", WORDS_OF_COMPETENCES),
    )

    role_held_id: Mapped[int] = mapped_column(sa.ForeignKey("roles_held.id"), index=True)
    competence: Mapped[str]
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When another statement took its place."""
