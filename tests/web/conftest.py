"""The gallery's application, asked in this process."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.web.gallery.app import Orders, create_app


@pytest.fixture
def orders() -> Orders:
    """The door behind the gallery's pages."""
    return Orders()


@pytest.fixture
async def gallery(orders: Orders) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without JavaScript, more or less."""
    transport = httpx.ASGITransport(create_app(orders), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://portaali.test") as client:
        yield client
