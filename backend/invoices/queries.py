"""Who sees which invoices, and loads for verbs."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from backend.files.model import StoredFile
from backend.files.queries import register_acts, register_holder
from backend.hours.model import HourApproval
from backend.invoices.model import (
    WORDS_OF_DISPUTES,
    WORDS_OF_INVOICES,
    WORDS_OF_LINES,
    Dispute,
    Finding,
    Invoice,
    InvoiceLine,
)
from backend.invoices.states import InvoiceKind, InvoiceState, LineState
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import Month, start_of_day
from backend.kit.conditions import is_among, is_seen
from backend.kit.database import Condition, Row, Session
from backend.kit.events import Event
from backend.kit.faults import not_found, version_conflict
from backend.kit.refs import register_thing
from backend.ledger.model import DEDUCTION, OWED_FOR, Account, Portion, Posting, Reservation
from backend.orders.model import Milestone, Order
from backend.orders.queries import visible_orders
from backend.parties.agreement_model import Agreement, BankAccount, Price, PriceGroup
from backend.rulebook.roles import Right
from backend.tickets.billing_model import BillingApproval

LINE_KIND = "InvoiceLine"
"""What the ledger knows lines as."""
GONE = (InvoiceState.DRAFT, InvoiceState.WITHDRAWN)
"""States of invoices that bill nothing."""


def visible_invoices(actor: Actor, invoice: Row) -> Condition:
    """Tiera sees what was sent, and so judged; a supplier its own, drafts too, where its role sees invoices; a customer
    none. A draft that was discarded was never sent.
    """
    if actor.kind is ActorKind.SYSTEM:
        return sa.true()
    if not actor.sees(Right.SEE_INVOICES):
        return sa.false()
    match actor.kind:
        case ActorKind.BUYER:
            return sa.and_(invoice.judged_at.is_not(None))
        case ActorKind.SUPPLIER:
            return sa.and_(invoice.supplier_id == actor.organisation_id)
    return sa.false()


def visible_lines(actor: Actor, line: Row) -> Condition:
    """As its invoice."""
    return _of_an_invoice_seen(actor, line)


def visible_findings(actor: Actor, finding: Row) -> Condition:
    """As its invoice: both sides see the same."""
    return _of_an_invoice_seen(actor, finding)


def visible_disputes(actor: Actor, dispute: Row) -> Condition:
    """As its invoice: both sides read reason and answer."""
    return _of_an_invoice_seen(actor, dispute)


def _of_an_invoice_seen(actor: Actor, row: Row) -> Condition:
    if actor.kind is ActorKind.SYSTEM:
        return sa.true()
    if not actor.sees(Right.SEE_INVOICES):
        return sa.false()
    match actor.kind:
        case ActorKind.BUYER:
            return is_seen(actor, Invoice.__name__, row.invoice_id)
        case ActorKind.SUPPLIER:
            return sa.and_(row.supplier_id == actor.organisation_id)
    return sa.false()


register_thing(
    Invoice, visible_invoices, number="number", is_number_given=True, url="/laskut/{id}", words=WORDS_OF_INVOICES
)
register_thing(
    InvoiceLine, visible_lines, title="text", url="/laskut/{invoice_id}", words=WORDS_OF_LINES, part_of=("Invoice",)
)
register_thing(Finding, visible_findings, url="/laskut/{invoice_id}")
register_thing(Dispute, visible_disputes, url="/laskut/{invoice_id}", words=WORDS_OF_DISPUTES)
register_holder("Invoice")
register_acts("Invoice", LINE_KIND)


# Loads for verbs: invoices before their lines, each in ascending order of ids, then accounts


async def get_invoices_for_change(session: Session, actor: Actor, invoice_ids: Collection[int]) -> dict[int, Invoice]:
    """Invoices by their ids, locked. NOT_FOUND where one is not, or may not be seen."""
    wanted = (
        sa.select(Invoice)
        .where(Invoice.id.in_(set(invoice_ids)), visible_invoices(actor, Invoice))
        .order_by(Invoice.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = {invoice.id: invoice for invoice in (await session.scalars(wanted)).all()}
    if set(found) != set(invoice_ids):
        raise not_found("invoice_id")
    return found


async def get_invoice_for_change(
    session: Session, actor: Actor, invoice_id: int, version: int | None = None
) -> Invoice:
    """The invoice, locked, with what it credits; the version is compared where one is given."""
    credited = await session.scalar(sa.select(Invoice.credits_id).where(Invoice.id == invoice_id))
    ids = {invoice_id} if credited is None else {invoice_id, credited}
    invoice = (await get_invoices_for_change(session, actor, ids))[invoice_id]
    if version is not None and version != invoice.version:
        raise version_conflict()
    return invoice


async def lines_for_change(session: Session, invoice_ids: Collection[int]) -> list[InvoiceLine]:
    """All lines of invoices that are locked, in their order."""
    wanted = (
        sa.select(InvoiceLine)
        .where(InvoiceLine.invoice_id.in_(set(invoice_ids)))
        .order_by(InvoiceLine.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list((await session.scalars(wanted)).all())


async def invoice_of_line(session: Session, actor: Actor, line_id: int) -> int:
    """The invoice that a line is of. NOT_FOUND where it may not be seen."""
    wanted = sa.select(InvoiceLine.invoice_id).where(InvoiceLine.id == line_id, visible_lines(actor, InvoiceLine))
    found = await session.scalar(wanted)
    if found is None:
        raise not_found("line_id")
    return found


async def find_by_number(session: Session, supplier_id: int, number: str) -> Invoice | None:
    """The invoice that has a number of a supplier: the one that had it first, of those that stand."""
    wanted = sa.select(Invoice).where(
        Invoice.supplier_id == supplier_id, Invoice.number == number, Invoice.state.not_in(GONE)
    )
    return await session.scalar(wanted.order_by(Invoice.is_number_repeated, Invoice.id).limit(1))


async def find_withdrawn(
    session: Session, supplier_id: int, number: str, by: StoredFile | None = None
) -> Invoice | None:
    """The invoice of this number that a supplier had sent and withdrew last, in whole; `by` a file of these bytes."""
    wanted = sa.select(Invoice).where(
        Invoice.supplier_id == supplier_id,
        Invoice.number == number,
        Invoice.state == InvoiceState.WITHDRAWN,
        Invoice.judged_at.is_not(None),
    )
    if by is not None:
        is_kept = (StoredFile.about_kind == Invoice.__name__, StoredFile.about_id == Invoice.id)
        wanted = wanted.where(sa.exists().where(*is_kept, StoredFile.sha256 == by.sha256))
    return await session.scalar(wanted.order_by(Invoice.id.desc()).limit(1))


def _has_changed_since(instant: Any) -> Condition:
    """SQL: whether a price, an account to pay to or what the supplier owes has changed since, or a ticket whose sum is
    billed was opened again or resolved; of invoices alone.

    What it owes changes too when a line that was to deduct it is withdrawn, refused or credited and lets it go.
    """
    account = (
        sa.exists()
        .where(BankAccount.agreement_id == Agreement.id, Agreement.organisation_id == Invoice.supplier_id)
        .where(sa.func.greatest(BankAccount.confirmed_at, BankAccount.ended_at) > instant)
    )
    price = (
        sa.exists()
        .where(Price.price_group_id == PriceGroup.id, PriceGroup.agreement_id == Agreement.id)
        .where(Agreement.organisation_id == Invoice.supplier_id)
        .where(sa.func.greatest(Price.recorded_at, Price.ended_at) > instant)
    )
    deduction = (
        sa.exists()
        .where(Account.about_kind == OWED_FOR, Account.purpose == DEDUCTION, Account.holder_id == Invoice.supplier_id)
        .where(Posting.account_id == Account.id, Posting.at > instant)
    )
    held = aliased(Reservation)
    is_free = ~sa.exists().where(held.portion_id == Portion.id, held.released_at.is_(None))
    let_go = (
        sa.exists()
        .where(Account.about_kind == OWED_FOR, Account.purpose == DEDUCTION, Account.holder_id == Invoice.supplier_id)
        .where(Portion.account_id == Account.id, Portion.ended_at.is_(None), is_free)
        .where(Reservation.portion_id == Portion.id, Reservation.released_at > instant)
    )
    reopened = (
        sa.exists()
        .where(InvoiceLine.invoice_id == Invoice.id, InvoiceLine.state == LineState.OPEN)
        .where(BillingApproval.id == InvoiceLine.billing_id, BillingApproval.euros.is_not(None))
        .where(Event.subject_kind == BillingApproval.about_kind, Event.subject_id == BillingApproval.about_id)
        .where(Event.name.in_(("ticket.reopened", "ticket.resolved")), Event.at > instant)
    )
    return sa.and_(Invoice.kind == InvoiceKind.INVOICE, sa.or_(account, price, deduction, let_go, reopened))


_IS_OUTDATED = _has_changed_since(Invoice.judged_at)
_MAY_BE_OUTDATED = _has_changed_since(Invoice.judged_at - timedelta(minutes=1))
"""What changed just before may not have been seen: who changes something reads the clock first, and commits later."""


async def find_stale(session: Session, month: Month) -> int | None:
    """An invoice with errors that was judged before a month, or of which Tiera has approved work since; or one of whose
    supplier the prices, the accounts to pay to or what it owes have changed since, or a ticket whose sum it bills was
    opened again or resolved.
    """
    waits = sa.exists().where(InvoiceLine.invoice_id == Invoice.id, InvoiceLine.state == LineState.OPEN)
    has_errors = waits.where(InvoiceLine.errors > 0)
    approved = sa.exists().where(
        sa.or_(HourApproval.supplier_id == Invoice.supplier_id, HourApproval.supplier_id.is_(None)),
        HourApproval.approved_at > Invoice.judged_at,
    )
    accepted = sa.exists().where(
        Milestone.supplier_id == Invoice.supplier_id, Milestone.accepted_at > Invoice.judged_at
    )
    allowed = sa.exists().where(
        BillingApproval.supplier_id == Invoice.supplier_id, BillingApproval.approved_at > Invoice.judged_at
    )
    ended = Invoice.judged_at < start_of_day(month.first_day)
    wanted = sa.select(Invoice.id).where(
        Invoice.state.in_([InvoiceState.RECEIVED, InvoiceState.PARTLY_DECIDED]),
        Invoice.kind == InvoiceKind.INVOICE,
        sa.or_(sa.and_(has_errors, sa.or_(approved, accepted, allowed, ended)), sa.and_(waits, _IS_OUTDATED)),
    )
    return await session.scalar(wanted.order_by(Invoice.id).limit(1))


async def may_be_outdated(session: Session, invoice: Invoice) -> bool:
    """Whether a price, an account to pay to, what the supplier owes, or that a ticket whose sum is billed is resolved,
    may have changed since an invoice was judged.
    """
    changed = sa.select(Invoice.id).where(Invoice.id == invoice.id, _MAY_BE_OUTDATED)
    return (await session.scalar(changed)) is not None


async def lock_bytes(session: Session, supplier_id: int, file: StoredFile) -> None:
    """Let a supplier's files of the same bytes be taken in one after the other."""
    key = sa.func.hashtextextended(file.sha256, supplier_id)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def find_with_file(session: Session, supplier_id: int, file: StoredFile) -> Invoice | None:
    """A supplier's invoice that came as a file of the same bytes and was not withdrawn."""
    wanted = (
        sa.select(Invoice)
        .join(StoredFile, StoredFile.id == Invoice.file_id)
        .where(
            Invoice.supplier_id == supplier_id,
            StoredFile.sha256 == file.sha256,
            Invoice.state != InvoiceState.WITHDRAWN,
        )
    )
    return await session.scalar(wanted.order_by(Invoice.id).limit(1))


