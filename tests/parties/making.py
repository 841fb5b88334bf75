"""Namings for tests, as people enter them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor, ActorKind
from backend.kit.database import Sessions, make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.kit.events import Event
from backend.parties import right_verbs
from backend.parties.model import Organisation, Person
from backend.parties.naming import Document, Limits
from backend.parties.right_model import OrderingRight
from backend.rulebook.roles import Role
from tests.making import NOW, make_organisation, make_person, make_role

LIMITS = Limits(most_euros=Decimal("50000.00"), valid_from=date(2026, 1, 1), valid_until=date(2027, 12, 31))
DOCUMENT = Document(number="NIM-2026-1", on=date(2026, 1, 2))


def limits(**changed: Any) -> Limits:
    return replace(LIMITS, **changed)


async def make_contact(session: AsyncSession, organisation: Organisation | None = None) -> Person:
    """Somebody of Tiera's (or a customer's) whom one may name."""
    organisation = organisation or await make_organisation(session, ActorKind.BUYER)
    person = await make_person(session)
    role = Role.SOLUTION_EXPERT if organisation.side is ActorKind.BUYER else Role.REPRESENTATIVE
    await make_role(session, person, organisation, role)
    return person


async def name_contact(
    session: AsyncSession,
    namer: Actor,
    person: Person | None = None,
    organisation: Organisation | None = None,
    *,
    limits: Limits = LIMITS,
    document: Document = DOCUMENT,
) -> OrderingRight:
    """A naming that waits for confirmation."""
    organisation = organisation or await make_organisation(session, ActorKind.BUYER)
    person = person or await make_contact(session, organisation)
    return await right_verbs.name_ordering_contact(
        session,
        namer,
        person_id=person.id,
        organisation_id=organisation.id,
        limits=limits,
        document=document,
        now=NOW,
    )


async def events_of(session: AsyncSession, thing: Any, *names: str) -> list[Event]:
    """What was recorded of a thing, oldest first."""
    wanted = sa.select(Event).where(Event.subject_kind == thing.ref.kind, Event.subject_id == thing.id)
    if names:
        wanted = wanted.where(Event.name.in_(names))
    return list((await session.scalars(wanted.order_by(Event.id))).all())


@asynccontextmanager
async def committed(database_url: str) -> AsyncIterator[tuple[Sessions, Entrance]]:
    """Sessions and an entrance that commit, at the moment that the makers take for now."""
    engine = make_engine(database_url)
    try:
        sessions = make_sessions(engine)
        yield sessions, Entrance(sessions, clock=lambda: NOW)
    finally:
        await engine.dispose()
