"""What makes a desk's day shorter: what sounds alike, and ready answers."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor
from backend.kit.faults import Code, Refusal
from backend.tickets import answer_verbs, figures, handling_verbs
from backend.tickets.kept_queries import visible_answers
from backend.tickets.model import ReadyAnswer
from tests.making import NOW
from tests.tickets.making import Desk, make_desk, make_ticket


async def alike(session: AsyncSession, actor: Actor, text: str) -> list[str]:
    found = figures.alike(actor, text, None)
    return list((await session.scalars(sa.select(found.c.title).order_by(found.c.id))).all())


async def reported(session: AsyncSession, desk: Desk, *titles: str) -> None:
    for title in titles:
        await make_ticket(session, desk, title=title, description=".")


async def test_open_tickets_that_sound_alike_are_shown_in_whatever_form(session: AsyncSession) -> None:
    desk = await make_desk(session)
    await reported(session, desk, "Tulostus ei toimi", "Kirjautuminen hidasta", "Tulostuksia puuttuu")
    assert await alike(session, desk.customer, "vika tulostuksessa") == ["Tulostus ei toimi", "Tulostuksia puuttuu"]
    assert await alike(session, desk.customer, "ja ei") == []


async def test_what_is_resolved_or_another_customers_is_not_among_them(session: AsyncSession) -> None:
    desk, other = await make_desk(session), await make_desk(session)
    ticket = await make_ticket(session, desk, title="Tulostus ei toimi", description=".")
    await reported(session, other, "Tulostus on tyhjä")
    assert await alike(session, desk.customer, "tulostus") == ["Tulostus ei toimi"]
    assert await alike(session, desk.supplier, "tulostus") == [], "neither has reached the supplier"
    await handling_verbs.withdraw_ticket(session, desk.customer, ticket_id=ticket.id, reason="No.", now=NOW)
    assert await alike(session, desk.customer, "tulostus") == []


async def test_a_ready_answer_is_written_changed_and_ended_by_tieras_desk_alone(session: AsyncSession) -> None:
    desk = await make_desk(session)
    answer = await answer_verbs.write_ready_answer(session, desk.tiera, title="Locked", text="It is open.", now=NOW)
    for actor, code in ((desk.supplier, Code.NOT_FOUND), (desk.customer, Code.NOT_FOUND)):
        with pytest.raises(Refusal) as refused:
            await answer_verbs.end_ready_answer(session, actor, ready_answer_id=answer.id, now=NOW)
        assert refused.value.code is code
        with pytest.raises(Refusal):
            await answer_verbs.write_ready_answer(session, actor, title="A", text="B", now=NOW)
        seen = sa.select(ReadyAnswer.id).where(visible_answers(actor, ReadyAnswer))
        assert await session.scalar(seen) is None

    async def change(version: int) -> ReadyAnswer:
        return await answer_verbs.change_ready_answer(
            session,
            desk.tiera,
            ready_answer_id=answer.id,
            title="Locked out",
            text="Sign in again.",
            expected_version=version,
            now=NOW,
        )

    assert ((await change(1)).title, answer.version) == ("Locked out", 2)
    with pytest.raises(Refusal) as refused:
        await change(1)
    assert refused.value.code is Code.VERSION_CONFLICT
    await answer_verbs.end_ready_answer(session, desk.tiera, ready_answer_id=answer.id, now=NOW)
    assert answer.ended_at == NOW
    with pytest.raises(Refusal) as refused:
        await change(2)
    assert (refused.value.code, answer.version) == (Code.BROKEN_RULE, 2), "what is offered no more stays as it was"
