"""A connection on which each test loads rows into temporary tables and rolls them back."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.types.numeric import Int8Dumper
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from tests.graphql.reads.example.tables import metadata
from tests.graphql.reads.reference import Data


class Base:
    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, cursor_factory=psycopg.RawCursor, prepare_threshold=None)
        self.connection.adapters.register_dumper(int, Int8Dumper)
        self.connection.execute("SET timezone = 'UTC'")
        self.statements: list[str] = []
        for table in metadata.tables.values():
            create = str(CreateTable(table).compile(dialect=postgresql.dialect()))
            self.connection.execute(create.replace("CREATE TABLE", "CREATE TEMP TABLE").encode())
        self.connection.execute("SAVEPOINT empty")

    def load(self, data: Data) -> None:
        self.connection.execute("ROLLBACK TO SAVEPOINT empty")
        for name, rows in vars(data).items():
            if rows:
                width = len(rows[0])
                places = (", ".join(f"${i * width + j + 1}" for j in range(width)) for i in range(len(rows)))
                values = ", ".join(f"({place})" for place in places)
                statement = f"INSERT INTO {name} ({', '.join(rows[0])}) VALUES {values}"
                self.connection.execute(statement.encode(), [v for row in rows for v in row.values()])

    async def fetch(self, sql: bytes, parameters: Sequence[Any], *, anew: bool = False) -> bytes | None:
        self.statements.append(sql.decode())
        cursor = self.connection.execute(sql, parameters)
        assert cursor.pgresult
        return cursor.pgresult.get_value(0, 0)
