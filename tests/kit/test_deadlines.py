"""Clocks are started once, warned of once, breached once; one that fails keeps no other from being told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit import deadlines
from backend.kit.actor import SCHEDULE
from backend.kit.deadlines import Deadline, DeadlineKind, drop_deadline, meet_deadline, open_deadline, pass_deadlines
from backend.kit.refs import Ref

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOLD: list[tuple[str, int]] = []


async def warn(session: Any, actor: Any, deadline: Deadline, *, now: datetime) -> None:
    TOLD.append(("warned", deadline.about_id))


async def breach(session: Any, actor: Any, deadline: Deadline, *, now: datetime) -> None:
    if deadline.about_id == 13:
        raise RuntimeError("this one always fails")
    if deadline.about_id == 15:
        await session.execute(sa.text("SELECT 1 / 0"))
    TOLD.append(("breached", deadline.about_id))


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    """A kind that only these tests know."""
    deadlines.register(DeadlineKind("test.answer", warn=warn, breach=breach))
    TOLD.clear()
    yield
    deadlines._kinds.pop("test.answer")


async def start(session: AsyncSession, about: int) -> None:
    await open_deadline(
        session, Ref("Order", about), "test.answer", started_at=AT, warn_at=AT + HOUR, due_at=AT + 2 * HOUR
    )


async def test_one_is_warned_of_and_breached_each_once(session: AsyncSession) -> None:
    await start(session, 1)
    await start(session, 1)
    for hours in (0, 1, 1, 2, 3, 3):
        await pass_deadlines(session, SCHEDULE, now=AT + hours * HOUR)
    assert TOLD == [("warned", 1), ("breached", 1)]


async def test_what_is_met_is_not_told(session: AsyncSession) -> None:
    await start(session, 1)
    await meet_deadline(session, Ref("Order", 1), "test.answer", at=AT)
    await pass_deadlines(session, SCHEDULE, now=AT + 3 * HOUR)
    assert TOLD == []


async def test_what_is_met_late_between_two_turns_is_told_once_and_what_is_gone_is_not(session: AsyncSession) -> None:
    for about, end in ((1, meet_deadline), (2, drop_deadline), (3, meet_deadline)):
        await start(session, about)
        await end(session, Ref("Order", about), "test.answer", at=AT + (2 if about == 3 else 2.5) * HOUR)
    for hours in (3, 4):
        await pass_deadlines(session, SCHEDULE, now=AT + hours * HOUR)
    assert TOLD == [("breached", 1)]
    told = (await session.scalars(sa.select(Deadline).where(Deadline.breached_at.is_not(None)))).one()
    assert (told.breached_at, told.said) == (AT + 3 * HOUR, {"due_at": AT + 2 * HOUR, "done_at": AT + 2.5 * HOUR})


async def test_one_that_fails_keeps_no_other_from_being_told_and_is_tried_again(session: AsyncSession) -> None:
    for about in (12, 13, 15, 14):
        await start(session, about)
    await pass_deadlines(session, SCHEDULE, now=AT + 3 * HOUR)
    assert TOLD == [("breached", 12), ("breached", 14)]
    session.expire_all()
    left = await session.scalars(sa.select(Deadline.about_id).where(Deadline.breached_at.is_(None)))
    assert sorted(left.all()) == [13, 15]
