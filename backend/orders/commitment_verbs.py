"""What an order counts with: euros of an ordering right's year and of its agreement's total, under the ledger's locks.

An order counts with what it binds or, where that is more, with what its approved hours come to. Accounts are locked in
one order everywhere: the orders' own, then the agreements' totals, then the rights' years. Whoever holds an order's
own account of work knows that what the order counts with stays.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from backend.kit import events
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.faults import Refusal
from backend.kit.refs import Ref
from backend.ledger import verbs as ledger
from backend.ledger.model import Account, Unit
from backend.orders import counting_queries, rules
from backend.orders.model import SUMS, TOTAL, WORK, Order
from backend.parties import rules as party_rules
from backend.parties.agreement_model import Agreement
from backend.parties.agreement_verbs import tell_shares
from backend.parties.right_model import OrderingRight
from backend.parties.role_queries import rights_in_force
from backend.rulebook.rules import rule
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import Terms

Year = tuple[Ref, str]
"""What a right's account of a year is about, and its purpose."""


def year_purpose(year: int) -> str:
    """Purpose of an ordering right's account in cents: what was ordered under it in a calendar year."""
    return f"year:{year}"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Under whose naming something is bound."""

    person_id: int | None
    organisation_id: int | None
    placed_under: OrderingRight | None = None
    """The right that still counts where the person has none in force any more."""


@dataclass(frozen=True, kw_only=True)
class Binding:
    """What the order comes to after the act."""

    size_class: SizeClass
    minutes: int
    euros: Decimal
    due_on: date | None
    """The last day on which something of it is due."""


@rule("H11.8.1-a", "H11.8.1-b", "D3-a")
async def bind(
    session: Session, actor: Actor, order: Order, contact: Contact, binding: Binding, terms: Terms, *, now: datetime
) -> OrderingRight:
    """Bind euros for an order under the right that covers it; refuses by the limit that would be passed.

    Nothing can slip past a limit while this waits: both sums are read under the locks that guard them.
    """
    day = helsinki_date(now)
    (agreement,) = (await _lock_totals(session, [order.agreement_id])).values()
    (its,) = await counting_queries.euros_counted(session, [order.id])
    due = max(binding.euros, its.approved)
    before, more = euros_of(agreement.total.booked), due - its.counted
    with told_of_agreement(actor):
        party_rules.check_agreement(agreement.agreement, day=day, euros_before=before, euros=more)
        rules.check_due_day(binding.due_on, last_day(agreement.agreement))

    rights, naming_day = await _rights_of(session, contact, order, day)
    purpose = year_purpose(day.year)
    years = await _lock_years(session, {(right.counted_on, purpose) for right in rights})
    # The whole order counts against the year; what it counts with already is not counted twice.
    used = {right.id: euros_of(years[right.counted_on, purpose].booked) + more - due for right in rights}
    with _told_of_right(actor):
        right = party_rules.right_for(
            rights,
            supplier_id=order.supplier_id,
            agreement_id=order.agreement_id,
            size_class=binding.size_class,
            minutes=binding.minutes,
            euros=due,
            euros_this_year=used,
            customer_id=order.customer_id,
            day=naming_day,
        )
    await _commit(session, order, years[right.counted_on, purpose], more, now)
    order.committed_euros = binding.euros
    await _count_in_total(session, actor, order, agreement, more, terms, now)
    return right


@contextmanager
def _without(is_hidden: bool, *, hides_limit: bool) -> Iterator[None]:
    """Where it is hidden, a refusal is told without what it would come to, and perhaps without the limit."""
    try:
        yield
    except Refusal as refusal:
        if not is_hidden:
            raise
        told = (replace(e, limit=None if hides_limit else e.limit, actual=None) for e in refusal.errors)
        raise Refusal(*told) from None


def told_of_agreement(actor: Actor) -> AbstractContextManager[None]:
    """A customer's contact reads what is refused by an agreement without what it says.

    What Tiera agreed with a supplier is not theirs to see (D2.1-c).
    """
    return _without(actor.kind is ActorKind.CUSTOMER, hides_limit=True)


def _told_of_right(actor: Actor) -> AbstractContextManager[None]:
    """Tiera alone reads what it would come to under a right: hours are hidden from customers, others' orders from
    suppliers. The limit they read (D2.1-c).
    """
    return _without(actor.kind not in (ActorKind.BUYER, ActorKind.SYSTEM), hides_limit=False)


@rule("H11.8.1-b", "D3-a", "H11.8.3-c")
async def count_euros(session: Session, actor: Actor, order_ids: Collection[int], *, now: datetime) -> None:
    """Let orders count with the larger of what each binds and what its approved hours come to at their days' prices.

    What was approved is never refused here: it limits what can still be ordered, this year under the right that the
    order was placed by, and both sides are told once when it passes what the order binds. What is counted no more is
    given back, of the latest years first. Accepted work binds what its hours come to once all of them are approved, for
    none can be booked any more. The caller holds the orders' own accounts.
    """
    found = await counting_queries.euros_counted(session, order_ids) if order_ids else ()
    for its in found:
        if (binds := its.binds) != its.order.committed_euros:
            its.order.committed_euros = binds
            if its.is_done:
                await events.record(session, actor, "order.work_summed", its.order, at=now, rule="D3-a", euros=binds)
    moved = [each for each in found if each.order.committed_euros is not None and each.due != each.counted]
    if not moved:
        return
    bound = await counting_queries.years_bound(session, [each.order.id for each in moved])
    this_year = year_purpose(helsinki_date(now).year)
    totals = await _lock_totals(session, {each.order.agreement_id for each in moved})
    rising = {(each.right.counted_on, this_year) for each in moved if each.right is not None}
    falling = {key for counted in bound.values() for key in counted}
    years = await _lock_years(session, rising | falling)
    for its in moved:
        order, more = its.order, its.due - its.counted
        shares = {(its.right.counted_on, this_year): cents_of(more)} if its.right is not None else {}
        if more < 0:
            shares = _latest_first(bound.get(order.id, {}), cents_of(-more))
        for key, cents in shares.items():
            await _commit(session, order, years[key], euros_of(cents), now)
        terms = Terms.of(order.terms_on)
        await _count_in_total(session, actor, order, totals[order.agreement_id], more, terms, now)
        if order.committed_euros is not None and its.counted <= order.committed_euros < its.approved:
            await events.record(
                session,
                actor,
                "order.euros_passed",
                order,
                at=now,
                rule="H11.8.3-c",
                approved_euros=its.approved,
                euros=order.committed_euros,
            )


@rule("D3-a")
async def check_new_due_day(session: Session, order: Order, due_on: date | None) -> None:
    """Refuse a due day that a change would move beyond the order's agreement and its options."""
    rules.check_due_day(due_on, last_day(await session.get_one(Agreement, order.agreement_id)))


