"""Roles, people and gaps as the schema shows them to each side."""

from typing import Any

import pytest
from sqlalchemy.dialects.postgresql import Range

from backend.kit.actor import Actor, ActorKind
from backend.parties.model import Organisation, RoleHeld
from backend.rulebook.roles import Role
from tests.making import (
    TODAY,
    make_organisation,
    make_person,
    make_role,
)
from tests.parties.conftest import Asking
from tests.parties.making import make_contact
from tests.parties.test_schema import ON
from tests.parties.world import World


@pytest.mark.rule("H10-a", "H11.3-a")
async def test_unfilled_roles_and_unstated_competence_are_shown_to_both_sides(asking: Asking, world: World) -> None:
    async with asking.sessions.begin() as session:
        contact = await make_contact(session)
        party = await session.get_one(Organisation, world.supplier.organisation_id)
        await make_role(session, contact, party, Role.QUALITY_LEAD, competence=None)
        await make_role(session, contact, party, Role.PROJECT_MANAGER, competence=None)
        await make_organisation(session)  # a supplier without an agreement owes nobody a role
    document = "query Q($on: Date!) { unfilledRoles(on: $on) { role gap organisation { id } held { person { id } } } }"

    async def seen(actor: Actor) -> set[tuple[str, str, str]]:
        rows = (await asking.query(actor, document, on=ON))["unfilledRoles"]
        return {(row["organisation"]["id"], row["role"], row["gap"]) for row in rows}

    mine, tieras = f"Organisation:{world.supplier.organisation_id}", f"Organisation:{world.key_user.organisation_id}"
    both = await seen(world.supplier)
    assert {(mine, "ACCOUNT_MANAGER", "NO_HOLDER"), (mine, "QUALITY_LEAD", "NO_COMPETENCE")} <= both
    assert (mine, "PROJECT_MANAGER", "NO_COMPETENCE") in both
    assert not {(mine, "SERVICE_MANAGER", "NO_HOLDER"), (mine, "PROJECT_MANAGER", "NO_HOLDER")} & both
    assert (tieras, "BUSINESS_MANAGER", "NO_HOLDER") in both
    assert {organisation for organisation, _, _ in both} == {mine, tieras}
    assert both <= await seen(world.manager)
    assert {organisation for organisation, _, _ in await seen(world.customer)} == {tieras}


async def test_what_was_called_off_elsewhere_keeps_no_manager_from_a_person_nor_what_was_called_off_here(
    asking: Asking, world: World
) -> None:
    async with asking.sessions.begin() as session:
        own, others = [await session.get_one(Organisation, a.organisation_id) for a in (world.supplier, world.other)]
        person = await make_person(session)
        here = await make_role(session, person, own, Role.EXPERT)
        elsewhere = await make_role(session, person, others, Role.EXPERT)
    document = "query Q($id: ID!) { person(id: $id) { availableActions } }"

    async def offered() -> list[str]:
        found = await asking.query(world.supplier, document, id=str(person.ref))
        return found["person"]["availableActions"]  # type: ignore[no-any-return]

    assert await offered() == ["GIVE_ROLE"]
    for role in (elsewhere, here):
        async with asking.sessions.begin() as session:
            called_off = await session.get_one(RoleHeld, role.id)
            called_off.valid, called_off.called_off_from = Range(empty=True), TODAY
        assert await offered() == ["CHANGE", "GIVE_ROLE"]


async def test_a_role_that_was_called_off_shows_nobody_a_person_of_another_organisation(
    asking: Asking, world: World
) -> None:
    async with asking.sessions.begin() as session:
        customer = await make_organisation(session, ActorKind.CUSTOMER)
        person = await make_person(session)
        roles = [
            await make_role(session, person, await session.get_one(Organisation, id), role)
            for id, role in (
                (customer.id, Role.REPRESENTATIVE),
                (world.supplier.organisation_id, Role.EXPERT),
                (world.key_user.organisation_id, Role.KEY_USER),
            )
        ]
    document = """query Q($id: ID!, $role: ID!) {
      person(id: $id) { email } roleHeld(id: $role) { isCalledOff person { name email availableActions } }
    }"""
    asked = {"id": str(person.ref), "role": str(roles[1].ref)}
    assert (await asking.query(world.supplier, document, **asked))["person"] == {"email": person.email}
    async with asking.sessions.begin() as session:
        for role in roles[1:]:
            called_off = await session.get_one(RoleHeld, role.id)
            called_off.valid, called_off.called_off_from = Range(empty=True), TODAY
    found = await asking.query(world.supplier, document, **asked)
    assert found["person"] is None, "they are the customer's, and were given both roles by mistake"
    nothing: list[str] = []
    known = {"name": person.name, "email": None, "availableActions": nothing}
    assert found["roleHeld"] == {"isCalledOff": True, "person": known}
    at_tieras = {**asked, "role": str(roles[2].ref)}
    for actor in (world.supplier, world.customer):
        assert (await asking.query(actor, document, **at_tieras))["roleHeld"] is None, "it was Tiera's mistake"
    assert (await asking.query(world.key_user, document, **at_tieras))["roleHeld"]["isCalledOff"]


async def test_people_are_found_by_name_side_role_and_organisation(asking: Asking, world: World) -> None:
    document = "query Q($where: PersonFilter) { people(where: $where) { nodes { id } } }"

    async def found(actor: Actor, **where: Any) -> set[str]:
        nodes = (await asking.query(actor, document, where=where))["people"]["nodes"]
        return {node["id"] for node in nodes}

    mine = f"Person:{world.supplier.person_id}"
    assert await found(world.key_user, side="SUPPLIER") == {mine, f"Person:{world.other.person_id}"}
    assert await found(world.key_user, role="KEY_USER", on=ON) == {f"Person:{world.key_user.person_id}"}
    assert await found(world.supplier, side="SUPPLIER") == {mine}
    handlers = await found(world.key_user, handlesTickets=True, on=ON)
    assert mine in handlers and f"Person:{world.key_user.person_id}" not in handlers
    assert f"Person:{world.key_user.person_id}" in await found(world.key_user, handlesTickets=False, on=ON)
    organisation = f"Organisation:{world.other.organisation_id}"
    assert await found(world.supplier, organisationId=organisation) == set()
    assert world.key_user.kind is ActorKind.BUYER
