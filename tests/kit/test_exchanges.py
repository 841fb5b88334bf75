"""Answers that are taken in turn: each its own, and what is interrupted leaves its connection as good as before."""

import asyncio
import os
import resource
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import psycopg
import pytest
from psycopg import DataError
from psycopg.errors import DivisionByZero

from backend.kit.exchanges import Connection, Query
from tests.waiting import eventually

QUOTIENT = Query("SELECT 12 / $1::int")
WORKING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE query = 'SELECT pg_sleep(60)' AND state = 'active' AND datname = current_database()"
)


@pytest.fixture
async def connections(database_url: str) -> AsyncIterator[list[Connection]]:
    async with AsyncExitStack() as stack:
        made = [await Connection.connect(database_url, autocommit=True) for _ in range(8)]
        yield [await stack.enter_async_context(connection) for connection in made]


async def test_of_many_sockets_the_last_is_looked_at_too(database_url: str) -> None:
    """A process with a thousand live pages has sockets beyond those that `select` can look at."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, before[1]), before[1]))
        for _ in range(1100):
            stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        async with await Connection.connect(database_url) as connection:
            assert connection.pgconn.socket > 1024
            assert await (await connection.execute("SELECT 7")).fetchone() == (7,)


async def test_each_gets_its_own_answers(connections: list[Connection]) -> None:
    async def ask(connection: Connection, who: int) -> list[int]:
        answers = [await (await connection.execute("SELECT %s::int", [who * 100 + n])).fetchone() for n in range(20)]
        return [answer[0] for answer in answers if answer]

    answers = await asyncio.gather(*(ask(connection, who) for who, connection in enumerate(connections)))
    assert answers == [[who * 100 + n for n in range(20)] for who in range(len(connections))]


def await_its_begin(database_url: str) -> None:
    """The server works, and the loop makes no turn: what is interrupted before that would run on."""
    with psycopg.connect(database_url, autocommit=True) as aside:
        eventually(lambda: aside.execute(WORKING).fetchone() == (1,))


@pytest.mark.parametrize("turns", [1, 50])
async def test_what_is_interrupted_stops_and_its_connection_goes_on(
    connections: list[Connection], database_url: str, turns: int
) -> None:
    """After one turn it has asked and looks for its answer for the first time; after fifty the event loop watches."""
    connection, other = connections[:2]
    asking = asyncio.create_task(connection.execute("SELECT pg_sleep(60)"))
    for _ in range(turns):
        await asyncio.sleep(0)
    await_its_begin(database_url)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await (await other.execute(WORKING)).fetchone() == (0,)
    assert await (await connection.execute("SELECT 7")).fetchone() == (7,)


async def test_a_fault_is_raised_to_whoever_asked(connections: list[Connection]) -> None:
    async def ask(connection: Connection, divisor: int) -> int | None:
        answer = await (await connection.execute("SELECT 12 / %s::int", [divisor])).fetchone()
        return answer and answer[0]

    answers = await asyncio.gather(*map(ask, connections, [1, 0, 2, 0, 3, 4, 6, 12]), return_exceptions=True)
    assert [answer if isinstance(answer, int) else type(answer).__name__ for answer in answers] == [
        12, "DivisionByZero", 6, "DivisionByZero", 4, 3, 2, 1,
    ]  # fmt: skip


async def test_what_follows_on_a_fault_is_not_done_and_is_prepared_the_next_time(connections: list[Connection]) -> None:
    connection, fresh = connections[0], Query("SELECT 7")
    connection.say(QUOTIENT, [0])
    with pytest.raises(DivisionByZero):
        await connection.ask(fresh, [])
    assert await connection.ask(fresh, []) == [(7,)] == await connection.ask(fresh, [])
    connection.say(QUOTIENT, [3])
    assert await connection.ask(QUOTIENT, [4]) == [(3,)]


async def test_what_is_said_goes_before_the_statement_of_a_cursor(connections: list[Connection]) -> None:
    connection = connections[0]
    connection.say(Query("CREATE TEMPORARY TABLE notes AS SELECT 7 AS n"), [])
    assert await (await connection.execute("SELECT n FROM notes")).fetchone() == (7,)


async def test_the_first_statement_begins_a_transaction_and_a_rollback_ends_it(database_url: str) -> None:
    fresh = Query("SELECT pg_current_xact_id()::text, $1::int")
    async with await Connection.connect(database_url, prepare_threshold=0) as connection:
        ((first, _),) = await connection.ask(fresh, [1])
        assert await connection.ask(fresh, [2]) == [(first, 2)]
        await connection.execute("SELECT 1")  # a rollback drops all that a cursor prepared, and ours with it
        await connection.rollback()
        ((other, _),) = await connection.ask(fresh, [3])
        assert other != first


@pytest.mark.parametrize("turns", [1, 50])
async def test_an_exchange_that_is_interrupted_stops_and_its_connection_goes_on(
    connections: list[Connection], database_url: str, turns: int
) -> None:
    connection, other = connections[:2]
    asking = asyncio.create_task(connection.ask(Query("SELECT pg_sleep(60)"), []))
    for _ in range(turns):
        await asyncio.sleep(0)
    await_its_begin(database_url)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await (await other.execute(WORKING)).fetchone() == (0,)
    assert await connection.ask(QUOTIENT, [2]) == [(6,)]


async def test_a_text_with_a_nul_is_refused_and_not_cut(connections: list[Connection]) -> None:
    with pytest.raises(DataError):
        await connections[0].ask(Query("SELECT $1::text"), ["a\0b"])


async def test_what_is_said_goes_before_many_statements_of_a_cursor_and_before_a_pipeline(database_url: str) -> None:
    inserting = Query("INSERT INTO notes VALUES ($1::int)")
    many = "INSERT INTO notes SELECT 10 * count(*) + %s::int FROM notes"
    async with await Connection.connect(database_url) as connection:
        connection.say(Query("CREATE TEMPORARY TABLE notes (n int)"), [])
        await connection.cursor().executemany(many, [(1,), (2,)])
        async with connection.pipeline():
            await connection.execute(many, [3])
            connection.say(inserting, [4])
            await connection.execute(many, [5])
            await connection.execute(many, [6])
            assert await connection.ask(inserting, [7]) == []
        connection.say(inserting, [8])
        async with connection.transaction():
            await connection.execute(many, [9])
        await connection.rollback()
        with pytest.raises(psycopg.errors.UndefinedTable):
            await connection.execute("SELECT n FROM notes")
        await connection.rollback()
        connection.say(QUOTIENT, [0])
        with pytest.raises(DivisionByZero):
            await connection.cursor().executemany(many, [(1,), (2,)])
        await connection.rollback()
        assert await connection.ask(QUOTIENT, [3]) == [(4,)]


async def test_a_connection_that_is_lost_is_told(connections: list[Connection]) -> None:
    connection, other = connections[:2]
    connection.say(Query("SELECT pg_terminate_backend(pg_backend_pid())"), [])
    with pytest.raises(psycopg.OperationalError):
        await connection.ask(QUOTIENT, [3])
    assert connection.closed and await other.ask(QUOTIENT, [3]) == [(4,)]


async def test_nothing_is_found_after_an_answer_that_is_missing(
    connections: list[Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(pgconn: Any) -> Any:
        pgconn.finish()
        yield from ()
        return []

    monkeypatch.setattr("backend.kit.exchanges.fetch_many", missing)
    with pytest.raises(psycopg.OperationalError):
        await connections[0].ask(QUOTIENT, [3])


async def test_after_a_fault_a_commit_is_refused_and_undone(database_url: str) -> None:
    async with await Connection.connect(database_url) as connection:
        await connection.execute("CREATE TEMPORARY TABLE notes (n int)")
        connection.say(QUOTIENT, [0])
        with pytest.raises(DivisionByZero):
            await connection.execute("SAVEPOINT a")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            await connection.commit()
        assert await connection.ask(Query("SELECT to_regclass('notes')::text"), []) == [(None,)]


async def test_a_plan_whose_table_has_changed_is_made_anew_after_the_fault(database_url: str) -> None:
    every = Query("SELECT * FROM notes")
    async with await Connection.connect(database_url) as connection:
        await connection.execute("CREATE TEMPORARY TABLE notes AS SELECT 7 AS n")
        assert await connection.ask(every, []) == [(7,)]
        await connection.execute("ALTER TABLE notes ADD COLUMN m int")
        await connection.commit()
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            await connection.ask(every, [])
        await connection.rollback()
        assert await connection.ask(every, []) == [(7, None)]
