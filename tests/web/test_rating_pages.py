"""Ratings and quality deviations in the portal, without JavaScript: on the ticket's page and by the link of a mail."""

import re
from datetime import timedelta

import sqlalchemy as sa

from backend.identity.actors import actor_of_person
from backend.identity.hashing import Handover
from backend.identity.verbs import make_errand_link
from backend.kit.actor import Channel
from backend.kit.clock import now
from backend.parties.model import Organisation, Person
from backend.rulebook.roles import Right
from backend.rulebook.terms import Terms
from backend.tickets.model import Ticket
from backend.tickets.quality_model import TicketRating
from tests.web.portal import Browser, Portal, path_to, text_of
from tests.web.test_ticket_pages import reported, step


async def resolved(portal: Portal, sides: tuple[Person, Person]) -> tuple[Browser, Browser, str]:
    """The asker, the supplier, and the page of an incident that was resolved."""
    asker, tiera, supplier = (
        await portal.signed_in(sides[0]), await portal.signed_in(), await portal.signed_in(sides[1])
    )  # fmt: skip
    page = await reported(asker)
    await step(tiera, page, "siirra", reason="Vika on palvelussa.")
    await step(supplier, page, "ota")
    await step(supplier, page, "ratkaise", text="Korjattu.")
    assert "How well was it handled?" not in (await asker.get(page)).text, "Tiera has not released it"
    message = re.search(rf'href="({page}/viestit/\d+)"', (await tiera.get(page)).text)
    assert message
    await tiera.send(message[1], f"{message[1]}/julkaisu", {"text": "Korjattu."})
    return asker, supplier, page


async def ratings(portal: Portal) -> list[tuple[int, str | None]]:
    async with portal.house.sessions() as session:
        rows = await session.execute(sa.select(TicketRating.score, TicketRating.word).order_by(TicketRating.id))
        return [(score, word) for score, word in rows]


async def link_to(portal: Portal, page: str, person: Person) -> str:
    """The address in the mail of a resolution."""
    async with portal.house.sessions.begin() as session:
        ticket = await session.get_one(Ticket, int(page.rpartition("/")[2]))
        organisation = await session.get_one(Organisation, ticket.customer_id)
        reader = await actor_of_person(session, person, organisation, now(), Channel.PORTAL)
        assert reader is not None
        handover, lasts = Handover(), timedelta(days=Terms().rating_days)
        await make_errand_link(session, reader, Right.RATE_TICKETS, ticket.ref, handover, lasts=lasts, now=now())
    return f"/arvio/{handover.secret}"


async def test_whoever_asked_rates_on_the_tickets_page_once(portal: Portal, sides: tuple[Person, Person]) -> None:
    asker, supplier, page = await resolved(portal, sides)
    assert "How well was it handled?" not in (await supplier.get(page)).text
    missing = await asker.send(page, f"{page}/arvio", {"word": "Hyvä."})
    assert missing.status_code == 422
    assert path_to(await asker.send(page, f"{page}/arvio", {"score": "1", "word": "Kesti kauan."})) == page
    assert await ratings(portal) == [(1, "Kesti kauan.")]
    shown = (await asker.get(page)).text
    assert "How well was it handled?" not in shown and "Kesti kauan." in shown
    assert "Kesti kauan." in (await supplier.get(page)).text


