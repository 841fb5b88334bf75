"""Which of the words that people write a customer reads, of all that the schema has."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import graphql as g
import orjson
import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from backend.graphql import schema as assembled
from backend.graphql.door import Door
from backend.graphql.limits import Limits
from backend.graphql.reads.database import Database
from backend.identity.actors import actors_of_people
from backend.kit import clock, refs
from backend.kit.actor import Actor, ActorKind, Channel
from backend.kit.database import Base, make_engine, make_sessions
from tests.databases import Server
from tests.graphql.everything import selection

NO_LIMITS = Limits(depth=99, fields=99_999, aliases=9_999, tokens=999_999, cost=10**12)
MOST = 60
"""Things of a kind that are read, spread over all."""
MACHINES: Final = {
    "deadlines", "deliveries", "errand_links", "event_seals", "events", "former_deadlines", "idempotency_keys",
    "portions", "postings", "reservations", "sign_in_attempts",
}  # fmt: skip
"""Tables in which nobody writes a word."""
NO_WORDS: Final = re.compile(
    r".*_(kind|hash|key)|digest|follows_from|message_id|currency|rule|root|hint|(term_values|own_cost_targets)\.(name|number)"
    r"|saved_views\.(list|query)|stored_files\.(sha256|media_type|purpose)|accounts\.purpose|service_accounts\.name"
)
"""Columns that programs write and read."""

CUSTOMERS_READ: Final[Mapping[str, str]] = {
    "agreed_points": "reason",
    "api_tokens": "name",
    "bodies": "name close_reason",
    "body_posts": "text withdraw_reason",
    "body_seats": "end_reason",
    "bulletins": "number title text end_reason",
    "document_versions": "note",
    "documents": "title",
    "inhabitant_counts": "source",
    "orders": "number supplier_number title description goal limits raise_reason end_reason",
    "organisations": "name business_id",
    "people": "name email phone",
    "product_versions": "name category description",
    "products": "name category",
    "quality_deviations": "number report",
    "roles_held": "end_reason replacement_reason",
    "services": "name code",
    "stated_competences": "competence",
    "stored_files": "name",
    "ticket_messages": "released_text",
    "ticket_ratings": "word",
    "ticket_templates": "name ticket_title description",
    "tickets": "number title description",
}
"""Table → its columns of words that a customer reads somewhere: in which rows, other tests ask. Whoever adds to it
opens words to municipalities."""


@pytest.fixture
def marked(test_server: Server, filled: tuple[str, Path]) -> Iterator[str]:
    """A copy of the demo in which each text of people says where it is kept, also where there was none."""
    name = test_server.create(filled[0])
    url = test_server.url_of(name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        checks = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid > 0"
        for table, check in connection.execute(checks).fetchall():
            drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}")
            connection.execute(drop.format(sql.Identifier(table), sql.Identifier(check)))
        for table, column in texts():
            say = sql.SQL("UPDATE {} SET {} = {} || id").format(
                sql.Identifier(table), sql.Identifier(column), f"§{table}.{column}§"
            )
            connection.execute(say)
    yield url
    test_server.drop(name)


def texts() -> Iterator[tuple[str, str]]:
    """The columns in which people's words are kept."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns if table.name not in MACHINES else ():
            is_free = isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum)
            is_made = column.computed is not None or column.foreign_keys or column.primary_key
            if is_free and not is_made and not any(map(NO_WORDS.fullmatch, (column.name, str(column)))):
                yield table.name, column.name


@pytest.fixture
async def customers(marked: str) -> list[Actor]:
    """Those of the demo who act for a customer."""
    engine = make_engine(marked, pool_size=1)
    async with make_sessions(engine)() as session:
        ids = (await session.scalars(sa.text("SELECT DISTINCT person_id FROM roles_held"))).all()
        found = await actors_of_people(session, ids, clock.now(), Channel.API)
    await engine.dispose()
    return [actor for acting in found.values() for actor in acting if actor.kind is ActorKind.CUSTOMER]


@pytest.mark.rule("H11.4-a", "D2.1-c")
async def test_of_what_people_write_a_customer_reads_these_columns_and_no_others(
    marked: str, customers: list[Actor]
) -> None:
    reads = Database(marked, size=1, timeout=60_000)
    await reads.open()
    door = Door(assembled.build(), reads.fetch, limits=NO_LIMITS)
    read = set()
    for document, ids in things(door.reads.schema, marked):
        for actor in customers:
            for one in ids:
                said = orjson.loads(await door.execute(document, {"id": one}, actor))
                assert {fault["extensions"]["code"] for fault in said.get("errors", ())} <= {"NOT_PERMITTED"}, said
                read |= set(re.findall("§([a-z_.]+)§", str(said["data"])))
    await reads.close()
    assert read == {f"{table}.{column}" for table, columns in CUSTOMERS_READ.items() for column in columns.split()}


def things(schema: g.GraphQLSchema, url: str) -> Iterator[tuple[str, list[str]]]:
    """For each type with an identifier the document of all its fields, and the identifiers of things of it."""
    node: Any = schema.get_type("Node")
    with psycopg.connect(url) as connection:
        for name, type_ in schema.type_map.items():
            if isinstance(type_, g.GraphQLObjectType) and node in type_.interfaces and name in refs.KINDS:
                table = sql.Identifier(str(refs.KINDS[name].table))
                rows = connection.execute(sql.SQL("SELECT id FROM {} ORDER BY id").format(table)).fetchall()
                inner = selection(schema, type_, 0, optional=False)
                document = f"query($id: ID!) {{ node(id: $id) {{ ... on {name} {inner} }} }}"
                yield document, [f"{name}:{row}" for (row,) in rows[:: max(1, len(rows) // MOST)]]
