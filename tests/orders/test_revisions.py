"""Changes of ordered work: proposed by one side, accepted by the other, the old kept."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.deadlines import Deadline
from backend.kit.events import Event
from backend.kit.faults import Refusal
from backend.orders import delivery_verbs, draft_verbs, overrun_verbs, placing_verbs, revision_verbs
from backend.orders.deadlines import FORECAST
from backend.orders.model import Order, OrderPaper
from backend.orders.overrun_model import Revision
from backend.orders.revision_verbs import Change
from backend.orders.rules import Part
from backend.orders.states import OrderState, PaperKind, RevisionState
from backend.rulebook.sizes import SizeClass
from tests.making import NOW
from tests.orders.making import (
    ASSIGNMENT,
    PROJECT,
    SMALL,
    Parties,
    attach,
    book,
    forecast,
    make_order_awaiting_overrun_decision,
    make_order_in_progress,
    make_ordered,
    make_parties,
)
from tests.orders.test_overruns import work_of


def change(order: Order, **changes: Any) -> Change:
    """The order's content with these changes."""
    now = {name: getattr(order, name) for name in ("title", "description", "goal", "limits", "due_on")}
    return Change(**(now | changes))


async def offer(session: AsyncSession, p: Parties, order: Order, **changes: Any) -> Revision:
    """The supplier proposes."""
    return await revision_verbs.propose_revision(
        session, p.supplier_manager, order_id=order.id, change=change(order, **changes), reason="It is better.", now=NOW
    )


@pytest.mark.rule("H11.8.3-b")
async def test_a_change_holds_when_the_other_side_accepts_it_and_the_old_is_kept(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_ordered(session, p)
    revision = await offer(session, p, order, goal="Nobody types anything.", due_on=date(2026, 12, 18))
    assert (revision.state, order.goal) == (RevisionState.AWAITS_TIERA, "No enrolment is typed twice.")
    with pytest.raises(Refusal):
        await revision_verbs.accept_revision(session, p.supplier_manager, revision_id=revision.id, now=NOW)
    await revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=NOW)
    assert (order.goal, order.due_on) == ("Nobody types anything.", date(2026, 12, 18))
    assert revision.before == {"goal": "No enrolment is typed twice.", "due_on": None}


@pytest.mark.rule("H11.8.3-b")
@pytest.mark.parametrize("is_delivered", [False, True])
async def test_what_ordered_work_left_open_is_given_by_no_side_alone(session: AsyncSession, is_delivered: bool) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    order.limits = None
    if is_delivered:
        await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    with pytest.raises(Refusal, match="by a proposal"):
        await draft_verbs.specify_order(session, p.contact, order_id=order.id, limits="No printing.", now=NOW)
    assert order.limits is None


@pytest.mark.rule("H11.8.2-c")
async def test_a_change_leaves_no_assignment_without_its_goal_or_limits(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_ordered(session, p, ASSIGNMENT)
    with pytest.raises(Refusal) as refused:
        await offer(session, p, order, goal=None, limits=" ", title="Other")
    assert [(error.rule, error.path) for error in refused.value.errors] == [
        ("H11.8.2-c", ("change", "goal")),
        ("H11.8.2-c", ("change", "limits")),
    ]
    with pytest.raises(Refusal, match="clear goal"):
        await offer(session, p, order, goal=None, minutes_change=600 - ASSIGNMENT + SMALL)
    to_small = await offer(session, p, order, goal=None, minutes_change=SMALL - ASSIGNMENT)
    await revision_verbs.accept_revision(session, p.contact, revision_id=to_small.id, now=NOW)
    assert (order.goal, order.size_class) == (None, SizeClass.SMALL)


@pytest.mark.rule("H11.8.2-c")
async def test_what_a_small_order_may_leave_out_is_refused_once_more_made_it_an_assignment(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    overrun = await make_order_awaiting_overrun_decision(session, p)
    order = await session.get_one(Order, overrun.order_id)
    revision = await offer(session, p, order, goal=None)
    await attach(session, p.contact, order, PaperKind.FORM)
    await overrun_verbs.decide_overrun(
        session, p.contact, overrun_id=overrun.id, minutes=600, reason="It is needed.", now=NOW
    )
    with pytest.raises(Refusal, match="clear goal"):
        await revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=NOW)
    assert revision.state is RevisionState.AWAITS_TIERA


@pytest.mark.rule("H11.8.2-a")
@pytest.mark.rule("H11.8.2-c")
async def test_a_project_that_becomes_an_assignment_before_its_start_has_the_duties_of_one(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    for has_form in (False, True):
        order = await make_ordered(session, p, PROJECT)
        revision = await offer(session, p, order, minutes_change=ASSIGNMENT - PROJECT)
        accepting = revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=NOW)
        if has_form:
            await accepting
            await delivery_verbs.start_work(session, p.supplier_manager, order_id=order.id, now=NOW)
            assert (order.size_class, order.state) == (SizeClass.ASSIGNMENT, OrderState.IN_PROGRESS)
        else:
            await session.execute(sa.delete(OrderPaper))  # which a project is placed without
            with pytest.raises(Refusal, match="standard form"):
                await accepting


@pytest.mark.rule("D3-a")
async def test_a_change_moves_no_work_beyond_the_agreement_and_its_options(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_ordered(session, p)
    with pytest.raises(Refusal, match="options end") as refused:
        await offer(session, p, order, due_on=date(2027, 1, 1))
    assert refused.value.errors[0].path == ("change", "due_on")
    p.agreement.option_until = date(2027, 12, 31)
    revision = await offer(session, p, order, due_on=date(2027, 1, 1))
    p.agreement.option_until = None
    with pytest.raises(Refusal, match="options end"):
        await revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=NOW)


async def test_a_change_moves_no_work_to_a_day_that_has_passed(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_ordered(session, p, due_on=date(2026, 12, 18))
    with pytest.raises(Refusal, match="has passed") as refused:
        await offer(session, p, order, due_on=date(2026, 11, 23))
    assert refused.value.errors[0].path == ("change", "due_on")
    revision = await offer(session, p, order, due_on=date(2026, 11, 24))
    tomorrow = NOW + timedelta(days=1)
    with pytest.raises(Refusal, match="has passed"):
        await revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=tomorrow)
    assert (revision.state, order.due_on) == (RevisionState.AWAITS_TIERA, date(2026, 12, 18))
    await revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=NOW)


