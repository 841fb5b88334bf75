"""Keys to the API, and the programs that hold some of them."""

from datetime import date, datetime

import sqlalchemy as sa

from backend.identity import policy, queries, rules
from backend.identity.hashing import TOKEN_MARK, Handover, hashed, new_secret
from backend.identity.model import ApiToken, ServiceAccount
from backend.identity.states import Scope
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import end_of_day
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import Refusals, invalid, not_found
from backend.kit.translation import Text
from backend.parties.model import Organisation, Person
from backend.rulebook.roles import SERVICE_ACCOUNT_RIGHTS

HINT_LENGTH = len(TOKEN_MARK) + 6


async def make_token(
    session: Session,
    actor: Actor,
    name: str,
    scopes: list[Scope],
    expires_on: date,
    handover: Handover,
    *,
    service_account_id: int | None = None,
    now: datetime,
) -> ApiToken:
    """A key to the API, handed over once: one's own, for the organisation one acts for; or a service account's.

    It works to the end of `expires_on`, and gives what its scopes and its owner's rights have in common.
    """
    policy.require_at_the_portal(actor)
    account: ServiceAccount | None = None
    if service_account_id is not None:
        policy.require_manages_access(actor)
        account = await queries.get_service_account_for_change(session, actor, service_account_id)
        if account.ended_at is not None:
            raise invalid(Text("This service account has ended."), "service_account_id")
    rules.check_token(name, scopes, expires_on, now, of_program=account is not None)
    secret = TOKEN_MARK + new_secret()
    token = ApiToken(
        secret_hash=hashed(secret),
        hint=secret[:HINT_LENGTH],
        name=name.strip(),
        person_id=None if account else actor.person_id,
        service_account_id=account and account.id,
        organisation_id=account.organisation_id if account else actor.organisation_id,
        scopes=[scope for scope in Scope if scope in scopes],
        made_at=now,
        expires_at=end_of_day(expires_on),
    )
    session.add(token)
    await session.flush()
    handover.secret = secret  # of a repeat nothing is put on record
    await events.record(
        session, actor, "token.made", token, at=now, within=account, audience=Audience.TIERA, scopes=token.scopes
    )
    return token


async def revoke_token(session: Session, actor: Actor, token_id: int, *, now: datetime) -> ApiToken:
    """Make a key useless, at once; one that is useless already stays so."""
    policy.require_at_the_portal(actor)
    token = await queries.get_token_for_change(session, actor, token_id)
    if token.revoked_at is None:
        await _revoke(session, actor, token, now)
    return token


async def use_token(session: Session, actor: Actor, token_id: int, *, now: datetime) -> None:
    """Note that a key is in use; nothing is put on record."""
    await session.execute(sa.update(ApiToken).where(ApiToken.id == token_id).values(used_at=now))


async def make_service_account(
    session: Session, actor: Actor, organisation_id: int, name: str, purpose: str, *, now: datetime
) -> ServiceAccount:
    """Let a program of Tiera or of a supplier in, to read and to import."""
    policy.require_manages_access(actor)
    policy.require_at_the_portal(actor)
    organisation = await session.get(Organisation, organisation_id, with_for_update={"key_share": True})
    if organisation is None:
        raise not_found("organisation_id")
    refusals = Refusals()
    refusals.check(lambda: rules.check_name(name))
    refusals.check(lambda: rules.check_name(purpose, "purpose"))
    if organisation.side not in SERVICE_ACCOUNT_RIGHTS:
        refusals.add(
            invalid(Text("Service accounts are for programs of Tiera and of its suppliers."), "organisation_id")
        )
    refusals.raise_any()
    account = ServiceAccount(
        organisation_id=organisation.id,
        name=name.strip(),
        purpose=purpose.strip(),
        made_by_id=actor.person_id,
        made_at=now,
    )
    session.add(account)
    await session.flush()
    await events.record(session, actor, "service_account.made", account, at=now, audience=Audience.TIERA)
    return account


async def end_service_account(
    session: Session, actor: Actor, service_account_id: int, *, now: datetime
) -> ServiceAccount:
    """Shut a program out, with every key it has."""
    policy.require_manages_access(actor)
    policy.require_at_the_portal(actor)
    account = await queries.get_service_account_for_change(session, actor, service_account_id)
    if account.ended_at is not None:
        return account
    account.ended_at, account.ended_by_id = now, actor.person_id
    await revoke_tokens_of(session, actor, account, now=now)
    await events.record(session, actor, "service_account.ended", account, at=now, audience=Audience.TIERA)
    return account


async def revoke_tokens_of(session: Session, actor: Actor, owner: Person | ServiceAccount, *, now: datetime) -> None:
    """Make every key useless that a person or a program has."""
    for token in await queries.tokens_for_change(session, owner):
        await _revoke(session, actor, token, now)


async def _revoke(session: Session, actor: Actor, token: ApiToken, now: datetime) -> None:
    token.revoked_at = now
    await events.record(session, actor, "token.revoked", token, at=now, audience=Audience.TIERA)
