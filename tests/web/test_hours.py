"""The pages of hours without JavaScript: the week, one entry, the list, the approval of a month, targets."""

import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.dialects.postgresql import Range

from backend.hours.model import TimeEntry
from backend.hours.states import OwnCost
from backend.hours.target_verbs import define_target
from backend.kit import clock
from backend.orders.model import Order
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.hours.making import book, foresee, make_work
from tests.identity.making import acting
from tests.making import make_price_group
from tests.web.hours_scene import SINCE, Crew, gather, last_week
from tests.web.portal import Browser, Portal, hidden, opened, settings_for
from web.hours.weeks import Week, today


@dataclass
class Scene:
    portal: Portal
    crew: Crew

    async def browser(self, person: Person) -> Browser:
        return await self.portal.signed_in(person)

    async def book(self, *minutes: int, days_ago: int = 0) -> list[int]:
        """Ids of entries that the expert has booked."""
        async with self.portal.house.sessions.begin() as session:
            day = today() - timedelta(days=days_ago)
            booked = [await self.crew.book(session, m, day, f"Lomakkeen osa {n}") for n, m in enumerate(minutes)]
            return [entry.id for entry in booked]


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with opened(settings_for(database_url, tmp_path)) as portal:
        async with portal.house.sessions.begin() as session:
            crew = await gather(session)
        yield Scene(portal, crew)


