"""What of orders waits for whoever is here."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from backend.kit.actor import Actor, ActorKind
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.desk.sections import Card, Section, at
from web.naming import numbers_of


def _card(action: Text, due: Callable[[Mapping[str, Any]], str | None]) -> Callable[[Mapping[str, Any]], Card]:
    def card(order: Mapping[str, Any]) -> Card:
        below = " · ".join(part for part in (numbers_of(order), (order["customer"] or {}).get("name")) if part)
        return Card(order["title"], f"/tilaukset/{order['id'].partition(':')[2]}", action, due(order), below or None)

    return card


def _section(
    key: str,
    title: Text,
    where: str,
    shown_to: Callable[[Actor], bool],
    action: Text,
    *,
    due: str = "",
    query: str,
) -> Section:
    """Orders that wait for one thing; `due` is the field of the order (or its open overrun) to do it by, if any.

    The day of delivery is the supplier's: by it nobody else has anything to do.
    """
    of_overrun = due == "openOverrun"
    return Section(
        key=key,
        place="orders",
        title=title,
        field=f"orders(first: 5, orderBy: OLDEST, where: {{ {where} }})",
        item=f"id number supplierNumber title customer {{ name }} {'openOverrun { dueAt }' if of_overrun else due}",
        card=_card(action, lambda order: (order[due] or {}).get("dueAt") if of_overrun else order.get(due)),
        shown_to=shown_to,
        everything=f"/tilaukset?{query}",
    )


BUYER, SUPPLIER, CUSTOMER = ActorKind.BUYER, ActorKind.SUPPLIER, ActorKind.CUSTOMER

SECTIONS: Final = (
    _section(
        "overruns",
        Text("Requests to go on above the ceiling"),
        "hasOpenOverrun: true",
        at(BUYER, Right.DECIDE_OVERRUNS),
        Text("Decide"),
        due="openOverrun",
        query="hasOpenOverrun=true",
    ),
    _section(
        "estimates",
        Text("Estimates to answer"),
        "states: [ESTIMATED]",
        at(BUYER, Right.PLACE_ORDERS),
        Text("Choose and order"),
        query="states=ESTIMATED",
    ),
    _section(
        "estimatesOfOwnOrders",
        Text("Estimates to answer"),
        "states: [ESTIMATED]",
        at(CUSTOMER, Right.PLACE_ORDERS),
        Text("Choose and order"),
        query="states=ESTIMATED",
    ),
    _section(
        "deliveries",
        Text("Deliveries to accept"),
        "hasDelivered: true",
        at(BUYER, Right.ACCEPT_DELIVERIES),
        Text("Inspect"),
        query="hasDelivered=true",
    ),
    _section(
        "changesToTiera",
        Text("Changes of orders to answer"),
        "openRevision: AWAITS_TIERA",
        at(BUYER, Right.PLACE_ORDERS),
        Text("Answer"),
        query="openRevision=AWAITS_TIERA",
    ),
    _section(
        "requests",
        Text("Customers' requests for work"),
        "states: [ASKED]",
        at(BUYER, Right.PLACE_ORDERS),
        Text("Answer"),
        query="states=ASKED",
    ),
    _section(
        "estimatesToGive",
        Text("Estimates to give"),
        "states: [REQUESTED]",
        at(SUPPLIER, Right.ESTIMATE),
        Text("Answer"),
        due="estimateDueAt",
        query="states=REQUESTED",
    ),
    _section(
        "ordersToConfirm",
        Text("Orders to confirm"),
        "states: [ORDERED], isConfirmed: false",
        at(SUPPLIER, Right.CONFIRM_ORDERS),
        Text("Confirm"),
        query="states=ORDERED&isConfirmed=false",
    ),
    _section(
        "forecasts",
        Text("Forecasts above the ceiling"),
        "isOnHold: true, hasOpenOverrun: false",
        at(SUPPLIER, Right.ESTIMATE),
        Text("Ask to go on"),
        query="isOnHold=true&hasOpenOverrun=false",
    ),
    _section(
        "returned",
        Text("Returned deliveries"),
        "hasReturned: true",
        at(SUPPLIER, Right.DELIVER),
        Text("Mend and deliver anew"),
        due="dueOn",
        query="hasReturned=true",
    ),
    _section(
        "changesToSupplier",
        Text("Changes of orders to answer"),
        "openRevision: AWAITS_SUPPLIER",
        at(SUPPLIER, Right.ESTIMATE),
        Text("Answer"),
        query="openRevision=AWAITS_SUPPLIER",
    ),
)
