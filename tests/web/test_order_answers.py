"""What is answered on an order's own page, without JavaScript: a change that the other side wants, a part delivered."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from backend.orders import revision_verbs
from backend.orders.estimate_verbs import MonthlyFee
from backend.orders.model import Milestone, Order
from backend.orders.overrun_model import Revision
from backend.orders.placing_verbs import end_order_early
from backend.orders.queries import milestones_of, parts_of
from backend.orders.revision_verbs import Change
from backend.orders.rules import Part
from backend.orders.states import MilestoneState, Pricing, RevisionState
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.identity.making import add_member, add_password, add_person
from tests.making import NOW, make_right, supplier_manager
from tests.orders.making import (
    ASSIGNMENT,
    Parties,
    estimate,
    first_option,
    make_estimated,
    make_order_awaiting_overrun_decision,
    make_order_in_progress,
    make_parties,
    make_requested,
    option,
    place,
)
from tests.web.portal import Portal, hidden, path_to, text_of


@dataclass
class Desk:
    """An order under way, and the supplier's manager who signs in."""

    portal: Portal
    parties: Parties
    manager: Person

    async def order(self, *parts: Part) -> Order:
        async with self.portal.house.sessions.begin() as session:
            return await make_order_in_progress(session, self.parties, parts=parts)

    async def change(self, order: Order) -> int:
        """Tiera's change of what it is called."""
        said = Change(title="Laajempi rajapinta", description=order.description, goal=order.goal, limits=order.limits)
        async with self.portal.house.sessions.begin() as session:
            made = await revision_verbs.propose_revision(
                session, self.parties.contact, order_id=order.id, change=said, reason="Sovittiin.", now=NOW
            )
            return made.id


@pytest.fixture
async def desk(portal: Portal) -> Desk:
    async with portal.house.sessions.begin() as session:
        parties = await make_parties(session)
        return Desk(portal, parties, await add_member(session, parties.supplier, Role.SERVICE_MANAGER, "Sari Mäkelä"))


@pytest.mark.rule("H11.8.3-b")
@pytest.mark.parametrize(
    ("answer", "reason", "state"),
    [("hyvaksynta", {}, RevisionState.ACCEPTED), ("hylkays", {"reason": "Ei ehditä."}, RevisionState.REJECTED)],
)
async def test_a_change_is_accepted_at_once_or_rejected_with_a_reason(
    desk: Desk, answer: str, reason: dict[str, str], state: RevisionState
) -> None:
    order = await desk.order()
    change = await desk.change(order)
    browser, page = await desk.portal.signed_in(desk.manager), f"/tilaukset/{order.id}"
    path = f"{page}/muutokset/{change}/{answer}"
    if reason:
        unsaid = await browser.send(path, path, {})
        assert unsaid.status_code == 422 and "Reject the change" in text_of(unsaid.text)
    assert path_to(await browser.send(path if reason else page, path, reason)) == page
    assert "Sari Mäkelä" in (await browser.get(page)).text.split('id="changes"')[1].split("</section>")[0]
    async with desk.portal.house.sessions() as session:
        assert (await session.get_one(Revision, change)).state is state


@pytest.mark.rule("H11.8.3-b")
async def test_a_change_of_work_that_is_delivered_is_offered_for_acceptance_nowhere(desk: Desk) -> None:
    order = await desk.order()
    await desk.change(order)
    browser, page = await desk.portal.signed_in(desk.manager), f"/tilaukset/{order.id}"
    assert "Changes of orders to answer" in text_of((await browser.get("/tyopoyta")).text)
    assert "Accept the change" in (await browser.get(page)).text
    assert path_to(await browser.send(f"{page}/toimita", f"{page}/toimita", {})) == page
    assert "Changes of orders to answer" not in text_of((await browser.get("/tyopoyta")).text)
    said = (await browser.get(page)).text
    assert "Accept the change" not in said and "Reject the change" in said


@pytest.mark.rule("H11.8.3-d")
async def test_whoever_accepts_more_effort_for_tiera_says_whether_work_done_before_is_covered(desk: Desk) -> None:
    order = await desk.order()
    said = Change(
        title=order.title, description=order.description, goal=order.goal, limits=order.limits, minutes_change=60
    )
    async with desk.portal.house.sessions.begin() as session:
        lead = await supplier_manager(session, desk.parties.supplier)
        change = await revision_verbs.propose_revision(
            session, lead, order_id=order.id, change=said, reason="Lomakkeita on enemmän.", now=NOW
        )
        contact = await session.get_one(Person, desk.parties.right.person_id)
        await add_password(session, contact)
    browser, page = await desk.portal.signed_in(contact), f"/tilaukset/{order.id}"
    assert "Work done before this acceptance is covered too" in text_of((await browser.get(page)).text)
    answer = f"{page}/muutokset/{change.id}/hyvaksynta"
    assert path_to(await browser.send(page, answer, {"coversWorkDone": "true"})) == page
    assert "work done before it covered" in text_of((await browser.get(page)).text)
    async with desk.portal.house.sessions() as session:
        assert (await session.get_one(Revision, change.id)).covers_work_done is True


