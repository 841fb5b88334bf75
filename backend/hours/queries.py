"""Who sees which entries and targets, and what verbs load."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from backend.hours.model import OWN_COST, WORDS_OF_ENTRIES, HourApproval, OwnCostTarget, TimeEntry
from backend.hours.states import EntryState, OwnCost
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import Month, helsinki_date
from backend.kit.clock import HELSINKI
from backend.kit.conditions import is_among, rows_of, there_is
from backend.kit.database import Condition, Row, Session
from backend.kit.faults import not_found
from backend.kit.refs import Kind, register, register_thing
from backend.kit.statements import Loading, by_actor
from backend.ledger import verbs as ledger
from backend.ledger.model import Account, Posting, PostingKind, Unit
from backend.orders.estimate_model import EstimateRow
from backend.orders.model import WORK, Order
from backend.orders.overrun_model import Overrun, Revision
from backend.orders.queries import get_order_for_change, visible_orders
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.tickets.billing_model import BILLING, BillingApproval
from backend.tickets.billing_queries import get_billing_for_change, lock_approvals


def visible_entries(actor: Actor, entry: Row) -> Condition:
    """Tiera sees all; at a supplier its leads see its own, others theirs; a customer none (D2.1-c)."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER if actor.sees(Right.SEE_HOURS):
            return sa.and_(entry.supplier_id == actor.organisation_id)
        case ActorKind.SUPPLIER:
            return sa.and_(entry.supplier_id == actor.organisation_id, entry.person_id == actor.person_id)
    return sa.false()


def visible_targets(actor: Actor, account: Row) -> Condition:
    """Accounts that hours are booked on: Tiera's view of all, a supplier's of its own."""
    is_effort = sa.and_(account.purpose == BILLING, account.unit == Unit.MINUTES)
    is_target = sa.or_(account.purpose == WORK, account.purpose == OWN_COST, is_effort)
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.and_(is_target)
        case ActorKind.SUPPLIER:
            return sa.and_(is_target, account.holder_id == actor.organisation_id)
    return sa.false()


def visible_own_cost_targets(actor: Actor, target: Row) -> Condition:
    return _of_supplier(actor, target)


def visible_approvals(actor: Actor, approval: Row) -> Condition:
    """Tiera's and, at the supplier, its leads': an approval sums up the hours of several people."""
    if actor.kind is ActorKind.SUPPLIER and not actor.sees(Right.SEE_HOURS):
        return sa.false()
    return _of_supplier(actor, approval)


def _of_supplier(actor: Actor, row: Row) -> Condition:
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return sa.and_(row.supplier_id == actor.organisation_id)
    return sa.false()


@by_actor
def _work_for_change(actor: Actor) -> Loading:
    its_work = sa.and_(Account.about_kind == "Order", Account.about_id == Order.id, Account.purpose == WORK)
    seen = sa.and_(visible_targets(actor, Account), visible_orders(actor, Order))
    work = sa.select(Account, Order).join(Order, its_work).where(Account.id == sa.bindparam("target_id"), seen)
    # PostgreSQL locks the rows of a result one by one, each in the order of these two.
    return Loading(work.with_for_update(of=[Order, Account], key_share=True))


@dataclass(frozen=True, slots=True)
class Target:
    """The account of a target, and whose work it is: an order's, what was approved for billing, or at own cost."""

    account: Account
    order: Order | None = None
    billing: BillingApproval | None = None
    billed_from: date | None = None
    """Of handling a complaint that is approved for billing now: since when it is booked on the approval."""


async def get_target_for_change(session: Session, actor: Actor, target_id: int) -> Target:
    """A target, with its account and what it is the work of locked; the account last, as all verbs do."""
    work, values = _work_for_change(actor)
    for account, order in await work.run(session, **values, target_id=target_id):
        return Target(account, order=order)
    seen = sa.and_(Account.id == target_id, visible_targets(actor, Account))
    about = (await session.execute(sa.select(Account.purpose, Account.about_id).where(seen))).first()
    if about is None:
        raise not_found("target_id")
    if about.purpose == BILLING:
        billing, account = await get_billing_for_change(session, actor, about.about_id)
        return Target(account, billing=billing)
    (account,) = await ledger.lock(session, seen, purpose=OWN_COST)
    wanted = sa.select(sa.func.min(BillingApproval.approved_at)).where(is_in_its_place(about.about_id, BillingApproval))
    approved_at = await session.scalar(wanted)
    return Target(account, billed_from=helsinki_date(approved_at) if approved_at else None)


def is_in_its_place(target_id: Any, approval: Row) -> Condition:
    """SQL: whether this approves for billing now what is else booked on a target at the supplier's own cost."""
    its = rows_of(OwnCostTarget)
    is_its = (its.c.id == target_id, its.c.number == approval.number, its.c.supplier_id == approval.supplier_id)
    return sa.and_(approval.taken_back_at.is_(None), there_is(its, *is_its))


