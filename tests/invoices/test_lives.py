"""Several people at once, doing what comes to mind: billed ≤ approved ≤ granted, to the minute and the cent."""

import asyncio
import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.hours.approval_verbs import approve_hours, return_hours, take_approval_back
from backend.hours.model import HourApproval, TimeEntry
from backend.hours.queries import is_uncovering
from backend.hours.states import EntryState
from backend.hours.verbs import Booking, book_hours, correct_hours
from backend.invoices.credit_judging import credited_minutes
from backend.invoices.deciding_verbs import approve_lines, dispute_lines, reopen_line, wanted_of
from backend.invoices.drafting import DraftLine
from backend.invoices.judging_verbs import judge_invoice
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.sending_verbs import draft_invoice, send_invoice
from backend.invoices.states import InvoiceKind, InvoiceState, LineState
from backend.invoices.withdrawing_verbs import withdraw_lines
from backend.kit.actor import Actor
from backend.kit.database import Session, make_engine, make_sessions
from backend.kit.entrance import Entered, Entrance
from backend.kit.refs import Ref
from backend.ledger import verbs as ledger
from backend.ledger.model import Account, Portion, Posting, PostingKind, Reservation, Unit
from backend.orders.counting_queries import euros_counted, years_bound
from backend.orders.model import Order
from backend.orders.revision_verbs import Change, accept_revision, propose_revision, withdraw_revision
from backend.parties.agreement_model import PriceGroup
from tests.invoices.making import (
    FROM_2026,
    NOW,
    Scene,
    a_draft,
    a_line,
    make_approved,
    make_scene,
)
from tests.invoices.test_races import entrance
from tests.making import make_price_group

KEYS = count()
PRICES = {"SENIOR": "100.00", "ARCHITECT": "140.00"}
PER_EURO = {Unit.MINUTES: Decimal("0.6"), Unit.CENTS: Decimal(100)}
"""Minutes at 100 euros an hour, and cents."""


