"""How an installation begins, once."""

import pytest
import sqlalchemy as sa

from backend.identity.founding import begin_installation
from backend.kit.actor import ActorKind
from backend.kit.database import make_engine, make_sessions
from backend.parties.model import Organisation, RoleHeld, StatedCompetence
from backend.rulebook.roles import Role
from backend.settings import Trouble

GIVEN = {
    "name": "Kuntien Tiera Oy",
    "business_id": "1000002-0",
    "person_name": "Jari Nieminen",
    "email": "j@tiera.example",
}


async def test_it_begins_with_the_buyer_and_its_key_user_who_gets_a_link(database_url: str) -> None:
    link = await begin_installation(database_url, "https://portaali.example", **GIVEN)
    assert link.startswith("https://portaali.example/kutsu/") and len(link) > 60
    engine = make_engine(database_url, pool_size=1)
    async with make_sessions(engine)() as session:
        buyer = (await session.scalars(sa.select(Organisation))).one()
        role = (await session.scalars(sa.select(RoleHeld))).one()
        assert (await session.scalars(sa.select(StatedCompetence))).all() == [], "nobody has stated it yet"
    await engine.dispose()
    assert (buyer.side, role.role) == (ActorKind.BUYER, Role.KEY_USER)


async def test_it_begins_once(database_url: str) -> None:
    await begin_installation(database_url, "https://portaali.example", **GIVEN)
    with pytest.raises(Trouble, match="has begun already"):
        await begin_installation(database_url, "https://portaali.example", **GIVEN)


async def test_a_wrong_business_id_is_told_and_nothing_begins(database_url: str) -> None:
    with pytest.raises(Trouble):
        await begin_installation(database_url, "https://portaali.example", **GIVEN | {"business_id": "1000002-1"})
    assert await begin_installation(database_url, "https://portaali.example", **GIVEN)
