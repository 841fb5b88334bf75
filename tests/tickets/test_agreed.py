"""Price, content and date agreed in a conversation bind only when Tiera has confirmed them."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE, Actor
from backend.kit.deadlines import Deadline, pass_deadlines
from backend.kit.events import Audience, Event
from backend.kit.faults import Code, Refusal
from backend.tickets import agreed_verbs, message_verbs, policy, queries
from backend.tickets.agreed_states import AgreedAction, AgreedMatter, AgreedState
from backend.tickets.deadlines import CONFIRM
from backend.tickets.model import AgreedPoint, TicketMessage
from backend.tickets.states import MessageState
from tests.making import NOW
from tests.tickets.making import HOUR, Desk, make_desk, make_ticket_at_supplier, write

PRICE = (AgreedMatter.DATE, AgreedMatter.PRICE)


async def note(session: AsyncSession, actor: Actor, message: TicketMessage, matters: Any = PRICE) -> AgreedPoint:
    return await agreed_verbs.note_agreed(session, actor, message_id=message.id, matters=matters, now=NOW)


async def promised(session: AsyncSession, desk: Desk, by: Actor) -> TicketMessage:
    ticket = await make_ticket_at_supplier(session, desk)
    return await write(session, by, ticket, "We do it by Friday for 400 euros.")


async def sees(session: AsyncSession, actor: Actor, point: AgreedPoint) -> bool:
    wanted = sa.select(AgreedPoint.id).where(AgreedPoint.id == point.id, queries.visible_agreed(actor, AgreedPoint))
    return await session.scalar(wanted) is not None


@pytest.mark.rule("H11.4-e")
async def test_what_was_agreed_binds_once_tiera_confirms_it_and_stays_on_record(session: AsyncSession) -> None:
    desk = await make_desk(session, confirmation_minutes=120)
    point = await note(session, desk.customer, await promised(session, desk, desk.customer))
    assert (point.state, point.matters, point.due_at) == (AgreedState.NOTED, ["price", "date"], NOW + 2 * HOUR)
    await agreed_verbs.confirm_agreed(session, desk.tiera, agreed_point_id=point.id, now=NOW + HOUR)
    assert (point.state, point.decided_by_id) == (AgreedState.CONFIRMED, desk.tiera.person_id)
    clock = (await session.scalars(sa.select(Deadline).where(Deadline.kind == CONFIRM))).one()
    assert (clock.owner_id, clock.met_at) == (desk.tiera.organisation_id, NOW + HOUR)
    names = sa.select(Event.name, Event.rule, Event.audience).where(Event.subject_kind == "AgreedPoint")
    assert [tuple(row) for row in (await session.execute(names.order_by(Event.id))).all()] == [
        ("agreed_point.noted", "H11.4-e", Audience.ALL),
        ("agreed_point.confirmed", "H11.4-e", Audience.ALL),
    ]


@pytest.mark.rule("H11.4-e")
async def test_tiera_refuses_with_a_reason_and_decides_once(session: AsyncSession) -> None:
    desk = await make_desk(session)
    point = await note(session, desk.supplier, await promised(session, desk, desk.customer))
    with pytest.raises(Refusal) as refused:
        await agreed_verbs.refuse_agreed(session, desk.tiera, agreed_point_id=point.id, reason=" ", now=NOW)
    assert (refused.value.code, point.state) == (Code.REQUIRED, AgreedState.NOTED)
    await agreed_verbs.refuse_agreed(session, desk.tiera, agreed_point_id=point.id, reason="By an order.", now=NOW)
    assert (point.state, point.reason) == (AgreedState.REFUSED, "By an order.")
    with pytest.raises(Refusal) as refused:
        await agreed_verbs.confirm_agreed(session, desk.tiera, agreed_point_id=point.id, now=NOW)
    assert refused.value.code is Code.WRONG_STATE


@pytest.mark.parametrize("who", ["supplier", "customer"])
@pytest.mark.rule("H11.4-e")
async def test_only_tiera_makes_it_bind(session: AsyncSession, who: str) -> None:
    desk = await make_desk(session)
    point = await note(session, desk.supplier, await promised(session, desk, desk.customer))
    with pytest.raises(Refusal) as refused:
        await agreed_verbs.confirm_agreed(session, getattr(desk, who), agreed_point_id=point.id, now=NOW)
    assert (refused.value.code, point.state) == (Code.NOT_PERMITTED, AgreedState.NOTED)


@pytest.mark.rule("D0-f")
@pytest.mark.rule("H11.4-e")
async def test_nobody_confirms_their_own_words(session: AsyncSession) -> None:
    desk = await make_desk(session)
    point = await note(session, desk.customer, await promised(session, desk, desk.tiera))
    with pytest.raises(Refusal) as refused:
        await agreed_verbs.confirm_agreed(session, desk.tiera, agreed_point_id=point.id, now=NOW)
    assert (refused.value.errors[0].rule, point.state) == ("D0-f", AgreedState.NOTED)


@pytest.mark.rule("H11.4-a")
@pytest.mark.rule("H11.4-e")
async def test_a_customer_sees_what_was_agreed_only_with_the_message_that_carries_it(session: AsyncSession) -> None:
    desk = await make_desk(session)
    message = await promised(session, desk, desk.supplier)
    point = await note(session, desk.supplier, message)
    heard = sa.select(Event.audience).where(Event.name == "agreed_point.noted")
    assert (await session.scalar(heard), await sees(session, desk.customer, point)) == (Audience.BOTH, False)
    await message_verbs.release_message(session, desk.tiera, message_id=message.id, now=NOW)
    assert await sees(session, desk.customer, point)


@pytest.mark.rule("H11.4-e")
async def test_nothing_is_agreed_without_a_matter_twice_or_by_words_of_one_side_alone(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    message = await write(session, desk.customer, ticket)
    returned = await write(session, desk.supplier, ticket)
    await message_verbs.return_message(session, desk.tiera, message_id=returned.id, reason="No.", now=NOW)
    own = await write(session, desk.tiera, ticket, "A note.", Audience.TIERA)
    for wrong, matters in ((message, ()), (returned, PRICE), (own, PRICE)):
        with pytest.raises(Refusal):
            await note(session, desk.tiera, wrong, matters)
    await note(session, desk.tiera, message)
    with pytest.raises(Refusal):
        await note(session, desk.customer, message)
    assert await session.scalar(sa.select(sa.func.count()).select_from(AgreedPoint)) == 1


@pytest.mark.rule("H11.4-e")
async def test_what_was_agreed_by_words_that_are_returned_never_binds(session: AsyncSession) -> None:
    desk = await make_desk(session)
    message = await promised(session, desk, desk.supplier)
    point = await note(session, desk.supplier, message)
    await message_verbs.return_message(session, desk.tiera, message_id=message.id, reason="Too dear.", now=NOW + HOUR)
    assert (point.state, point.reason, point.decided_at) == (AgreedState.REFUSED, "Too dear.", NOW + HOUR)
    clock = (await session.scalars(sa.select(Deadline).where(Deadline.kind == CONFIRM))).one()
    told = sa.select(Event.audience).where(Event.name == "agreed_point.refused")
    assert (clock.met_at, await session.scalar(told)) == (NOW + HOUR, Audience.BOTH)


@pytest.mark.rule("H11.4-e")
@pytest.mark.parametrize("state", [MessageState.WAITING, MessageState.RETURNED])
async def test_only_what_the_customer_reads_is_confirmed(session: AsyncSession, state: MessageState) -> None:
    desk = await make_desk(session)
    message = await promised(session, desk, desk.supplier)
    point = await note(session, desk.supplier, message)
    if state is MessageState.RETURNED:  # as one that was noted before returning it refused what it carries
        message.state, message.decided_at = state, NOW
    with pytest.raises(Refusal, match="Release the words first"):
        await agreed_verbs.confirm_agreed(session, desk.tiera, agreed_point_id=point.id, now=NOW)
    assert point.state is AgreedState.NOTED
    offered = policy.available_agreed_actions(desk.tiera, point.state, message.written_by_id, message.state)
    assert offered == [AgreedAction.REFUSE]
    if state is MessageState.WAITING:
        text = "By Friday for 300 euros."
        await message_verbs.release_message(session, desk.tiera, message_id=message.id, text=text, now=NOW)
        await agreed_verbs.confirm_agreed(session, desk.tiera, agreed_point_id=point.id, now=NOW)
    else:
        await agreed_verbs.refuse_agreed(session, desk.tiera, agreed_point_id=point.id, reason="No.", now=NOW)
    assert point.state is not AgreedState.NOTED


@pytest.mark.rule("H11.4-e")
async def test_tiera_is_warned_and_told_late_once_each(session: AsyncSession) -> None:
    desk = await make_desk(session, confirmation_minutes=120)
    await note(session, desk.supplier, await promised(session, desk, desk.customer))
    for minutes in (90, 91, 120, 121):
        await pass_deadlines(session, SCHEDULE, now=NOW + minutes * HOUR / 60)
    wanted = sa.select(Event.name).where(Event.name.like("agreed_point.confirm_%")).order_by(Event.id)
    assert (await session.scalars(wanted)).all() == ["agreed_point.confirm_due_soon", "agreed_point.confirm_late"]
