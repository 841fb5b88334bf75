"""Booking and correcting hours. Honest time is never blocked: what is above the ceiling or on hold is marked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from backend.hours import policy, queries, rules
from backend.hours.back_verbs import goes_back, is_above, make_room
from backend.hours.clock_verbs import meet_if_nothing_waits, open_approval_deadline
from backend.hours.model import OwnCostTarget, TimeEntry
from backend.hours.states import ENTRY, EntryAction, EntryState
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.kit.calendar import helsinki_date, month_of
from backend.kit.database import Session
from backend.kit.faults import Refusal, Refusals, broken_rule, required, version_conflict
from backend.kit.refs import Ref
from backend.kit.statements import put
from backend.kit.translation import Text
from backend.ledger import verbs as ledger
from backend.ledger.model import Account, Unit
from backend.ledger.posting import post
from backend.orders.forecast_verbs import note_booked, note_taken_off
from backend.orders.model import Order
from backend.orders.queries import get_order_for_change
from backend.orders.settling_verbs import tell_bound_again
from backend.orders.states import OrderState, Pricing
from backend.parties import price_queries
from backend.rulebook.choices import StopWorkAt
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

BOOKABLE = frozenset({OrderState.IN_PROGRESS, OrderState.DELIVERED})
"""States of an order whose work may be booked: begun, and not yet accepted."""


@dataclass(frozen=True)
class Booking:
    """What somebody wants on record."""

    target_id: int
    day: date
    minutes: int
    description: str
    price_group_id: int | None = None
    person_id: int | None = None
    import_key: str | None = None


@rule("H11.7.3-b", "H11.7.3-c", "H11.7.3-d")
async def book_hours(session: Session, actor: Actor, booking: Booking, *, now: datetime) -> TimeEntry:
    """Book one person's work on one target on one day."""
    try:
        return await put_entry(session, actor, booking, None, now=now)
    except Refusal as refusal:
        raise refusal.at("booking") from None


async def put_entry(
    session: Session, actor: Actor, booking: Booking, corrects: TimeEntry | None, *, now: datetime
) -> TimeEntry:
    """Put an entry on record, perhaps in the place of another, which is off the record already."""
    person_id = booking.person_id or actor.person_id
    if person_id is None:
        raise required("person_id", rule="H11.7.3-b")
    policy.require_may_book(actor, person_id)
    its = await queries.get_target_for_change(session, actor, booking.target_id)
    target, order = its.account, its.order
    agreement_id = await _agreement_of(session, its)
    asked = await price_queries.ask_work_on(session, agreement_id, person_id, target.holder_id, booking.day)
    (day,) = await lock_days(session, person_id, [booking.day])
    work = price_queries.work_on(asked)
    terms = work.terms
    stays = corrects is not None and corrects.account_id == target.id
    is_back = not stays and await goes_back(session, corrects, order)
    old = corrects if stays or is_back else None
    is_more = old is None or booking.minutes > old.minutes
    is_moved = old is not None and old.day != booking.day
    goes_on = order is None or order.state in BOOKABLE
    _check(booking, its, work, now, is_placed=is_more or is_moved or is_back, was=old.minutes if old else None)
    late_now = rules.is_late(booking.day, helsinki_date(now), actor.channel, terms)
    bound_again, is_stopped_now = 0, False
    if order is not None and is_back:
        bound_again = await make_room(session, order, target, booking.minutes, now=now)
    if is_back or (is_more and its.billing is not None):
        is_stopped_now = is_above(target, booking.minutes)
    if order is not None and (is_more or is_back):
        is_stopped_now = is_stopped_now or is_stopped(order, target, booking.minutes, terms)
    if is_back and corrects is not None and booking.price_group_id is None:
        booking = replace(booking, price_group_id=corrects.marked_price_group_id)
    group_id = await _price_group(session, booking, person_id, its, work.price_groups)
    entry = TimeEntry(
        account_id=target.id,
        order_id=order and order.id,
        billing_id=its.billing and its.billing.id,
        supplier_id=target.holder_id,
        person_id=person_id,
        price_group_id=group_id,
        day=booking.day,
        minutes=booking.minutes,
        description=booking.description.strip(),
        state=EntryState.BOOKED,
        is_late=rules.is_correction_late(old.is_late, is_more or (is_moved and goes_on), late_now) if old else late_now,
        is_without_permission=is_stopped_now or (old is not None and old.is_without_permission),
        first_booked_at=old.first_booked_at if old else now,
        booked_at=now,
        booked_by_id=actor.person_id,
        channel=actor.channel,
        import_key=booking.import_key,
        instruction_reason=old.instruction_reason if old and stays else None,
        marked_price_group_id=old.marked_price_group_id if old and stays else None,
        corrects_id=corrects and corrects.id,
    )
    rules.check_day_total(day.booked, entry.minutes, terms)
    await put(session, entry)
    await _post(session, entry, target, day, entry.minutes, ("book", "day"), now)
    await open_approval_deadline(session, entry, terms)
    await events.record(
        session,
        actor,
        "time_entry.booked",
        entry,
        at=now,
        to=EntryState.BOOKED,
        within=entry.within,
        rule="H11.7.3-d",
        minutes=entry.minutes,
        day=entry.day,
        is_late=entry.is_late,
        is_without_permission=entry.is_without_permission,
        booked=target.booked,
        granted=target.granted,
    )
    if order is not None:
        await note_booked(session, actor, order, target, now=now)
        await tell_bound_again(session, actor, order, target, bound_again, now=now)
    return entry


