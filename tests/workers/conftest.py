"""A database that commits, in which an order has a supplier's managers to tell."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from backend.kit import clock, events
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.database import Session, make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.orders.model import Order
from tests.hours.making import make_work
from tests.making import supplier_manager

LONG_LATE = timedelta(days=9)


@dataclass(frozen=True)
class Place:
    """An order, the one person of its supplier who is told, and a way in."""

    url: str
    entrance: Entrance
    order_id: int
    manager: Actor

    async def happen(self, times: int = 1) -> None:
        """An estimate is asked for: told by bell and mail."""

        async def ask(session: Session, actor: Actor, *, now: object) -> None:
            order = await session.get_one(Order, self.order_id)
            at = self.entrance.clock()
            await events.record(session, actor, "order.estimate_requested", order, at=at, due_at=at + LONG_LATE)

        for _ in range(times):
            entered = await self.entrance.enter(SCHEDULE, ask)
            assert not entered.errors


async def make_place(url: str) -> Place:
    engine = make_engine(url, pool_size=2)
    entrance = Entrance(make_sessions(engine), clock.now)
    async with entrance.sessions.begin() as session:
        work = await make_work(session)
        manager = await supplier_manager(session, work.supplier)
    return Place(url, entrance, work.order.id, manager)


async def leave(place: Place) -> None:
    await place.entrance.sessions.kw["bind"].dispose()


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[Place]:
    made = await make_place(database_url)
    yield made
    await leave(made)
