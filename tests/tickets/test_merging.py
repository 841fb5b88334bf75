"""Two tickets of one matter become one and can be told apart again; one of two matters becomes two. Nothing is lost."""

from collections.abc import Awaitable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import ActorKind
from backend.kit.deadlines import Deadline
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.rulebook.criticality import Criticality
from backend.tickets import (
    handling_verbs,
    merged_queries,
    merging_verbs,
    passing_verbs,
    reporting_verbs,
)
from backend.tickets.model import Ticket, TicketMessage, TicketWatcher
from backend.tickets.quality_queries import is_missed
from backend.tickets.states import ClockKind, Reach, TicketKind, TicketState
from tests.making import NOW, customer_representative, make_organisation
from tests.tickets.making import HOUR, Desk, clock_of, hand_over, make_desk, make_ticket, make_ticket_at_supplier, write
from tests.tickets.test_clocks import set_level
from tests.tickets.test_lateness import shown

K, S = ClockKind, TicketState


def merge(session: AsyncSession, desk: Desk, ticket: Ticket, into: Ticket, after: int = 1) -> Awaitable[Ticket]:
    return merging_verbs.merge_tickets(
        session, desk.tiera, ticket_id=ticket.id, into_id=into.id, reason="The same fault.", now=NOW + after * HOUR
    )


def unmerge(session: AsyncSession, desk: Desk, ticket: Ticket, after: int) -> Awaitable[Ticket]:
    return merging_verbs.unmerge_ticket(
        session, desk.tiera, ticket_id=ticket.id, reason="Another one after all.", now=NOW + after * HOUR
    )


async def count(session: AsyncSession, table: type, ticket: Ticket) -> int:
    wanted = sa.select(sa.func.count()).select_from(table).where(table.ticket_id == ticket.id)  # type: ignore[attr-defined]
    return int(await session.scalar(wanted) or 0)


