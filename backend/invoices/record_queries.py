"""Loading what judging rests on: a handful of statements, however many lines an invoice has."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, Range
from sqlalchemy.orm import aliased

from backend.hours.model import OWN_COST, HourApproval, OwnCostTarget, TimeEntry
from backend.hours.states import EntryState
from backend.invoices import rules
from backend.invoices.matching import Piece, Shelf
from backend.invoices.meaning import Deduction, Known
from backend.invoices.meaning import OwnCostTarget as OwnCost
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.queries import GONE, LINE_KIND
from backend.invoices.receiving import arithmetic_of, preceding_of
from backend.invoices.record import Credited, OtherInvoice, Record, WorkKey
from backend.invoices.states import InvoiceKind, Key
from backend.kit.calendar import Month, helsinki_date, month_of
from backend.kit.conditions import is_among
from backend.kit.database import Condition, Session
from backend.kit.refs import Ref
from backend.kit.statements import Statement
from backend.ledger import verbs as ledger
from backend.ledger.model import DEDUCTION, Account, Portion, Posting, Reservation, Unit
from backend.orders.counting_queries import approved_euros
from backend.orders.figures import has_passed_euros
from backend.orders.model import SUMS, WORK, Milestone, Order
from backend.orders.states import Pricing
from backend.parties import price_queries
from backend.parties import queries as parties
from backend.parties.agreement_model import Price, PriceGroup
from backend.parties.model import Organisation
from backend.parties.right_model import OrderingRight
from backend.rulebook.terms import Terms
from backend.tickets.billing_model import BillingApproval
from backend.tickets.model import Ticket
from backend.tickets.states import RESOLVED


async def load_known(
    session: Session, supplier_id: int, lines: Sequence[InvoiceLine], meant: int | None = None
) -> Known:
    """What the lines' references lead to, and the order that somebody means beside them."""
    references = {reference for line in lines if (reference := (line.order_reference or "").strip())}
    pointed = {line.order_id for line in lines if Key.ORDER in line.pointed} | {meant}
    named = sa.or_(is_among(Order.number, references), is_among(Order.supplier_number, references))
    is_own = sa.and_(Order.supplier_id == supplier_id, sa.or_(is_among(Order.id, pointed - {None}), named))
    own = sa.select(Order).where(is_own, Order.ordered_at.is_not(None)).order_by(Order.id)
    orders = {order.id: order for order in (await session.scalars(own)).all()}
    others = sa.select(Order.number).where(is_among(Order.number, references), Order.supplier_id != supplier_id)
    by_reference: dict[str, int | None] = {number: None for number in (await session.scalars(others)).all() if number}
    for attribute in ("supplier_number", "number"):  # Tiera's own number comes last: it decides
        by_reference |= {getattr(order, attribute): order.id for order in orders.values() if getattr(order, attribute)}
    billings = await _billings(session, supplier_id, references)
    return Known(
        orders=orders,
        by_reference=by_reference,
        billings=billings,
        unresolved=await _unresolved(session, billings.values()),
        own_cost=await _own_cost_named(session, supplier_id, references),
        deductions=await _deductions(session, supplier_id, references),
        price_groups=await _price_groups(session, _agreements_of(orders.values(), billings.values())),
        milestones=await _milestones(session, [o.id for o in orders.values() if o.pricing is Pricing.FIXED]),
    )


def _agreements_of(orders: Iterable[Order], billings: Iterable[BillingApproval]) -> set[int]:
    """The agreements that orders and approvals for billing are under."""
    return {order.agreement_id for order in orders} | {each.agreement_id for each in billings}


async def _billings(session: Session, supplier_id: int, references: set[str]) -> dict[str, BillingApproval]:
    wanted = sa.select(BillingApproval).where(
        is_among(BillingApproval.number, references),
        BillingApproval.supplier_id == supplier_id,
        BillingApproval.taken_back_at.is_(None),
    )
    return {each.number: each for each in (await session.scalars(wanted)).all()} if references else {}


