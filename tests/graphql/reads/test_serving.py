"""Payloads, mixed documents, refusals; and documents, plans and statements are made once."""

import asyncio
from dataclasses import replace
from typing import Any

import orjson
import pytest

from backend.graphql.door import Door, Faults
from backend.graphql.limits import Limits
from backend.kit.actor import Actor
from tests.graphql.reads.base import Base
from tests.graphql.reads.example.schema import schema
from tests.graphql.reads.example.verbs import Direct
from tests.graphql.reads.small import BUYER, CUSTOMER, SUPPLIER

CLOSE = """mutation($input: ShutTicketInput!, $n: Int) { shutTicket(input: $input) {
    ticket { id title comments(first: $n) { totalCount } availableActions }
    userErrors { code path rule message limit } } }"""


def ask(rows: Base, document: str, actor: Actor = BUYER, **variables: Any) -> Any:
    door = Door(schema, rows.fetch, Direct(), limits=Limits(aliases=200))
    response = orjson.loads(asyncio.run(door.execute(document, variables, actor)))
    response.pop("extensions", None)
    return response


def test_a_payload_reads_its_node_by_the_same_shape(rows: Base) -> None:
    ticket = {"id": "Ticket:1", "title": "Älä", "comments": {"totalCount": 0}, "availableActions": ["ASSIGN", "CLOSE"]}
    got = ask(rows, CLOSE, input={"ticketId": "Ticket:1", "idempotencyKey": "k"}, n=2)
    assert got == {"data": {"shutTicket": {"ticket": ticket, "userErrors": []}}}
    assert len(rows.statements) == 1


def test_a_payload_shows_nothing_that_its_actor_may_not_see(rows: Base) -> None:
    closer = replace(SUPPLIER, rights=BUYER.rights)
    got = ask(rows, CLOSE, closer, input={"ticketId": "Ticket:1", "idempotencyKey": "k"})
    assert got == {"data": {"shutTicket": {"ticket": None, "userErrors": []}}}


def test_a_document_with_introspection_is_executed_in_the_ordinary_way(rows: Base) -> None:
    got = ask(
        rows, '{ node(id: "Ticket:1") { id } __schema { queryType { name } } timeEntries { totalCount } }', CUSTOMER
    )
    node, types = {"id": "Ticket:1"}, {"queryType": {"name": "Query"}}
    assert got["data"] == {"node": node, "__schema": types, "timeEntries": None}
    assert got["errors"][0]["path"] == ["timeEntries"]
    assert got["errors"][0]["extensions"]["code"] == "NOT_PERMITTED"


def test_a_root_field_that_an_actor_may_not_ask_for_is_null_and_says_so_beside_the_others(rows: Base) -> None:
    got = ask(rows, '{ hours: timeEntries { totalCount } node(id: "Job:1") { id } }', CUSTOMER)
    assert got["data"] == {"hours": None, "node": {"id": "Job:1"}}
    assert [(e["path"], e["extensions"]["code"]) for e in got["errors"]] == [(["hours"], "NOT_PERMITTED")]


def test_a_timeline_shows_its_subjects_by_what_they_have_in_common_and_by_what_each_is(rows: Base) -> None:
    document = """{ events { nodes { subject { __typename id number title url
        ... on Job { booked(billable: true) summary } ... on Ticket { summary availableActions } } } } }"""
    order = {"__typename": "Job", "id": "Job:1", "number": "O-1", "title": "Work", "url": "/orders/1/O-1",
             "booked": 45, "summary": "Work for customer"}  # fmt: skip
    ticket = {"__typename": "Ticket", "id": "Ticket:1", "number": "T-1", "title": "Älä", "url": "/tickets",
              "summary": "T-1 (change)", "availableActions": ["ASSIGN"]}  # fmt: skip
    got = ask(rows, document, CUSTOMER)
    assert got == {"data": {"events": {"nodes": [{"subject": order}, {"subject": ticket}]}}}
    got = ask(rows, document, SUPPLIER)
    assert got == {"data": {"events": {"nodes": [{"subject": None}, {"subject": None}]}}}


def test_decimals_that_python_reckons_with_are_exact(rows: Base) -> None:
    got = ask(rows, '{ node(id: "InvoiceLine:1") { ... on InvoiceLine { half unitPrice { amount currency } } } }')
    assert got["data"]["node"] == {"half": "71.25", "unitPrice": {"amount": "95.000000", "currency": "EUR"}}


