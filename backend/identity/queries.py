"""Who sees which sessions, tokens and service accounts, and what verbs of getting in load."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from backend.identity import policy, rules
from backend.identity.model import (
    ApiToken,
    Credential,
    ErrandLink,
    OneTimeLink,
    SavedView,
    ServiceAccount,
    SignInAttempt,
    SignInSession,
)
from backend.identity.states import TryKind
from backend.kit.actor import Actor, ActorKind
from backend.kit.database import Condition, Row, Session
from backend.kit.faults import not_found, not_permitted
from backend.kit.refs import register_thing
from backend.kit.translation import Text
from backend.parties.model import Organisation, Person, RoleHeld
from backend.rulebook.roles import Right


def visible_sessions(actor: Actor, row: Row) -> Condition:
    """One's own sessions, nobody else's."""
    return _is_own(actor, row)


def visible_tokens(actor: Actor, row: Row) -> Condition:
    """One's own tokens; those of service accounts are the key user's too."""
    if actor.sees(Right.ADMINISTER):
        return sa.or_(_is_own(actor, row), row.service_account_id.is_not(None))
    return _is_own(actor, row)


def visible_service_accounts(actor: Actor, row: Row) -> Condition:
    """Tiera sees all, a supplier its own, a service account itself."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return sa.cast(row.organisation_id == actor.organisation_id, sa.Boolean)
    return sa.false()


def visible_views(actor: Actor, row: Row) -> Condition:
    """One's own and those shared within the organisation one acts for; removed ones nobody's."""
    here = sa.and_(row.organisation_id == actor.organisation_id, row.removed_at.is_(None))
    return sa.and_(here, sa.or_(_is_own(actor, row), row.is_shared))


def may_change_view(actor: Actor, row: Row) -> Condition:
    """Of the views that somebody sees: one's own, and others' for whoever keeps them in order."""
    if actor.only_by_right:
        return sa.false()
    return sa.true() if policy.keeps_views_of_others(actor) else _is_own(actor, row)


def _is_own(actor: Actor, row: Row) -> Condition:
    # The cast keeps a service account, which is no person, from matching rows that are no person's either.
    own: Condition = row.person_id == sa.cast(actor.person_id, sa.BigInteger)
    return own


async def get_session_for_change(session: Session, actor: Actor, session_id: int) -> SignInSession:
    """One of the actor's own sessions, ended or not. Raises NOT_FOUND."""
    query = sa.select(SignInSession).where(SignInSession.id == session_id, visible_sessions(actor, SignInSession))
    found = (await session.execute(query.with_for_update(key_share=True))).scalar_one_or_none()
    if found is None:
        raise not_found("session_id")
    return found


async def live_sessions_for_change(
    session: Session, person_id: int, now: datetime, *, but: int | None = None
) -> list[SignInSession]:
    """Every session of a person that still lives, except one, by id."""
    query = sa.select(SignInSession).where(
        SignInSession.person_id == person_id,
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > now,
        SignInSession.seen_at > now - rules.SESSION_IDLE,
        sa.true() if but is None else SignInSession.id != but,
    )
    rows = await session.execute(query.order_by(SignInSession.id).with_for_update(key_share=True))
    return list(rows.scalars())


async def get_token_for_change(session: Session, actor: Actor, token_id: int) -> ApiToken:
    """A token that the actor may revoke. Raises NOT_FOUND."""
    query = sa.select(ApiToken).where(ApiToken.id == token_id, visible_tokens(actor, ApiToken))
    found = (await session.execute(query.with_for_update(key_share=True))).scalar_one_or_none()
    if found is None:
        raise not_found("token_id")
    return found


async def get_view_for_change(session: Session, actor: Actor, view_id: int) -> SavedView:
    """A view that the actor may change. Raises NOT_FOUND, and NOT_PERMITTED for one of somebody else."""
    query = sa.select(SavedView, may_change_view(actor, SavedView)).where(
        SavedView.id == view_id, visible_views(actor, SavedView)
    )
    found = (await session.execute(query.with_for_update(key_share=True, of=SavedView))).one_or_none()
    if found is None:
        raise not_found("view_id")
    view, may_change = found
    if not may_change:
        raise not_permitted(None, Text("Only who saved this view, or the key user, may change it."))
    return view


async def tokens_for_change(session: Session, owner: Person | ServiceAccount) -> list[ApiToken]:
    """The tokens of a person or a service account that still work, by id."""
    of = ApiToken.person_id if isinstance(owner, Person) else ApiToken.service_account_id
    query = sa.select(ApiToken).where(of == owner.id, ApiToken.revoked_at.is_(None))
    rows = await session.execute(query.order_by(ApiToken.id).with_for_update(key_share=True))
    return list(rows.scalars())


