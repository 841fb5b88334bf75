"""Figures of bulletins as SQL, for banners, lists and those who ask who has read them."""

from typing import Any

import sqlalchemy as sa

from backend.bulletins.model import Bulletin, BulletinReading, CommunicationPlan
from backend.bulletins.queries import is_agreed_for, is_for, is_reader, is_to_customers, visible_bulletins
from backend.bulletins.states import BulletinState
from backend.kit.actor import Actor
from backend.kit.conditions import has_words, rows_of, there_is, when
from backend.kit.database import Condition, Row
from backend.parties.agreement_model import Service
from backend.parties.days import is_valid_on
from backend.parties.model import Organisation, RoleHeld

S = BulletinState


def is_of_thread(bulletin: Row, other: Row) -> Condition:
    """SQL: whether two bulletins tell of one matter."""
    first = sa.func.coalesce(bulletin.follows_id, bulletin.id)
    return sa.or_(other.id == first, other.follows_id == first)


def is_superseded(bulletin: Row) -> Condition:
    """SQL: whether a later one of the same matter has been published and not taken back."""
    later = rows_of(Bulletin)
    is_later = (later.c.published_at > bulletin.published_at, later.c.state != S.WITHDRAWN)
    return there_is(later, is_of_thread(bulletin, later.c), *is_later)


def is_current(bulletin: Row, at: Any) -> Condition:
    """SQL: whether it is the newest word on a matter that is not over at an instant."""
    return sa.and_(bulletin.state == S.PUBLISHED, bulletin.until_key > at, ~is_superseded(bulletin))


def _own_reading(actor: Actor, bulletin: Row, *conditions: Any) -> Condition:
    its = rows_of(BulletinReading)
    own = (its.c.person_id == actor.person_id, its.c.organisation_id == actor.organisation_id)
    return there_is(its, its.c.bulletin_id == bulletin.id, *own, *(each(its.c) for each in conditions))


def _has_acknowledged(reading: Row) -> Condition:
    return reading.acknowledged_at.is_not(None)  # type: ignore[no-any-return]


def is_acknowledged(bulletin: Row, actor: Actor) -> Condition:
    """SQL: whether the actor has acknowledged it."""
    return _own_reading(actor, bulletin, _has_acknowledged)


def awaits_acknowledgement(bulletin: Row, actor: Actor) -> Condition:
    """SQL: whether it is for the actor and asks for a word that the actor has not given."""
    asks = sa.and_(bulletin.state == S.PUBLISHED, bulletin.asks_acknowledgement)
    return sa.and_(is_reader(actor, bulletin), asks, ~is_acknowledged(bulletin, actor))


def is_on_banner(bulletin: Row, actor: Actor, at: Any) -> Condition:
    """SQL: whether the portal's pages show it to the actor: current, for them, and not put out of their sight.

    What asks for an acknowledgement stays until it has got it.
    """
    put_away = sa.case(
        (bulletin.asks_acknowledgement, is_acknowledged(bulletin, actor)), else_=_own_reading(actor, bulletin)
    )
    return sa.and_(is_current(bulletin, at), bulletin.by_banner, is_reader(actor, bulletin), ~put_away)


def has_acknowledged(bulletin: Row, person: Row) -> Condition:
    """SQL: whether somebody has acknowledged it, for whichever organisation."""
    its = rows_of(BulletinReading)
    own = (its.c.person_id == person.id, its.c.acknowledged_at.is_not(None))
    return there_is(its, its.c.bulletin_id == bulletin.id, *own)


def is_awaited(bulletin: Row, person: Row, on: Any) -> Condition:
    """SQL: whether somebody, by a role held on a day, is asked to acknowledge it and has not."""
    role, organisation = rows_of(RoleHeld), rows_of(Organisation)
    holds = there_is(
        role,
        role.c.person_id == person.id,
        is_valid_on(role.c, on),
        organisation.c.id == role.c.organisation_id,
        is_for(organisation.c, bulletin),
        beside=organisation,
    )
    asks = sa.and_(bulletin.asks_acknowledgement, bulletin.published_at.is_not(None))
    return sa.and_(asks, holds, ~has_acknowledged(bulletin, person))


