"""What the clocks of a ticket are counted from: what happened to it, and the level of its class."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Event, events_about
from backend.tickets.catalogue_model import ProductOrder, ProductVersion
from backend.tickets.model import ServiceLevel, Ticket
from backend.tickets.rules import Level, default_level
from backend.tickets.states import TicketState


async def events_of(session: Session, ticket: Ticket) -> list[Event]:
    """What happened to a ticket and to what is written on it, in the order of record."""
    about = events_about()
    its = aliased(Event, about, adapt_on_names=True)
    wanted = sa.select(its).where(about.c.about_kind == "Ticket", about.c.about_id == ticket.id)
    return list((await session.scalars(wanted.order_by(its.id))).all())


async def level_of(session: Session, ticket: Ticket) -> Level:
    """The service level of a ticket's class: its agreement's, else the installation's, else the default.

    As known and in force when it was reported, whatever class it has now (D0-c). What was ordered from the catalogue is
    done in the time of its product, and has its price.
    """
    level = await _level_by_class(session, ticket)
    of_product = await session.execute(
        sa.select(ProductVersion.target_minutes, ProductVersion.euros)
        .join(ProductOrder, ProductOrder.version_id == ProductVersion.id)
        .where(ProductOrder.ticket_id == ticket.id)
    )
    target, euros = of_product.one_or_none() or (None, None)
    return replace(level, resolve_minutes=target or level.resolve_minutes, is_priced=euros is not None)


async def _level_by_class(session: Session, ticket: Ticket) -> Level:
    wanted = (
        sa.select(ServiceLevel)
        .where(
            sa.or_(ServiceLevel.agreement_id == ticket.agreement_id, ServiceLevel.agreement_id.is_(None)),
            ServiceLevel.kind == ticket.kind,
            ServiceLevel.criticality == ticket.criticality,
            ServiceLevel.valid_from <= helsinki_date(ticket.reported_at),
            ServiceLevel.recorded_at <= ticket.reported_at,
        )
        .order_by(ServiceLevel.agreement_id.asc().nulls_last(), ServiceLevel.valid_from.desc(), ServiceLevel.id.desc())
    )
    found = (await session.scalars(wanted.limit(1))).first()
    if found is None:
        return default_level(ticket.kind, ticket.criticality)
    return Level(
        service_time=found.service_time,
        respond_minutes=found.respond_minutes,
        resolve_minutes=found.resolve_minutes,
        update_minutes=found.update_minutes,
        stands_in=tuple(TicketState(state) for state in found.stands_in),
    )
