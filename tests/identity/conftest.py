"""What tests of getting in share."""

from collections.abc import AsyncIterator

import pytest

from tests.identity.making import House


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    house = House(database_url)
    yield house
    await house.engine.dispose()
