"""Makers of what invoices stand on: an order placed by a named contact, approved hours, an invoice that bills them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours.approval_verbs import approve_hours
from backend.hours.model import TimeEntry
from backend.hours.verbs import Booking, book_hours
from backend.invoices.drafting import Draft, DraftLine
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.queries import lines_for_change
from backend.invoices.sending_verbs import draft_invoice, send_invoice
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.ledger import verbs as ledger
from backend.ledger.model import Account, Unit
from backend.orders.model import SUMS, WORK, Milestone, Order
from backend.orders.states import MilestoneState, OrderState, Pricing
from backend.parties.agreement_model import Agreement, BankAccount, PriceGroup
from backend.parties.model import Organisation
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import DEFAULTS
from tests.making import (
    LONG_AGO,
    make_agreement,
    make_organisation,
    make_person,
    make_price_group,
    make_right,
    make_terms,
    ordering_contact,
    supplier_expert,
    supplier_manager,
    tiera_service_manager,
)

ORDERED_AT = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)
APPROVED_AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 4, 8, 0, tzinfo=UTC)
"""The third business day of November, 10 o'clock in Helsinki."""
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
IBAN = "FI2112345600000785"
DUE = date(2026, 12, 4)
FROM_2026 = Range(date(2026, 1, 1), None)
_n = count(1)


@dataclass
class Scene:
    """A supplier with an order under way, who works, who invoices, who approves hours, who decides on invoices."""

    supplier: Organisation
    agreement: Agreement
    group: PriceGroup
    order: Order
    account: Account
    contact: Actor
    expert: Actor
    sender: Actor
    approver: Actor
    judge: Actor
    numbers: Any = field(default_factory=lambda: count(1))


async def make_scene(
    session: AsyncSession,
    ceiling: int = 60_000,
    *,
    price: str = "100.00",
    terms: dict[str, Any] | None = None,
    supplier: Organisation | None = None,
) -> Scene:
    """An order at a price an hour, with a ceiling in minutes."""
    supplier = supplier or await make_organisation(session)
    agreement = await make_agreement(session, supplier, valid=FROM_2026)
    group = await make_price_group(session, agreement, price=Decimal(price), valid=FROM_2026)
    session.add(
        BankAccount(
            agreement_id=agreement.id, iban=IBAN, proposed_at=LONG_AGO, confirmed_at=LONG_AGO, confirmed_by_id=None
        )
    )
    await make_terms(session, agreement, terms or {})
    right = await make_right(session, await make_person(session))
    contact = await ordering_contact(session, right)
    order, account = await make_order(session, supplier, agreement, right.id, contact, ceiling)
    return Scene(
        supplier=supplier,
        agreement=agreement,
        group=group,
        order=order,
        account=account,
        contact=contact,
        expert=await supplier_expert(session, supplier),
        sender=await supplier_manager(session, supplier),
        approver=await tiera_service_manager(session),
        judge=await tiera_service_manager(session),
    )


async def make_order(
    session: AsyncSession,
    supplier: Organisation,
    agreement: Agreement,
    right_id: int | None,
    contact: Actor,
    ceiling: int,
    *,
    pricing: Pricing = Pricing.HOURS,
) -> tuple[Order, Account]:
    """An order under way and its account in minutes (of a fixed price, in cents)."""
    order = Order(
        number=f"TIL-2026-{next(_n):05}",
        ordered_at=ORDERED_AT,
        ordered_by_id=contact.person_id,
        ordering_right_id=right_id,
        agreement_id=agreement.id,
        supplier_id=supplier.id,
        title="Interface to the case register",
        description="Enrolments go to the register.",
        pricing=pricing,
        state=OrderState.IN_PROGRESS,
        size_class=SizeClass.SMALL,
        created_at=ORDERED_AT,
        requested_at=ORDERED_AT,
        covered_minutes=ceiling,
        terms_on=DEFAULTS.as_json(),
    )
    session.add(order)
    await session.flush()
    is_fixed = pricing is Pricing.FIXED
    account = await ledger.open_account(
        session,
        order.ref,
        SUMS if is_fixed else WORK,
        Unit.CENTS if is_fixed else Unit.MINUTES,
        holder_id=supplier.id,
        title=order.title,
    )
    await ledger.grant(session, account, ceiling, order.ref, key=f"{order.ref}:order", at=ORDERED_AT)
    return order, account


