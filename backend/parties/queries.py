"""Who sees what of the parties, what held on which day, and loads for verbs."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa

from backend.files.queries import register_holder
from backend.kit import faults
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import has_words, is_seen, rows_of, there_is
from backend.kit.database import Condition, Row, Session, Thing
from backend.kit.refs import register_thing
from backend.kit.statements import Statement
from backend.parties.agreement_model import (
    WORDS_OF_AGREEMENTS,
    WORDS_OF_SERVICES,
    Agreement,
    AgreementVersion,
    Service,
    TermValue,
)
from backend.parties.days import is_valid_on
from backend.parties.model import (
    WORDS_OF_COMPETENCES,
    WORDS_OF_ORGANISATIONS,
    WORDS_OF_PEOPLE,
    InhabitantCount,
    Organisation,
    OrganisationKindHeld,
    Person,
    RoleHeld,
    StatedCompetence,
)
from backend.parties.states import AgreementKind
from backend.rulebook.terms import Terms

T = TypeVar("T", bound=Thing)

# Who sees which rows. Tiera sees all; others themselves and what is theirs, and whom to turn to at Tiera.


def sees_all(actor: Actor) -> bool:
    """Whether the actor acts for Tiera, or is the schedule."""
    return actor.kind in (ActorKind.BUYER, ActorKind.SYSTEM)


def visible_organisations(actor: Actor, row: Row) -> Condition:
    """Itself and Tiera."""
    if sees_all(actor):
        return sa.true()
    return sa.or_(row.id == actor.organisation_id, row.side == ActorKind.BUYER)


def visible_kinds(actor: Actor, row: Row) -> Condition:
    """Those of the organisations seen."""
    if sees_all(actor):
        return sa.true()
    return is_seen(actor, Organisation.__name__, row.organisation_id)


def visible_counts(actor: Actor, row: Row) -> Condition:
    """As kinds: those of the organisations seen."""
    return visible_kinds(actor, row)


def visible_competences(actor: Actor, row: Row) -> Condition:
    """Those of the roles seen."""
    if sees_all(actor):
        return sa.true()
    return is_seen(actor, RoleHeld.__name__, row.role_held_id)


def visible_people(actor: Actor, row: Row) -> Condition:
    """Oneself, one's own people, and who holds a role at Tiera.

    By a role that was called off only who has none elsewhere: a mistake shows nobody another's people.
    """
    if sees_all(actor):
        return sa.true()
    role, other = rows_of(RoleHeld), rows_of(RoleHeld)
    is_theirs = (other.c.person_id == role.c.person_id, other.c.called_off_from.is_(None))
    acts_elsewhere = there_is(other, *is_theirs, other.c.organisation_id != role.c.organisation_id)
    counts = sa.or_(role.c.called_off_from.is_(None), ~acts_elsewhere)
    known = there_is(role, role.c.person_id == row.id, visible_roles(actor, role.c), counts)
    return sa.or_(row.id == actor.person_id, known)


def visible_roles(actor: Actor, row: Row) -> Condition:
    """Those in one's own organisation and at Tiera, where one that was called off is nobody's to turn to."""
    if sees_all(actor):
        return sa.true()
    is_tieras = sa.and_(row.supplier_id.is_(None), row.customer_id.is_(None), row.called_off_from.is_(None))
    return sa.or_(row.organisation_id == actor.organisation_id, is_tieras)


def visible_agreements(actor: Actor, row: Row) -> Condition:
    """One's own: nobody sees what Tiera agreed with another."""
    return sa.true() if sees_all(actor) else row.organisation_id == actor.organisation_id


def in_own_agreement(actor: Actor, agreement_id: Any) -> Condition:
    """SQL: whether an agreement is the actor's own."""
    own = rows_of(Agreement)
    return there_is(own, own.c.id == agreement_id, own.c.organisation_id == actor.organisation_id)


def visible_agreement_versions(actor: Actor, row: Row) -> Condition:
    """Those of the agreements seen."""
    return sa.true() if sees_all(actor) else in_own_agreement(actor, row.agreement_id)


