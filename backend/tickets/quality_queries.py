"""Who sees ratings and deviations; loads for verbs; lists and figures of them as SQL."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from backend.files.queries import register_acts
from backend.kit import faults
from backend.kit.actor import Actor, ActorKind
from backend.kit.clock import HELSINKI
from backend.kit.conditions import between_parties, has_words, rows_of, there_is, when
from backend.kit.database import Condition, Row, Session
from backend.kit.deadlines import Deadline
from backend.kit.refs import Aside, Ref, register_thing
from backend.parties.agreement_model import Service
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms
from backend.tickets.merged_queries import with_merged
from backend.tickets.model import Ticket
from backend.tickets.policy import ASKED_FOR
from backend.tickets.quality_model import (
    WORDS_OF_DEVIATIONS,
    WORDS_OF_DEVIATIONS_PARTIES,
    WORDS_OF_RATINGS,
    QualityDeviation,
    TicketRating,
)
from backend.tickets.quality_states import FOR_PRODUCTION_GROUP, DeviationKind, DeviationState
from backend.tickets.queries import ended_late, sees_ticket
from backend.tickets.states import ClockKind, TicketState

TIMED = (ClockKind.RESPOND.value, ClockKind.RESOLVE.value)
"""The clocks by which a service level is kept or missed."""


# Visibility


@rule("H10.3-a")
def visible_ratings(actor: Actor, rating: Row) -> Condition:
    """As what a customer writes on a ticket: Tiera, the customer, and the supplier once it sees the ticket."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return sa.and_(rating.supplier_id == actor.organisation_id, sees_ticket(actor, rating.ticket_id))
    return rating.customer_id == actor.organisation_id  # type: ignore[no-any-return]


@rule("H10.3-c")
def visible_deviations(actor: Actor, deviation: Row) -> Condition:
    """Tiera sees all; whoever leads at the supplier its own; a customer those that Tiera has told it of."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER if actor.sees(Right.REPORT) or actor.sees(Right.MEASURE_DEVIATIONS):
            return deviation.supplier_id == actor.organisation_id  # type: ignore[no-any-return]
        case ActorKind.CUSTOMER:
            told = sa.and_(deviation.kind == DeviationKind.LOW_RATING, deviation.reported_at.is_not(None))
            return sa.and_(deviation.customer_id == actor.organisation_id, told)
    return sa.false()


register_thing(TicketRating, visible_ratings, url="/pyynnot/{ticket_id}", words=WORDS_OF_RATINGS, part_of=("Ticket",))
register_thing(
    QualityDeviation, visible_deviations, number="number", url="/laatupoikkeamat/{id}", part_of=("Ticket",),
    words=WORDS_OF_DEVIATIONS,
    asides=(Aside(WORDS_OF_DEVIATIONS_PARTIES, between_parties),),
)  # fmt: skip
register_acts(QualityDeviation.__name__)


# Loads for verbs


async def find_rating(session: Session, ticket: Ticket, person_id: int | None) -> TicketRating | None:
    """What somebody said of the ticket's resolution of now."""
    wanted = sa.select(TicketRating).where(
        TicketRating.ticket_id == ticket.id,
        TicketRating.resolved_at == ticket.resolved_at,
        TicketRating.rated_by_id == person_id,
    )
    return await session.scalar(wanted)


async def get_deviation_for_change(session: Session, actor: Actor, deviation_id: int) -> QualityDeviation:
    """The deviation, locked. Raises NOT_FOUND where it is not or may not be seen."""
    wanted = sa.select(QualityDeviation).where(
        QualityDeviation.id == deviation_id, visible_deviations(actor, QualityDeviation)
    )
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found("deviation_id")
    return found


