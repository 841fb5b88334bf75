"""What is said of a finding is true of the figures that it names."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.dialects.postgresql import Range

from backend.invoices.finding_codes import FindingCode
from backend.invoices.findings import sentence
from backend.invoices.reading import ArithmeticCode, ArithmeticFinding
from backend.invoices.record import Credited, Judgement
from backend.invoices.states import InvoiceKind
from backend.invoices.values import to_json
from backend.kit.actor import Language
from backend.kit.translation import NBSP, translate
from tests.invoices.facts import GROUP, a_line, a_piece, a_record, credit_line, judged

C, A = FindingCode, ArithmeticCode


def said(judgement: Judgement, code: FindingCode, language: Language = Language.EN) -> str:
    (found,) = [each for each in judgement.findings if each.code is code]
    text = sentence(found.code, to_json(found.expected), to_json(found.found), found.about)
    return translate(text, language).replace(NBSP, " ")


SUMS = {
    A.LINES_SUM: "The lines add up to 95,00 €, the total says 96,00 €.",
    A.DOCUMENT_NET: "With its allowances and charges the invoice comes to 95,00 € without VAT, it says 96,00 €.",
    A.GROSS: "The sum without VAT and VAT make 95,00 €, the total with VAT says 96,00 €.",
    A.PAYABLE: "By the total with VAT 95,00 € is to be paid, the invoice asks for 96,00 €.",
    A.VAT_BASE: "By the lines of its rate VAT is reckoned on 95,00 €, the invoice says on 96,00 €.",
    A.VAT_AMOUNT: "VAT is 95,00 € by its rate, the invoice says 96,00 €.",
    A.VAT_TOTAL: "VAT is 95,00 € by its rate, the invoice says 96,00 €.",
}


@pytest.mark.rule("D11.9-d", "D0-d")
@pytest.mark.parametrize("code", SUMS, ids=str)
def test_of_sums_that_disagree_it_is_said_which_they_are(code: ArithmeticCode) -> None:
    wrong = ArithmeticFinding(code, None, Decimal(95), Decimal(96))
    finding = C.VAT_SUM if code.name.startswith("VAT") else C.TOTAL
    assert said(judged(record=a_record(arithmetic=[wrong])), finding) == SUMS[code]


@pytest.mark.rule("D11.9-d")
def test_a_seller_of_no_number_is_said_to_have_none() -> None:
    finnish = said(judged(seller_business_id=None), C.SELLER, Language.FI)
    assert finnish.startswith("Laskulla ei ole myyjän Y-tunnusta; sopimuskumppanin Y-tunnus on ")


@pytest.mark.rule("D11.9-e")
def test_what_a_line_takes_back_is_said_without_a_sign() -> None:
    taken = said(judged(a_line(quantity=Decimal(-1), amount=Decimal(-100))), C.NEGATIVE)
    assert taken == "The line takes back 100,00 €: that is done by a credit note."


@pytest.mark.rule("D11.9-d", "D0-c")
def test_where_prices_changed_the_sum_is_told_apart_from_them() -> None:
    pieces = a_piece(date(2026, 10, 5), minutes=300), a_piece(date(2026, 10, 20), minutes=300)
    before, since = Range(date(2026, 1, 1), date(2026, 10, 15)), Range(date(2026, 10, 15), None)
    prices = {GROUP: [(before, Decimal(100)), (since, Decimal(80))]}
    judgement = judged(a_line(), record=a_record(*pieces, prices=prices))
    by = "By the contract's price (100,00 €/h, 80,00 €/h) the amount is 900,00 €, the line's is 1 000,00 €."
    assert said(judgement, C.PRICE) == by


@pytest.mark.rule("D11.9-e")
def test_a_credit_note_for_several_invoices_is_said_to_name_several() -> None:
    """Each of them may have come and stand."""
    record = a_record(credited=Credited(numbers=("1999-1", "1999-2")))
    note = judged(credit_line(), kind=InvoiceKind.CREDIT_NOTE, record=record)
    by = "The credit note names several invoices (1999-1, 1999-2): each is credited by a note of its own."
    assert said(note, C.CREDITS_UNKNOWN_INVOICE) == by


@pytest.mark.rule("D11.9-e", "D11.9-d")
def test_a_credit_note_that_costs_as_a_whole_is_not_said_to_be_a_line() -> None:
    record = a_record(arithmetic=[ArithmeticFinding(A.CREDIT_SIGN, None, Decimal(0), Decimal("59.61"))])
    judgement = judged(credit_line(), record=record, kind=InvoiceKind.CREDIT_NOTE)
    assert said(judgement, C.CREDIT_SIGN) == "A credit note takes back; this would cost 59,61 €."
