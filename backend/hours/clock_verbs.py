"""Tiera's clock for a supplier's month of hours: started, stopped, and going on when something of it waits anew.

Called by the verbs of hours, in their transaction (H11.7.3-g).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from backend.hours import queries
from backend.hours.deadlines import APPROVAL, due_on_of
from backend.hours.model import TimeEntry
from backend.kit import deadlines
from backend.kit.calendar import Month, end_of_day, helsinki_date, month_of, start_of_day
from backend.kit.database import Session
from backend.kit.deadlines import Deadline
from backend.kit.refs import Ref
from backend.parties.queries import BUYER_ID
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms


async def open_approval_deadline(session: Session, entry: TimeEntry, terms: Terms) -> None:
    """Tiera's clock for a supplier's month, started with the month after it; one for all its entries.

    If it had stopped it goes on, to the day by which this entry must be approved if that is later.
    """
    due_at = end_of_day(due_on_of(entry.day, helsinki_date(entry.booked_at), terms))
    await _OPEN.say(
        session,
        **_of_month(entry.supplier_id, month_of(entry.day)),
        due_at=due_at,
        warn_at=terms.warn_at(due_at),
        rule="H11.7.3-g",
    )


async def meet_approval_deadline(session: Session, supplier_id: int, month: Month, *, at: datetime) -> None:
    """Nothing of a supplier's month waits any more."""
    about = Ref("Organisation", supplier_id)
    await deadlines.meet_deadline(session, about, APPROVAL, at=at, started_at=_started(month))


async def reopen_approval_deadline(session: Session, supplier_id: int, month: Month) -> None:
    """Something of a month waits again whose clock had stopped: it goes on."""
    about = Ref("Organisation", supplier_id)
    await deadlines.reopen_deadline(session, about, APPROVAL, started_at=_started(month))


@rule("H11.7.3-g")
async def is_approval_late(session: Session, months: Iterable[tuple[int, Month]], at: datetime) -> bool:
    """Whether one of these suppliers' months was due before an instant and still waits."""
    of_one = [
        sa.and_(*(getattr(Deadline, name) == value for name, value in _of_month(supplier_id, month).items()))
        for supplier_id, month in months
    ]
    wanted = sa.select(Deadline.id).where(sa.or_(*of_one), Deadline.met_at.is_(None), Deadline.due_at < at)
    return (await session.scalars(wanted.limit(1))).first() is not None


async def meet_if_nothing_waits(session: Session, supplier_id: int, month: Month, *, at: datetime) -> None:
    """Stop the clock of a month of which nothing waits any more."""
    if not await queries.is_month_open(session, supplier_id, month):
        await meet_approval_deadline(session, supplier_id, month, at=at)


def _of_month(supplier_id: int, month: Month) -> dict[str, Any]:
    """What the one clock of a supplier's month is known by."""
    return {"about_kind": "Organisation", "about_id": supplier_id, "kind": APPROVAL, "started_at": _started(month)}


def _started(month: Month) -> datetime:
    return start_of_day((month + 1).first_day)


_OPEN = deadlines.opening_or_reopening(BUYER_ID.scalar_subquery())