class Life:
    """Somebody at each desk, doing what comes to mind."""

    def __init__(self, door: Entrance, scene: Scene, dice: random.Random, groups: Sequence[PriceGroup] = ()) -> None:
        self.door, self.scene, self.dice, self.groups = door, scene, dice, groups or [scene.group]

    async def enter(self, actor: Actor, verb: Any, **arguments: Any) -> Entered:
        """Ask once, or twice at once with the same key; both are told the same."""
        key = f"key {next(KEYS)}"
        if self.dice.random() < 0.8:
            return await self.door.enter(actor, verb, key=key, **arguments)
        first, second = await asyncio.gather(*(self.door.enter(actor, verb, key=key, **arguments) for _ in range(2)))
        assert first.ref == second.ref or first.errors or second.errors
        return first if first.ref else second

    async def pick(self, *conditions: Any, of: Any) -> int | None:
        async with self.door.sessions() as session:
            found = (
                await session.scalars(sa.select(of.id).where(of.supplier_id == self.scene.supplier.id, *conditions))
            ).all()
        return self.dice.choice(found) if found else None

    async def act(self) -> None:
        steps = [
            self.book,
            self.approve_hours,
            self.grant,
            self.revise,
            self.take_back,
            self.invoice,
            self.approve,
            self.dispute,
        ]
        more = [
            self.book,
            self.correct,
            self.invoice,
            self.approve,
            self.reopen,
            self.withdraw,
            self.credit,
            self.judge,
        ]
        await self.dice.choice([*steps, *more])()

    async def book(self) -> None:
        wanted = Booking(
            target_id=self.scene.account.id,
            day=date(2026, 10, self.dice.randrange(1, 32)),
            minutes=self.dice.randrange(15, 240, 15),
            description=f"The nightly transfer of enrolments {next(KEYS)}",
            price_group_id=self.dice.choice(self.groups).id,
        )
        await self.enter(self.scene.expert, book_hours, booking=wanted)

    async def correct(self) -> None:
        entry = await self.pick(TimeEntry.state.in_([EntryState.BOOKED, EntryState.RETURNED]), of=TimeEntry)
        if entry is not None:
            if self.dice.random() < 0.3:
                await self.enter(self.scene.approver, return_hours, entry_ids=[entry], reason="Too many.")
            await self.enter(self.scene.expert, correct_hours, entry_id=entry, minutes=self.dice.randrange(0, 240, 15))

    async def approve_hours(self) -> None:
        async with self.door.sessions() as session:
            wanted = sa.select(TimeEntry.id).where(
                TimeEntry.state == EntryState.BOOKED, TimeEntry.supplier_id == self.scene.supplier.id
            )
            ids = (await session.scalars(wanted.limit(4))).all()
        await self.enter(self.scene.approver, approve_hours, entry_ids=list(ids))

    async def take_back(self) -> None:
        approval = await self.pick(of=HourApproval)
        if approval is not None:
            await self.enter(self.scene.approver, take_approval_back, approval_id=approval)

    async def grant(self) -> None:
        async with self.door.sessions.begin() as session:
            account = (await ledger.lock(session, Account.id == self.scene.account.id))[0]
            key, lowered = f"decision {next(KEYS)}", min(account.grant_left or 0, 120)
            minutes = self.dice.choice([*range(60, 600, 60), *([-lowered] * 4 if lowered else [])])
            await ledger.grant(session, account, minutes, Ref("Overrun", 1), key=key, at=NOW)

    async def revise(self) -> None:
        """More effort, or less, as both sides agree; what the order binds moves with it."""
        async with self.door.sessions() as session:
            order = await session.get_one(Order, self.scene.order.id)
        wanted = Change(
            title=order.title,
            description=order.description,
            minutes_change=self.dice.choice([-300, -120, -60, 60, 120]),
        )
        offered = await self.enter(
            self.scene.sender, propose_revision, order_id=order.id, change=wanted, reason="It grew."
        )
        if offered.ref:
            answer = self.dice.choice([accept_revision, accept_revision, withdraw_revision])
            by = self.scene.sender if answer is withdraw_revision else self.scene.contact
            says = {} if answer is withdraw_revision else {"covers_work_done": self.dice.random() < 0.5}
            await self.enter(by, answer, revision_id=offered.ref.id, **says)
            await self.enter(self.scene.sender, withdraw_revision, revision_id=offered.ref.id)

    def line(self, minutes: int, **values: Any) -> DraftLine:
        group = self.dice.choice(self.groups)
        return a_line(self.scene, minutes, PRICES[group.code], price_group_code=group.code, **values)

    async def invoice(self) -> None:
        lines = [self.line(self.dice.randrange(15, 480, 15)) for _ in range(self.dice.randrange(1, 4))]
        draft = a_draft(self.scene, *lines, number=f"R-{next(KEYS)}")
        made = await self.enter(self.scene.sender, draft_invoice, draft=draft)
        if made.ref:
            await self.enter(self.scene.sender, send_invoice, invoice_id=made.ref.id)

    async def approve(self) -> None:
        invoice = await self.pick(Invoice.state != InvoiceState.DRAFT, of=Invoice)
        if invoice is not None:
            await self.enter(self.scene.judge, approve_lines, invoice_id=invoice)

    async def dispute(self) -> None:
        line = await self.pick(InvoiceLine.state == LineState.OPEN, of=InvoiceLine)
        if line is not None:
            invoice = await self.invoice_of(line)
            await self.enter(self.scene.judge, dispute_lines, invoice_id=invoice, line_ids=[line], reason="Why?")

    async def invoice_of(self, line: int) -> int:
        async with self.door.sessions() as session:
            return (await session.scalars(sa.select(InvoiceLine.invoice_id).where(InvoiceLine.id == line))).one()

    async def reopen(self) -> None:
        line = await self.pick(InvoiceLine.state == LineState.DISPUTED, of=InvoiceLine)
        if line is not None:
            await self.enter(self.scene.judge, reopen_line, line_id=line)

    async def withdraw(self) -> None:
        line = await self.pick(InvoiceLine.state.in_([LineState.OPEN, LineState.DISPUTED]), of=InvoiceLine)
        if line is not None:
            await self.enter(self.scene.sender, withdraw_lines, invoice_id=await self.invoice_of(line), line_ids=[line])

    async def credit(self) -> None:
        can_be = InvoiceLine.state.in_([LineState.OPEN, LineState.APPROVED, LineState.DISPUTED])
        line = await self.pick(can_be, InvoiceLine.amount > 0, of=InvoiceLine)
        if line is not None:
            part = self.line(self.dice.randrange(15, 240, 15), credits_line_id=line)
            draft = a_draft(
                self.scene, part, kind=InvoiceKind.CREDIT_NOTE, credits_id=await self.invoice_of(line),
                number=f"R-{next(KEYS)}",
            )  # fmt: skip
            made = await self.enter(self.scene.sender, draft_invoice, draft=draft)
            if made.ref:
                await self.enter(self.scene.sender, send_invoice, invoice_id=made.ref.id)
                await self.enter(self.scene.judge, approve_lines, invoice_id=made.ref.id)

    async def judge(self) -> None:
        invoice = await self.pick(Invoice.state != InvoiceState.DRAFT, of=Invoice)
        if invoice is not None:
            await self.enter(self.scene.judge, judge_invoice, invoice_id=invoice)


