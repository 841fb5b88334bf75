"""A service starts once Tiera has defined its channels, and what is not agreed of it is warned of or refused."""

import asyncio
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.bulletins import start_verbs
from backend.bulletins.states import Occasion
from backend.kit.actor import Actor
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.parties import service_queries, service_verbs
from backend.parties.agreement_model import Agreement, Service, ServiceChannel, ServiceStart
from backend.parties.service_verbs import Channel
from backend.parties.states import ServiceChannelKind
from tests.bulletins.making import Sides, agree, make_sides
from tests.making import NOW, TODAY, make_agreement, make_service, make_terms
from tests.parties.making import committed

PHONE = Channel(kind=ServiceChannelKind.PHONE, address="010 123", hours="8–16", for_whom="Key users")
REFUSED = {"start_unplanned": "refused"}


@pytest.fixture
async def s(session: AsyncSession) -> Sides:
    return await make_prepared(session)


async def make_prepared(session: AsyncSession) -> Sides:
    """The sides, with a service that has not started."""
    sides = await make_sides(session)
    agreement = await make_agreement(session, sides.supplier)
    sides.service = await make_service(session, agreement, "Viestit", has_started=False)
    return sides


async def start(session: AsyncSession, s: Sides, by: Actor | None = None, on: date = TODAY) -> Service:
    return await start_verbs.start_service(session, by or s.tiera, service_id=s.service.id, started_on=on, now=NOW)


async def define(
    session: AsyncSession, s: Sides, by: Actor | None = None, replaces: ServiceChannel | None = None
) -> ServiceChannel:
    return await service_verbs.define_service_channel(
        session, by or s.tiera, service_id=s.service.id, channel=PHONE, replaces_id=replaces and replaces.id, now=NOW
    )


async def end(session: AsyncSession, s: Sides, channel: ServiceChannel) -> ServiceChannel:
    return await service_verbs.end_service_channel(session, s.tiera, channel_id=channel.id, now=NOW)


def rules_of(refused: pytest.ExceptionInfo[Refusal]) -> list[str | None]:
    return [error.rule for error in refused.value.errors]


@pytest.mark.rule("H11.5-a", "H11.11-e")
async def test_without_a_channel_nothing_starts_and_by_the_term_nothing_that_is_not_agreed(
    session: AsyncSession, s: Sides
) -> None:
    await make_terms(session, await session.get_one(Agreement, s.service.agreement_id), REFUSED)
    with pytest.raises(Refusal) as refused:
        await start(session, s)
    assert rules_of(refused) == ["H11.5-a", "H11.11-e"], "both are told at once"
    await define(session, s)
    for occasion in Occasion:
        with pytest.raises(Refusal, match="Not agreed yet"):
            await start(session, s)
        await agree(session, s, occasion, of_service=occasion is not Occasion.NEWS)
    await start(session, s)
    assert await session.scalar(sa.select(sa.func.count()).select_from(ServiceStart).where(is_of(s))) == 1


@pytest.mark.rule("H11.11-e")
async def test_where_the_term_only_warns_what_was_not_agreed_is_on_record(session: AsyncSession, s: Sides) -> None:
    await define(session, s)
    await agree(session, s, Occasion.NEWS)
    await start(session, s, on=date(2026, 2, 2))
    event = (await session.scalars(sa.select(Event).where(Event.name == "service.started_unplanned"))).one()
    assert event.figures["started_on"] == "2026-02-02"
    assert event.figures["missing"] == [each for each in Occasion if each is not Occasion.NEWS]
    with pytest.raises(Refusal) as twice:
        await start(session, s)
    assert twice.value.code is Code.WRONG_STATE


@pytest.mark.rule("H11.11-e")
@pytest.mark.parametrize("day", [date(2026, 11, 25), date(2025, 12, 31)])
async def test_a_service_has_started_within_its_agreement_and_not_in_the_future(
    session: AsyncSession, s: Sides, day: date
) -> None:
    await define(session, s)
    with pytest.raises(Refusal) as refused:
        await start(session, s, on=day)
    assert [error.path for error in refused.value.errors] == [("started_on",)]


@pytest.mark.rule("H11.5-a")
async def test_what_is_defined_anew_follows_what_was_and_a_started_service_keeps_one_channel(
    session: AsyncSession, s: Sides
) -> None:
    former = await define(session, s)
    newer = await define(session, s, replaces=former)
    assert (former.ended_at, newer.ended_at) == (NOW, None)
    with pytest.raises(Refusal, match="not in use any more"):
        await define(session, s, replaces=former)
    another = await make_prepared(session)
    with pytest.raises(Refusal) as anothers:
        await define(session, another, replaces=newer)
    assert (anothers.value.code, anothers.value.errors[0].path) == (Code.NOT_FOUND, ("replaces_id",))
    await start(session, s)
    with pytest.raises(Refusal, match="at least one channel"):
        await end(session, s, newer)
    await service_verbs.take_back_start(session, s.tiera, service_id=s.service.id, reason="In January.", now=NOW)
    await end(session, s, newer)
    mark = (await session.scalars(sa.select(ServiceStart).where(is_of(s)))).one()
    assert (mark.ended_at, mark.end_reason) == (NOW, "In January."), "the mark stays on record"
    assert await service_queries.find_start(session, s.service.id) is None


def is_of(s: Sides) -> sa.ColumnElement[bool]:
    return ServiceStart.service_id == s.service.id


@pytest.mark.rule("H11.5-a", "D2.1-c")
async def test_tiera_and_the_supplier_read_channels_and_tiera_alone_defines_them(
    session: AsyncSession, s: Sides
) -> None:
    await define(session, s)

    async def seen_by(actor: Actor) -> int | None:
        visible = service_queries.visible_of_service(actor, ServiceChannel)
        return await session.scalar(sa.select(sa.func.count()).select_from(ServiceChannel).where(visible))

    actors = (s.tiera, s.supplier_manager, s.stranger, s.in_mallila)
    assert [await seen_by(actor) for actor in actors] == [1, 1, 0, 0]
    for actor, code in ((s.supplier_manager, Code.NOT_PERMITTED), (s.stranger, Code.NOT_FOUND)):
        for attempt in (define(session, s, actor), start(session, s, actor)):
            with pytest.raises(Refusal) as refused:
                await attempt
            assert refused.value.code is code


async def test_of_two_who_mark_it_at_once_one_does(database_url: str) -> None:
    async with committed(database_url) as (sessions, entrance):
        async with sessions.begin() as session:
            s = await make_prepared(session)
            await define(session, s)
        given = {"service_id": s.service.id, "started_on": TODAY}
        done = await asyncio.gather(
            *(entrance.enter(s.tiera, start_verbs.start_service, **given) for _ in range(2))  # type: ignore[arg-type]
        )
    assert sorted(entered.errors[0].code if entered.errors else "" for entered in done) == ["", Code.WRONG_STATE]
