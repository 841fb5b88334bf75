"""Makers of bulletins in each state, by the verbs themselves; what a test is about it names."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.bulletins import plan_verbs, queries, verbs
from backend.bulletins.model import Bulletin, CommunicationPlan
from backend.bulletins.plan_verbs import Agreed
from backend.bulletins.states import BulletinKind, Occasion, Receivers
from backend.bulletins.verbs import Content
from backend.kit.actor import Actor, ActorKind
from backend.kit.refs import Ref
from backend.parties.agreement_model import Service
from backend.parties.model import Organisation, Person
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Role
from backend.tickets import passing_verbs, reporting_verbs
from backend.tickets.reporting_verbs import Report
from backend.tickets.states import TicketKind
from tests.making import (
    NOW,
    customer_representative,
    make_agreement,
    make_organisation,
    make_person,
    make_role,
    make_service,
    supplier_manager,
    tiera_service_manager,
)

HOUR = timedelta(hours=1)


@dataclass
class Sides:
    """Tiera, a supplier with a service, another supplier, and two customers with a person each."""

    supplier: Organisation
    service: Service
    manager: Person
    tiera: Actor
    supplier_manager: Actor
    stranger: Actor
    mallila: Organisation
    nordby: Organisation
    in_mallila: Actor
    in_nordby: Actor


async def make_sides(session: AsyncSession) -> Sides:
    supplier = await make_organisation(session)
    service = await make_service(session, await make_agreement(session, supplier))
    manager = await make_person(session, "Sari Vastaava")
    await make_role(session, manager, supplier, Role.SERVICE_MANAGER)
    mallila = await make_organisation(session, ActorKind.CUSTOMER, "Mallila")
    nordby = await make_organisation(session, ActorKind.CUSTOMER, "Nordby")
    return Sides(
        supplier=supplier,
        service=service,
        manager=manager,
        tiera=await tiera_service_manager(session),
        supplier_manager=await supplier_manager(session, supplier),
        stranger=await supplier_manager(session, await make_organisation(session)),
        mallila=mallila,
        nordby=nordby,
        in_mallila=await customer_representative(session, mallila),
        in_nordby=await customer_representative(session, nordby),
    )


def content(s: Sides, **given: Any) -> Content:
    """News of the service to all customers, unless something else is said."""
    said = {
        "kind": BulletinKind.NEWS,
        "title": "Uusi versio",
        "text": "Versio otetaan käyttöön ensi viikolla.",
        "receivers": Receivers.ALL_CUSTOMERS,
        "service_ids": [s.service.id],
        **given,
    }
    return Content(**said)


def incident(s: Sides, **given: Any) -> Content:
    """A critical incident."""
    return content(
        s,
        **{
            "kind": BulletinKind.INCIDENT,
            "criticality": Criticality.CRITICAL,
            "title": "Kirjautuminen ei toimi",
            "receivers": Receivers.AS_PLANNED,
            **given,
        },
    )


def a_break(s: Sides, *, starts_at: datetime = NOW + 24 * HOUR, hours: int = 2, **given: Any) -> Content:
    """A planned break, tomorrow."""
    more = {"kind": BulletinKind.BREAK, "title": "Huoltokatko", "starts_at": starts_at}
    return content(s, **{**more, "ends_at": starts_at + hours * HOUR, **given})


async def make_incident(
    session: AsyncSession, s: Sides, criticality: Criticality = Criticality.CRITICAL, service: Service | None = None
) -> Ref:
    """A ticket that the supplier has, by its name: a bulletin is about it."""
    report = Report(
        kind=TicketKind.INCIDENT, service_id=(service or s.service).id, title="Kirjautuminen ei toimi",
        description="Sivu on tyhjä.",
    )  # fmt: skip
    ticket = await reporting_verbs.report_ticket(session, s.in_mallila, report=report, now=NOW)
    ticket.criticality = criticality
    await passing_verbs.hand_over_ticket(session, s.tiera, ticket_id=ticket.id, reason="Vika on palvelussa.", now=NOW)
    return ticket.ref


async def make_draft(session: AsyncSession, by: Actor, said: Content, *, follows: Bulletin | None = None) -> Bulletin:
    return await verbs.create_bulletin(session, by, content=said, follows_id=follows and follows.id, now=NOW)


async def make_published(
    session: AsyncSession,
    by: Actor,
    said: Content,
    *,
    follows: Bulletin | None = None,
    at: datetime = NOW,
) -> Bulletin:
    draft = await make_draft(session, by, said, follows=follows)
    return await verbs.publish_bulletin(session, by, bulletin_id=draft.id, now=at)


async def agree(
    session: AsyncSession,
    s: Sides,
    occasion: Occasion = Occasion.CRITICAL_INCIDENT,
    *,
    of_service: bool = True,
    **given: Any,
) -> CommunicationPlan:
    """What is agreed for an occasion: nobody is told, and the supplier not allowed, unless it is said."""
    agreed = {
        "measures": "Kootaan kriisiryhmä.",
        "told": "Pääkäyttäjät.",
        "channels": "Portaali ja sähköposti.",
        "when_down": "Soitetaan pääkäyttäjille.",
        "template_title": "Häiriö palvelussa",
        "template_text": "Palvelussa on häiriö.",
        "agreed_on": date(2026, 11, 1),
        **given,
    }
    return await plan_verbs.agree_on_communication(
        session,
        s.tiera,
        service_id=s.service.id if of_service else None,
        occasion=occasion,
        agreed=Agreed(**agreed),
        now=NOW,
    )


async def seen_by(session: AsyncSession, actor: Actor) -> list[int]:
    """The bulletins that somebody sees."""
    wanted = sa.select(Bulletin.id).where(queries.visible_bulletins(actor, Bulletin))
    return list((await session.scalars(wanted.order_by(Bulletin.id))).all())
