"""Placing an order within a right, an agreement and the duties of its size; confirming, declining, ending it."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from backend.kit import events, numbers
from backend.kit.actor import Actor
from backend.kit.amounts import line_amount
from backend.kit.calendar import end_of_day, helsinki_date
from backend.kit.database import Session
from backend.kit.deadlines import drop_deadline, open_deadline
from backend.kit.events import Audience
from backend.kit.faults import broken_rule, constraint, invalid, needed, not_found, optional
from backend.kit.refs import Ref
from backend.kit.translation import Text
from backend.ledger import verbs as ledger
from backend.orders import deadlines, policy, queries, rules
from backend.orders.commitment_verbs import (
    Binding,
    Contact,
    bind,
    cents_of,
    last_day,
    open_sums,
    open_work,
    told_of_agreement,
)
from backend.orders.customers import take
from backend.orders.estimate_model import Estimate, EstimateOption
from backend.orders.model import Milestone, Order
from backend.orders.revision_verbs import drop_revisions
from backend.orders.settling_verbs import close_work
from backend.orders.states import (
    MilestoneState,
    OrderAction,
    OrderMove,
    OrderState,
    Pricing,
)
from backend.parties import price_queries
from backend.parties import queries as parties
from backend.parties.agreement_model import Agreement
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

A, S = OrderAction, OrderState
SERIES = "TIL"
_OLDER = Text("The supplier has given a newer estimate meanwhile: choose from it.")
_TIERAS = Text("Numbers of this form are given by Tiera: give one of your own.")
_TAKEN = broken_rule(
    "H11.8.1-f", Text("This identifier is another order's: each is unique for ever."), "supplier_number"
)
constraint("uq_orders_supplier_id_supplier_number", _TAKEN)


@rule("H11.8.1-a", "H11.8.1-b", "H11.8.1-g", "H11.8.2-a", "H11.8.2-c")
async def place_order(
    session: Session, actor: Actor, *, order_id: int, option_id: int, due_on: date | None = None, now: datetime
) -> Order:
    """Choose an option of the newest estimate and order it: what it says becomes the ceiling, or the fixed price.

    `due_on` is the day by which, in place of one that has passed since the estimate was asked for, or that is after
    the agreement.
    """
    order = await queries.get_order_for_change(session, actor, order_id)
    move = policy.take(actor, order.state, A.ORDER)
    estimate = await queries.newest_estimate(session, order.id)
    option = await session.get(EstimateOption, option_id)
    given = await session.get(Estimate, option.estimate_id) if option else None
    if estimate is None or option is None or given is None or given.order_id != order.id:
        raise not_found("option_id")
    if given.id != estimate.id:
        raise broken_rule("H11.8.1-g", _OLDER, "option_id")
    policy.refuse_own_work(actor, [given.given_by_id] if given.given_by_id else [])
    today = helsinki_date(now)
    last = last_day(await session.get_one(Agreement, order.agreement_id))
    with told_of_agreement(actor):
        order.due_on = rules.day_of_placing(order.due_on, due_on, today, last)
    terms = await parties.terms_on(session, order.agreement_id, today)
    order.chosen_option_id = option.id
    return await _place(session, actor, order, move, option.minutes, option.euros, option.ref, terms, now)


@rule("H11.8.2-b")
async def order_at_once(session: Session, actor: Actor, *, order_id: int, ceiling_minutes: int, now: datetime) -> Order:
    """Order a small piece of work without an estimate, where the term says so; bound at the dearest price agreed."""
    order = await queries.get_order_for_change(session, actor, order_id)
    move = await take(session, actor, order, A.ORDER_AT_ONCE)
    if order.pricing is not Pricing.HOURS:
        raise broken_rule(move.rule, Text("A fixed price is ordered by an estimate."))
    today = helsinki_date(now)
    rules.check_day_to_come(order.due_on, today)
    terms = await parties.terms_on(session, order.agreement_id, today)
    rules.check_order_at_once(ceiling_minutes, order.raised_class, terms)
    rules.check_step(ceiling_minutes, terms, "ceiling_minutes")
    euros = line_amount(ceiling_minutes, await _dearest_price(session, order, now))
    return await _place(session, actor, order, move, ceiling_minutes, euros, order.ref, terms, now)


async def _place(
    session: Session,
    actor: Actor,
    order: Order,
    move: OrderMove,
    minutes: int,
    euros: Decimal,
    source: Ref,
    terms: Terms,
    now: datetime,
) -> Order:
    by_effort = rules.size_class(minutes, terms)
    size = rules.counted_class(minutes, order.raised_class, terms)
    rules.check_duties_before_ordering(size, await queries.prepared_of(session, order))
    contact = Contact(person_id=actor.stands_for_id or actor.person_id, organisation_id=actor.organisation_id)
    parts = [
        rules.Part(part.title, part.amount, part.due_on, part.month)
        for part in await queries.parts_of(session, order.chosen_option_id)
    ]
    with told_of_agreement(actor):
        last = last_day(await session.get_one(Agreement, order.agreement_id))
        _check_days(parts, helsinki_date(now), last)
    due_on = max((day for day in (order.due_on, *(part.due_on for part in parts)) if day is not None), default=None)
    binding = Binding(size_class=size, minutes=minutes, euros=euros, due_on=due_on)
    right = await bind(session, actor, order, contact, binding, terms, now=now)

    work = await open_work(session, order, billable=order.pricing is Pricing.HOURS)
    if order.pricing is Pricing.HOURS:
        await ledger.grant(session, work, minutes, source, key=f"order:{order.id}:ceiling", at=now)
    else:
        sums = await open_sums(session, order)
        await ledger.grant(session, sums, cents_of(euros), source, key=f"order:{order.id}:price", at=now)
        _add_milestones(session, order, parts)
    if order.due_on is not None:
        due_at = end_of_day(order.due_on)
        await open_deadline(
            session,
            order.ref,
            deadlines.DELIVERY,
            started_at=now,
            due_at=due_at,
            warn_at=terms.warn_at(due_at, now),
            owner_id=order.supplier_id,
            rule="H11.8.3-c",
        )
    # The series stays locked until commit, so the number is taken when nothing can be refused any more.
    number = await numbers.take(session, SERIES, helsinki_date(now).year)
    order.number, order.ordered_at, order.ordered_by_id = number, now, actor.person_id
    order.ordering_right_id = right.id
    order.state, order.size_class, order.terms_on = move.target, by_effort, terms.as_json()
    order.ordered_minutes, order.ordered_euros = minutes, euros
    order.covered_minutes = minutes if order.pricing is Pricing.HOURS else None
    await events.record(
        session,
        actor,
        "order.ordered",
        order,
        at=now,
        rule=move.rule,
        from_=move.source,
        to=move.target,
        audience=Audience.ALL,
        number=number,
        euros=euros,
        due_on=order.due_on,
        right=right.ref,
    )
    return order


@rule("D3-a")
def _check_days(parts: Sequence[rules.Part], today: date, last: date | None) -> None:
    """No part is ordered by a day that has passed since the estimate was given, or that is after the agreement."""
    for part in parts:
        if part.due_on is not None and last is not None and part.due_on > last:
            raise broken_rule(
                "D3-a",
                Text(
                    "The part “%(part)s” would be due after the agreement and its options end: ask for a new estimate.",
                    part=part.title,
                ),
                "option_id",
                limit=Text("%(day)s", day=last),
                actual=Text("%(day)s", day=part.due_on),
            )
        if part.month is None and part.due_on is not None and part.due_on < today:
            raise invalid(
                Text(
                    "The part “%(part)s” would be due on %(day)s, which has passed: ask for a new estimate.",
                    part=part.title,
                    day=part.due_on,
                ),
                "option_id",
            )


def _add_milestones(session: Session, order: Order, parts: Sequence[rules.Part]) -> None:
    for position, part in enumerate(parts, 1):
        session.add(
            Milestone(
                order_id=order.id,
                position=position,
                title=part.title,
                amount=part.amount,
                due_on=part.due_on,
                month=part.month,
                state=MilestoneState.OPEN,
                supplier_id=order.supplier_id,
                customer_id=order.customer_id,
            )
        )


async def _dearest_price(session: Session, order: Order, now: datetime) -> Decimal:
    known = await price_queries.prices_on(session, order.agreement_id, helsinki_date(now))
    if not known:
        raise broken_rule("D0-c", Text("The agreement has no prices on this day."))
    return max(known)


@rule("H11.8.1-f", "H11.8.3-a")
async def confirm_order(
    session: Session,
    actor: Actor,
    *,
    order_id: int,
    supplier_number: str | None = None,
    description: str | None = None,
    now: datetime,
) -> Order:
    """The supplier records the order under an identifier of its own; without one, Tiera's is the supplier's too."""
    order = await queries.get_order_for_change(session, actor, order_id)
    move = policy.take(actor, order.state, A.CONFIRM)
    if order.confirmed_at is not None:
        raise invalid(Text("The order is confirmed already."), rule=move.rule)
    number = optional(supplier_number, "supplier_number", most=rules.MOST_LETTERS_IN_A_NUMBER) or order.number
    if number is not None and number != order.number:
        if any(numbers.is_of_series(number, series) for series in rules.TIERAS_SERIES):
            raise broken_rule("H11.8.1-f", _TIERAS, "supplier_number")
        if await queries.is_taken(session, order, number):
            raise _TAKEN
    order.supplier_number, order.confirmed_at = number, now
    order.supplier_description = optional(description, "description")
    await events.record(
        session,
        actor,
        "order.confirmed",
        order,
        at=now,
        rule=move.rule,
        audience=Audience.ALL,
        number=order.number,
        supplier_number=number,
    )
    return order


async def decline_order(session: Session, actor: Actor, *, order_id: int, reason: str, now: datetime) -> Order:
    """The supplier does not take the request or the order; what was bound is free again."""
    return await _end(session, actor, order_id, A.DECLINE, "order.declined", reason, now)


async def cancel_order(session: Session, actor: Actor, *, order_id: int, reason: str, now: datetime) -> Order:
    """Tiera gives an order up before its work has started; what was bound is free again."""
    return await _end(session, actor, order_id, A.CANCEL, "order.cancelled", reason, now)


@rule("H11.9-b", "H11.8.3-d")
async def end_order_early(session: Session, actor: Actor, *, order_id: int, reason: str, now: datetime) -> Order:
    """Tiera ends work under way: hours booked by now may be approved as after an acceptance, accepted parts be billed.

    What Tiera has to decide of it is decided first: a request to go on, parts that were delivered.
    """
    order = await queries.get_order_for_change(session, actor, order_id)
    move = policy.take(actor, order.state, A.END_EARLY)
    if await queries.has_open_overrun(session, order.id):
        raise broken_rule("H11.8.3-d", Text("Decide on the request to go on first."))
    if any(part.state is MilestoneState.DELIVERED for part in await queries.milestones_of(session, order.id)):
        raise broken_rule("H11.9-b", Text("Accept or return the parts that were delivered first."))
    return await _end(session, actor, order_id, move.action, "order.ended_early", reason, now)


async def _end(
    session: Session, actor: Actor, order_id: int, action: OrderAction, event: str, reason: str, now: datetime
) -> Order:
    order = await queries.get_order_for_change(session, actor, order_id)
    move = await take(session, actor, order, action)
    order.end_reason = needed(reason, "reason")
    order.state, order.ended_at = move.target, now
    for kind in (deadlines.ESTIMATE, deadlines.FORECAST, deadlines.DELIVERY):
        await drop_deadline(session, order.ref, kind, at=now)
    await drop_revisions(session, actor, order, now=now)
    if order.ordered_at is not None:
        await close_work(session, actor, order, is_begun=action is A.END_EARLY, now=now)
    await events.record(
        session,
        actor,
        event,
        order,
        at=now,
        rule=move.rule,
        from_=move.source,
        to=move.target,
        audience=Audience.ALL,
    )
    return order
