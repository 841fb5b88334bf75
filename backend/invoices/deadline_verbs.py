"""The clock of a supplier's invoice for a month: opened when the month has ended, told before and after (H11.9-a).

It stops when nothing approved of the month is left to be billed, and goes on when something is again: approved late, or
let go by a line that was withdrawn or credited.
"""

from datetime import datetime

import sqlalchemy as sa

from backend.invoices import deadline_queries, deadlines, unbilled_queries
from backend.invoices.deadline_queries import SUPPLIER
from backend.invoices.deadlines import INVOICE
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import Month, helsinki_date, month_of
from backend.kit.database import Session
from backend.kit.deadlines import Deadline, DeadlineKind, meet_deadline, opening_or_reopening, register
from backend.kit.refs import Ref
from backend.parties import queries as parties
from backend.parties.model import Organisation
from backend.rulebook.rules import rule

_OPEN = opening_or_reopening()


@rule("H11.9-a")
async def open_invoice_deadlines(session: Session, actor: Actor, *, now: datetime) -> None:
    """For each supplier's month that is over and of which no line bills all approved work: its clock runs.

    Called by the schedule. Safe to repeat: one clock for each supplier and month. It starts, or goes on if it had
    stopped; what Tiera approves late moves it, unless it was told as overdue. Where all is billed it stops.
    """
    this = month_of(helsinki_date(now))
    for supplier_id, month, approved_at in await unbilled_queries.unbilled_months(session, this):
        await _run(session, supplier_id, month, approved_at)
    for supplier_id in await deadline_queries.suppliers_that_owe(session):
        await meet_what_is_billed(session, supplier_id, now)


async def _run(session: Session, supplier_id: int, month: Month, approved_at: datetime | None) -> None:
    due_at, warn_at = await _due_at(session, supplier_id, month, approved_at)
    stopped = await deadline_queries.has_stopped_clock(session, supplier_id, month)
    if stopped and not await unbilled_queries.is_unbilled(session, supplier_id, month):
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
        .where(*deadline_queries.of_month(supplier_id, month), Deadline.due_at < due_at)
        .where(Deadline.met_at.is_(None), Deadline.breached_at.is_(None))
        .values(due_at=due_at, warn_at=warn_at, warned_at=None)
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
    for started_at in await deadline_queries.running_since(session, supplier_id):
        if not await unbilled_queries.is_unbilled(session, supplier_id, deadlines.month_of_clock(started_at)):
            await meet_deadline(session, Ref(SUPPLIER, supplier_id), INVOICE, at=now, started_at=started_at)


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
