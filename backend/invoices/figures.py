"""Named SQL expressions over invoices, and lists that reads and exports share."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from backend.invoices.billed_work import bills_or_credits, is_for_service, is_of_sum
from backend.invoices.model import Dispute, Finding, Invoice, InvoiceLine
from backend.invoices.queries import LINE_KIND, visible_invoices, visible_lines
from backend.invoices.rules import MINUTES_IN
from backend.invoices.states import InvoiceKind, InvoiceState, LineState, Severity, Verdict
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import has_words, rows_of, there_is, when
from backend.kit.database import Condition, Row
from backend.ledger.model import DEDUCTION, Account, Portion, Posting, Reservation, Unit
from backend.orders.model import Order
from backend.parties.agreement_model import Price
from backend.parties.model import Organisation
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.tickets.billing_model import BillingApproval

# What a line holds, one row a portion: the evidence in both directions (H11.7.3-i)

_grants = rows_of(Posting)
_prices = rows_of(Price)
EVIDENCE = (
    sa.select(
        Reservation.id.label("id"),
        Reservation.line_id.label("line_id"),
        Reservation.taken_at.label("taken_at"),
        InvoiceLine.supplier_id.label("supplier_id"),
        Portion.day.label("day"),
        Portion.amount.label("amount"),
        Portion.source_kind.label("source_kind"),
        Portion.source_id.label("source_id"),
        Account.unit.label("unit"),
        _grants.c.source_kind.label("grant_kind"),
        _grants.c.source_id.label("grant_id"),
        sa.select(_prices.c.unit_price)
        .where(
            _prices.c.price_group_id == Portion.price_group_id,
            _prices.c.ended_at.is_(None),
            _prices.c.valid.contains(Portion.day),
        )
        .limit(1)
        .scalar_subquery()
        .label("unit_price"),
    )
    .join(Portion, Portion.id == Reservation.portion_id)
    .join(Account, Account.id == Portion.account_id)
    .join(InvoiceLine, InvoiceLine.id == Reservation.line_id)
    .outerjoin(_grants, _grants.c.id == Portion.grant_id)
    .where(Reservation.line_kind == LINE_KIND, Reservation.released_at.is_(None))
    .subquery("evidence")
)


_accounts, _portions, _held = (rows_of(thing) for thing in (Account, Portion, Reservation))
DEDUCTIONS = (
    sa.select(
        _portions.c.id.label("id"),
        _accounts.c.holder_id.label("supplier_id"),
        _accounts.c.title.label("number"),
        _accounts.c.about_kind.label("about_kind"),
        _accounts.c.about_id.label("about_id"),
        _portions.c.amount.label("cents"),
        _held.c.line_id.label("line_id"),
        _held.c.taken_at.label("deducted_at"),
    )
    .join(_portions, sa.and_(_portions.c.account_id == _accounts.c.id, _portions.c.ended_at.is_(None)))
    .outerjoin(_held, sa.and_(_held.c.portion_id == _portions.c.id, _held.c.released_at.is_(None)))
    .where(_accounts.c.purpose == DEDUCTION)
    .subquery("deductions")
)
"""What suppliers owe: waiting, or on the line that deducts it."""


def visible_evidence(actor: Actor, row: Row) -> Condition:
    """As the line that holds it."""
    if actor.kind is ActorKind.SYSTEM or (actor.kind is ActorKind.BUYER and actor.sees(Right.SEE_INVOICES)):
        return sa.true()
    if actor.kind is ActorKind.SUPPLIER and actor.sees(Right.SEE_INVOICES):
        return sa.and_(row.supplier_id == actor.organisation_id)
    return sa.false()


def evidence_minutes(row: Row) -> Any:
    """Minutes of a portion of work; null of a part of a fixed price."""
    return sa.case((row.unit == Unit.MINUTES, row.amount))


def deduction_euros(row: Row) -> Any:
    """Euros of a deduction."""
    return sa.cast(row.cents / sa.literal(100, sa.Numeric), sa.Numeric(14, 2))


def is_waiting_for(invoice: Row, deduction: Row) -> Condition:
    """Whether an invoice's supplier owes it and no line deducts it yet."""
    return sa.and_(deduction.supplier_id == invoice.supplier_id, deduction.line_id.is_(None))


def evidence_euros(row: Row) -> Any:
    """Euros of a part of a fixed price; null of work."""
    return sa.case((row.unit == Unit.CENTS, sa.cast(row.amount, sa.Numeric(14, 2)) / 100))


# Lines


