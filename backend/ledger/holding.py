"""Holding portions for lines, one or many, in a few statements however many there are.

Judging reserves, approval takes, refusal and credit release. Callers hold the locks of the accounts (`verbs.lock`), in
ascending order.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from backend.kit.conditions import is_among
from backend.kit.database import Session, table_of
from backend.kit.refs import Ref
from backend.kit.statements import Statement
from backend.ledger.model import Account, Portion, PostingKind, Reservation
from backend.ledger.posting import Movement, post


class Wanted(NamedTuple):
    """As much of a free portion as a line is to hold (minutes or cents), and how much the portion has."""

    line_id: int
    portion_id: int
    amount: int
    of: int


_IDS = ARRAY(sa.BigInteger)
_HELD = Statement(
    sa.select(Reservation.id, Reservation.line_id, Reservation.portion_id).where(
        Reservation.line_kind == sa.bindparam("line_kind", type_=sa.Text),
        Reservation.line_id == sa.any_(sa.bindparam("line_ids", type_=_IDS)),
        Reservation.released_at.is_(None),
    )
)
_COPIED = ("account_id", "source_kind", "source_id", "grant_id", "day", "price_group_id")


def _reserving() -> sa.Select[int]:
    wanted = (
        sa.func.unnest(sa.bindparam("line_ids", type_=_IDS), sa.bindparam("portion_ids", type_=_IDS))
        .table_valued(sa.column("line_id", sa.BigInteger), sa.column("portion_id", sa.BigInteger))
        .render_derived(name="wanted")
    )
    reservations = table_of(Reservation)
    given = ("line_kind", "reserved_at", "taken_at")
    values = {name: sa.bindparam(name, type_=reservations.c[name].type) for name in given}
    rows = (
        sa.select(*values.values(), wanted.c.line_id, wanted.c.portion_id)
        .join(Portion, Portion.id == wanted.c.portion_id)
        .where(Portion.ended_at.is_(None))
    )
    stored = sa.insert(reservations).from_select([*values, "line_id", "portion_id"], rows).returning(reservations.c.id)
    return sa.select(sa.func.count()).select_from(stored.cte("stored"))


_RESERVE = Statement(_reserving())


async def hold(session: Session, line_kind: str, wanted: Sequence[Wanted], *, at: datetime) -> None:
    """Reserve parts of free portions; a portion of which only a part is wanted, or several lines want, is split."""
    whole = _whole(wanted)
    shared: dict[int, list[Wanted]] = {}
    for each in wanted:
        if each.portion_id not in whole:
            shared.setdefault(each.portion_id, []).append(each)
    if len(whole) + sum(map(len, shared.values())) < len(wanted):
        raise ValueError("a portion has not as much as is wanted of it")
    await _reserve(session, line_kind, [(line_id, portion_id) for portion_id, line_id in whole.items()], at)
    parts: list[dict[str, Any]] = []
    owners: list[int | None] = []
    for portion in await _portions(session, shared):
        shares = shared[portion.id]
        rest = portion.amount - sum(share.amount for share in shares)
        if rest < 0:
            raise ValueError(f"portion {portion.id} has not as much as is wanted of it")
        amounts = [(share.line_id, share.amount) for share in shares] + [(None, rest)] * (rest > 0)
        for line_id, amount in amounts:
            parts.append(_part(portion, amount, at))
            owners.append(line_id)
    await _end(session, shared, at)
    stored = zip(owners, await _insert_parts(session, parts), strict=True)
    await _reserve(session, line_kind, [(owner, portion_id) for owner, portion_id in stored if owner is not None], at)


async def settle(
    session: Session, line_kind: str, line_ids: Collection[int], wanted: Sequence[Wanted], *, at: datetime
) -> None:
    """Let lines that have billed nothing hold exactly this. What one holds already stays held, since when it was."""
    whole = _whole(wanted)
    held = await _HELD.run(session, line_kind=line_kind, line_ids=list(line_ids))
    kept = {portion_id for _, line_id, portion_id in held if whole.get(portion_id) == line_id}
    await _mark_released(session, [id for id, _, portion_id in held if portion_id not in kept], at)
    await hold(session, line_kind, [each for each in wanted if each.portion_id not in kept], at=at)


def _whole(wanted: Iterable[Wanted]) -> dict[int, int]:
    """Portion → line, of portions that one line wants whole."""
    return {each.portion_id: each.line_id for each in wanted if each.amount == each.of}


async def _portions(session: Session, portion_ids: Collection[int]) -> Sequence[Any]:
    wanted = sa.select(Portion.__table__).where(is_among(Portion.id, portion_ids), Portion.ended_at.is_(None))
    return (await session.execute(wanted.order_by(Portion.id))).all() if portion_ids else ()


async def take(
    session: Session, line_kind: str, line_ids: Collection[int], *, key: str, at: datetime
) -> Mapping[int, int]:
    """Bill what lines hold: line → how much. One posting for each line and account; `key` is of this act alone."""
    if not line_ids:
        return {}
    await _move(session, line_kind, line_ids, Reservation.taken_at.is_(None), 1, key=key, at=at, taken_at=at)
    held = (
        sa.select(Reservation.line_id, sa.func.sum(Portion.amount))
        .join(Portion, Portion.id == Reservation.portion_id)
        .where(*_held_by(line_kind, line_ids))
        .group_by(Reservation.line_id)
    )
    return {line_id: int(amount) for line_id, amount in (await session.execute(held)).all()}


async def release(session: Session, line_kind: str, line_ids: Collection[int], *, key: str, at: datetime) -> None:
    """Let go of all that lines hold, giving back what was billed."""
    if line_ids:
        await _move(session, line_kind, line_ids, sa.true(), -1, key=key, at=at, released_at=at)


async def _move(
    session: Session,
    line_kind: str,
    line_ids: Collection[int],
    which: sa.ColumnElement[bool],
    sign: int,
    *,
    key: str,
    at: datetime,
    **instants: datetime,
) -> None:
    """Mark reservations, and post what that moves of the accounts' billed sums."""
    marked = (
        sa.update(Reservation)
        .where(*_held_by(line_kind, line_ids), which)
        .values(**instants)
        .returning(Reservation.line_id, Reservation.portion_id, Reservation.taken_at)
        .cte("marked")
    )
    moved = (
        sa.select(marked.c.line_id, Portion.account_id, sa.func.sum(Portion.amount))
        .join(Portion, Portion.id == marked.c.portion_id)
        .where(marked.c.taken_at.is_not(None))
        .group_by(marked.c.line_id, Portion.account_id)
        .add_cte(marked)
    )
    rows = (await session.execute(moved)).all()
    await _post(session, line_kind, {(row[0], row[1]): int(row[2]) for row in rows}, sign, key=key, at=at)


