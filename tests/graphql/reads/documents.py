"""Random data, actors, and valid documents with their variables."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import graphql as g
from hypothesis import strategies as st

from backend.kit.actor import Actor, ActorKind, Language
from tests.graphql.reads.reference import SCHEMA, SORT, TABLES, Data, cursor

KEY = st.integers(1, 4)
AT = st.builds(
    lambda n, us: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=n, microseconds=us),
    st.integers(0, 3),
    st.sampled_from([0, 0, 500_000, 1]),
)
DAY = st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 9))
TEXT = st.text(st.sampled_from("aäÄ\"\\ '%:\n\U0001f600$1"), max_size=5)
MONEY = st.decimals(-99, 99, places=2).map(lambda d: d + Decimal("0.00"))
ACTORS = st.builds(
    Actor,
    kind=st.sampled_from(ActorKind),
    organisation_id=KEY,
    person_id=KEY,
    roles=st.sampled_from([frozenset(), frozenset({"expert", "manager"})]),
    language=st.sampled_from(Language),
)


@st.composite
def datas(draw: Any) -> Data:
    def rows(most: int, **columns: Any) -> list[dict[str, Any]]:
        found = range(draw(st.integers(0, most)))
        return [{"id": i + 1, **{name: draw(of) for name, of in columns.items()}} for i in found]

    data = Data()
    data.organisation = [{"id": i, "name": draw(TEXT)} for i in range(1, 5)]
    covered = draw(st.sets(st.tuples(KEY, KEY), max_size=5))
    data.contract = [{"supplier_id": s, "customer_id": c} for s, c in covered]
    data.person = [{"id": i, "org_id": draw(KEY), "name": draw(TEXT), "email": f"{i}@example.org"} for i in range(1, 5)]
    data.ticket = rows(
        6, number=TEXT, org_id=KEY, kind=st.sampled_from(["incident", "request", "change", "problem"]),
        state=st.sampled_from(["open", "waiting", "closed", "new"]), priority=st.integers(1, 3), requester_id=KEY,
        assignee_id=st.none() | KEY, created_at=AT, due_at=st.none() | AT, title=TEXT, location=st.none() | TEXT,
    )  # fmt: skip
    if data.ticket:
        data.comment = rows(6, ticket_id=st.integers(1, len(data.ticket)), author_id=KEY, created_at=AT, body=TEXT)
    data.orders = rows(3, org_id=KEY, number=TEXT, ordered_by=KEY, title=TEXT, estimate_minutes=st.integers(0, 9))
    if data.orders:
        order = st.integers(1, len(data.orders))
        data.time_entry = rows(
            6, order_id=order, person_id=KEY, day=DAY, minutes=st.integers(0, 60), billable=st.booleans(),
            note=st.none() | TEXT,
        )  # fmt: skip
        data.invoice_line = rows(4, order_id=order, description=TEXT, quantity=MONEY, unit_price=MONEY, amount=MONEY)
    subjects = st.sampled_from(["Ticket", "Job", "Person", "Nothing", "Total", None])
    data.event = rows(5, name=TEXT, subject_kind=subjects, subject_id=st.none() | KEY, person_id=KEY)
    return data


class Writer:
    def __init__(self, draw: Any, data: Data) -> None:
        self.draw, self.data = draw, data
        self.variables: dict[str, tuple[str, Any]] = {}
        self.fragments: list[str] = []
        self.aliases = 0

    def chance(self, percent: int) -> bool:
        return bool(self.draw(st.integers(0, 99)) < percent)

    def pick(self, *values: Any) -> Any:
        return self.draw(st.sampled_from(values))

    def variable(self, type_: str, value: Any) -> str:
        name = f"v{len(self.variables)}"
        self.variables[name] = (type_, value)
        return "$" + name

    def written(self, type_: str, value: Any, literal: str | None = None) -> str:
        """A value as a variable, or written out (as JSON, which is GraphQL's too but for names)."""
        return self.variable(type_, value) if self.chance(50) else json.dumps(value) if literal is None else literal

    def identifier(self) -> Any:
        known = [f"{t}:{self.draw(st.integers(1, 5))}" for t in TABLES]
        return self.pick(
            *known, "Nothing:1", "Ticket:x", "Query:1", "Total:1", "Ticket:99999999999999999", "", "Ticket:١"
        )

    def identifiers(self, type_: str) -> str:
        ids = [self.identifier() for _ in range(self.draw(st.integers(0, 4)))]
        if self.chance(30):
            return f"[{', '.join(self.written('ID!', id) for id in ids)}]"
        return self.written(type_, ids)

    def directive(self) -> str:
        if not self.chance(15):
            return ""
        return f" @{self.pick('include', 'skip')}(if: {self.written('Boolean!', self.draw(st.booleans()))})"

    def arguments(self, field: g.GraphQLField) -> str:
        parts, order = [], None
        node = g.get_named_type(field.type)
        table = TABLES.get(node.name.removesuffix("Connection"), "")
        for name, argument in field.args.items():
            if not g.is_non_null_type(argument.type) and not self.chance(50):
                continue
            if name == "orderBy":
                order = self.pick("NEWEST", "OLDEST", "MOST_URGENT", None)
                parts.append("orderBy: " + self.written("TicketOrder", order, order or "null"))
            elif name != "after":
                parts.append(f"{name}: {self.argument(name)}")
        if "after" in field.args and self.chance(30):
            parts.append(f"after: {self.after(table, order)}")
        return f"({', '.join(parts)})" if parts else ""

    def argument(self, name: str) -> str:
        match name:
            case "id":
                return self.written("ID!", self.identifier())
            case "ids":
                return self.identifiers("[ID!]!")
            case "assignees":
                return self.identifiers("[ID!]")
            case "first":
                return self.written(
                    "Int", self.pick(0, 1, 1, 2, 3, 100, None, *([-1, 10_001] if self.chance(3) else []))
                )
            case "assignee":
                return self.written("ID", self.pick(self.identifier(), f"Person:{self.draw(KEY)}", None))
            case "organisation":
                return self.written("ID", self.pick(self.identifier(), f"Organisation:{self.draw(KEY)}", None))
            case "since":
                return self.written("Date", self.pick("2026-01-05", None))
            case "billable":
                return self.written("Boolean", self.pick(True, False, None))
            case "where":
                return self.where()
        raise AssertionError(name)

    def after(self, table: str, order: str | None) -> str:
        rows = getattr(self.data, table)
        default = "NEWEST" if table == "ticket" else None
        columns, _ = SORT.get(table, {}).get(order or default, (("id",), False))
        return self.written("String", cursor(self.pick(*rows), columns) if rows else None)

    def where(self) -> str:
        given = {
            "state": self.pick("OPEN", "CLOSED", None),
            "kinds": self.pick([], ["INCIDENT"], ["CHANGE", "PROBLEM", "REQUEST"], None),
            "createdBefore": self.pick("2026-01-01T02:00:00+00:00", None),
            "words": self.pick("a", "Ä 1", " % ", None),
        }
        given = {k: v for k, v in given.items() if self.chance(60)}
        if self.chance(40):
            return self.variable("TicketFilter", self.pick(given, None))
        types = {
            "state": "TicketState", "kinds": "[TicketKind!]", "createdBefore": "DateTime", "words": "String",
        }  # fmt: skip
        names = {"state": given.get("state") or "null"}
        if (kinds := given.get("kinds")) is not None:
            names["kinds"] = f"[{', '.join(self.written('TicketKind!', kind, kind) for kind in kinds)}]"
        return "{" + ", ".join(f"{k}: {self.written(types[k], v, names.get(k))}" for k, v in given.items()) + "}"

    def selection(self, type_: Any, depth: int) -> str:
        parts = []
        fields = type_.fields
        leaves = [n for n, f in fields.items() if g.is_leaf_type(g.get_named_type(f.type))]
        others = [n for n in fields if n not in leaves]
        for _ in range(self.draw(st.integers(1, 4))):
            kind = self.draw(st.integers(0, 99))
            if kind < 8:
                parts.append("__typename" + self.directive())
            elif kind < 18 and depth > 0 and type_.name != "Query":
                on = self.pick(*[t for t in (type_.name, "Node", "Subject", "") if self.may_be(type_, t)])
                inner = SCHEMA.type_map[on] if on else type_
                parts.append(f"...{' on ' + on if on else ''}{self.directive()} {self.selection(inner, depth - 1)}")
            elif kind < 26 and depth > 0 and type_.name != "Query":
                name = f"F{len(self.fragments)}"
                self.fragments.append("")
                body = f"fragment {name} on {type_.name} {self.selection(type_, depth - 1)}"
                self.fragments[int(name[1:])] = body
                parts += [f"...{name}{self.directive()}"] * self.pick(1, 1, 2)
            else:
                chosen = others if others and depth > 0 and (not leaves or kind < 75) else leaves or ["__typename"]
                name = self.pick(*chosen)
                parts.append(self.field(name, fields[name], depth) if name != "__typename" else name)
        return "{ " + " ".join(parts or ["__typename"]) + " }"

    def may_be(self, type_: Any, on: str) -> bool:
        other = SCHEMA.type_map.get(on)
        return other in (None, type_) or (g.is_abstract_type(other) and SCHEMA.is_sub_type(other, type_))

    def field(self, name: str, field: g.GraphQLField, depth: int) -> str:
        alias = ""
        if self.chance(30) or field.args:
            self.aliases += 1
            alias = f"a{self.aliases}: "
        text = alias + name + self.arguments(field) + self.directive()
        named = g.get_named_type(field.type)
        if g.is_leaf_type(named):
            return text
        if g.is_interface_type(named):
            types = sorted(t.name for t in SCHEMA.get_possible_types(named))
            chosen = self.draw(st.lists(st.sampled_from(types), max_size=4, unique=True))
            pieces = [f"... on {t} {self.selection(SCHEMA.type_map[t], depth - 1)}" for t in chosen]
            common = ["id", "__typename", *(["number title"] if named.name == "Subject" else [])]
            both = "... on Job { summary } ... on Ticket { summary }"
            common += [both] if self.chance(30) else []
            return f"{text} {{ {' '.join([*common, *pieces])} }}"
        below = depth if named.name.endswith(("Connection", "Edge", "PageInfo")) else depth - 1
        return f"{text} {self.selection(named, below)}"

    def others(self) -> dict[str, Any]:
        """Other values for the same variables: flipped, swapped, left out. Cursors stay with orders of their keys."""

        def other(type_: str, value: Any) -> Any:
            match type_:
                case "Boolean!":
                    return self.draw(st.booleans())
                case "Boolean":
                    return self.pick(True, False, None)
                case "ID!":
                    return self.identifier()
                case "ID":
                    return self.pick(value, None, self.identifier(), f"Organisation:{self.draw(KEY)}")
                case "[ID!]!":
                    return [self.identifier() for _ in range(self.draw(st.integers(0, 4)))]
                case "[ID!]":
                    return self.pick(value, None, [f"Person:{self.draw(KEY)}"])
                case "Int":
                    return self.pick(value, None, 0, 1, 2, 3)
                case "TicketOrder":
                    return {"NEWEST": "OLDEST", "OLDEST": "NEWEST"}.get(value, value)
                case "TicketFilter":
                    return self.pick(
                        value, None, {"state": "OPEN"}, {"kinds": ["CHANGE"], "state": None}, {"words": "a"},
                        {"createdBefore": "2026-01-01T02:00:00+00:00"},
                    )  # fmt: skip
                case "TicketState":
                    return self.pick(value, "OPEN", "CLOSED", None)
            return value if type_.endswith("!") else self.pick(value, None)

        given = {name: other(type_, value) for name, (type_, value) in self.variables.items()}
        return {name: value for name, value in given.items() if value is not None or self.chance(50)}


@st.composite
def operations(draw: Any, data: Data) -> tuple[str, list[dict[str, Any]]]:
    writer = Writer(draw, data)
    body = writer.selection(SCHEMA.query_type, 4)
    declared, given = [], {}
    for name, (type_, value) in writer.variables.items():
        if value is not None or writer.chance(50):
            given[name] = value
        declared.append(f"${name}: {type_}")
    head = f"query Q({', '.join(declared)}) " if declared else "query Q "
    return "\n".join([head + body, *writer.fragments]), [given, writer.others(), writer.others()]
