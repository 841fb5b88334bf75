"""Secrets: made here, kept as hashes only, handed over once."""

import asyncio
import hashlib
import hmac
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.identity.rules import BYTES_OF_SECRET, LONGEST_PASSWORD, same_password

TOKEN_MARK: Final = "ptl_"  # noqa: S105  # how a token begins, so that a search finds one that has leaked
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_THREADS: Final = ThreadPoolExecutor(2, thread_name_prefix="argon2")
"""A hash takes 30 ms of a core and 19 MB: two at a time, and never on the loop."""


class Handover:
    """Where a verb leaves a secret for whoever asked: it is in no row, no event and no log.

    Empty where the request turned out to be a repeat: what was shown once is not shown again. That is known with the
    verb's first answer from the database: it leaves the secret after that.
    """

    def __init__(self) -> None:
        self.secret: str | None = None

    def __repr__(self) -> str:
        return "<handover>"

    __str__ = __repr__


def new_secret() -> str:
    """256 bits that nobody guesses, fit for an address."""
    return secrets.token_urlsafe(BYTES_OF_SECRET)


def hashed(secret: str) -> str:
    """How a secret of ours is kept. It is as long as its hash, so a plain one will do."""
    return hashlib.sha256(secret.encode()).hexdigest()


def disguised(value: str, key: bytes) -> str:
    """Something short and personal, so that equal ones are found and nothing can be read: it depends on our own key."""
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


@cache
def _decoy() -> str:
    return _HASHER.hash(new_secret())


async def hash_password(password: str) -> str:
    """argon2id, in a thread of its own."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, _HASHER.hash, same_password(password))


async def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password. Without a kept hash it takes as long, and is not."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, partial(_fits, same_password(password), kept))


def _fits(password: str, kept: str | None) -> bool:
    try:
        _HASHER.verify(kept or _decoy(), password[: LONGEST_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None
