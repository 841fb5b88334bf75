"""What hours are booked on: opened at the supplier's own cost, explained, and closed."""

from datetime import datetime

from backend.hours import queries
from backend.hours.model import OWN_COST, OwnCostTarget
from backend.hours.states import OWN_COST_RULES, OwnCost, TargetState
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session, Thing
from backend.kit.faults import broken_rule, not_permitted, optional, required, version_conflict
from backend.kit.refs import Ref
from backend.kit.translation import Text
from backend.ledger import verbs as ledger
from backend.ledger.model import Unit
from backend.orders.model import Order
from backend.orders.queries import get_order_for_change
from backend.parties import queries as parties
from backend.parties.agreement_model import Agreement
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule


@rule("H11.7.3-a", "H11.9-h", "H11.11-d")
async def define_target(
    session: Session,
    actor: Actor,
    agreement_id: int,
    kind: OwnCost,
    title: str,
    instructions: str | None = None,
    order_id: int | None = None,
    *,
    now: datetime,
) -> OwnCostTarget:
    """Tiera opens a target for work at the supplier's own cost: it can be booked and approved, never billed."""
    if not actor.may(Right.DEFINE_TARGETS):
        raise not_permitted("H11.7.3-a")
    agreement = await parties.get_agreement_for_change(session, actor, agreement_id)
    if order_id is not None:
        _require_work_of(agreement, await get_order_for_change(session, actor, order_id))
    elif kind is OwnCost.AGAINST_INSTRUCTION:
        raise required("order_id", rule="H11.8.1-h")
    target = OwnCostTarget(
        agreement_id=agreement.id,
        supplier_id=agreement.organisation_id,
        kind=kind,
        title=title.strip(),
        order_id=order_id,
    )
    return await open_target(session, actor, target, instructions=instructions, now=now)


@rule("H11.7.3-b")
def _require_work_of(agreement: Agreement, order: Order) -> None:
    """Of an order's work there is a target only once it is ordered, and only for its own supplier."""
    if order.agreement_id != agreement.id:
        raise broken_rule("H11.7.3-b", Text("This order is under another agreement."), "order_id")
    if order.number is None:
        raise broken_rule("H11.7.3-b", Text("This work is not ordered yet."), "order_id")


async def open_target(
    session: Session,
    actor: Actor,
    target: OwnCostTarget,
    *,
    instructions: str | None = None,
    within: Ref | None = None,
    now: datetime,
) -> OwnCostTarget:
    """Put a target at the supplier's own cost on record, with its account, which is never billed.

    It belongs to the thing for which it is opened, else to its order.
    """
    target.made_by_id, target.made_at = actor.person_id, now
    session.add(target)
    await session.flush()
    account = await ledger.open_account(
        session,
        target.ref,
        OWN_COST,
        Unit.MINUTES,
        billable=False,
        limited=False,
        holder_id=target.supplier_id,
        title=target.title,
        rule=(own_rule := OWN_COST_RULES[target.kind]),
    )
    account.instructions = instructions
    of_order = Ref("Order", target.order_id) if target.order_id else None
    await events.record(session, actor, "target.defined", target, at=now, rule=own_rule, within=within or of_order)
    return target


@rule("H11.7.3-a")
async def instruct_target(
    session: Session,
    actor: Actor,
    target_id: int,
    expected_version: int,
    instructions: str | None = None,
    *,
    now: datetime,
) -> Ref:
    """Tiera says how to book on a target, an order's or a ticket's too; None: there is nothing more to say."""
    if not actor.may(Right.DEFINE_TARGETS):
        raise not_permitted("H11.7.3-a")
    its = await queries.get_target_for_change(session, actor, target_id)
    account, before = its.account, its.account.instructions
    if account.version != expected_version:
        raise version_conflict()
    account.instructions = optional(instructions, "instructions")
    if account.instructions != before:
        account.version += 1
        about = await _about(session, its)
        await events.record(
            session, actor, "target.instructed", about, at=now, rule="H11.7.3-a", instructions_before=before
        )
    return Ref("Target", account.id)


async def _about(session: Session, its: queries.Target) -> Thing:
    """What a target is the work of: an order, what was approved for billing, work at the supplier's own cost."""
    about: Thing | None = its.order or its.billing
    return about if about is not None else await session.get_one(OwnCostTarget, its.account.about_id)


async def close_target(session: Session, actor: Actor, target_id: int, *, now: datetime) -> Ref:
    """Nothing more is booked on a target for days after today, nor for those after which it was closed before."""
    if not actor.may(Right.DEFINE_TARGETS):
        raise not_permitted("H11.7.3-a")
    its = await queries.get_target_for_change(session, actor, target_id)
    account = its.account
    today = helsinki_date(now)
    was_closed = account.closes_on is not None and account.closes_on <= today
    account.closes_on = min(account.closes_on or today, today)
    await events.record(
        session,
        actor,
        "target.closed",
        await _about(session, its),
        at=now,
        rule="H11.7.3-a",
        from_=TargetState.CLOSED if was_closed else TargetState.OPEN,
        to=TargetState.CLOSED,
        closes_on=account.closes_on,
    )
    return Ref("Target", account.id)
