"""In a body customers and supplier work together: all who sit there read what is written, at once, and nobody else."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.files import queries as files
from backend.files.model import StoredFile
from backend.governance import queries, verbs
from backend.governance.model import Body, BodyPost, BodySeat
from backend.governance.states import BodyKind
from backend.kit.actor import Actor
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.notices.states import Way
from tests.files.making import make_file
from tests.governance.making import Circle, make_circle, sit
from tests.making import NOW
from tests.notices.making import tell, told
from tests.parties.making import committed


@pytest.fixture
async def c(session: AsyncSession) -> Circle:
    return await make_circle(session)


async def write(
    session: AsyncSession, who: Actor, body: Body, text: str = "Kokemuksia syksystä.", **more: Any
) -> BodyPost:
    return await verbs.write_body_post(session, who, body_id=body.id, text=text, now=NOW, **more)


async def readers(session: AsyncSession, c: Circle, post: BodyPost, file: StoredFile) -> list[tuple[bool, bool, bool]]:
    """Of everybody: whether they see the post, read its words, and read its file."""
    found = []
    for actor in c.everybody:
        mine = sa.select(queries.text_read_by(actor, BodyPost)).where(
            BodyPost.id == post.id, queries.visible_posts(actor, BodyPost)
        )
        row = (await session.execute(mine)).one_or_none()
        file_is_read = await files.find_readable(session, actor, file.id, now=NOW) is not None
        found.append((row is not None, bool(row and row[0]), file_is_read))
    return found


async def newest(session: AsyncSession, name: str) -> Event:
    return (await session.scalars(sa.select(Event).where(Event.name == name).order_by(Event.id.desc()).limit(1))).one()


def ids(*actors: Actor) -> list[int]:
    return sorted(actor.person_id or 0 for actor in actors)


YES, NO, MASKED = (True, True, True), (False, False, False), (True, False, False)


@pytest.mark.rule("H11.4-d")
async def test_a_suppliers_words_and_files_are_read_at_once_by_all_who_sit_there_and_by_nobody_else(
    session: AsyncSession, c: Circle
) -> None:
    file = await make_file(session, c.supplier)
    post = await write(session, c.supplier, c.body, file_ids=[file.id])
    assert await readers(session, c, post, file) == [YES] * 5 + [NO, NO], "neither a colleague nor a stranger"
    await tell(session)
    event = await newest(session, "body_post.written")
    for way in Way:
        assert await told(session, event, way) == ids(c.tiera, c.mallila, c.nordby), (
            "those who sit there, not who wrote"
        )


@pytest.mark.rule("H11.4-d")
async def test_who_sits_there_no_more_sees_no_more_and_is_told_so(session: AsyncSession, c: Circle) -> None:
    file = await make_file(session, c.mallila)
    post = await write(session, c.mallila, c.body, file_ids=[file.id])
    seat = c.seats[c.nordby.person_id or 0]
    await verbs.end_body_seat(session, c.tiera, seat_id=seat.id, reason="Vieraana yhden kerran.", now=NOW)
    assert await readers(session, c, post, file) == [YES, YES, YES, YES, NO, NO, NO]
    await tell(session)
    assert await told(session, await newest(session, "body_seat.ended")) == ids(c.nordby)
    own = sa.select(BodySeat.end_reason).where(queries.visible_seats(c.nordby, BodySeat))
    assert (await session.scalars(own)).all() == ["Vieraana yhden kerran."], "one's own, and of no other any more"
    with pytest.raises(Refusal) as refused:
        await write(session, c.nordby, c.body)
    assert refused.value.code is Code.NOT_FOUND
    again = await sit(session, c.tiera, c.body, c.nordby)
    assert again.id != seat.id and seat.ended_at == NOW, "a seat is never written over"
    assert (await readers(session, c, post, file))[4] == YES


async def test_what_is_withdrawn_leaves_its_reason_to_all_and_its_words_to_tiera(
    session: AsyncSession, c: Circle
) -> None:
    file = await make_file(session, c.supplier)
    post = await write(session, c.supplier, c.body, file_ids=[file.id])
    answer = await write(session, c.mallila, c.body, answers_id=post.id)
    with pytest.raises(Refusal) as refused:
        await verbs.withdraw_body_post(session, c.mallila, post_id=post.id, reason="x", now=NOW)
    assert refused.value.code is Code.NOT_PERMITTED and post.withdrawn_at is None, "another's"
    await verbs.withdraw_body_post(session, c.supplier, post_id=post.id, reason="Väärä liite.", now=NOW)
    assert await readers(session, c, post, file) == [YES, YES, MASKED, MASKED, MASKED, NO, NO]
    await verbs.withdraw_body_post(session, c.tiera, post_id=answer.id, reason="Nimiä.", now=NOW)
    for refused_act in (
        verbs.withdraw_body_post(session, c.tiera, post_id=post.id, reason="x", now=NOW),
        write(session, c.mallila, c.body, answers_id=post.id),
        write(session, c.mallila, c.body, text="  "),
    ):
        with pytest.raises(Refusal) as refused:
            await refused_act
        assert refused.value.code is not Code.NOT_FOUND, "everybody sees that it was withdrawn"


async def test_tiera_alone_opens_closes_and_names_and_writes_only_with_a_seat(session: AsyncSession, c: Circle) -> None:
    given = {"body_id": c.body.id, "now": NOW}
    for refused_act, code in (
        (verbs.open_body(session, c.mallila, name="x", kind=BodyKind.ECOSYSTEM_GROUP, now=NOW), Code.NOT_PERMITTED),
        (verbs.close_body(session, c.supplier, reason="x", **given), Code.NOT_PERMITTED),
        (sit(session, c.supplier, c.body, c.colleague), Code.NOT_PERMITTED),
        (verbs.end_body_seat(session, c.of_tiera, seat_id=1, reason="x", now=NOW), Code.NOT_PERMITTED),
        (write(session, c.of_tiera, c.body), Code.NOT_PERMITTED),
        (write(session, c.colleague, c.body), Code.NOT_FOUND),
    ):
        with pytest.raises(Refusal) as refused:
            await refused_act
        assert refused.value.code is code
    with pytest.raises(Refusal) as refused:
        await verbs.name_to_body(
            session, c.tiera, person_id=c.mallila.person_id or 0, organisation_id=c.stranger.organisation_id or 0,
            kind=c.seats[c.nordby.person_id or 0].kind, **given,
        )  # fmt: skip
    assert refused.value.code is Code.NOT_FOUND, "nobody sits there for whom they do not act"
    post = await write(session, c.nordby, c.body)
    await verbs.close_body(session, c.tiera, reason="Työ on tehty.", **given)
    with pytest.raises(Refusal) as refused:
        await write(session, c.mallila, c.body)
    assert refused.value.code is Code.WRONG_STATE
    seen = sa.select(BodyPost.id).where(queries.visible_posts(c.mallila, BodyPost))
    assert (await session.scalars(seen)).all() == [post.id], "what was written is still read"


async def test_a_program_of_a_supplier_sits_nowhere(session: AsyncSession, c: Circle) -> None:
    await write(session, c.supplier, c.body)
    program = Actor(c.supplier.kind, organisation_id=c.supplier.organisation_id, service_account_id=1)
    assert await session.scalar(sa.select(sa.func.count()).where(queries.visible_posts(program, BodyPost))) == 0


async def test_of_a_post_and_the_end_of_its_writers_seat_one_is_first(database_url: str) -> None:
    """The post is there before the seat ended, or it is not there at all; and two name somebody once."""
    async with committed(database_url) as (sessions, entrance):
        async with sessions.begin() as session:
            c = await make_circle(session)
        seat, colleague = c.seats[c.mallila.person_id or 0], c.colleague
        named = {"body_id": c.body.id, "person_id": colleague.person_id, "organisation_id": colleague.organisation_id}
        ended, wrote, first, second = await asyncio.gather(
            entrance.enter(c.tiera, verbs.end_body_seat, seat_id=seat.id, reason="Vaihtui."),
            entrance.enter(c.mallila, verbs.write_body_post, body_id=c.body.id, text="Vielä yksi asia."),
            entrance.enter(c.tiera, verbs.name_to_body, kind=seat.kind, **named),
            entrance.enter(c.tiera, verbs.name_to_body, kind=seat.kind, **named),
        )
        async with sessions() as session:
            names = ("body_post.written", "body_seat.ended")
            wanted = sa.select(Event.name).where(Event.name.in_(names)).order_by(Event.id)
            order = list(await session.scalars(wanted))
    assert not ended.errors
    assert sorted(len(each.errors) for each in (first, second)) == [0, 1]
    assert order == ([] if wrote.errors else ["body_post.written"]) + ["body_seat.ended"]
