"""Bulletins through the schema: told by mutations alone; in no field, search, count or calendar anybody sees more."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette

from backend.bulletins import reading_verbs, verbs
from backend.bulletins.model import BulletinReading
from backend.bulletins.states import Receivers
from backend.graphql import calendars
from backend.identity.hashing import Handover
from backend.kit.actor import Actor
from backend.kit.database import Sessions
from backend.kit.entrance import Entrance
from backend.kit.events import Event
from backend.parties.model import RoleHeld
from tests.bulletins.making import (
    Sides,
    a_break,
    agree,
    content,
    incident,
    make_draft,
    make_incident,
    make_published,
    make_sides,
)
from tests.graphql.asking import Ask
from tests.making import NOW, end_roles

ASKING = {"asks_acknowledgement": True}
TODAY = "2026-11-24"


@pytest.fixture
async def sides(sessions: Sessions) -> Sides:
    async with sessions.begin() as session:
        return await make_sides(session)


async def do(ask: Ask, actor: Actor, name: str, selection: str = "id", **given: Any) -> dict[str, Any]:
    """Carry a mutation out; its payload."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    document = (
        f"mutation($input: {kind}!) {{ {name}(input: $input) "
        f"{{ bulletin {{ {selection} }} userErrors {{ code path rule }} }} }}"
    )
    payload: dict[str, Any] = (await ask(actor, document, input=given))[name]
    return payload


async def test_a_bulletin_is_written_published_and_acknowledged_by_mutations_alone(ask: Ask, sides: Sides) -> None:
    said = {
        "kind": "INCIDENT",
        "criticality": "HIGH",
        "title": "Häiriö",
        "text": "Korjataan.",
        "serviceIds": [f"Service:{sides.service.id}"],
        "receivers": "ORGANISATIONS",
        "organisationIds": [f"Organisation:{sides.mallila.id}"],
        "asksAcknowledgement": True,
    }
    made = await do(ask, sides.tiera, "createBulletin", content=said, idempotencyKey=str(uuid4()))
    key = made["bulletin"]["id"]
    published = await do(
        ask, sides.tiera, "publishBulletin", "number availableActions", bulletinId=key, idempotencyKey=str(uuid4())
    )
    assert published["bulletin"] == {"number": "TDT-2026-0001", "availableActions": ["FOLLOW_UP", "END", "WITHDRAW"]}
    listed = "query($where: BulletinFilter) { bulletins(where: $where) { nodes { id occasion } } }"
    waits = {"where": {"awaitsAcknowledgement": True}}
    assert (await ask(sides.in_mallila, listed, **waits))["bulletins"]["nodes"] == [
        {"id": key, "occasion": "HIGH_INCIDENT"}
    ]
    await do(ask, sides.in_mallila, "acknowledgeBulletin", "isAcknowledged", bulletinId=key)
    assert (await ask(sides.in_mallila, listed, **waits))["bulletins"]["nodes"] == []
    seen = (
        "query($id: ID!, $on: Date!) { bulletin(id: $id) "
        "{ acknowledgedCount readings { nodes { person { name } } } awaited(on: $on) { totalCount } } }"
    )
    told = (await ask(sides.tiera, seen, id=key, on=TODAY))["bulletin"]
    assert (told["acknowledgedCount"], len(told["readings"]["nodes"]), told["awaited"]["totalCount"]) == (1, 1, 0)


LOOK = """query($id: ID!, $now: DateTime!, $words: String!, $on: Date!) {
  bulletin(id: $id) {
    title toAllCustomers acknowledgedCount organisation { name } writtenBy { name } answersFor { name }
    organisations { name } readings { totalCount nodes { id } } awaited(on: $on) { totalCount } plans { id }
    timeline { nodes { name } }
  }
  node(id: $id) { id }
  bulletins { totalCount }
  found: bulletins(where: { words: $words }) { totalCount nodes { id } }
  shown: bulletins(where: { onBannerAt: $now }) { totalCount }
  communicationPlans { id }
  serviceCommunication { nodes { plans { id } } }
}"""


