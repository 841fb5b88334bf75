"""The slow, obvious answer: graphql-core's own execution over rows in memory, with visibility spelled out again."""

import base64
import datetime as dt
import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import graphql as g

from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import MOST_COUNTED
from tests.graphql.reads.example.schema import schema
from tests.graphql.reads.example.states import ACTIONS, TicketState

R = dict[str, Any]
SORT: dict[str, dict[str | None, tuple[tuple[str, ...], bool]]] = {
    "ticket": {
        "NEWEST": (("created_at", "id"), True),
        "OLDEST": (("created_at", "id"), False),
        "MOST_URGENT": (("priority", "id"), False),
    },
    "comment": {None: (("created_at", "id"), True)},
    "event": {None: (("id",), True)},
}
TABLES = {
    "Organisation": "organisation",
    "Person": "person",
    "Ticket": "ticket",
    "Comment": "comment",
    "Job": "orders",
    "TimeEntry": "time_entry",
    "InvoiceLine": "invoice_line",
    "Event": "event",
}
SUBJECTS = {"Ticket", "Job"}
SCHEMA = g.build_schema(schema.as_str())


@dataclass
class Data:
    organisation: list[R] = field(default_factory=list)
    person: list[R] = field(default_factory=list)
    ticket: list[R] = field(default_factory=list)
    comment: list[R] = field(default_factory=list)
    orders: list[R] = field(default_factory=list)
    time_entry: list[R] = field(default_factory=list)
    invoice_line: list[R] = field(default_factory=list)
    event: list[R] = field(default_factory=list)
    contract: list[R] = field(default_factory=list)


def find(rows: list[R], key: int | None) -> R | None:
    return next((row for row in rows if row["id"] == key), None)


def covers(actor: Actor, data: Data, organisation: int) -> bool:
    match actor.kind:
        case ActorKind.BUYER:
            return True
        case ActorKind.CUSTOMER:
            return organisation == actor.organisation_id
        case ActorKind.SUPPLIER:
            mine = [c for c in data.contract if c["supplier_id"] == actor.organisation_id]
            return any(c["customer_id"] == organisation for c in mine)
    return False


def visible(actor: Actor, data: Data, table: str, row: R) -> bool:
    match table:
        case "organisation":
            return covers(actor, data, row["id"]) or (is_supplier(actor) and row["id"] == actor.organisation_id)
        case "person":
            return covers(actor, data, row["org_id"]) or (is_supplier(actor) and row["org_id"] == actor.organisation_id)
        case "comment":
            return visible(actor, data, "ticket", find(data.ticket, row["ticket_id"]) or {})
        case "time_entry" | "invoice_line":
            return visible(actor, data, "orders", find(data.orders, row["order_id"]) or {})
        case "event":
            return True
    return covers(actor, data, row["org_id"])


def is_supplier(actor: Actor) -> bool:
    return actor.kind is ActorKind.SUPPLIER