def visible_terms(actor: Actor, row: Row) -> Condition:
    """Those of one's own agreements, and the installation's, which hold for all."""
    if sees_all(actor):
        return sa.true()
    return sa.or_(row.agreement_id.is_(None), in_own_agreement(actor, row.agreement_id))


def visible_services(actor: Actor, row: Row) -> Condition:
    """A supplier's own. A customer sees which services there are: they are the same for all."""
    return in_own_agreement(actor, row.agreement_id) if actor.kind is ActorKind.SUPPLIER else sa.true()


# What held on a day


def is_named(organisation_id: Any, words: Any) -> Condition:
    """SQL: whether an organisation is one whose name has all these words."""
    its = rows_of(Organisation)
    named = sa.select(its.c.id).where(has_words(words, its.c.name)).scalar_subquery()
    return organisation_id == sa.any_(sa.func.array(named))  # type: ignore[no-any-return]


TERMS = Statement(
    sa.select(TermValue.name, TermValue.value)
    .where(
        sa.or_(
            TermValue.agreement_id.is_(None),
            TermValue.agreement_id == sa.bindparam("agreement_id", type_=sa.BigInteger),
        ),
        TermValue.valid_from <= sa.bindparam("day", type_=sa.Date),
    )
    .order_by(TermValue.agreement_id.asc().nulls_first(), TermValue.valid_from, TermValue.id)
)


BUYER_ID = sa.select(Organisation.id).where(Organisation.side == ActorKind.BUYER).limit(1)
"""The organisation that Tiera is; there is one."""


async def terms_on(session: Session, agreement_id: int | None, day: date) -> Terms:
    """The terms of a day: the agreement's values over the installation's over the contract's defaults.

    Of several values from one day on, the one recorded last.
    """
    return terms_of(await TERMS.run(session, agreement_id=agreement_id, day=day))


def terms_of(rows: Sequence[tuple[str, Any]]) -> Terms:
    """The terms whose values these rows of `TERMS` are; later rows win."""
    return Terms.of(dict(rows))


async def values_of(session: Session, names: Collection[str]) -> list[TermValue]:
    """Every value that some terms have had or will have, by the day on which it begins."""
    wanted = sa.select(TermValue).where(TermValue.name.in_(names))
    return list((await session.scalars(wanted.order_by(TermValue.valid_from))).all())


async def are_of_side(session: Session, organisation_ids: Collection[int], side: ActorKind) -> bool:
    """Whether all of these are organisations whose people act on a side."""
    found = sa.select(sa.func.count()).where(Organisation.id.in_(organisation_ids), Organisation.side == side)
    return await session.scalar(found) == len(set(organisation_ids))


async def known_count(session: Session, organisation_id: int) -> InhabitantCount | None:
    """The count of an organisation's inhabitants that nothing has taken the place of."""
    wanted = sa.select(InhabitantCount).where(
        InhabitantCount.organisation_id == organisation_id, InhabitantCount.ended_at.is_(None)
    )
    return await session.scalar(wanted)


async def known_competence(session: Session, role_held_id: int) -> StatedCompetence | None:
    """The competence stated for a role that nothing has taken the place of."""
    wanted = sa.select(StatedCompetence).where(
        StatedCompetence.role_held_id == role_held_id, StatedCompetence.ended_at.is_(None)
    )
    return await session.scalar(wanted)


async def agreement_in_force(session: Session, supplier_id: int, day: date) -> Agreement | None:
    """The agreement with a supplier on a day; of several, the one that began last."""
    wanted = (
        sa.select(Agreement)
        .where(
            Agreement.organisation_id == supplier_id,
            Agreement.kind == AgreementKind.SUPPLIER,
            is_valid_on(Agreement, day),
        )
        .order_by(sa.func.lower(Agreement.valid).desc(), Agreement.id.desc())
    )
    return (await session.scalars(wanted.limit(1))).first()


async def find_agreement(session: Session, organisation_id: int, number: str) -> Agreement | None:
    """The agreement with an organisation that has a number."""
    wanted = sa.select(Agreement).where(Agreement.organisation_id == organisation_id, Agreement.number == number)
    return await session.scalar(wanted)


