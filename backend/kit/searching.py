"""One search over all kinds of things that say which of their texts are searched; each as far as the actor sees it.

A number comes first, the whole before its beginning, then whole words, then what begins like the words; of each the
newest. An index of words gives
all that it finds, so it is asked for rare words alone: where many of the newest rows have the words, the rows are gone
through, the newest first, until enough fit. That needs their stems (`kit.words.stems_of`); of a kind that keeps none,
and of what an index finds, no more than so many are looked at.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from backend.kit import words as in_finnish
from backend.kit.actor import Actor
from backend.kit.conditions import MOST_FOUND, rows_of
from backend.kit.database import STEMS, Condition, Row
from backend.kit.refs import KINDS, Kind

MOST_LOOKED_AT = 1_000
SAMPLE = 500
"""So many of the newest rows tell whether words are common, whoever asks."""
MANY = 5
"""If so many of them have the words, going through the rows takes no longer than through what an index finds."""
MOST_LISTED = MOST_FOUND + 1
"""One more than is counted: of more it is only said that there are."""
LAST = chr(0x10FFFF)
"""Comes after every letter."""
EXACT, BY_NUMBER, WHOLE, BEGINNING = 3, 2, 1, 0
Way = Callable[[Row], Condition]
COLUMNS = {"id": sa.BigInteger, "kind": sa.Text, "thing_id": sa.BigInteger, "weight": sa.BigInteger}


def is_number(number: Any, words: Any) -> Condition:
    """SQL: whether a number is what was typed."""
    return number == sa.func.upper(sa.func.btrim(sa.cast(words, sa.Text)))  # type: ignore[no-any-return]


def begins_number(number: Any, words: Any) -> Condition:
    """SQL: whether a number is what was typed, or begins so."""
    typed = sa.func.upper(sa.func.btrim(sa.cast(words, sa.Text)))
    return sa.and_(typed != "", number >= typed, number < typed.op("||")(LAST))


def found_by(row: Row, table: Any, ways: Sequence[Way], along: sa.Select[Any]) -> Condition:
    """SQL: whether a row is found in one of several ways, each of which an index serves.

    What an index finds is all looked at, and along a list all rows are until enough are found: so what is rare is
    found by the indexes, and what is common in `along`, which gives the keys of those that the list needs.
    """
    by_index = sa.union_all(*(sa.select(its.c.id).where(way(its.c)) for way in ways for its in [rows_of(table)]))
    few, many = sa.func.array(by_index.scalar_subquery()), sa.func.array(along.scalar_subquery())
    is_common = _is_common(table, lambda its: is_found(its, ways))
    return row.id == sa.any_(sa.case((is_common, many), else_=few))  # type: ignore[no-any-return]


def is_found(row: Row, ways: Sequence[Way]) -> Condition:
    """SQL: whether a row is found in one of several ways; said so that no index is asked."""
    return sa.func.coalesce(sa.or_(*(way(row) for way in ways)), sa.false())


def _is_common(table: Any, by_words: Way) -> Condition:
    """SQL: whether many of the newest rows have the words, of a table that keeps its stems."""
    its = rows_of(table)
    if STEMS not in its.c:
        return sa.false()
    newest = sa.select(its).order_by(its.c.id.desc()).limit(SAMPLE).subquery()
    having = sa.select(newest.c.id).where(by_words(newest.c)).limit(MANY).subquery()
    return sa.select(sa.func.count() >= MANY).select_from(having).scalar_subquery()


def _newest(table: Any, by_words: Way, fits: Way, most: int) -> sa.Select[Any]:
    """The newest rows that have the words and fit, found along the rows and not by the index of words."""
    its = rows_of(table)
    has = sa.func.coalesce(by_words(its.c), sa.false())
    return sa.select(its.c.id).where(has, fits(its.c)).order_by(its.c.id.desc()).limit(most)


def found(actor: Actor, words: Any, names: Sequence[str]) -> sa.FromClause:
    """Rows of what is found among kinds: `kind` and `thing_id` name it, a greater `weight` comes first.

    Every row has an id of its own, by which those of one weight come the newest first; the type of `kind` says which
    kinds there may be.
    """
    branches, kinds = [], sa.Enum(*names, native_enum=False, create_constraint=False)
    for place, name in enumerate(names):
        kind = KINDS[name]
        its = _of_kind(actor, words, kind)
        if its is None:
            continue
        id = its.c.thing_id * len(names) + place
        branches.append(sa.select(id.label("id"), sa.literal_column(f"'{name}'", kinds).label("kind"), *its.c))
    types: dict[str, Any] = {**COLUMNS, "kind": kinds}
    nothing: Any = sa.select(*(sa.cast(sa.null(), type_).label(name) for name, type_ in types.items()))
    return sa.union_all(*(branches or [nothing.where(sa.false())])).subquery()


def _of_kind(actor: Actor, words: Any, kind: Kind) -> sa.FromClause | None:
    """What is found of a kind, each thing once, by the greatest of its weights; None where the actor sees none."""

    def fits(row: Row) -> Condition:
        return sa.and_(kind.visible_to(actor, row), kind.searchable(row))

    if _is_never(kind.visible_to(actor, rows_of(kind.table).c)):
        return None
    selects: list[sa.Select[Any]] = []
    for weight, has_words in ((WHOLE, in_finnish.has_whole), (BEGINNING, in_finnish.has_beginnings)):
        if kind.words:
            selects += _by_words(kind, partial(_has, words, kind.words, has_words), fits, weight)
        for aside in kind.asides:
            row = rows_of(kind.table)
            reads = aside.read_by(actor, row.c)
            if not _is_never(reads):
                its = has_words(words, in_finnish.made(row.c, aside.texts))
                both = sa.select(row.c.id).where(its, reads, kind.visible_to(actor, row.c)).limit(MOST_LOOKED_AT)
                selects.append(_weighed(both.subquery(), weight))
    for number in _numbers_of(kind):
        for weight, has_it in ((EXACT, is_number), (BY_NUMBER, begins_number)):
            row = rows_of(kind.table)
            seen = (has_it(number(row.c), words), kind.visible_to(actor, row.c))
            numbered = sa.select(row.c.id).where(*seen).limit(MOST_LOOKED_AT)
            selects.append(_weighed(numbered.subquery(), weight))
    every = sa.union_all(*selects).subquery()
    greatest = sa.func.max(every.c.weight).label("weight")
    once = sa.select(every.c.thing_id, greatest).group_by(every.c.thing_id)
    return once.order_by(greatest.desc(), every.c.thing_id.desc()).limit(MOST_LISTED).subquery()


def _has(words: Any, texts: in_finnish.Texts, has_words: Callable[[Any, Any], Condition], row: Row) -> Condition:
    return has_words(words, in_finnish.document(row, texts))


def _is_never(condition: Condition) -> bool:
    return isinstance(condition, sa.sql.elements.False_)


def _by_words(kind: Kind, by_words: Way, fits: Way, weight: int) -> Iterator[sa.Select[Any]]:
    """What has the words and fits, by their index or, where they are common, along the rows."""
    common = _is_common(kind.table, by_words)
    row = rows_of(kind.table)
    looked = sa.select(row.c.id).where(by_words(row.c), fits(row.c)).limit(MOST_LOOKED_AT).subquery()
    yield _weighed(looked, weight).where(~common)
    if STEMS in row.c:
        newest = _newest(kind.table, by_words, fits, MOST_LISTED).where(common).subquery()
        yield _weighed(newest, weight)


def _numbers_of(kind: Kind) -> list[Callable[[Row], sa.ColumnElement[str]]]:
    """The columns of a kind's numbers as they are compared: what others gave may be in small letters."""
    numbers: list[Callable[[Row], sa.ColumnElement[str]]] = []
    if kind.number:
        given = kind.is_number_given
        numbers.append(lambda row: sa.func.upper(row[kind.number]) if given else row[kind.number])
    if kind.other_number:
        numbers.append(lambda row: sa.func.upper(row[kind.other_number]))
    return numbers


def _weighed(found: sa.Subquery, weight: int) -> sa.Select[Any]:
    """The newest of what was found, each with this weight."""
    weighed = sa.select(found.c.id.label("thing_id"), sa.literal_column(str(weight)).label("weight"))
    return weighed.order_by(found.c.id.desc()).limit(MOST_LISTED)
