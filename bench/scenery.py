"""The databases of a run, and who asks: loaded once in `.portaali/bench`, kept for the next run."""

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from backend.demo.load import load
from backend.identity.hashing import TOKEN_MARK, hashed
from backend.identity.states import Scope
from backend.kit import migrating
from bench.measuring import ROOT

SCOPES = [scope.value for scope in Scope]


@dataclass(frozen=True)
class Person:
    """Somebody signed in: a token for the API, a session for the portal."""

    id: int
    organisation_id: int
    token: str
    session: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}


class Scenery:
    """Databases on one server, by name."""

    def __init__(self, url: str) -> None:
        self.admin = url

    def url(self, name: str) -> str:
        return re.sub(r"^(\w+://[^/?]*)(?:/[^?]*)?", rf"\1/{name}", self.admin)

    def loaded(self, scale: str) -> str:
        """The address of a database with the data of a scale, made if it is not there or was made by other code."""
        name, version = f"bench_{scale}", _version()
        if self._version_of(name) != version:
            self._make(name)
            migrating.upgrade(self.url(name))
            load(self.url(name), scale)
            with psycopg.connect(self.admin, autocommit=True) as connection:
                described = sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(version))
                connection.execute(described)
        return self.url(name)

    @contextmanager
    def copy(self, scale: str) -> Iterator[str]:
        """A copy that may be written to, dropped afterwards."""
        name = f"bench_{scale}_copy"
        self._make(name, template=f"bench_{scale}")
        try:
            yield self.url(name)
        finally:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    @contextmanager
    def new(self, name: str) -> Iterator[str]:
        """A migrated database with nothing in it, dropped afterwards."""
        self._make(name)
        try:
            migrating.upgrade(self.url(name))
            yield self.url(name)
        finally:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _version_of(self, name: str) -> str | None:
        """By which code a database was made and filled; None where there is none, or it was left half filled."""
        wanted = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        with psycopg.connect(self.admin) as connection:
            row = connection.execute(wanted, [name]).fetchone()
        return row[0] if row else None

    def _make(self, name: str, template: str = "template0") -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _version() -> str:
    """Of what makes and fills databases; data made on another day is as good."""
    files = [*(ROOT / "migrations/versions").glob("*.py"), *(ROOT / "backend/demo/load").glob("*.py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()


def ask(url: str, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Rows of a statement of ours."""
    with psycopg.connect(url) as connection:
        return connection.execute(statement, parameters).fetchall()


def holders(url: str, role: str, side: str, most: int = 1) -> list[Person]:
    """People in a role, in turns of each organisation, that with the most orders first; each signed in."""
    found = ask(
        url,
        "SELECT h.person_id, h.organisation_id FROM roles_held h JOIN organisations o ON o.id = h.organisation_id "
        "WHERE h.role = %s AND o.side = %s "
        "ORDER BY row_number() OVER (PARTITION BY o.id ORDER BY h.person_id), "
        "(SELECT count(*) FROM orders w WHERE w.supplier_id = o.id) DESC LIMIT %s",
        role,
        side,
        most,
    )
    return [sign_in(url, person_id, organisation_id) for person_id, organisation_id in found]


def sign_in(url: str, person_id: int, organisation_id: int) -> Person:
    """A key and a session for somebody, as `make_token` and `begin_session` store them."""
    token, session, now = TOKEN_MARK + secrets.token_urlsafe(32), secrets.token_urlsafe(32), datetime.now(UTC)
    until = now + timedelta(hours=8)
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO api_tokens (secret_hash, hint, name, person_id, organisation_id, scopes, made_at, expires_at) "
            "VALUES (%s, %s, 'bench', %s, %s, %s, %s, %s)",
            [hashed(token), token[:10], person_id, organisation_id, SCOPES, now, until],
        )
        connection.execute(
            "INSERT INTO sessions (secret_hash, person_id, organisation_id, begun_at, seen_at, expires_at) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            [hashed(session), person_id, organisation_id, now, now, until],
        )
    return Person(person_id, organisation_id, token, session)
