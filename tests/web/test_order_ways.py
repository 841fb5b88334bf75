"""Where an order's pages lead, and what each side reads there of what waits for whom."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from backend.orders import delivery_verbs, revision_verbs
from backend.orders.model import Order
from backend.orders.overrun_model import Overrun
from backend.orders.queries import milestones_of
from backend.orders.revision_verbs import Change
from backend.orders.rules import Part
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.identity.making import add_member
from tests.making import NOW, make_right, make_service
from tests.orders.making import (
    PROJECT,
    Parties,
    make_order_awaiting_overrun_decision,
    make_order_in_progress,
    make_ordered,
    make_parties,
    make_requested,
)
from tests.web.portal import Portal, path_to, text_of


@dataclass
class Sides:
    portal: Portal
    parties: Parties
    supplier: Person


@pytest.fixture
async def sides(portal: Portal) -> Sides:
    async with portal.house.sessions.begin() as session:
        parties = await make_parties(session)
        manager = await add_member(session, parties.supplier, Role.SERVICE_MANAGER, "Sari Mäkelä")
        return Sides(portal, parties, manager)


async def test_after_a_refused_decision_another_language_and_the_address_lead_to_the_order(sides: Sides) -> None:
    async with sides.portal.house.sessions.begin() as session:
        overrun: Overrun = await make_order_awaiting_overrun_decision(session, sides.parties)
    browser, page = await sides.portal.signed_in(), f"/tilaukset/{overrun.order_id}"
    address = f"{page}/ylitys/paatos"
    refused = await browser.send(page, address, {"minutes": "1", "reason": ""})
    assert refused.status_code == 422
    back = parse_qs(urlsplit(refused.text.partition('href="/kieli/sv')[2].partition('"')[0]).query)["takaisin"][0]
    answer = await browser.get(back)
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    assert "your decision is needed" in text_of((await browser.get(page)).text)


@pytest.mark.rule("H11.8.3-c")
async def test_a_forecast_that_is_due_is_given_from_the_page_also_while_a_request_to_go_on_waits(sides: Sides) -> None:
    async with sides.portal.house.sessions.begin() as session:
        asked: Overrun = await make_order_awaiting_overrun_decision(session, sides.parties)
        (await session.get_one(Order, asked.order_id)).forecast_due_at = NOW
    page = (await (await sides.portal.signed_in(sides.supplier)).get(f"/tilaukset/{asked.order_id}")).text
    assert "A new forecast is due" in text_of(page)
    assert f'href="/tilaukset/{asked.order_id}/ennuste"' in page


@pytest.mark.rule("H11.3.3-a")
async def test_tiera_reads_what_a_project_waits_for_and_whose_part_of_it_is_its_own(sides: Sides) -> None:
    async with sides.portal.house.sessions.begin() as session:
        order = await make_ordered(session, sides.parties, minutes=PROJECT)
    tiera = await sides.portal.signed_in()
    page = (await tiera.get(f"/tilaukset/{order.id}")).text
    waits = page.partition('id="decision"')[2].partition('id="order"')[0]
    assert "This is still missing" in text_of(waits) and "Tiera has named its project manager" in text_of(waits)
    assert f"/tilaukset/{order.id}/projektipaallikko" in waits


@pytest.mark.rule("H11.9-b")
async def test_a_part_is_delivered_and_returned_on_a_page_that_names_it_and_its_amount(sides: Sides) -> None:
    async with sides.portal.house.sessions.begin() as session:
        parts = (Part("Määrittely", Decimal("10000.00")), Part("Toteutus", Decimal("500.00"), date(2026, 12, 31)))
        order = await make_order_in_progress(session, sides.parties, parts=parts)
        _, second = await milestones_of(session, order.id)
    supplier, tiera = await sides.portal.signed_in(sides.supplier), await sides.portal.signed_in()
    path = f"/tilaukset/{order.id}/osat/{second.id}"
    shown = text_of((await supplier.get(f"{path}/toimitus")).text)
    assert "Toteutus" in shown and "500,00 €" in shown and "31.12.2026" in shown and str(order.number) in shown
    assert "Määrittely" not in shown
    assert path_to(await supplier.send(f"{path}/toimitus", f"{path}/toimitus", {})) == f"/tilaukset/{order.id}"
    unsaid = await tiera.send(f"{path}/palautus", f"{path}/palautus", {})
    assert unsaid.status_code == 422 and "Toteutus" in text_of(unsaid.text) and "500,00 €" in text_of(unsaid.text)
    await tiera.send(f"{path}/palautus", f"{path}/palautus", {"reason": "Kuvat puuttuvat."})
    await supplier.send(f"{path}/toimitus", f"{path}/toimitus", {})
    assert re.search(
        r"Returned \d+\.\d+\.\d+: Kuvat puuttuvat\.", text_of((await tiera.get(f"/tilaukset/{order.id}")).text)
    )


async def test_a_delivery_that_was_returned_is_accepted_with_the_reason_in_sight(sides: Sides) -> None:
    async with sides.portal.house.sessions.begin() as session:
        p = sides.parties
        order = await make_order_in_progress(session, p)
        await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
        await delivery_verbs.return_work(session, p.contact, order_id=order.id, reason="Toinen kenttä.", now=NOW)
        await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    page = text_of((await (await sides.portal.signed_in()).get(f"/tilaukset/{order.id}")).text)
    assert "A delivery that was returned" in page and "Toinen kenttä." in page


@pytest.mark.rule("H11.8.3-b")
async def test_a_change_is_rejected_on_a_page_that_shows_it_with_the_ceiling_now_and_then(sides: Sides) -> None:
    async with sides.portal.house.sessions.begin() as session:
        p = sides.parties
        order = await make_order_in_progress(session, p)
        said = Change(
            title=order.title,
            description=order.description,
            goal=order.goal,
            limits=order.limits,
            minutes_change=600,
        )
        change = await revision_verbs.propose_revision(
            session, p.contact, order_id=order.id, change=said, reason="Laajeni.", now=NOW
        )
    browser, page = await sides.portal.signed_in(sides.supplier), f"/tilaukset/{order.id}"
    for path in (page, f"{page}/muutokset/{change.id}/hylkays"):
        shown = text_of((await browser.get(path)).text)
        assert "Laajeni." in shown and re.search(r"\+10\sh, \+1\s000,00\s€ \(now 67,5\sh, then 77,5\sh\)", shown), path


@pytest.mark.rule("H11.8.1-i")
async def test_who_asked_for_work_reads_that_it_waits_and_is_not_led_to_take_it_back(sides: Sides) -> None:
    async with sides.portal.house.sessions.begin() as session:
        p = sides.parties
        asker = await add_member(session, p.customer, Role.REPRESENTATIVE, "Hanna Järvinen")
        service = await make_service(session, p.agreement)
    browser = await sides.portal.signed_in(asker)
    sent = await browser.send(
        "/tilaukset/pyynto",
        "/tilaukset/pyynto",
        {"title": "Raportti", "description": "Uusi raportti.", "serviceId": f"Service:{service.id}"},
    )
    page = (await browser.get(path_to(sent))).text
    waits = page.partition('id="decision"')[2].partition("</section>")[0]
    assert "Waits for Tiera" in text_of(waits) and "peru-pyynto" not in waits.partition('id="content"')[0]
    assert "peru-pyynto" in page


@pytest.mark.rule("H11.8.1-i")
async def test_who_is_named_at_a_customer_still_asks_tiera_for_what_is_outside_their_right(sides: Sides) -> None:
    async with sides.portal.house.sessions.begin() as session:
        p = sides.parties
        named = await add_member(session, p.customer, Role.REPRESENTATIVE, "Hanna Järvinen")
        await make_right(session, named, p.customer)
        await make_service(session, p.agreement)
    browser = await sides.portal.signed_in(named)
    listed = (await browser.get("/tilaukset")).text
    assert "/tilaukset/uusi" in listed and "/tilaukset/pyynto" in listed
    new = "/tilaukset/uusi"
    assert "No certain service" not in (await browser.get(new)).text
    unsaid = await browser.send(new, new, {"content.title": "Raportti", "content.description": "x"})
    assert unsaid.status_code == 422 and "Service: This is needed." in text_of(unsaid.text)


@pytest.mark.rule("H11.8.1-g")
async def test_what_is_wrong_in_an_alternative_is_said_to_be_there(sides: Sides) -> None:
    async with sides.portal.house.sessions.begin() as session:
        order = await make_requested(session, sides.parties)
    browser, path = await sides.portal.signed_in(sides.supplier), f"/tilaukset/{order.id}/arvio"
    group = f"PriceGroup:{sides.parties.senior.id}"
    rows = {"options.0.rows.0.minutes": "8", "options.1.rows.0.minutes": "7:20", "options.1.title": "Halvempi"}
    rows |= {f"options.{n}.rows.0.priceGroupId": group for n in range(2)}
    wrong = await browser.send(path, path, {"options.0.title": "Pyydetty", **rows})
    assert wrong.status_code == 422
    summary = text_of(wrong.text.partition('class="errors"')[2].partition("</ul>")[0])
    assert "Alternative 1, Effort, row 1, Hours:" in summary and "The way that was asked for" not in summary


async def test_the_way_back_from_cancelling_an_order_is_not_called_cancelling(sides: Sides) -> None:
    async with sides.portal.house.sessions.begin() as session:
        order = await make_requested(session, sides.parties)
    page = (await (await sides.portal.signed_in()).get(f"/tilaukset/{order.id}/peruuta")).text
    actions = text_of(page.partition("<main")[2].rpartition('class="actions"')[2].partition("</div>")[0])
    assert "Cancel the order" in actions and "Back, nothing is done" in actions
    assert "by a customer it is for" in text_of(page), "who reads why"