async def test_who_orders_for_a_fixed_price_sees_its_parts_before_the_order(desk: Desk) -> None:
    parts = (Part("Suunnittelu", Decimal("2000.00")), Part("Toteutus", Decimal("500.00")))
    async with desk.portal.house.sessions.begin() as session:
        order = await make_estimated(session, desk.parties, parts=parts)
    said = text_of((await (await desk.portal.signed_in()).get(f"/tilaukset/{order.id}")).text)
    assert all(part.title in said for part in parts), said


@pytest.mark.rule("H11.8.3-b")
async def test_a_part_is_delivered_returned_with_a_reason_delivered_again_and_accepted(desk: Desk) -> None:
    order = await desk.order(Part("Suunnittelu", Decimal("2000.00")))
    async with desk.portal.house.sessions() as session:
        (part,) = await milestones_of(session, order.id)
    page, path = f"/tilaukset/{order.id}", f"/tilaukset/{order.id}/osat/{part.id}"
    supplier, tiera = await desk.portal.signed_in(desk.manager), await desk.portal.signed_in()
    assert "Deliveries to accept" not in text_of((await tiera.get("/tyopoyta")).text)
    assert path_to(await supplier.send(f"{path}/toimitus", f"{path}/toimitus", {})) == page
    waiting = text_of((await tiera.get("/tyopoyta")).text)
    assert "Deliveries to accept" in waiting and order.title in waiting
    assert order.title in text_of((await tiera.get("/tilaukset?hasDelivered=true")).text)
    assert order.title in text_of((await tiera.get("/tilaukset?awaitsDecision=true")).text)
    refused = await supplier.get(f"{path}/palautus")
    assert refused.status_code == 409 and f'href="{page}"' in refused.text
    unsaid = await tiera.send(f"{path}/palautus", f"{path}/palautus", {})
    assert unsaid.status_code == 422 and "Return the part" in text_of(unsaid.text)
    assert path_to(await tiera.send(f"{path}/palautus", f"{path}/palautus", {"reason": "Kuva puuttuu."})) == page
    assert "Returned deliveries" in text_of((await supplier.get("/tyopoyta")).text)
    assert path_to(await supplier.send(f"{path}/toimitus", f"{path}/toimitus", {})) == page
    assert "Returned deliveries" not in text_of((await supplier.get("/tyopoyta")).text)
    assert path_to(await tiera.send(page, f"{path}/hyvaksynta", {})) == page
    assert "Deliveries to accept" not in text_of((await tiera.get("/tyopoyta")).text)
    async with desk.portal.house.sessions() as session:
        assert (await session.get_one(Milestone, part.id)).state is MilestoneState.ACCEPTED


@pytest.mark.rule("D0-b")
async def test_an_ordering_contact_ends_work_under_way_with_a_reason(desk: Desk) -> None:
    order = await desk.order()
    async with desk.portal.house.sessions.begin() as session:
        contact = await session.get_one(Person, desk.parties.right.person_id)
        await add_password(session, contact)
    browser, page = await desk.portal.signed_in(contact), f"/tilaukset/{order.id}"
    assert f'href="{page}/paata"' in (await browser.get(page)).text
    by_parts = await desk.order(Part("Rajapinta", Decimal(7000)))
    ending = text_of((await browser.get(f"/tilaukset/{by_parts.id}/paata")).text)
    assert "Bound 7 000,00 €" in ending and "Accepted so far 0,00 €" in ending
    assert "of a fixed price, accepted parts can be billed" in ending, "it has no ceiling for its hours"
    assert (await browser.send(f"{page}/paata", f"{page}/paata", {})).status_code == 422
    assert path_to(await browser.send(f"{page}/paata", f"{page}/paata", {"reason": "Rekisteri korvataan."})) == page
    said = text_of((await browser.get(page)).text)
    assert "Ended early: hours up to the ceiling, or of a fixed price its accepted parts, stay payable" in said
    assert "Rekisteri korvataan." in said and "can be booked until" in said


@pytest.mark.rule("H11.8.1-i")
async def test_a_customers_named_contact_has_the_estimate_on_the_desk(desk: Desk) -> None:
    async with desk.portal.house.sessions.begin() as session:
        customer = desk.parties.customer
        asking = await add_member(session, customer, Role.REPRESENTATIVE)
        named = await add_person(session, "Noora Lind")
        await add_password(session, named)
        await make_right(session, named, customer)
        order = await make_estimated(session, desk.parties, customer_id=customer.id)
    said = text_of((await (await desk.portal.signed_in(named)).get("/tyopoyta")).text)
    assert "Estimates to answer" in said and order.title in said
    assert "Estimates to answer" not in text_of((await (await desk.portal.signed_in(asking)).get("/tyopoyta")).text)


