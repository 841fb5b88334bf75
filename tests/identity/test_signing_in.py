"""Passwords, throttling, sessions."""

import time
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
import sqlalchemy as sa
from argon2 import Type

from backend.identity import hashing, queries, verbs
from backend.identity.actors import actors_of_people
from backend.identity.hashing import Handover, fits, hash_password, hashed
from backend.identity.model import Credential, SignInSession
from backend.identity.states import Scope
from backend.identity.token_verbs import make_token
from backend.kit.actor import SCHEDULE, ActorKind, Channel, Language
from backend.kit.database import Session
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.parties.model import Organisation, Person
from backend.rulebook.roles import Right, Role
from tests.identity.making import (
    MORNING,
    PASSWORD,
    House,
    acting,
    add_member,
    add_organisation,
    add_person,
    add_role,
)
from tests.making import make_right

HASHER = hashing._HASHER
"""As it is outside tests."""


async def make_member(house: House, role: Role = Role.SERVICE_MANAGER) -> tuple[Person, Organisation]:
    async with house.sessions.begin() as session:
        tiera = await add_organisation(session)
        return await add_member(session, tiera, role), tiera


async def count_of(house: House, what: sa.ColumnElement[bool] | None = None, table: type = SignInSession) -> int:
    async with house.sessions() as session:
        query = sa.select(sa.func.count()).select_from(table)
        return await session.scalar(query if what is None else query.where(what)) or 0


async def test_who_knows_the_password_is_in_and_acts_in_their_role(house: House) -> None:
    person, tiera = await make_member(house)
    present = await house.reception.of_session(await house.sign_in(person))
    assert present is not None
    assert (present.name, present.organisation) == ("Maija Lehto", "Tiera")
    assert (present.actor.kind, present.actor.person_id) == (ActorKind.BUYER, person.id)
    assert (present.actor.organisation_id, present.actor.channel) == (tiera.id, Channel.PORTAL)
    assert present.actor.roles == {Role.SERVICE_MANAGER}
    assert present.actor.may(Right.APPROVE_HOURS)
    assert not present.actor.may(Right.ADMINISTER)


async def test_neither_secret_nor_password_is_kept(house: House) -> None:
    person, _ = await make_member(house)
    secret = await house.sign_in(person)
    async with house.sessions() as session:
        kept = await session.scalar(sa.select(SignInSession.secret_hash))
        password = await session.scalar(sa.select(Credential.password_hash))
    assert kept == hashed(secret) != secret
    assert password is not None
    assert password.startswith("$argon2id$")


async def test_the_address_is_taken_in_capitals_too(house: House) -> None:
    person, _ = await make_member(house)
    assert (await house.reception.sign_in(f" {person.email.upper()}", PASSWORD, origin=None, agent=None)).secret


@pytest.mark.parametrize("who", ["wrong password", "unknown address", "no password yet"])
async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(house: House, who: str) -> None:
    person, tiera = await make_member(house)
    async with house.sessions.begin() as session:
        invited = await add_member(session, tiera, Role.KEY_USER, "Kalle Uusi", password=None)
    address = {"wrong password": person.email, "unknown address": "x@example.fi", "no password yet": invited.email}[who]
    answer = await house.reception.sign_in(address, "something else 123", origin=None, agent=None)
    assert answer.secret is None
    assert [(error.code, error.message.msgid) for error in answer.errors] == [
        (Code.INVALID, "The address or the password is wrong.")
    ]
    assert await count_of(house) == 0


def test_to_hash_a_password_costs_whoever_guesses_what_is_recommended() -> None:
    assert HASHER.type is Type.ID
    assert HASHER.time_cost >= 2
    assert HASHER.memory_cost >= 19 * 1024


async def test_an_unknown_address_takes_as_long_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_HASHER", HASHER)
    monkeypatch.setattr(hashing, "_decoy", cache(hashing._decoy.__wrapped__))
    kept = await hash_password(PASSWORD)
    took: dict[bool, float] = {}
    for known in (True, False):
        times = []
        for _ in range(5):
            began = time.perf_counter()
            assert not await fits("something else 123", kept if known else None)
            times.append(time.perf_counter() - began)
        took[known] = min(times)
    assert took[False] > took[True] / 3  # both hash; without a hash it would be a thousandth


