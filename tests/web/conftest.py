"""The gallery's application and the real one, asked in this process."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from backend.kit.actor import ActorKind
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.identity.making import add_member, add_organisation
from tests.making import make_agreement, make_service
from tests.web.gallery.app import Orders, create_app
from tests.web.portal import Portal, opened, settings_for


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


@pytest.fixture
async def portal(database_url: str, tmp_path: Path) -> AsyncIterator[Portal]:
    """The real application with people in it."""
    async with opened(settings_for(database_url, tmp_path)) as portal:
        await portal.settle()
        yield portal


@pytest.fixture
async def sides(portal: Portal) -> tuple[Person, Person]:
    """A municipality's representative and the supplier's service manager, with a service between them."""
    async with portal.house.sessions.begin() as session:
        await make_service(session, await make_agreement(session, portal.supplier))
        town = await add_organisation(session, "Mallila", ActorKind.CUSTOMER)
        asker = await add_member(session, town, Role.REPRESENTATIVE, "Hanna Kunta")
        return asker, await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
