"""The few pieces of PostgreSQL that a compiled selection is made of."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.base import PGCompiler, PGDialect
from sqlalchemy.sql.elements import Grouping

from backend.graphql.reads.how import Keys
from backend.kit.conditions import is_never_null
from backend.kit.database import Condition, Row

Sql = sa.ColumnElement[Any]
MOST_ARGUMENTS = 98  # of a function, of the hundred that PostgreSQL takes


class _Compiler(PGCompiler):
    def visit_bindparam(  # type: ignore[override]
        self, bindparam: Any, within_columns_clause: bool = False, literal_binds: bool = False, **kwargs: Any
    ) -> Any:
        """Constants are written out, for the planner to see; only our own named parameters stay parameters."""
        return super().visit_bindparam(  # type: ignore[no-untyped-call]
            bindparam, within_columns_clause, literal_binds or bindparam.unique, **kwargs
        )

    def _each(self, pieces: Iterable["str | Sql"], text: Callable[[str], str], **kwargs: Any) -> list[str]:
        kwargs |= {"within_columns_clause": False, "add_to_result_map": None}
        return [text(p) if isinstance(p, str) else p._compiler_dispatch(self, **kwargs) for p in pieces]

    def visit_written(self, written: "Written", **kwargs: Any) -> str:
        return "".join(self._each(written.pieces, str, **kwargs))

    def visit_joined(self, joined: "Joined", **kwargs: Any) -> str:
        written = self._each(joined.pieces, quoted, **kwargs)
        while len(written) > MOST_ARGUMENTS:
            groups = range(0, len(written), MOST_ARGUMENTS)
            written = [f"concat({', '.join(written[start : start + MOST_ARGUMENTS])})" for start in groups]
        return f"concat({', '.join(written)})"

    def render_literal_value(self, value: Any, type_: Any) -> str:
        """An instant or a day says its type: PostgreSQL would take `'…' - interval` for one of intervals."""
        text: str = super().render_literal_value(value, type_)  # type: ignore[no-untyped-call]
        if isinstance(value, dt.datetime):
            return f"TIMESTAMPTZ {text}"
        return f"DATE {text}" if isinstance(value, dt.date) else text


class _Dialect(PGDialect):
    statement_compiler = _Compiler
    supports_statement_cache = False


DIALECT = _Dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


class _Undecided:
    """Python that decides by a comparison with an actor's value fails, and is not silently False."""

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return Grouping(super().operate(op, *other, **kwargs))  # type: ignore[misc]


class UnknownKey(sa.BigInteger):
    class Comparator(_Undecided, sa.BigInteger.Comparator[int]): ...

    comparator_factory = Comparator


class UnknownText(sa.Text):
    class Comparator(_Undecided, sa.Text.Comparator[str]): ...

    comparator_factory = Comparator


