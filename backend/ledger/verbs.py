"""Postings under the account's lock. Callers check limits first and say their own rule; the CHECKs stand behind them.

Every function takes accounts that `lock` or `open_account` returned in this transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from backend.kit.database import Session, table_of
from backend.kit.refs import Ref
from backend.kit.statements import Statement
from backend.ledger.model import Account, Portion, Posting, PostingKind, Reservation, Unit
from backend.ledger.posting import Movement, post, post_one

_accounts = table_of(Account)
_opened = ("about_kind", "about_id", "purpose", "unit", "billable", "granted", "holder_id", "title", "rule")
_OPEN = sa.select(Account).from_statement(
    insert(_accounts)
    .values({name: sa.bindparam(name, type_=_accounts.c[name].type) for name in _opened})
    .on_conflict_do_update(index_elements=["about_kind", "about_id", "purpose"], set_={"unit": _accounts.c.unit})
    .returning(_accounts)
)
"""One that is there stays as it is: what is set to what it was is locked, and returned."""

_purposes = (
    sa.func.unnest(sa.bindparam("purposes", type_=ARRAY(sa.Text)))
    .table_valued(sa.column("purpose", sa.Text), with_ordinality="n")
    .render_derived(name="purposes")
)
_about = {name: sa.bindparam(name, type_=_accounts.c[name].type) for name in ("about_kind", "about_id", "unit")}
_OPEN_SUMS = Statement(
    insert(_accounts)
    .from_select([*_about, "purpose"], sa.select(*_about.values(), _purposes.c.purpose).order_by(_purposes.c.n))
    .on_conflict_do_update(index_elements=["about_kind", "about_id", "purpose"], set_={"unit": _accounts.c.unit})
    .returning(*(_accounts.c[name] for name in ("id", "purpose", "granted", "booked", "approved", "billed")))
)


async def open_sums(session: Session, about: Ref, purposes: Sequence[str], unit: Unit) -> list[Account]:
    """Accounts without a limit of one thing, as `open_account` opens them, locked in the order of their purposes.

    They hold their sums alone, for postings, and are not the session's.
    """
    rows = await _OPEN_SUMS.run(session, about_kind=about.kind, about_id=about.id, unit=unit, purposes=purposes)
    opened = {
        purpose: Account(id=id, granted=granted, booked=booked, approved=approved, billed=billed)
        for id, purpose, granted, booked, approved, billed in rows
    }
    return [opened[purpose] for purpose in purposes]


async def open_account(
    session: Session,
    about: Ref,
    purpose: str,
    unit: Unit,
    *,
    billable: bool = True,
    limited: bool = True,
    holder_id: int | None = None,
    title: str | None = None,
    rule: str | None = None,
) -> Account:
    """The account of a thing for a purpose, made if it is not there, and locked; a limited one starts at nothing."""
    given = {
        "about_kind": about.kind,
        "about_id": about.id,
        "purpose": purpose,
        "unit": unit,
        "billable": billable,
        "granted": 0 if limited else None,
        "holder_id": holder_id,
        "title": title,
        "rule": rule,
    }
    opened: Account = (await session.scalars(_OPEN, given, execution_options={"populate_existing": True})).one()
    return opened


async def lock(session: Session, *conditions: sa.ColumnElement[bool], purpose: str | None = None) -> list[Account]:
    """Lock accounts in ascending order of their ids, as everybody does: nobody waits for each other in a ring."""
    wanted = sa.select(Account).where(*conditions).order_by(Account.id)
    if purpose is not None:
        wanted = wanted.where(Account.purpose == purpose)
    locked = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    return list((await session.scalars(locked)).all())


async def grant(session: Session, account: Account, amount: int, source: Ref, *, key: str, at: datetime) -> int:
    """Raise (or, by a negative amount, lower) the ceiling; the id of the posting, which approvals use up."""
    return await post_one(session, Movement(account, PostingKind.GRANT, amount, source, key), at=at)


def booked(account: Account, amount: int, source: Ref, key: str) -> list[Movement]:
    """What was done, whatever the ceiling says: honest work is never blocked."""
    return [Movement(account, PostingKind.BOOK, amount, source, key)]


def committed(account: Account, amount: int, source: Ref, key: str) -> list[Movement]:
    """Booked and approved at once: a right's euros of a year, a person's day. A negative amount gives back."""
    return [
        Movement(account, PostingKind.BOOK, amount, source, f"{key}:book"),
        Movement(account, PostingKind.APPROVE, amount, source, f"{key}:approve"),
    ]


async def book(session: Session, account: Account, amount: int, source: Ref, *, key: str, at: datetime) -> None:
    await post(session, booked(account, amount, source, key), at=at)


async def commit_amount(
    session: Session, account: Account, amount: int, source: Ref, *, key: str, at: datetime
) -> None:
    await post(session, committed(account, amount, source, key), at=at)


async def approve(
    session: Session,
    account: Account,
    amount: int,
    source: Ref,
    *,
    day: date,
    price_group_id: int | None = None,
    key: str,
    at: datetime,
) -> list[Portion]:
    """Approve part of what was booked, using up grants oldest first; one portion for each grant it used.

    The caller has seen that there is as much. Raises ValueError where there is not.
    """
    parts = await _use_grants(session, account, amount)
    if sum(taken for _, taken in parts) != amount:
        raise ValueError("more than the grants leave is approved")
    moves = [
        Movement(account, PostingKind.APPROVE, taken, source, f"{key}:{n}", grant_id)
        for n, (grant_id, taken) in enumerate(parts)
    ]
    await post(session, moves, at=at)
    portions = [
        Portion(
            account_id=account.id,
            source_kind=source.kind,
            source_id=source.id,
            grant_id=grant_id,
            amount=taken,
            day=day,
            price_group_id=price_group_id,
            recorded_at=at,
        )
        for grant_id, taken in parts
    ]
    session.add_all(portions)
    await session.flush()
    return portions


async def grants_of(session: Session, account: Account) -> dict[int, int]:
    """Each grant's posting → how much of it stands, used up or not: a lowered ceiling takes of the newest before it."""
    grants = sa.select(Posting.id, Posting.amount).where(
        Posting.account_id == account.id, Posting.kind == PostingKind.GRANT
    )
    return dict(_lowered((id, amount) for id, amount in (await session.execute(grants.order_by(Posting.id))).all()))


