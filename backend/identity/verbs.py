"""Invitations, passwords, and sessions of a browser."""

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from backend.identity import policy, queries, rules
from backend.identity.hashing import Handover, hashed, new_secret
from backend.identity.model import Credential, ErrandLink, OneTimeLink, SignInAttempt, SignInSession
from backend.identity.states import LinkPurpose, TryKind
from backend.identity.token_verbs import revoke_tokens_of
from backend.kit import events
from backend.kit.actor import Actor, ActorKind, Language
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import Code, Refusal, UserError, invalid, not_permitted
from backend.kit.refs import Ref
from backend.kit.translation import Text
from backend.parties import people_verbs
from backend.parties.model import Organisation, Person

UNKNOWN = Actor(ActorKind.CUSTOMER)
"""Whoever has not shown yet who they are: acts for nobody, may nothing, sees nothing."""


# Links that work once


async def invite(session: Session, actor: Actor, person_id: int, handover: Handover, *, now: datetime) -> Person:
    """Let a person in who has no password yet: a link, handed over once, with which to choose the first one.

    The event says only that it happened; whoever mails the invitation makes a link of its own (`make_link`).
    """
    policy.require_manages_access(actor)
    policy.require_at_the_portal(actor)
    person = await queries.get_person_for_change(session, person_id)
    if await queries.find_password(session, person.id) is not None:
        raise invalid(Text("This person has a password. Whoever has forgotten it asks for a new one."), "person_id")
    await make_link(session, actor, person.id, LinkPurpose.INVITATION, handover, now=now)
    await events.record(session, actor, "person.invited", person, at=now, audience=Audience.TIERA)
    return person


async def make_link(
    session: Session, actor: Actor, person_id: int, purpose: LinkPurpose, handover: Handover, *, now: datetime
) -> None:
    """Another link for an invitation or a reset that is on record: works once, for 72 hours."""
    handover.secret = new_secret()
    session.add(
        OneTimeLink(
            secret_hash=hashed(handover.secret),
            person_id=person_id,
            purpose=purpose,
            made_by_id=actor.person_id,
            made_at=now,
            expires_at=now + rules.LINK_WORKS_FOR,
        )
    )


async def make_errand_link(
    session: Session, reader: Actor, right: str, about: Ref, handover: Handover, *, lasts: timedelta, now: datetime
) -> None:
    """A link with which its reader uses one right on one thing, without signing in."""
    handover.secret = new_secret()
    session.add(
        ErrandLink(
            secret_hash=hashed(handover.secret),
            person_id=reader.person_id,
            organisation_id=reader.organisation_id,
            right=right,
            about_kind=about.kind,
            about_id=about.id,
            made_at=now,
            expires_at=now + lasts,
        )
    )


async def ask_for_reset(
    session: Session, actor: Actor, address: str, email_hash: str, origin_hash: str | None, *, now: datetime
) -> Ref:
    """Note that somebody has forgotten the password of an address; if it is known, its owner gets a mail.

    Too many asks are refused as for an address that nobody has, and nothing tells the two apart.
    """
    attempt = await begin_try(session, actor, TryKind.FORGOTTEN, email_hash, origin_hash, now=now)
    known = await queries.find_known(session, address)
    if known is not None:
        person = await queries.get_person_for_change(session, known.person_id)
        await events.record(session, actor, "password.forgotten", person, at=now, audience=Audience.TIERA)
    return attempt


async def use_link(session: Session, actor: Actor, secret: str, password_hash: str, *, now: datetime) -> Person:
    """Set the password that a link allows to set.

    The link, and every other one of the person, is used up; whoever was signed in as the person is out.
    """
    person_id = await queries.find_person_of_link(session, hashed(secret), now)
    if person_id is None:
        raise link_does_not_work()
    person = await queries.get_person_for_change(session, person_id)
    if not await queries.link_still_works(session, hashed(secret), now):
        raise link_does_not_work()  # somebody used it while we waited
    await queries.use_up_links(session, person.id, now)
    as_themself = replace(actor, person_id=person.id)
    await _keep_password(session, as_themself, person, password_hash, now)
    await _end_sessions(session, as_themself, await queries.live_sessions_for_change(session, person.id, now), now)
    return person


