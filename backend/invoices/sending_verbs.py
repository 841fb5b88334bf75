"""How invoices come: typed as a draft and sent, or as a file that is kept as it was received (D11.9-g)."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from backend.files import queries as file_queries
from backend.files import verbs as files
from backend.files.content import content_of
from backend.files.model import StoredFile
from backend.invoices import drafting, number_verbs, policy, queries, receiving, rules
from backend.invoices.credit_queries import find_credited
from backend.invoices.drafting import Draft
from backend.invoices.judging_verbs import judge_on_record
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.reading import EInvoice, Unreadable, read
from backend.invoices.reading import Origin as SaidOrigin
from backend.invoices.record import Judgement
from backend.invoices.states import InvoiceAction, InvoiceKind, InvoiceState, LineState, Origin
from backend.invoices.withdrawing_verbs import withdraw_lines
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.faults import Code, Refusal, UserError, broken_rule, not_found, wrong_state
from backend.kit.translation import Text
from backend.parties import queries as parties
from backend.parties.agreement_model import Agreement
from backend.parties.model import Organisation
from backend.rulebook.rules import rule

FILE = "invoice"
"""What for an invoice's file is in the store."""


# Files


@rule("D11.9-g")
async def receive_invoice(
    session: Session, actor: Actor, *, file_id: int, file_ids: Sequence[int] | None = None, now: datetime
) -> Invoice:
    """Take an invoice file in: read, kept byte for byte, judged. What cannot be read is refused, and nothing is kept.

    The same file twice, and a copy of an invoice that is known, are that invoice; a cancellation withdraws it and is
    kept with it, and once more it withdraws nothing that came in its place. What goes along with any is not taken:
    `file_ids` belong to an invoice that is new.
    """
    supplier_id = policy.require_may_send(actor)
    file = await file_queries.get_for_use(session, actor, file_id)
    await queries.lock_bytes(session, supplier_id, file)
    known = await queries.find_with_file(session, supplier_id, file)
    if known is not None:
        return known
    document = await _read(session, file)
    other = await queries.find_by_number(session, supplier_id, document.number)
    if document.origin is SaidOrigin.CANCELLATION:
        by = None if other is None else file
        cancelled = await queries.find_withdrawn(session, supplier_id, document.number, by)
        if cancelled is not None:
            return cancelled
        return await _cancel(session, actor, document.number, other, file, now)
    if document.origin is SaidOrigin.COPY and other is not None:
        await events.record(session, actor, "invoice.copy_received", other, at=now, rule="D11.9-g")
        return other
    invoice = receiving.invoice_of(document, supplier_id=supplier_id, arrived_at=now)
    lines = receiving.lines_of(document, supplier_id=supplier_id)
    invoice.credits_id = await find_credited(session, invoice)
    await _place_under_agreement(session, invoice, lines)
    invoice.sent_by_id, invoice.file_id = actor.person_id, file.id
    await number_verbs.insert(session, invoice)
    await files.use_file(session, actor, file.id, invoice, FILE)
    await files.attach_files(session, actor, file_ids, invoice, "file_ids")
    await _add_lines(session, invoice, lines)
    await _receive(session, actor, invoice, lines, now)
    return invoice


async def _read(session: Session, file: StoredFile) -> EInvoice:
    try:
        return await asyncio.to_thread(read, await content_of(session, file))
    except Unreadable as refusal:
        raise unread(refusal) from None


def unread(refusal: Unreadable) -> Refusal:
    """The answer to a file that is no invoice we can read: the sentence, and the code of docs/invoices.md."""
    message = Text("The file was not taken: %(reason)s.", reason=refusal.text)
    code = Text("%(code)s", code=refusal.code.name)
    return Refusal(UserError(Code.INVALID, message, ("file_id",), "D11.9-g", actual=code))


async def _cancel(
    session: Session, actor: Actor, number: str, other: Invoice | None, file: StoredFile, now: datetime
) -> Invoice:
    if other is None:
        message = Text("The file cancels invoice %(number)s, which has not come.", number=number)
        raise broken_rule("D11.9-g", message, "file_id")
    await files.use_file(session, actor, file.id, other, files.ATTACHMENT)
    return await withdraw_lines(session, actor, invoice_id=other.id, now=now)