@pytest.mark.rule("H11.8.3-b")
@pytest.mark.rule("H11.8.1-a")
async def test_tieras_change_is_proposed_by_an_ordering_contact_and_accepted_by_the_supplier(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    order = await make_ordered(session, p)
    said = {"order_id": order.id, "change": change(order, title="A wider interface"), "reason": "So.", "now": NOW}
    with pytest.raises(Refusal, match="role"):
        await revision_verbs.propose_revision(session, p.tiera_manager, **said)
    revision = await revision_verbs.propose_revision(session, p.contact, **said)
    with pytest.raises(Refusal, match="Another change"):
        await offer(session, p, order, title="A narrower interface")
    await revision_verbs.accept_revision(session, p.supplier_manager, revision_id=revision.id, now=NOW)
    assert order.title == "A wider interface"


@pytest.mark.rule("H11.8.3-b")
async def test_whoever_books_reads_the_title_that_was_agreed_on_last(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    revision = await offer(session, p, order, title="A wider interface")
    assert (await work_of(session, order.id)).title == "Interface to the case register"
    await revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=NOW)
    assert (await work_of(session, order.id)).title == "A wider interface"


@pytest.mark.rule("H11.8.3-b")
async def test_a_change_is_rejected_with_a_reason_or_withdrawn_and_nothing_changes(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_ordered(session, p)
    first = await offer(session, p, order, title="Another title")
    with pytest.raises(Refusal):
        await revision_verbs.reject_revision(session, p.contact, revision_id=first.id, reason="", now=NOW)
    await revision_verbs.reject_revision(session, p.contact, revision_id=first.id, reason="No.", now=NOW)
    second = await offer(session, p, order, title="Another title")
    await revision_verbs.withdraw_revision(session, p.supplier_manager, revision_id=second.id, now=NOW)
    assert (first.state, second.state) == (RevisionState.REJECTED, RevisionState.WITHDRAWN)
    assert order.title == "Interface to the case register"


@pytest.mark.rule("H11.8.2-a")
@pytest.mark.rule("H11.8.3-b")
async def test_a_change_that_adds_effort_is_tested_as_an_order_of_the_new_total(session: AsyncSession) -> None:
    p = await make_parties(session, greatest_total=Decimal(8_000))
    order = await make_order_in_progress(session, p)
    revision = await offer(session, p, order, minutes_change=600)
    with pytest.raises(Refusal, match="standard form"):
        await revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=NOW)
    await attach(session, p.contact, order, PaperKind.FORM)
    await revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=NOW)
    assert (await work_of(session, order.id)).granted == SMALL + 600
    assert order.committed_euros == Decimal("7750.00")
    too_much = await offer(session, p, order, minutes_change=600)
    with pytest.raises(Refusal, match="greatest total"):
        await revision_verbs.accept_revision(session, p.contact, revision_id=too_much.id, now=NOW)
    assert too_much.state is RevisionState.AWAITS_TIERA


