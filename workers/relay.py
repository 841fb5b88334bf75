"""The relay: makes deliveries of what is in the outbox and hands mails over; woken by the database, swept by time."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import psycopg
from sqlalchemy.exc import OperationalError

from backend.kit.actor import SCHEDULE
from backend.kit.entrance import Entrance
from backend.notices import verbs
from backend.notices.verbs import Handover
from workers.queue import Gone, Queue

log = logging.getLogger(__name__)

MOST: Final = 200
"""Events, or mails, of one transaction."""
A_BATCH: Final = 20
"""Mails of one message: few enough to be sent well before their lease ends."""
_LISTENS: Final = "LISTEN outbox"


@dataclass
class Relay:
    """Any number of them may run at once: rows that one has locked are skipped by the others."""

    database_url: str
    entrance: Entrance
    queue: Queue
    lease: timedelta
    sweep: timedelta
    """How long at most until what nobody woke us for is found: leases that ended, pauses that are over."""
    pause: timedelta = timedelta(seconds=1)
    """After the database or the queue could not be reached."""

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; whatever goes wrong, it begins again."""
        while not stop.is_set():
            try:
                async with await psycopg.AsyncConnection.connect(self.database_url, autocommit=True) as line:
                    await line.execute(_LISTENS)
                    while not stop.is_set():
                        await self.drain()
                        await self._woken(line, stop)
            except Gone as fault:
                log.warning("the queue cannot be reached: %s", fault)
                await _wait(stop, self.pause)
            except (psycopg.OperationalError, OperationalError) as fault:
                log.warning("the database cannot be reached: %s", fault)
                await _wait(stop, self.pause)
            except Exception:
                log.exception("the relay stumbled")
                await _wait(stop, self.pause)

    async def drain(self) -> None:
        """Until nothing is left that could be told or handed over now. Raises Gone."""
        while True:
            handover = Handover()
            entered = await self.entrance.enter(SCHEDULE, verbs.spread, handover=handover, most=MOST, lease=self.lease)
            if entered.errors:
                raise RuntimeError(f"nothing may refuse the relay: {entered.errors}")
            await self._hand_over(handover.ids)
            if handover.told < MOST and len(handover.ids) < MOST:
                return

    async def _hand_over(self, ids: list[int]) -> None:
        for start in range(0, len(ids), A_BATCH):
            try:
                await self.queue.put(ids[start : start + A_BATCH])
            except Gone:
                await self.entrance.enter(SCHEDULE, verbs.take_back, delivery_ids=ids[start:])
                raise

    async def _woken(self, line: "psycopg.AsyncConnection[object]", stop: asyncio.Event) -> None:
        """Return when something is in the outbox, or it is time to sweep, or to stop."""

        async def notified() -> None:
            async for _ in line.notifies(timeout=self.sweep.total_seconds(), stop_after=1):
                pass

        waiting = {asyncio.create_task(notified()), asyncio.create_task(stop.wait())}
        done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        for task in done:
            task.result()


async def _wait(stop: asyncio.Event, pause: timedelta) -> None:
    try:
        await asyncio.wait_for(stop.wait(), pause.total_seconds())
    except TimeoutError:
        return
