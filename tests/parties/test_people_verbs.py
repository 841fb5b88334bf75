"""People hold roles from day to day; changes are announced, and a role without stated competence is seen."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor, ActorKind, Language
from backend.kit.faults import Code, Refusal
from backend.parties import people_verbs, queries, role_queries
from backend.parties.model import Organisation, Person, RoleHeld, StatedCompetence
from backend.parties.role_queries import holders_of, holds_role_within, stand_ins_of
from backend.rulebook.roles import Role
from tests.making import (
    NOW,
    TODAY,
    customer_representative,
    make_organisation,
    make_person,
    make_role,
    supplier_expert,
    supplier_manager,
    tiera_key_user,
    tiera_service_manager,
)
from tests.parties.making import events_of

NEXT_MONTH = date(2026, 12, 1)
YESTERDAY = TODAY - timedelta(days=1)


async def refused(verb: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        await verb
    return found.value


async def own(session: AsyncSession, actor: Actor) -> Organisation:
    return await queries.get_organisation(session, actor, actor.organisation_id or 0)


def adding(organisation_id: int | None, **changed: Any) -> dict[str, Any]:
    return {
        "organisation_id": organisation_id,
        "role": Role.EXPERT,
        "name": "Åsa Öberg",
        "email": " Asa.Oberg@Leverantor.FI ",
        "valid_from": NEXT_MONTH,
        "competence": "Five years of databases.",
        "now": NOW,
    } | changed


@pytest.mark.rule("H11.3-a")
async def test_a_supplier_names_its_own_people_to_roles_with_their_competence(session: AsyncSession) -> None:
    manager, other = await supplier_manager(session), await supplier_manager(session)
    person = await people_verbs.add_person(session, manager, **adding(manager.organisation_id))
    (held,) = await role_queries.roles_on(session, person.id, NEXT_MONTH)
    stated = await queries.known_competence(session, held.id)
    assert (held.role, stated and stated.competence, held.supplier_id) == (
        Role.EXPERT,
        "Five years of databases.",
        manager.organisation_id,
    )
    assert person.email == "asa.oberg@leverantor.fi"
    assert await role_queries.roles_on(session, person.id, TODAY) == []
    for actor, organisation_id in ((other, manager.organisation_id), (manager, other.organisation_id)):
        attempt = people_verbs.add_person(session, actor, **adding(organisation_id, email="x@y.fi"))
        assert (await refused(attempt)).code is Code.NOT_FOUND
    tiera = await make_organisation(session, ActorKind.BUYER)
    attempt = people_verbs.add_person(session, manager, **adding(tiera.id, role=Role.KEY_USER, email="x@y.fi"))
    assert (await refused(attempt)).code is Code.NOT_PERMITTED


@pytest.mark.rule("H11.3-a")
async def test_an_expert_names_nobody(session: AsyncSession) -> None:
    expert = await supplier_expert(session)
    attempt = people_verbs.add_person(session, expert, **adding(expert.organisation_id))
    assert (await refused(attempt)).code is Code.NOT_PERMITTED


@pytest.mark.rule("H11.3-a")
async def test_one_person_may_hold_several_roles_and_each_has_its_competence(session: AsyncSession) -> None:
    manager = await supplier_manager(session)
    person = await make_person(session)
    await make_role(session, person, await own(session, manager), Role.EXPERT)
    held = await people_verbs.give_role(
        session,
        manager,
        person_id=person.id,
        organisation_id=manager.organisation_id or 0,
        role=Role.QUALITY_LEAD,
        valid_from=NEXT_MONTH,
        now=NOW,
    )
    assert await queries.known_competence(session, held.id) is None
    for competence, now in (("ISO 9001.", NOW), ("ISO 9001 and 27001.", NOW + timedelta(days=1))):
        await people_verbs.state_competence(session, manager, held.id, competence=competence, now=now)
    rows = await session.scalars(sa.select(StatedCompetence).order_by(StatedCompetence.id))
    assert [(each.competence, each.ended_at) for each in rows.all() if each.role_held_id == held.id] == [
        ("ISO 9001.", NOW + timedelta(days=1)),
        ("ISO 9001 and 27001.", None),
    ]
    assert [event.rule for event in await events_of(session, held, "role.competence_stated")] == ["H11.3-a"] * 2


@pytest.mark.rule("H10-a")
async def test_tieras_roles_are_given_from_day_to_day_by_its_key_user(session: AsyncSession) -> None:
    key_user, manager = await tiera_key_user(session), await tiera_service_manager(session)
    person = await make_person(session)
    asked: dict[str, Any] = {
        "person_id": person.id,
        "organisation_id": key_user.organisation_id,
        "role": Role.ICT_ARCHITECT,
        "valid_from": TODAY,
        "valid_until": date(2026, 12, 31),
        "now": NOW,
    }
    assert (await refused(people_verbs.give_role(session, manager, **asked))).errors[0].rule == "H10-a"
    held = await people_verbs.give_role(session, key_user, **asked)
    assert held.valid == Range(TODAY, date(2027, 1, 1))
    assert (await refused(people_verbs.give_role(session, key_user, **asked))).errors[0].path == ("valid_from",)


def standing_in(held: RoleHeld, person: Person, **changed: Any) -> dict[str, Any]:
    return {
        "role_id": held.id,
        "person_id": person.id,
        "valid_from": TODAY,
        "valid_until": date(2026, 12, 31),
        "now": NOW,
    } | changed


async def service_manager_with_colleague(session: AsyncSession) -> tuple[Actor, RoleHeld, Person]:
    manager, colleague = await supplier_manager(session), await make_person(session)
    await make_role(session, colleague, await own(session, manager), Role.EXPERT)
    roles = await role_queries.roles_on(session, manager.person_id or 0, TODAY)
    return manager, next(each for each in roles if each.role is Role.SERVICE_MANAGER), colleague


@pytest.mark.rule("H11.10-a")
async def test_a_service_managers_stand_in_has_the_role_for_some_days_and_leaves_it_with_its_holder(
    session: AsyncSession,
) -> None:
    _, held, colleague = await service_manager_with_colleague(session)
    key_user = await tiera_key_user(session)
    named = await people_verbs.name_stand_in(session, key_user, **standing_in(held, colleague))
    assert (named.role, named.stands_in_for_id, named.valid) == (held.role, held.id, Range(TODAY, date(2027, 1, 1)))
    (event,) = await events_of(session, named, "role.stand_in_named")
    assert event.rule == "H11.10-a"
    found = await holders_of(session, held.organisation_id, held.role, TODAY)
    assert found == [held.person_id, colleague.id], "the holder comes first"
    for day, expected in ((TODAY, [colleague.id]), (date(2027, 1, 1), [])):
        assert await stand_ins_of(session, held.organisation_id, held.role, day) == expected


@pytest.mark.rule("H11.10-a", "H11.3-a", "D0-f")
async def test_only_the_organisations_own_people_stand_in_for_a_suppliers_service_manager_alone(
    session: AsyncSession,
) -> None:
    manager, held, colleague = await service_manager_with_colleague(session)
    stranger, other_manager = await make_person(session), await supplier_manager(session)
    key_user, expert = await tiera_key_user(session), await supplier_expert(session, await own(session, manager))

    async def fails(actor: Actor, **given: Any) -> Refusal:
        return await refused(people_verbs.name_stand_in(session, actor, **given))

    assert (await fails(key_user, **standing_in(held, stranger))).errors[0].path == ("person_id",)
    early = standing_in(held, colleague, valid_from=date(2000, 1, 1))
    assert (await fails(key_user, **early)).errors[0].path == ("valid_from",)
    assert (await fails(expert, **standing_in(held, colleague))).code is Code.NOT_PERMITTED
    assert (await fails(other_manager, **standing_in(held, colleague))).code is Code.NOT_FOUND
    (others,) = await role_queries.roles_on(session, colleague.id, TODAY)
    assert (await fails(key_user, **standing_in(others, colleague))).errors[0].path == ("role_id",)
    named = await people_verbs.name_stand_in(session, key_user, **standing_in(held, colleague))
    person = await make_person(session)
    await make_role(session, person, await own(session, manager), Role.EXPERT)
    assert (await fails(key_user, **standing_in(named, person))).errors[0].path == ("role_id",), "no chains"
    itself = standing_in(held, await session.get_one(Person, manager.person_id))
    assert (await fails(manager, **itself)).errors[0].rule == "D0-f"


@pytest.mark.rule("D0-f")
async def test_nobody_gives_a_role_to_themselves(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    attempt = people_verbs.give_role(
        session,
        key_user,
        person_id=key_user.person_id or 0,
        organisation_id=key_user.organisation_id or 0,
        role=Role.BUSINESS_MANAGER,
        valid_from=TODAY,
        now=NOW,
    )
    assert (await refused(attempt)).errors[0].rule == "D0-f"


@pytest.mark.rule("H11.3-b")
@pytest.mark.parametrize(("begins", "in_advance"), [(TODAY + timedelta(days=1), True), (TODAY, False)])
async def test_whether_a_change_of_people_was_announced_in_advance_is_on_record(
    session: AsyncSession, begins: date, in_advance: bool
) -> None:
    manager = await supplier_manager(session)
    person = await people_verbs.add_person(session, manager, **adding(manager.organisation_id, valid_from=begins))
    (held,) = await role_queries.roles_on(session, person.id, begins)
    (event,) = await events_of(session, held, "role.announced")
    assert (held.announced_at, event.figures["in_advance"], event.supplier_id) == (
        NOW,
        in_advance,
        manager.organisation_id,
    )


@pytest.mark.rule("H11.3-b")
async def test_the_end_of_a_role_is_announced_with_its_reason(session: AsyncSession) -> None:
    manager = await supplier_manager(session)
    held = await make_role(session, await make_person(session), await own(session, manager), Role.EXPERT)
    blank = people_verbs.end_role(session, manager, held.id, last_day=NEXT_MONTH, reason=" ", now=NOW)
    assert (await refused(blank)).errors[0].path == ("reason",)
    await people_verbs.end_role(session, manager, held.id, last_day=NEXT_MONTH, reason="Moves on.", now=NOW)
    assert (held.valid.upper, held.end_announced_at, held.end_reason) == (date(2026, 12, 2), NOW, "Moves on.")
    later = people_verbs.end_role(session, manager, held.id, last_day=date(2027, 5, 1), reason="x", now=NOW)
    assert (await refused(later)).errors[0].path == ("last_day",)


@pytest.mark.rule("H11.3-b")
async def test_the_last_key_user_stays_until_another_holds_the_role(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    tiera = await own(session, key_user)
    wanted = sa.select(RoleHeld).where(RoleHeld.person_id == key_user.person_id)
    held = (await session.scalars(wanted)).one()
    ending: dict[str, Any] = {"last_day": TODAY + timedelta(days=10), "reason": "Leaves.", "now": NOW}
    assert "Nobody else" in str(await refused(people_verbs.end_role(session, key_user, held.id, **ending)))
    other = await make_role(session, await make_person(session), tiera, Role.KEY_USER)
    other.valid = Range(TODAY + timedelta(days=5), TODAY + timedelta(days=50))
    await refused(people_verbs.end_role(session, key_user, held.id, **ending))
    other.valid = Range(TODAY + timedelta(days=11), None)
    await people_verbs.end_role(session, key_user, held.id, **ending)
    for last_day in (date(2027, 1, 1), TODAY):  # an end, and a calling off
        await refused(people_verbs.end_role(session, key_user, other.id, **ending | {"last_day": last_day}))


@pytest.mark.rule("H11.3-b")
@pytest.mark.parametrize("first_day", [TODAY, NEXT_MONTH])
async def test_a_role_that_begins_today_or_later_is_called_off_and_may_be_given_again(
    session: AsyncSession, first_day: date
) -> None:
    manager, tieras = await supplier_manager(session), await tiera_service_manager(session)
    organisation, person = await own(session, manager), await make_person(session)
    days = Range(first_day, None)
    held = await make_role(session, person, organisation, Role.EXPERT, valid=days)
    begun = await make_role(session, person, organisation, Role.QUALITY_LEAD, valid=Range(YESTERDAY, None))
    ending: dict[str, Any] = {"last_day": first_day - timedelta(days=1), "reason": "Stays where they are.", "now": NOW}
    before_it = {**ending, "last_day": YESTERDAY - timedelta(days=1)}
    too_early = people_verbs.end_role(session, manager, begun.id, **before_it)
    assert (await refused(too_early)).errors[0].path == ("last_day",)

    await people_verbs.end_role(session, manager, held.id, **ending)
    (event,) = await events_of(session, held, "role.called_off")
    assert (event.supplier_id, event.figures["valid_from"]) == (organisation.id, first_day.isoformat())
    assert await events_of(session, held, "role.end_announced") == []
    roles = await role_queries.roles_on(session, person.id, first_day)
    assert [each.role for each in roles] == [Role.QUALITY_LEAD]
    for attempt in (
        people_verbs.end_role(session, manager, held.id, **ending),
        people_verbs.require_replacement(session, tieras, held.id, reason="Too late.", now=NOW),
    ):
        assert (await refused(attempt)).errors[0].rule == "H11.3-b"
    assert not await holds_role_within(session, person.id, organisation.id, Role.EXPERT, days)


@pytest.mark.rule("H11.3-b")
async def test_tiera_may_require_that_a_suppliers_person_is_replaced_and_says_why(session: AsyncSession) -> None:
    tieras, manager = await tiera_service_manager(session), await supplier_manager(session)
    held = await make_role(session, await make_person(session), await own(session, manager), Role.EXPERT)
    asked: dict[str, Any] = {"reason": "Deadlines are missed.", "now": NOW}
    attempt = people_verbs.require_replacement(session, manager, held.id, **asked)
    assert (await refused(attempt)).errors[0].rule == "H11.3-b"
    await people_verbs.require_replacement(session, tieras, held.id, **asked)
    assert (held.replacement_required_at, held.replacement_reason) == (NOW, "Deadlines are missed.")
    (event,) = await events_of(session, held, "role.replacement_required")
    assert event.supplier_id == manager.organisation_id
    assert (await refused(people_verbs.require_replacement(session, tieras, held.id, **asked))).code is Code.BROKEN_RULE
    tieras_own = await make_role(session, await make_person(session), await own(session, tieras), Role.ICT_ARCHITECT)
    attempt = people_verbs.require_replacement(session, tieras, tieras_own.id, **asked)
    assert (await refused(attempt)).code is Code.NOT_PERMITTED


async def test_a_suppliers_manager_corrects_only_people_who_act_for_nobody_else(session: AsyncSession) -> None:
    manager, key_user = await supplier_manager(session), await tiera_key_user(session)
    person = await make_person(session)
    await make_role(session, person, await own(session, manager), Role.EXPERT)
    asked: dict[str, Any] = {"name": "Uusi Nimi", "email": "uusi@nimi.fi", "language": Language.SV, "now": NOW}
    await people_verbs.change_person(session, manager, person.id, **asked)
    assert (person.name, person.language, person.version) == ("Uusi Nimi", Language.SV, 2)

    await make_role(session, person, await make_organisation(session), Role.EXPERT)
    assert (await refused(people_verbs.change_person(session, manager, person.id, **asked))).code is Code.NOT_PERMITTED
    await people_verbs.change_person(session, key_user, person.id, **asked)


async def test_each_side_sees_its_own_people_and_tieras(session: AsyncSession) -> None:
    tieras, supplier = await tiera_service_manager(session), await supplier_manager(session)
    other, customer = await supplier_expert(session), await customer_representative(session)
    nobody = await make_person(session)
    people = {tieras.person_id, supplier.person_id, other.person_id, customer.person_id, nobody.id}

    async def seen(actor: Actor) -> set[int | None]:
        wanted = sa.select(Person.id).where(queries.visible_people(actor, Person))
        return people & set((await session.scalars(wanted)).all())

    async def roles(actor: Actor) -> set[int | None]:
        wanted = sa.select(RoleHeld.person_id).where(queries.visible_roles(actor, RoleHeld))
        return people & set((await session.scalars(wanted)).all())

    for actor in (supplier, other, customer):
        assert await seen(actor) == await roles(actor) == {actor.person_id, tieras.person_id}
    assert await seen(tieras) == people