async def test_somebody_without_a_role_today_is_told_so_once_the_password_was_right(house: House) -> None:
    person, _ = await make_member(house)
    house.clock.at = MORNING.replace(year=2025)
    wrong = await house.reception.sign_in(person.email, "something else 123", origin=None, agent=None)
    right = await house.reception.sign_in(person.email, PASSWORD, origin=None, agent=None)
    assert wrong.errors[0].code is Code.INVALID
    assert right.errors[0].code is Code.NOT_PERMITTED
    assert await count_of(house) == 0


async def test_a_session_ends_with_the_role(house: House) -> None:
    person, tiera = await make_member(house)
    secret = await house.sign_in(person)
    assert await house.reception.of_session(secret)
    async with house.sessions.begin() as session:
        await session.execute(sa.text("UPDATE roles_held SET valid = daterange('2026-01-01', '2026-11-24')"))
    assert await house.reception.of_session(secret)  # remembered for ten seconds
    house.clock.move(seconds=10)
    assert await house.reception.of_session(secret) is None
    async with house.sessions.begin() as session:
        await add_role(session, await session.get_one(Person, person.id), tiera, Role.PROJECT_MANAGER)
    house.clock.move(seconds=10)
    present = await house.reception.of_session(secret)
    assert present is not None
    assert present.actor.roles == {Role.PROJECT_MANAGER}


@pytest.mark.rule("H11.8.1-a")
async def test_whoever_holds_no_role_any_more_is_out_also_with_an_ordering_right_in_force(house: House) -> None:
    person, tiera = await make_member(house)
    async with house.sessions.begin() as session:
        await make_right(session, person.id, tiera)
        ends_on, key = MORNING.date() + timedelta(days=30), Handover()
        await make_token(session, acting(person, tiera), "Raportti", [Scope.READ], ends_on, key, now=MORNING)
    session_secret = await house.sign_in(person)
    present = await house.reception.of_session(session_secret)
    assert present is not None and present.actor.may(Right.PLACE_ORDERS)
    assert key.secret and await house.reception.of_token(key.secret)
    async with house.sessions.begin() as session:
        await session.execute(sa.text("UPDATE roles_held SET valid = daterange('2026-01-01', '2026-11-24')"))
    house.clock.move(seconds=10)
    assert await house.reception.of_session(session_secret) is None
    assert await house.reception.of_token(key.secret) is None
    assert (await house.reception.sign_in(person.email, PASSWORD, origin=None, agent=None)).secret is None
    async with house.sessions() as session:
        assert await queries.organisations_of(session, person.id, MORNING.date()) == []
        assert not any((await actors_of_people(session, [person.id], MORNING, Channel.PORTAL)).values())


async def test_a_role_that_begins_tomorrow_gives_nothing_today(house: House) -> None:
    person, tiera = await make_member(house)
    async with house.sessions.begin() as session:
        held = await add_role(session, await session.get_one(Person, person.id), tiera, Role.KEY_USER)
        await session.execute(
            sa.text("UPDATE roles_held SET valid = daterange('2026-11-25', null) WHERE id = :id"), {"id": held.id}
        )
    present = await house.reception.of_session(await house.sign_in(person))
    assert present is not None
    assert not present.actor.may(Right.ADMINISTER)
    house.clock.at = MORNING.replace(hour=22, minute=30)  # past midnight in Helsinki
    present = await house.reception.of_session(await house.sign_in(person))
    assert present is not None
    assert present.actor.may(Right.ADMINISTER)


async def test_a_session_that_nobody_uses_is_over_after_eight_hours(house: House) -> None:
    person, _ = await make_member(house)
    idle, used = await house.sign_in(person), await house.sign_in(person)
    house.clock.move(hours=7)
    assert await house.reception.of_session(used)
    house.clock.move(hours=7)
    assert await house.reception.of_session(idle) is None
    assert await house.reception.of_session(used)
    house.clock.move(hours=10)
    assert await house.reception.of_session(used) is None


