"""Ready answers of Tiera's desk: written once, chosen when somebody writes on a ticket (H11.7.2-a)."""

from datetime import datetime

from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.faults import needed
from backend.tickets import kept_verbs, rules
from backend.tickets.kept_queries import visible_answers
from backend.tickets.model import ReadyAnswer


async def write_ready_answer(session: Session, actor: Actor, *, title: str, text: str, now: datetime) -> ReadyAnswer:
    """Put an answer that is given often at everybody's hand at the desk."""
    kept_verbs.check_keeps(actor)
    answer = ReadyAnswer()
    _write(answer, title, text)
    return await kept_verbs.put_at_hand(session, actor, answer, "ready_answer.written", now=now)


async def change_ready_answer(
    session: Session,
    actor: Actor,
    *,
    ready_answer_id: int,
    title: str,
    text: str,
    expected_version: int,
    now: datetime,
) -> ReadyAnswer:
    """Put an answer in better words; what was sent with it stays as it was sent."""
    answer = await _get_for_change(session, actor, ready_answer_id)
    kept_verbs.check_changes(answer, expected_version)
    _write(answer, title, text)
    return await kept_verbs.change(session, actor, answer, "ready_answer.changed", now=now)


async def end_ready_answer(session: Session, actor: Actor, *, ready_answer_id: int, now: datetime) -> ReadyAnswer:
    """Offer an answer no more."""
    answer = await _get_for_change(session, actor, ready_answer_id)
    return await kept_verbs.end(session, actor, answer, "ready_answer.ended", now=now)


def _write(answer: ReadyAnswer, title: str, text: str) -> None:
    answer.title = needed(title, "title", most=rules.MOST_LETTERS_IN_A_TITLE)
    answer.text = needed(text, "text", most=rules.MOST_LETTERS)


async def _get_for_change(session: Session, actor: Actor, answer_id: int) -> ReadyAnswer:
    return await kept_verbs.get_for_change(session, actor, ReadyAnswer, visible_answers, answer_id, "ready_answer_id")
