"""Tiera decides on lines, singly or together; the supplier answers what is disputed (D11.9-e)."""

from collections.abc import Sequence
from datetime import datetime

from backend.files.verbs import attach_to_act
from backend.invoices import finding_queries, findings, policy, queries, record_queries, rules
from backend.invoices.billed_work import accepters_of
from backend.invoices.crediting import apply_credits
from backend.invoices.judging_verbs import judge_on_record
from backend.invoices.model import Dispute, Finding, Invoice, InvoiceLine
from backend.invoices.queries import LINE_KIND
from backend.invoices.states import (
    LINE,
    DisputeEnding,
    InvoiceAction,
    LineAction,
    LineState,
    Severity,
)
from backend.invoices.withdrawing_verbs import end_disputes
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.faults import (
    Refusal,
    Refusals,
    broken_rule,
    not_found,
    not_permitted,
    required,
    version_conflict,
    wrong_state,
)
from backend.kit.translation import Text
from backend.ledger import holding
from backend.orders.commitment_verbs import count_euros
from backend.orders.model import Order
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

MOST_CHARACTERS = 4000
"""Of a reason or an answer."""
_UNSEEN = Text("Something new was found of the lines meanwhile. Check the invoice again and look at it.")


@rule("D11.9-e", "H11.7.3-h", "D11.9-d")
async def approve_lines(
    session: Session,
    actor: Actor,
    *,
    invoice_id: int,
    line_ids: Sequence[int] | None = None,
    expected_version: int | None = None,
    now: datetime,
) -> Invoice:
    """Approve lines, or every one that nothing stands against: what they hold is billed, once and for all.

    With a version, only what somebody looked at is approved: refused where the invoice has changed since.

    Refused as a whole when one of the lines named has an error, with what was found, or would be approved by who
    ordered it alone; where none are named, such a line waits on. Where prices, accounts, what the supplier owes or a
    ticket whose sum is billed may have changed since the invoice was judged, it is judged anew first.
    """
    invoice, credited = await _locked(session, actor, invoice_id, LineAction.APPROVE, expected_version)
    everything = await queries.lines_for_change(session, {invoice.id, *credited})
    lines = [line for line in everything if line.invoice_id == invoice.id]
    seen = standing = await finding_queries.open_findings(session, invoice.id)
    if await queries.may_be_outdated(session, invoice):
        await judge_on_record(session, actor, invoice, lines, now=now)
        standing = await finding_queries.open_findings(session, invoice.id)
    found = [each for each in standing if each.severity is Severity.ERROR]
    if against := next((each for each in found if each.line_id is None), None):
        raise _stands_against(against)
    chosen = _chosen(lines, line_ids, found)
    _refuse_errors(actor, chosen, found, line_ids)
    if expected_version is not None:
        _refuse_unseen(chosen, standing, seen)
    chosen = await _keep_four_eyes(session, actor, invoice, lines, chosen, line_ids)
    before = invoice.state
    for line in chosen:
        line.state = LINE.take(actor, line.state, LineAction.APPROVE).target
        line.decided_by_id, line.decided_at, line.version = actor.person_id, now, line.version + 1
    await _make_payable(session, chosen, everything, now)
    targets = {line.credits_line_id for line in chosen} - {None}
    await record_queries.lock_accounts(session, None, [line.id for line in chosen] + [t for t in targets if t])
    key = f"approved:{invoice.id}:{invoice.version}"
    reopened: list[Invoice] = []
    credits = [line for line in chosen if line.credits_line_id is not None]
    if credits:
        reopened = await apply_credits(session, actor, credits, everything, credited, key=key, now=now)
    await _bill(session, [line for line in chosen if line.credits_line_id is None], key=key, now=now)
    invoice.state, invoice.version = rules.invoice_state([line.state for line in lines]), invoice.version + 1
    await events.record(
        session,
        actor,
        "invoice.lines_approved",
        invoice,
        at=now,
        rule="D11.9-e",
        from_=before,
        to=invoice.state,
        lines=[line.position for line in chosen],
        amount=sum(line.amount - line.credited_amount for line in chosen),
        minutes=sum(line.reserved_minutes for line in chosen),
        alone=[line.position for line in chosen if line.is_decided_alone],
    )
    for other in reopened:
        others = [line for line in everything if line.invoice_id == other.id]
        await judge_on_record(session, actor, other, others, now=now)
    await count_euros(session, actor, {line.order_id for line in chosen if line.order_id is not None}, now=now)
    return invoice


