"""Why somebody's role or right ends is not everybody's to read, though it is told to all that it did."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from backend.kit.actor import Actor
from backend.parties import people_verbs, right_verbs
from backend.parties.model import Organisation, RoleHeld
from tests.making import NOW, TODAY, supplier_expert
from tests.parties.conftest import Asking
from tests.parties.world import World


@pytest.mark.rule("H11.3-b")
async def test_why_a_role_ends_is_read_by_tiera_by_the_holder_and_by_whoever_manages_the_people(
    asking: Asking, world: World
) -> None:
    ending: dict[str, Any] = {"last_day": TODAY + timedelta(days=10), "reason": "Parental leave.", "now": NOW}
    async with asking.sessions.begin() as session:
        party = await session.get_one(Organisation, world.supplier.organisation_id)
        expert, colleague = [await supplier_expert(session, party) for _ in range(2)]
        theirs, tieras = [
            (await session.scalars(sa.select(RoleHeld).where(RoleHeld.person_id == who.person_id))).one()
            for who in (expert, world.manager)
        ]
        await people_verbs.require_replacement(session, world.manager, theirs.id, reason="Too slow.", now=NOW)
        for held in (theirs, tieras):
            await people_verbs.end_role(session, world.key_user, held.id, **ending)
    document = "query Q($id: ID!) { roleHeld(id: $id) { validUntil endReason replacementReason } }"

    async def told(held: RoleHeld, *readers: Actor) -> set[tuple[str | None, str | None]]:
        found = [(await asking.query(actor, document, id=str(held.ref)))["roleHeld"] for actor in readers]
        assert {each["validUntil"] for each in found} == {ending["last_day"].isoformat()}
        return {(each["endReason"], each["replacementReason"]) for each in found}

    assert await told(theirs, world.key_user, world.supplier, expert) == {("Parental leave.", "Too slow.")}
    assert await told(theirs, colleague) == {(None, None)}
    assert await told(tieras, world.key_user, world.manager) == {("Parental leave.", None)}
    assert await told(tieras, world.supplier, expert, world.customer) == {(None, None)}


@pytest.mark.rule("H11.8.1-c")
async def test_a_supplier_is_told_that_a_right_was_ended_and_not_why(asking: Asking, world: World) -> None:
    async with asking.sessions.begin() as session:
        await right_verbs.end_right(session, world.key_user, world.for_all.id, reason="On sick leave.", now=NOW)
    document = "query Q($id: ID!) { orderingRight(id: $id) { state endedAt endReason } }"

    async def told(actor: Actor) -> dict[str, Any]:
        found: dict[str, Any] = (await asking.query(actor, document, id=str(world.for_all.ref)))["orderingRight"]
        return found

    ours, theirs = await told(world.manager), await told(world.supplier)
    assert (ours["endReason"], theirs["endReason"]) == ("On sick leave.", None)
    assert theirs["state"] == "ENDED" and theirs["endedAt"] == ours["endedAt"]
