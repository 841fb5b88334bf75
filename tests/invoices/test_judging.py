"""What a line takes of the work on record, what it costs, and what comes of an invoice that is in order."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql import Range

from backend.invoices.finding_codes import FindingCode
from backend.invoices.findings import Found, sentence
from backend.invoices.matching import Piece, Shelf
from backend.invoices.meaning import OwnCostTarget
from backend.invoices.record import Credited
from backend.invoices.states import Ground, InvoiceKind, Key, Severity
from backend.invoices.values import to_json
from backend.kit.actor import Language
from backend.kit.amounts import Minutes
from backend.kit.calendar import Month
from backend.kit.refs import Ref
from backend.kit.translation import translate
from backend.parties.states import ReferenceKey
from tests.invoices.facts import (
    AGREEMENT,
    FIXED,
    GROUP,
    NUMBER,
    OCTOBER,
    ORDER,
    OTHER,
    PART,
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
    the,
)

C = FindingCode


def said(found: Found) -> str:
    """What a finding says in English."""
    return translate(sentence(found.code, to_json(found.expected), to_json(found.found), found.about), Language.EN)


def test_an_invoice_in_order_has_no_finding_and_holds_what_it_bills() -> None:
    judgement = judged()
    assert codes(judgement) == []
    assert [(hold.line_id, hold.amount) for hold in judgement.holds] == [(1, 600)]


def test_a_credit_in_order_has_no_finding_and_holds_nothing() -> None:
    judgement = a_credit()
    assert codes(judgement) == []
    assert judgement.holds == []
    assert judgement.credits_lines == {2: 100}


# What a line takes


@pytest.mark.rule("D11.9-h")
def test_a_line_takes_the_oldest_days_first_and_splits_the_last() -> None:
    late, early = a_piece(date(2026, 10, 20), 480), a_piece(date(2026, 10, 2), 240)
    judgement = judged(record=a_record(late, early))
    assert [(hold.piece.day.day, hold.amount) for hold in judgement.holds] == [(2, 240), (20, 360)]


@pytest.mark.rule("D11.9-h")
def test_two_lines_of_the_same_share_what_there_is_in_their_order() -> None:
    lines = a_line(), a_line(id=2, position=2, quantity=Decimal(5), amount=Decimal(500))
    judgement = judged(*lines, record=a_record(a_piece(minutes=780)))
    assert [(hold.line_id, hold.amount) for hold in judgement.holds] == [(1, 600), (2, 180)]
    assert the(judgement, C.MORE_THAN_APPROVED).expected == Minutes(180)


@pytest.mark.rule("D11.9-d")
def test_a_line_whose_month_another_line_took_whole_is_not_said_to_be_of_another_month() -> None:
    lines = a_line(), a_line(id=2, position=2, quantity=Decimal(3), amount=Decimal(300))
    november = {(WORK, GROUP): [Month(2026, 11)]}
    for piece, holder in ((a_piece(minutes=600), {}), (a_piece(minutes=600, held_by=77), {77: OTHER})):
        judgement = judged(*lines, record=a_record(piece, holders=holder, elsewhere=november))
        assert C.OTHER_PERIOD not in codes(judgement)
    judgement = judged(*lines, record=a_record(a_piece(minutes=600), elsewhere=november))
    assert the(judgement, C.MORE_THAN_APPROVED).expected == Minutes(0)


@pytest.mark.rule("D11.9-h")
def test_work_of_another_month_or_price_group_is_never_taken() -> None:
    november = a_piece(date(2026, 11, 1))
    junior = a_piece(date(2026, 10, 7))
    judgement = judged(record=a_record(november, others={(WORK, GROUP + 1): junior}))
    assert judgement.holds == []
    assert codes(judgement) == ["more_than_approved"]


@pytest.mark.rule("H11.9-b")
def test_a_line_for_an_overrun_takes_only_what_an_overrun_granted() -> None:
    granted = a_piece(date(2026, 10, 9), 300, is_overrun=True)
    line = a_line(ground=Ground.OVERRUN)
    judgement = judged(line, record=a_record(a_piece(date(2026, 10, 1)), granted))
    assert [(hold.piece.is_overrun, hold.amount) for hold in judgement.holds] == [(True, 300)]
    assert the(judgement, C.ABOVE_ESTIMATE).found == Minutes(300)


@pytest.mark.rule("D11.9-d")
def test_a_line_for_an_overrun_is_not_said_to_be_billed_by_who_holds_the_ordinary_hours() -> None:
    ordinary = a_piece(date(2026, 10, 1), held_by=77)
    known: dict[str, Any] = {"holders": {77: OTHER}, "room": {WORK: 120}}
    known["waiting"] = {(WORK, GROUP): [(date(2026, 10, 7), 600)]}
    judgement = judged(a_line(ground=Ground.OVERRUN), record=a_record(ordinary, **known))
    parts = {found.code: found.found for found in judgement.findings}
    assert parts == {C.HOURS_NOT_APPROVED: Minutes(120), C.ABOVE_ESTIMATE: Minutes(480)}
    granted = a_piece(date(2026, 10, 9), 600, is_overrun=True, held_by=77)
    judgement = judged(a_line(ground=Ground.OVERRUN), record=a_record(ordinary, granted, **known))
    assert the(judgement, C.ALREADY_BILLED).found == Minutes(600)


@pytest.mark.rule("D11.9-d", "D11.9-e")
def test_of_a_sum_that_others_bill_nothing_is_said_to_be_left() -> None:
    held = {77: 40_000, 78: 50_000}
    shelf = Shelf([Piece(id=n, day=OCTOBER[0], amount=cents, held_by=n) for n, cents in held.items()])
    record = a_record(holders=dict.fromkeys(held, OTHER), shelves={(Ref("Order", FIXED), PART): shelf})
    findings = judged(a_part_line(), record=record).findings
    assert [(found.code, found.found, found.expected) for found in findings] == [
        (C.ALREADY_BILLED, Decimal(400), Decimal(0)),
        (C.ALREADY_BILLED, Decimal(500), Decimal(0)),
        (C.MORE_THAN_APPROVED, Decimal(1000), Decimal(0)),
    ]


@pytest.mark.rule("D11.9-d")
def test_what_is_missing_is_explained_part_by_part() -> None:
    record = a_record(
        a_piece(minutes=120),
        a_piece(date(2026, 10, 6), 180, held_by=77),
        holders={77: OTHER},
        waiting={(WORK, GROUP): [(date(2026, 10, 7), 150)]},
        room={WORK: 60},
    )
    judgement = judged(record=record)
    parts = {found.code: found.found for found in judgement.findings}
    assert parts == {
        C.ALREADY_BILLED: Minutes(180),
        C.HOURS_NOT_APPROVED: Minutes(60),
        C.ABOVE_ESTIMATE: Minutes(90),
        C.MORE_THAN_APPROVED: Minutes(600),
    }
    assert the(judgement, C.ALREADY_BILLED).other_invoice_id == OTHER.id


@pytest.mark.rule("H11.9-h")
def test_extra_effort_against_instruction_is_named_with_its_own_rule() -> None:
    extra = OwnCostTarget(title="Done against instruction", rule="H11.8.1-h")
    record = a_record(a_piece(minutes=480), own_cost={ORDER: [(date(2026, 10, 8), 120, extra)]})
    found = the(judged(record=record), C.OWN_COST)
    assert (found.rule, found.found, found.about) == ("H11.8.1-h", Minutes(120), "Done against instruction")


@pytest.mark.rule("H11.7.3-h")
def test_what_is_not_approved_is_an_error_and_never_held() -> None:
    judgement = judged(record=a_record(a_piece(minutes=0 + 15), waiting={(WORK, GROUP): [(date(2026, 10, 6), 585)]}))
    assert sum(hold.amount for hold in judgement.holds) == 15
    assert the(judgement, C.HOURS_NOT_APPROVED).severity is Severity.ERROR


@pytest.mark.rule("D11.9-h")
def test_a_part_is_taken_by_its_month_where_its_number_is_not_said() -> None:
    known = a_known(milestones={FIXED: [a_part(position=1, month=date(2026, 9, 1), id=31), a_part(month=OCTOBER[0])]})
    line = a_part_line(milestone_position=None)
    judgement = judged(line, record=a_part_record(known=known))
    assert codes(judgement) == []
    assert judgement.meanings[0].milestone is not None
    assert judgement.meanings[0].milestone.id == PART


@pytest.mark.rule("H11.9-a", "H11.9-b")
@pytest.mark.parametrize("told", [{}, {"period_first": None, "period_last": None}])
@pytest.mark.parametrize(("today", "found"), [(OCTOBER[1], [C.PERIOD_NOT_ENDED]), (date(2026, 11, 1), [])])
def test_a_months_fee_is_billed_when_its_month_has_ended(
    today: date, found: list[FindingCode], told: dict[str, Any]
) -> None:
    known = a_known(milestones={FIXED: [a_part(month=OCTOBER[0])]})
    assert codes(judged(a_part_line(**told), record=a_part_record(known=known, today=today))) == found


@pytest.mark.rule("D11.9-h")
@pytest.mark.parametrize("first", [date(2026, 9, 1), date(2026, 8, 1)])
def test_a_months_fee_is_not_billed_as_another_months(first: date) -> None:
    known = a_known(milestones={FIXED: [a_part(month=date(2026, 9, 1))]})
    for last, expected in ((date(2026, 9, 30), first.month != 9), (OCTOBER[1], True)):
        judgement = judged(a_part_line(period_first=first, period_last=last), record=a_part_record(known=known))
        assert (C.OTHER_PERIOD in codes(judgement)) is expected


# Prices


@pytest.mark.rule("D0-c", "D0-d")
def test_where_the_price_changed_within_the_month_the_sum_of_both_is_due() -> None:
    """Four hours at 90 and six at 100 euros are 960, whatever one price the line says."""
    prices = {
        GROUP: [
            (Range(date(2026, 1, 1), date(2026, 10, 15)), Decimal(90)),
            (Range(date(2026, 10, 15), None), Decimal(100)),
        ]
    }
    record = [a_piece(date(2026, 10, 14), 240), a_piece(date(2026, 10, 15), 360)]
    right = a_line(unit_price=Decimal(96), amount=Decimal("960.00"))
    assert codes(judged(right, record=a_record(*record, prices=prices))) == []
    found = the(judged(record=a_record(*[a_piece(p.day, p.amount) for p in record], prices=prices)), C.PRICE)
    assert (found.found, found.expected[-1]) == (Decimal("1000.00"), Decimal("960.00"))  # type: ignore[index]


def test_a_charge_on_a_line_of_hours_is_not_the_contracts_price() -> None:
    line = a_line(adjustment=Decimal(50), amount=Decimal("1050.00"))
    assert codes(judged(line)) == ["price"]


def test_a_day_without_an_agreed_price_and_a_line_without_a_price_are_told_in_sentences_of_their_own() -> None:
    found = the(judged(record=a_record(prices={})), C.PRICE)
    assert (found.expected, said(found)) == (None, "No price is agreed for what the line bills.")
    silent = a_credit(credit_line(unit_price=None, amount=Decimal("-150.00")))
    assert said(the(silent, C.PRICE)) == "The contract's price is 100,00\xa0€/h, and the line has none."


@pytest.mark.rule("H11.9-a")
def test_hours_that_tiera_approved_late_may_be_invoiced_three_business_days_after() -> None:
    """Approved on Monday 9.11.: due on Thursday 12.11."""
    piece = {"approved_at": datetime(2026, 11, 9, 9, 0, tzinfo=UTC)}
    in_time = judged(record=a_record(a_piece(**piece)), arrived_at=datetime(2026, 11, 12, 12, 0, tzinfo=UTC))
    late = judged(record=a_record(a_piece(**piece)), arrived_at=datetime(2026, 11, 13, 7, 0, tzinfo=UTC))
    assert not in_time.is_late
    assert the(late, C.LATE).expected == date(2026, 11, 12)


NOVEMBER = {"period_first": date(2026, 11, 1), "period_last": date(2026, 11, 30)}


@pytest.mark.rule("H11.9-a")
@pytest.mark.parametrize("other", [{**NOVEMBER}, {**NOVEMBER, "order_reference": "TIL-2026-0001"}])
def test_an_invoice_is_no_earlier_by_a_line_of_a_month_that_is_not_over(other: dict[str, Any]) -> None:
    """October was due on Friday 6.11.; fifteen minutes of November, right or wrong, do not make it in time."""
    lines = (a_line(), a_line(id=2, position=2, quantity=Decimal("0.25"), amount=Decimal("25.00"), **other))
    record = a_record(a_piece(), a_piece(date(2026, 11, 3), minutes=15))
    late = judged(*lines, record=record, arrived_at=datetime(2026, 11, 10, 8, 0, tzinfo=UTC))
    assert (late.is_late, the(late, C.LATE).expected) == (True, date(2026, 11, 6))


@pytest.mark.rule("H11.9-a")
def test_late_work_of_an_earlier_month_is_marked_on_its_line_and_makes_no_invoice_late_that_came_in_time() -> None:
    september = a_line(id=2, position=2, period_first=date(2026, 9, 1), period_last=date(2026, 9, 30))
    both = judged(a_line(), september, record=a_record(a_piece(), a_piece(date(2026, 9, 8))))
    assert not both.is_late
    assert [found.line_id for found in both.findings if found.code is C.EARLIER_MONTH] == [2]
    alone = judged(september, record=a_record(a_piece(date(2026, 9, 8))))
    assert the(alone, C.LATE).expected == date(2026, 10, 7)
    in_error = judged(a_line(), september, record=a_record(a_piece(date(2026, 9, 8))))
    assert in_error.is_late, "a line that bills nothing approved makes it no earlier"
    approved = {"approved_at": datetime(2026, 11, 3, 8, 0, tzinfo=UTC)}
    late_work = judged(september, record=a_record(a_piece(date(2026, 9, 8), **approved)))
    assert not late_work.is_late, "Tiera approved it late"


@pytest.mark.rule("H11.9-a", "H11.9-b")
@pytest.mark.parametrize("period", [{}, {"period_first": OCTOBER[0], "period_last": OCTOBER[1]}])
def test_a_part_of_a_fixed_price_is_of_the_month_of_its_acceptance_whatever_period_is_said(
    period: dict[str, Any],
) -> None:
    none = {"period_first": None, "period_last": None}
    accepted = {"milestones": {FIXED: [a_part(accepted_at=datetime(2026, 9, 15, 8, 0, tzinfo=UTC))]}}
    judgement = judged(a_part_line(**(none | period)), record=a_part_record(known=a_known(**accepted)))
    assert the(judgement, C.LATE).expected == date(2026, 10, 7)
    assert the(judgement, C.EARLIER_MONTH).found == Month(2026, 9)
    accepted = {"milestones": {FIXED: [a_part(accepted_at=datetime(2026, 10, 31, 20, 0, tzinfo=UTC))]}}
    assert codes(judged(a_part_line(**none), record=a_part_record(known=a_known(**accepted)))) == []


@pytest.mark.rule("H11.9-i")
def test_the_order_number_that_is_required_is_tieras_own() -> None:
    known = a_known(by_reference={"S-77": ORDER})
    required = {AGREEMENT: frozenset({ReferenceKey.ORDER_NUMBER})}
    line = a_line(order_reference="S-77")
    at_head = judged(line, record=a_record(known=known, required=required), order_reference=NUMBER)
    told = the(at_head, C.REQUIRED_REFERENCE)
    assert (told.expected, told.rule) == ((ReferenceKey.ORDER_NUMBER,), "H11.9-i")
    assert the(judged(line, record=a_record(known=known, required=required)), C.REQUIRED_REFERENCE).rule == "H11.8.3-a"


@pytest.mark.rule("H11.8.3-a")
def test_a_line_that_names_the_suppliers_own_number_alone_is_an_error_whatever_was_announced() -> None:
    known = a_known(by_reference={"S-77": ORDER, NUMBER: ORDER})
    told = the(judged(a_line(order_reference=" S-77 "), record=a_record(known=known)), C.REQUIRED_REFERENCE)
    assert (told.is_error, told.rule, told.found, told.about) == (True, "H11.8.3-a", "S-77", NUMBER)
    assert codes(judged(record=a_record(known=known))) == []
    at_head = judged(a_line(order_reference="S-77"), record=a_record(known=known), order_reference=NUMBER)
    assert codes(at_head) == []
    pointed = a_line(order_reference="S-77", order_id=ORDER, pointed=[Key.ORDER.value])
    assert the(judged(pointed, record=a_record(known=known)), C.REQUIRED_REFERENCE).is_error is False


@pytest.mark.rule("D11.9-h")
def test_what_a_person_pointed_stands_in_for_what_the_line_lacks() -> None:
    line = a_line(order_reference=None, order_id=ORDER, pointed=[Key.ORDER.value])
    assert codes(judged(line)) == []


@pytest.mark.rule("H11.9-i")
@pytest.mark.rule("D11.9-h")
def test_what_is_required_of_a_line_and_a_person_pointed_is_told_and_no_error() -> None:
    line = a_line(order_reference=None, order_id=ORDER, pointed=[Key.ORDER.value])
    required = frozenset({ReferenceKey.ORDER_NUMBER, ReferenceKey.PERIOD})
    pointed = the(judged(line, record=a_record(required={AGREEMENT: required})), C.REQUIRED_REFERENCE)
    assert (pointed.is_error, pointed.expected) == (False, (ReferenceKey.ORDER_NUMBER,))
    more = {AGREEMENT: required | {ReferenceKey.BUYER_REFERENCE}}
    both = [found for found in judged(line, record=a_record(required=more)).findings if found.is_error]
    assert [found.expected for found in both] == [(ReferenceKey.BUYER_REFERENCE,)]


@pytest.mark.rule("D11.9-e")
def test_credits_of_one_note_count_together_against_their_line() -> None:
    target = a_line(id=100)
    lines = [credit_line(id=n, position=n, quantity=Decimal(-6), amount=Decimal("-600.00")) for n in (2, 3)]
    record = a_record(credited=Credited(numbers=("2026-6",), invoice=OTHER, lines=[target]))
    judgement = judged(*lines, record=record, kind=InvoiceKind.CREDIT_NOTE)
    assert {found.line_id for found in judgement.findings if found.code is C.CREDITS_TOO_MUCH} == {3}


@pytest.mark.rule("D0-c", "D11.9-d")
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ({"quantity": 600, "unit": "MIN", "unit_price": "100", "amount": "60000"}, [C.PRICE]),
        ({"quantity": 600, "unit": "MIN", "unit_price": "1.666667", "amount": "1000.00"}, []),
        ({"quantity": 600, "unit": "MIN", "unit_price": "1.66667", "amount": "1000.00"}, []),
        ({"quantity": 600, "unit": "MIN", "unit_price": "1.66667", "amount": "1000.02"}, [C.PRICE]),
        ({"quantity": 600, "unit": "MIN", "unit_price": "1.6667", "amount": "1000.00"}, [C.PRICE]),
        ({"quantity": 600, "unit": "MIN", "unit_price": "1.666667", "amount": "1100.00"}, [C.PRICE]),
        ({"quantity": 10, "unit_price": "100", "amount": "5000.00"}, [C.PRICE]),
    ],
)
def test_the_price_of_an_hour_is_that_of_the_unit_and_the_amount_is_no_more_than_it_makes(
    line: dict[str, Any], found: list[FindingCode]
) -> None:
    """Whether the file's own figures agree with each other is another question, and may be left open by the file."""
    figures = {name: value if name == "unit" else Decimal(value) for name, value in line.items()}
    assert codes(judged(a_line(**figures))) == found


@pytest.mark.rule("H11.8.3-c")
def test_hours_that_come_to_more_than_their_order_binds_are_told_once_and_are_no_error() -> None:
    record = a_record(passed={ORDER: (Decimal("1000.00"), Decimal("1400.00"))})
    lines = [a_line(quantity=Decimal(5), amount=Decimal("500.00"), id=n, position=n) for n in (1, 2)]
    judgement = judged(*lines, record=record)
    (found,) = judgement.findings
    assert (found.code, found.line_id, found.severity, found.rule) == (
        C.ABOVE_ESTIMATE,
        1,
        Severity.WARNING,
        "H11.8.3-c",
    )
    assert (found.expected, found.found, found.about) == (Decimal("1000.00"), Decimal("1400.00"), "TIL-2026-00001")
    assert sum(hold.amount for hold in judgement.holds) == 600


def test_the_agreement_of_the_order_says_which_price_groups_there_are() -> None:
    found = the(judged(a_line(price_group_code="ARCHITECT")), C.UNKNOWN_PRICE_GROUP)
    assert found.expected == ("JUNIOR", "SENIOR")
    assert AGREEMENT
