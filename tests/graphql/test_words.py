"""Which of the words that people write a customer reads, of all that the schema has."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import cache
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
from backend.graphql.search import SearchKind
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

NOT_SEARCHED: Final[Mapping[str, str]] = {
    "settings, read on a page of their own": """
        api_tokens.name saved_views.name service_accounts.purpose communication_plans.measures communication_plans.told
        communication_plans.channels communication_plans.when_down communication_plans.rhythm
        communication_plans.template_title communication_plans.template_text ready_answers.title ready_answers.text
        ticket_templates.name ticket_templates.ticket_title ticket_templates.description service_channels.address
        service_channels.hours service_channels.for_whom invoicing_processes.description price_groups.code
        price_groups.name bank_accounts.iban agreements.model_version sessions.agent inhabitant_counts.source""",
    "why a setting is as it is, read beside it": """
        agreement_versions.name agreement_versions.model_version agreement_versions.reason bank_accounts.end_reason
        ordering_rights.end_reason prices.reason service_levels.reason service_starts.end_reason term_values.reason
        roles_held.end_reason roles_held.replacement_reason body_seats.end_reason""",
    "of a line of an invoice: its invoice is found by them": """
        invoice_lines.order_reference invoice_lines.agreement_reference invoice_lines.seller_reference
        invoice_lines.price_group_code invoice_lines.unit invoice_lines.raw_unit invoice_lines.vat_category
        invoices.seller_business_id findings.about""",
    "stands elsewhere too, where it is searched": """
        product_versions.name product_versions.category tickets.root_cause""",
    "of what hours are booked on: the hours are found": """
        accounts.title accounts.instructions own_cost_targets.title""",
    "no longer so": "former_proposals.proposal former_proposals.answer stored_files.taken_away_reason",
    "a number that everybody writes in another way": "people.phone",
}
"""Why → the columns of words that no search reads. What is written of a case is none of them."""


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
                sql.Identifier(table), sql.Identifier(column), f"§{table}.{column}§ {word_of(table, column)} "
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


def word_of(table: str, column: str) -> str:
    """A word that stands in one column alone."""
    return f"q{_places()[table, column]}q"


@cache
def _places() -> dict[tuple[str, str], int]:
    return {text: place for place, text in enumerate(texts())}


@pytest.fixture
async def actors(marked: str) -> list[Actor]:
    """Those of the demo, one of each who sees the same kinds of things for the same organisation."""
    engine = make_engine(marked, pool_size=1)
    async with make_sessions(engine)() as session:
        ids = (await session.scalars(sa.text("SELECT DISTINCT person_id FROM roles_held ORDER BY person_id"))).all()
        found = await actors_of_people(session, ids, clock.now(), Channel.API)
    await engine.dispose()
    acting = [actor for each in found.values() for actor in each]
    return list({(actor.organisation_id, actor.roles): actor for actor in acting}.values())


@pytest.fixture
def customers(actors: list[Actor]) -> list[Actor]:
    return [actor for actor in actors if actor.kind is ActorKind.CUSTOMER]


@pytest.fixture
async def door(marked: str) -> AsyncIterator[Door]:
    reads = Database(marked, size=1, timeout=60_000)
    await reads.open()
    yield Door(assembled.build(), reads.fetch, limits=NO_LIMITS)
    await reads.close()


@pytest.mark.rule("H11.4-a", "D2.1-c")
async def test_of_what_people_write_a_customer_reads_these_columns_and_no_others(
    marked: str, customers: list[Actor], door: Door
) -> None:
    read = set()
    for document, ids in things(door.reads.schema, marked):
        for actor in customers:
            for one in ids:
                said = orjson.loads(await door.execute(document, {"id": one}, actor))
                assert {fault["extensions"]["code"] for fault in said.get("errors", ())} <= {"NOT_PERMITTED"}, said
                read |= set(re.findall("§([a-z_.]+)§", str(said["data"])))
    assert read == {f"{table}.{column}" for table, columns in CUSTOMERS_READ.items() for column in columns.split()}


def searched() -> Iterator[tuple[str, str, str]]:
    """Kind, table and column of all that a search reads."""
    for each in SearchKind:
        kind = refs.KINDS[each.value]
        texts = [*kind.words, *(text for aside in kind.asides for text in aside.texts)]
        names = [name for text in texts for name in ((text,) if isinstance(text, str) else text)]
        for name in (*names, *filter(None, (kind.number, kind.other_number))):
            yield each.name, str(kind.table), str(name)


def test_what_people_write_is_searched_or_it_says_why_not() -> None:
    of_search = {f"{table}.{column}" for _, table, column in searched()}
    left_out = [column for columns in NOT_SEARCHED.values() for column in columns.split()]
    assert sorted({f"{table}.{column}" for table, column in texts()} - of_search) == sorted(left_out)


@pytest.mark.rule("H11.4-a", "D2.1-c")
async def test_nobody_finds_a_thing_by_words_that_they_do_not_read_in_it(
    marked: str, actors: list[Actor], door: Door
) -> None:
    find = "query($words: String!, $kind: SearchKind) { search(words: $words, kind: $kind) { nodes { thing { id } } } }"
    schema, found = door.reads.schema, dict[str, set[ActorKind]]()
    for actor in actors:
        for kind, table, column in searched():
            word = word_of(table, column) if (table, column) in _places() else None
            said = orjson.loads(await door.execute(find, {"words": word or "q", "kind": kind}, actor)) if word else {}
            assert "errors" not in said, said
            hits = [hit["thing"]["id"] for hit in said["data"]["search"]["nodes"][:5]] if said else []
            if hits:
                found.setdefault(f"{table}.{column}", set()).add(actor.kind)
                type_: Any = schema.get_type(SearchKind[kind].value)
                inner = selection(schema, type_, 0, optional=False)
                whole = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {type_.name} {inner} }} }}"
                nodes = orjson.loads(await door.execute(whole, {"ids": hits}, actor))["data"]["nodes"]
                assert all(f"§{table}.{column}§" in str(node) for node in nodes), (actor.kind, table, column)
    assert {column for column, kinds in found.items() if ActorKind.CUSTOMER in kinds} <= {
        f"{table}.{column}" for table, columns in CUSTOMERS_READ.items() for column in columns.split()
    }
    assert len(found) > 80, "the demo has words of most kinds"


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
