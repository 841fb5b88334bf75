"""The page of figures, without JavaScript: pictures with sentences and tables, narrowed by its address, as files."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from backend.complaints.states import ComplaintCause as Cause
from backend.kit.actor import Language
from backend.kit.translation import translate
from backend.parties.model import Person
from backend.rulebook.roles import Role
from backend.tickets import handling_verbs
from tests.complaints.making import answer, make_sent, make_sides
from tests.identity.making import add_member
from tests.making import NOW
from tests.tickets.making import make_desk, make_ticket, make_ticket_at_supplier, resolve
from tests.web.portal import Portal, text_of
from tests.web.test_ticket_pages import reported, step
from web.figures.pictures import pictures_of


@pytest.mark.rule("H11.7.1-a")
async def test_figures_are_pictures_with_sentences_and_tables_for_those_who_may_see_them(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera, supplier = (
        await portal.signed_in(sides[0]), await portal.signed_in(), await portal.signed_in(sides[1])
    )  # fmt: skip
    assert "No figures in this time" in (await tiera.get("/luvut")).text
    page = await reported(asker)
    shown = text_of((await tiera.get("/luvut")).text)
    assert "Reported: 1." in shown and "Open: 1; of them for over 30 days: 0." in shown
    assert "No figures in this time" in (await supplier.get("/luvut")).text, "it has not reached the supplier"
    await step(tiera, page, "siirra", reason="Vika on palvelussa.")
    assert "Incidents reported" in (await supplier.get("/luvut")).text
    own = text_of((await asker.get("/luvut")).text)
    assert "Incidents reported" in own and "Response times" not in own and "Zeta Oy" not in own
    assert "No figures in this time" in (await tiera.get("/luvut?asOf=1.1.2026")).text
    heading, *rows = (await tiera.get("/luvut/vienti.csv")).content.decode("utf-8-sig").splitlines()
    assert heading.startswith("What is counted;Month") and any(row.startswith("Incidents reported;") for row in rows)
    assert (await tiera.get("/luvut/vienti.xlsx")).content.startswith(b"PK")


@pytest.mark.parametrize("role", [Role.QUALITY_LEAD, Role.SERVICE_MANAGER, Role.EXPERT])
async def test_every_tab_of_quality_that_somebody_is_shown_opens_for_them(portal: Portal, role: Role) -> None:
    async with portal.house.sessions.begin() as session:
        person = await add_member(session, portal.supplier, role, "Laura Laatu")
    browser = await portal.signed_in(person)
    page = (await browser.get("/toistuvat")).text
    tabs = re.search(r'<nav class="tabs" aria-label="Quality">(.*?)</nav>', page, re.DOTALL)
    assert tabs
    shown = re.findall(r'href="[^"]*(/\w+)"', tabs[1])
    assert [(await browser.get(path)).status_code for path in shown] == [200] * len(shown)
    assert {"/luvut", "/laatupoikkeamat"} - set(shown) == WITHOUT[role]


WITHOUT = {
    Role.QUALITY_LEAD: {"/luvut"},
    Role.SERVICE_MANAGER: set(),
    Role.EXPERT: {"/luvut", "/laatupoikkeamat"},
}


async def test_complaints_are_pictures_by_cause_and_by_time_to_answer(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        sides = await make_sides(session)
        for cause in (Cause.DELAY, Cause.COST, Cause.COST):
            complaint = await make_sent(session, sides, cause=cause)
        await answer(session, sides, complaint, at=NOW + timedelta(days=3))
    tiera = await portal.signed_in()
    to_come = text_of((await tiera.get("/luvut?firstMonth=1.11.2026&asOf=31.12.2099")).text)
    assert "these are today's" in to_come and "Complaints by cause" in to_come
    shown = text_of((await tiera.get("/luvut?firstMonth=1.11.2026&asOf=27.11.2026")).text)
    assert "Complaints by cause" in shown and "The most common cause was “Cost or invoicing”: 2 of 3." in shown
    assert "Complaints by time to answer" in shown
    assert "Answered: 1 of 3. The first response took 3 business days on the average." in shown
    exported = (await tiera.get("/luvut/vienti.csv?firstMonth=1.11.2026&asOf=27.11.2026")).content.decode("utf-8-sig")
    assert ";Delay;No response yet;1;" in exported


async def test_by_itself_the_page_shows_a_year_up_to_its_day_and_all_that_stands_open(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        old = await make_ticket(session, await make_desk(session))
        old.reported_at = datetime(2024, 1, 15, tzinfo=UTC)
    tiera = await portal.signed_in()
    assert "Reported: 1." in text_of((await tiera.get("/luvut?asOf=31.12.2024")).text)
    assert b"Incidents reported;2024-01;" in (await tiera.get("/luvut/vienti.csv?asOf=31.12.2024")).content
    assert "No figures in this time" in (await tiera.get("/luvut?asOf=31.1.2025")).text, "it was reported before"
    assert "Open: 1; of them for over 30 days: 1." in text_of((await tiera.get("/luvut")).text)


@pytest.mark.rule("H2.1-a", "H11.7.1-a")
async def test_a_day_when_all_was_resolved_in_time_stays_so_when_it_is_opened_again(portal: Portal) -> None:
    reported_at = NOW - timedelta(days=7)
    async with portal.house.sessions.begin() as session:
        desk = await make_desk(session)
        ticket = await make_ticket_at_supplier(session, desk, now=reported_at)
        await resolve(session, desk, ticket, now=reported_at + timedelta(hours=1))
    tiera = await portal.signed_in()
    pages = [f"/luvut{as_file}?firstMonth=1.11.2026&asOf=20.11.2026" for as_file in ("", "/vienti.csv")]
    before = [text_of((await tiera.get(page)).text) for page in pages]
    assert "Resolution times In time: 1 of 1" in before[0] and "Resolution times;2026-11;" in before[1]
    async with portal.house.sessions.begin() as session:
        at = {"ticket_id": ticket.id, "reason": "No.", "now": reported_at + timedelta(days=5)}
        await handling_verbs.reopen_ticket(session, desk.customer, **at)
    assert [text_of((await tiera.get(page)).text) for page in pages] == before
    since = (await tiera.get("/luvut/vienti.csv?firstMonth=1.11.2026&asOf=22.11.2026")).text
    assert "Response times;" in since and "Resolution times;" not in since, "it is due again, and not yet"


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ("RESPONSE_TIMES", "2 late"),
        ("RESOLUTION_TIMES", "2 late"),
        ("UPDATE_TIMES", "2 late"),
        ("BACKLOG", "2 over 30 days"),
        ("RATINGS", "2 low"),
        ("COMPLAINTS", "2 without a proper response in time"),
    ],
)
def test_a_bar_that_fell_short_says_so_in_words_and_not_by_its_colour_alone(measure: str, said: str) -> None:
    of_all = {"division": "MONTH", "isApart": False, "sum": "9", "among": 2}
    rows: list[dict[str, Any]] = [
        {**of_all, "month": "2026-10-01", "count": 3, "short": 0},
        {**of_all, "month": "2026-11-01", "count": 3, "short": 2},
        {**of_all, "division": "CAUSE", "cause": "DELAY", "count": 6, "short": 2},
        {**of_all, "division": "ANSWER_TIME", "answerTime": "NONE", "count": 6, "short": 2},
    ]
    good, short = pictures_of(measure, rows)[0].chart.bars
    assert (good.tone, good.note) == ("plain", "")
    (_, _, best, *_), _ = pictures_of(measure, rows)[0].chart.rows()
    assert best == (60.0 if measure == "RATINGS" else 100.0), "a mean of 3 of 5 is no full bar"
    assert (short.tone, translate(short.note, Language.EN)) == ("warn", said)


def test_what_has_no_measure_of_falling_short_or_no_euros_has_no_column_of_it() -> None:
    whose = {"supplier": {"name": "Zeta"}, "customer": None, "service": None}
    row = {"division": None, "isApart": True, "count": 2, "short": None, "sum": "1500.00", "among": 1, **whose}
    incidents, sanctions = (pictures_of(measure, [row])[0] for measure in ("INCIDENTS", "SANCTIONS"))
    assert not incidents.has_shorts and not incidents.has_euros
    assert sanctions.has_euros and [total.sum for *_, total in sanctions.parts] == [Decimal("1500.00")]


def test_the_sum_of_sanctions_is_money_as_everywhere() -> None:
    row = {"division": "MONTH", "isApart": False, "month": "2026-11-01", "count": 1, "short": None, "among": 1}
    (picture,) = pictures_of("SANCTIONS", [{**row, "sum": "1500.50"}])
    assert translate(picture.sentence, Language.EN).endswith("the sum is 1\xa0500,50\xa0€.")
