"""Waiting for what other processes do, as short as can be."""

import time
from collections.abc import Callable

import sqlalchemy as sa

from backend.kit.database import Sessions


def eventually(condition: Callable[[], object], within: float = 30) -> None:
    """Return as soon as `condition()` holds; fail when it does not within so many seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.01)  # what other processes do is no event here


async def until_blocked(sessions: Sessions, within: float = 30) -> None:
    """Return as soon as somebody waits for a lock of this database that another transaction holds."""
    waits = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + within
    while True:
        async with sessions() as session:
            if await session.scalar(waits):
                return
        assert time.monotonic() < deadline, f"nobody waits within {within} s"