def count_acknowledged(bulletin: Row) -> sa.ScalarSelect[int]:
    """SQL: how many have acknowledged it."""
    its = rows_of(BulletinReading)
    counted = sa.select(sa.func.count(its.c.person_id.distinct())).where(
        its.c.bulletin_id == bulletin.id, its.c.acknowledged_at.is_not(None)
    )
    return counted.correlate_except(its).scalar_subquery()


def bulletins_matching(_: None, bulletin: Row, actor: Actor, *, where: Any) -> Condition:
    """SQL: whether a bulletin fits what a list is narrowed to."""
    return sa.and_(
        when(where.kinds, lambda kinds: sa.cast(bulletin.kind, sa.Text) == sa.any_(kinds)),
        when(where.states, lambda states: sa.cast(bulletin.state, sa.Text) == sa.any_(states)),
        when(where.criticalities, lambda those: sa.cast(bulletin.criticality, sa.Text) == sa.any_(those)),
        when(where.current_at, lambda at: is_current(bulletin, at)),
        when(where.on_banner_at, lambda at: is_on_banner(bulletin, actor, at)),
        when(
            where.awaits_acknowledgement,
            lambda wanted: awaits_acknowledgement(bulletin, actor) == wanted,
        ),
        when(where.is_to_customers, lambda wanted: is_to_customers(bulletin) == wanted),
        when(where.service_id, lambda of: of.of("Service") == sa.any_(bulletin.service_ids)),
        when(where.ends_after, lambda at: bulletin.ends_at > at),
        when(where.starts_before, lambda at: bulletin.starts_at < at),
        when(where.is_superseded, lambda wanted: is_superseded(bulletin) == wanted),
        when(where.words, lambda words: _has_words(bulletin, words)),
    )


def _has_words(bulletin: Row, words: Any) -> Condition:
    service = rows_of(Service)
    names = (
        sa.select(sa.func.string_agg(service.c.name, " "))
        .where(service.c.id == sa.any_(bulletin.service_ids))
        .correlate_except(service)
    )
    return has_words(words, bulletin.number, bulletin.title, bulletin.text, names.scalar_subquery())


def count_to_acknowledge(actor: Actor) -> sa.ScalarSelect[int]:
    """SQL: how many bulletins wait for the actor's word."""
    its = rows_of(Bulletin)
    counted = sa.select(sa.func.count()).where(visible_bulletins(actor, its.c), awaits_acknowledgement(its.c, actor))
    return counted.scalar_subquery()


# What is agreed of communication


def planned_occasions(service: Row) -> sa.ScalarSelect[list[str]]:
    """SQL: for what communication is agreed now, for a service itself or for all."""
    its = rows_of(CommunicationPlan)
    found = sa.select(sa.func.coalesce(sa.func.array_agg(its.c.occasion), sa.text("'{}'")))
    return found.where(is_agreed_for(its.c, service.id)).correlate_except(its).scalar_subquery()


def is_plan_of(bulletin: Row, plan: Row) -> Condition:
    """SQL: whether a plan holds for a bulletin, as for `queries.plans_for`: its services' own, else what is for all."""
    own = rows_of(CommunicationPlan)
    of_services = sa.select(sa.func.count()).where(
        own.c.service_id == sa.any_(bulletin.service_ids), _is_now_for(bulletin, own.c)
    )
    counted = of_services.correlate_except(own).scalar_subquery()
    services = sa.func.cardinality(bulletin.service_ids)
    of_all = sa.and_(plan.service_id.is_(None), sa.or_(services == 0, counted < services))
    return sa.and_(_is_now_for(bulletin, plan), sa.or_(plan.service_id == sa.any_(bulletin.service_ids), of_all))


def _is_now_for(bulletin: Row, plan: Row) -> Condition:
    occasion = sa.case(
        (bulletin.criticality.is_not(None), sa.func.concat(bulletin.criticality, "_incident")),
        else_=sa.cast(bulletin.kind, sa.Text),
    )
    return sa.and_(sa.cast(plan.occasion, sa.Text) == occasion, plan.ended_at.is_(None))
