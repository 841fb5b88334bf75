"""The steering group handles a complaint, and the development group gets what touches shared use (11.10, 7.4)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.complaints import verbs
from backend.complaints.figures import is_for_development_group, is_to_be_handled
from backend.complaints.model import Complaint
from backend.kit.calendar import helsinki_date
from backend.kit.faults import Code, Refusal
from tests.complaints.making import (
    HOUR,
    answer,
    judge,
    make_in,
    make_sent,
    make_sides,
    newest_response,
    pass_time,
    sanction_of,
    told,
)
from tests.complaints.test_making import S
from tests.making import (
    NOW,
)


@pytest.mark.rule("H11.10-f")
async def test_the_steering_group_handles_a_complaint_with_its_response_and_then_it_is_closed(
    session: AsyncSession,
) -> None:
    s = await make_sides(session)
    complaint = await make_in(session, s, S.PROPER)
    for day in (date(2026, 11, 23), date(2026, 11, 25)):
        with pytest.raises(Refusal):
            await verbs.handle_complaint(
                session, s.tiera, complaint_id=complaint.id, handled_on=day, handling="x", now=NOW + 3 * HOUR
            )
    await verbs.handle_complaint(
        session,
        s.tiera,
        complaint_id=complaint.id,
        handled_on=date(2026, 11, 24),
        handling="Hyväksyttiin.",
        now=NOW + 3 * HOUR,
    )
    await verbs.close_complaint(session, s.tiera, complaint_id=complaint.id, now=NOW + 4 * HOUR)
    assert (complaint.state, complaint.handling) == (S.CLOSED, "Hyväksyttiin.")


@pytest.mark.rule("H11.10-f")
@pytest.mark.parametrize("state", [S.PROPER, S.NOT_PROPER])
async def test_the_steering_group_met_after_the_response_had_come_that_it_handled(
    session: AsyncSession, state: S
) -> None:
    s = await make_sides(session)
    complaint = await make_in(session, s, state)
    (await newest_response(session, complaint)).sent_at = complaint.answered_at = NOW + timedelta(days=2)
    handled = {"complaint_id": complaint.id, "handling": "Hyväksyttiin.", "now": NOW + timedelta(days=5)}
    for day in (25, 30):
        with pytest.raises(Refusal) as refused:
            await verbs.handle_complaint(session, s.tiera, handled_on=date(2026, 11, day), **handled)
        assert (refused.value.errors[0].path, complaint.state) == (("handled_on",), state)
    await verbs.handle_complaint(session, s.tiera, handled_on=date(2026, 11, 26), **handled)
    assert (complaint.state, complaint.handling) == (S.HANDLED, "Hyväksyttiin.")


@pytest.mark.rule("H11.10-f")
async def test_a_meeting_over_an_earlier_response_is_put_on_record_and_the_newer_one_stays_on_the_agenda(
    session: AsyncSession,
) -> None:
    s = await make_sides(session)
    complaint = await make_in(session, s, S.NOT_PROPER)
    await answer(session, s, complaint, at=NOW + timedelta(days=3))
    await judge(session, s, complaint, is_proper=True, at=NOW + timedelta(days=6))
    agenda = sa.select(Complaint.id).where(is_to_be_handled(Complaint), Complaint.id == complaint.id)
    handled = {"complaint_id": complaint.id, "now": NOW + timedelta(days=7)}
    await verbs.handle_complaint(session, s.tiera, handled_on=date(2026, 11, 26), handling="Puutteita.", **handled)
    assert (complaint.state, await session.scalar(agenda)) == (S.PROPER, complaint.id)
    assert (complaint.handled_on, complaint.handling) == (date(2026, 11, 26), "Puutteita.")
    with pytest.raises(Refusal) as refused:
        await verbs.handle_complaint(session, s.tiera, handled_on=date(2026, 11, 25), handling="x", **handled)
    assert refused.value.errors[0].path == ("handled_on",)
    await verbs.handle_complaint(session, s.tiera, handled_on=date(2026, 11, 27), handling="Kunnossa.", **handled)
    assert (complaint.state, await session.scalar(agenda)) == (S.HANDLED, None)
    assert complaint.handling == "26.11.2026: Puutteita.\n\n27.11.2026: Kunnossa."


@pytest.mark.rule("H11.10-f")
async def test_a_meeting_over_silence_is_put_on_record_also_once_the_late_response_has_come(
    session: AsyncSession,
) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    await pass_time(session, NOW + timedelta(days=20))
    await answer(session, s, complaint, at=NOW + timedelta(days=25))
    await judge(session, s, complaint, is_proper=False, at=NOW + timedelta(days=26))
    ended_on = helsinki_date(complaint.response_due_at or NOW)
    handled = {"complaint_id": complaint.id, "handling": "Vastine puuttuu.", "now": NOW + timedelta(days=26)}
    with pytest.raises(Refusal):
        await verbs.handle_complaint(session, s.tiera, handled_on=ended_on, **handled)
    await verbs.handle_complaint(session, s.tiera, handled_on=ended_on + timedelta(days=1), **handled)
    assert (complaint.state, complaint.handling) == (S.NOT_PROPER, "Vastine puuttuu.")


@pytest.mark.rule("H11.10-f")
async def test_one_that_is_never_answered_is_handled_when_the_time_to_answer_has_ended(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    agenda = sa.select(Complaint.id).where(is_to_be_handled(Complaint), Complaint.id == complaint.id)
    handled = {"complaint_id": complaint.id, "handling": "Vastine puuttuu."}
    with pytest.raises(Refusal) as refused:
        await verbs.handle_complaint(session, s.tiera, handled_on=NOW.date(), now=NOW + HOUR, **handled)
    assert (refused.value.code, await session.scalar(agenda)) == (Code.WRONG_STATE, None)
    after = NOW + timedelta(days=20)
    await pass_time(session, after)
    assert await session.scalar(agenda) == complaint.id
    ended_on = helsinki_date(complaint.response_due_at or NOW)
    for day in (NOW.date(), ended_on):
        with pytest.raises(Refusal) as refused:
            await verbs.handle_complaint(session, s.tiera, handled_on=day, now=after, **handled)
        assert refused.value.errors[0].path == ("handled_on",)
    await verbs.handle_complaint(session, s.tiera, handled_on=ended_on + timedelta(days=1), now=after, **handled)
    assert await sanction_of(session, complaint) is not None
    await verbs.close_complaint(session, s.tiera, complaint_id=complaint.id, now=after)
    assert complaint.state is S.CLOSED


@pytest.mark.rule("H7.4-a")
async def test_that_it_touches_the_shared_use_is_said_later_too_and_is_on_record(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    listed = sa.select(Complaint.id).where(is_for_development_group(Complaint))
    for touches, on_list, event in (
        (True, [complaint.id], "complaint.shared_use_found"),
        (False, [], "complaint.shared_use_denied"),
    ):
        said = {"complaint_id": complaint.id, "touches_shared_use": touches, "now": NOW + HOUR}
        await verbs.say_shared_use(session, s.tiera, **said)
        assert (await session.scalars(listed)).all() == on_list
        assert (await told(session, complaint))[-1] == event
        with pytest.raises(Refusal) as refused:
            await verbs.say_shared_use(session, s.tiera, **said)
        assert refused.value.code is Code.INVALID
    with pytest.raises(Refusal) as refused:
        await verbs.say_shared_use(
            session, s.supplier_manager, complaint_id=complaint.id, touches_shared_use=True, now=NOW + HOUR
        )
    assert refused.value.code is Code.NOT_PERMITTED


@pytest.mark.rule("H7.4-a")
async def test_the_development_group_gets_what_was_sent_and_not_withdrawn(session: AsyncSession) -> None:
    s = await make_sides(session)
    listed = sa.select(Complaint.id).where(is_for_development_group(Complaint))
    for state in S:
        complaint = await make_in(session, s, state)
        complaint.touches_shared_use = True
        await session.flush()
        is_there = complaint.id in (await session.scalars(listed)).all()
        assert is_there is (state not in (S.DRAFT, S.WITHDRAWN)), state
