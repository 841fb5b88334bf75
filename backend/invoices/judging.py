"""Judging an invoice: each line by itself against the record (D11.9-d, D11.9-h). Pure; nothing here reads or writes."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from backend.invoices import credit_judging, head_judging, rules
from backend.invoices.deadlines import month_to_invoice
from backend.invoices.deducting import take_deduction, waiting
from backend.invoices.finding_codes import FindingCode
from backend.invoices.matching import Hold
from backend.invoices.meaning import Meaning, meaning_of
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.reading import ArithmeticCode
from backend.invoices.record import Judgement, Record, WorkKey
from backend.invoices.states import Ground, InvoiceKind, Key, Severity
from backend.invoices.values import Percent, UnitPrice
from backend.kit.amounts import Euros, Minutes
from backend.kit.calendar import helsinki_date, month_of
from backend.orders.states import MilestoneState
from backend.parties.states import ReferenceKey
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

C = FindingCode


@rule("D11.9-d", "D11.9-h")
def judge(invoice: Invoice, lines: Sequence[InvoiceLine], record: Record, terms: Terms) -> Judgement:
    """Findings of the lines given (those that wait for a decision) and of the invoice; what each line is to hold.

    Each line is judged by the terms and the announced references of the agreement that its work is under.
    Takes from `record.shelves`: a record is for one judging. Heavy for hundreds of lines: call it in a thread.
    """
    judgement = Judgement()
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        credit_judging.judge_lines(invoice, lines, record, terms, judgement)
    else:

        def step_of(agreement_id: int | None) -> int:
            return record.terms_under(agreement_id, terms).booking_step_minutes

        meanings = [meaning_of(line, record.known, step_of) for line in lines]
        judgement.meanings = meanings
        for meaning in sorted(meanings, key=lambda each: (each.ground is not Ground.OVERRUN, each.line.position)):
            its = record.terms_under(meaning.agreement_id, terms)
            judgement.holds += _judge_line(meaning, invoice, record, its)
        _tell_passed(meanings, record)
        for meaning in meanings:
            judgement.findings += meaning.findings
        judgement.findings += waiting(record)
    head_judging.judge_head(invoice, record, terms, judgement)
    return judgement


def _judge_line(meaning: Meaning, invoice: Invoice, record: Record, terms: Terms) -> list[Hold]:
    if meaning.deduction is not None:
        _check_arithmetic(meaning, record, terms)
        return take_deduction(meaning, record)
    holds = _take(meaning, record)
    _check_order(meaning, record)
    _check_references(meaning, invoice, record)
    _check_period(meaning, invoice, record)
    _check_price(meaning, holds, record, terms)
    _check_figures(meaning, record, terms)
    return holds


@rule("H11.8.3-c")
def _tell_passed(meanings: Sequence[Meaning], record: Record) -> None:
    """Approved hours that come to more than their order binds: told once an order, on the first of its lines."""
    told: set[int] = set()
    for meaning in meanings:
        if meaning.order is not None and meaning.order.id in record.passed.keys() - told:
            bound, approved = record.passed[meaning.order.id]
            meaning.find(
                C.ABOVE_ESTIMATE,
                expected=Euros(bound),
                found=Euros(approved),
                about=meaning.order.number,
                own_rule="H11.8.3-c",
                own_severity=Severity.WARNING,
            )
            told.add(meaning.order.id)


# What it bills


@rule("D11.9-h", "H11.7.3-h", "D11.9-e", "H11.9-c")
def _take(meaning: Meaning, record: Record) -> list[Hold]:
    """What the line is to hold; where that is less than it wants, why."""
    if meaning.milestone is not None:
        return _take_milestone(meaning, record)
    if meaning.billing is not None and meaning.is_of_sum:
        if meaning.billing.number in record.known.unresolved:
            meaning.find(C.TICKET_NOT_RESOLVED, about=meaning.billing.number)
        return _take_sum(meaning, record, Euros(meaning.billing.euros or 0), meaning.billing.id)
    work = meaning.work
    if work is None or meaning.price_group_id is None or not meaning.minutes or meaning.period is None:
        return []
    key = (work, meaning.price_group_id)
    shelf = record.shelves.get(key)
    only_overrun = meaning.ground is Ground.OVERRUN
    holds = shelf.take(meaning.line.id, meaning.minutes, meaning.period, only_overrun=only_overrun) if shelf else []
    held = sum(hold.amount for hold in holds)
    if held < meaning.minutes:
        _explain_shortage(meaning, key, held, record)
    return holds


def _explain_shortage(meaning: Meaning, key: WorkKey, held: int, record: Record) -> None:
    """Why a line gets less than it wants: billed before, waiting, above the estimate, own cost, or never approved."""
    assert meaning.minutes is not None and meaning.period is not None
    rest, available = meaning.minutes - held, Minutes(held)
    shelf, is_overrun = record.shelves.get(key), meaning.ground is Ground.OVERRUN
    others = shelf.held_by_others(meaning.period, only_overrun=is_overrun) if shelf else {}
    for line_id, minutes in others.items():
        if rest > 0:
            holder = record.holders.get(line_id)
            meaning.find(
                C.ALREADY_BILLED,
                expected=available,
                found=Minutes(min(rest, minutes)),
                about=holder.number if holder else "–",
                other_invoice_id=holder and holder.id,
            )
            rest -= minutes
    waiting = record.waiting_in(key, meaning.period)
    room = record.room.get(key[0])
    within = waiting if room is None else min(waiting, max(room, 0))
    for code, part in ((C.HOURS_NOT_APPROVED, within), (C.ABOVE_ESTIMATE, waiting - within)):
        if rest > 0 and part > 0:
            meaning.find(code, expected=available, found=Minutes(min(rest, part)))
            rest -= part
    if is_overrun and rest > 0:
        meaning.find(C.ABOVE_ESTIMATE, expected=available, found=Minutes(rest))
        return
    for day, minutes, target in record.own_cost.get(meaning.order.id, ()) if meaning.order else ():
        if rest > 0 and day in meaning.period:
            found = Minutes(min(rest, minutes))
            meaning.find(C.OWN_COST, found=found, about=target.title, own_rule=target.rule)
            rest -= minutes
    if rest <= 0:
        return
    is_bare = not shelf or not shelf.has_any(meaning.period)
    months = tuple(month for month in record.elsewhere.get(key, ()) if month != meaning.period.month)
    if elsewhere := months if not meaning.is_short and is_bare else ():
        meaning.find(C.OTHER_PERIOD, expected=elsewhere, found=meaning.period, about=meaning.about)
    else:
        meaning.find(C.MORE_THAN_APPROVED, expected=available, found=Minutes(meaning.minutes))


@rule("H11.9-b")
def _take_milestone(meaning: Meaning, record: Record) -> list[Hold]:
    """A part of a fixed price is billed once it is accepted, whole and once."""
    part = meaning.milestone
    assert part is not None
    if part.state is not MilestoneState.ACCEPTED:
        meaning.find(C.ORDER_NOT_ACCEPTED, about=part.title)
        return []
    return _take_sum(meaning, record, Euros(part.amount), part.id)


@rule("H11.9-b", "H11.9-c", "D11.9-e")
def _take_sum(meaning: Meaning, record: Record, agreed: Euros, part_id: int) -> list[Hold]:
    """A fixed sum is billed whole and once: what the line holds of it; where that is less than it wants, why."""
    assert meaning.work is not None
    if meaning.cents != rules.cents(agreed) and not meaning.line.credited_amount:
        meaning.find(C.PRICE, expected=agreed, found=Euros(meaning.line.amount))
    shelf = record.shelves.get((meaning.work, part_id))
    wanted = max(meaning.cents or 0, 0)
    holds = shelf.take(meaning.line.id, wanted, None) if shelf else []
    held = sum(hold.amount for hold in holds)
    rest, available = wanted - held, Euros(Decimal(held) / 100)
    for line_id, cents in (shelf.held_by_others(None) if shelf else {}).items():
        if rest > 0:
            holder = record.holders.get(line_id)
            meaning.find(
                C.ALREADY_BILLED,
                expected=available,
                found=Euros(Decimal(min(rest, cents)) / 100),
                about=holder.number if holder else "–",
                other_invoice_id=holder and holder.id,
            )
            rest -= cents
    if rest > 0:
        meaning.find(C.MORE_THAN_APPROVED, expected=available, found=Euros(Decimal(wanted) / 100))
    return holds


# What it must carry


@rule("H11.8.1-a", "H11.9-b")
def _check_order(meaning: Meaning, record: Record) -> None:
    """Only an order placed by a contact whom Tiera has named in writing may be billed."""
    if meaning.order is not None and meaning.order.id not in record.placed_by_contact:
        meaning.find(C.NO_ORDERING_RIGHT, about=meaning.about)


_POINTED_AS = {
    ReferenceKey.ORDER_NUMBER: Key.ORDER,
    ReferenceKey.PERIOD: Key.PERIOD,
    ReferenceKey.PRICE_GROUP: Key.PRICE_GROUP,
}
"""What is required of a line that a person may say in its place."""


@rule("H11.8.3-a", "H11.9-i")
def _check_references(meaning: Meaning, invoice: Invoice, record: Record) -> None:
    """Tiera's number of the order, and what Tiera had announced when the invoice was sent.

    What a person has said in the line's place is told still.
    """
    line, order, reference = meaning.line, meaning.order, (meaning.line.order_reference or "").strip()
    lacks_tieras = (
        order is not None
        and record.known.is_suppliers_number(line)
        and (invoice.order_reference or "").strip() != order.number
    )
    if lacks_tieras:
        meaning.find(
            C.REQUIRED_REFERENCE,
            expected=(ReferenceKey.ORDER_NUMBER,),
            found=reference,
            about=meaning.about,
            own_rule="H11.8.3-a",
            own_severity=Severity.WARNING if Key.ORDER in line.pointed else None,
        )
    carried = {
        ReferenceKey.ORDER_NUMBER: lacks_tieras or (order.number == reference if order else bool(reference)),
        ReferenceKey.PERIOD: line.period is not None and Key.PERIOD not in line.pointed,
        ReferenceKey.PRICE_GROUP: bool(line.price_group_code) or meaning.is_of_sum,
        ReferenceKey.AGREEMENT_NUMBER: bool(line.agreement_reference or invoice.agreement_reference),
        ReferenceKey.BUYER_REFERENCE: bool(invoice.buyer_reference),
        ReferenceKey.SUPPLIER_NUMBER: bool(line.seller_reference or invoice.seller_reference)
        or (order is not None and order.supplier_number is not None and order.supplier_number == line.order_reference),
    }
    required = record.required.get(meaning.agreement_id, frozenset())
    lacking = [key for key in ReferenceKey if key in required and not carried[key]]
    missing = tuple(key for key in lacking if _POINTED_AS.get(key) not in line.pointed)
    if missing:
        meaning.find(C.REQUIRED_REFERENCE, expected=missing)
    if pointed := tuple(key for key in lacking if key not in missing):
        meaning.find(C.REQUIRED_REFERENCE, expected=pointed, about=meaning.about, own_severity=Severity.WARNING)


@rule("H11.9-a", "H11.7.3-h")
def _check_period(meaning: Meaning, invoice: Invoice, record: Record) -> None:
    """The month has ended; hours of it that wait for approval, and work of earlier months, are marked."""
    _check_month_of_part(meaning, record)
    normal = month_to_invoice(helsinki_date(invoice.arrived_at))
    if meaning.work is not None and meaning.month is not None and meaning.month < normal:
        meaning.find(C.EARLIER_MONTH, expected=normal, found=meaning.month)
    period = meaning.period
    if period is None or meaning.work is None:
        return
    if not meaning.is_of_sum and record.today <= period.month.last_day:
        meaning.find(C.PERIOD_NOT_ENDED, expected=period.month.last_day)
    elif meaning.price_group_id is not None and not meaning.is_short:
        waiting = record.waiting_in((meaning.work, meaning.price_group_id), period)
        if waiting:
            meaning.find(C.PERIOD_STILL_OPEN, found=Minutes(waiting))


@rule("H11.9-a", "H11.9-b", "D11.9-h")
def _check_month_of_part(meaning: Meaning, record: Record) -> None:
    """A month's fee is billed when its month has ended, accepted before or not, and as of no other month."""
    part, period = meaning.milestone, meaning.period
    if part is None or part.month is None:
        return
    month = month_of(part.month)
    if period is not None and not month_of(period.first) == period.month == month:
        meaning.find(C.OTHER_PERIOD, expected=(month,), found=period, about=part.title)
    if record.today <= month.last_day:
        meaning.find(C.PERIOD_NOT_ENDED, expected=month.last_day)


