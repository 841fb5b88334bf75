"""Ending work under way: what was done is booked in time and stays payable under the ceiling, the rest is free."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours.approval_verbs import approve_hours
from backend.hours.figures import is_bookable_on
from backend.hours.instruction_verbs import mark_against_instruction
from backend.hours.target_verbs import close_target
from backend.hours.verbs import correct_hours
from backend.kit.actor import SCHEDULE, Channel
from backend.kit.calendar import helsinki_date
from backend.kit.deadlines import Deadline
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.ledger.model import Account
from backend.orders import delivery_verbs, overrun_verbs, revision_verbs
from backend.orders.model import SUMS, TOTAL, WORK, Milestone, Order
from backend.orders.overrun_model import Revision
from backend.orders.placing_verbs import end_order_early
from backend.orders.rules import Part
from backend.orders.settling_verbs import settle_ended_order
from backend.orders.states import MilestoneState, OrderState, RevisionState
from tests.hours.making import book as book_hours
from tests.hours.making import decide_overrun, make_work
from tests.making import NOW, ordering_contact
from tests.notices.making import tell, told
from tests.orders.making import (
    SMALL,
    Parties,
    book,
    forecast,
    make_order_awaiting_overrun_decision,
    make_order_in_progress,
    make_parties,
)
from tests.orders.test_revisions import change


async def account(session: AsyncSession, purpose: str) -> Account:
    return (await session.scalars(sa.select(Account).where(Account.purpose == purpose))).one()


async def end(session: AsyncSession, p: Parties, order: Order, reason: str = "The register is replaced.") -> Order:
    return await end_order_early(session, p.contact, order_id=order.id, reason=reason, now=NOW)


async def settle(session: AsyncSession, days: int = 2) -> None:
    """The night's turn, so many days after the end."""
    while await settle_ended_order(session, SCHEDULE, now=NOW + timedelta(days=days)) is not None:
        await session.flush()


@pytest.mark.rule("H11.9-b")
@pytest.mark.rule("D3-a")
async def test_what_was_booked_stays_bound_and_the_rest_is_free(session: AsyncSession) -> None:
    p = await make_parties(session, greatest_total=Decimal(10_000))
    order = await make_order_in_progress(session, p, due_on=date(2026, 12, 18))
    await book(session, p, order, 600)
    await forecast(session, p, order, 900)
    revision = await revision_verbs.propose_revision(
        session, p.supplier_manager, order_id=order.id, change=change(order, title="Other"), reason="Asked.", now=NOW
    )
    await end(session, p, order)
    work, total = await account(session, WORK), await account(session, TOTAL)
    for days in (0, 1):  # hours of that day are on time until then: typed on it, imported on the next business day
        await settle(session, days)
        assert (work.granted, work.closes_on, order.books_until) == (SMALL, date(2026, 11, 24), date(2026, 11, 25))
        assert (order.committed_euros, total.booked) == (Decimal("6750.00"), 675_000)
    for days in (2, 3):
        await settle(session, days)
        assert (work.granted, work.booked, order.books_until) == (600, 600, None)
    settled = (await session.scalars(sa.select(Event).where(Event.name == "order.settled"))).one()
    assert settled.figures["ceiling_minutes"] == 600
    assert order.forecast_minutes == 600
    assert (order.state, order.committed_euros, total.booked) == (OrderState.CANCELLED, Decimal("1000.00"), 100_000)
    assert (await session.get_one(Revision, revision.id)).state is RevisionState.WITHDRAWN
    clocks = await session.scalars(sa.select(Deadline).where(Deadline.about_id == order.id, Deadline.met_at.is_(None)))
    assert [clock.dropped_at for clock in clocks] == [NOW]
    await make_order_in_progress(session, p)  # which would not fit beside the first


@pytest.mark.rule("H11.8.3-d")
async def test_what_was_booked_above_the_ceiling_is_not_bound_by_ending(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p, 1_200)
    await book(session, p, order, 1_500)
    await end(session, p, order)
    await settle(session)
    assert (await account(session, WORK)).granted == 1_200
    assert order.committed_euros == Decimal("2000.00")
    await session.refresh(order)
    assert order.is_on_hold is False


