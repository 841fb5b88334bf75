"""One ticket of two matters becomes two: of a message, or of what was reported. Whose words they are asks."""

from collections.abc import Awaitable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor
from backend.kit.deadlines import Deadline
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.parties.model import RoleHeld
from backend.tickets import handling_verbs, merging_verbs, queries, sensitive_verbs
from backend.tickets.model import Ticket, TicketLink
from backend.tickets.states import ClockKind, LinkKind, TicketKind
from tests.making import NOW, end_roles, tiera_service_manager
from tests.tickets.making import HOUR, clock_of, hand_over, make_desk, make_ticket, make_ticket_at_supplier, write

K = ClockKind


def split(session: AsyncSession, actor: Actor, **of: Any) -> Awaitable[Ticket]:
    said = {"kind": TicketKind.INCIDENT, "title": "Printing", "description": "The printer does not work."}
    return merging_verbs.split_ticket(session, actor, **(said | of), now=NOW + HOUR)


@pytest.mark.rule("H11.7.2-a")
@pytest.mark.parametrize("part", ["message", "report"])
async def test_what_is_another_matter_becomes_a_ticket_of_its_own_which_is_linked(
    session: AsyncSession, part: str
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    message = await write(session, desk.customer, ticket, "The printer does not work either.")
    of = {"message_id": message.id} if part == "message" else {"ticket_id": ticket.id}
    new = await split(session, desk.tiera, **of)
    assert (new.customer_id, new.service_id, new.requester_id) == (
        ticket.customer_id,
        ticket.service_id,
        desk.customer.person_id,
    )
    link = (await session.scalars(sa.select(TicketLink))).one()
    assert (link.ticket_id, link.kind, link.other_id) == (new.id, LinkKind.FOLLOWS_FROM, ticket.id)
    assert new.reached_supplier_at is None, "it comes to Tiera's desk"
    assert await session.scalar(sa.select(sa.func.count()).select_from(Deadline).where(Deadline.about_id == new.id))
    made = (await session.scalars(sa.select(Event).where(Event.name == "ticket.split"))).one()
    assert (made.subject_id, made.figures["other"]) == (ticket.id, str(new.ref))


async def test_what_is_wrong_with_the_new_ticket_is_said_at_its_field(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    for field in ("title", "description"):
        with pytest.raises(Refusal) as refused:
            await split(session, desk.tiera, ticket_id=ticket.id, **{field: " "})
        assert [error.path for error in refused.value.errors] == [(field,)]


@pytest.mark.rule("H11.1-b")
async def test_what_is_made_of_a_sensitive_text_is_masked_too(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    message = await write(session, desk.customer, ticket)
    for of, text in (({"message_id": message.id}, message.ref), ({"ticket_id": ticket.id}, ticket.ref)):
        assert not (await split(session, desk.tiera, **of)).is_sensitive
        await sensitive_verbs.mark_sensitive(session, desk.tiera, text_of=text, now=NOW)
        assert (await split(session, desk.tiera, **of)).is_sensitive


@pytest.mark.rule("H11.7.2-a", "H2.1-a")
@pytest.mark.parametrize("part", ["message", "report", "message on Tiera's", "of one who has left"])
async def test_what_the_supplier_said_is_its_own_question_too_when_tiera_makes_a_ticket_of_it(
    session: AsyncSession, part: str
) -> None:
    desk = await make_desk(session)
    by = desk.tiera if part == "message on Tiera's" else desk.supplier
    ticket = await hand_over(session, desk, await make_ticket(session, desk, by=by))
    message = await write(session, desk.supplier, ticket, "The printer does not work either.")
    if part == "of one who has left":
        await end_roles(session, RoleHeld.person_id == desk.supplier.person_id)
    of = {"ticket_id": ticket.id} if part == "report" else {"message_id": message.id}
    new = await split(session, desk.tiera, **of)
    has_left = part == "of one who has left"
    assert new.requester_id == (desk.tiera if has_left else desk.supplier).person_id
    assert (new.reached_supplier_at, new.reported_by_id) == (NOW + HOUR, desk.tiera.person_id)
    assert await queries.is_own_report(session, desk.supplier, new)
    clocks = [await clock_of(session, new, kind) for kind in (K.RESPOND, K.UPDATE)]
    assert {clock.owner_id for clock in clocks} == {desk.tiera.organisation_id}
    await handling_verbs.respond_to_ticket(session, desk.tiera, ticket_id=new.id, text="So.", now=NOW + 2 * HOUR)
    assert new.responded_at == NOW + 2 * HOUR
    await hand_over(session, desk, new, now=NOW + 3 * HOUR)
    assert (await clock_of(session, new, K.UPDATE)).owner_id == desk.tiera.organisation_id, "it owes itself no words"


@pytest.mark.rule("H11.7.2-a")
async def test_what_tiera_said_without_a_customer_is_tieras_own_when_it_becomes_a_ticket(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, by=desk.supplier)
    message = await write(session, desk.tiera, ticket)
    new = await split(session, desk.tiera, message_id=message.id)
    assert await queries.is_own_report(session, desk.tiera, new)
    assert (new.reached_supplier_at, new.requester_id) == (None, desk.tiera.person_id)


@pytest.mark.rule("H11.7.2-a")
async def test_who_asked_for_tiera_asks_for_what_another_of_tieras_splits_off(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, by=desk.tiera)
    new = await split(session, await tiera_service_manager(session), ticket_id=ticket.id)
    assert (new.requester_id, ticket.requester_id) == (desk.tiera.person_id, desk.tiera.person_id)
    assert new.reported_by_id != desk.tiera.person_id


@pytest.mark.parametrize("wrong", ["nothing is named", "another ticket's"])
async def test_nothing_is_made_of_what_is_not_there(session: AsyncSession, wrong: str) -> None:
    desk = await make_desk(session)
    ticket, other = [await make_ticket(session, desk) for _ in range(2)]
    message = await write(session, desk.customer, ticket)
    of = {} if wrong == "nothing is named" else {"ticket_id": other.id, "message_id": message.id}
    before = await session.scalar(sa.select(sa.func.count()).select_from(Ticket))
    with pytest.raises(Refusal) as refused:
        await split(session, desk.tiera, **of)
    assert refused.value.code is (Code.REQUIRED if wrong == "nothing is named" else Code.NOT_FOUND)
    assert await session.scalar(sa.select(sa.func.count()).select_from(Ticket)) == before
