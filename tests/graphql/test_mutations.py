"""A mutation is an input, a verb and a payload; identifiers, keys, versions and refusals go where they belong."""

import asyncio
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson
import pytest

from backend.graphql.door import Door, Faults
from backend.graphql.errors import formatted
from backend.graphql.inputs import value
from backend.graphql.mutations import mutation, registry
from backend.kit.amounts import Minutes
from backend.kit.refs import Ref
from tests.graphql.reads.base import Base
from tests.graphql.reads.example import verbs
from tests.graphql.reads.example.schema import schema
from tests.graphql.reads.small import BUYER

CLOSE = """mutation($input: ShutTicketInput!) { shutTicket(input: $input) {
    ticket { id } userErrors { code message path rule limit actual } } }"""


def close(rows: Base, entrance: verbs.Direct, **given: Any) -> Any:
    variables = {"input": {"ticketId": "Ticket:1", "idempotencyKey": "k", **given}}
    response = orjson.loads(asyncio.run(Door(schema, rows.fetch, entrance).execute(CLOSE, variables, BUYER)))
    return response["data"]["shutTicket"] if "errors" not in response else response


def test_a_verb_gets_keys_refs_and_its_own_values(rows: Base) -> None:
    entrance = verbs.Direct()
    lines = [{"personId": "Person:2", "minutes": 45}]
    close(rows, entrance, lines=lines, about="Job:7", amount="12.50")
    assert entrance.asked == [
        {
            "verb": verbs.close_ticket, "key": "k", "act": "shut_ticket",
            "ticket_id": 1, "lines": [verbs.Line(2, Minutes(45))],
            "about": Ref("Job", 7), "amount": Decimal("12.50"),
        }
    ]  # fmt: skip


def test_what_is_left_out_is_none(rows: Base) -> None:
    entrance = verbs.Direct()
    close(rows, entrance, amount=None)
    asked = entrance.asked[0]
    assert (asked["lines"], asked["about"], asked["amount"]) == (None, None, None)


def test_identifiers_of_nothing_or_of_another_kind_are_told_at_once_and_no_verb_is_called(rows: Base) -> None:
    entrance = verbs.Direct()
    lines = [{"personId": "Person:1", "minutes": 1}, {"personId": "Job:1", "minutes": 1}]
    got = close(rows, entrance, ticketId="Job:1", lines=lines, about="nothing")
    assert [(e["code"], e["path"]) for e in got["userErrors"]] == [
        ("NOT_FOUND", ["ticketId"]), ("NOT_FOUND", ["lines", "1", "personId"]), ("NOT_FOUND", ["about"]),
    ]  # fmt: skip
    assert got["ticket"] is None
    assert not entrance.asked


def test_a_refusal_is_data_with_its_rule_its_place_and_its_figures_in_the_readers_language(rows: Base) -> None:
    got = close(rows, verbs.Direct(), ticketId="Ticket:98")
    assert got["userErrors"] == [
        {
            "code": "BROKEN_RULE", "message": "Only 7,5\u00a0h.", "path": ["lines", "0", "minutes"],
            "rule": "H11.8.1-b", "limit": "7,5\u00a0h", "actual": None,
        }
    ]  # fmt: skip


@pytest.mark.rule("D0-a")
def test_a_key_that_does_not_reach_so_far_is_what_the_refusal_names(rows: Base) -> None:
    entrance, reader = verbs.Direct(), replace(BUYER, only_reads=True, only_by_right=True)
    variables = {"input": {"ticketId": "Ticket:1", "idempotencyKey": "k"}}
    got = orjson.loads(asyncio.run(Door(schema, rows.fetch, entrance).execute(CLOSE, variables, reader)))
    (error,) = got["data"]["shutTicket"]["userErrors"]
    assert (error["code"], error["message"].partition(":")[0]) == ("NOT_PERMITTED", "This key is not good for that")
    assert not entrance.asked


def test_an_empty_idempotency_key_is_none(rows: Base) -> None:
    got = close(rows, verbs.Direct(), idempotencyKey="")
    assert [(e["code"], e["path"]) for e in got["userErrors"]] == [("REQUIRED", ["idempotencyKey"])]


def test_a_key_that_no_index_takes_is_refused(rows: Base) -> None:
    entrance = verbs.Direct()
    got = close(rows, entrance, idempotencyKey="ä" * 201)
    assert [(e["code"], e["path"]) for e in got["userErrors"]] == [("INVALID", ["idempotencyKey"])]
    assert not entrance.asked
    assert not close(rows, entrance, idempotencyKey="ä" * 200)["userErrors"]


def test_a_failing_mutation_is_masked_and_does_not_hide_what_another_committed(rows: Base) -> None:
    document = """mutation {
        a: shutTicket(input: {ticketId: "Ticket:1", idempotencyKey: "1"}) { ticket { id } }
        b: shutTicket(input: {ticketId: "Ticket:97", idempotencyKey: "2"}) { ticket { id } }
        c: renameJob(input: {orderId: "Job:1", title: "x", expectedVersion: 2}) { order { id } } }"""
    body = asyncio.run(Door(schema, rows.fetch, verbs.Direct()).execute(document, {}, BUYER))
    got = orjson.loads(body)
    assert got["data"] == {"a": {"ticket": {"id": "Ticket:1"}}, "b": None, "c": {"order": {"id": "Job:1"}}}
    assert [(e["path"], e["extensions"]["code"]) for e in got["errors"]] == [(["b"], "INTERNAL")]
    assert b"secret" not in body


