"""Going on above the ceiling: the supplier asks, Tiera decides in whole, in part or not at all (H11.8.3-d)."""

from collections.abc import Sequence
from datetime import datetime

from backend.files.verbs import attach_to_act
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.deadlines import drop_deadline, meet_deadline, open_deadline
from backend.kit.faults import broken_rule, constraint, wrong_state
from backend.kit.translation import Text
from backend.ledger.model import Account
from backend.orders import deadlines, policy, queries, rules
from backend.orders.ceiling_verbs import extra_euros, lift_ceiling
from backend.orders.commitment_verbs import Contact, open_work
from backend.orders.model import Order
from backend.orders.overrun_model import Overrun
from backend.orders.states import OVERRUN, WORK_GOES_ON, OrderAction, OverrunAction, OverrunState, Pricing
from backend.parties.right_model import OrderingRight
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

_ASKED = broken_rule("H11.8.3-d", Text("A request to go on waits for Tiera's decision already."))
constraint("uq_overruns_open", _ASKED)


@rule("H11.8.3-d")
async def request_overrun(
    session: Session,
    actor: Actor,
    *,
    order_id: int,
    minutes: int,
    reason: str,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Overrun:
    """Ask to go on with so many minutes beyond the ceiling; the newest forecast shows that they are needed."""
    order = await queries.get_order_for_change(session, actor, order_id)
    move = policy.take(actor, order.state, OrderAction.REQUEST_OVERRUN)
    if order.pricing is not Pricing.HOURS:
        raise broken_rule(move.rule, Text("A fixed price has no ceiling to follow."))
    if await queries.has_open_overrun(session, order.id):
        raise _ASKED
    terms = Terms.of(order.terms_on)
    work = await open_work(session, order, billable=True)
    ceiling = work.granted or 0
    rules.check_overrun_asked(minutes, order.forecast_minutes, ceiling, reason, terms)
    due_at = deadlines.overrun_answer_due_at(now, terms)
    overrun = Overrun(
        order_id=order.id,
        ordinal=await queries.next_ordinal(session, Overrun, order.id),
        state=OverrunState.REQUESTED,
        ceiling_minutes=ceiling,
        forecast_minutes=order.forecast_minutes or 0,
        asked_minutes=minutes,
        asked_euros=extra_euros(order, minutes),
        reason=reason.strip(),
        asked_by_id=actor.person_id,
        asked_at=now,
        due_at=due_at,
        supplier_id=order.supplier_id,
    )
    session.add(overrun)
    await session.flush()
    right = await session.get(OrderingRight, order.ordering_right_id or 0)
    await open_deadline(
        session,
        overrun.ref,
        deadlines.OVERRUN_ANSWER,
        started_at=now,
        due_at=due_at,
        warn_at=terms.warn_at(due_at, now),
        owner_id=right.organisation_id if right else None,
        rule=move.rule,
    )
    await events.record(
        session,
        actor,
        "overrun.requested",
        overrun,
        at=now,
        rule=move.rule,
        to=overrun.state,
        within=order,
        asked_minutes=minutes,
        ceiling_minutes=ceiling,
        forecast_minutes=overrun.forecast_minutes,
        due_at=due_at,
    )
    await attach_to_act(session, actor, file_ids, overrun)
    return overrun


@rule("H11.8.3-d", "D0-f")
async def decide_overrun(
    session: Session,
    actor: Actor,
    *,
    overrun_id: int,
    minutes: int,
    reason: str,
    covers_work_done: bool = False,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Overrun:
    """Approve all of the minutes asked for, fewer of them, or (0) none, with a reason.

    `covers_work_done`: work done before this decision may be approved and billed above the old ceiling too.
    """
    overrun, order = await queries.get_overrun_for_change(session, actor, overrun_id)
    action = OverrunAction.APPROVE if minutes else OverrunAction.REJECT
    move = OVERRUN.take(actor, overrun.state, action)
    policy.refuse_own_request(actor, overrun.asked_by_id)
    if order.state not in WORK_GOES_ON:
        raise wrong_state(order.state, action, move.rule)
    rules.check_overrun_granted(minutes, overrun.asked_minutes, reason, Terms.of(order.terms_on))
    work = await _approve(session, actor, order, overrun, minutes, now) if minutes else None
    overrun.state, overrun.granted_minutes = move.target, minutes or None
    overrun.covers_work_done = covers_work_done and bool(minutes)
    overrun.decision_reason = reason.strip()
    overrun.decided_by_id, overrun.decided_at = actor.person_id, now
    await meet_deadline(session, overrun.ref, deadlines.OVERRUN_ANSWER, at=now)
    await events.record(
        session,
        actor,
        "overrun.approved" if minutes else "overrun.rejected",
        overrun,
        at=now,
        rule=move.rule,
        from_=OverrunState.REQUESTED,
        to=overrun.state,
        within=order,
        granted_minutes=minutes,
        asked_minutes=overrun.asked_minutes,
        ceiling_minutes=work.granted if work else overrun.ceiling_minutes,
        covers_work_done=overrun.covers_work_done,
    )
    await attach_to_act(session, actor, file_ids, overrun)
    return overrun


async def _approve(
    session: Session, actor: Actor, order: Order, overrun: Overrun, minutes: int, now: datetime
) -> Account:
    placed_under = await session.get(OrderingRight, order.ordering_right_id or 0)
    contact = Contact(
        person_id=order.ordered_by_id,
        organisation_id=placed_under.organisation_id if placed_under else None,
        placed_under=placed_under,
    )
    overrun.granted_euros = extra_euros(order, minutes)
    return await lift_ceiling(session, actor, order, contact, minutes, overrun, now=now)


async def withdraw_overrun(session: Session, actor: Actor, *, overrun_id: int, now: datetime) -> Overrun:
    """The supplier takes its request back before it is decided."""
    overrun, order = await queries.get_overrun_for_change(session, actor, overrun_id)
    move = OVERRUN.take(actor, overrun.state, OverrunAction.WITHDRAW)
    overrun.state, overrun.decided_at, overrun.decided_by_id = move.target, now, actor.person_id
    await drop_deadline(session, overrun.ref, deadlines.OVERRUN_ANSWER, at=now)
    await events.record(
        session, actor, "overrun.withdrawn", overrun, at=now, rule=move.rule, from_=move.source, to=move.target,
        within=order,
    )  # fmt: skip
    return overrun
