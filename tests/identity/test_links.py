"""Invitations and resets: a link works once, for 72 hours, and tells nothing to those it is not for."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from backend.identity import mails, queries, verbs
from backend.identity.hashing import Handover, hash_password, hashed
from backend.identity.model import OneTimeLink
from backend.identity.states import LinkPurpose
from backend.kit.actor import SCHEDULE, Channel, Language
from backend.kit.database import Session
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.parties.model import Person
from backend.rulebook.roles import Right, Role
from tests.identity.making import MORNING, PASSWORD, House, acting, add_link, add_member, add_organisation

NEW = "uusi ja pidempi sana"


async def _invited(house: House) -> tuple[Person, str]:
    async with house.sessions.begin() as session:
        tiera = await add_organisation(session)
        key_user = await add_member(session, tiera, Role.KEY_USER, "Kaisa Avain")
        person = await add_member(session, tiera, Role.SERVICE_MANAGER, password=None)
        return person, await add_link(session, acting(key_user, tiera, Role.KEY_USER), person)


async def test_an_invitation_shows_whom_it_is_for_and_lets_them_in_with_a_password_of_their_own(house: House) -> None:
    person, secret = await _invited(house)
    seen = await house.reception.find_link(secret)
    assert seen is not None
    assert (seen.purpose, seen.name, seen.address) == (LinkPurpose.INVITATION, person.name, person.email)
    signed_in = await house.reception.use_link(secret, NEW, agent=None)
    assert signed_in.secret
    present = await house.reception.of_session(signed_in.secret)
    assert present is not None
    assert present.actor.person_id == person.id
    assert await house.sign_in(person, NEW)


async def test_a_link_works_once(house: House) -> None:
    person, secret = await _invited(house)
    await house.reception.use_link(secret, NEW, agent=None)
    again = await house.reception.use_link(secret, "jokin aivan muu sana", agent=None)
    assert again.errors[0].code is Code.INVALID
    assert await house.reception.find_link(secret) is None
    assert await house.sign_in(person, NEW)


async def test_of_two_who_use_a_link_at_once_one_gets_in(house: House) -> None:
    _, secret = await _invited(house)
    passwords = [await hash_password(f"salasana numero {n} tässä") for n in range(4)]
    uses = (house.entrance.enter(verbs.UNKNOWN, verbs.use_link, secret=secret, password_hash=p) for p in passwords)
    entered = await asyncio.gather(*uses)
    assert sum(1 for one in entered if not one.errors) == 1
    async with house.sessions() as session:
        events = await session.scalar(sa.select(sa.func.count()).where(Event.name == "password.changed"))
    assert events == 0


async def test_two_links_of_one_person_used_at_once_let_one_in(house: House) -> None:
    person, first = await _invited(house)
    handover = Handover()
    await house.entrance.enter(
        SCHEDULE, verbs.make_link, person_id=person.id, purpose=LinkPurpose.INVITATION, handover=handover
    )
    assert handover.secret
    uses = (
        house.entrance.enter(verbs.UNKNOWN, verbs.use_link, secret=secret, password_hash="x")
        for secret in (first, handover.secret)
    )
    assert sum(1 for one in await asyncio.gather(*uses) if not one.errors) == 1


async def test_a_link_is_dead_after_72_hours(house: House) -> None:
    _, secret = await _invited(house)
    house.clock.move(hours=71, minutes=59)
    assert await house.reception.find_link(secret)
    house.clock.move(minutes=1)
    assert await house.reception.find_link(secret) is None
    late = await house.reception.use_link(secret, NEW, agent=None)
    assert late.errors[0].code is Code.INVALID


@pytest.mark.parametrize("address", ["oikea@tiera.example", None])
async def test_a_link_that_went_to_a_wrong_address_is_dead_once_the_address_is_corrected(
    house: House, address: str | None
) -> None:
    async with house.sessions.begin() as session:
        tiera = await add_organisation(session)
        key_user = acting(await add_member(session, tiera, Role.KEY_USER), tiera, Role.KEY_USER)
        person = await add_member(session, tiera, Role.SERVICE_MANAGER, password=None)
        secret, errand = await add_link(session, key_user, person), Handover()
        themself = acting(person, tiera, Role.SERVICE_MANAGER)
        month = timedelta(days=30)
        await verbs.make_errand_link(
            session, themself, Right.SEE_HOURS, tiera.ref, errand, lasts=month, now=house.clock()
        )
    assert errand.secret and await house.reception.of_errand(errand.secret)
    await house.entrance.enter(
        key_user, verbs.change_person, person_id=person.id, name="Maija Meri", email=address or person.email,
        language=Language.FI, expected_version=person.version,
    )  # fmt: skip
    assert (await house.reception.of_errand(errand.secret) is None) is (address is not None)
    used = await house.reception.use_link(secret, NEW, agent=None)
    assert (used.secret is None) is (address is not None)


async def test_an_address_is_corrected_before_a_letter_is_written_or_after_its_link_is_there(house: House) -> None:
    person, _ = await _invited(house)
    async with house.sessions.begin() as changing, house.sessions() as writing:
        await queries.get_person_for_change(changing, person.id)
        await writing.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            await mails.write_letter(
                writing, SCHEDULE, person.id, LinkPurpose.INVITATION, base_url="https://x.example", now=house.clock()
            )


async def test_a_used_an_old_and_an_invented_link_get_the_same_answer(house: House) -> None:
    _, used = await _invited(house)
    await house.reception.use_link(used, NEW, agent=None)
    answers = [(await house.reception.use_link(link, NEW, agent=None)).errors for link in (used, "invented")]
    assert answers[0] == answers[1]


async def test_a_weak_password_leaves_the_link_working(house: House) -> None:
    _, secret = await _invited(house)
    weak = await house.reception.use_link(secret, "lyhyt", agent=None)
    assert weak.errors[0].path == ("password",)
    assert await house.reception.find_link(secret)


async def test_the_secret_is_in_no_row_and_no_event(house: House) -> None:
    _, secret = await _invited(house)
    async with house.sessions() as session:
        link = (await session.execute(sa.select(OneTimeLink))).scalar_one()
        figures = (await session.execute(sa.select(Event.figures).where(Event.name == "person.invited"))).scalar_one()
    assert link.secret_hash == hashed(secret)
    assert figures == {}


async def test_only_the_key_user_invites_and_only_from_the_portal(session: Session) -> None:
    tiera = await add_organisation(session)
    key_user = await add_member(session, tiera, Role.KEY_USER, "Kaisa Avain")
    person = await add_member(session, tiera, Role.SERVICE_MANAGER, password=None)
    by_key = replace(acting(key_user, tiera, Role.KEY_USER), channel=Channel.API)
    for actor in (acting(key_user, tiera, Role.SERVICE_MANAGER), by_key):
        handover = Handover()
        with pytest.raises(Refusal) as refused:
            await verbs.invite(session, actor, person.id, handover, now=MORNING)
        assert refused.value.code is Code.NOT_PERMITTED
        assert handover.secret is None
    assert (await session.scalar(sa.select(sa.func.count()).select_from(OneTimeLink))) == 0


async def test_whoever_has_a_password_is_not_invited_again(session: Session) -> None:
    tiera = await add_organisation(session)
    key_user = await add_member(session, tiera, Role.KEY_USER, "Kaisa Avain")
    person = await add_member(session, tiera, Role.SERVICE_MANAGER)
    with pytest.raises(Refusal) as refused:
        await verbs.invite(session, acting(key_user, tiera, Role.KEY_USER), person.id, Handover(), now=MORNING)
    assert refused.value.code is Code.INVALID


async def test_inviting_somebody_who_is_not_there_is_not_found(session: Session) -> None:
    tiera = await add_organisation(session)
    key_user = await add_member(session, tiera, Role.KEY_USER, "Kaisa Avain")
    with pytest.raises(Refusal) as refused:
        await verbs.invite(session, acting(key_user, tiera, Role.KEY_USER), 10**9, Handover(), now=MORNING)
    assert refused.value.code is Code.NOT_FOUND


# A forgotten password


async def _forgetful(house: House) -> Person:
    async with house.sessions.begin() as session:
        return await add_member(session, await add_organisation(session), Role.SERVICE_MANAGER)


async def test_asking_for_a_new_password_says_the_same_for_every_address(house: House) -> None:
    person = await _forgetful(house)
    answers = [await house.reception.forgotten(a, origin=None) for a in (person.email, "x@example.fi")]
    assert answers == [(), ()]
    async with house.sessions() as session:
        asked = await session.execute(sa.select(Event.subject_id).where(Event.name == "password.forgotten"))
        links = await session.scalar(sa.select(sa.func.count()).select_from(OneTimeLink))
    assert asked.scalars().all() == [person.id]
    assert links == 0  # the letter makes its own


@pytest.mark.parametrize("known", [True, False])
async def test_asking_again_and_again_is_throttled_for_every_address(house: House, known: bool) -> None:
    person = await _forgetful(house)
    address = person.email if known else "x@example.fi"
    asked = [await house.reception.forgotten(address, origin=None) for _ in range(4)]
    assert [errors[0].code if errors else None for errors in asked] == [None] * 3 + [Code.TOO_MANY_REQUESTS]


async def test_asking_does_not_lock_out_who_knows_the_password(house: House) -> None:
    person = await _forgetful(house)
    for _ in range(4):
        await house.reception.forgotten(person.email, origin=None)
    assert await house.sign_in(person)


async def test_the_letter_carries_a_link_that_sets_a_new_password_and_ends_all_sessions(house: House) -> None:
    person = await _forgetful(house)
    old = await house.sign_in(person)
    assert await house.reception.of_session(old)
    async with house.sessions.begin() as session:
        letter = await mails.write_letter(
            session, SCHEDULE, person.id, LinkPurpose.RESET, base_url="https://portaali.example.fi", now=house.clock()
        )
    assert letter.address == person.email
    start = "https://portaali.example.fi/uusi-salasana/"
    secret = next(line for line in letter.body.splitlines() if line.startswith(start)).removeprefix(start)
    assert (await house.reception.use_link(secret, NEW, agent=None)).secret
    assert await house.reception.of_session(old) is None
    wrong = await house.reception.sign_in(person.email, PASSWORD, origin=None, agent=None)
    assert wrong.secret is None


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_letters_are_in_the_readers_language(purpose: LinkPurpose) -> None:
    letters = [
        mails.compose(Person(name="Maija", email="m@example.fi", language=language), purpose, "https://x/")
        for language in Language
    ]
    assert len({letter.subject for letter in letters}) == 3
    assert len({letter.body for letter in letters}) == 3
    assert all("https://x/" in letter.body and "72" in letter.body for letter in letters)


async def test_every_event_that_a_letter_answers_is_one_that_is_written(session: Session) -> None:
    tiera = await add_organisation(session)
    key_user = await add_member(session, tiera, Role.KEY_USER, "Kaisa Avain")
    person = await add_member(session, tiera, Role.SERVICE_MANAGER, password=None)
    await add_link(session, acting(key_user, tiera, Role.KEY_USER), person)
    await verbs.ask_for_reset(session, verbs.UNKNOWN, person.email, "a", None, now=MORNING)
    names = set((await session.execute(sa.select(Event.name).where(Event.subject_id == person.id))).scalars())
    assert names >= set(mails.LETTER_OF)
    assert await queries.find_password(session, person.id) is None
