"""Rows into tables by COPY, with keys that the loader gives itself."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from backend.kit.database import Base

Say = Callable[[str], None]
Row = tuple[Any, ...]
Model = type[Base]


class Loader:
    """Fills tables within one transaction: all of it is there in the end, or nothing."""

    def __init__(self, connection: psycopg.Connection[Any], say: Say) -> None:
        self.connection, self.say = connection, say
        self.filled: dict[str, int] = {}
        """Table → rows."""
        self._is_copying = False

    def keys(self, model: Model) -> Iterator[int]:
        """Keys of a table, from the first that is free."""
        wanted = sql.SQL("SELECT coalesce(max(id), 0) + 1 FROM {}").format(sql.Identifier(_table(model).name))
        return count(self.one(wanted))

    def one(self, statement: sql.Composed | str, *parameters: Any) -> Any:
        """The one value of a statement; None where it finds nothing. Never while rows are copied: it would wait."""
        assert not self._is_copying, "ask before copying"
        row = self.connection.execute(statement, parameters).fetchone()
        return row and row[0]

    def copy(self, model: Model, columns: str, rows: Iterable[Row]) -> None:
        """Store rows whose values are in the order of `columns`; columns left out have their defaults."""
        table, names = _table(model), columns.split()
        unknown = set(names) - set(table.columns.keys())
        if unknown:
            raise ValueError(f"{table.name} has no {', '.join(sorted(unknown))}")
        stored = 0
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
        )
        self._is_copying = True
        with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for stored, row in enumerate(rows, 1):  # noqa: B007  the last one is the count
                copy.write_row(row)
        self._is_copying = False
        self.filled[table.name] = self.filled.get(table.name, 0) + stored
        self.say(f"  {table.name}: {self.filled[table.name]:,}")

    def settle_keys(self) -> None:
        """Let the tables that were filled go on counting after the keys that were given."""
        for name in self.filled:
            if "id" in Base.metadata.tables[name].columns:
                self.connection.execute(
                    sql.SQL(
                        "SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {})) "
                        "WHERE pg_get_serial_sequence({}, 'id') IS NOT NULL"
                    ).format(sql.Literal(name), sql.Identifier(name), sql.Literal(name))
                )


def _table(model: Model) -> sa.Table:
    table = model.__table__
    assert isinstance(table, sa.Table)
    return table


def days(first: date, last: date | None = None) -> str:
    """A range of days as COPY takes it, both ends within."""
    return f"[{first},{last + timedelta(days=1) if last else ''})"


def instant(day: date, minute: int) -> datetime | str:
    """A time of a day, in minutes since midnight UTC, as COPY takes it."""
    return f"{day} {minute // 60:02}:{minute % 60:02}:00+00"