async def test_whoever_writes_on_what_was_resolved_is_told_that_this_does_not_open_it_again(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, supplier, page = await resolved(portal, sides)
    told = "A message does not open it again. If it is not in order, choose “Open it again”."
    await asker.send(page, f"{page}/viesti", {"text": "Ei toimi vieläkään.", "audience": "ALL"})
    read = text_of((await asker.get(page)).text)
    assert "Ei toimi vieläkään." in read and "Resolved" in read and told in read
    assert told not in text_of((await supplier.get(page)).text), "it opens nothing again"
    await step(asker, page, "avaa", reason="Ei toimi.")
    assert told not in text_of((await asker.get(page)).text)
    asker.client.cookies.set("kieli", "sv")
    assert "1 öppet" in text_of((await asker.get("/pyynnot")).text)


async def test_a_low_rating_gets_measures_and_an_answer_on_the_pages(
    portal: Portal,
    sides: tuple[Person, Person],
) -> None:
    asker, supplier, page = await resolved(portal, sides)
    tiera = await portal.signed_in()
    await asker.send(page, f"{page}/arvio", {"score": "2", "word": "Kesti kauan."})
    listed = text_of((await supplier.get("/laatupoikkeamat")).text)
    assert "Rated 2 of 5" in listed and "POI-" in listed
    deviation = "/laatupoikkeamat/1"
    assert (await asker.get(deviation)).status_code == 404
    assert (await asker.get("/laatupoikkeamat")).status_code == 403
    lacking = await step(supplier, deviation, "toimenpiteet", done="Korjattu.")
    assert lacking.status_code == 422
    said = {"done": "Korjattu.", "planned": "Ohje.", "prevention": "Valvonta."}
    assert path_to(await step(supplier, deviation, "toimenpiteet", **said)) == deviation
    assert "Kesti kauan." in (await supplier.get(deviation)).text
    assert (await supplier.get(f"{deviation}/kerro")).status_code == 409
    assert path_to(await step(tiera, deviation, "kerro", report="Pahoittelemme; valvontaa on lisätty.")) == deviation
    shown = text_of((await asker.get(page)).text)
    assert "valvontaa on lisätty" in shown and "Valvonta." not in shown
    hits = (await asker.get("/haku?haku=valvontaa")).text
    assert f'href="{deviation}"' in hits, "it finds what it was told"
    assert path_to(await asker.get(deviation)) == page
    number = re.search(r"POI-\d{4}-\d{5}", listed)
    assert number and path_to(await asker.get(f"/haku?haku={number[0]}")) == deviation


async def test_the_link_of_a_mail_rates_without_signing_in_and_looking_changes_nothing(
    portal: Portal,
    sides: tuple[Person, Person],
) -> None:
    _, _, page = await resolved(portal, sides)
    link, visitor = await link_to(portal, page, sides[0]), portal.browser()
    shown = await visitor.get(f"{link}?arvosana=4")
    assert shown.status_code == 200 and 'value="4" checked' in shown.text
    assert await ratings(portal) == [], "a mail program that follows links rates nothing"
    answer = await visitor.send(link, link, {"score": "4", "word": ""})
    assert path_to(answer) == link
    assert await ratings(portal) == [(4, None)]
    assert "4 of 5" in text_of((await visitor.get(link)).text)
    again = await visitor.get(page)
    assert again.status_code == 303 and "/kirjaudu" in again.headers["location"], "nobody is signed in by it"


async def test_the_link_of_a_ticket_that_was_opened_again_says_so(
    portal: Portal,
    sides: tuple[Person, Person],
) -> None:
    asker, _, page = await resolved(portal, sides)
    link, visitor = await link_to(portal, page, sides[0]), portal.browser()
    await step(asker, page, "avaa", reason="Vika palasi.")
    again = await visitor.get(f"{link}?arvosana=5")
    assert again.status_code == 200 and "It is being worked on again." in text_of(again.text)
    assert await ratings(portal) == []


async def test_a_link_serves_its_own_ticket_and_nobody_elses(portal: Portal, sides: tuple[Person, Person]) -> None:
    asker, _, page = await resolved(portal, sides)
    other = await reported(asker)
    link, visitor = await link_to(portal, page, sides[0]), portal.browser()
    wrong = await visitor.send(link, link, {"ticketId": f"Ticket:{other.rpartition('/')[2]}", "score": "1"})
    assert wrong.status_code == 404
    assert await ratings(portal) == []
    dead = await visitor.get("/arvio/arvattu")
    assert dead.status_code == 404 and "does not work" in dead.text


async def test_a_link_works_in_a_browser_where_somebody_else_is_signed_in(
    portal: Portal,
    sides: tuple[Person, Person],
) -> None:
    _, supplier, page = await resolved(portal, sides)
    link = await link_to(portal, page, sides[0])
    assert path_to(await supplier.send(link, link, {"score": "5"})) == link
    async with portal.house.sessions() as session:
        assert await session.scalar(sa.select(TicketRating.rated_by_id)) == sides[0].id
