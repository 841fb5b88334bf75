"""Holding for one line, as tests speak of it."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from backend.kit.database import Session
from backend.kit.refs import Ref
from backend.ledger import holding
from backend.ledger import verbs as ledger
from backend.ledger.holding import Wanted
from backend.ledger.model import Account, Portion, Reservation


async def reserve(
    session: Session, line: Ref, portions: Iterable[Portion], amount: int, *, at: datetime
) -> list[Portion]:
    """Hold as much of free portions, in their order, as is wanted; what the line holds then."""
    wanted = []
    for portion in portions:
        part = min(portion.amount, amount)
        if part > 0:
            wanted.append(Wanted(line.id, portion.id, part, portion.amount))
            amount -= part
    await holding.hold(session, line.kind, wanted, at=at)
    return await held(session, line)


async def held(session: Session, line: Ref) -> list[Portion]:
    """What a line holds, oldest day first."""
    mine = (Reservation.line_kind == line.kind, Reservation.line_id == line.id, Reservation.released_at.is_(None))
    wanted = sa.select(Portion).join(Reservation, Reservation.portion_id == Portion.id).where(*mine)
    ordered = wanted.order_by(Portion.day, Portion.id).execution_options(populate_existing=True)
    return list((await session.scalars(ordered)).all())


async def take(session: Session, line: Ref, *, key: str, at: datetime) -> int:
    """Bill what a line holds; how much that is."""
    await _lock(session, line)
    taken = await holding.take(session, line.kind, [line.id], key=key, at=at)
    return taken.get(line.id, 0)


async def release(session: Session, line: Ref, *, key: str, at: datetime) -> int:
    """Let go of what a line holds; how much that was."""
    await _lock(session, line)
    total = sum(portion.amount for portion in await held(session, line))
    await holding.release(session, line.kind, [line.id], key=key, at=at)
    return total


async def _lock(session: Session, line: Ref) -> None:
    ids = {portion.account_id for portion in await held(session, line)}
    await ledger.lock(session, Account.id.in_(ids))
