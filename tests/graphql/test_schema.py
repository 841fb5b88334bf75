"""The whole schema: it is declared well, and every field of every type is SQL that runs for every kind of actor."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson
import pytest
import strawberry
from graphql import is_input_object_type, is_non_null_type

from backend.graphql import schema as assembled
from backend.graphql.door import Door
from backend.graphql.limits import Limits
from backend.graphql.mutations import registry
from backend.graphql.reads.check import problems
from backend.graphql.reads.database import Database
from backend.kit.actor import Actor, ActorKind
from backend.rulebook.roles import Role, rights_of
from tests.graphql.everything import documents

NO_LIMITS = Limits(depth=99, fields=99_999, aliases=9_999, tokens=999_999, cost=10**12)


@pytest.fixture(scope="module")
def whole() -> strawberry.Schema:
    return assembled.build()


class Counted:
    """The database of reads, with what it was asked."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.asked = 0

    async def fetch(self, sql: bytes, parameters: Sequence[Any], *, anew: bool = False) -> bytes | None:
        self.asked += 1
        return await self.database.fetch(sql, parameters)


@pytest.fixture
async def counted(shared_database_url: str) -> AsyncIterator[Counted]:
    database = Database(shared_database_url, size=1, timeout=60_000)  # all fields at once, on a busy machine
    await database.open()
    yield Counted(database)
    await database.close()


def test_what_is_declared_can_be_read_as_it_says(whole: strawberry.Schema) -> None:
    assert list(problems(whole._schema)) == []


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=() if kind is ActorKind.CUSTOMER else pytest.mark.long) for kind in ActorKind]
)
async def test_every_field_of_every_type_runs_in_one_statement_for_every_kind_of_actor(
    whole: strawberry.Schema, counted: Counted, kind: ActorKind
) -> None:
    door = Door(whole, counted.fetch, limits=NO_LIMITS)
    held = frozenset({Role.SERVICE_MANAGER})
    actor = Actor(kind, organisation_id=1, person_id=1, roles=held, rights=rights_of(kind, held))
    failed, taken = {}, {}
    for name, document in documents(door.reads.schema, optional=kind is ActorKind.SUPPLIER):
        counted.asked = 0
        response = orjson.loads(await door.execute(document, {}, actor))
        codes = {error["extensions"]["code"] for error in response.get("errors", [])}
        if codes - {"NOT_PERMITTED"}:
            failed[name] = (document, response["errors"])
        taken[name] = counted.asked
    assert failed == {}
    assert {name: statements for name, statements in taken.items() if statements > 1} == {}
    assert taken["Query.viewer"] == taken["Order"] == 1


def test_every_mutation_is_published_and_named_like_its_deed(whole: strawberry.Schema) -> None:
    mutation = whole._schema.mutation_type
    published = set(mutation.fields) if mutation else set()
    declared = {re.sub(r"_(\w)", lambda m: m[1].upper(), name) for name in registry}
    assert published <= declared


def test_what_edits_a_thing_needs_the_version_that_was_read(whole: strawberry.Schema) -> None:
    inputs = {name: kind.fields for name, kind in whole._schema.type_map.items() if is_input_object_type(kind)}
    expected = {name: fields["expectedVersion"].type for name, fields in inputs.items() if "expectedVersion" in fields}
    may_be_left_out = {name for name, kind in expected.items() if not is_non_null_type(kind)}
    of_none_yet = {"AnswerComplaintInput", "DraftResponseInput", "WeekCell"}
    assert may_be_left_out == {*of_none_yet, "ApproveInvoiceLinesInput"}, "which decides, and edits nothing"


def test_a_schema_with_hidden_suggestions_never_suggests(whole: strawberry.Schema) -> None:
    assert whole.config.disable_field_suggestions
