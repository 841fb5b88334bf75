"""The clocks of suppliers' invoices, one for each month (H11.9-a)."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from backend.invoices import deadlines
from backend.invoices.deadlines import INVOICE
from backend.kit.calendar import Month
from backend.kit.database import Condition, Session
from backend.kit.deadlines import Deadline
from backend.parties.model import Organisation

SUPPLIER: Final = Organisation.__name__
_IS_ONE: Final = (Deadline.about_kind == SUPPLIER, Deadline.kind == INVOICE)
_RUNS: Final = (*_IS_ONE, Deadline.met_at.is_(None), Deadline.dropped_at.is_(None))


def of_month(supplier_id: int, month: Month) -> tuple[Condition, ...]:
    """SQL: the clock of a supplier's month."""
    return (*_IS_ONE, Deadline.about_id == supplier_id, Deadline.started_at == deadlines.started_at(month))


async def suppliers_that_owe(session: Session) -> list[int]:
    """The suppliers of whose months a clock runs."""
    wanted = sa.select(Deadline.about_id).where(*_RUNS).distinct()
    return list((await session.scalars(wanted.order_by(Deadline.about_id))).all())


async def running_since(session: Session, supplier_id: int) -> list[datetime]:
    """When each clock of a supplier that runs began, the oldest first."""
    wanted = sa.select(Deadline.started_at).where(*_RUNS, Deadline.about_id == supplier_id)
    return list((await session.scalars(wanted.order_by(Deadline.started_at))).all())


async def has_stopped_clock(session: Session, supplier_id: int, month: Month) -> bool:
    """Whether the clock of a month has stopped; waits for whoever stops it or sets it going at this moment."""
    its = sa.select(Deadline.id).where(*of_month(supplier_id, month), Deadline.met_at.is_not(None))
    return await session.scalar(its.with_for_update(key_share=True)) is not None
