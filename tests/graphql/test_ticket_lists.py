"""What lists of tickets and of their clocks have, however long they are; what they tell a customer of the desk."""

from datetime import timedelta
from typing import Any

import pytest

from backend.kit.actor import Actor
from backend.kit.database import Sessions
from backend.tickets import handling_verbs, merging_verbs
from tests.graphql.asking import Ask, prepare
from tests.making import NOW
from tests.tickets.making import Desk, make_desk, make_ticket, write

HOUR = timedelta(hours=1)


@pytest.fixture
async def desk(sessions: Sessions) -> Desk:
    return await prepare(sessions, make_desk)


@pytest.mark.rule("H2.1-a")
async def test_the_clocks_that_run_are_told_however_often_a_ticket_was_answered(
    desk: Desk, ask: Ask, sessions: Sessions
) -> None:
    async with sessions.begin() as session:
        ticket = await make_ticket(session, desk)
        for n in range(1, 61):
            await write(session, desk.tiera, ticket, now=NOW + n * timedelta(minutes=1))
    last = (NOW + 60 * timedelta(minutes=1)).isoformat()
    asked = """query($id: ID!) { ticket(id: $id) {
      clocks { kind startedAt metAt } running: clocks(hasEnded: false) { kind startedAt }
      ended: clocks(hasEnded: true, first: 2) { kind metAt }
    } }"""
    told = (await ask(desk.tiera, asked, id=str(ticket.ref)))["ticket"]
    assert [each["kind"] for each in told["running"]] == ["UPDATE", "RESOLVE"]
    assert told["running"][0]["startedAt"] == last
    assert [(each["kind"], each["metAt"]) for each in told["clocks"][:3]] == [
        ("UPDATE", None), ("RESOLVE", None), ("UPDATE", last),
    ], "those that run are cut last"  # fmt: skip
    assert len(told["clocks"]) == 50, "no more than one asks for"
    assert told["ended"][0] == {"kind": "UPDATE", "metAt": last}
    assert (await ask(desk.customer, asked, id=str(ticket.ref)))["ticket"]["running"] == []


@pytest.mark.rule("H11.7.2-a")
async def test_what_was_merged_into_a_ticket_is_a_list_of_its_own(desk: Desk, ask: Ask, sessions: Sessions) -> None:
    async with sessions.begin() as session:
        into, other, alone = [await make_ticket(session, desk) for _ in range(3)]
        its: dict[str, Any] = {"ticket_id": other.id, "into_id": into.id, "reason": "The same.", "now": NOW}
        await merging_verbs.merge_tickets(session, desk.tiera, **its)
    asked = "query($into: ID!) { tickets(where: { mergedIntoId: $into }) { nodes { id } } }"
    for actor in (desk.tiera, desk.customer):
        assert (await ask(actor, asked, into=str(into.ref)))["tickets"]["nodes"] == [{"id": str(other.ref)}]
        assert (await ask(actor, asked, into=str(alone.ref)))["tickets"]["nodes"] == []


@pytest.mark.rule("H11.4-a", "D2.1-c")
async def test_no_filter_figure_or_version_tells_a_customer_who_has_a_ticket(
    desk: Desk, ask: Ask, sessions: Sessions
) -> None:
    async with sessions.begin() as session:
        taken, waits = [await make_ticket(session, desk) for _ in range(2)]
        for ticket in (taken, waits):
            await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
        asks: dict[str, Any] = {"ticket_id": waits.id, "text": "When?", "now": NOW}
        await handling_verbs.wait_for_requester(session, desk.tiera, **asks)
        waits.assignee_id = None
        nobodys = await make_ticket(session, desk)
    asked = """query($where: TicketFilter!) { tickets(where: $where) { nodes { id version } }
      ticketFigures { unassigned } }"""

    async def found(actor: Actor, **where: Any) -> list[str]:
        return [row["id"] for row in (await ask(actor, asked, where=where))["tickets"]["nodes"]]

    assert await found(desk.tiera, isAssigned=True) == await found(desk.tiera, isMine=True) == [str(taken.ref)]
    assert await found(desk.tiera, isAssigned=False) == [str(nobodys.ref), str(waits.ref)]
    for where in ({"isAssigned": True}, {"isAssigned": False}, {"isMine": True}, {"isMine": False}):
        assert await found(desk.customer, **where) == []
    for actor, unassigned, version in ((desk.tiera, 2, 1), (desk.customer, 0, None)):
        told = await ask(actor, asked, where={})
        assert told["ticketFigures"] == {"unassigned": unassigned}
        assert {row["version"] for row in told["tickets"]["nodes"]} == {version}
