"""Scalars are read strictly, and written as PostgreSQL writes them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.graphql.scalars import (
    read_date,
    read_decimal,
    read_instant,
    read_minutes,
    write_decimal,
    write_instant,
)  # fmt: skip
from backend.kit.amounts import Minutes
from tests.graphql.reads.base import Base

INSTANTS = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))


@pytest.mark.parametrize("text", ["7.50", "0", "-0.5", "123456789012345678", "0.00000001"])
def test_a_plain_decimal_is_read_and_written_alike(text: str) -> None:
    assert write_decimal(read_decimal(text)) == text


def test_a_decimal_is_never_written_with_an_exponent() -> None:
    assert write_decimal(Decimal("1E+3")) == "1000"


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "1e3", "1,5", " 1", "1.", ".5", "01", "", "١", 1, 1.5, None, "1" * 19]
)
def test_nothing_else_is_a_decimal(value: Any) -> None:
    with pytest.raises(ValueError, match="Decimal"):
        read_decimal(value)


@pytest.mark.parametrize("value", ["2026-11-24T10:00:00", "2026-11-24", "20261124T100000Z", 1, None, "now"])
def test_an_instant_without_an_offset_is_none(value: Any) -> None:
    with pytest.raises(ValueError, match="DateTime"):
        read_instant(value)


@pytest.mark.parametrize("value", ["2026-11-24T16:15:00+02:00", "2026-11-24T14:15:00Z", "2026-11-24t14:15:00.0z"])
def test_an_instant_is_written_in_utc(value: str) -> None:
    assert write_instant(read_instant(value)) == "2026-11-24T14:15:00+00:00"


ODD_DAYS = ["24.11.2026", "20261124", "2026-11-24T00:00:00Z", "2026-02-30", "9999-12-31", "0001-01-01", 5]


@pytest.mark.parametrize("value", ODD_DAYS)
def test_a_date_is_a_day_of_the_calendar(value: Any) -> None:
    with pytest.raises(ValueError):
        read_date(value)


@pytest.mark.parametrize("value", [True, 1.0, "60", None, 2**60])
def test_minutes_are_whole_numbers(value: Any) -> None:
    assert read_minutes(450) == Minutes(450)
    with pytest.raises(ValueError, match="Minutes"):
        read_minutes(value)


def test_python_writes_instants_as_postgresql_does(base: Base) -> None:
    @given(INSTANTS)
    def same(at: dt.datetime) -> None:
        cursor = psycopg.RawCursor(base.connection)
        row = cursor.execute(b"SELECT to_json($1::timestamptz)::text", [at]).fetchone()
        assert row == (f'"{write_instant(at)}"',)

    same()
