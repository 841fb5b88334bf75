"""Moving a ceiling: only by a decision, and only where the new total meets what its size demands (H11.8.2-a)."""

from datetime import datetime
from decimal import Decimal

from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.ledger import verbs as ledger
from backend.ledger.model import Account
from backend.orders import queries, rules
from backend.orders.commitment_verbs import Binding, Contact, bind, count_euros, open_work
from backend.orders.forecast_verbs import note_lowered
from backend.orders.model import Order
from backend.orders.overrun_model import Overrun, Revision
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms


def extra_euros(order: Order, minutes: int) -> Decimal:
    """What so many minutes beyond (or, negative, below) the ceiling come to, at the order's average price."""
    return rules.extra_euros(minutes, order.ordered_minutes or 0, order.ordered_euros or Decimal(0))


@rule("H11.8.2-a", "H11.8.3-d")
async def lift_ceiling(
    session: Session,
    actor: Actor,
    order: Order,
    contact: Contact,
    minutes: int,
    decision: Overrun | Revision,
    *,
    now: datetime,
) -> Account:
    """Grant more minutes by an overrun or a revision, once the new total is within duties, right and agreement."""
    terms = Terms.of(order.terms_on)
    work = await open_work(session, order, billable=True)
    total = (work.granted or 0) + minutes
    before = rules.counted_class(work.granted or 0, order.raised_class, terms)
    after = rules.counted_class(total, order.raised_class, terms)
    prepared = await queries.prepared_of(session, order)
    rules.check_crossing(before, after, prepared, has_started=order.started_at is not None)
    more = extra_euros(order, minutes)
    binding = Binding(
        size_class=after,
        minutes=total,
        euros=(order.committed_euros or Decimal(0)) + more,
        due_on=order.due_on,
    )
    await bind(session, actor, order, contact, binding, terms, now=now)
    key = f"{decision.ref}:ceiling"
    await ledger.grant(session, work, minutes, decision.ref, key=key, at=now)
    order.size_class = rules.size_class(total, terms)
    ceiling_moved(order, work, terms)
    return work


@rule("H11.8.3-b", "H11.8.2-c")
async def lower_ceiling(
    session: Session, actor: Actor, order: Order, minutes: int, decision: Revision, *, now: datetime
) -> Account:
    """Take minutes (negative) off the ceiling by a revision, never below what is approved; euros are free again.

    What becomes a smaller order before its work starts is agreed on as one: a project had no form.
    """
    terms = Terms.of(order.terms_on)
    work = await open_work(session, order, billable=True)
    rules.check_lowered_ceiling(work.granted or 0, minutes, work.approved)
    order.committed_euros = (order.committed_euros or Decimal(0)) + extra_euros(order, minutes)
    await count_euros(session, actor, [order.id], now=now)
    await ledger.grant(session, work, minutes, decision.ref, key=f"{decision.ref}:ceiling", at=now)
    before = rules.larger(order.size_class, order.raised_class)
    order.size_class = rules.size_class(work.granted or 0, terms)
    after = rules.larger(order.size_class, order.raised_class)
    if after.rank < before.rank and order.started_at is None:
        rules.check_duties_before_ordering(after, await queries.prepared_of(session, order))
    ceiling_moved(order, work, terms)
    await note_lowered(session, actor, order, work, now=now)
    return work


def ceiling_moved(order: Order, work: Account, terms: Terms) -> None:
    """A decision moved the ceiling: it covers forecasts up to the new one, and warnings are open again.

    Where the newest forecast passes the new ceiling too, both sides know that already.
    """
    order.covered_minutes = rules.covered(order.forecast_minutes or 0, work.granted or 0, work.booked, terms)
    order.warned_at = None
    if (order.forecast_minutes or 0) <= (work.granted or 0):
        order.passed_at = None
