"""A few rows, and an actor on each side."""

import datetime as dt
from decimal import Decimal

from backend.kit.actor import Actor, ActorKind, Language
from tests.graphql.reads.reference import Data

BUYER = Actor(ActorKind.BUYER, 1, 1, rights=frozenset({"close_tickets"}), language=Language.EN)
SUPPLIER = Actor(ActorKind.SUPPLIER, 2, 2, language=Language.SV)
CUSTOMER = Actor(ActorKind.CUSTOMER, 3, 3)
AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def small() -> Data:
    """Three organisations with a person each; a ticket and an order of the third, and an event on either."""
    return Data(
        organisation=[{"id": i, "name": f"O{i}"} for i in (1, 2, 3)],
        person=[{"id": i, "org_id": i, "name": f"P{i}", "email": "e"} for i in (1, 2, 3)],
        ticket=[
            {
                "id": 1, "number": "T-1", "org_id": 3, "kind": "change", "state": "open", "priority": 1,
                "requester_id": 1, "assignee_id": None, "created_at": AT, "due_at": None, "title": "Älä",
                "location": None,
            }
        ],
        orders=[{"id": 1, "org_id": 3, "number": "O-1", "ordered_by": 3, "title": "Work", "estimate_minutes": 60}],
        time_entry=[
            {
                "id": 1, "order_id": 1, "person_id": 2, "day": dt.date(2026, 1, 2), "minutes": 45, "billable": True,
                "note": None,
            }
        ],
        invoice_line=[
            {
                "id": 1, "order_id": 1, "description": "Line", "quantity": Decimal("1.50"),
                "unit_price": Decimal("95.000000"), "amount": Decimal("142.50"),
            }
        ],
        event=[
            {"id": 1, "name": "ticket.opened", "subject_kind": "Ticket", "subject_id": 1, "person_id": 1},
            {"id": 2, "name": "order.placed", "subject_kind": "Job", "subject_id": 1, "person_id": 1},
        ],
    )  # fmt: skip
