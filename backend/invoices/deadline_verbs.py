"""The clock of a supplier's invoice for a month: opened when the month has ended, told before and after (H11.9-a)."""

from datetime import datetime

import sqlalchemy as sa

from backend.invoices import deadlines, queries
from backend.invoices.deadlines import INVOICE
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date, month_of
from backend.kit.database import Session
from backend.kit.deadlines import Deadline, DeadlineKind, open_deadline, register
from backend.kit.refs import Ref
from backend.parties import queries as parties
from backend.parties.model import Organisation
from backend.rulebook.rules import rule


@rule("H11.9-a")
async def open_invoice_deadlines(session: Session, actor: Actor, *, now: datetime) -> None:
    """For each supplier with approved work of the last month that no line bills: start its clock, or move it.

    Called by the schedule. Safe to repeat: one clock for each supplier and month. What Tiera approves late moves an
    open clock, never a stopped one.
    """
    today = helsinki_date(now)
    month = month_of(today) - 1
    for supplier_id in await parties.suppliers_on(session, month.last_day):
        if (await session.execute(queries.has_unbilled_work(supplier_id, month))).first() is None:
            continue
        agreement = await parties.agreement_in_force(session, supplier_id, month.last_day)
        terms = await parties.terms_on(session, agreement.id if agreement else None, month.last_day)
        approved_at = await queries.last_approved_at(session, supplier_id, month)
        due_at = deadlines.invoice_due_at(month, approved_at, terms)
        started_at, warn_at = deadlines.started_at(month), terms.warn_at(due_at)
        about = Ref("Organisation", supplier_id)
        await open_deadline(
            session,
            about,
            INVOICE,
            started_at=started_at,
            due_at=due_at,
            warn_at=warn_at,
            owner_id=supplier_id,
            rule="H11.9-a",
        )
        await session.execute(
            sa.update(Deadline)
            .where(
                Deadline.about_kind == about.kind,
                Deadline.about_id == about.id,
                Deadline.kind == INVOICE,
                Deadline.started_at == started_at,
                Deadline.due_at < due_at,
                Deadline.met_at.is_(None),
                Deadline.breached_at.is_(None),
            )
            .values(due_at=due_at, warn_at=warn_at)
            .execution_options(synchronize_session=False)
        )


async def tell_due_soon(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that a supplier's invoice is due soon."""
    await _tell(session, actor, deadline, "invoice.due_soon", now)


async def tell_overdue(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that a supplier's invoice has not come in time."""
    await _tell(session, actor, deadline, "invoice.overdue", now)


async def _tell(session: Session, actor: Actor, deadline: Deadline, name: str, now: datetime) -> None:
    supplier = await session.get_one(Organisation, deadline.about_id)
    month = month_of(helsinki_date(deadline.started_at)) - 1
    await events.record(session, actor, name, supplier, at=now, rule=deadline.rule, month=str(month), **deadline.said)


register(DeadlineKind(INVOICE, warn=tell_due_soon, breach=tell_overdue))
