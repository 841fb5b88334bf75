"""Who sees bodies, who sits in them and what is written there; loads for verbs."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from backend.files.queries import register_holder
from backend.governance.model import ENDS_OF_POSTS, WORDS_OF_BODIES, WORDS_OF_POSTS, Body, BodyPost, BodySeat
from backend.governance.states import BodyState
from backend.kit import faults
from backend.kit.actor import Actor
from backend.kit.conditions import rows_of, there_is, when
from backend.kit.database import Condition, Row, Session
from backend.kit.faults import constraint, invalid
from backend.kit.refs import Aside, register_thing
from backend.kit.translation import Text
from backend.parties.model import Organisation, Person
from backend.parties.queries import sees_all
from backend.rulebook.rules import rule

# Visibility: a seat in force of the very person, for the very organisation acted for, on whatever side


def sits_in(actor: Actor, body_id: Any) -> Condition:
    """SQL: whether the actor has a seat in force in a body, for the organisation acted for."""
    seat = rows_of(BodySeat)
    return there_is(seat, seat.c.body_id == body_id, is_of_actor(actor, seat.c), seat.c.ended_at.is_(None))


def is_of_actor(actor: Actor, seat: Row) -> Condition:
    """SQL: whether a seat is the actor's own, for the organisation acted for."""
    return sa.and_(seat.person_id == actor.person_id, seat.organisation_id == actor.organisation_id)


@rule("H11.4-d")
def visible_bodies(actor: Actor, body: Row) -> Condition:
    """Tiera sees all; others those in which they sit now, not those of their colleagues."""
    return sa.true() if sees_all(actor) else sits_in(actor, body.id)


def visible_seats(actor: Actor, seat: Row) -> Condition:
    """Tiera sees all; who sits in a body everybody who sits there now; one's own stay seen when they have ended."""
    if sees_all(actor):
        return sa.true()
    beside = sa.and_(seat.ended_at.is_(None), sits_in(actor, seat.body_id))
    return sa.or_(is_of_actor(actor, seat), beside)


@rule("H11.4-d")
def visible_posts(actor: Actor, post: Row) -> Condition:
    """Whoever sits in the body, member or guest of whatever organisation, and Tiera: at once, with no release."""
    return sa.true() if sees_all(actor) else sits_in(actor, post.body_id)


def reads_words(actor: Actor, post: Row) -> Condition:
    """SQL: whether the words and files of a post that is seen are read: what was withdrawn Tiera alone reads."""
    return sa.true() if sees_all(actor) else post.withdrawn_at.is_(None)


def text_read_by(actor: Actor, post: Row) -> sa.ColumnElement[Any]:
    """SQL: the words of a post, as far as the actor reads them."""
    return sa.case((reads_words(actor, post), post.text), else_=sa.null())


register_thing(Body, visible_bodies, title="name", url="/ryhmat/{id}", tells_readers=True, words=WORDS_OF_BODIES)
register_thing(BodySeat, visible_seats, url="/ryhmat", part_of=("Body",), tells_readers=True)
register_thing(
    BodyPost,
    visible_posts,
    url="/ryhmat/{body_id}",
    words=WORDS_OF_POSTS,
    searchable=lambda post: post.withdrawn_at.is_(None),
    asides=(Aside(ENDS_OF_POSTS, lambda actor, post: sa.true()),),
    part_of=("Body",),
    tells_readers=True,
)
register_holder("BodyPost", is_read=lambda actor, post, file: reads_words(actor, post))
constraint("uq_bodies_open_name", invalid(Text("There is an open group of this name already."), "name"))
constraint("uq_body_seats_now", invalid(Text("This person sits in the group already."), "person_id"))

# Of rows at hand


def seated(body_id: Any) -> sa.ColumnElement[Any]:
    """SQL: who sits in a body now, each as `policy.seat_of` names them."""
    seat = rows_of(BodySeat)
    who = sa.func.concat(seat.c.person_id, sa.literal_column("':'"), seat.c.organisation_id)
    now = sa.select(who).where(seat.c.body_id == body_id, seat.c.ended_at.is_(None)).correlate_except(seat)
    return sa.func.array(now.scalar_subquery(), type_=ARRAY(sa.Text))


def state_of(body_id: Any) -> sa.ColumnElement[Any]:
    """SQL: whether a body is open."""
    body = rows_of(Body)
    return sa.select(body.c.state).where(body.c.id == body_id).correlate_except(body).scalar_subquery()


