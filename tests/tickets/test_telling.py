"""Who is told of tickets: those concerned, once, and nobody of what they may not read."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE
from backend.kit.deadlines import pass_deadlines
from backend.kit.events import Audience, Event
from backend.tickets import message_verbs, reporting_verbs
from tests.making import NOW
from tests.notices.making import tell, told
from tests.tickets.making import Desk, hand_over, make_desk, make_ticket, make_ticket_at_supplier, write


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


async def told_of(session: AsyncSession, name: str) -> list[list[int]]:
    """Whom each event of a name was told, in the order of record."""
    await tell(session)
    found = await session.scalars(sa.select(Event).where(Event.name == name).order_by(Event.id))
    return [await told(session, event) for event in found.all()]


def ids(desk: Desk, *who: Callable[[Desk], int | None]) -> list[int]:
    return sorted(each for each in (of(desk) for of in who) if each is not None)


def tiera(desk: Desk) -> int | None:
    return desk.tiera.person_id


def supplier(desk: Desk) -> int | None:
    return desk.supplier.person_id


def customer(desk: Desk) -> int | None:
    return desk.customer.person_id


@pytest.mark.rule("H11.4-b")
async def test_a_report_is_told_to_tiera_and_to_the_supplier_when_it_is_handed_to_it(
    session: AsyncSession, desk: Desk
) -> None:
    await hand_over(session, desk, await make_ticket(session, desk))
    assert await told_of(session, "ticket.reported") == [ids(desk, tiera, supplier)]
    assert await told_of(session, "ticket.handed_over") == [ids(desk, supplier)]


async def test_of_a_report_that_has_not_reached_it_a_supplier_is_told_nothing(
    session: AsyncSession, desk: Desk
) -> None:
    await make_ticket(session, desk)
    assert await told_of(session, "ticket.reported") == [ids(desk, tiera)]


@pytest.mark.rule("H11.4-a")
async def test_what_a_supplier_wrote_is_told_to_tiera_and_to_the_customer_once_it_is_released(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket_at_supplier(session, desk)
    message = await write(session, desk.supplier, ticket)
    assert await told_of(session, "ticket_message.submitted") == [ids(desk, tiera)]
    await message_verbs.release_message(session, desk.tiera, message_id=message.id, now=NOW)
    assert await told_of(session, "ticket_message.released") == [ids(desk, supplier, customer)]


@pytest.mark.rule("H11.4-a")
async def test_whoever_watches_is_told_of_what_they_may_read_only(session: AsyncSession, desk: Desk) -> None:
    ticket = await make_ticket_at_supplier(session, desk)
    for actor in (desk.customer, desk.supplier):
        await reporting_verbs.watch_ticket(session, actor, ticket_id=ticket.id, now=NOW)
    for audience in Audience:
        await write(session, desk.tiera, ticket, audience=audience)
    handed, internal, both, everybody = await told_of(session, "ticket_message.written")
    assert (handed, internal) == (ids(desk, supplier), [])
    assert both == ids(desk, supplier)
    assert everybody == ids(desk, supplier, customer)


@pytest.mark.rule("H2.1-a")
async def test_a_breach_is_told_to_both_sides_once(session: AsyncSession, desk: Desk) -> None:
    await make_ticket_at_supplier(session, desk)
    for hours in (4, 5, 6):
        await pass_deadlines(session, SCHEDULE, now=NOW + timedelta(hours=hours))
    assert await told_of(session, "ticket.respond_late") == [ids(desk, tiera, supplier)]
