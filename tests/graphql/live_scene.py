"""Somebody who watches things over a websocket, and the running application that tells them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import websockets
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection

from backend.graphql.live import Live
from backend.graphql.subscribing import Bounds, Subscribing
from backend.identity import token_verbs
from backend.identity.hashing import Handover
from backend.identity.reception import Reception
from backend.identity.states import Scope
from backend.kit import clock
from backend.kit.actor import Actor
from backend.kit.entrance import Entrance
from backend.orders.delivery_verbs import deliver_work
from backend.orders.forecast_verbs import give_forecast
from tests.browsers import served
from tests.identity.making import House
from tests.making import make_organisation, supplier_manager
from tests.orders.making import Parties, make_order_in_progress, make_parties
from tests.web.portal import settings_for
from web.app import create

PROTOCOL = "graphql-transport-ws"
CHANGED = "subscription($ids: [ID!]!) { changed(ids: $ids) { id at } }"
SOON = 20


@dataclass
class Scene:
    """The application on a port, with an order in progress and keys of those whom it concerns, or not."""

    address: str
    live: Live
    door: Subscribing
    house: House
    parties: Parties
    other: Actor
    order: str
    keys: dict[str, str]

    async def deliver(self) -> None:
        await self._enter(deliver_work)

    async def forecast(self) -> None:
        await self._enter(give_forecast, remaining_minutes=600)

    async def _enter(self, verb: Any, **arguments: Any) -> None:
        actor = self.parties.supplier_manager
        (await self.house.entrance.enter(actor, verb, order_id=self.order_id, **arguments)).thing()

    @property
    def order_id(self) -> int:
        return int(self.order.partition(":")[2])

    def open(self, *, protocol: str = PROTOCOL, **options: Any) -> Any:
        address = self.address.replace("http", "ws") + "/graphql"
        return websockets.connect(address, subprotocols=[protocol], proxy=None, **options)  # type: ignore[list-item]

    @asynccontextmanager
    async def conversation(self, who: str, *ids: str) -> AsyncIterator[ClientConnection]:
        """A connection of somebody that was acknowledged and, where there are ids, watches them as `1`."""
        async with self.open() as line:
            await say(line, "connection_init", payload={"Authorization": f"Bearer {self.keys[who]}"})
            assert await heard(line) == {"type": "connection_ack"}
            if ids:
                await subscribe(line, *ids)
                await self.until(lambda: bool(self.live.watched))
                await say(line, "ping")
                assert await heard(line) == {"type": "pong"}
            yield line

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(SOON):
            while not condition():  # noqa: ASYNC110  - what is waited for happens in another thread
                await asyncio.sleep(0.01)


async def say(line: ClientConnection, type_: str, **more: Any) -> None:
    await line.send(json.dumps({"type": type_, **more}))


async def subscribe(line: ClientConnection, *ids: str, name: str = "1", query: str = CHANGED) -> None:
    await say(line, "subscribe", id=name, payload={"query": query, "variables": {"ids": ids}})


async def heard(line: ClientConnection) -> Any:
    async with asyncio.timeout(SOON):
        return json.loads(await line.recv())


async def told(line: ClientConnection) -> str:
    """The thing that changed, as the next message says."""
    message = await heard(line)
    assert message["type"] == "next", message
    return str(message["payload"]["data"]["changed"]["id"])


async def refusal(line: ClientConnection) -> str:
    """The code of the error that the next message is."""
    message = await heard(line)
    assert message["type"] == "error", message
    return str(message["payload"][0]["extensions"]["code"])


async def closed(line: ClientConnection) -> int:
    async with asyncio.timeout(SOON):
        await line.wait_closed()
    assert line.close_code
    return line.close_code


@contextmanager
def running(database_url: str, folder: Path) -> Iterator[tuple[str, Starlette]]:
    """The application on a port, with what tests look into."""
    app = create(settings_for(database_url, folder))
    with served(app, lifespan="on", ws="websockets-sansio") as address:
        yield address, app


@asynccontextmanager
async def settled(address: str, app: Starlette) -> AsyncIterator[Scene]:
    live: Live = app.state.live
    door: Subscribing = next(getattr(r, "endpoint") for r in app.routes if getattr(r, "name", "") == "api.changes")  # noqa: B009
    door.bounds = Bounds()
    house = House(live.database_url)
    house.entrance = Entrance(house.sessions)
    house.reception = Reception(house.entrance, b"k" * 32, answer_after=0)
    keys: dict[str, str] = {}
    async with house.sessions.begin() as session:
        parties = await make_parties(session)
        order = await make_order_in_progress(session, parties, customer_id=parties.customer.id)
        other = await supplier_manager(session, await make_organisation(session))
        for name, actor in {
            "tiera": parties.tiera_manager,
            "supplier": parties.supplier_manager,
            "customer": parties.representative,
            "other": other,
        }.items():
            handover = Handover()
            end = clock.now().date() + timedelta(days=30)
            await token_verbs.make_token(session, actor, name, [Scope.READ], end, handover, now=clock.now())
            keys[name] = handover.secret or ""
    scene = Scene(address, live, door, house, parties, other, str(order.ref), keys)
    await scene.until(lambda: live.is_listening.is_set() and not live.watched)
    yield scene
    await house.engine.dispose()
