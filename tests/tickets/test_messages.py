"""What a supplier writes to a customer waits for Tiera: nothing of it is read before, and it is time of Tiera's own."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE, Actor
from backend.kit.deadlines import Deadline, pass_deadlines
from backend.kit.events import Audience, Event
from backend.kit.events import visible_to as visible_events
from backend.kit.faults import Code, Refusal
from backend.tickets import figures, handling_verbs, message_verbs, passing_verbs, queries
from backend.tickets.deadlines import RELEASE
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.states import ClockKind, MessageState, TicketState
from tests.making import NOW
from tests.tickets.making import (
    HOUR,
    clock_of,
    hand_over,
    make_desk,
    make_ticket,
    make_ticket_at_supplier,
    newest_waiting,
    write,
)


async def sees(session: AsyncSession, actor: Actor, message: TicketMessage) -> bool:
    wanted = sa.select(TicketMessage.id).where(
        TicketMessage.id == message.id, queries.visible_messages(actor, TicketMessage)
    )
    return await session.scalar(wanted) is not None


@pytest.mark.rule("H11.4-a")
async def test_a_released_message_is_read_as_tiera_put_it_and_both_versions_are_kept(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    message = await write(session, desk.supplier, ticket, "Your settings are wrong.")
    assert (message.state, await sees(session, desk.customer, message)) == (MessageState.WAITING, False)
    await message_verbs.release_message(
        session, desk.tiera, message_id=message.id, text="A setting has to be changed.", now=NOW + HOUR
    )
    assert (message.state, message.decided_by_id) == (MessageState.RELEASED, desk.tiera.person_id)
    assert (message.text, message.released_text) == ("Your settings are wrong.", "A setting has to be changed.")
    assert await sees(session, desk.customer, message)


@pytest.mark.rule("H11.4-a")
async def test_a_returned_message_is_never_read_by_the_customer_and_says_why(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    message = await write(session, desk.supplier, ticket)
    await message_verbs.return_message(
        session, desk.tiera, message_id=message.id, reason="Say when it works again.", now=NOW
    )
    assert (message.state, message.return_reason) == (MessageState.RETURNED, "Say when it works again.")
    assert not await sees(session, desk.customer, message)
    with pytest.raises(Refusal) as refused:
        await message_verbs.release_message(session, desk.tiera, message_id=message.id, now=NOW)
    assert refused.value.code is Code.WRONG_STATE


@pytest.mark.parametrize("who", ["supplier", "customer"])
@pytest.mark.rule("H11.4-a")
async def test_only_tiera_releases(session: AsyncSession, who: str) -> None:
    desk = await make_desk(session)
    message = await write(session, desk.supplier, await make_ticket_at_supplier(session, desk))
    with pytest.raises(Refusal) as refused:
        await message_verbs.release_message(session, getattr(desk, who), message_id=message.id, now=NOW)
    assert refused.value.code is (Code.NOT_PERMITTED if who == "supplier" else Code.NOT_FOUND)
    assert message.state is MessageState.WAITING


@pytest.mark.rule("H11.4-a")
async def test_no_event_tells_a_customer_that_a_supplier_wrote_before_it_is_released(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    message = await write(session, desk.supplier, ticket, "A word in private.")
    about = sa.select(Event).where(Event.subject_kind == "TicketMessage", Event.subject_id == message.id)

    async def told() -> list[str]:
        seen = about.where(visible_events(desk.customer, Event)).order_by(Event.id)
        return [event.name for event in (await session.scalars(seen)).all()]

    assert await told() == []
    assert "private" not in str([event.figures for event in (await session.scalars(about)).all()])
    await message_verbs.release_message(session, desk.tiera, message_id=message.id, now=NOW)
    assert await told() == ["ticket_message.released"]


@pytest.mark.rule("H11.4-a")
async def test_between_tiera_and_the_supplier_nothing_waits(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await hand_over(session, desk, await make_ticket(session, desk, by=desk.tiera))
    assert (await write(session, desk.supplier, ticket)).state is MessageState.SENT
    theirs = await make_ticket_at_supplier(session, desk)
    assert (await write(session, desk.supplier, theirs, audience=Audience.BOTH)).state is MessageState.SENT
    assert (await write(session, desk.tiera, theirs)).state is MessageState.SENT


@pytest.mark.rule("H11.4-a")
async def test_releasing_has_a_clock_of_tieras_own_which_is_told_once_when_it_passes(session: AsyncSession) -> None:
    desk = await make_desk(session, release_minutes=120)
    message = await write(session, desk.supplier, await make_ticket_at_supplier(session, desk), now=NOW + 5 * HOUR)
    # 15 o'clock: an hour today, an hour tomorrow from 8
    due_at = NOW + timedelta(hours=23)
    assert message.release_due_at == due_at
    clock = (await session.scalars(sa.select(Deadline).where(Deadline.kind == RELEASE))).one()
    assert (clock.owner_id, clock.due_at) == (desk.tiera.organisation_id, due_at)
    warn_at = NOW + timedelta(hours=22, minutes=30)
    assert clock.warn_at == warn_at
    for _ in range(2):
        await pass_deadlines(session, SCHEDULE, now=warn_at)
    soon = sa.select(Event).where(Event.name == "ticket_message.release_due_soon", Event.subject_id == message.id)
    assert (await session.scalars(soon)).one().audience is Audience.BOTH
    for _ in range(2):
        await pass_deadlines(session, SCHEDULE, now=due_at + timedelta(minutes=1))
    late = sa.select(Event).where(Event.name == "ticket_message.release_late", Event.subject_id == message.id)
    assert (await session.scalars(late)).one().audience is Audience.BOTH
    await message_verbs.release_message(session, desk.tiera, message_id=message.id, now=due_at + HOUR)
    await session.refresh(clock)
    assert clock.met_at == due_at + HOUR


@pytest.mark.rule("H2.1-a")
async def test_a_suppliers_answer_counts_from_when_it_was_written_unless_tiera_returns_it(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    message = await write(session, desk.supplier, ticket, now=NOW + HOUR)
    clock = await clock_of(session, ticket, ClockKind.RESPOND)
    assert (clock.met_at, ticket.responded_at) == (NOW + HOUR, NOW + HOUR)
    await message_verbs.return_message(session, desk.tiera, message_id=message.id, reason="No.", now=NOW + 2 * HOUR)
    clock = await clock_of(session, ticket, ClockKind.RESPOND)
    assert (clock.met_at, ticket.responded_at) == (None, None)
    again = await write(session, desk.supplier, ticket, now=NOW + 3 * HOUR)
    await message_verbs.release_message(session, desk.tiera, message_id=again.id, now=NOW + 5 * HOUR)
    assert (await clock_of(session, ticket, ClockKind.RESPOND)).met_at == NOW + 3 * HOUR


@pytest.mark.rule("H11.4-a")
@pytest.mark.parametrize(
    ("act", "state", "name"),
    [
        (handling_verbs.wait_for_requester, TicketState.WAITING, "ticket.waiting"),
        (handling_verbs.resolve_ticket, TicketState.RESOLVED, "ticket.resolved"),
    ],
)
async def test_a_suppliers_question_or_resolution_comes_to_pass_with_its_words(
    session: AsyncSession, act: Any, state: TicketState, name: str
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)

    async def told() -> list[str]:
        about = sa.select(Event.name).where(Event.name.in_((name, "ticket.responded", "ticket_message.released")))
        return list((await session.scalars(about.where(visible_events(desk.customer, Event)).order_by(Event.id))).all())

    async def say() -> TicketMessage:
        await act(session, desk.supplier, ticket_id=ticket.id, text="Done?", now=NOW + HOUR)
        assert (ticket.state, ticket.resolved_at, await told()) == (TicketState.OPEN, None, [])
        return await newest_waiting(session, ticket)

    returned = await say()
    with pytest.raises(Refusal) as refused:
        await act(session, desk.supplier, ticket_id=ticket.id, text="Done?", now=NOW + HOUR)
    assert (refused.value.code, refused.value.errors[0].rule) == (Code.BROKEN_RULE, "H11.4-a")
    await message_verbs.return_message(session, desk.tiera, message_id=returned.id, reason="No.", now=NOW + HOUR)
    assert (ticket.state, await told()) == (TicketState.OPEN, [])
    message = await say()
    await message_verbs.release_message(session, desk.tiera, message_id=message.id, now=NOW + 2 * HOUR)
    assert (ticket.state, await told()) == (state, [name, "ticket_message.released"])


@pytest.mark.rule("H11.4-a")
@pytest.mark.rule("H2.1-a")
async def test_the_time_to_resolve_ends_when_the_supplier_has_written_and_runs_on_where_tiera_returns_it(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    await handling_verbs.wait_for_requester(session, desk.supplier, ticket_id=ticket.id, text="When?", now=NOW + HOUR)
    assert (await clock_of(session, ticket, ClockKind.RESOLVE)).paused_at == NOW + HOUR
    asked = await newest_waiting(session, ticket)
    await message_verbs.return_message(session, desk.tiera, message_id=asked.id, reason="No.", now=NOW + 2 * HOUR)
    assert (await clock_of(session, ticket, ClockKind.RESOLVE)).paused_at is None
    await handling_verbs.resolve_ticket(session, desk.supplier, ticket_id=ticket.id, text="So.", now=NOW + 3 * HOUR)
    clock = await clock_of(session, ticket, ClockKind.RESOLVE)
    assert (clock.met_at, ticket.due_at) == (NOW + 3 * HOUR, None)
    message = await newest_waiting(session, ticket)
    await message_verbs.release_message(session, desk.tiera, message_id=message.id, now=NOW + 5 * HOUR)
    assert (await clock_of(session, ticket, ClockKind.RESOLVE)).met_at == NOW + 3 * HOUR
    assert ticket.resolved_at == NOW + 5 * HOUR


@pytest.mark.rule("H11.4-a")
async def test_of_a_ticket_that_went_on_meanwhile_only_the_words_are_released(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    await handling_verbs.resolve_ticket(session, desk.supplier, ticket_id=ticket.id, text="So.", now=NOW)
    message = await newest_waiting(session, ticket)
    assert await queries.moves_ticket(session, message) is True
    await handling_verbs.withdraw_ticket(session, desk.customer, ticket_id=ticket.id, reason="Mine.", now=NOW + HOUR)
    assert await queries.moves_ticket(session, message) is False
    await message_verbs.release_message(session, desk.tiera, message_id=message.id, now=NOW + 2 * HOUR)
    assert (ticket.state, ticket.resolved_at) == (TicketState.WITHDRAWN, None)
    assert await sees(session, desk.customer, message)


@pytest.mark.rule("H11.4-a")
@pytest.mark.rule("H2.1-a")
@pytest.mark.parametrize("act", [handling_verbs.wait_for_requester, handling_verbs.resolve_ticket])
async def test_words_from_before_a_ticket_was_opened_again_move_it_no_more(session: AsyncSession, act: Any) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    told = {"ticket_id": ticket.id, "text": "So."}
    await act(session, desk.supplier, **told, now=NOW)
    left = await newest_waiting(session, ticket)
    handed = {"ticket_id": ticket.id, "reason": "Yours."}
    await passing_verbs.hand_back_ticket(session, desk.supplier, **handed, now=NOW + HOUR)
    await handling_verbs.resolve_ticket(session, desk.tiera, **told, now=NOW + 2 * HOUR)
    await handling_verbs.reopen_ticket(session, desk.customer, **handed, now=NOW + 3 * HOUR)
    await passing_verbs.hand_over_ticket(session, desk.tiera, **handed, now=NOW + 3 * HOUR)
    clock = await clock_of(session, ticket, ClockKind.RESOLVE)
    assert (clock.met_at, clock.paused_at, clock.owner_id) == (None, None, desk.supplier.organisation_id)
    words = await session.scalar(sa.select(figures.waiting_words(Ticket)).where(Ticket.id == ticket.id))
    assert (words, await queries.carried_that_wait(session, ticket)) == ([], [])
    assert (
        await session.scalar(sa.select(queries.would_move(TicketMessage)).where(TicketMessage.id == left.id)) is False
    )
    await message_verbs.release_message(session, desk.tiera, message_id=left.id, now=NOW + 4 * HOUR)
    assert (ticket.state, left.state) == (TicketState.OPEN, MessageState.RELEASED)
    await act(session, desk.supplier, **told, now=NOW + 5 * HOUR)
    anew = await newest_waiting(session, ticket)
    await message_verbs.release_message(session, desk.tiera, message_id=anew.id, now=NOW + 6 * HOUR)
    assert ticket.state is not TicketState.OPEN


async def test_what_a_customer_answers_ends_the_wait(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    await handling_verbs.wait_for_requester(session, desk.tiera, ticket_id=ticket.id, text="Which page?", now=NOW)
    await write(session, desk.tiera, ticket, "A note.", Audience.TIERA)
    assert ticket.state is TicketState.WAITING
    await write(session, desk.customer, ticket, "The first.", now=NOW + HOUR)
    assert ticket.state is TicketState.OPEN
