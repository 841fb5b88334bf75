"""The clock's jobs: each is a verb through the entrance; one worker keeps them; what fails keeps nothing else."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from backend.files.model import StoredFile
from backend.kit.database import make_engine, make_sessions
from backend.kit.deadlines import Deadline, open_deadline
from backend.kit.entrance import Entrance
from backend.kit.events import Event
from backend.kit.seals import EventSeal
from backend.ledger.model import Account
from backend.orders.deadlines import ESTIMATE
from backend.orders.states import OrderState
from tests.hours.making import make_work
from tests.notices.making import happen
from workers.timetable import LOCK, Timetable

MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


class Now:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = MORNING

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
async def table(database_url: str, tmp_path: Path) -> AsyncIterator[Timetable]:
    engine = make_engine(database_url, pool_size=3)
    entrance = Entrance(make_sessions(engine), Now())
    yield Timetable(database_url, entrance, tmp_path.as_uri(), minute=timedelta(milliseconds=20))
    await engine.dispose()


def move(table: Timetable, to: datetime) -> None:
    clock = table.entrance.clock
    assert isinstance(clock, Now)
    clock.at = to


async def test_a_deadline_is_told_before_and_after_once_each(table: Timetable) -> None:
    async with table.entrance.sessions.begin() as session:
        work = await make_work(session)
        await open_deadline(
            session,
            work.order.ref,
            ESTIMATE,
            started_at=MORNING,
            warn_at=MORNING + timedelta(days=1),
            due_at=MORNING + timedelta(days=2),
            rule="H11.3.1-a",
        )

    async def told() -> list[str]:
        async with table.entrance.sessions() as session:
            return list((await session.scalars(sa.select(Event.name).order_by(Event.id))).all())

    for hours, names in (
        (0, []),
        (25, ["order.estimate_due_soon"]),
        (26, ["order.estimate_due_soon"]),
        (49, ["order.estimate_due_soon", "order.estimate_late"]),
        (50, ["order.estimate_due_soon", "order.estimate_late"]),
    ):
        move(table, MORNING + timedelta(hours=hours))
        await table.keep()
        assert await told() == names


async def test_a_day_is_sealed_in_its_night_and_a_file_that_nobody_used_is_forgotten(table: Timetable) -> None:
    async with table.entrance.sessions.begin() as session:
        work = await make_work(session)
        await happen(session, "order.edited", work.order, at=MORNING)
        session.add(
            StoredFile(
                sha256="0" * 64,
                size=1,
                name="x.pdf",
                media_type="application/pdf",
                uploaded_by_id=work.manager.person_id,
                organisation_id=work.manager.organisation_id,
                uploaded_at=MORNING,
            )
        )

    async def counts() -> tuple[int, int]:
        async with table.entrance.sessions() as session:
            counted = [
                await session.scalar(sa.select(sa.func.count()).select_from(thing)) for thing in (EventSeal, StoredFile)
            ]
            return counted[0] or 0, counted[1] or 0

    await table.keep()
    assert await counts() == (0, 1)
    move(table, MORNING + timedelta(days=1, hours=1))
    await table.keep()
    assert await counts() == (1, 0)
    await table.keep()
    assert await counts() == (1, 0)


async def test_each_night_what_ended_early_is_bound_as_far_as_it_was_done(table: Timetable) -> None:
    async with table.entrance.sessions.begin() as session:
        work = await make_work(session, state=OrderState.CANCELLED, ended_at=MORNING, books_until=MORNING.date())

    async def ceiling() -> int | None:
        async with table.entrance.sessions() as session:
            return (await session.get_one(Account, work.target.id)).granted

    for hours, left in ((0, 600), (12, 600), (24, 0), (48, 0)):
        move(table, MORNING + timedelta(hours=hours))
        await table.keep()
        assert await ceiling() == left


async def test_what_fails_is_tried_again_and_keeps_nothing_else_from_its_turn(
    table: Timetable, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table.files = "s3://no-such-store"
    async with table.entrance.sessions.begin() as session:
        work = await make_work(session)
        await happen(session, "order.edited", work.order, at=MORNING - timedelta(days=2))
    await table.keep()
    assert "sweep failed" in caplog.text
    async with table.entrance.sessions() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(EventSeal)) == 2
    table.files = tmp_path.as_uri()
    caplog.clear()
    await table.keep()
    assert "failed" not in caplog.text


async def test_while_another_keeps_the_timetable_we_wait(table: Timetable, database_url: str) -> None:
    async with table.entrance.sessions.begin() as session:
        work = await make_work(session)
        due = MORNING - timedelta(hours=1)
        await open_deadline(session, work.order.ref, ESTIMATE, started_at=due - timedelta(days=1), due_at=due)

    async def is_passed() -> bool:
        async with table.entrance.sessions() as session:
            return await session.scalar(sa.select(Deadline.breached_at)) is not None

    async def passes() -> None:
        while not await is_passed():
            await asyncio.wait({asyncio.create_task(asyncio.to_thread(lambda: None))})

    stop = asyncio.Event()
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as other:
        await other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        running = asyncio.create_task(table.run(stop))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(passes(), 0.5)
    await asyncio.wait_for(passes(), 10)
    stop.set()
    await asyncio.wait_for(running, 10)
