"""Changing what was ordered: one side proposes, the other accepts, the old content stays on record (H11.8.3-b)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from backend.files.verbs import attach_to_act
from backend.kit import events
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import end_of_day, helsinki_date
from backend.kit.database import Session
from backend.kit.deadlines import drop_deadline, open_deadline
from backend.kit.faults import Refusal, broken_rule, constraint, invalid, needed, not_permitted, wrong_state
from backend.kit.translation import Text
from backend.orders import deadlines, policy, queries, rules
from backend.orders.ceiling_verbs import lift_ceiling, lower_ceiling
from backend.orders.commitment_verbs import Contact, check_new_due_day, open_work
from backend.orders.model import Order
from backend.orders.overrun_model import Revision
from backend.orders.states import (
    ORDERED_WORK,
    REVISION,
    OrderAction,
    Pricing,
    RevisionAction,
    RevisionState,
)
from backend.parties.right_model import OrderingRight
from backend.rulebook.rules import rule
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import Terms

A, D, R = OrderAction, RevisionAction, RevisionState
_PROPOSED = broken_rule("H11.8.3-b", Text("Another change of this order waits for an answer."))
constraint("uq_revisions_open", _PROPOSED)
_COVERED_BY_TIERA = Text("Tiera alone says that work done before is covered.")


class Kept(Enum):
    """What a change does not speak of."""

    AS_IT_IS = 0


@dataclass(frozen=True, kw_only=True)
class Change:
    """The content as it should be; what is left out, or as it was, changes nothing.

    `minutes_change` moves the ceiling.
    """

    title: str
    description: str
    goal: str | Kept | None = Kept.AS_IT_IS
    limits: str | Kept | None = Kept.AS_IT_IS
    due_on: date | Kept | None = Kept.AS_IT_IS
    minutes_change: int = 0


@rule("H11.8.3-b", "H11.8.1-a")
async def propose_revision(
    session: Session,
    actor: Actor,
    *,
    order_id: int,
    change: Change,
    reason: str,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Revision:
    """Propose a change of ordered work. Tiera's comes from an ordering contact: accepted, it binds Tiera."""
    order = await queries.get_order_for_change(session, actor, order_id)
    is_supplier = actor.kind is ActorKind.SUPPLIER
    move = policy.take(actor, order.state, A.OFFER_REVISION if is_supplier else A.PROPOSE_REVISION)
    if await queries.has_open_revision(session, order.id):
        raise _PROPOSED
    if change.minutes_change and order.pricing is not Pricing.HOURS:
        raise broken_rule(move.rule, Text("A fixed price has no ceiling to change."), "change", "minutes_change")
    before = content_of(order)
    wanted = {name: value for name, value in asdict(change).items() if value is not Kept.AS_IT_IS}
    after = rules.changes(before, {name: _as_json(value) for name, value in wanted.items()})
    said = needed(reason, "reason")
    try:
        rules.check_revision(after, change.minutes_change, Terms.of(order.terms_on))
        rules.check_emptied(await _class_after(session, order, change.minutes_change), after)
        if "due_on" in after:
            due_on = _day(after["due_on"])
            rules.check_day_to_come(due_on, helsinki_date(now), "due_on")
            await check_new_due_day(session, order, due_on)
    except Refusal as refusal:
        raise refusal.at("change") from None
    revision = Revision(
        order_id=order.id,
        ordinal=await queries.next_ordinal(session, Revision, order.id),
        state=R.AWAITS_TIERA if is_supplier else R.AWAITS_SUPPLIER,
        before={name: before[name] for name in after},
        after=after,
        minutes_change=change.minutes_change,
        reason=said,
        proposed_by_id=actor.person_id,
        proposed_for_id=actor.organisation_id,
        proposed_at=now,
        supplier_id=order.supplier_id,
    )
    session.add(revision)
    await events.record(
        session,
        actor,
        "revision.offered" if is_supplier else "revision.proposed",
        revision,
        at=now,
        rule=move.rule,
        to=revision.state,
        within=order,
        minutes_change=change.minutes_change,
    )
    await attach_to_act(session, actor, file_ids, revision)
    return revision


@rule("H11.8.3-b", "H11.8.3-d", "H11.8.2-a", "H11.8.2-c")
async def accept_revision(
    session: Session, actor: Actor, *, revision_id: int, covers_work_done: bool = False, now: datetime
) -> Revision:
    """The other side accepts: the content is the new one; a ceiling that moves is checked as at ordering.

    `covers_work_done`: work done before this acceptance may be approved and billed above the old ceiling too. Tiera
    alone says so.
    """
    revision, order, move = await _decide(session, actor, revision_id, D.ACCEPT)
    if covers_work_done and actor.kind is ActorKind.SUPPLIER:
        raise broken_rule("H11.8.3-d", _COVERED_BY_TIERA, "covers_work_done")
    if order.state not in ORDERED_WORK:
        raise wrong_state(order.state, D.ACCEPT, move)
    _check_day(revision, helsinki_date(now))
    for name, value in revision.after.items():
        setattr(order, name, _day(value) if name == "due_on" else value)
    if "title" in revision.after:
        work = await open_work(session, order, billable=order.pricing is Pricing.HOURS)
        work.title = order.title  # whoever books chooses by it
    if revision.minutes_change > 0:
        revision.covers_work_done = covers_work_done
        contact = await _contact(session, actor, order, revision)
        await lift_ceiling(session, actor, order, contact, revision.minutes_change, revision, now=now)
    elif revision.minutes_change < 0:
        await lower_ceiling(session, actor, order, revision.minutes_change, revision, now=now)
    rules.check_emptied(rules.larger(order.size_class, order.raised_class), revision.after)
    if "due_on" in revision.after:
        await check_new_due_day(session, order, order.due_on)
        await _move_delivery(session, order, now)
    order.version += 1
    return await _close(session, actor, revision, order, R.ACCEPTED, "revision.accepted", None, now)