async def withdraw_approval(session: Session, account: Account, source: Ref, *, key: str, at: datetime) -> int:
    """Take back what was approved of a source and is held by no line; how much that was."""
    portions = await free_portions(session, account, sources=[source])
    for portion in portions:
        portion.ended_at = at
    moves = [
        Movement(account, PostingKind.APPROVE, -portion.amount, source, f"{key}:{portion.id}", portion.grant_id)
        for portion in portions
    ]
    await post(session, moves, at=at)
    return sum(portion.amount for portion in portions)


async def free_portions(
    session: Session,
    account: Account,
    *,
    first: date | None = None,
    last: date | None = None,
    price_group_id: int | None = None,
    sources: Iterable[Ref] = (),
) -> list[Portion]:
    """Approved and held by no line, oldest day first."""
    held = sa.exists().where(Reservation.portion_id == Portion.id, Reservation.released_at.is_(None))
    wanted = sa.select(Portion).where(Portion.account_id == account.id, Portion.ended_at.is_(None), ~held)
    if first is not None and last is not None:
        wanted = wanted.where(Portion.day.between(first, last))
    if price_group_id is not None:
        wanted = wanted.where(Portion.price_group_id == price_group_id)
    if named := [(ref.kind, ref.id) for ref in sources]:
        wanted = wanted.where(sa.tuple_(Portion.source_kind, Portion.source_id).in_(named))
    return list((await session.scalars(wanted.order_by(Portion.day, Portion.id))).all())


async def disagreements(session: Session) -> list[int]:
    """Ids of accounts whose running sums are not the sums of their postings; there are none."""

    def total(kind: PostingKind) -> sa.ScalarSelect[int]:
        summed = sa.select(sa.func.coalesce(sa.func.sum(Posting.amount), 0))
        return summed.where(Posting.account_id == Account.id, Posting.kind == kind).scalar_subquery()

    wrong = sa.or_(
        sa.func.coalesce(Account.granted, 0) != total(PostingKind.GRANT),
        Account.booked != total(PostingKind.BOOK),
        Account.approved != total(PostingKind.APPROVE),
        Account.billed != total(PostingKind.BILL),
    )
    return list((await session.scalars(sa.select(Account.id).where(wrong).order_by(Account.id))).all())


async def _use_grants(session: Session, account: Account, amount: int) -> list[tuple[int | None, int]]:
    """Which grants an amount uses up, oldest first: (grant's posting, how much of it)."""
    if account.granted is None:
        return [(None, amount)]
    used = sa.select(Posting.grant_id, sa.func.sum(Posting.amount).label("amount"))
    used_by = used.where(Posting.kind == PostingKind.APPROVE, Posting.account_id == account.id)
    spent = used_by.group_by(Posting.grant_id).subquery()
    left = (Posting.amount - sa.func.coalesce(spent.c.amount, 0)).label("left")
    grants = (
        sa.select(Posting.id, left)
        .outerjoin(spent, spent.c.grant_id == Posting.id)
        .where(Posting.account_id == account.id, Posting.kind == PostingKind.GRANT)
        .order_by(Posting.id)
    )
    parts: list[tuple[int | None, int]] = []
    for grant_id, room in _lowered((id, int(left)) for id, left in (await session.execute(grants)).all()):
        part = min(room, amount)
        if part > 0:
            parts.append((grant_id, part))
            amount -= part
    return parts


def _lowered(grants: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of each grant, in their order: a lowered ceiling (a negative one) takes of the newest before it."""
    left: dict[int, int] = {}
    for grant_id, amount in grants:
        left[grant_id] = max(amount, 0)
        for earlier in reversed(left) if amount < 0 else ():
            taken = min(left[earlier], -amount)
            left[earlier] -= taken
            amount += taken
    return list(left.items())