def field(page: str, name: str) -> str:
    """The value of a text field of a page."""
    found = re.search(rf'<input class="[^"]*" type="text"[^>]*name="{re.escape(name)}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]


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


@pytest.mark.rule("H11.7.3-g")
async def _open_many(scene: Scene) -> None:
    """So many newer targets that the order's is among the newest hundred no more."""
    work = scene.crew.work
    async with scene.portal.house.sessions.begin() as session:
        for n in range(101):
            await define_target(
                session, work.manager, work.agreement.id, OwnCost.BODIES, f"Kokous {n}", now=clock.now()
            )


async def test_of_many_targets_the_newest_are_offered_and_any_other_is_found_by_its_number(scene: Scene) -> None:
    await _open_many(scene)
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
    await _open_many(scene)
    lead, option = await scene.browser(scene.crew.lead), f'<option value="{scene.crew.target}"'
    page = (await lead.get("/tunnit/lista")).text
    assert "Kokous 100" in page and option not in page
    await scene.book(60)
    assert option in (await lead.get("/tunnit/lista")).text
    assert f"{option} selected" in (await lead.get(f"/tunnit/lista?targetId={scene.crew.target}&words=puuttuu")).text


async def test_a_row_of_the_week_is_added_for_a_target_that_was_found_by_words(scene: Scene) -> None:
    await _open_many(scene)
    expert, address, target = await scene.browser(scene.crew.expert), f"/tunnit?week={last_week()}", scene.crew.target
    page = (await expert.get(address)).text
    assert 'name="_words"' in page and f'value="{target}"' not in page
    page = (await expert.send(address, address, {"_words": "hakemuslomake", "_add": "rows", "rows.0.0": "2"})).text
    assert f'<option value="{target}">' in page and "Kokous" not in page and field(page, "rows.0.0") == "2"
    typed = {"rows.0.target": target, "rows.0.description": "Lomakkeen kentät", "rows.0.0": "2", "_words": "kokous"}
    assert (await expert.send(address, address, typed)).status_code == 303
    assert field((await expert.get(address)).text, "rows.0.0") == "2"


async def test_an_order_under_way_leads_whoever_books_to_its_hours(scene: Scene) -> None:
    address = f"/tilaukset/{scene.crew.work.order.id}"
    leads = {}
    for person in (scene.crew.expert, scene.crew.manager):
        page = (await (await scene.browser(person)).get(address)).text
        leads[person.id] = f'href="/tunnit/uusi/{scene.crew.work.target.id}"' in page
    assert leads == {scene.crew.expert.id: True, scene.crew.manager.id: False}


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


@pytest.mark.rule("H11.7.3-g")
async def test_a_month_is_approved_with_exceptions_and_taken_back(scene: Scene) -> None:
    ids = await scene.book(60, 90, 480)
    manager = await scene.browser(scene.crew.manager)
    page = (await manager.get("/tunnit/hyvaksynta")).text
    assert "10,5" in page and "will not fit under the ceiling" in page and "Approve by" in page
    posted = hidden(page, "/tunnit/hyvaksynta")
    chosen = {"_week": "0", "_entry": [f"0 TimeEntry:{ids[0]}", f"0 TimeEntry:{ids[2]}"], "_do": "approve"}
    answer = await manager.post("/tunnit/hyvaksynta", {**posted, **chosen})
    assert answer.status_code == 303
    approved = (await manager.get(answer.headers["location"])).text
    assert "Approved 9" in approved and "can be taken back until" in approved and "Mikko Laine" in approved
    lead = await scene.browser(scene.crew.lead)
    seen = (await lead.get(answer.headers["location"])).text
    assert "Mikko Laine" in seen and "Take back" not in seen
    rest = await manager.post("/tunnit/hyvaksynta", {
        **hidden((await manager.get("/tunnit/hyvaksynta")).text, "/tunnit/hyvaksynta"),
        "_week": "0", "_entry": f"0 TimeEntry:{ids[1]}", "_do": "approve",
    })  # fmt: skip
    partly = (await manager.get(rest.headers["location"])).text
    assert "Approved 1 h" in partly.replace("\xa0", " ") and "Left out" in partly
    assert "above the ceiling that Tiera has approved" in partly
    back = await manager.send(rest.headers["location"], f"{rest.headers['location']}/peru", {})
    assert back.status_code == 303
    assert "was taken back" in (await manager.get(rest.headers["location"])).text


@pytest.mark.rule("H11.8.3-c")
async def test_a_dearer_price_group_is_told_to_who_books_and_marked_for_who_approves(scene: Scene) -> None:
    work, since = scene.crew.work, Range(today() - timedelta(days=60), None)
    async with scene.portal.house.sessions.begin() as session:
        order = await session.get_one(Order, work.order.id)
        await foresee(session, replace(work, order=order), work.group)
        dear = await make_price_group(session, work.agreement, "ARK", Decimal("120.50"), valid=since)
    expert, address = await scene.browser(scene.crew.expert), f"/tunnit/uusi/{work.target.id}"
    page = (await expert.get(address)).text
    assert "Ark – dearer than the estimate" in page and "Senior – dearer" not in page
    day = today()
    written = {"booking.minutes": "2", "booking.day": f"{day.day}.{day.month}.{day.year}",
               "booking.description": "Lomakkeen kentät", "booking.priceGroupId": f"PriceGroup:{dear.id}"}  # fmt: skip
    booked = await expert.send(address, address, written)
    done = (await expert.get(booked.headers["location"])).text.replace("\xa0", " ")
    assert "Ark: 120,50 € an hour, in the estimate at most 100,00 €" in done
    assert "dearer than the estimate" in (await expert.get("/tunnit")).text
    manager = await scene.browser(scene.crew.manager)
    waits = (await manager.get("/tunnit/hyvaksynta")).text.replace("\xa0", " ")
    assert "Dearer price group than the order" in waits and "1 dearer than the estimate" in waits
    assert "<strong>Ark</strong>, 2 h: 120,50 € an hour, in the estimate at most 100,00 €" in waits
    entry = (await manager.get("/tunnit/lista")).text
    assert "dearer than the estimate" in entry


@pytest.mark.rule("H11.8.3-c")
async def test_hours_that_come_to_more_than_the_order_binds_say_so_before_and_after_they_are_approved(
    scene: Scene,
) -> None:
    async with scene.portal.house.sessions.begin() as session:
        (await session.get_one(Order, scene.crew.work.order.id)).committed_euros = Decimal("150.00")
    (entry,) = await scene.book(120)
    manager = await scene.browser(scene.crew.manager)
    address = "/tunnit/hyvaksynta"
    waits = (await manager.get(address)).text
    assert "More euros than were ordered" in waits
    assert "come to 200,00 €; with what was granted the order binds 150,00 €" in waits.replace("\xa0", " ")
    ticked = {"_week": "0", "_entry": f"0 TimeEntry:{entry}", "_do": "approve"}
    answer = await manager.post(address, {**hidden(waits, address), **ticked})
    done = (await manager.get(answer.headers["location"])).text.replace("\xa0", " ")
    assert "approved hours come to 200,00 €, the order binds 150,00 €" in done


async def test_an_address_of_a_month_that_no_longer_waits_shows_no_other_suppliers(scene: Scene) -> None:
    (entry,) = await scene.book(60)
    manager, month = await scene.browser(scene.crew.manager), today().isoformat()[:7]
    address = f"/tunnit/hyvaksynta?supplier={scene.crew.work.supplier.id}&month={month}"
    posted = hidden((await manager.get(address)).text, html.escape(address))
    async with scene.portal.house.sessions.begin() as session:
        other = await make_work(session, number="TIL-2026-90002", valid=SINCE, ordered_at=clock.now() - timedelta(90))
        await book(session, other, 30, day=today(), description="Toisen toimittajan työ", now=clock.now())
    returned = {"_shown": f"TimeEntry:{entry}", "_do": "return", "reason": "Mikä lomake?"}
    answer = await manager.post(address, {**posted, **returned})
    assert answer.status_code == 303
    page = (await manager.get(answer.headers["location"])).text
    assert "Nothing of this month waits for approval any more" in page and "Toisen toimittajan työ" not in page
    assert f"supplier={other.supplier.id}&amp;month={month}" in page
    assert "Toisen toimittajan työ" in (await manager.get("/tunnit/hyvaksynta")).text


@pytest.mark.rule("H11.7.3-g")
async def test_what_is_not_ticked_is_returned_with_a_reason(scene: Scene) -> None:
    ids = await scene.book(60, 90)
    manager, address = await scene.browser(scene.crew.manager), "/tunnit/hyvaksynta"
    posted = hidden((await manager.get(address)).text, address) | {"_shown": [f"TimeEntry:{id}" for id in ids]}
    everything = {"_week": "0", "_entry": [f"0 TimeEntry:{id}" for id in ids]}
    refused = await manager.post(address, {**posted, **everything, "_do": "return", "reason": "Mikä lomake?"})
    assert refused.status_code == 422 and "Untick first" in refused.text
    one = {"_week": "0", "_entry": f"0 TimeEntry:{ids[0]}", "_do": "return"}
    unexplained = await manager.post(address, {**posted, **one, "reason": ""})
    assert unexplained.status_code == 422
    assert f'value="0 TimeEntry:{ids[1]}" data-minutes="90" checked' not in unexplained.text
    assert 'name="_week" value="0" checked' in unexplained.text
    none = await manager.post(address, {**posted, "_do": "return", "reason": ""})
    assert 'name="_week" value="0" checked' not in none.text
    assert (await manager.post(address, {**posted, **one, "reason": "Mikä lomake?"})).status_code == 303
    assert "Mikä lomake?" in (await manager.get(f"/tunnit/{ids[1]}")).text
    assert "1 entry waits" in (await manager.get(address)).text


async def test_nothing_waits_and_nobody_else_approves(scene: Scene) -> None:
    manager = await scene.browser(scene.crew.manager)
    assert "Nothing waits for approval" in (await manager.get("/tunnit/hyvaksynta")).text
    await scene.book(60)
    lead = await scene.browser(scene.crew.lead)
    page = await lead.get("/tunnit/hyvaksynta")
    assert page.status_code == 200 and 'name="_entry"' not in page.text
    assert (await lead.post("/tunnit/hyvaksynta", hidden(page.text, "/tunnit/hyvaksynta"))).status_code == 403
    expert = await scene.browser(scene.crew.expert)
    assert (await expert.get("/tunnit/hyvaksynta")).status_code == 403


@pytest.mark.rule("H11.7.3-a")
async def test_tiera_opens_and_closes_a_target_of_own_cost(scene: Scene) -> None:
    manager, expert = await scene.browser(scene.crew.manager), await scene.browser(scene.crew.expert)
    wanted = {"agreementId": f"Agreement:{scene.crew.work.agreement.id}", "kind": "COMPLAINTS"}
    address = "/tunnit/kohteet/uusi"
    assert (await manager.send(address, address, wanted)).status_code == 422
    assert (await manager.send(address, address, {**wanted, "title": "Reklamaatiot"})).status_code == 303
    page = (await manager.get("/tunnit/kohteet")).text
    saying = re.search(r'href="(/tunnit/kohteet/\d+/ohje)">[^<]+<span class="sr">: Reklamaatiot', page)
    assert saying
    assert (await manager.send(saying[1], saying[1], {"instructions": "Numero selitteeseen."})).status_code == 303
    assert "Numero selitteeseen." in (await expert.get("/tunnit/kohteet")).text
    closing = re.search(r'href="(/tunnit/kohteet/\d+/sulje)">Close<span class="sr">: Reklamaatiot', page)
    assert closing and "never billed" in page and "H11.10-h" in page
    assert (await manager.send(closing[1], closing[1], {})).status_code == 303
    assert (await manager.get(closing[1])).status_code == 404
    assert "Reklamaatiot" in (await expert.get("/tunnit/kohteet")).text
    assert (await expert.get(address)).status_code == 403
