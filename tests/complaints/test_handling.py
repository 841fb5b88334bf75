"""Handling a complaint is booked at the supplier's own cost and never billed, unless both sides agree (H11.10-h)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.complaints import policy, response_verbs, verbs
from backend.complaints.billing_verbs import bill_handling
from backend.complaints.model import Complaint
from backend.complaints.states import ComplaintAction, ComplaintState
from backend.hours.figures import is_bookable_on
from backend.hours.verbs import Booking, book_hours
from backend.invoices.drafting import DraftLine
from backend.invoices.model import Finding
from backend.kit.amounts import Minutes
from backend.kit.faults import Code, Refusal
from backend.ledger.model import Account
from backend.tickets.billing_model import BillingApproval
from backend.tickets.billing_verbs import Figure, take_billing_back
from tests.complaints.making import HOUR, Sides, answer, judge, make_draft, make_sent
from tests.invoices.making import ORDERED_AT, Scene, a_line, make_invoice, make_scene
from tests.making import customer_representative, supplier_manager

WHEN = ORDERED_AT + timedelta(days=30)  # the first of October


@pytest.fixture
async def scene(session: AsyncSession) -> Scene:
    return await make_scene(session)


async def sides_of(session: AsyncSession, scene: Scene) -> Sides:
    """Tiera and the scene's supplier."""
    return Sides(
        supplier=scene.supplier,
        agreement=scene.agreement,
        manager=None,  # type: ignore[arg-type]
        tiera=scene.judge,
        supplier_manager=scene.sender,
        stranger=await supplier_manager(session),
        customer=await customer_representative(session),
    )


async def make_answered(session: AsyncSession, scene: Scene) -> Complaint:
    """A complaint to the scene's supplier, answered the same day."""
    s = await sides_of(session, scene)
    return await answer(session, s, await make_sent(session, s, at=WHEN), at=WHEN + HOUR)


async def say(session: AsyncSession, scene: Scene, complaint: Complaint, *, tiera: bool, supplier: bool) -> None:
    for actor, word in ((scene.judge, tiera), (scene.sender, supplier)):
        await response_verbs.say_whose_cause(
            session, actor, complaint_id=complaint.id, is_suppliers=word, now=WHEN + HOUR
        )


async def bill(session: AsyncSession, scene: Scene, complaint: Complaint, **figure: Any) -> BillingApproval:
    given = figure or {"minutes": Minutes(240), "price_group_id": scene.group.id}
    return await bill_handling(
        session, scene.approver, complaint_id=complaint.id, figure=Figure(**given), now=WHEN + 2 * HOUR
    )


async def codes_and_rules(session: AsyncSession, scene: Scene, *lines: DraftLine) -> list[tuple[str, str]]:
    invoice = await make_invoice(session, scene, *lines)
    wanted = sa.select(Finding.code, Finding.rule).where(Finding.invoice_id == invoice.id, Finding.ended_at.is_(None))
    return [(code.value, rule) for code, rule in (await session.execute(wanted)).all()]


async def target_of(session: AsyncSession, complaint: Complaint) -> Account:
    wanted = sa.select(Account).where(Account.about_kind == "OwnCostTarget", Account.about_id == complaint.target_id)
    return (await session.scalars(wanted)).one()


async def book_on(session: AsyncSession, scene: Scene, target: Account) -> None:
    booking = Booking(
        target_id=target.id, day=WHEN.date() + timedelta(days=4), minutes=120, description="Vastineen laatiminen"
    )
    await book_hours(session, scene.expert, booking, now=WHEN + timedelta(days=4, hours=3))


@pytest.mark.rule("H11.10-h")
@pytest.mark.rule("H11.9-h")
async def test_handling_is_booked_on_a_target_of_its_own_and_a_line_for_it_is_an_error(
    session: AsyncSession, scene: Scene
) -> None:
    complaint = await make_answered(session, scene)
    target = await target_of(session, complaint)
    assert (target.billable, target.rule, complaint.number in (target.title or "")) == (False, "H11.10-h", True)
    await book_on(session, scene, target)
    assert target.booked == 120
    found = await codes_and_rules(session, scene, a_line(scene, 120, order_reference=complaint.number))
    assert found == [("own_cost", "H11.10-h")]


@pytest.mark.rule("H11.10-h")
@pytest.mark.parametrize(("tiera", "supplier"), [(True, False), (False, True), (True, True)])
async def test_one_side_alone_does_not_make_it_billable(
    session: AsyncSession, scene: Scene, tiera: bool, supplier: bool
) -> None:
    complaint = await make_answered(session, scene)
    await say(session, scene, complaint, tiera=tiera, supplier=supplier)
    with pytest.raises(Refusal) as refused:
        await bill(session, scene, complaint)
    assert (refused.value.code, refused.value.errors[0].rule) == (Code.BROKEN_RULE, "H11.10-h")
    assert (await session.scalars(sa.select(BillingApproval))).all() == []