async def test_whoever_has_nothing_to_do_reads_what_an_order_waits_for(desk: Desk) -> None:
    async with desk.portal.house.sessions.begin() as session:
        order = await make_estimated(session, desk.parties)
    supplier, tiera = await desk.portal.signed_in(desk.manager), await desk.portal.signed_in()
    page, confirming = f"/tilaukset/{order.id}", f"/tilaukset/{order.id}/vahvista"
    assert "Waits for Tiera to choose and order" in text_of((await supplier.get(page)).text)
    async with desk.portal.house.sessions.begin() as session:
        await place(session, desk.parties, order)
    assert "Waits for the supplier's confirmation" in text_of((await tiera.get(page)).text)
    told = {"supplierNumber": "KP-1", "description": "Siirrämme ilmoittautumiset öisin."}
    assert path_to(await supplier.send(confirming, confirming, told)) == page
    assert "Siirrämme ilmoittautumiset öisin." in (await tiera.get(page)).text, "also before anything is booked"
    assert "Waits for the supplier to begin" in text_of((await tiera.get(page)).text)
    assert "Waits for" not in text_of((await supplier.get(page)).text)


async def test_an_old_form_replaces_no_newer_estimate_and_keeps_what_was_typed(desk: Desk) -> None:
    async with desk.portal.house.sessions.begin() as session:
        order = await make_estimated(session, desk.parties)
    supplier, path = await desk.portal.signed_in(desk.manager), f"/tilaukset/{order.id}/arvio"
    old = hidden((await supplier.get(path)).text, path)
    async with desk.portal.house.sessions.begin() as session:
        await estimate(session, desk.parties, order, option(desk.parties, 900, title="Pienempi"))
    group = f"PriceGroup:{desk.parties.senior.id}"
    mine = {"options.0.title": "Omani", "options.0.rows.0.priceGroupId": group, "options.0.rows.0.minutes": "20"}
    refused = await supplier.post(path, old | mine | {"noneBetterStatement": "Ei ole."})
    said = text_of(refused.text)
    assert refused.status_code == 409 and "given an estimate meanwhile" in said and "Pienempi: 15 h" in said
    assert 'value="Omani"' in refused.text
    again = hidden(refused.text, path) | mine | {"noneBetterStatement": "Ei ole."}
    assert path_to(await supplier.post(path, again)) == f"/tilaukset/{order.id}"


async def test_a_monthly_fee_stays_one_when_its_estimate_is_given_again(desk: Desk) -> None:
    """Months that have passed are among it: as parts they would be refused."""
    fee = MonthlyFee(amount=Decimal("900.00"), first_month=date(2026, 1, 15), months=3)
    async with desk.portal.house.sessions.begin() as session:
        order = await make_requested(session, desk.parties, pricing=Pricing.FIXED)
        await estimate(session, desk.parties, order, replace(option(desk.parties), monthly=fee))
    supplier, path = await desk.portal.signed_in(desk.manager), f"/tilaukset/{order.id}/arvio"
    shown = (await supplier.get(path)).text
    begun = dict(re.findall(r'name="(options\.0\.(?:monthly|parts)\.[^"]*)"[^>]* value="([^"]+)"', shown))
    assert list(begun) == [f"options.0.monthly.{name}" for name in ("amount", "firstMonth", "months")], begun
    mine = {
        "options.0.title": "Ylläpito",
        "options.0.rows.0.priceGroupId": f"PriceGroup:{desk.parties.senior.id}",
        "options.0.rows.0.minutes": "20",
        "noneBetterStatement": "Ei ole.",
    }
    assert path_to(await supplier.post(path, hidden(shown, path) | begun | mine)) == f"/tilaukset/{order.id}"
    async with desk.portal.house.sessions() as session:
        newest = await first_option(session, order)
        parts = [(part.amount, part.month) for part in await parts_of(session, newest.id)]
    assert newest.title == "Ylläpito"
    assert parts == [(Decimal("900.00"), date(2026, month, 1)) for month in (1, 2, 3)]