async def require_all_is_right(session: Session) -> None:
    """Billed ≤ approved ≤ granted to the minute, nothing billed twice, sums to the cent."""
    assert await ledger.disagreements(session) == []
    held_twice = (
        sa.select(Reservation.portion_id)
        .where(Reservation.released_at.is_(None))
        .group_by(Reservation.portion_id)
        .having(sa.func.count() > 1)
    )
    assert (await session.scalars(held_twice)).all() == []
    ended = sa.select(Reservation.id).join(Portion, Portion.id == Reservation.portion_id)
    assert (
        await session.scalars(ended.where(Reservation.released_at.is_(None), Portion.ended_at.is_not(None)))
    ).all() == []
    live = sa.select(Portion.account_id, sa.func.sum(Portion.amount)).where(Portion.ended_at.is_(None))
    approved = {row[0]: row[1] for row in (await session.execute(live.group_by(Portion.account_id))).all()}
    lines = (await session.scalars(sa.select(InvoiceLine).where(InvoiceLine.state == LineState.APPROVED))).all()
    bills = [line for line in lines if line.amount > 0]
    limited = sa.select(Account).where(Account.purpose.in_(["work", "billing"]))
    for account in (await session.scalars(limited)).all():
        assert approved.get(account.id, 0) == account.approved <= (account.granted or 0)
        assert account.billed <= account.approved <= account.booked
        mine = [line for line in bills if account.about in (_order_of(line), _ticket_of(line))]
        assert account.billed == sum(wanted_of(line) for line in mine)
        euros = sum((line.amount - line.credited_amount for line in mine), Decimal(0))
        worth = sum((wanted_of(line) / PER_EURO[account.unit] * _price_of(line) / 100 for line in mine), Decimal(0))
        given = [
            credit for credit in lines if credit.amount < 0 and credit.credits_line_id in {line.id for line in mine}
        ]
        of = {line.id: line for line in mine}
        # A credit may give back more than what it takes off is worth, as at a dearer group's price; never less.
        more = [_more_given_back(credit, of[credit.credits_line_id or 0], PER_EURO[account.unit]) for credit in given]
        assert all(each >= 0 for each in more)
        assert euros == worth - sum(more, Decimal(0))
        if account.purpose == "work":
            assert account.approved <= await most_covered(session, account)
            await require_euros_are_right(session, account, euros)
    taken = (
        sa.select(Reservation.line_id, sa.func.sum(Portion.amount))
        .join(Portion, Portion.id == Reservation.portion_id)
        .where(Reservation.released_at.is_(None))
        .group_by(Reservation.line_id)
    )
    holds = {line_id: int(amount) for line_id, amount in (await session.execute(taken)).all()}
    for line in (await session.scalars(sa.select(InvoiceLine))).all():
        assert holds.get(line.id, 0) == line.reserved_minutes + line.reserved_cents <= max(wanted_of(line), 0)


