"""What is attached to a sensitive text is masked with it, opened with it on record, and removed with it."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.files import queries as files
from backend.files.model import StoredFile
from backend.files.rules import OPENED_FOR
from backend.files.verbs import note_fetched
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.deadlines import pass_deadlines
from backend.kit.events import Event
from backend.kit.events import visible_to as visible_events
from backend.kit.faults import Code, Refusal
from backend.kit.refs import Ref
from backend.tickets import figures, handling_verbs, message_verbs, reporting_verbs, sensitive_verbs
from backend.tickets.attachment_verbs import take_away_ticket_file
from backend.tickets.model import TextOpening, Ticket, TicketMessage
from tests.files.making import make_file
from tests.making import NOW
from tests.tickets.making import Desk, make_desk, report

pytestmark = pytest.mark.rule("H11.1-b")
SOON = NOW + timedelta(minutes=1)


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session, sensitive_text_days=30)


async def reads(session: AsyncSession, file: StoredFile, actor: Actor, at: datetime = SOON) -> bool:
    return await files.find_readable(session, actor, file.id, now=at) is not None


async def report_with(session: AsyncSession, desk: Desk, *, is_sensitive: bool = True) -> tuple[Ticket, StoredFile]:
    """A ticket with a file, which everybody sees."""
    file = await make_file(session, desk.customer, name="Matti Meikäläinen.pdf")
    said = report(desk, file_ids=[file.id], is_sensitive=is_sensitive)
    ticket = await reporting_verbs.report_ticket(session, desk.customer, report=said, now=NOW)
    ticket.reached_supplier_at = NOW
    await session.flush()
    return ticket, file


async def write_with(
    session: AsyncSession, desk: Desk, ticket: Ticket, *, is_sensitive: bool = True
) -> tuple[TicketMessage, StoredFile]:
    file = await make_file(session, desk.customer)
    message = await message_verbs.write_message(
        session, desk.customer, ticket_id=ticket.id, text="x", file_ids=[file.id], is_sensitive=is_sensitive, now=NOW
    )
    return message, file


async def open_text(session: AsyncSession, actor: Actor, of: Ref, at: datetime = NOW) -> TextOpening:
    return await sensitive_verbs.open_sensitive_text(session, actor, text_of=of, now=at)


async def opened_with(session: AsyncSession, opening: TextOpening, actor: Actor) -> list[int]:
    """The files that an opening shows to somebody."""
    its = sa.select(StoredFile.id).where(
        TextOpening.id == opening.id, figures.is_opened_file(TextOpening, StoredFile, actor)
    )
    return list((await session.scalars(its)).all())


async def test_nobody_reads_a_file_of_a_sensitive_text_where_it_stands_not_even_who_brought_it(
    session: AsyncSession, desk: Desk
) -> None:
    ticket, file = await report_with(session, desk)
    _, of_message = await write_with(session, desk, ticket)
    for actor in (desk.tiera, desk.supplier, desk.customer):
        assert not await reads(session, file, actor)
        assert not await reads(session, of_message, actor)
        listed = sa.select(StoredFile.id).where(files.visible_files(actor, StoredFile))
        assert list(await session.scalars(listed)) == [], "nor its name"
    masked = sa.select(files.count_masked("Ticket", Ticket)).where(Ticket.id == ticket.id)
    assert await session.scalar(masked) == 1


async def test_who_opens_the_text_on_record_reads_its_files_for_a_while_and_nobody_else_does(
    session: AsyncSession, desk: Desk
) -> None:
    ticket, file = await report_with(session, desk)
    opening = await open_text(session, desk.tiera, ticket.ref)
    assert await opened_with(session, opening, desk.tiera) == [file.id]
    assert await opened_with(session, opening, desk.supplier) == []
    assert [await reads(session, file, actor) for actor in (desk.tiera, desk.supplier, desk.customer)] == [
        True,
        False,
        False,
    ]
    assert await reads(session, file, desk.tiera, NOW + OPENED_FOR - timedelta(seconds=1))
    assert not await reads(session, file, desk.tiera, NOW + OPENED_FOR)
    await open_text(session, desk.tiera, ticket.ref, NOW + OPENED_FOR)
    assert await reads(session, file, desk.tiera, NOW + OPENED_FOR + timedelta(seconds=1))


async def test_each_text_opens_its_own_files_alone(session: AsyncSession, desk: Desk) -> None:
    ticket, of_ticket = await report_with(session, desk)
    message, of_message = await write_with(session, desk, ticket)
    other, of_other = await write_with(session, desk, ticket)
    opening = await open_text(session, desk.tiera, message.ref)
    assert await opened_with(session, opening, desk.tiera) == [of_message.id]
    seen = [await reads(session, file, desk.tiera) for file in (of_ticket, of_message, of_other)]
    assert seen == [False, True, False]
    await open_text(session, desk.tiera, ticket.ref)
    seen = [await reads(session, file, desk.tiera) for file in (of_ticket, of_message, of_other)]
    assert seen == [True, True, False]
    assert other.is_sensitive


@pytest.mark.rule("H11.4-a")
async def test_who_may_not_see_the_text_any_more_reads_no_file_by_having_opened_it(
    session: AsyncSession, desk: Desk
) -> None:
    ticket, file = await report_with(session, desk)
    await open_text(session, desk.supplier, ticket.ref)
    assert await reads(session, file, desk.supplier)
    ticket.reached_supplier_at = None
    await session.flush()
    assert not await reads(session, file, desk.supplier)


async def test_files_of_a_text_that_is_marked_later_are_masked_with_it(session: AsyncSession, desk: Desk) -> None:
    ticket, file = await report_with(session, desk, is_sensitive=False)
    assert await reads(session, file, desk.supplier)
    await sensitive_verbs.mark_sensitive(session, desk.tiera, text_of=ticket.ref, now=NOW)
    assert [await reads(session, file, actor) for actor in (desk.tiera, desk.supplier, desk.customer)] == [False] * 3


async def test_a_masked_file_is_taken_away_by_who_brought_it_and_leaves_no_name(
    session: AsyncSession, desk: Desk
) -> None:
    ticket, file = await report_with(session, desk)
    with pytest.raises(Refusal) as refused:
        await take_away_ticket_file(session, desk.supplier, file_id=file.id, reason="No.", now=NOW)
    assert refused.value.code is Code.NOT_PERMITTED
    await take_away_ticket_file(session, desk.customer, file_id=file.id, reason="Wrong one.", now=NOW)
    await open_text(session, desk.tiera, ticket.ref)
    assert not await reads(session, file, desk.tiera)
    listed = sa.select(StoredFile.name).where(files.visible_taken_away(desk.tiera, StoredFile))
    assert list(await session.scalars(listed)) == []


async def test_files_are_removed_with_the_texts_when_their_term_has_passed(session: AsyncSession, desk: Desk) -> None:
    ticket, of_ticket = await report_with(session, desk)
    _, masked = await write_with(session, desk, ticket)
    _, plain = await write_with(session, desk, ticket, is_sensitive=False)
    for file, sha256 in ((of_ticket, "1" * 64), (masked, "2" * 64), (plain, "3" * 64)):
        file.sha256 = sha256
    await handling_verbs.withdraw_ticket(session, desk.customer, ticket_id=ticket.id, reason="No.", now=NOW)
    await pass_deadlines(session, SCHEDULE, now=NOW + timedelta(days=30))
    for file in (of_ticket, masked, plain):
        await session.refresh(file)
    assert [(file.name, file.taken_away_at is None) for file in (of_ticket, masked)] == [("", False)] * 2
    assert await files.known_hashes(session, [file.sha256 for file in (of_ticket, masked, plain)]) == ["3" * 64]
    later = NOW + timedelta(days=31)
    opening = await open_text(session, desk.tiera, ticket.ref, later)
    assert await opened_with(session, opening, desk.tiera) == []
    assert not await reads(session, of_ticket, desk.tiera, later)
    assert await reads(session, plain, desk.tiera, later)


async def test_that_a_masked_file_was_fetched_is_on_record_for_whoever_sees_the_text(
    session: AsyncSession, desk: Desk
) -> None:
    ticket, described = await report_with(session, desk)
    message, written = await write_with(session, desk, ticket)
    _, plain = await report_with(session, desk, is_sensitive=False)
    await open_text(session, desk.tiera, ticket.ref)
    await open_text(session, desk.tiera, message.ref)
    assert await files.is_masked(session, desk.tiera, described) and await files.is_masked(session, desk.tiera, written)
    assert not await files.is_masked(session, desk.tiera, plain)
    for file in (described, written):
        await note_fetched(session, desk.tiera, file_id=file.id, now=SOON)
    fetched = sa.select(Event).where(Event.name == "text_opening.file_fetched").order_by(Event.id)
    on_record = (await session.scalars(fetched.where(visible_events(desk.customer, Event)))).all()
    assert [event.figures["file"] for event in on_record] == [str(described.ref), str(written.ref)]
    assert {(event.person_id, event.around) for event in on_record} == {(desk.tiera.person_id, ticket.ref)}
    opened = [await session.get_one(TextOpening, event.subject_id) for event in on_record]
    assert [each.message_id for each in opened] == [None, message.id]
