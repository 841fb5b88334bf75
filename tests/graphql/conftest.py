"""The example's tables, empty, for the tests of a module; and a door to a database of a test's own."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
import pytest

from backend.graphql import schema
from backend.graphql.door import Door
from backend.graphql.reads.database import Database
from backend.kit.actor import Actor
from backend.kit.database import Sessions, make_engine, make_sessions
from backend.kit.entrance import Entrance
from tests.databases import Server
from tests.graphql.asking import Ask, Clock
from tests.graphql.reads.base import Base
from tests.graphql.reads.small import small


@pytest.fixture(scope="module")
def base(test_server: Server) -> Iterator[Base]:
    name = test_server.create()
    base = Base(test_server.url_of(name))
    yield base
    base.connection.close()
    test_server.drop(name)


@pytest.fixture
def rows(base: Base) -> Base:
    """A few rows, and no statement sent yet."""
    base.load(small())
    base.statements.clear()
    return base


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    engine = make_engine(database_url)
    yield make_sessions(engine)
    await engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def door(database_url: str, sessions: Sessions, clock: Clock) -> AsyncIterator[Door]:
    reads = Database(database_url, size=1)
    await reads.open()
    yield Door(schema.build(), reads.fetch, Entrance(sessions, clock=lambda: clock.now))
    await reads.close()


@pytest.fixture
def ask(door: Door) -> Ask:
    """Asks the schema as an actor and gives the data; what is at fault must be just these codes."""

    async def asked(actor: Actor, document: str, codes: tuple[str, ...] = (), **variables: Any) -> dict[str, Any]:
        response = orjson.loads(await door.execute(document, variables, actor))
        faults = response.get("errors", [])
        assert tuple(error["extensions"]["code"] for error in faults) == codes, faults
        data: dict[str, Any] = response["data"]
        return data

    return asked
