"""Bodies through the schema: a discussion by mutations alone; in no field, search, count or timeline others see it."""

from typing import Any
from uuid import uuid4

from backend.kit.actor import Actor
from backend.kit.database import Sessions
from tests.governance.making import make_circle
from tests.graphql.asking import Ask, prepare

WRITE = """mutation($input: WriteBodyPostInput!) {
  writeBodyPost(input: $input) { bodyPost { id text writtenAs availableActions } userErrors { code path } }
}"""
WITHDRAW = """mutation($input: WithdrawBodyPostInput!) {
  withdrawBodyPost(input: $input) { bodyPost { id text withdrawReason } userErrors { code path } }
}"""
LOOK = """query($body: ID!, $post: ID!) {
  body(id: $body) {
    availableActions seatCount mySeat { kind }
    seats { nodes { personName organisationName namedBy { id } } }
    posts { totalCount nodes { id text writerName answers { id } availableActions } }
    timeline { nodes { name } }
  }
  bodies { totalCount }
  bodySeats { totalCount }
  node(id: $post) { id }
  search(words: "ideoita", kind: POST) { totalCount nodes { thing { id } } }
}"""


async def test_those_who_sit_there_read_by_every_way_and_others_by_none(ask: Ask, sessions: Sessions) -> None:
    c = await prepare(sessions, make_circle)
    body = str(c.body.ref)

    async def write(who: Actor, text: str, **more: Any) -> dict[str, Any]:
        given = {"bodyId": body, "text": text, "idempotencyKey": str(uuid4()), **more}
        payload: dict[str, Any] = (await ask(who, WRITE, input=given))["writeBodyPost"]
        return payload

    first = (await write(c.supplier, "Ideoita ensi vuodelle."))["bodyPost"]
    assert (first["writtenAs"], first["availableActions"]) == ("MEMBER", ["ANSWER", "WITHDRAW"])
    second = (await write(c.nordby, "Kiitos.", answersId=first["id"]))["bodyPost"]
    refused = await write(c.colleague, "Minäkin.")
    assert (refused["bodyPost"], refused["userErrors"][0]["code"]) == (None, "NOT_FOUND")

    seen = await ask(c.mallila, LOOK, body=body, post=first["id"])
    assert seen["body"]["availableActions"] == ["WRITE"] and seen["body"]["mySeat"] == {"kind": "MEMBER"}
    assert [(p["id"], p["answers"]) for p in seen["body"]["posts"]["nodes"]] == [
        (second["id"], {"id": first["id"]}),
        (first["id"], None),
    ]
    assert len(seen["body"]["seats"]["nodes"]) == seen["body"]["seatCount"] == 4
    assert seen["search"]["nodes"] == [{"thing": {"id": first["id"]}}]
    assert [e["name"] for e in seen["body"]["timeline"]["nodes"]][:2] == ["body_post.written"] * 2

    nothing = {"totalCount": 0}
    for other in (c.colleague, c.stranger):
        seen = await ask(other, LOOK, body=body, post=first["id"])
        assert (seen["body"], seen["node"], seen["bodies"], seen["bodySeats"]) == (None, None, nothing, nothing)
        assert seen["search"]["totalCount"] == 0

    given = {"postId": first["id"], "reason": "Väärä liite.", "idempotencyKey": str(uuid4())}
    payload = (await ask(c.supplier, WITHDRAW, input=given))["withdrawBodyPost"]
    assert payload["bodyPost"] == {"id": first["id"], "text": None, "withdrawReason": "Väärä liite."}
    for who, text in ((c.mallila, None), (c.of_tiera, "Ideoita ensi vuodelle.")):
        seen = await ask(who, LOOK, body=body, post=first["id"])
        assert seen["body"]["posts"]["nodes"][1]["text"] == text
        assert seen["search"]["totalCount"] == 0
    assert (await write(c.tiera, "Jatketaan.", answersId=first["id"]))["userErrors"][0]["path"] == ["answersId"]
