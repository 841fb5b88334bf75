"""Judging a credit note: each line points to the line it credits, and takes back no more than that has (D11.9-e)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.invoices import rules
from backend.invoices.deducting import take_deduction
from backend.invoices.finding_codes import FindingCode
from backend.invoices.findings import Found
from backend.invoices.meaning import Meaning, deduction_of
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.reading import ArithmeticCode
from backend.invoices.record import Judgement, Record
from backend.invoices.states import Key, LineState
from backend.invoices.values import Percent, UnitPrice
from backend.kit.amounts import Euros, Minutes, round_cents
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

C = FindingCode
GONE = frozenset({LineState.CREDITED, LineState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Left:
    """What of a line can still be credited; minutes are None where it bills none."""

    minutes: int | None
    amount: Decimal


NOTHING = Left(0, Decimal(0))


def credited_minutes(line: InvoiceLine, target: InvoiceLine) -> int | None:
    """Minutes that a credit note's line takes back, as a positive number; None where it takes back money alone, as it
    does of a sum, in whatever quantity that was billed.
    """
    minutes = None if target.is_of_sum else rules.billed_minutes(line.quantity, line.unit)
    return None if minutes is None or minutes != int(minutes) else -int(minutes)


def left_of(line: InvoiceLine) -> Left:
    """What of a line is not yet credited."""
    if line.state in GONE:
        return NOTHING
    minutes = rules.billed_minutes(line.quantity, line.unit)
    left = None if minutes is None or line.is_of_sum else int(minutes) - line.credited_minutes
    return Left(left, line.amount - line.credited_amount)


def judge_lines(
    invoice: Invoice, lines: Sequence[InvoiceLine], record: Record, terms: Terms, judgement: Judgement
) -> None:
    """Add to the judgement what is found of a credit note's lines, each by the terms of its own agreement."""
    credited = record.credited
    deductions = {line.id: found for line in lines if (found := deduction_of(line, record.known)) is not None}
    unclear = {line.id: deductions.pop(line.id) for line in lines if line.id in deductions and may_credit(line, record)}
    if credited.invoice is None and len(deductions) < len(lines):
        about = ", ".join(credited.numbers) or None
        code = C.CREDITS_UNKNOWN_INVOICE if about else C.CREDITS_NOTHING
        several = credited.numbers if len(credited.numbers) > 1 else None
        judgement.findings.append(Found(code=code, found=several, about=about))
    taken: dict[int, Left] = {}
    for line in lines:
        meaning = Meaning(line=line, period=line.period, deduction=deductions.get(line.id))
        judgement.meanings.append(meaning)
        if meaning.deduction is not None:
            meaning.cents = rules.cents(-line.amount)
            judgement.holds += take_deduction(meaning, record)
            judgement.findings += meaning.findings
            continue
        target = line_credited(line, credited.lines) if line.id not in unclear else None
        its = record.terms_under(record.known.agreement_of(line), terms)
        is_all = False
        if target is not None:
            judgement.credits_lines[line.id] = target.id
            before = taken.get(target.id, NOTHING)
            is_all = before == NOTHING and _takes_all(line, target)
            taken[target.id] = _check_target(meaning, target, before, its, is_all)
        elif credited.invoice is not None:
            sanction = unclear[line.id].euros if line.id in unclear else None
            meaning.find(C.CREDITS_UNKNOWN_LINE, found=sanction, about=credited.invoice.number)
        _check_sign(meaning)
        if not is_all:
            _check_figures(meaning, target, record, its)
        judgement.findings += meaning.findings


@rule("D11.9-e", "H11.10-g")
def may_credit(line: InvoiceLine, record: Record) -> bool:
    """Whether a line by which a sanction could be deducted could as well credit what was billed under the same number.

    So it is where the invoice that the note names has such a line with something left, or is not known while handling
    is approved for billing; a note that names no invoice deducts.
    """
    credited, reference = record.credited, (line.order_reference or "").strip()
    if credited.invoice is None:
        return bool(credited.numbers) and reference in record.known.billings
    billed = (each for each in credited.lines if (each.order_reference or "").strip() == reference)
    return any(left_of(each).amount > 0 for each in billed)


@rule("D11.9-e", "D11.9-h")
def line_credited(line: InvoiceLine, candidates: Sequence[InvoiceLine]) -> InvoiceLine | None:
    """The line that a credit note's line names: pointed by a person, or the only one with exactly its references."""
    if Key.CREDITED_LINE in line.pointed or line.credits_line_id is not None:
        return next((each for each in candidates if each.id == line.credits_line_id), None)
    if not line.order_reference:
        return None
    same = [each for each in candidates if _keys(each) == _keys(line)]
    return same[0] if len(same) == 1 else None


