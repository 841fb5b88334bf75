"""Makers of orders in each state, by the verbs themselves; what a test is about it names."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor, ActorKind
from backend.ledger import verbs as ledger
from backend.orders import draft_verbs, estimate_verbs, forecast_verbs, overrun_verbs, placing_verbs, queries
from backend.orders.commitment_verbs import open_work
from backend.orders.delivery_verbs import start_work
from backend.orders.draft_verbs import Content
from backend.orders.estimate_model import Estimate, EstimateOption
from backend.orders.estimate_verbs import Option, Row
from backend.orders.model import Order
from backend.orders.overrun_model import Overrun
from backend.orders.rules import PROJECT_PAPERS, Part
from backend.orders.states import PaperKind, Pricing
from backend.parties.agreement_model import Agreement, PriceGroup
from backend.parties.model import Organisation
from backend.parties.right_model import OrderingRight
from tests.files.making import make_file
from tests.making import (
    NOW,
    customer_representative,
    make_agreement,
    make_organisation,
    make_person,
    make_price_group,
    make_right,
    make_terms,
    ordering_contact,
    supplier_manager,
    tiera_service_manager,
)

DAY_LENGTH = 450
SMALL, ASSIGNMENT, PROJECT = 9 * DAY_LENGTH, 20 * DAY_LENGTH, 60 * DAY_LENGTH
HOUR = timedelta(hours=1)


@dataclass
class Parties:
    """Tiera, a supplier and a customer, with somebody who may act for each."""

    supplier: Organisation
    customer: Organisation
    agreement: Agreement
    senior: PriceGroup
    architect: PriceGroup
    right: OrderingRight
    contact: Actor
    tiera_manager: Actor
    supplier_manager: Actor
    representative: Actor


async def make_parties(
    session: AsyncSession,
    *,
    greatest_total: Decimal | None = None,
    terms: dict[str, Any] | None = None,
    **limits: Any,
) -> Parties:
    """Parties whose contact has a right with these limits; a senior costs 100 € an hour, an architect 140."""
    supplier = await make_organisation(session)
    customer = await make_organisation(session, ActorKind.CUSTOMER)
    agreement = await make_agreement(session, supplier, greatest_total=greatest_total)
    await make_terms(session, agreement, terms or {})
    right = await make_right(session, await make_person(session), **limits)
    return Parties(
        supplier=supplier,
        customer=customer,
        agreement=agreement,
        senior=await make_price_group(session, agreement),
        architect=await make_price_group(session, agreement, "ARCHITECT", Decimal("140.00")),
        right=right,
        contact=await ordering_contact(session, right),
        tiera_manager=await tiera_service_manager(session),
        supplier_manager=await supplier_manager(session, supplier),
        representative=await customer_representative(session, customer),
    )


def content(**changes: Any) -> Content:
    """What an assignment asks for, with goal and limits."""
    said: dict[str, Any] = {
        "title": "Interface to the case register",
        "description": "Enrolments go to the register each night.",
        "goal": "No enrolment is typed twice.",
        "limits": "The register itself is not changed.",
    }
    return Content(**(said | changes))


async def make_draft(session: AsyncSession, p: Parties, *, now: datetime = NOW, **changes: Any) -> Order:
    return await draft_verbs.create_order(
        session, p.contact, agreement_id=p.agreement.id, content=content(**changes), now=now
    )


async def attach(session: AsyncSession, actor: Actor, order: Order, *kinds: PaperKind) -> None:
    for kind in kinds:
        stored = await make_file(session, actor)
        await draft_verbs.attach_order_paper(session, actor, order_id=order.id, kind=kind, file_id=stored.id, now=NOW)


async def make_requested(session: AsyncSession, p: Parties, *, now: datetime = NOW, **changes: Any) -> Order:
    order = await make_draft(session, p, now=now, **changes)
    return await estimate_verbs.request_estimate(session, p.contact, order_id=order.id, now=now)


def option(p: Parties, minutes: int = SMALL, *, parts: tuple[Part, ...] = (), title: str = "As asked") -> Option:
    """An option of one price group's minutes."""
    return Option(title=title, rows=(Row(price_group_id=p.senior.id, minutes=minutes),), parts=parts)


