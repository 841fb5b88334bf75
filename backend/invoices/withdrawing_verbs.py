"""The supplier takes back lines that nobody has approved: what they held is free again (D11.9-e)."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from backend.invoices import policy, queries, record_queries
from backend.invoices.model import Dispute, Invoice, InvoiceLine
from backend.invoices.queries import LINE_KIND
from backend.invoices.rules import invoice_state
from backend.invoices.states import LINE, DisputeEnding, InvoiceAction, InvoiceState, LineAction, LineState
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.faults import broken_rule, not_found, wrong_state
from backend.kit.translation import Text
from backend.ledger import holding
from backend.rulebook.rules import rule


@rule("D11.9-e")
async def withdraw_lines(
    session: Session, actor: Actor, *, invoice_id: int, line_ids: Sequence[int] | None = None, now: datetime
) -> Invoice:
    """Take back lines, or all of an invoice; approved ones are credited instead."""
    policy.require_may_send(actor)
    invoice = await queries.get_invoice_for_change(session, actor, invoice_id)
    if invoice.state in queries.GONE:
        raise wrong_state(invoice.state, InvoiceAction.WITHDRAW, "D11.9-e")
    lines = await queries.lines_for_change(session, [invoice.id])
    before = invoice.state
    chosen = _chosen(lines, line_ids)
    if credited := [line.position for line in chosen if line.credited_amount]:
        message = Text("A part of line %(line)s is credited already: credit the rest of it.", line=credited[0])
        raise broken_rule("D11.9-e", message)
    for line in chosen:
        line.state = LINE.take(actor, line.state, LineAction.WITHDRAW).target
        line.decided_by_id, line.decided_at, line.version = actor.person_id, now, line.version + 1
        line.reserved_minutes = line.reserved_cents = 0
    ids = [line.id for line in chosen]
    await record_queries.lock_accounts(session, None, ids)
    await holding.release(session, LINE_KIND, ids, key=f"withdrawn:{invoice.id}:{invoice.version}", at=now)
    await end_disputes(session, actor, ids, DisputeEnding.WITHDRAWN, now)
    invoice.state, invoice.version = invoice_state([line.state for line in lines]), invoice.version + 1
    is_whole = invoice.state is InvoiceState.WITHDRAWN
    await events.record(
        session,
        actor,
        "invoice.withdrawn" if is_whole else "invoice.lines_withdrawn",
        invoice,
        at=now,
        rule="D11.9-e",
        from_=before,
        to=invoice.state,
        lines=[line.position for line in chosen],
    )
    return invoice


def _chosen(lines: Sequence[InvoiceLine], line_ids: Sequence[int] | None) -> list[InvoiceLine]:
    if line_ids is not None:
        by_id = {line.id: line for line in lines}
        if not line_ids or not set(line_ids) <= set(by_id):
            raise not_found("line_ids")
        return [by_id[line_id] for line_id in sorted(set(line_ids))]
    decided = [line for line in lines if line.state in (LineState.APPROVED, LineState.CREDITED)]
    if decided:
        message = Text("Lines of this invoice are approved already: take those back by a credit note.")
        raise broken_rule("D11.9-e", message)
    return [line for line in lines if line.state is not LineState.WITHDRAWN]


async def end_disputes(
    session: Session, actor: Actor, line_ids: Sequence[int], ending: DisputeEnding, now: datetime
) -> None:
    """Say how the open disputes about lines ended."""
    if line_ids:
        await session.execute(
            sa.update(Dispute)
            .where(Dispute.line_id.in_(line_ids), Dispute.ended_at.is_(None))
            .values(ended_at=now, ended_by_id=actor.person_id, ending=ending)
            .execution_options(synchronize_session=False)
        )
