"""Saved views: lists of the portal as somebody narrowed and sorted them, under a name."""

from datetime import datetime

from backend.identity import policy, queries, rules
from backend.identity.model import SavedView
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import constraint, invalid, needed, version_conflict
from backend.kit.sorting import sort_key
from backend.kit.translation import Text

constraint("uq_saved_views_name", invalid(Text("You have a view of this name on this list already."), "name"))


async def save_view(
    session: Session, actor: Actor, *, list: str, query: str, name: str, is_shared: bool = False, now: datetime
) -> SavedView:
    """Keep what narrows and sorts a list under a name of one's own: for oneself, or for one's organisation too."""
    policy.require_is_somebody(actor)
    name = needed(name, "name", most=rules.LONGEST_NAME)
    view = SavedView(
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
        list=needed(list, "list", most=rules.LONGEST_NAME),
        query=rules.read_query(query),
        name=name,
        sort_key=sort_key(name),
        is_shared=is_shared,
        saved_at=now,
    )
    session.add(view)
    await events.record(session, actor, "view.saved", view, at=now, audience=Audience.TIERA, is_shared=is_shared)
    return view


async def change_view(
    session: Session, actor: Actor, *, view_id: int, name: str, is_shared: bool, expected_version: int, now: datetime
) -> SavedView:
    """Give a view another name, share it or keep it to whoever saved it; what it shows stays."""
    view = await queries.get_view_for_change(session, actor, view_id)
    if view.version != expected_version:
        raise version_conflict()
    view.version += 1
    view.name = needed(name, "name", most=rules.LONGEST_NAME)
    view.sort_key, view.is_shared = sort_key(view.name), is_shared
    await events.record(session, actor, "view.changed", view, at=now, audience=Audience.TIERA, is_shared=is_shared)
    return view


async def remove_view(session: Session, actor: Actor, *, view_id: int, now: datetime) -> SavedView:
    """Offer a view no more, to anybody."""
    view = await queries.get_view_for_change(session, actor, view_id)
    view.removed_at = now
    await events.record(session, actor, "view.removed", view, at=now, audience=Audience.TIERA)
    return view
