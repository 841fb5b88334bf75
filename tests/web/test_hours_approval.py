"""The pages on which hours are approved, without JavaScript; and targets at own cost."""

import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.dialects.postgresql import Range

from backend.kit import clock
from backend.orders.model import Order
from backend.orders.states import OrderState
from tests.hours.making import book, foresee, make_work
from tests.making import make_price_group
from tests.web.hours_scene import SINCE, Scene, opened_scene
from tests.web.portal import hidden
from web.hours.weeks import today


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with opened_scene(database_url, tmp_path) as scene:
        yield scene


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


async def test_a_target_at_own_cost_says_so_where_targets_are_chosen(scene: Scene) -> None:
    await scene.book(60)
    expert = await scene.browser(scene.crew.expert)
    (address,) = re.findall(
        r'href="(/tunnit/uusi/\d+)"[^>]*>(?:(?!</a>).)*kokoukset', (await expert.get("/tunnit/uusi")).text, re.S
    )
    day = today()
    said = {
        "booking.minutes": "2",
        "booking.day": f"{day.day}.{day.month}.{day.year}",
        "booking.description": "Syyskuun kokous",
    }
    assert (await expert.send(address, address, said)).status_code == 303
    manager = await scene.browser(scene.crew.manager)
    waits = (await manager.get(f"/tunnit/hyvaksynta?target={scene.crew.target}")).text
    assert ">Ohjausryhmän kokoukset (own cost, never billed)</option>" in waits


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


@pytest.mark.rule("H11.7.3-b")
async def test_a_target_of_extra_work_is_offered_for_orders_that_were_placed(scene: Scene) -> None:
    async with scene.portal.house.sessions.begin() as session:
        drafted = await make_work(session, state=OrderState.DRAFT, ordered_at=None)
    page = (await (await scene.browser(scene.crew.manager)).get("/tunnit/kohteet/uusi")).text
    assert f'value="Order:{scene.crew.work.order.id}"' in page
    assert f'value="Order:{drafted.order.id}"' not in page


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
    other_tab = {**hidden((await manager.get(saying[1])).text, saying[1]), "instructions": "Ei numeroa."}
    assert (await manager.send(saying[1], saying[1], {"instructions": "Numero selitteeseen."})).status_code == 303
    late = await manager.post(saying[1], other_tab)
    assert late.status_code == 409 and "Ei numeroa." in late.text and "Numero selitteeseen." in late.text
    seen = {**hidden(late.text, saying[1]), "instructions": "Numero selitteeseen."}
    assert (await manager.post(saying[1], seen)).status_code == 303
    assert "Numero selitteeseen." in (await expert.get("/tunnit/kohteet")).text
    closing = re.search(r'href="(/tunnit/kohteet/\d+/sulje)">Close<span class="sr">: Reklamaatiot', page)
    assert closing and "never billed" in page and "H11.10-h" in page
    assert (await manager.send(closing[1], closing[1], {})).status_code == 303
    assert (await manager.get(closing[1])).status_code == 409
    assert "Reklamaatiot" in (await expert.get("/tunnit/kohteet")).text
    assert (await expert.get(address)).status_code == 403
