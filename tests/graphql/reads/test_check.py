"""What a declaration gets wrong is found when the schema is put together, or at the latest while a plan is made."""

import asyncio
from enum import StrEnum
from typing import Any

import pytest
import strawberry
from sqlalchemy import column as sa_column
from sqlalchemy import exists, false, func, literal, select, true

from backend.graphql.assembling import WronglyDeclared, assemble
from backend.graphql.door import Door
from backend.graphql.reads.check import problems
from backend.graphql.reads.shape import (
    argument,
    column,
    connection,
    described,
    embedded,
    everyone,
    newest,
    one,
    ref,
    root,
    shape,
    sql,
)  # fmt: skip
from backend.graphql.relay import Connection, Node, Subject
from backend.graphql.scalars import Money, config
from backend.kit.actor import Actor
from tests.graphql.reads.example import queries, tables
from tests.graphql.reads.example.schema import Organisation, Person, schema
from tests.graphql.reads.small import BUYER


def by_value(actor: Actor, row: Any) -> Any:
    return true() if actor.organisation_id == 1 else false()


def by_text(actor: Actor, row: Any) -> Any:
    return true() if actor.language == "fi" else false()


def by_stray_row(actor: Actor, row: Any) -> Any:
    return exists().where(tables.order.c.org_id == 1, exists().where(tables.person.c.id == row.requester_id))


def found(query: type, *types: type) -> list[str]:
    return list(problems(strawberry.Schema(query, types=types, config=config())._schema, {}))


@pytest.mark.parametrize(
    ("careless", "message"),
    [(by_value, "Boolean value of this"), (by_text, "Boolean value of this"), (by_stray_row, "must correlate")],
)
def test_a_careless_condition_does_not_become_a_plan(
    careless: Any, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    @shape(tables.ticket, careless)
    class Careless(Node):
        """One."""

        title: str = column("Its title.")

    @root
    class Query:
        """All."""

        careless: Careless | None = one(
            lambda _, t, id: t.id == id.of("Careless"), "One.", seen_by=everyone, id=argument(strawberry.ID, "Which.")
        )

    async def fetch(sql: bytes, parameters: Any, *, anew: bool = False) -> bytes | None:
        raise AssertionError(sql)

    body = asyncio.run(
        Door(assemble([Query], kinds={}), fetch).execute('{ careless(id: "Careless:1") { title } }', {}, BUYER)
    )
    assert b"INTERNAL" in body
    assert message in caplog.text


def test_the_example_declares_everything() -> None:
    assert list(problems(schema._schema, {})) == []


def test_what_a_type_gets_wrong_is_found() -> None:
    @shape(tables.ticket, queries.of_organisation, sort=newest("due_at", "id"))
    class Wrong(Node):
        """Wrong."""

        due_at: str = column("Null at times.")
        missing: str = column("Nowhere.")
        secret: str = sql(lambda t: literal("s"), "Hidden.", seen_by=lambda actor: False)
        requester: Person = one(lambda t, p: p.id == t.requester_id, "Hidden at times.")
        resolved: str = strawberry.field(resolver=lambda: "x", description="By a resolver.")
        price: Money = embedded(lambda t: {"amount": t.id}, "Half of it.")
        about: Subject = ref(lambda t: (t.kind, t.id), "Hidden at times.")
        title: str

    @root
    class Query:
        """All."""

        wrong: Wrong | None = one(lambda _, t: true(), "One.", seen_by=everyone)

    found_ = found(Query, Organisation)
    assert found_ == [
        "Wrong.title: not described",
        "Wrong: keys ('due_at', 'id') must be columns, not nullable, the last unique",
        "Wrong.dueAt: the column may be null, the field may not",
        "Wrong.missing: no column of that name",
        "Wrong.secret: a field that not everyone sees must be nullable",
        "Wrong.requester: a link to a row that may be hidden must be nullable, or with_parent",
        "Wrong.resolved: a resolver does not say how the field is read: use sql, computed or a link",
        "Wrong.price: no part is called currency",
        "Wrong.about: a link to a thing that may be hidden must be nullable",
    ]


def test_keys_that_do_not_say_their_type_are_found() -> None:
    """Their cursors could be written and never be read."""
    untyped = select(
        tables.ticket, func.concat_ws("/", tables.ticket.c.id, tables.ticket.c.kind).label("key")
    ).subquery()

    @shape(untyped, queries.of_organisation, sort=newest("key"))
    class Wrong(Node):
        """Wrong."""

        title: str = column("Its title.")

    @root
    class Query:
        """All."""

        wrong: Wrong | None = one(lambda _, t: true(), "One.", seen_by=everyone)

    assert found(Query, Organisation) == [
        "Wrong: keys ('key',) must say their types, or no cursor of theirs can be read",
    ]


def test_what_a_root_gets_wrong_is_found() -> None:
    class Sort(StrEnum):
        NEWEST = "newest"

    described(Sort, "Orders.", NEWEST="New ones first.")

    @root
    class Query:
        """All."""

        person: Person = one(lambda _, p: true(), "One.", with_parent=True, seen_by=everyone)
        anybody: Person | None = one(lambda _, p: true(), "One.")
        people: Connection[Person] | None = connection(lambda _, p: true(), "All.", order=Sort, seen_by=everyone)
        plain: str | None = strawberry.field(resolver=lambda: "x", description="By a resolver.")

    assert found(Query, Organisation) == [
        "Query.person: a root field must be nullable, else its failure hides its neighbours",
        "Query.anybody: a root field says who may ask (seen_by=everyone, if everyone)",
        "Query.plain: nothing says how it is read",
        "Query.person: a field that not everyone sees must be nullable",
        "Query.people: Person has no sort keys for newest",
        "Query.plain: a resolver does not say how the field is read: use sql, computed or a link",
    ]
    with pytest.raises(WronglyDeclared, match=r"Query\.anybody"):
        assemble([Query], types=[Organisation], kinds={})


def test_an_enum_cannot_describe_a_member_that_it_has_not() -> None:
    class Sort(StrEnum):
        NEWEST = "newest"

    with pytest.raises(ValueError, match="no member OLDEST"):
        described(Sort, "Orders.", NEWEST="New ones first.", OLDEST="Old ones first.")


def test_rows_of_a_select_need_no_table() -> None:
    counted = select(tables.order.c.org_id.label("id"), sa_column("n")).subquery()

    @shape(counted, queries.organisations)
    class Count:
        """How many."""

        n: int = column("So many.")

    @root
    class Query:
        """All."""

        count: Count | None = one(lambda _, t: true(), "One.", seen_by=everyone)

    assert found(Query) == []
