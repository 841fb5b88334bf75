"""The bare limit: the same answers by psycopg and orjson alone, with no schema, no permissions and no rules.

SQL written by hand for each question, its rows shaped by PostgreSQL, over the same server (uvicorn), in the same
number of connections. What is measured against it is what the schema, visibility and signing in cost. `/page` is the
page through Jinja, `/schema` the same template over what the schema answers; `/insert` is one row and its commit.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson
from jinja2 import Environment, FileSystemLoader
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

Scope = MutableMapping[str, Any]
HERE = Path(__file__).parent
PAGE = Environment(autoescape=True, loader=FileSystemLoader(HERE), auto_reload=False).get_template("page.html")

ORDERS = """SELECT o.id, o.number, o.supplier_number AS "supplierNumber", o.state, o.pricing,
o.created_at AS "createdAt", o.due_on AS "dueOn", o.title, o.description, o.is_on_hold AS "isOnHold",
c.name AS customer, p.name AS "orderedBy"
FROM orders o LEFT JOIN organisations c ON c.id = o.customer_id LEFT JOIN people p ON p.id = o.ordered_by_id
WHERE o.state = ANY(%s) {of} ORDER BY o.id DESC LIMIT 50"""
EVENTS = """SELECT i.id, e.name, e.at, e.to_state FROM unnest(%s::bigint[]) i(id) CROSS JOIN LATERAL (
SELECT id, name, at, to_state FROM (
(SELECT id, name, at, to_state FROM events WHERE subject_kind = 'Order' AND subject_id = i.id ORDER BY id DESC LIMIT 3)
UNION ALL
(SELECT id, name, at, to_state FROM events WHERE within_kind = 'Order' AND within_id = i.id ORDER BY id DESC LIMIT 3)
) both_ways ORDER BY id DESC LIMIT 3) e"""
TICKETS = """SELECT t.id, t.number, t.kind, t.state, t.title, t.criticality, t.reach, t.holder,
t.reported_at AS "reportedAt", t.resolved_at AS "resolvedAt", r.name AS requester, a.name AS assignee
FROM tickets t LEFT JOIN people r ON r.id = t.requester_id LEFT JOIN people a ON a.id = t.assignee_id
WHERE t.state = ANY(%s) {of} ORDER BY t.id DESC LIMIT 50"""
MESSAGES = """SELECT i.id, m.text, m.written_at, m.author FROM unnest(%s::bigint[]) i(id) CROSS JOIN LATERAL (
SELECT coalesce(w.released_text, w.text) AS text, w.written_at, p.name AS author
FROM ticket_messages w LEFT JOIN people p ON p.id = w.written_by_id
WHERE w.ticket_id = i.id {of} ORDER BY w.id DESC LIMIT 3) m"""
ORDER = """SELECT o.id, o.number, o.supplier_number AS "supplierNumber", o.state, o.title,
o.ordered_minutes AS "orderedMinutes", o.created_at AS "createdAt", p.name AS "orderedBy"
FROM orders o LEFT JOIN people p ON p.id = o.ordered_by_id WHERE o.id = %s"""
ENTRIES = """SELECT e.id, e.day, e.minutes, e.state, e.description, p.name AS person FROM time_entries e
JOIN people p ON p.id = e.person_id WHERE e.order_id = %s ORDER BY e.day DESC, e.id DESC LIMIT 20"""
LINES = """SELECT id, text, quantity, unit_price AS "unitPrice", amount, state FROM invoice_lines
WHERE order_id = %s ORDER BY invoice_id, position, id LIMIT 5"""
REPORT = """SELECT e.id, e.day, e.minutes, e.state, e.description, o.number, p.name FROM time_entries e
LEFT JOIN orders o ON o.id = e.order_id JOIN people p ON p.id = e.person_id
WHERE e.day BETWEEN %s AND %s {of} ORDER BY e.day DESC, e.id DESC LIMIT 5000"""
INSERT = """INSERT INTO time_entries (account_id, order_id, supplier_id, person_id, price_group_id, day, minutes,
description, state, is_late, first_booked_at, booked_at, booked_by_id, channel)
VALUES (%s, %s, %s, %s, %s, %s, 15, %s, 'booked', false, %s, %s, %s, 'api') RETURNING id"""

pool = AsyncConnectionPool(
    os.environ.get("DATABASE_URL", ""),
    min_size=8,
    max_size=8,
    open=False,
    kwargs={"autocommit": True, "prepare_threshold": 0},
)
through: dict[str, Any] = {}
"""The schema's door and who asks, where the page through the schema is measured."""
opening = asyncio.Lock()


async def rows(statement: str, *parameters: Any) -> list[dict[str, Any]]:
    async with pool.connection() as connection:
        cursor = await connection.cursor(row_factory=dict_row).execute(statement, parameters, binary=True)
        return await cursor.fetchall()


