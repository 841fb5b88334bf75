"""What of the orders for a customer is its own: what a contact whom Tiera named there drafted, until Tiera places it,
or placed.

The rest Tiera drafted or placed, and it stays Tiera's: such a contact may place it, within the right, and no more.
"""

import sqlalchemy as sa

from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import rows_of, there_is
from backend.kit.database import Condition, Row, Session
from backend.kit.events import Event
from backend.orders import policy
from backend.orders.model import Order
from backend.orders.states import OrderAction, OrderMove
from backend.rulebook.rules import rule

_DRAFTED, _PLACED = "order.drafted", "order.ordered"


@rule("H11.8.1-i")
def is_customers_own(order: Row) -> Condition:
    """SQL: whether the customer whom an order is for drafted it or, once it is placed, placed it itself."""
    return _was_done_there(order, sa.case((order.ordered_at.is_(None), _DRAFTED), else_=_PLACED))


@rule("H11.8.1-i")
def is_begun_there(order: Row) -> Condition:
    """SQL: whether the customer whom an order is for drafted or placed it itself: what it asked for it goes on reading,
    whoever places it."""
    return _was_done_there(order, _DRAFTED, _PLACED)


def _was_done_there(order: Row, *names: sa.ColumnElement[str] | str) -> Condition:
    event = rows_of(Event)
    return there_is(
        event,
        event.c.subject_kind == Order.__name__,
        event.c.subject_id == order.id,
        event.c.name.in_(names),
        event.c.organisation_id == order.customer_id,
    )


@rule("H11.8.1-i")
async def take(session: Session, actor: Actor, order: Order, action: OrderAction) -> OrderMove:
    """The move, where state, right and side allow it; at a customer, where the order is its own."""
    move = policy.take(actor, order.state, action)
    if actor.kind is ActorKind.CUSTOMER:
        is_own = await session.scalar(sa.select(is_customers_own(Order)).where(Order.id == order.id))
        policy.require_own(action, bool(is_own))
    return move
