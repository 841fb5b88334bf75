"""Subscriptions by a real client of websockets: who is told that something changed, and who is refused."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import sqlalchemy as sa
import websockets
from starlette.applications import Starlette

from backend.graphql.subscribing import Bounds
from backend.kit import events
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.events import REFS_AT_ONCE, Announcement, Audience, announcements
from backend.kit.refs import Ref
from backend.orders.model import Order
from backend.parties.model import Person
from backend.tickets.message_verbs import release_message, write_message
from tests.databases import Server
from tests.graphql.live_scene import CHANGED, Scene, closed, heard, refusal, running, say, settled, subscribe, told
from tests.identity.making import add_password
from tests.making import NOW, make_service
from tests.tickets.making import Desk, make_ticket_at_supplier


@pytest.fixture(scope="module")
def application(
    test_server: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Starlette]]:
    """One for all tests of this module; what they write stays, and each has parties of its own."""
    name = test_server.create(template)
    with running(test_server.url_of(name), tmp_path_factory.mktemp("live")) as (address, app):
        yield address, app
    test_server.drop(name)


@pytest.fixture
async def scene(application: tuple[str, Starlette]) -> AsyncIterator[Scene]:
    async with settled(*application) as scene:
        yield scene


@pytest.mark.parametrize("who", ["tiera", "supplier", "customer"])
async def test_whoever_may_see_a_thing_is_told_that_it_changed_and_nothing_else(scene: Scene, who: str) -> None:
    async with scene.conversation(who, scene.order) as line:
        await scene.deliver()
        message = await heard(line)
        assert (message["id"], message["type"]) == ("1", "next")
        changed = message["payload"]["data"]["changed"]
        assert changed.keys() == {"id", "at"}
        assert changed["id"] == scene.order
        await say(line, "complete", id="1")
        await scene.until(lambda: not scene.live.watched)


async def test_what_happens_within_a_thing_changes_it_too_for_those_who_may_know_of_it(scene: Scene) -> None:
    async with scene.conversation("supplier", scene.order) as supplier, scene.conversation("customer") as customer:
        await subscribe(customer, scene.order)
        await scene.until(lambda: sum(map(len, scene.live.watched.values())) == 2)
        await say(customer, "ping")
        assert await heard(customer) == {"type": "pong"}
        await scene.forecast()
        assert await told(supplier) == scene.order
        await scene.deliver()
        assert await told(supplier) == scene.order
        first = await heard(customer)
        assert first["type"] == "next"
        await say(customer, "ping")
        assert await heard(customer) == {"type": "pong"}  # once, though two things happened: forecasts are not theirs


@pytest.mark.rule("H11.4-a")
async def test_a_customer_is_not_told_of_words_that_wait_for_release(scene: Scene) -> None:
    people = scene.parties
    async with scene.house.sessions.begin() as session:
        desk = Desk(people, await make_service(session, people.agreement))
        ticket = await make_ticket_at_supplier(session, desk, now=scene.live.clock())
        id = str(ticket.ref)
    async with scene.conversation("supplier", id) as supplier, scene.conversation("customer") as customer:
        await subscribe(customer, id)
        await scene.until(lambda: sum(map(len, scene.live.watched.values())) == 2)
        await say(customer, "ping")
        assert await heard(customer) == {"type": "pong"}
        enter = scene.house.entrance.enter
        written = await enter(people.supplier_manager, write_message, ticket_id=ticket.id, text="Salaisuus")
        assert await told(supplier) == id
        await say(customer, "ping")
        assert await heard(customer) == {"type": "pong"}, "nothing came before it"
        (await enter(people.tiera_manager, release_message, message_id=written.thing().id)).thing()
        assert await told(customer) == id


@pytest.mark.parametrize("named", ["the order", "Order:999999", "Nothing:1", "x", "Order"])
async def test_what_one_may_not_see_is_refused_like_what_is_not_there(scene: Scene, named: str) -> None:
    async with scene.conversation("other") as line:
        await subscribe(line, scene.order if named == "the order" else named)
        message = await heard(line)
        assert (message["id"], message["type"]) == ("1", "error")
        (error,) = message["payload"]
        assert error["extensions"]["code"] == "NOT_FOUND"
        assert error["message"] == "One of these is not there, or you may not see it."
        assert not scene.live.watched


async def test_one_thing_that_may_not_be_seen_among_others_refuses_them_all(scene: Scene) -> None:
    async with scene.conversation("supplier") as line:
        await subscribe(line, scene.order, "Order:999999")
        assert await refusal(line) == "NOT_FOUND"


async def test_visibility_is_asked_again_before_each_message(scene: Scene) -> None:
    async with scene.conversation("supplier", scene.order) as line:
        async with scene.house.sessions.begin() as session:
            moved = "UPDATE orders SET supplier_id = :other WHERE id = :id"
            await session.execute(sa.text(moved), {"other": scene.other.organisation_id, "id": scene.order_id})
        await scene.house.entrance.enter(SCHEDULE, _touched, order_id=scene.order_id)
        assert await refusal(line) == "NOT_FOUND"
        await scene.until(lambda: not scene.live.watched)


async def _touched(session: Any, actor: Actor, *, order_id: int, now: Any) -> None:
    await events.record(session, actor, "order.delivered", await session.get_one(Order, order_id), at=now)


async def test_a_key_that_is_revoked_hears_no_more(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.identity.reception.REMEMBERED_FOR", timedelta(0))
    async with scene.conversation("supplier", scene.order) as line:
        async with scene.house.sessions.begin() as session:
            revoked = "UPDATE api_tokens SET revoked_at = now() WHERE person_id = :id"
            await session.execute(sa.text(revoked), {"id": scene.parties.supplier_manager.person_id})
        await scene.deliver()
        assert await closed(line) == 4403
        await scene.until(lambda: not scene.live.watched)


@pytest.mark.parametrize("payload", [None, {}, {"Authorization": "Bearer x"}, {"authorization": 1}, "x"])
async def test_who_brings_no_key_that_fits_is_refused(scene: Scene, payload: Any) -> None:
    async with scene.open() as line:
        await say(line, "connection_init", payload=payload)
        assert await closed(line) == 4403


async def test_a_programs_key_may_come_in_the_header_too(scene: Scene) -> None:
    async with scene.open(additional_headers={"Authorization": f"Bearer {scene.keys['supplier']}"}) as line:
        await say(line, "connection_init")
        assert await heard(line) == {"type": "connection_ack"}


async def test_a_session_counts_for_our_own_pages_only(scene: Scene) -> None:
    async with scene.house.sessions.begin() as session:
        person = await session.get_one(Person, scene.parties.tiera_manager.person_id)
        await add_password(session, person)
    cookie = {"Cookie": f"istunto={await scene.house.sign_in(person)}"}
    async with scene.open(additional_headers=cookie, origin=scene.address) as line:
        await say(line, "connection_init")
        assert await heard(line) == {"type": "connection_ack"}
    async with scene.open(additional_headers=cookie) as line:
        await say(line, "connection_init")
        assert await closed(line) == 4403
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with scene.open(additional_headers=cookie, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_the_older_protocol_is_refused(scene: Scene) -> None:
    async with scene.open(protocol="graphql-ws") as line:
        assert line.subprotocol is None
        assert await closed(line) == 4406


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "subscribe", "id": "1", "payload": {"query": CHANGED}}], 4401),
        ([{"type": "connection_init"}, {"type": "connection_init"}], 4429),
        ([{"type": "connection_init"}, {"type": "nothing"}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "", "payload": {}}], 4400),
        ([{"type": "connection_init"}, []], 4400),
        ([{"type": "connection_init"}, {"id": "1"}], 4400),
    ],
)
async def test_who_does_not_keep_to_the_protocol_is_sent_away(scene: Scene, messages: list[Any], code: int) -> None:
    headers = {"Authorization": f"Bearer {scene.keys['supplier']}"}
    async with scene.open(additional_headers=headers) as line:
        for message in messages:
            await line.send(json.dumps(message))
        assert await closed(line) == code


async def test_no_two_subscriptions_have_one_name(scene: Scene) -> None:
    async with scene.conversation("supplier", scene.order) as line:
        await subscribe(line, scene.order)
        assert await closed(line) == 4409


@pytest.mark.parametrize(
    ("query", "ids", "code"),
    [
        ("{ viewer { kind } }", [], "BAD_REQUEST"),
        ("subscription { changed }", [], "BAD_REQUEST"),
        ("subscription {", [], "GRAPHQL_PARSE_FAILED"),
        (CHANGED, [], "BAD_USER_INPUT"),
        (CHANGED, ["Order:1"] * 51, "BAD_USER_INPUT"),
        (CHANGED, [None], "BAD_USER_INPUT"),
        ("", [], "BAD_REQUEST"),
    ],
)
async def test_what_cannot_be_watched_is_an_error_of_its_own(scene: Scene, query: str, ids: Any, code: str) -> None:
    async with scene.conversation("supplier") as line:
        await subscribe(line, *ids, query=query)
        assert await refusal(line) == code
        await say(line, "ping")
        assert await heard(line) == {"type": "pong"}


async def test_a_connection_has_a_few_subscriptions_and_a_program_a_few_connections(scene: Scene) -> None:
    scene.door.bounds = Bounds(subscriptions=2, connections=1)
    async with scene.conversation("supplier") as line:
        for name in "abc":
            await subscribe(line, scene.order, name=name)
        message = await heard(line)
        assert (message["id"], message["type"]) == ("c", "error")
        assert message["payload"][0]["extensions"]["code"] == "SUBSCRIPTIONS_LIMIT"
        async with scene.open() as second:
            await say(second, "connection_init", payload={"Authorization": f"Bearer {scene.keys['supplier']}"})
            assert await closed(second) == 1013
    await scene.until(lambda: not scene.door.taken)


@pytest.mark.parametrize(
    ("bounds", "code"),
    [(Bounds(start=0.05), 4408), (Bounds(idle=0.05), 1001), (Bounds(lifetime=0.05), 1001)],
)
async def test_who_says_nothing_or_stays_too_long_is_sent_away(scene: Scene, bounds: Bounds, code: int) -> None:
    scene.door.bounds = bounds
    headers = {"Authorization": f"Bearer {scene.keys['supplier']}"}
    async with scene.open(additional_headers=headers) as line:
        if bounds.start > 1:
            await say(line, "connection_init")
        assert await closed(line) == code


async def test_who_watches_is_not_idle(scene: Scene) -> None:
    scene.door.bounds = replace(scene.door.bounds, idle=0.02)
    async with scene.conversation("supplier") as line:
        await subscribe(line, scene.order)
        await scene.until(lambda: bool(scene.live.watched))
        await say(line, "ping")
        assert await heard(line) == {"type": "pong"}
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await line.recv()
        await scene.deliver()
        assert await told(line) == scene.order


async def test_a_connection_that_dies_is_forgotten(scene: Scene) -> None:
    async with scene.conversation("supplier", scene.order) as line:
        assert scene.live.watched and scene.door.taken
        line.transport.abort()
        await scene.until(lambda: not scene.live.watched and not scene.door.taken)
    await scene.deliver()


async def test_what_was_missed_while_the_database_was_away_is_told_once(database_url: str, tmp_path: Path) -> None:
    with running(database_url, tmp_path) as running_app:
        async with settled(*running_app) as scene, scene.conversation("supplier", scene.order) as line:
            await scene.deliver()
            assert await told(line) == scene.order, "nothing is being looked up when the connections end"
            with psycopg.connect(database_url, autocommit=True) as admin:
                others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                admin.execute(f"SELECT pg_terminate_backend(pid) {others}")
            assert await told(line) == scene.order


async def test_the_server_stops_while_somebody_watches(database_url: str, tmp_path: Path) -> None:
    with running(database_url, tmp_path) as running_app:
        async with settled(*running_app) as scene:
            line = await scene.open()
            await say(line, "connection_init", payload={"Authorization": f"Bearer {scene.keys['supplier']}"})
            assert await heard(line) == {"type": "connection_ack"}
            await subscribe(line, scene.order)
            await scene.until(lambda: bool(scene.live.watched))
    assert await closed(line) == 1012
    assert not scene.live.watched


async def test_a_subscription_does_not_run_over_http(scene: Scene) -> None:
    headers = {"Authorization": f"Bearer {scene.keys['supplier']}", "Accept": "application/graphql-response+json"}
    async with httpx.AsyncClient(base_url=scene.address, headers=headers) as client:
        asked = {"query": CHANGED, "variables": {"ids": [scene.order]}}
        answer = await client.post("/graphql", json=asked)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["message"] == "A subscription runs over a websocket"
        query = {"query": CHANGED, "variables": json.dumps({"ids": [scene.order]})}
        assert (await client.get("/graphql", params=query)).status_code == 405


def test_an_announcement_is_read_as_it_was_written_and_always_small_enough() -> None:
    refs = [Ref("ExaminationOfALongName", 10**17 + n) for n in range(2 * REFS_AT_ONCE + 1)]
    given = {(ref, Audience.BOTH): None for ref in refs} | {(Ref("Order", 1), Audience.TIERA): None}
    payloads = list(announcements(given, NOW))
    assert max(map(len, payloads)) < 8_000
    read = [Announcement.read(payload) for payload in payloads]
    assert [ref for each in read for ref in each.refs if each.audience is Audience.BOTH] == refs
    assert read[-1] == Announcement(NOW, Audience.TIERA, (Ref("Order", 1),))