@pytest.mark.rule("H11.3.1-a")
async def test_an_estimate_is_asked_for_anew_on_the_orders_page(desk: Desk) -> None:
    async with desk.portal.house.sessions.begin() as session:
        order = await make_estimated(session, desk.parties, ASSIGNMENT)
        contact = await session.get_one(Person, desk.parties.right.person_id)
        await add_password(session, contact)
    supplier, tiera = await desk.portal.signed_in(desk.manager), await desk.portal.signed_in(contact)
    page = f"/tilaukset/{order.id}"
    shown = text_of((await (await desk.portal.signed_in()).get(page)).text)
    assert "Waits for Tiera to choose and order" in shown and "Next step" not in shown
    shown = text_of((await tiera.get(page)).text)
    assert shown.count("Ask for a new estimate") == 1 and "Place the order" in shown
    assert "Estimates to give" not in text_of((await supplier.get("/tyopoyta")).text)
    asking = f"{page}/pyyda-arvio"
    asked = (await tiera.get(asking)).text
    assert "nothing can be ordered by it any more" in text_of(asked)
    assert re.search(r'value="ASSIGNMENT"[^>]* checked', asked), "what it was estimated to be"
    assert path_to(await tiera.send(asking, asking, {"expectedClass": "SMALL"})) == page
    shown = text_of((await tiera.get(page)).text)
    assert "A new estimate is asked for" in shown and "Place the order" not in shown
    assert "Estimates to give" in text_of((await supplier.get("/tyopoyta")).text)
    async with desk.portal.house.sessions.begin() as session:
        await estimate(session, desk.parties, order, option(desk.parties, 900, title="Pienempi"))
    shown = text_of((await tiera.get(page)).text)
    assert "Former estimates (1)" in shown and "Place the order" in shown
    assert "As asked: 150 h" in shown


async def test_a_refusal_is_said_though_the_page_has_its_form_no_more(desk: Desk) -> None:
    order, tiera = await desk.order(), await desk.portal.signed_in()
    page = f"/tilaukset/{order.id}"
    guard = hidden((await tiera.get(page)).text, f"{page}/asiakirjat")
    late = {"orderId": f"Order:{order.id}", "optionId": "EstimateOption:1"}
    answer = await tiera.post(f"{page}/tilaus", guard | late)
    assert answer.status_code == 403 and answer.text.count('class="errors"') == 1, text_of(answer.text)


async def test_what_tiera_was_asked_for_waits_for_the_supplier_no_more(desk: Desk) -> None:
    async with desk.portal.house.sessions.begin() as session:
        await make_order_awaiting_overrun_decision(session, desk.parties)
    supplier, tiera = await desk.portal.signed_in(desk.manager), await desk.portal.signed_in()
    assert "Ask to go on" not in text_of((await supplier.get("/tyopoyta")).text)
    assert "Requests to go on above the ceiling" in text_of((await tiera.get("/tyopoyta")).text)


async def test_the_decision_on_a_request_to_go_on_shows_the_ceiling_as_it_is_now(desk: Desk) -> None:
    """A change was accepted meanwhile: what is approved is added to the ceiling that it left."""
    p = desk.parties
    async with desk.portal.house.sessions.begin() as session:
        asked = await make_order_awaiting_overrun_decision(session, p)
        order = await session.get_one(Order, asked.order_id)
        said = Change(title=order.title, description=order.description, goal=order.goal, limits=order.limits)
        more = await revision_verbs.propose_revision(
            session,
            p.supplier_manager,
            order_id=order.id,
            change=replace(said, minutes_change=150),
            reason="Sovittiin.",
            now=NOW,
        )
        await revision_verbs.accept_revision(session, p.contact, revision_id=more.id, now=NOW)
    said_on_it = text_of((await (await desk.portal.signed_in()).get(f"/tilaukset/{order.id}")).text)
    assert "of the ceiling of 70 h is booked" in said_on_it and "The new ceiling is 70 h and" in said_on_it


async def test_a_part_is_late_while_its_order_goes_on(desk: Desk) -> None:
    order, browser = await desk.order(Part("Toteutus", Decimal("500.00"))), await desk.portal.signed_in()
    passed = sa.update(Milestone).values(due_on=date(2026, 11, 2))
    async with desk.portal.house.sessions.begin() as session:
        await session.execute(passed)
    assert 'class="due late"' in (await browser.get(f"/tilaukset/{order.id}")).text
    async with desk.portal.house.sessions.begin() as session:
        await end_order_early(session, desk.parties.contact, order_id=order.id, reason="Ei tarvita.", now=NOW)
    assert 'class="due late"' not in (await browser.get(f"/tilaukset/{order.id}")).text


async def test_a_request_to_go_on_that_is_not_open_says_so(desk: Desk) -> None:
    """Of a fixed price there is no ceiling, and of what is not placed none yet."""
    supplier, fixed = await desk.portal.signed_in(desk.manager), await desk.order(Part("Työ", Decimal("500.00")))
    async with desk.portal.house.sessions.begin() as session:
        asked = await make_requested(session, desk.parties)
    for order in (fixed, asked):
        assert (await supplier.get(f"/tilaukset/{order.id}/ylitys")).status_code == 409
