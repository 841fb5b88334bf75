"""Lists of invoices and lines: filters, figures, the slice's part of the query."""

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
import strawberry

from backend.graphql.inputs import filter_input, key, value
from backend.graphql.invoice_findings import Deduction, Evidence
from backend.graphql.invoice_states import InvoiceSort
from backend.graphql.invoices import Invoice, InvoiceLine
from backend.graphql.reads.shape import argument, connection, group, one, report, root, sql
from backend.graphql.relay import Connection
from backend.invoices import figures
from backend.invoices.states import InvoiceKind, InvoiceState, LineState
from backend.kit.amounts import Minutes
from backend.rulebook.roles import Right


def sees_invoices(actor: Any) -> bool:
    """Tiera, and at a supplier whoever leads: never a customer, nor who only books hours."""
    return bool(actor.sees(Right.SEE_INVOICES))


@filter_input
class InvoiceFilter:
    """Which invoices."""

    words: str | None = value("With these words in number or supplier.", default=None)
    states: list[InvoiceState] | None = value("In one of these states.", default=None)
    kind: InvoiceKind | None = value("Invoices, or credit notes.", default=None)
    supplier_id: strawberry.ID | None = key("Organisation", "Of this supplier.", default=None)
    order_id: strawberry.ID | None = key("Order", "With a line for this order.", default=None)
    service_id: strawberry.ID | None = key("Service", "With a line for work of this service.", default=None)
    month: dt.date | None = value("With a line for work of the month that this day is in.", default=None)
    has_findings: bool | None = value("With findings against lines that are not decided, or without.", default=None)
    is_late: bool | None = value("That came late, or in time.", default=None)
    awaits_tiera: bool | None = value("Where Tiera has something to decide, or not.", default=None)
    awaits_supplier: bool | None = value("Where the supplier has something to send or answer, or not.", default=None)


@filter_input
class InvoiceLineFilter:
    """Which lines."""

    states: list[LineState] | None = value("In one of these states.", default=None)
    invoice_id: strawberry.ID | None = key("Invoice", "Of this invoice.", default=None)
    supplier_id: strawberry.ID | None = key("Organisation", "Of this supplier.", default=None)
    order_id: strawberry.ID | None = key("Order", "For this order.", default=None)
    service_id: strawberry.ID | None = key(
        "Service", "For work of this service: its order's or its ticket's.", default=None
    )
    billing_id: strawberry.ID | None = key("BillingApproval", "For what this approved for billing.", default=None)
    entry_id: strawberry.ID | None = key("TimeEntry", "That hold or have billed this entry.", default=None)
    milestone_id: strawberry.ID | None = key("Milestone", "That hold or have billed this part.", default=None)
    decided_from: dt.datetime | None = value("Decided at or after this instant.", default=None)
    decided_before: dt.datetime | None = value("Decided before this instant.", default=None)
    is_payable: bool | None = value("To be paid (or taken off what is), or not.", default=None)
    payable_from: dt.datetime | None = value("To be paid from this instant or a later one.", default=None)
    payable_before: dt.datetime | None = value("To be paid from before this instant.", default=None)
    is_credit: bool | None = value("Of credit notes, or of invoices.", default=None)


@root
class InvoiceFigures:
    """Figures over the invoices that you see."""

    awaiting_tiera: int = sql(
        lambda _, a: figures.visible_count(a, figures.awaits_tiera), "Where Tiera has to decide.", by_actor=True
    )
    awaiting_supplier: int = sql(
        lambda _, a: figures.visible_count(a, figures.awaits_supplier),
        "Where the supplier has to send or answer.",
        by_actor=True,
    )
    with_findings: int = sql(
        lambda _, a: figures.visible_count(a, figures.awaits_tiera, figures.has_findings),
        "Where Tiera has to decide and something was found.",
        by_actor=True,
    )


@root
class InvoiceLineFigures:
    """Figures over the lines that you see.

    What stands of them now: less what credit notes took back, whose own lines are not counted. What is to be paid: each
    line with its own amount, those of credit notes below nought, so that times add up.
    """

    minutes: Minutes = sql(
        figures.minutes_of_lines,
        "How much effort that lines bill, those of sums too, less what was credited.",
        by_actor=True,
        where=argument(InvoiceLineFilter | None, "Of which."),
    )
    amount: Decimal = sql(
        figures.amount_of_matching_lines,
        "Euros without VAT.",
        by_actor=True,
        where=argument(InvoiceLineFilter | None, "Of which."),
    )
    payable_minutes: Minutes = sql(
        figures.payable_minutes,
        "How much effort is to be paid: without sums, and with hours of which money alone was credited.",
        by_actor=True,
        where=argument(InvoiceLineFilter | None, "Of which."),
    )
    payable_amount: Decimal = sql(
        figures.payable_amount,
        "Euros without VAT that are to be paid.",
        by_actor=True,
        where=argument(InvoiceLineFilter | None, "Of which."),
    )


@root
class InvoicesQuery:
    """Invoices."""

    invoices: Connection[Invoice] | None = connection(
        figures.matching,
        "Invoices that you see.",
        order=InvoiceSort,
        seen_by=sees_invoices,
        where=argument(InvoiceFilter | None, "Which."),
    )
    invoice: Invoice | None = one(
        lambda _, i, id: i.id == id.of("Invoice"),
        "An invoice by its identifier.",
        seen_by=sees_invoices,
        id=argument(strawberry.ID, "Which."),
    )
    invoice_by_number: Invoice | None = one(
        figures.is_numbered,
        "The invoice that had this number first; null where invoices of several suppliers that you see have it.",
        by_actor=True,
        seen_by=sees_invoices,
        number=argument(str, "The supplier's number."),
        supplier_id=argument(strawberry.ID | None, "Of which supplier; two may have used the same number."),
    )
    invoice_lines: Connection[InvoiceLine] | None = connection(
        figures.lines_matching,
        "Lines that you see, as from a time entry to what billed it.",
        seen_by=sees_invoices,
        where=argument(InvoiceLineFilter | None, "Which."),
    )
    invoice_line: InvoiceLine | None = one(
        lambda _, line, id: line.id == id.of("InvoiceLine"),
        "A line by its identifier.",
        seen_by=sees_invoices,
        id=argument(strawberry.ID, "Which."),
    )
    invoice_line_report: Connection[InvoiceLine] | None = report(
        figures.lines_matching,
        "Lines for a report, many at once.",
        seen_by=lambda actor: sees_invoices(actor) and bool(actor.sees(Right.REPORT)),
        where=argument(InvoiceLineFilter | None, "Which."),
    )
    evidence: Connection[Evidence] | None = connection(
        lambda _, e, entry_id: sa.and_(e.source_kind == "TimeEntry", e.source_id == entry_id.of("TimeEntry")),
        "What lines hold or have billed of a time entry.",
        seen_by=sees_invoices,
        entry_id=argument(strawberry.ID, "Of which entry."),
    )
    waiting_deductions: Connection[Deduction] | None = connection(
        lambda _, d: d.line_id.is_(None),
        "What suppliers owe Tiera that no invoice deducts yet.",
        seen_by=sees_invoices,
    )
    invoice_figures: InvoiceFigures | None = group("Figures over the invoices that you see.", seen_by=sees_invoices)
    invoice_line_figures: InvoiceLineFigures | None = group(
        "Figures over the lines of invoices that you see.", seen_by=sees_invoices
    )
