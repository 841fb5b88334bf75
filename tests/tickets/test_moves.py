"""Every kind × state × action × actor, from the tables; and who sees what of a ticket."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE, Actor, ActorKind
from backend.kit.database import Thing
from backend.kit.deadlines import Deadline
from backend.kit.events import Audience
from backend.kit.faults import Code, Refusal
from backend.kit.workflow import Workflow
from backend.rulebook.roles import Role
from backend.rulebook.rules import RULES
from backend.tickets import policy, queries
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.states import (
    MESSAGE,
    TABLES,
    ClockKind,
    Holder,
    MessageState,
    TicketAction,
    TicketKind,
    TicketState,
)
from tests.making import an_actor, customer_representative, make_organisation, supplier_manager
from tests.tickets.making import clock_of, hand_over, make_desk, make_ticket, write

A, S, K = TicketAction, TicketState, TicketKind
ACTORS: dict[str, Actor] = {
    "Tiera's service manager": an_actor(ActorKind.BUYER, Role.SERVICE_MANAGER),
    "Tiera's solution expert": an_actor(ActorKind.BUYER, Role.SOLUTION_EXPERT),
    "Tiera's product owner": an_actor(ActorKind.BUYER, Role.PRODUCT_OWNER),
    "Tiera's key user": an_actor(ActorKind.BUYER, Role.KEY_USER),
    "ordering contact": an_actor(ActorKind.BUYER, is_ordering_contact=True),
    "supplier's service manager": an_actor(ActorKind.SUPPLIER, Role.SERVICE_MANAGER),
    "supplier's expert": an_actor(ActorKind.SUPPLIER, Role.EXPERT),
    "customer's representative": an_actor(ActorKind.CUSTOMER, Role.REPRESENTATIVE),
    "the schedule": SCHEDULE,
}
DESK = {"Tiera's service manager", "Tiera's solution expert", "Tiera's product owner"}
AT_SUPPLIER = {"supplier's service manager", "supplier's expert"}
DECIDERS = {"Tiera's service manager", "Tiera's product owner"}
REPORTERS = {*DESK, "Tiera's key user", *AT_SUPPLIER, "customer's representative"}
ASKERS = {*DESK, "Tiera's key user", "customer's representative"}
WHO: dict[TicketAction, set[str]] = {
    A.CHANGE_CLASS: DESK,
    A.EDIT: DESK,
    A.MERGE: DESK,
    A.UNMERGE: DESK,
    A.SPLIT: DESK,
    A.CLOSE: DESK,
    A.WRITE: REPORTERS,
    A.MARK_DOCUMENTS: REPORTERS - {"customer's representative"},
    A.LINK: DESK | AT_SUPPLIER,
    A.APPROVE: DECIDERS,
    A.REJECT: DECIDERS,
    A.REOPEN: ASKERS,
    A.WITHDRAW: ASKERS,
    A.CONFIRM: {"customer's representative"},
    A.BILL: {"Tiera's service manager"},
    A.ASK_BILLING: {"supplier's service manager"},
    A.DECLINE_BILLING: {"Tiera's service manager"},
    A.RATE: {"customer's representative"},
}
"""Written down by hand, whoever has the ticket; the rest is for those in whose hands it is."""


def expected(action: TicketAction, who: str, holder: Holder, state: TicketState) -> bool:
    match action:
        case A.FIND_CAUSE if state is S.RESOLVED and who in DESK:
            return True
        case A.HAND_OVER:
            return holder is Holder.DESK and who in DESK
        case A.RECALL:
            return holder is Holder.SUPPLIER and who in DESK
        case A.HAND_BACK:
            return holder is Holder.SUPPLIER and who in AT_SUPPLIER
    return who in WHO.get(action, DESK if holder is Holder.DESK else AT_SUPPLIER)


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("holder", Holder)
@pytest.mark.parametrize("kind", TicketKind)
@pytest.mark.rule("H11.2.3-a")
@pytest.mark.rule("H11.4-b")
def test_each_actor_may_take_exactly_the_moves_of_the_kinds_table(kind: TicketKind, holder: Holder, who: str) -> None:
    actor = ACTORS[who]
    for state in TicketState:
        for action in TicketAction:
            if not any(move.source is state and move.action is action for move in TABLES[kind].moves):
                with pytest.raises(Refusal) as refused:
                    policy.take(actor, kind, state, action, holder)
                assert refused.value.code is Code.WRONG_STATE
            elif expected(action, who, holder, state):
                assert policy.take(actor, kind, state, action, holder).action is action
            else:
                with pytest.raises(Refusal) as refused:
                    policy.take(actor, kind, state, action, holder)
                assert refused.value.code is Code.NOT_PERMITTED
                assert refused.value.errors[0].rule in RULES


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("kind", TicketKind)
def test_what_is_offered_is_what_would_be_allowed(kind: TicketKind, who: str) -> None:
    for state in TicketState:
        for holder in Holder:
            for action in policy.available_actions(ACTORS[who], kind, state, holder, policy.Facts(can_be_billed=True)):
                assert policy.take(ACTORS[who], kind, state, action, holder)


@pytest.mark.rule("D0-f")
def test_nobody_is_offered_a_decision_on_a_change_that_they_asked_for() -> None:
    manager = ACTORS["Tiera's service manager"]
    assert A.APPROVE in policy.available_actions(manager, K.CHANGE, S.OPEN, Holder.DESK, policy.Facts(asker_ids=[7]))
    assert manager.person_id is not None
    own = policy.available_actions(manager, K.CHANGE, S.OPEN, Holder.DESK, policy.Facts(asker_ids=[manager.person_id]))
    assert not {A.APPROVE, A.REJECT} & set(own)


@pytest.mark.parametrize("workflow", [*TABLES.values(), MESSAGE])
def test_every_move_cites_a_rule(workflow: Workflow[Any, Any]) -> None:
    assert all(move.rule in RULES for move in workflow.moves)


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        (K.SERVICE_REQUEST, {S.NEW, S.OPEN, S.WAITING, S.RESOLVED, S.CLOSED, S.WITHDRAWN, S.MERGED}),
        (K.INCIDENT, {S.NEW, S.OPEN, S.WAITING, S.RESOLVED, S.CLOSED, S.WITHDRAWN, S.MERGED}),
        (K.PROBLEM, {S.NEW, S.OPEN, S.KNOWN, S.RESOLVED, S.CLOSED, S.WITHDRAWN, S.MERGED}),
        (K.CHANGE, {S.NEW, S.OPEN, S.APPROVED, S.RESOLVED, S.CLOSED, S.WITHDRAWN, S.REJECTED, S.MERGED}),
    ],
)
@pytest.mark.rule("H11.2.3-a")
def test_each_kind_has_states_of_its_own(kind: TicketKind, states: set[TicketState]) -> None:
    assert {move.target for move in TABLES[kind].moves} | {S.NEW} == states


# Who sees what

Load = Callable[[Actor, Any], sa.ColumnElement[bool]]


async def sees(
    session: AsyncSession, actor: Actor, thing: type[Thing] | type[Deadline], visible: Load, id: int
) -> bool:
    return await session.scalar(sa.select(thing.id).where(thing.id == id, visible(actor, thing))) is not None


@pytest.mark.rule("H11.4-b")
async def test_a_supplier_sees_a_ticket_once_it_was_handed_to_it_and_a_customer_its_own(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    stranger = await supplier_manager(session, await make_organisation(session))
    neighbour = await customer_representative(session, await make_organisation(session, ActorKind.CUSTOMER))

    async def who_sees() -> list[bool]:
        everybody = (desk.tiera, desk.customer, desk.supplier, stranger, neighbour)
        return [await sees(session, actor, Ticket, queries.visible_tickets, ticket.id) for actor in everybody]

    assert await who_sees() == [True, True, False, False, False]
    await hand_over(session, desk, ticket)
    assert await who_sees() == [True, True, True, False, False]


@pytest.mark.rule("H11.4-a")
async def test_a_message_is_seen_by_those_it_is_meant_for_and_a_suppliers_by_no_customer(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await hand_over(session, desk, await make_ticket(session, desk))
    stranger = await supplier_manager(session, await make_organisation(session))
    everybody = (desk.tiera, desk.supplier, desk.customer, stranger)
    for writer, audience, expected_ in (
        (desk.tiera, Audience.TIERA, [True, False, False, False]),
        (desk.tiera, Audience.BOTH, [True, True, False, False]),
        (desk.tiera, Audience.ALL, [True, True, True, False]),
        (desk.supplier, Audience.BOTH, [True, True, False, False]),
        (desk.supplier, Audience.ALL, [True, True, False, False]),
        (desk.customer, Audience.ALL, [True, True, True, False]),
    ):
        message = await write(session, writer, ticket, audience=audience)
        found = [await sees(session, a, TicketMessage, queries.visible_messages, message.id) for a in everybody]
        assert found == expected_, (writer.kind, audience)


@pytest.mark.parametrize(("who", "audience"), [("supplier", Audience.TIERA), ("customer", Audience.BOTH)])
@pytest.mark.rule("H11.4-a")
async def test_nobody_writes_past_those_whom_their_side_writes_to(
    session: AsyncSession, who: str, audience: Audience
) -> None:
    desk = await make_desk(session)
    ticket = await hand_over(session, desk, await make_ticket(session, desk))
    with pytest.raises(Refusal) as refused:
        await write(session, getattr(desk, who), ticket, audience=audience)
    assert refused.value.code is Code.NOT_PERMITTED
    sent = sa.select(TicketMessage.id).where(TicketMessage.audience == audience, TicketMessage.text != "")
    assert len((await session.scalars(sent)).all()) == (1 if audience is Audience.BOTH else 0)  # why it was handed over


@pytest.mark.rule("H2.1-a")
async def test_clocks_are_seen_by_tiera_and_by_the_supplier_that_has_seen_the_ticket(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    clock = await clock_of(session, ticket, ClockKind.RESOLVE)

    async def who_sees() -> list[bool]:
        everybody = (desk.tiera, desk.supplier, desk.customer)
        return [await sees(session, actor, Deadline, queries.visible_clocks, clock.id) for actor in everybody]

    assert await who_sees() == [True, False, False]
    await hand_over(session, desk, ticket, now=ticket.reported_at + timedelta(minutes=5))
    assert await who_sees() == [True, True, False]


def test_only_what_waits_can_be_released_or_returned() -> None:
    manager = ACTORS["Tiera's service manager"]
    for state in MessageState:
        assert bool(policy.available_message_actions(manager, state)) is (state is MessageState.WAITING)
    for who in (*AT_SUPPLIER, "customer's representative", "Tiera's key user"):
        assert not policy.available_message_actions(ACTORS[who], MessageState.WAITING)
