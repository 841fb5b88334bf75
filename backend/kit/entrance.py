"""The one entrance: nobody else begins or commits a transaction, and nobody below reads the clock."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit import clock as clocks
from backend.kit.actor import Actor
from backend.kit.database import Base, Session, Sessions, Thing
from backend.kit.events import CHANGED, TO_TELL, announcements
from backend.kit.faults import Code, Refusal, UserError, of_constraint
from backend.kit.refs import Ref
from backend.kit.translation import Text

Verb = Callable[..., Awaitable[Thing | Ref | None]]
TELL = sa.text(
    "SELECT pg_notify('outbox', '') UNION ALL "
    "SELECT pg_notify(:channel, payload) FROM unnest(CAST(:payloads AS text[])) AS payload"
)
"""Wakes who hands on what happened, and those who watch what changed, once the transaction has committed."""
RETRIED = {"40001", "40P01"}
"""Serialisation failure and deadlock: the whole verb is tried once more."""


@dataclass(frozen=True)
class Entered:
    """What came of it: the thing, or why not. Never both."""

    ref: Ref | None = None
    errors: tuple[UserError, ...] = ()

    def thing(self) -> Ref:
        """The thing's Ref; raises the refusal where there was one."""
        if self.errors or self.ref is None:
            raise Refusal(*self.errors)
        return self.ref


class IdempotencyKey(Base):
    """A request that was carried out: a repeat is answered with the same thing, anew."""

    __tablename__ = "idempotency_keys"

    who: Mapped[str] = mapped_column(primary_key=True)
    verb: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[str]
    at: Mapped[datetime]
    thing: Mapped[str | None]


class Entrance:
    def __init__(self, sessions: Sessions, clock: clocks.Clock = clocks.now) -> None:
        self.sessions, self.clock = sessions, clock

    async def enter(self, actor: Actor, verb: Verb, *, key: str | None = None, **arguments: Any) -> Entered:
        """Run `verb(session, actor, **arguments, now=…)` in one transaction.

        A refusal rolls back and comes back as errors; with a `key` the same request is carried out once.
        """
        try:
            return await self._once(actor, verb, key, arguments)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in RETRIED:
                raise
            return await self._once(actor, verb, key, arguments)

    async def _once(self, actor: Actor, verb: Verb, key: str | None, arguments: dict[str, Any]) -> Entered:
        now = self.clock()
        try:
            async with self.sessions.begin() as session:
                if key is not None:
                    earlier = await self._claim(session, actor, verb, key, arguments, now)
                    if earlier is not None:
                        return earlier
                thing = await verb(session, actor, **arguments, now=now)
                await session.flush()
                ref = thing.ref if isinstance(thing, Thing) else thing
                if key is not None:
                    await session.execute(
                        sa.update(IdempotencyKey).where(*_same(actor, verb, key)).values(thing=ref and str(ref))
                    )
                if told := session.info.pop(TO_TELL, None):
                    await session.execute(TELL, {"channel": CHANGED, "payloads": list(announcements(told, now))})
                return Entered(ref)
        except Refusal as refusal:
            return Entered(errors=refusal.errors)
        except IntegrityError as error:
            known = of_constraint(getattr(getattr(error.orig, "diag", None), "constraint_name", None))
            if known is None:
                raise
            return Entered(errors=known.errors)

    async def _claim(
        self, session: Session, actor: Actor, verb: Verb, key: str, arguments: dict[str, Any], now: datetime
    ) -> Entered | None:
        """Insert the key, waiting for a twin that is under way; what the twin made, if there was one."""
        request = hashlib.sha256(orjson.dumps(arguments, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()
        who, name = _who(actor), _name(verb)
        row = insert(IdempotencyKey).values(who=who, verb=name, key=key, request=request, at=now)
        claimed = await session.execute(row.on_conflict_do_nothing().returning(IdempotencyKey.key))
        if claimed.first() is not None:
            return None
        earlier = (await session.execute(sa.select(IdempotencyKey).where(*_same(actor, verb, key)))).scalar_one()
        if earlier.request != request:
            message = Text("This key was already used for another request.")
            raise Refusal(UserError(Code.IDEMPOTENCY_KEY_REUSED, message, ("idempotency_key",)))
        return Entered(Ref.parse(earlier.thing) if earlier.thing else None)


def _who(actor: Actor) -> str:
    account = f"service:{actor.service_account_id}" if actor.service_account_id else f"person:{actor.person_id}"
    return f"{account}@{actor.organisation_id}"


def _name(verb: Verb) -> str:
    return f"{verb.__module__}.{verb.__qualname__}"


def _same(actor: Actor, verb: Verb, key: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        IdempotencyKey.who == _who(actor),
        IdempotencyKey.verb == _name(verb),
        IdempotencyKey.key == key,
    )
