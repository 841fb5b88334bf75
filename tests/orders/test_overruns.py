"""Forecasts, warnings, going on above the ceiling."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE
from backend.kit.deadlines import Deadline, pass_deadlines
from backend.kit.events import Event
from backend.kit.faults import Refusal
from backend.ledger import verbs as ledger
from backend.ledger.model import Account, Posting
from backend.orders import deadline_verbs, delivery_verbs, draft_verbs, forecast_verbs, overrun_verbs, queries
from backend.orders.commitment_verbs import open_work
from backend.orders.model import WORK, Order
from backend.orders.rules import PROJECT_PAPERS, Part
from backend.orders.states import OverrunState, PaperKind
from backend.rulebook.choices import StopWorkAt
from backend.rulebook.sizes import SizeClass
from tests.making import NOW, make_right
from tests.orders.making import (
    ASSIGNMENT,
    HOUR,
    SMALL,
    attach,
    book,
    forecast,
    make_order_awaiting_overrun_decision,
    make_order_in_progress,
    make_parties,
    make_project_ready,
)


async def work_of(session: AsyncSession, order_id: int) -> Account:
    wanted = sa.select(Account).where(Account.about_id == order_id, Account.about_kind == "Order")
    return (await session.scalars(wanted.where(Account.purpose == WORK))).one()


async def told(session: AsyncSession, order: Order) -> list[str]:
    """The warnings on record, in their order."""
    names = ("order.warned", "order.forecast_passed")
    wanted = sa.select(Event.name).where(Event.subject_id == order.id, Event.name.in_(names)).order_by(Event.id)
    return list((await session.scalars(wanted)).all())


async def is_on_hold(session: AsyncSession, order: Order) -> bool:
    await session.flush()
    await session.refresh(order, ["is_on_hold"])
    return order.is_on_hold


@pytest.mark.rule("H11.8.3-c")
async def test_a_forecast_is_what_is_booked_and_what_remains(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    await book(session, p, order, 600)
    await forecast(session, p, order, 1_200)
    assert (order.forecast_minutes, order.forecast_at) == (1_800, NOW)
    with pytest.raises(Refusal):
        await forecast(session, p, order, -15)


@pytest.mark.rule("H11.8.3-c")
async def test_both_sides_are_warned_once_at_eighty_per_cent_and_once_above_the_ceiling(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    await book(session, p, order, SMALL * 8 // 10 - 15)
    assert await told(session, order) == []
    await book(session, p, order, 15)
    assert await told(session, order) == ["order.warned"]
    await book(session, p, order, 15)
    await forecast(session, p, order, SMALL)
    await forecast(session, p, order, SMALL + 60)
    assert await told(session, order) == ["order.warned", "order.forecast_passed"]


@pytest.mark.rule("H11.8.3-c")
async def test_a_warning_starts_the_clock_of_a_new_forecast(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    await book(session, p, order, SMALL * 9 // 10)
    assert order.forecast_due_at == datetime(2026, 11, 26, 21, 59, 59, 999999, tzinfo=UTC)
    clock = (await session.scalars(sa.select(Deadline).where(Deadline.kind == "order.forecast"))).one()
    await forecast(session, p, order, 60)
    await session.refresh(clock)
    assert clock.met_at == NOW
    assert order.forecast_due_at is None


async def forecast_clock(session: AsyncSession) -> Deadline | None:
    wanted = sa.select(Deadline).where(Deadline.kind == "order.forecast", Deadline.met_at.is_(None))
    return (await session.scalars(wanted.where(Deadline.dropped_at.is_(None)))).one_or_none()


@pytest.mark.rule("H11.8.3-c")
async def test_of_delivered_work_no_forecast_is_due_until_it_is_returned(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    await book(session, p, order, SMALL * 9 // 10)
    await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    assert (order.forecast_due_at, await forecast_clock(session)) == (None, None)
    await delivery_verbs.return_work(session, p.contact, order_id=order.id, reason="The report lacks.", now=NOW + HOUR)
    clock = await forecast_clock(session)
    assert clock is not None
    assert order.forecast_due_at == clock.due_at
    await forecast(session, p, order, 60)
    for act in (delivery_verbs.deliver_work, delivery_verbs.return_work):
        said = {"reason": "The report lacks."} if act is delivery_verbs.return_work else {}
        by = p.contact if said else p.supplier_manager
        await act(session, by, order_id=order.id, now=NOW + 2 * HOUR, **said)
    assert (order.forecast_due_at, await forecast_clock(session)) == (None, None), "it came after the warning"


@pytest.mark.rule("H11.8.3-c", "H11.8.3-d")
async def test_hours_of_delivered_work_are_followed_until_it_is_accepted(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    await book(session, p, order, SMALL + 60)
    assert order.forecast_due_at is not None
    overrun = await overrun_verbs.request_overrun(
        session, p.supplier_manager, order_id=order.id, minutes=60, reason="The tests took longer.", now=NOW
    )
    await overrun_verbs.decide_overrun(session, p.contact, overrun_id=overrun.id, minutes=0, reason="No.", now=NOW)
    await forecast(session, p, order, 15)
    await book(session, p, order, 15)
    order.forecast_due_at = NOW  # as where a clock runs still
    await delivery_verbs.accept_work(session, p.contact, order_id=order.id, now=NOW)
    assert (order.forecast_due_at, await forecast_clock(session)) == (None, None)
    order.warned_at = None
    await book(session, p, order, 15, now=NOW + HOUR)
    assert await forecast_clock(session) is None, "what is corrected later asks for nothing"


@pytest.mark.rule("H11.8.3-d")
async def test_an_order_is_on_hold_from_the_first_forecast_above_the_ceiling_until_it_is_covered(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    assert not await is_on_hold(session, order)
    await forecast(session, p, order, SMALL + 60)
    assert await is_on_hold(session, order)
    await forecast(session, p, order, SMALL)
    assert not await is_on_hold(session, order)


@pytest.mark.rule("H11.8.3-d")
async def test_where_the_term_says_so_only_the_reached_ceiling_stops_work(session: AsyncSession) -> None:
    p = await make_parties(session, terms={"stop_work_at": StopWorkAt.CEILING})
    order = await make_order_in_progress(session, p)
    await forecast(session, p, order, SMALL + 60)
    assert not await is_on_hold(session, order)
    await book(session, p, order, SMALL + 15)
    assert await is_on_hold(session, order)


@pytest.mark.rule("H11.8.3-d")
async def test_the_supplier_asks_to_go_on_once_and_when_the_forecast_shows_it(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    with pytest.raises(Refusal, match="forecast first"):
        await overrun_verbs.request_overrun(
            session, p.supplier_manager, order_id=order.id, minutes=60, reason="Because.", now=NOW
        )
    overrun = await make_order_awaiting_overrun_decision(session, p)
    assert (overrun.ceiling_minutes, overrun.asked_minutes, overrun.asked_euros) == (SMALL, 600, Decimal("1000.00"))
    with pytest.raises(Refusal, match="already"):
        await overrun_verbs.request_overrun(
            session, p.supplier_manager, order_id=overrun.order_id, minutes=60, reason="More.", now=NOW
        )


@pytest.mark.rule("H11.8.3-d")
@pytest.mark.parametrize(("granted", "still_on_hold"), [(450, True), (435, True), (600, False)])
async def test_the_ceiling_moves_by_what_is_approved(session: AsyncSession, granted: int, still_on_hold: bool) -> None:
    p = await make_parties(session)
    minutes = SMALL - 1_200  # more of it is still a small order
    overrun = await make_order_awaiting_overrun_decision(session, p, minutes)
    await overrun_verbs.decide_overrun(
        session, p.contact, overrun_id=overrun.id, minutes=granted, reason="It is needed.", now=NOW
    )
    order = await session.get_one(Order, overrun.order_id)
    work = await work_of(session, order.id)
    assert overrun.state is OverrunState.APPROVED
    assert work.granted == minutes + granted
    assert order.committed_euros == (order.ordered_euros or 0) + (overrun.granted_euros or 0)
    assert await is_on_hold(session, order) is still_on_hold
    grant = (await session.scalars(sa.select(Posting).where(Posting.source_kind == "Overrun"))).one()
    assert (grant.source_id, grant.amount) == (overrun.id, granted)


@pytest.mark.rule("H11.8.3-d")
async def test_none_is_approved_with_a_reason_and_the_order_stays_on_hold(session: AsyncSession) -> None:
    p = await make_parties(session)
    overrun = await make_order_awaiting_overrun_decision(session, p)
    with pytest.raises(Refusal):
        await overrun_verbs.decide_overrun(session, p.contact, overrun_id=overrun.id, minutes=0, reason=" ", now=NOW)
    await overrun_verbs.decide_overrun(
        session, p.contact, overrun_id=overrun.id, minutes=0, reason="Leave the report out.", now=NOW
    )
    order = await session.get_one(Order, overrun.order_id)
    assert overrun.state is OverrunState.REJECTED
    assert (await work_of(session, order.id)).granted == SMALL
    assert await is_on_hold(session, order)


@pytest.mark.rule("H11.8.3-d")
@pytest.mark.rule("D0-f")
async def test_the_supplier_may_not_approve_its_own_overrun_nor_anybody_a_request_of_their_own(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    overrun = await make_order_awaiting_overrun_decision(session, p)
    with pytest.raises(Refusal, match="role"):
        await overrun_verbs.decide_overrun(
            session, p.supplier_manager, overrun_id=overrun.id, minutes=600, reason="Ours.", now=NOW
        )
    overrun.asked_by_id = p.contact.person_id
    with pytest.raises(Refusal, match="of their own"):
        await overrun_verbs.decide_overrun(
            session, p.contact, overrun_id=overrun.id, minutes=600, reason="Mine.", now=NOW
        )
    assert overrun.state is OverrunState.REQUESTED
    assert (await work_of(session, overrun.order_id)).granted == SMALL


@pytest.mark.rule("H11.8.2-a")
@pytest.mark.parametrize("is_delivered", [False, True])
async def test_an_overrun_over_ten_days_first_meets_the_duties_of_an_assignment(
    session: AsyncSession, is_delivered: bool
) -> None:
    p = await make_parties(session)
    overrun = await make_order_awaiting_overrun_decision(session, p)
    order = await session.get_one(Order, overrun.order_id)
    order.goal = order.limits = None
    if is_delivered:
        await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    with pytest.raises(Refusal, match="standard form"):
        await overrun_verbs.decide_overrun(
            session, p.contact, overrun_id=overrun.id, minutes=600, reason="It is needed.", now=NOW
        )
    await attach(session, p.contact, order, PaperKind.FORM)
    await draft_verbs.specify_order(
        session,
        p.contact,
        order_id=order.id,
        goal="No enrolment is typed twice.",
        limits="The register stays.",
        now=NOW,
    )
    await overrun_verbs.decide_overrun(
        session, p.contact, overrun_id=overrun.id, minutes=600, reason="It is needed.", now=NOW
    )
    assert order.size_class is SizeClass.ASSIGNMENT


@pytest.mark.rule("H11.8.2-a")
@pytest.mark.parametrize("is_delivered", [False, True])
async def test_an_overrun_over_fifty_days_first_has_a_projects_papers_and_managers(
    session: AsyncSession, is_delivered: bool
) -> None:
    p = await make_parties(session)
    overrun = await make_order_awaiting_overrun_decision(session, p, ASSIGNMENT, asked=31 * 450)
    order = await session.get_one(Order, overrun.order_id)
    if is_delivered:
        await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    decision = {"overrun_id": overrun.id, "minutes": 31 * 450, "reason": "It grew.", "now": NOW}
    with pytest.raises(Refusal) as refused:
        await overrun_verbs.decide_overrun(session, p.contact, **decision)
    assert {error.rule for error in refused.value.errors} == {"H11.8.2-d", "H11.3.3-a"}
    await make_project_ready(session, p, order)
    await overrun_verbs.decide_overrun(session, p.contact, **decision)
    assert set(PROJECT_PAPERS) <= await queries.papers_of(session, order.id)
    assert order.size_class is SizeClass.PROJECT


@pytest.mark.rule("H11.8.2-a")
@pytest.mark.rule("H11.8.1-b")
async def test_the_orderers_right_is_tested_for_the_new_total(session: AsyncSession) -> None:
    p = await make_parties(session, most_euros=Decimal(7_000))
    overrun = await make_order_awaiting_overrun_decision(session, p)
    order = await session.get_one(Order, overrun.order_id)
    await attach(session, p.contact, order, PaperKind.FORM)
    with pytest.raises(Refusal, match="price of the order"):
        await overrun_verbs.decide_overrun(
            session, p.tiera_manager, overrun_id=overrun.id, minutes=600, reason="It is needed.", now=NOW
        )
    await make_right(session, p.right.person_id)
    await overrun_verbs.decide_overrun(
        session, p.tiera_manager, overrun_id=overrun.id, minutes=600, reason="It is needed.", now=NOW
    )


@pytest.mark.rule("D3-a")
async def test_an_overrun_is_within_the_agreements_total_and_the_rights_year(session: AsyncSession) -> None:
    for limits in ({"greatest_total": Decimal(6_900)}, {"most_euros_a_year": Decimal(6_900)}):
        p = await make_parties(session, **limits)
        overrun = await make_order_awaiting_overrun_decision(session, p, asked=105)
        with pytest.raises(Refusal, match=r"greatest total|limit of a year"):
            await overrun_verbs.decide_overrun(
                session, p.contact, overrun_id=overrun.id, minutes=105, reason="It is needed.", now=NOW
            )
        await overrun_verbs.decide_overrun(
            session, p.contact, overrun_id=overrun.id, minutes=90, reason="It is needed.", now=NOW
        )


@pytest.mark.rule("H11.8.3-d")
async def test_the_decision_says_whether_work_done_meanwhile_is_covered(session: AsyncSession) -> None:
    p = await make_parties(session)
    for minutes, covers, expected in ((60, False, False), (60, True, True), (0, True, False)):
        overrun = await make_order_awaiting_overrun_decision(session, p, asked=60)
        await overrun_verbs.decide_overrun(
            session,
            p.contact,
            overrun_id=overrun.id,
            minutes=minutes,
            reason="It is needed.",
            covers_work_done=covers,
            now=NOW,
        )
        assert overrun.covers_work_done is expected


async def test_a_new_ceiling_opens_both_warnings_again(session: AsyncSession) -> None:
    p = await make_parties(session)
    overrun = await make_order_awaiting_overrun_decision(session, p, asked=60)
    order = await session.get_one(Order, overrun.order_id)
    await overrun_verbs.decide_overrun(
        session, p.contact, overrun_id=overrun.id, minutes=60, reason="It is needed.", now=NOW
    )
    await forecast(session, p, order, SMALL + 120)
    assert await told(session, order) == ["order.forecast_passed", "order.forecast_passed"]


async def test_a_forecast_that_a_decision_in_part_leaves_above_the_ceiling_is_not_told_again(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    overrun = await make_order_awaiting_overrun_decision(session, p, asked=120)
    order = await session.get_one(Order, overrun.order_id)
    await overrun_verbs.decide_overrun(
        session, p.contact, overrun_id=overrun.id, minutes=60, reason="A part of it.", now=NOW
    )
    await book(session, p, order, 60)
    assert await told(session, order) == ["order.forecast_passed"]


@pytest.mark.rule("H11.8.3-c")
async def test_a_second_warning_leaves_the_forecast_due_when_the_first_asked_for_it(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p, 1_200)
    await book(session, p, order, 960)
    due_at = order.forecast_due_at
    await book(session, p, order, 300, now=NOW + timedelta(days=5))
    assert await told(session, order) == ["order.warned", "order.forecast_passed"]
    assert order.forecast_due_at == due_at
    clocks = sa.select(Deadline.due_at).where(Deadline.kind == "order.forecast", Deadline.met_at.is_(None))
    assert (await session.scalars(clocks)).all() == [due_at]
    await forecast(session, p, order, 0, now=NOW + timedelta(days=5))
    assert (await session.scalars(clocks)).all() == []


async def test_a_request_is_withdrawn_and_a_fixed_price_has_none(session: AsyncSession) -> None:
    p = await make_parties(session)
    overrun = await make_order_awaiting_overrun_decision(session, p)
    await overrun_verbs.withdraw_overrun(session, p.supplier_manager, overrun_id=overrun.id, now=NOW)
    assert overrun.state is OverrunState.WITHDRAWN
    (told,) = await session.scalars(sa.select(Event).where(Event.name == "overrun.withdrawn"))
    assert (told.from_state, told.to_state) == (OverrunState.REQUESTED, OverrunState.WITHDRAWN)
    fixed = await make_order_in_progress(session, p, parts=(Part("All", Decimal("100.00")),))
    with pytest.raises(Refusal, match="no ceiling"):
        await forecast(session, p, fixed, 60)


@pytest.mark.rule("H11.8.3-d")
async def test_an_unanswered_request_is_told_before_and_after_its_time(session: AsyncSession) -> None:
    p = await make_parties(session)
    overrun = await make_order_awaiting_overrun_decision(session, p)
    for day in (30, 30):
        await pass_deadlines(session, SCHEDULE, now=datetime(2026, 11, day, 7, 0, tzinfo=UTC))
    await pass_deadlines(session, SCHEDULE, now=datetime(2026, 12, 2, 7, 0, tzinfo=UTC))
    wanted = sa.select(Event.name).where(Event.subject_id == overrun.order_id, Event.name.like("overrun.answer%"))
    assert deadline_verbs.tell_late
    assert (await session.scalars(wanted.order_by(Event.id))).all() == [
        "overrun.answer_due_soon",
        "overrun.answer_late",
    ]


async def test_every_account_agrees_with_its_postings(session: AsyncSession) -> None:
    p = await make_parties(session)
    overrun = await make_order_awaiting_overrun_decision(session, p, asked=60)
    await overrun_verbs.decide_overrun(
        session, p.contact, overrun_id=overrun.id, minutes=60, reason="It is needed.", now=NOW
    )
    order = await session.get_one(Order, overrun.order_id)
    work = await open_work(session, order, billable=True)
    await forecast_verbs.note_booked(session, p.supplier_manager, order, work, now=NOW)
    assert await ledger.disagreements(session) == []