@pytest.mark.rule("H11.7.2-a")
async def test_a_merged_ticket_leads_to_the_other_and_all_of_it_stays(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket, into = await make_ticket(session, desk), await make_ticket(session, desk)
    await write(session, desk.customer, ticket)
    await reporting_verbs.watch_ticket(session, desk.customer, ticket_id=ticket.id, now=NOW)
    await merge(session, desk, ticket, into)
    assert (ticket.state, ticket.merged_into_id, ticket.due_at) == (S.MERGED, into.id, None)
    assert (await count(session, TicketMessage, ticket), await count(session, TicketWatcher, ticket)) == (2, 1)
    clock = await clock_of(session, ticket, K.RESOLVE)
    assert (clock.met_at, clock.dropped_at) == (None, NOW + HOUR)
    assert (await clock_of(session, into, K.RESOLVE)).dropped_at is None
    told = sa.select(Event.name, Event.subject_id).where(Event.at == NOW + HOUR, Event.subject_kind == "Ticket")
    assert [tuple(row) for row in (await session.execute(told.order_by(Event.id))).all()] == [
        ("ticket.merged", ticket.id),
        ("ticket.took_in", into.id),
    ]


@pytest.mark.rule("H11.7.2-a")
async def test_who_watches_or_asked_for_a_merged_ticket_is_told_of_the_other_until_they_part(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    first, second, third = [await make_ticket(session, desk) for _ in range(3)]
    neighbour = await customer_representative(session, desk.parties.customer)
    await reporting_verbs.watch_ticket(session, neighbour, ticket_id=first.id, now=NOW)
    await merge(session, desk, first, second)
    await merge(session, desk, second, third)
    assert await merged_queries.watchers_of(session, third.id) == [neighbour.person_id]
    assert await merged_queries.askers_of(session, third.id) == [desk.customer.person_id]
    await unmerge(session, desk, first, 2)
    assert await merged_queries.watchers_of(session, third.id) == []


@pytest.mark.rule("H11.7.2-a")
async def test_taken_apart_a_ticket_stands_as_it_did_and_its_clocks_run_on(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket, into = await make_ticket(session, desk), await make_ticket(session, desk)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    await handling_verbs.wait_for_requester(session, desk.tiera, ticket_id=ticket.id, text="When?", now=NOW)
    due = (await clock_of(session, ticket, K.RESOLVE)).due_at
    await merge(session, desk, ticket, into)
    await unmerge(session, desk, ticket, 3)
    assert (ticket.state, ticket.merged_into_id, ticket.closed_at) == (S.WAITING, None, None)
    await handling_verbs.resume_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW + 4 * HOUR)
    clock = await clock_of(session, ticket, K.RESOLVE)
    assert (clock.dropped_at, clock.due_at) == (None, due + 4 * HOUR)
    with pytest.raises(Refusal) as refused:
        await unmerge(session, desk, ticket, 5)
    assert refused.value.code is Code.WRONG_STATE


@pytest.mark.rule("H11.4-b", "H11.7.2-a")
async def test_what_was_handed_back_waits_for_tiera_on_when_the_tickets_are_told_apart(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket, into = [await make_ticket_at_supplier(session, desk) for _ in range(2)]
    back = {"ticket_id": ticket.id, "reason": "Not ours.", "now": NOW}
    await passing_verbs.hand_back_ticket(session, desk.supplier, **back)  # type: ignore[arg-type]
    due_at = (await clock_of(session, ticket, K.HAND_BACK)).due_at
    await merge(session, desk, ticket, into)
    clock = await clock_of(session, ticket, K.HAND_BACK)
    assert (clock.met_at, clock.dropped_at) == (None, NOW + HOUR)
    await unmerge(session, desk, ticket, 3)
    clock = await clock_of(session, ticket, K.HAND_BACK)
    assert (clock.started_at, clock.met_at, clock.dropped_at) == (NOW, None, None), "nothing was done"
    assert clock.due_at - due_at == 2 * HOUR
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW + 4 * HOUR)
    assert (await clock_of(session, ticket, K.HAND_BACK)).met_at == NOW + 4 * HOUR


@pytest.mark.rule("H2.1-a", "H11.7.2-a")
async def test_why_tickets_were_merged_and_taken_apart_answers_nobody(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket, into = await make_ticket(session, desk), await make_ticket(session, desk)
    before = {kind: (await clock_of(session, ticket, kind)).due_at for kind in (K.RESPOND, K.UPDATE)}
    await merge(session, desk, ticket, into)
    await unmerge(session, desk, ticket, 2)
    for kind, due_at in before.items():
        clock = await clock_of(session, ticket, kind)
        assert (clock.started_at, clock.met_at, clock.due_at) == (NOW, None, due_at + HOUR), kind
    assert (ticket.responded_at, ticket.due_at) == (None, before[K.RESPOND] + HOUR)
    await write(session, desk.tiera, ticket, now=NOW + 3 * HOUR)
    assert ticket.responded_at == NOW + 3 * HOUR


@pytest.mark.rule("H2.1-a", "H11.7.2-a")
@pytest.mark.parametrize("end", ["merged", "withdrawn"])
async def test_what_ends_while_a_resolution_waits_for_release_was_resolved_at_no_time(
    session: AsyncSession, end: str
) -> None:
    desk = await make_desk(session)
    in_time, late, into = [await make_ticket_at_supplier(session, desk) for _ in range(3)]
    due = (await clock_of(session, in_time, K.RESOLVE)).due_at
    for ticket, at in ((in_time, NOW + HOUR), (late, due + HOUR)):
        said = {"ticket_id": ticket.id, "text": "Mended.", "now": at}
        await handling_verbs.resolve_ticket(session, desk.supplier, **said)  # type: ignore[arg-type]
        assert (await clock_of(session, ticket, K.RESOLVE)).met_at == at
        last = at + HOUR
        if end == "merged":
            its = {"ticket_id": ticket.id, "into_id": into.id, "reason": "The same.", "now": last}
            await merging_verbs.merge_tickets(session, desk.tiera, **its)  # type: ignore[arg-type]
        else:
            its = {"ticket_id": ticket.id, "reason": "No.", "now": last}
            await handling_verbs.withdraw_ticket(session, desk.tiera, **its)  # type: ignore[arg-type]
        clock = await clock_of(session, ticket, K.RESOLVE)
        is_late = ticket is late
        assert (clock.met_at, clock.dropped_at) == (None, last if is_late else at)
        assert await shown(session, ticket, desk.tiera, lambda row, _: _counts(row)) == [is_late]
        if end == "merged":
            await merging_verbs.unmerge_ticket(
                session, desk.tiera, ticket_id=ticket.id, reason="Not.", now=last + 1 * HOUR
            )
            assert (await clock_of(session, ticket, K.RESOLVE)).met_at == at, "the words still wait"


def _counts(ticket: Any) -> Any:
    """SQL: whether its time to resolve is counted as missed."""
    its = sa.and_(Deadline.about_id == ticket.id, Deadline.kind == K.RESOLVE.value)
    return sa.exists().where(its, is_missed(Deadline, ticket))


@pytest.mark.parametrize("wrong", ["itself", "another customer's", "ended", "not there", "not seen", "other side's"])
@pytest.mark.rule("H11.4-a", "H11.7.2-a")
async def test_what_would_show_more_or_ends_nowhere_is_not_merged(session: AsyncSession, wrong: str) -> None:
    desk = await make_desk(session)
    ticket, into = await make_ticket(session, desk), await make_ticket(session, desk)
    match wrong:
        case "itself":
            into = ticket
        case "another customer's":
            town = await make_organisation(session, ActorKind.CUSTOMER)
            into = await make_ticket(session, desk, by=await customer_representative(session, town))
        case "ended":
            await handling_verbs.withdraw_ticket(session, desk.tiera, ticket_id=into.id, reason="No.", now=NOW)
        case "not there":
            into = Ticket(id=999_999)
        case "not seen":
            await hand_over(session, desk, ticket)
        case "other side's":
            ticket = await make_ticket(session, desk, by=desk.supplier)
            into = await hand_over(session, desk, await make_ticket(session, desk, by=desk.tiera))
    with pytest.raises(Refusal) as refused:
        await merge(session, desk, ticket, into)
    assert refused.value.errors[0].path == ("into_id",)
    assert (ticket.state, ticket.merged_into_id) == (S.NEW, None)
    if wrong == "not seen":
        await merge(session, desk, into, ticket)
        assert into.merged_into_id == ticket.id, "the other way nothing is lost"


CLASSES: dict[str, tuple[dict[str, Any], dict[str, Any], str | None]] = {
    "incident into problem": ({}, {"kind": TicketKind.PROBLEM}, "H2.1-a"),
    "incident into request": ({}, {"kind": TicketKind.SERVICE_REQUEST}, "H2.1-a"),
    "request into change": ({"kind": TicketKind.SERVICE_REQUEST}, {"kind": TicketKind.CHANGE}, "H2.1-a"),
    "request into incident": ({"kind": TicketKind.SERVICE_REQUEST}, {}, None),
    "problem into problem": ({"kind": TicketKind.PROBLEM}, {"kind": TicketKind.PROBLEM}, None),
    "high into normal": ({"criticality": Criticality.HIGH}, {}, "H2.1-a"),
    "normal into high": ({}, {"criticality": Criticality.HIGH}, None),
    "wide into narrow": ({"reach": Reach.MANY}, {"reach": Reach.ONE_ORGANISATION}, "H11.2.3-b"),
    "narrow into wide": ({"reach": Reach.ONE_USER}, {"reach": Reach.MANY}, None),
    "wide into wide": ({"reach": Reach.MANY}, {"reach": Reach.MANY}, None),
    "request of many into narrow": ({"kind": TicketKind.SERVICE_REQUEST, "reach": Reach.MANY}, {}, None),
}


@pytest.mark.parametrize("case", CLASSES)
@pytest.mark.rule("H2.1-a", "H11.7.2-a")
async def test_a_ticket_goes_on_where_clocks_are_as_strict_and_everybody_concerned_still_sees_it(
    session: AsyncSession, case: str
) -> None:
    its, of_other, rule = CLASSES[case]
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, by=desk.tiera, customer_id=desk.customer.organisation_id, **its)
    into = await make_ticket(session, desk, by=desk.tiera, customer_id=desk.customer.organisation_id, **of_other)
    if rule is None:
        await merge(session, desk, ticket, into)
        assert ticket.merged_into_id == into.id
        return
    with pytest.raises(Refusal) as refused:
        await merge(session, desk, ticket, into)
    assert [(error.rule, error.path) for error in refused.value.errors] == [(rule, ("into_id",))]
    assert (ticket.state, await count(session, TicketMessage, ticket)) == (S.NEW, 0)


@pytest.mark.rule("H2.1-a", "H11.7.2-a")
async def test_what_was_reported_earlier_is_what_goes_on(session: AsyncSession) -> None:
    desk = await make_desk(session)
    first, second = await make_ticket(session, desk), await make_ticket(session, desk, now=NOW + HOUR)
    with pytest.raises(Refusal, match="Merge the other into this one") as refused:
        await merge(session, desk, first, second)
    assert refused.value.errors[0].path == ("into_id",)
    await merge(session, desk, second, first)
    assert second.merged_into_id == first.id


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ("waits", "Go on with the other first"),
        ("asks what waits", "Release or return what waits first"),
        ("is resolved", "would have more time"),
        ("has no time", "the other at no time"),
    ],
)
@pytest.mark.rule("H2.1-a", "H11.7.2-a")
async def test_what_runs_goes_on_where_a_time_runs_too(session: AsyncSession, other: str, refusal: str) -> None:
    desk = await make_desk(session)
    if other == "has no time":
        await set_level(session, desk, criticality=Criticality.HIGH, resolve_minutes=None)
    ticket = await make_ticket(session, desk)
    its = Criticality.NORMAL if other == "is resolved" else Criticality.HIGH
    into = await make_ticket(session, desk, criticality=its)
    has_it = desk.tiera
    if other == "asks what waits":
        has_it, into = desk.supplier, await hand_over(session, desk, into)
    await handling_verbs.take_ticket(session, has_it, ticket_id=into.id, now=NOW)
    said = {"ticket_id": into.id, "text": "So.", "now": NOW}
    match other:
        case "waits" | "asks what waits":
            await handling_verbs.wait_for_requester(session, has_it, **said)  # type: ignore[arg-type]
        case "is resolved":
            await handling_verbs.resolve_ticket(session, desk.tiera, **said)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match=refusal) as refused:
        await merge(session, desk, ticket, into)
    assert refused.value.errors[0].path == ("into_id",)
    assert (ticket.state, (await clock_of(session, ticket, K.RESOLVE)).dropped_at) == (S.NEW, None)