@pytest.mark.rule("H11.7.3-d")
async def test_hours_up_to_the_end_are_booked_while_those_of_its_day_are_on_time(session: AsyncSession) -> None:
    work = await make_work(session, ordered_minutes=600, ordered_euros=Decimal("1000.00"))
    contact = await ordering_contact(session)
    today, tomorrow, after = helsinki_date(NOW), NOW + timedelta(days=1), NOW + timedelta(days=2)
    await end_order_early(session, contact, order_id=work.order.id, reason="Ei tarvita.", now=NOW)
    typed = await book_hours(session, work, 120, day=today)
    importing = replace(work.expert, channel=Channel.IMPORT)
    imported = await book_hours(session, work, 60, day=today, description="Tarkistukset", now=tomorrow, by=importing)
    late = await book_hours(session, work, 60, day=today, description="Virheilmoitukset", now=tomorrow)
    assert [each.is_late for each in (typed, imported, late)] == [False, False, True]
    with pytest.raises(Refusal, match="was closed on"):
        await book_hours(session, work, day=helsinki_date(tomorrow), now=tomorrow)
    open_on = sa.select(is_bookable_on(Account, today)).where(Account.id == work.target.id)
    assert await session.scalar(open_on) is True
    its = (is_bookable_on(Account, helsinki_date(tomorrow), *since) for since in ((), (today,)))
    offered = (await session.execute(sa.select(*its).where(Account.id == work.target.id))).one()
    assert tuple(offered) == (False, True), "whoever chooses a target tomorrow finds it for the days before"
    await close_target(session, work.manager, work.target.id, now=tomorrow)
    assert work.target.closes_on == today, "closing never opens a day"
    with pytest.raises(Refusal, match="cannot be booked on this order"):
        await book_hours(session, work, day=today, now=after)
    await settle(session)
    assert await session.scalar(open_on) is False
    assert (work.target.booked, work.target.granted, work.order.committed_euros) == (240, 240, Decimal("400.00"))
    names = set(await session.scalars(sa.select(Event.name)))
    assert not names & {"order.warned", "order.forecast_passed"}, "nothing remains to be forecast"


@pytest.mark.rule("H11.7.3-a")
async def test_days_that_were_closed_before_the_end_stay_closed(session: AsyncSession) -> None:
    work = await make_work(session, ordered_minutes=600, ordered_euros=Decimal("1000.00"))
    await close_target(session, work.manager, work.target.id, now=NOW)
    later = NOW + timedelta(days=1)
    await end_order_early(
        session, await ordering_contact(session), order_id=work.order.id, reason="Ei tarvita.", now=later
    )
    with pytest.raises(Refusal, match="was closed on"):
        await book_hours(session, work, day=helsinki_date(later), now=later)


@pytest.mark.rule("D3-a")
async def test_what_is_taken_off_after_the_end_is_bound_no_more(session: AsyncSession) -> None:
    work = await make_work(session, ordered_minutes=600, ordered_euros=Decimal("1000.00"))
    entries = [await book_hours(session, work, 120, description=f"Lomakkeen osa {n}") for n in (1, 2, 3)]
    contact, later = await ordering_contact(session), NOW + timedelta(days=3)
    await end_order_early(session, contact, order_id=work.order.id, reason="Ei tarvita.", now=NOW)
    await settle(session)
    await approve_hours(session, work.manager, entry_ids=[entries[2].id], now=later)

    async def bound() -> tuple[int | None, Decimal | None, int]:
        total = await account(session, TOTAL)
        await session.refresh(total)
        return work.target.granted, work.order.committed_euros, total.booked

    assert await bound() == (360, Decimal("600.00"), 60_000)
    await correct_hours(session, work.expert, entries[0].id, 60, now=later)
    assert await bound() == (300, Decimal("500.00"), 50_000)
    await mark_against_instruction(session, work.manager, entries[1].id, 45, "Ohjeen vastaista.", now=later)
    assert await bound() == (255, Decimal("425.00"), 42_500)
    await correct_hours(session, work.expert, entries[1].id, 0, now=later)
    assert await bound() == (180, Decimal("300.00"), 30_000)


