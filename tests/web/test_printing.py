"""What is printed: in the reader's language, readable by machines, with what people wrote as text and nothing else."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from pypdf import PdfReader

from backend.complaints import verbs
from backend.complaints.sanction_verbs import decide_sanction
from backend.complaints.states import SanctionState
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.complaints.making import WHOLE, answer, judge, make_draft, make_sent, make_sides, pass_time, sanction_of
from tests.identity.making import add_member
from tests.making import NOW, tiera_service_manager
from tests.web.portal import Browser, Portal

HOSTILE = '#read("/etc/passwd") *lihava* $x$ @viite <b>ei</b> = otsikko 😀 \u202eväärin'
LONG = "Pitkäsananen " * 120 + "loppu."


async def printed(browser: Browser, path: str) -> PdfReader:
    answer = await browser.get(path)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment")
    return PdfReader(io.BytesIO(answer.content))


def text_of(paper: PdfReader) -> str:
    """What it says, in one line."""
    return " ".join(" ".join(page.extract_text() for page in paper.pages).split())


@pytest.fixture
async def scene(portal: Portal) -> tuple[int, Person]:
    """A complaint with hostile and long texts, answered and judged, and the supplier's manager."""
    async with portal.house.sessions.begin() as session:
        sides = await make_sides(session)
        said = HOSTILE + "\n\nToinen kappale: åäöÅÄÖ.\n" + LONG
        complaint = await make_draft(session, sides, title=f"Siirto {HOSTILE}", description=said)
        await verbs.send_complaint(session, sides.tiera, complaint_id=complaint.id, now=NOW)
        await answer(session, sides, complaint)
        await judge(session, sides, complaint, is_proper=False)
        await make_draft(session, sides, title="Luonnos")
        manager = await add_member(session, sides.supplier, Role.SERVICE_MANAGER, "Sari Mäkelä")
        return complaint.id, manager


async def test_a_complaint_is_printed_with_its_responses_and_what_happened(
    portal: Portal, scene: tuple[int, Person]
) -> None:
    id_, manager = scene
    paper = await printed(await portal.signed_in(), f"/reklamaatiot/{id_}/reklamaatio.pdf")
    text = text_of(paper)
    for said in (
        '#read("/etc/passwd") *lihava* $x$ @viite <b>ei</b> = otsikko',
        "Toinen kappale: åäöÅÄÖ.",
        "väärin",
        "loppu.",
        WHOLE.effects,
        "REK-",
        "24.11.2026 at 10.00",
        "Response 1",
    ):
        assert said in text, said
    assert "root:" not in text
    assert paper.trailer["/Root"]["/Lang"] == "en" and "/StructTreeRoot" in paper.trailer["/Root"], "tagged"
    assert paper.metadata and paper.metadata.title and paper.metadata.title.startswith("Siirto")
    theirs = text_of(await printed(await portal.signed_in(manager), f"/reklamaatiot/{id_}/reklamaatio.pdf"))
    assert WHOLE.effects in theirs


async def test_of_a_sanction_it_is_printed_which_time_was_missed_and_why_it_was_applied(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        sides = await make_sides(session)
        complaint = await make_sent(session, sides)
        await pass_time(session, NOW + timedelta(days=20))
        sanction = await sanction_of(session, complaint)
        assert sanction is not None
        said = {"sanction_id": sanction.id, "applies": True, "reason": "Mitään ei kuulunut."}
        await decide_sanction(session, sides.tiera, amount=Decimal(250), now=NOW + timedelta(days=21), **said)
    text = text_of(await printed(await portal.signed_in(), f"/reklamaatiot/{complaint.id}/reklamaatio.pdf"))
    assert "Deadline that was missed 8.12.2026 at 23.59" in text and "Mitään ei kuulunut." in text
    assert "Applied, 250,00" in text


async def test_of_a_response_that_came_in_time_no_deadline_is_said_to_be_missed(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        sides = await make_sides(session)
        complaint = await make_sent(session, sides)
        await answer(session, sides, complaint, at=NOW + timedelta(days=1))
        await pass_time(session, NOW + timedelta(days=20))
        sanction = await sanction_of(session, complaint)
        assert sanction is not None and sanction.state is SanctionState.WAITING
    tiera, page = await portal.signed_in(), f"/reklamaatiot/{complaint.id}"
    shown = [(await tiera.get(page)).text, text_of(await printed(tiera, f"{page}/reklamaatio.pdf"))]
    shown.append((await tiera.get("/reklamaatiot/vienti.csv")).text.partition("\n")[2])
    assert all("8.12.2026" in each for each in shown[:2]), "the response was due then"
    assert not any("Deadline that was missed" in each for each in shown)
    assert shown[2].count("2026-12-08") == 1, "of the response alone"


async def test_what_one_does_not_see_is_not_printed(portal: Portal, scene: tuple[int, Person]) -> None:
    id_, manager = scene
    supplier = await portal.signed_in(manager)
    assert (await supplier.get(f"/reklamaatiot/{id_ + 1}/reklamaatio.pdf")).status_code == 404, "a draft is Tiera's"
    assert "Luonnos" not in text_of(await printed(supplier, "/reklamaatiot/vienti.pdf"))


async def test_the_register_is_printed_as_it_is_narrowed_in_the_readers_language(
    portal: Portal, scene: tuple[int, Person]
) -> None:
    tiera = await portal.signed_in()
    whole = text_of(await printed(tiera, "/reklamaatiot/vienti.pdf"))
    assert "Register of complaints" in whole and "Complaints: 2." in whole and "Luonnos" in whole
    assert "not sent yet" in whole and "24.11.2026" in whole
    narrowed = text_of(await printed(tiera, "/reklamaatiot/vienti.pdf?isUnanswered=true"))
    assert "Complaints: 1." in narrowed and "Luonnos" not in narrowed
    none = text_of(await printed(tiera, "/reklamaatiot/vienti.pdf?words=eiole"))
    assert "Complaints: 0." in none
    await tiera.send("/asetukset", "/asetukset/kieli", {"language": "FI"})
    paper = await printed(tiera, "/reklamaatiot/vienti.pdf")
    assert "Reklamaatiorekisteri" in text_of(paper) and paper.trailer["/Root"]["/Lang"] == "fi"


async def test_what_happened_before_the_newest_fifty_is_said_to_be_left_out_of_a_print(
    portal: Portal, scene: tuple[int, Person]
) -> None:
    id_, _ = scene
    address, left_out = f"/reklamaatiot/{id_}/reklamaatio.pdf", "earlier events are left out here."
    tiera = await portal.signed_in()
    assert left_out not in text_of(await printed(tiera, address))
    async with portal.house.sessions.begin() as session:
        actor = await tiera_service_manager(session)
        for n in range(50):
            said = {"complaint_id": id_, "touches_shared_use": n % 2 == 0, "now": NOW}
            await verbs.say_shared_use(session, actor, **said)
    assert left_out in text_of(await printed(tiera, address))
