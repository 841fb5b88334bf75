"""The example's tables, empty, for the tests of a module."""

from collections.abc import Iterator

import pytest

from tests.databases import Server
from tests.graphql.reads.base import Base
from tests.graphql.reads.small import small


@pytest.fixture(scope="module")
def base(test_server: Server) -> Iterator[Base]:
    name = test_server.create()
    base = Base(test_server.url_of(name))
    yield base
    base.connection.close()
    test_server.drop(name)


@pytest.fixture
def rows(base: Base) -> Base:
    """A few rows, and no statement sent yet."""
    base.load(small())
    base.statements.clear()
    return base
