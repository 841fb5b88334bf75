"""What happens when the approval of a month's hours nears its deadline or passes it: it is told (H11.7.3-g)."""

from datetime import datetime

from backend.hours.deadlines import APPROVAL
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date, month_of
from backend.kit.database import Session
from backend.kit.deadlines import Deadline, DeadlineKind, register
from backend.parties.model import Organisation


async def tell_due_soon(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that a supplier's month must soon be approved."""
    await _tell(session, actor, deadline, "hours.approval_due_soon", now)


async def tell_late(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that a supplier's month was not approved in time."""
    await _tell(session, actor, deadline, "hours.approval_late", now)


async def _tell(session: Session, actor: Actor, deadline: Deadline, name: str, now: datetime) -> None:
    supplier = await session.get_one(Organisation, deadline.about_id)
    worked = month_of(helsinki_date(deadline.started_at)) - 1
    await events.record(
        session,
        actor,
        name,
        supplier,
        at=now,
        rule=deadline.rule,
        month=str(worked),
        **deadline.said,
    )


register(DeadlineKind(APPROVAL, warn=tell_due_soon, breach=tell_late))
