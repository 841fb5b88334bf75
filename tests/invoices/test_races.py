"""Whatever happens at once, nothing is billed twice (D11.9-e): two people, two invoices, a request made again."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.hours.approval_verbs import approve_hours, return_hours, take_approval_back
from backend.hours.model import HourApproval, TimeEntry
from backend.hours.states import EntryState
from backend.hours.verbs import Booking, book_hours, correct_hours
from backend.invoices.deciding_verbs import approve_lines, dispute_lines, reopen_line, wanted_of
from backend.invoices.drafting import DraftLine
from backend.invoices.judging_verbs import judge_invoice
from backend.invoices.model import Finding, Invoice, InvoiceLine
from backend.invoices.sending_verbs import draft_invoice, send_invoice
from backend.invoices.states import InvoiceKind, InvoiceState, LineState
from backend.invoices.withdrawing_verbs import withdraw_lines
from backend.kit.actor import Actor
from backend.kit.database import Session, Sessions, make_engine, make_sessions
from backend.kit.entrance import Entered, Entrance
from backend.kit.faults import Code
from backend.kit.refs import Ref
from backend.ledger import verbs as ledger
from backend.ledger.model import Account, Portion, Reservation, Unit
from backend.orders.delivery_verbs import accept_milestone
from backend.orders.model import Order
from backend.orders.queries import euros_counted, years_bound
from backend.orders.revision_verbs import Change, accept_revision, propose_revision, withdraw_revision
from backend.parties import price_verbs
from backend.parties.agreement_model import PriceGroup
from tests.invoices.making import (
    FROM_2026,
    NOW,
    Scene,
    a_draft,
    a_line,
    a_part_line,
    make_approved,
    make_invoice,
    make_milestone,
    make_scene,
)
from tests.making import make_price_group, tiera_key_user, tiera_service_manager
from tests.waiting import until_blocked


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database_url, pool_size=10)
    yield engine
    await engine.dispose()


def entrance(engine: AsyncEngine) -> Entrance:
    return Entrance(make_sessions(engine), clock=lambda: NOW)


async def a_draft_of(sessions: Sessions, scene: Scene, minutes: int) -> int:
    async with sessions.begin() as session:
        draft = a_draft(scene, a_line(scene, minutes))
        return (await draft_invoice(session, scene.sender, draft=draft, now=NOW)).id


@pytest.mark.rule("D11.9-e")
async def test_two_people_who_approve_at_once_bill_once(engine: AsyncEngine) -> None:
    async with make_sessions(engine).begin() as session:
        scene = await make_scene(session)
        await make_approved(session, scene, 600)
        invoice = await make_invoice(session, scene)
        other = await tiera_service_manager(session)
    door = entrance(engine)
    answers = await asyncio.gather(
        *(door.enter(who, approve_lines, invoice_id=invoice.id) for who in (scene.judge, other) * 3)
    )
    assert [answer.ref is not None for answer in answers].count(True) == 1
    async with make_sessions(engine)() as session:
        assert (await session.get_one(Account, scene.account.id)).billed == 600


@pytest.mark.rule("D0-c", "D11.9-d")
async def test_a_price_that_was_set_while_an_invoice_was_judged_is_seen_before_it_is_approved(
    engine: AsyncEngine,
) -> None:
    """Who sets it reads the clock first and commits last: the invoice is judged in between, by the old price."""
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        scene = await make_scene(session)
        await make_approved(session, scene, 600)
        key_user = await tiera_key_user(session)
        draft = await draft_invoice(session, scene.sender, draft=a_draft(scene), now=NOW)
    async with sessions.begin() as setting:
        await price_verbs.set_price(
            setting,
            key_user,
            scene.group.id,
            unit_price=Decimal("80.00"),
            valid_from=date(2026, 1, 1),
            reason="It was agreed so.",
            now=NOW - timedelta(seconds=1),
        )
        await setting.flush()
        sent = await entrance(engine).enter(scene.sender, send_invoice, invoice_id=draft.id)
        assert sent.errors == ()
    answer = await entrance(engine).enter(scene.judge, approve_lines, invoice_id=draft.id)
    assert "contract's price" in str(answer.errors[0].message)


@pytest.mark.rule("H11.9-b")
async def test_a_part_accepted_while_an_invoice_waits_for_its_account_is_billed(engine: AsyncEngine) -> None:
    """What the invoice is judged by is read when the accounts are held, not before."""
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        scene = await make_scene(session)
        part = await make_milestone(session, scene, is_accepted=False)
        bill = a_draft(scene, a_part_line(scene, await session.get_one(Order, part.order_id)))
        draft = await draft_invoice(session, scene.sender, draft=bill, now=NOW)
    async with sessions.begin() as accepting:
        await accept_milestone(accepting, scene.approver, milestone_id=part.id, now=NOW)
        sending = asyncio.create_task(entrance(engine).enter(scene.sender, send_invoice, invoice_id=draft.id))
        await until_blocked(sessions)
    assert (await sending).errors == ()
    async with sessions() as session:
        assert (await session.scalars(sa.select(Finding.code))).all() == []
        assert await session.scalar(sa.select(InvoiceLine.reserved_cents)) == 100_000


@pytest.mark.rule("D11.9-e")
async def test_two_invoices_for_the_same_hours_at_once_hold_them_once(engine: AsyncEngine) -> None:
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        scene = await make_scene(session)
        await make_approved(session, scene, 600, 300)
    drafts = [await a_draft_of(sessions, scene, 600) for _ in range(4)]
    door = entrance(engine)
    await asyncio.gather(*(door.enter(scene.sender, send_invoice, invoice_id=draft) for draft in drafts))
    async with sessions() as session:
        reserved = (await session.scalars(sa.select(InvoiceLine.reserved_minutes))).all()
        short = sa.select(sa.func.count(Finding.line_id.distinct())).where(Finding.code == "already_billed")
        assert sum(reserved) == 900
        assert sorted(reserved, reverse=True)[0] == 600
        assert await session.scalar(short) == 3


@pytest.mark.rule("D11.9-e")
async def test_a_request_made_again_is_carried_out_once(engine: AsyncEngine) -> None:
    async with make_sessions(engine).begin() as session:
        scene = await make_scene(session)
        await make_approved(session, scene, 600)
        invoice = await make_invoice(session, scene)
    door = entrance(engine)
    answers = await asyncio.gather(
        *(door.enter(scene.judge, approve_lines, key="once", invoice_id=invoice.id) for _ in range(4))
    )
    assert {answer.ref for answer in answers} == {Ref("Invoice", invoice.id)}


async def test_one_number_sent_twice_at_once_is_used_once_and_marked_once(engine: AsyncEngine) -> None:
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        scene = await make_scene(session)
        drafts = [
            (await draft_invoice(session, scene.sender, draft=a_draft(scene, number="7"), now=NOW)).id for _ in range(3)
        ]
    door = entrance(engine)
    answers = await asyncio.gather(*(door.enter(scene.sender, send_invoice, invoice_id=each) for each in drafts))
    assert all(answer.ref for answer in answers)
    async with sessions() as session:
        marked = sorted((await session.scalars(sa.select(Invoice.is_number_repeated))).all())
        assert marked == [False, True, True]


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
            await self.enter(by, answer, revision_id=offered.ref.id)
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
        assert euros == sum(
            (wanted_of(line) / PER_EURO[account.unit] * Decimal(PRICES[line.price_group_code or "SENIOR"]) / 100
             for line in mine), Decimal(0),
        )  # fmt: skip
        if account.purpose == "work":
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
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


async def test_another_request_with_the_same_key_is_refused(engine: AsyncEngine) -> None:
    async with make_sessions(engine).begin() as session:
        scene = await make_scene(session)
        await make_approved(session, scene, 600)
        first, second = await make_invoice(session, scene), await make_invoice(session, scene)
    door = entrance(engine)
    await door.enter(scene.judge, approve_lines, key="once", invoice_id=first.id)
    again = await door.enter(scene.judge, approve_lines, key="once", invoice_id=second.id)
    assert again.errors[0].code is Code.IDEMPOTENCY_KEY_REUSED
