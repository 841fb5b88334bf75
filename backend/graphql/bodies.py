"""The bodies in which customers, suppliers and Tiera work together: who sits there, and what they write."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
import strawberry

from backend.governance import model, policy, queries, verbs
from backend.governance.states import BodyAction, BodyKind, BodyState, PostAction, SeatAction, SeatKind
from backend.graphql.events import Event, timeline_of
from backend.graphql.files import StoredFile, files_of
from backend.graphql.inputs import filter_input, key, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.parties import Person
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    described,
    everyone,
    newest,
    oldest,
    one,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Subject
from backend.kit.actor import Actor
from backend.kit.conditions import when
from backend.kit.database import Row
from backend.parties import model as parties
from backend.rulebook.roles import Right

described(
    BodyKind,
    "What a body is.",
    ECOSYSTEM_GROUP="The ecosystem group.",
    TACTICAL_STEERING_GROUP="A steering group of the tactical level.",
)
described(BodyState, "Where a body stands.", OPEN="It works.", CLOSED="It was closed; what was written can be read.")
described(SeatKind, "As what somebody sits in a body.", MEMBER="As a member.", GUEST="As a guest.")
described(
    BodyAction,
    "What can be done with a body.",
    WRITE="Write in it.",
    NAME="Name somebody to it.",
    CLOSE="Close it.",
)
described(SeatAction, "What can be done with a seat.", END="End it.")
described(PostAction, "What can be done with a post.", ANSWER="Answer it.", WITHDRAW="Withdraw it.")


@shape(model.BodySeat, queries.visible_seats, sort=oldest("id"))
class BodySeat(Subject):
    """That somebody sits in a body for an organisation. Who sits together knows each other by name."""

    kind: SeatKind = column("As what.")
    person_name: str = sql(lambda s: queries.name_of(parties.Person, s.person_id), "Who.")
    organisation_name: str = sql(
        lambda s: queries.name_of(parties.Organisation, s.organisation_id), "For which organisation."
    )
    body_name: str = sql(lambda s: queries.name_of(model.Body, s.body_id), "In which body.")
    named_at: dt.datetime = column("Since when.")
    named_by: Person | None = one(lambda s, p: p.id == s.named_by_id, "Who put it on record.")
    ended_at: dt.datetime | None = column("Until when, where it has ended.")
    end_reason: str | None = column("Why it ended.")
    is_mine: bool = sql(lambda s, actor: queries.is_of_actor(actor, s), "Whether you sit there.", by_actor=True)
    available_actions: list[SeatAction] = computed(
        lambda actor, ended_at: policy.seat_actions(actor, has_ended=ended_at is not None),
        lambda s: {"ended_at": s.ended_at},
        "What you may do with it now.",
    )


def _post_actions(
    actor: Actor, written_by_id: int, organisation_id: int, state: BodyState, seated: list[str], withdrawn_at: Any
) -> list[PostAction]:
    is_withdrawn = withdrawn_at is not None
    return policy.post_actions(actor, written_by_id, organisation_id, state, seated, is_withdrawn=is_withdrawn)


def _facts_of_post(post: Row) -> dict[str, Any]:
    return {
        "written_by_id": post.written_by_id,
        "organisation_id": post.organisation_id,
        "state": queries.state_of(post.body_id),
        "seated": queries.seated(post.body_id),
        "withdrawn_at": post.withdrawn_at,
    }


@shape(model.BodyPost, queries.visible_posts, sort=newest("id"))
class BodyPost(Subject):
    """What somebody wrote in a body; all who sit there read it at once."""

    text: str | None = sql(
        lambda p, actor: queries.text_read_by(actor, p),
        "What was written; null once it was withdrawn, but for Tiera.",
        by_actor=True,
    )
    writer_name: str = sql(lambda p: queries.name_of(parties.Person, p.written_by_id), "Who wrote it.")
    organisation_name: str = sql(
        lambda p: queries.name_of(parties.Organisation, p.organisation_id), "For which organisation."
    )
    written_as: SeatKind = column("As what they sat there then.")
    written_at: dt.datetime = column("When.")
    withdrawn_at: dt.datetime | None = column("When it was withdrawn.")
    withdrawn_by_name: str | None = sql(
        lambda p: queries.name_of(parties.Person, p.withdrawn_by_id), "Who withdrew it."
    )
    withdraw_reason: str | None = column("Why it was withdrawn.")
    files: list[StoredFile] = files_of("BodyPost")
    body: "Body" = one(lambda p, b: b.id == p.body_id, "Where it was written.", with_parent=True)
    answers: "BodyPost | None" = one(lambda p, o: o.id == p.answers_id, "What it answers.")
    available_actions: list[PostAction] = computed(_post_actions, _facts_of_post, "What you may do with it now.")


@shape(model.Body, queries.visible_bodies, sort=oldest("id"))
class Body(Subject):
    """Where several organisations work together: all who sit there read what is written, at once."""

    name: str = column("What it is called.")
    kind: BodyKind = column("What it is.")
    state: BodyState = column("Where it stands.")
    opened_at: dt.datetime = column("When it began.")
    closed_at: dt.datetime | None = column("When it was closed.")
    close_reason: str | None = column("Why it was closed.")
    seat_count: int = sql(queries.count_seated, "How many sit there now.")
    post_count: int = sql(queries.count_posts, "How much is written there.")
    last_written_at: dt.datetime | None = sql(queries.last_written_at, "When something was written last.")
    seats: Connection[BodySeat] = connection(
        lambda b, s: s.body_id == b.id, "Who sits there, the first named first; for Tiera those too that have ended."
    )
    my_seat: BodySeat | None = one(queries.is_seat_now, "Your own seat, where you have one now.", by_actor=True)
    posts: Connection[BodyPost] = connection(
        lambda b, p, up_to: sa.and_(p.body_id == b.id, when(up_to, lambda last: p.id <= last.of("BodyPost"))),
        "What is written there, the newest first.",
        up_to=argument(strawberry.ID | None, "Up to this post: what was written later is left out."),
    )
    timeline: Connection[Event] = timeline_of("Body")
    available_actions: list[BodyAction] = computed(
        policy.body_actions,
        lambda b: {"state": b.state, "seated": queries.seated(b.id)},
        "What you may do with it now.",
    )


@filter_input
class BodyFilter:
    """Which bodies."""

    is_open: bool | None = value("Those that work, or those that were closed.", default=None)


@filter_input
class BodySeatFilter:
    """Which seats."""

    is_mine: bool | None = value("Your own, or those of others.", default=None)
    has_ended: bool | None = value("Those that have ended, or those in force.", default=None)


@root
class BodiesQuery:
    """Bodies."""

    bodies: Connection[Body] | None = connection(
        queries.bodies_matching,
        "The bodies in which you sit; Tiera sees all.",
        seen_by=everyone,
        where=argument(BodyFilter | None, "Which."),
    )
    body: Body | None = one(
        lambda _, b, id: b.id == id.of("Body"),
        "A body by its identifier.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Which."),
    )
    body_seats: Connection[BodySeat] | None = connection(
        queries.seats_matching,
        "Seats that you see.",
        by_actor=True,
        seen_by=everyone,
        where=argument(BodySeatFilter | None, "Which."),
    )


@mutation(verbs.open_body, by=Right.KEEP_BODIES, rule="H11.4-d", body=Body)
class OpenBody:
    """Put a body on record that works from now on."""

    name: str = value("What it is called.")
    kind: BodyKind = value("What it is.")


@mutation(verbs.close_body, by=Right.KEEP_BODIES, rule="H11.4-d", body=Body)
class CloseBody:
    """Close a body. Those who sit in it may still read what was written."""

    body_id: strawberry.ID = key("Body", "The body.")
    reason: str = value("Why.")


@mutation(verbs.name_to_body, by=Right.KEEP_BODIES, rule="H11.4-d", body_seat=BodySeat)
class NameToBody:
    """Name somebody to a body. They read all that was written there, and write, from now on."""

    body_id: strawberry.ID = key("Body", "The body.")
    person_id: strawberry.ID = key("Person", "Who.")
    organisation_id: strawberry.ID = key("Organisation", "For which of their organisations.")
    kind: SeatKind = value("As what.")


@mutation(verbs.end_body_seat, by=Right.KEEP_BODIES, rule="H11.4-d", body_seat=BodySeat)
class EndBodySeat:
    """End a seat. Its holder sees nothing of the body any more; what they wrote stays."""

    seat_id: strawberry.ID = key("BodySeat", "The seat.")
    reason: str = value("Why.")


@mutation(verbs.write_body_post, rule="H11.4-d", body_post=BodyPost)
class WriteBodyPost:
    """Write to all who sit in a body where you sit. They read it at once; nobody releases it first."""

    body_id: strawberry.ID = key("Body", "Where.")
    text: str = value("What you write. Nothing sensitive belongs here.")
    answers_id: strawberry.ID | None = key("BodyPost", "What it answers, if anything.", default=None)
    file_ids: list[strawberry.ID] | None = key(
        "StoredFile", "Attachments, brought before by `POST /api/files`.", default=None
    )


@mutation(verbs.withdraw_body_post, rule="H11.4-d", body_post=BodyPost)
class WithdrawBodyPost:
    """Withdraw what you wrote, or as Tiera what anybody did. All read why; its words stay on record for Tiera."""

    post_id: strawberry.ID = key("BodyPost", "The post.")
    reason: str = value("Why.")


BodiesMutation = mutations(OpenBody, CloseBody, NameToBody, EndBodySeat, WriteBodyPost, WithdrawBodyPost)