def _price_of(line: InvoiceLine) -> Decimal:
    return Decimal(PRICES[line.price_group_code or "SENIOR"])


def _more_given_back(credit: InvoiceLine, line: InvoiceLine, per_euro: Decimal) -> Decimal:
    """By how much a credit's euros pass the worth of what it takes off its line; of a sum it is what it takes off."""
    if line.is_of_sum:
        return Decimal(0)
    return -credit.amount - (credited_minutes(credit, line) or 0) / per_euro * _price_of(line) / 100


async def most_covered(session: Session, account: Account) -> int:
    """The most that decisions ever left to work done before all of them, as all of a life's work is."""
    wanted = sa.select(Posting.amount, is_uncovering(Posting)).order_by(Posting.id)
    wanted = wanted.where(Posting.account_id == account.id, Posting.kind == PostingKind.GRANT)
    standing: list[tuple[int, bool]] = []
    most = 0
    for amount, uncovering in (await session.execute(wanted)).all():
        lowered = -min(amount, 0)
        standing.append((max(amount, 0), uncovering))
        for n, (left, of) in reversed(list(enumerate(standing))):
            standing[n] = (left - min(left, lowered), of)
            lowered -= min(left, lowered)
        most = max(most, sum(left for left, is_not in standing if not is_not))
    return most


async def require_euros_are_right(session: Session, account: Account, billed: Decimal) -> None:
    """Billed ≤ approved to the cent; where more is approved than the order binds, that is what it counts with."""
    (its,) = await euros_counted(session, [account.about_id])
    portions = sa.select(Portion.amount, PriceGroup.code).join(PriceGroup, PriceGroup.id == Portion.price_group_id)
    mine = portions.where(Portion.account_id == account.id, Portion.ended_at.is_(None))
    rows = (await session.execute(mine)).all()
    worth = sum((minutes * Decimal(PRICES[code]) / 60 for minutes, code in rows), Decimal(0))
    assert billed <= its.approved == worth
    if its.order.committed_euros is not None:
        assert its.counted == max(its.order.committed_euros, worth)
        counted = (await years_bound(session, [its.order.id]))[its.order.id]
        assert sum(counted.values()) == its.counted * 100


def _order_of(line: InvoiceLine) -> Ref | None:
    return Ref("Order", line.order_id) if line.order_id else None


def _ticket_of(line: InvoiceLine) -> Ref | None:
    return Ref("BillingApproval", line.billing_id) if line.billing_id else None


@pytest.mark.long
@pytest.mark.rule("D11.9-e", "H11.7.3-h")
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_many_at_once_never_bill_more_than_was_approved_nor_anything_twice(database_url: str, seed: int) -> None:
    """Five people book, approve, grant, invoice, decide, dispute, credit and ask again, at random and at once."""
    engine = make_engine(database_url, pool_size=12)
    sessions = make_sessions(engine)
    try:
        async with sessions.begin() as session:
            scene = await make_scene(session, ceiling=2400)
            dearer = await make_price_group(session, scene.agreement, "ARCHITECT", Decimal(140), valid=FROM_2026)
            scene.order.ordered_minutes, scene.order.ordered_by_id = 2400, scene.contact.person_id
            scene.order.ordered_euros = scene.order.committed_euros = Decimal("4000.00")
            await make_approved(session, scene, *[450] * 5)
            assert (await euros_counted(session, [scene.order.id]))[0].counted == 4000
        groups = (scene.group, dearer)
        lives = [Life(entrance(engine), scene, random.Random(f"{seed}:{number}"), groups) for number in range(5)]

        async def live(life: Life) -> None:
            for _ in range(14):
                await life.act()

        await asyncio.gather(*(live(life) for life in lives))
        async with sessions() as session:
            await require_all_is_right(session)
    finally:
        await engine.dispose()
