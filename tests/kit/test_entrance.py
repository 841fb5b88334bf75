"""One entrance: a refusal stores nothing, a repeat makes nothing twice, a deadlock is tried once more."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.kit.actor import Actor, ActorKind, Channel
from backend.kit.database import Session, Thing, make_engine, make_sessions
from backend.kit.entrance import Entrance, IdempotencyKey, Verb
from backend.kit.events import Audience, Event, Outbox, record
from backend.kit.faults import Code, broken_rule
from backend.kit.numbers import take
from backend.kit.refs import Ref
from backend.kit.statements import Statement, put
from backend.kit.translation import Text

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ACTOR = Actor(ActorKind.BUYER, organisation_id=1, person_id=7, channel=Channel.API)


class Note(Thing):
    """A thing that only these tests know."""

    metadata = sa.MetaData()
    __tablename__ = "test_notes"


FIRST = Statement(sa.text("INSERT INTO test_notes OVERRIDING SYSTEM VALUE VALUES (99)"))
SAYING = Statement(sa.text("INSERT INTO test_notes DEFAULT VALUES"))


@pytest.fixture
async def entrance(database_url: str) -> AsyncIterator[Entrance]:
    engine = make_engine(database_url, pool_size=6)
    async with engine.begin() as connection:
        await connection.execute(
            sa.text("CREATE TABLE test_notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)")
        )
    yield Entrance(make_sessions(engine), lambda: AT)
    await engine.dispose()


async def write_note(session: Session, actor: Actor, *, text: str = "", now: datetime) -> Note:
    note = Note()
    session.add(note)
    await record(session, actor, "note.written", note, at=now, audience=Audience.TIERA, length=len(text))
    return note


async def look_and_write(session: Session, actor: Actor, *, text: str = "", now: datetime) -> Note:
    await session.scalar(sa.select(Note.id).limit(1))
    return await write_note(session, actor, text=text, now=now)


async def put_note(session: Session, actor: Actor, *, text: str = "", now: datetime) -> Note:
    await put(session, note := Note())
    await record(session, actor, "note.written", note, at=now, audience=Audience.TIERA, length=len(text))
    return note


async def write_apart(session: Session, actor: Actor, *, text: str = "", now: datetime) -> Note:
    async with session.begin_nested():
        return await write_note(session, actor, text=text, now=now)


async def say_note(session: Session, actor: Actor, *, text: str = "", now: datetime) -> Ref:
    """A verb that waits for no answer."""
    await SAYING.say(session)
    return Ref("Note", 1)


async def write_first(session: Session, actor: Actor, *, text: str = "", now: datetime) -> Ref:
    """What may be there once only."""
    await FIRST.run(session)
    return Ref("Note", 1)


async def write_several(session: Session, actor: Actor, *, text: str = "", now: datetime) -> Ref:
    """One statement with several rows of parameters, which the driver sends in a pipeline of its own."""
    await session.execute(sa.text("INSERT INTO test_notes SELECT WHERE :n > 1"), [{"n": 1}, {"n": 1}])
    await SAYING.say(session)
    return Ref("Note", 1)


BEGUN = [write_note, look_and_write, put_note, write_apart, write_several, say_note]
"""Verbs by what they ask first: the ORM's writing, its reading, a statement, a savepoint, several at once, nothing."""


async def write_and_refuse(session: Session, actor: Actor, *, now: datetime) -> Note:
    await write_note(session, actor, now=now)
    raise broken_rule("D0-a", Text("This is not possible now: the state is “%(state)s”.", state="x"), "text")


async def how_many(entrance: Entrance, of: type[Any]) -> int:
    async with entrance.sessions() as session:
        return (await session.execute(sa.select(sa.func.count()).select_from(of))).scalar_one()


@pytest.mark.rule("D0-b")
async def test_an_act_leaves_who_when_for_whom_and_by_which_channel(entrance: Entrance) -> None:
    entered = await entrance.enter(ACTOR, write_note, text="abc")
    async with entrance.sessions() as session:
        event = (await session.scalars(sa.select(Event))).one()
    assert (event.subject, event.at, event.person_id, event.organisation_id) == (entered.ref, AT, 7, 1)
    assert (event.channel, event.figures) == (Channel.API, {"length": 3})
    assert await how_many(entrance, Outbox) == 1


@pytest.mark.rule("D0-b")
@pytest.mark.parametrize("change", ["UPDATE events SET name = 'x'", "DELETE FROM events", "TRUNCATE events CASCADE"])
async def test_what_is_on_record_cannot_be_changed(entrance: Entrance, change: str) -> None:
    await entrance.enter(ACTOR, write_note)
    with pytest.raises(DBAPIError, match="never changed"):
        async with entrance.sessions.begin() as session:
            await session.execute(sa.text(change))


@pytest.mark.rule("D0-a")
async def test_a_refusal_says_its_rule_and_stores_nothing(entrance: Entrance) -> None:
    entered = await entrance.enter(ACTOR, write_and_refuse, key="k")
    assert entered.ref is None
    assert [(e.code, e.rule, e.path) for e in entered.errors] == [(Code.BROKEN_RULE, "D0-a", ("text",))]
    assert [await how_many(entrance, of) for of in (Note, Event, Outbox, IdempotencyKey)] == [0, 0, 0, 0]


