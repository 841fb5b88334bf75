"""What is attached to tickets: seen like what it hangs on, and on record when it is taken away."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.files import queries as files
from backend.files.model import StoredFile
from backend.files.rules import MOST_FILES
from backend.kit.actor import Actor
from backend.kit.events import Audience, Event
from backend.kit.faults import Code, Refusal
from backend.notices import queries as _whoever_sees_events  # noqa: F401  # registers them
from backend.rulebook.criticality import Criticality
from backend.tickets import (
    deviation_verbs,
    handling_verbs,
    merging_verbs,
    message_verbs,
    passing_verbs,
    recurrence_verbs,
    reporting_verbs,
)
from backend.tickets.attachment_verbs import take_away_ticket_file
from backend.tickets.states import Reach, TicketKind
from tests.files.making import make_file
from tests.making import NOW, customer_representative, supplier_manager
from tests.tickets.making import Desk, make_desk, make_ticket, make_ticket_at_supplier, report
from tests.tickets.test_deviations import make_deviation
from tests.tickets.test_recurrences import make_found


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


async def seen(session: AsyncSession, file: StoredFile, *actors: Actor) -> list[bool]:
    return [await files.find_readable(session, actor, file.id, now=NOW) is not None for actor in actors]


async def knew(session: AsyncSession, actor: Actor) -> list[int]:
    """The files of which the actor reads that they were taken away."""
    gone = sa.select(StoredFile.id).where(files.visible_taken_away(actor, StoredFile))
    return list(await session.scalars(gone.order_by(StoredFile.id)))


async def attached(
    session: AsyncSession, by: Actor, ticket_id: int, audience: Audience = Audience.ALL
) -> tuple[StoredFile, int]:
    """A file on a message; its id too."""
    file = await make_file(session, by)
    message = await message_verbs.write_message(
        session, by, ticket_id=ticket_id, text="Liitteenä.", audience=audience, file_ids=[file.id], now=NOW
    )
    return file, message.id


async def test_what_is_attached_to_a_ticket_is_seen_by_whoever_sees_the_ticket(
    session: AsyncSession, desk: Desk
) -> None:
    file = await make_file(session, desk.customer)
    ticket = await reporting_verbs.report_ticket(
        session, desk.customer, report=report(desk, file_ids=[file.id]), now=NOW
    )
    strangers = (await customer_representative(session), await supplier_manager(session))
    assert await seen(session, file, desk.tiera, desk.customer) == [True, True]
    assert await seen(session, file, desk.supplier, *strangers) == [False, False, False], "not handed over yet"
    ticket.reached_supplier_at = NOW
    await session.flush()
    assert await seen(session, file, desk.supplier, *strangers) == [True, False, False]


@pytest.mark.rule("H11.4-a")
async def test_a_suppliers_attachment_reaches_the_customer_when_tiera_releases_the_message(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket_at_supplier(session, desk)
    file, message = await attached(session, desk.supplier, ticket.id)
    assert await seen(session, file, desk.tiera, desk.supplier, desk.customer) == [True, True, False]
    await message_verbs.release_message(session, desk.tiera, message_id=message, now=NOW)
    assert await seen(session, file, desk.customer) == [True]


@pytest.mark.rule("H11.4-a")
async def test_an_attachment_of_a_returned_message_never_reaches_the_customer(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket_at_supplier(session, desk)
    file, message = await attached(session, desk.supplier, ticket.id)
    await message_verbs.return_message(session, desk.tiera, message_id=message, reason="Ei näin.", now=NOW)
    assert await seen(session, file, desk.supplier, desk.customer) == [True, False]


@pytest.mark.parametrize(("audience", "expected"), [(Audience.TIERA, [False, False]), (Audience.BOTH, [True, False])])
async def test_an_attachment_is_for_those_whom_the_message_is_for(
    session: AsyncSession, desk: Desk, audience: Audience, expected: list[bool]
) -> None:
    ticket = await make_ticket_at_supplier(session, desk)
    file, _ = await attached(session, desk.tiera, ticket.id, audience)
    assert await seen(session, file, desk.supplier, desk.customer) == expected


async def test_nobody_attaches_what_another_brought_or_what_is_in_use(session: AsyncSession, desk: Desk) -> None:
    ticket = await make_ticket(session, desk)
    theirs = await make_file(session, desk.tiera)
    used, _ = await attached(session, desk.customer, ticket.id)
    for file, code in ((theirs, Code.NOT_FOUND), (used, Code.INVALID)):
        own = await make_file(session, desk.customer)
        with pytest.raises(Refusal) as refused:
            await message_verbs.write_message(
                session, desk.customer, ticket_id=ticket.id, text="x", file_ids=[own.id, file.id], now=NOW
            )
        assert (refused.value.code, refused.value.errors[0].path) == (code, ("file_ids", 1))


async def test_a_message_has_only_so_many_files(session: AsyncSession, desk: Desk) -> None:
    ticket = await make_ticket(session, desk)
    many = [(await make_file(session, desk.customer)).id for _ in range(MOST_FILES + 1)]
    with pytest.raises(Refusal, match="At most"):
        await message_verbs.write_message(session, desk.customer, ticket_id=ticket.id, text="x", file_ids=many, now=NOW)


async def test_what_is_taken_away_nobody_reads_and_that_it_was_there_stays_on_record(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket(session, desk)
    file, message = await attached(session, desk.customer, ticket.id)
    await take_away_ticket_file(session, desk.customer, file_id=file.id, reason="Väärä tiedosto.", now=NOW)
    assert await seen(session, file, desk.customer, desk.tiera) == [False, False]
    assert await files.known_hashes(session, [file.sha256]) == [], "its bytes go too"
    gone = sa.select(StoredFile.taken_away_reason).where(files.visible_taken_away(desk.customer, StoredFile))
    assert list(await session.scalars(gone)) == ["Väärä tiedosto."]
    stranger = await customer_representative(session)
    hidden = sa.select(StoredFile.id).where(files.visible_taken_away(stranger, StoredFile))
    assert list(await session.scalars(hidden)) == []
    event = (await session.scalars(sa.select(Event).where(Event.name == "ticket_message.file_taken_away"))).one()
    assert (event.subject_id, event.within_id, event.audience) == (message, ticket.id, Audience.ALL)
    with pytest.raises(Refusal) as refused:
        await take_away_ticket_file(session, desk.customer, file_id=file.id, reason="Taas.", now=NOW)
    assert refused.value.code is Code.NOT_FOUND


async def test_who_brought_a_file_takes_it_away_and_tieras_desk_and_nobody_else(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket_at_supplier(session, desk)
    file, _ = await attached(session, desk.customer, ticket.id)
    with pytest.raises(Refusal) as refused:
        await take_away_ticket_file(session, desk.supplier, file_id=file.id, reason="x", now=NOW)
    assert refused.value.code is Code.NOT_PERMITTED
    with pytest.raises(Refusal) as refused:
        await take_away_ticket_file(session, desk.tiera, file_id=file.id, reason=" ", now=NOW)
    assert refused.value.code is Code.REQUIRED
    await take_away_ticket_file(session, desk.tiera, file_id=file.id, reason="Henkilötietoja.", now=NOW)
    assert file.taken_away_by_id == desk.tiera.person_id


async def test_that_a_waiting_messages_file_was_taken_away_the_customer_does_not_learn(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket_at_supplier(session, desk)
    file, message = await attached(session, desk.supplier, ticket.id)
    await take_away_ticket_file(session, desk.supplier, file_id=file.id, reason="Väärä.", now=NOW)
    event = (await session.scalars(sa.select(Event).where(Event.name == "ticket_message.file_taken_away"))).one()
    assert event.audience is Audience.BOTH
    assert [await knew(session, actor) for actor in (desk.supplier, desk.customer)] == [[file.id], []]
    later = NOW + timedelta(minutes=1)
    await message_verbs.release_message(session, desk.tiera, message_id=message, now=later)
    assert await knew(session, desk.customer) == [], "it was never released"
    second, sent = await attached(session, desk.supplier, ticket.id)
    await message_verbs.release_message(session, desk.tiera, message_id=sent, now=NOW)
    await take_away_ticket_file(session, desk.supplier, file_id=second.id, reason="Väärä.", now=later)
    assert await knew(session, desk.customer) == [second.id]


async def test_that_a_file_was_taken_away_at_tieras_desk_the_supplier_does_not_learn(
    session: AsyncSession, desk: Desk
) -> None:
    reported = await make_file(session, desk.customer)
    ticket = await reporting_verbs.report_ticket(
        session, desk.customer, report=report(desk, file_ids=[reported.id]), now=NOW
    )
    written, _ = await attached(session, desk.customer, ticket.id)
    for file in (reported, written):
        await take_away_ticket_file(session, desk.tiera, file_id=file.id, reason="Henkilötietoja.", now=NOW)
    later = NOW + timedelta(minutes=1)
    await passing_verbs.hand_over_ticket(session, desk.tiera, ticket_id=ticket.id, reason="Teille.", now=later)
    both = [reported.id, written.id]
    assert [await knew(session, actor) for actor in (desk.tiera, desk.customer, desk.supplier)] == [both, both, []]


@pytest.mark.rule("H11.4-a")
async def test_what_is_attached_to_an_answer_or_a_resolution_reaches_the_customer_with_it(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket_at_supplier(session, desk)
    for verb in (handling_verbs.respond_to_ticket, handling_verbs.resolve_ticket):
        file = await make_file(session, desk.supplier)
        await verb(session, desk.supplier, ticket_id=ticket.id, text="Ohje liitteenä.", file_ids=[file.id], now=NOW)
        assert await seen(session, file, desk.tiera, desk.supplier, desk.customer) == [True, True, False]
        assert file.about_id is not None
        await message_verbs.release_message(session, desk.tiera, message_id=file.about_id, now=NOW)
        assert await seen(session, file, desk.customer) == [True]


async def test_what_goes_along_when_a_ticket_is_passed_is_between_tiera_and_the_supplier(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket(session, desk)
    log, finding = await make_file(session, desk.tiera), await make_file(session, desk.supplier)
    passed = {"ticket_id": ticket.id, "reason": "Loki liitteenä.", "now": NOW}
    await passing_verbs.hand_over_ticket(session, desk.tiera, file_ids=[log.id], **passed)
    await passing_verbs.hand_back_ticket(session, desk.supplier, file_ids=[finding.id], **passed)
    for file in (log, finding):
        assert await seen(session, file, desk.tiera, desk.supplier, desk.customer) == [True, True, False]


async def test_a_step_with_a_file_that_is_not_ones_own_is_refused_at_its_place_and_nothing_moves(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket_at_supplier(session, desk)
    theirs = await make_file(session, desk.tiera)
    async with session.begin_nested() as tried:
        with pytest.raises(Refusal) as refused:
            await handling_verbs.resolve_ticket(
                session, desk.supplier, ticket_id=ticket.id, text="Valmis.", file_ids=[theirs.id], now=NOW
            )
        await tried.rollback()
    assert (refused.value.code, refused.value.errors[0].path) == (Code.NOT_FOUND, ("file_ids", 0))
    await session.refresh(ticket)
    assert ticket.resolved_at is None


async def _class(session: AsyncSession, desk: Desk, given: dict[str, Any]) -> None:
    ticket = await make_ticket(session, desk)
    await reporting_verbs.change_ticket_class(
        session, desk.tiera, ticket_id=ticket.id, criticality=Criticality.LOW, reach=Reach.ONE_USER, **given
    )


async def _merge(session: AsyncSession, desk: Desk, given: dict[str, Any]) -> None:
    ticket, into = await make_ticket(session, desk), await make_ticket(session, desk)
    await merging_verbs.merge_tickets(session, desk.tiera, ticket_id=ticket.id, into_id=into.id, **given)


async def _unmerge(session: AsyncSession, desk: Desk, given: dict[str, Any]) -> None:
    ticket, into = await make_ticket(session, desk), await make_ticket(session, desk)
    await merging_verbs.merge_tickets(
        session, desk.tiera, ticket_id=ticket.id, into_id=into.id, reason="Sama.", now=NOW
    )
    await merging_verbs.unmerge_ticket(session, desk.tiera, ticket_id=ticket.id, **given)


async def _withdraw(session: AsyncSession, desk: Desk, given: dict[str, Any]) -> None:
    ticket = await make_ticket(session, desk)
    await handling_verbs.withdraw_ticket(session, desk.tiera, ticket_id=ticket.id, **given)


async def _decide(session: AsyncSession, desk: Desk, given: dict[str, Any]) -> None:
    asker = replace(desk.tiera, person_id=desk.customer.person_id)
    change = await make_ticket(
        session, desk, by=asker, kind=TicketKind.CHANGE, customer_id=desk.customer.organisation_id
    )
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=change.id, now=NOW)
    await handling_verbs.decide_change(session, desk.tiera, ticket_id=change.id, is_approved=True, **given)


@pytest.mark.parametrize(
    ("act", "customer_reads"),
    [(_class, False), (_decide, False), (_merge, True), (_unmerge, True), (_withdraw, True)],
)
async def test_what_goes_along_with_a_reason_is_read_by_whoever_reads_the_reason(
    session: AsyncSession,
    desk: Desk,
    act: Callable[[AsyncSession, Desk, dict[str, Any]], Awaitable[None]],
    customer_reads: bool,
) -> None:
    file = await make_file(session, desk.tiera)
    await act(session, desk, {"reason": "Liitteenä.", "file_ids": [file.id], "now": NOW})
    assert file.about is not None and file.about.kind == "TicketMessage"
    assert await seen(session, file, desk.tiera, desk.customer) == [True, customer_reads]


@pytest.mark.rule("H10.3-c")
async def test_what_goes_along_with_measures_and_a_remedy_is_between_tiera_and_the_supplier(
    session: AsyncSession, desk: Desk
) -> None:
    measures, remedy, answer = [await make_file(session, actor) for actor in (desk.supplier, desk.supplier, desk.tiera)]
    low = await make_deviation(session, desk)
    texts = {"done": "Korjattu.", "planned": "Testataan.", "prevention": "Vahditaan."}
    await deviation_verbs.record_measures(
        session, desk.supplier, deviation_id=low.id, **texts, file_ids=[measures.id], now=NOW
    )
    recurs = await make_found(session, desk)
    given: dict[str, Any] = {"recurrence_id": recurs.id, "now": NOW}
    await recurrence_verbs.take_recurrence(session, desk.tiera, **given)
    await recurrence_verbs.propose_remedy(
        session, desk.supplier, proposal="Välimuisti.", expected_per_month=Decimal(0), file_ids=[remedy.id], **given
    )
    await recurrence_verbs.answer_proposal(
        session, desk.tiera, is_accepted=True, reason="Hyvä.", file_ids=[answer.id], **given
    )
    stranger = await supplier_manager(session)
    for file in (measures, remedy, answer):
        assert file.about is not None and file.about.kind == files.ACT
        assert await seen(session, file, desk.tiera, desk.supplier, desk.customer, stranger) == [
            True,
            True,
            False,
            False,
        ]
