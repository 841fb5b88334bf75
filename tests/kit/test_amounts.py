"""Money and effort: nothing is lost in rounding, and what people type is read or refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit import translation
from backend.kit.amounts import (
    YEARS,
    Minutes,
    line_amount,
    parse_date,
    parse_datetime,
    parse_decimal,
    parse_int,
    parse_minutes,
    round_cents,
    split_shares,
    total_minutes,
    vat,
)

cents = st.integers(-(10**12), 10**12).map(lambda value: Decimal(value) / 100)
prices = st.integers(0, 10**9).map(lambda value: Decimal(value) / 10**6)
efforts = st.integers(-(10**7), 10**7)


@given(efforts, prices)
def test_a_credit_is_the_exact_mirror_of_its_invoice(minutes: int, price: Decimal) -> None:
    assert line_amount(-minutes, price) == -line_amount(minutes, price)


@given(st.integers(0, 10**7), prices)
def test_a_line_is_within_half_a_cent_of_its_exact_amount(minutes: int, price: Decimal) -> None:
    assert abs(line_amount(minutes, price) * 60 - minutes * price) * 2 <= Decimal("0.01") * 60


def test_half_a_cent_goes_away_from_zero() -> None:
    assert line_amount(1, Decimal("0.3")) == Decimal("0.01")
    assert line_amount(-1, Decimal("0.3")) == Decimal("-0.01")
    assert round_cents(Decimal("-2.345")) == Decimal("-2.35")
    assert vat(Decimal("100.10"), Decimal("25.5")) == Decimal("25.53")


@given(cents, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_shares_sum_to_the_whole_and_none_is_a_cent_off(total: Decimal, weights: list[int]) -> None:
    shares = split_shares(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - total * weight / sum(weights)) < Decimal("0.01")


@given(cents, st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any))
def test_the_shares_of_a_credit_mirror_those_of_its_invoice(total: Decimal, weights: list[int]) -> None:
    assert split_shares(-total, weights) == [-share for share in split_shares(total, weights)]


def test_cents_left_over_go_to_the_largest_fractions_and_ties_to_the_first() -> None:
    assert split_shares(Decimal("1.00"), [1, 1, 1]) == [Decimal("0.34"), Decimal("0.33"), Decimal("0.33")]
    assert split_shares(Decimal("0.01"), [1, 2]) == [Decimal("0.00"), Decimal("0.01")]


@pytest.mark.parametrize(("total", "weights"), [("1.005", [1]), ("1.00", []), ("1.00", [0, 0]), ("1.00", [2, -1])])
def test_what_cannot_be_shared_is_refused(total: str, weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"cents|weights"):
        split_shares(Decimal(total), weights)


def test_sums_and_differences_of_minutes_are_minutes() -> None:
    values = (Minutes(5) + 1, 1 + Minutes(5), Minutes(5) - 1, 10 - Minutes(5), -Minutes(5), total_minutes([1, 2]))
    assert values == (6, 6, 4, 5, -5, 3)
    assert all(isinstance(value, Minutes) for value in values)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("7,5", 450),
        ("7.5 h", 450),
        ("7:30", 450),
        ("7h30", 450),
        ("7 h 30 min", 450),
        ("7 t", 420),
        ("7 tim", 420),
        ("45 min", 45),
        ("7,33", 440),
        ("0", 0),
        ("−2,5", -150),
        ("-1:15", -75),
        (" 1 234,5\u00a0h ", 74070),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, minutes: int) -> None:
    assert parse_minutes(typed) == minutes


@pytest.mark.parametrize("typed", ["", "h", "7:60", "7:3:0", "1e3", "seven", "7,5,5", "NaN", "9999999", "٧", "1 23"])
def test_what_are_no_hours_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"not a number|too many"):
        parse_minutes(typed)


@given(efforts)
def test_hours_as_shown_are_read_back_to_the_minute(minutes: int) -> None:
    assert parse_minutes(translation.hours(minutes)) == minutes


@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=4))
def test_numbers_as_shown_are_read_back_exactly(value: Decimal) -> None:
    assert parse_decimal(translation.number(value)) == value
    assert parse_decimal(translation.money(value)) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1 234,50", "1234.50"),
        ("1\u202f234,5 €", "1234.5"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("−7,5", "-7.5"),
        (",5", "0.5"),
        ("007", "7"),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, value: str) -> None:
    assert parse_decimal(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["", ".", "NaN", "1e3", "0x1", "1 23", "1.23,4", "1_000", "12a", "1" * 30, "½"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"not a number|too many"):
        parse_decimal(typed)


@given(st.text(max_size=30))
def test_reading_any_text_gives_a_value_or_refuses(text: str) -> None:
    for read in (parse_decimal, parse_int, parse_minutes, parse_date, parse_datetime):
        try:
            read(text)
        except ValueError:
            continue


def test_whole_numbers_may_be_written_with_a_comma_and_nothing_behind_it() -> None:
    assert parse_int("3,0") == 3
    with pytest.raises(ValueError, match="not a whole number"):
        parse_int("3,5")


@pytest.mark.parametrize("typed", ["24.11.2026", "24. 11. 2026", "2026-11-24", " 24.11.2026 "])
def test_days_are_read_in_finnish_and_in_iso(typed: str) -> None:
    assert parse_date(typed) == date(2026, 11, 24)


@pytest.mark.parametrize("typed", ["24.11.26", "31.2.2026", "2026-13-01", "24/11/2026", "today", ""])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_date(typed)


@given(st.dates(date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)))
def test_days_as_shown_are_read_back(day: date) -> None:
    assert parse_date(translation.day(day)) == day


@pytest.mark.parametrize(
    "typed",
    ["24.11.2026 klo 16.15", "24.11.2026 kl. 16.15", "24.11.2026 at 16:15", "2026-11-24T16:15", "24.11.2026 16.15"],
)
def test_moments_are_helsinki_time(typed: str) -> None:
    assert parse_datetime(typed) == datetime(2026, 11, 24, 14, 15, tzinfo=UTC)


def test_an_hour_that_summer_time_skips_is_refused_and_one_that_comes_twice_is_the_first() -> None:
    with pytest.raises(ValueError, match="no such hour"):
        parse_datetime("29.3.2026 3.30")
    assert parse_datetime("25.10.2026 3.30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
