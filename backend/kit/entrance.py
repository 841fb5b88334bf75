"""The one entrance: nobody else begins or commits a transaction, and nobody below reads the clock."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit import clock as clocks
from backend.kit.actor import Actor
from backend.kit.database import Base, Session, Sessions, Thing, table_of, write
from backend.kit.events import CHANGED, TO_TELL, announcements
from backend.kit.exchanges import Answer
from backend.kit.faults import Code, Refusal, UserError, invalid, of_constraint
from backend.kit.refs import Ref
from backend.kit.statements import Statement
from backend.kit.translation import Text

Verb = Callable[..., Awaitable[Thing | Ref | None]]
Claim = dict[str, str]
RETRIED = {"40001", "40P01"}
"""Serialisation failure and deadlock: the whole verb is tried once more."""
TOO_LARGE = "22003"
"""What PostgreSQL says of a number, or a sum, that its column has no room for."""


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


_keys = table_of(IdempotencyKey)
_same = sa.and_(*(column == sa.bindparam(column.name, type_=column.type) for column in _keys.primary_key))
CLAIM = Statement(
    insert(_keys)
    .values({name: sa.bindparam(name, type_=_keys.c[name].type) for name in ("who", "verb", "key", "request", "at")})
    .on_conflict_do_nothing()
    .returning(_keys.c.key)
)
EARLIER = Statement(sa.select(_keys.c.request, _keys.c.thing).where(_same))
_messages = (
    sa.func.unnest(*(sa.bindparam(name, type_=ARRAY(sa.Text)) for name in ("channels", "payloads")))
    .table_valued("channel", "payload", name="messages")
    .render_derived()
)
_kept = sa.update(_keys).where(_same).values(thing=sa.bindparam("thing", type_=sa.Text)).returning(_keys.c.key)
COMPLETE = Statement(sa.select(sa.func.pg_notify(_messages.c.channel, _messages.c.payload)).add_cte(_kept.cte("kept")))
"""Keeps what came of a request, and wakes who hands on what happened and who watches what changed, after the commit."""


class Entrance:
    def __init__(self, sessions: Sessions, clock: clocks.Clock = clocks.now) -> None:
        self.sessions, self.clock = sessions, clock

    async def enter(
        self, actor: Actor, verb: Verb, *, key: str | None = None, act: str | None = None, **arguments: Any
    ) -> Entered:
        """Run `verb(session, actor, **arguments, now=…)` in one transaction.

        A refusal rolls back and comes back as errors; with a `key` the same request is carried out once. It is known
        by the name of the `act`, wherever its verb stands; without one by where that is.
        """
        claim = _claim(actor, act or f"{verb.__module__}.{verb.__qualname__}", key) if key is not None else None
        try:
            return await self._once(actor, verb, claim, arguments)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in RETRIED:
                raise
            return await self._once(actor, verb, claim, arguments)

    async def _once(self, actor: Actor, verb: Verb, claim: Claim | None, arguments: dict[str, Any]) -> Entered:
        now = self.clock()
        try:
            async with self.sessions.seated() as seat:  # which rolls back what is not committed
                session = seat.session
                claimed = await _claimed(session, claim, arguments, now) if claim is not None else None
                try:
                    thing = await verb(session, actor, **arguments, now=now)
                except Refusal:
                    session.expunge_all()  # what the verb began is not written
                    await _hear(session, claimed)
                    raise
                await write(session)
                await _hear(session, claimed)
                ref = thing.ref if isinstance(thing, Thing) else thing
                await _complete(session, claim, ref, now)
                await seat.commit()
                return Entered(ref)
        except _Repeated as repeated:
            async with self.sessions() as session:
                return await _earlier(session, repeated)
        except Refusal as refusal:
            return Entered(errors=refusal.errors)
        except DataError as error:
            if getattr(error.orig, "sqlstate", None) != TOO_LARGE:
                raise
            return Entered(errors=_too_large().errors)
        except IntegrityError as error:
            known = of_constraint(getattr(getattr(error.orig, "diag", None), "constraint_name", None))
            if known is None:
                raise
            return Entered(errors=known.errors)


def _too_large() -> Refusal:
    return invalid(Text("A number, or what it comes to with the others, is too large."))


class _Repeated(Exception):
    """A request with this key is there already: nothing of this one is done."""

    def __init__(self, claim: Claim, request: str) -> None:
        self.claim, self.request = claim, request


class _Claimed(Answer):
    """That a key is this request's: known when the verb has its first answer, and before it goes on with that."""

    def __init__(self, claim: Claim, request: str) -> None:
        self.claim, self.request, self.is_known = claim, request, False

    def come(self, rows: list[tuple[Any, ...]]) -> None:
        self.is_known = True
        if not rows:
            raise _Repeated(self.claim, self.request)


async def _claimed(session: Session, claim: Claim, arguments: dict[str, Any], now: datetime) -> _Claimed:
    """Insert the key with the verb's first statement, which waits with it for a twin that is under way."""
    request = hashlib.sha256(orjson.dumps(arguments, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()
    claimed = _Claimed(claim, request)
    await CLAIM.ahead(session, claimed, **claim, request=request, at=now)
    return claimed


async def _hear(session: Session, claimed: _Claimed | None) -> None:
    """Ask whose the key is where the verb asked nothing: a repeat is answered with what the request made, and not by
    what the verb refuses; nor is it heard of with the commit alone.
    """
    if claimed is not None and not claimed.is_known:
        await EARLIER.run(session, **claimed.claim)


async def _earlier(session: Session, repeated: _Repeated) -> Entered:
    """What the request made that had the key first."""
    ((its_request, thing),) = await EARLIER.run(session, **repeated.claim)
    if its_request != repeated.request:
        message = Text("This key was already used for another request.")
        return Entered(errors=(UserError(Code.IDEMPOTENCY_KEY_REUSED, message, ("idempotency_key",)),))
    return Entered(Ref.parse(thing) if thing else None)


async def _complete(session: Session, claim: Claim | None, ref: Ref | None, now: datetime) -> None:
    told = session.info.pop(TO_TELL, None)
    if told is None and claim is None:
        return
    messages = [("outbox", ""), *((CHANGED, payload) for payload in announcements(told, now))] if told else []
    channels, payloads = [channel for channel, _ in messages], [payload for _, payload in messages]
    await COMPLETE.say(session, **(claim or {}), thing=ref and str(ref), channels=channels, payloads=payloads)


def _claim(actor: Actor, act: str, key: str) -> Claim:
    """What a request is known by: who asks for what, and the key they gave it."""
    account = f"service:{actor.service_account_id}" if actor.service_account_id else f"person:{actor.person_id}"
    return {"who": f"{account}@{actor.organisation_id}", "verb": act, "key": key}