async def find_missed(session: Session, service_id: int, month: date) -> QualityDeviation | None:
    """What gathers the misses of a service in a month, until it is reported; the service is locked."""
    await session.get_one(Service, service_id, with_for_update={"key_share": True})
    wanted = sa.select(QualityDeviation).where(
        QualityDeviation.kind == DeviationKind.MISSED_LEVEL,
        QualityDeviation.service_id == service_id,
        QualityDeviation.month == month,
        QualityDeviation.reported_at.is_(None),
    )
    return await session.scalar(wanted)


async def is_cause_on_agenda(session: Session, ticket: Ticket) -> bool:
    """Whether the root cause of a ticket that the caller holds stands on a production group's agenda already."""
    wanted = sa.select(QualityDeviation.id).where(
        QualityDeviation.kind == DeviationKind.WIDE_CAUSE,
        QualityDeviation.ticket_id == ticket.id,
        QualityDeviation.reported_at.is_(None),
    )
    return await session.scalar(wanted) is not None


async def awaits_rating_of(session: Session, reader: Actor, about: Ref) -> bool:
    """Whether a ticket stands resolved, and this is one who asked and has not said yet how it went."""
    its: Any = Ticket
    wanted = sa.select(Ticket.id).where(Ticket.id == about.id, awaits_own_rating(its, reader))
    return await session.scalar(wanted) is not None


async def rating_link_lasts(session: Session, about: Ref) -> timedelta:
    """How long a mail's link to the rating of a ticket works, by the terms of the ticket's day."""
    ticket = await session.get_one(Ticket, about.id)
    return timedelta(days=Terms.of(ticket.terms_on).rating_days)


# SQL for lists


def _is_rated_by(ticket: Row, person_id: Any) -> Condition:
    """SQL: whether somebody rated the resolution of now. Looked up for each: of an EXISTS all ratings were hashed."""
    its = rows_of(TicketRating)
    of_now = (its.c.ticket_id == ticket.id, its.c.resolved_at == ticket.resolved_at)
    found = sa.select(sa.true()).where(*of_now, its.c.rated_by_id == person_id)
    return sa.func.coalesce(found.limit(1).correlate_except(its).scalar_subquery(), sa.false())


def can_be_rated(ticket: Row) -> Condition:
    """SQL: whether a ticket was asked for by a customer and is resolved."""
    return sa.and_(
        ticket.customer_id.is_not(None),
        ticket.kind.in_(ASKED_FOR),
        ticket.state.in_((TicketState.RESOLVED, TicketState.CLOSED)),
    )


@rule("H10.3-a")
def raters_left(ticket: Row) -> sa.ColumnElement[Any]:
    """SQL: ids of those who asked for a ticket, or for one merged into it, and have not said how it went; a list."""
    its = rows_of(Ticket)
    asked = sa.select(sa.func.json_agg(its.c.requester_id.distinct())).where(
        its.c.id == with_merged(ticket), its.c.requester_id.is_not(None), ~_is_rated_by(ticket, its.c.requester_id)
    )
    return sa.case((can_be_rated(ticket), asked.correlate_except(its).scalar_subquery()))


