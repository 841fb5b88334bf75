"""Who sees bulletins and what belongs to them; whom they are for; loads for verbs."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from backend.bulletins.model import WORDS_OF_BULLETINS, Bulletin, BulletinReading, CalendarKey, CommunicationPlan
from backend.bulletins.rules import Incident, Planned
from backend.bulletins.states import BulletinKind, BulletinState, Occasion, Receivers
from backend.files.queries import register_holder
from backend.kit import faults
from backend.kit.actor import Actor, ActorKind
from backend.kit.database import Condition, Row, Session
from backend.kit.faults import constraint, version_conflict
from backend.kit.refs import Ref, register_thing
from backend.parties.agreement_model import Agreement, Service
from backend.parties.days import is_valid_on
from backend.parties.model import Organisation, RoleHeld
from backend.parties.queries import visible_services
from backend.rulebook.rules import rule

BUYER, SUPPLIER, CUSTOMER, SYSTEM = ActorKind.BUYER, ActorKind.SUPPLIER, ActorKind.CUSTOMER, ActorKind.SYSTEM
S = BulletinState

# Whom a bulletin is for, and who sees it


def is_to_customers(bulletin: Row) -> Condition:
    """SQL: whether customers are told."""
    return bulletin.receivers != Receivers.TIERA  # type: ignore[no-any-return]


def is_for(organisation: Row, bulletin: Row) -> Condition:
    """SQL: whether a bulletin is for an organisation, once it is published."""
    to_customer = sa.and_(is_to_customers(bulletin), organisation.side == CUSTOMER, _names(bulletin, organisation.id))
    return sa.or_(to_customer, sa.and_(~is_to_customers(bulletin), organisation.side == BUYER))


def _names(bulletin: Row, organisation_id: Any) -> Condition:
    its_own: Condition = organisation_id == sa.any_(bulletin.organisation_ids)
    return sa.or_(bulletin.to_all_customers, its_own)


@rule("H11.11-a")
def is_reader(actor: Actor, bulletin: Row) -> Condition:
    """SQL: whether a published bulletin is for the actor's organisation."""
    published = bulletin.published_at.is_not(None)
    match actor.kind:
        case ActorKind.BUYER:
            return sa.and_(published, ~is_to_customers(bulletin))
        case ActorKind.CUSTOMER:
            return sa.and_(published, is_to_customers(bulletin), _names(bulletin, actor.organisation_id))
    return sa.false()


def visible_bulletins(actor: Actor, bulletin: Row) -> Condition:
    """A side's own; those that are for it; Tiera all that is published. Nobody sees what another has in hand."""
    match actor.kind:
        case ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.BUYER:
            return sa.or_(bulletin.supplier_id.is_(None), bulletin.published_at.is_not(None))
        case ActorKind.SUPPLIER:
            return bulletin.supplier_id == actor.organisation_id  # type: ignore[no-any-return]
    return is_reader(actor, bulletin)


def visible_readings(actor: Actor, reading: Row) -> Condition:
    """Tiera and the supplier that wrote the bulletin see who has read it; others see themselves."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return reading.supplier_id == actor.organisation_id  # type: ignore[no-any-return]
    return sa.and_(reading.person_id == actor.person_id, reading.organisation_id == actor.organisation_id)


def visible_plans(actor: Actor, plan: Row) -> Condition:
    """Tiera all, a supplier what holds for its services; they are between the two."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return sa.or_(plan.supplier_id == actor.organisation_id, plan.service_id.is_(None))
    return sa.false()


def visible_planned_services(actor: Actor, service: Row) -> Condition:
    """The services whose communication the actor may know of."""
    return sa.false() if actor.kind is CUSTOMER else visible_services(actor, service)


def visible_calendar_keys(actor: Actor, key: Row) -> Condition:
    """One's own, of the organisation acted for."""
    return sa.and_(key.person_id == actor.person_id, key.organisation_id == actor.organisation_id)