async def test_being_seen_is_written_once_in_five_minutes(house: House) -> None:
    person, _ = await make_member(house)
    secret = await house.sign_in(person)
    house.clock.move(minutes=4)
    await house.reception.of_session(secret)
    async with house.sessions() as session:
        assert await session.scalar(sa.select(SignInSession.seen_at)) == MORNING
    house.clock.move(minutes=1)
    await house.reception.of_session(secret)
    async with house.sessions() as session:
        assert await session.scalar(sa.select(SignInSession.seen_at)) == house.clock.at


async def test_signing_out_ends_this_session_at_once_and_no_other(house: House) -> None:
    person, _ = await make_member(house)
    here, there = await house.sign_in(person), await house.sign_in(person)
    present = await house.reception.of_session(here)
    assert present is not None
    await house.reception.sign_out(present)
    assert await house.reception.of_session(here) is None
    assert await house.reception.of_session(there)


async def test_nobody_ends_the_session_of_another(session: Session) -> None:
    tiera = await add_organisation(session)
    one = await add_member(session, tiera, Role.KEY_USER, "Yksi Toinen")
    other = await add_member(session, tiera, Role.KEY_USER, "Toinen Yksi")
    theirs = await verbs.begin_session(session, verbs.UNKNOWN, other.id, Handover(), now=MORNING)
    with pytest.raises(Refusal) as refused:
        await verbs.end_session(session, acting(one, tiera, Role.KEY_USER), theirs.id, now=MORNING)
    assert refused.value.code is Code.NOT_FOUND
    assert theirs.ended_at is None


async def test_signing_out_elsewhere_leaves_this_browser_in(session: Session) -> None:
    tiera = await add_organisation(session)
    person = await add_member(session, tiera, Role.EXPERT)
    rows = [await verbs.begin_session(session, verbs.UNKNOWN, person.id, Handover(), now=MORNING) for _ in range(3)]
    await verbs.end_other_sessions(session, acting(person, tiera, Role.KEY_USER), rows[1].id, now=MORNING)
    assert [row.ended_at is None for row in rows] == [False, True, False]


async def test_only_the_key_user_signs_another_person_out(session: Session) -> None:
    tiera = await add_organisation(session)
    person = await add_member(session, tiera, Role.SERVICE_MANAGER)
    key_user = await add_member(session, tiera, Role.KEY_USER, "Kaisa Avain")
    begun = await verbs.begin_session(session, verbs.UNKNOWN, person.id, Handover(), now=MORNING)
    with pytest.raises(Refusal):
        await verbs.end_sessions_of(session, acting(person, tiera, Role.SERVICE_MANAGER), person.id, now=MORNING)
    assert begun.ended_at is None
    ends_on = MORNING.date() + timedelta(days=30)
    key, others = [
        await make_token(
            session,
            acting(owner, tiera, Role.SERVICE_MANAGER),
            "Raportti",
            [Scope.READ],
            ends_on,
            Handover(),
            now=MORNING,
        )
        for owner in (person, key_user)
    ]
    await verbs.end_sessions_of(session, acting(key_user, tiera, Role.KEY_USER), person.id, now=MORNING)
    assert begun.ended_at == MORNING
    assert (key.revoked_at, others.revoked_at) == (MORNING, None), "a key on a lost device opens nothing either"


async def test_signing_in_and_out_are_on_record_for_tiera_only(session: Session) -> None:
    tiera = await add_organisation(session)
    person = await add_member(session, tiera, Role.SERVICE_MANAGER)
    begun = await verbs.begin_session(session, verbs.UNKNOWN, person.id, Handover(), now=MORNING)
    await verbs.end_session(session, acting(person, tiera), begun.id, now=MORNING)
    query = sa.select(Event.name, Event.person_id, Event.audience, Event.figures).where(
        Event.subject_kind == "SignInSession"
    )
    assert (await session.execute(query)).all() == [
        ("session.begun", person.id, "tiera", {}),
        ("session.ended", person.id, "tiera", {}),
    ]