async def make_milestone(
    session: AsyncSession,
    scene: Scene,
    amount: str = "1000.00",
    *,
    is_accepted: bool = True,
    accepted_by: int | None = None,
) -> Milestone:
    """A fixed-price order with one part, accepted unless said otherwise."""
    cents = int(Decimal(amount) * 100)
    order, account = await make_order(
        session,
        scene.supplier,
        scene.agreement,
        scene.order.ordering_right_id,
        scene.contact,
        cents,
        pricing=Pricing.FIXED,
    )
    part = Milestone(
        order_id=order.id,
        position=1,
        title="Plan",
        amount=Decimal(amount),
        state=MilestoneState.ACCEPTED if is_accepted else MilestoneState.DELIVERED,
        accepted_by_id=accepted_by or scene.approver.person_id,
        supplier_id=scene.supplier.id,
    )
    session.add(part)
    await session.flush()
    if is_accepted:
        await ledger.book(session, account, cents, part.ref, key=f"{part.ref}:book", at=APPROVED_AT)
        await ledger.approve(session, account, cents, part.ref, day=OCTOBER[0], key=f"{part.ref}", at=APPROVED_AT)
    return part


async def book(session: AsyncSession, scene: Scene, minutes: int = 450, day: date = date(2026, 10, 5)) -> TimeEntry:
    """Work on the order, booked the same day."""
    wanted = Booking(
        target_id=scene.account.id,
        day=day,
        minutes=minutes,
        description=f"The nightly transfer of enrolments, part {next(_n)}",
        price_group_id=scene.group.id,
    )
    return await book_hours(session, scene.expert, wanted, now=datetime(day.year, day.month, day.day, 14, tzinfo=UTC))


async def approve(
    session: AsyncSession, scene: Scene, *entries: TimeEntry, by: Actor | None = None, at: datetime = APPROVED_AT
) -> None:
    """Tiera approves entries."""
    await approve_hours(session, by or scene.approver, [entry.id for entry in entries], now=at)


async def make_approved(session: AsyncSession, scene: Scene, *minutes: int) -> list[TimeEntry]:
    """Approved work on the order, one entry a day from Monday 5.10. on."""
    entries = [
        await book(session, scene, each, date(2026, 10, 5 + place)) for place, each in enumerate(minutes or (600,))
    ]
    await approve(session, scene, *entries)
    return entries


def a_line(scene: Scene, minutes: int = 600, price: str = "100.00", **values: Any) -> DraftLine:
    """A typed line for work on the order in October."""
    given: dict[str, Any] = {
        "text": "Senior work",
        "order_reference": scene.order.number,
        "period_first": OCTOBER[0],
        "period_last": OCTOBER[1],
        "price_group_code": scene.group.code,
        "minutes": Minutes(minutes),
        "unit_price": Decimal(price),
    }
    return DraftLine(**(given | values))


def a_part_line(scene: Scene, order: Order, amount: str = "1000.00") -> DraftLine:
    """A typed line for the first part of a fixed price."""
    return DraftLine(
        text="Plan",
        order_reference=order.number,
        milestone_position=1,
        period_first=OCTOBER[0],
        period_last=OCTOBER[1],
        amount=Decimal(amount),
    )


def a_draft(scene: Scene, *lines: DraftLine, **head: Any) -> Draft:
    given: dict[str, Any] = {
        "number": f"2026-{next(scene.numbers)}",
        "issued_on": date(2026, 11, 4),
        "due_on": DUE,
        "iban": IBAN,
        "lines": lines or (a_line(scene),),
    }
    return Draft(**(given | head))


async def make_invoice(
    session: AsyncSession, scene: Scene, *lines: DraftLine, now: datetime = NOW, **head: Any
) -> Invoice:
    """An invoice that the supplier typed and sent."""
    draft = await draft_invoice(session, scene.sender, draft=a_draft(scene, *lines, **head), now=now)
    return await send_invoice(session, scene.sender, invoice_id=draft.id, now=now)


async def make_mixed_invoice(session: AsyncSession, scene: Scene) -> Invoice:
    """An invoice as they come: two lines in order, one too long, one too dear, one that points nowhere, a part."""
    await make_approved(session, scene, 450, 450, 450)
    await book(session, scene, 300, date(2026, 10, 20))
    part = await make_milestone(session, scene)
    fixed = await session.get_one(Order, part.order_id)
    return await make_invoice(
        session,
        scene,
        a_line(scene, 450, text="Asiantuntijatyö, senior (vk 41)"),
        a_line(scene, 450, text="Asiantuntijatyö, senior (vk 42)"),
        a_line(scene, 900, text="Asiantuntijatyö, senior (vk 43)"),
        a_line(scene, 60, "139.50", text="Ylityö, lauantai 24.10."),
        a_line(scene, 120, text="Projektipäällikkö", order_reference=None, price_group_code=None),
        a_part_line(scene, fixed),
    )


async def lines_of(session: AsyncSession, invoice: Invoice) -> Sequence[InvoiceLine]:
    """The lines of an invoice, in their order."""
    return sorted(await lines_for_change(session, [invoice.id]), key=lambda line: line.position)