# Its figures


@rule("D0-c", "D11.9-d")
def _check_price(meaning: Meaning, holds: Sequence[Hold], record: Record, terms: Terms) -> None:
    """The contract's price on the day of the work; where it changed within what the line bills, the sum of both."""
    line, group = meaning.line, meaning.price_group_id
    if group is None or meaning.period is None or meaning.minutes is None:
        return
    minutes_at: dict[Decimal | None, int] = {}
    for hold in holds:
        price = record.price_on(group, hold.piece.day)
        minutes_at[price] = minutes_at.get(price, 0) + hold.amount
    if not minutes_at:
        minutes_at = {record.price_on(group, day): 0 for day in (meaning.period.first, meaning.period.last)}
    agreed = {price: minutes for price, minutes in minutes_at.items() if price is not None}
    told = rules.price_an_hour(line.unit_price, line.unit)
    shown = UnitPrice(told) if told is not None else None
    if len(agreed) < len(minutes_at):
        meaning.find(C.PRICE, found=shown)
        return
    expected = tuple(UnitPrice(price) for price in agreed)
    may_differ = terms.price_tolerance_euros
    is_right = told is not None and any(rules.is_price(told, line.unit, price, may_differ) for price in agreed)
    if sum(agreed.values()) < meaning.minutes:  # not all of it can be billed: only the price itself can be compared
        if told is not None and not is_right and not line.credited_amount:
            meaning.find(C.PRICE, expected=expected, found=shown)
        return
    due = rules.contract_amount(agreed)
    spare = _spare(meaning.minutes, terms)
    if line.credited_amount:
        left = line.amount - line.credited_amount
        on_its_days = (record.price_on(group, day) for day in (meaning.period.first, meaning.period.last))
        lowest = min(price for price in (*agreed, *on_its_days) if price is not None)
        if left > due + spare or (left < due - spare and _was_too_cheap(meaning, agreed, lowest, terms)):
            meaning.find(C.PRICE, expected=(*expected, Euros(due)), found=Euros(left))
    elif len(agreed) == 1 and told is not None:
        if not is_right:
            meaning.find(C.PRICE, expected=expected, found=shown)
        elif line.adjustment > 0 or line.amount > due + spare:
            meaning.find(C.PRICE, expected=Euros(due), found=Euros(line.amount))
    elif abs(line.amount - due) > spare:
        meaning.find(C.PRICE, expected=(*expected, Euros(due)), found=Euros(line.amount))


