"""What whoever asked writes on a resolved ticket opens nothing again, and waits where somebody sees it."""

import runpy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor
from backend.kit.events import Audience
from backend.tickets import handling_verbs, message_verbs
from backend.tickets.clock_figures import awaits_own_reply
from backend.tickets.model import Ticket
from backend.tickets.states import TicketState
from tests.making import NOW
from tests.tickets.making import (
    HOUR,
    Desk,
    hand_over,
    make_desk,
    make_ticket,
    make_ticket_at_supplier,
    newest_waiting,
    resolve,
    write,
)
from tests.tickets.test_lateness import shown

LATER = NOW + 2 * HOUR
VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


async def asked_of(session: AsyncSession, desk: Desk, ticket: Ticket) -> list[str]:
    """Whose desk has a ticket as one to reply to."""
    await session.flush()
    sides = {"customer": desk.customer, "tiera": desk.tiera, "supplier": desk.supplier}
    return [side for side, actor in sides.items() if (await shown(session, ticket, actor, awaits_own_reply))[0]]


async def release(session: AsyncSession, desk: Desk, ticket: Ticket) -> None:
    waiting = await newest_waiting(session, ticket)
    await message_verbs.release_message(session, desk.tiera, message_id=waiting.id, now=LATER)


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


async def resolved(session: AsyncSession, desk: Desk, *, at_supplier: bool = False) -> Ticket:
    ticket = await (make_ticket_at_supplier if at_supplier else make_ticket)(session, desk)
    if not at_supplier:
        await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
        await handling_verbs.resolve_ticket(session, desk.tiera, ticket_id=ticket.id, text="Korjattu.", now=NOW)
        return ticket
    return await resolve(session, desk, ticket)


@pytest.mark.parametrize("at_supplier", [False, True])
async def test_what_the_customer_writes_on_a_resolved_ticket_waits_for_an_answer(
    session: AsyncSession, desk: Desk, at_supplier: bool
) -> None:
    ticket = await resolved(session, desk, at_supplier=at_supplier)
    assert await asked_of(session, desk, ticket) == []
    for text in ("Ei toimi vieläkään.", "Kuuletteko?"):
        await write(session, desk.customer, ticket, text=text, now=LATER)
    assert (ticket.state, ticket.awaits_reply_since) == (TicketState.RESOLVED, LATER)
    assert await asked_of(session, desk, ticket) == ["tiera", "supplier"][: 1 + at_supplier]
    await write(session, desk.tiera, ticket, text="Sisäisesti: kuka katsoo?", audience=Audience.TIERA, now=LATER)
    assert await asked_of(session, desk, ticket) != []
    if at_supplier:
        await write(session, desk.supplier, ticket, text="Katsotaan.", now=LATER)
        assert await asked_of(session, desk, ticket) == ["tiera"], "the supplier has answered, and that is not read yet"
        await release(session, desk, ticket)
    else:
        await write(session, desk.tiera, ticket, text="Katsotaan.", now=LATER)
    assert await asked_of(session, desk, ticket) == []


async def test_what_was_written_before_the_customers_words_answers_them_not(session: AsyncSession, desk: Desk) -> None:
    ticket = await resolved(session, desk, at_supplier=True)
    await write(session, desk.supplier, ticket, text="Vielä ohje.", now=NOW + HOUR)
    await write(session, desk.customer, ticket, text="Ei toimi.", now=LATER)
    await release(session, desk, ticket)
    assert await asked_of(session, desk, ticket) == ["tiera", "supplier"]


