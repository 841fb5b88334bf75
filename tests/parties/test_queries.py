"""What held on which day, and who sees it."""

from datetime import date
from decimal import Decimal

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import ActorKind
from backend.parties import price_queries, queries, role_queries
from backend.parties.agreement_model import TermValue
from backend.parties.role_queries import holders_of
from backend.rulebook.roles import Role
from tests.making import (
    LONG_AGO,
    TODAY,
    make_agreement,
    make_organisation,
    make_person,
    make_price_group,
    make_right,
    make_role,
)


async def test_terms_are_the_agreements_over_the_installations_over_the_contracts(session: AsyncSession) -> None:
    agreement, other = await make_agreement(session), await make_agreement(session)

    def value(name: str, value: object, on: date, agreement_id: int | None = None) -> TermValue:
        return TermValue(
            agreement_id=agreement_id, name=name, value=value, valid_from=on, reason="x", recorded_at=LONG_AGO
        )

    session.add_all(
        [
            value("invoice_due_business_day", 6, date(2026, 3, 1)),
            value("invoice_due_business_day", 7, date(2026, 2, 1), agreement.id),
            value("vat_rate", "24.0", date(2026, 6, 1), agreement.id),
        ]
    )
    await session.flush()
    assert (await queries.terms_on(session, agreement.id, date(2026, 1, 31))).invoice_due_business_day == 5
    assert (await queries.terms_on(session, agreement.id, date(2026, 2, 1))).invoice_due_business_day == 7
    assert (await queries.terms_on(session, agreement.id, TODAY)).invoice_due_business_day == 7
    assert (await queries.terms_on(session, agreement.id, TODAY)).vat_rate == Decimal("24.0")
    assert (await queries.terms_on(session, other.id, TODAY)).invoice_due_business_day == 6
    assert (await queries.terms_on(session, None, TODAY)).vat_rate == Decimal("25.5")


async def test_roles_prices_and_rights_are_those_of_the_day(session: AsyncSession) -> None:
    tiera = await make_organisation(session, ActorKind.BUYER)
    person = await make_person(session)
    spring = Range(date(2026, 1, 1), date(2026, 6, 1))
    await make_role(session, person, tiera, Role.SERVICE_MANAGER, valid=spring)
    group = await make_price_group(session, await make_agreement(session), price=Decimal("95.50"), valid=spring)
    right = await make_right(session, person, valid=spring)

    assert await holders_of(session, tiera.id, Role.SERVICE_MANAGER, date(2026, 5, 31)) == [person.id]
    assert await holders_of(session, tiera.id, Role.SERVICE_MANAGER, date(2026, 6, 1)) == []
    assert await price_queries.price_on(session, group.id, date(2026, 5, 31)) == Decimal("95.50")
    assert await price_queries.price_on(session, group.id, date(2026, 6, 1)) is None
    assert [held.role for held in await role_queries.roles_on(session, person.id, date(2026, 5, 31))] == [
        Role.SERVICE_MANAGER
    ]

    async def rights(day: date) -> list[int]:
        found = await role_queries.rights_in_force(session, person_id=person.id, organisation_id=tiera.id, day=day)
        return [right.id for right in found]

    assert await rights(date(2026, 5, 31)) == [right.id]
    assert await rights(date(2026, 6, 1)) == []
