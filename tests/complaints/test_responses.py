"""The supplier acknowledges, begins and answers; Tiera judges; clocks are met or not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.complaints import figures, policy, queries, response_verbs
from backend.complaints.model import Complaint, ComplaintResponse
from backend.complaints.response_verbs import Response
from backend.complaints.states import ComplaintAction, ComplaintState
from backend.complaints.verbs import handle_complaint, withdraw_complaint
from backend.kit.calendar import due_in_business_days
from backend.kit.deadlines import Deadline
from backend.kit.events import Audience, Event
from backend.kit.faults import Code, Refusal
from backend.rulebook.terms import Terms
from tests.complaints.making import (
    HOUR,
    WHOLE,
    Sides,
    answer,
    judge,
    make_in,
    make_sent,
    make_sides,
    newest_response,
    pass_time,
    told,
)
from tests.making import NOW

S = ComplaintState
DAY = timedelta(days=1)


async def keep(session: AsyncSession, s: Sides, complaint: Complaint, text: str, *, version: int | None) -> Complaint:
    """Write a summary on the response that is of this version."""
    return await response_verbs.draft_response(
        session,
        s.supplier_manager,
        complaint_id=complaint.id,
        response=Response(summary=text),
        expected_version=version,
        now=NOW + HOUR,
    )


async def clock(session: AsyncSession, complaint: Complaint, kind: str) -> Deadline:
    """The newest clock of a kind."""
    await session.flush()
    wanted = sa.select(Deadline).where(
        Deadline.about_kind == "Complaint", Deadline.about_id == complaint.id, Deadline.kind == f"complaint.{kind}"
    )
    newest = wanted.order_by(Deadline.id.desc()).limit(1).execution_options(populate_existing=True)
    return (await session.scalars(newest)).one()


@pytest.mark.rule("H11.10-b")
async def test_acknowledging_meets_the_clock_and_starts_that_of_the_first_action(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    await response_verbs.acknowledge_complaint(session, s.supplier_manager, complaint_id=complaint.id, now=NOW + HOUR)
    assert (await clock(session, complaint, "acknowledgement")).met_at == NOW + HOUR
    assert (await clock(session, complaint, "beginning")).due_at == complaint.begin_due_at


@pytest.mark.rule("H11.10-b")
async def test_an_acknowledgement_that_does_not_come_is_told_to_both_sides_once(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    for late in (2 * DAY, 3 * DAY):
        await pass_time(session, NOW + late)
    assert (await told(session, complaint)).count("complaint.acknowledgement_late") == 1


@pytest.mark.rule("H11.10-b", "H11.10-j")
async def test_a_time_too_short_for_a_warning_days_before_is_warned_of_when_a_share_of_it_is_used_up(
    session: AsyncSession,
) -> None:
    s = await make_sides(session, terms={"complaint_begin_days": 1, "clock_warning_percent": 50})
    complaint = await make_sent(session, s)
    # sent on Tuesday at ten, to the end of Wednesday, of which half is gone at noon
    for hours in (25, 26, 27):
        await pass_time(session, NOW + hours * HOUR)
        is_told = "complaint.acknowledgement_due_soon" in await told(session, complaint)
        shown = sa.select(figures.is_due_soon(Complaint)).where(Complaint.id == complaint.id)
        assert is_told is await session.scalar(shown) is (hours >= 26), hours
    begun = NOW + 27 * HOUR
    await response_verbs.acknowledge_complaint(session, s.supplier_manager, complaint_id=complaint.id, now=begun)
    await pass_time(session, begun + 30 * HOUR)
    said = await told(session, complaint)
    assert [said.count(f"complaint.{kind}_due_soon") for kind in ("acknowledgement", "beginning")] == [1, 1]


@pytest.mark.rule("H11.10-c")
async def test_nobody_is_told_that_no_proper_response_came_before_tiera_has_judged_what_came(
    session: AsyncSession,
) -> None:
    s = await make_sides(session)
    proper, improper, early, late = [await make_sent(session, s) for _ in range(4)]
    due_at = improper.response_due_at
    assert due_at is not None
    for complaint in (proper, improper, early):
        await answer(session, s, complaint)
    await pass_time(session, due_at - HOUR)
    soon = sa.select(figures.is_due_soon(Complaint)).where(Complaint.id == proper.id)
    assert await session.scalar(soon) is False, "it waits for Tiera, whose time has ended"
    await judge(session, s, early, is_proper=False, at=due_at - HOUR)
    await pass_time(session, due_at + HOUR)
    waiting = [await told(session, each) for each in (proper, improper)]
    assert not {"complaint.response_due_soon", "complaint.response_late"} & {*waiting[0], *waiting[1]}
    assert all("sanction.waiting" in names for names in waiting)
    await answer(session, s, late, at=due_at + 2 * HOUR)
    for complaint, is_proper in ((proper, True), (improper, False), (late, False)):
        await judge(session, s, complaint, is_proper=is_proper, at=due_at + 3 * HOUR)
    for complaint, warned, overdue in ((proper, 0, 0), (improper, 0, 1), (early, 1, 1), (late, 1, 1)):
        said = await told(session, complaint)
        counts = [said.count(f"complaint.response_{what}") for what in ("due_soon", "late")]
        assert counts == [warned, overdue], complaint.id
    said = await told(session, improper)
    assert said.index("complaint.found_not_proper") < said.index("complaint.response_late")


@pytest.mark.rule("H11.10-j")
async def test_the_first_action_is_on_record_once_and_its_absence_is_told(session: AsyncSession) -> None:
    s = await make_sides(session)
    idle, begun = await make_in(session, s, S.ACKNOWLEDGED), await make_in(session, s, S.ACKNOWLEDGED)
    await response_verbs.begin_handling(
        session, s.supplier_manager, complaint_id=begun.id, action="Loki tutkittu.", now=NOW + 2 * HOUR
    )
    with pytest.raises(Refusal):
        await response_verbs.begin_handling(
            session, s.supplier_manager, complaint_id=begun.id, action="Taas.", now=NOW + 3 * HOUR
        )
    await pass_time(session, NOW + 4 * DAY)
    assert "complaint.beginning_late" in await told(session, idle)
    assert "complaint.beginning_late" not in await told(session, begun)


@pytest.mark.rule("H11.10-d")
async def test_tiera_judges_a_response_in_its_own_time_and_its_lateness_is_told_to_both_sides_once(
    session: AsyncSession,
) -> None:
    s = await make_sides(session, terms={"complaint_judgement_days": 2})
    complaint = await make_sent(session, s)
    await answer(session, s, complaint, at=NOW + DAY)
    judging = await clock(session, complaint, "judgement")
    assert (judging.owner_id, judging.rule) == (s.tiera.organisation_id, "H11.10-d")
    assert judging.due_at == complaint.judge_due_at == due_in_business_days(NOW + DAY, 2, Terms().counting)
    for late in (5 * DAY, 6 * DAY):
        await pass_time(session, NOW + late)
    assert (await told(session, complaint)).count("complaint.judgement_late") == 1
    said = sa.select(Event.audience).where(Event.name == "complaint.judgement_late")
    assert (await session.scalars(said)).one() is Audience.BOTH
    await judge(session, s, complaint, is_proper=False, at=NOW + 6 * DAY)
    assert (await clock(session, complaint, "judgement")).met_at == NOW + 6 * DAY
    await answer(session, s, complaint, at=NOW + 7 * DAY)
    again = await clock(session, complaint, "judgement")
    assert (again.started_at, again.met_at) == (NOW + 7 * DAY, None), "each response is judged in a time of its own"
    await withdraw_complaint(session, s.tiera, complaint_id=complaint.id, reason="Aiheeton.", now=NOW + 8 * DAY)
    assert (await clock(session, complaint, "judgement")).dropped_at == NOW + 8 * DAY


@pytest.mark.rule("H11.10-d")
async def test_a_draft_is_kept_as_it_is_and_tiera_does_not_see_it(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    for version, text in enumerate(("Alku", "Alku ja loppu")):
        await keep(session, s, complaint, text, version=version)
    seen = sa.select(ComplaintResponse.summary).where(ComplaintResponse.complaint_id == complaint.id)
    for actor, texts in ((s.supplier_manager, ["Alku ja loppu"]), (s.tiera, []), (s.stranger, []), (s.customer, [])):
        mine = seen.where(queries.visible_responses(actor, ComplaintResponse))
        assert list((await session.scalars(mine)).all()) == texts
    assert complaint.state is S.SENT


async def test_what_was_written_on_a_draft_meanwhile_is_not_lost(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    await keep(session, s, complaint, "Ensimmäinen", version=None)
    whole = {"complaint_id": complaint.id, "response": WHOLE, "now": NOW + HOUR}
    for unseen in (None, 0, 2):
        for attempt in (
            keep(session, s, complaint, "Toinen", version=unseen),
            response_verbs.answer_complaint(session, s.supplier_manager, expected_version=unseen, **whole),
        ):
            with pytest.raises(Refusal) as refused:
                await attempt
            assert refused.value.code is Code.VERSION_CONFLICT
    draft = await queries.find_last_response(session, complaint.id)
    assert draft is not None and (draft.summary, draft.version, complaint.state) == ("Ensimmäinen", 1, S.SENT)
    await response_verbs.answer_complaint(session, s.supplier_manager, expected_version=1, **whole)
    await judge(session, s, complaint, is_proper=False)
    with pytest.raises(Refusal) as refused:  # it was sent meanwhile, and found lacking: what was written before it
        await keep(session, s, complaint, "Kolmas", version=1)
    assert refused.value.code is Code.VERSION_CONFLICT
    await keep(session, s, complaint, "Neljäs", version=2)
    newest = await queries.find_last_response(session, complaint.id)
    assert newest is not None and (newest.ordinal, newest.version, draft.summary) == (2, 3, WHOLE.summary)


@pytest.mark.rule("H11.10-d")
async def test_a_response_is_judged_by_who_has_read_it_and_not_the_one_that_came_meanwhile(
    session: AsyncSession,
) -> None:
    s = await make_sides(session)
    complaint = await answer(session, s, await make_sent(session, s))
    read = await newest_response(session, complaint)
    await judge(session, s, complaint, is_proper=False)
    await answer(session, s, complaint, at=NOW + DAY)
    given = {"complaint_id": complaint.id, "is_proper": True, "reason": "Selvä.", "now": NOW + DAY}
    for response_id, code in ((read.id, Code.VERSION_CONFLICT), (0, Code.NOT_FOUND)):
        with pytest.raises(Refusal) as refused:
            await response_verbs.judge_response(session, s.tiera, response_id=response_id, **given)
        assert (refused.value.code, refused.value.errors[0].path) == (code, ("response_id",))
    came = await newest_response(session, complaint)
    assert (complaint.state, came.is_proper) == (S.ANSWERED, None)
    await response_verbs.judge_response(session, s.tiera, response_id=came.id, **given)
    assert (complaint.state, came.is_proper, read.is_proper) == (S.PROPER, True, False)


@pytest.mark.rule("H11.10-d")
async def test_a_response_that_is_not_whole_does_not_go_out(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    with pytest.raises(Refusal) as refused:
        await answer(session, s, complaint, response=replace(WHOLE, effects=" ", prevention=""))
    assert [error.path for error in refused.value.errors] == [("response", "effects"), ("response", "prevention")]


@pytest.mark.rule("H11.10-c")
async def test_answering_acknowledges_and_begins_what_was_not_yet(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await answer(session, s, await make_sent(session, s))
    assert complaint.acknowledged_at == complaint.begun_at == complaint.answered_at == NOW + HOUR
    assert (await clock(session, complaint, "acknowledgement")).met_at == NOW + HOUR
    assert (await clock(session, complaint, "beginning")).met_at == NOW + HOUR
    assert (await clock(session, complaint, "response")).met_at is None, "Tiera has not judged it"


@pytest.mark.rule("H11.10-c")
async def test_the_time_to_answer_is_met_when_the_response_arrived_that_tiera_finds_proper(
    session: AsyncSession,
) -> None:
    s = await make_sides(session)
    complaint = await answer(session, s, await make_sent(session, s))
    await judge(session, s, complaint, is_proper=True, at=NOW + 5 * DAY)
    assert (await clock(session, complaint, "response")).met_at == NOW + HOUR


@pytest.mark.rule("H11.10-d")
async def test_each_response_stays_with_what_tiera_said_of_it(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await make_in(session, s, S.NOT_PROPER)
    due_at = complaint.response_due_at
    await answer(session, s, complaint, at=NOW + DAY, response=replace(WHOLE, problem="Tarkemmin."))
    assert complaint.response_due_at == due_at, "no new ten days"
    await judge(session, s, complaint, is_proper=True, at=NOW + 2 * DAY)
    wanted = sa.select(ComplaintResponse).where(ComplaintResponse.complaint_id == complaint.id)
    versions = (await session.scalars(wanted.order_by(ComplaintResponse.ordinal))).all()
    assert [(v.ordinal, v.problem, v.is_proper) for v in versions] == [
        (1, WHOLE.problem, False),
        (2, "Tarkemmin.", True),
    ]


@pytest.mark.rule("H11.10-c")
async def test_only_tiera_gives_more_time_and_only_later_than_there_is(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await make_in(session, s, S.NOT_PROPER)
    before = complaint.response_due_at
    given = {"complaint_id": complaint.id, "reason": "Selvitys vie aikaa.", "now": NOW + DAY}
    with pytest.raises(Refusal) as refused:
        await response_verbs.give_time(session, s.supplier_manager, until=date(2027, 1, 15), **given)
    assert refused.value.code is Code.NOT_PERMITTED
    with pytest.raises(Refusal):
        await response_verbs.give_time(session, s.tiera, until=date(2026, 11, 30), **given)
    with pytest.raises(Refusal, match="a year at most"):
        await response_verbs.give_time(session, s.tiera, until=date(2062, 1, 15), **given)
    await response_verbs.give_time(session, s.tiera, until=date(2027, 1, 15), **given)
    assert before is not None and complaint.response_due_at is not None and complaint.response_due_at > before
    assert complaint.time_reason == "Selvitys vie aikaa."
    assert (await clock(session, complaint, "response")).due_at == complaint.response_due_at
    await response_verbs.give_time(session, s.tiera, until=date(2027, 1, 18), **given)
    assert complaint.time_reason == "15.1.2027: Selvitys vie aikaa.\n\n18.1.2027: Selvitys vie aikaa.", "none is lost"


@pytest.mark.rule("H11.10-c")
@pytest.mark.parametrize("has_time", [True, False])
async def test_tiera_gives_time_after_the_steering_groups_handling_too_and_the_supplier_answers(
    session: AsyncSession, has_time: bool
) -> None:
    s = await make_sides(session)
    complaint = await make_in(session, s, S.NOT_PROPER)
    key = {"complaint_id": complaint.id}
    await handle_complaint(session, s.tiera, handled_on=NOW.date(), handling="Puutteita.", now=NOW + DAY, **key)
    await keep(session, s, complaint, "Tarkemmin.", version=1)
    at = NOW + (2 if has_time else 30) * DAY
    if not has_time:
        await pass_time(session, at)
        with pytest.raises(Refusal) as refused:
            await keep(session, s, complaint, "Vielä tarkemmin.", version=2)
        assert refused.value.code is Code.WRONG_STATE
    given = {"until": date(2027, 1, 15), "reason": "Selvitys vie aikaa.", "now": at}
    await response_verbs.give_time(session, s.tiera, **key, **given)
    assert (complaint.state, await queries.has_time(session, complaint)) == (S.HANDLED, True)
    await response_verbs.answer_complaint(
        session, s.supplier_manager, response=WHOLE, expected_version=2, now=at + HOUR, **key
    )
    await judge(session, s, complaint, is_proper=True, at=at + 2 * HOUR)
    assert (await clock(session, complaint, "response")).met_at == at + HOUR


@pytest.mark.rule("H11.10-b", "H11.10-c", "H11.10-j")
@pytest.mark.parametrize("state", [S.SENT, S.ACKNOWLEDGED])
async def test_whoever_is_given_time_after_the_handling_of_a_silent_one_is_not_late_before_it_has_passed(
    session: AsyncSession, state: ComplaintState
) -> None:
    s = await make_sides(session)
    complaint = await make_in(session, s, state)
    at = NOW + 30 * DAY
    await pass_time(session, at)
    key = {"complaint_id": complaint.id, "now": at}
    await handle_complaint(session, s.tiera, handled_on=at.date(), handling="Vastine puuttuu.", **key)
    await response_verbs.give_time(session, s.tiera, until=date(2027, 1, 15), reason="Vielä kerran.", **key)
    figure = sa.select(figures.is_unanswered(Complaint), figures.is_late(Complaint)).where(Complaint.id == complaint.id)
    assert (await session.execute(figure)).one() == (True, False)
    waited_for = await clock(session, complaint, "acknowledgement" if state is S.SENT else "beginning")
    assert waited_for.breached_at is not None and waited_for.dropped_at == at, "that it was late stays on record"


@pytest.mark.rule("H11.10-c")
async def test_of_one_that_was_handled_with_a_proper_response_there_is_no_time_to_give(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await make_in(session, s, S.HANDLED)
    with pytest.raises(Refusal) as refused:
        await response_verbs.give_time(
            session, s.tiera, complaint_id=complaint.id, until=date(2027, 1, 15), reason="Aikaa.", now=NOW + DAY
        )
    assert refused.value.code is Code.WRONG_STATE
    for lacks_proper in (False, True):
        offered = policy.available_actions(s.tiera, S.HANDLED, policy.Facts(lacks_proper=lacks_proper))
        assert (ComplaintAction.GIVE_TIME in offered) is lacks_proper
    facts = sa.select(figures.facts_of(Complaint)["lacks_proper"]).where(Complaint.id == complaint.id)
    assert await session.scalar(facts) is False


@pytest.mark.rule("H11.10-h")
async def test_each_side_says_once_whose_the_cause_was(session: AsyncSession) -> None:
    s = await make_sides(session)
    complaint = await make_in(session, s, S.PROPER)
    for actor in (s.tiera, s.supplier_manager):
        await response_verbs.say_whose_cause(
            session, actor, complaint_id=complaint.id, is_suppliers=False, now=NOW + 3 * HOUR
        )
        with pytest.raises(Refusal) as refused:
            await response_verbs.say_whose_cause(
                session, actor, complaint_id=complaint.id, is_suppliers=True, now=NOW + 3 * HOUR
            )
        assert refused.value.code is Code.WRONG_STATE
    assert (complaint.tiera_says_suppliers, complaint.supplier_says_suppliers) == (False, False)


@pytest.mark.parametrize("who", ["stranger", "customer"])
async def test_nobody_else_answers(session: AsyncSession, who: str) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    with pytest.raises(Refusal) as refused:
        await response_verbs.acknowledge_complaint(session, getattr(s, who), complaint_id=complaint.id, now=NOW)
    assert refused.value.code is Code.NOT_FOUND