async def get_service_account_for_change(session: Session, actor: Actor, account_id: int) -> ServiceAccount:
    """Raises NOT_FOUND for one that the actor does not see."""
    query = sa.select(ServiceAccount).where(
        ServiceAccount.id == account_id, visible_service_accounts(actor, ServiceAccount)
    )
    found = (await session.execute(query.with_for_update(key_share=True))).scalar_one_or_none()
    if found is None:
        raise not_found("service_account_id")
    return found


async def get_person_for_change(session: Session, person_id: int) -> Person:
    """The person whose way in is changed: the lock under which that happens. Raises NOT_FOUND."""
    query = sa.select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise not_found("person_id")
    return found


@dataclass(frozen=True)
class Known:
    """What is kept of an address: whose it is, and their password's hash."""

    person_id: int
    password_hash: str | None


async def find_known(session: Session, address: str) -> Known | None:
    """By mail address. One statement, whether there is such a person or not."""
    query = (
        sa.select(Person.id, Credential.password_hash)
        .outerjoin(Credential, Credential.person_id == Person.id)
        .where(Person.email == rules.same_address(address))
    )
    row = (await session.execute(query)).one_or_none()
    return Known(*row) if row else None


async def find_password(session: Session, person_id: int) -> str | None:
    """The hash of a person's password."""
    return await session.scalar(sa.select(Credential.password_hash).where(Credential.person_id == person_id))


def link_works(secret_hash: str, now: datetime) -> Condition:
    """Whether a row is this link, not yet used and not too old."""
    return sa.and_(OneTimeLink.secret_hash == secret_hash, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)


async def find_person_of_link(session: Session, secret_hash: str, now: datetime) -> int | None:
    """Whose link this is, while it works."""
    return await session.scalar(sa.select(OneTimeLink.person_id).where(link_works(secret_hash, now)))


async def link_still_works(session: Session, secret_hash: str, now: datetime) -> bool:
    """Asked again once the person is locked: only the first of two comes through."""
    return await find_person_of_link(session, secret_hash, now) is not None


async def use_up_links(session: Session, person_id: int, now: datetime) -> None:
    """No link to a password that a person was sent works any more."""
    working = sa.update(OneTimeLink).where(OneTimeLink.person_id == person_id, OneTimeLink.used_at.is_(None))
    await session.execute(working.values(used_at=now))


async def end_errand_links(session: Session, person_id: int, now: datetime) -> None:
    """Nor does one by which they do something without signing in."""
    working = sa.update(ErrandLink).where(ErrandLink.person_id == person_id, ErrandLink.expires_at > now)
    await session.execute(working.values(expires_at=now))


async def lock_address(session: Session, email_hash: str) -> None:
    """Let one try with an address after the other be counted."""
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(email_hash, 0))))


async def count_tries(
    session: Session, kind: TryKind, email_hash: str, origin_hash: str | None, now: datetime
) -> tuple[int, int]:
    """Tries that failed in the window: for the address since it last succeeded, and from the origin (None: of none)."""
    since = now - rules.TRY_WINDOW
    within = (SignInAttempt.kind == kind, SignInAttempt.at > since)
    last_success = (
        sa.select(sa.func.max(SignInAttempt.at))
        .where(*within, SignInAttempt.email_hash == email_hash, SignInAttempt.succeeded)
        .scalar_subquery()
    )
    failed = sa.select(sa.func.count()).where(*within, ~SignInAttempt.succeeded)
    by_address = failed.where(
        SignInAttempt.email_hash == email_hash,
        SignInAttempt.at > sa.func.coalesce(last_success, since),
    )
    by_origin = failed.where(sa.false() if origin_hash is None else SignInAttempt.origin_hash == origin_hash)
    row = (await session.execute(sa.select(by_address.scalar_subquery(), by_origin.scalar_subquery()))).one()
    return row[0], row[1]


async def last_acted_for(session: Session, person_id: int) -> int | None:
    """The organisation for which a person acted when they signed in last."""
    query = sa.select(SignInSession.organisation_id).where(SignInSession.person_id == person_id)
    return await session.scalar(query.order_by(SignInSession.begun_at.desc(), SignInSession.id.desc()).limit(1))


async def organisations_of(session: Session, person_id: int, day: date) -> list[Organisation]:
    """For whom a person may act on this day, by a role, in alphabetical order."""
    query = sa.select(Organisation).where(may_act_for(person_id, Organisation.id, day))
    rows = await session.execute(query.order_by(Organisation.sort_key, Organisation.id))
    return list(rows.scalars())


def may_act_for(person_id: object, organisation_id: object, day: object) -> Condition:
    """Whether a person holds a role in an organisation on a day; an ordering right alone does not do."""
    role = sa.orm.aliased(RoleHeld)
    return sa.exists().where(
        role.person_id == person_id, role.organisation_id == organisation_id, role.valid.contains(day)
    )


register_thing(SignInSession, visible_sessions)
register_thing(ApiToken, visible_tokens, title="name", part_of=("ServiceAccount",))
register_thing(ServiceAccount, visible_service_accounts, title="name")
register_thing(SavedView, visible_views, title="name")
