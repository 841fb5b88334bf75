"""When an order has ended: hours done by then are booked while they are on time, and then the rest is bound no more."""

from datetime import datetime
from decimal import Decimal

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.ledger import verbs as ledger
from backend.ledger.model import Account
from backend.orders import counting_queries, deadlines, queries, rules
from backend.orders.commitment_verbs import count_euros, euros_of, open_sums, open_work
from backend.orders.model import Order
from backend.orders.payable import payable_minutes
from backend.orders.states import Pricing
from backend.parties import queries as parties
from backend.rulebook.rules import rule


@rule("H11.7.3-d", "D3-a")
async def close_work(session: Session, actor: Actor, order: Order, *, is_begun: bool, now: datetime) -> None:
    """The order, which was placed, ends today: what it bound is free again.

    Of work that has begun, hours up to today are booked for as long as today's are on time; until then their ceiling
    stays bound.
    """
    today, is_by_hours = helsinki_date(now), order.pricing is Pricing.HOURS
    work = await open_work(session, order, billable=is_by_hours)
    work.closes_on = min(work.closes_on or today, today)
    order.covered_minutes = order.forecast_due_at = None
    _nothing_remains(order, work)
    if is_begun:
        terms = await parties.terms_on(session, order.agreement_id, today)
        order.books_until = deadlines.hours_until(today, terms)
    if not is_begun or not is_by_hours:
        await _free(session, actor, order, work, now)


async def note_work_after_end(session: Session, actor: Actor, order: Order, work: Account, *, now: datetime) -> None:
    """Hours of an order that has ended were booked or taken off; the caller holds it and its account of work."""
    _nothing_remains(order, work)
    if order.books_until is None and order.pricing is Pricing.HOURS:
        await _free(session, actor, order, work, now)


@rule("H11.7.3-d", "D3-a")
async def settle_ended_order(session: Session, actor: Actor, *, now: datetime) -> Order | None:
    """Of orders that ended early one whose hours are on time no more: it binds what was done. None: no more are left.

    Called by the schedule, one after the other: an order's account of work is locked before the sums of agreements.
    """
    order_id = await queries.find_to_settle(session, helsinki_date(now))
    if order_id is None:
        return None
    order = await queries.get_order_for_change(session, actor, order_id)
    if order.books_until is None:
        return order  # settled since
    order.books_until = None
    if order.pricing is Pricing.HOURS:
        work = await open_work(session, order, billable=True)
        await _free(session, actor, order, work, now)
        await events.record(
            session,
            actor,
            "order.settled",
            order,
            at=now,
            rule="D3-a",
            ceiling_minutes=work.granted,
            euros=order.committed_euros,
        )
    return order


def _nothing_remains(order: Order, work: Account) -> None:
    if order.forecast_minutes is not None:
        order.forecast_minutes = work.booked


@rule("D3-a", "H11.8.1-b")
async def _free(session: Session, actor: Actor, order: Order, work: Account, now: datetime) -> None:
    """Bind no more than what was done: hours booked under the ceiling, accepted parts."""
    is_by_hours = order.pricing is Pricing.HOURS
    account = work if is_by_hours else await open_sums(session, order)
    granted = account.granted or 0
    done = min(granted, account.booked)
    if done < granted:
        await _move(session, order, account, done - granted, now)
    order.committed_euros = await _euros_of_work(session, order, account) if is_by_hours else euros_of(done)
    await count_euros(session, actor, [order.id], now=now)


@rule("H11.8.1-h", "D3-a")
async def bind_again(session: Session, order: Order, work: Account, minutes: int, *, now: datetime) -> int:
    """So many minutes of work done before an order ended are about to come back to it: of the ceiling that was freed
    for want of them as much is bound again, and never more than it was. How much."""
    lacking = work.booked + minutes - (work.granted or 0)
    again = max(min(lacking, await counting_queries.minutes_freed(session, order.id, work.id)), 0)
    if again:
        await _move(session, order, work, again, now)
    return again


@rule("D3-a")
async def tell_bound_again(
    session: Session, actor: Actor, order: Order, work: Account, minutes: int, *, now: datetime
) -> None:
    """So many minutes, perhaps none, were bound again, and the work that they were freed for want of is back."""
    if minutes:
        await events.record(
            session,
            actor,
            "order.bound_again",
            order,
            at=now,
            rule="D3-a",
            minutes=minutes,
            ceiling_minutes=work.granted,
            euros=order.committed_euros,
        )


async def _move(session: Session, order: Order, account: Account, amount: int, now: datetime) -> None:
    """Move what an ended order binds, up to what it was."""
    made = await counting_queries.count_postings(session, order.id, account.id)
    await ledger.grant(session, account, amount, order.ref, key=f"order:{order.id}:settled:{made}", at=now)


@rule("H11.8.3-d")
async def _euros_of_work(session: Session, order: Order, work: Account) -> Decimal:
    """What the work that can still be paid comes to: what no decision covers stays booked, and binds nothing."""
    minutes = await payable_minutes(session, work)
    return rules.extra_euros(minutes, order.ordered_minutes or 0, order.ordered_euros or Decimal(0))
