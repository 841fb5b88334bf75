"""What an order binds: euros of an ordering right's year and of its agreement's total, under the ledger's locks.

Accounts are locked in one order everywhere: the agreement's total, then the rights' years by id. Who locks an order's
own accounts holds the order.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.ledger import verbs as ledger
from backend.ledger.model import Account, Unit
from backend.orders import queries, rules
from backend.orders.model import SUMS, WORK, Order
from backend.parties import rules as party_rules
from backend.parties.agreement_model import Agreement
from backend.parties.right_model import OrderingRight
from backend.parties.role_queries import rights_in_force
from backend.rulebook.rules import rule
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import Terms

TOTAL = "total"
"""Purpose of an agreement's account in cents: what all its orders come to."""


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
    """What the order comes to after the act, and how many euros the act adds."""

    size_class: SizeClass
    minutes: int
    euros: Decimal
    more_euros: Decimal
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
    agreement = await session.get_one(Agreement, order.agreement_id)
    total = await ledger.open_account(session, agreement.ref, TOTAL, Unit.CENTS, limited=False, title=agreement.number)
    await session.refresh(agreement)  # its greatest total may have been changed while we waited for the lock
    before = euros_of(total.booked)
    party_rules.check_agreement(agreement, day=day, euros_before=before, euros=binding.more_euros)
    rules.check_due_day(binding.due_on, _last_day(agreement))

    rights, naming_day = await _rights_of(session, contact, order, day)
    years = await _years_of(session, rights, day.year)
    # The whole order counts against the year; what it has bound there already is not counted twice.
    used = {right.id: euros_of(years[right.id].booked) + binding.more_euros - binding.euros for right in rights}
    right = party_rules.right_for(
        rights,
        supplier_id=order.supplier_id,
        agreement_id=order.agreement_id,
        size_class=binding.size_class,
        minutes=binding.minutes,
        euros=binding.euros,
        euros_this_year=used,
        customer_id=order.customer_id,
        day=naming_day,
    )
    await _commit(session, order, total, binding.more_euros, now)
    await _commit(session, order, years[right.id], binding.more_euros, now)
    order.committed_euros = binding.euros
    for share in party_rules.shares_passed(agreement.greatest_total, before, before + binding.more_euros, terms):
        await events.record(
            session,
            actor,
            "agreement.total_reached",
            agreement,
            at=now,
            rule="D3-a",
            percent=share,
            euros=before + binding.more_euros,
            greatest_total=agreement.greatest_total,
        )
    return right


@rule("D3-a")
async def check_new_due_day(session: Session, order: Order, due_on: date | None) -> None:
    """Refuse a due day that a change would move beyond the order's agreement and its options."""
    rules.check_due_day(due_on, _last_day(await session.get_one(Agreement, order.agreement_id)))


def _last_day(agreement: Agreement) -> date | None:
    return agreement.option_until or party_rules.last_day(agreement.valid)


async def give_back(session: Session, order: Order, euros: Decimal | None = None, *, now: datetime) -> None:
    """Free what an order has bound, all of it or some euros: of the agreement, and of the latest years first."""
    bound = await queries.bound_by(session, order.id)
    purposes = sa.or_(Account.purpose == TOTAL, Account.purpose.like("year:%"))
    accounts = await ledger.lock(session, Account.id.in_(bound), purposes)
    years = sorted((a for a in accounts if a.purpose != TOTAL), key=lambda a: (a.purpose, a.id), reverse=True)
    for group in ([a for a in accounts if a.purpose == TOTAL], years):
        left = sum(bound[a.id] for a in group) if euros is None else cents_of(euros)
        for account in group:
            part = min(bound[account.id], left)
            left -= part
            if part:
                await _commit(session, order, account, -euros_of(part), now)
    order.committed_euros = Decimal("0.00") if euros is None else (order.committed_euros or Decimal(0)) - euros


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


async def _years_of(session: Session, rights: list[OrderingRight], year: int) -> dict[int, Account]:
    """The account of the year of each right (by the right's id), locked; versions of a right share one."""
    found = {}
    for right in sorted(rights, key=lambda r: r.counted_on.id):
        found[right.id] = await ledger.open_account(
            session, right.counted_on, year_purpose(year), Unit.CENTS, limited=False, title=right.document_number
        )
    return found


async def _commit(session: Session, order: Order, account: Account, euros: Decimal, now: datetime) -> None:
    if not euros:
        return
    made = await queries.count_postings(session, order.id, account.id)
    key = f"order:{order.id}:{account.id}:{made}"
    await ledger.commit_amount(session, account, cents_of(euros), order.ref, key=key, at=now)