async def look(ask: Ask, actor: Actor, id_: int, words: str) -> dict[str, Any]:
    """All that somebody gets of a bulletin, by every way to it; what they may not ask is null."""
    document = LOOK
    if actor.kind.value == "customer":
        document = document.replace(
            "  communicationPlans { id }\n  serviceCommunication { nodes { plans { id } } }\n", ""
        )
    return await ask(actor, document, id=f"Bulletin:{id_}", now=NOW.isoformat(), words=words, on=TODAY)


@pytest.mark.rule("H11.11-a")
async def test_by_no_way_anybody_finds_what_is_not_for_them(ask: Ask, sessions: Sessions, sides: Sides) -> None:
    async with sessions.begin() as session:
        named = content(sides, title="Salainen", receivers=Receivers.ORGANISATIONS, organisation_ids=[sides.mallila.id])
        bulletin = await make_published(session, sides.tiera, named)
    for other in (sides.in_nordby, sides.supplier_manager, sides.stranger):
        got = await look(ask, other, bulletin.id, "Salainen")
        assert got["bulletin"] is None and got["node"] is None
        assert [got[name]["totalCount"] for name in ("bulletins", "found", "shown")] == [0, 0, 0]
    reader = await look(ask, sides.in_mallila, bulletin.id, "Salainen")
    assert [reader[name]["totalCount"] for name in ("bulletins", "found", "shown")] == [1, 1, 1]
    assert [event["name"] for event in reader["bulletin"]["timeline"]["nodes"]] == ["bulletin.published"]
    hidden = ("toAllCustomers", "acknowledgedCount", "organisations", "awaited")
    assert [reader["bulletin"][name] for name in hidden] == [None] * 4, "who else is told is not for a reader"


@pytest.mark.rule("H11.11-g", "D2.1-c")
async def test_both_sides_see_who_wrote_and_who_answers_and_a_customer_of_a_suppliers_its_organisation(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    async with sessions.begin() as session:
        await agree(session, sides, supplier_informs=True, to_all_customers=True)
        bulletin = await make_published(
            session, sides.supplier_manager, incident(sides, about=await make_incident(session, sides))
        )
        own = await make_published(session, sides.tiera, content(sides))
    for side in (sides.tiera, sides.supplier_manager):
        got = (await look(ask, side, bulletin.id, "x"))["bulletin"]
        assert got["writtenBy"] is not None and got["answersFor"] == {"name": "Sari Vastaava"}
    customer = (await look(ask, sides.in_mallila, bulletin.id, "x"))["bulletin"]
    assert (customer["writtenBy"], customer["answersFor"], customer["plans"]) == (None, None, [])
    assert customer["organisation"] == {"name": sides.supplier.name}
    of_tiera = (await look(ask, sides.in_mallila, own.id, "x"))["bulletin"]
    assert of_tiera["writtenBy"] is not None and of_tiera["answersFor"] is not None


@pytest.mark.rule("H11.11-e")
async def test_a_service_shows_for_what_nothing_is_agreed(ask: Ask, sessions: Sessions, sides: Sides) -> None:
    async with sessions.begin() as session:
        await agree(session, sides)
    document = "{ serviceCommunication { nodes { service { id } missing plans { occasion whenDown } } } }"
    (got,) = (await ask(sides.supplier_manager, document))["serviceCommunication"]["nodes"]
    assert got["plans"] == [{"occasion": "CRITICAL_INCIDENT", "whenDown": "Soitetaan pääkäyttäjille."}]
    assert "CRITICAL_INCIDENT" not in got["missing"] and len(got["missing"]) == 6
    assert (await ask(sides.stranger, document))["serviceCommunication"]["nodes"] == []


async def test_two_tabs_that_acknowledge_at_once_make_one_acknowledgement(sessions: Sessions, sides: Sides) -> None:
    async with sessions.begin() as session:
        bulletin = await make_published(session, sides.tiera, content(sides, **ASKING))
    entrance = Entrance(sessions, clock=lambda: NOW)
    acts = [
        entrance.enter(sides.in_mallila, reading_verbs.acknowledge_bulletin, bulletin_id=bulletin.id) for _ in range(8)
    ]
    assert all(not entered.errors for entered in await asyncio.gather(*acts))
    async with sessions() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(BulletinReading)) == 1
        events = sa.select(sa.func.count()).where(Event.name == "bulletin.acknowledged")
        assert await session.scalar(events) == 1