register_thing(
    Bulletin,
    visible_bulletins,
    number="number",
    title="title",
    url="/tiedotteet/{id}",
    words=WORDS_OF_BULLETINS,
    tells_readers=True,
)
register_holder(Bulletin.__name__)
register_thing(BulletinReading, visible_readings)
register_thing(CommunicationPlan, visible_plans, title="template_title", url="/tiedotteet/suunnitelmat")
register_thing(CalendarKey, visible_calendar_keys)
constraint("uq_communication_plans_now", version_conflict())
constraint("uq_calendar_keys_now", version_conflict())

FindIncident = Callable[[Session, int], Awaitable[Incident | None]]
_incidents: dict[str, FindIncident] = {}


def register_incidents(kind: str, find: FindIncident) -> None:
    """Say that things of this kind may be incidents that bulletins are about; `find` gives one by its key."""
    _incidents[kind] = find


# Loads for verbs


async def find_incident(session: Session, about: Ref | None) -> Incident | None:
    """The incident that a bulletin is about; None where it is about nothing, or about something else."""
    find = _incidents.get(about.kind) if about else None
    return await find(session, about.id) if about and find else None


async def get_bulletin_for_change(
    session: Session, actor: Actor, bulletin_id: int, path: str = "bulletin_id"
) -> Bulletin:
    """The bulletin, locked. Raises NOT_FOUND, said of `path`, where it is not or may not be seen."""
    wanted = sa.select(Bulletin).where(Bulletin.id == bulletin_id, visible_bulletins(actor, Bulletin))
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found(path)
    return found


async def get_bulletin_to_read(session: Session, actor: Actor, bulletin_id: int) -> Bulletin:
    """A bulletin that is for the actor's organisation. Raises NOT_FOUND where it may not be seen, else says no."""
    wanted = sa.select(Bulletin, is_reader(actor, Bulletin)).where(
        Bulletin.id == bulletin_id, visible_bulletins(actor, Bulletin)
    )
    row = (await session.execute(wanted)).one_or_none()
    if row is None:
        raise faults.not_found("bulletin_id")
    bulletin, is_for_actor = row
    if actor.person_id is None or not is_for_actor:
        raise faults.not_permitted("H11.11-a")
    return bulletin


async def services_seen(session: Session, actor: Actor, ids: Sequence[int]) -> list[int]:
    """Those of the services that the actor sees."""
    wanted = sa.select(Service.id).where(Service.id.in_(ids), visible_services(actor, Service))
    return list((await session.scalars(wanted)).all())


async def customers_among(session: Session, ids: Sequence[int]) -> list[int]:
    """Those of the organisations that are customers."""
    wanted = sa.select(Organisation.id).where(Organisation.id.in_(ids), Organisation.side == CUSTOMER)
    return list((await session.scalars(wanted)).all())


async def supplier_of(session: Session, service_id: int) -> int | None:
    """Who produces a service; None where there is none."""
    wanted = (
        sa.select(Agreement.organisation_id)
        .join(Service, Service.agreement_id == Agreement.id)
        .where(Service.id == service_id)
    )
    return await session.scalar(wanted)


async def plans_for(session: Session, service_ids: Sequence[int], occasion: Occasion) -> list[Planned | None]:
    """What is agreed for each service on an occasion: its own, else what holds for all, else nothing."""
    wanted = sa.select(CommunicationPlan).where(
        CommunicationPlan.occasion == occasion,
        CommunicationPlan.ended_at.is_(None),
        sa.or_(CommunicationPlan.service_id.is_(None), CommunicationPlan.service_id.in_(service_ids)),
    )
    rows = {
        plan.service_id: Planned(
            to_all_customers=plan.to_all_customers,
            organisation_ids=tuple(plan.organisation_ids),
            supplier_informs=plan.supplier_informs,
        )
        for plan in await session.scalars(wanted)
    }
    return [rows.get(service_id, rows.get(None)) for service_id in service_ids] or [rows.get(None)]