@pytest.mark.rule("H11.10-h")
@pytest.mark.rule("H11.9-c")
async def test_when_both_agree_tiera_approves_it_for_billing_like_a_ticket(session: AsyncSession, scene: Scene) -> None:
    complaint = await make_answered(session, scene)
    await say(session, scene, complaint, tiera=False, supplier=False)
    approval = await bill(session, scene, complaint)
    assert (approval.number, approval.about) == (complaint.number, complaint.ref)
    wanted = sa.select(Account).where(Account.about_kind == "BillingApproval", Account.about_id == approval.id)
    account = (await session.scalars(wanted)).one()
    with pytest.raises(Refusal):
        await book_on(session, scene, await target_of(session, complaint))  # closed: booked on the approval from now on
    await book_on(session, scene, account)
    found = await codes_and_rules(session, scene, a_line(scene, 120, order_reference=complaint.number))
    assert found == [("hours_not_approved", "H11.7.3-h")]
    with pytest.raises(Refusal) as refused:
        await bill(session, scene, complaint, euros=Decimal(100))
    assert refused.value.code is Code.BROKEN_RULE


async def make_over(session: AsyncSession, scene: Scene, state: ComplaintState) -> Complaint:
    """One that Tiera took back before any answer, or one that is closed."""
    s = await sides_of(session, scene)
    complaint = await make_sent(session, s, at=WHEN)
    key: dict[str, Any] = {"complaint_id": complaint.id, "now": WHEN + HOUR}
    if state is ComplaintState.WITHDRAWN:
        return await verbs.withdraw_complaint(session, s.tiera, reason="Syy oli muualla.", **key)
    await answer(session, s, complaint, at=WHEN + HOUR)
    await judge(session, s, complaint, is_proper=True, at=WHEN + HOUR)
    await verbs.handle_complaint(session, s.tiera, handled_on=WHEN.date(), handling="Käsitelty.", **key)
    return await verbs.close_complaint(session, s.tiera, **key)


@pytest.mark.rule("H11.10-h")
@pytest.mark.parametrize("state", [ComplaintState.WITHDRAWN, ComplaintState.CLOSED])
async def test_of_one_that_is_over_both_sides_still_say_whose_the_cause_was_and_its_handling_is_billed(
    session: AsyncSession, scene: Scene, state: ComplaintState
) -> None:
    complaint = await make_over(session, scene, state)
    line = {"order_reference": complaint.number}
    assert await codes_and_rules(session, scene, a_line(scene, 120, **line)) == [("own_cost", "H11.10-h")]
    await say(session, scene, complaint, tiera=False, supplier=False)
    approval = await bill(session, scene, complaint)
    wanted = sa.select(Account).where(Account.about_kind == "BillingApproval", Account.about_id == approval.id)
    await book_on(session, scene, (await session.scalars(wanted)).one())
    found = await codes_and_rules(session, scene, a_line(scene, 60, **line))
    assert found == [("hours_not_approved", "H11.7.3-h")]


@pytest.mark.rule("H11.10-h")
async def test_of_a_draft_that_was_withdrawn_there_is_nothing_to_say_and_nothing_to_bill(
    session: AsyncSession, scene: Scene
) -> None:
    s = await sides_of(session, scene)
    draft = await make_draft(session, s)
    await verbs.withdraw_complaint(session, s.tiera, complaint_id=draft.id, reason="Turha.", now=WHEN)
    with pytest.raises(Refusal) as refused:
        await response_verbs.say_whose_cause(session, s.tiera, complaint_id=draft.id, is_suppliers=False, now=WHEN)
    assert refused.value.code is Code.WRONG_STATE
    with pytest.raises(Refusal) as refused:
        await bill(session, scene, draft)
    assert refused.value.code is Code.BROKEN_RULE
    assert policy.available_actions(s.tiera, draft.state, policy.Facts()) == []
    sent = policy.available_actions(s.tiera, draft.state, policy.Facts(was_sent=True))
    assert sent == [ComplaintAction.SAY_CAUSE]


@pytest.mark.rule("H11.10-h")
async def test_only_who_approves_billing_at_tiera_approves_the_handling(session: AsyncSession, scene: Scene) -> None:
    complaint = await make_answered(session, scene)
    await say(session, scene, complaint, tiera=False, supplier=False)
    figure = Figure(minutes=Minutes(60), price_group_id=scene.group.id)
    for actor in (scene.sender, scene.contact):
        with pytest.raises(Refusal) as refused:
            await bill_handling(session, actor, complaint_id=complaint.id, figure=figure, now=WHEN + 2 * HOUR)
        assert refused.value.code is Code.NOT_PERMITTED


@pytest.mark.rule("H11.10-h")
@pytest.mark.rule("H11.7.3-a")
async def test_an_approval_that_is_taken_back_leaves_handling_to_be_booked_at_own_cost_again(
    session: AsyncSession, scene: Scene
) -> None:
    complaint = await make_answered(session, scene)
    await say(session, scene, complaint, tiera=False, supplier=False)
    approval = await bill(session, scene, complaint)
    target = await target_of(session, complaint)
    open_on = sa.select(is_bookable_on(Account, WHEN.date())).where(Account.id == target.id)
    with pytest.raises(Refusal, match="approved for billing"):
        await book_on(session, scene, target)
    assert not await session.scalar(open_on)
    await take_billing_back(
        session, scene.approver, approval_id=approval.id, reason="It was the supplier's cause.", now=WHEN + 3 * HOUR
    )
    await book_on(session, scene, target)
    assert (target.booked, await session.scalar(open_on)) == (120, True)
    await bill(session, scene, complaint)
    with pytest.raises(Refusal, match="approved for billing"):
        await book_on(session, scene, target)
