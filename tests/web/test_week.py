"""The page of a week's hours without JavaScript."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.hours_scene import Scene, field, last_week, open_many, opened_scene
from tests.web.portal import hidden
from web.hours.weeks import Week, today


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with opened_scene(database_url, tmp_path) as scene:
        yield scene


async def test_a_week_is_typed_saved_and_typed_over(scene: Scene) -> None:
    expert, address = await scene.browser(scene.crew.expert), f"/tunnit?week={last_week()}"
    typed = {"rows.0.target": scene.crew.target, "rows.0.description": "Lomakkeen kentät", "rows.0.0": "7,5",
             "rows.0.1": "3:45"}  # fmt: skip
    assert (await expert.send(address, address, typed)).status_code == 303
    page = (await expert.get(address)).text
    assert (field(page, "rows.0.0"), field(page, "rows.0.1")) == ("7,5", "3,75")
    assert "11,25" in page and "waits" in page
    changed = {"rows.0.description": "Lomakkeen kentät", "rows.0.0": "6", "rows.0.1": ""}
    assert (await expert.send(address, address, changed)).status_code == 303
    page = (await expert.get(address)).text
    assert (field(page, "rows.0.0"), field(page, "rows.0.1")) == ("6", "")


async def test_a_week_that_was_typed_in_two_places_shows_both_and_goes_on(scene: Scene) -> None:
    expert, address = await scene.browser(scene.crew.expert), f"/tunnit?week={last_week()}"
    row = {"rows.0.target": scene.crew.target, "rows.0.description": "Lomakkeen kentät"}
    await expert.send(address, address, {**row, "rows.0.0": "7,5", "rows.0.1": "2"})
    stale = hidden((await expert.get(address)).text, address)
    assert (await expert.send(address, address, {**row, "rows.0.0": "6", "rows.0.1": ""})).status_code == 303
    late = await expert.post(address, {**stale, **row, "rows.0.0": "8", "rows.0.1": "2"})
    assert late.status_code == 409
    assert (field(late.text, "rows.0.0"), field(late.text, "rows.0.1")) == ("8", "2")
    assert re.findall(r"It is now: ([^<]*)</span>", late.text) == ["6\xa0h", "nothing"]
    unread = await expert.post(address, {**stale, **row, "rows.0.0": "eight", "rows.0.1": "2"})
    said = re.search(r'id="f-rows-0-0-said">(.*?)</span>', unread.text, re.DOTALL)
    assert said and re.search(r"Write hours, for example .* It is now: 6", said[1]), "how to mend it, and what it is"
    again = await expert.post(address, {**hidden(late.text, address), **row, "rows.0.0": "8", "rows.0.1": ""})
    assert again.status_code == 303, "what it replaces has been seen"
    page = (await expert.get(address)).text
    assert (field(page, "rows.0.0"), field(page, "rows.0.1")) == ("8", "")


async def test_what_was_approved_meanwhile_is_not_typed_over(scene: Scene) -> None:
    (entry,) = await scene.book(60)
    expert, manager = await scene.browser(scene.crew.expert), await scene.browser(scene.crew.manager)
    address, place = f"/tunnit?week={Week.of(today())}", f"rows.0.{today().weekday()}"
    stale = hidden((await expert.get(address)).text, address)
    assert (await manager.send(f"/tunnit/{entry}", f"/tunnit/{entry}/hyvaksynta", {})).status_code == 303
    late = await expert.post(address, {**stale, "rows.0.description": "Lomakkeen osa 0", place: "3"})
    assert late.status_code in (409, 422)
    assert f'href="/tunnit/{entry}"' in late.text and f'name="{place}" value="3"' not in late.text
    leads = re.findall(r'<a href="#(f-rows[^"]*)">', late.text)
    assert leads == [f"f-{place.replace('.', '-')}"]
    said = re.search(rf'id="{leads[0]}" tabindex="-1">(.*?)</span>', late.text, re.DOTALL)
    assert said is not None and "It was approved meanwhile. You had typed 3." in said[1]


async def test_cells_that_were_approved_as_they_stand_say_nothing_of_it(scene: Scene) -> None:
    (entry,) = await scene.book(60)
    expert, manager = await scene.browser(scene.crew.expert), await scene.browser(scene.crew.manager)
    address, place = f"/tunnit?week={Week.of(today())}", f"rows.0.{today().weekday()}"
    stale = hidden((await expert.get(address)).text, address)
    assert (await manager.send(f"/tunnit/{entry}", f"/tunnit/{entry}/hyvaksynta", {})).status_code == 303
    row = {"rows.1.target": scene.crew.target, "rows.1.description": "työ", f"rows.1.{today().weekday()}": "1"}
    late = await expert.post(address, {**stale, "rows.0.description": "Lomakkeen osa 0", place: "1", **row})
    assert late.status_code == 422
    assert f'href="/tunnit/{entry}"' in late.text and "You had" not in late.text
    assert "approved meanwhile" not in late.text and "It is now:" not in late.text


async def test_what_is_wrong_is_said_at_its_cell_and_nothing_is_lost(scene: Scene) -> None:
    expert, address = await scene.browser(scene.crew.expert), f"/tunnit?week={last_week()}"
    typed = {"rows.0.target": scene.crew.target, "rows.0.description": "työ", "rows.0.0": "1,1", "rows.0.2": "2"}
    answer = await expert.send(address, address, typed)
    assert answer.status_code == 422
    assert "Book in steps of 0,25" in answer.text and "this would fit any work" in answer.text
    assert (field(answer.text, "rows.0.0"), field(answer.text, "rows.0.2")) == ("1,1", "2")
    for target in re.findall(r'<a href="#(f-rows[^"]*)">', answer.text):
        assert f'id="{target}"' in answer.text
    unread = await expert.send(address, address, {"rows.0.target": scene.crew.target, "rows.0.0": "three"})
    assert unread.status_code == 422 and "Write hours, for example 7,5" in unread.text
    nowhere = await expert.send(address, address, {"rows.0.description": "Kentät ja testit", "rows.0.0": "1"})
    assert nowhere.status_code == 422 and field(nowhere.text, "rows.0.0") == "1"
    idle = await expert.send(address, address, {"rows.0.description": "Kentät ja testit"})
    assert idle.status_code == 422 and "No hours were written on this row" in idle.text


async def test_a_row_is_added_without_saving_anything(scene: Scene) -> None:
    expert, address = await scene.browser(scene.crew.expert), f"/tunnit?week={last_week()}"
    typed = {"rows.0.target": scene.crew.target, "rows.0.description": "Lomakkeen kentät", "rows.0.0": "1"}
    answer = await expert.send(address, address, {**typed, "_add": "rows"})
    assert answer.status_code == 200
    assert field(answer.text, "rows.0.0") == "1" and 'name="rows.1.target"' in answer.text
    assert 'name="rows.0.0" value="1"' not in (await expert.get(address)).text


async def test_a_row_of_the_week_is_added_for_a_target_that_was_found_by_words(scene: Scene) -> None:
    await open_many(scene)
    expert, address, target = await scene.browser(scene.crew.expert), f"/tunnit?week={last_week()}", scene.crew.target
    page = (await expert.get(address)).text
    assert 'name="_words"' in page and f'value="{target}"' not in page
    page = (await expert.send(address, address, {"_words": "hakemuslomake", "_add": "rows", "rows.0.0": "2"})).text
    assert f'<option value="{target}">' in page and "Kokous" not in page and field(page, "rows.0.0") == "2"
    typed = {"rows.0.target": target, "rows.0.description": "Lomakkeen kentät", "rows.0.0": "2", "_words": "kokous"}
    assert (await expert.send(address, address, typed)).status_code == 303
    assert field((await expert.get(address)).text, "rows.0.0") == "2"


@pytest.mark.rule("H11.9-h")
async def test_what_can_never_be_billed_says_so_where_a_target_is_chosen(scene: Scene) -> None:
    page = (await (await scene.browser(scene.crew.expert)).get("/tunnit")).text
    offered = dict(re.findall(r'<option value="(Target:\d+)">([^<]*)</option>', page))
    assert "TIL-2026-90001" in offered.pop(scene.crew.target)
    assert [text.replace("&#39;", "'") for text in offered.values()] == [
        "Ohjausryhmän kokoukset · At the supplier's own cost: not billed"
    ]


@pytest.mark.rule("H11.7.3-g")
async def test_approved_cells_are_locked_and_returned_ones_say_why(scene: Scene) -> None:
    first, second = await scene.book(60, 120)
    manager, address = await scene.browser(scene.crew.manager), "/tunnit"
    approving, returning = f"/tunnit/{first}/hyvaksynta", f"/tunnit/{second}/palautus"
    assert (await manager.send(f"/tunnit/{first}", approving, {})).status_code == 303
    refused = await manager.send(f"/tunnit/{second}", returning, {"reason": " "})
    assert refused.status_code == 422
    assert (await manager.send(f"/tunnit/{second}", returning, {"reason": "Mikä lomake?"})).status_code == 303
    expert = await scene.browser(scene.crew.expert)
    page = (await expert.get(address)).text
    assert "approved" in page and f'href="/tunnit/{first}"' in page
    assert "Mikä lomake?" in page and "Tiera has returned 1 entry" in page
    desk = (await expert.get("/tyopoyta")).text
    assert "Hours that Tiera has returned" in desk and "Mikä lomake?" in desk


async def test_a_program_of_weeks_has_no_future(scene: Scene) -> None:
    expert = await scene.browser(scene.crew.expert)
    ahead = Week.of(today()) + 3
    page = (await expert.get(f"/tunnit?week={ahead}")).text
    assert f"Week {Week.of(today()).number}" in page and 'rel="next"' not in page
    for odd in ("rubbish", "0001-W01", "0002-W01", "9999-W53"):
        assert (await expert.get(f"/tunnit?week={odd}")).status_code == 200, odd