@pytest.mark.rule("D2.1-c")
@pytest.mark.rule("H11.8.1-b")
async def test_a_supplier_that_accepts_a_change_does_not_read_what_is_ordered_under_the_right(
    session: AsyncSession,
) -> None:
    p = await make_parties(session, most_euros_a_year=Decimal(14_000))
    await make_ordered(session, p)
    order = await make_order_in_progress(session, p)
    revision = await revision_verbs.propose_revision(
        session, p.contact, order_id=order.id, change=change(order, minutes_change=360), reason="More.", now=NOW
    )
    await attach(session, p.contact, order, PaperKind.FORM)
    with pytest.raises(Refusal, match="limit of a year") as refused:
        await revision_verbs.accept_revision(session, p.supplier_manager, revision_id=revision.id, now=NOW)
    (error,) = refused.value.errors
    assert (str(error.limit), error.actual) == ("14\u00a0000,00\u00a0€", None)


@pytest.mark.rule("H11.8.3-b")
async def test_a_change_that_takes_effort_off_frees_its_euros(session: AsyncSession) -> None:
    p = await make_parties(session, greatest_total=Decimal(6_750))
    order = await make_order_in_progress(session, p)
    revision = await offer(session, p, order, minutes_change=-600)
    await revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=NOW)
    assert (await work_of(session, order.id)).granted == SMALL - 600
    assert order.committed_euros == Decimal("5750.00")
    await make_ordered(session, p, 600)


@pytest.mark.rule("H11.8.3-d")
async def test_tiera_alone_says_with_its_acceptance_that_work_done_before_is_covered(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    for minutes, says, covers in ((60, {}, False), (60, {"covers_work_done": True}, True)):
        revision = await offer(session, p, order, minutes_change=minutes)
        await revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=NOW, **says)
        assert revision.covers_work_done is covers
    lowered = await offer(session, p, order, minutes_change=-60)
    await revision_verbs.accept_revision(session, p.contact, revision_id=lowered.id, covers_work_done=True, now=NOW)
    assert lowered.covers_work_done is None
    mine = await revision_verbs.propose_revision(
        session, p.contact, order_id=order.id, change=change(order, minutes_change=60), reason="It grew.", now=NOW
    )
    accepted = {"revision_id": mine.id, "now": NOW}
    with pytest.raises(Refusal, match="Tiera alone"):
        await revision_verbs.accept_revision(session, p.supplier_manager, covers_work_done=True, **accepted)
    await revision_verbs.accept_revision(session, p.supplier_manager, **accepted)
    assert mine.covers_work_done is False


async def test_a_fixed_price_has_no_effort_to_change_and_an_ended_order_no_open_change(session: AsyncSession) -> None:
    p = await make_parties(session)
    fixed = await make_ordered(session, p, parts=(Part("All", Decimal("100.00")),))
    with pytest.raises(Refusal, match="no ceiling"):
        await offer(session, p, fixed, minutes_change=60)
    revision = await offer(session, p, fixed, title="Another title")
    await placing_verbs.cancel_order(session, p.contact, order_id=fixed.id, reason="Not needed.", now=NOW)
    assert revision.state is RevisionState.WITHDRAWN
    (told,) = await session.scalars(sa.select(Event).where(Event.name == "revision.withdrawn"))
    assert (told.subject_id, told.within_id, told.person_id) == (revision.id, fixed.id, p.contact.person_id)
    assert (told.from_state, told.to_state) == (RevisionState.AWAITS_TIERA, RevisionState.WITHDRAWN)


@pytest.mark.rule("H11.8.3-b")
async def test_a_change_that_nobody_answered_is_withdrawn_when_the_work_is_accepted(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    revision = await offer(session, p, order, title="Other")
    await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    assert revision.state is RevisionState.AWAITS_TIERA  # the work may be returned, and go on
    await delivery_verbs.accept_work(session, p.contact, order_id=order.id, now=NOW)
    assert revision.state is RevisionState.WITHDRAWN


@pytest.mark.rule("H11.8.3-c")
async def test_a_ceiling_lowered_below_the_forecast_is_told_at_once_and_asks_for_a_new_one(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    await book(session, p, order, 3_000)
    await forecast(session, p, order, 600)
    revision = await offer(session, p, order, minutes_change=-600)
    await revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=NOW)
    wanted = sa.select(Event.name).where(Event.rule == "H11.8.3-c", Event.subject_id == order.id).order_by(Event.id)
    told = [name for name in await session.scalars(wanted) if name != "order.forecast_given"]
    assert told == ["order.warned", "order.forecast_passed"]
    assert order.passed_at == NOW and order.forecast_due_at is not None
    clocks = sa.select(Deadline.due_at).where(Deadline.kind == FORECAST, Deadline.met_at.is_(None))
    assert (await session.scalars(clocks)).all() == [order.forecast_due_at]
