"""A sensitive text is masked wherever it would be read; opening it is an act on record; in time it is removed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit import searching
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.deadlines import Deadline, pass_deadlines
from backend.kit.events import Audience, Event
from backend.kit.faults import Code, Refusal
from backend.kit.refs import Ref
from backend.tickets import figures, handling_verbs, merging_verbs, message_verbs, sensitive_verbs
from backend.tickets.deadlines import REMOVE_SENSITIVE
from backend.tickets.model import TextOpening, Ticket, TicketMessage
from tests.making import NOW
from tests.tickets.making import HOUR, make_desk, make_ticket, make_ticket_at_supplier, write

SECRET = "Henkilötunnus on väärin"


async def read(session: AsyncSession, actor: Actor, opening: TextOpening) -> str:
    its = sa.select(figures.opened_text(TextOpening, actor)).where(TextOpening.id == opening.id)
    return str(await session.scalar(its))


async def found(session: AsyncSession, actor: Actor, words: str) -> int:
    rows = searching.found(actor, words, ["Ticket", "TicketMessage"])
    return int(await session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0)


async def test_a_sensitive_text_is_masked_in_reads_search_and_what_sounds_alike(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, description=SECRET, is_sensitive=True)
    message = await message_verbs.write_message(
        session, desk.customer, ticket_id=ticket.id, text=SECRET, is_sensitive=True, now=NOW
    )
    plain = await write(session, desk.customer, ticket, "Nimi on oikein")
    shown = sa.select(figures.description_of(Ticket)).where(Ticket.id == ticket.id)
    assert await session.scalar(shown) == ""
    for each, text in ((message, ""), (plain, "Nimi on oikein")):
        its = sa.select(figures.text_of(TicketMessage)).where(TicketMessage.id == each.id)
        assert await session.scalar(its) == text
    written = sa.select(figures.written_text(TicketMessage)).where(TicketMessage.id == message.id)
    assert await session.scalar(written) is None
    for actor in (desk.tiera, desk.customer):
        assert await found(session, actor, "henkilötunnus") == 0
    assert await found(session, desk.tiera, "nimi") == 1
    assert await found(session, desk.tiera, ticket.number) == 1, "its number is no secret"
    alike = figures.alike(desk.tiera, "henkilötunnus", None)
    assert await session.scalar(sa.select(sa.func.count()).select_from(alike)) == 0


async def test_every_opening_is_on_record_and_shows_the_text_to_whoever_opened_it(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk, description=SECRET, is_sensitive=True)
    openings = [
        await sensitive_verbs.open_sensitive_text(session, actor, text_of=ticket.ref, now=NOW + HOUR)
        for actor in (desk.tiera, desk.tiera, desk.supplier)
    ]
    assert [await read(session, desk.tiera, each) for each in openings] == [SECRET, SECRET, ""]
    on_record = sa.select(Event.person_id, Event.within_id, Event.audience).where(Event.name == "text_opening.made")
    assert [tuple(row) for row in (await session.execute(on_record.order_by(Event.id))).all()] == [
        (actor.person_id, ticket.id, Audience.ALL) for actor in (desk.tiera, desk.tiera, desk.supplier)
    ]


@pytest.mark.rule("H11.4-a")
async def test_nobody_opens_what_they_do_not_see_or_what_is_not_masked(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    waiting = await message_verbs.write_message(
        session, desk.supplier, ticket_id=ticket.id, text=SECRET, is_sensitive=True, now=NOW
    )
    plain = await write(session, desk.customer, ticket)
    for of, code in (
        (waiting.ref, Code.NOT_FOUND),
        (plain.ref, Code.BROKEN_RULE),
        (Ref("Order", 1), Code.NOT_FOUND),
    ):
        with pytest.raises(Refusal) as refused:
            await sensitive_verbs.open_sensitive_text(session, desk.customer, text_of=of, now=NOW)
        assert refused.value.code is code
    assert await session.scalar(sa.select(sa.func.count()).select_from(TextOpening)) == 0
    opening = await sensitive_verbs.open_sensitive_text(session, desk.tiera, text_of=waiting.ref, now=NOW)
    heard = sa.select(Event.audience).where(Event.name == "text_opening.made")
    assert (await session.scalar(heard), await read(session, desk.tiera, opening)) == (Audience.BOTH, SECRET)


async def test_what_was_written_plainly_is_masked_afterwards_once(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    for _ in range(2):
        await sensitive_verbs.mark_sensitive(session, desk.tiera, text_of=ticket.ref, now=NOW)
    marked = sa.select(sa.func.count()).select_from(Event).where(Event.name == "ticket.marked_sensitive")
    assert (ticket.is_sensitive, await session.scalar(marked)) == (True, 1)


async def test_a_root_cause_is_masked_and_removed_with_the_message_that_it_was_written_in(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session, sensitive_text_days=30)
    ticket = await make_ticket(session, desk)
    read = sa.select(figures.root_cause_of(Ticket)).where(Ticket.id == ticket.id)
    assert await session.scalar(read) is None
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    await handling_verbs.write_root_cause(session, desk.tiera, ticket_id=ticket.id, cause=SECRET, now=NOW)
    assert await session.scalar(read) == SECRET
    message = (await session.scalars(sa.select(TicketMessage).where(TicketMessage.text == SECRET))).one()
    await sensitive_verbs.mark_sensitive(session, desk.tiera, text_of=message.ref, now=NOW)
    assert await session.scalar(read) == ""
    await handling_verbs.withdraw_ticket(session, desk.customer, ticket_id=ticket.id, reason="No.", now=NOW)
    await pass_deadlines(session, SCHEDULE, now=NOW + timedelta(days=30))
    await session.refresh(message)
    assert (ticket.root_cause, message.text) == ("", "")


async def test_sensitive_texts_are_removed_when_their_term_has_passed_since_the_end(session: AsyncSession) -> None:
    desk = await make_desk(session, sensitive_text_days=30)
    ticket = await make_ticket(session, desk, description=SECRET, is_sensitive=True)
    message = await message_verbs.write_message(
        session, desk.customer, ticket_id=ticket.id, text=SECRET, is_sensitive=True, now=NOW
    )
    plain = await write(session, desk.customer, ticket, "Kiitos")
    kept = sa.select(Deadline.due_at).where(Deadline.kind == REMOVE_SENSITIVE, Deadline.dropped_at.is_(None))
    assert await session.scalar(kept) is None, "it goes on"
    await handling_verbs.withdraw_ticket(session, desk.customer, ticket_id=ticket.id, reason="No.", now=NOW)
    due_at = NOW + timedelta(days=30)
    assert await session.scalar(kept) == due_at
    await pass_deadlines(session, SCHEDULE, now=due_at - HOUR)
    assert ticket.description == SECRET
    for _ in range(2):
        await pass_deadlines(session, SCHEDULE, now=due_at)
    for thing in (ticket, message, plain):
        await session.refresh(thing)
    assert (ticket.description, message.text, plain.text) == ("", "", "Kiitos")
    removed = sa.select(sa.func.count()).select_from(Event).where(Event.name == "ticket.texts_removed")
    assert await session.scalar(removed) == 1
    later = due_at + 48 * HOUR
    await sensitive_verbs.mark_sensitive(session, desk.tiera, text_of=plain.ref, now=later)
    for _ in range(2):
        await pass_deadlines(session, SCHEDULE, now=later)
    await session.refresh(plain)
    assert (plain.text, await session.scalar(removed)) == ("", 2), "what is marked later is removed too, once"


async def test_texts_of_a_merged_ticket_are_kept_as_long_as_it_may_be_told_apart_again(session: AsyncSession) -> None:
    desk = await make_desk(session, sensitive_text_days=30)
    first, second, third = [await make_ticket(session, desk, is_sensitive=True) for _ in range(3)]
    for ticket, into in ((first, second), (second, third)):
        await merging_verbs.merge_tickets(
            session, desk.tiera, ticket_id=ticket.id, into_id=into.id, reason="The same.", now=NOW
        )
    later = NOW + timedelta(days=60)
    await pass_deadlines(session, SCHEDULE, now=later)
    assert first.description and second.description, "the third goes on"
    await handling_verbs.withdraw_ticket(session, desk.tiera, ticket_id=third.id, reason="No more.", now=later)
    await merging_verbs.unmerge_ticket(session, desk.tiera, ticket_id=second.id, reason="It is another.", now=later)
    await pass_deadlines(session, SCHEDULE, now=later + timedelta(days=31))
    for ticket in (first, second, third):
        await session.refresh(ticket)
    assert first.description and second.description and not third.description, "the second goes on, the first with it"
    await handling_verbs.withdraw_ticket(session, desk.tiera, ticket_id=second.id, reason="No more.", now=later)
    await pass_deadlines(session, SCHEDULE, now=later + timedelta(days=31))
    for ticket in (first, second):
        await session.refresh(ticket)
    assert not first.description and not second.description
