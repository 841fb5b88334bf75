"""How many SQL statements an operation takes: one, whatever it selects, and before it those that tell who asks."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from backend.identity import token_verbs
from backend.identity.hashing import Handover
from backend.identity.states import Scope
from backend.kit import clock
from backend.rulebook.roles import Role
from bench.statements import counting
from tests.identity.making import acting
from tests.web.portal import Portal, opened, settings_for

MANAGER = Role.SERVICE_MANAGER
WHO_ASKS = 5
"""At most: the token with its organisation, the person, roles, rights in force, and once in a while that it is used."""
LISTS = """query ($words: String) {
  viewer { person { name } }
  orders(where: {words: $words}, first: 50) {
    nodes { id number customer { name } timeline(first: 3) { nodes { sentence } } availableActions }
  }
  timeEntries(first: 20) { nodes { id minutes person { name } order { number } } }
  invoices(first: 20) { nodes { id number lines(first: 5) { nodes { id amount { amount } } } } }
}"""


@pytest.fixture
async def portal(database_url: str, tmp_path: Any) -> AsyncIterator[Portal]:
    async with opened(settings_for(database_url, tmp_path)) as portal:
        await portal.settle()
        yield portal


async def _token_of(portal: Portal) -> str:
    handover = Handover()
    async with portal.house.sessions.begin() as session:
        manager = acting(portal.manager, portal.tiera, MANAGER)
        until = (clock.now() + timedelta(days=30)).date()
        await token_verbs.make_token(session, manager, "Test", list(Scope), until, handover, now=clock.now())
    assert handover.secret
    return handover.secret


async def test_a_program_that_is_known_takes_one_statement_for_a_page_of_lists(portal: Portal) -> None:
    headers = {"Authorization": f"Bearer {await _token_of(portal)}"}
    browser = portal.browser()
    await browser.client.post("/graphql", json={"query": LISTS}, headers=headers)  # connects to the database
    portal.app.state.reception.forget()
    numbers = []
    for words in ("silta", "katu", "tori"):
        with counting() as sent:
            body = {"query": LISTS, "variables": {"words": words}}
            answer = await browser.client.post("/graphql", json=body, headers=headers)
        assert "errors" not in answer.json(), answer.text
        numbers.append(len(sent))
    assert numbers[0] <= 1 + WHO_ASKS
    assert numbers[1:] == [1, 1]
