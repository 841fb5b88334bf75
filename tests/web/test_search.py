"""One box for a number or words, over what one may see."""

import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from backend.documents.states import DocumentEffect
from backend.files.verbs import ATTACHMENT
from backend.kit.refs import Ref
from backend.orders import draft_verbs
from backend.orders.states import PaperKind
from backend.parties.agreement_model import Agreement
from backend.parties.model import Organisation
from backend.tickets.agreed_states import AgreedMatter
from backend.tickets.agreed_verbs import confirm_agreed, note_agreed
from backend.tickets.document_verbs import say_effect_on_documents
from backend.tickets.quality_model import QualityDeviation
from backend.tickets.quality_states import DeviationKind, DeviationState
from tests.files.making import make_file
from tests.hours.making import make_work
from tests.making import NOW, make_person, make_right, make_service
from tests.orders.making import make_draft
from tests.papers.test_documents import add, change
from tests.tickets.making import make_desk, make_ticket, write
from tests.web.portal import Portal, opened, settings_for


@pytest.fixture
async def portal(database_url: str, tmp_path: Path) -> AsyncIterator[Portal]:
    async with opened(settings_for(database_url, tmp_path)) as portal:
        await portal.settle()
        yield portal


async def make_order(portal: Portal) -> Ref:
    async with portal.house.sessions.begin() as session:
        return (await make_work(session)).order.ref


async def test_a_number_leads_straight_to_its_order(portal: Portal) -> None:
    order = await make_order(portal)
    browser = await portal.signed_in()
    answer = await browser.get("/haku?haku=TIL-2026-90001")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tilaukset/{order.id}")


async def test_a_number_in_small_letters_leads_there_too(portal: Portal) -> None:
    order = await make_order(portal)
    browser = await portal.signed_in()
    assert (await browser.get("/haku?haku=til-2026-90001")).headers["location"] == f"/tilaukset/{order.id}"


async def test_whatever_number_one_thing_has_leads_straight_to_it(portal: Portal) -> None:
    month = date(2026, 11, 1)
    async with portal.house.sessions.begin() as session:
        work = await make_work(session)
        supplier = await session.get_one(Organisation, work.order.supplier_id)
        supplier.business_id = "2345678-1"
        agreement = await session.get_one(Agreement, work.order.agreement_id)
        agreement.number = "Sop-77/b"
        right = await make_right(session, await make_person(session))
        right.document_number = "Nim-1/2026"
        service = await make_service(session, agreement, "Arkisto")
        service.code = "Ark"
        deviation = QualityDeviation(
            number="POI-2026-00077", kind=DeviationKind.MISSED_LEVEL, state=DeviationState.OPEN,
            service_id=service.id, supplier_id=supplier.id, month=month, arisen_at=NOW,
        )  # fmt: skip
        session.add(deviation)
        await session.flush()
    browser = await portal.signed_in()
    for typed, address in (
        ("2345678-1", f"/organisaatiot/{supplier.id}"),
        ("sop-77/B", f"/sopimukset/{agreement.id}"),
        ("NIM-1/2026", f"/oikeudet/{right.id}"),
        ("ark", f"/palvelut/{service.id}"),
        ("poi-2026-00077", f"/laatupoikkeamat/{deviation.id}"),
    ):
        answer = await browser.get(f"/haku?{urlencode({'haku': typed})}")
        assert (answer.status_code, answer.headers.get("location")) == (303, address), typed
    assert (await browser.get("/haku?haku=Sop-77")).status_code == 200, "a beginning is a list"


async def test_a_number_that_several_things_have_is_listed_with_its_kinds_before_the_rest(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        work = await make_work(session)
        agreement = await session.get_one(Agreement, work.order.agreement_id)
        work.order.title, agreement.number = "Lisä sopimukseen S-9", "S-9"
        (await make_service(session, agreement, "Arkisto")).code = "S-9"
    found = await (await portal.signed_in()).get("/haku?haku=s-9")
    places = [found.text.index(heading) for heading in ('id="agreements"', 'id="services"', 'id="orders"')]
    assert found.status_code == 200 and places == sorted(places)


async def test_words_find_what_one_may_see(portal: Portal) -> None:
    await make_order(portal)
    browser = await portal.signed_in()
    assert "Hakemuslomake" in (await browser.get("/haku?haku=hakemus")).text


async def test_a_word_finds_its_other_forms(portal: Portal) -> None:
    await make_order(portal)
    browser = await portal.signed_in()
    assert "Hakemuslomake" in (await browser.get("/haku?haku=hakemuslomakkeita")).text


async def test_a_file_leads_to_where_it_stands_and_says_in_what(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        desk = await make_desk(session)
        ticket = await make_ticket(session, desk)
        of_ticket, of_message = [await make_file(session, desk.customer, name=f"kuva{n}.pdf") for n in range(2)]
        of_ticket.about_kind, of_ticket.about_id, of_ticket.purpose = "Ticket", ticket.id, ATTACHMENT
        message = await write(session, desk.customer, ticket, file_ids=[of_message.id])
        agreed = await note_agreed(session, desk.tiera, message_id=message.id, matters=[AgreedMatter.PRICE], now=NOW)
        await confirm_agreed(session, desk.tiera, agreed_point_id=agreed.id, reason="Hinta pitää.", now=NOW)
        order = await make_draft(session, desk.parties)
        paper, contact = await make_file(session, desk.parties.contact, name="kuva2.pdf"), desk.parties.contact
        given: dict[str, Any] = {"order_id": order.id, "kind": PaperKind.FORM, "file_id": paper.id}
        await draft_verbs.attach_order_paper(session, contact, now=NOW, **given)
    browser = await portal.signed_in()
    shown = (await browser.get("/haku?haku=kuva")).text
    there = f"/pyynnot/{ticket.id}?viesti={message.id}#viesti-{message.id}"
    for address, name, of in (
        (f"/pyynnot/{ticket.id}", "kuva0.pdf", f"{ticket.number} · {ticket.title}"),
        (there, "kuva1.pdf", f"{ticket.number} · {ticket.title}"),
        (f"/tilaukset/{order.id}", "kuva2.pdf", order.title),
    ):
        assert re.search(f'href="{re.escape(address)}">{name}</a>\\s*<span class="below">{of}<', shown), name
    assert f'href="{there}">Hinta pitää.</a>' in (await browser.get("/haku?haku=hinta")).text


async def test_what_a_change_means_for_a_document_is_found_and_stands_on_its_ticket(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        desk = await make_desk(session)
        document, ticket = await add(session, desk.tiera, desk), await change(session, desk)
        await say_effect_on_documents(
            session, desk.tiera, ticket_id=ticket.id, document_ids=[document.id], effect=DocumentEffect.NO_EFFECT,
            reason="Ohje pysyy.", now=NOW,
        )  # fmt: skip
    browser = await portal.signed_in()
    assert f'href="/pyynnot/{ticket.id}">Ohje pysyy.</a>' in (await browser.get("/haku?haku=pysyy")).text
    shown = (await browser.get(f"/pyynnot/{ticket.id}")).text
    assert f'href="/asiakirjat/{document.id}">' in shown and "Ohje pysyy." in shown


async def test_nothing_found_says_what_to_do(portal: Portal) -> None:
    browser = await portal.signed_in(portal.key_user)
    assert "Nothing was found" in (await browser.get("/haku?haku=qwertyuiop")).text
    empty = (await browser.get("/haku")).text
    assert "Nothing was found" not in empty
    assert "data-autofocus" in empty, "whoever comes by the key / types at once"
