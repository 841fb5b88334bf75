"""The schema asked as an actor, over a database that commits."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.kit.database import Session, Sessions
from tests.making import NOW

Ask = Callable[..., Awaitable[dict[str, Any]]]


@dataclass
class Clock:
    """What time it is at the entrance."""

    now: datetime = NOW


async def prepare(sessions: Sessions, make: Callable[[Session], Awaitable[Any]]) -> Any:
    """What a maker makes, committed."""
    async with sessions.begin() as session:
        return await make(session)
