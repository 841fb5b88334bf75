"""Every kind of finding: an invoice that has it, and one like it that has not."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from backend.invoices.finding_codes import FindingCode
from backend.invoices.findings import SORTS, sentence
from backend.invoices.matching import Piece
from backend.invoices.meaning import Deduction, OwnCostTarget
from backend.invoices.model import InvoiceLine
from backend.invoices.reading import ArithmeticCode, ArithmeticFinding
from backend.invoices.record import Credited, Judgement, Record
from backend.invoices.states import Ground, InvoiceKind, Key
from backend.invoices.values import to_json
from backend.kit.actor import Language
from backend.kit.refs import Ref
from backend.kit.translation import translate
from backend.orders.states import MilestoneState
from backend.parties.states import ReferenceKey
from backend.tickets.billing_model import BillingApproval
from tests.invoices.facts import (
    AGREEMENT,
    FIXED,
    GROUP,
    OTHER,
    WORK,
    a_credit,
    a_known,
    a_line,
    a_part,
    a_part_line,
    a_part_record,
    a_piece,
    a_record,
    codes,
    credit_line,
    judged,
)

C = FindingCode
SEPTEMBER = {"period_first": date(2026, 9, 1), "period_last": date(2026, 9, 30)}


def wrong(code: ArithmeticCode, line: int | None, expected: str, found: str) -> dict[str, Any]:
    return {"arithmetic": [ArithmeticFinding(code, line, Decimal(expected), Decimal(found))]}


SANCTION = Ref("Sanction", 4)


def a_deduction(**values: Any) -> InvoiceLine:
    """A line that deducts a sanction of 500 euros."""
    given = {"order_reference": "REK-2026-0007", "price_group_code": None, "quantity": None, "unit": None}
    return a_line(**(given | {"unit_price": None, "amount": Decimal("-500.00")} | values))


def a_deduction_record(*pieces: Piece) -> Record:
    owed = {(SANCTION, SANCTION.id): a_piece(id=900, minutes=50_000)}
    known = a_known(deductions={"REK-2026-0007": Deduction(ref=SANCTION, number="REK-2026-0007", cents=50_000)})
    return a_record(*pieces, others=owed, known=known)


NUMBER = "TIK-2026-01187"


def a_sum_of_a_ticket(*unresolved: str) -> Judgement:
    """What comes of a line for the fixed sum of a ticket."""
    approval = BillingApproval(id=8, number=NUMBER, agreement_id=AGREEMENT, supplier_id=1, euros=Decimal("500.00"))
    known = a_known(billings={NUMBER: approval}, unresolved=frozenset(unresolved))
    return judged(a_deduction(order_reference=NUMBER, amount=Decimal("500.00")), record=a_record(known=known))


@dataclass(frozen=True)
class Case:
    """Two invoices that differ in what matters: one has the finding, the other has not."""

    has: Callable[[], Judgement]
    has_not: Callable[[], Judgement]


_BUYERS = {AGREEMENT: frozenset({ReferenceKey.BUYER_REFERENCE})}
CASES: dict[FindingCode, Case] = {
    C.NO_REFERENCE: Case(lambda: judged(a_line(order_reference=None)), judged),
    C.UNKNOWN_REFERENCE: Case(
        lambda: judged(a_line(order_reference="TIL-2026-0001")),  # a digit is missing: nothing is guessed
        lambda: judged(a_line(order_reference=" TIL-2026-00001 ")),
    ),
    C.OTHER_SUPPLIER: Case(lambda: judged(a_line(order_reference="TIL-2026-00099")), judged),
    C.OTHER_PERIOD: Case(
        lambda: judged(a_line(**SEPTEMBER), record=a_record(elsewhere={(WORK, GROUP): [_month(10)]})),
        lambda: judged(record=a_record(elsewhere={(WORK, GROUP): [_month(10)]})),
    ),
    C.NO_PERIOD: Case(lambda: judged(a_line(period_first=None, period_last=None)), judged),
    C.NO_PRICE_GROUP: Case(
        lambda: judged(a_line(price_group_code=None)),
        lambda: judged(a_line(price_group_code=None, pointed=[Key.PRICE_GROUP], price_group_id=GROUP)),
    ),
    C.UNKNOWN_PRICE_GROUP: Case(lambda: judged(a_line(price_group_code="senior")), judged),
    C.NO_MILESTONE: Case(
        lambda: judged(a_part_line(milestone_position=2), record=a_part_record()),
        lambda: judged(a_part_line(), record=a_part_record()),
    ),
    C.REQUIRED_REFERENCE: Case(
        lambda: judged(record=a_record(required=_BUYERS)),
        lambda: judged(record=a_record(required=_BUYERS), buyer_reference="TK1009"),
    ),
    C.HOURS_NOT_APPROVED: Case(
        lambda: judged(record=a_record(a_piece(minutes=480), waiting={(WORK, GROUP): [(date(2026, 10, 6), 120)]})),
        lambda: judged(record=a_record(a_piece(minutes=480), waiting={(WORK, GROUP): [(date(2026, 11, 2), 120)]})),
    ),
    C.MORE_THAN_APPROVED: Case(lambda: judged(record=a_record(a_piece(minutes=585))), judged),
    C.ALREADY_BILLED: Case(
        lambda: judged(record=a_record(a_piece(held_by=77), holders={77: OTHER})),
        lambda: judged(record=a_record(a_piece(), a_piece(date(2026, 10, 6), held_by=77), holders={77: OTHER})),
    ),
    C.ABOVE_ESTIMATE: Case(
        lambda: judged(
            record=a_record(a_piece(minutes=480), waiting={(WORK, GROUP): [(date(2026, 10, 6), 120)]}, room={WORK: 0})
        ),
        lambda: judged(
            record=a_record(a_piece(minutes=480), waiting={(WORK, GROUP): [(date(2026, 10, 6), 120)]}, room={WORK: 120})
        ),
    ),
    C.TICKET_NOT_APPROVED: Case(
        lambda: judged(a_line(order_reference="TIK-1187")), lambda: judged(a_line(order_reference="NIK-1187"))
    ),
    C.TICKET_NOT_RESOLVED: Case(lambda: a_sum_of_a_ticket(NUMBER), a_sum_of_a_ticket),
    C.ORDER_NOT_ACCEPTED: Case(
        lambda: judged(
            a_part_line(),
            record=a_part_record(known=a_known(milestones={FIXED: [a_part(state=MilestoneState.DELIVERED)]})),
        ),
        lambda: judged(a_part_line(), record=a_part_record()),
    ),
    C.NO_ORDERING_RIGHT: Case(lambda: judged(record=a_record(placed_by_contact=frozenset())), judged),
    C.OWN_COST: Case(
        lambda: judged(
            a_line(order_reference="Familiarisation", ground=Ground.TICKET),
            record=a_record(
                known=a_known(own_cost={"Familiarisation": OwnCostTarget(title="Familiarisation", rule="H11.3-c")})
            ),
        ),
        judged,
    ),
    C.PERIOD_NOT_ENDED: Case(
        lambda: judged(record=a_record(today=date(2026, 10, 31))),
        lambda: judged(record=a_record(today=date(2026, 11, 1))),
    ),
    C.PERIOD_STILL_OPEN: Case(
        lambda: judged(record=a_record(waiting={(WORK, GROUP): [(date(2026, 10, 6), 120)]})),
        lambda: judged(record=a_record(waiting={(WORK, GROUP + 1): [(date(2026, 10, 6), 120)]})),
    ),
    C.EARLIER_MONTH: Case(
        lambda: judged(a_line(**SEPTEMBER), record=a_record(a_piece(date(2026, 9, 8)))),
        judged,
    ),
    C.PRICE: Case(
        lambda: judged(a_line(unit_price=Decimal("100.01"), amount=Decimal("1000.10"))),
        judged,
    ),
    C.AMOUNT: Case(
        lambda: judged(record=a_record(**wrong(ArithmeticCode.LINE_AMOUNT, 1, "1000.00", "1000.02"))),
        lambda: judged(record=a_record(**wrong(ArithmeticCode.LINE_AMOUNT, 1, "1000.00", "1000.01"))),
    ),
    C.QUANTITY: Case(
        lambda: judged(a_line(quantity=Decimal("9.9"), amount=Decimal("990.00"))),
        lambda: judged(a_line(quantity=Decimal("9.75"), amount=Decimal("975.00"))),
    ),
    C.UNIT: Case(
        lambda: judged(a_line(unit=None, raw_unit="t")),
        lambda: judged(a_line(unit="MIN", quantity=Decimal(600))),
    ),
    C.VAT_RATE: Case(lambda: judged(a_line(vat_rate=Decimal(24))), judged),
    C.NEGATIVE: Case(lambda: judged(a_line(quantity=Decimal(-1), amount=Decimal(-100))), judged),
    C.CURRENCY: Case(lambda: judged(currency="SEK"), judged),
    C.TOTAL: Case(
        lambda: judged(net=Decimal("1000.01")),
        lambda: judged(net=Decimal("1000.00")),
    ),
    C.VAT_SUM: Case(
        lambda: judged(record=a_record(**wrong(ArithmeticCode.VAT_AMOUNT, None, "255.00", "255.02"))),
        lambda: judged(record=a_record(**wrong(ArithmeticCode.VAT_AMOUNT, None, "255.00", "255.01"))),
    ),
    C.NUMBER_USED: Case(lambda: judged(is_number_repeated=True, record=a_record(same_number=OTHER)), judged),
    C.SAME_AMOUNT: Case(lambda: judged(record=a_record(same_amount=[OTHER])), judged),
    C.LATE: Case(
        lambda: judged(arrived_at=datetime(2026, 11, 6, 22, 0, tzinfo=UTC)),  # Saturday in Helsinki
        lambda: judged(arrived_at=datetime(2026, 11, 6, 21, 59, tzinfo=UTC)),  # the 5th business day, a Friday
    ),
    C.NO_AGREEMENT: Case(lambda: judged(agreement_id=None), judged),
    C.SELLER: Case(lambda: judged(seller_business_id="0112038-9"), judged),
    C.ACCOUNT: Case(lambda: judged(ibans=["FI1880012312345678"]), judged),
    C.DUE_DATE: Case(
        lambda: judged(due_on=date(2026, 12, 3)),
        lambda: judged(due_on=date(2026, 12, 4)),
    ),
    C.CREDITS_NOTHING: Case(lambda: judged(credit_line(), kind=InvoiceKind.CREDIT_NOTE, record=a_record()), a_credit),
    C.CREDITS_UNKNOWN_INVOICE: Case(
        lambda: judged(
            credit_line(), kind=InvoiceKind.CREDIT_NOTE, record=a_record(credited=Credited(numbers=("1999-1",)))
        ),
        a_credit,
    ),
    C.CREDITS_UNKNOWN_LINE: Case(
        lambda: a_credit(credit_line(price_group_code="JUNIOR")),
        lambda: a_credit(credit_line(price_group_code="JUNIOR", credits_line_id=100)),
    ),
    C.CREDITS_TOO_MUCH: Case(
        lambda: a_credit(target=a_line(id=100, credited_minutes=540, credited_amount=Decimal(900))),
        lambda: a_credit(target=a_line(id=100, credited_minutes=480, credited_amount=Decimal(800))),
    ),
    C.DEDUCTION: Case(
        lambda: judged(a_deduction(amount=Decimal("-499.99")), record=a_deduction_record()),
        lambda: judged(a_deduction(), record=a_deduction_record()),
    ),
    C.DEDUCTION_WAITING: Case(
        lambda: judged(record=a_deduction_record(a_piece())),
        lambda: judged(a_line(), a_deduction(id=2, position=2), record=a_deduction_record(a_piece())),
    ),
    C.CREDIT_SIGN: Case(lambda: a_credit(credit_line(quantity=Decimal(2), amount=Decimal(200))), a_credit),
}


def _month(number: int) -> Any:
    from backend.kit.calendar import Month

    return Month(2026, number)


@pytest.mark.rule("D11.9-d")
def test_every_kind_of_finding_has_a_sort_and_a_pair_of_invoices_here() -> None:
    assert set(SORTS) == set(C) == set(CASES)


def test_every_kind_of_finding_stands_once_in_the_table_of_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs" / "invoices.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"\| of \| errors \| warnings \|\n.*?\n\n", page, re.DOTALL)
    assert sorted(re.findall(r"[A-Z_]{3,}", table)) == sorted(code.name for code in FindingCode)


@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize("code", list(CASES), ids=str)
def test_an_invoice_that_has_it_is_found_out(code: FindingCode) -> None:
    found = [each for each in CASES[code].has().findings if each.code is code]
    assert found
    for each in found:
        text = sentence(each.code, to_json(each.expected), to_json(each.found), each.about)
        assert "%" not in translate(text, Language.EN).replace(" %", "")


@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize("code", list(CASES), ids=str)
def test_one_that_has_it_not_is_left_alone(code: FindingCode) -> None:
    assert code.value not in codes(CASES[code].has_not())


@pytest.mark.rule("H11.9-c")
def test_a_line_for_a_ticket_that_names_none_is_told_so() -> None:
    line = a_line(order_reference=None, ground=Ground.TICKET)
    (found,) = [each for each in judged(line).findings if each.code is C.TICKET_NOT_APPROVED]
    said = translate(sentence(found.code, None, None, found.about), Language.EN)
    assert said == "The line names no ticket whose handling is approved for billing."


@pytest.mark.rule("D11.9-d", "H11.9-h")
def test_a_missing_account_is_called_missing_and_a_sum_of_own_cost_is_one_of_euros() -> None:
    (found,) = [each for each in judged(ibans=[]).findings if each.code is C.ACCOUNT]
    assert translate(sentence(found.code, None, None, None), Language.EN) == "The invoice names no account to pay to."
    known = a_known(own_cost={"REK-2026-0007": OwnCostTarget(title="Handling", rule="H11.10-h")})
    judgement = judged(a_deduction(amount=Decimal(500)), record=a_record(known=known))
    (found,) = [each for each in judgement.findings if each.code is C.OWN_COST]
    said = translate(sentence(found.code, None, to_json(found.found), found.about), Language.EN)
    assert "500,00\xa0€ is work" in said
