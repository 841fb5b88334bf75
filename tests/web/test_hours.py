"""The pages of hours without JavaScript: one entry, the list, what is booked on."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.dialects.postgresql import Range

from backend.hours.model import TimeEntry
from backend.kit import clock
from backend.rulebook.roles import Role
from tests.hours.making import book
from tests.identity.making import acting
from tests.making import make_price_group
from tests.web.hours_scene import Scene, open_many, opened_scene
from tests.web.portal import hidden
from web.hours.weeks import today


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with opened_scene(database_url, tmp_path) as scene:
        yield scene


async def test_of_many_targets_the_newest_are_offered_and_any_other_is_found_by_its_number(scene: Scene) -> None:
    await open_many(scene)
    expert, link = await scene.browser(scene.crew.expert), f'"/tunnit/uusi/{scene.crew.work.target.id}"'
    page = (await expert.get("/tunnit/uusi")).text
    assert "Kokous 100" in page and "Kokous 0<" not in page and link not in page
    found = (await expert.get("/tunnit/uusi?haku=til-2026-90")).text
    assert link in found and "Kokous" not in found
    assert "No target has these words" in (await expert.get("/tunnit/uusi?haku=puuttuu")).text
    await scene.book(60)
    page = (await expert.get("/tunnit/uusi")).text
    assert link in page, "what was booked on lately is offered however old it is"
    assert page.index(link) < page.index("Kokous 100")


async def test_the_list_is_narrowed_also_to_an_older_target_of_what_it_shows(scene: Scene) -> None:
    await open_many(scene)
    lead, option = await scene.browser(scene.crew.lead), f'<option value="{scene.crew.target}"'
    page = (await lead.get("/tunnit/lista")).text
    assert "Kokous 100" in page and option not in page
    await scene.book(60)
    assert option in (await lead.get("/tunnit/lista")).text
    assert f"{option} selected" in (await lead.get(f"/tunnit/lista?targetId={scene.crew.target}&words=puuttuu")).text


async def test_an_order_under_way_leads_whoever_books_to_its_hours(scene: Scene) -> None:
    address = f"/tilaukset/{scene.crew.work.order.id}"
    leads = {}
    for person in (scene.crew.expert, scene.crew.manager):
        page = (await (await scene.browser(person)).get(address)).text
        leads[person.id] = f'href="/tunnit/uusi/{scene.crew.work.target.id}"' in page
    assert leads == {scene.crew.expert.id: True, scene.crew.manager.id: False}


async def test_one_entry_is_booked_by_tapping(scene: Scene) -> None:
    expert, target = await scene.browser(scene.crew.expert), scene.crew.work.target.id
    assert f'href="/tunnit/uusi/{target}"' in (await expert.get("/tunnit/uusi")).text
    address = f"/tunnit/uusi/{target}"
    day = today()
    tapped = {"_minutes": "3,5", "_day": f"{day.day}.{day.month}.{day.year}"}
    refused = await expert.send(address, address, tapped)
    assert refused.status_code == 422 and 'value="3,5" checked' in refused.text
    booked = await expert.send(address, address, {**tapped, "booking.description": "Lomakkeen kentät"})
    assert booked.status_code == 303
    done = (await expert.get(booked.headers["location"])).text
    assert "Booked 3,5" in done and "Book another" in done
    again = (await expert.get(address)).text
    assert 'name="_description" value="Lomakkeen kentät"' in again
    other = {**tapped, "booking.minutes": "0:45", "_description": "Lomakkeen kentät"}
    assert (await expert.send(address, address, other)).status_code == 303
    assert "In all on this day" in done


async def test_whoever_books_for_the_first_time_chooses_a_price_group(scene: Scene) -> None:
    work = scene.crew.work
    async with scene.portal.house.sessions.begin() as session:
        await make_price_group(session, work.agreement, "JUNIOR", valid=Range(today() - timedelta(days=60), None))
    expert, address = await scene.browser(scene.crew.expert), f"/tunnit/uusi/{work.target.id}"
    first = (await expert.get(address)).text
    assert '<option value="">Choose</option>' in first and "as before" not in first
    day = today()
    typed = {"_minutes": "2", "_day": f"{day.day}.{day.month}.{day.year}", "booking.description": "Lomakkeen kentät"}
    typed["booking.priceGroupId"] = f"PriceGroup:{work.group.id}"
    lead = await scene.browser(scene.crew.lead)
    assert '<option value="">as before</option>' in (await lead.get(address)).text, "a colleague may have booked before"
    refused = await lead.send(address, address, {**typed, "booking.priceGroupId": ""})
    assert refused.status_code == 422 and '<option value="">Choose</option>' in refused.text
    assert "as before" not in refused.text
    assert (await expert.send(address, address, typed)).status_code == 303
    assert '<option value="">as before</option>' in (await expert.get(address)).text


@pytest.mark.rule("H11.7.3-b")
async def test_who_leads_at_a_supplier_books_for_a_colleague(scene: Scene) -> None:
    expert, lead = await scene.browser(scene.crew.expert), await scene.browser(scene.crew.lead)
    address = f"/tunnit/uusi/{scene.crew.work.target.id}"
    assert "booking.personId" not in (await expert.get(address)).text
    page = (await lead.get(address)).text
    colleague = f"Person:{scene.crew.expert.id}"
    assert f'<option value="{colleague}">Ville Lehtonen</option>' in page and ">My own<" in page
    day = today()
    typed = {"_minutes": "2", "_day": f"{day.day}.{day.month}.{day.year}", "booking.personId": colleague}
    refused = await lead.send(address, address, typed)
    assert refused.status_code == 422 and f'<option value="{colleague}" selected>' in refused.text
    booked = await lead.send(address, address, {**typed, "booking.description": "Lomakkeen kentät"})
    assert booked.status_code == 303
    done = (await lead.get(booked.headers["location"])).text
    assert "Whose work" in done and "Ville Lehtonen" in done
    entry = booked.headers["location"].rpartition("/")[2]
    shown = (await expert.get(f"/tunnit/{entry}")).text
    assert "Booked by" in shown and "Sari Mäkelä" in shown


async def test_an_entry_is_corrected_and_taken_off_on_its_page(scene: Scene) -> None:
    (first,) = await scene.book(60)
    expert = await scene.browser(scene.crew.expert)
    correcting = {
        "minutes": "2",
        "description": "Lomakkeen osat",
        "day": f"{today().day}.{today().month}.{today().year}",
    }
    emptied = await expert.send(f"/tunnit/{first}", f"/tunnit/{first}/korjaus", {**correcting, "minutes": " "})
    assert emptied.status_code == 422 and 'id="f-minutes-error"' in emptied.text
    answer = await expert.send(f"/tunnit/{first}", f"/tunnit/{first}/korjaus", correcting)
    assert answer.status_code == 303
    corrected = answer.headers["location"]
    assert "A correction took the place" in (await expert.get(f"/tunnit/{first}")).text
    assert (await expert.send(corrected, f"{corrected}/poisto", {})).status_code == 303
    assert "This entry was taken off" in (await expert.get(corrected)).text
    assert (await expert.get("/tunnit/999999")).status_code == 404


@pytest.mark.rule("H11.7.3-g")
async def test_why_hours_were_returned_is_still_read_once_they_are_corrected(scene: Scene) -> None:
    (first,) = await scene.book(60)
    expert, manager = await scene.browser(scene.crew.expert), await scene.browser(scene.crew.manager)
    returning = {"reason": "Kerro, mikä lomake."}
    assert (await manager.send(f"/tunnit/{first}", f"/tunnit/{first}/palautus", returning)).status_code == 303
    assert "Tiera has returned this entry" in (await expert.get(f"/tunnit/{first}")).text
    day = f"{today().day}.{today().month}.{today().year}"
    correcting = {"minutes": "1", "description": "Hakemuslomakkeen kentät", "day": day}
    answer = await expert.send(f"/tunnit/{first}", f"/tunnit/{first}/korjaus", correcting)
    for address, said in (
        (f"/tunnit/{first}", "Tiera had returned this entry"),
        (answer.headers["location"], "Tiera had returned the entry that this corrects"),
    ):
        page = (await manager.get(address)).text
        assert said in page and "Kerro, mikä lomake." in page
        assert "Tiera has returned" not in page


async def test_what_was_marked_against_instruction_goes_back_to_its_order_once_it_is_returned(scene: Scene) -> None:
    (entry,) = await scene.book(60)
    expert, manager = await scene.browser(scene.crew.expert), await scene.browser(scene.crew.manager)
    address, order = f"/tunnit/{entry}", f'href="/tilaukset/{scene.crew.work.order.id}"'
    marked = {"minutes": "1", "reason": "Tyyliopas kielsi sen."}
    assert (await manager.send(address, f"{address}/ohjeen-vastainen", marked)).status_code == 303
    page = (await expert.get(address)).text
    assert "Back to the order" not in page and order not in page
    returned = {"reason": "Ohje koski toista lomaketta."}
    assert (await manager.send(address, f"{address}/palautus", returned)).status_code == 303
    page = (await expert.get(address)).text
    assert "Back to the order" in page and "TIL-2026-90001" in page
    answer = await expert.send(address, f"{address}/takaisin", {})
    assert answer.status_code == 303, answer.text
    page = (await expert.get(answer.headers["location"])).text
    assert order in page and "Back to the order" not in page


@pytest.mark.rule("D0-c")
async def test_back_to_the_order_the_price_is_what_it_was_and_never_the_last_of_somebody_else(scene: Scene) -> None:
    work, since = scene.crew.work, Range(today() - timedelta(days=60), None)
    senior, chosen = (
        f'<option value="PriceGroup:{work.group.id}" selected>',
        r'<option value="PriceGroup:\d+" selected>',
    )
    (entry,) = await scene.book(60)
    async with scene.portal.house.sessions.begin() as session:
        junior = await make_price_group(session, work.agreement, "JUNIOR", valid=since)
        for person, role in ((scene.crew.lead, Role.SERVICE_MANAGER), (scene.crew.expert, Role.EXPERT)):
            await book(
                session, work, 30, by=acting(person, work.supplier, role), day=today(), price_group_id=junior.id,
                description="Kenttien tarkistukset", now=clock.now(),
            )  # fmt: skip
    manager, lead = await scene.browser(scene.crew.manager), await scene.browser(scene.crew.lead)
    address = f"/tunnit/{entry}"
    marked = {"minutes": "1", "reason": "Tyyliopas kielsi sen."}
    assert (await manager.send(address, f"{address}/ohjeen-vastainen", marked)).status_code == 303
    assert (await manager.send(address, f"{address}/palautus", {"reason": "Ohje muuttui."})).status_code == 303
    assert re.findall(chosen, (await lead.get(address)).text) == [senior]
    async with scene.portal.house.sessions.begin() as session:
        (await session.get_one(TimeEntry, entry)).marked_price_group_id = None
    assert re.findall(chosen, (await lead.get(address)).text) == []
    own = (await (await scene.browser(scene.crew.expert)).get(address)).text
    assert re.findall(chosen, own) == [senior.replace(str(work.group.id), str(junior.id))]


async def test_a_correction_that_came_second_stands_over_the_first(scene: Scene) -> None:
    (first,) = await scene.book(60)
    expert = await scene.browser(scene.crew.expert)
    path = f"/tunnit/{first}/korjaus"
    day = f"{today().day}.{today().month}.{today().year}"
    stale = hidden((await expert.get(f"/tunnit/{first}")).text, path)
    theirs = {"minutes": "2", "description": "Lomakkeen osat", "day": day}
    made = (await expert.send(f"/tunnit/{first}", path, theirs)).headers["location"]
    late = await expert.post(path, {**stale, "minutes": "3", "description": "Lomakkeen osat", "day": day})
    assert late.status_code == 409
    assert re.search(r'name="minutes"[^>]* value="3"', late.text)
    assert re.findall(r"It is now: <span class=\"said\">([^<]*)</span>", late.text) == ["2"]
    there = f"{made}/korjaus"
    again = {**hidden(late.text, there), "minutes": "3", "description": "Lomakkeen osat", "day": day}
    assert (await expert.post(there, again)).status_code == 303


async def test_a_correction_with_a_typing_fault_shows_what_somebody_else_wrote_meanwhile(scene: Scene) -> None:
    (first,) = await scene.book(60)
    expert = await scene.browser(scene.crew.expert)
    path = f"/tunnit/{first}/korjaus"
    ours = {"description": "Lomakkeen osat", "day": f"{today().day}.{today().month}.{today().year}"}
    stale = hidden((await expert.get(f"/tunnit/{first}")).text, path)
    made = (await expert.send(f"/tunnit/{first}", path, {**ours, "minutes": "2"})).headers["location"]
    late = await expert.post(path, {**stale, **ours, "minutes": "abc"})
    assert late.status_code == 422 and re.search(r'name="minutes"[^>]* value="abc"', late.text)
    assert "Somebody else has changed this meanwhile" in late.text
    assert re.findall(r"It is now: <span class=\"said\">([^<]*)</span>", late.text) == ["2"]
    there = f"{made}/korjaus"
    again = {**hidden(late.text, there), **ours, "minutes": "3"}
    assert (await expert.post(there, again)).status_code == 303


async def test_the_list_is_narrowed_by_its_address_and_taken_along(scene: Scene) -> None:
    await scene.book(60, 90)
    lead = await scene.browser(scene.crew.lead)
    page = (await lead.get("/tunnit/lista?words=osa+1")).text
    assert "1 entry, 1,5" in page and "Ville Lehtonen" in page
    assert "No entry matches" in (await lead.get("/tunnit/lista?states=APPROVED")).text
    table = (await lead.get("/tunnit/lista.csv?sort=MINUTES")).text
    assert "Lomakkeen osa 0" in table and ";1,5;" in table
    assert (await lead.get("/tunnit/lista.xlsx")).content.startswith(b"PK")
    assert (await lead.get("/tunnit/lista.exe")).status_code == 404


@pytest.mark.rule("D2.1-c")
async def test_a_customer_has_no_pages_of_hours(scene: Scene) -> None:
    (entry,) = await scene.book(60)
    customer = await scene.browser(scene.crew.customer)
    for path in ("/tunnit/lista", "/tunnit/lista.csv", "/tunnit/kohteet", "/tunnit/hyvaksynta", "/tunnit/uusi"):
        assert (await customer.get(path)).status_code == 403, path
    assert (await customer.get(f"/tunnit/{entry}")).status_code == 404
    assert 'href="/tunnit"' not in (await customer.get("/tyopoyta")).text
