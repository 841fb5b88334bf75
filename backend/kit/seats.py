"""Sessions for verbs that keep their connection: to fetch one and to give it back takes as long as several statements.

In a seat the driver's connection is at hand. SQLAlchemy begins a transaction of its own only where the ORM is asked for
something, and joins the one that the driver is in; without it the commit is the driver's alone.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.pool import QueuePool

from backend.kit.exchanges import Connection

SEATED: Final = "the seat's connection"
"""Under this a session's `info` has the driver's connection, where it is in a seat."""
PATIENCE: Final = 30
"""So many seconds a verb waits for a seat."""


class Seat(NamedTuple):
    """A session with its connection, for one transaction after the other."""

    session: AsyncSession
    bound: AsyncConnection
    driver: Connection

    async def commit(self) -> None:
        """Commit what was done; raises what SQLAlchemy raises of a fault of the database."""
        if self.session.in_transaction():
            await self.session.commit()
        if not self.driver.is_idle:  # the ORM had no part in it
            try:
                await self.driver.commit()
            except psycopg.Error as error:
                raise DBAPIError.instance("COMMIT", None, error, psycopg.Error, hide_parameters=True) from error


class Sessions(async_sessionmaker[AsyncSession]):
    """What makes sessions, and lends as many seats as the pool keeps connections: other sessions have its overflow."""

    def __init__(self, engine: AsyncEngine, **options: Any) -> None:
        super().__init__(engine, **options)
        self._engine = engine
        pool = engine.sync_engine.pool
        assert isinstance(pool, QueuePool)
        self._free = asyncio.LifoQueue[Seat | None]()
        for _ in range(pool.size()):
            self._free.put_nowait(None)
        sa.event.listen(engine.sync_engine, "engine_disposed", self._close)

    @asynccontextmanager
    async def seated(self) -> AsyncIterator[Seat]:
        """A seat for one transaction; what is not committed in the end is undone. Raises TimeoutError."""
        seat = await self._taken()
        try:
            yield seat
            if not seat.driver.is_idle or seat.session.in_transaction():
                raise RuntimeError("a seat is left within a transaction")
        except BaseException:
            await asyncio.shield(asyncio.create_task(self._left(seat)))
            raise
        self._cleared(seat)
        self._free.put_nowait(seat)

    async def _taken(self) -> Seat:
        if self._free.empty():
            async with asyncio.timeout(PATIENCE):
                free = await self._free.get()
        else:
            free = self._free.get_nowait()
        if free is not None:
            return free
        try:
            return await self._opened()
        except BaseException:
            self._free.put_nowait(None)
            raise

    async def _opened(self) -> Seat:
        bound = await self._engine.connect()
        driver = (await bound.get_raw_connection()).driver_connection
        assert isinstance(driver, Connection)
        seat = Seat(self(bind=bound), bound, driver)
        self._cleared(seat)
        return seat

    def _cleared(self, seat: Seat) -> None:
        """Nothing of a transaction is known in the next one."""
        its = seat.session.sync_session
        its.expunge_all()
        its.info.clear()
        its.info.update(self.kw.get("info") or {})
        its.info[SEATED] = seat.driver

    async def _left(self, seat: Seat) -> None:
        """After a refusal or a fault; the pool undoes what was done, and looks whether the connection is still good."""
        try:
            await seat.session.close()
            await seat.bound.close()
        finally:
            self._free.put_nowait(None)

    def _close(self, _: sa.Engine) -> None:
        """Of an engine that is done with: the connections of free seats, which its pool does not know as its own."""
        for seat in [self._free.get_nowait() for _ in range(self._free.qsize())]:
            if seat is not None and (connection := seat.bound.sync_connection) is not None:
                connection.invalidate()
                connection.close()
            self._free.put_nowait(None)
