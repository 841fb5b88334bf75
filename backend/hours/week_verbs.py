"""A week as people type it: many cells at once, each a new entry, a change of one, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from backend.hours import queries
from backend.hours.model import TimeEntry
from backend.hours.verbs import Booking, correct_hours, lock_days, put_entry
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.faults import Refusal, Refusals, required
from backend.kit.refs import Ref


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One target on one day: the minutes wanted, of the entry that is there or of a new one."""

    target_id: int
    day: date
    minutes: int
    description: str
    price_group_id: int | None = None
    entry_id: int | None = None
    expected_version: int | None = None


async def save_week(
    session: Session, actor: Actor, cells: Sequence[Cell], person_id: int | None = None, *, now: datetime
) -> TimeEntry | Ref:
    """Store a week's cells together, or none of them; every refusal says which cell. The last entry touched."""
    if not cells:
        raise required("cells")
    entry_ids = [cell.entry_id for cell in cells if cell.entry_id is not None]
    await queries.lock_targets(session, actor, [cell.target_id for cell in cells], entry_ids)
    if whose := person_id or actor.person_id:
        await lock_days(session, whose, {cell.day for cell in cells})
    wrong, last = Refusals(), None
    for place, cell in sorted(enumerate(cells), key=lambda pair: pair[1].target_id):
        try:
            last = await _save(session, actor, cell, person_id, now) or last
        except Refusal as refusal:
            wrong.add(refusal.at("cells", place))
    wrong.raise_any()
    if last is None:
        raise required("cells")
    return last


async def _save(
    session: Session, actor: Actor, cell: Cell, person_id: int | None, now: datetime
) -> TimeEntry | Ref | None:
    if cell.entry_id is None:
        if cell.minutes == 0:
            return None
        booking = Booking(
            target_id=cell.target_id,
            day=cell.day,
            minutes=cell.minutes,
            description=cell.description,
            price_group_id=cell.price_group_id,
            person_id=person_id,
        )
        return await put_entry(session, actor, booking, None, now=now)
    (entry,) = await queries.get_entries_for_change(session, actor, [cell.entry_id])
    same = (entry.minutes, entry.description) == (cell.minutes, cell.description.strip())
    if same and cell.price_group_id in (None, entry.price_group_id):
        return None
    return await correct_hours(
        session,
        actor,
        entry.id,
        minutes=cell.minutes,
        description=cell.description,
        price_group_id=cell.price_group_id,
        expected_version=cell.expected_version,
        now=now,
    )