def _keys(line: InvoiceLine) -> tuple[object, ...]:
    return (
        line.order_reference,
        line.period_first,
        line.period_last,
        line.price_group_code,
        line.milestone_position,
    )


@rule("D11.9-e")
def _takes_all(line: InvoiceLine, target: InvoiceLine) -> bool:
    """Whether a credit note's line takes back all that is left of a line, money and effort, at its price or at none.

    Its figures are then those of what it settles, and may be as wrong: nothing is left that they could tell of.
    """
    left, minutes = left_of(target), credited_minutes(line, target)
    if minutes is None:
        quantity = -line.quantity if line.quantity is not None else None
        is_same = (quantity, line.unit or line.raw_unit) == (target.quantity, target.unit or target.raw_unit)
    else:
        is_same = minutes == left.minutes
    return is_same and -line.amount == left.amount and (line.unit_price is None or _price_of(line) == _price_of(target))


def _price_of(line: InvoiceLine) -> Decimal | None:
    """Of hours for an hour: they are billed and credited in hours or in minutes."""
    return rules.price_an_hour(line.unit_price, line.unit)


@rule("D11.9-e", "H11.9-b")
def _check_target(meaning: Meaning, target: InvoiceLine, before: Left, terms: Terms, is_all: bool) -> Left:
    """No more is taken back than is left, at the price it was billed at, and hours for no less than their share of what
    is left; what this note has taken from it so far. Of a sum money alone counts, in whatever quantity it was billed.
    """
    line, left = meaning.line, left_of(target)
    amount, minutes = -line.amount, credited_minutes(line, target)
    amount_left = left.amount - before.amount
    if amount > amount_left:
        meaning.find(C.CREDITS_TOO_MUCH, expected=Euros(amount_left), found=Euros(amount))
    if minutes is not None:
        minutes_left = (left.minutes or 0) - (before.minutes or 0)
        if minutes > minutes_left:
            meaning.find(C.CREDITS_TOO_MUCH, expected=Minutes(minutes_left), found=Minutes(minutes))
        elif minutes == minutes_left and amount < amount_left:
            meaning.find(C.AMOUNT, expected=Euros(-amount_left), found=Euros(-amount))
        told, billed_at = _price_of(line), None if is_all or target.credited_amount else _price_of(target)
        if billed_at is not None and told != billed_at:
            meaning.find(C.PRICE, expected=UnitPrice(billed_at), found=None if told is None else UnitPrice(told))
        elif 0 < minutes < minutes_left:
            share = round_cents(amount_left * minutes / minutes_left)
            if amount < share - terms.amount_tolerance_euros:
                meaning.find(C.PRICE, expected=Euros(-share), found=Euros(-amount))
    elif not (target.is_of_sum or is_all or _is_money_alone(line)):
        meaning.find(C.UNIT, about=line.raw_unit or line.unit)
    if line.vat_rate != target.vat_rate:
        expected = Percent(target.vat_rate) if target.vat_rate is not None else None
        found = Percent(line.vat_rate) if line.vat_rate is not None else None
        meaning.find(C.VAT_RATE, expected=expected, found=found)
    return Left((before.minutes or 0) + (minutes or 0), before.amount + amount)


def _is_money_alone(line: InvoiceLine) -> bool:
    return line.unit in rules.ONE_OF_IT and line.quantity in (None, Decimal(-1))


@rule("D0-d")
def _check_sign(meaning: Meaning) -> None:
    line = meaning.line
    minutes = rules.billed_minutes(line.quantity, line.unit)
    if line.amount >= 0 or (minutes is not None and minutes >= 0):
        meaning.find(C.CREDIT_SIGN, found=Euros(line.amount))


@rule("D0-d", "D0-e")
def _check_figures(meaning: Meaning, target: InvoiceLine | None, record: Record, terms: Terms) -> None:
    """The steps and the arithmetic of a credit that leaves something, or of which it is not known."""
    line = meaning.line
    is_of_sum = target is not None and target.is_of_sum
    minutes = None if is_of_sum else rules.billed_minutes(line.quantity, line.unit)
    if minutes is not None and not rules.is_in_steps(minutes, terms.booking_step_minutes):
        whole = Minutes(int(minutes)) if minutes == int(minutes) else line.quantity
        meaning.find(C.QUANTITY, expected=Minutes(terms.booking_step_minutes), found=whole)
    for wrong in record.arithmetic:
        is_mine = wrong.code is ArithmeticCode.LINE_AMOUNT and wrong.line == line.position
        if is_mine and abs(wrong.expected - wrong.found) > terms.amount_tolerance_euros:
            meaning.find(C.AMOUNT, expected=Euros(wrong.expected), found=Euros(wrong.found))