def _chosen(
    lines: Sequence[InvoiceLine], line_ids: Sequence[int] | None, found: Sequence[Finding] = ()
) -> list[InvoiceLine]:
    """The lines named, or all that wait with nothing against them; where there are none, what was found."""
    if line_ids is None:
        waiting = {line.id: line for line in lines if line.state is LineState.OPEN}
        good = [line for line in waiting.values() if not line.errors]
        if good:
            return good
        if against := next((each for each in found if each.line_id in waiting), None):
            raise _stands_against(against)
        raise broken_rule("D11.9-e", Text("No line waits that could be approved."))
    by_id = {line.id: line for line in lines}
    if not line_ids or not set(line_ids) <= set(by_id):
        raise not_found("line_ids")
    return [by_id[line_id] for line_id in sorted(set(line_ids))]


def _refuse_errors(
    actor: Actor, chosen: Sequence[InvoiceLine], found: Sequence[Finding], line_ids: Sequence[int] | None
) -> None:
    refusals = Refusals()
    place = {line_id: n for n, line_id in enumerate(line_ids or ())}
    for line in chosen:
        LINE.take(actor, line.state, LineAction.APPROVE)
        for each in found:
            if each.line_id == line.id:
                refusals.add(_stands_against(each, "line_ids", place.get(line.id, 0)))
    refusals.raise_any()


def _refuse_unseen(chosen: Sequence[InvoiceLine], standing: Sequence[Finding], seen: Sequence[Finding]) -> None:
    """What warns of these lines since somebody looked at them is looked at before they are approved."""
    ids, known = {None, *(line.id for line in chosen)}, {(each.line_id, each.code) for each in seen}
    if any(each.line_id in ids and (each.line_id, each.code) not in known for each in standing):
        raise version_conflict(_UNSEEN)


def _stands_against(found: Finding, *path: str | int) -> Refusal:
    message = findings.sentence(found.code, found.expected, found.found, found.about)
    limit, actual = findings.figure(found.expected), findings.figure(found.found)
    return broken_rule(found.rule, message, *path, limit=limit, actual=actual)


@rule("D11.9-e")
async def _make_payable(
    session: Session, chosen: Sequence[InvoiceLine], everything: Sequence[InvoiceLine], now: datetime
) -> None:
    """What is approved is to be paid from now on; what credits a line, once that line is approved too.

    So what is to be paid of a time is never told otherwise afterwards, and times add up (for the accounts).
    """
    by_id = {line.id: line for line in everything}
    for line in chosen:
        target = by_id.get(line.credits_line_id or 0)
        line.payable_at = now if target is None or target.payable_at is not None else None
    for credit in await queries.approved_credits_of(session, [line.id for line in chosen if line.credited_amount]):
        credit.payable_at = now


async def _bill(session: Session, chosen: Sequence[InvoiceLine], *, key: str, now: datetime) -> None:
    """Take what the lines hold; each holds exactly what it bills, or it would have an error."""
    taken = await holding.take(session, LINE_KIND, [line.id for line in chosen], key=key, at=now)
    for line in chosen:
        if taken.get(line.id, 0) != wanted_of(line):
            raise broken_rule("H11.7.3-h", Text("The record has changed: check the invoice again."))


def wanted_of(line: InvoiceLine) -> int:
    """Minutes (of a sum, cents) that a line bills, less what was credited."""
    if line.is_of_sum:
        return abs(rules.cents(line.amount - line.credited_amount))
    minutes = rules.billed_minutes(line.quantity, line.unit)
    return int(minutes or 0) - line.credited_minutes


@rule("D0-f")
async def _keep_four_eyes(
    session: Session,
    actor: Actor,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    chosen: list[InvoiceLine],
    line_ids: Sequence[int] | None,
) -> list[InvoiceLine]:
    """Who placed an order does not alone accept its work and approve its lines: those that may be approved.

    By the term of the order's agreement that is refused, for every line that is named, or where no other is left; or it
    is shown of the line.
    """
    orders = await queries.orders_of(session, chosen)
    accepters = await accepters_of(session, [line.id for line in chosen])
    alone: dict[int, Order] = {}
    for line in chosen:
        order = orders.get(line.order_id or 0)
        by = accepters.get(line.id, [])
        if order is not None and rules.decides_alone(actor.deciding_person_ids, order.ordered_by_id, by):
            alone[line.id] = order
    its_terms = await record_queries.terms_beside(session, invoice, lines, {its.agreement_id for its in alone.values()})
    own = Terms.of(invoice.terms_on)
    refused = {id for id, its in alone.items() if policy.refuses_alone(its_terms.get(its.agreement_id, own))}
    if refused and (line_ids is not None or len(refused) == len(chosen)):
        place = {line_id: n for n, line_id in enumerate(line_ids or ())}
        refusals = Refusals()
        for line in chosen:
            if line.id in refused:
                path = ("line_ids", place[line.id]) if line.id in place else ()
                refusals.add(policy.alone(line, alone[line.id], *path))
        refusals.raise_any()
    going = [line for line in chosen if line.id not in refused]
    for line in going:
        line.is_decided_alone = line.id in alone
    return going


# Disputes


