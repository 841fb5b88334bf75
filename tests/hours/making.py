"""Makers of what hours stand on: an order under way with a ceiling, entries, overruns."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours.model import TimeEntry
from backend.hours.verbs import Booking, book_hours
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.ledger import verbs as ledger
from backend.ledger.model import Account, Unit
from backend.orders.estimate_model import Estimate, EstimateOption, EstimateRow
from backend.orders.model import WORK, Forecast, Order
from backend.orders.overrun_model import Overrun, Revision
from backend.orders.states import OrderState, OverrunState, Pricing, RevisionState
from backend.parties.agreement_model import Agreement, PriceGroup
from backend.parties.model import Organisation
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import DEFAULTS
from tests.making import (
    ALL_YEAR,
    NOW,
    make_agreement,
    make_organisation,
    make_price_group,
    supplier_expert,
    tiera_service_manager,
)

ORDERED_AT = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
"""A Monday, the day before NOW's."""
WORDS = "Varhaiskasvatuksen hakemuslomakkeen kentät"


@dataclass(frozen=True)
class Work:
    """An order under way, who works on it and who approves."""

    supplier: Organisation
    agreement: Agreement
    group: PriceGroup
    order: Order
    target: Account
    expert: Actor
    manager: Actor


async def make_work(
    session: AsyncSession,
    ceiling: int = 600,
    *,
    state: OrderState = OrderState.IN_PROGRESS,
    ordered_at: datetime | None = ORDERED_AT,
    number: str = "TIL-2026-90001",
    valid: Range[date] = ALL_YEAR,
    **order: Any,
) -> Work:
    supplier = await make_organisation(session)
    agreement = await make_agreement(session, supplier, valid=valid)
    group = await make_price_group(session, agreement, valid=valid)
    made = Order(
        number=number if ordered_at else None,
        ordered_at=ordered_at,
        agreement_id=agreement.id,
        supplier_id=supplier.id,
        title="Hakemuslomake",
        description="Lomakkeen kentät",
        pricing=Pricing.HOURS,
        state=state,
        size_class=SizeClass.SMALL,
        created_at=ORDERED_AT,
        requested_at=ORDERED_AT,
        covered_minutes=ceiling,
        terms_on=DEFAULTS.as_json(),
        **order,
    )
    session.add(made)
    await session.flush()
    target = await ledger.open_account(session, made.ref, WORK, Unit.MINUTES, holder_id=supplier.id, title=made.title)
    target.opens_on = helsinki_date(ordered_at) if ordered_at else None
    if ceiling:
        await ledger.grant(session, target, ceiling, made.ref, key=f"{made.ref}:order", at=ORDERED_AT)
    expert = await supplier_expert(session, supplier)
    return Work(supplier, agreement, group, made, target, expert, await tiera_service_manager(session))


async def book(
    session: AsyncSession,
    work: Work,
    minutes: int = 60,
    *,
    by: Actor | None = None,
    day: date = DAY,
    description: str = WORDS,
    now: datetime = NOW,
    **booking: Any,
) -> TimeEntry:
    """What an expert books, by the verb itself."""
    wanted = Booking(target_id=work.target.id, day=day, minutes=minutes, description=description, **booking)
    return await book_hours(session, by or work.expert, wanted, now=now)


async def put_on_hold(session: AsyncSession, work: Work, forecast: int) -> None:
    """A newest forecast above what is covered."""
    work.order.forecast_minutes = forecast
    session.add(
        Forecast(
            order_id=work.order.id,
            booked_minutes=0,
            remaining_minutes=forecast,
            given_at=NOW,
            supplier_id=work.supplier.id,
        )
    )
    await session.flush()
    await session.refresh(work.order)


async def foresee(session: AsyncSession, work: Work, *groups: PriceGroup, price: Decimal = Decimal("100.00")) -> None:
    """That the order was placed by an estimate of these price groups, each at a price."""
    estimate = Estimate(
        order_id=work.order.id,
        ordinal=1,
        none_better_statement="Ei ole",
        given_at=ORDERED_AT,
        is_late=False,
        supplier_id=work.supplier.id,
    )
    session.add(estimate)
    await session.flush()
    option = EstimateOption(
        estimate_id=estimate.id, position=1, title="Lomake", minutes=60 * len(groups), euros=price * len(groups)
    )
    session.add(option)
    await session.flush()
    session.add_all(
        EstimateRow(option_id=option.id, price_group_id=group.id, minutes=60, unit_price=price, amount=price)
        for group in groups
    )
    work.order.chosen_option_id = option.id
    await session.flush()


async def decide_overrun(
    session: AsyncSession, work: Work, minutes: int, *, covers: bool, at: datetime, ordinal: int = 1
) -> Overrun:
    """That Tiera granted more, as its verb leaves it."""
    overrun = Overrun(
        order_id=work.order.id,
        ordinal=ordinal,
        state=OverrunState.APPROVED,
        ceiling_minutes=work.target.granted or 0,
        forecast_minutes=(work.target.granted or 0) + minutes,
        asked_minutes=minutes,
        asked_euros=Decimal(minutes),
        reason="Lomakkeita on enemmän",
        asked_at=at - timedelta(hours=1),
        granted_minutes=minutes,
        covers_work_done=covers,
        decision_reason="Tarvitaan",
        decided_at=at,
        supplier_id=work.supplier.id,
    )
    session.add(overrun)
    await session.flush()
    await ledger.grant(session, work.target, minutes, overrun.ref, key=f"{overrun.ref}:grant", at=at)
    return overrun


async def accept_change(
    session: AsyncSession, work: Work, minutes: int, *, covers: bool, at: datetime, ordinal: int = 1
) -> Revision:
    """That both sides agreed on more effort, as its verb leaves it."""
    revision = Revision(
        order_id=work.order.id,
        ordinal=ordinal,
        state=RevisionState.ACCEPTED,
        before={},
        after={},
        minutes_change=minutes,
        reason="Lomakkeita on enemmän",
        proposed_at=at - timedelta(hours=1),
        covers_work_done=covers,
        decided_at=at,
        supplier_id=work.supplier.id,
    )
    session.add(revision)
    await session.flush()
    await ledger.grant(session, work.target, minutes, revision.ref, key=f"{revision.ref}:ceiling", at=at)
    return revision
