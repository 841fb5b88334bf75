"""Estimates: their clock, their alternatives, their prices."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.calendar import helsinki_date
from backend.kit.deadlines import Deadline
from backend.kit.faults import Code, Refusal
from backend.orders import estimate_verbs
from backend.orders.deadlines import ESTIMATE, estimate_due_at, forecast_due_at, overrun_answer_due_at
from backend.orders.estimate_model import EstimateOption, EstimateRow
from backend.orders.estimate_verbs import MonthlyFee, Option, Row
from backend.orders.figures import is_estimate_late
from backend.orders.model import Order
from backend.orders.placing_verbs import place_order
from backend.orders.rules import Part
from backend.orders.states import OrderState, Pricing
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import Terms
from tests.making import NOW, make_agreement, make_price_group
from tests.orders.making import (
    ASSIGNMENT,
    SMALL,
    estimate,
    first_option,
    make_draft,
    make_estimated,
    make_parties,
    make_requested,
    option,
    place,
)

TERMS = Terms()


@pytest.mark.rule("H11.3.1-a")
@pytest.mark.parametrize(
    ("size", "day"),
    [(SizeClass.SMALL, 1), (SizeClass.ASSIGNMENT, 8), (SizeClass.PROJECT, 15)],  # the holiday of the 6th is a Sunday
)
def test_an_estimate_is_due_by_the_class_expected(size: SizeClass, day: int) -> None:
    due_at = estimate_due_at(NOW, size, None, TERMS)
    assert due_at == datetime(2026, 12, day, 21, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.rule("H11.3.1-a")
def test_a_later_day_may_be_agreed_and_an_earlier_one_not() -> None:
    due_at = estimate_due_at(NOW, SizeClass.SMALL, date(2026, 12, 18), TERMS)
    assert due_at == datetime(2026, 12, 18, 21, 59, 59, 999999, tzinfo=UTC)
    with pytest.raises(Refusal, match="may be later"):
        estimate_due_at(NOW, SizeClass.SMALL, date(2026, 11, 30), TERMS)


@pytest.mark.rule("H11.8.3-c")
@pytest.mark.rule("H11.8.3-d")
def test_a_forecast_is_renewed_and_an_overrun_answered_in_business_days() -> None:
    assert forecast_due_at(NOW, TERMS) == datetime(2026, 11, 26, 21, 59, 59, 999999, tzinfo=UTC)
    assert overrun_answer_due_at(NOW, TERMS) == datetime(2026, 12, 1, 21, 59, 59, 999999, tzinfo=UTC)


def test_a_deadline_is_told_a_business_day_before_unless_it_began_later() -> None:
    due_at = overrun_answer_due_at(NOW, TERMS)
    assert TERMS.warn_at(due_at, NOW) == datetime(2026, 11, 29, 22, 0, tzinfo=UTC)
    assert TERMS.warn_at(due_at, datetime(2026, 11, 30, 8, 0, tzinfo=UTC)) is None


@pytest.mark.rule("H11.3.1-a")
async def test_a_request_starts_a_clock_and_an_estimate_stops_it(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_requested(session, p)
    clock = (
        await session.scalars(sa.select(Deadline).where(Deadline.about_kind == "Order", Deadline.about_id == order.id))
    ).one()
    assert (clock.kind, clock.owner_id, clock.due_at) == (ESTIMATE, p.supplier.id, order.estimate_due_at)
    given = await estimate(session, p, order)
    await session.refresh(clock)
    assert clock.met_at == NOW
    assert not given.is_late


async def test_work_is_not_asked_for_by_a_day_that_has_passed(session: AsyncSession) -> None:
    """Today is a day to come; a draft that waited too long is changed before its estimate is asked for."""
    p = await make_parties(session)
    with pytest.raises(Refusal, match="has passed") as refused:
        await make_draft(session, p, due_on=date(2026, 11, 23))
    assert refused.value.errors[0].path == ("content", "due_on")
    order = await make_draft(session, p, due_on=date(2026, 11, 24))
    tomorrow = NOW + timedelta(days=1)
    with pytest.raises(Refusal, match="has passed"):
        await estimate_verbs.request_estimate(session, p.contact, order_id=order.id, now=tomorrow)
    assert order.state is OrderState.DRAFT
    await estimate_verbs.request_estimate(session, p.contact, order_id=order.id, now=NOW)


@pytest.mark.rule("D3-a")
async def test_work_is_not_asked_for_by_a_day_after_the_agreement(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_draft(session, p, due_on=date(2027, 1, 1))
    asked = {"order_id": order.id, "now": NOW}
    with pytest.raises(Refusal, match="options end") as refused:
        await estimate_verbs.request_estimate(session, p.contact, **asked)
    assert (refused.value.errors[0].path, order.state) == (("due_on",), OrderState.DRAFT)
    p.agreement.option_until = date(2027, 6, 30)
    await estimate_verbs.request_estimate(session, p.contact, **asked)
    await estimate(session, p, order)
    p.agreement.option_until = None
    await estimate_verbs.request_estimate(session, p.contact, **asked, due_on=date(2026, 12, 31))
    assert order.due_on == date(2026, 12, 31)


@pytest.mark.rule("H11.9-b")
async def test_a_fixed_price_has_parts_or_a_monthly_fee_and_drops_neither_unsaid(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_requested(session, p, pricing=Pricing.FIXED)
    fee = MonthlyFee(amount=Decimal("900.00"), first_month=date(2026, 12, 1), months=3)
    both = replace(option(p, parts=(Part("All", Decimal("100.00")),)), monthly=fee)
    with pytest.raises(Refusal, match="not both") as refused:
        await estimate(session, p, order, both)
    assert refused.value.errors[0].path == ("options", 0, "monthly", "amount")


async def test_parts_of_a_fixed_price_are_estimated_and_ordered_by_days_that_have_not_passed(
    session: AsyncSession,
) -> None:
    p, today = await make_parties(session), helsinki_date(NOW)

    def parts(due_on: date) -> Option:
        return option(p, parts=(Part("Design", Decimal("2000.00")), Part("Build", Decimal("3000.00"), due_on)))

    order = await make_requested(session, p, pricing=Pricing.FIXED)
    with pytest.raises(Refusal, match="has passed") as refused:
        await estimate(session, p, order, parts(today - timedelta(days=1)))
    assert refused.value.errors[0].path == ("options", 0, "parts", 1, "due_on")
    await estimate(session, p, order, parts(today))
    with pytest.raises(Refusal, match="ask for a new estimate") as late:
        await place(session, p, order, now=NOW + timedelta(days=1))
    assert (late.value.errors[0].path, order.number) == (("option_id",), None)
    assert (await place(session, p, order)).number is not None


async def test_an_estimate_that_its_writer_has_not_seen_is_not_replaced(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_estimated(session, p, ASSIGNMENT)
    for seen in (0, 2):
        with pytest.raises(Refusal, match="given an estimate meanwhile") as refused:
            await estimate(session, p, order, option(p, SMALL), after_ordinal=seen)
        assert refused.value.code is Code.VERSION_CONFLICT
    assert order.size_class is SizeClass.ASSIGNMENT
    await estimate(session, p, order, option(p, SMALL), after_ordinal=1)
    assert order.size_class is SizeClass.SMALL


@pytest.mark.rule("H11.3.1-a")
async def test_a_late_estimate_is_marked_and_found_as_is_one_that_has_not_come(session: AsyncSession) -> None:
    p = await make_parties(session)
    in_time, late, missing, waiting = [await make_requested(session, p) for _ in range(4)]
    await estimate(session, p, in_time)
    given = await estimate(session, p, late, now=datetime(2026, 12, 2, 8, 0, tzinfo=UTC))
    passed = sa.update(Deadline).where(Deadline.about_id == missing.id).values(breached_at=NOW)
    await session.execute(passed)
    assert given.is_late
    found = await session.scalars(sa.select(Order.id).where(is_estimate_late(Order.__table__.c)).order_by(Order.id))
    assert found.all() == [late.id, missing.id]
    assert waiting.estimate_due_at and waiting.estimate_due_at > NOW


@pytest.mark.rule("H11.3.1-a")
async def test_an_estimate_is_asked_for_anew_and_its_clock_starts_again(session: AsyncSession) -> None:
    """What a day that has passed refuses to be ordered; the former estimate stays, and cannot be chosen any more."""
    p, today = await make_parties(session), helsinki_date(NOW)
    order = await make_requested(session, p, pricing=Pricing.FIXED, due_on=today)
    former = await estimate(session, p, order, option(p, parts=(Part("Build", Decimal("3000.00"), today),)))
    chosen, later = await first_option(session, order), NOW + timedelta(days=1)
    with pytest.raises(Refusal, match="has passed"):
        await estimate_verbs.request_estimate(session, p.contact, order_id=order.id, now=later)
    due_on = today + timedelta(days=30)
    await estimate_verbs.request_estimate(session, p.contact, order_id=order.id, due_on=due_on, now=later)
    assert (order.state, order.requested_at, order.due_on) == (OrderState.REQUESTED, later, due_on)
    with pytest.raises(Refusal) as refused:
        await place_order(session, p.contact, order_id=order.id, option_id=chosen.id, now=later)
    assert refused.value.code is Code.WRONG_STATE
    clocks = await session.scalars(sa.select(Deadline).where(Deadline.about_id == order.id).order_by(Deadline.id))
    assert [(clock.started_at, clock.met_at) for clock in clocks] == [(NOW, NOW), (later, None)]
    assert order.estimate_due_at is not None
    parts = (Part("Build", Decimal("2500.00"), due_on),)
    given = await estimate(session, p, order, option(p, parts=parts), now=order.estimate_due_at + timedelta(days=1))
    again = await estimate(session, p, order, option(p, parts=parts), now=order.estimate_due_at + timedelta(days=2))
    assert [former.is_late, given.is_late, again.is_late] == [False, True, False]
    assert [each.ordinal for each in (former, given, again)] == [1, 2, 3]
    assert (await place(session, p, order, now=later)).number is not None


@pytest.mark.rule("H11.8.1-g")
async def test_an_estimate_has_alternatives_or_the_statement_that_none_better_is_known(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_requested(session, p)
    with pytest.raises(Refusal, match="alternative"):
        await estimate_verbs.give_estimate(session, p.supplier_manager, order_id=order.id, options=[option(p)], now=NOW)
    both = [option(p), option(p, SMALL - 900, title="With the existing form")]
    await estimate_verbs.give_estimate(session, p.supplier_manager, order_id=order.id, options=both, now=NOW)
    assert order.state is OrderState.ESTIMATED


@pytest.mark.rule("D0-c")
async def test_an_option_is_priced_by_price_group_at_the_price_of_the_day(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_requested(session, p)
    rows = (Row(price_group_id=p.senior.id, minutes=900), Row(price_group_id=p.architect.id, minutes=450))
    given = await estimate(session, p, order, Option(title="As asked", rows=rows))
    chosen = (await session.scalars(sa.select(EstimateOption).where(EstimateOption.estimate_id == given.id))).one()
    assert (chosen.minutes, chosen.euros) == (1_350, Decimal("2550.00"))
    priced = await session.scalars(
        sa.select(EstimateRow).where(EstimateRow.option_id == chosen.id).order_by(EstimateRow.id)
    )
    assert [(row.unit_price, row.amount) for row in priced.all()] == [
        (Decimal("100.000000"), Decimal("1500.00")),
        (Decimal("140.000000"), Decimal("1050.00")),
    ]


async def test_rows_of_another_agreement_without_a_price_or_twice_are_refused_at_their_place(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    order = await make_requested(session, p)
    foreign = await make_price_group(session, await make_agreement(session))
    unpriced = await make_price_group(session, p.agreement, "JUNIOR", None)
    rows = [
        Row(price_group_id=group, minutes=minutes)
        for group, minutes in (
            (p.senior.id, 60),
            (foreign.id, 60),
            (unpriced.id, 60),
            (p.senior.id, 60),
            (p.senior.id, 7),
        )
    ]
    with pytest.raises(Refusal) as refused:
        await estimate(session, p, order, Option(title="As asked", rows=rows))
    assert [error.path for error in refused.value.errors] == [
        ("options", 0, "rows", 1, "price_group_id"),
        ("options", 0, "rows", 2, "price_group_id"),
        ("options", 0, "rows", 3, "price_group_id"),
        ("options", 0, "rows", 4, "minutes"),
    ]


async def test_the_size_is_that_of_the_largest_option_and_a_newer_estimate_replaces_it(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_estimated(session, p, ASSIGNMENT)
    assert order.size_class is SizeClass.ASSIGNMENT
    again = await estimate(session, p, order, option(p, SMALL))
    assert again.ordinal == 2
    assert order.size_class is SizeClass.SMALL


async def test_tiera_gives_no_estimate_and_a_draft_gets_none(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_requested(session, p)
    with pytest.raises(Refusal, match="role"):
        await estimate_verbs.give_estimate(
            session, p.contact, order_id=order.id, options=[option(p)], none_better_statement="None.", now=NOW
        )
    draft = await make_draft(session, p)
    with pytest.raises(Refusal, match="not found"):
        await estimate(session, p, draft)
