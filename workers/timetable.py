"""The timetable: what is due by the clock. However many workers run, one of them keeps it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import psycopg

from backend.files import sweeping
from backend.files.store import open_store
from backend.files.verbs import sweep_unused
from backend.identity.verbs import forget_old
from backend.invoices.deadline_verbs import open_invoice_deadlines
from backend.invoices.judging_verbs import judge_stale_invoice
from backend.kit import seals
from backend.kit.actor import SCHEDULE
from backend.kit.calendar import helsinki_date
from backend.kit.deadlines import pass_deadlines
from backend.kit.entrance import Entrance, Verb
from backend.kit.refs import Ref
from backend.orders.settling_verbs import settle_ended_order
from backend.tickets.recurrence_verbs import find_recurrences
from workers.inbox import Inbox

log = logging.getLogger(__name__)

LOCK: Final = 7_150_001
"""Key of the advisory lock that whoever keeps the timetable holds."""
INVOICES_A_MINUTE: Final = 50
_AFTER_MIDNIGHT: Final = seals.SETTLED_AFTER + timedelta(minutes=1)

Job = Callable[[], Awaitable[None]]


@dataclass
class Timetable:
    """Every `minute` what is due; every night, and at the start, what is done once a day. All of it may be repeated."""

    database_url: str
    entrance: Entrance
    files: str
    minute: timedelta = timedelta(minutes=1)
    inbox: Inbox | None = None
    _nights: dict[Job, date] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; whoever finds another at it waits for its end."""
        while not stop.is_set():
            try:
                async with await psycopg.AsyncConnection.connect(self.database_url, autocommit=True) as line:
                    while not stop.is_set():
                        if await self._is_ours(line):
                            await self.keep()
                        await self._wait(stop)
            except psycopg.OperationalError as fault:
                log.warning("the database cannot be reached: %s", fault)
                await self._wait(stop)

    async def keep(self) -> None:
        """All that is due now; what fails is tried again the next time and keeps nothing else from its turn."""
        await self._try(self.pass_deadlines)
        await self._try(self.judge_again)
        await self._try(self.take_mails)
        night = helsinki_date(self.entrance.clock() - _AFTER_MIDNIGHT)
        for job in self.nightly:
            if self._nights.get(job) != night and await self._try(job):
                self._nights[job] = night

    @property
    def nightly(self) -> Sequence[Job]:
        return (self.settle, self.open_clocks, self.find_recurrences, self.seal, self.forget, self.sweep)

    async def pass_deadlines(self) -> None:
        """Warn of what is due soon, and note what is late."""
        await self._enter(pass_deadlines)

    async def judge_again(self) -> None:
        """Invoices whose hours were approved since they were checked, one after the other."""
        for _ in range(INVOICES_A_MINUTE):
            if (await self.entrance.enter(SCHEDULE, judge_stale_invoice)).ref is None:
                return

    async def take_mails(self) -> None:
        """Mail that came since the last time."""
        if self.inbox is not None:
            await self.inbox.take()

    async def settle(self) -> None:
        """Orders that ended early and whose hours are on time no more."""
        while await self._enter(settle_ended_order) is not None:
            pass

    async def open_clocks(self) -> None:
        """Of the invoices for the month that has ended."""
        await self._enter(open_invoice_deadlines)

    async def find_recurrences(self) -> None:
        """What recurs among incidents and service requests."""
        await self._enter(find_recurrences)

    async def seal(self) -> None:
        """Seal the record of the days that are over."""
        await self._enter(seals.seal_days)

    async def forget(self) -> None:
        """Links and sessions that were over long ago."""
        await self._enter(forget_old)

    async def sweep(self) -> None:
        """Files that nobody has used, and then their bytes."""
        await self._enter(sweep_unused)
        await sweeping.sweep_store(self.entrance.sessions, open_store(self.files), now=self.entrance.clock())

    async def _enter(self, verb: Verb) -> Ref | None:
        entered = await self.entrance.enter(SCHEDULE, verb)
        if entered.errors:
            raise RuntimeError(f"nothing may refuse the timetable: {entered.errors}")
        return entered.ref

    async def _try(self, job: Job) -> bool:
        try:
            await job()
        except Exception:
            log.exception("%s failed", getattr(job, "__name__", job))
            return False
        return True

    async def _is_ours(self, line: "psycopg.AsyncConnection[Any]") -> bool:
        """Whether we keep it: taken again each time, which also tells whether the connection lives."""
        held = await line.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND pid = pg_backend_pid()",
            [LOCK],
        )
        row = await held.fetchone()
        if row and row[0]:
            return True
        taken = await (await line.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])).fetchone()
        return bool(taken and taken[0])

    async def _wait(self, stop: asyncio.Event) -> None:
        try:
            await asyncio.wait_for(stop.wait(), self.minute.total_seconds())
        except TimeoutError:
            return
