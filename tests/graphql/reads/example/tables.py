"""The example's tables, and which supplier has a contract with which customer."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Enum, Integer, MetaData, Numeric, Table, Text

from tests.graphql.reads.example.states import TicketState

metadata = MetaData()
NULLABLE = {"assignee_id", "due_at", "location", "note", "subject_kind", "subject_id"}


def _table(table: str, /, **types: Any) -> Table:
    return Table(
        table, metadata, *(Column(n, t, primary_key=n == "id", nullable=n in NULLABLE) for n, t in types.items())
    )


_at = DateTime(timezone=True)
_state = Enum(TicketState, native_enum=False, values_callable=lambda e: [m.value for m in e], create_constraint=True)
organisation = _table("organisation", id=BigInteger, name=Text)
person = _table("person", id=BigInteger, org_id=BigInteger, name=Text, email=Text)
ticket = _table(
    "ticket",
    id=BigInteger,
    number=Text,
    org_id=BigInteger,
    kind=Text,
    state=_state,
    priority=Integer,
    requester_id=BigInteger,
    assignee_id=BigInteger,
    created_at=_at,
    due_at=_at,
    title=Text,
    location=Text,
)
comment = _table("comment", id=BigInteger, ticket_id=BigInteger, author_id=BigInteger, created_at=_at, body=Text)
order = _table(
    "orders",
    id=BigInteger,
    org_id=BigInteger,
    number=Text,
    ordered_by=BigInteger,
    title=Text,
    estimate_minutes=BigInteger,
)
time_entry = _table(
    "time_entry",
    id=BigInteger,
    order_id=BigInteger,
    person_id=BigInteger,
    day=Date,
    minutes=BigInteger,
    billable=Boolean,
    note=Text,
)
invoice_line = _table(
    "invoice_line",
    id=BigInteger,
    order_id=BigInteger,
    description=Text,
    quantity=Numeric(10, 2),
    unit_price=Numeric(18, 6),
    amount=Numeric(14, 2),
)
event = _table("event", id=BigInteger, name=Text, subject_kind=Text, subject_id=BigInteger, person_id=BigInteger)
contract = Table(
    "contract",
    metadata,
    Column("supplier_id", BigInteger, primary_key=True),
    Column("customer_id", BigInteger, primary_key=True),
)