def last_day(agreement: Agreement) -> date | None:
    """The last day of an agreement with its options, on which work can be due; None: no end is agreed."""
    return agreement.option_until or party_rules.last_day(agreement.valid)


async def open_work(session: Session, order: Order, *, billable: bool) -> Account:
    """The order's account in minutes, which hours are booked on; that of a fixed price is never billed by the hour."""
    return await ledger.open_account(
        session,
        order.ref,
        WORK,
        Unit.MINUTES,
        billable=billable,
        limited=billable,
        holder_id=order.supplier_id,
        title=order.title,
        rule=None if billable else "H11.9-b",
    )


async def open_sums(session: Session, order: Order) -> Account:
    """The order's account in cents, which its accepted milestones stand on."""
    return await ledger.open_account(
        session, order.ref, SUMS, Unit.CENTS, holder_id=order.supplier_id, title=order.title
    )


def cents_of(euros: Decimal) -> int:
    """Whole cents of euros that have two decimals."""
    return int(euros * 100)


def euros_of(cents: int) -> Decimal:
    return Decimal(cents) / 100


async def _rights_of(session: Session, contact: Contact, order: Order, day: date) -> tuple[list[OrderingRight], date]:
    """The contact's rights in force, and the day on which they are asked."""
    if contact.person_id is None or contact.organisation_id is None:
        return [], day
    rights = await rights_in_force(
        session, person_id=contact.person_id, organisation_id=contact.organisation_id, day=day
    )
    if not rights and contact.placed_under is not None and order.ordered_at is not None:
        return [contact.placed_under], helsinki_date(order.ordered_at)
    return rights, day


class _Total(NamedTuple):
    agreement: Agreement
    total: Account


async def _lock_totals(session: Session, agreement_ids: Iterable[int]) -> dict[int, _Total]:
    """Agreements with the accounts of their totals, by the agreement's id; the accounts locked, in their order."""
    found = {}
    for agreement_id in sorted(agreement_ids):
        agreement = await session.get_one(Agreement, agreement_id)
        total = await ledger.open_account(
            session, agreement.ref, TOTAL, Unit.CENTS, limited=False, title=agreement.number
        )
        await session.refresh(agreement)  # its greatest total may have been changed while we waited for the lock
        found[agreement_id] = _Total(agreement, total)
    return found


async def _lock_years(session: Session, keys: Collection[Year]) -> dict[Year, Account]:
    """The accounts of rights' years, locked in the order of the rights and years; versions of a right share one."""
    return {
        (right, purpose): await ledger.open_account(session, right, purpose, Unit.CENTS, limited=False)
        for right, purpose in sorted(keys, key=lambda key: (key[0].id, key[1]))
    }


def _latest_first(bound: Mapping[Year, int], cents: int) -> dict[Year, int]:
    """How many cents (negative) to give back of each year, until so many are: the latest year first."""
    shares = {}
    for key in sorted(bound, key=lambda key: (key[1], key[0].id), reverse=True):
        part = min(bound[key], cents)
        shares[key], cents = -part, cents - part
    return shares


async def _count_in_total(
    session: Session, actor: Actor, order: Order, its: _Total, euros: Decimal, terms: Terms, now: datetime
) -> None:
    """Count so many euros more (or less) in an agreement's total, and tell the shares of it that are reached."""
    before = euros_of(its.total.booked)
    await _commit(session, order, its.total, euros, now)
    share = party_rules.Share(before, its.agreement.greatest_total)
    await tell_shares(session, actor, its.agreement, share, before + euros, terms, now=now)


async def _commit(session: Session, order: Order, account: Account, euros: Decimal, now: datetime) -> None:
    if not euros:
        return
    made = await counting_queries.count_postings(session, order.id, account.id)
    key = f"order:{order.id}:{account.id}:{made}"
    await ledger.commit_amount(session, account, cents_of(euros), order.ref, key=key, at=now)
