"""The parties as a client of the schema meets them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from backend.graphql import schema as schemas
from backend.graphql.door import Door
from backend.graphql.reads.database import Database
from backend.kit.actor import Actor
from backend.kit.database import Sessions, make_engine, make_sessions
from backend.kit.entrance import Entrance
from tests.making import NOW
from tests.parties.world import World, make_world


@dataclass
class Asking:
    """A door to a database of a test's own, which commits."""

    door: Door
    sessions: Sessions
    entrance: Entrance

    async def query(self, actor: Actor, document: str, **variables: Any) -> dict[str, Any]:
        return await self.door.read(document, variables, actor)

    async def mutate(self, actor: Actor, name: str, selection: str, /, **given: Any) -> dict[str, Any]:
        """The payload of a mutation; `given` are the values of its input."""
        kind = f"{name[0].upper()}{name[1:]}Input!"
        document = (
            f"mutation M($input: {kind}) {{ {name}(input: $input) "
            f"{{ {selection} userErrors {{ code path rule limit actual message }} }} }}"
        )
        found: dict[str, Any] = (await self.door.read(document, {"input": given}, actor))[name]
        return found


@pytest.fixture
async def asking(database_url: str) -> AsyncIterator[Asking]:
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    entrance = Entrance(sessions, clock=lambda: NOW)
    reads = Database(database_url, size=2)
    await reads.open()
    yield Asking(Door(schemas.build(), reads.fetch, entrance), sessions, entrance)
    await reads.close()
    await engine.dispose()


@pytest.fixture
async def world(asking: Asking) -> World:
    async with asking.sessions.begin() as session:
        return await make_world(session)
