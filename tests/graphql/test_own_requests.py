"""Nobody decides on what they asked for themselves, nor where that was merged into what they decide on (D0-f)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.kit.database import Session, Sessions
from backend.kit.faults import Refusal
from backend.tickets import handling_verbs, merging_verbs
from backend.tickets.billing_states import BillingLeftOut
from backend.tickets.billing_verbs import Figure, approve_for_billing, raise_billing
from backend.tickets.model import Ticket
from backend.tickets.states import TicketKind
from tests.graphql.asking import Ask
from tests.invoices import ticket_making as billed
from tests.making import NOW, tiera_service_manager
from tests.tickets.making import make_desk, make_ticket

OFFERED = "query($id: ID!) { ticket(id: $id) { availableActions billings { availableActions } } }"


async def offered(ask: Ask, actor: Actor, ticket: Ticket) -> tuple[set[str], set[str]]:
    """What of deciding an actor is offered with a ticket, and with what approved it for billing."""
    answer = (await ask(actor, OFFERED, id=str(ticket.ref)))["ticket"]
    of_ticket = {*answer["availableActions"]} & {"APPROVE", "REJECT", "BILL"}
    return of_ticket, {action for each in answer["billings"] for action in each["availableActions"]}


async def alone(sessions: Sessions, verb: Callable[..., Awaitable[Any]], actor: Actor, **input: Any) -> None:
    """Carry a verb out, in a transaction of its own."""
    async with sessions.begin() as session:
        await verb(session, actor, **input, now=NOW)


async def merge(session: Session, actor: Actor, ticket: Ticket, into: Ticket) -> None:
    its: dict[str, Any] = {"ticket_id": ticket.id, "into_id": into.id, "reason": "The same.", "now": NOW}
    await merging_verbs.merge_tickets(session, actor, **its)


@pytest.mark.parametrize("asked", ["for oneself", "for a colleague"])
@pytest.mark.rule("D0-f")
async def test_nobody_decides_on_a_change_into_which_one_of_their_own_was_merged(
    sessions: Sessions, ask: Ask, asked: str
) -> None:
    async with sessions.begin() as session:
        desk = await make_desk(session)
        anna, third = desk.tiera, await tiera_service_manager(session)
        for_whom = await tiera_service_manager(session) if asked == "for a colleague" else anna
        its: dict[str, Any] = {"kind": TicketKind.CHANGE}
        own = await make_ticket(session, desk, by=anna, requester_id=for_whom.person_id, **its)
        between = await make_ticket(session, desk, by=third, **its)
        change = await make_ticket(session, desk, by=await tiera_service_manager(session), **its)
        await handling_verbs.take_ticket(session, anna, ticket_id=change.id, now=NOW)
    assert (await offered(ask, anna, change))[0] == {"APPROVE", "REJECT"}
    async with sessions.begin() as session:
        await merge(session, anna, own, between)
        await merge(session, anna, between, change)
    for actor in (anna, for_whom, third):
        assert (await offered(ask, actor, change))[0] == set()
        its = {"ticket_id": change.id, "is_approved": True, "reason": "Good."}
        with pytest.raises(Refusal, match="a request of their own") as refused:
            await alone(sessions, handling_verbs.decide_change, actor, **its)
        assert refused.value.errors[0].rule == "D0-f"
    async with sessions.begin() as session:
        await merging_verbs.unmerge_ticket(session, anna, ticket_id=between.id, reason="Another.", now=NOW)
    assert (await offered(ask, anna, change))[0] == {"APPROVE", "REJECT"}


@pytest.mark.parametrize("approver", ["herself", "her stand-in"])
@pytest.mark.parametrize("is_resolved", [False, True])
@pytest.mark.rule("D0-f")
async def test_no_change_is_merged_into_one_that_its_own_asker_approved(
    sessions: Sessions, approver: str, is_resolved: bool
) -> None:
    async with sessions.begin() as session:
        desk = await make_desk(session)
        anna, other = desk.tiera, await tiera_service_manager(session)
        its: dict[str, Any] = {"kind": TicketKind.CHANGE}
        own = await make_ticket(session, desk, by=anna, **its)
        between, change = [await make_ticket(session, desk, by=other, **its) for _ in range(2)]
        stand_in = replace(await tiera_service_manager(session), stands_for_id=anna.person_id)
        by = anna if approver == "herself" else stand_in
        for each in (own, between, change):
            await handling_verbs.take_ticket(session, other, ticket_id=each.id, now=NOW)
        approve: dict[str, Any] = {"is_approved": True, "reason": "Good.", "now": NOW}
        await handling_verbs.decide_change(session, by, ticket_id=change.id, **approve)
        if is_resolved:
            await handling_verbs.resolve_ticket(session, other, ticket_id=change.id, text="Done.", now=NOW)
        await merge(session, other, own, between)
    its = {"ticket_id": between.id, "into_id": change.id, "reason": "The same."}
    for actor in (anna, other):
        with pytest.raises(Refusal, match="a request of their own") as refused:
            await alone(sessions, merging_verbs.merge_tickets, actor, **its)
        assert [(error.rule, error.path) for error in refused.value.errors] == [("D0-f", ("into_id",))]
    async with sessions.begin() as session:
        await handling_verbs.decide_change(
            session, await tiera_service_manager(session), ticket_id=between.id, **approve
        )
    await alone(sessions, merging_verbs.merge_tickets, anna, **its)


@pytest.mark.rule("D0-f", "H11.9-c")
async def test_nobody_approves_for_billing_that_into_which_their_own_request_was_merged(
    sessions: Sessions, ask: Ask
) -> None:
    async with sessions.begin() as session:
        desk = await billed.make_desk(session)
        anna = desk.scene.approver
        other, third = [await tiera_service_manager(session) for _ in range(2)]
        figure = Figure(minutes=Minutes(60), price_group_id=desk.scene.group.id)
        own, request = [await billed.make_ticket(session, desk, by=by) for by in (anna, other)]
        assert own.requester_id == anna.person_id
    assert (await offered(ask, anna, request))[0] == {"BILL"}
    async with sessions.begin() as session:
        await merge(session, other, own, request)
    assert (await offered(ask, anna, request))[0] == set()
    with pytest.raises(Refusal) as refused:
        await alone(sessions, approve_for_billing, anna, ticket_ids=[request.id], figure=figure)
    assert "somebody else decides" in str(refused.value.errors[0].message)
    async with sessions.begin() as session:
        both = await billed.make_ticket(session, desk)
        act = await billed.allow(session, desk, both, request)
        assert act.left_out == {str(request.id): BillingLeftOut.OWN_REQUEST}
        await billed.allow(session, desk, request, by=third)
        approval, _ = await billed.billing_of(session, request)
    more: dict[str, Any] = {"approval_id": approval.id, "minutes": Minutes(60), "reason": "More."}
    assert [(await offered(ask, by, request))[1] for by in (anna, third)] == [{"TAKE_BACK"}, {"RAISE", "TAKE_BACK"}]
    with pytest.raises(Refusal) as refused:
        await alone(sessions, raise_billing, anna, **more)
    assert refused.value.errors[0].rule == "D0-f"
    await alone(sessions, raise_billing, third, **more)