async def estimate(
    session: AsyncSession,
    p: Parties,
    order: Order,
    *options: Option,
    after_ordinal: int | None = None,
    now: datetime = NOW,
) -> Estimate:
    return await estimate_verbs.give_estimate(
        session,
        p.supplier_manager,
        order_id=order.id,
        options=options or (option(p),),
        none_better_statement="We know of nothing cheaper.",
        after_ordinal=after_ordinal,
        now=now,
    )


async def first_option(session: AsyncSession, order: Order) -> EstimateOption:
    """The first option of the newest estimate."""
    newest = await queries.newest_estimate(session, order.id)
    assert newest is not None
    wanted = sa.select(EstimateOption).where(EstimateOption.estimate_id == newest.id, EstimateOption.position == 1)
    return (await session.scalars(wanted)).one()


async def make_estimated(
    session: AsyncSession,
    p: Parties,
    minutes: int = SMALL,
    *,
    parts: tuple[Part, ...] = (),
    now: datetime = NOW,
    **changes: Any,
) -> Order:
    if parts:
        changes["pricing"] = Pricing.FIXED
    order = await make_requested(session, p, now=now, **changes)
    await estimate(session, p, order, option(p, minutes, parts=parts), now=now)
    return order


async def place(session: AsyncSession, p: Parties, order: Order, *, now: datetime = NOW) -> Order:
    chosen = await first_option(session, order)
    return await placing_verbs.place_order(session, p.contact, order_id=order.id, option_id=chosen.id, now=now)


async def make_ordered(
    session: AsyncSession, p: Parties, minutes: int = SMALL, *, now: datetime = NOW, **changes: Any
) -> Order:
    """A placed order, with the form where its size demands it."""
    order = await make_estimated(session, p, minutes, now=now, **changes)
    if minutes >= 10 * DAY_LENGTH:
        await attach(session, p.contact, order, PaperKind.FORM)
    return await place(session, p, order, now=now)


async def make_project_ready(session: AsyncSession, p: Parties, order: Order) -> None:
    """Attach a project's papers and name both managers."""
    await attach(session, p.contact, order, *PROJECT_PAPERS)
    for actor in (p.supplier_manager, p.tiera_manager):
        assert actor.person_id is not None
        await draft_verbs.name_project_manager(session, actor, order_id=order.id, person_id=actor.person_id, now=NOW)


async def make_order_in_progress(
    session: AsyncSession, p: Parties, minutes: int = SMALL, *, now: datetime = NOW, **changes: Any
) -> Order:
    order = await make_ordered(session, p, minutes, now=now, **changes)
    if minutes > 50 * DAY_LENGTH:
        await make_project_ready(session, p, order)
    return await start_work(session, p.supplier_manager, order_id=order.id, now=now)


async def book(session: AsyncSession, p: Parties, order: Order, minutes: int, *, now: datetime = NOW) -> None:
    """Hours are booked on the order, as the hours slice does it."""
    work = await open_work(session, order, billable=order.pricing is Pricing.HOURS)
    key = f"test:{order.id}:{work.booked}:{now.isoformat()}"
    await ledger.book(session, work, minutes, order.ref, key=key, at=now)
    await forecast_verbs.note_booked(session, p.supplier_manager, order, work, now=now)


async def forecast(session: AsyncSession, p: Parties, order: Order, remaining: int, *, now: datetime = NOW) -> None:
    await forecast_verbs.give_forecast(
        session, p.supplier_manager, order_id=order.id, remaining_minutes=remaining, now=now
    )


async def make_order_awaiting_overrun_decision(
    session: AsyncSession, p: Parties, minutes: int = SMALL, *, asked: int = 600, now: datetime = NOW
) -> Overrun:
    """An order whose forecast passes the ceiling by what the supplier asks for."""
    order = await make_order_in_progress(session, p, minutes, now=now)
    await forecast(session, p, order, minutes + asked, now=now)
    return await overrun_verbs.request_overrun(
        session,
        p.supplier_manager,
        order_id=order.id,
        minutes=asked,
        reason="The register's interface changed.",
        now=now,
    )
