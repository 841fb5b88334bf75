"""Days in SQL: when one begins and ends in Helsinki, and what is valid on one."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from backend.kit.clock import HELSINKI
from backend.kit.database import Condition, Row


def start_of_day(day: Any) -> sa.ColumnElement[datetime]:
    """The instant at which a day begins in Helsinki, by SQL."""
    return sa.func.timezone(HELSINKI.key, sa.cast(sa.cast(day, sa.Date), sa.DateTime))


def end_of_day(day: Any) -> sa.ColumnElement[datetime]:
    """The instant at which a day ends in Helsinki, by SQL."""
    midnight = sa.cast(sa.cast(day, sa.Date) + sa.literal(1, sa.Integer), sa.DateTime)
    return sa.func.timezone(HELSINKI.key, midnight)


def is_valid_on(row: Row, day: Any) -> Condition:
    """Whether a row's valid days have this one."""
    return row.valid.contains(sa.cast(day, sa.Date))  # type: ignore[no-any-return]


def is_not_over_on(held: Row, day: Any) -> Condition:
    """Whether a role is held on a day or later."""
    lasts = sa.func.coalesce(sa.func.upper(held.valid), sa.literal(date.max)) > day
    return sa.and_(held.called_off_from.is_(None), lasts)