@pytest.mark.rule("H2.1-a", "H11.7.2-a")
async def test_of_two_that_wait_the_one_with_less_time_left_goes_on(session: AsyncSession) -> None:
    desk = await make_desk(session)
    first, second = await make_ticket(session, desk), await make_ticket(session, desk)
    for after, ticket in ((1, first), (3, second)):
        await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
        asked = {"ticket_id": ticket.id, "text": "Which page?", "now": NOW + after * HOUR}
        await handling_verbs.wait_for_requester(session, desk.tiera, **asked)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="Merge the other into this one"):
        await merge(session, desk, second, first, after=4)
    await merge(session, desk, first, second, after=4)
    assert first.merged_into_id == second.id


@pytest.mark.rule("H11.7.2-a")
async def test_a_merged_ticket_takes_no_word_and_none_is_merged_into_it(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket, into, third = [await make_ticket(session, desk) for _ in range(3)]
    await merge(session, desk, ticket, into)
    with pytest.raises(Refusal) as refused:
        await write(session, desk.customer, ticket)
    assert refused.value.code is Code.WRONG_STATE
    with pytest.raises(Refusal):
        await merge(session, desk, third, ticket)
    with pytest.raises(Refusal):
        await merge(session, desk, into, ticket)


@pytest.mark.parametrize("who", ["supplier", "customer"])
async def test_only_tiera_merges_and_splits(session: AsyncSession, who: str) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    into = await hand_over(session, desk, await make_ticket(session, desk))
    message = await write(session, desk.customer, ticket)
    actor = getattr(desk, who)
    with pytest.raises(Refusal) as refused:
        await merging_verbs.merge_tickets(
            session, actor, ticket_id=ticket.id, into_id=into.id, reason="The same.", now=NOW
        )
    assert refused.value.code is Code.NOT_PERMITTED
    with pytest.raises(Refusal) as refused:
        await merging_verbs.split_ticket(
            session, actor, message_id=message.id, kind=TicketKind.INCIDENT, title="A", description="B", now=NOW
        )
    assert refused.value.code is Code.NOT_PERMITTED