@rule("H10.3-a")
def awaits_own_rating(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether the actor asked for a ticket that is resolved, or for one merged into it, and has not said how it
    went.
    """
    own = sa.or_(ticket.requester_id == actor.person_id, ticket.id == _went_on_in(actor.person_id))
    mine = sa.and_(own, ticket.customer_id == actor.organisation_id)
    return sa.and_(mine, can_be_rated(ticket), ~_is_rated_by(ticket, actor.person_id))


def _went_on_in(person_id: Any) -> Any:
    """SQL: any ticket in which one goes on that somebody asked for: asked once, not for each ticket."""
    first, next_ = rows_of(Ticket), rows_of(Ticket)
    was_merged = first.c.merged_into_id.is_not(None)
    led = sa.select(first.c.merged_into_id.label("id")).where(first.c.requester_id == person_id, was_merged)
    found = led.cte(recursive=True, nesting=True)
    found = found.union(
        sa.select(next_.c.merged_into_id).where(next_.c.id == found.c.id, next_.c.merged_into_id.is_not(None))
    )
    return sa.any_(sa.func.array(sa.select(found.c.id).scalar_subquery()))


def deviations_matching(_: None, deviation: Row, *, where: Any) -> Condition:
    """SQL: whether a deviation fits what a list is narrowed to."""
    return sa.and_(
        when(where.kinds, lambda kinds: sa.cast(deviation.kind, sa.Text) == sa.any_(kinds)),
        when(where.states, lambda states: sa.cast(deviation.state, sa.Text) == sa.any_(states)),
        when(where.is_for_production_group, lambda wanted: is_for_production_group(deviation) == wanted),
        when(where.supplier_id, lambda of: deviation.supplier_id == of.of("Organisation")),
        when(where.is_tieras, lambda wanted: deviation.supplier_id.is_(None) == wanted),
        when(where.service_id, lambda of: deviation.service_id == of.of("Service")),
        when(where.words, lambda words: _has_words(deviation, words)),
    )


def _has_words(deviation: Row, words: Any) -> Condition:
    service, ticket = rows_of(Service), rows_of(Ticket)
    name = sa.select(service.c.name).where(service.c.id == deviation.service_id).correlate_except(service)
    title = sa.select(ticket.c.title).where(ticket.c.id == deviation.ticket_id).correlate_except(ticket)
    return has_words(words, deviation.number, name.scalar_subquery(), title.scalar_subquery())


@rule("H11.3.4-d", "H11.2.3-b")
def is_for_production_group(deviation: Row) -> Condition:
    """SQL: whether it stands on the next agenda of the supplier's production group: until it was reported there.

    So do missed levels and the root causes of incidents of wide reach.
    """
    return sa.and_(deviation.kind.in_(FOR_PRODUCTION_GROUP), deviation.reported_at.is_(None))


def count_of_deviations(actor: Actor, condition: Any) -> sa.ScalarSelect[int]:
    """SQL: how many deviations the actor sees that meet `condition(row)`."""
    its = rows_of(QualityDeviation)
    seen = sa.and_(visible_deviations(actor, its.c), condition(its.c))
    return sa.select(sa.func.count()).select_from(its).where(seen).scalar_subquery()


def is_without_measures(deviation: Row) -> Condition:
    """SQL: whether a deviation is open."""
    return deviation.state == DeviationState.OPEN  # type: ignore[no-any-return]


def awaits_telling(deviation: Row) -> Condition:
    """SQL: whether a customer waits to be told what was done."""
    return sa.and_(deviation.kind == DeviationKind.LOW_RATING, deviation.state == DeviationState.MEASURED)


# What was missed


def month_of(instant: Any) -> sa.ColumnElement[date]:
    """SQL: the first day of an instant's month in Helsinki."""
    return sa.cast(sa.func.date_trunc("month", sa.func.timezone(HELSINKI.key, instant)), sa.Date)


def is_missed(clock: Row, ticket: Row) -> Condition:
    """SQL: whether a clock that times a service level has used up its time, as far as that is on record."""
    late = sa.or_(clock.breached_at.is_not(None), clock.met_at > clock.due_at)
    is_late = sa.or_(sa.and_(clock.dropped_at.is_(None), late), ended_late(clock, ticket))
    return sa.and_(clock.about_kind == "Ticket", clock.kind.in_(TIMED), is_late)


def has_missed(deviation: Row, ticket: Row) -> Condition:
    """SQL: whether a ticket is one of those that a missed level gathers, or whose rating or root cause it is about."""
    its = rows_of(Deadline)
    is_late = there_is(
        its,
        its.c.about_id == ticket.id,
        is_missed(its.c, ticket),
        its.c.owner_id == deviation.supplier_id,
        month_of(its.c.due_at) == deviation.month,
    )
    return sa.or_(ticket.id == deviation.ticket_id, sa.and_(ticket.service_id == deviation.service_id, is_late))
