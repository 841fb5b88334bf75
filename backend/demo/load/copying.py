"""Rows into tables by COPY, with keys that the loader gives itself."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final, LiteralString

import psycopg
import sqlalchemy as sa
from psycopg import sql

from backend.kit.database import Base
from backend.settings import Say

Row = tuple[Any, ...]
Model = type[Base]

_KEYS: Final = """SELECT r.relname, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c
JOIN pg_class r ON r.oid = c.conrelid
WHERE r.relname = ANY(%s) AND r.relnamespace = 'public'::regnamespace AND c.contype IN ('f', 'u')
ORDER BY c.contype DESC, c.conname"""
_INDEXES: Final = """SELECT r.relname, i.relname, pg_get_indexdef(i.oid) FROM pg_index x
JOIN pg_class r ON r.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
WHERE r.relname = ANY(%s) AND r.relnamespace = 'public'::regnamespace
AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.oid AND c.contype IN ('p', 'u', 'x'))
ORDER BY i.relname"""


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

    @contextmanager
    def unindexed(self, *models: Model) -> Iterator[None]:
        """Fill tables without their indexes, unique and foreign keys, which are made again, and checked, at the end.

        Made at once they cost less than row by row. Whoever else uses the database waits for the tables meanwhile.
        """
        tables = [_table(model).name for model in models]
        keys = self._pairs(_KEYS, tables)
        indexes = self._pairs(_INDEXES, tables)
        self.connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for table, name, _ in keys:
            self._run("ALTER TABLE {} DROP CONSTRAINT {}", table, name)
        for _, name, _ in indexes:
            self._run("DROP INDEX {}", name)
        yield
        for _, _, definition in indexes:
            self.connection.execute(sql.SQL(definition))
        for table, name, definition in keys:
            self._run(f"ALTER TABLE {{}} ADD CONSTRAINT {{}} {definition}", table, name)

    def _pairs(self, statement: LiteralString, tables: list[str]) -> list[tuple[str, str, LiteralString]]:
        return self.connection.execute(statement, [tables]).fetchall()

    def _run(self, statement: LiteralString, *names: str) -> None:
        self.connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

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
