"""Service levels as known on a past day: what was told of clocks then, whatever was opened again or changed since."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE
from backend.kit.database import Sessions
from backend.kit.deadlines import FormerDeadline, pass_deadlines
from backend.kit.faults import Refusal
from backend.rulebook.criticality import Criticality
from backend.tickets import handling_verbs, merging_verbs, message_verbs, reporting_verbs
from backend.tickets.model import Ticket
from backend.tickets.states import Reach
from tests.graphql.asking import Ask
from tests.graphql.test_figures import counted
from tests.making import NOW
from tests.tickets.making import Desk, make_desk, make_ticket, make_ticket_at_supplier, newest_waiting, resolve, write

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DUE = NOW + 3 * DAY
"""When an incident of the class normal is to be resolved: a Friday."""
TIMES = ("RESPONSE_TIMES", "RESOLUTION_TIMES")
C = Criticality


async def resolved_on(ask: Ask, desk: Desk, *days: datetime) -> list[tuple[float, ...] | None]:
    """Resolutions that were due and those that were late, as known on each of these days."""
    found = [await counted(ask, desk.tiera, "RESOLUTION_TIMES", as_of=day.date()) for day in days]
    return [each["RESOLUTION_TIMES"][:2] if each else None for each in found]


async def change_class(
    session: AsyncSession, desk: Desk, ticket: Ticket, criticality: Criticality, *, now: datetime
) -> None:
    await reporting_verbs.change_ticket_class(
        session, desk.tiera, ticket_id=ticket.id, criticality=criticality, reach=Reach.ONE_ORGANISATION,
        reason="More depends on it.", now=now,
    )  # fmt: skip


async def reopen(session: AsyncSession, desk: Desk, ticket: Ticket, *, now: datetime) -> None:
    await handling_verbs.reopen_ticket(session, desk.customer, ticket_id=ticket.id, reason="No.", now=now)


@pytest.mark.rule("H2.1-a", "H11.7.1-a")
async def test_what_was_resolved_in_time_stays_so_on_its_day_when_it_is_opened_again(
    ask: Ask, sessions: Sessions
) -> None:
    again = DUE + 3 * DAY
    async with sessions.begin() as session:
        desk = await make_desk(session)
        ticket = await make_ticket_at_supplier(session, desk)
        await resolve(session, desk, ticket, now=NOW + HOUR)
    days = (DUE - DAY, DUE, again - DAY)
    before = await resolved_on(ask, desk, *days)
    assert before == [None, (1, 0), (1, 0)]
    async with sessions.begin() as session:
        await reopen(session, desk, ticket, now=again)
    assert await resolved_on(ask, desk, *days) == before
    assert await resolved_on(ask, desk, again) == [None], "it is due again, and not yet"
    async with sessions.begin() as session:
        await pass_deadlines(session, SCHEDULE, now=again + 5 * DAY)
    assert await resolved_on(ask, desk, *days, again, again + 5 * DAY) == [*before, None, (1, 1)]
    assert (await counted(ask, desk.supplier, "RESOLUTION_TIMES", as_of=DUE.date()))["RESOLUTION_TIMES"] == (1, 0, 0)
    assert await counted(ask, desk.customer, "RESOLUTION_TIMES", as_of=DUE.date()) == {}
    async with sessions.begin() as session:
        await resolve(session, desk, ticket, now=again + 6 * DAY)
        await reopen(session, desk, ticket, now=again + 7 * DAY)
    assert await resolved_on(ask, desk, *days, again + 8 * DAY) == [*before, (1, 1)], "what was late stays late"


@pytest.mark.rule("H2.1-a")
async def test_a_class_that_changes_later_changes_no_day_before(ask: Ask, sessions: Sessions) -> None:
    changed = DUE + 3 * DAY
    async with sessions.begin() as session:
        desk = await make_desk(session)
        ticket = await make_ticket_at_supplier(session, desk)
        await resolve(session, desk, ticket, now=NOW + 30 * HOUR)
        await reopen(session, desk, ticket, now=NOW + 31 * HOUR)
        await resolve(session, desk, ticket, now=NOW + 47 * HOUR)
        open_ = await make_ticket_at_supplier(session, desk)
        await pass_deadlines(session, SCHEDULE, now=DUE + 2 * HOUR)
    days = (NOW + DAY, DUE, changed - DAY)
    before = await resolved_on(ask, desk, *days)
    assert before == [None, (2, 1), (2, 1)]
    async with sessions.begin() as session:
        await change_class(session, desk, open_, C.LOW, now=changed)
    assert await resolved_on(ask, desk, *days, changed) == [*before, (1, 0)], "the other has more time now"
    async with sessions.begin() as session:
        await change_class(session, desk, open_, C.HIGH, now=changed + DAY)
        await pass_deadlines(session, SCHEDULE, now=changed + DAY + HOUR)
    assert await resolved_on(ask, desk, *days, changed, changed + DAY) == [*before, (1, 0), (2, 1)]


@pytest.mark.rule("H2.1-a", "H11.4-a")
async def test_an_answer_that_tiera_returns_later_was_one_on_the_days_before(ask: Ask, sessions: Sessions) -> None:
    async with sessions.begin() as session:
        desk = await make_desk(session)
        ticket = await make_ticket_at_supplier(session, desk)
        message = await write(session, desk.supplier, ticket, now=NOW + HOUR)
    first = await counted(ask, desk.tiera, "RESPONSE_TIMES", as_of=NOW.date())
    assert first == {"RESPONSE_TIMES": (1, 0, 0)}
    async with sessions.begin() as session:
        said = {"message_id": message.id, "reason": "Not so.", "now": NOW + DAY}
        await message_verbs.return_message(session, desk.tiera, **said)
        await pass_deadlines(session, SCHEDULE, now=NOW + DAY + 3 * HOUR)
    assert await counted(ask, desk.tiera, "RESPONSE_TIMES", as_of=NOW.date()) == first
    later = await counted(ask, desk.tiera, "RESPONSE_TIMES", as_of=NOW.date() + DAY)
    assert later == {"RESPONSE_TIMES": (1, 1, 0)}


@pytest.mark.rule("H2.1-a")
async def test_what_was_broken_when_its_ticket_was_merged_was_so_on_that_day_though_it_was_told_apart_since(
    ask: Ask, sessions: Sessions
) -> None:
    merged, apart = DUE + 3 * DAY, DUE + 5 * DAY
    async with sessions.begin() as session:
        desk = await make_desk(session)
        broken, in_time, into = [await make_ticket_at_supplier(session, desk) for _ in range(3)]
        await resolve(session, desk, into, now=NOW + HOUR)
        await merging_verbs.merge_tickets(
            session, desk.tiera, ticket_id=in_time.id, into_id=into.id, reason="Same.", now=NOW + HOUR
        )
        at = {"ticket_id": broken.id, "into_id": into.id, "reason": "Same.", "now": merged}
        await merging_verbs.merge_tickets(session, desk.tiera, **at)
    before = await resolved_on(ask, desk, DUE, merged)
    assert before == [(1, 0), (2, 1)]
    async with sessions.begin() as session:
        for ticket in (broken, in_time):
            at = {"ticket_id": ticket.id, "reason": "Another.", "now": apart}
            await merging_verbs.unmerge_ticket(session, desk.tiera, **at)
    assert await resolved_on(ask, desk, DUE, merged) == before


@pytest.mark.rule("H2.1-a")
async def test_nothing_is_kept_of_what_no_figure_had_counted(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        desk = await make_desk(session)
        ticket = await make_ticket_at_supplier(session, desk)
        await resolve(session, desk, ticket, now=NOW + HOUR)
        await reopen(session, desk, ticket, now=NOW + 2 * HOUR)
        await resolve(session, desk, ticket, now=NOW + 3 * HOUR)
        kept = sa.select(sa.func.count()).select_from(FormerDeadline)
        assert await session.scalar(kept) == 0
        await reopen(session, desk, ticket, now=DUE + DAY)
        assert await session.scalar(kept.where(FormerDeadline.kind == "ticket.resolve")) == 1
        await write(session, desk.customer, ticket, now=DUE + 2 * DAY)
        assert await session.scalar(kept.where(FormerDeadline.kind == "ticket.resolve")) == 1


# Each day's figures are written down on that day, and are the same ever after

Doing = Callable[[AsyncSession, Desk, Ticket, Random, datetime], Awaitable[Any]]


async def decide(session: AsyncSession, desk: Desk, ticket: Ticket, random: Random, now: datetime) -> None:
    """Release or return what waits last."""
    at: dict[str, Any] = {"message_id": (await newest_waiting(session, ticket)).id, "now": now}
    if random.random() < 0.5:
        await message_verbs.release_message(session, desk.tiera, **at)
    else:
        await message_verbs.return_message(session, desk.tiera, **at, reason="Not so.")


async def merge(session: AsyncSession, desk: Desk, ticket: Ticket, random: Random, now: datetime) -> None:
    others = await session.scalars(sa.select(Ticket.id).where(Ticket.id != ticket.id))
    into = random.choice(others.all())
    at = {"ticket_id": ticket.id, "reason": "Same.", "now": now}
    await merging_verbs.merge_tickets(session, desk.tiera, into_id=into, **at)


DOINGS: tuple[Doing, ...] = (
    lambda s, d, t, r, now: handling_verbs.resolve_ticket(s, d.tiera, ticket_id=t.id, text="Done.", now=now),
    lambda s, d, t, r, now: handling_verbs.resolve_ticket(s, d.supplier, ticket_id=t.id, text="Done.", now=now),
    lambda s, d, t, r, now: reopen(s, d, t, now=now),
    lambda s, d, t, r, now: change_class(s, d, t, r.choice(list(C)), now=now),
    lambda s, d, t, r, now: write(s, r.choice((d.supplier, d.customer, d.tiera)), t, now=now),
    lambda s, d, t, r, now: handling_verbs.wait_for_requester(s, d.tiera, ticket_id=t.id, text="?", now=now),
    lambda s, d, t, r, now: handling_verbs.withdraw_ticket(s, d.tiera, ticket_id=t.id, reason="No.", now=now),
    lambda s, d, t, r, now: merging_verbs.unmerge_ticket(s, d.tiera, ticket_id=t.id, reason="No.", now=now),
    decide,
    merge,
)


@pytest.mark.rule("H2.1-a", "H11.7.1-a")
@pytest.mark.parametrize("seed", range(2))
async def test_what_was_counted_on_a_day_is_counted_of_it_ever_after(ask: Ask, sessions: Sessions, seed: int) -> None:
    random, told = Random(seed), dict[date, Any]()
    async with sessions.begin() as session:
        desk = await make_desk(session)
        for criticality in C:
            await make_ticket(session, desk, criticality=criticality)
            await make_ticket_at_supplier(session, desk, criticality=criticality)
    for days in range(12):
        morning = NOW + days * DAY
        for minutes in sorted(random.sample(range(480), 6)):
            await try_out(sessions, desk, random, morning + timedelta(minutes=minutes))
        async with sessions.begin() as session:
            await pass_deadlines(session, SCHEDULE, now=morning + 10 * HOUR)
        told[morning.date()] = await counted(ask, desk.tiera, *TIMES, as_of=morning.date())
    assert {day: await counted(ask, desk.tiera, *TIMES, as_of=day) for day in told} == told
    async with sessions.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(FormerDeadline)), "something had changed"


async def try_out(sessions: Sessions, desk: Desk, random: Random, now: datetime) -> None:
    """Do something with one of the tickets, where it can be done."""
    doing = random.choice(DOINGS)
    try:
        async with sessions.begin() as session:
            ids = (await session.scalars(sa.select(Ticket.id).order_by(Ticket.id))).all()
            await doing(session, desk, await session.get_one(Ticket, random.choice(ids)), random, now)
    except (Refusal, IndexError):  # it cannot, or nothing waits
        return