async def _unresolved(session: Session, billings: Iterable[BillingApproval]) -> frozenset[str]:
    ids = [each.about_id for each in billings if each.euros is not None and each.about_kind == Ticket.__name__]
    wanted = sa.select(Ticket.number).where(Ticket.id.in_(ids), Ticket.state.not_in(RESOLVED))
    return frozenset((await session.scalars(wanted)).all() if ids else ())


async def _deductions(session: Session, supplier_id: int, references: set[str]) -> dict[str, Deduction]:
    """All that the supplier owes and no approved line has deducted, and what its lines refer to."""
    is_asked = sa.or_(Account.billed < Account.approved, is_among(Account.title, references))
    wanted = sa.select(Account).where(Account.purpose == DEDUCTION, Account.holder_id == supplier_id, is_asked)
    found = (await session.scalars(wanted.order_by(Account.id))).all()
    return {a.title: Deduction(ref=a.about, number=a.title, cents=a.approved) for a in found if a.title is not None}


async def _own_cost_named(session: Session, supplier_id: int, references: set[str]) -> dict[str, OwnCost]:
    """Targets at the supplier's own cost, by their title or (of handling a complaint) by their number."""
    is_its = sa.and_(Account.about_kind == "OwnCostTarget", Account.about_id == OwnCostTarget.id)
    is_named = sa.or_(is_among(Account.title, references), is_among(OwnCostTarget.number, references))
    wanted = (
        sa.select(Account.title, OwnCostTarget.number, Account.rule)
        .join(OwnCostTarget, is_its)
        .where(Account.purpose == OWN_COST, Account.holder_id == supplier_id, is_named)
    )
    rows = (await session.execute(wanted)).all()
    return {row.number or row.title: OwnCost(title=row.title, rule=row.rule or "H11.9-h") for row in rows}


async def _price_groups(session: Session, agreement_ids: Collection[int]) -> dict[tuple[int, str], int]:
    wanted = sa.select(PriceGroup).where(is_among(PriceGroup.agreement_id, agreement_ids))
    return {(group.agreement_id, group.code): group.id for group in (await session.scalars(wanted)).all()}


async def _milestones(session: Session, order_ids: Collection[int]) -> dict[int, list[Milestone]]:
    wanted = sa.select(Milestone).where(is_among(Milestone.order_id, order_ids)).order_by(Milestone.position)
    found: dict[int, list[Milestone]] = {}
    wanted = wanted.execution_options(populate_existing=True)
    for part in (await session.scalars(wanted)).all() if order_ids else ():
        found.setdefault(part.order_id, []).append(part)
    return found


async def lock_accounts(session: Session, known: Known | None, line_ids: Collection[int]) -> list[Account]:
    """The accounts of what lines refer to, and those of which they hold something, locked in ascending order."""
    held = (
        sa.select(Portion.account_id)
        .join(Reservation, Reservation.portion_id == Portion.id)
        .where(
            Reservation.line_kind == LINE_KIND,
            is_among(Reservation.line_id, line_ids),
            Reservation.released_at.is_(None),
        )
    )
    wanted: list[Condition] = [Account.id.in_(held)]
    if known is not None and known.orders:
        of_orders = sa.and_(Account.about_kind == "Order", is_among(Account.about_id, known.orders))
        wanted.append(sa.and_(of_orders, Account.purpose.in_([WORK, SUMS])))
    if known is not None and known.billings:
        approvals = [each.id for each in known.billings.values()]
        wanted.append(sa.and_(Account.about_kind == "BillingApproval", is_among(Account.about_id, approvals)))
    if known is not None and known.deductions:
        sanctions = [each.ref.id for each in known.deductions.values()]
        wanted.append(sa.and_(Account.purpose == DEDUCTION, is_among(Account.about_id, sanctions)))
    locked = await ledger.lock(session, sa.or_(*wanted))
    if known is not None and known.milestones:
        await _milestones(session, known.milestones)  # what was accepted while we waited for the lock
    return locked