def said_minutes(line: Row) -> Any:
    """Minutes that a line says, of a sum too, of a credit below nought; null where none, or in a unit not of time."""
    counted = sa.case(
        *((line.unit == unit, line.quantity * each) for unit, each in MINUTES_IN.items()),
    )
    return sa.cast(sa.func.round(counted), sa.BigInteger)


def invoiced_minutes(line: Row) -> Any:
    """Minutes of effort that a line says, of a credit below nought; null where it says none, or in a unit that is not
    of time, and of a sum: that is credited as money alone, whatever quantity it says.
    """
    return sa.case((sa.not_(is_of_sum(line)), said_minutes(line)))


def billed_minutes(line: Row) -> Any:
    """Minutes that a line bills, less what was credited: none once all is; null where it says none."""
    said = said_minutes(line)
    return sa.case(
        (sa.and_(line.state == LineState.CREDITED, said.is_not(None)), 0), else_=said - line.credited_minutes
    )


def verdict(line: Row) -> Any:
    """What judging says of a line, in a word."""
    return sa.case(
        (line.errors > 0, Verdict.ERROR.value), (line.warnings > 0, Verdict.WARNING.value), else_=Verdict.FINE.value
    )


def invoice_of(line: Row, column: str) -> Any:
    """A column of a line's invoice."""
    its = rows_of(Invoice)
    return sa.select(its.c[column]).where(its.c.id == line.invoice_id).correlate_except(its).scalar_subquery()


def order_pricing(line: Row) -> Any:
    """How the order is priced that a line bills; null where it points to none."""
    its = rows_of(Order)
    return sa.select(its.c.pricing).where(its.c.id == line.order_id).correlate_except(its).scalar_subquery()


@rule("H11.8.3-a")
def names_order(line: Row) -> Condition:
    """Whether a line names the order that it bills by Tiera's number, which the supplier's own does not stand for."""
    its = rows_of(Order)
    return there_is(its, its.c.id == line.order_id, its.c.number == sa.func.btrim(line.order_reference))


def waits_for_its_work(line: Row) -> Condition:
    """Whether a line says a price group, and what it bills is to be said first: that has the group, or not."""
    is_said = sa.func.btrim(line.price_group_code) != ""
    return sa.and_(line.order_id.is_(None), line.billing_id.is_(None), is_said)


def bills_sum(line: Row) -> Condition:
    """Whether a line bills the fixed sum for which a ticket was approved."""
    its = rows_of(BillingApproval)
    return there_is(its, its.c.id == line.billing_id, its.c.euros.is_not(None))


def is_open_dispute(line: Row, dispute: Row) -> Condition:
    return sa.and_(dispute.line_id == line.id, dispute.ended_at.is_(None))


# Invoices


def agreed_vat_rate(invoice: Row) -> Any:
    """The VAT rate of the terms that an invoice keeps."""
    return sa.cast(invoice.terms_on["vat_rate"].astext, sa.Numeric(5, 2))


def count_of_lines(invoice: Row, *states: LineState) -> Any:
    """How many lines are in one of these states; without any, all."""
    its = rows_of(InvoiceLine)
    wanted = sa.select(sa.func.count()).where(its.c.invoice_id == invoice.id)
    wanted = wanted.where(its.c.state.in_(states)) if states else wanted
    return wanted.correlate_except(its).scalar_subquery()


def amount_of_lines(invoice: Row, *states: LineState) -> Any:
    """Euros without VAT of the lines in these states, less what was credited of them."""
    its = rows_of(InvoiceLine)
    total = sa.func.coalesce(sa.func.sum(its.c.amount - its.c.credited_amount), sa.literal(0, sa.Numeric(14, 2)))
    wanted = sa.select(total).where(its.c.invoice_id == invoice.id, its.c.state.in_(states))
    return sa.cast(wanted.correlate_except(its).scalar_subquery(), sa.Numeric(14, 2))


def of_good_lines(invoice: Row, figure: Any) -> Any:
    """A figure over the lines that wait with nothing against them: their count, their sum."""
    its = rows_of(InvoiceLine)
    good = (its.c.invoice_id == invoice.id, its.c.state == LineState.OPEN, its.c.errors == 0)
    return sa.select(figure(its.c)).where(*good).correlate_except(its).scalar_subquery()


def good_total(invoice: Row) -> Any:
    """Euros without VAT of the lines that wait with nothing against them."""
    total = of_good_lines(
        invoice, lambda line: sa.func.coalesce(sa.func.sum(line.amount - line.credited_amount), sa.literal(0))
    )
    return sa.cast(total, sa.Numeric(14, 2))


def states_of_lines(invoice: Row) -> Any:
    """The states in which its lines are, each once."""
    its = rows_of(InvoiceLine)
    wanted = sa.select(sa.func.array_agg(its.c.state.distinct())).where(its.c.invoice_id == invoice.id)
    return wanted.correlate_except(its).scalar_subquery()


