"""What is asked: the same of the schema, of the bare limit and of the peer, with values that vary."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from bench import peer
from bench.scenery import Person, ask

DOCUMENTS = {path.stem: path.read_text() for path in (Path(__file__).parent / "documents").glob("*.graphql")}
STATES = (("accepted",), ("in_progress",), ("accepted", "in_progress", "delivered"))
TICKET_STATES = (("closed",), ("open", "waiting", "resolved"), ("closed", "rejected", "withdrawn"))
Requests = list[dict[str, Any]]


@dataclass(frozen=True)
class Question:
    """One question in each form; writes and pages are not asked of the peer."""

    name: str
    ours: Requests
    bare: Requests
    peer: Requests = field(default_factory=list)
    kept: tuple[str, ...] = ()
    """Fields that ours keeps from who asks, where the others, who know no permissions, tell them."""


def graphql(name: str, person: Person, variables: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps({"query": DOCUMENTS[name], "variables": variables})
    return {"path": "/graphql", "headers": person.headers, "body": body}


def bare(name: str, **asked: Any) -> dict[str, Any]:
    return {"method": "GET", "path": f"/{name}?{urlencode(asked)}"}


def reading(url: str, person: Person, *, is_supplier: bool) -> list[Question]:
    """Lists, single and report for one actor; the bare limit and the peer give the same rows."""
    own = {"supplier": person.organisation_id} if is_supplier else {}
    its = {"supplierId": {"equalTo": str(person.organisation_id)}} if is_supplier else {}
    reached = {"reachedSupplierAt": {"isNull": False}} if is_supplier else {}
    read = {"messages": {"audience": {"notEqualTo": "tiera"}}} if is_supplier else {}
    ids = [
        id
        for (id,) in ask(
            url,
            "SELECT order_id FROM time_entries WHERE supplier_id = %s GROUP BY order_id "
            "HAVING count(*) >= 20 ORDER BY order_id DESC LIMIT 200",
            person.organisation_id if is_supplier else _largest_supplier(url),
        )
    ]
    spans = _spans(url, own.get("supplier"))
    return [
        Question(
            "list",
            [graphql("list", person, {"state": [s.upper() for s in states]}) for states in STATES],
            [bare("list", states=",".join(states), **own) for states in STATES],
            [peer.asking("list", filter={"state": {"in": states}, **its}) for states in STATES],
        ),
        Question(
            "tickets",
            [graphql("tickets", person, {"states": [s.upper() for s in states]}) for states in TICKET_STATES],
            [bare("tickets", states=",".join(states), **own) for states in TICKET_STATES],
            [
                peer.asking("tickets", filter={"state": {"in": states}, **its, **reached}, **read)
                for states in TICKET_STATES
            ],
            ("requester",) if is_supplier else (),
        ),
        Question(
            "single",
            [graphql("single", person, {"id": f"Order:{id}"}) for id in ids],
            [bare("single", id=id) for id in ids],
            [peer.asking("single", id=str(id)) for id in ids],
        ),
        Question(
            "report",
            [graphql("report", person, {"first": str(first), "last": str(last)}) for first, last in spans],
            [bare("report", first=first, last=last, **own) for first, last in spans],
            [
                peer.asking(
                    "report",
                    filter={"day": {"greaterThanOrEqualTo": str(first), "lessThanOrEqualTo": str(last)}, **its},
                )
                for first, last in spans
            ],
        ),
    ]


def pages(person: Person) -> Question:
    """The page of 50 rows: through the schema, and by psycopg, with one template."""
    ours = [bare("schema", states=",".join(states), token=person.token) for states in STATES]
    return Question("page", ours, [bare("page", states=",".join(states)) for states in STATES])


def portal_page(person: Person) -> Requests:
    """The portal's own page of orders, with everything that a page has."""
    headers = {"Cookie": f"istunto={person.session}"}
    states = ("ACCEPTED", "IN_PROGRESS")
    return [{"method": "GET", "path": f"/tilaukset?states={state}", "headers": headers} for state in states]