async def change_person(
    session: Session,
    actor: Actor,
    person_id: int,
    *,
    name: str,
    email: str,
    phone: str | None = None,
    language: Language,
    expected_version: int | None = None,
    now: datetime,
) -> Person:
    """Correct what is known of a person; links that went to another address than the new one work no more."""
    former = (await queries.get_person_for_change(session, person_id)).email
    person = await people_verbs.change_person(
        session, actor, person_id, name=name, email=email, phone=phone, language=language,
        expected_version=expected_version, now=now,
    )  # fmt: skip
    if person.email != former:
        await queries.use_up_links(session, person.id, now)
        await queries.end_errand_links(session, person.id, now)
    return person


def link_does_not_work() -> Refusal:
    """The same for a link that was used, one that is too old and one that never was."""
    return invalid(Text("This link does not work: it was used already, or is older than 72 hours. Ask for a new one."))


# Passwords


async def set_password(session: Session, actor: Actor, person_id: int, password_hash: str, *, now: datetime) -> Person:
    """Set a person's password on behalf of the installation itself, as when a database is filled."""
    if actor.kind is not ActorKind.SYSTEM:
        raise not_permitted()
    person = await queries.get_person_for_change(session, person_id)
    await _keep_password(session, actor, person, password_hash, now)
    return person


async def change_password(
    session: Session,
    actor: Actor,
    password_hash: str,
    *,
    attempt_id: int | None = None,
    except_id: int | None = None,
    now: datetime,
) -> Person:
    """Set one's own password, the old one having been checked; every session but the one named ends."""
    policy.require_at_the_portal(actor)
    person = await queries.get_person_for_change(session, actor.person_id or 0)
    await _keep_password(session, actor, person, password_hash, now)
    others = await queries.live_sessions_for_change(session, person.id, now, but=except_id)
    await _end_sessions(session, actor, others, now)
    await _succeed(session, attempt_id)
    return person


async def _keep_password(session: Session, actor: Actor, person: Person, password_hash: str, now: datetime) -> None:
    credential = await session.get(Credential, person.id)
    if credential is None:
        session.add(Credential(person_id=person.id, password_hash=password_hash, changed_at=now))
    else:
        credential.password_hash, credential.changed_at = password_hash, now
    name = "password.chosen" if credential is None else "password.changed"
    await events.record(session, actor, name, person, at=now, audience=Audience.TIERA)


# Signing in and out


async def begin_try(
    session: Session, actor: Actor, kind: TryKind, email_hash: str, origin_hash: str | None, *, now: datetime
) -> Ref:
    """Count a try before anything is compared, so that many at once do not slip through; refused when too many."""
    await queries.lock_address(session, email_hash)
    by_address, by_origin = await queries.count_tries(session, kind, email_hash, origin_hash, now)
    if rules.too_many_tries(kind, by_address, by_origin):
        raise too_many_tries()
    attempt = SignInAttempt(kind=kind, email_hash=email_hash, origin_hash=origin_hash, at=now, succeeded=False)
    session.add(attempt)
    await session.flush()
    return Ref("SignInAttempt", attempt.id)


async def _succeed(session: Session, attempt_id: int | None) -> None:
    if attempt_id is not None:
        done = sa.update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(succeeded=True)
        await session.execute(done)


