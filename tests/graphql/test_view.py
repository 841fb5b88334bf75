"""GraphQL over HTTP to the letter, as its audit asks, and what we add: who asks, body size, trusted documents."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from backend.graphql.door import Door
from backend.graphql.limits import Limits
from backend.graphql.view import GRAPHQL, JSON, View, negotiate
from backend.kit.actor import Actor
from tests.graphql.reads.base import Base
from tests.graphql.reads.example.schema import schema
from tests.graphql.reads.example.verbs import Direct
from tests.graphql.reads.small import BUYER

MUTATION = 'mutation { renameJob(input: {orderId: "Job:1", title: "x", expectedVersion: 2}) { order { id } } }'
FAULTY = [("{", {}), ("{ nothing }", {}), ("query($n: Int!) { events(first: $n) { totalCount } }", {"n": "x"})]


class Client(httpx.AsyncClient):
    async def ask(self, query: Any = "{ __typename }", accept: str = JSON, **more: Any) -> httpx.Response:
        return await self.post("/graphql", json={"query": query, **more}, headers={"accept": accept})


@pytest.fixture
async def client(rows: Base) -> AsyncIterator[Client]:
    async def actor_of(scope: Any) -> Actor | None:
        return None if dict(scope["headers"]).get(b"authorization") == b"Bearer bad" else BUYER

    door = Door(schema, rows.fetch, Direct(), limits=Limits(body=2_000))
    door.trust({"sha256:abc": "query Me { me { id } }"})
    transport = httpx.ASGITransport(View(door, actor_of))  # type: ignore[arg-type]
    async with Client(transport=transport, base_url="http://portal") as client:
        yield client


@pytest.mark.parametrize("media", [GRAPHQL, JSON])
async def test_it_answers_in_the_media_type_that_is_accepted_and_in_utf_8(client: Client, media: str) -> None:
    response = await client.ask('{ node(id: "Ticket:1") { ... on Ticket { title } } }', media)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media}; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.json()["data"] == {"node": {"title": "Älä"}}


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON), ("", JSON), ("*/*", JSON), ("application/*", JSON), ("text/html, */*;q=0.1", JSON),
        ("application/json, application/graphql-response+json", GRAPHQL),
        ("application/graphql-response+json;q=0.5, application/json", JSON),
        ("application/json; charset=utf-8", JSON), ("application/json; charset=latin-1", None),
        ("text/html", None), ("application/json;q=0", None), ("application/json;q=x", None),
    ],
)  # fmt: skip
def test_the_best_media_type_is_chosen(accept: str | None, media: str | None) -> None:
    assert negotiate(accept) == media


async def test_what_cannot_be_accepted_is_406(client: Client) -> None:
    assert (await client.ask(accept="text/html")).status_code == 406


@pytest.mark.parametrize(("query", "variables"), FAULTY)
async def test_a_request_that_is_not_executed_is_400_in_the_new_media_type_and_200_in_the_old(
    client: Client, query: str, variables: Any
) -> None:
    new, old = [await client.ask(query, media, variables=variables) for media in (GRAPHQL, JSON)]
    assert (new.status_code, old.status_code) == (400, 200)
    assert new.json().keys() == old.json().keys() == {"errors"}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"1", b"{}", b'{"query": 1}', b'{"query": {}}', b'{"query": ["{ me { id } }"]}',
        b'{"query": ""}',
        b'{"query": "{ __typename }", "operationName": 1}', b'{"query": "{ __typename }", "variables": [1]}',
        b'{"query": "{ __typename }", "variables": "{}"}', b'{"query": "{ __typename }", "extensions": "x"}',
        b'[{"query": "{ __typename }"}]', b'{"query": "\xff"}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("media", [GRAPHQL, JSON])
async def test_what_is_no_graphql_request_is_400(client: Client, body: bytes, media: str) -> None:
    response = await client.post("/graphql", content=body, headers={"content-type": JSON, "accept": media})
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($id: ID!) { node(id: $id) { id } }", {"id": "Order:1\0"}),
        (r'{ node(id: "Order:1\u0000") { id } }', {}),
    ],
)
async def test_a_character_that_no_text_can_hold_is_the_callers_fault(
    client: Client, query: str, variables: dict[str, str]
) -> None:
    response = await client.ask(query, GRAPHQL, variables=variables)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_nulls_stand_for_what_is_left_out(client: Client) -> None:
    response = await client.ask(variables=None, operationName=None, extensions=None)
    assert response.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        f"{JSON}; charset=latin-1",
    ],
)
async def test_a_post_of_anything_but_json_in_utf_8_is_415(client: Client, content_type: str | None) -> None:
    headers = {"content-type": content_type} if content_type else {}
    response = await client.post("/graphql", content=b'{"query": "{ __typename }"}', headers=headers)
    assert response.status_code == 415


async def test_a_get_runs_a_query_with_its_variables(client: Client) -> None:
    query = "query A($n: Int) { events(first: $n) { totalCount } } query B { me { id } }"
    parameters = {"query": query, "operationName": "A", "variables": json.dumps({"n": 1})}
    response = await client.get("/graphql", params=parameters)
    assert response.json()["data"] == {"events": {"totalCount": 2}}


async def test_a_get_does_not_run_a_mutation(client: Client) -> None:
    response = await client.get("/graphql", params={"query": MUTATION})
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert (await client.ask(MUTATION)).json()["data"] == {"renameJob": {"order": {"id": "Job:1"}}}


@pytest.mark.parametrize("query", ["", "query=%7B__typename%7D&query=x", "query=%7B__typename%7D&variables=x", "%ff=1"])
async def test_a_query_string_that_says_nothing_clear_is_400(client: Client, query: str) -> None:
    assert (await client.get(f"/graphql?{query}")).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_405(client: Client, method: str) -> None:
    response = await client.request(method, "/graphql")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


async def test_whoever_is_not_known_is_401(client: Client) -> None:
    response = await client.post("/graphql", json={"query": "{ __typename }"}, headers={"authorization": "Bearer bad"})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_body_that_is_too_large_is_413_whether_its_length_is_said_or_not(client: Client) -> None:
    large = json.dumps({"query": "{ __typename }" + " " * 2_000}).encode()

    async def pieces() -> AsyncIterator[bytes]:
        yield large[:1_500]
        yield large[1_500:]

    for content in (large, pieces()):
        response = await client.post("/graphql", content=content, headers={"content-type": JSON})
        assert response.status_code == 413


async def test_a_trusted_document_runs_by_its_id_in_either_form(client: Client) -> None:
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": "abc"}}
    for body in ({"documentId": "sha256:abc"}, {"extensions": persisted}):
        assert (await client.post("/graphql", json=body)).json()["data"] == {"me": {"id": "Person:1"}}
    response = await client.post("/graphql", json={"documentId": "sha256:xyz"}, headers={"accept": GRAPHQL})
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


async def test_the_cost_is_told_with_every_answer(client: Client) -> None:
    response = await client.ask("{ events(first: 3) { nodes { subject { id } } } }")
    assert response.json()["extensions"]["cost"] == {"requested": 7, "limit": 20_000}


async def test_a_failure_of_ours_is_500() -> None:
    async def broken(sql: bytes, parameters: Any) -> bytes | None:
        raise OSError

    async def actor_of(scope: Any) -> Actor | None:
        return BUYER

    transport = httpx.ASGITransport(View(Door(schema, broken), actor_of))  # type: ignore[arg-type]
    async with Client(transport=transport, base_url="http://portal") as failing:
        response = await failing.ask()
    assert response.status_code == 500
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