def booking(url: str, people: Sequence[Person], most: int) -> Question:
    """Booking hours: each person on orders under way, each on another, fifteen minutes a time, on days with room."""
    found = ask(
        url,
        "SELECT a.id, o.id, o.supplier_id, g.id, greatest(o.started_at::date, current_date - 300) "
        "FROM orders o JOIN accounts a ON a.about_kind = 'Order' AND a.about_id = o.id AND a.purpose = 'work' "
        "JOIN LATERAL (SELECT id FROM price_groups WHERE agreement_id = o.agreement_id ORDER BY id LIMIT 1) g ON true "
        "WHERE o.state = 'in_progress' AND o.pricing = 'hours' AND o.started_at < now() ORDER BY o.id",
    )
    rows = {person: [row for row in found if row[2] == person.organisation_id] for person in people}
    today, ours, plain = date.today(), [], []
    for n in range(most):
        turn, place = divmod(n, len(people))
        person = people[place]
        account, order, supplier, group, since = rows[person][(turn + place) % len(rows[person])]
        day = today - timedelta(days=turn % max(1, (today - since).days))
        target = {"targetId": f"Target:{account}", "day": str(day), "minutes": 15, "description": f"Toteutus {n}",
                  "priceGroupId": f"PriceGroup:{group}"}  # fmt: skip
        ours.append(graphql("book", person, {"input": {"booking": target, "idempotencyKey": str(uuid4())}}))
        plain.append(
            bare("insert", account=account, order=order, supplier=supplier, person=person.id, group=group, day=day)
        )
    return Question("verb", ours, plain)


def searching(person: Person) -> dict[str, Requests]:
    """Lists and a search as the portal asks them, for p95 at two scales."""
    orders = """query ($where: OrderFilter) { orders(where: $where, first: 50) { nodes {
      id number title state dueOn bookedMinutes ceilingMinutes total { amount } customer { name } supplier { name }
    } } }"""
    entries = """query { timeEntries(first: 50) { nodes { id day minutes description state person { name }
      order { number } } } }"""
    invoices = """query { invoices(first: 50) { nodes { id number state issuedOn supplier { name } } } }"""
    tickets = """query ($where: TicketFilter, $sort: TicketSort) {
      tickets(where: $where, orderBy: $sort, first: 50) { totalCount nodes { number title state criticality holder
        reportedAt dueAt isLate assigneeName customer { name } service { name } } } }"""
    found = """query ($words: String!) { search(words: $words, kind: TICKET, first: 20) {
      totalCount nodes { thing { id number title url } } } }"""
    notices = "query { notices(first: 50) { nodes { id isRead event { name at } } } }"
    asked: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "orders": [(orders, {}), (orders, {"where": {"states": ["IN_PROGRESS"]}})],
        "search": [(orders, {"where": {"words": words}}) for words in ("rajapinnan 7", "koivulan", "saavutettavuuden")],
        "tickets": [
            (tickets, {}),
            (tickets, {"where": {"isOpen": True}, "sort": "DUE_FIRST"}),
            (tickets, {"where": {"isMine": True}}),
        ],
        "search of tickets": [
            *(
                (tickets, {"where": {"words": words}})
                for words in ("kalenterisiirto", "tulosteet koulu", "TIK-2026-0007")
            ),
            *((found, {"words": words}) for words in ("lukujärjestyksessä", "virhe palvelimessa")),
        ],
        "entries": [(entries, {})],
        "invoices": [(invoices, {})],
        "notices": [(notices, {})],
    }
    return {
        name: [
            {
                "path": "/graphql",
                "headers": person.headers,
                "body": json.dumps({"query": query, "variables": variables}),
            }
            for query, variables in given
        ]
        for name, given in asked.items()
    }


def _largest_supplier(url: str) -> int:
    ((supplier,),) = ask(url, "SELECT supplier_id FROM orders GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")
    return int(supplier)


def _spans(url: str, supplier: int | None) -> list[tuple[date, date]]:
    """Stretches of days with about five thousand entries each."""
    of = "WHERE supplier_id = %s" if supplier else ""
    given = [supplier] if supplier else []
    days = [day for (day,) in ask(url, f"SELECT day FROM time_entries {of} ORDER BY day DESC, id DESC", *given)]
    return [
        (days[min(start + 4_999, len(days) - 1)], days[start])
        for start in range(0, min(len(days), 20_000), 5_000)
        if start == 0 or start + 5_000 <= len(days)
    ]