def is_agreed_for(plan: Row, service_id: Any) -> Condition:
    """SQL: whether a plan is agreed now, for a service itself or for all."""
    return sa.and_(plan.ended_at.is_(None), sa.or_(plan.service_id.is_(None), plan.service_id == service_id))


async def occasions_planned(session: Session, service_id: int) -> list[Occasion]:
    """For what communication is agreed now, for a service itself or for all."""
    wanted = sa.select(CommunicationPlan.occasion).where(is_agreed_for(CommunicationPlan, service_id))
    return list((await session.scalars(wanted)).all())


async def plan_in_force(session: Session, service_id: int | None, occasion: Occasion) -> CommunicationPlan | None:
    """What is agreed now for just this service (None: for all) and occasion, locked."""
    wanted = sa.select(CommunicationPlan).where(
        CommunicationPlan.service_id.is_not_distinct_from(service_id),
        CommunicationPlan.occasion == occasion,
        CommunicationPlan.ended_at.is_(None),
    )
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    return found if found is not None and found.ended_at is None else None


async def readers_of(session: Session, bulletin: Bulletin, day: date) -> list[int]:
    """Everybody who holds a role that day in an organisation that a bulletin is for."""
    wanted = (
        sa.select(RoleHeld.person_id)
        .join(Organisation, Organisation.id == RoleHeld.organisation_id)
        .join(Bulletin, Bulletin.id == bulletin.id)
        .where(is_valid_on(RoleHeld, day), is_for(Organisation, Bulletin))
    )
    return list((await session.scalars(wanted.distinct().order_by(RoleHeld.person_id))).all())


async def get_calendar_key_for_change(session: Session, actor: Actor, key_id: int) -> CalendarKey:
    """The key, locked. Raises NOT_FOUND."""
    wanted = sa.select(CalendarKey).where(CalendarKey.id == key_id, visible_calendar_keys(actor, CalendarKey))
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found("calendar_key_id")
    return found


async def calendar_key_of(session: Session, actor: Actor) -> CalendarKey | None:
    """The actor's key that works now, locked."""
    wanted = sa.select(CalendarKey).where(visible_calendar_keys(actor, CalendarKey), CalendarKey.ended_at.is_(None))
    return (await session.scalars(wanted.with_for_update(key_share=True))).one_or_none()


async def find_calendar_key(session: Session, secret_hash: str) -> CalendarKey | None:
    """The key that opens a calendar, if it still does."""
    wanted = sa.select(CalendarKey).where(CalendarKey.secret_hash == secret_hash, CalendarKey.ended_at.is_(None))
    return (await session.scalars(wanted)).one_or_none()


async def breaks_seen(session: Session, actor: Actor, since: datetime) -> list[tuple[Bulletin, int]]:
    """Planned breaks that the actor sees and that end after an instant by the newest word on each, the how manieth.

    That a break is over, or withdrawn, is a word as well; one that was withdrawn is among them, for a calendar to
    strike it out.
    """
    thread: Any = sa.func.coalesce(Bulletin.follows_id, Bulletin.id)
    rank = sa.func.row_number().over(
        partition_by=thread, order_by=(Bulletin.state == S.WITHDRAWN, Bulletin.published_at.desc(), Bulletin.id.desc())
    )
    words = (Bulletin.published_at, Bulletin.ended_at, Bulletin.withdrawn_at)
    said: Any = sum(sa.func.count(each).over(partition_by=thread) for each in words)
    seen = sa.select(Bulletin.id, rank.label("rank"), said.label("said")).where(
        Bulletin.kind == BulletinKind.BREAK,
        Bulletin.published_at.is_not(None),
        visible_bulletins(actor, Bulletin),
    )
    newest = seen.subquery()
    wanted = (
        sa.select(Bulletin, newest.c.said)
        .join(newest, newest.c.id == Bulletin.id)
        .where(newest.c.rank == 1, Bulletin.ends_at > since)
        .order_by(Bulletin.starts_at, Bulletin.id)
    )
    return [(bulletin, int(count)) for bulletin, count in (await session.execute(wanted)).all()]
