"""Sessions for verbs that keep their connection: to fetch one and to give it back takes as long as several statements.

In a seat the driver's connection is at hand. SQLAlchemy begins a transaction of its own only where the ORM is asked for
something, and joins the one that the driver is in; without it the commit is the driver's alone.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.pool import Pool, QueuePool

from backend.kit.exchanges import Connection

log = logging.getLogger(__name__)

SEATED: Final = "the seat's connection"
"""Under this a session's `info` has the driver's connection, where it is in a seat."""
PATIENCE: Final = 30
"""So many seconds a verb waits for a seat."""


class NoSeat(Exception):
    """All seats were taken for as long as one waits."""


class Seat(NamedTuple):
    """A session with its connection, for one transaction after the other."""

    session: AsyncSession
    bound: AsyncConnection
    driver: Connection
    pool: Pool

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
        assert isinstance(pool, QueuePool) and pool.size()
        self._unopened = pool.size()
        self._free: list[Seat] = []
        self._waiting: deque[asyncio.Future[Seat | None]] = deque()
        sa.event.listen(engine.sync_engine, "engine_disposed", self._close)

    @asynccontextmanager
    async def seated(self) -> AsyncIterator[Seat]:
        """A seat for one transaction; what is not committed in the end is undone. Raises NoSeat."""
        seat = await self._taken()
        try:
            yield seat
            if not seat.driver.is_idle or seat.session.in_transaction():
                raise RuntimeError("a seat is left within a transaction")
        except BaseException:
            await asyncio.shield(asyncio.create_task(self._give_up(seat)))
            raise
        if seat.pool is not self._engine.sync_engine.pool:  # which was disposed of meanwhile
            await self._give_up(seat)
        else:
            seat.session.sync_session.expunge_all()  # nothing of a transaction is known in the next one
            self._release(seat)

    async def _taken(self) -> Seat:
        seat = await self._place()
        try:
            if seat is not None and seat.driver.is_lost:  # as all are once PostgreSQL was started anew
                await self._leave(seat)
                seat = None
            seat = seat or await self._opened()
        except BaseException:
            self._release(None)
            raise
        info = seat.session.sync_session.info
        info.clear()
        info.update(self.kw.get("info") or {})
        info[SEATED] = seat.driver
        return seat

    async def _place(self) -> Seat | None:
        """A free seat, or None for one that is still to be opened; who waits gets one before whoever comes later."""
        if self._free:
            return self._free.pop()
        if self._unopened:
            self._unopened -= 1
            return None
        waiter: asyncio.Future[Seat | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(PATIENCE):
                return await waiter
        except BaseException as error:
            if waiter.done() and not waiter.cancelled():
                self._release(waiter.result())
            raise NoSeat if isinstance(error, TimeoutError) else error from None

    def _release(self, place: Seat | None) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(place)
                return
        if place is None:
            self._unopened += 1
        else:
            self._free.append(place)

    async def _opened(self) -> Seat:
        while True:
            bound = await self._engine.connect()
            driver = (await bound.get_raw_connection()).driver_connection
            assert isinstance(driver, Connection)
            if not driver.is_lost:
                return Seat(self(bind=bound), bound, driver, self._engine.sync_engine.pool)
            await bound.invalidate()
            await bound.close()

    async def _give_up(self, seat: Seat) -> None:
        """After a refusal or a fault: all is undone, and the next verb begins with a session and a connection anew."""
        try:
            await self._leave(seat)
        except Exception:
            log.warning("a seat could not be left in order", exc_info=True)
        finally:
            self._release(None)

    async def _leave(self, seat: Seat) -> None:
        try:
            if seat.driver.is_lost:
                await seat.bound.invalidate()
            await seat.session.close()
        finally:
            await seat.bound.close()

    def _close(self, _: sa.Engine) -> None:
        """Of an engine that is done with: the connections of free seats, which its pool does not know as its own."""
        while self._free:
            if (connection := self._free.pop().bound.sync_connection) is not None:
                connection.invalidate()
                connection.close()
            self._unopened += 1