async def correct_hours(
    session: Session,
    actor: Actor,
    entry_id: int,
    minutes: int | None = None,
    description: str | None = None,
    day: date | None = None,
    target_id: int | None = None,
    price_group_id: int | None = None,
    *,
    expected_version: int | None = None,
    now: datetime,
) -> TimeEntry | Ref:
    """Replace an entry by a correction, linked to it; with no minutes left (0) it is only taken off.

    The old value stays visible. Approved entries are locked. What was booked in time stays in time, and what was done
    on hold stays marked; where a correction adds no work it is possible after the order's work has ended, also to
    another of its days, and of what was marked as done against instruction back to its order.
    """
    await queries.lock_targets(session, actor, [target_id] if target_id else [], [entry_id])
    (old,) = await queries.get_entries_for_change(session, actor, [entry_id])
    if expected_version is not None and expected_version != old.version:
        raise version_conflict()
    move = ENTRY.take(actor, old.state, EntryAction.CORRECT)
    policy.require_may_book(actor, old.person_id)
    policy.require_stays_at_own_cost(old, target_id, minutes)
    await _take_off_record(session, old, now)
    old.state, old.version = move.target, old.version + 1
    await events.record(
        session,
        actor,
        "time_entry.corrected",
        old,
        at=now,
        from_=move.source,
        to=move.target,
        within=old.within,
        rule=move.rule,
        minutes=old.minutes,
        to_minutes=old.minutes if minutes is None else minutes,
    )
    if minutes == 0:
        await _note_taken_off(session, actor, old, now)
        await meet_if_nothing_waits(session, old.supplier_id, month_of(old.day), at=now)
        return old
    corrected = Booking(
        target_id=target_id or old.account_id,
        day=day or old.day,
        minutes=old.minutes if minutes is None else minutes,
        description=description or old.description,
        price_group_id=price_group_id or old.price_group_id,
        person_id=old.person_id,
    )
    entry = await put_entry(session, actor, corrected, old, now=now)
    await _note_taken_off(session, actor, old, now)
    if month_of(entry.day) != month_of(old.day):
        await meet_if_nothing_waits(session, old.supplier_id, month_of(old.day), at=now)
    return entry


@rule("H11.8.3-d")
def is_stopped(order: Order, target: Account, minutes: int, terms: Terms) -> bool:
    """Whether work goes on without permission: by term, the forecast stops it, or these `minutes` pass the ceiling."""
    if terms.stop_work_at is StopWorkAt.FORECAST and order.is_on_hold:
        return True
    return target.granted is not None and target.booked + minutes > target.granted > 0


def _check(
    booking: Booking,
    target: queries.Target,
    work: price_queries.WorkOn,
    now: datetime,
    *,
    is_placed: bool,
    was: int | None,
) -> None:
    """Every rule of an entry at once, so that a person hears of all that is wrong.

    `is_placed`: on this target and day it was not before, or not so much; `was`: so many minutes of it were on record.
    """
    wrong = Refusals()
    wrong.check(lambda: rules.check_minutes(booking.minutes, work.terms))
    wrong.check(lambda: rules.check_description(booking.description, work.terms))
    wrong.check(lambda: rules.check_day(booking.day, helsinki_date(now)))
    if is_placed:
        wrong.check(lambda: require_ordered(target, booking, helsinki_date(now), was))
    if not work.is_theirs:
        message = Text("On that day this person does not work for the supplier of this target.")
        wrong.add(broken_rule("H11.7.3-b", message, "person_id"))
    wrong.raise_any()


