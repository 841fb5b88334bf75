"""The bytes of a file, for verbs: a session carries the store beside its database."""

import asyncio

from backend.files.model import StoredFile
from backend.files.store import Store
from backend.kit.database import Session

STORE = "files"
"""What sessions have the store under: `make_sessions(engine, files=store)`."""


async def content_of(session: Session, file: StoredFile) -> bytes:
    """The bytes as they were brought, read in a thread. Raises KeyError where the store has lost them."""
    store: Store = session.info[STORE]
    return await asyncio.to_thread(store.get, file.sha256)
