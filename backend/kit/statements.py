"""Statements that nearly every verb runs: compiled once, and handed to psycopg in the session's own transaction.

The ORM and SQLAlchemy's execution take three to five times the work of the driver beneath them. What is run for each
booking (an idempotency key, postings, an event) goes without; what reads better as objects stays with the ORM.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, Final, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import SessionTransaction, make_transient_to_detached

from backend.kit.actor import Actor
from backend.kit.database import Session, Thing, table_of

T = TypeVar("T")
_DIALECT: Final = PGDialectAsync_psycopg()  # type: ignore[no-untyped-call]


class Statement:
    """A statement of Core whose bind parameters get their values when it runs."""

    def __init__(self, core: sa.Executable) -> None:
        self.core = core

    async def run(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        """Its rows, as the driver reads them; what the session has not written yet is written first.

        Raises what SQLAlchemy raises for a fault of the database.
        """
        cursor = await _cursor_of(session)
        try:
            await cursor.execute(self._sql, self._bound(values))
            rows: list[tuple[Any, ...]] = await cursor.fetchall() if cursor.rownumber is not None else []
        except psycopg.Error as error:
            text = self._sql.decode()
            raise DBAPIError.instance(text, None, error, psycopg.Error, hide_parameters=True) from error
        return rows

    @cached_property
    def _compiled(self) -> Any:
        return self.core.compile(dialect=_DIALECT)  # type: ignore[attr-defined]

    @cached_property
    def _sql(self) -> bytes:
        return str(self._compiled).encode()

    @cached_property
    def _fixed(self) -> Mapping[str, Any]:
        """The values that stand in the statement itself, and None for those that come when it runs."""
        fixed: Mapping[str, Any] = self._compiled.params
        return fixed

    @cached_property
    def _writers(self) -> Mapping[str, Callable[[Any], Any]]:
        """What the types of parameters make of values: an enum's text, JSON."""
        types = {name: self._compiled.binds[name].type for name in self._fixed}
        found = ((name, _writer(type_)) for name, type_ in types.items())
        return {name: write for name, write in found if write is not None}

    def _bound(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        bound = {**self._fixed, **values}
        for name, write in self._writers.items():
            bound[name] = write(bound[name])
        return bound


async def put(session: Session, thing: Thing) -> None:
    """Put a new thing on record, as `session.add` and a flush do, by a statement made once for what is given of it."""
    known = thing.__dict__
    putting = _putting(type(thing), frozenset(name for name in _by_default(type(thing)) if name in known))
    (row,) = await putting.statement.run(session, **{name: known.get(name) for name in putting.given})
    known.update(dict.fromkeys(putting.given) | known | dict(zip(putting.made, row, strict=True)))
    make_transient_to_detached(thing)
    session.add(thing)


async def change(session: Session, changes: Sequence[tuple[Thing, Mapping[str, Any]]]) -> None:
    """Change many things of one kind, as setting the same columns of each and a flush do, by one statement."""
    if not changes:
        return
    kind, names = type(changes[0][0]), tuple(changes[0][1])
    await _changing(kind, names).run(session, rows=[{"id": thing.id, **values} for thing, values in changes])
    for thing, values in changes:
        thing.__dict__.update(values)


@cache
def _changing(kind: type[Thing], names: Sequence[str]) -> Statement:
    table = table_of(kind)
    rows = sa.func.jsonb_populate_recordset(sa.text(f"NULL::{table.name}"), sa.bindparam("rows", type_=JSONB))
    row = rows.table_valued(*(sa.column(name, table.c[name].type) for name in ("id", *names)), name="row")
    return Statement(sa.update(table).values({name: row.c[name] for name in names}).where(table.c.id == row.c.id))


class _Putting(NamedTuple):
    """A statement that puts a thing on record: what is given of it, and what the database makes."""

    statement: Statement
    given: Sequence[str]
    made: Sequence[str]


@cache
def _by_default(kind: type[Thing]) -> Sequence[str]:
    """The columns that the database fills where they are not given."""
    return [c.name for c in sa.inspect(kind).columns if c.server_default is not None or c.identity is not None]


@cache
def _putting(kind: type[Thing], given: frozenset[str]) -> _Putting:
    table, made = table_of(kind), [name for name in _by_default(kind) if name not in given]
    names = [column.name for column in sa.inspect(kind).columns if column.name not in made]
    values = {name: sa.bindparam(name, type_=table.c[name].type) for name in names}
    return _Putting(Statement(sa.insert(table).values(values).returning(*(table.c[n] for n in made))), names, made)


def together(*statements: Statement) -> Statement:
    """Several selects asked as one: a row with the rows of each, as JSON has them.

    A parameter that several have is one, and has one value.
    """
    return Statement(sa.select(*(_as_json(statement.core, n) for n, statement in enumerate(statements))))


def _as_json(core: Any, n: int) -> sa.ColumnElement[Any]:
    rows = core.subquery(f"rows_{n}")
    array = sa.func.json_agg(sa.func.json_build_array(*rows.c))
    return sa.func.coalesce(sa.select(array).select_from(rows).scalar_subquery(), sa.literal_column("'[]'"))


_cursors: Final = WeakKeyDictionary[SessionTransaction, Any]()
"""A cursor of the driver for each transaction under way: SQLAlchemy's way to it is as long as a statement."""


async def _cursor_of(session: Session) -> Any:
    """The driver's cursor in the session's transaction, once all that the session holds is written."""
    its = session.sync_session
    if its.identity_map.check_modified() or its.new or its.deleted:
        await session.flush()
    transaction = its.get_transaction()
    cursor = None if transaction is None else _cursors.get(transaction)
    if cursor is None:
        connection = (await session.connection()).sync_connection
        assert connection is not None
        driver: Any = connection.connection.driver_connection
        cursor = driver.cursor()
        if (transaction := its.get_transaction()) is not None:
            _cursors[transaction] = cursor
    return cursor


def _writer(type_: sa.types.TypeEngine[Any]) -> Callable[[Any], Any] | None:
    if isinstance(type_, sa.ARRAY) and (write := _ARRAYS.get(type(type_.item_type))) is not None:
        return write
    return type_.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def _whole_numbers(values: Iterable[int | None]) -> str:
    """An array as PostgreSQL reads it; of tens of thousands of ids this takes a tenth of what the driver takes."""
    return "{" + str(list(values))[1:-1].replace("None", "NULL") + "}"


def _texts(values: Iterable[str | None]) -> str:
    """The same of texts."""
    return "{" + ",".join(["NULL" if text is None else _quoted(text) for text in values]) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'


_ARRAYS: Final[Mapping[type, Callable[[Any], str]]] = {sa.BigInteger: _whole_numbers, sa.Text: _texts}


def by_actor(build: Callable[[Actor], T]) -> Callable[[Actor], tuple[T, dict[str, Any]]]:
    """What `build` makes of an actor, once for all of the same form, and the values of this one to run it with."""
    made: dict[Hashable, T] = {}

    def of(actor: Actor) -> tuple[T, dict[str, Any]]:
        form = actor.form()
        if form not in made:
            made[form] = build(actor.with_parameters(_parameter))
        return made[form], {_PREFIX + name: getattr(actor, name) for name in Actor.parameters}

    return of


_PREFIX: Final = "actor_"


def _parameter(name: str) -> Any:
    return sa.bindparam(_PREFIX + name, type_=sa.BigInteger if name.endswith("_id") else sa.Text)
