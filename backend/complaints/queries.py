"""Who sees complaints and what belongs to them; loads for verbs."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from backend.complaints.deadlines import KINDS as CLOCKS
from backend.complaints.deadlines import RESPONSE
from backend.complaints.model import (
    WORDS_OF_COMPLAINTS,
    WORDS_OF_RESPONSES,
    WORDS_OF_SANCTIONS,
    Complaint,
    ComplaintResponse,
    Sanction,
)
from backend.complaints.states import ComplaintState
from backend.files.queries import register_acts, register_holder
from backend.kit import faults
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import is_seen, rows_of, there_is
from backend.kit.database import Condition, Row, Session, Thing
from backend.kit.deadlines import Deadline
from backend.kit.refs import KINDS, Ref, register_thing
from backend.parties.agreement_model import Agreement, Service
from backend.parties.model import Person
from backend.parties.role_queries import holders_of, stand_ins_of
from backend.rulebook.roles import Right, Role

# Visibility


def visible_complaints(actor: Actor, complaint: Row) -> Condition:
    """Tiera sees all; who leads at a supplier those that were sent to it; a customer none: they are between the two."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER if actor.sees(Right.REPORT):
            return sa.and_(complaint.supplier_id == actor.organisation_id, complaint.sent_at.is_not(None))
    return sa.false()


def visible_responses(actor: Actor, response: Row) -> Condition:
    """Tiera those that were sent; the supplier its own, drafts too, where it may answer."""
    match actor.kind:
        case ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.BUYER:
            return response.sent_at.is_not(None)  # type: ignore[no-any-return]
        case ActorKind.SUPPLIER if actor.sees(Right.REPORT):
            own = response.supplier_id == actor.organisation_id
            return own if actor.sees(Right.ANSWER_COMPLAINTS) else sa.and_(own, response.sent_at.is_not(None))
    return sa.false()


def visible_sanctions(actor: Actor, sanction: Row) -> Condition:
    """Tiera, and who leads at the supplier."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER if actor.sees(Right.REPORT):
            return sanction.supplier_id == actor.organisation_id  # type: ignore[no-any-return]
    return sa.false()


register_thing(
    Complaint,
    visible_complaints,
    number="number",
    title="title",
    url="/reklamaatiot/{id}",
    words=WORDS_OF_COMPLAINTS,
)


def _sent_at_to(reader: ActorKind) -> Callable[[Actor, Row], Any]:
    """SQL: since when the other side than its writer's reads what was drafted; None: its own, since it was drafted."""
    return lambda actor, thing: thing.sent_at if actor.kind is reader else None


register_holder("Complaint", read_since=_sent_at_to(ActorKind.SUPPLIER))
register_holder("ComplaintResponse", read_since=_sent_at_to(ActorKind.BUYER))
register_acts("Complaint", "Sanction")
register_thing(ComplaintResponse, visible_responses, url="/reklamaatiot/{complaint_id}", words=WORDS_OF_RESPONSES)
register_thing(
    Sanction, visible_sanctions, url="/reklamaatiot/{complaint_id}", words=WORDS_OF_SANCTIONS, part_of=("Complaint",)
)

# Loads for verbs


async def get_complaint_for_change(session: Session, actor: Actor, complaint_id: int) -> Complaint:
    """The complaint, locked. Raises NOT_FOUND where it is not or may not be seen."""
    wanted = sa.select(Complaint).where(Complaint.id == complaint_id, visible_complaints(actor, Complaint))
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found("complaint_id")
    return found


async def get_sanction_for_change(session: Session, actor: Actor, sanction_id: int) -> tuple[Sanction, Complaint]:
    """The sanction with its complaint, both locked. Raises NOT_FOUND."""
    wanted = sa.select(Sanction.complaint_id).where(Sanction.id == sanction_id, visible_sanctions(actor, Sanction))
    complaint_id = await session.scalar(wanted)
    if complaint_id is None:
        raise faults.not_found("sanction_id")
    complaint = await get_complaint_for_change(session, actor, complaint_id)
    return await session.get_one(
        Sanction, sanction_id, with_for_update={"key_share": True}, populate_existing=True
    ), complaint


async def supplier_of(session: Session, about: Ref) -> int | None:
    """Which supplier a thing that is there concerns; None: none alone. NOT_FOUND: of its kind nothing is ever about."""
    of_kind = KINDS[about.kind].thing
    if of_kind in (None, Person):  # of a person it is the role
        raise faults.not_found()
    thing = await session.get_one(of_kind, about.id)
    if isinstance(thing, Service):
        thing = await session.get_one(Agreement, thing.agreement_id)
    return thing.concerns.supplier_id if isinstance(thing, Thing) else None