@pytest.mark.rule("H11.9-b")
async def test_hours_booked_by_then_are_approved_as_after_an_acceptance(session: AsyncSession) -> None:
    work = await make_work(session, ordered_minutes=600, ordered_euros=Decimal("1000.00"))
    entry = await book_hours(session, work, 120)
    contact = await ordering_contact(session)
    await end_order_early(session, contact, order_id=work.order.id, reason="Ei tarvita.", now=NOW)
    await settle(session)
    with pytest.raises(Refusal, match="cannot be booked"):
        await book_hours(
            session, work, 60, description="Lomakkeen tarkistukset ja virheet", now=NOW + timedelta(days=2)
        )
    await approve_hours(session, work.manager, entry_ids=[entry.id], now=NOW)
    await session.refresh(work.target)
    assert (work.target.granted, work.target.approved) == (120, 120)


@pytest.mark.rule("H11.8.3-d")
async def test_work_that_a_decision_does_not_cover_is_not_bound_by_ending(session: AsyncSession) -> None:
    work = await make_work(session, 60, ordered_minutes=60, ordered_euros=Decimal("100.00"))
    before = [await book_hours(session, work, 60, description=f"Lomakkeen osa {n}") for n in (1, 2)]
    await decide_overrun(session, work, 120, covers=False, at=NOW)
    later = NOW + timedelta(hours=1)
    after = await book_hours(
        session, work, 30, description="Lomakkeen osa luvan jälkeen", day=helsinki_date(later), now=later
    )
    contact = await ordering_contact(session)
    await end_order_early(session, contact, order_id=work.order.id, reason="Ei tarvita.", now=later)
    await settle(session)
    approval = await approve_hours(session, work.manager, entry_ids=[each.id for each in (*before, after)], now=later)
    assert (approval.minutes, work.order.committed_euros) == (90, Decimal("150.00"))


@pytest.mark.rule("H11.9-b")
async def test_accepted_parts_stay_payable_and_what_was_delivered_is_decided_first(session: AsyncSession) -> None:
    p = await make_parties(session)
    parts = (Part("Design", Decimal("2000.00")), Part("Build", Decimal("3000.00")))
    order = await make_order_in_progress(session, p, parts=parts)
    design, build = await session.scalars(sa.select(Milestone).order_by(Milestone.position))
    await delivery_verbs.deliver_milestone(session, p.supplier_manager, milestone_id=design.id, now=NOW)
    with pytest.raises(Refusal, match="parts that were delivered"):
        await end(session, p, order)
    await delivery_verbs.accept_milestone(session, p.tiera_manager, milestone_id=design.id, now=NOW)
    await end(session, p, order)
    sums, total = await account(session, SUMS), await account(session, TOTAL)
    assert (sums.granted, sums.approved, total.booked) == (200_000, 200_000, 200_000)
    assert build.state is MilestoneState.OPEN
    with pytest.raises(Refusal) as refused:
        await delivery_verbs.deliver_milestone(session, p.supplier_manager, milestone_id=build.id, now=NOW)
    assert refused.value.code is Code.WRONG_STATE


@pytest.mark.rule("H11.8.3-d")
async def test_a_request_to_go_on_is_decided_and_a_reason_given_first(session: AsyncSession) -> None:
    p = await make_parties(session)
    overrun = await make_order_awaiting_overrun_decision(session, p, SMALL)
    order = await session.get_one(Order, overrun.order_id)
    with pytest.raises(Refusal, match="go on first"):
        await end(session, p, order)
    await overrun_verbs.withdraw_overrun(session, p.supplier_manager, overrun_id=overrun.id, now=NOW)
    with pytest.raises(Refusal) as refused:
        await end(session, p, order, " ")
    assert refused.value.code is Code.REQUIRED


@pytest.mark.rule("D0-b")
async def test_the_end_is_on_record_and_both_sides_are_told(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    other = await ordering_contact(session)
    await end_order_early(session, other, order_id=order.id, reason="Not needed.", now=NOW)
    await tell(session)
    ended = (await session.scalars(sa.select(Event).where(Event.name == "order.ended_early"))).one()
    assert (ended.from_state, ended.to_state) == (OrderState.IN_PROGRESS, OrderState.CANCELLED)
    assert await told(session, ended) == sorted([p.contact.person_id or 0, p.supplier_manager.person_id or 0])
