"""Work done against Tiera's instruction: its extra effort is the supplier's, and the split is on record (H11.8.1-h)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours.approval_verbs import approve_hours, return_hours
from backend.hours.figures import is_without_permission
from backend.hours.instruction_verbs import mark_against_instruction
from backend.hours.model import OwnCostTarget, TimeEntry
from backend.hours.states import OwnCost
from backend.hours.target_verbs import define_target, open_target
from backend.hours.verbs import correct_hours
from backend.kit.actor import SCHEDULE
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.kit.refs import Ref
from backend.ledger import verbs as ledger
from backend.ledger.model import Account
from backend.orders.placing_verbs import end_order_early
from backend.orders.settling_verbs import settle_ended_order
from backend.orders.states import OrderState
from tests.hours.making import book, decide_overrun, make_work
from tests.ledger import holding
from tests.making import NOW, TODAY, make_price_group, make_terms, ordering_contact, supplier_manager

LATER = NOW + timedelta(days=1)
WHY = "Tyyliopas kielsi oman kirjaston."
BOUND_AGAIN = {"minutes": 360, "ceiling_minutes": 600, "euros": "1000.00"}


async def told(session: AsyncSession, name: str) -> list[dict[str, Any]]:
    return list((await session.scalars(sa.select(Event.figures).where(Event.name == name).order_by(Event.id))).all())


async def refusal(act: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        await act
    return refused.value


@pytest.mark.rule("H11.8.1-h")
async def test_the_extra_effort_leaves_the_order_and_is_never_billed(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 120)
    extra = await mark_against_instruction(session, work.manager, entry.id, 45, WHY, now=NOW)
    assert (entry.minutes, extra.minutes, extra.split_from_id, extra.order_id) == (75, 45, entry.id, None)
    own = await session.get_one(Account, extra.account_id)
    assert (work.target.booked, own.booked, own.billable, own.rule) == (75, 45, False, "H11.8.1-h")
    await approve_hours(session, work.manager, [entry.id, extra.id], now=NOW)
    await holding.reserve(session, Ref("InvoiceLine", 1), await ledger.free_portions(session, own), 45, at=NOW)
    with pytest.raises(IntegrityError, match="own_cost_is_never_billed"):
        await holding.take(session, Ref("InvoiceLine", 1), key="take", at=NOW)


@pytest.mark.rule("H11.8.1-h")
async def test_the_split_is_on_record_with_its_reason(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 120)
    extra = await mark_against_instruction(session, work.manager, entry.id, 45, WHY, now=NOW)
    marked = sa.select(Event).where(Event.name == "time_entry.marked_against_instruction")
    event = (await session.scalars(marked)).one()
    assert (event.figures, event.within_id, event.rule) == ({"minutes": 45, "left": 75}, work.order.id, "H11.8.1-h")
    assert extra.instruction_reason == WHY
    assert await ledger.disagreements(session) == []


@pytest.mark.rule("H11.8.1-h")
async def test_the_step_of_the_split_is_a_term_of_the_agreement(session: AsyncSession) -> None:
    work = await make_work(session)
    await make_terms(session, work.agreement, {"booking_step_minutes": 6})
    entry = await book(session, work, 60)
    extra = await mark_against_instruction(session, work.manager, entry.id, 18, WHY, now=NOW)
    assert (entry.minutes, extra.minutes) == (42, 18)
    wrong = await refusal(mark_against_instruction(session, work.manager, entry.id, 15, WHY, now=NOW))
    assert "steps of 0,1" in str(wrong.errors[0].message)


async def test_a_whole_entry_can_be_marked(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 60)
    assert await mark_against_instruction(session, work.manager, entry.id, 60, WHY, now=NOW) is entry
    assert (entry.order_id, work.target.booked) == (None, 0)
    assert await ledger.disagreements(session) == []


async def test_it_needs_a_reason_a_whole_step_and_tiera(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 60)
    supplier = await supplier_manager(session, work.supplier)
    tries = [(work.manager, 15, " "), (work.manager, 10, WHY), (work.manager, 75, WHY), (supplier, 15, WHY)]
    codes = [
        (await refusal(mark_against_instruction(session, who, entry.id, minutes, why, now=NOW))).code
        for who, minutes, why in tries
    ]
    assert codes == [Code.REQUIRED, Code.BROKEN_RULE, Code.BROKEN_RULE, Code.NOT_PERMITTED]
    assert (entry.minutes, work.target.booked) == (60, 60)


async def test_what_is_approved_is_not_marked(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 60)
    await approve_hours(session, work.manager, [entry.id], now=NOW)
    marking = mark_against_instruction(session, work.manager, entry.id, 15, WHY, now=NOW)
    assert (await refusal(marking)).code is Code.WRONG_STATE


@pytest.mark.rule("H11.8.1-h")
async def test_what_is_marked_goes_back_to_the_order_only_after_tiera_has_returned_it(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 120)
    seen = entry.version
    extra = await mark_against_instruction(session, work.manager, entry.id, 120, WHY, now=NOW)
    assert extra.version > seen
    back = correct_hours(session, work.expert, extra.id, target_id=work.target.id, now=NOW)
    assert [(e.rule, e.path) for e in (await refusal(back)).errors] == [("H11.8.1-h", ("target_id",))]
    less = await correct_hours(session, work.expert, extra.id, minutes=90, now=NOW)
    assert isinstance(less, TimeEntry) and (less.instruction_reason, less.order_id) == (WHY, None)
    await return_hours(session, work.manager, [less.id], "Ohje koskikin toista lomaketta", now=NOW)
    again = await correct_hours(session, work.expert, less.id, target_id=work.target.id, now=NOW)
    assert isinstance(again, TimeEntry) and (again.order_id, again.instruction_reason) == (work.order.id, None)
    assert await ledger.disagreements(session) == []


@pytest.mark.rule("H11.8.1-h")
async def test_what_tiera_returned_goes_back_to_an_order_whose_work_was_accepted_meanwhile(
    session: AsyncSession,
) -> None:
    work = await make_work(session)
    entry = await book(session, work, 120, day=TODAY)
    extra = await mark_against_instruction(session, work.manager, entry.id, 120, WHY, now=NOW)
    work.order.state = OrderState.ACCEPTED
    work.target.closes_on = TODAY
    await return_hours(session, work.manager, [extra.id], "Ohje koskikin toista lomaketta", now=LATER)
    back = await correct_hours(session, work.expert, extra.id, target_id=work.target.id, now=LATER)
    assert isinstance(back, TimeEntry)
    assert (back.order_id, back.instruction_reason, back.is_late) == (work.order.id, None, False)
    assert (work.target.booked, back.is_without_permission, back.first_booked_at) == (120, False, NOW)
    approval = await approve_hours(session, work.manager, [back.id], now=LATER)
    assert approval.left_out == {} and await ledger.disagreements(session) == []


@pytest.mark.rule("H11.8.1-h")
@pytest.mark.rule("D3-a")
async def test_what_goes_back_to_a_settled_order_binds_its_ceiling_again_and_no_more(session: AsyncSession) -> None:
    work = await make_work(session, ordered_minutes=600, ordered_euros=Decimal("1000.00"))
    contact, settled = await ordering_contact(session), NOW + timedelta(days=2)
    entries = [await book(session, work, minutes, day=TODAY, description=said)
               for minutes, said in ((240, "Lomakkeen kentät"), (480, "Kenttien tarkistukset"))]  # fmt: skip
    extra = await mark_against_instruction(session, work.manager, entries[1].id, 480, WHY, now=NOW)
    await end_order_early(session, contact, order_id=work.order.id, reason="Ei tarvita.", now=NOW)
    while await settle_ended_order(session, SCHEDULE, now=settled) is not None:
        await session.flush()
    assert (work.target.granted, work.order.committed_euros) == (240, Decimal("400.00"))
    for n in (1, 2):  # what is taken off is free again, and comes back again
        await return_hours(session, work.manager, [extra.id], f"Ohje muuttui {n}", now=settled)
        back = await correct_hours(session, work.expert, extra.id, target_id=work.target.id, now=settled)
        assert isinstance(back, TimeEntry)
        assert (work.target.granted, work.target.booked, back.is_without_permission) == (600, 720, True)
        assert (await told(session, "order.bound_again"))[n - 1 :] == [BOUND_AGAIN]
        assert work.order.committed_euros == Decimal("1000.00")
        extra = await mark_against_instruction(session, work.manager, back.id, 480, WHY, now=settled)
        assert (work.target.granted, work.order.committed_euros) == (240, Decimal("400.00"))
    await return_hours(session, work.manager, [extra.id], "Ohje muuttui", now=settled)
    less = await correct_hours(session, work.expert, extra.id, minutes=360, target_id=work.target.id, now=settled)
    assert isinstance(less, TimeEntry) and less.is_without_permission  # as it was when it was booked
    approval = await approve_hours(session, work.manager, [entries[0].id, less.id], now=settled)
    assert (approval.left_out, work.target.approved, work.target.granted) == ({}, 600, 600)
    assert await ledger.disagreements(session) == []


@pytest.mark.rule("H11.8.1-h")
@pytest.mark.rule("H11.8.3-d")
async def test_what_was_done_without_permission_is_marked_so_again_when_it_goes_back(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=60)
    entry = await book(session, work, 120)
    extra = await mark_against_instruction(session, work.manager, entry.id, 120, WHY, now=NOW)
    await decide_overrun(session, work, 120, covers=True, at=NOW)
    less = await correct_hours(session, work.expert, extra.id, description="Kenttien nimet", now=NOW)
    assert isinstance(less, TimeEntry)
    shown = sa.select(is_without_permission(TimeEntry)).where(TimeEntry.id == less.id)  # type: ignore[arg-type]
    assert await session.scalar(shown) is False
    await return_hours(session, work.manager, [less.id], "Ohje koskikin toista lomaketta", now=NOW)
    back = await correct_hours(session, work.expert, less.id, target_id=work.target.id, now=NOW)
    assert isinstance(back, TimeEntry) and back.is_without_permission


@pytest.mark.rule("H11.8.3-d")
async def test_what_goes_back_to_an_order_of_which_nothing_is_bound_is_marked(session: AsyncSession) -> None:
    work = await make_work(session, ordered_minutes=600, ordered_euros=Decimal("1000.00"))
    entry, settled = await book(session, work, 120, day=TODAY), NOW + timedelta(days=2)
    await decide_overrun(session, work, 60, covers=False, at=NOW)
    extra = await mark_against_instruction(session, work.manager, entry.id, 120, WHY, now=NOW)
    contact = await ordering_contact(session)
    await end_order_early(session, contact, order_id=work.order.id, reason="Ei tarvita.", now=NOW)
    while await settle_ended_order(session, SCHEDULE, now=settled) is not None:
        await session.flush()
    await return_hours(session, work.manager, [extra.id], "Ohje koskikin toista lomaketta", now=settled)
    back = await correct_hours(session, work.expert, extra.id, target_id=work.target.id, now=settled)
    assert isinstance(back, TimeEntry) and (work.target.granted, back.is_without_permission) == (0, True)
    assert await told(session, "order.bound_again") == []


@pytest.mark.rule("H11.8.1-h")
async def test_what_is_marked_does_not_become_more_at_the_suppliers_own_cost(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 120)
    extra = await mark_against_instruction(session, work.manager, entry.id, 60, WHY, now=NOW)
    work.order.state = OrderState.ACCEPTED
    for target_id in (None, extra.account_id):
        more = correct_hours(session, work.expert, extra.id, minutes=75, target_id=target_id, now=NOW)
        assert [(error.rule, error.path) for error in (await refusal(more)).errors] == [("H11.8.1-h", ("minutes",))]
    await return_hours(session, work.manager, [extra.id], "Ohje koskikin toista lomaketta", now=NOW)
    assert (await refusal(correct_hours(session, work.expert, extra.id, minutes=75, now=NOW))).code is Code.BROKEN_RULE
    same = await correct_hours(session, work.expert, extra.id, minutes=60, description="Kenttien nimet", now=NOW)
    assert isinstance(same, TimeEntry) and same.minutes == 60


@pytest.mark.rule("H11.8.1-h")
async def test_no_more_goes_back_to_an_accepted_order_than_was_marked(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 120)
    extra = await mark_against_instruction(session, work.manager, entry.id, 60, WHY, now=NOW)
    work.order.state = OrderState.ACCEPTED
    await return_hours(session, work.manager, [extra.id], "Ohje koskikin toista lomaketta", now=NOW)
    more = correct_hours(session, work.expert, extra.id, minutes=75, target_id=work.target.id, now=NOW)
    assert [(error.rule, error.path) for error in (await refusal(more)).errors] == [("H11.7.3-b", ("minutes",))]


@pytest.mark.rule("H11.8.1-h")
@pytest.mark.rule("D0-c")
async def test_what_goes_back_is_at_the_price_at_which_it_was_marked(session: AsyncSession) -> None:
    work = await make_work(session)
    junior = await make_price_group(session, work.agreement, "JUNIOR")
    entry = await book(session, work, 120, price_group_id=work.group.id)
    part = await mark_against_instruction(session, work.manager, entry.id, 45, WHY, now=NOW)
    whole = await mark_against_instruction(session, work.manager, entry.id, 75, WHY, now=NOW)
    await book(session, work, 60, price_group_id=junior.id, description="Kenttien tarkistukset", day=TODAY)
    less = await correct_hours(session, work.expert, whole.id, minutes=60, now=NOW)
    assert isinstance(less, TimeEntry) and less.price_group_id is None
    await return_hours(session, work.manager, [part.id, less.id], "Ohje koskikin toista lomaketta", now=NOW)
    said = {part.id: None, less.id: junior.id}
    back = [
        await correct_hours(session, work.expert, id_, target_id=work.target.id, price_group_id=group, now=NOW)
        for id_, group in said.items()
    ]
    assert [isinstance(each, TimeEntry) and each.price_group_id for each in back] == [work.group.id, junior.id]
    again = await mark_against_instruction(session, work.manager, back[1].id, 60, WHY, now=NOW)
    assert (again.price_group_id, again.marked_price_group_id) == (None, junior.id)


@pytest.mark.rule("H11.7.3-b", "H11.8.1-h")
async def test_a_target_is_opened_only_for_an_order_that_was_placed_under_the_same_agreement(
    session: AsyncSession,
) -> None:
    work = await make_work(session)
    drafted = await make_work(session, state=OrderState.DRAFT, ordered_at=None)
    theirs = await make_work(session, number="TIL-2026-90002")
    for kind in (OwnCost.AGAINST_INSTRUCTION, OwnCost.BODIES):
        for its, order, says in (
            (work.agreement, theirs.order, "under another agreement"),
            (drafted.agreement, drafted.order, "not ordered yet"),
        ):
            refused = await refusal(
                define_target(session, work.manager, its.id, kind, "Uusiksi", order_id=order.id, now=NOW)
            )
            assert [(e.rule, e.path) for e in refused.errors] == [("H11.7.3-b", ("order_id",))]
            assert says in str(refused.errors[0].message)
    assert (await session.scalars(sa.select(OwnCostTarget))).all() == []


@pytest.mark.rule("H11.8.1-h")
async def test_hours_stay_with_their_supplier_also_where_another_has_a_target_for_the_order(
    session: AsyncSession,
) -> None:
    work, other = await make_work(session), await make_work(session, number="TIL-2026-90002")
    entry = await book(session, work, 60)
    theirs = OwnCostTarget(
        agreement_id=other.agreement.id,
        supplier_id=other.supplier.id,
        kind=OwnCost.AGAINST_INSTRUCTION,
        title="Aiemmin avattu",
        order_id=work.order.id,
    )
    await open_target(session, work.manager, theirs, now=NOW)
    extra = await mark_against_instruction(session, work.manager, entry.id, 60, WHY, now=NOW)
    assert (await session.get_one(Account, extra.account_id)).holder_id == work.supplier.id
