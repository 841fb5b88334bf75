"""Reads run in UTC, change nothing, and are given up when they take too long."""

import asyncio
from collections.abc import AsyncIterator

import orjson
import psycopg
import pytest

from backend.graphql.door import Door
from backend.graphql.reads.database import Database
from tests.graphql.reads.example.schema import schema
from tests.graphql.reads.small import BUYER

PID = b"SELECT pg_backend_pid()::text"


@pytest.fixture
async def database(empty_database_url: str) -> AsyncIterator[Database]:
    database = Database(empty_database_url, size=1, timeout=50)
    await database.open()
    yield database
    await database.close()


async def test_a_session_speaks_utc(database: Database) -> None:
    assert await database.fetch(b"SELECT current_setting('timezone')", []) == b"UTC"


async def test_nothing_can_be_written(database: Database) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        await database.fetch(b"CREATE TABLE t ()", [])


async def test_a_statement_that_takes_too_long_is_given_up_and_said_so(database: Database) -> None:
    async def slow(sql: bytes, parameters: object) -> bytes | None:
        return await database.fetch(b"SELECT pg_sleep(5)::text", [])

    response = orjson.loads(await Door(schema, slow).execute("{ me { id } }", {}, BUYER))
    assert response["errors"][0]["extensions"]["code"] == "TIMEOUT"


async def test_numbers_of_all_sizes_are_one_prepared_statement(database: Database) -> None:
    for number in (1, 2**20, 2**40):
        assert await database.fetch(b"SELECT $1 + 0", [number]) == str(number).encode()
    prepared = b"SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1 + 0'"
    assert await database.fetch(prepared, []) == b"1"


async def end_all(url: str) -> None:
    """End every other backend of the database, as PostgreSQL does when it is started anew."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(f"SELECT pg_terminate_backend(pid, 5000) {others}")  # type: ignore[arg-type]


async def test_a_connection_that_broke_while_it_was_kept_is_replaced_and_nobody_notices(
    database: Database, empty_database_url: str
) -> None:
    broken = await database.fetch(PID, [])
    await end_all(empty_database_url)
    assert await database.fetch(PID, []) not in (None, broken)


async def test_so_is_one_that_the_pool_kept(database: Database, empty_database_url: str) -> None:
    await end_all(empty_database_url)
    assert await database.fetch(PID, [])


async def test_what_ends_every_connection_that_it_gets_fails(database: Database) -> None:
    await database.fetch(PID, [])
    with pytest.raises(psycopg.OperationalError):
        await database.fetch(b"SELECT pg_terminate_backend(pg_backend_pid())::text", [])
    assert await database.fetch(b"SELECT 1::text", []) == b"1"


async def test_a_reader_who_leaves_takes_no_connection_with_them(database: Database) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(database.fetch(b"SELECT pg_sleep(5)::text", []), 0.01)
    assert await database.fetch(b"SELECT 1::text", []) == b"1"
