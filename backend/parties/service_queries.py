"""A service's channels and its start: who sees them, what holds now, loads for verbs."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from backend.kit import faults
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import is_seen, rows_of
from backend.kit.database import Condition, Row, Session
from backend.kit.faults import constraint, version_conflict
from backend.kit.refs import register_thing
from backend.parties.agreement_model import Service, ServiceChannel, ServiceStart
from backend.parties.queries import get_service_for_change, sees_all, visible_services


def visible_of_service(actor: Actor, row: Row) -> Condition:
    """Tiera's and the supplier's who produces the service: a customer sees neither channels nor who marked what."""
    if sees_all(actor):
        return sa.true()
    if actor.kind is not ActorKind.SUPPLIER:
        return sa.false()
    return is_seen(actor, Service.__name__, row.service_id)


def started_on(service: Row) -> sa.ScalarSelect[Any]:
    """SQL: from which day on a service has started; null where it has not."""
    its = rows_of(ServiceStart)
    found = sa.select(its.c.started_on).where(its.c.service_id == service.id, its.c.ended_at.is_(None))
    return found.correlate_except(its).scalar_subquery()


def is_started(service: Row) -> Condition:
    """SQL: whether a service is marked as started."""
    return started_on(service).is_not(None)


register_thing(ServiceStart, visible_of_service)
register_thing(ServiceChannel, visible_of_service)
constraint("uq_service_starts_now", version_conflict())


async def find_start(session: Session, service_id: int) -> ServiceStart | None:
    """The mark that a service has started, if it stands; read while the service is locked."""
    wanted = sa.select(ServiceStart).where(ServiceStart.service_id == service_id, ServiceStart.ended_at.is_(None))
    return (await session.scalars(wanted.execution_options(populate_existing=True))).one_or_none()


async def channels_of(session: Session, service_id: int) -> Sequence[ServiceChannel]:
    """The channels of a service now; read while the service is locked."""
    wanted = sa.select(ServiceChannel).where(ServiceChannel.service_id == service_id, ServiceChannel.ended_at.is_(None))
    return (await session.scalars(wanted.order_by(ServiceChannel.id))).all()


async def get_service_of_channel(session: Session, actor: Actor, channel_id: int) -> Service:
    """The service of a channel that the actor may see, locked. Raises NOT_FOUND."""
    visible = visible_of_service(actor, ServiceChannel)
    of = await session.scalar(sa.select(ServiceChannel.service_id).where(ServiceChannel.id == channel_id, visible))
    if of is None:
        raise faults.not_found("channel_id")
    return await get_service_for_change(session, actor, of)


async def get_channel_for_change(session: Session, service: Service, channel_id: int, path: str) -> ServiceChannel:
    """A channel of a service that is locked already, locked too. Raises NOT_FOUND, said of `path`."""
    wanted = sa.select(ServiceChannel).where(ServiceChannel.id == channel_id, ServiceChannel.service_id == service.id)
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found(path)
    return found


async def get_services_of_mail_for_change(session: Session, actor: Actor, id: int) -> list[Service]:
    """A service, and the one that takes mail now, locked in ascending ids. Raises NOT_FOUND for the first."""
    wanted = sa.select(Service).where(visible_services(actor, Service), sa.or_(Service.id == id, Service.takes_mail))
    locked = wanted.order_by(Service.id).with_for_update(key_share=True).execution_options(populate_existing=True)
    found = list((await session.scalars(locked)).all())
    if id not in {each.id for each in found}:
        raise faults.not_found()
    return found
