"""Tiera approves, returns, or takes an approval back while it can; there is no silent approval (H11.7.3-g)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from backend.hours import policy, queries, rules
from backend.hours.clock_verbs import is_approval_late, meet_if_nothing_waits, reopen_approval_deadline
from backend.hours.figures import left_out_of
from backend.hours.model import HourApproval, TimeEntry
from backend.hours.states import ENTRY, EntryAction, EntryState, LeftOut
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import Month, helsinki_date, month_of
from backend.kit.database import Session
from backend.kit.faults import broken_rule, invalid, not_permitted, required, shows
from backend.kit.translation import Text
from backend.ledger import verbs as ledger
from backend.ledger.model import Account
from backend.orders.commitment_verbs import count_euros
from backend.orders.payable import register_payable
from backend.parties import queries as parties
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule

KEPT_BY_A_SPLIT = (
    "account_id",
    "order_id",
    "billing_id",
    "supplier_id",
    "person_id",
    "price_group_id",
    "day",
    "description",
    "is_late",
    "is_without_permission",
    "first_booked_at",
    "booked_at",
    "booked_by_id",
    "channel",
)


@rule("H11.7.3-g", "H11.8.3-d")
async def approve_hours(session: Session, actor: Actor, entry_ids: Sequence[int], *, now: datetime) -> HourApproval:
    """Approve entries, one or many, oldest day first, each as far as the ceiling reaches.

    An entry is split at the boundary of what is granted; what cannot be approved is left out, with the reason on
    record. Refused when nothing could be approved, and when the entries are of several suppliers: an approval is
    shown to the supplier whose hours it approved.
    """
    if not actor.may(Right.APPROVE_HOURS):
        raise not_permitted("H11.7.3-g")
    if not entry_ids:
        raise required("entry_ids", rule="H11.7.3-g")
    entries = await queries.get_entries_for_change(session, actor, entry_ids)
    if len({entry.supplier_id for entry in entries}) > 1:
        raise invalid(Text("Approve the hours of one supplier at a time."), "entry_ids", rule="H11.7.3-g")
    accounts = {a.id: a for a in await ledger.lock(session, Account.id.in_({e.account_id for e in entries}))}
    seconds = await _withdraw_seconds(session, accounts, now)
    approval = HourApproval(
        approved_by_id=actor.person_id,
        approved_at=now,
        revocable_until=now + timedelta(seconds=seconds),
        is_late=await is_approval_late(session, _months(entries), now),
        minutes=0,
        entries=0,
        left_out={},
        supplier_id=entries[0].supplier_id,
    )
    session.add(approval)
    await session.flush()
    uncovering = await queries.uncovering_grants(session, accounts)
    left_out: dict[str, str] = {}
    approved: list[TimeEntry] = []
    for entry in entries:
        account = accounts[entry.account_id]
        room = await _room_for(session, entry, account, uncovering.get(account.id, ()))
        reason, rest = await _approve(session, actor, entry, account, room, approval, now)
        if rest is not None and reason is not None:
            left_out[str(rest.id)] = reason
        if rest is not entry:
            approved.append(entry)
    if not approved:
        raise _nothing_approved(set(left_out.values()))
    approval.minutes, approval.entries = sum(entry.minutes for entry in approved), len(approved)
    approval.left_out = left_out
    await _count_euros(session, actor, approved, now)
    await events.record(
        session,
        actor,
        "hours.approved",
        approval,
        at=now,
        rule="H11.7.3-g",
        minutes=approval.minutes,
        entries=approval.entries,
        left_out=len(left_out),
    )
    await _meet_deadlines(session, approved, now)
    return approval


async def _withdraw_seconds(session: Session, account_ids: Collection[int], now: datetime) -> int:
    """How long the approval can be taken back: of several agreements, the shortest of their terms."""
    agreements = await queries.agreements_of_targets(session, account_ids)
    terms = [await parties.terms_on(session, agreement_id, helsinki_date(now)) for agreement_id in agreements]
    return min(each.withdraw_seconds for each in terms)


async def return_hours(
    session: Session, actor: Actor, entry_ids: Sequence[int], reason: str, *, now: datetime
) -> TimeEntry:
    """Give entries back to the supplier with a reason; a correct entry must be approved, not returned."""
    if not shows(reason):
        raise required("reason", rule="H11.7.3-g")
    entries = await queries.get_entries_for_change(session, actor, entry_ids)
    if not entries:
        raise required("entry_ids", rule="H11.7.3-g")
    for entry in entries:
        move = ENTRY.take(actor, entry.state, EntryAction.RETURN)
        policy.require_other_than_booker(actor, entry)
        entry.state, entry.version = move.target, entry.version + 1
        entry.returned_at, entry.return_reason = now, reason.strip()
        await events.record(
            session, actor, "time_entry.returned", entry, at=now, from_=move.source, to=move.target,
            rule=move.rule, within=entry.within, minutes=entry.minutes,
        )  # fmt: skip
    await _meet_deadlines(session, entries, now)
    return entries[0]


async def take_approval_back(session: Session, actor: Actor, approval_id: int, *, now: datetime) -> HourApproval:
    """Undo an approval within the term's seconds, as long as no invoice line holds any of its hours."""
    if not actor.may(Right.APPROVE_HOURS):
        raise not_permitted("H11.7.3-g")
    approval = await queries.get_approval_for_change(session, actor, approval_id)
    ids = await queries.entries_of_approval(session, approval.id)
    entries = await queries.get_entries_for_change(session, actor, ids)
    if not entries:
        raise broken_rule("H11.7.3-g", Text("This approval was taken back already."))
    policy.require_can_be_taken_back(approval.revocable_until, now)
    accounts = {a.id: a for a in await ledger.lock(session, Account.id.in_({e.account_id for e in entries}))}
    for entry in entries:
        move = ENTRY.take(actor, entry.state, EntryAction.WITHDRAW)
        account = accounts[entry.account_id]
        key = f"{entry.ref}:withdraw:{entry.version}"
        if await ledger.withdraw_approval(session, account, entry.ref, key=key, at=now) != entry.minutes:
            raise policy.held_by_a_line()
        entry.state, entry.version, entry.approval_id = move.target, entry.version + 1, None
        await events.record(
            session, actor, "time_entry.approval_withdrawn", entry, at=now, from_=move.source, to=move.target,
            rule=move.rule, within=entry.within, minutes=entry.minutes,
        )  # fmt: skip
    approval.taken_back_at = now
    await _count_euros(session, actor, entries, now)
    for supplier_id, month in _months(entries):
        await reopen_approval_deadline(session, supplier_id, month)
    await events.record(session, actor, "hours.approval_withdrawn", approval, at=now, rule="H11.7.3-g")
    return approval


