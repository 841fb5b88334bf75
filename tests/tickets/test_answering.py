"""On a ticket without a customer: whose words answer whoever asked, and who can be asked (H2.1-a)."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor
from backend.kit.events import Audience
from backend.kit.faults import Refusal
from backend.rulebook.criticality import Criticality
from backend.tickets import figures, handling_verbs, passing_verbs, policy, reporting_verbs
from backend.tickets.model import Ticket
from backend.tickets.states import ClockKind, Holder, Reach, TicketAction, TicketState
from tests.making import NOW
from tests.tickets.making import HOUR, Desk, clock_of, hand_over, make_desk, make_ticket, write

READ_BY_BOTH = pytest.mark.parametrize("audience", [Audience.ALL, Audience.BOTH])


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


async def answered_at(session: AsyncSession, ticket: Ticket) -> object:
    clock = await clock_of(session, ticket, ClockKind.RESPOND)
    assert clock.met_at == ticket.responded_at
    return clock.met_at


@pytest.mark.rule("H2.1-a")
@READ_BY_BOTH
async def test_without_a_customer_words_of_the_other_side_than_asked_are_the_answer(
    session: AsyncSession, desk: Desk, audience: Audience
) -> None:
    for asks, answers in ((desk.tiera, desk.supplier), (desk.supplier, desk.tiera)):
        ticket = await hand_over(session, desk, await make_ticket(session, desk, by=asks))
        await write(session, asks, ticket, audience=audience)
        assert await answered_at(session, ticket) is None, "who asked does not answer itself"
        await write(session, answers, ticket, audience=audience, now=NOW + HOUR)
        assert await answered_at(session, ticket) == NOW + HOUR
        assert (await clock_of(session, ticket, ClockKind.UPDATE)).started_at == NOW + HOUR


@pytest.mark.rule("H2.1-a")
@READ_BY_BOTH
async def test_what_tiera_writes_on_its_own_before_the_supplier_has_it_answers_nobody(
    session: AsyncSession, desk: Desk, audience: Audience
) -> None:
    ticket = await make_ticket(session, desk, by=desk.tiera)
    await write(session, desk.tiera, ticket, audience=audience)
    await hand_over(session, desk, ticket, now=NOW + HOUR)
    assert await answered_at(session, ticket) is None
    await write(session, desk.supplier, ticket, now=NOW + 2 * HOUR)
    assert await answered_at(session, ticket) == NOW + 2 * HOUR


async def recall(session: AsyncSession, actor: Actor, ticket: Ticket) -> None:
    await passing_verbs.recall_ticket(session, actor, ticket_id=ticket.id, reason="Ours.", now=NOW)


async def change_class(session: AsyncSession, actor: Actor, ticket: Ticket) -> None:
    await reporting_verbs.change_ticket_class(
        session, actor, ticket_id=ticket.id, criticality=Criticality.HIGH, reach=Reach.ONE_USER, reason="More.", now=NOW
    )


@pytest.mark.rule("H2.1-a")
@pytest.mark.parametrize("act", [recall, change_class])
async def test_the_reason_of_an_act_is_no_answer_whoever_asked(session: AsyncSession, desk: Desk, act: object) -> None:
    for asks in (desk.tiera, desk.supplier):
        ticket = await hand_over(session, desk, await make_ticket(session, desk, by=asks))
        await act(session, desk.tiera, ticket)  # type: ignore[operator]
        assert await answered_at(session, ticket) is None


@pytest.mark.rule("H2.1-a")
async def test_tieras_class_change_at_its_own_desk_is_no_answer(session: AsyncSession, desk: Desk) -> None:
    ticket = await make_ticket(session, desk, by=desk.tiera)
    await change_class(session, desk.tiera, ticket)
    assert await answered_at(session, ticket) is None


@pytest.mark.rule("H2.1-a")
async def test_what_the_supplier_answers_asks_and_resolves_is_the_answer_to_tiera(
    session: AsyncSession, desk: Desk
) -> None:
    for verb in (handling_verbs.respond_to_ticket, handling_verbs.wait_for_requester, handling_verbs.resolve_ticket):
        ticket = await hand_over(session, desk, await make_ticket(session, desk, by=desk.tiera))
        await handling_verbs.take_ticket(session, desk.supplier, ticket_id=ticket.id, now=NOW)
        await verb(session, desk.supplier, ticket_id=ticket.id, text="So.", now=NOW + HOUR)
        assert await answered_at(session, ticket) == NOW + HOUR


@pytest.mark.rule("H2.1-a")
async def test_nobody_is_asked_where_there_is_no_customer_and_the_supplier_has_not_seen_it(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket(session, desk, by=desk.tiera)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    asked: dict[str, Any] = {"ticket_id": ticket.id, "text": "Since when?", "now": NOW}

    async def can_ask() -> bool:
        has = await session.scalar(sa.select(figures.has_whom_to_ask(Ticket)).where(Ticket.id == ticket.id))
        facts = policy.Facts(has_whom_to_ask=bool(has))
        return TicketAction.WAIT in policy.available_actions(desk.tiera, ticket.kind, ticket.state, Holder.DESK, facts)

    assert not await can_ask()
    with pytest.raises(Refusal) as refusal:
        await handling_verbs.wait_for_requester(session, desk.tiera, **asked)
    assert (refusal.value.errors[0].rule, ticket.state) == ("H2.1-a", TicketState.OPEN)
    await hand_over(session, desk, ticket)
    await recall(session, desk.tiera, ticket)
    assert await can_ask()
    await handling_verbs.wait_for_requester(session, desk.tiera, **asked)
    assert ticket.state is TicketState.WAITING
