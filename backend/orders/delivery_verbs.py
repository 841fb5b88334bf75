"""Doing the work: start, delivery, acceptance and return, of an order and of the parts of a fixed price."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend.files.verbs import attach_to_act
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.deadlines import meet_deadline, reopen_last
from backend.kit.events import Audience
from backend.kit.faults import broken_rule, needed, wrong_state
from backend.kit.translation import Text
from backend.kit.workflow import Move
from backend.ledger import verbs as ledger
from backend.orders import deadlines, policy, queries, rules
from backend.orders.commitment_verbs import cents_of, count_euros, open_sums, open_work
from backend.orders.forecast_verbs import note_delivered, note_returned
from backend.orders.model import Milestone, Order
from backend.orders.revision_verbs import drop_revisions
from backend.orders.states import (
    MILESTONE,
    WORK_GOES_ON,
    MilestoneAction,
    MilestoneState,
    OrderAction,
    OrderMove,
    Pricing,
)
from backend.rulebook.rules import rule
from backend.rulebook.sizes import SizeClass

A, M = OrderAction, MilestoneAction


@rule("H11.8.2-d", "H11.3.3-a")
async def start_work(session: Session, actor: Actor, *, order_id: int, now: datetime) -> Order:
    """Open the order to hours, once what its size demands is there. An order not confirmed yet is so by this.

    Work done since the order was placed is booked too; of a project none before its start (H11.8.2-d).
    """
    order = await queries.get_order_for_change(session, actor, order_id)
    move = policy.take(actor, order.state, A.START)
    size = rules.larger(order.size_class, order.raised_class)
    rules.check_duties_before_starting(size, await queries.prepared_of(session, order))
    if order.confirmed_at is None:
        order.confirmed_at, order.supplier_number = now, order.number
    order.state, order.started_at = move.target, now
    work = await open_work(session, order, billable=order.pricing is Pricing.HOURS)
    first = now if size is SizeClass.PROJECT else order.ordered_at or now
    work.opens_on, work.title = helsinki_date(first), order.title
    await _record(session, actor, "order.started", order, move, now)
    return order


async def deliver_work(
    session: Session, actor: Actor, *, order_id: int, file_ids: Sequence[int] | None = None, now: datetime
) -> Order:
    """The supplier says that all is done; of a fixed price every part is delivered before."""
    order = await queries.get_order_for_change(session, actor, order_id)
    move = policy.take(actor, order.state, A.DELIVER)
    if any(part.state is MilestoneState.OPEN for part in await queries.milestones_of(session, order.id)):
        raise broken_rule("H11.9-b", Text("Every part of a fixed price is delivered before the whole."))
    order.state, order.delivered_at = move.target, now
    await meet_deadline(session, order.ref, deadlines.DELIVERY, at=now)
    await note_delivered(session, order, now=now)
    await _record(session, actor, "order.delivered", order, move, now)
    await attach_to_act(session, actor, file_ids, order)
    return order


@rule("H11.8.3-b")
async def return_work(
    session: Session, actor: Actor, *, order_id: int, reason: str, file_ids: Sequence[int] | None = None, now: datetime
) -> Order:
    """Tiera gives a delivery back with a reason: the content that was ordered is still the supplier's to make.

    It is due when it was: nothing but a change of the order gives more time.
    """
    order = await queries.get_order_for_change(session, actor, order_id)
    move = policy.take(actor, order.state, A.RETURN)
    order.return_reason = needed(reason, "reason")
    order.state, order.delivered_at, order.returned_at = move.target, None, now
    await reopen_last(session, order.ref, deadlines.DELIVERY)
    await note_returned(session, order, now=now)
    await _record(session, actor, "order.returned", order, move, now)
    await attach_to_act(session, actor, file_ids, order)
    return order


@rule("D0-f")
async def accept_work(
    session: Session, actor: Actor, *, order_id: int, file_ids: Sequence[int] | None = None, now: datetime
) -> Order:
    """Tiera accepts a delivery; who did is on record, for its invoice lines need another pair of eyes."""
    order = await queries.get_order_for_change(session, actor, order_id)
    move = policy.take(actor, order.state, A.ACCEPT)
    policy.refuse_own_work(actor, await queries.delivered_by(session, order.ref))
    if any(part.state is not MilestoneState.ACCEPTED for part in await queries.milestones_of(session, order.id)):
        raise broken_rule("H11.9-b", Text("Every part of a fixed price is accepted before the whole."))
    if await queries.has_open_overrun(session, order.id):
        raise broken_rule("H11.8.3-d", Text("Decide on the request to go on first."))
    order.state, order.accepted_at, order.accepted_by_id = move.target, now, actor.person_id
    work = await open_work(session, order, billable=order.pricing is Pricing.HOURS)
    work.closes_on = helsinki_date(now)
    await note_delivered(session, order, now=now)
    await drop_revisions(session, actor, order, now=now)
    is_own = order.ordered_by_id in actor.deciding_person_ids
    await _record(session, actor, "order.accepted", order, move, now, by_who_ordered=is_own)
    await count_euros(session, actor, [order.id], now=now)
    await attach_to_act(session, actor, file_ids, order)
    return order


# Parts of a fixed price


async def deliver_milestone(
    session: Session, actor: Actor, *, milestone_id: int, file_ids: Sequence[int] | None = None, now: datetime
) -> Milestone:
    """The supplier says that a part is done."""
    milestone, order = await queries.get_milestone_for_change(session, actor, milestone_id)
    move = MILESTONE.take(actor, milestone.state, M.DELIVER)
    if order.state not in WORK_GOES_ON:
        raise wrong_state(order.state, M.DELIVER, move.rule)
    milestone.state, milestone.delivered_at = move.target, now
    await _record_part(session, actor, "milestone.delivered", milestone, order, move, now)
    await attach_to_act(session, actor, file_ids, milestone)
    return milestone


@rule("H11.9-b", "D0-f")
async def accept_milestone(session: Session, actor: Actor, *, milestone_id: int, now: datetime) -> Milestone:
    """Tiera accepts a part: from now on, and not before, its amount may be billed."""
    milestone, order = await queries.get_milestone_for_change(session, actor, milestone_id)
    move = MILESTONE.take(actor, milestone.state, M.ACCEPT)
    policy.refuse_own_work(actor, await queries.delivered_by(session, milestone.ref))
    milestone.state, milestone.accepted_at, milestone.accepted_by_id = move.target, now, actor.person_id
    sums = await open_sums(session, order)
    cents = cents_of(milestone.amount)
    key = f"milestone:{milestone.id}:accepted"
    delivered_on = helsinki_date(milestone.delivered_at or now)
    await ledger.book(session, sums, cents, milestone.ref, key=f"{key}:book", at=now)
    await ledger.approve(
        session,
        sums,
        cents,
        milestone.ref,
        day=rules.day_of_milestone(milestone.month, delivered_on),
        key=key,
        at=now,
    )
    await _record_part(session, actor, "milestone.accepted", milestone, order, move, now)
    return milestone


async def return_milestone(
    session: Session,
    actor: Actor,
    *,
    milestone_id: int,
    reason: str,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Milestone:
    """Tiera gives a part back with a reason."""
    milestone, order = await queries.get_milestone_for_change(session, actor, milestone_id)
    move = MILESTONE.take(actor, milestone.state, M.RETURN)
    milestone.return_reason = needed(reason, "reason")
    milestone.state, milestone.returned_at, milestone.delivered_at = move.target, now, None
    await _record_part(session, actor, "milestone.returned", milestone, order, move, now)
    await attach_to_act(session, actor, file_ids, milestone)
    return milestone


async def _record(
    session: Session,
    actor: Actor,
    name: str,
    order: Order,
    move: OrderMove,
    now: datetime,
    **figures: Any,
) -> None:
    await events.record(
        session,
        actor,
        name,
        order,
        at=now,
        rule=move.rule,
        from_=move.source,
        to=move.target,
        audience=Audience.ALL,
        **figures,
    )


async def _record_part(
    session: Session,
    actor: Actor,
    name: str,
    milestone: Milestone,
    order: Order,
    move: Move[MilestoneState, MilestoneAction],
    now: datetime,
) -> None:
    await events.record(
        session,
        actor,
        name,
        milestone,
        at=now,
        rule=move.rule,
        from_=move.source,
        to=move.target,
        within=order,
        audience=Audience.ALL,
        amount=milestone.amount,
    )