def _held_by(line_kind: str, line_ids: Collection[int]) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Reservation.line_kind == line_kind,
        is_among(Reservation.line_id, line_ids),
        Reservation.released_at.is_(None),
    )


async def release_down_to(session: Session, line_kind: str, line_id: int, keep: int, *, key: str, at: datetime) -> int:
    """Let go of what a line holds beyond `keep`, the newest days first; how much that was.

    A portion of which a part stays is split: the part stays reserved, or billed, since when it was.
    """
    held = await _held(session, line_kind, line_id)
    over: int = sum(row.amount for row in held) - keep
    if over <= 0:
        return 0
    gone: list[int] = []
    billed: dict[tuple[int, int], int] = {}
    left = over
    for row in held:
        if left <= 0:
            break
        part = min(row.amount, left)
        if row.taken_at is not None:
            billed[line_id, row.account_id] = billed.get((line_id, row.account_id), 0) + part
        if part < row.amount:
            await _split_held(session, row, part, line_kind, line_id, at)
        else:
            gone.append(row.id)
        left -= part
    await _mark_released(session, gone, at)
    await _post(session, line_kind, billed, -1, key=key, at=at)
    return over


async def _split_held(session: Session, row: Any, gone: int, line_kind: str, line_id: int, at: datetime) -> None:
    """End a held portion; of the two in its place the first stays held as it was, the second is free."""
    (portion,) = await _portions(session, [row.portion_id])
    await _mark_released(session, [row.id], at)
    await _end(session, [row.portion_id], at)
    kept, _ = await _insert_parts(session, [_part(portion, row.amount - gone, at), _part(portion, gone, at)])
    await _reserve(session, line_kind, [(line_id, kept)], row.reserved_at, taken_at=row.taken_at)


async def _held(session: Session, line_kind: str, line_id: int) -> Sequence[Any]:
    wanted = (
        sa.select(
            Reservation.id,
            Reservation.reserved_at,
            Reservation.taken_at,
            Reservation.portion_id,
            Portion.account_id,
            Portion.amount,
            Portion.day,
        )
        .join(Portion, Portion.id == Reservation.portion_id)
        .where(*_held_by(line_kind, [line_id]))
        .order_by(Portion.day.desc(), Reservation.id.desc())
    )
    return (await session.execute(wanted)).all()


async def _mark_released(session: Session, reservation_ids: Sequence[int], at: datetime) -> None:
    if reservation_ids:
        marked = sa.update(Reservation).where(is_among(Reservation.id, reservation_ids)).values(released_at=at)
        await session.execute(marked.execution_options(synchronize_session=False))


async def _end(session: Session, portion_ids: Collection[int], at: datetime) -> None:
    if portion_ids:
        ended = sa.update(Portion).where(is_among(Portion.id, portion_ids)).values(ended_at=at)
        await session.execute(ended.execution_options(synchronize_session=False))


async def _reserve(
    session: Session,
    line_kind: str,
    of: Sequence[tuple[int, int]],
    at: datetime,
    *,
    taken_at: datetime | None = None,
) -> None:
    """Store reservations: (line, portion) each. Raises ValueError where a portion has ended."""
    if not of:
        return
    stored = await _RESERVE.run(
        session,
        line_kind=line_kind,
        line_ids=[line_id for line_id, _ in of],
        portion_ids=[portion_id for _, portion_id in of],
        reserved_at=at,
        taken_at=taken_at,
    )
    if stored != [(len(of),)]:
        raise ValueError("a portion that is to be held has ended")


async def _post(
    session: Session, line_kind: str, sums: Mapping[tuple[int, int], int], sign: int, *, key: str, at: datetime
) -> None:
    """Move the accounts' billed sums, with a posting for each line."""
    if not sums:
        return
    found = await session.scalars(sa.select(Account).where(is_among(Account.id, {id for _, id in sums})))
    accounts = {account.id: account for account in found}
    moves = [
        Movement(
            accounts[account_id],
            PostingKind.BILL,
            sign * amount,
            Ref(line_kind, line_id),
            f"{key}:{line_id}:{account_id}",
        )
        for (line_id, account_id), amount in sorted(sums.items())
    ]
    await post(session, moves, at=at)


def _part(portion: Any, amount: int, at: datetime) -> dict[str, Any]:
    copied = {name: getattr(portion, name) for name in _COPIED}
    return {**copied, "amount": amount, "split_from_id": portion.id, "recorded_at": at}


async def _insert_parts(session: Session, parts: list[dict[str, Any]]) -> Sequence[int]:
    """Store new portions; their ids in the same order."""
    if not parts:
        return []
    stored = sa.insert(Portion).returning(Portion.id, sort_by_parameter_order=True)
    return (await session.scalars(stored, parts)).all()
