"""Our own grammar of numbers, dates and identifiers."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.invoices.reading import Unread, Unreadable, is_iban, normalise_business_id
from backend.invoices.reading.identifiers import plain_name, safe_link
from backend.invoices.reading.numbers import Mark, read_decimal, read_iso_date, read_short_date

ROOT = re.compile(r"[+-]?[0-9]*[.,]?[0-9]*")


@pytest.mark.parametrize(
    ("written", "mark", "value"),
    [
        ("1234.50", Mark.POINT, "1234.5"),
        ("1234,50", Mark.COMMA, "1234.5"),
        ("7,5", Mark.EITHER, "7.5"),
        ("7.5", Mark.EITHER, "7.5"),
        ("-0.00", Mark.POINT, "0"),
        ("+5", Mark.POINT, "5"),
        (".5", Mark.POINT, "0.5"),
        ("5.", Mark.POINT, "5"),
        ("999999999999999.9999999999", Mark.POINT, "999999999999999.9999999999"),
    ],
)
def test_a_number_in_the_formats_own_way_is_read(written: str, mark: Mark, value: str) -> None:
    number = read_decimal(written, mark, "Amount")
    assert number == Decimal(value)
    assert not (number.is_zero() and number.is_signed())


@pytest.mark.parametrize("mark", Mark)
@pytest.mark.parametrize(
    "written",
    ["", " ", "-", ".", ",", "1e3", "1E3", "INF", "NaN", "sNaN", "Infinity", "٧", "１", "1_000", "1 000", "1,000.00",
     "1.000,00", "--1", "0x10", "1" * 16, "1." + "1" * 11, "½", "1\n", "−5"],
)  # fmt: skip
def test_anything_else_is_no_number(written: str, mark: Mark) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_decimal(written, mark, "Amount")
    assert refusal.value.code is Unread.NUMBER


@pytest.mark.parametrize(("written", "mark"), [("1,000", Mark.POINT), ("1.000", Mark.COMMA)])
def test_the_other_mark_might_group_thousands_and_is_refused(written: str, mark: Mark) -> None:
    with pytest.raises(Unreadable):
        read_decimal(written, mark, "Amount")


@given(st.text(max_size=12), st.sampled_from(Mark))
def test_whatever_is_read_was_plain_ascii(written: str, mark: Mark) -> None:
    try:
        number = read_decimal(written, mark, "Amount")
    except Unreadable:
        return
    assert ROOT.fullmatch(written)
    assert number.is_finite()


@pytest.mark.parametrize("written", ["2026-11-02", "2026-11-02Z", "2026-11-02+02:00"])
def test_a_date_may_have_a_time_zone(written: str) -> None:
    assert read_iso_date(written, "IssueDate") == date(2026, 11, 2)


@pytest.mark.parametrize(
    "written", ["2026-11-2", "20261102", "2026-02-30", "0000-01-01", "2026-11-02T00:00", "٢٠٢٦-١١-٠٢", ""]
)
def test_what_is_no_day_is_no_date(written: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_iso_date(written, "IssueDate")
    assert refusal.value.code is Unread.DATE


def test_a_short_date_is_of_eight_digits() -> None:
    assert read_short_date("20261102", "InvoiceDate") == date(2026, 11, 2)
    with pytest.raises(Unreadable):
        read_short_date("2026-11-02", "InvoiceDate")


@pytest.mark.parametrize(
    "given_", ["2345678-0", "23456780", "FI23456780", "fi 2345678-0", "003723456780", " 2345678-0 "]
)
def test_a_business_id_is_written_in_one_way(given_: str) -> None:
    assert normalise_business_id(given_) == "2345678-0"


@pytest.mark.parametrize(
    "given_", [None, "", "2345678-1", "234567-8", "SE556677889901", "2345678-00", "٢345678-0", "1000010-1"]
)
def test_what_has_a_wrong_check_digit_is_no_business_id(given_: str | None) -> None:
    assert normalise_business_id(given_) is None


@given(st.integers(0, 9_999_999), st.integers(0, 9), st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: int, check: int, place: int, change: int) -> None:
    business_id = f"{number:07}-{check}"
    if normalise_business_id(business_id):
        wrong = f"{business_id[:place]}{(int(business_id[place]) + change) % 10}{business_id[place + 1 :]}"
        assert normalise_business_id(wrong) is None


def test_an_account_is_an_iban_only_with_right_check_digits() -> None:
    assert is_iban("FI2112345600000785")
    assert not is_iban("FI2112345600000786")
    assert not is_iban("12345600000785")


@pytest.mark.parametrize(
    "address",
    [None, "", "http://a.example/", "javascript:alert(1)", "https://", "https://a.example/ b", "https://u:p@a.example/",
     "https://a.example/\n", "https://ä.example/", "data:text/html,x", "//a.example/", "https://a.example:x/"],
)  # fmt: skip
def test_only_plain_https_addresses_are_links(address: str | None) -> None:
    assert safe_link(address) in (None, "https://a.example/")
    assert safe_link("https://a.example/?q=1#x") == "https://a.example/?q=1#x"


@pytest.mark.parametrize(
    ("name", "plain"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\lasku.pdf", "lasku.pdf"), ("..", None), ("a/", None), (None, None),
     ("a\x00b\u202ec.pdf", "a b c.pdf"), ("x" * 300, "x" * 200)],
)  # fmt: skip
def test_a_files_name_is_never_a_path(name: str | None, plain: str | None) -> None:
    assert plain_name(name) == plain
