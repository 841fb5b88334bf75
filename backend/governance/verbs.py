"""Bodies are opened and closed, people named to them; those who sit there write, and all of them read it at once."""

from collections.abc import Sequence
from datetime import datetime

from backend.files.verbs import attach_files
from backend.governance import policy, queries
from backend.governance.model import Body, BodyPost, BodySeat
from backend.governance.states import BODY, BodyAction, BodyKind, BodyState, SeatKind
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import broken_rule, needed, not_found
from backend.kit.refs import Ref
from backend.kit.translation import Text
from backend.parties.model import Person
from backend.parties.role_queries import works_for
from backend.rulebook.rules import rule

A, S = BodyAction, BodyState
MOST_LETTERS_IN_A_NAME = 200
MOST_LETTERS = 20_000
MOST_LETTERS_OF_REASON = 2_000


async def open_body(session: Session, actor: Actor, *, name: str, kind: BodyKind, now: datetime) -> Body:
    """Put a body on record that works from now on."""
    policy.require_may_keep(actor)
    body = Body(
        name=needed(name, "name", most=MOST_LETTERS_IN_A_NAME),
        kind=kind,
        state=S.OPEN,
        opened_at=now,
        opened_by_id=actor.person_id,
    )
    session.add(body)
    await events.record(
        session, actor, "body.opened", body, at=now, rule="H11.4-d", audience=Audience.ALL, to=S.OPEN, kind=kind
    )
    return body


async def close_body(session: Session, actor: Actor, *, body_id: int, reason: str, now: datetime) -> Body:
    """Say that a body has done its work: nothing more is written, and those who sit in it may still read."""
    body = await queries.get_body_for_change(session, actor, body_id)
    move = BODY.take(actor, body.state, A.CLOSE)
    body.close_reason = needed(reason, "reason", most=MOST_LETTERS_OF_REASON)
    body.state, body.closed_at = move.target, now
    await events.record(
        session, actor, "body.closed", body, at=now, rule=move.rule, audience=Audience.ALL, from_=move.source,
        to=move.target,
    )  # fmt: skip
    return body


@rule("H11.4-d")
async def name_to_body(
    session: Session,
    actor: Actor,
    *,
    body_id: int,
    person_id: int,
    organisation_id: int,
    kind: SeatKind,
    now: datetime,
) -> BodySeat:
    """Let somebody sit in a body for the organisation they act for, as a member or a guest, from now on."""
    body = await queries.get_body_for_change(session, actor, body_id)
    move = BODY.take(actor, body.state, A.NAME)
    if not await works_for(session, person_id, organisation_id, helsinki_date(now)):
        raise not_found("person_id")
    seat = BodySeat(
        body_id=body.id,
        person_id=person_id,
        organisation_id=organisation_id,
        kind=kind,
        named_at=now,
        named_by_id=actor.person_id,
    )
    session.add(seat)
    await events.record(
        session, actor, "body_seat.named", seat, at=now, rule=move.rule, within=body, audience=Audience.ALL,
        person=_person(seat), kind=kind,
    )  # fmt: skip
    return seat


@rule("H11.4-d")
async def end_body_seat(session: Session, actor: Actor, *, seat_id: int, reason: str, now: datetime) -> BodySeat:
    """End a seat: from now on its holder sees nothing of the body; what they wrote stays."""
    policy.require_may_keep(actor)
    seat, body = await queries.get_seat_for_change(session, actor, seat_id)
    if seat.ended_at is not None:
        raise broken_rule("H11.4-d", Text("This seat has ended already."))
    seat.end_reason = needed(reason, "reason", most=MOST_LETTERS_OF_REASON)
    seat.ended_at, seat.ended_by_id = now, actor.person_id
    await events.record(
        session, actor, "body_seat.ended", seat, at=now, rule="H11.4-d", within=body, audience=Audience.ALL,
        person=_person(seat),
    )  # fmt: skip
    return seat


def _person(seat: BodySeat) -> Ref:
    return Ref(Person.__name__, seat.person_id)


@rule("H11.4-d")
async def write_body_post(
    session: Session,
    actor: Actor,
    *,
    body_id: int,
    text: str,
    answers_id: int | None = None,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> BodyPost:
    """Write to all who sit in a body, on whatever side: they read it at once, a supplier's words too."""
    body = await queries.get_body_for_change(session, actor, body_id)
    seat = policy.require_may_write(body.state, await queries.find_seat(session, actor, body.id))
    if answers_id is not None:
        answered = await queries.find_post_of(session, body.id, answers_id)
        if answered is None:
            raise not_found("answers_id")
        if answered.withdrawn_at is not None:
            raise broken_rule(
                "H11.4-d", Text("What you answer was withdrawn meanwhile. Write without answering it."), "answers_id"
            )
    post = BodyPost(
        body_id=body.id,
        text=needed(text, "text", most=MOST_LETTERS),
        answers_id=answers_id,
        written_at=now,
        written_by_id=seat.person_id,
        organisation_id=seat.organisation_id,
        written_as=seat.kind,
    )
    session.add(post)
    await events.record(
        session, actor, "body_post.written", post, at=now, rule="H11.4-d", within=body, audience=Audience.ALL
    )
    await attach_files(session, actor, file_ids, post, "file_ids")
    return post


async def withdraw_body_post(session: Session, actor: Actor, *, post_id: int, reason: str, now: datetime) -> BodyPost:
    """Take a post back, with a reason that all read; its words and files stay on record for Tiera alone."""
    post, body = await queries.get_post_for_change(session, actor, post_id)
    policy.require_may_withdraw(actor, post.written_by_id, post.organisation_id)
    if post.withdrawn_at is not None:
        raise broken_rule("H11.4-d", Text("This post has been withdrawn already."))
    post.withdraw_reason = needed(reason, "reason", most=MOST_LETTERS_OF_REASON)
    post.withdrawn_at, post.withdrawn_by_id = now, actor.person_id
    await events.record(
        session, actor, "body_post.withdrawn", post, at=now, rule="H11.4-d", within=body, audience=Audience.ALL
    )
    return post
