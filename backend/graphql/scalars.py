"""The schema's scalars, each read strictly and written in one way only, and Money."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, Text, literal
from strawberry.schema.config import StrawberryConfig

from backend.graphql.reads.how import SeenBy
from backend.graphql.reads.shape import column, embedded
from backend.kit.amounts import Euros, Minutes, known_day
from backend.kit.database import Row

PLAIN_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,8})?", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
ISO_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
MOST_MINUTES = 2**53
SPECIFIED = "https://scalars.graphql.org/andimarek/"


def read_decimal(value: object) -> Decimal:
    if not isinstance(value, str) or not PLAIN_DECIMAL.fullmatch(value):
        raise ValueError('Decimal must be a plain string such as "7.50"')
    return Decimal(value)


def write_decimal(value: Decimal) -> str:
    return format(value, "f")


def read_date(value: object) -> dt.date:
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
        raise ValueError('Date must be a string such as "2026-11-24"')
    return known_day(dt.date.fromisoformat(value))


def read_instant(value: object) -> dt.datetime:
    if not isinstance(value, str) or not ISO_INSTANT.fullmatch(value):
        raise ValueError('DateTime must be a string with an offset, such as "2026-11-24T16:15:00+02:00"')
    instant = dt.datetime.fromisoformat(value.upper())
    known_day(instant.date())
    return instant.astimezone(dt.UTC)


def write_instant(value: dt.datetime) -> str:
    """UTC, as PostgreSQL's to_json writes it in a session that speaks UTC: no trailing zeros in the fraction."""
    utc = value.astimezone(dt.UTC)
    fraction = f".{utc.microsecond:06}".rstrip("0") if utc.microsecond else ""
    return f"{utc:%Y-%m-%dT%H:%M:%S}{fraction}+00:00"


def read_minutes(value: object) -> Minutes:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MOST_MINUTES:
        raise ValueError("Minutes must be a whole number")
    return Minutes(value)


def _scalar(
    name: str, description: str, read: Callable[[Any], Any], write: Callable[[Any], Any], url: str | None = None
) -> Any:
    return strawberry.scalar(
        name=name, description=description, parse_value=read, serialize=write, specified_by_url=url and SPECIFIED + url
    )


_decimal = _scalar("Decimal", "An exact decimal number, as a string: `7.50`.", read_decimal, write_decimal, "decimal")
SCALARS: Mapping[object, Any] = {
    Decimal: _decimal,
    Euros: _decimal,
    dt.date: _scalar("Date", "A day from 1900 to 2999: `2026-11-24`.", read_date, dt.date.isoformat, "local-date"),
    dt.datetime: _scalar(
        "DateTime", "An instant, written in UTC: `2026-11-24T14:15:00+00:00`.", read_instant, write_instant, "date-time"
    ),
    Minutes: _scalar("Minutes", "Effort in whole minutes; 450 is 7 h 30 min.", read_minutes, int),
}


def config(*, development: bool = False) -> StrawberryConfig:
    return StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not development)


@strawberry.type(description="An amount of money.")
class Money:
    amount: Decimal = column("How much, exactly.")
    currency: str = column("ISO 4217 code of the currency; EUR throughout.")


def money(amount: Callable[[Row], Any], description: str, *, seen_by: SeenBy | None = None) -> Any:
    """A field of type Money, made of an expression in euros; null where it is."""

    def parts(row: Row) -> dict[str, ColumnElement[Any]]:
        return {"amount": amount(row), "currency": literal("EUR", Text)}

    return embedded(parts, description, seen_by=seen_by)
