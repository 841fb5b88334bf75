"""What readers do with bulletins: acknowledge them, put them out of their sight; keys to the calendar of breaks."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from backend.bulletins import queries
from backend.bulletins.model import Bulletin, BulletinReading, CalendarKey
from backend.bulletins.states import BulletinState
from backend.identity.hashing import Handover, hashed, new_secret
from backend.identity.policy import require_at_the_portal
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import broken_rule, invalid
from backend.kit.translation import Text


async def acknowledge_bulletin(session: Session, actor: Actor, *, bulletin_id: int, now: datetime) -> Bulletin:
    """Say that one has read it, once; its sender sees that."""
    bulletin = await queries.get_bulletin_to_read(session, actor, bulletin_id)
    if not bulletin.asks_acknowledgement:
        raise invalid(Text("This bulletin asks for no acknowledgement."), "bulletin_id")
    if bulletin.state is BulletinState.WITHDRAWN:
        raise broken_rule("H11.11-a", Text("The bulletin was withdrawn: nobody need acknowledge it."), "bulletin_id")
    if await _note(session, actor, bulletin, "acknowledged_at", now):
        await events.record(
            session, actor, "bulletin.acknowledged", bulletin, at=now, rule="H11.11-a", audience=Audience.BOTH
        )
    return bulletin


async def dismiss_bulletin(session: Session, actor: Actor, *, bulletin_id: int, now: datetime) -> Bulletin:
    """Put it out of one's own sight on the portal's pages; it is no act that anybody else need know of."""
    bulletin = await queries.get_bulletin_to_read(session, actor, bulletin_id)
    await _note(session, actor, bulletin, "dismissed_at", now)
    return bulletin


async def _note(session: Session, actor: Actor, bulletin: Bulletin, what: str, now: datetime) -> bool:
    """Note it of the actor's reading of a bulletin; False where it stood there already."""
    row: Any = insert(BulletinReading).values(
        bulletin_id=bulletin.id,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
        supplier_id=bulletin.supplier_id,
        **{what: now},
    )
    column = getattr(BulletinReading, what)
    noted = row.on_conflict_do_update(
        index_elements=["bulletin_id", "person_id", "organisation_id"],
        set_={what: now},
        where=column.is_(None),
    )
    return await session.scalar(noted.returning(BulletinReading.id)) is not None


async def make_calendar_key(session: Session, actor: Actor, handover: Handover, *, now: datetime) -> CalendarKey:
    """A secret address of one's own calendar of breaks, handed over once; the one before works no more."""
    require_at_the_portal(actor)
    former = await queries.calendar_key_of(session, actor)
    if former is not None:
        await _end(session, actor, former, now)
    handover.secret = new_secret()
    key = CalendarKey(
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
        secret_hash=hashed(handover.secret),
        made_at=now,
    )
    session.add(key)
    await session.flush()
    await events.record(session, actor, "calendar_key.made", key, at=now, audience=Audience.TIERA)
    return key


async def end_calendar_key(session: Session, actor: Actor, *, calendar_key_id: int, now: datetime) -> CalendarKey:
    """Close one's own calendar: whoever has its address finds nothing there any more."""
    require_at_the_portal(actor)
    key = await queries.get_calendar_key_for_change(session, actor, calendar_key_id)
    await _end(session, actor, key, now)
    return key


async def _end(session: Session, actor: Actor, key: CalendarKey, now: datetime) -> None:
    if key.ended_at is None:
        key.ended_at = now
        await events.record(session, actor, "calendar_key.ended", key, at=now, audience=Audience.TIERA)
