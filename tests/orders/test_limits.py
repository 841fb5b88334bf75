"""What an ordering right and an agreement allow bounds each order (11.8.1, 3)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.calendar import Month
from backend.kit.events import Event
from backend.kit.faults import Refusal
from backend.ledger.model import Account
from backend.orders import draft_verbs, estimate_verbs, placing_verbs
from backend.orders.rules import monthly_parts
from backend.orders.states import PaperKind
from backend.parties.states import RightState
from backend.rulebook.sizes import SizeClass
from tests.making import NOW, make_agreement, make_organisation, make_person, make_right, make_service, ordering_contact
from tests.orders.making import (
    ASSIGNMENT,
    SMALL,
    attach,
    content,
    first_option,
    make_estimated,
    make_ordered,
    make_parties,
    place,
)
from tests.orders.test_placing import account, nothing_happened


@pytest.mark.rule("D0-c")
@pytest.mark.rule("H11.8.1-b")
async def test_the_years_of_numbers_and_of_a_rights_euros_turn_in_helsinki(session: AsyncSession) -> None:
    """22.00 UTC on New Year's Eve is midnight here: the limit of a year is whole again, and numbers begin anew."""
    p = await make_parties(session, most_euros_a_year=Decimal(7_000))
    p.agreement.valid = p.right.valid = Range(date(2026, 1, 1), date(2028, 1, 1))
    last, too_much, first = [await make_estimated(session, p) for _ in range(3)]
    before = datetime(2026, 12, 31, 21, 59, 59, tzinfo=UTC)
    await place(session, p, last, now=before)
    with pytest.raises(Refusal, match="limit of a year"):
        await place(session, p, too_much, now=before)
    await place(session, p, first, now=datetime(2026, 12, 31, 22, 0, tzinfo=UTC))
    assert (last.number, first.number) == ("TIL-2026-00001", "TIL-2027-00001")
    years = sa.select(Account.purpose, Account.booked).where(Account.about_kind == "OrderingRight")
    assert dict(list((await session.execute(years)).all())) == {"year:2026": 675_000, "year:2027": 675_000}


@pytest.mark.rule("H11.8.1-a")
@pytest.mark.parametrize("state", [RightState.PROPOSED, RightState.ENDED, None])
async def test_an_order_of_somebody_who_is_not_named_in_writing_is_refused(
    session: AsyncSession, state: RightState | None
) -> None:
    p = await make_parties(session)
    p.right.state = state or RightState.IN_FORCE
    if state is None:
        p.right.valid = Range(date(2026, 1, 1), date(2026, 11, 24))  # until yesterday
    order = await make_estimated(session, p)
    with pytest.raises(Refusal) as refused:
        await place(session, p, order)
    assert [error.rule for error in refused.value.errors] == ["H11.8.1-a"]
    assert await nothing_happened(session, order)


@pytest.mark.rule("H11.8.1-b")
@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"most_minutes": SMALL - 15}, "effort"),
        ({"most_euros": Decimal("6749.99")}, "price"),
        ({"most_euros_a_year": Decimal("6749.99")}, "limit of a year"),
        ({"for_organisation_ids": []}, "orders for all"),
    ],
)
async def test_an_order_outside_the_right_is_refused_with_the_limit_it_broke(
    session: AsyncSession, limits: dict[str, object], words: str
) -> None:
    p = await make_parties(session, **limits)
    order = await make_estimated(session, p)
    with pytest.raises(Refusal, match=words) as refused:
        await place(session, p, order)
    assert refused.value.errors[0].rule == "H11.8.1-b"
    assert (refused.value.errors[0].limit is None) is ("for_organisation_ids" in limits)
    assert await nothing_happened(session, order)


@pytest.mark.rule("H11.8.1-b")
async def test_a_right_for_another_supplier_agreement_or_a_smaller_class_does_not_do(session: AsyncSession) -> None:
    for limits in (
        {"supplier": await make_organisation(session)},
        {"agreement": await make_agreement(session)},
        {"largest_class": SizeClass.SMALL},
    ):
        p = await make_parties(session, **limits)
        order = await make_estimated(session, p, ASSIGNMENT)
        await attach(session, p.contact, order, PaperKind.FORM)
        with pytest.raises(Refusal) as refused:
            await place(session, p, order)
        assert refused.value.errors[0].rule == "H11.8.1-b"


@pytest.mark.rule("H11.8.1-b")
async def test_a_rights_year_is_counted_over_its_orders_and_a_cancelled_one_frees_it(session: AsyncSession) -> None:
    p = await make_parties(session, most_euros_a_year=Decimal(10_000))
    first = await make_ordered(session, p)
    second = await make_estimated(session, p)
    with pytest.raises(Refusal, match="limit of a year"):
        await place(session, p, second)
    await placing_verbs.cancel_order(session, p.contact, order_id=first.id, reason="Not needed now.", now=NOW)
    await place(session, p, second)
    year = await account(session, p.right, "year:2026")
    assert year is not None
    assert year.booked == 675_000
    assert first.committed_euros == 0


