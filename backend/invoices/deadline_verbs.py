"""The clock of a supplier's invoice for a month: opened when the month has ended, told before and after (H11.9-a).

It stops when nothing approved of the month is left to be billed, and goes on when something is again: approved late, or
let go by a line that was withdrawn or credited.
"""

from datetime import datetime

import sqlalchemy as sa

from backend.invoices import deadlines, unbilled_queries
from backend.invoices.deadlines import INVOICE
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import Month, helsinki_date, month_of
from backend.kit.database import Condition, Session
from backend.kit.deadlines import Deadline, DeadlineKind, meet_deadline, opening_or_reopening, register
from backend.kit.refs import Ref
from backend.parties import queries as parties
from backend.parties.model import Organisation
from backend.rulebook.rules import rule

SUPPLIER = Organisation.__name__
_OPEN = opening_or_reopening()
_RUNS = (
    Deadline.about_kind == SUPPLIER,
    Deadline.kind == INVOICE,
    Deadline.met_at.is_(None),
    Deadline.dropped_at.is_(None),
)


@rule("H11.9-a")
async def open_invoice_deadlines(session: Session, actor: Actor, *, now: datetime) -> None:
    """For each supplier's month that is over and of which no line bills all approved work: its clock runs.

    Called by the schedule. Safe to repeat: one clock for each supplier and month. It starts, or goes on if it had
    stopped; what Tiera approves late moves it, unless it was told as overdue. Where all is billed it stops.
    """
    this = month_of(helsinki_date(now))
    for supplier_id, month, approved_at in await unbilled_queries.unbilled_months(session, this):
        await _run(session, supplier_id, month, approved_at)
    running = sa.select(Deadline.about_id).where(*_RUNS).distinct()
    for supplier_id in (await session.scalars(running.order_by(Deadline.about_id))).all():
        await meet_what_is_billed(session, supplier_id, now)


async def _run(session: Session, supplier_id: int, month: Month, approved_at: datetime | None) -> None:
    due_at, warn_at = await _due_at(session, supplier_id, month, approved_at)
    its = _of_month(supplier_id, month)
    stopped = sa.select(Deadline.id).where(*its, Deadline.met_at.is_not(None)).with_for_update(key_share=True)
    if (await session.scalar(stopped)) is not None and not await _is_unbilled(session, supplier_id, month):
        return  # billed since, by who held the clock
    await _OPEN.run(
        session,
        about_kind=SUPPLIER,
        about_id=supplier_id,
        kind=INVOICE,
        started_at=deadlines.started_at(month),
        due_at=due_at,
        warn_at=warn_at,
        owner_id=supplier_id,
        rule="H11.9-a",
    )
    await session.execute(
        sa.update(Deadline)
        .where(*its, Deadline.due_at < due_at, Deadline.met_at.is_(None), Deadline.breached_at.is_(None))
        .values(due_at=due_at, warn_at=warn_at)
        .execution_options(synchronize_session=False)
    )


async def _due_at(
    session: Session, supplier_id: int, month: Month, approved_at: datetime | None
) -> tuple[datetime, datetime | None]:
    """When a month's invoice is due, and when that is told before, by the terms of the month's end."""
    agreement_id = await unbilled_queries.agreement_of_month(session, supplier_id, month)
    terms = await parties.terms_on(session, agreement_id, month.last_day)
    due_at = deadlines.invoice_due_at(month, approved_at, terms)
    return due_at, terms.warn_at(due_at)


async def meet_what_is_billed(session: Session, supplier_id: int, now: datetime) -> None:
    """Stop the clocks of a supplier's months of which nothing approved is left to be billed."""
    wanted = sa.select(Deadline.started_at).where(*_RUNS, Deadline.about_id == supplier_id)
    for started_at in (await session.scalars(wanted.order_by(Deadline.started_at))).all():
        if not await _is_unbilled(session, supplier_id, deadlines.month_of_clock(started_at)):
            await meet_deadline(session, Ref(SUPPLIER, supplier_id), INVOICE, at=now, started_at=started_at)


async def _is_unbilled(session: Session, supplier_id: int, month: Month) -> bool:
    return (await session.execute(unbilled_queries.has_unbilled_work(supplier_id, month))).first() is not None


def _of_month(supplier_id: int, month: Month) -> tuple[Condition, ...]:
    return (
        Deadline.about_kind == SUPPLIER,
        Deadline.about_id == supplier_id,
        Deadline.kind == INVOICE,
        Deadline.started_at == deadlines.started_at(month),
    )


async def tell_due_soon(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that a supplier's invoice is due soon."""
    await _tell(session, actor, deadline, "invoice.due_soon", now)


async def tell_overdue(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that a supplier's invoice has not come in time."""
    await _tell(session, actor, deadline, "invoice.overdue", now)


async def _tell(session: Session, actor: Actor, deadline: Deadline, name: str, now: datetime) -> None:
    supplier = await session.get_one(Organisation, deadline.about_id)
    month = deadlines.month_of_clock(deadline.started_at)
    if await _is_moved(session, deadline, month):
        return
    await events.record(session, actor, name, supplier, at=now, rule=deadline.rule, month=str(month), **deadline.said)


@rule("H11.9-a")
async def _is_moved(session: Session, deadline: Deadline, month: Month) -> bool:
    """Whether Tiera has approved work since the night that makes it due later: then that is put on record, not told."""
    if deadline.met_at is not None:
        return False
    months = await unbilled_queries.unbilled_months(session, month + 1, deadline.about_id)
    approved_at = next((at for _, each, at in months if each == month), None)
    due_at, warn_at = await _due_at(session, deadline.about_id, month, approved_at)
    if due_at <= deadline.due_at:
        return False
    deadline.due_at, deadline.warn_at, deadline.warned_at, deadline.breached_at = due_at, warn_at, None, None
    return True


register(DeadlineKind(INVOICE, warn=tell_due_soon, breach=tell_overdue))
