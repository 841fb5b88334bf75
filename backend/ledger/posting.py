"""Postings and the running sums that they move, always in one statement: an account is the sum of its postings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm.attributes import set_committed_value

from backend.kit.database import Instant, Session, table_of
from backend.kit.refs import Ref
from backend.kit.statements import Statement
from backend.ledger.model import Account, Posting, PostingKind


@dataclass(frozen=True, slots=True)
class Movement:
    """One posting to be: it moves the sum that its kind names."""

    account: Account
    kind: PostingKind
    amount: int
    source: Ref
    key: str
    grant_id: int | None = None


SUM_OF: Final = {
    PostingKind.GRANT: "granted",
    PostingKind.BOOK: "booked",
    PostingKind.APPROVE: "approved",
    PostingKind.BILL: "billed",
}


async def post(session: Session, moves: Sequence[Movement], *, at: datetime) -> None:
    """Store postings and move their accounts' sums, on the accounts in hand too."""
    if moves:
        await _POST.say(session, **_moved(moves, at))


async def post_one(session: Session, move: Movement, *, at: datetime) -> int:
    """The same of one whose id is needed; that."""
    ((id,),) = await _POST.run(session, **_moved([move], at))
    return int(id)


def _moved(moves: Sequence[Movement], at: datetime) -> dict[str, Any]:
    for move in moves:
        name = SUM_OF[move.kind]
        set_committed_value(move.account, name, (getattr(move.account, name) or 0) + move.amount)
    return {
        "account_id": [move.account.id for move in moves],
        "kind": [move.kind.value for move in moves],
        "amount": [move.amount for move in moves],
        "key": [move.key for move in moves],
        "source_kind": [move.source.kind for move in moves],
        "source_id": [move.source.id for move in moves],
        "grant_id": [move.grant_id for move in moves],
        "at": at,
    }


def _statement() -> sa.Select[tuple[int]]:
    account, posting = table_of(Account), table_of(Posting)
    names = ("account_id", "kind", "amount", "key", "source_kind", "source_id", "grant_id")
    types = {name: sa.Text() if name == "kind" else posting.c[name].type for name in names}
    moves = (
        sa.func.unnest(*(sa.bindparam(name, type_=ARRAY(type_)) for name, type_ in types.items()))
        .table_valued(*(sa.column(name, type_) for name, type_ in types.items()), with_ordinality="n")
        .render_derived(name="moves")
    )
    rows = sa.select(*(moves.c[name] for name in names), sa.bindparam("at", type_=Instant)).order_by(moves.c.n)
    stored = sa.insert(posting).from_select([*names, "at"], rows).returning(posting.c.id).cte("stored")
    moved = (
        sa.select(moves.c.account_id)
        .add_columns(
            *(
                sa.cast(sa.func.sum(moves.c.amount).filter(moves.c.kind == kind.value), sa.BigInteger).label(name)
                for kind, name in SUM_OF.items()
            )
        )
        .group_by(moves.c.account_id)
        .cte("moved")
    )
    sums = {name: account.c[name] + sa.func.coalesce(moved.c[name], 0) for name in SUM_OF.values()}
    no_limit = sa.and_(account.c.granted.is_(None), moved.c.granted.is_(None))
    first = sa.func.coalesce(account.c.granted, 0) + sa.func.coalesce(moved.c.granted, 0)
    sums["granted"] = sa.case((no_limit, sa.null()), else_=first)
    changed = sa.update(account).where(account.c.id == moved.c.account_id).values(sums).returning(account.c.id)
    return sa.select(stored.c.id).add_cte(changed.cte("changed"))


_POST = Statement(_statement())