async def test_what_the_customer_writes_before_an_answer_is_released_waits_on(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await resolved(session, desk, at_supplier=True)
    await write(session, desk.customer, ticket, text="Ei toimi.", now=LATER)
    await write(session, desk.supplier, ticket, text="Katsotaan.", now=LATER + HOUR)
    await write(session, desk.customer, ticket, text="Tulostinkaan ei toimi.", now=LATER + 2 * HOUR)
    assert await asked_of(session, desk, ticket) == ["tiera", "supplier"]
    await release(session, desk, ticket)
    assert await asked_of(session, desk, ticket) == ["tiera", "supplier"]
    assert ticket.awaits_reply_since == LATER + 2 * HOUR


async def test_an_answer_that_is_not_released_is_the_suppliers_to_give_again(session: AsyncSession, desk: Desk) -> None:
    ticket = await resolved(session, desk, at_supplier=True)
    await write(session, desk.customer, ticket, text="Ei toimi.", now=LATER)
    await write(session, desk.supplier, ticket, text="Katsotaan.", now=LATER)
    waiting = await newest_waiting(session, ticket)
    await message_verbs.return_message(session, desk.tiera, message_id=waiting.id, reason="Kerro, miten.", now=LATER)
    assert await asked_of(session, desk, ticket) == ["tiera", "supplier"]


@pytest.mark.parametrize("act", [handling_verbs.reopen_ticket, handling_verbs.close_ticket])
async def test_what_is_opened_again_or_closed_waits_no_more(session: AsyncSession, desk: Desk, act: Any) -> None:
    ticket = await resolved(session, desk)
    await write(session, desk.customer, ticket, text="Ei toimi.", now=LATER)
    given = {"reason": "Ei toimi."} if act is handling_verbs.reopen_ticket else {}
    await act(session, desk.tiera, ticket_id=ticket.id, **given, now=LATER)
    assert await asked_of(session, desk, ticket) == []
    if ticket.state is TicketState.OPEN:
        await handling_verbs.resolve_ticket(session, desk.tiera, ticket_id=ticket.id, text="Nyt.", now=LATER)
        assert await asked_of(session, desk, ticket) == [], "it was written before"


async def test_where_no_customer_asked_the_other_side_is_asked(session: AsyncSession, desk: Desk) -> None:
    def by(actor: Actor) -> Any:
        return make_ticket(session, desk, by=actor, customer_id=None)

    tieras = await hand_over(session, desk, await by(desk.tiera))
    await handling_verbs.take_ticket(session, desk.supplier, ticket_id=tieras.id, now=NOW)
    await handling_verbs.resolve_ticket(session, desk.supplier, ticket_id=tieras.id, text="Korjattu.", now=NOW)
    await write(session, desk.tiera, tieras, text="Ei toimi.", audience=Audience.BOTH, now=LATER)
    assert await asked_of(session, desk, tieras) == ["supplier"]
    await write(session, desk.supplier, tieras, text="Katsotaan.", audience=Audience.BOTH, now=LATER)
    assert await asked_of(session, desk, tieras) == []


async def test_what_was_written_before_it_was_kept_waits_too(session: AsyncSession, desk: Desk) -> None:
    first, second = await resolved(session, desk), await resolved(session, desk, at_supplier=True)
    unheard, answered, quiet = [await resolved(session, desk, at_supplier=True) for _ in range(3)]
    for ticket in (first, second, unheard, answered):
        await write(session, desk.customer, ticket, text="Ei toimi.", now=NOW + HOUR)
    await write(session, desk.customer, first, text="Kuuletteko?", now=LATER)
    await write(session, desk.supplier, unheard, text="Katsotaan.", now=LATER)
    await write(session, desk.tiera, answered, text="Katsotaan.", now=LATER)
    await session.flush()
    kept = sa.select(Ticket.id, Ticket.awaits_reply_since).order_by(Ticket.id)
    told = (await session.execute(kept)).all()
    waiting = {id for id, since in told if since}
    assert waiting == {first.id, second.id, unheard.id} and quiet.id not in waiting
    await session.execute(sa.update(Ticket).values(awaits_reply_since=None))
    await session.execute(sa.text(runpy.run_path(str(VERSIONS / "2026_11_30_16_replies.py"))["WAITS"]))
    assert (await session.execute(kept)).all() == told