def _of(asked: dict[str, str], column: str) -> tuple[str, list[int]]:
    """A supplier's own rows, as its visibility has it; all of them without."""
    return (f"AND {column} = %s", [int(asked["supplier"])]) if "supplier" in asked else ("", [])


async def orders(asked: dict[str, str]) -> list[dict[str, Any]]:
    of, parameters = _of(asked, "o.supplier_id")
    found = await rows(ORDERS.format(of=of), asked["states"].split(","), *parameters)
    by_id: dict[int, dict[str, Any]] = {}
    for order in found:
        customer, orderer = order["customer"], order["orderedBy"]
        order["customer"] = {"name": customer} if customer else None
        order["orderedBy"] = {"name": orderer} if orderer else None
        order["timeline"] = {"nodes": []}
        by_id[order["id"]] = order
    for event in await rows(EVENTS, list(by_id)):
        told = {"name": event["name"], "at": event["at"], "toState": event["to_state"]}
        by_id[event["id"]]["timeline"]["nodes"].append(told)
    return found


async def listed(asked: dict[str, str]) -> bytes:
    return orjson.dumps({"data": {"orders": {"nodes": await orders(asked)}}})


async def tickets(asked: dict[str, str]) -> bytes:
    of, parameters = _of(asked, "t.reached_supplier_at IS NOT NULL AND t.supplier_id")
    found = await rows(TICKETS.format(of=of), asked["states"].split(","), *parameters)
    by_id: dict[int, dict[str, Any]] = {}
    for ticket in found:
        requester, assignee = ticket["requester"], ticket["assignee"]
        ticket["requester"] = {"name": requester} if requester else None
        ticket["assignee"] = {"name": assignee} if assignee else None
        ticket["messages"] = {"nodes": []}
        by_id[ticket["id"]] = ticket
    of = "AND w.audience <> 'tiera'" if "supplier" in asked else ""
    for message in await rows(MESSAGES.format(of=of), list(by_id)):
        said = {"text": message["text"], "writtenAt": message["written_at"], "author": message["author"]}
        by_id[message["id"]]["messages"]["nodes"].append(said)
    return orjson.dumps({"data": {"tickets": {"nodes": found}}})


async def single(asked: dict[str, str]) -> bytes:
    id = int(asked["id"])
    (order,) = await rows(ORDER, id)
    answer = {"order": order, "timeEntries": await rows(ENTRIES, id), "invoiceLines": await rows(LINES, id)}
    return orjson.dumps({"data": answer}, default=str)


async def report(asked: dict[str, str]) -> bytes:
    of, parameters = _of(asked, "e.supplier_id")
    found = await rows(REPORT.format(of=of), asked["first"], asked["last"], *parameters)
    for entry in found:
        entry["order"], entry["person"] = {"number": entry.pop("number")}, {"name": entry.pop("name")}
    return orjson.dumps({"data": {"timeEntryReport": {"nodes": found}}})


async def page(asked: dict[str, str]) -> bytes:
    return PAGE.render(orders=await orders(asked)).encode()


async def page_through_the_schema(asked: dict[str, str]) -> bytes:
    """As a view of the portal has it: the schema's door in this process, an actor who is known."""
    async with opening:
        if not through:
            await _open_door(asked["token"])
    variables = {"state": [state.upper() for state in asked["states"].split(",")]}
    data = await through["door"].read(through["document"], variables, through["actor"])
    return PAGE.render(orders=data["orders"]["nodes"]).encode()


async def _open_door(token: str) -> None:
    from backend.graphql.door import Door
    from backend.graphql.reads.database import Database
    from backend.graphql.schema import build
    from backend.identity.actors import actor_of_token
    from backend.kit import clock
    from backend.kit.actor import Channel
    from backend.kit.database import make_engine, make_sessions

    url = os.environ["DATABASE_URL"]
    reads = Database(url)
    await reads.open()
    async with make_sessions(make_engine(url))() as session:
        present = await actor_of_token(session, token, clock.now(), Channel.PORTAL)
    assert present
    through["actor"] = present.actor
    through["document"] = (HERE / "documents/list.graphql").read_text()
    through["door"] = Door(build(), reads.fetch)


async def insert(asked: dict[str, str]) -> bytes:
    given = [int(asked[name]) for name in ("account", "order", "supplier", "person", "group")]
    when = "2026-01-01T12:00:00Z"
    found = await rows(INSERT, *given, asked["day"], "Toteutus ja testit", when, when, given[3])
    return orjson.dumps(found[0])


ANSWERS: dict[str, Callable[[dict[str, str]], Awaitable[bytes]]] = {
    "/list": listed,
    "/tickets": tickets,
    "/single": single,
    "/report": report,
    "/page": page,
    "/schema": page_through_the_schema,
    "/insert": insert,
}


async def app(scope: Scope, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await pool.open(wait=True)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await pool.close()
        await send({"type": "lifespan.shutdown.complete"})
        return
    asked = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
    body = await ANSWERS[scope["path"]](asked)
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
