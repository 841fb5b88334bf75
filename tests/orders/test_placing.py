"""Placing an order: within the naming, its limits, the agreement and the duties of the order's size."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.complaints import verbs as complaints
from backend.kit.calendar import helsinki_date
from backend.kit.deadlines import Deadline
from backend.kit.faults import Code, Refusal
from backend.ledger.model import Account
from backend.orders import draft_verbs, placing_verbs, queries, rules
from backend.orders.model import SUMS, WORK, Milestone, Order
from backend.orders.rules import Part
from backend.orders.states import OrderState, PaperKind
from backend.rulebook.sizes import SizeClass
from backend.tickets import reporting_verbs
from tests.making import NOW, make_organisation, make_person, make_right, ordering_contact
from tests.orders.making import (
    ASSIGNMENT,
    PROJECT,
    SMALL,
    attach,
    estimate,
    first_option,
    make_draft,
    make_estimated,
    make_ordered,
    make_parties,
    option,
    place,
)


async def account(session: AsyncSession, about: object, purpose: str) -> Account | None:
    kind, key = type(about).__name__, getattr(about, "id", None)
    wanted = sa.select(Account).where(Account.about_kind == kind, Account.about_id == key, Account.purpose == purpose)
    return (await session.scalars(wanted.execution_options(populate_existing=True))).one_or_none()


async def nothing_happened(session: AsyncSession, order: Order) -> bool:
    """The order stands where it stood, without number or account."""
    return order.number is None and order.ordered_at is None and await account(session, order, WORK) is None


@pytest.mark.rule("H11.8.1-a")
@pytest.mark.rule("H11.8.3-a")
async def test_a_named_contact_orders_and_what_was_estimated_is_the_ceiling(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_ordered(session, p)
    work = await account(session, order, WORK)
    assert order.state is OrderState.ORDERED
    assert order.number is not None
    assert order.number.startswith("TIL-2026-")
    assert (order.ordered_by_id, order.ordering_right_id) == (p.contact.person_id, p.right.id)
    assert (order.ordered_minutes, order.ordered_euros, order.committed_euros) == (SMALL, Decimal(6750), Decimal(6750))
    assert work is not None
    assert (work.granted, work.booked, work.holder_id, work.title) == (SMALL, 0, p.supplier.id, order.title)
    assert work.opens_on is None  # nobody books before the work starts


@pytest.mark.rule("H11.8.2-c")
async def test_an_assignment_is_not_ordered_without_form_goal_and_limits(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_estimated(session, p, ASSIGNMENT, goal=None)
    with pytest.raises(Refusal) as refused:
        await place(session, p, order)
    assert {error.rule for error in refused.value.errors} == {"H11.8.2-c"}
    assert await nothing_happened(session, order)


@pytest.mark.rule("H11.8.2-c")
async def test_what_a_small_request_left_open_is_given_when_its_estimate_is_larger(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_estimated(session, p, ASSIGNMENT, goal=None, limits=None)
    await attach(session, p.contact, order, PaperKind.FORM)
    specify = partial(draft_verbs.specify_order, session, p.contact, order_id=order.id, now=NOW)
    with pytest.raises(Refusal, match="is needed"):
        await specify(goal="  ")
    await specify(goal="No enrolment is typed twice.")
    with pytest.raises(Refusal, match="needs limits"):
        await place(session, p, order)
    with pytest.raises(Refusal, match="has read this"):
        await specify(goal="Enrolments are typed once.", limits="The register itself is not changed.")
    assert order.limits is None, "nothing is half stored"
    await specify(goal="No enrolment is typed twice.", limits="The register itself is not changed.")
    with pytest.raises(Refusal, match="Nothing"):
        await specify(limits="The register itself is not changed.")
    assert (await place(session, p, order)).state is OrderState.ORDERED
    with pytest.raises(Refusal) as refused:
        await specify(limits="Nothing else.")
    assert refused.value.code is Code.WRONG_STATE, "ordered work is changed by a proposal"


@pytest.mark.rule("H11.8.2-a")
async def test_a_raised_class_brings_the_duties_of_the_larger_one(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_estimated(session, p)
    order.raised_class = SizeClass.ASSIGNMENT
    with pytest.raises(Refusal, match="form"):
        await place(session, p, order)
    await attach(session, p.contact, order, PaperKind.FORM)
    await place(session, p, order)
    assert order.size_class is SizeClass.SMALL  # what the estimate says stays on record


async def test_a_project_is_ordered_with_goal_and_limits_its_papers_come_before_the_start(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    order = await make_estimated(session, p, PROJECT)
    await place(session, p, order)
    assert order.state is OrderState.ORDERED


@pytest.mark.rule("H11.8.1-g")
async def test_only_an_option_of_the_newest_estimate_is_chosen_and_it_is_on_record(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_estimated(session, p)
    old = await first_option(session, order)
    await estimate(session, p, order, option(p, SMALL - 900))
    with pytest.raises(Refusal, match="newer estimate"):
        await placing_verbs.place_order(session, p.contact, order_id=order.id, option_id=old.id, now=NOW)
    another = await first_option(session, await make_estimated(session, p))
    with pytest.raises(Refusal, match="not found"):
        await placing_verbs.place_order(session, p.contact, order_id=order.id, option_id=another.id, now=NOW)
    await place(session, p, order)
    assert order.chosen_option_id != old.id
    assert order.ordered_minutes == SMALL - 900


@pytest.mark.rule("H11.8.2-b")
async def test_a_small_order_is_placed_at_once_where_the_term_says_so_with_the_contacts_ceiling(
    session: AsyncSession,
) -> None:
    p = await make_parties(session, terms={"small_order_needs_estimate": False})
    order = await make_draft(session, p)
    await placing_verbs.order_at_once(session, p.contact, order_id=order.id, ceiling_minutes=600, now=NOW)
    assert order.ordered_euros == Decimal("1400.00")  # at the dearest price agreed, for it is not known who works
    q = await make_parties(session)
    refused = await make_draft(session, q)
    with pytest.raises(Refusal, match="estimated before"):
        await placing_verbs.order_at_once(session, q.contact, order_id=refused.id, ceiling_minutes=600, now=NOW)


@pytest.mark.rule("H11.9-b")
async def test_a_fixed_price_becomes_milestones_and_its_hours_are_never_billed(session: AsyncSession) -> None:
    p = await make_parties(session)
    parts = (Part("Design", Decimal("2000.00")), Part("Build", Decimal("3000.50"), date(2026, 12, 31)))
    order = await make_ordered(session, p, parts=parts)
    work, sums = await account(session, order, WORK), await account(session, order, SUMS)
    assert work is not None
    assert sums is not None
    assert (work.billable, sums.granted, order.ordered_euros) == (False, 500_050, Decimal("5000.50"))
    made = await session.scalars(
        sa.select(Milestone).where(Milestone.order_id == order.id).order_by(Milestone.position)
    )
    assert [part.title for part in made.all()] == ["Design", "Build"]


@pytest.mark.rule("D0-f")
async def test_who_estimated_for_the_supplier_does_not_order_by_it_for_tiera(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_estimated(session, p)
    chosen = await first_option(session, order)
    on_both_sides = replace(p.contact, person_id=p.supplier_manager.person_id)
    with pytest.raises(Refusal, match="estimate or a delivery of their own"):
        await placing_verbs.place_order(session, on_both_sides, order_id=order.id, option_id=chosen.id, now=NOW)
    assert order.state is OrderState.ESTIMATED


@pytest.mark.rule("H11.8.1-f")
@pytest.mark.rule("H11.8.3-a")
async def test_an_order_has_two_identifiers_unique_for_ever_and_both_find_it(session: AsyncSession) -> None:
    p = await make_parties(session)
    first, second = await make_ordered(session, p), await make_ordered(session, p)
    await placing_verbs.confirm_order(
        session, p.supplier_manager, order_id=first.id, supplier_number="A-77", description="Nightly transfer", now=NOW
    )
    assert (first.supplier_number, first.supplier_description) == ("A-77", "Nightly transfer")
    coming = "TIL-2026-00003"  # another order of Tiera's gets it next
    tieras = [(number, "given by Tiera") for number in (first.number, coming, "til-2031-1", "TIK-2026-1", "REK-26-1")]
    for taken, said in (("A-77", "unique for ever"), ("a-77", "unique for ever"), *tieras, ("A" * 71, "At most")):
        with pytest.raises(Refusal, match=said):
            await placing_verbs.confirm_order(
                session, p.supplier_manager, order_id=second.id, supplier_number=taken, now=NOW
            )
    await placing_verbs.confirm_order(session, p.supplier_manager, order_id=second.id, now=NOW)
    assert second.supplier_number == second.number
    for reference in ("A-77", str(first.number)):
        assert await queries.find_by_reference(session, p.supplier.id, reference) is first
    other = await make_organisation(session)
    assert await queries.find_by_reference(session, other.id, "A-77") is None
    with pytest.raises(Refusal, match="confirmed already"):
        await placing_verbs.confirm_order(session, p.supplier_manager, order_id=second.id, now=NOW)


def test_numbers_that_lines_of_invoices_refer_to_by_tieras_are_of_these_series() -> None:
    assert (placing_verbs.SERIES, reporting_verbs.SERIES, complaints.SERIES) == rules.TIERAS_SERIES


async def test_an_order_the_supplier_declines_frees_what_it_bound_and_its_account_closes(session: AsyncSession) -> None:
    p = await make_parties(session, greatest_total=Decimal(10_000))
    order = await make_ordered(session, p)
    with pytest.raises(Refusal) as refused:
        await placing_verbs.decline_order(session, p.supplier_manager, order_id=order.id, reason="", now=NOW)
    assert refused.value.code is Code.REQUIRED
    await placing_verbs.decline_order(session, p.supplier_manager, order_id=order.id, reason="No people.", now=NOW)
    total, work = await account(session, p.agreement, "total"), await account(session, order, WORK)
    assert total is not None
    assert work is not None
    assert (total.booked, work.granted, work.closes_on) == (0, 0, date(2026, 11, 24))
    await make_ordered(session, p)


@pytest.mark.rule("H11.8.3-b")
async def test_no_work_is_ordered_by_a_day_that_has_passed_and_another_is_given_in_its_place(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    order = await make_estimated(session, p, due_on=date(2026, 11, 26))
    chosen = await first_option(session, order)

    async def order_it(due_on: date | None, day: int) -> None:
        at = datetime(2026, 11, day, 8, 0, tzinfo=UTC)
        await placing_verbs.place_order(
            session, p.contact, order_id=order.id, option_id=chosen.id, due_on=due_on, now=at
        )

    for due_on, day, said in (
        (date(2026, 12, 18), 26, "read this already"),
        (None, 27, "has passed"),
        (date(2026, 11, 26), 27, "has passed"),
    ):
        with pytest.raises(Refusal, match=said) as refused:
            await order_it(due_on, day)
        assert refused.value.errors[0].path == ("due_on",)
    await order_it(date(2026, 12, 18), 27)
    assert order.due_on == date(2026, 12, 18)
    clock = await session.scalar(sa.select(Deadline.due_at).where(Deadline.kind == "order.delivery"))
    assert clock is not None and helsinki_date(clock) == date(2026, 12, 18)


async def test_a_delivery_has_its_deadline(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_ordered(session, p, due_on=date(2026, 12, 18))
    clock = await session.scalar(
        sa.select(Deadline).where(Deadline.about_id == order.id, Deadline.kind == "order.delivery")
    )
    assert clock is not None
    assert clock.due_at == datetime(2026, 12, 18, 21, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.rule("H11.8.1-i")
async def test_a_person_named_at_a_customer_orders_directly(session: AsyncSession) -> None:
    p = await make_parties(session)
    right = await make_right(session, await make_person(session), p.customer, for_organisation_ids=[p.customer.id])
    contact = await ordering_contact(session, right)
    order = await make_estimated(session, p, customer_id=p.customer.id)
    chosen = await first_option(session, order)
    await placing_verbs.place_order(session, contact, order_id=order.id, option_id=chosen.id, now=NOW)
    assert order.ordered_by_id == contact.person_id
