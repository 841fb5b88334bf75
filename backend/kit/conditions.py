"""Conditions that filters are made of; they serve reads, exports and loads for verbs alike."""

from collections.abc import Callable, Collection, Iterator
from functools import cache, cached_property
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from backend.kit.actor import Actor, ActorKind
from backend.kit.database import Condition, Row
from backend.kit.refs import KINDS

T = TypeVar("T")
MOST_COUNTED = 10_000
"""So many rows of a list are counted; of one more it is only said that there are more."""
MOST_FOUND = 100
"""So many are counted of what was found by words: whoever gets more says more words."""


def rows_of(table: Any) -> Any:
    """Rows of a table or mapped class under a name of their own, to be told apart from others of the same table.

    A fraction of the price of `sa.alias`, which copies all columns with all that only a schema needs: plans are made
    while somebody waits.
    """
    return _Rows._construct(_plain(table if isinstance(table, sa.Table) else sa.inspect(table).local_table))


class _Rows(sa.Alias):
    inherit_cache = True

    @cached_property
    def c(self) -> "_Columns":  # type: ignore[override]
        return _Columns(self)


class _Columns:
    """The columns of `rows_of` a table, each made when it is asked for."""

    def __init__(self, rows: _Rows) -> None:
        self._rows, self._types = rows, rows.element.c

    def __getattr__(self, name: str) -> sa.ColumnClause[Any]:
        if name not in self._types:
            raise AttributeError(name)
        made = self.__dict__[name] = sa.ColumnClause(name, self._types[name].type, _selectable=self._rows)
        return made

    def __getitem__(self, name: str) -> sa.ColumnClause[Any]:
        return getattr(self, name)  # type: ignore[no-any-return]

    def get(self, name: str, default: Any = None) -> Any:
        return getattr(self, name, default)

    def __contains__(self, name: str) -> bool:
        return name in self._types

    def __iter__(self) -> Iterator[sa.ColumnClause[Any]]:
        return (getattr(self, column.name) for column in self._types)


_never_null: dict[Any, frozenset[str]] = {}


@cache
def _plain(table: sa.Table) -> sa.TableClause:
    plain = sa.table(table.name, *(sa.column(c.name, c.type) for c in table.columns), schema=table.schema)
    _never_null[plain] = frozenset(c.name for c in table.columns if not c.nullable)
    return plain


def is_never_null(value: sa.ColumnElement[Any]) -> bool:
    """Whether a value is a column of `rows_of` a table that says it is always there."""
    table = getattr(getattr(value, "table", None), "element", None)
    return isinstance(value, sa.ColumnClause) and value.name in _never_null.get(table, ())


def when(value: T | None, condition: Callable[[T], Condition]) -> Condition:
    """The condition on a value that was given; true where none was."""
    return sa.true() if value is None else condition(value)


def is_among(column: Any, values: Collection[Any]) -> Condition:
    """Whether a column has one of these values, maybe hundreds: one parameter, however many there are."""
    return column == sa.any_(sa.literal(list(values), ARRAY(column.type)))  # type: ignore[no-any-return]


def there_is(rows: sa.FromClause, *conditions: Condition, beside: sa.FromClause | None = None) -> Condition:
    """Whether there is one of the rows, and of those beside them, for which all conditions hold.

    Whatever else they name is of the statement around it: said so, for SQLAlchemy's own guess is wrong two levels down.
    """
    own = (rows,) if beside is None else (rows, beside)
    return sa.select(sa.literal(1)).where(*conditions).correlate_except(*own).exists()


def is_about(row: Row, kind: str, id: Any) -> Condition:
    """Whether a row that is about any kind of thing is about this one."""
    return sa.and_(row.about_kind == kind, row.about_id == id)


def is_seen(actor: Any, kind: str, id: Any) -> Condition:
    """Whether the actor sees the thing of a registered kind that has this key."""
    its = rows_of(KINDS[kind].table)
    return there_is(its, its.c.id == id, KINDS[kind].visible_to(actor, its.c))


def between_parties(actor: Actor, row: Row) -> Condition:
    """What is between Tiera and the supplier: nobody reads it who acts for a customer (D2.1-c, H11.4-a)."""
    return sa.false() if actor.kind is ActorKind.CUSTOMER else sa.true()


def held(condition: Condition, wanted: bool) -> Condition:
    """The condition (never null), or that it does not hold; as a comparison with `wanted` no index would serve it."""
    return condition if wanted else ~condition


def has_words(text: Any, *columns: sa.ColumnElement[Any]) -> Condition:
    """Whether every word of `text` (a str or a parameter) occurs somewhere in the columns, small or capital letters."""
    joined = sa.func.concat_ws(" ", *columns)
    hay = sa.func.lower(sa.collate(joined, "default"))  # a column in "C" would know the capitals of ASCII only
    trimmed = sa.func.btrim(sa.cast(text, sa.Text))
    words = sa.func.regexp_split_to_table(sa.func.lower(trimmed), r"\s+").table_valued("word").render_derived()
    return ~there_is(words, sa.func.strpos(hay, words.c.word) == 0)