def too_many_tries() -> Refusal:
    minutes = int(rules.TRY_WINDOW.total_seconds() // 60)
    message = Text("Too many tries. Wait %(minutes)s minutes and try again.", minutes=minutes)
    return Refusal(UserError(Code.TOO_MANY_REQUESTS, message))


async def begin_session(
    session: Session,
    actor: Actor,
    person_id: int,
    handover: Handover,
    *,
    attempt_id: int | None = None,
    agent: str | None = None,
    now: datetime,
) -> SignInSession:
    """Sign a person in, their password having been checked, to act for whom they last acted for if they still may."""
    organisations = await queries.organisations_of(session, person_id, helsinki_date(now))
    if not organisations:
        raise nobody_to_act_for()
    last_id = await queries.last_acted_for(session, person_id)
    ids = [organisation.id for organisation in organisations]
    await _succeed(session, attempt_id)
    handover.secret = new_secret()
    begun = SignInSession(
        secret_hash=hashed(handover.secret),
        person_id=person_id,
        organisation_id=last_id if last_id in ids else ids[0],
        begun_at=now,
        seen_at=now,
        expires_at=now + rules.SESSION_LONGEST,
        agent=agent and agent[:200],
    )
    session.add(begun)
    await session.flush()
    signed_in = replace(actor, person_id=person_id, organisation_id=begun.organisation_id)
    await events.record(session, signed_in, "session.begun", begun, at=now, audience=Audience.TIERA)
    return begun


def nobody_to_act_for() -> Refusal:
    return not_permitted(None, Text("You have no role in force today. Ask Tiera's key user."))


async def see_session(session: Session, actor: Actor, session_id: int, *, now: datetime) -> None:
    """Note that a session is in use; it is no act of anybody's, so nothing is put on record."""
    await session.execute(sa.update(SignInSession).where(SignInSession.id == session_id).values(seen_at=now))


async def switch_organisation(
    session: Session, actor: Actor, session_id: int, organisation_id: int, *, now: datetime
) -> SignInSession:
    """Act for another of one's organisations in this browser."""
    current = await queries.get_session_for_change(session, actor, session_id)
    may = {
        organisation.id
        for organisation in await queries.organisations_of(session, current.person_id, helsinki_date(now))
    }
    if organisation_id not in may:
        raise not_permitted(None, Text("You have no role in force there today."), "organisation_id")
    if organisation_id != current.organisation_id:
        await events.record(
            session,
            actor,
            "session.switched",
            current,
            at=now,
            audience=Audience.TIERA,
            former=Ref(Organisation.__name__, current.organisation_id),
            organisation=Ref(Organisation.__name__, organisation_id),
        )
        current.organisation_id = organisation_id
    return current


async def end_session(session: Session, actor: Actor, session_id: int, *, now: datetime) -> SignInSession:
    """Sign one of one's own browsers out; one that is out already stays so."""
    ending = await queries.get_session_for_change(session, actor, session_id)
    if ending.ended_at is None:
        await _end_sessions(session, actor, [ending], now)
    return ending


async def end_other_sessions(session: Session, actor: Actor, except_id: int | None = None, *, now: datetime) -> Ref:
    """Sign out everywhere, except in the browser whose session is named."""
    if actor.person_id is None:
        raise not_permitted()
    others = await queries.live_sessions_for_change(session, actor.person_id, now, but=except_id)
    await _end_sessions(session, actor, others, now)
    return Ref(Person.__name__, actor.person_id)


async def end_sessions_of(session: Session, actor: Actor, person_id: int, *, now: datetime) -> Person:
    """Sign another person out everywhere, keys to the API included, as when a device is lost: the key user's."""
    policy.require_manages_access(actor)
    person = await queries.get_person_for_change(session, person_id)
    await _end_sessions(session, actor, await queries.live_sessions_for_change(session, person.id, now), now)
    await revoke_tokens_of(session, actor, person, now=now)
    return person


async def _end_sessions(session: Session, actor: Actor, ending: list[SignInSession], now: datetime) -> None:
    for row in ending:
        row.ended_at = now
        await events.record(session, actor, "session.ended", row, at=now, audience=Audience.TIERA)


# One's own settings


async def choose_language(session: Session, actor: Actor, language: Language, *, now: datetime) -> Person:
    """In which language a person reads pages, mails and documents."""
    if actor.person_id is None:
        raise not_permitted()
    person = await queries.get_person_for_change(session, actor.person_id)
    if person.language is not language:
        await events.record(
            session,
            actor,
            "person.language_chosen",
            person,
            at=now,
            from_=person.language,
            to=language,
            audience=Audience.TIERA,
        )
        person.language, person.version = language, person.version + 1
    return person


async def forget_old(session: Session, actor: Actor, *, now: datetime) -> None:
    """The night's sweep: tries of yesterday, links and sessions that were over long ago."""
    await session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at < now - rules.TRIES_KEPT_FOR))
    await session.execute(sa.delete(ErrandLink).where(ErrandLink.expires_at < now - rules.LINKS_KEPT_FOR))
    await session.execute(sa.delete(OneTimeLink).where(OneTimeLink.expires_at < now - rules.LINKS_KEPT_FOR))
    await session.execute(sa.delete(SignInSession).where(SignInSession.expires_at < now - rules.SESSIONS_KEPT_FOR))
