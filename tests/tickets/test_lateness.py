"""Whose time on a ticket runs, ends soon or has ended: the supplier's and Tiera's are told apart."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE, Actor
from backend.kit.deadlines import pass_deadlines
from backend.rulebook.criticality import Criticality
from backend.tickets import agreed_verbs, handling_verbs, message_verbs, passing_verbs
from backend.tickets import billing_asking_verbs as asking
from backend.tickets.agreed_states import AgreedMatter
from backend.tickets.clock_figures import (
    BILLING,
    CONFIRMATION,
    DECISION,
    RELEASE,
    is_due_soon,
    is_late,
    is_suppliers_late,
    is_tieras_late,
)
from backend.tickets.model import Ticket
from backend.tickets.quality_model import QualityDeviation
from backend.tickets.states import ClockKind, TicketKind
from tests.making import NOW
from tests.tickets.making import HOUR, Desk, clock_of, hand_over, make_desk, make_ticket, make_ticket_at_supplier, write

K = ClockKind
Figure = Callable[[Any, Actor], Any]


async def pass_time(session: AsyncSession, at: datetime) -> None:
    await session.flush()
    await pass_deadlines(session, SCHEDULE, now=at)
    await session.flush()


async def shown(session: AsyncSession, ticket: Ticket, actor: Actor, *figures: Figure) -> list[object]:
    """Figures of a ticket as this actor reads them."""
    asked = sa.select(*(figure(Ticket, actor) for figure in figures)).where(Ticket.id == ticket.id)
    return list((await session.execute(asked)).one())


LATE = (is_late, is_suppliers_late, is_tieras_late)


async def ask_for_billing(session: AsyncSession, desk: Desk, ticket: Ticket) -> None:
    await asking.ask_for_billing(session, desk.supplier, ticket_id=ticket.id, reason="Two hours.", now=NOW)


@pytest.mark.rule("H2.1-a")
async def test_whose_time_has_ended_is_seen_by_both_sides_and_by_no_customer(session: AsyncSession) -> None:
    desk = await make_desk(session, billing_minutes=60)
    theirs = await make_ticket_at_supplier(session, desk, criticality=Criticality.HIGH)
    ours = await make_ticket_at_supplier(session, desk)
    await ask_for_billing(session, desk, ours)
    await pass_time(session, NOW + 2 * HOUR)
    for actor in (desk.tiera, desk.supplier):
        assert await shown(session, theirs, actor, *LATE) == [True, True, False]
        assert await shown(session, ours, actor, *LATE) == [True, False, True]
    for ticket in (theirs, ours):
        assert await shown(session, ticket, desk.customer, *LATE) == [False, False, False]


@pytest.mark.rule("H2.1-a", "H11.9-c")
async def test_a_ticket_is_due_when_whoever_has_it_must_act_and_tieras_duty_on_it_has_its_own_time(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session, billing_minutes=120)
    ticket = await make_ticket_at_supplier(session, desk)
    await ask_for_billing(session, desk, ticket)
    respond, bill = [(await clock_of(session, ticket, kind)).due_at for kind in (K.RESPOND, K.BILL)]
    assert bill < respond == ticket.due_at
    await pass_time(session, NOW + HOUR * 3 / 2)
    figures = (BILLING.due_at, BILLING.is_due_soon, is_due_soon)
    for actor in (desk.tiera, desk.supplier):
        assert await shown(session, ticket, actor, *figures) == [bill, True, False]
    assert await shown(session, ticket, desk.customer, *figures) == [None, False, False]
    await passing_verbs.hand_back_ticket(session, desk.supplier, ticket_id=ticket.id, reason="No.", now=NOW + HOUR)
    assert ticket.due_at == bill, "Tiera has it: all of its duties count"
    assert await shown(session, ticket, desk.tiera, is_due_soon) == [True]


@pytest.mark.rule("H11.2.3-a")
async def test_a_change_that_waits_for_tieras_decision_is_found_by_it_whoever_has_it(session: AsyncSession) -> None:
    desk = await make_desk(session, decision_minutes=120)
    change = await make_ticket(session, desk, by=desk.supplier, kind=TicketKind.CHANGE)
    due_at = (await clock_of(session, change, K.DECIDE)).due_at
    await hand_over(session, desk, change)
    await handling_verbs.take_ticket(session, desk.supplier, ticket_id=change.id, now=NOW)
    assert change.due_at != due_at
    figures = (DECISION.waits, DECISION.due_at, DECISION.is_due_soon)
    assert await shown(session, change, desk.tiera, *figures) == [True, due_at, False]
    await pass_time(session, NOW + HOUR * 3 / 2)
    assert await shown(session, change, desk.supplier, *figures) == [True, due_at, True]
    assert await shown(session, change, desk.customer, *figures) == [False, None, False]
    decided = {"ticket_id": change.id, "is_approved": True, "reason": "Good.", "now": NOW + 2 * HOUR}
    await handling_verbs.decide_change(session, desk.tiera, **decided)
    assert await shown(session, change, desk.tiera, *figures) == [False, None, False]


@pytest.mark.rule("H11.4-a", "H11.4-e")
async def test_that_tiera_was_warned_of_what_to_release_and_to_confirm_is_shown_until_the_time_ends(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session, release_minutes=120, confirmation_minutes=120)
    ticket, other = [await make_ticket_at_supplier(session, desk) for _ in range(2)]
    message = await write(session, desk.supplier, ticket)
    await agreed_verbs.note_agreed(session, desk.tiera, message_id=message.id, matters=[AgreedMatter.PRICE], now=NOW)
    figures = (RELEASE.is_due_soon, CONFIRMATION.is_due_soon)
    for minutes, expected in ((60, False), (90, True), (120, False)):
        await pass_time(session, NOW + HOUR * minutes / 60)
        assert await shown(session, ticket, desk.tiera, *figures) == [expected, expected], minutes
        assert await shown(session, other, desk.tiera, *figures) == [False, False]


@pytest.mark.rule("H2.1-a", "H11.4-a", "H11.4-e")
async def test_what_tiera_has_not_released_or_confirmed_in_time_makes_it_late_on_the_ticket(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session, release_minutes=60, confirmation_minutes=60)
    written, agreed, other = [await make_ticket_at_supplier(session, desk) for _ in range(3)]
    message = await write(session, desk.supplier, written)
    said = await write(session, desk.customer, agreed)
    point = await agreed_verbs.note_agreed(
        session, desk.tiera, message_id=said.id, matters=[AgreedMatter.PRICE], now=NOW
    )
    await pass_time(session, NOW + 2 * HOUR)
    for actor in (desk.tiera, desk.supplier):
        assert await shown(session, written, actor, *LATE) == [True, False, True]
        assert await shown(session, agreed, actor, *LATE) == [True, False, True]
        assert await shown(session, other, actor, *LATE) == [False, False, False]
    for ticket in (written, agreed):
        assert await shown(session, ticket, desk.customer, *LATE) == [False, False, False]
    await message_verbs.release_message(session, desk.tiera, message_id=message.id, now=NOW + 2 * HOUR)
    await agreed_verbs.confirm_agreed(session, desk.tiera, agreed_point_id=point.id, now=NOW + 2 * HOUR)
    for ticket in (written, agreed):
        assert await shown(session, ticket, desk.supplier, *LATE) == [False, False, False]


@pytest.mark.rule("H2.1-a")
async def test_a_clock_that_has_ended_stays_theirs_who_had_the_ticket_then(session: AsyncSession) -> None:
    desk = await make_desk(session)
    tiera, supplier = desk.tiera.organisation_id, desk.supplier.organisation_id
    ticket = await make_ticket(session, desk)
    await write(session, desk.tiera, ticket, now=NOW + HOUR)
    await hand_over(session, desk, ticket, now=NOW + 2 * HOUR)
    owners = [(await clock_of(session, ticket, kind)).owner_id for kind in (K.RESPOND, K.RESOLVE, K.UPDATE)]
    assert owners == [tiera, supplier, supplier], "Tiera answered; what runs is whose the ticket is"
    await passing_verbs.hand_back_ticket(session, desk.supplier, ticket_id=ticket.id, reason="No.", now=NOW + 3 * HOUR)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW + 3 * HOUR)
    await handling_verbs.resolve_ticket(session, desk.tiera, ticket_id=ticket.id, text="Done.", now=NOW + 4 * HOUR)
    assert (await clock_of(session, ticket, K.RESOLVE)).owner_id == tiera


@pytest.mark.rule("H2.1-a")
async def test_time_that_was_used_up_stays_theirs_who_had_the_ticket_when_it_ended(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ours = await make_ticket(session, desk, criticality=Criticality.HIGH)
    await pass_time(session, NOW + 2 * HOUR)
    await hand_over(session, desk, ours, now=NOW + 2 * HOUR)
    assert await shown(session, ours, desk.supplier, *LATE) == [True, False, True]
    respond = await clock_of(session, ours, K.RESPOND)
    assert (respond.owner_id, ours.due_at) == (desk.tiera.organisation_id, respond.due_at), "it is still to be answered"
    assert (await clock_of(session, ours, K.RESOLVE)).owner_id == desk.supplier.organisation_id
    theirs = await make_ticket_at_supplier(session, desk, criticality=Criticality.HIGH)
    await pass_time(session, NOW + 3 * HOUR)
    back = {"ticket_id": theirs.id, "reason": "No.", "now": NOW + 3 * HOUR}
    await passing_verbs.hand_back_ticket(session, desk.supplier, **back)
    assert await shown(session, theirs, desk.tiera, *LATE) == [True, True, False]


@pytest.mark.rule("H11.3.4-d")
async def test_time_that_tiera_used_up_is_no_missed_level_of_the_supplier_though_it_is_told_later(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, criticality=Criticality.HIGH)
    await hand_over(session, desk, ticket, now=NOW + 2 * HOUR)
    await pass_time(session, NOW + 2 * HOUR)
    assert (await session.scalars(sa.select(QualityDeviation))).all() == []
