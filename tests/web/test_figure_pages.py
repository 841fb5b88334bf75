"""The page of figures, without JavaScript: pictures with sentences and tables, narrowed by its address, as files."""

from backend.parties.model import Person
from tests.web.portal import Portal, text_of
from tests.web.test_ticket_pages import reported, step


async def test_figures_are_pictures_with_sentences_and_tables_for_those_who_may_see_them(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera, supplier = (
        await portal.signed_in(sides[0]), await portal.signed_in(), await portal.signed_in(sides[1])
    )  # fmt: skip
    assert "No figures in this time" in (await tiera.get("/luvut")).text
    page = await reported(asker)
    shown = text_of((await tiera.get("/luvut")).text)
    assert "1 were reported." in shown and "1 stood open; 0 of them for over 30 days." in shown
    assert "No figures in this time" in (await supplier.get("/luvut")).text, "it has not reached the supplier"
    await step(tiera, page, "siirra", reason="Vika on palvelussa.")
    assert "Incidents reported" in (await supplier.get("/luvut")).text
    own = text_of((await asker.get("/luvut")).text)
    assert "Incidents reported" in own and "Response times" not in own and "Zeta Oy" not in own
    assert "No figures in this time" in (await tiera.get("/luvut?asOf=1.1.2026")).text
    heading, *rows = (await tiera.get("/luvut/vienti.csv")).content.decode("utf-8-sig").splitlines()
    assert heading.startswith("What is counted;Month") and any(row.startswith("Incidents reported;") for row in rows)
    assert (await tiera.get("/luvut/vienti.xlsx")).content.startswith(b"PK")
