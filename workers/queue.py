"""The queue between the relay and those who send: Dramatiq over Redis.

It may vanish at any time with all that is in it, which is handed over again when its lease ends.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AsyncIO, Middleware

_NAME: Final = "mails"
_SECONDS: Final = 5
"""So long Redis may take to answer."""


class Gone(Exception):
    """The queue cannot be reached."""


class Queue:
    """Takes ids of deliveries; `work` gets them in some worker. Nothing here tries again: the rows count tries."""

    def __init__(self, url: str, work: Callable[[list[int]], Awaitable[None]], *more: Middleware) -> None:
        client = redis.Redis.from_url(url, socket_connect_timeout=_SECONDS, socket_timeout=_SECONDS)
        self.broker = RedisBroker(  # type: ignore[no-untyped-call]
            client=client, middleware=[AsyncIO(), *more], namespace="portaali"
        )
        self._actor = dramatiq.actor(actor_name=_NAME, queue_name=_NAME, broker=self.broker)(work)

    async def put(self, ids: Sequence[int]) -> None:
        """Hand ids over. Raises Gone."""
        try:
            await asyncio.to_thread(self._actor.send, list(ids))
        except redis.RedisError as fault:
            raise Gone(str(fault)) from fault
