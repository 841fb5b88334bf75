"""The database as mapped classes see it: naming, types that columns share, engines, one session factory."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, NamedTuple

import orjson
import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from backend.kit.exchanges import Connection
from backend.kit.refs import Ref
from backend.kit.seats import Sessions as Sessions

Session = AsyncSession
Row = Any
"""The columns of one alias of a table, as conditions and shapes get them."""
Condition = sa.ColumnElement[bool]

Instant = sa.DateTime(timezone=True)
Euros = sa.Numeric(14, 2)
UnitPrice = sa.Numeric(18, 6)


STEMS = "stems"
"""The column of a table in which the database keeps the stems of its texts (`kit.words`)."""


class Concerned(NamedTuple):
    """Whom a thing concerns beside Tiera."""

    supplier_id: int | None = None
    customer_id: int | None = None


class Base(DeclarativeBase):
    """Every mapped class: its name is the kind of its Ref and the name of its GraphQL type."""

    # What the database computes is there after a flush, with no await; stems are for searching alone.
    __mapper_args__ = {"eager_defaults": True, "exclude_properties": [STEMS]}

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        int: sa.BigInteger,
        str: sa.Text,
        datetime: Instant,
        Decimal: Euros,
        dict[str, Any]: JSONB(none_as_null=True),
    }

    def __init__(self, **values: Any) -> None:
        """A new row; TypeError for what is none of its columns.

        SQLAlchemy's own constructor sets each value with its history, which nobody asks of what is not stored yet.
        """
        if not values.keys() <= _columns_of(type(self)):
            raise TypeError(f"{type(self).__name__} has no {', '.join(values.keys() - _columns_of(type(self)))}")
        self.__dict__.update(values)


@cache
def _columns_of(kind: type[Base]) -> frozenset[str]:
    return frozenset(column.key for column in sa.inspect(kind).column_attrs)


class Thing(Base):
    """A row that people and events refer to."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)

    @property
    def ref(self) -> Ref:
        return Ref(type(self).__name__, self.id)

    @property
    def concerns(self) -> Concerned:
        """The supplier and the customer who may hear of this thing's events."""
        return Concerned()


def table_of(thing: type[Base]) -> sa.Table:
    """The table of a mapped class, for statements that are Core's alone."""
    assert isinstance(thing.__table__, sa.Table)
    return thing.__table__


def enum_type(members: type[StrEnum], name: str | None = None) -> sa.Enum:
    """A column of text that holds the values of an enum, guarded by a CHECK; a table's second column of it is named."""
    return sa.Enum(
        members,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda e: [m.value for m in e],
        name=name or members.__name__.lower(),
    )


def no_overlap(*keys: str, valid: str = "valid", where: str | None = None) -> ExcludeConstraint:
    """No two rows of the same keys are valid on the same day, with no extension needed."""
    elements: list[Any] = [(sa.text(f"int8range({key}, {key}, '[]')"), "&&") for key in keys]
    return ExcludeConstraint(*elements, (sa.column(valid), "&&"), using="gist", where=where and sa.text(where))


class _Columns(Sequence[Any]):
    """The names and types of a result's columns, made when they are read."""

    def __init__(self, result: Any) -> None:
        self._result = result

    @cached_property
    def _all(self) -> list[tuple[Any, ...]]:
        its = self._result
        return [(its.fname(n).decode(), its.ftype(n), None, None, None, None, None) for n in range(its.nfields)]

    def __len__(self) -> int:
        return int(self._result.nfields)

    def __getitem__(self, n: Any) -> Any:
        return self._all[n]


class Cursor(psycopg.AsyncCursor[Any]):
    """SQLAlchemy asks several times a statement whether there are columns, and reads them the first time alone."""

    @property
    def description(self) -> Any:
        result = self.pgresult
        return _Columns(result) if result and result.nfields else super().description


def make_engine(url: str, **options: Any) -> AsyncEngine:
    """The engine of verbs. `url` is a libpq or SQLAlchemy URL; sessions speak UTC."""
    address = sa.make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+psycopg")
    connect = {
        "options": "-c timezone=UTC -c jit=off",
        "application_name": "portaali",
        "cursor_factory": Cursor,
        "async_creator_fn": Connection.connect,
    }
    given = {"pool_size": 10, "max_overflow": 5, "json_deserializer": orjson.loads} | options
    return create_async_engine(address, connect_args=connect, hide_parameters=True, **given)


async def write(session: Session) -> None:
    """Send what the session holds and the database does not have yet, as its `flush` does; seldom is there anything."""
    if not session.sync_session._is_clean():
        await session.flush()


def make_sessions(engine: AsyncEngine, **carried: Any) -> Sessions:
    """What makes sessions; each has `carried` in its `info`, such as the store of files."""
    return Sessions(engine, expire_on_commit=False, info=carried)
