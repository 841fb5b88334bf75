"""Who may ask the API: keys, and browsers from our own pages."""

import sqlalchemy as sa

from backend.identity import token_verbs
from backend.identity.hashing import Handover
from backend.identity.states import Scope
from tests.identity.making import MORNING, acting
from tests.web.portal import Portal, hidden

ASKED = {"query": "{ viewer { kind rights } }"}


async def test_the_api_answers_keys_and_nobody_else(portal: Portal) -> None:
    browser = portal.browser()
    key = await _key(portal, Scope.READ)
    assert (await browser.client.post("/graphql", json=ASKED)).status_code == 401
    for bad in ("Bearer x", "Bearer ", f"Basic {key}", f"Bearer {key}x"):
        answer = await browser.client.post("/graphql", json=ASKED, headers={"Authorization": bad})
        assert answer.status_code == 401
    answer = await browser.client.post("/graphql", json=ASKED, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    viewer = answer.json()["data"]["viewer"]
    assert (viewer["kind"], set(viewer["rights"])) == ("BUYER", {"see_hours", "see_invoices"})


async def test_a_browsers_session_asks_the_api_from_our_own_pages_only(portal: Portal) -> None:
    browser = await portal.signed_in()
    assert (await browser.client.post("/graphql", json=ASKED)).status_code == 401
    forged = {"Sec-Fetch-Site": "cross-site"}
    assert (await browser.client.post("/graphql", json=ASKED, headers=forged)).status_code == 403
    assert (await browser.client.get("/graphql", params=ASKED, headers=forged)).status_code == 401
    own = {"Sec-Fetch-Site": "same-origin"}
    assert (await browser.client.post("/graphql", json=ASKED, headers=own)).status_code == 200
    token = hidden((await browser.get("/asetukset")).text, "/asetukset/kieli")["_csrf"]
    for given, status in ((token, 200), ("x", 401)):
        answer = await browser.client.post("/graphql", json=ASKED, headers={"X-CSRF-Token": given})
        assert answer.status_code == status


async def test_a_wrong_key_is_nobodys_even_beside_a_session(portal: Portal) -> None:
    browser = await portal.signed_in()
    headers = {"Sec-Fetch-Site": "same-origin", "Authorization": "Bearer wrong"}
    assert (await browser.client.post("/graphql", json=ASKED, headers=headers)).status_code == 401


async def test_a_key_makes_no_keys(portal: Portal) -> None:
    key = await _key(portal, Scope.ACT)
    create = """mutation { createApiToken(input: {name: "x", scopes: [ACT], expiresOn: "2026-12-31",
        idempotencyKey: "1"}) { secret userErrors { code } } }"""
    answer = await portal.browser().client.post(
        "/graphql", json={"query": create}, headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.json()["data"]["createApiToken"] == {"secret": None, "userErrors": [{"code": "NOT_PERMITTED"}]}


async def _key(portal: Portal, *scopes: Scope) -> str:
    handover = Handover()
    async with portal.house.sessions.begin() as session:
        actor = acting(portal.manager, portal.tiera)
        end = MORNING.date().replace(year=MORNING.year + 1)
        await token_verbs.make_token(session, actor, "K", list(scopes), end, handover, now=MORNING)
        await session.execute(sa.text("UPDATE api_tokens SET expires_at = now() + interval '1 hour'"))
    return handover.secret or ""
