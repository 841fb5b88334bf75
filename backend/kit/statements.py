"""Statements that nearly every verb runs: compiled once, and handed to psycopg in the session's own transaction.

The ORM and SQLAlchemy's execution take three to five times the work of the driver beneath them. What is run for each
booking (an idempotency key, postings, an event) goes without; what reads better as objects stays with the ORM.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, Final, NamedTuple, TypeVar

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.orm.attributes import instance_state

from backend.kit.actor import Actor
from backend.kit.database import Session, Thing, table_of, write
from backend.kit.exchanges import Answer, Connection, Query
from backend.kit.seats import SEATED

T = TypeVar("T")
_DIALECT: Final = PGDialectAsync_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


class Statement:
    """A statement of Core whose bind parameters get their values when it runs."""

    def __init__(self, core: sa.Executable) -> None:
        self.core = core

    async def run(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        """Its rows, as the driver reads them; what the session has not written yet is written first.

        Raises what SQLAlchemy raises for a fault of the database.
        """
        connection = await _connection_of(session)
        try:
            return await connection.ask(self._query, self._bound(values))
        except psycopg.Error as error:
            raise self._fault(error) from error

    async def ahead(self, session: Session, answer: Answer | None = None, /, **values: Any) -> Answer:
        """Have it asked together with the next statement, which may not need it: then its rows are there."""
        answer = answer or Answer()
        if session.in_nested_transaction():
            answer.come(await self.run(session, **values))
        else:
            await self._said(session, values, answer)
        return answer

    async def say(self, session: Session, **values: Any) -> None:
        """Have it executed in its turn, where nobody needs to know what comes of it.

        It goes along with the next statement or with the commit, which raises what the database finds wrong with it;
        after a savepoint at once, for whoever set it to hear of that.
        """
        if session.in_nested_transaction():
            await self.run(session, **values)
        else:
            await self._said(session, values)

    async def _said(self, session: Session, values: Mapping[str, Any], answer: Answer | None = None) -> None:
        connection = await _connection_of(session)
        try:
            connection.say(self._query, self._bound(values), answer)
        except psycopg.Error as error:
            raise self._fault(error) from error

    def _fault(self, error: psycopg.Error) -> BaseException:
        return DBAPIError.instance(self._query.text.decode(), None, error, psycopg.Error, hide_parameters=True)

    @cached_property
    def _compiled(self) -> Any:
        return self.core.compile(dialect=_DIALECT)  # type: ignore[attr-defined]

    @cached_property
    def _query(self) -> Query:
        return Query(str(self._compiled))

    @cached_property
    def _parameters(self) -> Sequence[str]:
        return self._compiled.positiontup or ()

    @cached_property
    def _fixed(self) -> Mapping[str, Any]:
        """The values that stand in the statement itself, and None for those that come when it runs."""
        fixed: Mapping[str, Any] = self._compiled.params
        return fixed

    @cached_property
    def _writers(self) -> Sequence[tuple[str, Callable[[Any], Any]]]:
        """What the types of parameters make of values: an enum's text, JSON."""
        found = ((name, _writer(self._compiled.binds[name].type)) for name in self._parameters)
        return [(name, written) for name, written in found if written is not None]

    def _bound(self, values: Mapping[str, Any]) -> Sequence[Any]:
        bound = {**self._fixed, **values}
        for name, written in self._writers:
            bound[name] = written(bound[name])
        return [bound[name] for name in self._parameters]


