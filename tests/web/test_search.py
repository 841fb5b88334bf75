"""One box for a number or words, over what one may see."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.kit.refs import Ref
from tests.hours.making import make_work
from tests.web.portal import Portal, opened, settings_for


@pytest.fixture
async def portal(database_url: str, tmp_path: Path) -> AsyncIterator[Portal]:
    async with opened(settings_for(database_url, tmp_path)) as portal:
        await portal.settle()
        yield portal


async def make_order(portal: Portal) -> Ref:
    async with portal.house.sessions.begin() as session:
        return (await make_work(session)).order.ref


async def test_a_number_leads_straight_to_its_order(portal: Portal) -> None:
    order = await make_order(portal)
    browser = await portal.signed_in()
    answer = await browser.get("/haku?haku=TIL-2026-90001")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tilaukset/{order.id}")


async def test_a_number_in_small_letters_leads_there_too(portal: Portal) -> None:
    order = await make_order(portal)
    browser = await portal.signed_in()
    assert (await browser.get("/haku?haku=til-2026-90001")).headers["location"] == f"/tilaukset/{order.id}"


async def test_words_find_what_one_may_see(portal: Portal) -> None:
    await make_order(portal)
    browser = await portal.signed_in()
    assert "Hakemuslomake" in (await browser.get("/haku?haku=hakemus")).text


async def test_a_word_finds_its_other_forms(portal: Portal) -> None:
    await make_order(portal)
    browser = await portal.signed_in()
    assert "Hakemuslomake" in (await browser.get("/haku?haku=hakemuslomakkeita")).text


async def test_nothing_found_says_what_to_do(portal: Portal) -> None:
    browser = await portal.signed_in(portal.key_user)
    assert "Nothing was found" in (await browser.get("/haku?haku=qwertyuiop")).text
    empty = (await browser.get("/haku")).text
    assert "Nothing was found" not in empty
    assert "data-autofocus" in empty, "whoever comes by the key / types at once"