async def lock_targets(
    session: Session, actor: Actor, target_ids: Iterable[int], entry_ids: Iterable[int] = ()
) -> None:
    """Lock what a verb will touch: orders, approvals for billing, then accounts, in ascending ids, as everybody does.

    What the actor does not see is left to the verb to refuse.
    """
    of_entries = sa.select(TimeEntry.account_id).where(
        TimeEntry.id.in_(frozenset(entry_ids)), visible_entries(actor, TimeEntry)
    )
    named = sa.or_(
        sa.and_(Account.id.in_(frozenset(target_ids)), visible_targets(actor, Account)), Account.id.in_(of_entries)
    )
    found = (await session.execute(sa.select(Account.id, Account.purpose, Account.about_id).where(named))).all()
    for order_id in sorted(row.about_id for row in found if row.purpose == WORK):
        await get_order_for_change(session, actor, order_id)
    await lock_approvals(session, [row.about_id for row in found if row.purpose == BILLING])
    await ledger.lock(session, Account.id.in_(sorted(row.id for row in found)))


async def get_entries_for_change(session: Session, actor: Actor, entry_ids: Iterable[int]) -> list[TimeEntry]:
    """Entries locked after their accounts, in ascending ids; NotFound if the actor does not see one of them.

    Before those the orders whose work is accepted: what they bind follows what is approved.
    """
    wanted = frozenset(entry_ids)
    mine = sa.and_(TimeEntry.id.in_(wanted), visible_entries(actor, TimeEntry))
    accepted = (Order.id.in_(sa.select(TimeEntry.order_id).where(mine)), Order.accepted_at.is_not(None))
    await session.execute(sa.select(Order.id).where(*accepted).order_by(Order.id).with_for_update(key_share=True))
    accounts = sa.select(TimeEntry.account_id).where(mine)
    await session.execute(
        sa.select(Account.id).where(Account.id.in_(accounts)).order_by(Account.id).with_for_update(key_share=True)
    )
    found = await session.scalars(
        sa.select(TimeEntry)
        .where(mine)
        .order_by(TimeEntry.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    entries = list(found.all())
    if {entry.id for entry in entries} != wanted:
        raise not_found("entry_ids")
    return sorted(entries, key=lambda entry: (entry.day, entry.id))


async def agreements_of_targets(session: Session, account_ids: Collection[int]) -> Sequence[int]:
    """The agreements under which work on these targets is done: of orders, approvals for billing, own cost."""
    kinds = ((WORK, Order), (BILLING, BillingApproval), (OWN_COST, OwnCostTarget))
    found = sa.union(
        *(
            sa.select(about.agreement_id)
            .join(Account, sa.and_(Account.about_id == about.id, Account.purpose == purpose))
            .where(Account.id.in_(account_ids))
            for purpose, about in kinds
        )
    )
    return (await session.scalars(found)).all()


async def get_approval_for_change(session: Session, actor: Actor, approval_id: int) -> HourApproval:
    found = await session.scalar(
        sa.select(HourApproval)
        .where(HourApproval.id == approval_id, visible_approvals(actor, HourApproval))
        .with_for_update(key_share=True)
    )
    if found is None:
        raise not_found("approval_id")
    return found


async def entries_of_approval(session: Session, approval_id: int) -> list[int]:
    found = await session.scalars(
        sa.select(TimeEntry.id).where(TimeEntry.approval_id == approval_id, TimeEntry.state == EntryState.APPROVED)
    )
    return list(found.all())


def left_out_ids(approval: Row) -> Any:
    """The ids of the entries that an approval left out, as an array."""
    keys = sa.func.jsonb_object_keys(approval.left_out).table_valued("key").render_derived()
    ids = sa.select(sa.func.array_agg(sa.cast(keys.c.key, sa.BigInteger))).select_from(keys).scalar_subquery()
    return sa.func.coalesce(ids, sa.cast(sa.text("'{}'"), ARRAY(sa.BigInteger)))


def is_approved_by(approval: Row, order: Row) -> Condition:
    """SQL: whether an approval approved hours of an order."""
    entry = rows_of(TimeEntry)
    its = sa.select(entry.c.order_id).where(entry.c.approval_id == approval.id).correlate_except(entry)
    return sa.and_(order.id.in_(its))


@rule("H11.8.3-d")
def is_uncovering(grant: Row) -> Condition:
    """SQL: whether a grant is of a decision, on an overrun or a revision, that does not cover work done before it."""
    decisions = [(kind, rows_of(decision)) for kind, decision in (("Overrun", Overrun), ("Revision", Revision))]
    return sa.or_(
        *(
            sa.and_(
                grant.source_kind == kind,
                there_is(rows, rows.c.id == grant.source_id, rows.c.covers_work_done.is_(False)),
            )
            for kind, rows in decisions
        )
    )


async def uncovering_grants(
    session: Session, account_ids: Collection[int]
) -> Mapping[int, Sequence[tuple[int, datetime]]]:
    """Account → its grants by decisions that do not cover work done before them, each with when it was given."""
    wanted = sa.select(Posting.account_id, Posting.id, Posting.at).where(
        is_among(Posting.account_id, account_ids), Posting.kind == PostingKind.GRANT, is_uncovering(Posting)
    )
    found: dict[int, list[tuple[int, datetime]]] = {}
    for account_id, grant_id, given_at in (await session.execute(wanted)).all():
        found.setdefault(account_id, []).append((grant_id, given_at))
    return found


def is_done_before(entry: Row, decided_at: Any) -> Condition:
    """What `rules.was_done_before` says, in SQL."""
    decided_on = sa.cast(sa.func.timezone(HELSINKI.key, decided_at), sa.Date)
    return sa.or_(entry.first_booked_at < decided_at, entry.day < decided_on)


async def approved_before(session: Session, account_id: int, decided_at: datetime) -> int:
    """Minutes approved on an account of work that was done before a decision."""
    summed = sa.select(sa.func.coalesce(sa.func.sum(TimeEntry.minutes), 0)).where(
        TimeEntry.account_id == account_id,
        TimeEntry.state == EntryState.APPROVED,
        is_done_before(TimeEntry, sa.literal(decided_at)),
    )
    return int(await session.scalar(summed) or 0)


async def is_month_open(session: Session, supplier_id: int, month: Month) -> bool:
    """Whether some entry of a supplier's month still waits for approval."""
    waiting = sa.select(TimeEntry.id).where(
        TimeEntry.supplier_id == supplier_id,
        TimeEntry.day.between(month.first_day, month.last_day),
        TimeEntry.state == EntryState.BOOKED,
    )
    return (await session.scalars(waiting.limit(1))).first() is not None


def is_same_text(entry: Row) -> Condition:
    """Whether another entry of the same person has the same description: warned of, never refused (H11.7.3-c).

    What was split off an entry is no other work.
    """
    other = rows_of(TimeEntry)
    is_of_one = sa.or_(
        other.c.split_from_id == entry.id,
        other.c.id == entry.split_from_id,
        other.c.split_from_id == entry.split_from_id,
    )
    return there_is(
        other,
        other.c.person_id == entry.person_id,
        other.c.id != entry.id,
        ~sa.func.coalesce(is_of_one, sa.false()),
        other.c.day.between(entry.day - 31, entry.day),
        other.c.state != EntryState.CORRECTED,
        sa.func.lower(other.c.description) == sa.func.lower(entry.description),
    )


def price_groups_used(person_id: Any, groups: Any, account_id: Any = None) -> sa.Select[Any]:
    """Of these price groups the one that a person booked last, perhaps on one target; the values may be parameters."""
    wanted = sa.select(TimeEntry.price_group_id).where(
        TimeEntry.person_id == person_id, TimeEntry.price_group_id == sa.any_(groups)
    )
    if account_id is not None:
        wanted = wanted.where(TimeEntry.account_id == account_id)
    return wanted.order_by(TimeEntry.day.desc(), TimeEntry.id.desc()).limit(1)


async def price_groups_estimated(session: Session, option_id: int | None) -> list[int]:
    """The price groups of what was chosen of an estimate."""
    found = await session.scalars(sa.select(EstimateRow.price_group_id).where(EstimateRow.option_id == option_id))
    return list(found.all())


register(Kind("Target", Account.__table__, visible_targets, title="title"))
register_thing(
    TimeEntry,
    visible_entries,
    title="description",
    url="/tunnit/{id}",
    words=WORDS_OF_ENTRIES,
    part_of=("Order", "BillingApproval"),
)
register_thing(OwnCostTarget, visible_own_cost_targets, title="title", part_of=("Order", "Complaint"))
register_thing(HourApproval, visible_approvals, url="/tunnit/hyvaksynta/{id}")


async def order_of_own_cost(session: Session, account_id: int) -> int | None:
    """The order that work on a target at the supplier's own cost belongs to, where it does to one."""
    its = sa.and_(Account.about_id == OwnCostTarget.id, Account.purpose == OWN_COST)
    return await session.scalar(sa.select(OwnCostTarget.order_id).join(Account, its).where(Account.id == account_id))


async def find_target_against_instruction(session: Session, order: Order) -> int | None:
    """Its supplier's target for work on an order against Tiera's instruction, where there is one."""
    wanted = sa.select(OwnCostTarget.id).where(
        OwnCostTarget.order_id == order.id,
        OwnCostTarget.agreement_id == order.agreement_id,
        OwnCostTarget.kind == OwnCost.AGAINST_INSTRUCTION,
    )
    return await session.scalar(wanted)
