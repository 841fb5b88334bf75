"""The worker process: Dramatiq's Worker in a main of our own, with relay and timetable on its loop."""

import asyncio
import logging
import signal
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import dramatiq
from dramatiq.asyncio import get_event_loop_thread
from dramatiq.middleware import Middleware

from backend.files.store import open_store
from backend.kit.database import make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.notices import rules
from backend.settings import Settings
from workers.inbox import Inbox
from workers.mail import house_of, warn_of_a_folder
from workers.queue import Queue
from workers.relay import Relay
from workers.sender import Sender
from workers.timetable import Timetable

log = logging.getLogger(__name__)

THREADS: Final = 4
"""Batches that are sent at once."""
GRACE: Final = 20
"""Seconds that jobs in hand have to finish when we are asked to stop."""


@dataclass(frozen=True)
class Pace:
    """How often we look, and how long one has for what it was handed."""

    lease: timedelta = rules.LEASE
    sweep: timedelta = timedelta(seconds=5)
    minute: timedelta = timedelta(minutes=1)
    poll_ms: int = 40
    """How long at most a mail lies in an idle queue."""


def run(settings: Settings, pace: Pace | None = None) -> None:
    """Work until a signal to end; jobs in hand are finished. `settings` are complete."""
    asked = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda *_: asked.set())
    process = Process(settings, pace or Pace())
    process.start()
    log.info("the worker is at work")
    warn_of_a_folder(settings)
    asked.wait()
    process.stop()
    log.info("the worker has ended")


def _inbox_of(settings: Settings, entrance: Entrance) -> Inbox | None:
    """The mailbox that mail comes in by, where one is named."""
    if settings.inbox.url is None:
        return None
    return Inbox(settings.inbox.url, house_of(settings), entrance, open_store(settings.files))


class Process(Middleware):
    """Everything of the worker that lives on Dramatiq's loop; made when the loop runs, ended before it ends."""

    def __init__(self, settings: Settings, pace: Pace) -> None:
        self.settings, self.pace = settings, pace
        url = str(settings.database_url)
        self.engine = make_engine(url)  # connects when it is first used, which is on the loop
        entrance = Entrance(make_sessions(self.engine))
        self.sender = Sender(settings, entrance, pace.lease)
        self.queue = Queue(str(settings.redis_url), self._send, self)
        self.relay = Relay(url, entrance, self.queue, pace.lease, pace.sweep)
        self.timetable = Timetable(url, entrance, settings.files, pace.minute, _inbox_of(settings, entrance))
        self.worker = dramatiq.Worker(self.queue.broker, worker_timeout=pace.poll_ms, worker_threads=THREADS)
        self._stop: asyncio.Event | None = None
        self._running: list[Future[None]] = []

    def start(self) -> None:
        self.worker.start()

    def stop(self) -> None:
        """Take nothing new, finish what is in hand, end."""
        self.sender.is_stopping = True
        self.worker.stop(timeout=GRACE * 1_000)

    async def _send(self, ids: list[int]) -> None:
        await self.sender.send(ids)

    # What Dramatiq tells us

    def after_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        self._stop = self._on_loop(self._make_stop()).result()
        self._running = [self._on_loop(self.relay.run(self._stop)), self._on_loop(self.timetable.run(self._stop))]

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        self._on_loop(self._set_stop()).result()
        for part in self._running:
            part.result(GRACE)

    def after_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        self._on_loop(self.engine.dispose()).result(GRACE)

    @staticmethod
    async def _make_stop() -> asyncio.Event:
        return asyncio.Event()

    async def _set_stop(self) -> None:
        if self._stop is not None:
            self._stop.set()

    @staticmethod
    def _on_loop(coroutine: Coroutine[Any, Any, Any]) -> "Future[Any]":
        thread = get_event_loop_thread()
        if thread is None:
            raise RuntimeError("the loop runs from the start of the worker to its end")
        return asyncio.run_coroutine_threadsafe(coroutine, thread.loop)
