"""Conditions that filters are made of; they serve reads, exports and loads for verbs alike."""

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from backend.kit.database import Condition

T = TypeVar("T")


def when(value: T | None, condition: Callable[[T], Condition]) -> Condition:
    """The condition on a value that was given; true where none was."""
    return sa.true() if value is None else condition(value)


def has_words(text: Any, *columns: sa.ColumnElement[Any]) -> Condition:
    """Whether every word of `text` (a str or a parameter) occurs somewhere in the columns, small or capital letters."""
    joined = sa.func.concat_ws(" ", *columns)
    hay = sa.func.lower(sa.collate(joined, "default"))  # a column in "C" would know the capitals of ASCII only
    trimmed = sa.func.btrim(sa.cast(text, sa.Text))
    words = sa.func.regexp_split_to_table(sa.func.lower(trimmed), r"\s+").table_valued("word").render_derived()
    missing = sa.select(sa.literal(1)).where(sa.func.strpos(hay, words.c.word) == 0).correlate_except(words)
    return ~missing.exists()