SHUT = r'shutTicket(input: {ticketId: "Ticket:\1", idempotencyKey: "k"})'
DOCUMENTS = {
    "its payload in pieces": """mutation {
        a: shut(98) { ...P ticket { id } ... { ticket { t: title } } userErrors { c: code } } }
        fragment P on ShutTicketPayload { __typename userErrors { path ...E } }
        fragment E on UserError { __typename message }""",
    "what is skipped": """mutation ($no: Boolean = false, $yes: Boolean!) {
        a: shut(1) @include(if: $no) { ticket { id } }
        b: shut(2) { ticket @skip(if: $yes) { id } userErrors @include(if: $yes) { code } } }""",
    "one that fails between others": """mutation {
        a: shut(1) { ticket { id } } b: shut(97) { ticket { id } } c: shut(2) { ticket { id } } }""",
    "a variable within what was done": """mutation ($first: Int) {
        a: shut(1) { ticket { ...T } } }
        fragment T on Ticket { comments(first: $first) { nodes { body } } }""",
    "what cannot be read of it": """mutation ($first: Int = -1) {
        a: shut(1) { ticket { comments(first: $first) { nodes { body } } } userErrors { code } }
        b: shut(2) { ticket { id } } }""",
    "the name of its type": "mutation { __typename a: shut(1) { ticket { id } } }",
    "a null that includes": "mutation ($null: Boolean = true) { a: shut(1) @include(if: $null) { ticket { id } } }",
    "a null within": "mutation ($null: Boolean = true) { a: shut(1) { ... @skip(if: $null) { ticket { id } } } }",
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_it_is_answered_as_by_ordinary_execution(rows: Base, document: str) -> None:
    document = re.sub(r"shut\((\d+)\)", SHUT, document)
    given = {"$yes": {"yes": True}, "$first: Int)": {"first": 1}, "$null": {"null": None}}
    variables: dict[str, Any] = next((values for name, values in given.items() if name in document), {})
    entrance = verbs.Direct()
    door = Door(schema, rows.fetch, entrance)

    async def both() -> tuple[Any, Any, Any]:
        answer = orjson.loads((await door.answer(document, variables, BUYER)).body)
        asked, entrance.asked = entrance.asked, []
        _, operation = door.find(document, None, by_id=False)
        context = {"actor": BUYER, "entrance": entrance}
        return answer, await door.reads.execute(operation, operation.read(variables), BUYER, context), asked

    answer, ordinary, asked = asyncio.run(both())
    assert answer["data"] == orjson.loads(orjson.dumps(ordinary.data)) and asked == entrance.asked
    errors = formatted(ordinary.errors or [])
    for error in (*errors, *answer.get("errors", ())):
        error["extensions"].pop("reference", None)
    assert answer.get("errors", []) == orjson.loads(orjson.dumps(errors))


def test_what_is_chosen_around_the_thing_chooses_what_is_read_of_it(rows: Base) -> None:
    document = """mutation($a: Boolean!) { shutTicket(input: {ticketId: "Ticket:1", idempotencyKey: "1"}) {
        ... @include(if: $a) { ticket { id } } ... @skip(if: $a) { ticket { title } } } }"""
    door = Door(schema, rows.fetch, verbs.Direct())
    got = [asyncio.run(door.read(document, {"a": a}, BUYER))["shutTicket"]["ticket"] for a in (True, False, True)]
    assert [list(ticket) for ticket in got] == [["id"], ["title"], ["id"]]


def test_where_errors_cannot_be_told_no_payload_is_given(rows: Base) -> None:
    document = """mutation {
        a: shutTicket(input: {ticketId: "Ticket:96", idempotencyKey: "1"}) { userErrors { code } ticket { id } }
        b: shutTicket(input: {ticketId: "Ticket:1", idempotencyKey: "2"}) { ticket { id } } }"""
    got = orjson.loads(asyncio.run(Door(schema, rows.fetch, verbs.Direct()).execute(document, {}, BUYER)))
    assert got["data"] == {"a": None, "b": {"ticket": {"id": "Ticket:1"}}}
    assert [error["path"] for error in got["errors"]] == [["a", "userErrors"]]


def test_an_edit_names_the_version_it_was_made_from(rows: Base) -> None:
    document = """mutation($edit: RenameJobInput!) { renameJob(input: $edit) { userErrors { code path } } }"""
    door, edit = Door(schema, rows.fetch, verbs.Direct()), {"orderId": "Job:1", "title": "x"}
    got = asyncio.run(door.read(document, {"edit": {**edit, "expectedVersion": 1}}, BUYER))
    assert got["renameJob"]["userErrors"] == [{"code": "VERSION_CONFLICT", "path": ["expectedVersion"]}]
    got = asyncio.run(door.read(document, {"edit": {**edit, "expectedVersion": 2}}, BUYER))
    assert got["renameJob"]["userErrors"] == []
    with pytest.raises(Faults, match="expectedVersion"):
        asyncio.run(door.read(document, {"edit": edit}, BUYER))


def test_every_mutation_is_in_the_registry_with_its_verb_and_its_rights() -> None:
    declared = registry["shut_ticket"]
    assert (declared.verb, declared.by, declared.rule) == (verbs.close_ticket, ("close_tickets",), "H11.8.3-d")
    assert registry["rename_job"].by == ()
    published = schema._schema.mutation_type.fields
    assert {"shutTicket", "renameJob"} == set(published)


def test_two_mutations_of_one_name_are_refused() -> None:
    async def verb(session: Any, actor: Any, *, now: Any) -> None: ...

    with pytest.raises(ValueError, match="two mutations are called ShutTicket"):

        @mutation(verb)
        class ShutTicket:
            """Again."""

            note: str | None = value("Why.", default=None)
