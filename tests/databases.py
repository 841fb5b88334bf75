"""Databases for tests: real servers, one migrated template, clones of it.

Without TEST_DATABASE_URL and TEST_REDIS_URL each test process runs the embedded servers in a folder of its own.
TEST_DATABASE_URL names a database of a role that may create others.
"""

import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.util import LRUCache

from backend import embedded
from backend.kit import database, migrating
from backend.kit.database import make_engine

FIXTURES = {"database_url", "empty_database_url", "session", "redis_url", "test_server", "embedded_servers"}
"""A test that uses one of these, however far off, is marked `database`."""

ROOM = 4 * 2**30
"""Bytes that a disk in memory must have free before databases are made there."""

_names = (f"portaali_test_{os.getpid()}_{n}" for n in count())


class Server:
    """A PostgreSQL on which a test process makes and drops databases of its own."""

    def __init__(self, url: str, *, is_ours: bool) -> None:
        self._url = url
        self._admin = psycopg.connect(url, autocommit=True)
        # A foreign cluster may be of any encoding (Debian's bare one is SQL_ASCII); ours is as it should be.
        self._text = "" if is_ours else " ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        if is_ours:  # half the time again; Debian's does not know it
            self._admin.execute("SET file_copy_method = clone")

    def create(self, template: str = "template0") -> str:
        """A new database, a copy of `template`; its name."""
        name = next(_names)
        text = self._text if template == "template0" else ""
        # Copying files is several times faster than writing what they hold to the log.
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY" + text, name, template)
        return name

    def drop(self, name: str) -> None:
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    def url_of(self, name: str) -> str:
        return re.sub(r"^(\w+://[^/?]*)(?:/[^?]*)?", rf"\1/{name}", self._url)

    def close(self) -> None:
        self._admin.close()

    def _run(self, statement: str, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """What one engine has compiled serves all others of a process, for all speak alike: thirty statements a test."""
    kept = {"compiled_cache": LRUCache[Any, Any](3_000)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PGDialectAsync_psycopg, "__eq__", lambda ours, other: type(ours) is type(other))
        patch.setattr(PGDialectAsync_psycopg, "__hash__", lambda ours: hash(type(ours)))
        patch.setattr(database, "create_async_engine", partial(create_async_engine, execution_options=kept))
        yield


@pytest.fixture(scope="session")
def embedded_servers() -> Iterator[Callable[[], embedded.Servers]]:
    """Our own servers, started when first asked for; in memory where there is room."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="portaali-test-", dir=memory if roomy else None))
    running: list[embedded.Servers] = []
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)

        def start() -> embedded.Servers:
            if not running:
                context = embedded.servers(folder, durable=False, say=lambda _: None)
                running.append(stack.enter_context(context))
            return running[0]

        yield start


@pytest.fixture(scope="session")
def test_server(embedded_servers: Callable[[], embedded.Servers]) -> Iterator[Server]:
    url = os.environ.get("TEST_DATABASE_URL")
    server = Server(url or embedded_servers().database_url, is_ours=url is None)
    yield server
    server.close()


@pytest.fixture(scope="session")
def template(test_server: Server) -> Iterator[str]:
    """The name of a database at head, which nobody connects to: connections would keep it from being copied."""
    name = test_server.create()
    migrating.upgrade(test_server.url_of(name))
    yield name
    test_server.drop(name)


@pytest.fixture
def empty_database_url(test_server: Server) -> Iterator[str]:
    """A database without any table."""
    name = test_server.create()
    yield test_server.url_of(name)
    test_server.drop(name)


@pytest.fixture
def database_url(test_server: Server, template: str) -> Iterator[str]:
    """A database at head for this test alone, which may commit as production does."""
    name = test_server.create(template)
    yield test_server.url_of(name)
    test_server.drop(name)


@pytest.fixture(scope="session")
def shared_database_url(test_server: Server, template: str) -> Iterator[str]:
    """A database at head in which nothing is ever committed."""
    name = test_server.create(template)
    yield test_server.url_of(name)
    test_server.drop(name)


@pytest.fixture(scope="session")
async def shared_engine(shared_database_url: str) -> AsyncIterator[AsyncEngine]:
    """One for all tests of a process, with its connection and what it has compiled."""
    engine = make_engine(shared_database_url, pool_size=1, max_overflow=0)
    yield engine
    await engine.dispose()


@pytest.fixture
async def session(shared_engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session whose work is undone at the end, even what the test commits."""
    async with shared_engine.connect() as connection:
        transaction = await connection.begin()
        async with AsyncSession(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        await transaction.rollback()


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """An empty Redis or Valkey, of this test process alone: a foreign server is shared, its databases are not."""
    import redis

    foreign = os.environ.get("TEST_REDIS_URL")
    own = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "0"))
    url = f"{foreign}?db={own}" if foreign else request.getfixturevalue("embedded_servers")().redis_url
    with redis.Redis.from_url(url) as line:
        line.flushdb()
    return str(url)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.database)
