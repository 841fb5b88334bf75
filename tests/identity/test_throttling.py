"""Who guesses is slowed down, and nobody else is locked out."""

import asyncio

import sqlalchemy as sa

from backend.identity import verbs
from backend.identity.hashing import hashed
from backend.identity.model import SignInAttempt
from backend.kit.actor import SCHEDULE
from backend.kit.faults import Code
from tests.identity.making import (
    MORNING,
    PASSWORD,
    House,
)
from tests.identity.test_signing_in import count_of, make_member


async def test_the_eleventh_try_for_an_address_waits_even_with_the_right_password(house: House) -> None:
    person, _ = await make_member(house)
    for _ in range(10):
        await house.reception.sign_in(person.email, "something else 123", origin=None, agent=None)
    refused = await house.reception.sign_in(person.email, PASSWORD, origin="198.51.100.7", agent=None)
    assert [error.code for error in refused.errors] == [Code.TOO_MANY_REQUESTS]
    house.clock.move(minutes=15, seconds=1)
    assert (await house.reception.sign_in(person.email, PASSWORD, origin=None, agent=None)).secret


async def test_an_unknown_address_is_throttled_like_a_known_one(house: House) -> None:
    tried = [await house.reception.sign_in("x@example.fi", "something", origin=None, agent=None) for _ in range(11)]
    assert [answer.errors[0].code for answer in tried] == [Code.INVALID] * 10 + [Code.TOO_MANY_REQUESTS]


async def test_tries_at_once_are_counted_like_tries_one_after_the_other(house: House) -> None:
    tries = (house.reception.sign_in("x@example.fi", "something", origin=None, agent=None) for _ in range(14))
    codes = [answer.errors[0].code for answer in await asyncio.gather(*tries)]
    assert codes.count(Code.INVALID) == 10


async def test_many_addresses_from_one_origin_are_throttled(house: House) -> None:
    person, _ = await make_member(house)
    async with house.sessions.begin() as session:
        origin = house.reception._origin("192.0.2.1")
        session.add_all(
            SignInAttempt(kind="sign_in", email_hash=f"{n}", origin_hash=origin, at=MORNING, succeeded=False)
            for n in range(60)
        )
    refused = await house.reception.sign_in(person.email, PASSWORD, origin="192.0.2.1", agent=None)
    assert refused.errors[0].code is Code.TOO_MANY_REQUESTS
    assert (await house.reception.sign_in(person.email, PASSWORD, origin="192.0.2.2", agent=None)).secret


async def test_neighbours_in_an_ipv6_network_are_one_origin(house: House) -> None:
    same = {house.reception._origin(address) for address in ("2001:db8::1", "2001:db8::ffff:1")}
    assert len(same) == 1
    assert house.reception._origin("2001:db8:0:1::1") not in same


async def test_success_forgives_the_tries_before_it(house: House) -> None:
    person, _ = await make_member(house)
    for _ in range(9):
        await house.reception.sign_in(person.email, "something else 123", origin=None, agent=None)
        house.clock.move(seconds=1)
    await house.sign_in(person)
    house.clock.move(seconds=1)
    for _ in range(9):
        await house.reception.sign_in(person.email, "something else 123", origin=None, agent=None)
    await house.sign_in(person)


async def test_what_is_kept_of_a_try_names_nobody(house: House) -> None:
    await house.reception.sign_in("maija@example.fi", "something", origin="192.0.2.1", agent=None)
    async with house.sessions() as session:
        kept = (await session.execute(sa.select(SignInAttempt))).scalar_one()
    assert "maija" not in kept.email_hash
    assert kept.email_hash != hashed("maija@example.fi")
    assert kept.origin_hash != hashed("192.0.2.1")


async def test_guessing_the_present_password_is_throttled(house: House) -> None:
    person, _ = await make_member(house)
    present = await house.reception.of_session(await house.sign_in(person))
    assert present is not None
    house.clock.move(seconds=1)
    for _ in range(10):
        await house.reception.change_password(present, "something else 123", "uusi ja pidempi sana")
    refused = await house.reception.change_password(present, PASSWORD, "uusi ja pidempi sana")
    assert refused[0].code is Code.TOO_MANY_REQUESTS


async def test_changes_of_passwords_that_were_right_lock_nobody_out(house: House) -> None:
    """Not oneself by one's eleventh, nor everybody by the sixty-first: a change has no origin to be counted by."""
    person, _ = await make_member(house)
    present = await house.reception.of_session(await house.sign_in(person))
    assert present is not None
    async with house.sessions.begin() as session:
        session.add_all(
            SignInAttempt(kind="sign_in", email_hash=f"{n}", at=MORNING, succeeded=False) for n in range(60)
        )
    now, then = PASSWORD, "uusi ja pidempi sana"
    for _ in range(11):
        house.clock.move(seconds=1)
        assert await house.reception.change_password(present, now, "lyhyt")
        assert await house.reception.change_password(present, now, then) == ()
        now, then = then, now
    assert await house.sign_in(person, now)


async def test_the_nightly_sweep_forgets_tries_and_what_is_long_over(house: House) -> None:
    person, _ = await make_member(house)
    await house.sign_in(person)
    house.clock.move(days=91)
    await house.entrance.enter(SCHEDULE, verbs.forget_old)
    assert await count_of(house) == 1  # over for 90 days, of which its last day was one
    house.clock.move(days=1)
    await house.entrance.enter(SCHEDULE, verbs.forget_old)
    assert await count_of(house) == 0
    assert await count_of(house, table=SignInAttempt) == 0