@pytest.mark.rule("D0-a")
@pytest.mark.parametrize("number", ["CAST(3000000000 AS integer)", "CAST(1e13 AS numeric(14,2))"])
async def test_a_number_without_room_is_a_refusal(entrance: Entrance, number: str) -> None:
    async def reckon(session: Session, actor: Actor, *, now: datetime) -> Note:
        note = await write_note(session, actor, now=now)
        await session.execute(sa.text(f"SELECT {number}"))
        return note

    entered = await entrance.enter(ACTOR, reckon, key="k")
    assert ([error.code for error in entered.errors], entered.ref) == ([Code.INVALID], None)
    assert await how_many(entrance, Note) == 0
    assert (await entrance.enter(ACTOR, write_note, key="other")).ref is not None


@pytest.mark.parametrize("verb", BEGUN)
async def test_a_request_sent_twice_is_carried_out_once(entrance: Entrance, verb: Verb) -> None:
    first = await entrance.enter(ACTOR, verb, key="k", text="a")
    for _ in range(3):
        assert await entrance.enter(ACTOR, verb, key="k", text="a") == first
    assert await how_many(entrance, Note) == 1
    assert await entrance.enter(ACTOR, verb, key="k2", text="a") is not None
    assert await how_many(entrance, Note) == 2


async def test_a_request_is_known_by_its_act_wherever_its_verb_stands(entrance: Entrance) -> None:
    async def moved(session: Session, actor: Actor, *, text: str, now: datetime) -> Note:
        return await write_note(session, actor, text=text, now=now)

    first = await entrance.enter(ACTOR, write_note, key="k", act="write", text="a")
    assert await entrance.enter(ACTOR, moved, key="k", act="write", text="a") == first
    assert await entrance.enter(ACTOR, moved, key="k", act="write_otherwise", text="a") != first
    assert await how_many(entrance, Note) == 2


async def test_a_repeat_is_answered_also_where_it_could_not_be_carried_out_again(entrance: Entrance) -> None:
    first = await entrance.enter(ACTOR, write_first, key="k")
    assert first.ref and await entrance.enter(ACTOR, write_first, key="k") == first
    with pytest.raises(IntegrityError):
        await entrance.enter(ACTOR, write_first, key="k2")
    assert await how_many(entrance, Note) == 1


@pytest.mark.parametrize("text", ["a", "b"])
async def test_a_repeat_is_answered_also_where_its_verb_would_refuse_by_now(entrance: Entrance, text: str) -> None:
    passed: list[bool] = []

    async def write_in_time(session: Session, actor: Actor, *, text: str, now: datetime) -> Note:
        """As one judges of a day before anything is asked; what it has begun can be written nowhere."""
        if passed:
            session.add(Event())
            raise broken_rule("D0-a", Text("This is needed."))
        return await write_note(session, actor, text=text, now=now)

    first = await entrance.enter(ACTOR, write_in_time, key="k", text="a")
    passed.append(True)
    again = await entrance.enter(ACTOR, write_in_time, key="k", text=text)
    assert again == first if text == "a" else [e.code for e in again.errors] == [Code.IDEMPOTENCY_KEY_REUSED]
    refused = await entrance.enter(ACTOR, write_in_time, key="k2", text="a")
    assert [error.rule for error in refused.errors] == ["D0-a"]
    passed.clear()
    assert (await entrance.enter(ACTOR, write_in_time, key="k2", text="a")).ref, "what was refused can be sent again"
    assert [await how_many(entrance, of) for of in (Note, IdempotencyKey)] == [2, 2]


@pytest.mark.parametrize("verb", BEGUN)
async def test_a_request_sent_twice_at_once_is_carried_out_once(entrance: Entrance, verb: Verb) -> None:
    answers = await asyncio.gather(*(entrance.enter(ACTOR, verb, key="k", text="a") for _ in range(5)))
    assert len(set(answers)) == 1 and answers[0].ref is not None
    assert await how_many(entrance, Note) == 1


@pytest.mark.parametrize("verb", BEGUN)
async def test_a_key_used_for_another_request_is_refused(entrance: Entrance, verb: Verb) -> None:
    await entrance.enter(ACTOR, verb, key="k", text="a")
    again = await entrance.enter(ACTOR, verb, key="k", text="b")
    assert [e.code for e in again.errors] == [Code.IDEMPOTENCY_KEY_REUSED]
    assert await how_many(entrance, Note) == 1


async def test_a_deadlock_is_tried_once_more_and_nobody_notices(entrance: Entrance) -> None:
    both = asyncio.Barrier(2)

    async def lock_both(session: Session, actor: Actor, *, first: int, second: int, now: datetime) -> Note:
        await session.execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": first})
        if not both.broken and both.n_waiting + 1 <= both.parties and not done:
            await both.wait()
        await session.execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": second})
        done.append(first)
        return await write_note(session, actor, now=now)

    done: list[int] = []
    answers = await asyncio.gather(
        entrance.enter(ACTOR, lock_both, first=1, second=2), entrance.enter(ACTOR, lock_both, first=2, second=1)
    )
    assert all(answer.ref for answer in answers)
    assert await how_many(entrance, Note) == 2


async def test_numbers_have_no_gaps_though_some_acts_are_refused(entrance: Entrance) -> None:
    taken: list[str] = []

    async def number(session: Session, actor: Actor, *, fail: bool, now: datetime) -> Ref:
        given = await take(session, "TIL", 2026)
        if fail:
            raise broken_rule("D0-a", Text("This is needed."))
        taken.append(given)
        return Ref("Note", 1)

    await asyncio.gather(*(entrance.enter(ACTOR, number, fail=n % 3 == 0) for n in range(12)))
    assert sorted(taken) == [f"TIL-2026-{n:05d}" for n in range(1, 9)]