def count_of_findings(invoice: Row, severity: Severity) -> Any:
    """How many findings of the newest judgement stand against the invoice and its lines that are not decided."""
    its, line = rows_of(Finding), rows_of(InvoiceLine)
    undecided = there_is(line, line.c.id == its.c.line_id, line.c.state.in_([LineState.OPEN, LineState.DISPUTED]))
    wanted = sa.select(sa.func.count()).where(
        its.c.invoice_id == invoice.id,
        its.c.ended_at.is_(None),
        its.c.severity == severity,
        sa.or_(its.c.line_id.is_(None), undecided),
    )
    return wanted.correlate_except(its).scalar_subquery()


def has_findings(invoice: Row) -> Condition:
    """Whether something stands against it or one of its lines that are not decided."""
    return sa.or_(count_of_findings(invoice, Severity.ERROR) > 0, count_of_findings(invoice, Severity.WARNING) > 0)


def has_line(invoice: Row, *states: LineState) -> Condition:
    its = rows_of(InvoiceLine)
    return there_is(its, its.c.invoice_id == invoice.id, its.c.state.in_(states))


def awaits_tiera(invoice: Row) -> Condition:
    """Whether Tiera has a line to decide on, or a supplier's answer to read."""
    waits = sa.or_(has_line(invoice, LineState.OPEN), _has_dispute(invoice, is_answered=True))
    return sa.and_(invoice.state.not_in([InvoiceState.DRAFT, InvoiceState.WITHDRAWN]), waits)


def awaits_supplier(invoice: Row) -> Condition:
    """Whether a draft waits to be sent, or a dispute to be answered."""
    return sa.or_(invoice.state == InvoiceState.DRAFT, _has_dispute(invoice, is_answered=False))


def is_answered(line: Row) -> Condition:
    """Whether the supplier has answered the dispute of a line that goes on."""
    its = rows_of(Dispute)
    return there_is(its, its.c.line_id == line.id, its.c.ended_at.is_(None), its.c.answer.is_not(None))


def _has_dispute(invoice: Row, *, is_answered: bool) -> Condition:
    """Whether a dispute of one of its lines goes on, with the supplier's answer or without."""
    its = rows_of(Dispute)
    answer = its.c.answer.is_not(None) if is_answered else its.c.answer.is_(None)
    return there_is(its, its.c.invoice_id == invoice.id, its.c.ended_at.is_(None), answer)


def is_of_month(invoice: Row, day: Any) -> Condition:
    """Whether a line of it bills work of the month that a day is in."""
    its = rows_of(InvoiceLine)
    first = sa.cast(sa.func.date_trunc("month", sa.cast(day, sa.DateTime)), sa.Date)
    after = sa.cast(sa.cast(first, sa.DateTime) + sa.text("interval '1 month'"), sa.Date)
    return there_is(its, its.c.invoice_id == invoice.id, its.c.period_first < after, its.c.period_last >= first)


def supplier_name(invoice: Row) -> Any:
    its = rows_of(Organisation)
    return sa.select(its.c.name).where(its.c.id == invoice.supplier_id).correlate_except(its).scalar_subquery()


def is_numbered(_: None, invoice: Row, actor: Actor, *, number: Any, supplier_id: Any) -> Condition:
    """SQL: whether this is the one invoice that the reader sees by a number, of one supplier or of all."""

    def had_it_first(row: Row) -> Condition:
        is_sent = row.state.not_in([InvoiceState.DRAFT, InvoiceState.WITHDRAWN])
        return sa.and_(row.number == number, is_sent, sa.not_(row.is_number_repeated))

    if supplier_id is not None:
        return sa.and_(had_it_first(invoice), invoice.supplier_id == supplier_id.of("Organisation"))
    other = rows_of(Invoice)
    seen = visible_invoices(actor, other.c)
    return sa.and_(had_it_first(invoice), ~there_is(other, had_it_first(other.c), other.c.id != invoice.id, seen))