@pytest.mark.parametrize(
    ("document", "variables", "code", "message"),
    [
        ("{ nothing }", {}, "BAD_REQUEST", "Cannot query field 'nothing' on type 'Query'."),
        ("{ ticket { id } }", {}, "BAD_REQUEST", "Cannot query field 'ticket' on type 'Query'."),
        ("{", {}, "GRAPHQL_PARSE_FAILED", "Syntax Error: Expected Name, found <EOF>."),
        ("{ tickets(first: 101) { totalCount nodes { id } } }", {}, "BAD_USER_INPUT", "first must be from 0 to 100"),
        ("query($n: Int) { tickets(first: $n) { nodes { id } } }", {"n": -1}, "BAD_USER_INPUT", "first must be from 0"),
        ("query($n: Int) { tickets(first: $n) { totalCount } }", {"n": -1}, "BAD_USER_INPUT", "first must be from 0"),
        ('{ tickets(after: "WzFd") { nodes { id } } }', {}, "BAD_USER_INPUT", "after is no cursor of this list"),
        ('{ tickets(after: "%") { nodes { id } } }', {}, "BAD_USER_INPUT", "after is no cursor of this list"),
        (
            "query($c: String) { tickets(after: $c, orderBy: MOST_URGENT) { nodes { id } } }",
            {"c": "WyIyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgMV0="}, "BAD_USER_INPUT", "after is no cursor of this list",
        ),
        (
            '{ tickets(after: "WzE4NDQ2NzQ0MDczNzA5NTUxNjE1XQ==", orderBy: MOST_URGENT) { nodes { id } } }',
            {}, "BAD_USER_INPUT", "after is no cursor of this list",
        ),
        (
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["Job:1"] * 101},
            "BAD_USER_INPUT", "at most 100 identifiers at a time",
        ),
        ("query A { me { id } } query B { me { id } }", {}, "BAD_REQUEST", "operationName must say which operation"),
    ],
)  # fmt: skip
def test_a_fault_is_told_and_nothing_is_answered(
    rows: Base, document: str, variables: dict[str, Any], code: str, message: str
) -> None:
    got = ask(rows, document, **variables)
    assert got["errors"][0]["message"].startswith(message)
    assert got["errors"][0]["extensions"]["code"] == code
    assert not got.get("data")
    assert not rows.statements


def test_a_value_that_no_type_takes_is_told_with_its_place_in_the_variables(rows: Base) -> None:
    given = {"ticketId": "Ticket:1", "idempotencyKey": "k", "lines": [{"personId": "Person:1", "minutes": "7h"}]}
    got = ask(rows, CLOSE, input=given)
    assert got["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "path": ["input", "lines", 0, "minutes"]}
    assert "data" not in got


def test_a_text_with_a_nul_is_the_callers_fault(rows: Base) -> None:
    got = ask(rows, "query($w: String) { tickets(where: {words: $w}) { totalCount } }", w="\0")
    assert got["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_failure_of_ours_is_masked_and_has_a_reference(rows: Base, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(sql: bytes, parameters: Any) -> bytes | None:
        raise OSError("the secret address of a database")

    body = asyncio.run(Door(schema, broken).execute('{ node(id: "Ticket:1") { id } }', {}, BUYER))
    error = orjson.loads(body)["errors"][0]
    assert error["message"] == "Something went wrong on our side."
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["reference"] in caplog.text
    assert b"secret" not in body


def test_a_hundred_and_sixty_fields_of_one_object_keep_their_order(rows: Base) -> None:
    fields = " ".join(f"f{i}: {['title', 'number', '__typename'][i % 3]}" for i in range(160))
    got = ask(rows, f'{{ node(id: "Ticket:1") {{ ... on Ticket {{ {fields} }} }} }}')
    assert list(got["data"]["node"].items()) == [(f"f{i}", ["Älä", "T-1", "Ticket"][i % 3]) for i in range(160)]


def test_actors_of_one_form_share_a_plan_and_get_their_own_answers(rows: Base) -> None:
    door = Door(schema, rows.fetch)
    document = "{ me { id isMe } viewer { language roles } }"
    first = asyncio.run(door.read(document, {}, Actor(CUSTOMER.kind, 3, 3)))
    second = asyncio.run(door.read(document, {}, Actor(CUSTOMER.kind, 2, 2, language=SUPPLIER.language)))
    assert first == {"me": {"id": "Person:3", "isMe": True}, "viewer": {"language": "FI", "roles": []}}
    assert second == {"me": {"id": "Person:2", "isMe": True}, "viewer": {"language": "SV", "roles": []}}
    assert rows.statements[0] == rows.statements[1]
    assert [len(o.made) for o in door.reads.documents.of(document).operations.values()] == [1]


def test_a_page_gets_plain_data_and_its_faults_as_an_exception(rows: Base) -> None:
    door = Door(schema, rows.fetch)
    door.trust({"tickets/list": "query($n: Int) { tickets(first: $n) { nodes { number } } }"})
    assert asyncio.run(door.read("tickets/list", {"n": 1}, BUYER)) == {"tickets": {"nodes": [{"number": "T-1"}]}}
    with pytest.raises(Faults) as faults:
        asyncio.run(door.read("tickets/list", {"n": 101}, BUYER))
    assert faults.value.codes == {"BAD_USER_INPUT"}


def test_a_document_of_a_page_that_is_not_valid_keeps_the_server_from_starting(rows: Base) -> None:
    with pytest.raises(ValueError, match="tickets/list: Cannot query field"):
        Door(schema, rows.fetch).trust({"tickets/list": "{ ticketz { id } }"})


def test_only_trusted_documents_run_where_it_is_so_set(rows: Base) -> None:
    door = Door(schema, rows.fetch, trusted_only=True)
    door.trust({"me": "{ me { id } }"})
    assert asyncio.run(door.read("me", {}, BUYER)) == {"me": {"id": "Person:1"}}
    with pytest.raises(Faults) as faults:
        asyncio.run(door.read("{ me { id } }", {}, BUYER))
    assert faults.value.codes == {"DOCUMENT_NOT_TRUSTED"}
