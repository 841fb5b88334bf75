"""Tiera calls the supplier's steering group together over a complaint that cannot wait (11.10)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.complaints import verbs
from backend.complaints.figures import is_to_be_handled
from backend.complaints.model import Complaint
from backend.complaints.states import ComplaintState as S
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.faults import Code, Refusal
from tests.complaints.making import Sides, answer, make_draft, make_sent, make_sides
from tests.complaints.test_making import receivers_of
from tests.making import NOW

TODAY = helsinki_date(NOW)
WHY = "Vika estää palkanmaksun. Kokous Teamsissa klo 9."


async def call(
    session: AsyncSession, actor: Actor, complaint: Complaint, day: date = TODAY, reason: str = WHY
) -> Complaint:
    return await verbs.call_meeting(session, actor, complaint_id=complaint.id, called_for=day, reason=reason, now=NOW)


async def is_on_agenda(session: AsyncSession, complaint: Complaint) -> bool | None:
    await session.flush()
    return await session.scalar(sa.select(is_to_be_handled(Complaint)).where(Complaint.id == complaint.id))


@pytest.fixture
async def s(session: AsyncSession) -> Sides:
    return await make_sides(session)


@pytest.mark.rule("H11.10-i")
async def test_a_meeting_is_called_for_any_day_from_today_on_and_the_supplier_is_told(
    session: AsyncSession, s: Sides
) -> None:
    complaint = await make_sent(session, s)
    for wrong in (TODAY - timedelta(days=1), TODAY + timedelta(days=367)):
        with pytest.raises(Refusal, match="today or a later day") as refused:
            await call(session, s.tiera, complaint, wrong)
        assert (refused.value.errors[0].rule, refused.value.errors[0].path) == ("H11.10-i", ("called_for",))
    with pytest.raises(Refusal):
        await call(session, s.tiera, complaint, reason=" ")
    assert complaint.called_for is None and not await is_on_agenda(session, complaint)
    await call(session, s.tiera, complaint)
    assert await is_on_agenda(session, complaint)
    assert (complaint.state, complaint.called_for, complaint.call_reason) == (S.SENT, TODAY, WHY)
    await session.flush()
    assert s.manager.id in await receivers_of(session, complaint, "complaint.meeting_called")


@pytest.mark.rule("H11.10-i")
async def test_it_is_called_anew_for_another_day_and_why_it_was_before_stays(session: AsyncSession, s: Sides) -> None:
    complaint = await call(session, s.tiera, await make_sent(session, s))
    later = TODAY + timedelta(days=2)
    await call(session, s.tiera, complaint, later, "Toimittaja pyysi toista päivää.")
    assert complaint.called_for == later and complaint.call_reason is not None
    assert complaint.call_reason.startswith(f"{TODAY.day}.{TODAY.month}.{TODAY.year}: {WHY}\n\n")


@pytest.mark.rule("H11.10-i", "H11.10-f")
async def test_what_it_says_is_put_on_record_though_no_response_has_come_and_time_to_answer_goes_on(
    session: AsyncSession, s: Sides
) -> None:
    complaint = await make_sent(session, s)
    key = {"complaint_id": complaint.id, "handling": "Korjataan heti.", "now": NOW}
    with pytest.raises(Refusal) as early:
        await verbs.handle_complaint(session, s.tiera, handled_on=TODAY, **key)
    assert early.value.code is Code.WRONG_STATE
    await call(session, s.tiera, complaint)
    with pytest.raises(Refusal, match="not in the future"):
        await verbs.handle_complaint(session, s.tiera, handled_on=TODAY + timedelta(days=1), **key)
    with pytest.raises(Refusal, match="day for which it was called"):
        await verbs.handle_complaint(session, s.tiera, handled_on=TODAY - timedelta(days=1), **key)
    await verbs.handle_complaint(session, s.tiera, handled_on=TODAY, **key)
    assert (complaint.state, complaint.handled_on) == (S.HANDLED, TODAY)
    await answer(session, s, complaint, at=NOW + timedelta(days=1))
    assert complaint.state is S.ANSWERED, "it is on the next agenda"


@pytest.mark.rule("H11.10-i")
@pytest.mark.parametrize("who", ["supplier_manager", "customer"])
async def test_only_tiera_calls_it_and_over_what_was_sent_alone(session: AsyncSession, s: Sides, who: str) -> None:
    complaint, draft = await make_sent(session, s), await make_draft(session, s)
    for actor, over in ((getattr(s, who), complaint), (s.tiera, draft)):
        with pytest.raises(Refusal):
            await call(session, actor, over)
    assert (complaint.called_for, draft.called_for) == (None, None)