# The calendar that programs read


async def calendar_of(sessions: Sessions, secret: str) -> httpx.Response:
    app = Starlette(routes=calendars.routes(calendars.Calendars(sessions, lambda: NOW, "https://portaali.example")))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x.test") as client:
        return await client.get(f"/api/kalenteri/{secret}.ics")


async def test_a_calendar_shows_its_owner_breaks_and_nothing_when_the_role_has_ended(
    sessions: Sessions, sides: Sides
) -> None:
    handover = Handover()
    async with sessions.begin() as session:
        await make_published(session, sides.tiera, a_break(sides, title="Arkiston katko"))
        nordbys = a_break(
            sides, title="Nordbyn katko", receivers=Receivers.ORGANISATIONS, organisation_ids=[sides.nordby.id]
        )
        await make_published(session, sides.tiera, nordbys)
        await make_draft(session, sides.tiera, a_break(sides, title="Luonnos"))
        await reading_verbs.make_calendar_key(session, sides.in_mallila, handover, now=NOW)
    secret = str(handover.secret)
    answer = await calendar_of(sessions, secret)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "SUMMARY:Arkiston katko" in answer.text
    assert "Nordbyn" not in answer.text and "Luonnos" not in answer.text
    assert (await calendar_of(sessions, "arvattu")).status_code == 404
    async with sessions.begin() as session:
        await end_roles(session, RoleHeld.person_id == sides.in_mallila.person_id)
    assert (await calendar_of(sessions, secret)).status_code == 404


async def test_a_break_that_was_over_sooner_ends_sooner_in_calendars(sessions: Sessions, sides: Sides) -> None:
    handover = Handover()
    async with sessions.begin() as session:
        bulletin = await make_published(session, sides.tiera, a_break(sides))
        assert bulletin.starts_at is not None
        over_at = bulletin.starts_at + timedelta(minutes=5)
        await reading_verbs.make_calendar_key(session, sides.in_mallila, handover, now=NOW)
    secret = str(handover.secret)
    assert "SEQUENCE:1" in (await calendar_of(sessions, secret)).text
    async with sessions.begin() as session:
        await verbs.end_bulletin(session, sides.tiera, bulletin_id=bulletin.id, now=over_at)
    given = (await calendar_of(sessions, secret)).text
    assert f"DTEND:{over_at:%Y%m%dT%H%M%SZ}" in given
    assert f"DTSTAMP:{over_at:%Y%m%dT%H%M%SZ}" in given and "SEQUENCE:2" in given


async def test_what_was_over_before_it_began_is_struck_out_in_calendars(sessions: Sessions, sides: Sides) -> None:
    handover = Handover()
    async with sessions.begin() as session:
        bulletin = await make_published(session, sides.tiera, a_break(sides))
        assert bulletin.starts_at is not None and bulletin.ends_at is not None
        await verbs.end_bulletin(session, sides.tiera, bulletin_id=bulletin.id, now=bulletin.starts_at)
        await reading_verbs.make_calendar_key(session, sides.in_mallila, handover, now=NOW)
    given = (await calendar_of(sessions, str(handover.secret))).text
    assert "STATUS:CANCELLED" in given and f"DTEND:{bulletin.ends_at:%Y%m%dT%H%M%SZ}" in given


async def test_what_was_withdrawn_is_struck_out_in_calendars(sessions: Sessions, sides: Sides) -> None:
    handover = Handover()
    async with sessions.begin() as session:
        bulletin = await make_published(session, sides.tiera, a_break(sides))
        await verbs.withdraw_bulletin(
            session, sides.tiera, bulletin_id=bulletin.id, reason="Siirtyi.", now=NOW + timedelta(hours=1)
        )
        await reading_verbs.make_calendar_key(session, sides.in_mallila, handover, now=NOW)
    assert "STATUS:CANCELLED" in (await calendar_of(sessions, str(handover.secret))).text
