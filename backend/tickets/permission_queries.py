"""Permissions to write to customers: who sees which, which hold on a day, and loads for verbs."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from backend.bulletins.model import CommunicationPlan
from backend.bulletins.queries import register_incidents
from backend.bulletins.rules import Incident
from backend.kit import faults
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import rows_of, there_is
from backend.kit.database import Condition, Row, Session
from backend.kit.refs import register_thing
from backend.parties.agreement_model import Agreement, Service
from backend.rulebook.rules import rule
from backend.tickets.merged_queries import goes_on_in
from backend.tickets.model import WORDS_OF_PERMISSIONS, ContactPermission, Ticket
from backend.tickets.queries import visible_tickets
from backend.tickets.states import TicketKind


@rule("H11.4-c")
def visible_permissions(actor: Actor, permission: Row) -> Condition:
    """Tiera sees all, a supplier its own."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return permission.supplier_id == actor.organisation_id  # type: ignore[no-any-return]
    return sa.false()


register_thing(
    ContactPermission,
    visible_permissions,
    number="document_number",
    is_number_given=True,
    title="matter",
    url="/pyynnot/luvat",
    words=WORDS_OF_PERMISSIONS,
)


def holds_on(permission: Row, day: Any) -> Condition:
    """SQL: whether a permission is in force on a day."""
    on = sa.cast(day, sa.Date)
    return sa.and_(permission.valid_from <= on, permission.valid_until >= on, permission.ended_at.is_(None))


@rule("H11.11-b")
def is_informed_by_supplier(ticket: Row) -> Condition:
    """SQL: whether the communication plan lets the supplier inform a ticket's customer of incidents of its class."""
    its = rows_of(CommunicationPlan)
    of_class = sa.cast(its.c.occasion, sa.Text) == sa.func.concat(sa.cast(ticket.criticality, sa.Text), "_incident")
    is_in_force = sa.and_(its.c.ended_at.is_(None), its.c.supplier_informs)
    is_named = sa.or_(its.c.to_all_customers, ticket.customer_id == sa.any_(its.c.organisation_ids))
    is_incident = sa.and_(ticket.kind == TicketKind.INCIDENT, ticket.customer_id.is_not(None))
    return sa.and_(is_incident, there_is(its, its.c.service_id == ticket.service_id, of_class, is_in_force, is_named))


@rule("H11.4-c")
def lets_write_on(permission: Row, actor: Actor, ticket_id: int | None) -> Condition:
    """SQL: whether a permission names whoever asks, and the customer, the service and the kind of a ticket they see."""
    its = rows_of(Ticket)
    names_it = (
        its.c.id == ticket_id,
        its.c.customer_id == sa.any_(permission.customer_ids),
        its.c.service_id == sa.any_(permission.service_ids),
        sa.cast(its.c.kind, sa.Text) == sa.any_(permission.kinds),
        visible_tickets(actor, its.c),
    )
    return sa.and_(sa.any_(permission.person_ids) == actor.person_id, there_is(its, *names_it))


async def lets_supplier_inform(session: Session, ticket: Ticket) -> bool:
    """Whether a supplier's words on a ticket need no release, as its incident's class allows it."""
    wanted = sa.select(Ticket.id).where(Ticket.id == ticket.id, is_informed_by_supplier(Ticket))
    return await session.scalar(wanted) is not None


async def find_incident(session: Session, ticket_id: int) -> Incident | None:
    """What a bulletin about a ticket has to know of it; None where it is no incident."""
    ticket = await session.get(Ticket, ticket_id)
    if ticket is None or ticket.kind is not TicketKind.INCIDENT:
        return None
    last = await goes_on_in(session, ticket)
    return Incident(last.criticality, ticket.service_id)


register_incidents(Ticket.__name__, find_incident)


async def get_permission(session: Session, actor: Actor, permission_id: int) -> ContactPermission:
    """The permission, which cannot change meanwhile. Raises NOT_FOUND where it is not or may not be seen."""
    return await _locked(session, actor, permission_id, is_changed=False)


async def get_permission_for_change(session: Session, actor: Actor, permission_id: int) -> ContactPermission:
    """The permission, locked. Raises NOT_FOUND."""
    return await _locked(session, actor, permission_id, is_changed=True)


async def _locked(session: Session, actor: Actor, permission_id: int, *, is_changed: bool) -> ContactPermission:
    wanted = sa.select(ContactPermission).where(
        ContactPermission.id == permission_id, visible_permissions(actor, ContactPermission)
    )
    found = await session.scalar(
        wanted.with_for_update(read=not is_changed, key_share=is_changed).execution_options(populate_existing=True)
    )
    if found is None:
        raise faults.not_found("permission_id")
    return found


async def are_produced_by(session: Session, service_ids: Collection[int], supplier_id: int) -> bool:
    """Whether a supplier produces all of these services."""
    its = sa.select(Service.id).join(Agreement, Agreement.id == Service.agreement_id)
    found = await session.scalars(its.where(Service.id.in_(service_ids), Agreement.organisation_id == supplier_id))
    return set(found.all()) == set(service_ids)