def stored(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


# JSON is put together as text, which is twice as fast as json_build_object. No piece may be NULL: concat swallows it.
NULL: Sql = sa.literal_column("'null'")


class Written(sa.ColumnElement[str]):
    """Text that SQL is written of: its own as strings of Python, and what stands between.

    A fraction of the price of a `Function`, a `Case` or a `Cast`: plans are made while somebody waits.
    """

    __visit_name__ = "written"
    inherit_cache = False
    type = sa.Text()

    def __init__(self, *pieces: str | Sql) -> None:
        self.pieces = pieces

    @property
    def _from_objects(self) -> list[sa.FromClause]:
        return [rows for piece in self.pieces if not isinstance(piece, str) for rows in piece._from_objects]


class Joined(Written):
    """Pieces of text one after the other, fixed text as strings of Python."""

    __visit_name__ = "joined"


def joined(*pieces: str | Sql) -> Sql:
    """Pieces of JSON as one text. Those of a piece that is joined itself stand beside the others: each call costs."""
    flat: list[str | Sql] = []
    for piece in pieces:
        for part in piece.pieces if isinstance(piece, Joined) else [piece]:
            if isinstance(part, str) and flat and isinstance(flat[-1], str):
                flat[-1] += part
            else:
                flat.append(part)
    return Joined(*flat)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def or_null(text: Sql) -> Sql:
    """The JSON of a value by its text, which is NULL where the value is."""
    return Written("coalesce(", text, ", 'null')")


def text_of(value: Sql) -> Sql:
    return Written("CAST(", value, " AS TEXT)")


def name_of(value: Sql, names: Mapping[str, str]) -> Sql:
    """The JSON of a member of an enum, by what its column holds."""
    each = "".join(f" WHEN {quoted(held)} THEN {quoted(orjson.dumps(name).decode())}" for held, name in names.items())
    return Written("CASE CAST(", value, f" AS TEXT){each} ELSE 'null' END")


def typed(value: Sql) -> Sql:
    """A value whose type PostgreSQL need not guess: constants and parameters say theirs."""
    return sa.cast(value, value.type) if isinstance(value, sa.BindParameter) else value


def json(value: Sql) -> Sql:
    if isinstance(value, sa.BindParameter) and value.unique and isinstance(value.value, str):
        return joined(orjson.dumps(value.value).decode())
    made = Written("to_json(", typed(value), ")")
    return made if is_never_null(value) else or_null(made)


def json_number(value: Sql) -> Sql:
    return value if is_never_null(value) else or_null(text_of(value))


def json_boolean(value: Sql) -> Sql:
    text = text_of(value)  # by itself its text is `t`
    return text if is_never_null(value) else or_null(text)


def json_in_quotes(value: Sql) -> Sql:
    """Of what is written as a string and needs no escapes."""
    if is_never_null(value):
        return joined('"', value, '"')
    return or_null(Written("'\"' || CAST(", value, " AS TEXT) || '\"'"))


def json_array(values: Iterable[Sql]) -> Sql:
    """Values for Python to read back; decimals as text, for JSON's numbers are not exact."""
    exact = [sa.cast(v, sa.Text) if v.type.python_type is Decimal else typed(v) for v in values]
    return sa.cast(sa.func.json_build_array(*exact), sa.Text)


def json_object(pairs: Iterable[tuple[str, Sql]]) -> Sql:
    pieces = [piece for i, (key, value) in enumerate(pairs) for piece in (f'{"," if i else ""}"{key}":', value)]
    return joined("{", *pieces, "}")


def json_list(items: Sql) -> Sql:
    return joined("[", items, "]")


def cursor(keys: Iterable[Sql]) -> Sql:
    encoded = sa.func.encode(sa.func.convert_to(json_array(keys), "UTF8"), "base64")
    return sa.func.translate(encoded, "\n", "")


_PIECES = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|[()]|(?:FROM|,|JOIN) \w+ AS (\w+)""")


def stray_rows(sql: str) -> list[str]:
    """Rows that stand in a FROM and again in one of a statement within it.

    SQLAlchemy silently adds a row that is named two sub-selects further down to the FROM of those: a wrong, wider
    condition. The same row in statements beside each other is fine.
    """
    parents, rows, here = [-1], [set[str]()], 0
    for piece in _PIECES.finditer(sql):
        if piece[0] == "(":
            parents.append(here)
            rows.append(set())
            here = len(rows) - 1
        elif piece[0] == ")":
            here = parents[here]
        elif piece[1]:
            rows[here].add(piece[1])
    found: set[str] = set()
    for group, parent in enumerate(parents):
        around = parent
        while around >= 0:
            found |= rows[group] & rows[around]
            around = parents[around]
    return sorted(found)


class Page:
    """The rows of one page. What is asked of each is a column of a sub-select, what is asked of all an aggregate."""

    def __init__(
        self,
        row: sa.FromClause,
        condition: Condition,
        keys: Keys,
        first: Any,
        after: Iterable[Sql] | None,
        ahead: Callable[[Row], Condition] | None = None,
    ) -> None:
        self.row, self.sort, self.first, self.looks_ahead = row, keys, first, False
        self.keys: list[Sql] = [row.c[name] for name in keys.columns]
        self.order = [key.desc() if keys.descending else key.asc() for key in self.keys]
        if ahead:
            self.order.insert(0, ahead(row.c).desc())
        if after is not None:
            here, there = sa.tuple_(*self.keys), sa.tuple_(*after)
            condition = sa.and_(condition, here < there if keys.descending else here > there)
        self.condition = condition
        self.columns: list[Sql] = []

    def column(self, value: Sql) -> Sql:
        self.columns.append(value.label(name := f"c{len(self.columns)}"))
        return sa.column(name, value.type)

    def every(self, of_each: Sql) -> Sql:
        """The list of what each row of the page gives."""
        column = self.column(of_each)
        if not self.looks_ahead:
            return json_list(sa.func.string_agg(column, ","))
        rows = sa.func.array_agg(column, type_=ARRAY(sa.Text))
        return json_list(sa.func.array_to_string(rows[1 : self.first], ","))

    def has_more(self) -> Sql:
        """Whether a row follows; to be asked before `every`, which then leaves it out."""
        self.looks_ahead = True
        return json_boolean(sa.func.count() > self.first)

    def cursor_of(self, which: str) -> Sql:
        index = sa.func.least(sa.func.count(), self.first, *([1] if which == "first" else []))
        ends = [sa.func.array_agg(self.column(key), type_=ARRAY(key.type))[index] for key in self.keys]
        return sa.case((index > 0, json_in_quotes(cursor(ends))), else_=NULL)

    def gather(self, of_all: Sql) -> Sql:
        if not self.columns and not self.looks_ahead:
            return sa.select(of_all).scalar_subquery()
        limit = self.first + 1 if self.looks_ahead else self.first
        page = self.rows(self.columns or [sa.literal(1).label("c0")]).limit(limit).subquery()
        return sa.select(of_all).select_from(page).scalar_subquery()

    def ids(self) -> sa.Select[Any]:
        """The keys of its rows, and of the one that follows."""
        return self.rows([self.row.c.id]).limit(self.first + 1)

    def rows(self, columns: Sequence[Sql]) -> sa.Select[Any]:
        rows = sa.select(*columns).where(self.condition).order_by(*self.order)
        return rows.select_from(self.row).correlate_except(self.row)