async def _approve(
    session: Session,
    actor: Actor,
    entry: TimeEntry,
    account: Account,
    room: int,
    approval: HourApproval,
    now: datetime,
) -> tuple[LeftOut | None, TimeEntry | None]:
    """Approve one entry as far as it goes; why not all of it, and what was left: itself, or what was split from it."""
    if entry.state is not EntryState.BOOKED:
        return LeftOut.NOT_WAITING, entry
    move = ENTRY.take(actor, entry.state, EntryAction.APPROVE)
    policy.require_other_than_booker(actor, entry)
    reason, rest = None, None
    if room < entry.minutes:
        reason = LeftOut.WITHOUT_PERMISSION if account.has_room_for(room + 1) else LeftOut.ABOVE_CEILING
    if room == 0:
        return reason, entry
    if reason is not None:
        rest = await _split(session, actor, entry, room, now)
    await ledger.approve(
        session,
        account,
        entry.minutes,
        entry.ref,
        day=entry.day,
        price_group_id=entry.price_group_id,
        key=f"{entry.ref}:approve:{entry.version}",
        at=now,
    )
    entry.state, entry.version, entry.approval_id = move.target, entry.version + 1, approval.id
    await events.record(
        session,
        actor,
        "time_entry.approved",
        entry,
        at=now,
        from_=move.source,
        to=move.target,
        rule=move.rule,
        within=entry.within,
        minutes=entry.minutes,
        approved=account.approved,
        granted=account.granted,
    )
    return reason, rest


