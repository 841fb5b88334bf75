"""The record cannot be altered unnoticed: each day's seal holds the seal of the day before."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE
from backend.kit.seals import Broken, EventSeal, find_broken, seal_days
from tests.hours.making import make_work
from tests.making import NOW, TODAY
from tests.notices.making import happen

DAY = timedelta(days=1)


async def seals(session: AsyncSession) -> list[EventSeal]:
    await session.flush()
    return list((await session.scalars(sa.select(EventSeal).order_by(EventSeal.day))).all())


async def broken(session: AsyncSession) -> list[Broken]:
    return [each async for each in find_broken(session)]


@pytest.fixture
async def sealed(session: AsyncSession) -> list[EventSeal]:
    """Three days, something on the first and the last of them."""
    work = await make_work(session)
    for days, times in ((3, 2), (1, 1)):
        for _ in range(times):
            await happen(session, "order.edited", work.order, at=NOW - days * DAY)
    await seal_days(session, SCHEDULE, now=NOW)
    return await seals(session)


async def alter(session: AsyncSession, statement: str) -> None:
    """What only somebody who rules the database could do."""
    await session.execute(sa.text("ALTER TABLE events DISABLE TRIGGER no_change"))
    await session.execute(sa.text("DELETE FROM outbox"))
    await session.execute(sa.text(statement))


@pytest.mark.rule("D0-b")
async def test_every_day_that_is_over_has_a_seal_chained_with_the_one_before(
    session: AsyncSession, sealed: list[EventSeal]
) -> None:
    assert [(seal.day, seal.events) for seal in sealed] == [
        (TODAY - 3 * DAY, 2),
        (TODAY - 2 * DAY, 0),
        (TODAY - DAY, 1),
    ]
    assert len({seal.digest for seal in sealed}) == 3
    assert await broken(session) == []


async def test_a_day_is_sealed_once_and_not_before_its_last_transactions_are_over(
    session: AsyncSession, sealed: list[EventSeal]
) -> None:
    await seal_days(session, SCHEDULE, now=NOW)
    midnight = NOW.replace(hour=22) + timedelta(minutes=30)  # half past midnight in Helsinki
    await seal_days(session, SCHEDULE, now=midnight)
    assert len(await seals(session)) == 3
    await seal_days(session, SCHEDULE, now=midnight + timedelta(minutes=31))
    assert len(await seals(session)) == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET person_id = 7 WHERE id = (SELECT min(id) FROM events)",
        "UPDATE events SET figures = '{\"minutes\": 1}' WHERE id = (SELECT min(id) FROM events)",
        "DELETE FROM events WHERE id = (SELECT min(id) FROM events)",
    ],
)
async def test_what_is_altered_later_is_found_on_its_day_alone(
    session: AsyncSession, sealed: list[EventSeal], statement: str
) -> None:
    await alter(session, statement)
    assert [each.day for each in await broken(session)] == [TODAY - 3 * DAY]


async def test_an_event_smuggled_into_a_sealed_day_is_found(session: AsyncSession, sealed: list[EventSeal]) -> None:
    work = await make_work(session, number="TIL-2026-90002")
    await happen(session, "order.edited", work.order, at=NOW - 2 * DAY)
    assert await broken(session) == [Broken(TODAY - 2 * DAY, 0, 1)]


async def test_where_nothing_has_happened_there_is_nothing_to_seal(session: AsyncSession) -> None:
    await seal_days(session, SCHEDULE, now=NOW)
    assert await seals(session) == []
