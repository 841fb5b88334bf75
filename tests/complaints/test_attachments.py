"""What is attached to complaints and responses: a draft's is its own side's."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.complaints import response_verbs, sanction_verbs, verbs
from backend.complaints.attachment_verbs import take_away_complaint_file
from backend.files import queries as files
from backend.files.model import StoredFile
from backend.kit.actor import Actor
from backend.kit.faults import Code, Refusal
from backend.notices import queries as _whoever_sees_events  # noqa: F401  # registers them
from tests.complaints.making import (
    WHOLE,
    answer,
    make_draft,
    make_sent,
    make_sides,
    newest_response,
    pass_time,
    sanction_of,
    told,
)
from tests.files.making import make_file
from tests.making import NOW


async def seen(session: AsyncSession, file: StoredFile, *actors: Actor) -> list[bool]:
    return [await files.find_readable(session, actor, file.id, now=NOW) is not None for actor in actors]


async def test_what_is_attached_to_a_complaint_the_supplier_sees_when_it_is_sent_and_nobody_else(
    session: AsyncSession,
) -> None:
    s = await make_sides(session)
    file = await make_file(session, s.tiera)
    complaint = await make_draft(session, s, file_ids=[file.id])
    others = (s.supplier_manager, s.stranger, s.customer)
    assert await seen(session, file, s.tiera, *others) == [True, False, False, False]
    await verbs.send_complaint(session, s.tiera, complaint_id=complaint.id, now=NOW)
    assert await seen(session, file, s.tiera, *others) == [True, True, False, False]


@pytest.mark.rule("H11.10-d")
async def test_what_is_attached_to_a_response_tiera_sees_when_it_is_sent(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    file, second = await make_file(session, s.supplier_manager), await make_file(session, s.supplier_manager)
    await response_verbs.draft_response(
        session, s.supplier_manager, complaint_id=complaint.id, response=WHOLE, file_ids=[file.id], now=NOW
    )
    assert await seen(session, file, s.tiera, s.supplier_manager) == [False, True]
    await response_verbs.answer_complaint(
        session,
        s.supplier_manager,
        complaint_id=complaint.id,
        response=WHOLE,
        expected_version=1,
        file_ids=[second.id],
        now=NOW,
    )
    for each in (file, second):
        assert await seen(session, each, s.tiera, s.supplier_manager, s.stranger, s.customer) == [
            True,
            True,
            False,
            False,
        ]


async def test_what_is_taken_away_is_on_record_once_both_sides_knew_of_it(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    drafted, sent = await make_file(session, s.supplier_manager), await make_file(session, s.supplier_manager)
    given = {"complaint_id": complaint.id, "response": WHOLE, "now": NOW}
    await response_verbs.draft_response(session, s.supplier_manager, file_ids=[drafted.id, sent.id], **given)
    await take_away_complaint_file(session, s.supplier_manager, file_id=drafted.id, reason="Turha.", now=NOW)
    assert "complaint.file_taken_away" not in await told(session, complaint)
    await response_verbs.answer_complaint(session, s.supplier_manager, expected_version=1, **given)
    await take_away_complaint_file(session, s.tiera, file_id=sent.id, reason="Henkilötietoja.", now=NOW)
    assert (await told(session, complaint))[-1] == "complaint.file_taken_away"
    assert await seen(session, sent, s.tiera, s.supplier_manager) == [False, False]


async def test_that_a_drafts_file_was_taken_away_its_own_side_alone_reads(session: AsyncSession) -> None:
    s = await make_sides(session)
    note, later = await make_file(session, s.tiera), NOW + timedelta(minutes=1)
    complaint = await make_draft(session, s, file_ids=[note.id])
    await take_away_complaint_file(session, s.tiera, file_id=note.id, reason="Muistiinpano.", now=NOW)
    await verbs.send_complaint(session, s.tiera, complaint_id=complaint.id, now=later)
    file = await make_file(session, s.supplier_manager)
    given: dict[str, Any] = {"complaint_id": complaint.id, "response": WHOLE}
    await response_verbs.draft_response(session, s.supplier_manager, file_ids=[file.id], now=later, **given)
    await take_away_complaint_file(session, s.supplier_manager, file_id=file.id, reason="Arvio.", now=later)
    after = later + timedelta(minutes=1)
    await response_verbs.answer_complaint(session, s.supplier_manager, expected_version=1, now=after, **given)
    for actor, own in ((s.tiera, note), (s.supplier_manager, file)):
        gone = sa.select(StoredFile.id).where(files.visible_taken_away(actor, StoredFile))
        assert list(await session.scalars(gone)) == [own.id]


async def test_one_side_takes_nothing_of_the_others_away(session: AsyncSession) -> None:
    s = await make_sides(session)
    file = await make_file(session, s.tiera)
    await make_sent(session, s, file_ids=[file.id])
    with pytest.raises(Refusal) as refused:
        await take_away_complaint_file(session, s.supplier_manager, file_id=file.id, reason="x", now=NOW)
    assert refused.value.code is Code.NOT_PERMITTED
    with pytest.raises(Refusal) as refused:
        await take_away_complaint_file(session, s.customer, file_id=file.id, reason="x", now=NOW)
    assert refused.value.code is Code.NOT_FOUND


async def test_what_goes_along_with_a_judgement_a_handling_and_a_sanctions_decision_both_sides_read(
    session: AsyncSession,
) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    await answer(session, s, complaint)
    judged, handled, decided = [await make_file(session, s.tiera) for _ in range(3)]
    given: dict[str, Any] = {"complaint_id": complaint.id, "now": NOW}
    await response_verbs.judge_response(
        session,
        s.tiera,
        response_id=(await newest_response(session, complaint)).id,
        is_proper=False,
        reason="Syy puuttuu.",
        file_ids=[judged.id],
        **given,
    )
    await verbs.handle_complaint(
        session, s.tiera, handled_on=NOW.date(), handling="Sovittiin.", file_ids=[handled.id], **given
    )
    await pass_time(session, complaint.response_due_at or NOW)
    sanction = await sanction_of(session, complaint)
    assert sanction is not None
    await sanction_verbs.decide_sanction(
        session, s.tiera, sanction_id=sanction.id, applies=False, reason="Kerta.", file_ids=[decided.id], now=NOW
    )
    for file in (judged, handled, decided):
        assert file.about is not None and file.about.kind == "Event"
        assert await seen(session, file, s.tiera, s.supplier_manager) == [True, True]
        assert await seen(session, file, s.stranger, s.customer) == [False, False]
