"""Approving tickets for billing in the portal, without JavaScript: chosen, approved, raised and taken back."""

import re

import pytest
import sqlalchemy as sa

from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.ledger.model import Account
from backend.parties.agreement_model import Agreement, PriceGroup
from backend.parties.model import Person
from backend.rulebook.roles import Role
from backend.tickets.billing_model import BillingApproval
from tests.identity.making import add_member, add_organisation
from tests.making import make_agreement, make_price_group, make_service
from tests.web.portal import Portal, path_to, text_of
from tests.web.test_ticket_pages import reported, step


@pytest.fixture
async def sides(portal: Portal) -> tuple[Person, Person, PriceGroup]:
    """A municipality's representative, the supplier's service manager, and a price group of its agreement."""
    async with portal.house.sessions.begin() as session:
        agreement: Agreement = await make_agreement(session, portal.supplier)
        await make_service(session, agreement)
        group = await make_price_group(session, agreement)
        await make_price_group(session, await make_agreement(session))
        town = await add_organisation(session, "Mallila", ActorKind.CUSTOMER)
        asker = await add_member(session, town, Role.REPRESENTATIVE, "Hanna Kunta")
        return asker, await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja"), group


@pytest.mark.rule("H11.9-c")
async def test_a_ticket_is_approved_for_billing_from_its_page_and_both_sides_see_it(
    portal: Portal, sides: tuple[Person, Person, PriceGroup]
) -> None:
    asker, tiera, supplier = (
        await portal.signed_in(sides[0]), await portal.signed_in(), await portal.signed_in(sides[1])
    )  # fmt: skip
    page = await reported(asker)
    assert "/laskutus" not in (await tiera.get(page)).text, "the supplier has not seen it"
    await step(tiera, page, "siirra", reason="Vika on palvelussa.")
    await step(supplier, page, "ota")
    assert (await tiera.get(page)).text.count(f'href="{page}/laskutus"') == 1
    await step(supplier, page, "pyyda-laskutuslupaa", reason="Eight hours.")
    asked = (await tiera.get(page)).text
    assert [asked.count(f'href="{page}/{act}"') for act in ("laskutus", "ei-laskuteta")] == [2, 2], "at the top too"
    assert "/ei-laskuteta" not in (await supplier.get(page)).text
    assert (await supplier.get("/laskutusluvat/uusi")).status_code == 403
    form = path_to(await tiera.get(f"{page}/laskutus"))
    shown = (await tiera.get(form)).text
    assert "checked" in shown and sides[2].name in shown
    assert set(re.findall(r"PriceGroup:\d+", shown)) == {str(sides[2].ref)}, "no other supplier's prices"
    ticket = f"Ticket:{page.rpartition('/')[2]}"
    given = {
        "ticketIds": ticket,
        "figure.minutes": "8",
        "figure.priceGroupId": f"PriceGroup:{sides[2].id}",
        "note": "Once.",
    }
    short = await tiera.send(form, form, given | {"figure.minutes": ""})
    assert short.status_code == 422 and "This is needed." in text_of(short.text)
    act = path_to(await tiera.send(form, form, given))
    assert "at most 8 h" in text_of((await tiera.get(act)).text)
    again = await tiera.send(form, form, given)
    assert again.status_code == 422 and "approved for billing already" in text_of(again.text)
    async with portal.house.sessions() as session:
        id_ = (await session.scalars(sa.select(BillingApproval.id))).one()
    for who in (tiera, supplier):
        assert "at most 8 h" in text_of((await who.get(page)).text)
        assert "Once." in text_of((await who.get(f"/laskutusluvat/{id_}")).text)
    booking = re.search(r'href="(/tunnit/uusi/\d+)"', (await supplier.get("/tunnit/uusi")).text)
    assert booking and "0 h booked of at most 8 h" in text_of((await supplier.get(booking[1])).text)
    assert "at most 8 h" not in text_of((await asker.get(page)).text)
    assert (await asker.get(f"/laskutusluvat/{id_}")).status_code in (403, 404)
    assert (await asker.get("/laskutusluvat")).status_code in (403, 404)


@pytest.mark.rule("H11.9-c")
async def test_an_approval_is_raised_and_taken_back_with_a_reason(
    portal: Portal, sides: tuple[Person, Person, PriceGroup]
) -> None:
    asker, tiera, supplier = (
        await portal.signed_in(sides[0]), await portal.signed_in(), await portal.signed_in(sides[1])
    )  # fmt: skip
    page = await reported(asker)
    await step(tiera, page, "siirra", reason="Vika on palvelussa.")
    await step(supplier, page, "ota")
    given = {
        "ticketIds": f"Ticket:{page.rpartition('/')[2]}",
        "figure.minutes": "8",
        "figure.priceGroupId": f"PriceGroup:{sides[2].id}",
    }
    form = path_to(await tiera.get(f"{page}/laskutus"))
    await tiera.send(form, form, given)
    async with portal.house.sessions() as session:
        billing = f"/laskutusluvat/{(await session.scalars(sa.select(BillingApproval.id))).one()}"
    assert path_to(await step(tiera, billing, "nosta", minutes="1,5", reason="More schools.")) == billing
    assert "9 h 30 min" in text_of((await supplier.get(billing)).text) or "9,5 h" in text_of(
        (await supplier.get(billing)).text
    )
    assert (await supplier.get(f"{billing}/peru")).status_code in (403, 409)
    assert (await step(tiera, billing, "peru", reason="")).status_code == 422
    assert path_to(await step(tiera, billing, "peru", reason="A fault of ours.")) == billing
    assert "A fault of ours." in text_of((await supplier.get(page)).text)
    assert (await tiera.get(f"{billing}/peru")).status_code == 409


@pytest.mark.rule("H11.7.3-a")
async def test_what_was_approved_for_a_ticket_is_closed_among_the_targets(
    portal: Portal, sides: tuple[Person, Person, PriceGroup]
) -> None:
    asker, tiera, supplier = (
        await portal.signed_in(sides[0]), await portal.signed_in(), await portal.signed_in(sides[1])
    )  # fmt: skip
    page = await reported(asker)
    await step(tiera, page, "siirra", reason="Vika on palvelussa.")
    await step(supplier, page, "ota")
    form = path_to(await tiera.get(f"{page}/laskutus"))
    figure = {"figure.minutes": "8", "figure.priceGroupId": f"PriceGroup:{sides[2].id}"}
    await tiera.send(form, form, {"ticketIds": f"Ticket:{page.rpartition('/')[2]}", **figure})
    closing = re.search(r'href="(/tunnit/kohteet/\d+/sulje)"', (await tiera.get("/tunnit/kohteet")).text)
    assert closing and closing[1] not in (await supplier.get("/tunnit/kohteet")).text
    assert "What is booked stays." in text_of((await tiera.get(closing[1])).text)
    assert (await tiera.send(closing[1], closing[1], {})).status_code == 303
    assert closing[1] not in (await tiera.get("/tunnit/kohteet")).text, "it is open to the end of the day, and closed"
    async with portal.house.sessions() as session:
        closes_on = sa.select(Account.closes_on).where(Account.about_kind == "BillingApproval")
        assert await session.scalar(closes_on) == helsinki_date(clock.now())
