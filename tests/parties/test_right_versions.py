"""Versions of an ordering right: each ends the one before it on its own first day, and no other (11.8.1)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit import deadlines
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.calendar import start_of_day
from backend.kit.faults import Code
from backend.parties import right_verbs, role_queries
from backend.parties.right_model import OrderingRight
from backend.parties.right_queries import in_force_on
from backend.parties.states import RightState
from tests.making import (
    NOW,
    TODAY,
    tiera_key_user,
    tiera_service_manager,
)
from tests.parties.making import DOCUMENT, LIMITS, limits, name_contact
from tests.parties.test_right_verbs import refused


@pytest.mark.rule("H11.8.1-c")
async def test_a_new_version_ends_the_old_one_when_it_is_confirmed_and_not_before(session: AsyncSession) -> None:
    key_user, namer = await tiera_key_user(session), await tiera_service_manager(session)
    old = await name_contact(session, key_user)
    await right_verbs.confirm_right(session, namer, old.id, now=NOW)
    later = NOW + timedelta(days=1)
    new = await right_verbs.replace_right(
        session, key_user, old.id, limits=limits(most_euros=Decimal(900)), document=DOCUMENT, now=later
    )
    assert (old.state, new.state, old.most_euros) == (RightState.IN_FORCE, RightState.PROPOSED, LIMITS.most_euros)
    await right_verbs.confirm_right(session, namer, new.id, now=later)
    assert (old.state, new.state, old.ended_at, old.most_euros) == (
        RightState.ENDED,
        RightState.IN_FORCE,
        later,
        LIMITS.most_euros,
    )
    third = await right_verbs.replace_right(session, key_user, new.id, limits=LIMITS, document=DOCUMENT, now=later)
    assert old.counted_on == new.counted_on == third.counted_on == old.ref


async def _to_come(session: AsyncSession, key_user: Actor, namer: Actor) -> tuple[OrderingRight, OrderingRight, date]:
    """A right in force, the version after it that is confirmed today, and the later day on which that begins."""
    old, begins_on = await name_contact(session, key_user), TODAY + timedelta(days=10)
    await right_verbs.confirm_right(session, namer, old.id, now=NOW)
    new = await right_verbs.replace_right(
        session, key_user, old.id, limits=limits(valid_from=begins_on), document=DOCUMENT, now=NOW
    )
    await right_verbs.confirm_right(session, namer, new.id, now=NOW)
    return old, new, begins_on


@pytest.mark.rule("H11.8.1-b")
async def test_a_version_for_later_days_ends_the_old_one_when_they_begin(session: AsyncSession) -> None:
    key_user, namer = await tiera_key_user(session), await tiera_service_manager(session)
    old, new, begins_on = await _to_come(session, key_user, namer)
    asked: dict[str, Any] = {"person_id": old.person_id, "organisation_id": old.organisation_id}
    eve = begins_on - timedelta(days=1)
    for day, counts in ((TODAY, old), (eve, old), (begins_on, new)):
        found = await role_queries.rights_in_force(session, **asked, day=day)
        assert found == [counts], f"{day}, before the clock has come to it"
        assert await _could_order_on(session, day) == [counts], f"{day}, asked of all"
    await deadlines.pass_deadlines(session, SCHEDULE, now=start_of_day(begins_on) - timedelta(seconds=1))
    assert old.state is RightState.IN_FORCE
    late = start_of_day(begins_on) + timedelta(days=2)
    await deadlines.pass_deadlines(session, SCHEDULE, now=late)
    assert (old.state, old.ended_at, new.state) == (RightState.ENDED, start_of_day(begins_on), RightState.IN_FORCE)
    for day, counts in ((eve, old), (begins_on, new)):
        assert await _could_order_on(session, day) == [counts], day


@pytest.mark.rule("H11.8.1-b")
async def test_a_version_for_later_days_that_is_ended_before_them_ends_nothing(session: AsyncSession) -> None:
    key_user, namer = await tiera_key_user(session), await tiera_service_manager(session)
    old, new, begins_on = await _to_come(session, key_user, namer)
    await right_verbs.end_right(session, key_user, new.id, reason="Not needed.", now=NOW)
    await deadlines.pass_deadlines(session, SCHEDULE, now=start_of_day(begins_on) + timedelta(hours=1))
    asked: dict[str, Any] = {"person_id": old.person_id, "organisation_id": old.organisation_id, "day": begins_on}
    assert await role_queries.rights_in_force(session, **asked) == [old]
    assert await _could_order_on(session, begins_on) == [old]


@pytest.mark.rule("H11.8.1-b")
@pytest.mark.parametrize("days", [0, 5, 10])
async def test_a_version_in_place_of_one_that_never_began_ends_the_one_in_force(
    session: AsyncSession, days: int
) -> None:
    key_user, namer = await tiera_key_user(session), await tiera_service_manager(session)
    old, between, begins_on = await _to_come(session, key_user, namer)
    first = TODAY + timedelta(days=days)
    new = await _in_place_of(session, key_user, namer, between, first)
    assert (between.state, between.ended_at) == (RightState.ENDED, NOW)
    for day in (first, begins_on, begins_on + timedelta(days=1)):
        assert await _could_order_on(session, day) == [new], day
    if days:
        assert await _could_order_on(session, first - timedelta(days=1)) == [old]
    await deadlines.pass_deadlines(session, SCHEDULE, now=start_of_day(begins_on) + timedelta(hours=1))
    assert (old.state, new.state) == (RightState.ENDED, RightState.IN_FORCE)
    assert old.ended_at == (start_of_day(first) if days else NOW)


@pytest.mark.rule("H11.8.1-b")
async def test_a_version_ends_also_what_the_one_before_had_still_to_end(session: AsyncSession) -> None:
    key_user, namer = await tiera_key_user(session), await tiera_service_manager(session)
    old, between, begins_on = await _to_come(session, key_user, namer)
    before_the_clock = start_of_day(begins_on) + timedelta(seconds=1)
    new = await _in_place_of(session, key_user, namer, between, begins_on, now=before_the_clock)
    assert (old.state, old.ended_at) == (RightState.ENDED, start_of_day(begins_on))
    assert (between.state, between.ended_at) == (RightState.ENDED, before_the_clock)
    assert await _could_order_on(session, begins_on) == [new]


@pytest.mark.rule("H11.8.1-b")
async def test_versions_for_later_and_still_later_days_end_each_other_in_turn(session: AsyncSession) -> None:
    key_user, namer = await tiera_key_user(session), await tiera_service_manager(session)
    old, between, begins_on = await _to_come(session, key_user, namer)
    later = begins_on + timedelta(days=7)
    new = await _in_place_of(session, key_user, namer, between, later)
    for day, counts in ((TODAY, old), (begins_on, between), (later, new)):
        assert await _could_order_on(session, day) == [counts], day
    await deadlines.pass_deadlines(session, SCHEDULE, now=start_of_day(later) + timedelta(hours=1))
    assert (old.ended_at, between.ended_at) == (start_of_day(begins_on), start_of_day(later))


@pytest.mark.rule("H11.8.1-b")
@pytest.mark.parametrize("is_confirmed", [True, False])
async def test_what_comes_after_a_version_that_is_ended_before_its_days_ends_the_one_before(
    session: AsyncSession, is_confirmed: bool
) -> None:
    key_user, namer = await tiera_key_user(session), await tiera_service_manager(session)
    old, between, begins_on = await _to_come(session, key_user, namer)
    later = begins_on + timedelta(days=7)
    new = await right_verbs.replace_right(
        session, key_user, between.id, limits=limits(valid_from=later), document=DOCUMENT, now=NOW
    )
    steps = [right_verbs.confirm_right(session, namer, new.id, now=NOW)]
    steps.insert(int(is_confirmed), right_verbs.end_right(session, namer, between.id, reason="Mistaken.", now=NOW))
    for step in steps:
        await step
    await session.flush()
    for day, counts in ((TODAY, old), (begins_on, old), (later, new)):
        assert await _could_order_on(session, day) == [counts], day
    await deadlines.pass_deadlines(session, SCHEDULE, now=start_of_day(later) + timedelta(hours=1))
    assert (old.state, old.ended_at, new.state) == (RightState.ENDED, start_of_day(later), RightState.IN_FORCE)


@pytest.mark.rule("H11.8.1-b")
async def test_a_version_that_is_ended_once_it_has_begun_leaves_none_before_it_in_force(session: AsyncSession) -> None:
    key_user, namer = await tiera_key_user(session), await tiera_service_manager(session)
    old, new, begins_on = await _to_come(session, key_user, namer)
    before_the_clock = start_of_day(begins_on) + timedelta(seconds=1)
    await right_verbs.end_right(session, namer, new.id, reason="Has left.", now=before_the_clock)
    assert (old.state, old.ended_at) == (RightState.ENDED, start_of_day(begins_on))
    assert await _could_order_on(session, begins_on) == []


async def _in_place_of(
    session: AsyncSession, key_user: Actor, namer: Actor, older: OrderingRight, first: date, *, now: datetime = NOW
) -> OrderingRight:
    new = await right_verbs.replace_right(
        session, key_user, older.id, limits=limits(valid_from=first), document=DOCUMENT, now=now
    )
    await right_verbs.confirm_right(session, namer, new.id, now=now)
    await session.flush()
    return new


async def _could_order_on(session: AsyncSession, day: date) -> list[OrderingRight]:
    in_force = sa.select(OrderingRight).where(in_force_on(OrderingRight, day))
    return list(await session.scalars(in_force))


async def test_only_a_right_in_force_gets_a_new_version(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    right = await name_contact(session, key_user)
    replaced = right_verbs.replace_right(session, key_user, right.id, limits=LIMITS, document=DOCUMENT, now=NOW)
    assert (await refused(replaced)).code is Code.INVALID
