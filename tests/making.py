"""Makers of what most tests stand on: parties, agreements, rights, and one function for each kind of actor.

Everything is stored as plain rows with sensible values; a test names only what it is about.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor, ActorKind, Language
from backend.kit.sorting import sort_key
from backend.parties.agreement_model import Agreement, Price, PriceGroup, Service, ServiceStart, TermValue
from backend.parties.model import Organisation, Person, RoleHeld, StatedCompetence
from backend.parties.right_model import OrderingRight
from backend.parties.role_queries import works_for
from backend.parties.states import AgreementKind, RightState
from backend.rulebook.roles import SERVICE_ACCOUNT_RIGHTS, Role, rights_of
from backend.rulebook.sizes import SizeClass

LONG_AGO = datetime(2026, 1, 2, 7, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""A Tuesday, 10 o'clock in Helsinki."""
TODAY = date(2026, 11, 24)
ALL_YEAR = Range(date(2026, 1, 1), date(2027, 1, 1))
_n = count(1)


def business_id(n: int) -> str:
    """A business id with a right check digit; where there is none for `n`, of a number near it."""
    while True:
        digits = f"{n:07}"
        rest = sum(int(d) * w for d, w in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
        if rest != 1:
            return f"{digits}-{(11 - rest) % 11}"
        n = (n + 5_000_000) % 10_000_000


async def make_organisation(
    session: AsyncSession, side: ActorKind = ActorKind.SUPPLIER, name: str | None = None
) -> Organisation:
    """An organisation; there is one Tiera, which is given back once it is there."""
    if side is ActorKind.BUYER:
        tiera = (await session.scalars(sa.select(Organisation).where(Organisation.side == side))).first()
        if tiera is not None:
            return tiera
    n = next(_n)
    name = name or ("Kuntien Tiera" if side is ActorKind.BUYER else f"{side.value.capitalize()} {n}")
    organisation = Organisation(
        name=name, sort_key=sort_key(name), business_id=business_id(1_000_000 + n), side=side, created_at=LONG_AGO
    )
    session.add(organisation)
    await session.flush()
    return organisation


async def make_person(session: AsyncSession, name: str | None = None, *, language: Language = Language.FI) -> Person:
    """A person without any role."""
    n = next(_n)
    name = name or f"Person {n}"
    person = Person(
        name=name, sort_key=sort_key(name), email=f"person{n}@example.fi", language=language, created_at=LONG_AGO
    )
    session.add(person)
    await session.flush()
    return person


async def end_roles(session: AsyncSession, *which: sa.ColumnElement[bool]) -> None:
    """These roles were over long ago."""
    long_over = Range(date(2020, 1, 1), date(2020, 1, 2))
    await session.execute(sa.update(RoleHeld).where(*which).values(valid=long_over))


async def make_role(
    session: AsyncSession,
    person: Person,
    organisation: Organisation,
    role: Role,
    *,
    valid: Range[date] = ALL_YEAR,
    competence: str | None = "Ten years of it.",
) -> RoleHeld:
    """That a person holds a role."""
    held = RoleHeld(
        person_id=person.id,
        organisation_id=organisation.id,
        role=role,
        valid=valid,
        announced_at=LONG_AGO,
        supplier_id=organisation.concerns.supplier_id,
        customer_id=organisation.concerns.customer_id,
    )
    session.add(held)
    await session.flush()
    if competence is not None:
        session.add(StatedCompetence(role_held_id=held.id, competence=competence, recorded_at=LONG_AGO))
        await session.flush()
    return held


async def make_agreement(
    session: AsyncSession,
    organisation: Organisation | None = None,
    *,
    valid: Range[date] = ALL_YEAR,
    greatest_total: Decimal | None = None,
    option_until: date | None = None,
) -> Agreement:
    """An agreement between Tiera and a supplier (a new one, if none is given) or a customer."""
    organisation = organisation or await make_organisation(session)
    n = next(_n)
    agreement = Agreement(
        number=f"SOP-{n}",
        name=f"Agreement {n}",
        kind=AgreementKind(organisation.side.value),
        organisation_id=organisation.id,
        valid=valid,
        option_until=option_until,
        greatest_total=greatest_total,
        model_version="1.0",
        created_at=LONG_AGO,
    )
    session.add(agreement)
    await session.flush()
    return agreement


async def make_terms(session: AsyncSession, agreement: Agreement, terms: Mapping[str, Any]) -> None:
    """Terms that an agreement has of its own, from the beginning of the year."""
    since = {"valid_from": date(2026, 1, 1), "reason": "Agreed so.", "recorded_at": LONG_AGO}
    session.add_all(
        TermValue(agreement_id=agreement.id, name=name, value=value, **since) for name, value in terms.items()
    )
    await session.flush()


async def make_price_group(
    session: AsyncSession,
    agreement: Agreement,
    code: str = "SENIOR",
    price: Decimal | None = Decimal("100.00"),
    *,
    valid: Range[date] = ALL_YEAR,
) -> PriceGroup:
    """A price group with a price, unless None is given for it."""
    group = PriceGroup(agreement_id=agreement.id, code=code, name=code.capitalize())
    session.add(group)
    await session.flush()
    if price is not None:
        session.add(Price(price_group_id=group.id, valid=valid, unit_price=price, recorded_at=LONG_AGO))
        await session.flush()
    return group


async def make_service(
    session: AsyncSession, agreement: Agreement, name: str = "Edlevo", *, has_started: bool = True
) -> Service:
    """A service under a supplier's agreement, which has started unless it is said."""
    service = Service(agreement_id=agreement.id, code=f"P{next(_n)}", name=name, sort_key=sort_key(name))
    session.add(service)
    await session.flush()
    if has_started:
        session.add(ServiceStart(service_id=service.id, started_on=date(2026, 1, 1), recorded_at=LONG_AGO))
        await session.flush()
    return service


async def make_right(
    session: AsyncSession,
    person: Person | int,
    organisation: Organisation | None = None,
    *,
    supplier: Organisation | None = None,
    agreement: Agreement | None = None,
    largest_class: SizeClass | None = None,
    most_minutes: int | None = None,
    most_euros: Decimal | None = None,
    most_euros_a_year: Decimal | None = None,
    for_organisation_ids: list[int] | None = None,
    valid: Range[date] = ALL_YEAR,
    state: RightState = RightState.IN_FORCE,
    recorded_by: Person | None = None,
) -> OrderingRight:
    """An ordering right in force, without limits unless they are given; for Tiera unless another is named.

    Whoever holds no role there yet gets one that has no right that matters to orders.
    """
    organisation = organisation or await make_organisation(session, ActorKind.BUYER)
    person = await session.get_one(Person, person) if isinstance(person, int) else person
    if not await works_for(session, person.id, organisation.id, valid.lower or TODAY):
        is_tieras = organisation.side is ActorKind.BUYER
        await make_role(session, person, organisation, Role.ICT_ARCHITECT if is_tieras else Role.REPRESENTATIVE)
    is_confirmed = state is not RightState.PROPOSED
    right = OrderingRight(
        person_id=person.id,
        organisation_id=organisation.id,
        customer_id=organisation.concerns.customer_id,
        supplier_id=agreement.organisation_id if agreement else supplier and supplier.id,
        agreement_id=agreement and agreement.id,
        largest_class=largest_class,
        most_minutes=most_minutes,
        most_euros=most_euros,
        most_euros_a_year=most_euros_a_year,
        for_organisation_ids=for_organisation_ids,
        valid=valid,
        document_number=f"NIM-{next(_n)}",
        document_on=date(2026, 1, 2),
        state=state,
        recorded_at=LONG_AGO,
        recorded_by_id=recorded_by and recorded_by.id,
        confirmed_at=LONG_AGO if is_confirmed else None,
        ended_at=NOW if state is RightState.ENDED else None,
    )
    session.add(right)
    await session.flush()
    return right


# Actors. Without a database: `an_actor`; with one: a person who holds the role, acting.


def an_actor(
    kind: ActorKind,
    *roles: Role,
    person_id: int | None = 1,
    organisation_id: int | None = 1,
    is_ordering_contact: bool = False,
    stands_for_id: int | None = None,
) -> Actor:
    """Whoever holds these roles on a side, with the rights that follow."""
    return Actor(
        kind=kind,
        person_id=person_id,
        organisation_id=organisation_id,
        stands_for_id=stands_for_id,
        roles=frozenset(roles),
        rights=rights_of(kind, roles, is_ordering_contact=is_ordering_contact),
    )


async def make_actor(
    session: AsyncSession,
    organisation: Organisation,
    *roles: Role,
    person: Person | None = None,
    is_ordering_contact: bool = False,
) -> Actor:
    """A person (a new one, if none is given) who holds these roles in an organisation, acting for it."""
    person = person or await make_person(session)
    for role in roles:
        await make_role(session, person, organisation, role)
    return an_actor(
        organisation.side,
        *roles,
        person_id=person.id,
        organisation_id=organisation.id,
        is_ordering_contact=is_ordering_contact,
    )


async def _tieras(session: AsyncSession, *roles: Role, person: Person | None = None) -> Actor:
    return await make_actor(session, await make_organisation(session, ActorKind.BUYER), *roles, person=person)


async def tiera_service_manager(session: AsyncSession, person: Person | None = None) -> Actor:
    return await _tieras(session, Role.SERVICE_MANAGER, person=person)


async def tiera_business_manager(session: AsyncSession, person: Person | None = None) -> Actor:
    return await _tieras(session, Role.BUSINESS_MANAGER, person=person)


async def tiera_product_owner(session: AsyncSession, person: Person | None = None) -> Actor:
    return await _tieras(session, Role.PRODUCT_OWNER, person=person)


async def tiera_project_manager(session: AsyncSession, person: Person | None = None) -> Actor:
    return await _tieras(session, Role.PROJECT_MANAGER, person=person)


async def tiera_key_user(session: AsyncSession, person: Person | None = None) -> Actor:
    return await _tieras(session, Role.KEY_USER, person=person)


async def ordering_contact(
    session: AsyncSession, right: OrderingRight | None = None, person: Person | None = None
) -> Actor:
    """Somebody at Tiera with a right (one without limits, if none is given), acting by that alone."""
    if right is None:
        right = await make_right(session, person or await make_person(session))
    return an_actor(
        ActorKind.BUYER if right.customer_id is None else ActorKind.CUSTOMER,
        person_id=right.person_id,
        organisation_id=right.organisation_id,
        is_ordering_contact=True,
    )


async def supplier_manager(
    session: AsyncSession, supplier: Organisation | None = None, person: Person | None = None
) -> Actor:
    """The supplier's service manager."""
    return await make_actor(session, supplier or await make_organisation(session), Role.SERVICE_MANAGER, person=person)


async def supplier_account_manager(
    session: AsyncSession, supplier: Organisation | None = None, person: Person | None = None
) -> Actor:
    return await make_actor(session, supplier or await make_organisation(session), Role.ACCOUNT_MANAGER, person=person)


async def supplier_project_manager(
    session: AsyncSession, supplier: Organisation | None = None, person: Person | None = None
) -> Actor:
    return await make_actor(session, supplier or await make_organisation(session), Role.PROJECT_MANAGER, person=person)


async def supplier_expert(
    session: AsyncSession, supplier: Organisation | None = None, person: Person | None = None
) -> Actor:
    return await make_actor(session, supplier or await make_organisation(session), Role.EXPERT, person=person)


async def customer_representative(
    session: AsyncSession, customer: Organisation | None = None, person: Person | None = None
) -> Actor:
    customer = customer or await make_organisation(session, ActorKind.CUSTOMER)
    return await make_actor(session, customer, Role.REPRESENTATIVE, person=person)


async def reporting_client(session: AsyncSession, service_account_id: int = 1) -> Actor:
    """A program of Tiera's that reads figures: no person stands behind it."""
    tiera = await make_organisation(session, ActorKind.BUYER)
    return Actor(
        kind=ActorKind.BUYER,
        organisation_id=tiera.id,
        service_account_id=service_account_id,
        rights=frozenset(SERVICE_ACCOUNT_RIGHTS[ActorKind.BUYER]),
    )
