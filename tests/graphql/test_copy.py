"""Reports may be read from a copy of the database; all else, and what the copy does not answer, from the primary."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson
import pytest
from psycopg.errors import QueryCanceled

from backend.graphql import schema
from backend.graphql.door import Door
from backend.graphql.reads.database import Copy, Database, Fetch
from backend.kit.actor import ActorKind
from backend.rulebook.roles import Role
from tests.making import an_actor

REPORT = "{ timeEntryReport(first: 1) { nodes { id } } }"
LIST = "{ timeEntries(first: 1) { nodes { id } } }"
TIERA = an_actor(ActorKind.BUYER, Role.SERVICE_MANAGER)


def recording(name: str, asked: list[str]) -> Fetch:
    async def fetch(sql: bytes, parameters: Sequence[Any], *, anew: bool = False) -> bytes | None:
        asked.append(name)
        return b"{}"

    return fetch


@pytest.mark.parametrize(
    ("document", "who"),
    [
        (REPORT, "copy"),
        (
            "{ __typename timeEntryReport(first: 1) { nodes { id } } figures: timeEntryReport { nodes { day } } }",
            "copy",
        ),
        (LIST, "primary"),
        ("{ timeEntryReport(first: 1) { nodes { id } } timeEntries(first: 1) { nodes { id } } }", "primary"),
        ("{ __typename }", "primary"),
    ],
)
async def test_only_what_asks_for_nothing_but_reports_is_read_from_the_copy(document: str, who: str) -> None:
    asked: list[str] = []
    door = Door(schema.build(), recording("primary", asked), reports=recording("copy", asked))
    answer = orjson.loads(await door.execute(document, {}, TIERA))
    assert "errors" not in answer
    assert asked == [who]


async def test_pages_follow_on_what_was_done_just_now_and_never_read_the_copy() -> None:
    asked: list[str] = []
    door = Door(schema.build(), recording("primary", asked), reports=recording("copy", asked))
    await door.read(REPORT, {}, TIERA)
    assert asked == ["primary"]


async def test_without_a_copy_reports_are_read_from_the_primary() -> None:
    asked: list[str] = []
    await Door(schema.build(), recording("primary", asked)).execute(REPORT, {}, TIERA)
    assert asked == ["primary"]


@pytest.fixture
async def copy(database_url: str) -> AsyncIterator[tuple[Copy, list[str]]]:
    """A copy whose statements may take a tenth of a second, and what is asked of the primary instead."""
    asked: list[str] = []
    database = Database(database_url, size=1, timeout=100)
    await database.open()
    yield Copy(database, recording("primary", asked)), asked
    await database.close()


@pytest.mark.database
async def test_the_copy_answers_where_it_is(copy: tuple[Copy, list[str]]) -> None:
    there, asked = copy
    assert await there.fetch(b"SELECT 'copied'", []) == b"copied"
    assert asked == []


@pytest.mark.database
async def test_what_takes_too_long_is_not_asked_again_of_the_primary(copy: tuple[Copy, list[str]]) -> None:
    there, asked = copy
    with pytest.raises(QueryCanceled):
        await there.fetch(b"SELECT pg_sleep(5)::text", [])
    assert asked == []


@pytest.mark.database
async def test_what_was_removed_while_the_copy_read_it_is_read_from_the_primary(copy: tuple[Copy, list[str]]) -> None:
    there, asked = copy
    conflict = b"DO $$ BEGIN RAISE EXCEPTION 'conflict with recovery' USING ERRCODE = '40001'; END $$"
    assert await there.fetch(conflict, []) == b"{}"
    assert asked == ["primary"]


async def test_where_no_copy_is_to_be_reached_the_primary_answers_and_the_server_starts() -> None:
    asked: list[str] = []
    database = Database("postgresql:///none?host=/nowhere", size=1, patience=0.05)
    await database.open(wait=False)
    try:
        assert await Copy(database, recording("primary", asked)).fetch(b"SELECT 1", []) == b"{}"
    finally:
        await database.close()
    assert asked == ["primary"]


@pytest.mark.parametrize(
    ("where", "anew"), [("{}", False), ("{isOpen: true}", False), ('{words: "kirjautuminen"}', True)]
)
async def test_only_what_is_searched_by_words_is_planned_for_just_these_words(where: str, anew: bool) -> None:
    """All else is planned once a connection: how rare words are is what decides how a search is best run."""
    asked: list[bool] = []

    async def fetch(sql: bytes, parameters: Sequence[Any], *, anew: bool = False) -> bytes | None:
        asked.append(anew)
        return b"{}"

    document = f"{{ tickets(where: {where}, first: 5) {{ totalCount nodes {{ number }} }} }}"
    assert "errors" not in orjson.loads(await Door(schema.build(), fetch).execute(document, {}, TIERA))
    assert asked == [anew]


@pytest.mark.database
async def test_what_is_planned_anew_is_not_kept(copy: tuple[Copy, list[str]]) -> None:
    there, _ = copy
    kept = b"SELECT count(*)::text FROM pg_prepared_statements WHERE statement LIKE 'SELECT ''searched''%'"
    for anew, prepared in ((True, b"0"), (False, b"1")):
        await there.fetch(b"SELECT 'searched'", [], anew=anew)
        assert await there.fetch(kept, []) == prepared
