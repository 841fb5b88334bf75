"""The Actor of a session or a token, built anew from the roles and rights in force at that moment."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from backend.identity import policy, rules
from backend.identity.hashing import hashed
from backend.identity.model import ApiToken, ErrandLink, ServiceAccount, SignInSession
from backend.identity.queries import organisations_of
from backend.kit.actor import Actor, Channel
from backend.kit.calendar import helsinki_date
from backend.kit.database import Instant, Session
from backend.kit.refs import Ref
from backend.parties.model import Organisation, Person
from backend.parties.role_queries import Capacity, capacities_of, rights_in_force, roles_on
from backend.rulebook.roles import rights_of


@dataclass(frozen=True)
class Present:
    """Somebody who is in: as whom they act, and by what they came in."""

    actor: Actor
    name: str
    organisation: str
    address: str | None = None
    """A person's mail address."""
    session_id: int | None = None
    token_id: int | None = None
    seen_at: datetime | None = None
    until: datetime | None = None
    """When the session or the token ends, if nothing ends it before."""
    organisations: tuple[tuple[int, str], ...] = ()
    """For whom a person may act today: keys and names, in alphabetical order."""

    @property
    def account(self) -> str:
        """The account that came in, whichever organisation it acts for."""
        actor = self.actor
        return f"person:{actor.person_id}" if actor.person_id else f"service:{actor.service_account_id}"


_SECRET = sa.bindparam("secret_hash", type_=sa.Text)
_BY_SESSION = (
    sa.select(SignInSession, Person, Organisation)
    .join(Person, Person.id == SignInSession.person_id)
    .join(Organisation, Organisation.id == SignInSession.organisation_id)
    .where(SignInSession.secret_hash == _SECRET)
)
_BY_TOKEN = (
    sa.select(ApiToken, Person, Organisation)
    .outerjoin(Person, Person.id == ApiToken.person_id)
    .join(Organisation, Organisation.id == ApiToken.organisation_id)
    .where(
        ApiToken.secret_hash == _SECRET,
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > sa.bindparam("now", type_=Instant),
    )
)
"""Made once: nearly every request asks who it is from."""


async def actor_of_session(
    session: Session, secret: str, now: datetime, channel: Channel = Channel.PORTAL
) -> Present | None:
    """Whoever holds a browser's session; None when it is over, or no role is left in the organisation acted for."""
    row = (await session.execute(_BY_SESSION, {"secret_hash": hashed(secret)})).one_or_none()
    if row is None:
        return None
    signed_in, person, organisation = row
    if not rules.session_lives(
        now, expires_at=signed_in.expires_at, seen_at=signed_in.seen_at, ended_at=signed_in.ended_at
    ):
        return None
    actor = await actor_of_person(session, person, organisation, now, channel)
    if actor is None:
        return None
    return Present(
        actor,
        person.name,
        organisation.name,
        person.email,
        session_id=signed_in.id,
        seen_at=signed_in.seen_at,
        until=signed_in.expires_at,
        organisations=tuple((o.id, o.name) for o in await organisations_of(session, person.id, helsinki_date(now))),
    )


async def actor_of_token(
    session: Session, secret: str, now: datetime, channel: Channel = Channel.API
) -> Present | None:
    """Whoever a key belongs to, with no more than its scopes; None when it is revoked, too old, or its owner is out."""
    row = (await session.execute(_BY_TOKEN, {"secret_hash": hashed(secret), "now": now})).one_or_none()
    if row is None:
        return None
    token, person, organisation = row
    if token.person_id is None:
        account = await session.get(ServiceAccount, token.service_account_id)
        if account is None or account.ended_at is not None:
            return None
        actor = Actor(
            kind=organisation.side,
            organisation_id=organisation.id,
            service_account_id=account.id,
            rights=policy.rights_of_program(organisation.side, token.scopes),
            only_reads=policy.only_reads(token.scopes),
            only_by_right=True,
            channel=channel,
        )
        name = account.name
    else:
        whole = await actor_of_person(session, person, organisation, now, channel)
        if whole is None:
            return None
        actor = policy.narrowed(whole, token.scopes)
        name = person.name
    return Present(actor, name, organisation.name, token_id=token.id, seen_at=token.used_at, until=token.expires_at)


@dataclass(frozen=True)
class Errand:
    """What somebody came for by a link in a mail: as whom they act, with one right, and on which thing."""

    actor: Actor
    about: Ref


async def actor_of_errand(session: Session, secret: str, now: datetime) -> Errand | None:
    """Whoever an errand's link was sent to, with that right alone; None when it is too old or they have it no more."""
    link = await session.get(ErrandLink, hashed(secret))
    if link is None or link.expires_at <= now:
        return None
    person = await session.get_one(Person, link.person_id)
    organisation = await session.get_one(Organisation, link.organisation_id)
    whole = await actor_of_person(session, person, organisation, now, Channel.PORTAL)
    if whole is None or not whole.may(link.right):
        return None
    return Errand(replace(whole, rights=frozenset({link.right})), Ref(link.about_kind, link.about_id))


async def actor_of_person(
    session: Session, person: Person, organisation: Organisation, now: datetime, channel: Channel
) -> Actor | None:
    """The person for this organisation, or None when they hold no role there today, ordering right or not."""
    day = helsinki_date(now)
    held = [held.role for held in await roles_on(session, person.id, day) if held.organisation_id == organisation.id]
    if not held:
        return None
    namings = await rights_in_force(session, person_id=person.id, organisation_id=organisation.id, day=day)
    return _acting(person, organisation, Capacity(held, bool(namings)), channel)


async def actors_of_people(
    session: Session, person_ids: Collection[int], now: datetime, channel: Channel
) -> dict[int, list[Actor]]:
    """Many people as they act today for each of their organisations, in alphabetical order; none who is nothing."""
    capacities = await capacities_of(session, person_ids, helsinki_date(now))
    ids = {organisation_id for of_person in capacities.values() for organisation_id in of_person}
    named = sa.select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.sort_key, Organisation.id)
    organisations = (await session.scalars(named)).all()
    people = (await session.scalars(sa.select(Person).where(Person.id.in_(person_ids)))).all()
    return {
        person.id: [
            _acting(person, organisation, capacities[person.id][organisation.id], channel)
            for organisation in organisations
            if organisation.id in capacities[person.id]
        ]
        for person in people
    }


def _acting(person: Person, organisation: Organisation, capacity: Capacity, channel: Channel) -> Actor:
    return Actor(
        kind=organisation.side,
        organisation_id=organisation.id,
        person_id=person.id,
        roles=frozenset(capacity.roles),
        rights=rights_of(organisation.side, capacity.roles, is_ordering_contact=capacity.is_ordering_contact),
        language=person.language,
        channel=channel,
    )
