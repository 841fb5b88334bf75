"""What was found of an invoice and its lines, and the work that each line bills. A customer sees none (D2.1-c)."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import sqlalchemy as sa
import strawberry

import backend.graphql.invoice_states  # noqa: F401  which publishes the states
from backend.graphql.billing import BillingApproval
from backend.graphql.files import StoredFile, files_of_act
from backend.graphql.hours import TimeEntry
from backend.graphql.orders import Milestone
from backend.graphql.overruns import Overrun
from backend.graphql.parties import Person
from backend.graphql.reads.shape import column, computed, newest, oldest, one, ref, shape, sql
from backend.graphql.relay import Subject
from backend.graphql.scalars import Money, money
from backend.invoices import figures, findings, model, queries
from backend.invoices.finding_codes import FindingCode
from backend.invoices.states import DisputeEnding, Severity
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.kit.translation import translate

if TYPE_CHECKING:
    from backend.graphql.invoices import Invoice, InvoiceLine

INVOICES = strawberry.lazy("backend.graphql.invoices")

# Findings and disputes


def _sentence(actor: Actor, code: FindingCode, expected: Any, found: Any, about: str | None) -> str:
    return translate(findings.sentence(FindingCode(code), expected, found, about), actor.language)


def _figure(actor: Actor, kept: Any) -> str | None:
    text = findings.figure(kept)
    return None if text is None else translate(text, actor.language)


@shape(model.Finding, queries.visible_findings, sort=oldest("id"))
class Finding(Subject):
    """What judging found of a line, or of an invoice as a whole."""

    code: FindingCode = column("What kind of finding.")
    severity: Severity = column("How grave it is.")
    rule: str = column("The rule of the contract.")
    sentence: str = computed(
        _sentence,
        lambda f: {"code": f.code, "expected": f.expected, "found": f.found, "about": f.about},
        "What was found, in your language.",
    )
    expected: str | None = computed(_figure, lambda f: {"kept": f.expected}, "The figure that was expected.")
    found: str | None = computed(_figure, lambda f: {"kept": f.found}, "The figure that was found.")
    recorded_at: dt.datetime = column("When it was found.")
    ended_at: dt.datetime | None = column("When a newer judgement took its place.")
    line: Annotated["InvoiceLine", INVOICES] | None = one(
        lambda f, line: line.id == f.line_id, "The line; null for the invoice as a whole."
    )
    other_invoice: Annotated["Invoice", INVOICES] | None = one(
        lambda f, i: i.id == f.other_invoice_id, "The other invoice that it speaks of."
    )


@shape(model.Dispute, queries.visible_disputes, sort=newest("id"))
class Dispute(Subject):
    """That Tiera disputed a line: why, what the supplier answered, how it ended."""

    reason: str = column("Why.")
    files: list[StoredFile] = files_of_act(
        "Invoice", "invoice.lines_disputed", id="invoice_id", at="disputed_at", said="What is attached to the dispute."
    )
    disputed_at: dt.datetime = column("When.")
    disputed_by: Person | None = one(lambda d, p: p.id == d.disputed_by_id, "By whom.", with_parent=True)
    answer: str | None = column("The supplier's answer.")
    answer_files: list[StoredFile] = files_of_act(
        "InvoiceLine", "invoice_line.answered", id="line_id", at="answered_at", said="What is attached to the answer."
    )
    answered_at: dt.datetime | None = column("When it was answered.")
    answered_by: Person | None = one(lambda d, p: p.id == d.answered_by_id, "Who answered.", with_parent=True)
    ended_at: dt.datetime | None = column("When it ended.")
    ended_by: Person | None = one(lambda d, p: p.id == d.ended_by_id, "By whose act.", with_parent=True)
    ending: DisputeEnding | None = column("How it ended.")
    line: Annotated["InvoiceLine", INVOICES] = one(
        lambda d, line: line.id == d.line_id, "Which line.", with_parent=True
    )


# Evidence


@shape(figures.EVIDENCE, figures.visible_evidence, sort=oldest("day", "id"))
class Evidence:
    """A portion of approved work that a line holds or has billed: from a line to its hours, and back."""

    day: dt.date = column("The day of the work.")
    minutes: Minutes | None = sql(figures.evidence_minutes, "How much of the entry; null of a part of a fixed price.")
    amount: Money | None = money(figures.evidence_euros, "Of a part of a fixed price: how much.")
    unit_price: Decimal | None = column("The contract's price an hour on that day.")
    billed_at: dt.datetime | None = sql(lambda e: e.taken_at, "When it was billed; null while it is held.")
    entry: TimeEntry | None = one(
        lambda e, t: sa.and_(t.id == e.source_id, e.source_kind == "TimeEntry"), "The time entry."
    )
    milestone: Milestone | None = one(
        lambda e, m: sa.and_(m.id == e.source_id, e.source_kind == "Milestone"), "The part of a fixed price."
    )
    billing: BillingApproval | None = one(
        lambda e, b: sa.and_(b.id == e.source_id, e.source_kind == "BillingApproval"),
        "What approved a fixed sum for a ticket.",
    )
    source: Subject | None = ref(
        lambda e: (sa.case((e.source_kind == "Sanction", e.source_kind)), e.source_id), "The sanction that is deducted."
    )
    overrun: Overrun | None = one(
        lambda e, o: sa.and_(o.id == e.grant_id, e.grant_kind == "Overrun"),
        "The overrun under which it was approved; null where the estimate covered it.",
    )
    line: Annotated["InvoiceLine", INVOICES] | None = one(
        lambda e, line: line.id == e.line_id, "The line that holds it."
    )


@shape(figures.DEDUCTIONS, figures.visible_evidence, sort=oldest("id"))
class Deduction:
    """What a supplier owes Tiera: it waits for the next invoice, or stands on the line that deducts it."""

    number: str | None = column("What a line refers to, such as `REK-2026-0007`.")
    amount: Money = money(figures.deduction_euros, "How much, without VAT: as a whole, and once.")
    about: Subject | None = ref(lambda d: (d.about_kind, d.about_id), "What it came from.")
    deducted_at: dt.datetime | None = column("When Tiera approved the line that deducts it.")
    line: Annotated["InvoiceLine", INVOICES] | None = one(
        lambda d, line: line.id == d.line_id, "The line that deducts it; null while it waits."
    )