# Typed


async def draft_invoice(session: Session, actor: Actor, *, draft: Draft, now: datetime) -> Invoice:
    """Begin an invoice or a credit note by typing it; nobody but the supplier sees it before it is sent."""
    supplier_id = policy.require_may_send(actor)
    invoice = Invoice(
        supplier_id=supplier_id,
        origin=Origin.TYPED,
        state=InvoiceState.DRAFT,
        arrived_at=now,
        is_number_repeated=False,
        is_late=False,
        sent_by_id=actor.person_id,
        version=1,
    )
    lines = await _fill(session, actor, invoice, draft)
    session.add(invoice)
    await session.flush()
    await _add_lines(session, invoice, lines)
    await files.replace_files(session, actor, draft.file_ids, invoice, "draft", "file_ids")
    await events.record(session, actor, "invoice.drafted", invoice, at=now, rule="D11.9-g", gross=invoice.gross)
    return invoice


async def edit_invoice(
    session: Session, actor: Actor, *, invoice_id: int, draft: Draft, expected_version: int | None = None, now: datetime
) -> Invoice:
    """Type a draft anew: its lines are replaced by these."""
    invoice = await _draft_for_change(session, actor, invoice_id, InvoiceAction.EDIT, expected_version)
    await session.execute(sa.delete(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id))
    lines = await _fill(session, actor, invoice, draft)
    invoice.version += 1
    await _add_lines(session, invoice, lines)
    await files.replace_files(session, actor, draft.file_ids, invoice, "draft", "file_ids")
    await events.record(session, actor, "invoice.edited", invoice, at=now, rule="D11.9-g", gross=invoice.gross)
    return invoice


async def discard_invoice(session: Session, actor: Actor, *, invoice_id: int, now: datetime) -> Invoice:
    """Give a draft up."""
    invoice = await _draft_for_change(session, actor, invoice_id, InvoiceAction.DISCARD)
    invoice.state, invoice.version = InvoiceState.WITHDRAWN, invoice.version + 1
    for line in await queries.lines_for_change(session, [invoice.id]):
        line.state = LineState.WITHDRAWN
    await events.record(
        session, actor, "invoice.discarded", invoice, at=now, rule="D11.9-g",
        from_=InvoiceState.DRAFT, to=invoice.state,
    )  # fmt: skip
    return invoice


@rule("D11.9-g", "H11.9-a")
async def send_invoice(session: Session, actor: Actor, *, invoice_id: int, now: datetime) -> Invoice:
    """Send a draft: in the portal sent is arrived. It is judged at once.

    Of the references that Tiera may announce, the agreement's number and the supplier's own are those of the record
    where the draft does not say them. One that says no day of payment is due by the terms, from the day of sending.
    """
    invoice = await _draft_for_change(session, actor, invoice_id, InvoiceAction.SEND)
    lines = await queries.lines_for_change(session, [invoice.id])
    invoice.arrived_at, invoice.sent_by_id = now, actor.person_id
    await _complete_references(session, invoice, lines)
    await _place_under_agreement(session, invoice, lines)
    other = await queries.find_by_number(session, invoice.supplier_id, invoice.number)
    invoice.is_number_repeated = other is not None
    await session.flush()
    await number_verbs.take(session, invoice)
    judgement = await _receive(session, actor, invoice, lines, now)
    if invoice.due_on is None:
        invoice.due_on = judgement.payable_on
    return invoice


