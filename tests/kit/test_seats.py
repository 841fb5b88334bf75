"""Seats: what one transaction leaves is nothing to the next, however it ended and whoever had a part in it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.database import make_engine, make_sessions, table_of
from backend.kit.seats import NoSeat, Sessions
from backend.kit.statements import Statement, put
from backend.ledger.model import Account, Unit
from tests.waiting import eventually

_accounts = table_of(Account)
TITLES = Statement(sa.select(Account.title).order_by(Account.about_id))
RENAME = Statement(sa.update(_accounts).values(title=sa.bindparam("called", type_=sa.Text)))
APPROVE = Statement(sa.update(_accounts).values(approved=sa.bindparam("amount", type_=sa.BigInteger)))
SLEEP = Statement(sa.select(sa.func.pg_sleep(60)))
OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
    " AND pid <> pg_backend_pid()"
)
PROCESS = Statement(sa.select(sa.func.pg_backend_pid()))


Write = Callable[[AsyncSession, int], Awaitable[None]]


def an_account(about_id: int = 1) -> Account:
    return Account(about_kind="Target", about_id=about_id, purpose="hours", unit=Unit.MINUTES, billable=True, granted=5)


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    engine = make_engine(database_url, pool_size=2, max_overflow=1)
    yield make_sessions(engine, store="the store")
    await engine.dispose()


async def titles(sessions: Sessions) -> list[str | None]:
    async with sessions() as session:
        return [title for (title,) in await TITLES.run(session)]


async def process(sessions: Sessions) -> int:
    async with sessions.seated() as seat:
        ((pid,),) = await PROCESS.run(seat.session)
        await seat.commit()
        return int(pid)


async def test_a_seat_keeps_its_connection_and_nothing_that_the_session_knew(sessions: Sessions) -> None:
    async with sessions.seated() as seat:
        await put(seat.session, an_account())
        seat.session.info["told"] = "something"
        await seat.commit()
    first = seat
    async with sessions.seated() as seat:
        assert seat is first
        assert list(seat.session.identity_map.values()) == [] and "told" not in seat.session.info
        assert seat.session.info["store"] == "the store"
        assert [title for (title,) in await TITLES.run(seat.session)] == [None]
        await seat.commit()


async def by_statements(session: AsyncSession, about_id: int) -> None:
    await put(session, an_account(about_id))


async def by_the_orm(session: AsyncSession, about_id: int) -> None:
    session.add(an_account(about_id))
    await session.flush()


async def by_both(session: AsyncSession, about_id: int) -> None:
    await put(session, an_account(about_id))
    (await session.scalars(sa.select(Account).where(Account.about_id == about_id))).one().purpose = "other"


async def while_the_orm_is_in_a_transaction_that_asks_nothing(session: AsyncSession, about_id: int) -> None:
    async with session.begin_nested():
        pass
    await put(session, an_account(about_id))


WAYS = [by_statements, by_the_orm, by_both, while_the_orm_is_in_a_transaction_that_asks_nothing]


@pytest.mark.parametrize("write", WAYS)
async def test_what_is_committed_stays_and_what_is_not_is_undone(sessions: Sessions, write: Write) -> None:
    async with sessions.seated() as seat:
        await write(seat.session, 1)
        await seat.session.flush()
        await RENAME.say(seat.session, called="said")
        await seat.commit()

    async def fail() -> None:
        async with sessions.seated() as seat:
            await write(seat.session, 2)
            await RENAME.say(seat.session, called="never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await titles(sessions) == ["said"]


@pytest.mark.parametrize("write", WAYS)
async def test_a_seat_is_not_left_within_a_transaction(sessions: Sessions, write: Write) -> None:
    async def leave(write: Write) -> None:
        async with sessions.seated() as seat:
            await write(seat.session, 1)

    with pytest.raises(RuntimeError, match="within a transaction"):
        await leave(write)
    with pytest.raises(RuntimeError, match="within a transaction"):
        await leave(lambda session, _: RENAME.say(session, called="said and not sent"))
    assert await titles(sessions) == []


async def test_a_fault_at_the_commit_is_sqlalchemys_and_undoes_all(sessions: Sessions) -> None:
    async def commit() -> None:
        async with sessions.seated() as seat:
            await put(seat.session, an_account())
            await APPROVE.say(seat.session, amount=6)
            await seat.commit()

    with pytest.raises(IntegrityError, match="order_of_sums"):
        await commit()
    assert await titles(sessions) == []
    assert await process(sessions)


async def test_what_is_asked_ahead_comes_with_the_next_statement(sessions: Sessions) -> None:
    async with sessions.seated() as seat:
        await put(seat.session, an_account())
        before = await TITLES.ahead(seat.session)
        await RENAME.say(seat.session, called="a")
        after = await TITLES.ahead(seat.session)
        with pytest.raises(AttributeError):
            _ = before.rows
        assert await TITLES.run(seat.session) == [("a",)]
        assert (before.rows, after.rows) == ([(None,)], [("a",)])
        async with seat.session.begin_nested():
            assert (await TITLES.ahead(seat.session)).rows == [("a",)]
        await seat.commit()


async def test_of_an_interrupted_transaction_nothing_stays(sessions: Sessions) -> None:
    begun = asyncio.Event()

    async def interrupted() -> None:
        async with sessions.seated() as seat:
            await put(seat.session, an_account())
            begun.set()
            await SLEEP.run(seat.session)

    task = asyncio.create_task(interrupted())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await titles(sessions) == []
    assert await process(sessions)


async def test_after_postgresql_ended_all_connections_nobody_is_told_of_it(
    sessions: Sessions, database_url: str
) -> None:
    async with sessions.seated() as seat, sessions.seated() as other:
        for its in (seat, other):
            await put(its.session, an_account(id(its)))
            await its.commit()
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = ANY(%s)",
            [[its.driver.info.backend_pid for its in (seat, other)]],
        )
    async with sessions.seated() as first, sessions.seated() as second:
        for its in (first, second):
            assert len(await TITLES.run(its.session)) == 2
            await its.commit()


async def test_a_connection_lost_within_a_transaction_is_told(sessions: Sessions, database_url: str) -> None:
    async def lose() -> None:
        async with sessions.seated() as seat:
            await put(seat.session, an_account())
            with psycopg.connect(database_url, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", [seat.driver.info.backend_pid])
            await seat.commit()

    with pytest.raises(DBAPIError):
        await lose()
    assert await titles(sessions) == []
    assert await process(sessions)


async def test_who_finds_no_seat_waits_for_one_and_sessions_are_made_beside(sessions: Sessions) -> None:
    async with sessions.seated(), sessions.seated():
        waiting = asyncio.create_task(process(sessions))
        assert await titles(sessions) == []  # by the one connection that is no seat's
        assert not waiting.done()
    assert await waiting


async def test_who_waits_gets_a_seat_before_whoever_comes_later(sessions: Sessions) -> None:
    order: list[str] = []

    async def come(name: str) -> None:
        async with sessions.seated():
            order.append(name)

    async with sessions.seated():
        async with sessions.seated():
            first = asyncio.create_task(come("waited"))
            await asyncio.sleep(0)
            gone = asyncio.create_task(come("never"))
            await asyncio.sleep(0)
            gone.cancel()
            await asyncio.sleep(0)
        await come("came later")
    await first
    assert order == ["waited", "came later"]


async def test_who_waits_too_long_is_told(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.kit.seats.PATIENCE", 0)
    async with sessions.seated(), sessions.seated():
        with pytest.raises(NoSeat):
            await process(sessions)
    assert await process(sessions)


async def test_what_sessions_carry_is_there_in_seats_that_were_open_before(sessions: Sessions) -> None:
    await process(sessions)
    sessions.configure(info={"store": "another"})
    async with sessions.seated() as seat:
        assert seat.session.info["store"] == "another"


async def test_a_seat_that_cannot_be_opened_is_free_again(sessions: Sessions) -> None:
    async with sessions() as first, sessions() as second, sessions() as third:
        for session in (first, second, third):
            await session.connection()
        task = asyncio.create_task(process(sessions))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await process(sessions)


async def test_at_the_end_seats_leave_no_connection(database_url: str) -> None:
    engine = make_engine(database_url, pool_size=2)
    sessions = make_sessions(engine)
    async with sessions.seated(), sessions.seated():
        pass
    await engine.dispose()
    with psycopg.connect(database_url, autocommit=True) as admin:
        eventually(lambda: admin.execute(OTHERS).fetchone() == (0,))
