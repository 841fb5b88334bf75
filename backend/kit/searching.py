"""One search over all kinds of things that say which of their texts are searched; each as far as the actor sees it.

A number comes first, then whole words, then what begins like the words; of each the newest. However many there are, no
more than so many are looked at of each kind, so that a search is as quick among a million things as among a few.
"""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from backend.kit import words as in_finnish
from backend.kit.actor import Actor
from backend.kit.conditions import rows_of
from backend.kit.database import Condition, Row
from backend.kit.refs import KINDS, Kind

MOST_LOOKED_AT = 1_000
MOST_FOUND = 101
"""One more than is counted: of more it is only said that there are."""
LAST = chr(0x10FFFF)
"""Comes after every letter."""
BY_NUMBER, WHOLE, BEGINNING = 2, 1, 0
COLUMNS = {"id": sa.BigInteger, "kind": sa.Text, "thing_id": sa.BigInteger, "weight": sa.BigInteger}


def begins_number(number: Any, words: Any) -> Condition:
    """SQL: whether a number is what was typed, or begins so."""
    typed = sa.func.upper(sa.func.btrim(sa.cast(words, sa.Text)))
    return sa.and_(typed != "", number >= typed, number < typed.op("||")(LAST))


def found_by(row: Row, table: Any, *ways: Callable[[Row], Condition]) -> Condition:
    """SQL: whether a row is found in one of several ways, each by an index of its own, before anything else is asked.

    Read along a list, the words of every thing would be looked at until fifty fit.
    """
    found = sa.union_all(*(sa.select(its.c.id).where(way(its.c)) for way in ways for its in [rows_of(table)]))
    return row.id == sa.any_(sa.func.array(found.scalar_subquery()))  # type: ignore[no-any-return]


def found(actor: Actor, words: Any, names: Sequence[str]) -> sa.FromClause:
    """Rows of what is found among kinds: `kind` and `thing_id` name it, a greater `weight` comes first.

    Every row has an id of its own, by which those of one weight come the newest first.
    """
    branches = []
    for place, name in enumerate(names):
        kind = KINDS[name]
        its = _of_kind(actor, words, kind)
        if its is None:
            continue
        id = its.c.thing_id * len(names) + place
        branches.append(sa.select(id.label("id"), sa.literal_column(f"'{name}'").label("kind"), *its.c))
    nothing: Any = sa.select(*(sa.cast(sa.null(), type_).label(name) for name, type_ in COLUMNS.items()))
    return sa.union_all(*(branches or [nothing.where(sa.false())])).subquery()


def _of_kind(actor: Actor, words: Any, kind: Kind) -> sa.FromClause | None:
    """What is found of a kind, each thing once, by the greatest of its weights; None where the actor sees none."""

    def by_number(row: Row) -> Condition:
        return begins_number(row[kind.number], words)

    def by_whole_words(row: Row) -> Condition:
        return in_finnish.has_whole(words, in_finnish.document(row, kind.words))

    def by_beginnings(row: Row) -> Condition:
        return in_finnish.has_beginnings(words, in_finnish.document(row, kind.words))

    ways: list[tuple[int, Callable[[Row], Condition]]] = [(WHOLE, by_whole_words), (BEGINNING, by_beginnings)]
    if kind.number:
        ways.append((BY_NUMBER, by_number))
    selects = []
    for weight, condition in ways:
        row = rows_of(kind.table)
        visible = kind.visible_to(actor, row.c)
        if isinstance(visible, sa.sql.elements.False_):
            return None
        searchable = sa.true() if weight == BY_NUMBER else kind.searchable(row.c)
        looked = sa.select(row.c.id.label("thing_id")).where(condition(row.c), visible, searchable)
        some = looked.limit(MOST_LOOKED_AT).subquery()
        newest = sa.select(some.c.thing_id, sa.literal_column(str(weight)).label("weight"))
        selects.append(newest.order_by(some.c.thing_id.desc()).limit(MOST_FOUND))
    every = sa.union_all(*selects).subquery()
    greatest = sa.func.max(every.c.weight).label("weight")
    once = sa.select(every.c.thing_id, greatest).group_by(every.c.thing_id)
    return once.order_by(greatest.desc(), every.c.thing_id.desc()).limit(MOST_FOUND).subquery()