def iso(at: dt.datetime) -> str:
    """No trailing zeros in the fraction."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "+00:00"


def cursor(row: R, columns: tuple[str, ...]) -> str:
    values = [iso(v) if isinstance(v := row[c], dt.datetime) else v for c in columns]
    return base64.b64encode(json.dumps(values).encode()).decode()


def page(table: str, rows: list[R], size: int, cap: int, first: int | None = None, after: str | None = None,
         orderBy: str | None = None) -> R:  # noqa: N803  # fmt: skip
    default = "NEWEST" if table == "ticket" else None
    columns, down = SORT.get(table, {}).get(orderBy or default, (("id",), False))
    first = size if first is None else first
    if not 0 <= first <= cap:
        raise g.GraphQLError(f"first must be from 0 to {cap}")
    rows = sorted(rows, key=lambda row: [row[c] for c in columns], reverse=down)
    total = min(len(rows), MOST_COUNTED + 1)
    if after is not None:
        values = [
            dt.datetime.fromisoformat(v) if isinstance(v, str) else v for v in json.loads(base64.b64decode(after))
        ]
        here = [[row[c] for c in columns] for row in rows]
        rows = [row for row, keys in zip(rows, here, strict=True) if (keys < values if down else keys > values)]
    shown = rows[:first]
    cursors = [cursor(row, columns) for row in shown]
    info = {
        "hasNextPage": len(rows) > first,
        "hasPreviousPage": after is not None,
        "startCursor": cursors[0] if cursors else None,
        "endCursor": cursors[-1] if cursors else None,
    }
    edges = [{"cursor": c, "node": row} for c, row in zip(cursors, shown, strict=True)]
    return {"nodes": shown, "edges": edges, "totalCount": total, "pageInfo": info}


def decoded(text: str, of: str) -> int | None:
    found = re.fullmatch(rf"{of}:(\d{{1,18}})", text, re.ASCII)
    return int(found[1]) if found else None


class Answer:
    """The fields of every type over rows in memory, for one actor."""

    def __init__(self, actor: Actor, data: Data) -> None:
        self.actor, self.data = actor, data

    def rows(self, table: str, *, see: bool = True, **by: Any) -> list[R]:
        found = [row for row in getattr(self.data, table) if all(row[name] == value for name, value in by.items())]
        return [{**row, "__t": table} for row in found if not see or visible(self.actor, self.data, table, row)]

    def link(self, table: str, key: int | None, *, see: bool = True) -> R | None:
        return next(iter(self.rows(table, see=see, id=key)), None)

    def paged(self, table: str, size: int = 50, cap: int = 100, *, see: bool = True, given: R, **by: Any) -> R:
        return page(table, self.rows(table, see=see, **by), size, cap, **given)

    def node(self, text: str, among: set[str]) -> R | None:
        kind, _, _ = text.partition(":")
        key = decoded(text, kind) if kind in among else None
        return self.link(TABLES[kind], key) if key is not None else None

    def subject(self, event: R, among: set[str]) -> R | None:
        return self.node(f"{event['subject_kind']}:{event['subject_id']}", among)

    def actions(self, row: R) -> list[str]:
        mine = self.actor.kind is not ActorKind.CUSTOMER or self.actor.person_id == row["requester_id"]
        return [a.name for a in ACTIONS[TicketState(row["state"])] if mine or a.name != "CLOSE"]

    def tickets(
        self,
        organisation: str | None = None,
        assignee: str | None = None,
        assignees: list[str] | None = None,
        where: R | None = None,
        **given: Any,
    ) -> R:
        rows, where = self.rows("ticket"), where or {}
        if organisation is not None:
            rows = [t for t in rows if t["org_id"] == decoded(organisation, "Organisation")]
        if assignee is not None:
            key = decoded(assignee, "Person")
            rows = [t for t in rows if key is not None and t["assignee_id"] == key]
        if assignees is not None:
            keys = {decoded(text, "Person") for text in assignees} - {None}
            rows = [t for t in rows if t["assignee_id"] in keys]
        if where.get("state"):
            rows = [t for t in rows if t["state"] == where["state"].lower()]
        if where.get("kinds") is not None:
            rows = [t for t in rows if t["kind"].upper() in where["kinds"]]
        if where.get("createdBefore"):
            rows = [t for t in rows if t["created_at"] < dt.datetime.fromisoformat(where["createdBefore"])]
        if where.get("words"):
            words = where["words"].lower().split()
            rows = [t for t in rows if all(w in f"{t['title']} {t['number']}".lower() for w in words)]
        return page("ticket", rows, 50, 100, **given)

    def booked(self, order: R, since: str | None = None, billable: bool | None = None) -> int:
        entries = self.rows("time_entry", see=False, order_id=order["id"])
        entries = [e for e in entries if since is None or e["day"] >= dt.date.fromisoformat(since)]
        return sum(e["minutes"] for e in entries if billable is None or e["billable"] == billable)

    def totals(self, since: str | None = None, first: int | None = None) -> list[R]:
        sums: dict[int, int] = {}
        for entry in self.data.time_entry:
            if since is None or entry["day"] >= dt.date.fromisoformat(since):
                sums[entry["person_id"]] = sums.get(entry["person_id"], 0) + entry["minutes"]
        rows = [{"id": id, "minutes": minutes} for id, minutes in sums.items()]
        return page("totals", rows, 50, 100, first)["nodes"]  # type: ignore[no-any-return]

    def time_entries(self, **given: Any) -> R:
        if self.actor.kind is not ActorKind.BUYER:
            raise g.GraphQLError("You may not ask for this.")
        return self.paged("time_entry", 1_000, 10_000, given=given)

    @property
    def fields(self) -> dict[str, dict[str, Any]]:
        actor, buyer = self.actor, self.actor.kind is ActorKind.BUYER
        return {
            "Query": {
                "viewer": lambda _: {
                    "kind": actor.kind.name, "language": actor.language.name,
                    "roles": sorted(actor.roles), "person": self.link("person", actor.person_id),
                },
                "tickets": lambda _, **given: self.tickets(**given),
                "order": lambda _, id: self.link("orders", decoded(id, "Job")),
                "events": lambda _, **given: self.paged("event", given=given),
                "timeEntries": lambda _, **given: self.time_entries(**given),
                "totals": lambda _, **given: self.totals(**given),
                "me": lambda _: self.link("person", actor.person_id),
                "node": lambda _, id: self.node(id, set(TABLES)),
                "nodes": lambda _, ids: [self.node(id, set(TABLES)) for id in ids],
            },
            "Organisation": {
                "people": lambda o, **given: self.paged("person", given=given, org_id=o["id"]),
                "tickets": lambda o, **given: self.paged("ticket", given=given, org_id=o["id"]),
            },
            "Person": {
                "email": lambda p: p["email"] if buyer else None,
                "initials": lambda p: p["name"].split(" ") if p["name"] else [],
                "isMe": lambda p: p["id"] == actor.person_id,
                "organisation": lambda p: self.link("organisation", p["org_id"]),
                "requested": lambda p, **given: self.paged("ticket", given=given, requester_id=p["id"]),
            },
            "Comment": {"author": lambda c: self.link("person", c["author_id"], see=False)},
            "Ticket": {
                "url": lambda t: "/tickets",
                "kind": lambda t: t["kind"].upper(),
                "state": lambda t: t["state"].upper(),
                "requester": lambda t: self.link("person", t["requester_id"], see=False),
                "assignee": lambda t: self.link("person", t["assignee_id"]),
                "place": lambda t: t,
                "comments": lambda t, **given: self.paged("comment", see=False, given=given, ticket_id=t["id"]),
                "availableActions": self.actions,
                "summary": lambda t: f"{t['number']} ({t['kind']})",
                "clock": clock,
            },
            "Place": {"organisation": lambda t: self.link("organisation", t["org_id"])},
            "TimeEntry": {
                "day": lambda e: e["day"].isoformat(),
                "person": lambda e: self.link("person", e["person_id"]),
                "order": lambda e: self.link("orders", e["order_id"], see=False),
            },
            "InvoiceLine": {
                "quantity": lambda i: str(i["quantity"]),
                "unitPrice": lambda i: {"amount": f"{i['unit_price']:.6f}", "currency": "EUR"},
                "amount": lambda i: {"amount": str(i["amount"]), "currency": "EUR"},
                "half": lambda i: str(i["amount"] / 2),
            },
            "Job": {
                "estimate": lambda o: o["estimate_minutes"],
                "url": lambda o: f"/orders/{o['id']}/{o['number']}",
                "booked": self.booked,
                "orderedBy": lambda o: self.link("person", o["ordered_by"]),
                "timeEntries": lambda o, **given: self.paged(
                    "time_entry", 20, see=False, given=given, order_id=o["id"]
                ),
                "invoiceLines": lambda o, first=None: self.paged(
                    "invoice_line", see=False, given={"first": first}, order_id=o["id"]
                )["nodes"],
                "summary": lambda o: f"{o['title']} for {actor.kind.value}",
            },
            "Event": {
                "subject": lambda e: self.subject(e, SUBJECTS),
                "thing": lambda e: self.subject(e, set(TABLES)),
            },
            "Total": {"person": lambda t: self.link("person", t["id"])},
        }  # fmt: skip


def clock(row: R) -> R | None:
    if row["due_at"] is None:
        return None
    due, start = iso(row["due_at"]), iso(row["created_at"])
    return {"dueAt": due, "stretches": [{"from": start, "counted": True}, {"from": due, "counted": False}]}


def answer(document: str, variables: R, actor: Actor, data: Data) -> g.ExecutionResult:
    fields = Answer(actor, data).fields

    def resolve(source: Any, info: g.GraphQLResolveInfo, **arguments: Any) -> Any:
        type_, name = info.parent_type.name, info.field_name
        if name in fields.get(type_, {}):
            return fields[type_][name](source, **arguments)
        if name == "id":
            return f"{type_}:{source['id']}"
        value = source.get(name, source.get("".join("_" + c.lower() if c.isupper() else c for c in name)))
        return iso(value) if isinstance(value, dt.datetime) else str(value) if isinstance(value, Decimal) else value

    kinds = {table: name for name, table in TABLES.items()}
    result = g.execute(
        SCHEMA, g.parse(document), None, None, variables, None, resolve, lambda value, info, type_: kinds[value["__t"]]
    )
    assert isinstance(result, g.ExecutionResult)
    return result
