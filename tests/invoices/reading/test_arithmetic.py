"""Each figure that does not agree with the others is found, and no other."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.invoices.reading import Adjustment, ArithmeticCode, EInvoice, Totals, VatRate, check, read
from backend.invoices.reading.arithmetic import round_half_up
from tests.invoices.reading.files import finvoice, ubl

D = Decimal
CENT = D("0.01")


def make_invoice(**changes: object) -> EInvoice:
    """Ten hours at 95 euros and 25.5 per cent VAT, all of it right."""
    return replace(read(ubl()), **changes)


TWO_CENTS = D("0.02")


def codes(invoice: EInvoice, tolerance: Decimal = TWO_CENTS) -> list[ArithmeticCode]:
    return [finding.code for finding in check(invoice, tolerance)]


def with_totals(**changes: Decimal) -> Callable[[EInvoice], EInvoice]:
    return lambda invoice: replace(invoice, totals=replace(invoice.totals, **changes))


def with_line(**changes: object) -> Callable[[EInvoice], EInvoice]:
    return lambda invoice: replace(invoice, lines=(replace(invoice.lines[0], **changes),))


def with_rate(**changes: Decimal) -> Callable[[EInvoice], EInvoice]:
    return lambda invoice: replace(invoice, vat_rates=(replace(invoice.vat_rates[0], **changes),))


FAULTS = {
    "a line's amount": (with_line(quantity=D(11)), [ArithmeticCode.LINE_AMOUNT]),
    "the sum of lines": (
        with_line(net_amount=D(951), quantity=None),
        [ArithmeticCode.LINES_SUM, ArithmeticCode.VAT_BASE],
    ),
    "the total without VAT": (with_totals(net=D(951)), [ArithmeticCode.DOCUMENT_NET, ArithmeticCode.GROSS]),
    "the VAT of a rate": (with_rate(amount=D(243)), [ArithmeticCode.VAT_AMOUNT, ArithmeticCode.VAT_TOTAL]),
    "a rate that no line has": (with_rate(rate=D(24)), [ArithmeticCode.VAT_AMOUNT] + [ArithmeticCode.VAT_BASE] * 2),
    "the total of VAT": (with_totals(vat=D(243)), [ArithmeticCode.GROSS, ArithmeticCode.VAT_TOTAL]),
    "the total with VAT": (with_totals(gross=D(1193)), [ArithmeticCode.GROSS, ArithmeticCode.PAYABLE]),
    "what is to be paid": (with_totals(payable=D(1000)), [ArithmeticCode.PAYABLE]),
    "what is paid already": (with_totals(prepaid=D(100)), [ArithmeticCode.PAYABLE]),
}


TOO_MUCH = {"gross": D(2192), "payable": D(2192)}
UNBORNE = VatRate(category="S", rate=D("25.5"), base=D("4870.59"), amount=D("1242.00"))
RIGHT = VatRate(category="S", rate=D("25.5"), base=D(950), amount=D("242.25"))
SILENT: dict[str, tuple[dict[str, object], list[ArithmeticCode]]] = {
    "neither a sum of VAT nor its rates": ({"vat": None, "rates": ()}, [ArithmeticCode.VAT_TOTAL]),
    "no sum of VAT beside its rates": ({"vat": None}, [ArithmeticCode.VAT_TOTAL]),
    "a sum of VAT of no rate": ({"vat": D("1242.00"), "rates": ()}, [ArithmeticCode.VAT_TOTAL]),
    "a base of VAT that no line bears": (
        {"vat": D("1242.00"), "rates": (UNBORNE,), "line": None},
        [ArithmeticCode.VAT_BASE] * 2,
    ),
    "neither the base of VAT nor the rate of a line": (
        {"vat": D("1242.00"), "rates": (replace(UNBORNE, base=None),), "line": None},
        [ArithmeticCode.VAT_AMOUNT],
    ),
    "VAT of a rate without its base": (
        {"vat": D("1242.00"), "rates": (replace(UNBORNE, base=None),)},
        [ArithmeticCode.VAT_AMOUNT],
    ),
    "a rate said twice, once without its base": (
        {"vat": D("1242.00"), "rates": (RIGHT, replace(UNBORNE, base=None, amount=D("999.75")))},
        [ArithmeticCode.VAT_AMOUNT],
    ),
}


@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize(("silence", "found"), SILENT.values(), ids=SILENT)
def test_vat_that_the_file_keeps_silent_on_is_reckoned(silence: dict[str, object], found: list[ArithmeticCode]) -> None:
    """Whoever writes the file chooses what it says: a total with VAT that nothing bears out is told all the same."""
    invoice = make_invoice()
    rates = silence.get("rates", invoice.vat_rates)
    line = replace(invoice.lines[0], **({"vat_rate": None} if "line" in silence else {}))
    totals = replace(invoice.totals, **TOO_MUCH, vat=silence["vat"])
    assert codes(replace(invoice, totals=totals, vat_rates=rates, lines=(line,))) == found


@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize("change", [{"rounding": D(500)}, {"rounding": D("0.51")}, {"prepaid": D(-500)}])
def test_what_is_to_be_paid_is_never_more_than_the_total(change: dict[str, Decimal]) -> None:
    invoice = make_invoice()
    more = sum(map(abs, change.values()), D(0))
    asked = with_totals(**change, payable=invoice.totals.gross + more)(invoice)
    assert codes(asked) == [ArithmeticCode.PAYABLE]


@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize(("change", "found"), FAULTS.values(), ids=FAULTS)
def test_a_wrong_figure_is_found(change: Callable[[EInvoice], EInvoice], found: list[ArithmeticCode]) -> None:
    assert codes(make_invoice()) == []
    assert codes(change(make_invoice())) == found


def test_a_finding_says_which_line_and_both_figures() -> None:
    (finding,) = check(with_line(quantity=D(11))(make_invoice()), D(0))
    assert (finding.line, finding.expected, finding.found) == (1, D("1045.00"), D(950))


def test_a_difference_within_the_tolerance_is_no_finding() -> None:
    invoice = with_totals(payable=D("1192.27"))(make_invoice())
    assert codes(invoice, D("0.02")) == []
    assert codes(invoice, D("0.01")) == [ArithmeticCode.PAYABLE]


@pytest.mark.parametrize("missing", ["quantity", "unit_price"])
def test_a_line_is_reckoned_only_when_all_its_parts_are_known(missing: str) -> None:
    invoice = with_line(**{"quantity": D(99), missing: None})(make_invoice())
    assert codes(invoice) == []


def test_an_allowance_of_unknown_amount_leaves_its_line_unreckoned() -> None:
    percent_only = Adjustment(is_charge=False, amount=None)
    assert codes(with_line(quantity=D(11), adjustments=(percent_only,))(make_invoice())) == []


def test_lines_given_with_vat_are_compared_with_the_total_with_vat() -> None:
    invoice = with_line(net_amount=None, unit_price=None, gross_unit_price=D("119.225"), gross_amount=D("1192.25"))(
        make_invoice()
    )
    assert codes(invoice) == []
    assert codes(with_totals(gross=D(1100), net=D(900), vat=D(200), payable=D(1100))(invoice)) == [
        ArithmeticCode.LINES_SUM,
        ArithmeticCode.DOCUMENT_NET,
        ArithmeticCode.VAT_TOTAL,
    ]


@pytest.mark.rule("D11.9-d")
def test_lines_given_with_vat_less_an_allowance_are_compared_with_the_total_too() -> None:
    line = with_line(net_amount=None, unit_price=None, gross_amount=D("1192.25"))(make_invoice())
    cent, unsaid = Adjustment(is_charge=False, amount=CENT), replace(RIGHT, base=None, amount=D(1242))
    too_much = Totals(gross=D(2192), vat=D(1242), payable=D(2192))
    invoice = replace(line, adjustments=(cent,), vat_rates=(unsaid,), totals=too_much)
    assert codes(invoice) == [ArithmeticCode.LINES_SUM, ArithmeticCode.VAT_AMOUNT]
    right = Totals(gross=D("1192.24"), vat=D("242.25"), payable=D("1192.24"))
    assert codes(replace(invoice, vat_rates=(RIGHT,), totals=right)) == []
    free = Adjustment(is_charge=True, amount=D(10))
    more = Totals(gross=D("1202.25"), vat=D("242.25"), payable=D("1202.25"))
    assert codes(replace(invoice, adjustments=(free,), vat_rates=(replace(RIGHT, base=None),), totals=more)) == []


def test_allowances_and_charges_of_the_document_are_part_of_net_and_of_their_rates_base() -> None:
    off = Adjustment(is_charge=False, amount=D(50), vat_rate=D("25.5"), vat_category="S")
    invoice = make_invoice(
        adjustments=(off,),
        totals=Totals(lines=D(950), allowances=D(50), net=D(900), vat=D("229.50"), gross=D("1129.50")),
        vat_rates=(VatRate(category="S", rate=D("25.5"), base=D(900), amount=D("229.50")),),
    )
    assert codes(invoice) == []
    assert codes(replace(invoice, adjustments=())) == []  # only totalled: as far as it is known
    assert codes(replace(invoice, adjustments=(replace(off, amount=D(60)),))) == [
        ArithmeticCode.DOCUMENT_NET,
        ArithmeticCode.VAT_BASE,
    ]


@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize("said", [{"adjustments": ()}, {}], ids=["only totalled", "itemised"])
def test_an_allowance_without_a_rate_hides_no_vat_of_a_rate_that_no_line_has(said: dict[str, object]) -> None:
    """It is of the rate of the lines, where they have but one: its base is told, and another rate's has none."""
    cent = Adjustment(is_charge=False, amount=CENT)
    totals = Totals(lines=D(950), allowances=CENT, net=D("949.99"), vat=D("949.99"), gross=D("1899.98"))
    twice = VatRate(category="S", rate=D(100), base=D("949.99"), amount=D("949.99"))
    invoice = make_invoice(**({"adjustments": (cent,)} | said), totals=totals, vat_rates=(twice,))
    assert codes(invoice) == [ArithmeticCode.VAT_BASE] * 2
    right = replace(totals, vat=D("242.25"), gross=D("1192.24"))
    assert codes(replace(invoice, totals=right, vat_rates=(RIGHT,))) == []


