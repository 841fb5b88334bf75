"""What Tiera held to be extra work against instruction goes back to its order, once Tiera has returned it."""

from datetime import datetime

from backend.hours import queries
from backend.hours.model import TimeEntry
from backend.kit.database import Session
from backend.ledger.model import Account
from backend.orders.model import Order
from backend.orders.settling_verbs import bind_again
from backend.rulebook.rules import rule


@rule("H11.8.1-h")
async def goes_back(session: Session, corrected: TimeEntry | None, order: Order | None) -> bool:
    """Whether a correction takes an entry that was marked so back to the order of which it was booked."""
    if corrected is None or order is None or corrected.instruction_reason is None:
        return False
    return await queries.order_of_own_cost(session, corrected.account_id) == order.id


@rule("H11.8.1-h", "H11.8.3-d")
async def make_room(session: Session, order: Order, work: Account, minutes: int, *, now: datetime) -> int:
    """Of an order that was settled meanwhile bind the ceiling again that was freed for want of this work; how much.

    Where a decision on more covered no work done before it nobody can tell which part was freed: what goes back is
    above the ceiling then, and marked so.
    """
    if await queries.uncovering_grants(session, [work.id]):
        return 0
    return await bind_again(session, order, work, minutes, now=now)


@rule("H11.8.3-d")
def is_above(work: Account, minutes: int) -> bool:
    """Whether so many minutes more pass the ceiling, also where nothing of it is left."""
    return work.granted is not None and work.booked + minutes > work.granted
