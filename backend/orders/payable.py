"""How much of an order's booked work can ever be paid: told by the slice of hours, which knows when each was done."""

from collections.abc import Awaitable, Callable

from backend.kit.database import Session
from backend.ledger.model import Account

Payable = Callable[[Session, Account], Awaitable[int]]
"""Of an account of work that is locked: minutes of what is booked that are approved or may yet be."""
_told_by: list[Payable] = []


def register_payable(tell: Payable) -> None:
    if _told_by:
        raise ValueError("two slices tell what of an order's work can be paid")
    _told_by.append(tell)


async def payable_minutes(session: Session, account: Account) -> int:
    """Minutes booked on an account of work that are approved or may yet be; unless told, all below the ceiling."""
    return await _told_by[0](session, account) if _told_by else min(account.granted or 0, account.booked)