async def approved_credits_of(session: Session, line_ids: Collection[int]) -> Sequence[InvoiceLine]:
    """The approved lines of credit notes that credit these, which are locked with their invoice."""
    if not line_ids:
        return ()
    wanted = sa.select(InvoiceLine).where(
        InvoiceLine.credits_line_id.in_(line_ids), InvoiceLine.state == LineState.APPROVED
    )
    return (await session.scalars(wanted.order_by(InvoiceLine.id))).all()


async def open_dispute_for_change(session: Session, line_id: int) -> Dispute:
    """The dispute about a disputed line, locked."""
    wanted = sa.select(Dispute).where(Dispute.line_id == line_id, Dispute.ended_at.is_(None))
    return (await session.scalars(wanted.with_for_update(key_share=True))).one()


async def agreements_billed(session: Session, supplier_id: int, references: Iterable[str | None]) -> list[int]:
    """The agreements that a supplier's orders and approvals for billing are under, of those that lines refer to."""
    named = {reference.strip() for reference in references if reference and reference.strip()}
    if not named:
        return []
    is_named = sa.or_(is_among(Order.number, named), is_among(Order.supplier_number, named))
    orders = sa.select(Order.agreement_id).where(
        Order.supplier_id == supplier_id, Order.ordered_at.is_not(None), is_named
    )
    approvals = sa.select(BillingApproval.agreement_id).where(
        BillingApproval.supplier_id == supplier_id,
        BillingApproval.taken_back_at.is_(None),
        is_among(BillingApproval.number, named),
    )
    return sorted((await session.scalars(orders.union(approvals))).all())