def _check_day(revision: Revision, today: date) -> None:
    """No change moves the work to a day that has passed since it was proposed."""
    day = _day(revision.after.get("due_on"))
    if day is not None and day < today:
        message = Text("The work would be due on %(day)s, which has passed: another change is needed.", day=day)
        raise invalid(message, "revision_id")


async def reject_revision(session: Session, actor: Actor, *, revision_id: int, reason: str, now: datetime) -> Revision:
    """The other side does not accept, and says why: what was ordered stays."""
    revision, order, _ = await _decide(session, actor, revision_id, D.REJECT)
    said = needed(reason, "reason")
    return await _close(session, actor, revision, order, R.REJECTED, "revision.rejected", said, now)


async def withdraw_revision(session: Session, actor: Actor, *, revision_id: int, now: datetime) -> Revision:
    """Who proposed it takes it back before it is answered."""
    revision, order, _ = await _decide(session, actor, revision_id, D.WITHDRAW)
    return await _close(session, actor, revision, order, R.WITHDRAWN, "revision.withdrawn", None, now)


@rule("H11.8.3-b")
async def drop_revisions(session: Session, actor: Actor, order: Order, *, now: datetime) -> None:
    """The order has ended, so nothing of it can be changed any more: proposed changes are withdrawn."""
    for revision in await queries.open_revisions(session, order.id):
        source, revision.state, revision.decided_at = revision.state, R.WITHDRAWN, now
        await events.record(
            session, actor, "revision.withdrawn", revision, at=now, rule="H11.8.3-b", from_=source, to=revision.state,
            within=order,
        )  # fmt: skip


def content_of(order: Order) -> dict[str, Any]:
    """What of an order a revision may change, as JSON keeps it."""
    return {name: _as_json(getattr(order, name)) for name in rules.REVISED}


def _day(written: str | None) -> date | None:
    """A day as JSON keeps it."""
    return date.fromisoformat(written) if written else None


async def _class_after(session: Session, order: Order, minutes_change: int) -> SizeClass:
    """The class whose duties hold once the ceiling has moved by so many minutes."""
    if not minutes_change:
        return rules.larger(order.size_class, order.raised_class)
    work = await open_work(session, order, billable=True)
    return rules.counted_class((work.granted or 0) + minutes_change, order.raised_class, Terms.of(order.terms_on))


def _as_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.strip() or None if isinstance(value, str) else value


async def _decide(
    session: Session, actor: Actor, revision_id: int, action: RevisionAction
) -> tuple[Revision, Order, str]:
    revision, order = await queries.get_revision_for_change(session, actor, revision_id)
    move = REVISION.take(actor, revision.state, action)
    if actor.kind is ActorKind.CUSTOMER:
        raise not_permitted(move.rule)
    if action is not D.WITHDRAW:
        policy.refuse_own_request(actor, revision.proposed_by_id)
    return revision, order, move.rule


async def _contact(session: Session, actor: Actor, order: Order, revision: Revision) -> Contact:
    """Tiera's ordering contact of the change: who accepts the supplier's, or who proposed Tiera's."""
    if actor.kind is not ActorKind.SUPPLIER:
        return Contact(person_id=actor.person_id, organisation_id=actor.organisation_id)
    placed_under = await session.get(OrderingRight, order.ordering_right_id or 0)
    return Contact(
        person_id=revision.proposed_by_id, organisation_id=revision.proposed_for_id, placed_under=placed_under
    )


async def _move_delivery(session: Session, order: Order, now: datetime) -> None:
    await drop_deadline(session, order.ref, deadlines.DELIVERY, at=now)
    if order.due_on is not None:
        due_at = end_of_day(order.due_on)
        await open_deadline(
            session,
            order.ref,
            deadlines.DELIVERY,
            started_at=now,
            due_at=due_at,
            warn_at=Terms.of(order.terms_on).warn_at(due_at, now),
            owner_id=order.supplier_id,
            rule="H11.8.3-b",
        )


async def _close(
    session: Session,
    actor: Actor,
    revision: Revision,
    order: Order,
    state: RevisionState,
    event: str,
    reason: str | None,
    now: datetime,
) -> Revision:
    source, revision.state = revision.state, state
    revision.decided_by_id, revision.decided_at, revision.decision_reason = actor.person_id, now, reason
    said: dict[str, Any] = {} if revision.covers_work_done is None else {"covers_work_done": revision.covers_work_done}
    await events.record(
        session, actor, event, revision, at=now, rule="H11.8.3-b", from_=source, to=state, within=order, **said
    )
    return revision
