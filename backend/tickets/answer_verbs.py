"""Ready answers of Tiera's desk: written once, chosen when somebody writes on a ticket (H11.7.2-a)."""

from datetime import datetime

import sqlalchemy as sa

from backend.kit import events
from backend.kit.actor import Actor, ActorKind
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import needed, not_found, not_permitted, version_conflict
from backend.rulebook.roles import Right
from backend.tickets import queries, rules
from backend.tickets.model import ReadyAnswer


async def write_ready_answer(session: Session, actor: Actor, *, title: str, text: str, now: datetime) -> ReadyAnswer:
    """Put an answer that is given often at everybody's hand at the desk."""
    _check(actor)
    answer = ReadyAnswer(
        title=needed(title, "title", most=rules.MOST_LETTERS_IN_A_TITLE),
        text=needed(text, "text", most=rules.MOST_LETTERS),
        written_by_id=actor.person_id,
        written_at=now,
    )
    session.add(answer)
    await events.record(session, actor, "ready_answer.written", answer, at=now, audience=Audience.TIERA)
    return answer


async def change_ready_answer(
    session: Session,
    actor: Actor,
    *,
    ready_answer_id: int,
    title: str,
    text: str,
    expected_version: int | None,
    now: datetime,
) -> ReadyAnswer:
    """Put an answer in better words; what was sent with it stays as it was sent."""
    answer = await _get_for_change(session, actor, ready_answer_id)
    if answer.version != expected_version:
        raise version_conflict()
    answer.title = needed(title, "title", most=rules.MOST_LETTERS_IN_A_TITLE)
    answer.text = needed(text, "text", most=rules.MOST_LETTERS)
    answer.version += 1
    await events.record(
        session, actor, "ready_answer.changed", answer, at=now, audience=Audience.TIERA, version=answer.version
    )
    return answer


async def end_ready_answer(session: Session, actor: Actor, *, ready_answer_id: int, now: datetime) -> ReadyAnswer:
    """Offer an answer no more."""
    answer = await _get_for_change(session, actor, ready_answer_id)
    if answer.ended_at is None:
        answer.ended_at = now
        await events.record(session, actor, "ready_answer.ended", answer, at=now, audience=Audience.TIERA)
    return answer


def _check(actor: Actor) -> None:
    if actor.kind is not ActorKind.BUYER or not actor.may(Right.HANDLE_TICKETS):
        raise not_permitted("H11.7.2-a")


async def _get_for_change(session: Session, actor: Actor, answer_id: int) -> ReadyAnswer:
    wanted = sa.select(ReadyAnswer).where(ReadyAnswer.id == answer_id, queries.visible_answers(actor, ReadyAnswer))
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise not_found("ready_answer_id")
    _check(actor)
    return found
