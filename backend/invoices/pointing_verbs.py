"""A person says what a line bills that does not say it itself: on record, and judged anew (D11.9-h)."""

from datetime import date, datetime

from backend.invoices import policy, queries, record_queries
from backend.invoices.judging_verbs import judge_on_record
from backend.invoices.meaning import Known, deduction_of
from backend.invoices.model import InvoiceLine
from backend.invoices.states import LINE, InvoiceKind, Key, LineAction
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.faults import Refusals, broken_rule, invalid, required
from backend.kit.translation import Text
from backend.rulebook.rules import rule

_SAYS_ITSELF = Text("The line says this itself; a wrong reference is disputed, so that the supplier mends it.")
_NAMES = {
    Key.ORDER: "order_id",
    Key.PERIOD: "period_first",
    Key.PRICE_GROUP: "price_group_id",
    Key.MILESTONE: "milestone_id",
    Key.CREDITED_LINE: "credits_line_id",
}
"""Where each is said."""


@rule("D11.9-h")
async def point_line(
    session: Session,
    actor: Actor,
    *,
    line_id: int,
    order_id: int | None = None,
    period_first: date | None = None,
    period_last: date | None = None,
    price_group_id: int | None = None,
    milestone_id: int | None = None,
    credits_line_id: int | None = None,
    now: datetime,
) -> InvoiceLine:
    """Say what a line lacks. What it says itself stands: a wrong reference is disputed, not mended by Tiera."""
    invoice_id = await queries.invoice_of_line(session, actor, line_id)
    invoice = await queries.get_invoice_for_change(session, actor, invoice_id)
    lines = await queries.lines_for_change(session, [invoice_id])
    line = next(each for each in lines if each.id == line_id)
    move = LINE.take(actor, line.state, LineAction.POINT)
    policy.require_other_than_sender(actor, invoice)
    known = await record_queries.load_known(session, invoice.supplier_id, [line], order_id)
    given = {
        Key.ORDER: order_id,
        Key.PERIOD: period_first or period_last,
        Key.PRICE_GROUP: price_group_id,
        Key.MILESTONE: milestone_id,
        Key.CREDITED_LINE: credits_line_id,
    }
    pointed = [key for key, value in given.items() if value is not None]
    allowed = can_be_pointed(line, known, invoice.kind, order_id)
    if not pointed:
        raise required(next((name for key, name in _NAMES.items() if key in allowed), "order_id"), rule="D11.9-h")
    _refuse_what_it_says(pointed, allowed)
    if order_id is not None:
        line.order_id = await queries.get_own_order(session, actor, invoice, order_id)
        if known.is_suppliers_number(line) and line.order_id != known.by_reference[_reference(line)]:
            raise broken_rule("D11.9-h", _SAYS_ITSELF, "order_id")
    if Key.PERIOD in pointed:
        line.period_first, line.period_last = _period(period_first, period_last)
    order = line.order_id if Key.ORDER in (*line.pointed, *pointed) else known.by_reference.get(_reference(line))
    if price_group_id is not None:
        billing = known.billings.get(_reference(line))
        agreement_id = billing.agreement_id if billing else None
        line.price_group_id = await queries.get_group_of(session, order, agreement_id, price_group_id)
    if milestone_id is not None:
        line.milestone_id = await queries.get_milestone_of(session, order, milestone_id)
    if credits_line_id is not None:
        line.credits_line_id = await queries.get_credited_line(session, invoice, credits_line_id)
    line.pointed = sorted({*line.pointed, *(key.value for key in pointed)})
    line.pointed_by_id, line.version = actor.person_id, line.version + 1
    await events.record(
        session, actor, "invoice_line.pointed", line, at=now, rule=move.rule, within=invoice,
        keys=[key.value for key in pointed], order=line.order_id,
    )  # fmt: skip
    await judge_on_record(session, actor, invoice, lines, now=now)
    return line


def can_be_pointed(line: InvoiceLine, known: Known, kind: InvoiceKind, meant: int | None = None) -> frozenset[Key]:
    """What a line does not say itself, or says of nothing that its order (the one meant, if any) has; what was pointed
    can be pointed anew.

    An order that it names by the supplier's own number alone a person says by Tiera's.
    """
    if kind is InvoiceKind.CREDIT_NOTE:
        says_itself = line.credits_line_id is not None and Key.CREDITED_LINE not in line.pointed
        return frozenset() if says_itself else frozenset({Key.CREDITED_LINE})
    if deduction_of(line, known) is not None:
        return frozenset()
    order_id = known.by_reference.get(_reference(line))
    billing = known.billings.get(_reference(line))
    open_keys = {Key(key) for key in line.pointed}
    if (order_id is None and billing is None) or known.is_suppliers_number(line):
        open_keys.add(Key.ORDER)
    if line.period is None:
        open_keys.add(Key.PERIOD)
    order = known.orders.get(order_id or meant or line.order_id or 0)
    its = order or billing
    code = (line.price_group_code or "").strip()
    if not code or (its is not None and (its.agreement_id, code) not in known.price_groups):
        open_keys.add(Key.PRICE_GROUP)
    parts = {part.position for part in known.milestones.get(order.id, ())} if order else {line.milestone_position}
    if line.milestone_position is None or line.milestone_position not in parts:
        open_keys.add(Key.MILESTONE)
    return frozenset(open_keys)


def _refuse_what_it_says(pointed: list[Key], allowed: frozenset[Key]) -> None:
    refusals = Refusals()
    for key in pointed:
        if key not in allowed:
            refusals.add(broken_rule("D11.9-h", _SAYS_ITSELF, _NAMES[key]))
    refusals.raise_any()


def _reference(line: InvoiceLine) -> str:
    return (line.order_reference or "").strip()


def _period(first: date | None, last: date | None) -> tuple[date, date]:
    if first is None or last is None:
        raise required("period_first" if first is None else "period_last", rule="D11.9-h")
    if first > last:
        raise invalid(Text("The period ends before it begins."), "period_last")
    return first, last