@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize(
    "apart",
    [
        {"vat_rate": D(14), "allowances": (Adjustment(is_charge=False, amount=CENT),)},
        {"vat_rate": D(14), "allowances": [Adjustment(is_charge=each, amount=CENT) for each in (True, False)]},
        {"vat_rate": None, "allowances": ()},
    ],
    ids=["an allowance beside lines of two rates", "one and a charge", "a line"],
)
def test_what_says_no_rate_hides_no_more_vat_than_its_own(apart: dict[str, Any]) -> None:
    """It may be of any rate; what the other lines come to is still told of theirs."""
    (line,) = make_invoice().lines
    lines = line, replace(line, position=2, quantity=None, net_amount=CENT, vat_rate=apart["vat_rate"])
    effect = sum((each.amount if each.is_charge else -each.amount for each in apart["allowances"]), D(0))
    net = D("950.01") + effect
    totals = Totals(lines=D("950.01"), net=net, vat=net, gross=2 * net, payable=2 * net)
    twice = VatRate(category="S", rate=D(100), base=net, amount=net)
    invoice = make_invoice(lines=lines, adjustments=tuple(apart["allowances"]), totals=totals, vat_rates=(twice,))
    assert codes(invoice) == [ArithmeticCode.VAT_BASE] * 2
    vat = D("242.25")
    right = replace(totals, vat=vat, gross=net + vat, payable=net + vat)
    rest = VatRate(category="S", rate=apart["vat_rate"] or D(0), base=net - 950, amount=D(0))
    assert codes(replace(invoice, totals=right, vat_rates=(RIGHT, rest)), D(0)) == []