async def suppliers_on(session: Session, day: date) -> list[int]:
    """Ids of the suppliers that Tiera has an agreement with on a day."""
    wanted = (
        sa.select(Agreement.organisation_id)
        .where(Agreement.kind == AgreementKind.SUPPLIER, is_valid_on(Agreement, day))
        .order_by(Agreement.organisation_id)
    )
    return list(dict.fromkeys((await session.scalars(wanted)).all()))


# Loads for verbs: visible to the actor, locked until commit


async def load_for_change(
    session: Session, thing: type[T], visible: Condition, id: int, version: int | None = None
) -> T:
    """A thing that the actor may see, locked. Raises NOT_FOUND."""
    wanted = sa.select(thing).where(thing.id == id, visible).with_for_update(key_share=True)
    found = (await session.scalars(wanted.execution_options(populate_existing=True))).first()
    if found is None:
        raise faults.not_found()
    if version is not None and version != getattr(found, "version", None):
        raise faults.version_conflict()
    return found


async def get_organisation(session: Session, actor: Actor, id: int) -> Organisation:
    """An organisation that stays as it is."""
    wanted = sa.select(Organisation).where(Organisation.id == id, visible_organisations(actor, Organisation))
    found = (await session.scalars(wanted)).first()
    if found is None:
        raise faults.not_found()
    return found


async def get_organisation_for_change(
    session: Session, actor: Actor, id: int, version: int | None = None
) -> Organisation:
    return await load_for_change(session, Organisation, visible_organisations(actor, Organisation), id, version)


async def get_kind_for_change(session: Session, actor: Actor, id: int) -> OrganisationKindHeld:
    return await load_for_change(session, OrganisationKindHeld, visible_kinds(actor, OrganisationKindHeld), id)


async def get_person_for_change(session: Session, actor: Actor, id: int, version: int | None = None) -> Person:
    return await load_for_change(session, Person, visible_people(actor, Person), id, version)


async def get_role_for_change(session: Session, actor: Actor, id: int) -> RoleHeld:
    return await load_for_change(session, RoleHeld, visible_roles(actor, RoleHeld), id)


async def get_agreement_for_change(session: Session, actor: Actor, id: int, version: int | None = None) -> Agreement:
    return await load_for_change(session, Agreement, visible_agreements(actor, Agreement), id, version)


async def get_service_for_change(session: Session, actor: Actor, id: int, version: int | None = None) -> Service:
    return await load_for_change(session, Service, visible_services(actor, Service), id, version)


async def find_service_of_mail(session: Session) -> int | None:
    """The service whose tickets new matters become that come by mail."""
    return await session.scalar(sa.select(Service.id).where(Service.takes_mail))


register_thing(
    Organisation,
    visible_organisations,
    number="business_id",
    is_number_given=True,
    title="name",
    url="/organisaatiot/{id}",
    words=WORDS_OF_ORGANISATIONS,
)
register_thing(OrganisationKindHeld, visible_kinds)
register_thing(InhabitantCount, visible_counts, part_of=("Organisation",))
register_thing(
    Person,
    visible_people,
    title="name",
    url="/henkilot/{id}",
    words=WORDS_OF_PEOPLE,
    part_of=("Organisation",),
)
register_thing(RoleHeld, visible_roles, url="/henkilot/roolit/{id}", part_of=("Person",))
register_thing(
    StatedCompetence,
    visible_competences,
    url="/henkilot/roolit/{role_held_id}",
    part_of=("Person",),
    words=WORDS_OF_COMPETENCES,
    searchable=lambda stated: stated.ended_at.is_(None),
)
register_thing(
    Agreement,
    visible_agreements,
    number="number",
    is_number_given=True,
    title="name",
    url="/sopimukset/{id}",
    words=WORDS_OF_AGREEMENTS,
    part_of=("Organisation",),
)
register_thing(AgreementVersion, visible_agreement_versions, url="/sopimukset/{agreement_id}")
register_thing(TermValue, visible_terms, title="name", part_of=("Agreement",))
register_thing(
    Service,
    visible_services,
    number="code",
    is_number_given=True,
    title="name",
    url="/palvelut/{id}",
    words=WORDS_OF_SERVICES,
    part_of=("Agreement",),
)
register_holder(AgreementVersion.__name__)