def visible_clocks(actor: Actor, deadline: Row) -> Condition:
    """Those of the complaints that the actor sees: both sides see how long is left, and why."""
    is_clock = sa.and_(deadline.about_kind == Complaint.__name__, deadline.kind.in_(CLOCKS))
    return sa.and_(is_clock, is_seen(actor, Complaint.__name__, deadline.about_id))


def terms_of(clock: Row) -> sa.ColumnElement[Any]:
    """SQL: the terms of the complaint that a clock is of."""
    its = rows_of(Complaint)
    return sa.select(its.c.terms_on).where(its.c.id == clock.about_id).scalar_subquery()


def waits_for_judgement_since(clock: Row) -> sa.ColumnElement[Any]:
    """SQL: of the time to answer, since when a response waits for Tiera's judgement; null of other clocks."""
    its = rows_of(Complaint)
    waits = sa.and_(its.c.id == clock.about_id, its.c.state == ComplaintState.ANSWERED, clock.kind == RESPONSE)
    return sa.select(its.c.answered_at).where(waits).scalar_subquery()


async def find_last_response(session: Session, complaint_id: int) -> ComplaintResponse | None:
    """What the supplier wrote on last: its draft, or where there is none the newest that was sent. Complaint locked."""
    wanted = sa.select(ComplaintResponse).where(ComplaintResponse.complaint_id == complaint_id)
    return (await session.scalars(wanted.order_by(ComplaintResponse.ordinal.desc()).limit(1))).one_or_none()


async def sent_responses(session: Session, complaint_id: int) -> Sequence[ComplaintResponse]:
    """The responses that were sent, the newest first. Their complaint is locked."""
    wanted = sa.select(ComplaintResponse).where(
        ComplaintResponse.complaint_id == complaint_id, ComplaintResponse.sent_at.is_not(None)
    )
    return (await session.scalars(wanted.order_by(ComplaintResponse.ordinal.desc()))).all()


def is_time_running(complaint: Any) -> Condition:
    """SQL: whether the time to answer a complaint has not ended, by a proper response or by itself."""
    its = rows_of(Deadline)
    of_it = sa.and_(its.c.about_kind == Complaint.__name__, its.c.about_id == complaint.id, its.c.kind == RESPONSE)
    return there_is(its, of_it, its.c.met_at.is_(None), its.c.dropped_at.is_(None), its.c.breached_at.is_(None))


async def has_time(session: Session, complaint: Complaint) -> bool:
    """The same of a complaint that is locked."""
    return bool(await session.scalar(sa.select(is_time_running(complaint))))


def lacks_proper(complaint: Any) -> Condition:
    """SQL: whether no response to a complaint was found proper."""
    its = rows_of(ComplaintResponse)
    return ~there_is(its, its.c.complaint_id == complaint.id, its.c.is_proper)


async def has_no_proper(session: Session, complaint: Complaint) -> bool:
    """The same of a complaint that is locked."""
    return bool(await session.scalar(sa.select(lacks_proper(complaint))))


async def find_response_clock(session: Session, complaint: Complaint) -> Deadline | None:
    """The time to answer a complaint, which is locked; None where it has ended by a proper response or otherwise."""
    of_it = sa.and_(Deadline.about_kind == Complaint.__name__, Deadline.about_id == complaint.id)
    wanted = sa.select(Deadline).where(
        of_it, Deadline.kind == RESPONSE, Deadline.met_at.is_(None), Deadline.dropped_at.is_(None)
    )
    return (await session.scalars(wanted.execution_options(populate_existing=True))).one_or_none()


async def find_sanction(session: Session, complaint_id: int) -> Sanction | None:
    """The sanction of a complaint, which is locked."""
    return (await session.scalars(sa.select(Sanction).where(Sanction.complaint_id == complaint_id))).one_or_none()


async def service_managers(session: Session, supplier_id: int, day: date) -> list[int]:
    """Who answers for the supplier's services that day; last, who stands in for them."""
    return await holders_of(session, supplier_id, Role.SERVICE_MANAGER, day)


async def stand_ins(session: Session, supplier_id: int, day: date) -> list[int]:
    """Who stands in for the supplier's service managers that day."""
    return await stand_ins_of(session, supplier_id, Role.SERVICE_MANAGER, day)