async def references_known(
    session: Session, supplier_id: int, references: Iterable[str | None]
) -> dict[str, tuple[str, str | None]]:
    """What the record says of a supplier's work that lines refer to: the agreement's number and the supplier's own."""
    named = {reference.strip() for reference in references if reference and reference.strip()}
    if not named:
        return {}
    is_named = sa.or_(is_among(Order.number, named), is_among(Order.supplier_number, named))
    orders = (
        sa.select(Order.number, Order.supplier_number, Agreement.number.label("agreement"))
        .join(Agreement, Agreement.id == Order.agreement_id)
        .where(Order.supplier_id == supplier_id, Order.ordered_at.is_not(None), is_named)
    )
    approvals = (
        sa.select(BillingApproval.number, sa.null(), Agreement.number)
        .join(Agreement, Agreement.id == BillingApproval.agreement_id)
        .where(BillingApproval.supplier_id == supplier_id, BillingApproval.taken_back_at.is_(None))
        .where(is_among(BillingApproval.number, named))
    )
    known: dict[str, tuple[str, str | None]] = {}
    for number, supplier_number, agreement in (await session.execute(orders.union_all(approvals))).all():
        known |= {name: (agreement, supplier_number) for name in (supplier_number, number) if name}
    return known


# What a line means, a draft credits and a decision rests on