class Loading:
    """A select of whole things, of one kind or several a row, that are read anew where the session has them already.

    The ORM takes three times as long for the same, most of it to find out each time how a row is read.
    """

    def __init__(self, core: sa.Select[*tuple[Any, ...]]) -> None:
        self._kinds = [_Kind(its["entity"]) for its in core.column_descriptions]
        columns = (getattr(kind.type, name) for kind in self._kinds for name in kind.names)
        self._statement = Statement(core.with_only_columns(*columns))

    async def run(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        """The things of each row."""
        rows = (iter(row) for row in await self._statement.run(session, **values))
        return [tuple(kind.taken(session, row) for kind in self._kinds) for row in rows]


class _Kind:
    """A kind of things, and how its columns are read."""

    def __init__(self, type_: type[Thing]) -> None:
        self.type, self._mapper = type_, sa.inspect(type_)
        self.names: Sequence[str] = [column.key for column in self._mapper.column_attrs]
        found = ((name, _reader(table_of(type_).c[name].type)) for name in self.names)
        self._readers = [(name, read) for name, read in found if read is not None]

    def taken(self, session: Session, row: Iterator[Any]) -> Thing:
        """The thing whose values come next in a row, as the session has it."""
        values = dict(zip(self.names, row))  # noqa: B905  # what is left of the row is the next kind's
        for name, read in self._readers:
            values[name] = read(values[name])
        held = session.sync_session.identity_map
        thing: Thing | None = held.get(self._mapper.identity_key_from_primary_key((values["id"],)))
        if thing is None:
            thing = self._mapper.class_manager.new_instance()
        thing.__dict__.update(values)
        _hold(session, thing)
        return thing


def _hold(session: Session, thing: Thing) -> None:
    """Have the session know a thing as it is, as if the ORM had just loaded it."""
    its, state = session.sync_session, instance_state(thing)
    if state.key is None:
        state.key = state.mapper.identity_key_from_primary_key((thing.id,))
        state.session_id = its.hash_key
        its.identity_map.add(state)
    state._commit_all(thing.__dict__, its.identity_map)


async def put(session: Session, thing: Thing) -> None:
    """Put a new thing on record, as `session.add` and a flush do, by a statement made once for what is given of it."""
    known = thing.__dict__
    putting = _putting(type(thing), frozenset(name for name in _by_default(type(thing)) if name in known))
    (row,) = await putting.statement.run(session, **{name: known.get(name) for name in putting.given})
    known.update(dict.fromkeys(putting.given) | known | dict(zip(putting.made, row, strict=True)))
    _hold(session, thing)


async def change(session: Session, changes: Sequence[tuple[Thing, Mapping[str, Any]]]) -> None:
    """Change many things of one kind, as setting the same columns of each and a flush do, by one statement."""
    if not changes:
        return
    kind, names = type(changes[0][0]), tuple(changes[0][1])
    await _changing(kind, names).say(session, rows=[{"id": thing.id, **values} for thing, values in changes])
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


_HELD: Final = "the driver's connection"
"""Stands in a session's `info` with the transaction that has it: SQLAlchemy's way to it is as long as a statement."""


async def _connection_of(session: Session) -> Connection:
    """The driver's connection in the session's transaction, once all that the session holds is written."""
    its = session.sync_session
    await write(session)
    seated: Connection | None = its.info.get(SEATED)
    if seated is not None and its.get_nested_transaction() is None:
        return seated
    within, connection = its.info.get(_HELD, (None, None))
    if within is None or within is not _transaction_of(its):
        bound = (await session.connection()).sync_connection  # begins the transaction, or sets its savepoint
        assert bound is not None
        connection = bound.connection.driver_connection
        its.info[_HELD] = _transaction_of(its), connection
    assert isinstance(connection, Connection)
    return connection


def _transaction_of(its: sa.orm.Session) -> SessionTransaction | None:
    return its.get_nested_transaction() or its.get_transaction()


def _writer(type_: sa.types.TypeEngine[Any]) -> Callable[[Any], Any] | None:
    if isinstance(type_, sa.ARRAY) and (write := _ARRAYS.get(type(type_.item_type))) is not None:
        return write
    return type_.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def _reader(type_: sa.types.TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What a type makes of what the driver read: an enum's member, a range."""
    return type_.dialect_impl(_DIALECT).result_processor(_DIALECT, _NUMERIC)


_NUMERIC: Final = 1700
"""By this number of a column's type SQLAlchemy knows that the driver reads decimals; it asks of no other."""


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
