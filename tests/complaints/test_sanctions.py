"""No proper response by the deadline: the entitlement arises by itself, once, and Tiera applies or waives it."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.complaints import response_verbs, sanction_verbs, verbs
from backend.complaints.model import Complaint
from backend.complaints.states import ComplaintState, SanctionState
from backend.kit.actor import Language
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.kit.translation import day
from backend.notices.wording import say
from tests.complaints.making import (
    HOUR,
    Sides,
    answer,
    judge,
    make_in,
    make_sent,
    make_sides,
    pass_time,
    sanction_of,
    told,
)
from tests.making import NOW, TODAY, make_terms

S, N = ComplaintState, SanctionState
AFTER = NOW + timedelta(days=20)
"""When the ten business days are over."""
TERMS = {"complaint_sanction_euros": "1500.00"}


@pytest.mark.rule("H11.10-g")
async def test_a_response_that_does_not_come_brings_the_agreed_sanction_by_itself_and_once(
    session: AsyncSession,
) -> None:
    s = await make_sides(session, terms=TERMS)
    complaint = await make_sent(session, s)
    due_at = complaint.response_due_at
    await pass_time(session, AFTER)
    await pass_time(session, AFTER + timedelta(days=1))
    sanction = await sanction_of(session, complaint)
    assert sanction is not None and sanction.amount == Decimal("1500.00")
    assert (sanction.state, sanction.due_at, sanction.arisen_at) == (N.ENTITLED, due_at, AFTER)
    assert (await told(session, complaint)).count("sanction.entitled") == 1


@pytest.mark.rule("H11.10-g")
@pytest.mark.parametrize(("is_proper", "state"), [(True, N.LAPSED), (False, N.ENTITLED)])
async def test_a_response_that_tiera_has_not_judged_makes_the_sanction_wait_for_it(
    session: AsyncSession, is_proper: bool, state: SanctionState
) -> None:
    s = await make_sides(session, terms=TERMS)
    complaint = await answer(session, s, await make_sent(session, s))
    await pass_time(session, AFTER)
    sanction = await sanction_of(session, complaint)
    assert sanction is not None and sanction.state is N.WAITING
    await judge(session, s, complaint, is_proper=is_proper, at=AFTER)
    assert sanction.state is state


@pytest.mark.rule("H11.10-g")
@pytest.mark.parametrize("state", [S.PROPER, S.HANDLED, S.CLOSED, S.WITHDRAWN])
async def test_nothing_arises_where_the_response_was_proper_or_the_matter_is_over(
    session: AsyncSession, state: ComplaintState
) -> None:
    s = await make_sides(session, terms=TERMS)
    complaint = await make_in(session, s, state)
    await pass_time(session, AFTER)
    assert await sanction_of(session, complaint) is None


@pytest.mark.rule("H11.10-g")
async def test_an_improper_response_at_the_deadline_brings_it_too(session: AsyncSession) -> None:
    s = await make_sides(session, terms=TERMS)
    complaint = await make_in(session, s, S.NOT_PROPER)
    await pass_time(session, AFTER)
    sanction = await sanction_of(session, complaint)
    assert sanction is not None and sanction.state is N.ENTITLED


async def handle(session: AsyncSession, s: Sides, complaint: Complaint, said: str) -> Complaint:
    return await verbs.handle_complaint(
        session, s.tiera, complaint_id=complaint.id, handled_on=TODAY, handling=said, now=NOW + 3 * HOUR
    )


@pytest.mark.rule("H11.10-g")
async def test_handling_is_no_proper_response_and_takes_no_time_from_the_supplier(session: AsyncSession) -> None:
    s = await make_sides(session, terms=TERMS)
    silent, mended = [await handle(session, s, await make_in(session, s, S.NOT_PROPER), "Puutteita.") for _ in "ab"]
    await answer(session, s, mended, at=NOW + 4 * HOUR)
    await judge(session, s, mended, is_proper=True, at=NOW + 5 * HOUR)
    await handle(session, s, mended, "Nyt kunnossa.")
    assert (mended.state, mended.handling) == (S.HANDLED, f"{day(TODAY)}: Puutteita.\n\n{day(TODAY)}: Nyt kunnossa.")
    await pass_time(session, AFTER)
    sanction = await sanction_of(session, silent)
    assert sanction is not None and sanction.state is N.ENTITLED
    assert await sanction_of(session, mended) is None
    for complaint in (silent, mended):
        with pytest.raises(Refusal) as refused:
            await answer(session, s, complaint, at=AFTER)
        assert refused.value.code is Code.WRONG_STATE, "the time has ended, or a response was proper"


@pytest.mark.rule("H11.10-g")
@pytest.mark.parametrize(("at", "arises"), [(NOW + 4 * HOUR, False), (AFTER, True)])
async def test_what_tiera_closes_before_the_deadline_brings_nothing_and_after_it_what_had_arisen(
    session: AsyncSession, at: datetime, arises: bool
) -> None:
    s = await make_sides(session, terms=TERMS)
    complaint = await handle(session, s, await make_in(session, s, S.NOT_PROPER), "Sovittu.")
    await verbs.close_complaint(session, s.tiera, complaint_id=complaint.id, now=at)
    await pass_time(session, AFTER)
    assert (await sanction_of(session, complaint) is not None) is arises


@pytest.mark.rule("H11.10-g")
async def test_a_proper_response_after_the_deadline_does_not_take_it_away(session: AsyncSession) -> None:
    s = await make_sides(session, terms=TERMS)
    complaint = await make_sent(session, s)
    await pass_time(session, AFTER)
    await answer(session, s, complaint, at=AFTER)
    await judge(session, s, complaint, is_proper=True, at=AFTER)
    sanction = await sanction_of(session, complaint)
    assert sanction is not None and sanction.state is N.ENTITLED


@pytest.mark.rule("H11.10-g")
@pytest.mark.parametrize("runs_before_judgement", [True, False])
async def test_a_response_that_came_too_late_finds_the_entitlement_there_although_the_clock_ran_later(
    session: AsyncSession, runs_before_judgement: bool
) -> None:
    s = await make_sides(session, terms=TERMS)
    complaint = await make_sent(session, s)
    due_at = complaint.response_due_at
    await answer(session, s, complaint, at=AFTER)
    if runs_before_judgement:
        await pass_time(session, AFTER + HOUR)
    await judge(session, s, complaint, is_proper=True, at=AFTER + 2 * HOUR)
    await pass_time(session, AFTER + 3 * HOUR)
    sanction = await sanction_of(session, complaint)
    assert sanction is not None and (sanction.state, sanction.due_at) == (N.ENTITLED, due_at)
    assert (await told(session, complaint)).count("sanction.entitled") == 1


@pytest.mark.rule("H11.10-g")
async def test_what_waits_for_a_judgement_lapses_when_tiera_takes_the_complaint_back(session: AsyncSession) -> None:
    s = await make_sides(session, terms=TERMS)
    complaint = await answer(session, s, await make_sent(session, s))
    await pass_time(session, AFTER)
    await verbs.withdraw_complaint(session, s.tiera, complaint_id=complaint.id, reason="Aiheeton.", now=AFTER)
    sanction = await sanction_of(session, complaint)
    assert sanction is not None and sanction.state is N.LAPSED


@pytest.mark.rule("H11.10-g")
async def test_time_that_tiera_gives_moves_the_deadline_at_which_it_would_arise(session: AsyncSession) -> None:
    s = await make_sides(session, terms=TERMS)
    complaint = await make_sent(session, s)
    await response_verbs.give_time(
        session,
        s.tiera,
        complaint_id=complaint.id,
        until=(AFTER + timedelta(days=9)).date(),
        reason="Selvitys vie aikaa.",
        now=NOW + HOUR,
    )
    await pass_time(session, AFTER)
    assert await sanction_of(session, complaint) is None
    await pass_time(session, AFTER + timedelta(days=11))
    assert await sanction_of(session, complaint) is not None


@pytest.mark.rule("H11.10-g")
@pytest.mark.parametrize(("has_come", "state"), [(False, N.ENTITLED), (True, N.LAPSED)])
async def test_what_tiera_takes_back_after_the_deadline_had_brought_it_although_the_clock_runs_later(
    session: AsyncSession, has_come: bool, state: SanctionState
) -> None:
    s = await make_sides(session, terms=TERMS)
    complaint = await make_sent(session, s)
    if has_come:
        await answer(session, s, complaint)
    await verbs.withdraw_complaint(session, s.tiera, complaint_id=complaint.id, reason="Aiheeton.", now=AFTER)
    await pass_time(session, AFTER + HOUR)
    sanction = await sanction_of(session, complaint)
    assert sanction is not None and sanction.state is state


@pytest.mark.rule("H11.10-g")
@pytest.mark.parametrize(("applies", "state"), [(True, N.APPLIED), (False, N.WAIVED)])
async def test_tiera_applies_or_waives_it_once_with_a_reason(
    session: AsyncSession, applies: bool, state: SanctionState
) -> None:
    s = await make_sides(session, terms=TERMS)
    complaint = await make_sent(session, s)
    await pass_time(session, AFTER)
    sanction = await sanction_of(session, complaint)
    assert sanction is not None
    decided = {"sanction_id": sanction.id, "applies": applies, "now": AFTER}
    with pytest.raises(Refusal) as refused:
        await sanction_verbs.decide_sanction(session, s.supplier_manager, reason="Emme halua.", **decided)
    assert refused.value.code is Code.NOT_PERMITTED
    with pytest.raises(Refusal):
        await sanction_verbs.decide_sanction(session, s.tiera, reason=" ", **decided)
    await sanction_verbs.decide_sanction(session, s.tiera, reason="Toistuva myöhästyminen.", **decided)
    assert (sanction.state, sanction.reason) == (state, "Toistuva myöhästyminen.")
    with pytest.raises(Refusal) as refused:
        await sanction_verbs.decide_sanction(session, s.tiera, reason="Toisin.", **decided)
    assert refused.value.code is Code.WRONG_STATE


@pytest.mark.rule("H11.10-g")
@pytest.mark.parametrize(
    ("applies", "said", "comes_to", "told_of_it"),
    [(True, "250.00", "250.00", "of 250,00 €"), (False, None, None, "waived the sanction; the reason")],
)
async def test_where_no_sum_is_agreed_the_entitlement_has_none_and_tiera_says_it_when_it_applies_it(
    session: AsyncSession, applies: bool, said: str | None, comes_to: str | None, told_of_it: str
) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    await pass_time(session, AFTER)
    sanction = await sanction_of(session, complaint)
    assert sanction is not None and (sanction.state, sanction.amount) == (N.ENTITLED, None)
    assert "states no sum" in await newest_said(session, "sanction.entitled")
    decided = {"sanction_id": sanction.id, "reason": "Sovittu erikseen.", "now": AFTER}
    for wrong, sum_ in ((True, None), (True, "0"), (True, "0.005"), (True, "1000000.01"), (False, "250.00")):
        amount = sum_ and Decimal(sum_)
        with pytest.raises(Refusal) as refused:
            await sanction_verbs.decide_sanction(session, s.tiera, applies=wrong, amount=amount, **decided)
        assert [error.path for error in refused.value.errors] == [("amount",)]
        assert (sanction.state, sanction.amount) == (N.ENTITLED, None), "nothing is done half-way"
    amount = said and Decimal(said)
    await sanction_verbs.decide_sanction(session, s.tiera, applies=applies, amount=amount, **decided)
    assert sanction.amount == (comes_to and Decimal(comes_to))
    assert told_of_it in (await newest_said(session, f"sanction.{sanction.state}")).replace("\xa0", " ")


@pytest.mark.rule("H11.10-g")
async def test_a_sum_that_the_agreement_states_is_applied_and_no_other(session: AsyncSession) -> None:
    s = await make_sides(session, terms=TERMS)
    complaint = await make_sent(session, s)
    await pass_time(session, AFTER)
    sanction = await sanction_of(session, complaint)
    assert sanction is not None
    decided = {"sanction_id": sanction.id, "applies": True, "reason": "Myöhässä.", "now": AFTER}
    with pytest.raises(Refusal) as refused:
        await sanction_verbs.decide_sanction(session, s.tiera, amount=Decimal("1500.01"), **decided)
    assert refused.value.errors[0].rule == "H11.10-g" and sanction.state is N.ENTITLED
    await sanction_verbs.decide_sanction(session, s.tiera, amount=Decimal("1500.00"), **decided)
    assert (sanction.state, sanction.amount) == (N.APPLIED, Decimal("1500.00"))


@pytest.mark.rule("H11.10-g")
async def test_a_sum_that_was_agreed_since_is_said_by_tiera_alone_also_of_a_complaint_that_was_withdrawn(
    session: AsyncSession,
) -> None:
    s = await make_sides(session)
    complaint = await make_sent(session, s)
    await make_terms(session, s.agreement, TERMS)
    await pass_time(session, AFTER)
    await verbs.withdraw_complaint(session, s.tiera, complaint_id=complaint.id, reason="Turha.", now=AFTER)
    sanction = await sanction_of(session, complaint)
    assert sanction is not None and (sanction.state, sanction.amount) == (N.ENTITLED, None)
    decided = {"sanction_id": sanction.id, "applies": True, "reason": "Sovittu.", "amount": Decimal("900.10")}
    for actor, code in ((s.supplier_manager, Code.NOT_PERMITTED), (s.stranger, Code.NOT_FOUND)):
        with pytest.raises(Refusal) as refused:
            await sanction_verbs.decide_sanction(session, actor, now=AFTER, **decided)
        assert refused.value.code is code and sanction.amount is None
    await sanction_verbs.decide_sanction(session, s.tiera, now=AFTER, **decided)
    with pytest.raises(Refusal) as refused:
        await sanction_verbs.decide_sanction(session, s.tiera, now=AFTER, **decided | {"amount": Decimal(1500)})
    assert (refused.value.code, sanction.amount) == (Code.WRONG_STATE, Decimal("900.10"))


async def newest_said(session: AsyncSession, name: str) -> str:
    """The sentence of the newest event of this name."""
    wanted = sa.select(Event.figures).where(Event.name == name).order_by(Event.id.desc()).limit(1)
    return say(Language.EN, name, (await session.scalars(wanted)).one())


@pytest.mark.rule("H11.10-c", "H11.10-g")
@pytest.mark.parametrize("is_proper", [True, False])
@pytest.mark.parametrize("is_judged_first", [True, False])
async def test_that_a_response_came_late_is_told_once_also_where_it_came_before_the_clocks_job(
    session: AsyncSession, is_proper: bool, is_judged_first: bool
) -> None:
    s = await make_sides(session, terms=TERMS)
    complaint = await make_sent(session, s)
    await answer(session, s, complaint, at=AFTER)
    for at in ("judged", "passed") if is_judged_first else ("passed", "judged", "passed"):
        if at == "judged":
            await judge(session, s, complaint, is_proper=is_proper, at=AFTER + HOUR)
        else:
            await pass_time(session, AFTER + 2 * HOUR)
    said = await told(session, complaint)
    assert (said.count("complaint.response_late"), said.count("sanction.entitled")) == (1, 1)
