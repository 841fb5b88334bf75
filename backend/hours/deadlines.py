"""When hours must be approved: the 2nd business day of the following month (H11.7.3-g)."""

from datetime import date, datetime

import sqlalchemy as sa

from backend.hours.model import TimeEntry
from backend.kit import deadlines
from backend.kit.actor import ActorKind
from backend.kit.calendar import Month, end_of_day, month_of, nth_business_day, start_of_day, subtract_business_days
from backend.kit.database import Session
from backend.kit.refs import Ref
from backend.parties.model import Organisation
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

APPROVAL = "hours.approval"


@rule("H11.7.3-g")
def approval_due_on(month: Month, terms: Terms) -> date:
    """The day by which Tiera approves a month's entries."""
    following = month + 1
    return nth_business_day(following.year, following.number, terms.hours_approval_business_day, terms.counting)


async def open_approval_deadline(session: Session, entry: TimeEntry, terms: Terms) -> None:
    """Tiera's clock for a supplier's month, started with the month after it; one for all its entries."""
    month = month_of(entry.day)
    due = approval_due_on(month, terms)
    await deadlines.open_deadline(
        session,
        Ref("Organisation", entry.supplier_id),
        APPROVAL,
        started_at=_started(month),
        due_at=end_of_day(due),
        warn_at=start_of_day(subtract_business_days(due, terms.deadline_warning_days, terms.counting)),
        owner_id=await session.scalar(sa.select(Organisation.id).where(Organisation.side == ActorKind.BUYER)),
        rule="H11.7.3-g",
    )


async def meet_approval_deadline(session: Session, supplier_id: int, month: Month, *, at: datetime) -> None:
    """Nothing of a supplier's month waits any more."""
    about = Ref("Organisation", supplier_id)
    await deadlines.meet_deadline(session, about, APPROVAL, at=at, started_at=_started(month))


def _started(month: Month) -> datetime:
    return start_of_day((month + 1).first_day)
