"""PostgreSQL for reads: a statement's one value as bytes, over connections that prepare what they run."""

import logging
from asyncio import LifoQueue
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from psycopg import AsyncRawCursor, OperationalError
from psycopg.errors import QueryCanceled
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper
from psycopg_pool import AsyncConnectionPool

from backend.kit.exchanges import Connection

log = logging.getLogger(__name__)

PLANNING = "-c jit=off -c random_page_cost=1.1 -c work_mem=32MB -c max_parallel_workers_per_gather=0"
Fetch = Callable[..., Awaitable[bytes | None]]
"""Called with a statement and its parameters; `anew` where it is to be planned for just these values."""


class Database:
    """Connections that commit by themselves and speak UTC; a statement that takes too long is given up.

    `dsn` is a libpq URL; `timeout` is in milliseconds, `patience` in seconds: so long a connection is waited for.
    PostgreSQL compiles nothing to machine code (`jit`): for one page's statement, wide but over few rows, that takes
    seconds; nor does it start processes to help one, which takes 10–60 ms each time and saved figures nothing. What an
    index gives for a common word fits in a read's memory (`work_mem`): else whole pages are looked through again, and
    every text on them is stemmed. A connection is kept once the pool has given it, for lending costs as much as asking;
    one that broke, or was left in the middle of something, the pool gets back. Where it broke while it was kept, as
    when PostgreSQL was started anew, another one is asked.
    """

    def __init__(
        self, dsn: str, *, size: int = 8, timeout: int = 5_000, patience: float = 30, options: str = ""
    ) -> None:
        given = (
            f"-c timezone=UTC -c datestyle=ISO {PLANNING} -c plan_cache_mode=force_generic_plan "
            f"-c statement_timeout={timeout} -c default_transaction_read_only=on {options}"
        )
        kwargs = {"autocommit": True, "prepare_threshold": 0, "cursor_factory": AsyncRawCursor, "options": given}
        self.pool = AsyncConnectionPool(
            dsn,
            min_size=size,
            max_size=size,
            timeout=patience,
            open=False,
            kwargs=kwargs,
            connection_class=Connection,
            configure=self._configure,
        )
        self.held: LifoQueue[Connection | None] = LifoQueue()
        """As many as may be in use at once; None where one is still to be had from the pool."""

    @staticmethod
    async def _configure(connection: Connection) -> None:
        connection.adapters.register_dumper(int, Int8Dumper)  # one prepared statement, whatever the size of a number

    async def open(self, *, wait: bool = True) -> None:
        """Connect; without `wait` whoever asks finds out whether anybody is there."""
        await self.pool.open(wait=wait)
        for _ in range(self.pool.max_size):
            self.held.put_nowait(None)

    async def close(self) -> None:
        while not self.held.empty():
            if (connection := self.held.get_nowait()) is not None:
                await self.pool.putconn(connection)
        await self.pool.close()

    async def fetch(self, sql: bytes, parameters: Sequence[Any], *, anew: bool = False) -> bytes | None:
        """The one value that a statement gives; `anew`: planned for these parameters, and not kept."""
        connection = await self.held.get()
        was_kept = connection is not None
        try:
            try:
                connection = connection or await self._lent()
                return await _value(connection, sql, parameters, anew)
            except OperationalError:
                if not was_kept or connection is None or not connection.closed:
                    raise
                await self.pool.putconn(connection)
                connection = None
                connection = await self._lent()
                return await _value(connection, sql, parameters, anew)
        finally:
            if connection is not None and connection.pgconn.transaction_status != TransactionStatus.IDLE:
                await self.pool.putconn(connection)
                connection = None
            self.held.put_nowait(connection)

    async def _lent(self) -> Connection:
        """A connection of the pool that has not ended: where one has, all are looked at, for they end together."""
        connection = await self.pool.getconn()
        if connection.is_lost:
            await self.pool.putconn(connection)
            await self.pool.check()
            connection = await self.pool.getconn()
        return connection


async def _value(connection: Connection, sql: bytes, parameters: Sequence[Any], anew: bool) -> bytes | None:
    cursor = await connection.execute(sql, parameters, prepare=False if anew else None)
    assert cursor.pgresult
    return cursor.pgresult.get_value(0, 0)


class Copy:
    """A streaming copy of the database, for reports: where it does not answer, the primary does.

    It need not be there when the server starts, nor stay: it is asked again with each report.
    """

    def __init__(self, database: Database, primary: Fetch) -> None:
        self.database, self.primary = database, primary

    async def fetch(self, sql: bytes, parameters: Sequence[Any], *, anew: bool = False) -> bytes | None:
        try:
            return await self.database.fetch(sql, parameters, anew=anew)
        except QueryCanceled:  # it takes too long, and would on the primary
            raise
        except OperationalError as fault:  # nobody is there, or what was read has been removed meanwhile
            log.warning("the copy for reports did not answer: %s", fault)
            return await self.primary(sql, parameters, anew=anew)