@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize("said", [{"vat_category": "E"}, {"vat_rate": D(0)}, {}, None], ids=str)
def test_a_charge_without_vat_is_not_taken_to_be_of_the_rate_of_the_lines(said: dict[str, Any] | None) -> None:
    """Its category says so, or what the file says of each rate's VAT; itemised or totalled."""
    charges = () if said is None else (Adjustment(is_charge=True, amount=D(10), **said),)
    totals = Totals(lines=D(950), charges=D(10), net=D(960), vat=D("242.25"), gross=D("1202.25"))
    free = VatRate(category="E", rate=D(0), base=D(10), amount=D(0))
    assert codes(make_invoice(adjustments=charges, totals=totals, vat_rates=(RIGHT, free)), D(0)) == []


@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize("lines", [D(950), None])
def test_a_total_with_vat_is_compared_where_the_file_says_none_without(lines: Decimal | None) -> None:
    """What the lines come to stands in for it."""
    assert codes(with_totals(net=None, lines=lines)(make_invoice())) == []
    asked = with_totals(net=None, lines=lines, gross=D(5000), payable=D(5000))(make_invoice())
    assert codes(asked) == [ArithmeticCode.GROSS]


def test_a_base_that_the_file_does_not_say_is_not_compared() -> None:
    assert codes(make_invoice(vat_rates=(replace(RIGHT, base=None),))) == []


