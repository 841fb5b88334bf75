"""Each night the day's events are hashed together with the former night's hash: what is altered later is found."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.actor import Actor
from backend.kit.calendar import end_of_day, helsinki_date, start_of_day
from backend.kit.database import Base, Session
from backend.kit.events import Event

SETTLED_AFTER: Final = timedelta(hours=1)
"""So long after a day its last transactions are surely over."""
_BATCH: Final = 1_000
_EVENTS: Any = Event.__table__


class EventSeal(Base):
    """The hash of a Helsinki day's events and of the seal before it, in hexadecimal SHA-256."""

    __tablename__ = "event_seals"

    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    events: Mapped[int]
    digest: Mapped[str]
    sealed_at: Mapped[datetime]


@dataclass(frozen=True)
class Broken:
    """A day whose events are not those that were sealed."""

    day: date
    sealed: int
    found: int


async def seal_days(session: Session, actor: Actor, *, now: datetime) -> None:
    """Seal every day that is over and has no seal yet, from the first day on which anything happened."""
    await session.execute(sa.text("LOCK TABLE event_seals IN EXCLUSIVE MODE"))
    last = (await session.scalars(sa.select(EventSeal).order_by(EventSeal.day.desc()).limit(1))).first()
    first_at = await session.scalar(sa.select(sa.func.min(Event.at)))
    if last is None and first_at is None:
        return
    day = last.day + timedelta(days=1) if last else helsinki_date(first_at or now)
    former = last.digest if last else ""
    while end_of_day(day) + SETTLED_AFTER <= now:
        events, former = await _hash(session, day, former)
        session.add(EventSeal(day=day, events=events, digest=former, sealed_at=now))
        day += timedelta(days=1)


async def find_broken(session: Session) -> AsyncIterator[Broken]:
    """Every sealed day that does not hold the events it was sealed with, judged by the seal kept of the day before."""
    former = ""
    for seal in (await session.scalars(sa.select(EventSeal).order_by(EventSeal.day))).all():
        events, digest = await _hash(session, seal.day, former)
        if digest != seal.digest:
            yield Broken(seal.day, seal.events, events)
        former = seal.digest


async def _hash(session: Session, day: date, former: str) -> tuple[int, str]:
    """How many events a day has, and their hash chained with the former one; by batches, so that any day fits."""
    digest, count, last_id = hashlib.sha256(former.encode()), 0, 0
    within = sa.and_(Event.at >= start_of_day(day), Event.at < start_of_day(day + timedelta(days=1)))
    while True:
        batch = sa.select(_EVENTS).where(within, Event.id > last_id).order_by(Event.id).limit(_BATCH)
        rows = (await session.execute(batch)).mappings().all()
        for row in rows:
            digest.update(orjson.dumps(dict(row), option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z))
            digest.update(b"\n")
        if len(rows) < _BATCH:
            return count + len(rows), digest.hexdigest()
        count, last_id = count + len(rows), rows[-1]["id"]