async def _of_two(house: House) -> tuple[Person, Organisation, Organisation]:
    async with house.sessions.begin() as session:
        tiera = await add_organisation(session)
        supplier = await add_organisation(session, "Alfa Oy", ActorKind.SUPPLIER)
        person = await add_member(session, tiera, Role.SERVICE_MANAGER)
        await add_role(session, person, supplier, Role.EXPERT)
        await add_organisation(session, "Beta Oy", ActorKind.SUPPLIER)
    return person, tiera, supplier


async def test_a_person_of_two_organisations_chooses_for_which_to_act(house: House) -> None:
    person, tiera, supplier = await _of_two(house)
    secret = await house.sign_in(person)
    present = await house.reception.of_session(secret)
    assert present is not None
    assert present.actor.organisation_id == supplier.id
    assert present.organisations == ((supplier.id, "Alfa Oy"), (tiera.id, "Tiera"))
    assert not (await house.reception.switch(present, tiera.id)).errors
    changed = await house.reception.of_session(secret)
    assert changed is not None
    assert (changed.actor.kind, changed.actor.roles) == (ActorKind.BUYER, {Role.SERVICE_MANAGER})
    again = await house.reception.of_session(await house.sign_in(person))
    assert again is not None
    assert again.actor.organisation_id == tiera.id  # whom they last acted for


async def test_nobody_acts_for_an_organisation_in_which_they_are_nothing(house: House) -> None:
    person, _, supplier = await _of_two(house)
    present = await house.reception.of_session(await house.sign_in(person))
    assert present is not None
    async with house.sessions() as session:
        foreign = await session.scalar(sa.select(Organisation.id).where(Organisation.name == "Beta Oy"))
    assert foreign is not None
    entered = await house.reception.switch(present, foreign)
    assert [error.code for error in entered.errors] == [Code.NOT_PERMITTED]
    assert await count_of(house, SignInSession.organisation_id == supplier.id) == 1


async def test_changing_the_password_needs_the_present_one_and_ends_other_sessions(house: House) -> None:
    person, _ = await make_member(house)
    here, there = await house.sign_in(person), await house.sign_in(person)
    present = await house.reception.of_session(here)
    assert present is not None
    wrong = await house.reception.change_password(present, "something else 123", "uusi ja pidempi sana")
    assert wrong[0].path == ("current",)
    weak = await house.reception.change_password(present, PASSWORD, "lyhyt")
    assert weak[0].path == ("password",)
    assert await house.reception.of_session(there)
    assert await house.reception.change_password(present, PASSWORD, "uusi ja pidempi sana") == ()
    assert await house.reception.of_session(here)
    assert await house.reception.of_session(there) is None
    assert await house.sign_in(person, "uusi ja pidempi sana")


async def test_only_the_installation_itself_sets_the_password_of_another(session: Session) -> None:
    tiera = await add_organisation(session)
    key_user = await add_member(session, tiera, Role.KEY_USER)
    other = await add_person(session, "Toinen Yksi")
    with pytest.raises(Refusal):
        await verbs.set_password(session, acting(key_user, tiera, Role.KEY_USER), other.id, "x", now=MORNING)
    assert await queries.find_password(session, other.id) is None
    await verbs.set_password(session, SCHEDULE, other.id, "x", now=MORNING)
    assert await queries.find_password(session, other.id) == "x"


async def test_a_key_to_the_api_changes_no_password(session: Session) -> None:
    tiera = await add_organisation(session)
    person = await add_member(session, tiera, Role.KEY_USER)
    actor = replace(acting(person, tiera, Role.KEY_USER), channel=Channel.API)
    with pytest.raises(Refusal) as refused:
        await verbs.change_password(session, actor, "x", now=MORNING)
    assert refused.value.code is Code.NOT_PERMITTED


async def test_a_language_is_chosen_and_on_record(session: Session) -> None:
    tiera = await add_organisation(session)
    person = await add_member(session, tiera, Role.KEY_USER)
    await verbs.choose_language(session, acting(person, tiera), Language.SV, now=MORNING)
    assert person.language is Language.SV
    query = sa.select(Event.from_state, Event.to_state).where(Event.name == "person.language_chosen")
    assert (await session.execute(query)).all() == [("fi", "sv")]