def test_a_credit_note_that_would_cost_something_is_found() -> None:
    assert codes(read(ubl(credit=True))) == []
    assert codes(read(finvoice(type_code="INV02"))) == [ArithmeticCode.CREDIT_SIGN]


@pytest.mark.parametrize(("amount", "rounded"), [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68")])
def test_halves_are_rounded_away_from_zero(amount: str, rounded: str) -> None:
    assert round_half_up(D(amount)) == D(rounded)


def as_said(draw: st.DrawFn, said: Decimal) -> Decimal | None:
    return draw(st.sampled_from([said, None]))


@st.composite
def right_invoices(draw: st.DrawFn) -> EInvoice:
    """Lines of some rates, each with its amount without VAT or with it alone, or at its price; sums said or not."""
    (line,), lines, bases = make_invoice().lines, [], dict[Decimal, Decimal]()
    for rate in draw(st.lists(st.sampled_from([D("25.5"), D(14), D(0)]), min_size=1, max_size=6)):
        net, way = draw(st.decimals(-100, 1000, places=2)), draw(st.sampled_from(["net", "gross", "product"]))
        bases[rate] = bases.get(rate, D(0)) + net
        amounts = {
            "net_amount": net if way == "net" else None,
            "gross_amount": round_half_up(net * (1 + rate / 100)) if way == "gross" else None,
            "unit_price": net if way == "product" else None,
        }
        said_rate = rate if rate or way == "gross" else None
        lines.append(replace(line, quantity=D(1), vat_rate=said_rate, vat_category="S" if rate else "E", **amounts))
    vats = {rate: round_half_up(base * rate / 100) for rate, base in bases.items()}
    net, vat = sum(bases.values(), D(0)), sum(vats.values(), D(0))
    told = [
        VatRate(category=None, rate=rate, base=as_said(draw, base), amount=as_said(draw, vats[rate]))
        for rate, base in bases.items()
    ]
    totals = Totals(
        gross=net + vat, net=as_said(draw, net), lines=as_said(draw, net), vat=as_said(draw, vat), payable=net + vat
    )
    return make_invoice(lines=tuple(lines), totals=totals, vat_rates=tuple(told) if draw(st.booleans()) else ())


@pytest.mark.rule("D11.9-d")
@given(right_invoices())
def test_whatever_is_left_unsaid_a_right_invoice_is_right_and_one_that_asks_for_more_is_not(invoice: EInvoice) -> None:
    """But for the cents of lines that are given with VAT alone and add up to a total that was not reckoned by them."""
    cents = D("0.01") * (len(invoice.lines) + 1)
    assert codes(invoice, cents) == []
    for name in ("net", "vat", "neither"):
        totals = replace(invoice.totals, gross=invoice.totals.gross + 10, payable=None)
        if name != "neither" and (said := getattr(totals, name)) is not None:
            totals = replace(totals, **{name: said + 10})
        assert codes(replace(invoice, totals=totals), cents) != []


@given(st.decimals(0, 1000, places=2), st.decimals(0, 500, places=4))
def test_a_credit_is_the_mirror_of_its_invoice(quantity: Decimal, price: Decimal) -> None:
    amount = round_half_up(quantity * price)
    line = with_line(quantity=quantity, unit_price=price, net_amount=amount)
    mirror = with_line(quantity=-quantity, unit_price=price, net_amount=-amount)
    for change in (line, mirror):
        assert ArithmeticCode.LINE_AMOUNT not in codes(change(make_invoice()), D(0))


@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize(
    ("price", "amount", "is_right"),
    [
        ("1.58333", "15200.00", True),
        ("1.58333", "15199.97", True),
        ("1.58333", "15200.02", True),
        ("1.58333", "15200.03", False),
        ("1.58333", "15199.90", False),
        ("1.5833", "15200.00", False),
        ("95.00000", "912000.05", True),
        ("95.00", "912000.05", False),
    ],
)
def test_a_price_of_as_many_decimals_as_there_may_be_was_rounded_to_them(
    price: str, amount: str, is_right: bool
) -> None:
    for sign in (1, -1):
        line = with_line(quantity=D(9600) * sign, unit_price=D(price), net_amount=D(amount) * sign)
        assert (ArithmeticCode.LINE_AMOUNT not in codes(line(make_invoice()), D(0))) is is_right
