"""Carrying out an approved credit: the line credited gives back what it holds or has billed (D11.9-e)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from backend.invoices import rules
from backend.invoices.credit_judging import credited_minutes, left_of
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.queries import LINE_KIND
from backend.invoices.states import LINE, DisputeEnding, LineAction, LineState
from backend.invoices.withdrawing_verbs import end_disputes
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.faults import broken_rule
from backend.kit.translation import Text
from backend.ledger import holding
from backend.rulebook.rules import rule


@rule("D11.9-e")
async def apply_credits(
    session: Session,
    actor: Actor,
    credits: Sequence[InvoiceLine],
    lines: Sequence[InvoiceLine],
    invoices: Mapping[int, Invoice],
    *,
    key: str,
    now: datetime,
) -> list[Invoice]:
    """Take from each line what is credited of it; the invoices that must be judged anew.

    All is locked: the credit note, the invoices credited, their lines and accounts. A line that is credited in full is
    settled; a disputed one of which a part is credited waits again with the rest; an approved one stays approved.
    """
    by_id = {line.id: line for line in lines}
    touched: dict[int, InvoiceLine] = {}
    for credit in credits:
        target = by_id[credit.credits_line_id or 0]
        _take_off(credit, target)
        touched[target.id] = target
    for target in touched.values():
        await _give_back(session, actor, target, invoices[target.invoice_id], key=key, now=now)
    again = []
    for invoice in invoices.values():
        states = [line.state for line in lines if line.invoice_id == invoice.id]
        before, invoice.state = invoice.state, rules.invoice_state(states)
        invoice.version += 1
        if invoice.state is not before:
            await events.record(
                session, actor, "invoice.credited", invoice, at=now, rule="D11.9-e", from_=before, to=invoice.state
            )
        if any(line.state is LineState.OPEN for line in touched.values()):
            again.append(invoice)
    return again


def _take_off(credit: InvoiceLine, target: InvoiceLine) -> None:
    """Count a credit against its line; another credit or its withdrawal may have come first since this was judged."""
    left, minutes = left_of(target), credited_minutes(credit, target)
    if -credit.amount > left.amount or (minutes is not None and minutes > (left.minutes or 0)):
        message = Text(
            "Of line %(line)s less is left to be credited than when this was judged: check again.", line=target.position
        )
        raise broken_rule("D11.9-e", message)
    target.credited_amount -= credit.amount
    target.credited_minutes += minutes or 0


async def _give_back(
    session: Session, actor: Actor, target: InvoiceLine, invoice: Invoice, *, key: str, now: datetime
) -> None:
    before, left = target.state, left_of(target)
    if left.amount == 0:
        target.state = LINE.move(target.state, LineAction.CREDIT).target
        keep = 0
    else:
        keep = rules.cents(left.amount) if target.is_of_sum else (left.minutes or 0)
        if target.state is LineState.DISPUTED:
            target.state = LINE.move(target.state, LineAction.RESOLVE).target
            target.decided_by_id, target.decided_at = None, None
    released = await holding.release_down_to(session, LINE_KIND, target.id, keep, key=key, at=now)
    if target.is_of_sum:
        target.reserved_cents -= released
    else:
        target.reserved_minutes -= released
    target.version += 1
    if before is LineState.DISPUTED:
        is_settled = target.state is LineState.CREDITED
        ending = DisputeEnding.CREDITED if is_settled else DisputeEnding.REOPENED
        await end_disputes(session, actor, [target.id], ending, now)
    await events.record(
        session,
        actor,
        "invoice_line.credited",
        target,
        at=now,
        rule="D11.9-e",
        within=invoice,
        from_=before,
        to=target.state,
        amount=target.credited_amount,
        minutes=target.credited_minutes,
        released=released,
    )
