"""Asking for an estimate, which starts a clock, and giving one with its alternatives (H11.3.1-a, H11.8.1-g)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.kit.calendar import helsinki_date, month_of
from backend.kit.database import Session
from backend.kit.deadlines import meet_deadline, open_deadline
from backend.kit.events import Audience
from backend.kit.faults import (
    Refusal,
    Refusals,
    broken_rule,
    invalid,
    needed,
    not_found,
    optional,
    required,
    version_conflict,
)
from backend.kit.translation import Text
from backend.orders import deadlines, policy, queries, rules
from backend.orders.commitment_verbs import last_day, told_of_agreement
from backend.orders.customers import take
from backend.orders.estimate_model import Estimate, EstimateOption, EstimatePart, EstimateRow
from backend.orders.model import Order
from backend.orders.rules import Part, PricedRow
from backend.orders.states import OrderAction, OrderState, Pricing
from backend.parties import price_queries
from backend.parties import queries as parties
from backend.parties.agreement_model import Agreement, PriceGroup
from backend.rulebook.rules import rule
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import Terms

A = OrderAction
_ESTIMATED_MEANWHILE = Text(
    "Somebody else has given an estimate meanwhile. Look at it: if yours is to take its place, give it once more."
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """Minutes of one price group."""

    price_group_id: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class MonthlyFee:
    """A fixed price for each of some months: a standing order. `first_month` is any day of the first."""

    amount: Decimal
    first_month: date
    months: int


@dataclass(frozen=True, kw_only=True)
class Option:
    """A way to do the work. Effort is told in any case, for it gives the size; a fixed price has parts or is a
    monthly fee."""

    title: str
    description: str | None = None
    rows: Sequence[Row]
    parts: Sequence[Part] | None = None
    monthly: MonthlyFee | None = None


@rule("H11.3.1-a", "D3-a")
async def request_estimate(
    session: Session,
    actor: Actor,
    *,
    order_id: int,
    expected_class: SizeClass = SizeClass.SMALL,
    agreed_on: date | None = None,
    due_on: date | None = None,
    now: datetime,
) -> Order:
    """Ask the supplier for an estimate by a day that follows from the class expected, or a later one agreed.

    Asked anew, the former estimate stays on record and cannot be ordered any more. `due_on` is the day by which the
    work is due, in place of one that has passed meanwhile or is after the agreement.
    """
    order = await queries.get_order_for_change(session, actor, order_id)
    move = await take(session, actor, order, A.REQUEST_ESTIMATE)
    today = helsinki_date(now)
    if move.source is OrderState.DRAFT:  # which the supplier has not read
        order.due_on = due_on or order.due_on
    last = last_day(await session.get_one(Agreement, order.agreement_id))
    with told_of_agreement(actor):
        order.due_on = rules.day_of_placing(order.due_on, due_on, today, last)
    terms = await parties.terms_on(session, order.agreement_id, today)
    expected = max(expected_class, order.raised_class or SizeClass.SMALL, key=lambda size: size.rank)
    due_at = deadlines.estimate_due_at(now, expected, agreed_on, terms)
    order.state, order.requested_at, order.estimate_due_at = move.target, now, due_at
    order.terms_on = terms.as_json()
    await open_deadline(
        session,
        order.ref,
        deadlines.ESTIMATE,
        started_at=now,
        due_at=due_at,
        warn_at=terms.warn_at(due_at, now),
        owner_id=order.supplier_id,
        rule=move.rule,
    )
    await events.record(
        session,
        actor,
        "order.estimate_requested",
        order,
        at=now,
        rule=move.rule,
        from_=move.source,
        to=move.target,
        audience=Audience.ALL,
        due_at=due_at,
        due_on=order.due_on,
    )
    return order


@rule("H11.8.1-g", "H11.3.1-a")
async def give_estimate(
    session: Session,
    actor: Actor,
    *,
    order_id: int,
    options: Sequence[Option],
    none_better_statement: str | None = None,
    after_ordinal: int | None = None,
    now: datetime,
) -> Estimate:
    """Answer a request: the first option is the one asked for, the others cheaper or better. The newest counts.

    `after_ordinal` is that of the newest estimate its writer saw, 0 of none: one given since is not replaced unseen.
    """
    order = await queries.get_order_for_change(session, actor, order_id)
    move = policy.take(actor, order.state, A.ESTIMATE)
    ordinal = await queries.next_ordinal(session, Estimate, order.id)
    if after_ordinal is not None and after_ordinal != ordinal - 1:
        raise version_conflict(_ESTIMATED_MEANWHILE, "after_ordinal")
    refusals = Refusals()
    refusals.check(lambda: rules.check_alternatives(len(options), none_better_statement))
    terms = Terms.of(order.terms_on)
    is_asked_for = move.source is OrderState.REQUESTED  # else it only replaces the answer that was given
    estimate = Estimate(
        order_id=order.id,
        ordinal=ordinal,
        none_better_statement=(none_better_statement or "").strip() or None,
        given_by_id=actor.person_id,
        given_at=now,
        is_late=is_asked_for and order.estimate_due_at is not None and now > order.estimate_due_at,
        supplier_id=order.supplier_id,
    )
    session.add(estimate)
    await session.flush()
    most = Minutes(0)
    for n, option in enumerate(options):
        try:
            most = max(most, await _add_option(session, order, estimate, n, option, terms, helsinki_date(now)))
        except Refusal as refusal:
            refusals.add(refusal.at("options", n))
    refusals.raise_any()
    order.state = move.target
    order.estimated_at = order.estimated_at or now
    order.size_class = rules.size_class(most, terms)
    await meet_deadline(session, order.ref, deadlines.ESTIMATE, at=now)
    await events.record(
        session,
        actor,
        "order.estimated",
        order,
        at=now,
        rule=move.rule,
        from_=move.source,
        to=move.target,
        audience=Audience.ALL,
        estimate=estimate.ref,
        options=len(options),
        is_late=estimate.is_late,
    )
    return estimate


async def _add_option(
    session: Session, order: Order, estimate: Estimate, n: int, option: Option, terms: Terms, day: date
) -> Minutes:
    rows = await _priced(session, order, option.rows, terms, day)
    minutes, euros = rules.totals(rows)
    parts = _parts_of(option, order)
    if order.pricing is Pricing.FIXED:
        euros = rules.check_parts(parts, "parts")
        rules.check_days_of_parts(parts, day, "parts")
    row = EstimateOption(
        estimate_id=estimate.id,
        position=n + 1,
        title=needed(option.title, "title", most=rules.MOST_LETTERS_IN_A_TITLE),
        description=optional(option.description, "description"),
        minutes=minutes,
        euros=euros,
    )
    session.add(row)
    await session.flush()
    session.add_all(
        EstimateRow(
            option_id=row.id,
            price_group_id=priced.price_group_id,
            minutes=priced.minutes,
            unit_price=priced.unit_price,
            amount=priced.amount,
        )
        for priced in rows
    )
    session.add_all(
        EstimatePart(
            option_id=row.id,
            position=at,
            title=needed(part.title, "parts", at - 1, "title", most=rules.MOST_LETTERS_IN_A_TITLE),
            amount=part.amount,
            due_on=part.due_on,
            month=part.month,
        )
        for at, part in enumerate(parts, 1)
    )
    await session.flush()
    return minutes


def _parts_of(option: Option, order: Order) -> Sequence[Part]:
    """The parts of a fixed price; those of a monthly fee are named by the order."""
    if order.pricing is not Pricing.FIXED:
        return ()
    if option.monthly is None:
        return option.parts or ()
    if option.parts:
        raise invalid(Text("Give parts or a monthly fee, not both."), "monthly", "amount", rule="H11.9-b")
    try:
        first = month_of(option.monthly.first_month)
        return rules.monthly_parts(order.title, option.monthly.amount, first, option.monthly.months)
    except Refusal as refusal:
        raise refusal.at("monthly") from None


@rule("D0-c")
async def _priced(session: Session, order: Order, rows: Sequence[Row], terms: Terms, day: date) -> list[PricedRow]:
    """The rows with the prices of the day; a price group is the agreement's, has a price that day and comes once."""
    if not rows:
        raise required("rows", rule="H11.8.2-a")
    priced: list[PricedRow] = []
    refusals = Refusals()
    for n, row in enumerate(rows):
        try:
            rules.check_step(row.minutes, terms, "rows", n, "minutes")
            group = await session.get(PriceGroup, row.price_group_id)
            if group is None or group.agreement_id != order.agreement_id:
                raise not_found("rows", n, "price_group_id")
            price = await price_queries.price_on(session, group.id, day)
            if price is None:
                message = Text("No price was agreed for %(group)s on %(day)s.", group=group.name, day=day)
                raise broken_rule("D0-c", message, "rows", n, "price_group_id")
            if any(group.id == earlier.price_group_id for earlier in priced):
                message = Text("%(group)s is there already: add the effort up.", group=group.name)
                raise broken_rule("D0-e", message, "rows", n, "price_group_id")
            priced.append(PricedRow(group.id, row.minutes, price))
        except Refusal as refusal:
            refusals.add(refusal)
    refusals.raise_any()
    return priced
