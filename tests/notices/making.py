"""Makers of what is told: events as verbs record them, and who has been told of them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit import events
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.database import Thing
from backend.kit.events import Event
from backend.notices.model import Delivery
from backend.notices.states import Way
from backend.notices.verbs import Handover, spread
from tests.making import NOW


async def happen(
    session: AsyncSession, name: str, subject: Thing, by: Actor = SCHEDULE, *, at: datetime = NOW, **given: Any
) -> Event:
    """Something happens, by the clock unless somebody is named."""
    await events.record(session, by, name, subject, at=at, **given)
    return await session.get_one(Event, await events.id_of_last(session))


async def tell(session: AsyncSession, now: datetime = NOW) -> Handover:
    """Empty the outbox; what a worker would be handed."""
    handover = Handover()
    await spread(session, SCHEDULE, handover, now=now)
    await session.flush()
    return handover


async def told(session: AsyncSession, event: Event, way: Way = Way.BELL) -> list[int]:
    """Whom an event was told, by their ids."""
    rows = await session.scalars(
        sa.select(Delivery.person_id).where(Delivery.event_id == event.id, Delivery.way == way)
    )
    return sorted(rows.all())