def matching(_: None, invoice: Row, *, where: Any) -> Condition:
    """The condition of a filter: one for each value that was given."""
    if where is None:
        return sa.true()
    return sa.and_(
        when(where.words, lambda words: has_words(words, invoice.number, supplier_name(invoice))),
        when(where.states, lambda states: invoice.state == sa.any_(states)),
        when(where.kind, lambda kind: invoice.kind == kind),
        when(where.supplier_id, lambda supplier: invoice.supplier_id == supplier.of("Organisation")),
        when(where.month, lambda day: is_of_month(invoice, day)),
        when(where.has_findings, lambda wanted: has_findings(invoice) == wanted),
        when(where.is_late, lambda wanted: invoice.is_late == wanted),
        when(where.awaits_tiera, lambda wanted: awaits_tiera(invoice) == wanted),
        when(where.awaits_supplier, lambda wanted: awaits_supplier(invoice) == wanted),
        when(where.order_id, lambda order: _bills(invoice, lambda line: _is_for_order(line, order))),
        when(where.service_id, lambda s: _bills(invoice, lambda line: is_for_service(line, s.of("Service")))),
    )


def _is_for_order(line: Row, order: Any) -> Condition:
    return bills_or_credits(line, "order_id", order.of("Order"))


def _bills(invoice: Row, which: Callable[[Row], Condition]) -> Condition:
    its = rows_of(InvoiceLine)
    return there_is(its, its.c.invoice_id == invoice.id, which(its.c))


def lines_matching(_: None, line: Row, *, where: Any) -> Condition:
    """The condition of a filter of lines."""
    if where is None:
        return sa.true()
    return sa.and_(
        when(where.states, lambda states: line.state == sa.any_(states)),
        when(where.invoice_id, lambda invoice: line.invoice_id == invoice.of("Invoice")),
        when(where.supplier_id, lambda supplier: line.supplier_id == supplier.of("Organisation")),
        when(where.order_id, lambda order: _is_for_order(line, order)),
        when(where.service_id, lambda service: is_for_service(line, service.of("Service"))),
        when(where.billing_id, lambda its: bills_or_credits(line, "billing_id", its.of("BillingApproval"))),
        when(where.entry_id, lambda entry: _holds(line, "TimeEntry", entry.of("TimeEntry"))),
        when(where.milestone_id, lambda part: _holds(line, "Milestone", part.of("Milestone"))),
        when(where.decided_from, lambda at: line.decided_at >= at),
        when(where.decided_before, lambda at: line.decided_at < at),
        when(where.is_payable, lambda wanted: line.payable_at.is_not(None) == wanted),
        when(where.payable_from, lambda at: line.payable_at >= at),
        when(where.payable_before, lambda at: line.payable_at < at),
        when(where.is_credit, lambda wanted: (invoice_of(line, "kind") == InvoiceKind.CREDIT_NOTE) == wanted),
    )


def _holds(line: Row, source_kind: str, source_id: Any) -> Condition:
    held, portion = rows_of(Reservation), rows_of(Portion)
    return there_is(
        held,
        held.c.line_kind == LINE_KIND,
        held.c.line_id == line.id,
        held.c.released_at.is_(None),
        portion.c.id == held.c.portion_id,
        portion.c.source_kind == source_kind,
        portion.c.source_id == source_id,
        beside=portion,
    )


def minutes_of_lines(_: None, actor: Actor, *, where: Any) -> Any:
    """Minutes that the lines of invoices bill which the actor sees and a filter lets through."""
    return _over_lines(actor, where, billed_minutes, lambda line: line.credits_line_id.is_(None))


def amount_of_matching_lines(_: None, actor: Actor, *, where: Any) -> Any:
    """Their euros without VAT."""
    return _over_lines(
        actor, where, lambda line: line.amount - line.credited_amount, lambda line: line.credits_line_id.is_(None)
    )


def payable_minutes(_: None, actor: Actor, *, where: Any) -> Any:
    """Minutes that are to be paid, of the lines that the actor sees and a filter lets through; credits take away."""
    return _over_lines(actor, where, invoiced_minutes, lambda line: line.payable_at.is_not(None))


def payable_amount(_: None, actor: Actor, *, where: Any) -> Any:
    """Their euros without VAT."""
    return _over_lines(actor, where, lambda line: line.amount, lambda line: line.payable_at.is_not(None))


def _over_lines(actor: Actor, where: Any, figure: Callable[[Row], Any], counts: Callable[[Row], Condition]) -> Any:
    its = rows_of(InvoiceLine)
    is_meant = lines_matching(None, its.c, where=where)
    counted = sa.and_(visible_lines(actor, its.c), counts(its.c), is_meant)
    total = sa.func.coalesce(sa.func.sum(figure(its.c)), 0)
    return sa.select(total).where(counted).correlate_except(its).scalar_subquery()


def visible_count(actor: Actor, *conditions: Any) -> Any:
    """How many invoices that the actor sees meet conditions."""
    its = rows_of(Invoice)
    wanted: Sequence[Condition] = [condition(its.c) for condition in conditions]
    return sa.select(sa.func.count()).select_from(its).where(visible_invoices(actor, its.c), *wanted).scalar_subquery()