async def load_record(
    session: Session,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    known: Known,
    accounts: Sequence[Account],
    now: datetime,
) -> Record:
    """The facts of an invoice's judging, as if its lines held nothing."""
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        accounts = [account for account in accounts if account.purpose == DEDUCTION]
    works = {account.id: account.about for account in accounts if account.unit is Unit.MINUTES}
    periods = [line.period for line in lines if line.period is not None]
    days = (min(p.first for p in periods), max(p.last for p in periods)) if periods else None
    line_ids = [line.id for line in lines]
    shelves = await _shelves(session, accounts, days, line_ids)
    held_by = {piece.held_by for shelf in shelves.values() for piece in shelf.pieces if piece.held_by is not None}
    own = {invoice.agreement_id} if invoice.agreement_id is not None else set()
    billed = _agreements_of(known.orders.values(), known.billings.values())
    required = await price_queries.required_references_on(session, billed | own, helsinki_date(invoice.arrived_at))
    return Record(
        today=helsinki_date(now),
        number=invoice.number,
        known=known,
        shelves=shelves,
        elsewhere=await _months_elsewhere(session, works, line_ids),
        waiting=await _waiting(session, works),
        room={account.about: account.grant_left for account in accounts if account.id in works},
        own_cost=await _own_cost_of(session, list(known.orders) if works else ()),
        prices=await _prices(session, set(known.price_groups.values())),
        passed=await _passed(session, known.orders) if works else {},
        placed_by_contact=await _placed_by_contact(session, known.orders.values()),
        holders=await _holders(session, held_by),
        required=required | {None: required.get(invoice.agreement_id or 0, frozenset())},
        terms=await terms_beside(session, invoice, lines, billed),
        business_id=await session.scalar(
            sa.select(Organisation.business_id).where(Organisation.id == invoice.supplier_id)
        ),
        ibans=await price_queries.confirmed_ibans(session, billed or own),
        same_number=await _same_number(session, invoice),
        same_amount=await _same_amount(session, invoice),
        arithmetic=arithmetic_of(invoice),
        credited=await _credited(session, invoice),
    )


async def terms_beside(
    session: Session, invoice: Invoice, lines: Iterable[InvoiceLine], billed: Iterable[int]
) -> dict[int, Terms]:
    """The terms of the agreements that are billed beside the invoice's own."""
    day = rules.newest_day(invoice, lines)
    return {id: await parties.terms_on(session, id, day) for id in billed if id != invoice.agreement_id}


def _ids(name: str) -> Any:
    return sa.bindparam(name, type_=ARRAY(sa.BigInteger))


_held = sa.and_(
    Reservation.portion_id == Portion.id,
    Reservation.released_at.is_(None),
    sa.or_(Reservation.line_kind != LINE_KIND, Reservation.line_id != sa.all_(_ids("line_ids"))),
)
"""A portion's reservation that counts: not of the lines that are being judged."""
_is_of_sum = Portion.account_id == sa.any_(_ids("of_sums"))
_grant = aliased(Posting)
_PIECES = Statement(
    sa.select(
        Portion.account_id,
        sa.case((_is_of_sum, Portion.source_id), else_=Portion.price_group_id),
        Portion.id,
        Portion.day,
        Portion.amount,
        sa.func.coalesce(_grant.source_kind == "Overrun", sa.false()),
        Reservation.line_id,
        HourApproval.approved_at,
    )
    .outerjoin(Reservation, _held)
    .outerjoin(_grant, _grant.id == Portion.grant_id)
    .outerjoin(TimeEntry, sa.and_(Portion.source_kind == "TimeEntry", TimeEntry.id == Portion.source_id))
    .outerjoin(HourApproval, HourApproval.id == TimeEntry.approval_id)
    .where(
        Portion.account_id == sa.any_(_ids("account_ids")),
        Portion.ended_at.is_(None),
        sa.or_(
            Portion.day.between(sa.bindparam("first", type_=sa.Date), sa.bindparam("last", type_=sa.Date)),
            _is_of_sum,
        ),
    )
)
_month = sa.cast(sa.func.date_trunc("month", sa.cast(Portion.day, sa.DateTime)), sa.Date)
_MONTHS = Statement(
    sa.select(Portion.account_id, Portion.price_group_id, _month)
    .where(Portion.account_id == sa.any_(_ids("account_ids")), Portion.ended_at.is_(None), ~sa.exists().where(_held))
    .distinct()
)


