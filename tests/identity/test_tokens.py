"""Keys to the API: shown once, hashed, scoped, ending, revocable; and the programs that hold some."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from backend.identity import queries, token_verbs
from backend.identity.hashing import Handover, hashed
from backend.identity.model import ApiToken, ServiceAccount
from backend.identity.states import Scope
from backend.kit.actor import Actor, ActorKind, Channel
from backend.kit.database import Session
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.parties.model import Organisation
from backend.rulebook.roles import Right, Role
from tests.identity.making import MORNING, House, acting, add_member, add_organisation

END = date(2027, 1, 31)


async def _key_user(session: Session) -> tuple[Actor, Organisation]:
    tiera = await add_organisation(session)
    person = await add_member(session, tiera, Role.KEY_USER, "Kaisa Avain", password=None)
    return acting(person, tiera, Role.KEY_USER), tiera


async def _token(session: Session, actor: Actor, *scopes: Scope, account: int | None = None) -> tuple[ApiToken, str]:
    handover = Handover()
    token = await token_verbs.make_token(
        session, actor, "Raportti", list(scopes), END, handover, service_account_id=account, now=MORNING
    )
    assert handover.secret
    return token, handover.secret


async def _account(session: Session, actor: Actor, organisation: Organisation) -> ServiceAccount:
    return await token_verbs.make_service_account(
        session, actor, organisation.id, "Raportointi", "Kuukauden luvut", now=MORNING
    )


async def test_a_token_is_kept_as_a_hash_with_a_hint_to_tell_it_by(session: Session) -> None:
    actor, _ = await _key_user(session)
    token, secret = await _token(session, actor, Scope.READ)
    assert token.secret_hash == hashed(secret)
    assert secret.startswith(token.hint)
    assert len(secret) > len(token.hint) + 30


async def test_a_persons_token_gives_what_scopes_and_roles_have_in_common(house: House) -> None:
    async with house.sessions.begin() as session:
        tiera = await add_organisation(session)
        person = await add_member(session, tiera, Role.SERVICE_MANAGER)
        actor = acting(person, tiera, Role.SERVICE_MANAGER)
        _, reading = await _token(session, actor, Scope.READ, Scope.BOOK_HOURS)
        _, acting_key = await _token(session, actor, Scope.ACT)
    reader = await house.reception.of_token(reading)
    assert reader is not None
    assert reader.actor.rights == {Right.SEE_HOURS, Right.SEE_INVOICES}
    assert (reader.actor.seen, reader.actor.only_reads, reader.actor.only_by_right) == (actor.rights, False, True)
    assert (reader.actor.person_id, reader.actor.channel) == (person.id, Channel.API)
    whole = await house.reception.of_token(acting_key)
    assert whole is not None
    assert (whole.actor.rights, whole.actor.only_by_right) == (actor.rights, False)


async def test_a_token_ends_with_the_role(house: House) -> None:
    async with house.sessions.begin() as session:
        actor, _ = await _key_user(session)
        _, secret = await _token(session, actor, Scope.ACT)
    assert await house.reception.of_token(secret)
    async with house.sessions.begin() as session:
        await session.execute(sa.text("UPDATE roles_held SET valid = daterange('2026-01-01', '2026-11-24')"))
    house.clock.move(seconds=10)
    assert await house.reception.of_token(secret) is None


async def test_a_token_works_to_the_end_of_its_last_day_in_helsinki(house: House) -> None:
    async with house.sessions.begin() as session:
        actor, _ = await _key_user(session)
        _, secret = await _token(session, actor, Scope.READ)
    house.clock.at = MORNING.replace(year=2027, month=1, day=31, hour=21, minute=59)
    assert await house.reception.of_token(secret)
    house.clock.move(minutes=1)
    assert await house.reception.of_token(secret) is None


async def test_a_revoked_token_is_useless_within_ten_seconds(house: House) -> None:
    async with house.sessions.begin() as session:
        actor, _ = await _key_user(session)
        token, secret = await _token(session, actor, Scope.READ)
    assert await house.reception.of_token(secret)
    assert not (await house.entrance.enter(actor, token_verbs.revoke_token, token_id=token.id)).errors
    house.clock.move(seconds=10)
    assert await house.reception.of_token(secret) is None


async def test_a_session_is_no_token_and_a_token_no_session(house: House) -> None:
    async with house.sessions.begin() as session:
        tiera = await add_organisation(session)
        person = await add_member(session, tiera, Role.SERVICE_MANAGER)
        _, token = await _token(session, acting(person, tiera), Scope.ACT)
    assert await house.reception.of_token(await house.sign_in(person)) is None
    assert await house.reception.of_session(token) is None


async def test_a_key_makes_and_revokes_no_keys(session: Session) -> None:
    actor, _ = await _key_user(session)
    token, _ = await _token(session, actor, Scope.READ)
    by_key = replace(actor, channel=Channel.API)
    with pytest.raises(Refusal) as refused:
        await _token(session, by_key, Scope.ACT)
    assert refused.value.code is Code.NOT_PERMITTED
    with pytest.raises(Refusal):
        await token_verbs.revoke_token(session, by_key, token.id, now=MORNING)
    assert token.revoked_at is None


async def test_nobody_revokes_the_token_of_another_person(session: Session) -> None:
    actor, tiera = await _key_user(session)
    person = await add_member(session, tiera, Role.SERVICE_MANAGER, password=None)
    token, _ = await _token(session, acting(person, tiera), Scope.READ)
    with pytest.raises(Refusal) as refused:
        await token_verbs.revoke_token(session, actor, token.id, now=MORNING)
    assert refused.value.code is Code.NOT_FOUND


async def test_a_token_made_twice_with_one_key_is_one_token_shown_once(house: House) -> None:
    async with house.sessions.begin() as session:
        actor, _ = await _key_user(session)
    shown = []
    for _ in range(2):
        handover = Handover()
        entered = await house.entrance.enter(
            actor,
            token_verbs.make_token,
            key="k1",
            name="Raportti",
            scopes=[Scope.READ],
            expires_on=END,
            handover=handover,
        )
        assert not entered.errors
        shown.append(handover.secret is not None)
    assert shown == [True, False]
    async with house.sessions() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(ApiToken)) == 1


async def test_making_and_revoking_are_on_record_without_the_secret(session: Session) -> None:
    actor, _ = await _key_user(session)
    token, secret = await _token(session, actor, Scope.READ)
    await token_verbs.revoke_token(session, actor, token.id, now=MORNING)
    await token_verbs.revoke_token(session, actor, token.id, now=MORNING)
    rows = (await session.execute(sa.select(Event).where(Event.subject_kind == "ApiToken"))).scalars().all()
    assert [row.name for row in rows] == ["token.made", "token.revoked"]
    assert all(secret not in str(row.figures) for row in rows)


# Service accounts


@pytest.mark.parametrize("side", [ActorKind.BUYER, ActorKind.SUPPLIER])
async def test_a_service_account_reads_and_imports_within_its_scopes(house: House, side: ActorKind) -> None:
    async with house.sessions.begin() as session:
        actor, _ = await _key_user(session)
        organisation = await add_organisation(session, "Toinen", side)
        account = await _account(session, actor, organisation)
        _, secret = await _token(session, actor, Scope.REPORT, Scope.BOOK_HOURS, account=account.id)
    present = await house.reception.of_token(secret)
    assert present is not None
    assert present.name == "Raportointi"
    assert (present.actor.kind, present.actor.person_id, present.actor.only_by_right) == (side, None, True)
    assert (present.actor.service_account_id, present.actor.organisation_id) == (account.id, organisation.id)
    expected = {Right.REPORT, Right.SEE_HOURS, Right.SEE_INVOICES}
    assert present.actor.rights == (expected | {Right.BOOK_HOURS} if side is ActorKind.SUPPLIER else expected)


async def test_no_token_of_a_service_account_acts(session: Session) -> None:
    actor, tiera = await _key_user(session)
    account = await _account(session, actor, tiera)
    with pytest.raises(Refusal) as refused:
        await _token(session, actor, Scope.ACT, account=account.id)
    assert refused.value.errors[0].path == ("scopes",)


async def test_only_the_key_user_makes_service_accounts_and_their_tokens(session: Session) -> None:
    actor, tiera = await _key_user(session)
    account = await _account(session, actor, tiera)
    manager = replace(actor, rights=frozenset({Right.REPORT}))
    with pytest.raises(Refusal):
        await _account(session, manager, tiera)
    with pytest.raises(Refusal):
        await _token(session, manager, Scope.READ, account=account.id)
    with pytest.raises(Refusal):
        await token_verbs.end_service_account(session, manager, account.id, now=MORNING)
    assert account.ended_at is None


async def test_no_service_account_is_made_for_a_customer_or_without_a_name(session: Session) -> None:
    actor, _ = await _key_user(session)
    town = await add_organisation(session, "Vantaa", ActorKind.CUSTOMER)
    with pytest.raises(Refusal) as refused:
        await token_verbs.make_service_account(session, actor, town.id, " ", "Luvut", now=MORNING)
    assert {error.path for error in refused.value.errors} == {("name",), ("organisation_id",)}


async def test_ending_a_service_account_revokes_its_tokens(house: House) -> None:
    async with house.sessions.begin() as session:
        actor, tiera = await _key_user(session)
        account = await _account(session, actor, tiera)
        _, secret = await _token(session, actor, Scope.REPORT, account=account.id)
    assert await house.reception.of_token(secret)
    await house.entrance.enter(actor, token_verbs.end_service_account, service_account_id=account.id)
    house.clock.move(seconds=10)
    assert await house.reception.of_token(secret) is None
    async with house.sessions() as session:
        assert (await session.execute(sa.select(ApiToken))).scalar_one().revoked_at is not None
        with pytest.raises(Refusal):
            await _token(session, actor, Scope.REPORT, account=account.id)


async def test_who_sees_which_tokens_and_accounts(session: Session) -> None:
    actor, tiera = await _key_user(session)
    supplier = await add_organisation(session, "Alfa Oy", ActorKind.SUPPLIER)
    other = await add_organisation(session, "Beta Oy", ActorKind.SUPPLIER)
    theirs = await _account(session, actor, supplier)
    ours = await _account(session, actor, tiera)
    own, _ = await _token(session, actor, Scope.READ)
    programs, _ = await _token(session, actor, Scope.READ, account=theirs.id)

    async def tokens(seer: Actor) -> set[int]:
        query = sa.select(ApiToken.id).where(queries.visible_tokens(seer, ApiToken))
        return set((await session.execute(query)).scalars())

    async def accounts(seer: Actor) -> set[int]:
        query = sa.select(ServiceAccount.id).where(queries.visible_service_accounts(seer, ServiceAccount))
        return set((await session.execute(query)).scalars())

    assert await tokens(actor) == {own.id, programs.id}
    program = Actor(ActorKind.SUPPLIER, organisation_id=supplier.id, service_account_id=theirs.id)
    assert await tokens(program) == set()
    assert await accounts(actor) == {ours.id, theirs.id}
    assert await accounts(program) == {theirs.id}
    assert await accounts(Actor(ActorKind.SUPPLIER, organisation_id=other.id)) == set()
    assert await accounts(Actor(ActorKind.CUSTOMER, organisation_id=supplier.id)) == set()