@pytest.mark.rule("H11.8.1-b")
async def test_the_right_that_covers_the_order_is_used_where_a_person_has_several(session: AsyncSession) -> None:
    p = await make_parties(session, most_minutes=60)
    wide = await make_right(session, p.right.person_id)
    order = await make_ordered(session, p)
    assert order.ordering_right_id == wide.id


@pytest.mark.rule("D3-a")
async def test_an_order_that_passes_the_agreements_total_or_dates_is_refused(session: AsyncSession) -> None:
    p = await make_parties(session, greatest_total=Decimal(10_000))
    await make_ordered(session, p)
    second = await make_estimated(session, p)
    with pytest.raises(Refusal, match="greatest total"):
        await place(session, p, second)
    assert await nothing_happened(session, second)
    q = await make_parties(session)
    q.agreement.option_until = date(2027, 12, 31)
    late = await make_estimated(session, q, due_on=date(2027, 1, 1))
    q.agreement.option_until = None
    with pytest.raises(Refusal, match="options end") as refused:
        await place(session, q, late)
    assert refused.value.errors[0].path == ("due_on",)
    chosen = await first_option(session, late)
    await placing_verbs.place_order(
        session, q.contact, order_id=late.id, option_id=chosen.id, due_on=date(2026, 12, 31), now=NOW
    )
    assert late.due_on == date(2026, 12, 31), "what cannot stay is given anew"


@pytest.mark.rule("D3-a")
async def test_a_part_of_a_fixed_price_is_due_within_the_agreement_too(session: AsyncSession) -> None:
    """A monthly fee has no day of its own: its last month counts."""
    p = await make_parties(session)
    fee = tuple(monthly_parts("Upkeep", Decimal("500.00"), Month(2026, 12), 2))
    order = await make_estimated(session, p, parts=fee)
    with pytest.raises(Refusal, match="due after the agreement and its options end") as refused:
        await place(session, p, order)
    (error,) = refused.value.errors
    assert error.path == ("option_id",), "no other day of the order mends it"
    assert await nothing_happened(session, order)
    p.agreement.option_until = date(2027, 1, 31)
    await place(session, p, order)


@pytest.mark.rule("D3-a")
async def test_seventy_and_ninety_per_cent_of_the_agreements_total_are_told_once(session: AsyncSession) -> None:
    p = await make_parties(session, greatest_total=Decimal(22_000))
    for _ in range(3):
        await make_ordered(session, p)
    told = await session.scalars(
        sa.select(Event.figures["percent"].astext)
        .where(Event.name == "agreement.total_reached", Event.subject_id == p.agreement.id)
        .order_by(Event.id)
    )
    assert [Decimal(percent) for percent in told.all()] == [70, 90]


@pytest.mark.rule("D2.1-c")
@pytest.mark.rule("H11.8.1-b")
async def test_a_contact_of_a_customer_reads_the_limit_of_their_right_and_no_hours_nor_the_agreements_total(
    session: AsyncSession,
) -> None:
    for most, greatest, said in (
        ({"most_minutes": 180}, None, ("H11.8.1-b", "3\u00a0h", None)),
        ({}, Decimal(1), ("D3-a", None, None)),
    ):
        p = await make_parties(session, greatest_total=greatest)
        at_customer = await make_right(session, await make_person(session), p.customer, **most)
        contact = await ordering_contact(session, at_customer)
        order = await make_estimated(session, p, customer_id=p.customer.id)
        chosen = await first_option(session, order)
        with pytest.raises(Refusal) as refused:
            await placing_verbs.place_order(session, contact, order_id=order.id, option_id=chosen.id, now=NOW)
        (error,) = refused.value.errors
        assert (error.rule, error.limit and str(error.limit), error.actual) == said


@pytest.mark.rule("D2.1-c", "D3-a")
async def test_a_contact_of_a_customer_does_not_read_the_last_day_of_an_agreement(session: AsyncSession) -> None:
    p = await make_parties(session)
    contact = await ordering_contact(session, await make_right(session, await make_person(session), p.customer))
    p.agreement.option_until = date(2027, 12, 31)
    estimated = await make_estimated(session, p, customer_id=p.customer.id, due_on=date(2027, 1, 1))
    p.agreement.option_until = None
    chosen = await first_option(session, estimated)
    service = await make_service(session, p.agreement)
    asked = content(customer_id=p.customer.id, service_id=service.id, due_on=date(2027, 1, 1))
    draft = await draft_verbs.create_order(session, contact, content=asked, now=NOW)
    for acting in (
        placing_verbs.place_order(session, contact, order_id=estimated.id, option_id=chosen.id, now=NOW),
        estimate_verbs.request_estimate(session, contact, order_id=draft.id, now=NOW),
    ):
        with pytest.raises(Refusal, match="options end") as refused:
            await acting
        (error,) = refused.value.errors
        assert (error.rule, error.path, error.limit, error.actual) == ("D3-a", ("due_on",), None, None)