async def _shelves(
    session: Session, accounts: Sequence[Account], days: tuple[date, date] | None, line_ids: Sequence[int]
) -> dict[WorkKey, Shelf]:
    """Portions of the accounts: of work those within the days, of fixed sums all."""
    if not accounts:
        return {}
    of = {account.id: account.about for account in accounts}
    sums = {account.id for account in accounts if account.unit is Unit.CENTS}
    first, last = days or (None, None)
    pieces: defaultdict[tuple[int, int | None], list[Piece]] = defaultdict(list)
    rows = await _PIECES.run(session, account_ids=of, of_sums=sums, first=first, last=last, line_ids=line_ids)
    for account_id, part_id, *piece in rows:
        pieces[account_id, part_id].append(Piece(*piece))
    return {(of[account_id], part_id): Shelf(its) for (account_id, part_id), its in pieces.items()}


async def _months_elsewhere(
    session: Session, works: dict[int, Ref], line_ids: Sequence[int]
) -> dict[WorkKey, list[Month]]:
    """Months of each order or ticket and price group with approved work that no other line holds."""
    if not works:
        return {}
    found: dict[WorkKey, list[Month]] = {}
    for account_id, group_id, first in await _MONTHS.run(session, account_ids=works, line_ids=line_ids):
        found.setdefault((works[account_id], group_id), []).append(month_of(first))
    return {key: sorted(months) for key, months in found.items()}


async def _waiting(session: Session, works: dict[int, Ref]) -> dict[WorkKey, list[tuple[date, int]]]:
    wanted = (
        sa.select(TimeEntry.account_id, TimeEntry.price_group_id, TimeEntry.day, sa.func.sum(TimeEntry.minutes))
        .where(is_among(TimeEntry.account_id, works), TimeEntry.state == EntryState.BOOKED)
        .group_by(TimeEntry.account_id, TimeEntry.price_group_id, TimeEntry.day)
    )
    found: dict[WorkKey, list[tuple[date, int]]] = {}
    for account_id, group_id, day, minutes in (await session.execute(wanted)).all() if works else ():
        found.setdefault((works[account_id], group_id), []).append((day, int(minutes)))
    return found


async def _own_cost_of(session: Session, order_ids: Collection[int]) -> dict[int, list[tuple[date, int, OwnCost]]]:
    """Minutes at the supplier's own cost that belong to orders (H11.8.1-h)."""
    account = aliased(Account)
    wanted = (
        sa.select(OwnCostTarget.order_id, TimeEntry.day, TimeEntry.minutes, account.title, account.rule)
        .join(
            account,
            sa.and_(account.about_kind == "OwnCostTarget", account.about_id == OwnCostTarget.id),
        )
        .join(TimeEntry, TimeEntry.account_id == account.id)
        .where(
            is_among(OwnCostTarget.order_id, order_ids),
            TimeEntry.state.in_([EntryState.BOOKED, EntryState.APPROVED]),
        )
        .order_by(TimeEntry.day, TimeEntry.id)
    )
    found: dict[int, list[tuple[date, int, OwnCost]]] = {}
    for order_id, day, minutes, title, own_rule in (await session.execute(wanted)).all() if order_ids else ():
        assert order_id is not None
        target = OwnCost(title=title or "–", rule=own_rule or "H11.9-h")
        found.setdefault(order_id, []).append((day, minutes, target))
    return found


