"""What Tiera's desk keeps ready, whatever it is: put at hand, changed, offered no more (H11.7.2-a).

Its verbs name the event; what is written in it is theirs.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from backend.kit import events
from backend.kit.actor import Actor, ActorKind
from backend.kit.database import Condition, Row, Session
from backend.kit.events import Audience
from backend.kit.faults import broken_rule, not_found, not_permitted, version_conflict
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from backend.tickets.model import KeptReady

K = TypeVar("K", bound=KeptReady)


def check_keeps(actor: Actor) -> None:
    """Tiera's desk alone. Raises NOT_PERMITTED."""
    if actor.kind is not ActorKind.BUYER or not actor.may(Right.HANDLE_TICKETS):
        raise not_permitted("H11.7.2-a")


async def put_at_hand(session: Session, actor: Actor, kept: K, event: str, *, now: datetime) -> K:
    """Offer it from now on; its event is Tiera's to read."""
    kept.written_by_id, kept.written_at = actor.person_id, now
    session.add(kept)
    await events.record(session, actor, event, kept, at=now, audience=Audience.TIERA)
    return kept


async def get_for_change(
    session: Session, actor: Actor, kept: type[K], seen: Callable[[Actor, Row], Condition], id: int, path: str
) -> K:
    """One of its kind, locked. Raises NOT_FOUND at `path`, NOT_PERMITTED."""
    wanted = sa.select(kept).where(kept.id == id, seen(actor, kept))
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise not_found(path)
    check_keeps(actor)
    return found


def check_changes(kept: KeptReady, expected_version: int) -> None:
    """What is offered no more stays as it was. Raises BROKEN_RULE, or VERSION_CONFLICT where somebody changed it."""
    if kept.ended_at is not None:
        raise broken_rule("H11.7.2-a", Text("It is offered no more, and is not changed: write a new one."))
    if kept.version != expected_version:
        raise version_conflict()


async def change(session: Session, actor: Actor, kept: K, event: str, *, now: datetime) -> K:
    """It says something else from now on: one version more."""
    kept.version += 1
    await events.record(session, actor, event, kept, at=now, audience=Audience.TIERA, version=kept.version)
    return kept


async def end(session: Session, actor: Actor, kept: K, event: str, *, now: datetime) -> K:
    """Offer it no more; nothing happens where it is ended already."""
    if kept.ended_at is None:
        kept.ended_at = now
        await events.record(session, actor, event, kept, at=now, audience=Audience.TIERA)
    return kept