def count_seated(body: Row) -> sa.ColumnElement[int]:
    """SQL: how many sit in a body now."""
    return _count(BodySeat, body, lambda seat: seat.ended_at.is_(None))


def count_posts(body: Row) -> sa.ColumnElement[int]:
    """SQL: how much is written in a body, without what was withdrawn."""
    return _count(BodyPost, body, lambda post: post.withdrawn_at.is_(None))


def _count(thing: Any, body: Row, which: Any) -> sa.ColumnElement[int]:
    its = rows_of(thing)
    counted = sa.select(sa.func.count()).select_from(its).where(its.c.body_id == body.id, which(its.c))
    return counted.correlate_except(its).scalar_subquery()


def last_written_at(body: Row) -> sa.ColumnElement[Any]:
    """SQL: when something was last written in a body."""
    post = rows_of(BodyPost)
    last = sa.select(sa.func.max(post.c.written_at)).where(post.c.body_id == body.id)
    return last.correlate_except(post).scalar_subquery()


def name_of(thing: type[Person | Organisation | Body], id: Any) -> sa.ColumnElement[Any]:
    """SQL: what somebody or something is called: in a body everybody knows with whom they sit (D2.1-c ends here)."""
    its = rows_of(thing)
    return sa.select(its.c.name).where(its.c.id == id).correlate_except(its).scalar_subquery()


# Loads for verbs


async def get_body_for_change(session: Session, actor: Actor, body_id: int, path: str = "body_id") -> Body:
    """The body, locked. Raises NOT_FOUND where it is not or may not be seen."""
    wanted = sa.select(Body).where(Body.id == body_id, visible_bodies(actor, Body))
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found(path)
    return found


async def find_seat(session: Session, actor: Actor, body_id: int) -> BodySeat | None:
    """The actor's seat in force in a body that is locked, so that nobody ends it meanwhile."""
    wanted = sa.select(BodySeat).where(
        BodySeat.body_id == body_id, is_of_actor(actor, BodySeat), BodySeat.ended_at.is_(None)
    )
    return await session.scalar(wanted.execution_options(populate_existing=True))


async def get_seat_for_change(session: Session, actor: Actor, seat_id: int) -> tuple[BodySeat, Body]:
    """A seat in its body, both locked. Raises NOT_FOUND."""
    body_id = await session.scalar(sa.select(BodySeat.body_id).where(BodySeat.id == seat_id))
    body = await get_body_for_change(session, actor, body_id or 0, "seat_id")
    return await _locked(session, BodySeat, seat_id), body


async def get_post_for_change(session: Session, actor: Actor, post_id: int) -> tuple[BodyPost, Body]:
    """A post in its body, both locked. Raises NOT_FOUND."""
    body_id = await session.scalar(sa.select(BodyPost.body_id).where(BodyPost.id == post_id))
    body = await get_body_for_change(session, actor, body_id or 0, "post_id")
    return await _locked(session, BodyPost, post_id), body


async def _locked(session: Session, thing: Any, id: int) -> Any:
    wanted = sa.select(thing).where(thing.id == id).with_for_update(key_share=True)
    return (await session.scalars(wanted.execution_options(populate_existing=True))).one()


async def find_post_of(session: Session, body_id: int, post_id: int) -> BodyPost | None:
    """A post that stands in a body, withdrawn or not."""
    return await session.scalar(sa.select(BodyPost).where(BodyPost.id == post_id, BodyPost.body_id == body_id))


async def people_of(session: Session, body_id: int) -> Sequence[int]:
    """Who sits in a body now."""
    wanted = sa.select(BodySeat.person_id).where(BodySeat.body_id == body_id, BodySeat.ended_at.is_(None))
    return (await session.scalars(wanted.distinct().order_by(BodySeat.person_id))).all()


def is_seat_now(body: Row, seat: Row, actor: Actor) -> Condition:
    """SQL: whether a seat is the actor's in force in a body."""
    return sa.and_(seat.body_id == body.id, is_of_actor(actor, seat), seat.ended_at.is_(None))


def seats_matching(_: None, seat: Row, actor: Actor, *, where: Any) -> Condition:
    """SQL: whether a seat fits what a list is narrowed to."""
    return sa.and_(
        when(where.is_mine, lambda wanted: is_of_actor(actor, seat) == wanted),
        when(where.has_ended, lambda wanted: seat.ended_at.is_not(None) == wanted),
    )


def bodies_matching(_: None, body: Row, *, where: Any) -> Condition:
    """SQL: whether a body fits what a list is narrowed to."""
    return when(where.is_open, lambda wanted: (body.state == BodyState.OPEN) == wanted)
