"""Two people at once: one is first, the other hears of it, and nothing is done twice."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError

from backend.kit.events import Event
from backend.kit.faults import Code
from backend.parties import organisation_verbs, people_verbs, price_verbs, right_verbs, service_verbs
from backend.parties.agreement_model import Price, Service
from backend.parties.model import Organisation, RoleHeld
from backend.parties.right_model import OrderingRight
from backend.parties.states import RightState
from backend.rulebook.roles import Role
from tests.making import (
    NOW,
    TODAY,
    make_agreement,
    make_organisation,
    make_person,
    make_price_group,
    make_right,
    make_service,
    tiera_business_manager,
    tiera_key_user,
    tiera_service_manager,
)
from tests.parties.making import DOCUMENT, LIMITS, committed


async def test_a_naming_that_two_confirm_at_once_is_confirmed_once(database_url: str) -> None:
    async with committed(database_url) as (sessions, entrance):
        async with sessions.begin() as session:
            namers = [await tiera_service_manager(session), await tiera_business_manager(session)]
            right = await make_right(session, await make_person(session), state=RightState.PROPOSED)
        done = await asyncio.gather(
            *(entrance.enter(actor, right_verbs.confirm_right, right_id=right.id) for actor in namers)
        )
        async with sessions() as session:
            named = sa.select(Event).where(Event.name == "ordering_right.confirmed")
            assert len((await session.scalars(named)).all()) == 1
    assert sorted(entered.errors[0].code if entered.errors else "" for entered in done) == ["", Code.WRONG_STATE]


async def test_of_two_new_versions_entered_at_once_one_is_taken(database_url: str) -> None:
    async with committed(database_url) as (sessions, entrance):
        async with sessions.begin() as session:
            key_users = [await tiera_key_user(session), await tiera_key_user(session)]
            right = await make_right(session, await make_person(session))
        done = await asyncio.gather(
            *(
                entrance.enter(actor, right_verbs.replace_right, right_id=right.id, limits=LIMITS, document=DOCUMENT)
                for actor in key_users
            )
        )
        async with sessions() as session:
            versions = sa.select(OrderingRight).where(OrderingRight.replaces_id == right.id)
            assert len((await session.scalars(versions)).all()) == 1
    assert sum(bool(entered.errors) for entered in done) == 1


async def test_a_change_is_not_lost_when_two_read_the_same_version(database_url: str) -> None:
    async with committed(database_url) as (sessions, entrance):
        async with sessions.begin() as session:
            key_users = [await tiera_key_user(session), await tiera_key_user(session)]
            supplier = await make_organisation(session)
        done = await asyncio.gather(
            *(
                entrance.enter(
                    actor,
                    organisation_verbs.change_organisation,
                    organisation_id=supplier.id,
                    name=f"Name {n}",
                    expected_version=1,
                )
                for n, actor in enumerate(key_users)
            )
        )
        async with sessions() as session:
            assert (await session.get_one(Organisation, supplier.id)).version == 2
    assert sorted(entered.errors[0].code if entered.errors else "" for entered in done) == ["", Code.VERSION_CONFLICT]


async def test_prices_set_at_once_never_overlap(database_url: str) -> None:
    async with committed(database_url) as (sessions, entrance):
        async with sessions.begin() as session:
            key_user = await tiera_key_user(session)
            group = await make_price_group(session, await make_agreement(session), price=None)
        await asyncio.gather(
            *(
                entrance.enter(
                    key_user,
                    price_verbs.set_price,
                    price_group_id=group.id,
                    unit_price=Decimal(n),
                    valid_from=date(2027, n, 1),
                )
                for n in (3, 1, 2, 4)
            )
        )
        async with sessions() as session:
            live = sa.select(Price).where(Price.ended_at.is_(None)).order_by(sa.func.lower(Price.valid))
            prices = (await session.scalars(live)).all()
    assert [(price.unit_price, price.valid.lower) for price in prices] == [
        (Decimal(n), date(2027, n, 1)) for n in (1, 2, 3, 4)
    ]
    assert [price.valid.upper for price in prices] == [date(2027, n, 1) for n in (2, 3, 4)] + [None]


async def test_of_two_services_that_are_chosen_for_mail_at_once_one_takes_it(database_url: str) -> None:
    async with committed(database_url) as (sessions, entrance):
        async with sessions.begin() as session:
            key_users = [await tiera_key_user(session), await tiera_key_user(session)]
            agreement = await make_agreement(session)
            services = [await make_service(session, agreement) for _ in key_users]
        done = await asyncio.gather(
            *(
                entrance.enter(actor, service_verbs.choose_mail_service, service_id=service.id)
                for actor, service in zip(key_users, services, strict=True)
            )
        )
        async with sessions() as session:
            taking = (await session.scalars(sa.select(Service.id).where(Service.takes_mail))).all()
    assert len(taking) == 1 and all(not each.errors or each.errors[0].code is Code.INVALID for each in done)


async def test_of_two_key_users_who_leave_at_once_one_stays(database_url: str) -> None:
    async with committed(database_url) as (sessions, entrance):
        async with sessions.begin() as session:
            first, second = await tiera_key_user(session), await tiera_key_user(session)
            held = sa.select(RoleHeld).where(RoleHeld.role == Role.KEY_USER).order_by(RoleHeld.id)
            roles = (await session.scalars(held)).all()
            for role in roles:
                role.valid = Range(TODAY, None)
        ending: dict[str, Any] = {"last_day": TODAY + timedelta(days=10), "reason": "Leaves."}
        async with sessions.begin() as leaving:
            await people_verbs.end_role(leaving, first, roles[0].id, **ending, now=NOW)
            await leaving.flush()
            async with sessions() as meanwhile:
                await meanwhile.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
                with pytest.raises(DBAPIError, match="lock timeout"):
                    await people_verbs.end_role(meanwhile, second, roles[1].id, **ending, now=NOW)
        late = await entrance.enter(second, people_verbs.end_role, role_id=roles[1].id, **ending)
    assert [error.code for error in late.errors] == [Code.INVALID]
