"""The store's sweep: bytes that no file has any more are removed, a day after they were last brought."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from backend.files import queries, rules
from backend.files.store import Store
from backend.kit.database import Sessions


async def sweep_store(sessions: Sessions, store: Store, *, now: datetime) -> int:
    """Remove what nothing uses; how many pieces that were. Rows are forgotten by `verbs.sweep_unused` before."""
    loop = asyncio.get_running_loop()

    async def known(hashes: list[str]) -> Iterable[str]:
        async with sessions() as session:
            return await queries.known_hashes(session, hashes)

    def ask(hashes: list[str]) -> Iterable[str]:
        return asyncio.run_coroutine_threadsafe(known(hashes), loop).result()

    before = (now - rules.UNUSED_FOR).timestamp()
    return await asyncio.to_thread(store.sweep, before, ask)