@rule("D11.9-e", "H11.3.1-b")
async def dispute_lines(
    session: Session,
    actor: Actor,
    *,
    invoice_id: int,
    line_ids: Sequence[int],
    reason: str,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Invoice:
    """Dispute lines with a reason: they keep what they hold, the others go on."""
    said = _said(reason, "reason")
    invoice, _ = await _locked(session, actor, invoice_id, LineAction.DISPUTE)
    lines = await queries.lines_for_change(session, [invoice.id])
    if not line_ids:
        raise required("line_ids", rule="D11.9-e")
    before = invoice.state
    chosen = _chosen(lines, line_ids)
    for line in chosen:
        line.state = LINE.take(actor, line.state, LineAction.DISPUTE).target
        line.decided_by_id, line.decided_at, line.version = actor.person_id, now, line.version + 1
        session.add(
            Dispute(
                invoice_id=invoice.id,
                line_id=line.id,
                supplier_id=invoice.supplier_id,
                reason=said,
                disputed_by_id=actor.person_id,
                disputed_at=now,
            )
        )
    invoice.state, invoice.version = rules.invoice_state([line.state for line in lines]), invoice.version + 1
    await events.record(
        session,
        actor,
        "invoice.lines_disputed",
        invoice,
        at=now,
        rule="D11.9-e",
        from_=before,
        to=invoice.state,
        lines=[line.position for line in chosen],
        amount=sum(line.amount - line.credited_amount for line in chosen),
    )
    await attach_to_act(session, actor, file_ids, invoice)
    return invoice


async def answer_dispute(
    session: Session, actor: Actor, *, line_id: int, answer: str, file_ids: Sequence[int] | None = None, now: datetime
) -> InvoiceLine:
    """The supplier's answer to a disputed line, once; crediting it or withdrawing it are its other ways."""
    said = _said(answer, "answer")
    line, invoice, _ = await _line_for_change(session, actor, line_id)
    move = LINE.take(actor, line.state, LineAction.ANSWER)
    dispute = await queries.open_dispute_for_change(session, line.id)
    if dispute.answer is not None:
        message = Text("It was answered already, and Tiera has the answer: it decides on the line or disputes it anew.")
        raise broken_rule("D11.9-e", message, "answer")
    await events.record(session, actor, "invoice_line.answered", line, at=now, rule=move.rule, within=invoice)
    await attach_to_act(session, actor, file_ids, line)
    dispute.answer, dispute.answered_by_id, dispute.answered_at = said, actor.person_id, now
    line.version += 1
    return line


async def reopen_line(session: Session, actor: Actor, *, line_id: int, now: datetime) -> InvoiceLine:
    """Take a disputed line up again, as after the supplier's answer: it is judged anew."""
    line, invoice, lines = await _line_for_change(session, actor, line_id)
    policy.require_other_than_sender(actor, invoice)
    move = LINE.take(actor, line.state, LineAction.RESOLVE)
    line.state, line.decided_by_id, line.decided_at = move.target, None, None
    line.version += 1
    await end_disputes(session, actor, [line.id], DisputeEnding.REOPENED, now)
    await events.record(
        session, actor, "invoice_line.reopened", line, at=now, rule=move.rule, within=invoice,
        from_=move.source, to=move.target,
    )  # fmt: skip
    await judge_on_record(session, actor, invoice, lines, now=now)
    return line


def _said(text: str, name: str) -> str:
    said = text.strip()
    if not said:
        raise required(name, rule="D11.9-e")
    if len(said) > MOST_CHARACTERS:
        raise broken_rule("D11.9-e", Text("At most %(most)s characters.", most=MOST_CHARACTERS), name)
    return said


async def _locked(
    session: Session, actor: Actor, invoice_id: int, action: LineAction, version: int | None = None
) -> tuple[Invoice, dict[int, Invoice]]:
    """The invoice and what it credits, both locked, for who may decide on it."""
    if not actor.may(Right.JUDGE_INVOICES):
        raise not_permitted("D11.9-e")
    invoice = await queries.get_invoice_for_change(session, actor, invoice_id, version)
    if invoice.state in queries.GONE:
        raise wrong_state(invoice.state, InvoiceAction(action.value) if action is LineAction.APPROVE else action)
    policy.require_other_than_sender(actor, invoice)
    if invoice.credits_id is None:
        return invoice, {}
    return invoice, await queries.get_invoices_for_change(session, actor, [invoice.credits_id])


async def _line_for_change(
    session: Session, actor: Actor, line_id: int
) -> tuple[InvoiceLine, Invoice, list[InvoiceLine]]:
    invoice_id = await queries.invoice_of_line(session, actor, line_id)
    invoice = await queries.get_invoice_for_change(session, actor, invoice_id)
    lines = await queries.lines_for_change(session, [invoice_id])
    return next(line for line in lines if line.id == line_id), invoice, lines
