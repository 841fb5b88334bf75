"""Organisations are added, corrected and described by Tiera's key user, and every change is on record."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import ActorKind
from backend.kit.entrance import Entrance
from backend.kit.faults import Code, Refusal
from backend.parties import organisation_verbs, queries
from backend.parties.model import InhabitantCount, Organisation, OrganisationKindHeld
from backend.parties.states import OrganisationKind
from tests.making import (
    NOW,
    business_id,
    customer_representative,
    make_organisation,
    supplier_manager,
    tiera_key_user,
    tiera_service_manager,
)
from tests.parties.making import committed, events_of


async def test_only_a_key_user_adds_an_organisation(session: AsyncSession) -> None:
    asked: dict[str, Any] = {"name": "Äänekosken kaupunki", "side": ActorKind.CUSTOMER, "now": NOW}
    for actor in (await tiera_service_manager(session), await supplier_manager(session)):
        with pytest.raises(Refusal) as refused:
            await organisation_verbs.add_organisation(session, actor, **asked)
        assert refused.value.code is Code.NOT_PERMITTED
    added = await organisation_verbs.add_organisation(
        session, await tiera_key_user(session), business_id=business_id(2_000_001), **asked
    )
    assert [event.customer_id for event in await events_of(session, added, "organisation.added")] == [added.id]


async def test_nobody_is_on_the_side_of_the_portal_itself(session: AsyncSession) -> None:
    with pytest.raises(Refusal) as refused:
        await organisation_verbs.add_organisation(
            session, await tiera_key_user(session), name="X", side=ActorKind.SYSTEM, now=NOW
        )
    assert refused.value.errors[0].path == ("side",)


async def test_a_change_that_somebody_else_overtook_is_refused(session: AsyncSession) -> None:
    key_user, supplier = await tiera_key_user(session), await make_organisation(session)
    await organisation_verbs.change_organisation(
        session, key_user, supplier.id, name="Uusi Oy", expected_version=1, now=NOW
    )
    with pytest.raises(Refusal) as refused:
        await organisation_verbs.change_organisation(
            session, key_user, supplier.id, name="Toinen Oy", expected_version=1, now=NOW
        )
    assert (refused.value.code, supplier.name, supplier.version) == (Code.VERSION_CONFLICT, "Uusi Oy", 2)


async def test_inhabitants_have_a_source_and_a_day(session: AsyncSession) -> None:
    key_user, city = await tiera_key_user(session), await make_organisation(session, ActorKind.CUSTOMER)
    await organisation_verbs.record_inhabitants(
        session,
        key_user,
        city.id,
        inhabitants=150_000,
        counted_on=date(2025, 12, 31),
        source="Tilastokeskus",
        now=NOW,
    )
    known = await queries.known_count(session, city.id)
    assert known is not None
    assert (known.inhabitants, known.counted_on, known.source) == (150_000, date(2025, 12, 31), "Tilastokeskus")
    with pytest.raises(Refusal):
        await organisation_verbs.record_inhabitants(
            session, key_user, city.id, inhabitants=-1, counted_on=date(2025, 12, 31), source="x", now=NOW
        )


async def test_inhabitants_are_not_counted_on_a_day_to_come(session: AsyncSession) -> None:
    key_user, city = await tiera_key_user(session), await make_organisation(session, ActorKind.CUSTOMER)
    with pytest.raises(Refusal, match="today at the latest"):
        await organisation_verbs.record_inhabitants(
            session, key_user, city.id, inhabitants=1, counted_on=date(2100, 1, 1), source="x", now=NOW
        )


async def test_a_new_count_of_inhabitants_leaves_what_was_known_before(session: AsyncSession) -> None:
    key_user, city = await tiera_key_user(session), await make_organisation(session, ActorKind.CUSTOMER)
    later = NOW + timedelta(days=30)
    for inhabitants, source, now in ((150_000, "Tilastokeskus", NOW), (151_000, "Kaupunki", later)):
        await organisation_verbs.record_inhabitants(
            session, key_user, city.id, inhabitants=inhabitants, counted_on=date(2025, 12, 31), source=source, now=now
        )
    wanted = sa.select(InhabitantCount).where(InhabitantCount.organisation_id == city.id).order_by(InhabitantCount.id)
    rows = [(c.inhabitants, c.source, c.recorded_at, c.ended_at) for c in (await session.scalars(wanted)).all()]
    assert rows == [(150_000, "Tilastokeskus", NOW, later), (151_000, "Kaupunki", later, None)]
    _, recorded = await events_of(session, city, "organisation.inhabitants_recorded")
    assert (recorded.figures["before"], recorded.figures["inhabitants"]) == (150_000, 151_000)


async def test_an_organisation_is_several_things_at_once_each_with_its_days(session: AsyncSession) -> None:
    key_user, city = await tiera_key_user(session), await make_organisation(session, ActorKind.CUSTOMER)
    for kind in (OrganisationKind.MUNICIPALITY, OrganisationKind.IP_OWNER):
        await organisation_verbs.hold_kind(session, key_user, city.id, kind=kind, valid_from=date(2026, 1, 1), now=NOW)
    held = (
        await session.scalars(
            sa.select(OrganisationKindHeld)
            .where(OrganisationKindHeld.organisation_id == city.id)
            .order_by(OrganisationKindHeld.id)
        )
    ).all()
    await organisation_verbs.end_kind(session, key_user, held[1].id, last_day=date(2026, 12, 31), now=NOW)
    assert [(kind.kind, kind.valid.upper) for kind in held] == [
        (OrganisationKind.MUNICIPALITY, None),
        (OrganisationKind.IP_OWNER, date(2027, 1, 1)),
    ]


async def test_what_the_database_refuses_is_said_at_the_field(database_url: str) -> None:
    async with committed(database_url) as (sessions, entrance):
        async with sessions.begin() as session:
            key_user = await tiera_key_user(session)
            city = await make_organisation(session, ActorKind.CUSTOMER)
        taken = await entrance.enter(
            key_user,
            organisation_verbs.add_organisation,
            name="Y",
            side=ActorKind.SUPPLIER,
            business_id=city.business_id,
        )
        second = await entrance.enter(key_user, organisation_verbs.add_organisation, name="Z", side=ActorKind.BUYER)
        kind: dict[str, Any] = {
            "organisation_id": city.id,
            "kind": OrganisationKind.MUNICIPALITY,
            "valid_from": date(2026, 1, 1),
        }
        assert not (await entrance.enter(key_user, organisation_verbs.hold_kind, **kind)).errors
        twice = await entrance.enter(key_user, organisation_verbs.hold_kind, **kind)
    assert [entered.errors[0].path for entered in (taken, second, twice)] == [
        ("business_id",),
        ("side",),
        ("valid_from",),
    ]
    assert isinstance(entrance, Entrance)


async def test_each_side_sees_itself_and_tiera(session: AsyncSession) -> None:
    tiera = await make_organisation(session, ActorKind.BUYER)
    supplier, customer = await supplier_manager(session), await customer_representative(session)

    async def seen(actor: Any) -> set[int]:
        wanted = sa.select(Organisation.id).where(queries.visible_organisations(actor, Organisation))
        return set((await session.scalars(wanted)).all())

    assert await seen(supplier) == {supplier.organisation_id, tiera.id}
    assert await seen(customer) == {customer.organisation_id, tiera.id}
    assert {supplier.organisation_id, customer.organisation_id} <= await seen(await tiera_key_user(session))