async def get_own_order(session: Session, actor: Actor, invoice: Invoice, order_id: int) -> int:
    """An order of the invoice's supplier that was placed. NOT_FOUND where it is none."""
    return await _found(
        session,
        sa.select(Order.id).where(
            Order.id == order_id,
            visible_orders(actor, Order),
            Order.supplier_id == invoice.supplier_id,
            Order.ordered_at.is_not(None),
        ),
        "order_id",
    )


async def get_group_of(session: Session, order_id: int | None, agreement_id: int | None, price_group_id: int) -> int:
    """A price group of this agreement, or else of the one that the order is under. NOT_FOUND where it is none."""
    of_order = sa.select(Order.agreement_id).where(Order.id == order_id).scalar_subquery()
    agreement = of_order if agreement_id is None else agreement_id
    wanted = sa.select(PriceGroup.id).where(PriceGroup.id == price_group_id, PriceGroup.agreement_id == agreement)
    return await _found(session, wanted, "price_group_id")


async def get_milestone_of(session: Session, order_id: int | None, milestone_id: int) -> int:
    """A part of the order's fixed price. NOT_FOUND where it is none."""
    wanted = sa.select(Milestone.id).where(Milestone.id == milestone_id, Milestone.order_id == order_id)
    return await _found(session, wanted, "milestone_id")


async def get_credited_line(session: Session, invoice: Invoice, line_id: int) -> int:
    """A line of the invoice that the credit note credits. NOT_FOUND where it is none."""
    wanted = sa.select(InvoiceLine.id).where(InvoiceLine.id == line_id, InvoiceLine.invoice_id == invoice.credits_id)
    return await _found(session, wanted, "credits_line_id")


async def _found(session: Session, wanted: sa.Select[int], name: str) -> int:
    found = await session.scalar(wanted)
    if found is None:
        raise not_found(name)
    return found


async def is_creditable(session: Session, actor: Actor, invoice_id: int) -> bool:
    """Whether an invoice may be seen, stands, and is no credit note itself."""
    seen = sa.select(Invoice.kind).where(
        Invoice.id == invoice_id, visible_invoices(actor, Invoice), Invoice.state.not_in(GONE)
    )
    return await session.scalar(seen) is InvoiceKind.INVOICE


async def rates_of_lines(
    session: Session, invoice_id: int, line_ids: Collection[int | None]
) -> dict[int, Decimal | None]:
    """Those of these lines that are an invoice's own, each with its VAT rate."""
    own = sa.select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id, InvoiceLine.id.in_(line_ids))
    return {line.id: line.vat_rate for line in (await session.scalars(own)).all()}


async def orders_of(session: Session, lines: Iterable[InvoiceLine]) -> dict[int, Order]:
    """The orders that lines bill, by their ids."""
    wanted = sa.select(Order).where(Order.id.in_({line.order_id for line in lines} - {None}))
    return {order.id: order for order in (await session.scalars(wanted)).all()}


def is_of_month(line: Row, first: date, last: date) -> Condition:
    """Whether a line's period lies within days."""
    return sa.and_(line.period_first >= first, line.period_last <= last)