@rule("H11.7.3-b", "H11.7.3-a", "H11.9-c")
def require_ordered(its: queries.Target, booking: Booking, today: date, was: int | None) -> None:
    """Only work that Tiera ordered or approved for billing: the target is open on the day, its order under way.

    What was done until an order ended early is booked for as long as it is on time. What is on record of an order
    already (`was`) is put on the right day of it also when its work is over, where that is no more work.
    """
    target, order, day = its.account, its.order, booking.day
    if its.billing is not None and its.billing.taken_back_at is not None:
        message = Text("%(number)s is not approved for billing any more.", number=its.billing.number)
        raise broken_rule("H11.9-c", message, "target_id")
    if its.billed_from is not None and day >= its.billed_from:
        message = Text("Since %(day)s it is approved for billing: book it on the approval.", day=its.billed_from)
        raise broken_rule("H11.9-c", message, "target_id")
    if order is not None:
        if order.ordered_at is None:
            raise broken_rule("H11.7.3-b", Text("This work is not ordered yet."), "target_id")
        is_over = order.state not in BOOKABLE and (order.books_until is None or today > order.books_until)
        if is_over and was is None:
            message = Text("Hours cannot be booked on this order: its state is “%(state)s”.", state=order.state)
            raise broken_rule("H11.7.3-b", message, "target_id")
        if is_over and was is not None and booking.minutes > was:
            message = Text(
                "The order's state is “%(state)s”: a correction is %(minutes)s at most, as the entry was.",
                state=order.state,
                minutes=Minutes(was),
            )
            raise broken_rule("H11.7.3-b", message, "minutes")
        first = helsinki_date(order.ordered_at)
        if day < first:
            message = Text("The work was ordered on %(day)s: nothing can be booked before it.", day=first)
            raise broken_rule("H11.7.3-b", message, "day")
    if target.opens_on is not None and day < target.opens_on:
        raise broken_rule("H11.7.3-a", Text("This target opens on %(day)s.", day=target.opens_on), "day")
    if target.closes_on is not None and day > target.closes_on:
        raise broken_rule("H11.7.3-a", Text("This target was closed on %(day)s.", day=target.closes_on), "day")


async def _price_group(
    session: Session, booking: Booking, person_id: int, its: queries.Target, groups: list[int]
) -> int | None:
    """What was said; else what this person last booked here, the only one of the estimate, what the person last booked
    elsewhere under the agreement, or the only one there is. What was approved for billing has the one of its approval.
    """
    target, order, billing = its.account, its.order, its.billing
    if billing is None and (order is None or order.pricing is not Pricing.HOURS):
        return None
    if billing is not None:
        if booking.price_group_id not in (None, billing.price_group_id) or billing.price_group_id not in groups:
            message = Text("It was approved for billing at another price group, or that has no price on this day.")
            raise broken_rule("H11.9-c", message, "price_group_id")
        return billing.price_group_id
    assert order is not None
    if booking.price_group_id is not None:
        if booking.price_group_id not in groups:
            message = Text("This price group has no price in the agreement on that day.")
            raise broken_rule("D0-c", message, "price_group_id")
        return booking.price_group_id
    used = await session.scalar(queries.price_groups_used(person_id, groups, target.id))
    estimated = [g for g in await queries.price_groups_estimated(session, order.chosen_option_id) if g in groups]
    only = estimated if len(estimated) == 1 else groups if len(groups) == 1 else []
    default = used or next(iter(only), None) or await session.scalar(queries.price_groups_used(person_id, groups))
    if default is None:
        raise required("price_group_id", rule="D0-c")
    return default


async def _take_off_record(session: Session, entry: TimeEntry, now: datetime) -> None:
    (target,) = await ledger.lock(session, Account.id == entry.account_id)
    (day,) = await lock_days(session, entry.person_id, [entry.day])
    await _post(session, entry, target, day, -entry.minutes, ("unbook", "unday"), now)


async def _note_taken_off(session: Session, actor: Actor, entry: TimeEntry, now: datetime) -> None:
    """Let the forecast of the order that hours were taken off follow what is booked now."""
    if entry.order_id is not None:
        order = await get_order_for_change(session, actor, entry.order_id)
        (work,) = await ledger.lock(session, Account.id == entry.account_id)
        await note_taken_off(session, actor, order, work, now=now)


async def _post(
    session: Session,
    entry: TimeEntry,
    target: Account,
    day: Account,
    minutes: int,
    acts: tuple[str, str],
    now: datetime,
) -> None:
    of_target = ledger.booked(target, minutes, entry.ref, f"{entry.ref}:{acts[0]}")
    of_day = ledger.committed(day, minutes, entry.ref, f"{entry.ref}:{acts[1]}")
    await post(session, [*of_target, *of_day], at=now)


async def lock_days(session: Session, person_id: int, days: Iterable[date]) -> list[Account]:
    """What a person has booked on each of these days, over all targets: locked in their order, after all targets."""
    purposes = [f"day:{day}" for day in sorted(set(days))]
    return await ledger.open_sums(session, Ref("Person", person_id), purposes, Unit.MINUTES)


async def _agreement_of(session: Session, its: queries.Target) -> int:
    if (work := its.order or its.billing) is not None:
        return work.agreement_id
    return (await session.get_one(OwnCostTarget, its.account.about_id)).agreement_id
