"""The database's structure moved from one revision to another: Alembic, by its API, with no file of settings.

Alembic is imported only by what moves something, so that a web process can ask `current_is_head` without it.
"""

import re
from ast import literal_eval
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import sqlalchemy as sa

import migrations

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 0x706F7274  # "port": one process migrates a database at a time, the others wait and find it done


class UnsuitableDatabase(Exception):
    """The database cannot hold our texts, or is too old or too new for this version; the message says what to do."""


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` up to `revision`; fine to call when it is there already."""
    from alembic import command

    with _connection(url) as connection, _understood():
        command.upgrade(_config(connection), revision)


def downgrade(url: str, revision: str) -> None:
    """Bring the database at `url` back to `revision`; `base` is empty."""
    from alembic import command

    with _connection(url) as connection, _understood():
        command.downgrade(_config(connection), revision)


def create(url: str, message: str, metadata: sa.MetaData, on: date) -> Path:
    """Write a new migration that brings the database at `url` to `metadata`, for a person to finish."""
    name = "_".join([on.strftime("%Y_%m_%d"), *re.findall(r"\w+", message.lower())])
    from alembic import command

    with _connection(url) as connection:
        script = command.revision(_config(connection, metadata), message, autogenerate=True, rev_id=name)
    assert script is not None and not isinstance(script, list)
    return Path(script.path)


def current_is_head(connection: sa.Connection) -> bool:
    """Whether the structure is the one that this code was written for. From async code: `run_sync(current_is_head)`."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return not heads()
    return set(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars()) == heads()


def require_head(url: str) -> None:
    """Raise UnsuitableDatabase where the structure is not the one that this code was written for."""
    with _connection(url) as connection:
        if not current_is_head(connection):
            raise UnsuitableDatabase(
                "The structure of the database is not this version's: run `portaali migrate` first "
                "(in a production that is used, after `portaali backup`)."
            )


@cache
def heads() -> frozenset[str]:
    """The revisions that no other follows, as the files of `migrations/versions` say."""
    revisions: set[str] = set()
    followed: set[str] = set()
    for file in (Path(migrations.__file__).parent / "versions").glob("*.py"):
        for older, value in re.findall(r"^(down_)?revision\b[^=\n]*= *(.+)$", file.read_text(), re.MULTILINE):
            names = literal_eval(value)
            (followed if older else revisions).update([names] if isinstance(names, str) else names or ())
    return frozenset(revisions - followed)


@contextmanager
def _understood() -> Iterator[None]:
    """A revision that no file of ours writes: the database's own is a later version's, or a person typed another."""
    from alembic.util.exc import CommandError

    try:
        yield
    except CommandError as fault:
        raise UnsuitableDatabase(
            f"The database cannot be brought there by this version ({fault}): if a newer version of Palveluportaali "
            "has used it, run that one, or name another database (without one, another folder in PORTAALI_DATA)."
        ) from fault


@contextmanager
def _connection(url: str) -> Iterator[sa.Connection]:
    _check(url)
    address = sa.make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(address, poolclass=sa.NullPool, connect_args={"options": "-c timezone=UTC"})
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            connection.commit()  # the lock is the session's: it stays until the connection closes
            yield connection
    finally:
        engine.dispose()


def _check(url: str) -> None:
    """Refuse what cannot hold our texts. Not by SQLAlchemy, which stumbles over a server that is not in UTF-8."""
    with psycopg.connect(url) as connection:
        version, encoding = (
            connection.info.server_version // 10_000,
            connection.info.parameter_status("server_encoding"),
        )
        if version < 15:
            raise UnsuitableDatabase(f"The server is PostgreSQL {version}: use 15 or newer.")
        row = connection.execute("SELECT lower('ÄÖÅ')").fetchone() if encoding == "UTF8" else None
    if row != ("äöå",):
        raise UnsuitableDatabase(
            f"The database is in {encoding} or does not know capital Å from small å: make it with "
            "CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'."
        )


def _config(connection: sa.Connection | None = None, metadata: sa.MetaData | None = None) -> "Config":
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "metadata": metadata})
    folder = Path(migrations.__file__).parent
    options = {
        "script_location": str(folder),
        "path_separator": "newline",  # of version_locations, which are one: a folder's name may have spaces
        "file_template": "%(rev)s",
    }
    for name, value in options.items():
        config.set_main_option(name, value.replace("%", "%%"))
    return config
