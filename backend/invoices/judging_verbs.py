"""Judging on record: lines that wait are judged as if they held nothing, and then hold what they may (D11.9-d)."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.invoices import credit_queries, finding_queries, number_verbs, queries, record_queries
from backend.invoices.deadline_verbs import meet_what_is_billed
from backend.invoices.judging import judge
from backend.invoices.meaning import Meaning
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.queries import LINE_KIND
from backend.invoices.record import Judgement
from backend.invoices.rules import invoice_state
from backend.invoices.states import InvoiceAction, InvoiceKind, InvoiceState, Key, LineState, Severity
from backend.kit import events
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import helsinki_date, month_of
from backend.kit.database import Session
from backend.kit.faults import not_permitted, wrong_state
from backend.kit.statements import change
from backend.ledger import holding
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

MANY = 20
"""Lines from which on judging runs in a thread."""


@rule("D11.9-d")
async def judge_invoice(session: Session, actor: Actor, *, invoice_id: int, now: datetime) -> Invoice:
    """Check an invoice again, as after hours were approved: whoever sees it may ask, the record decides."""
    if actor.kind is not ActorKind.SYSTEM and not (actor.may(Right.JUDGE_INVOICES) or actor.may(Right.SEND_INVOICES)):
        raise not_permitted("D11.9-d")
    invoice = await _for_judging(session, actor, invoice_id, now)
    if invoice.state in queries.GONE:
        raise wrong_state(invoice.state, InvoiceAction.JUDGE, "D11.9-d")
    lines = await queries.lines_for_change(session, [invoice.id])
    if any(line.state is LineState.OPEN for line in lines):
        await judge_on_record(session, actor, invoice, lines, now=now)
    return invoice


async def _for_judging(session: Session, actor: Actor, invoice_id: int, now: datetime) -> Invoice:
    """The invoice, locked with what it credits; of a credit note that came before its invoice, that from now on."""
    credited_id = await credit_queries.find_credited_since(session, invoice_id)
    if credited_id is None:
        return await queries.get_invoice_for_change(session, actor, invoice_id)
    note = (await queries.get_invoices_for_change(session, actor, {invoice_id, credited_id}))[invoice_id]
    if await credit_queries.find_credited_since(session, invoice_id) == credited_id:  # nobody was faster
        note.credits_id = credited_id
        await _look_for_lines_anew(session, actor, note, now)
    return note


@rule("D11.9-e", "D11.9-h")
async def _look_for_lines_anew(session: Session, actor: Actor, note: Invoice, now: datetime) -> None:
    """What its undecided lines were found or said to credit was of an invoice that is withdrawn."""
    lines = await queries.lines_for_change(session, [note.id])
    for line in (each for each in lines if each.state in (LineState.OPEN, LineState.DISPUTED)):
        line.credits_line_id = None
        if Key.CREDITED_LINE in line.pointed:
            line.pointed = [key for key in line.pointed if key != Key.CREDITED_LINE]
            line.pointed_by_id = line.pointed_by_id if line.pointed else None
            line.version += 1
            await events.record(
                session, actor, "invoice_line.pointing_ended", line, at=now, rule="D11.9-e", within=note
            )


@rule("D11.9-d", "H11.7.3-h", "H11.9-c")
async def judge_stale_invoice(session: Session, actor: Actor, *, now: datetime) -> Invoice | None:
    """Check one invoice again of which Tiera has approved work since it was checked, or whose month has ended since; or
    a credit note whose invoice has come since.

    Called by the schedule until it finds none; one at a time, so that no two accounts are held at once.
    """
    invoice_id = await queries.find_stale(session, month_of(helsinki_date(now)))
    invoice_id = invoice_id or await credit_queries.find_note_of_a_known_invoice(session)
    return None if invoice_id is None else await judge_invoice(session, actor, invoice_id=invoice_id, now=now)


async def judge_on_record(
    session: Session, actor: Actor, invoice: Invoice, lines: Sequence[InvoiceLine], *, now: datetime
) -> Judgement:
    """Judge the open lines of an invoice that is locked, and put on record what came of it."""
    waiting = [line for line in lines if line.state is LineState.OPEN]
    ids = [line.id for line in waiting]
    known = await record_queries.load_known(session, invoice.supplier_id, waiting)
    await number_verbs.take_when_free(session, invoice)
    accounts = await record_queries.lock_accounts(session, known, ids)
    record = await record_queries.load_record(session, invoice, waiting, known, accounts, now)
    terms = Terms.of(invoice.terms_on)
    if len(waiting) < MANY:
        judgement = judge(invoice, waiting, record, terms)
    else:
        judgement = await asyncio.to_thread(judge, invoice, waiting, record, terms)
    wanted = [holding.Wanted(hold.line_id, hold.piece.id, hold.amount, hold.piece.amount) for hold in judgement.holds]
    await holding.settle(session, LINE_KIND, ids, wanted, at=now)
    await _keep_meanings(session, judgement)
    has_new = await finding_queries.keep(session, invoice, ids, judgement.findings, now)
    invoice.judged_at = now
    if judgement.due_at is not None:
        was_late = invoice.is_late and len(waiting) < len(lines)  # by lines that are decided and not judged any more
        invoice.is_late = judgement.is_late or was_late
    before = invoice.state
    invoice.state, invoice.version = invoice_state([line.state for line in lines]), invoice.version + 1
    if invoice.kind is InvoiceKind.INVOICE and invoice.state is not InvoiceState.WITHDRAWN:
        await meet_what_is_billed(session, invoice.supplier_id, now)
    await _record(session, actor, invoice, before, judgement, has_new, now)
    return judgement


async def _keep_meanings(session: Session, judgement: Judgement) -> None:
    held: dict[int, int] = {}
    for hold in judgement.holds:
        held[hold.line_id] = held.get(hold.line_id, 0) + hold.amount
    counts = Counter((found.line_id, found.severity) for found in judgement.findings)
    await change(session, [(meaning.line, _meant(meaning, judgement, held, counts)) for meaning in judgement.meanings])


def _meant(
    meaning: Meaning, judgement: Judgement, held: Mapping[int, int], counts: Mapping[tuple[int | None, Severity], int]
) -> dict[str, Any]:
    """What a line's columns say of its judgement."""
    line = meaning.line
    minutes, cents = (0, held.get(line.id, 0)) if meaning.is_of_sum else (held.get(line.id, 0), 0)
    return {
        "order_id": meaning.order.id if meaning.order else None,
        "milestone_id": meaning.milestone.id if meaning.milestone else None,
        "billing_id": meaning.billing.id if meaning.billing else None,
        "price_group_id": meaning.price_group_id,
        "ground": meaning.ground or line.ground,
        "reserved_minutes": minutes,
        "reserved_cents": cents,
        "credits_line_id": judgement.credits_lines.get(line.id, line.credits_line_id),
        "errors": counts[line.id, Severity.ERROR],
        "warnings": counts[line.id, Severity.WARNING],
    }


async def _record(
    session: Session,
    actor: Actor,
    invoice: Invoice,
    before: InvoiceState,
    judgement: Judgement,
    has_new: bool,
    now: datetime,
) -> None:
    """What came of a judgement; one after which the same stands against the invoice as before is told nobody."""
    moved = before is not invoice.state
    errors = sum(found.is_error for found in judgement.findings)
    warnings = len(judgement.findings) - errors
    codes = sorted({found.code.value for found in judgement.findings})
    found = "invoice.findings_found" if has_new else "invoice.judged_again"
    name = found if judgement.findings else "invoice.judged"
    await events.record(
        session,
        actor,
        name,
        invoice,
        at=now,
        rule="D11.9-d",
        from_=before if moved else None,
        to=invoice.state if moved else None,
        lines=len(judgement.meanings),
        errors=errors,
        warnings=warnings,
        codes=codes,
        holds=sum(hold.amount for hold in judgement.holds),
    )
