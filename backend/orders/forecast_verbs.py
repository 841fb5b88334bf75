"""Following actual against estimate: forecasts, the two warnings, and when an order goes on hold (H11.8.3-c, -d)."""

from datetime import datetime

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.deadlines import drop_deadline, meet_deadline, open_deadline
from backend.kit.faults import broken_rule, invalid
from backend.kit.translation import Text
from backend.ledger.model import Account
from backend.orders import deadlines, policy, queries, rules
from backend.orders.commitment_verbs import count_euros, open_work
from backend.orders.model import Forecast, Order
from backend.orders.settling_verbs import note_work_after_end
from backend.orders.states import WORK_GOES_ON, OrderAction, Pricing
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms


@rule("H11.8.3-c")
async def give_forecast(
    session: Session, actor: Actor, *, order_id: int, remaining_minutes: int, note: str | None = None, now: datetime
) -> Forecast:
    """The supplier says what remains, in minutes; what is booked is known. The newest forecast counts."""
    order = await queries.get_order_for_change(session, actor, order_id)
    move = policy.take(actor, order.state, OrderAction.FORECAST)
    if order.pricing is not Pricing.HOURS:
        raise broken_rule(move.rule, Text("A fixed price has no ceiling to follow."))
    if remaining_minutes < 0:
        raise invalid(Text("What remains is not less than nothing."), "remaining_minutes")
    terms = Terms.of(order.terms_on)
    work = await open_work(session, order, billable=True)
    total = rules.forecast_total(work.booked, remaining_minutes, terms)
    forecast = Forecast(
        order_id=order.id,
        booked_minutes=work.booked,
        remaining_minutes=remaining_minutes,
        note=(note or "").strip() or None,
        given_by_id=actor.person_id,
        given_at=now,
        supplier_id=order.supplier_id,
    )
    session.add(forecast)
    order.forecast_minutes, order.forecast_at, order.forecast_due_at = total, now, None
    await meet_deadline(session, order.ref, deadlines.FORECAST, at=now)
    await events.record(
        session,
        actor,
        "order.forecast_given",
        order,
        at=now,
        rule=move.rule,
        forecast_minutes=total,
        ceiling_minutes=work.granted,
    )
    await _follow(session, actor, order, work, terms, now)
    return forecast


@rule("H11.8.3-c")
async def note_booked(session: Session, actor: Actor, order: Order, work: Account, *, now: datetime) -> None:
    """Hours were booked on an order; the caller holds it and its account of work locked. Warn at the share of the
    ceiling, once, and start the clock of a new forecast. What is booked is the least that a forecast can be."""
    if order.ended_at is not None:
        await note_work_after_end(session, actor, order, work, now=now)
        return
    if order.pricing is not Pricing.HOURS:
        return
    terms = Terms.of(order.terms_on)
    if work.booked > (order.forecast_minutes or 0):
        order.forecast_minutes = work.booked
    await _warn(session, actor, order, work, terms, now)


@rule("H11.8.3-c")
async def note_lowered(session: Session, actor: Actor, order: Order, work: Account, *, now: datetime) -> None:
    """The ceiling was lowered: where what is booked or forecast comes near it or passes it by that, both sides hear."""
    await _warn(session, actor, order, work, Terms.of(order.terms_on), now)


async def _warn(session: Session, actor: Actor, order: Order, work: Account, terms: Terms, now: datetime) -> None:
    if await _follow(session, actor, order, work, terms, now) and order.state in WORK_GOES_ON:
        await _ask_forecast(session, order, terms, now)


@rule("H11.8.3-c")
async def note_delivered(session: Session, order: Order, *, now: datetime) -> None:
    """Work was delivered or accepted: nothing remains of it, so no forecast is due."""
    order.forecast_due_at = None
    await drop_deadline(session, order.ref, deadlines.FORECAST, at=now)


@rule("H11.8.3-c")
async def note_returned(session: Session, order: Order, *, now: datetime) -> None:
    """Work goes on after a delivery that was returned: where no forecast came since the last warning, one is due."""
    warned = [at for at in (order.warned_at, order.passed_at) if at is not None]
    if warned and order.forecast_due_at is None and (order.forecast_at is None or order.forecast_at < max(warned)):
        await _ask_forecast(session, order, Terms.of(order.terms_on), now)


async def _ask_forecast(session: Session, order: Order, terms: Terms, now: datetime) -> None:
    """Start the clock of a new forecast; one that runs already stays due when it was, for one forecast answers all."""
    if order.forecast_due_at is not None:
        return
    order.forecast_due_at = deadlines.forecast_due_at(now, terms)
    await open_deadline(
        session,
        order.ref,
        deadlines.FORECAST,
        started_at=now,
        due_at=order.forecast_due_at,
        warn_at=terms.warn_at(order.forecast_due_at, now),
        owner_id=order.supplier_id,
        rule="H11.8.3-c",
    )


@rule("H11.8.3-c", "H11.8.3-d")
async def note_taken_off(session: Session, actor: Actor, order: Order, work: Account, *, now: datetime) -> None:
    """Hours were taken off an order, which the caller holds locked with its account of work.

    Its forecast is what was given last or, where that is more, what is booked. Where a warning came of hours that were
    never worked, no new forecast is due for it, and the next one is told again.
    """
    if order.ended_at is not None:
        await note_work_after_end(session, actor, order, work, now=now)
        return
    if order.pricing is not Pricing.HOURS:
        return
    if order.accepted_at is not None:
        await count_euros(session, actor, [order.id], now=now)
    ceiling, forecast = work.granted or 0, max(await queries.forecast_given(session, order.id), work.booked)
    if forecast >= (order.forecast_minutes or 0):
        return
    terms = Terms.of(order.terms_on)
    order.forecast_minutes = forecast
    order.covered_minutes = rules.covered(forecast, ceiling, work.booked, terms)
    if forecast <= ceiling:
        order.passed_at = None
    if not rules.is_warning_due(work.booked, ceiling, False, terms):
        order.warned_at = None
    if order.warned_at is None and order.passed_at is None and order.forecast_due_at is not None:
        order.forecast_due_at = None
        await drop_deadline(session, order.ref, deadlines.FORECAST, at=now)


async def _follow(session: Session, actor: Actor, order: Order, work: Account, terms: Terms, now: datetime) -> bool:
    """Warn where a limit is reached for the first time under this ceiling; whether there was a warning."""
    ceiling, forecast = work.granted or 0, order.forecast_minutes or 0
    if order.covered_minutes != (covered := rules.covered(forecast, ceiling, work.booked, terms)):
        order.covered_minutes = covered  # most bookings change nothing of the order, and write nothing of it
    reached = []
    if rules.is_warning_due(work.booked, ceiling, order.warned_at is not None, terms):
        order.warned_at = now
        reached.append("order.warned")
    if forecast > ceiling and order.passed_at is None:
        order.passed_at = now
        reached.append("order.forecast_passed")
    for name in reached:
        await events.record(
            session,
            actor,
            name,
            order,
            at=now,
            rule="H11.8.3-c",
            booked_minutes=work.booked,
            forecast_minutes=forecast,
            ceiling_minutes=ceiling,
        )
    return bool(reached)