async def _room_for(
    session: Session, entry: TimeEntry, account: Account, uncovering: Sequence[tuple[int, datetime]]
) -> int:
    """How much of an entry can be approved: what the ceiling leaves, and what decisions leave to work before them."""
    if account.granted is None:
        return entry.minutes
    possible = min(entry.minutes, account.granted - account.approved)
    standing = await ledger.grants_of(session, account) if uncovering else {}
    for decided_at in {at for _, at in uncovering if rules.was_done_before(entry.day, entry.first_booked_at, at)}:
        not_covering = [standing[grant_id] for grant_id, at in uncovering if at >= decided_at]
        approved = await queries.approved_before(session, account.id, decided_at)
        possible = min(possible, rules.room_before(account.granted, not_covering, approved))
    return possible


async def _split(session: Session, actor: Actor, entry: TimeEntry, minutes: int, now: datetime) -> TimeEntry:
    """Leave `minutes` on an entry and put the rest, above the ceiling, on an entry of its own.

    The account's and the day's sums stay as they are: the same work is booked, on two rows. The rest is marked as work
    without permission, and what is under the ceiling keeps the mark that it had.
    """
    copied: dict[str, Any] = {name: getattr(entry, name) for name in KEPT_BY_A_SPLIT}
    rest = TimeEntry(**copied, minutes=entry.minutes - minutes, state=EntryState.BOOKED, split_from_id=entry.whole_id)
    rest.is_without_permission = True
    entry.minutes = minutes
    session.add(rest)
    await events.record(
        session, actor, "time_entry.split", rest, at=now, rule="H11.8.3-d", within=entry.within,
        minutes=rest.minutes, kept=minutes, of=entry.ref,
    )  # fmt: skip
    return rest


async def _count_euros(session: Session, actor: Actor, entries: Iterable[TimeEntry], now: datetime) -> None:
    await session.flush()
    order_ids = {entry.order_id for entry in entries if entry.order_id is not None}
    await count_euros(session, actor, order_ids, now=now)


async def _meet_deadlines(session: Session, entries: Sequence[TimeEntry], now: datetime) -> None:
    await session.flush()
    for supplier_id, month in _months(entries):
        await meet_if_nothing_waits(session, supplier_id, month, at=now)


def _months(entries: Iterable[TimeEntry]) -> list[tuple[int, Month]]:
    return sorted({(entry.supplier_id, month_of(entry.day)) for entry in entries}, key=str)


def _nothing_approved(reasons: set[str]) -> Exception:
    if reasons == {LeftOut.NOT_WAITING}:
        return broken_rule("H11.7.3-g", Text("None of these entries waits for approval any more."), "entry_ids")
    if reasons == {LeftOut.WITHOUT_PERMISSION}:
        return broken_rule("H11.8.3-d", Text("%(reason)s", reason=LeftOut.WITHOUT_PERMISSION), "entry_ids")
    message = Text("These hours are above the ceiling that Tiera has approved: decide on the overrun first.")
    return broken_rule("H11.8.3-d", message, "entry_ids")


@rule("H11.8.3-d")
async def tell_payable(session: Session, account: Account) -> int:
    """Minutes of an account's booked work that are approved or may yet be: under its ceiling, less what is left out."""
    return min(account.granted or 0, account.booked - await left_out_of(session, account))


register_payable(tell_payable)
