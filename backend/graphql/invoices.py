"""Invoices and their lines. A customer sees none (D2.1-c)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

import sqlalchemy as sa
import strawberry

from backend.graphql.agreements import Agreement
from backend.graphql.billing import BillingApproval
from backend.graphql.complaints_about import COMPLAINTS, complaints_about
from backend.graphql.events import Event, timeline_of
from backend.graphql.files import StoredFile, files_of
from backend.graphql.invoice_findings import Deduction, Dispute, Evidence, Finding
from backend.graphql.invoice_states import InvoiceSort
from backend.graphql.orders import Milestone, Order
from backend.graphql.parties import Organisation, Person
from backend.graphql.prices import PriceGroup
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    many,
    newest,
    oldest,
    one,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Subject
from backend.graphql.scalars import Money, money
from backend.invoices import billed_work, figures, model, policy, queries, rules
from backend.invoices.states import (
    Ground,
    InvoiceAction,
    InvoiceKind,
    InvoiceState,
    Key,
    LineAction,
    LineState,
    Origin,
    Severity,
    Verdict,
)
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.kit.conditions import when
from backend.orders.states import Pricing

SELF = strawberry.lazy("backend.graphql.invoices")

# Lines


def _line_actions(
    actor: Actor, state: LineState, invoice: InvoiceState, kind: InvoiceKind, has_credit: bool, is_answered: bool
) -> list[LineAction]:
    facts = {"has_credit": has_credit, "is_answered": is_answered}
    return policy.line_actions(actor, LineState(state), InvoiceState(invoice), InvoiceKind(kind), **facts)


def _open_keys(
    actor: Actor, kind: InvoiceKind, pricing: Pricing | None, pointed: Sequence[str], **has: bool
) -> list[Key]:
    return policy.open_keys(InvoiceKind(kind), pricing and Pricing(pricing), pointed, **has)


def _said(line: Any) -> Mapping[str, Any]:
    takes_back = line.amount < 0  # of an invoice: it deducts, or is a mistake that no person mends
    credits_nothing = figures.invoice_of(line, "credits_id").is_(None)  # of a note: no line is there to be chosen
    return {
        "kind": figures.invoice_of(line, "kind"),
        "pricing": figures.order_pricing(line),
        "pointed": line.pointed,
        "has_order": sa.or_(figures.names_order(line), line.billing_id.is_not(None), takes_back),
        "has_period": sa.or_(line.period_first.is_not(None), takes_back),
        "has_price_group": sa.or_(
            line.price_group_id.is_not(None), figures.bills_sum(line), figures.waits_for_its_work(line), takes_back
        ),
        "has_milestone": line.milestone_id.is_not(None),
        "has_credited_line": sa.or_(line.credits_line_id.is_not(None), credits_nothing),
    }


def _hourly_price(_: Actor, price: Decimal | None, unit: str | None) -> Decimal | None:
    return rules.price_an_hour(price, unit) if unit in rules.MINUTES_IN else None


def _priced(line: Any) -> Mapping[str, Any]:
    return {"price": line.unit_price, "unit": line.unit}


@shape(model.InvoiceLine, queries.visible_lines, sort=oldest("invoice_id", "position", "id"))
class InvoiceLine(Subject):
    """A line: what it bills, what was found of it, what became of it."""

    position: int = column("Its place, from 1.")
    text: str = column("What it says.")
    notes: list[str] = column("What else it says.")
    ground: Ground | None = column("Which of the four it bills.")
    order_reference: str | None = column("The order's or ticket's number, as the line or the invoice says.")
    agreement_reference: str | None = column("The agreement's number, as the line or the invoice says.")
    seller_reference: str | None = column("The supplier's own order number, as the line says.")
    milestone_position: int | None = column("Of a fixed price: which part, by its place, as the line says.")
    period_first: dt.date | None = column("The first day that it bills.")
    period_last: dt.date | None = column("The last day that it bills.")
    price_group_code: str | None = column("The price group, as the line says.")
    quantity: Decimal | None = column("How much, in its unit.")
    unit: str | None = column("The unit (UN/ECE), where it is certain.")
    raw_unit: str | None = column("The unit as written.")
    minutes: Minutes | None = sql(
        figures.billed_minutes,
        "Minutes that it bills, less what was credited; 0 once all of it is, also as money alone.",
    )
    said_minutes: Minutes | None = sql(
        figures.said_minutes, "Minutes as it says, whatever was credited since, of a sum too; of a credit below nought."
    )
    invoiced_minutes: Minutes | None = sql(
        figures.invoiced_minutes,
        "Minutes of effort as it says, whatever was credited since; of a credit below nought, of a sum null.",
    )
    unit_price: Decimal | None = column("Euros for one unit, without VAT.")
    hourly_price: Decimal | None = computed(
        _hourly_price, _priced, "Euros for an hour, without VAT, whatever the unit of time; null of another unit."
    )
    amount: Money = money(lambda line: line.amount, "Euros without VAT.")
    credited_amount: Money = money(lambda line: line.credited_amount, "What credit notes have taken back of it.")
    credited_minutes: Minutes = column("Minutes that credit notes have taken back of it.")
    vat_rate: Decimal | None = column("The VAT rate in per cent.")
    vat: Money | None = money(
        lambda line: line.vat, "Its share of the invoice's VAT, which is rounded once a rate: all shares add up to it."
    )
    state: LineState = column("Where it stands.")
    verdict: Verdict = sql(figures.verdict, "What judging says of it.")
    errors: int = column("How many errors.")
    warnings: int = column("How many warnings.")
    reserved_minutes: Minutes = column("Approved minutes that it holds or has billed.")
    is_decided_alone: bool = column("Whether who ordered approved it with nobody else's acceptance.")
    decided_at: dt.datetime | None = column("When it was decided last.")
    payable_at: dt.datetime | None = column(
        "From when it is to be paid: its approval; of a credit, the later of its own and that of what it credits."
    )
    decided_by: Person | None = one(lambda line, p: p.id == line.decided_by_id, "By whom.", with_parent=True)
    pointed: list[Key] = computed(
        lambda _, pointed: [Key(key) for key in pointed],
        lambda line: {"pointed": line.pointed},
        "What a person said of it.",
    )
    pointed_by: Person | None = one(lambda line, p: p.id == line.pointed_by_id, "Who said it.", with_parent=True)
    open_keys: list[Key] = computed(_open_keys, _said, "What of it a person may say, because it does not itself.")
    version: int = column("Counts its changes.")
    invoice: Annotated["Invoice", SELF] = one(lambda line, i: i.id == line.invoice_id, "Its invoice.", with_parent=True)
    order: Order | None = one(
        lambda line, o: o.id == billed_work.order_of(line), "The order that it bills, or credits."
    )
    billing: BillingApproval | None = one(
        lambda line, b: b.id == billed_work.billing_of(line),
        "Of a ticket: what approved it for billing, of a credit that of the line that it credits.",
    )
    milestone: Milestone | None = one(lambda line, m: m.id == line.milestone_id, "The part of a fixed price.")
    price_group: PriceGroup | None = one(lambda line, g: g.id == line.price_group_id, "The price group.")
    findings: list[Finding] = many(
        lambda line, f: sa.and_(f.line_id == line.id, f.ended_at.is_(None)), "What stands against it.", with_parent=True
    )
    dispute: Dispute | None = one(figures.is_open_dispute, "The dispute that is open.", with_parent=True)
    disputes: list[Dispute] = many(
        lambda line, d: d.line_id == line.id, "All disputes about it, the newest first.", with_parent=True
    )
    credits_line: Annotated["InvoiceLine", SELF] | None = one(
        lambda line, other: other.id == line.credits_line_id, "Of a credit note: the line that it credits."
    )
    credited_by: list[Annotated["InvoiceLine", SELF]] = many(
        lambda line, other: other.credits_line_id == line.id, "Lines of credit notes that credit it."
    )
    evidence: Connection[Evidence] = connection(
        lambda line, e: e.line_id == line.id, "The work that it holds or has billed, the oldest day first.", cap=1000
    )
    available_actions: list[LineAction] = computed(
        _line_actions,
        lambda line: {
            "state": line.state,
            "invoice": figures.invoice_of(line, "state"),
            "kind": figures.invoice_of(line, "kind"),
            "has_credit": line.credited_amount != 0,
            "is_answered": figures.is_answered(line),
        },
        "What you may do with it now.",
    )
    needs_others: bool = computed(
        lambda actor, **facts: rules.decides_alone(actor.deciding_person_ids, **facts),
        lambda line: {"ordered_by_id": billed_work.ordered_by(line), "accepted_by": billed_work.accepters(line)},
        "Whether you placed its order and nobody else accepted what it bills: others are to accept that or approve it.",
    )


# Invoices


@strawberry.type(description="The VAT of one rate.")
class InvoiceVat:
    rate: Decimal | None = strawberry.field(description="The rate in per cent.")
    base: Decimal | None = strawberry.field(description="What it is reckoned on, in euros.")
    amount: Decimal | None = strawberry.field(description="The tax, in euros.")


@strawberry.type(description="What came with an invoice file, or a link in it.")
class InvoiceAttachment:
    name: str | None = strawberry.field(description="Its name.")
    url: str | None = strawberry.field(description="Where it is, if the file says so by an https address.")


def _vat_rates(actor: Actor, document: Mapping[str, Any] | None) -> list[InvoiceVat]:
    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return [
        InvoiceVat(rate=number(each["rate"]), base=number(each["base"]), amount=number(each["amount"]))
        for each in (document or {}).get("vat_rates", ())
    ]


def _attachments(actor: Actor, document: Mapping[str, Any] | None) -> list[InvoiceAttachment]:
    told = (document or {}).get("attachments", ())
    return [InvoiceAttachment(name=each.get("name"), url=each.get("url")) for each in told]


def _notes(actor: Actor, document: Mapping[str, Any] | None) -> list[str]:
    return list((document or {}).get("notes", ()))


def _invoice_actions(
    actor: Actor, state: InvoiceState, kind: InvoiceKind, lines: Sequence[LineState] | None
) -> list[InvoiceAction]:
    states = [LineState(each) for each in lines or ()]
    return policy.invoice_actions(actor, InvoiceState(state), InvoiceKind(kind), states)


@shape(model.Invoice, queries.visible_invoices, sort={
    InvoiceSort.NEWEST: newest("arrived_at", "id"),
    InvoiceSort.OLDEST: oldest("arrived_at", "id"),
    InvoiceSort.DUE_FIRST: oldest("due_key", "id"),
    InvoiceSort.DUE_LAST: newest("due_key", "id"),
    InvoiceSort.LARGEST: newest("gross", "id"),
    InvoiceSort.SMALLEST: oldest("gross", "id"),
})  # fmt: skip
class Invoice(Subject):
    """An invoice or a credit note of a supplier."""

    number: str = column("The supplier's number.")
    is_number_repeated: bool = column("Whether the supplier had used the number before.")
    kind: InvoiceKind = column("What it is.")
    origin: Origin = column("How it came.")
    state: InvoiceState = column("Where it stands.")
    issued_on: dt.date = column("Its date.")
    arrived_at: dt.datetime = column("When it came; of a draft: when it was begun.")
    due_on: dt.date | None = column("By when it is to be paid.")
    is_late: bool = column("Whether it came after the day by which the month was to be invoiced.")
    currency: str = column("Its currency.")
    period_first: dt.date | None = column("The first day that it bills, where it says so as a whole.")
    period_last: dt.date | None = column("The last day that it bills, where it says so as a whole.")
    order_reference: str | None = column("The order's number, where it says one for all lines.")
    buyer_reference: str | None = column("The buyer's reference.")
    agreement_reference: str | None = column("The agreement's number, as it says.")
    seller_reference: str | None = column("The supplier's own order number, as it says.")
    agreed_vat_rate: Decimal = sql(figures.agreed_vat_rate, "The agreed VAT rate in per cent, of the month it bills.")
    seller_business_id: str | None = column("The seller's business identifier, as it says.")
    ibans: list[str] = column("The accounts that it asks to be paid to.")
    net: Money = money(lambda i: i.net, "Its sum without VAT.")
    vat: Money = money(lambda i: i.vat, "Its VAT.")
    gross: Money = money(lambda i: i.gross, "Its sum with VAT.")
    approved_total: Money = money(
        lambda i: figures.amount_of_lines(i, LineState.APPROVED), "Without VAT: what of it is approved."
    )
    disputed_total: Money = money(
        lambda i: figures.amount_of_lines(i, LineState.DISPUTED), "Without VAT: what of it is disputed."
    )
    vat_rates: list[InvoiceVat] = computed(_vat_rates, lambda i: {"document": i.document}, "Its VAT by rate.")
    notes: list[str] = computed(_notes, lambda i: {"document": i.document}, "What it says beside its lines.")
    attachments: list[InvoiceAttachment] = computed(
        _attachments, lambda i: {"document": i.document}, "What came with the file."
    )
    judged_at: dt.datetime | None = column("When it was checked last.")
    version: int = column("Counts its changes.")
    line_count: int = sql(lambda i: figures.count_of_lines(i), "How many lines it has.")
    open_line_count: int = sql(lambda i: figures.count_of_lines(i, LineState.OPEN), "How many lines wait.")
    good_line_count: int = sql(
        lambda i: figures.of_good_lines(i, lambda _: sa.func.count()),
        "How many lines wait that nothing stands against.",
    )
    good_total: Money = money(figures.good_total, "Without VAT: what of it waits and nothing stands against.")
    awaits_supplier: bool = sql(
        figures.awaits_supplier, "Whether the supplier has something to send, or a dispute to answer."
    )
    errors: int = sql(
        lambda i: figures.count_of_findings(i, Severity.ERROR), "Errors of it and of lines that are not decided."
    )
    warnings: int = sql(
        lambda i: figures.count_of_findings(i, Severity.WARNING), "Warnings of it and of lines that are not decided."
    )
    supplier: Organisation = one(lambda i, o: o.id == i.supplier_id, "Whose it is.", with_parent=True)
    agreement: Agreement | None = one(lambda i, a: a.id == i.agreement_id, "Under which agreement.")
    sent_by: Person | None = one(lambda i, p: p.id == i.sent_by_id, "Who sent it.", with_parent=True)
    files: list[StoredFile] = files_of("Invoice")
    file: StoredFile | None = one(lambda i, f: f.id == i.file_id, "The file as it was received.", with_parent=True)
    credits: Annotated["Invoice", SELF] | None = one(
        lambda i, other: other.id == i.credits_id, "Of a credit note: the invoice that it credits."
    )
    credit_notes: list[Annotated["Invoice", SELF]] = many(
        lambda i, other: other.credits_id == i.id, "Credit notes for it."
    )
    findings: list[Finding] = many(
        lambda i, f: sa.and_(f.invoice_id == i.id, f.line_id.is_(None), f.ended_at.is_(None)),
        "What stands against it as a whole.",
        with_parent=True,
    )
    lines: Connection[InvoiceLine] = connection(
        lambda i, line, with_findings, states: sa.and_(
            line.invoice_id == i.id,
            when(with_findings, lambda wanted: ((line.errors + line.warnings) > 0) == wanted),
            when(states, lambda its: line.state == sa.any_(its)),
        ),
        "Its lines.",
        with_parent=True,
        cap=500,
        with_findings=argument(bool | None, "Only those with findings, or without."),
        states=argument(list[LineState] | None, "Only those in one of these states."),
    )
    waiting_deductions: list[Deduction] = many(
        figures.is_waiting_for, "What the supplier owes Tiera that no invoice deducts yet."
    )
    complaints: list[Annotated["Complaint", COMPLAINTS]] = complaints_about("Invoice")  # type: ignore[name-defined]  # noqa: F821
    timeline: Connection[Event] = timeline_of("Invoice")
    available_actions: list[InvoiceAction] = computed(
        _invoice_actions,
        lambda i: {"state": i.state, "kind": i.kind, "lines": figures.states_of_lines(i)},
        "What you may do with it now.",
    )