def _spare(minutes: int, terms: Terms) -> Decimal:
    """Euros by which an amount of hours may differ from the contract's."""
    return terms.amount_tolerance_euros + terms.price_tolerance_euros * minutes / 60


@rule("D11.9-e", "D11.9-d")
def _was_too_cheap(meaning: Meaning, agreed: Mapping[Decimal, int], lowest: Decimal, terms: Terms) -> bool:
    """Whether a line was billed below the contract's sum, but for an allowance: a credit mends no such line.

    Of one that was not, a credit may leave less than that sum: the supplier gave it back. Minutes are `agreed` at each
    price an hour that are left; at which the credited ones were is not known any more: the lowest of its days counts.
    """
    assert meaning.minutes is not None
    line = meaning.line
    billed = line.amount - min(line.adjustment, Decimal(0))
    due = rules.contract_amount({**agreed, lowest: agreed.get(lowest, 0) + line.credited_minutes})
    return billed < due - _spare(meaning.minutes + line.credited_minutes, terms)


@rule("D0-d", "D11.9-d")
def _check_figures(meaning: Meaning, record: Record, terms: Terms) -> None:
    """The line's own arithmetic, its sign and its VAT rate."""
    line = meaning.line
    quantity = line.quantity if line.quantity is not None else Decimal(0)
    if quantity < 0 or line.amount < 0:
        meaning.find(C.NEGATIVE, found=Euros(abs(line.amount)))
    _check_arithmetic(meaning, record, terms)
    if line.vat_rate != terms.vat_rate:
        found = Percent(line.vat_rate) if line.vat_rate is not None else None
        meaning.find(C.VAT_RATE, expected=Percent(terms.vat_rate), found=found)


@rule("D0-d", "D11.9-d", "D11.9-e")
def _check_arithmetic(meaning: Meaning, record: Record, terms: Terms) -> None:
    """The amount is quantity times price; of what is left after a credit the price alone is told (and the sum)."""
    if meaning.line.credited_amount:
        return
    for wrong in record.arithmetic:
        is_mine = wrong.code is ArithmeticCode.LINE_AMOUNT and wrong.line == meaning.line.position
        if is_mine and abs(wrong.expected - wrong.found) > terms.amount_tolerance_euros:
            meaning.find(C.AMOUNT, expected=Euros(wrong.expected), found=Euros(wrong.found))
