"""How an installation begins: with Tiera and its first key user, who then does all the rest."""

from datetime import datetime

import sqlalchemy as sa

from backend.identity import verbs
from backend.identity.hashing import Handover
from backend.identity.mails import path_of
from backend.identity.states import LinkPurpose
from backend.kit.actor import Actor, ActorKind, Channel
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session, make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.kit.faults import invalid
from backend.kit.translation import Text
from backend.parties.model import Organisation, Person
from backend.parties.organisation_verbs import add_organisation
from backend.parties.people_verbs import add_person
from backend.rulebook.roles import Right, Role
from backend.settings import Trouble

FOUNDER = Actor(ActorKind.SYSTEM, rights=frozenset(Right), channel=Channel.SCHEDULE)
"""Whoever has the machine: there is nobody else yet."""


async def found(
    session: Session,
    actor: Actor,
    *,
    name: str,
    business_id: str,
    person_name: str,
    email: str,
    handover: Handover,
    now: datetime,
) -> Person:
    """Put Tiera and its first key user on record in an empty installation; the invitation's secret is handed over."""
    if await session.scalar(sa.select(Organisation.id).limit(1)) is not None:
        raise invalid(Text("This installation has begun already: its key user invites people."))
    tiera = await add_organisation(session, actor, name=name, side=ActorKind.BUYER, business_id=business_id, now=now)
    person = await add_person(
        session,
        actor,
        organisation_id=tiera.id,
        role=Role.KEY_USER,
        name=person_name,
        email=email,
        valid_from=helsinki_date(now),
        now=now,
    )
    await verbs.make_link(session, actor, person.id, LinkPurpose.INVITATION, handover, now=now)
    return person


async def begin_installation(
    url: str, base_url: str, *, name: str, business_id: str, person_name: str, email: str
) -> str:
    """Found the installation in the database at `url`; the address of the key user's invitation.

    Raises Trouble with the sentence of a refusal.
    """
    engine, handover = make_engine(url, pool_size=1), Handover()
    try:
        entered = await Entrance(make_sessions(engine)).enter(
            FOUNDER,
            found,
            name=name,
            business_id=business_id,
            person_name=person_name,
            email=email,
            handover=handover,
        )
    finally:
        await engine.dispose()
    if entered.errors:
        raise Trouble(" ".join(str(error.message) for error in entered.errors))
    return base_url + path_of(LinkPurpose.INVITATION, handover.secret or "")
