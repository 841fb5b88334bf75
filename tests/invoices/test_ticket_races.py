"""Whatever happens at once to tickets and orders together: billed ≤ approved ≤ granted, and nothing twice (H11.9-c)."""

import asyncio
import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.hours.verbs import Booking, book_hours
from backend.invoices.sending_verbs import draft_invoice, send_invoice
from backend.kit.amounts import Minutes
from backend.kit.database import make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.ledger.model import Account, Unit
from backend.tickets.billing_model import BillingApproval
from backend.tickets.billing_verbs import Figure, approve_for_billing, raise_billing, take_billing_back
from tests.invoices.making import a_draft, a_line, make_approved
from tests.invoices.test_lives import KEYS, Life, require_all_is_right
from tests.invoices.test_races import entrance
from tests.invoices.ticket_making import Desk, a_sum_line, an_effort_line, make_desk, make_ticket


class TicketLife(Life):
    """Somebody at each desk, who also approves tickets for billing, takes that back, and bills them, allowed or not."""

    def __init__(self, door: Entrance, desk: Desk, tickets: Sequence[tuple[int, str]], dice: random.Random) -> None:
        super().__init__(door, desk.scene, dice)
        self.desk, self.tickets = desk, tickets

    async def act(self) -> None:
        steps = [self.allow, self.allow, self.raise_ceiling, self.take_allowance_back, self.book_on_ticket]
        more = [self.book_on_ticket, self.bill_tickets, self.bill_tickets]
        await self.dice.choice([*steps, *more, *[super().act] * 8])()

    async def allow(self) -> None:
        chosen = [id for id, _ in self.dice.sample(self.tickets, 2)]
        effort = Figure(minutes=Minutes(self.dice.randrange(60, 600, 15)), price_group_id=self.scene.group.id)
        figure = self.dice.choice([effort, Figure(euros=Decimal(self.dice.randrange(1, 5) * 100))])
        await self.enter(self.scene.approver, approve_for_billing, ticket_ids=chosen, figure=figure)

    async def raise_ceiling(self) -> None:
        if approval := await self.pick(of=BillingApproval):
            more = Minutes(self.dice.randrange(15, 120, 15))
            await self.enter(self.scene.approver, raise_billing, approval_id=approval, minutes=more, reason="More.")

    async def take_allowance_back(self) -> None:
        if approval := await self.pick(of=BillingApproval):
            await self.enter(self.scene.approver, take_billing_back, approval_id=approval, reason="A mistake.")

    async def book_on_ticket(self) -> None:
        async with self.door.sessions() as session:
            wanted = sa.select(Account.id).where(Account.purpose == "billing", Account.unit == Unit.MINUTES)
            targets = (await session.scalars(wanted)).all()
        if targets:
            wanted_entry = Booking(
                target_id=self.dice.choice(targets),
                day=date(2026, 10, self.dice.randrange(1, 32)),
                minutes=self.dice.randrange(15, 240, 15),
                description=f"The report of enrolments {next(KEYS)}",
            )
            await self.enter(self.scene.expert, book_hours, booking=wanted_entry)

    async def bill_tickets(self) -> None:
        lines: list[Any] = [a_line(self.scene, 60)]
        for _, number in self.dice.sample(self.tickets, 2):
            effort = an_effort_line(self.desk, number, self.dice.randrange(15, 240, 15))
            lines.append(self.dice.choice([effort, a_sum_line(number, f"{self.dice.randrange(1, 5) * 100}.00")]))
        made = await self.enter(
            self.scene.sender, draft_invoice, draft=a_draft(self.scene, *lines, number=f"R-{next(KEYS)}")
        )
        if made.ref:
            await self.enter(self.scene.sender, send_invoice, invoice_id=made.ref.id)


@pytest.mark.long
@pytest.mark.rule("H11.9-c", "D11.9-e", "H11.7.3-h")
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_many_at_once_never_bill_more_of_a_ticket_than_tiera_approved_nor_anything_twice(
    database_url: str, seed: int
) -> None:
    """Five people approve tickets for billing, book, invoice, decide, dispute, credit and take back, all at once."""
    engine = make_engine(database_url, pool_size=12)
    sessions = make_sessions(engine)
    try:
        async with sessions.begin() as session:
            desk = await make_desk(session, ceiling=2400)
            await make_approved(session, desk.scene, *[450] * 3)
            made = [await make_ticket(session, desk, resolved=True) for _ in range(4)]
        tickets = [(ticket.id, ticket.number) for ticket in made]
        lives = [TicketLife(entrance(engine), desk, tickets, random.Random(f"{seed}:{n}")) for n in range(5)]

        async def live(life: TicketLife) -> None:
            for _ in range(14):
                await life.act()

        await asyncio.gather(*(live(life) for life in lives))
        async with sessions() as session:
            await require_all_is_right(session)
    finally:
        await engine.dispose()