@rule("H11.9-i")
async def _complete_references(session: Session, invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    known = await queries.references_known(session, invoice.supplier_id, {line.order_reference for line in lines})
    for line in lines:
        agreement, supplier_number = known.get((line.order_reference or "").strip(), (None, None))
        line.agreement_reference = line.agreement_reference or agreement
        line.seller_reference = line.seller_reference or supplier_number


async def _draft_for_change(
    session: Session, actor: Actor, invoice_id: int, action: InvoiceAction, version: int | None = None
) -> Invoice:
    policy.require_may_send(actor)
    invoice = await queries.get_invoice_for_change(session, actor, invoice_id, version)
    if invoice.state is not InvoiceState.DRAFT:
        raise wrong_state(invoice.state, action, "D11.9-g")
    return invoice


async def _fill(session: Session, actor: Actor, invoice: Invoice, draft: Draft) -> list[InvoiceLine]:
    try:
        drafting.check_draft(draft)
        credited = await _require_own_credits(session, actor, draft)
    except Refusal as refusal:
        raise refusal.at("draft") from None
    supplier = await session.get_one(Organisation, invoice.supplier_id)
    newest = max((line.period_last for line in draft.lines if line.period_last), default=draft.period_last)
    named = {line.order_reference or draft.order_reference for line in draft.lines}
    agreement = await _agreement(
        session, invoice.supplier_id, draft.agreement_reference, named, newest or draft.issued_on
    )
    invoice.agreement_id = agreement.id if agreement else None
    terms = await parties.terms_on(session, invoice.agreement_id, newest or draft.issued_on)
    lines = drafting.lines_of(draft, supplier_id=invoice.supplier_id, vat_rate=terms.vat_rate, credited_rates=credited)
    drafting.fill(invoice, draft, lines, supplier.business_id)
    invoice.terms_on = terms.as_json()
    return lines


async def _require_own_credits(session: Session, actor: Actor, draft: Draft) -> dict[int, Decimal | None]:
    """What a credit note credits is the supplier's own invoice, and lines of it; no other invoice credits a line.

    The lines, each with its VAT rate.
    """
    mine: dict[int, Decimal | None] = {}
    if draft.credits_id is not None:
        if not await queries.is_creditable(session, actor, draft.credits_id):
            raise not_found("credits_id")
        if draft.kind is InvoiceKind.CREDIT_NOTE:
            named = {line.credits_line_id for line in draft.lines} - {None}
            mine = await queries.rates_of_lines(session, draft.credits_id, named)
    for place, line in enumerate(draft.lines):
        if line.credits_line_id is not None and line.credits_line_id not in mine:
            raise not_found("lines", place, "credits_line_id")
    return mine


# Both


async def _place_under_agreement(session: Session, invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    """The agreement of what it bills, with the terms of the month it bills (D0-c)."""
    day = rules.newest_day(invoice, lines)
    named = {line.order_reference for line in lines}
    agreement = await _agreement(session, invoice.supplier_id, invoice.agreement_reference, named, day)
    invoice.agreement_id = agreement.id if agreement else None
    invoice.terms_on = (await parties.terms_on(session, invoice.agreement_id, day)).as_json()


@rule("D11.9-d")
async def _agreement(
    session: Session, supplier_id: int, number: str | None, references: Iterable[str | None], day: date
) -> Agreement | None:
    """The agreement that an invoice names, else the one in force: of those that what it bills is under, if any.

    By whose terms and accounts it is judged is not the sender's to choose.
    """
    billed = await queries.agreements_billed(session, supplier_id, references)
    named = await parties.find_agreement(session, supplier_id, number) if number is not None else None
    its = named if named is not None else await parties.agreement_in_force(session, supplier_id, day)
    if billed and (its is None or its.id not in billed):
        return await session.get_one(Agreement, billed[-1])
    return its


async def _add_lines(session: Session, invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    for line in lines:
        line.invoice_id = invoice.id
    rules.share_vat(lines, invoice.vat, receiving.vat_by_rate(invoice))
    session.add_all(lines)
    await session.flush()


async def _receive(
    session: Session, actor: Actor, invoice: Invoice, lines: Sequence[InvoiceLine], now: datetime
) -> Judgement:
    if invoice.credits_id is not None:  # both are held, the lower id first
        await queries.get_invoices_for_change(session, actor, {invoice.id, invoice.credits_id})
    await events.record(
        session,
        actor,
        "invoice.received",
        invoice,
        at=now,
        rule="D11.9-g",
        to=InvoiceState.RECEIVED,
        kind=invoice.kind.value,
        origin=invoice.origin.value,
        lines=len(lines),
        gross=invoice.gross,
    )
    judgement = await judge_on_record(session, actor, invoice, lines, now=now)
    if invoice.is_late:
        await events.record(session, actor, "invoice.late", invoice, at=now, rule="H11.9-a")
    return judgement
