"""What happens when a deadline of an order nears or passes: it is put on record, and so told."""

from datetime import datetime

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.deadlines import Deadline, DeadlineKind, register
from backend.orders import deadlines
from backend.orders.model import Order
from backend.orders.overrun_model import Overrun


async def tell_due_soon(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that a deadline of an order nears."""
    await _tell(session, actor, deadline, "due_soon", now)


async def tell_late(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that a deadline of an order has passed."""
    await _tell(session, actor, deadline, "late", now)


async def _tell(session: Session, actor: Actor, deadline: Deadline, what: str, now: datetime) -> None:
    order_id = deadline.about_id
    if deadline.kind == deadlines.OVERRUN_ANSWER:
        order_id = (await session.get_one(Overrun, deadline.about_id)).order_id
    order = await session.get_one(Order, order_id)
    name = f"{deadline.kind}_{what}"
    await events.record(session, actor, name, order, at=now, rule=deadline.rule, **deadline.said)


for _kind in deadlines.KINDS:
    register(DeadlineKind(_kind, warn=tell_due_soon, breach=tell_late))
