"""Work done against Tiera's instruction: its extra effort is the supplier's (H11.8.1-h)."""

from datetime import datetime

from backend.hours import queries
from backend.hours.approval_verbs import KEPT_BY_A_SPLIT
from backend.hours.model import OWN_COST, TimeEntry
from backend.hours.states import EntryState, OwnCost
from backend.hours.target_verbs import define_target
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.kit.database import Session
from backend.kit.faults import broken_rule, not_permitted, required, shows, wrong_state
from backend.kit.translation import Text
from backend.ledger import verbs as ledger
from backend.ledger.model import Account
from backend.orders.forecast_verbs import note_taken_off
from backend.orders.model import Order
from backend.orders.queries import get_order_for_change
from backend.parties import queries as parties
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule


@rule("H11.8.1-h", "H11.9-h")
async def mark_against_instruction(
    session: Session, actor: Actor, entry_id: int, minutes: int, reason: str, *, now: datetime
) -> TimeEntry:
    """Put an entry's extra minutes on the supplier's own cost; the rest stays on the order. The new entry, linked.

    Refused for what is approved or returned already: an approval is taken back, or credited, first.
    """
    if not actor.may(Right.APPROVE_HOURS):
        raise not_permitted("H11.8.1-h")
    if not shows(reason):
        raise required("reason", rule="H11.8.1-h")
    await queries.lock_targets(session, actor, [], [entry_id])
    (entry,) = await queries.get_entries_for_change(session, actor, [entry_id])
    if entry.state is not EntryState.BOOKED or entry.order_id is None:
        raise wrong_state(entry.state, EntryState.BOOKED, "H11.8.1-h")
    order = await get_order_for_change(session, actor, entry.order_id)
    step = (await parties.terms_on(session, order.agreement_id, entry.day)).booking_step_minutes
    if not 0 < minutes <= entry.minutes or minutes % step:
        message = Text(
            "Give the extra effort in steps of %(step)s, at most the entry's %(most)s.",
            step=Minutes(step),
            most=Minutes(entry.minutes),
        )
        raise broken_rule("H11.8.1-h", message, "minutes")
    target = await _target_of(session, actor, order, now)
    (work,) = await ledger.lock(session, Account.id == entry.account_id)
    extra = entry if minutes == entry.minutes else _part_of(entry, minutes)
    entry.version += 1
    if extra is not entry:
        entry.minutes -= minutes
        session.add(extra)
    extra.marked_price_group_id = entry.price_group_id
    extra.account_id, extra.order_id, extra.price_group_id = target.id, None, None
    extra.instruction_reason = reason.strip()
    await session.flush()
    key = f"{extra.ref}:against_instruction"
    await ledger.book(session, work, -minutes, extra.ref, key=f"{key}:off", at=now)
    await ledger.book(session, target, minutes, extra.ref, key=f"{key}:on", at=now)
    await note_taken_off(session, actor, order, work, now=now)
    await events.record(
        session,
        actor,
        "time_entry.marked_against_instruction",
        extra,
        at=now,
        rule="H11.8.1-h",
        within=order,
        minutes=minutes,
        left=entry.minutes if extra is not entry else 0,
    )
    return extra


def _part_of(entry: TimeEntry, minutes: int) -> TimeEntry:
    copied = {name: getattr(entry, name) for name in KEPT_BY_A_SPLIT}
    return TimeEntry(**copied, minutes=minutes, state=entry.state, split_from_id=entry.whole_id)


async def _target_of(session: Session, actor: Actor, order: Order, now: datetime) -> Account:
    """The order's account for work against instruction, locked; opened when it is first needed."""
    found = await queries.find_target_against_instruction(session, order)
    if found is None:
        target = await define_target(
            session,
            actor,
            order.agreement_id,
            OwnCost.AGAINST_INSTRUCTION,
            order.title,
            order_id=order.id,
            now=now,
        )
        found = target.id
    (account,) = await ledger.lock(
        session, Account.about_kind == "OwnCostTarget", Account.about_id == found, purpose=OWN_COST
    )
    return account