async def _prices(session: Session, group_ids: Collection[int]) -> dict[int, list[tuple[Range[date], Decimal]]]:
    wanted = sa.select(Price.price_group_id, Price.valid, Price.unit_price).where(
        is_among(Price.price_group_id, group_ids), Price.ended_at.is_(None)
    )
    found: dict[int, list[tuple[Range[date], Decimal]]] = {}
    for group_id, valid, price in (await session.execute(wanted)).all() if group_ids else ():
        found.setdefault(group_id, []).append((valid, price))
    return found


async def _passed(session: Session, order_ids: Collection[int]) -> dict[int, tuple[Decimal, Decimal]]:
    wanted = sa.select(Order.id, Order.committed_euros, approved_euros(Order)).where(
        is_among(Order.id, order_ids), has_passed_euros(Order)
    )
    return {id: (bound, approved) for id, bound, approved in (await session.execute(wanted)).all() if bound is not None}


async def _placed_by_contact(session: Session, orders: Iterable[Order]) -> frozenset[int]:
    of = {order.id: order for order in orders}
    wanted = {order.ordering_right_id for order in of.values() if order.ordering_right_id is not None}
    found = await session.scalars(sa.select(OrderingRight).where(is_among(OrderingRight.id, wanted)))
    rights = {right.id: right for right in found.all()}
    return frozenset(
        order.id
        for order in of.values()
        if rules.was_placed_by_a_named_contact(order, rights.get(order.ordering_right_id or 0))
    )


async def _holders(session: Session, line_ids: Collection[int]) -> dict[int, OtherInvoice]:
    wanted = (
        sa.select(InvoiceLine.id, Invoice.id, Invoice.number)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(is_among(InvoiceLine.id, line_ids))
    )
    rows = (await session.execute(wanted)).all() if line_ids else ()
    return {line_id: OtherInvoice(invoice_id, number) for line_id, invoice_id, number in rows}


def _others(invoice: Invoice) -> sa.Select[int, str]:
    return sa.select(Invoice.id, Invoice.number).where(
        Invoice.supplier_id == invoice.supplier_id, Invoice.id != invoice.id, Invoice.state.not_in(GONE)
    )


async def _same_number(session: Session, invoice: Invoice) -> OtherInvoice | None:
    if not invoice.is_number_repeated:
        return None
    wanted = _others(invoice).where(Invoice.number == invoice.number)
    row = (await session.execute(wanted.order_by(Invoice.is_number_repeated, Invoice.id).limit(1))).first()
    return OtherInvoice(*row) if row else None


async def is_number_taken(session: Session, invoice: Invoice) -> bool:
    """Whether another invoice that stands has its number, and not as one that was used before."""
    other = _others(invoice).where(Invoice.number == invoice.number, sa.not_(Invoice.is_number_repeated))
    return (await session.execute(other.limit(1))).first() is not None


async def _same_amount(session: Session, invoice: Invoice) -> list[OtherInvoice]:
    wanted = _others(invoice).where(
        Invoice.kind == invoice.kind,
        Invoice.issued_on == invoice.issued_on,
        Invoice.gross == invoice.gross,
        Invoice.number != invoice.number,
    )
    rows = (await session.execute(wanted.order_by(Invoice.id).limit(3))).all()
    return [OtherInvoice(*row) for row in rows]


async def _credited(session: Session, invoice: Invoice) -> Credited:
    if invoice.kind is not InvoiceKind.CREDIT_NOTE:
        return Credited()
    numbers = preceding_of(invoice)
    if invoice.credits_id is None:
        return Credited(numbers=numbers)
    other = (await session.execute(sa.select(Invoice.id, Invoice.number).where(Invoice.id == invoice.credits_id))).one()
    lines = sa.select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.credits_id).order_by(InvoiceLine.position)
    return Credited(numbers=numbers, invoice=OtherInvoice(*other), lines=(await session.scalars(lines)).all())
