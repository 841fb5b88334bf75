"""What recurs in the portal, without JavaScript: looked at, made a problem, remedied and answered."""

import pytest
import sqlalchemy as sa

from backend.kit.actor import SCHEDULE, ActorKind
from backend.kit.clock import now
from backend.parties.model import Person
from backend.tickets.model import Ticket
from backend.tickets.recurrence_model import Recurrence
from backend.tickets.recurrence_verbs import find_recurrences
from tests.identity.making import add_organisation
from tests.web.portal import Portal, path_to, text_of
from tests.web.test_ticket_pages import reported, step


@pytest.fixture
async def page(portal: Portal, sides: tuple[Person, Person]) -> str:
    """The page of three incidents with one title."""
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    for _ in range(3):
        await step(tiera, await reported(asker), "siirra", reason="Vika on palvelussa.")
    async with portal.house.sessions.begin() as session:
        await find_recurrences(session, SCHEDULE, now=now())
        return f"/toistuvat/{await session.scalar(sa.select(Recurrence.id))}"


async def test_what_recurs_becomes_a_problem_with_a_remedy_that_tiera_answers(
    portal: Portal, sides: tuple[Person, Person], page: str
) -> None:
    supplier, tiera = await portal.signed_in(sides[1]), await portal.signed_in()
    shown = text_of((await supplier.get("/toistuvat")).text)
    assert "tulostus" in shown and "1 thing recurs" in shown
    assert "tulostus" in (await supplier.get("/toistuvat/vienti.csv")).content.decode("utf-8-sig")
    assert "3 tickets between" in text_of((await supplier.get(page)).text)
    form = (await supplier.get(f"{page}/ongelma")).text
    assert "Recurs: " in form, "one click is enough: the title is there"
    assert path_to(await step(supplier, page, "ongelma", title="Tulostus toistuu", description="Sama pohja.")) == page
    async with portal.house.sessions() as session:
        assert await session.scalar(sa.select(Ticket.title).where(Ticket.kind == "problem")) == "Tulostus toistuu"
    refused = await step(supplier, page, "ehdota", proposal="Pohja uusitaan.", expectedPerMonth="5")
    assert refused.status_code == 422 and "Fewer than now" in refused.text
    said = {"proposal": "Pohja uusitaan.", "expectedPerMonth": "0,25"}
    assert path_to(await step(supplier, page, "ehdota", **said)) == page
    assert "0,25 are expected after it" in text_of((await supplier.get(page)).text)
    assert (await supplier.get(f"{page}/vastaa")).status_code == 409
    assert path_to(await step(tiera, page, "vastaa", isAccepted="true", reason="Tehdään.")) == page
    assert "Proposal accepted" in text_of((await supplier.get(page)).text)


async def test_why_tiera_declined_stays_on_the_page_when_its_problem_is_withdrawn_and_another_is_made(
    portal: Portal, sides: tuple[Person, Person], page: str
) -> None:
    supplier, tiera = await portal.signed_in(sides[1]), await portal.signed_in()
    await supplier.send(page, f"{page}/ongelma", {})
    await step(supplier, page, "ehdota", proposal="Pohja uusitaan.", expectedPerMonth="0,2")
    assert "are expected after it" in text_of((await supplier.get(page)).text)
    async with portal.house.sessions() as session:
        problem = await session.scalar(sa.select(Ticket.id).where(Ticket.kind == "problem"))
    assert (await step(tiera, f"/pyynnot/{problem}", "peru", reason="Ei ole.")).status_code == 303
    await step(tiera, page, "vastaa", isAccepted="false", reason="Liian kallis.")
    shown = text_of((await supplier.get(page)).text)
    assert "To be looked at" in shown and "are expected after it" not in shown
    assert "Tiera did not accept the proposal" in shown and "Liian kallis." in shown and "Proposed before" not in shown
    await supplier.send(page, f"{page}/ongelma", {})
    shown = text_of((await supplier.get(page)).text)
    assert "Problem opened" in shown
    assert "Pohja uusitaan." in shown.partition("Proposed before")[2] and "Liian kallis." in shown


async def test_what_does_not_recur_is_dismissed_with_a_reason(
    portal: Portal, sides: tuple[Person, Person], page: str
) -> None:
    supplier = await portal.signed_in(sides[1])
    assert (await step(supplier, page, "hylkaa", reason=" ")).status_code == 422
    assert path_to(await step(supplier, page, "hylkaa", reason="Kolme eri syytä.")) == page
    assert "Kolme eri syytä." in (await supplier.get(page)).text
    assert (await supplier.get(f"{page}/ongelma")).status_code == 409


async def test_one_click_makes_a_problem_with_its_incidents(
    portal: Portal, sides: tuple[Person, Person], page: str
) -> None:
    supplier = await portal.signed_in(sides[1])
    assert path_to(await supplier.send(page, f"{page}/ongelma", {})) == page
    async with portal.house.sessions() as session:
        title = await session.scalar(sa.select(Ticket.title).where(Ticket.kind == "problem"))
    assert title is not None and title.startswith("Recurs: ")
    assert "Problem opened" in text_of((await supplier.get(page)).text)


async def test_what_recurs_is_found_by_customer(portal: Portal, sides: tuple[Person, Person], page: str) -> None:
    tiera = await portal.signed_in()
    async with portal.house.sessions.begin() as session:
        theirs = await session.scalar(sa.select(Ticket.customer_id).limit(1))
        other = await add_organisation(session, "Muu kunta", ActorKind.CUSTOMER)
    for customer_id, found in ((theirs, 1), (other.id, 0)):
        listed = text_of((await tiera.get(f"/toistuvat?customerId=Organisation:{customer_id}")).text)
        assert ("1 thing recurs" in listed) is bool(found)
        sheet = (await tiera.get(f"/toistuvat/vienti.csv?customerId=Organisation:{customer_id}")).text
        assert ("tulostus" in sheet) is bool(found)


async def test_a_customer_sees_nothing_of_it(portal: Portal, sides: tuple[Person, Person], page: str) -> None:
    asker = await portal.signed_in(sides[0])
    for list_ in ("toistuvat", "laatupoikkeamat", "reklamaatiot"):
        for address in (f"/{list_}", f"/{list_}/vienti.csv"):
            assert (await asker.get(address)).status_code == 403, address
    assert (await asker.get(page)).status_code == 404


async def test_more_evidence_than_is_shown_is_said_on_the_page_and_on_the_step(
    portal: Portal, sides: tuple[Person, Person], page: str
) -> None:
    copied = ", ".join(
        c.name for c in Ticket.__table__.columns if c.name not in ("id", "number") and c.computed is None
    )
    copies = f"SELECT number || '-' || n, {copied} FROM tickets, generate_series(1, 33) AS n"
    among = "SELECT recurrences.id, tickets.id, tickets.reported_at, true FROM recurrences, tickets"
    async with portal.house.sessions.begin() as session:
        await session.execute(sa.text(f"INSERT INTO tickets (number, {copied}) {copies}"))
        added = f"INSERT INTO recurrence_tickets (recurrence_id, ticket_id, since, in_title) {among}"
        await session.execute(sa.text(f"{added} ON CONFLICT DO NOTHING"))
    supplier = await portal.signed_in(sides[1])
    for address in (page, f"{page}/ongelma"):
        assert "2 tickets more are left out here." in text_of((await supplier.get(address)).text)
