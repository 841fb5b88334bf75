"""Holding portions for many lines at once, in a few statements however many there are.

Reserving, taking and releasing in `verbs` serve a single line; these give the same rows. Callers hold the locks of the
accounts (`verbs.lock`), in ascending order.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from backend.kit.database import Session
from backend.ledger.model import Account, Portion, Posting, PostingKind, Reservation


@dataclass(frozen=True, slots=True)
class Wanted:
    """As much of a free portion as a line is to hold (minutes or cents)."""

    line_id: int
    portion_id: int
    amount: int


_COPIED = ("account_id", "source_kind", "source_id", "grant_id", "day", "price_group_id")


async def hold(session: Session, line_kind: str, wanted: Iterable[Wanted], *, at: datetime) -> None:
    """Reserve parts of free portions; a portion of which only a part is wanted, or several lines want, is split."""
    of: dict[int, list[Wanted]] = {}
    for each in wanted:
        of.setdefault(each.portion_id, []).append(each)
    if not of:
        return
    found = await session.scalars(sa.select(Portion).where(Portion.id.in_(of)).order_by(Portion.id))
    reservations: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    owners: list[int | None] = []
    for portion in found.all():
        shares = of[portion.id]
        rest = portion.amount - sum(share.amount for share in shares)
        if rest < 0 or portion.ended_at is not None:
            raise ValueError(f"portion {portion.id} has not as much as is wanted of it")
        if rest == 0 and len(shares) == 1:
            reservations.append(_reservation(line_kind, shares[0].line_id, portion.id, at))
            continue
        portion.ended_at = at
        amounts = [(share.line_id, share.amount) for share in shares] + [(None, rest)] * (rest > 0)
        for line_id, amount in amounts:
            parts.append(_part(portion, amount, at))
            owners.append(line_id)
    for portion_id, owner in zip(await _insert_parts(session, parts), owners, strict=True):
        if owner is not None:
            reservations.append(_reservation(line_kind, owner, portion_id, at))
    await session.flush()
    if reservations:
        await session.execute(sa.insert(Reservation), reservations)


async def take(
    session: Session, line_kind: str, line_ids: Collection[int], *, key: str, at: datetime
) -> Mapping[int, int]:
    """Bill what lines hold: line → how much. One posting for each line and account; `key` is of this act alone."""
    held = await _held(session, line_kind, line_ids)
    reserved = [row for row in held if row.taken_at is None]
    await _mark(session, [row.id for row in reserved], taken_at=at)
    await _post(session, line_kind, _sums(reserved), 1, key=key, at=at)
    return _by_line(held)


async def release(session: Session, line_kind: str, line_ids: Collection[int], *, key: str, at: datetime) -> None:
    """Let go of all that lines hold, giving back what was billed."""
    held = await _held(session, line_kind, line_ids)
    await _mark(session, [row.id for row in held], released_at=at)
    await _post(session, line_kind, _sums(row for row in held if row.taken_at), -1, key=key, at=at)


async def release_down_to(session: Session, line_kind: str, line_id: int, keep: int, *, key: str, at: datetime) -> int:
    """Let go of what a line holds beyond `keep`, the newest days first; how much that was.

    A portion of which a part stays is split: the part stays reserved, or billed, since when it was.
    """
    held = sorted(await _held(session, line_kind, [line_id]), key=lambda row: (row.day, row.id), reverse=True)
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
    await _mark(session, gone, released_at=at)
    await _post(session, line_kind, billed, -1, key=key, at=at)
    return over


async def _split_held(session: Session, row: Any, gone: int, line_kind: str, line_id: int, at: datetime) -> None:
    """End a held portion; of the two in its place the first stays held as it was, the second is free."""
    await _mark(session, [row.id], released_at=at)
    portion = await session.get_one(Portion, row.portion_id, populate_existing=True)
    portion.ended_at = at
    await session.flush()
    kept, _ = await _insert_parts(session, [_part(portion, row.amount - gone, at), _part(portion, gone, at)])
    values = _reservation(line_kind, line_id, kept, row.reserved_at) | {"taken_at": row.taken_at}
    await session.execute(sa.insert(Reservation), [values])


async def _held(session: Session, line_kind: str, line_ids: Collection[int]) -> Sequence[Any]:
    wanted = (
        sa.select(
            Reservation.id,
            Reservation.line_id,
            Reservation.reserved_at,
            Reservation.taken_at,
            Reservation.portion_id,
            Portion.account_id,
            Portion.amount,
            Portion.day,
        )
        .join(Portion, Portion.id == Reservation.portion_id)
        .where(
            Reservation.line_kind == line_kind,
            Reservation.line_id.in_(list(line_ids)),
            Reservation.released_at.is_(None),
        )
        .order_by(Reservation.id)
    )
    return (await session.execute(wanted)).all() if line_ids else []


def _by_line(held: Iterable[Any]) -> dict[int, int]:
    found: dict[int, int] = {}
    for row in held:
        found[row.line_id] = found.get(row.line_id, 0) + row.amount
    return found


def _sums(held: Iterable[Any]) -> dict[tuple[int, int], int]:
    """(line, account) → amount."""
    found: dict[tuple[int, int], int] = {}
    for row in held:
        found[row.line_id, row.account_id] = found.get((row.line_id, row.account_id), 0) + row.amount
    return found


async def _mark(session: Session, reservation_ids: list[int], **instants: datetime) -> None:
    if reservation_ids:
        marked = sa.update(Reservation).where(Reservation.id.in_(reservation_ids)).values(**instants)
        await session.execute(marked.execution_options(synchronize_session="fetch"))


async def _post(
    session: Session, line_kind: str, sums: Mapping[tuple[int, int], int], sign: int, *, key: str, at: datetime
) -> None:
    """Move the accounts' billed sums, with a posting for each line."""
    if not sums:
        return
    totals: dict[int, int] = {}
    rows = []
    for (line_id, account_id), amount in sorted(sums.items()):
        totals[account_id] = totals.get(account_id, 0) + sign * amount
        rows.append(
            {
                "account_id": account_id,
                "kind": PostingKind.BILL,
                "amount": sign * amount,
                "key": f"{key}:{line_id}:{account_id}",
                "at": at,
                "source_kind": line_kind,
                "source_id": line_id,
            }
        )
    accounts = await session.scalars(sa.select(Account).where(Account.id.in_(totals)).order_by(Account.id))
    for account in accounts.all():
        account.billed += totals[account.id]
    await session.flush()
    await session.execute(sa.insert(Posting), rows)


def _part(portion: Portion, amount: int, at: datetime) -> dict[str, Any]:
    copied = {name: getattr(portion, name) for name in _COPIED}
    return {**copied, "amount": amount, "split_from_id": portion.id, "recorded_at": at}


def _reservation(line_kind: str, line_id: int, portion_id: int, at: datetime) -> dict[str, Any]:
    return {"portion_id": portion_id, "line_kind": line_kind, "line_id": line_id, "reserved_at": at}


async def _insert_parts(session: Session, parts: list[dict[str, Any]]) -> Sequence[int]:
    """Store new portions; their ids in the same order."""
    if not parts:
        return []
    stored = sa.insert(Portion).returning(Portion.id, sort_by_parameter_order=True)
    return (await session.scalars(stored, parts)).all()
