"""One search: numbers first, then whole words, then beginnings; nobody finds what they may not see."""

from typing import Any

import pytest
import sqlalchemy as sa

from backend.complaints import response_verbs
from backend.complaints.model import ComplaintResponse
from backend.complaints.states import ComplaintState
from backend.documents import releasing
from backend.documents import verbs as document_verbs
from backend.documents.states import DocumentKind
from backend.documents.verbs import Content
from backend.files.verbs import ATTACHMENT
from backend.governance.model import Body
from backend.governance.states import BodyKind, BodyState
from backend.graphql.reads import compile
from backend.inbox.model import IncomingMail
from backend.inbox.states import MailState, WhyAside
from backend.kit import searching
from backend.kit.actor import Actor
from backend.kit.database import Session, Sessions
from backend.orders.overrun_model import Overrun, Revision
from backend.orders.states import OverrunState, RevisionState
from backend.tickets import catalogue_verbs, handling_verbs, message_verbs
from backend.tickets.model import ContactPermission
from backend.tickets.quality_model import QualityDeviation
from backend.tickets.quality_states import DeviationKind, DeviationState
from backend.tickets.recurrence_model import Recurrence
from backend.tickets.recurrence_states import RecurrenceState
from tests.complaints.making import WHOLE, make_in
from tests.complaints.making import make_sides as make_complaint_sides
from tests.files.making import make_file
from tests.graphql.asking import Ask, prepare
from tests.making import NOW, TODAY, tiera_key_user
from tests.orders.making import Parties, make_order_in_progress, make_parties
from tests.tickets.making import Desk, make_desk, make_ticket, make_ticket_at_supplier, write

LIST = """
query($after: String) {
  tickets(where: { words: "tulostus", isOpen: true }, orderBy: OLDEST, first: 2, after: $after) {
    totalCount nodes { title reportedAt } pageInfo { hasNextPage endCursor }
  }
}
"""
QUERY = """
query Search($words: String!, $kind: SearchKind) {
  search(words: $words, kind: $kind) {
    totalCount nodes { byNumber isExact isWhole thing { __typename id number title url } }
  }
}
"""


@pytest.fixture
async def desk(sessions: Sessions) -> Desk:
    return await prepare(sessions, make_desk)


async def search(ask: Ask, actor: Actor, words: str, kind: str | None = None) -> list[dict[str, Any]]:
    found = (await ask(actor, QUERY, words=words, kind=kind))["search"]
    assert found["totalCount"] == len(found["nodes"])
    nodes: list[dict[str, Any]] = found["nodes"]
    return nodes


def named(found: list[dict[str, Any]]) -> list[str]:
    return [hit["thing"]["title"] or hit["thing"]["id"].partition(":")[0] for hit in found]


async def test_a_number_comes_first_then_whole_words_then_beginnings_the_newest_first(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    async with sessions.begin() as session:
        first = await make_ticket(session, desk, title="Palvelupyynnöt hukkuvat")
        await make_ticket(session, desk, title="Palvelupyyntö katosi")
        await make_ticket(session, desk, title="Palvelupyyntöjen lista")
        number = first.number
    found = await search(ask, desk.tiera, "palvelupyyntö", "TICKET")
    assert named(found) == ["Palvelupyyntö katosi", "Palvelupyyntöjen lista", "Palvelupyynnöt hukkuvat"]
    assert [hit["isWhole"] for hit in found] == [True, False, False]
    by_number = await search(ask, desk.tiera, number.lower())
    assert (by_number[0]["isExact"], by_number[0]["thing"]["number"]) == (True, number)
    begun = await search(ask, desk.tiera, number[:8])
    assert [(hit["byNumber"], hit["isExact"]) for hit in begun] == [(True, False)] * 3, "its beginning is enough"


@pytest.mark.rule("H11.8.3-a")
async def test_the_suppliers_own_numbers_are_found_too_of_every_supplier_that_gave_them(
    ask: Ask, sessions: Sessions
) -> None:
    async def make(session: Session) -> list[Parties]:
        both = []
        for _ in range(2):
            both.append(await make_parties(session))
            (await make_order_in_progress(session, both[-1])).supplier_number = "Kp-1004"
        return both

    one, _ = await prepare(sessions, make)
    found = await search(ask, one.contact, "kp-1004")
    assert [(hit["byNumber"], hit["thing"]["__typename"]) for hit in found] == [(True, "Order")] * 2
    assert len(await search(ask, one.supplier_manager, "KP-10", "ORDER")) == 1


@pytest.mark.rule("H11.4-a")
async def test_a_customer_finds_no_word_that_was_not_released_nor_what_tiera_left_out(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    async with sessions.begin() as session:
        ticket = await make_ticket_at_supplier(session, desk)
        message = await write(session, desk.supplier, ticket, "Salaisuus: palvelin petti.")
        waiting = message.id
    assert await search(ask, desk.customer, "salaisuus") == []
    assert named(await search(ask, desk.supplier, "salaisuus")) == ["TicketMessage"]
    async with sessions.begin() as session:
        await message_verbs.release_message(
            session, desk.tiera, message_id=waiting, text="Palvelin korjattiin.", now=NOW
        )
    assert await search(ask, desk.customer, "salaisuus") == []
    assert named(await search(ask, desk.customer, "palvelimet")) == ["TicketMessage"]


@pytest.mark.rule("H11.1-b")
async def test_of_a_masked_ticket_the_title_is_found_and_not_what_it_says(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    async with sessions.begin() as session:
        await make_ticket(
            session, desk, title="Henkilötieto näkyi", description="Salaista sisältöä.", is_sensitive=True
        )
    for actor in (desk.tiera, desk.customer):
        assert named(await search(ask, actor, "henkilötiedot", "TICKET")) == ["Henkilötieto näkyi"]
        assert await search(ask, actor, "salaista", "TICKET") == []
    assert await search(ask, desk.supplier, "henkilötiedot", "TICKET") == [], "it has not reached the supplier"


async def test_everybody_finds_among_what_they_see(ask: Ask, sessions: Sessions, desk: Desk) -> None:
    async with sessions.begin() as session:
        other = await make_desk(session)
        await make_ticket(session, desk, title="Kirjautuminen ei onnistu")
        await make_ticket(session, other, title="Kirjautuminen hidasta")
    assert len(await search(ask, desk.tiera, "kirjautumisessa")) == 2
    assert named(await search(ask, desk.customer, "kirjautumisessa")) == ["Kirjautuminen ei onnistu"]
    assert await search(ask, desk.supplier, "kirjautumisessa") == [], "it has not reached the supplier"
    name = desk.parties.supplier.name
    assert name in named(await search(ask, desk.tiera, name, "ORGANISATION"))


@pytest.mark.rule("H11.5-b")
async def test_documents_and_what_the_catalogue_offers_are_found_by_whoever_sees_them(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    about = {"kind": DocumentKind.INSTRUCTIONS, "service_id": desk.service.id}
    guide = 0
    async with sessions.begin() as session:
        for title, for_customers in (("Käyttöohje oppilaille", True), ("Käyttöohjeet valvojalle", False)):
            file, content = (
                await make_file(session, desk.supplier),
                Content(title=title, is_for_customers=for_customers, **about),
            )
            document = await document_verbs.add_document(
                session, desk.supplier, content=content, file_id=file.id, now=NOW
            )
            guide = document.id if for_customers else guide
        offer = catalogue_verbs.Content(
            name="Lomakkeen muutos", category="Lomakkeet", description="Yksi lomake.", fields=()
        )
        key_user = await tiera_key_user(session)
        await catalogue_verbs.define_product(session, key_user, service_id=desk.service.id, content=offer, now=NOW)
        other = await make_desk(session)
    for actor in (desk.tiera, desk.supplier):
        assert named(await search(ask, actor, "käyttöohjeita")) == ["Käyttöohjeet valvojalle", "Käyttöohje oppilaille"]
    assert await search(ask, desk.customer, "käyttöohjeita") == [], "Tiera has not released it"
    async with sessions.begin() as session:
        await releasing.release_document(session, desk.tiera, document_id=guide, expected_version=1, now=NOW)
    assert named(await search(ask, desk.customer, "käyttöohjeita")) == ["Käyttöohje oppilaille"]
    assert await search(ask, other.supplier, "käyttöohjeita") == []
    assert named(await search(ask, desk.customer, "lomakkeita", "PRODUCT")) == ["Lomakkeen muutos"]


@pytest.mark.rule("H10.3-c")
@pytest.mark.rule("H11.3.4-a")
async def test_deviations_what_recurs_and_groups_are_found_by_whoever_sees_them(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    async with sessions.begin() as session:
        ticket = await make_ticket(session, desk)
        supplier_id = ticket.supplier_id
        deviation = QualityDeviation(
            number="POI-2026-00077", kind=DeviationKind.MISSED_LEVEL, state=DeviationState.OPEN,
            service_id=desk.service.id, supplier_id=supplier_id, month=TODAY.replace(day=1), arisen_at=NOW,
        )  # fmt: skip
        recurs = Recurrence(
            title="tulostus", root="tulost", roots=["tulost"], kind=ticket.kind,
            state=RecurrenceState.FOUND, service_id=desk.service.id,
            agreement_id=ticket.agreement_id, supplier_id=supplier_id, found_at=NOW, proposal="Ajuri vaihdetaan.",
        )  # fmt: skip
        group = Body(name="Kehitysryhmä", kind=BodyKind.ECOSYSTEM_GROUP, state=BodyState.OPEN, opened_at=NOW)
        session.add_all([deviation, recurs, group])
        other = await make_desk(session)
    asked = {"poi-2026-00077": "DEVIATION", "tulostukset": "RECURRENCE", "ajurin": "RECURRENCE"}
    for words, kind in asked.items():
        for actor in (desk.tiera, desk.supplier):
            assert len(await search(ask, actor, words, kind)) == 1, (words, kind)
        for actor in (desk.customer, other.supplier):
            assert await search(ask, actor, words, kind) == [], (words, kind)
    assert named(await search(ask, desk.tiera, "kehitysryhmän", "GROUP")) == ["Kehitysryhmä"]
    assert await search(ask, desk.customer, "kehitysryhmän", "GROUP") == [], "it has no seat in it"


async def test_signs_and_emptiness_find_nothing(ask: Ask, desk: Desk) -> None:
    for words in ("", "   ", "& | ! :*", "'", "ja"):
        assert await search(ask, desk.tiera, words, "TICKET") == []


async def test_no_more_than_so_many_are_found(
    ask: Ask, sessions: Sessions, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_LISTED", 3)
    async with sessions.begin() as session:
        for n in range(5):
            await make_ticket(session, desk, title=f"Tulostus {n}")
    own = f"{QUERY} # a text of its own, for plans are kept"
    found = (await ask(desk.tiera, own, words="tulostus", kind="TICKET"))["search"]["nodes"]
    assert named(found) == ["Tulostus 4", "Tulostus 3", "Tulostus 2"]


async def test_common_words_find_along_the_rows_what_rare_words_find_by_their_index(
    ask: Ask, sessions: Sessions, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sessions.begin() as session:
        for n in range(3):
            await make_ticket(session, desk, title=f"Tulostus {n}")
            await make_ticket_at_supplier(session, desk, title=f"Tulosteet {n}")
        other = await make_desk(session)
        await make_ticket(session, other, title="Tulostus muualla")
        last = await make_ticket(session, desk, title="Tulostuksesta")
        await handling_verbs.withdraw_ticket(session, desk.customer, ticket_id=last.id, reason="Ei tarvita.", now=NOW)

    async def found_by(actor: Actor, many: int) -> tuple[Any, ...]:
        monkeypatch.setattr(searching, "SAMPLE", 4)
        monkeypatch.setattr(searching, "MANY", many)
        own = f"# {many} of 4: a text of its own, for plans are kept\n"
        hits = (await ask(actor, own + QUERY, words="tulostus", kind="TICKET"))["search"]
        pages: list[Any] = []
        while not pages or pages[-1]["pageInfo"]["hasNextPage"]:
            after = pages[-1]["pageInfo"]["endCursor"] if pages else None
            pages.append((await ask(actor, own + LIST, after=after))["tickets"])
        return hits, pages

    for actor, count in ((desk.tiera, 7), (desk.supplier, 3), (desk.customer, 6)):
        hits, pages = await found_by(actor, 4)
        assert (hits, pages) == await found_by(actor, 5), "five of four are never there: by the index"
        found = [ticket["reportedAt"] for page in pages for ticket in page["nodes"]]
        assert found == sorted(found) and len(found) == count == pages[0]["totalCount"]


async def test_of_much_that_is_found_in_a_list_it_is_only_counted_that_there_is_more(
    ask: Ask, sessions: Sessions, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compile, "MOST_FOUND", 2)
    async with sessions.begin() as session:
        for n in range(4):
            await make_ticket(session, desk, title=f"Tulostus {n}")
    listed = (await ask(desk.tiera, f"# a text of its own, for plans are kept\n{LIST}"))["tickets"]
    assert listed["totalCount"] == 3 and len(listed["nodes"]) == 2


@pytest.mark.rule("H11.4-a")
async def test_notes_of_versions_are_found_by_whoever_may_read_them(ask: Ask, sessions: Sessions, desk: Desk) -> None:
    async with sessions.begin() as session:
        said = Content(title="Ohje", kind=DocumentKind.INSTRUCTIONS, service_id=desk.service.id, is_for_customers=True)
        file = await make_file(session, desk.supplier)
        document = await document_verbs.add_document(
            session, desk.supplier, content=said, file_id=file.id, note="Kuvat lisätty.", now=NOW
        )
        other = await make_desk(session)
        guide = document.id
    for actor, seen in ((desk.supplier, 1), (desk.tiera, 1), (desk.customer, 0), (other.supplier, 0)):
        assert len(await search(ask, actor, "kuvia", "VERSION")) == seen
    async with sessions.begin() as session:
        await releasing.release_document(session, desk.tiera, document_id=guide, expected_version=1, now=NOW)
    (hit,) = await search(ask, desk.customer, "kuvia")
    assert hit["thing"]["url"] == f"/asiakirjat/{guide}"


@pytest.mark.rule("H11.10-d")
async def test_responses_are_found_by_their_words_and_a_draft_by_its_own_side_alone(
    ask: Ask, sessions: Sessions
) -> None:
    s = await prepare(sessions, make_complaint_sides)
    async with sessions.begin() as session:
        complaint = await make_in(session, s, ComplaintState.ACKNOWLEDGED)
        await response_verbs.draft_response(
            session, s.supplier_manager, complaint_id=complaint.id, response=WHOLE, now=NOW
        )
    assert len(await search(ask, s.supplier_manager, "varmenteita", "RESPONSE")) == 1
    for other in (s.tiera, s.customer, s.stranger):
        assert await search(ask, other, "varmenteita") == []
    async with sessions.begin() as session:
        await session.execute(sa.update(ComplaintResponse).values(sent_at=NOW))
    (hit,) = await search(ask, s.tiera, "varmenteita")
    assert hit["thing"]["url"] == f"/reklamaatiot/{complaint.id}"
    for other in (s.customer, s.stranger):
        assert await search(ask, other, "varmenteita") == [], "it is between Tiera and the supplier"


@pytest.mark.rule("H11.4-c")
async def test_permissions_and_mails_are_found_by_those_who_see_them(ask: Ask, sessions: Sessions, desk: Desk) -> None:
    async with sessions.begin() as session:
        permission = ContactPermission(
            supplier_id=desk.supplier.organisation_id, person_ids=[], customer_ids=[], service_ids=[], kinds=[],
            matter="Käyttöönoton ohjaus", valid_from=TODAY, valid_until=TODAY, document_number="Tiera 12/2026",
            document_on=TODAY, given_at=NOW,
        )  # fmt: skip
        mail = IncomingMail(
            digest="x", state=MailState.HELD, why=WhyAside.BOUNCE, sender_name="Hanna", sender="hanna@kunta.example",
            subject="Ohjaus puuttuu", text="Salaista.", received_at=NOW,
        )  # fmt: skip
        session.add_all([permission, mail])
        other = await make_desk(session)
    assert [hit["isExact"] for hit in await search(ask, desk.supplier, "tiera 12/2026")] == [True]
    for actor, kinds in ((desk.tiera, {"ContactPermission", "IncomingMail"}), (desk.supplier, {"ContactPermission"})):
        assert {hit["thing"]["__typename"] for hit in await search(ask, actor, "ohjaukset")} == kinds
    for actor in (desk.customer, other.supplier):
        assert await search(ask, actor, "ohjaukset") == []
    assert named(await search(ask, desk.tiera, "salaista")) == ["Ohjaus puuttuu"]
    assert named(await search(ask, desk.tiera, "kunta.example")) == ["Ohjaus puuttuu"], "a part of the address"
    async with sessions.begin() as session:
        ticket = await make_ticket(session, desk, is_sensitive=True)
        became = {"state": MailState.TAKEN, "ticket_id": ticket.id}
        await session.execute(sa.update(IncomingMail).values(became))
    assert await search(ask, desk.tiera, "salaista") == [], "what became a masked text is masked with it"
    assert named(await search(ask, desk.tiera, "ohjaus", "MAIL")) == ["Ohjaus puuttuu"]


@pytest.mark.rule("D2.1-c")
async def test_words_between_tiera_and_the_supplier_lead_no_customer_to_the_order(ask: Ask, sessions: Sessions) -> None:
    async def make(session: Session) -> Parties:
        parties = await make_parties(session)
        order = await make_order_in_progress(session, parties)
        order.goal, order.supplier_description = "Raporttien nopeutus", "Indeksit uusitaan"
        order.customer_id = parties.customer.id
        session.add(
            Overrun(
                order_id=order.id, ordinal=1, state=OverrunState.REJECTED, ceiling_minutes=1, forecast_minutes=2,
                asked_minutes=1, asked_euros=1, reason="Rajapinta vaihtui", asked_at=NOW,
                decision_reason="Ei lisää rahaa", supplier_id=order.supplier_id,
            )
        )  # fmt: skip
        proposed = {"title": "Hakemiston siivous", "description": "Ensin\nkokoelmat,\tsitten \\rungot", "due_on": None}
        session.add(
            Revision(
                order_id=order.id, ordinal=1, state=RevisionState.AWAITS_TIERA, before={"title": order.title},
                after=proposed, reason="Laajempi kuin luultiin", proposed_at=NOW, supplier_id=order.supplier_id,
            )
        )  # fmt: skip
        return parties

    parties = await prepare(sessions, make)
    for words, kind, reads in (
        ("raportteja", "ORDER", True), ("indeksejä", "ORDER", False), ("rajapinnan", "OVERRUN", False),
        ("rahat", "OVERRUN", False), ("siivoukset", "REVISION", False), ("laajempaa", "REVISION", False),
        ("kokoelma sitten runko", "REVISION", False),
    ):  # fmt: skip
        for actor in (parties.contact, parties.supplier_manager):
            assert len(await search(ask, actor, words, kind)) == 1, words
        assert bool(await search(ask, parties.representative, words, kind)) is reads, words


async def test_tags_and_teams_and_names_of_files_are_found_by_their_parts(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    async with sessions.begin() as session:
        ticket = await make_ticket(session, desk)
        ticket.tags, ticket.team = ["varmenteen uusinta", "sovellus"], "Verkkotiimi"
        file = await make_file(session, desk.tiera, name="Käyttöönotto_projekti-suunnitelma.pdf")
        file.about_kind, file.about_id, file.purpose = "Ticket", ticket.id, ATTACHMENT
        name = ticket.title
    for words in ("varmenteet", "sovelluksen", "verkkotiimille"):
        assert named(await search(ask, desk.tiera, words, "TICKET")) == [name]
        assert await search(ask, desk.customer, words, "TICKET") == [], "a customer does not read them"
    for actor in (desk.tiera, desk.customer):
        (hit,) = await search(ask, actor, "suunnitelmat")
        assert hit["thing"]["title"] == "Käyttöönotto_projekti-suunnitelma.pdf"
    assert await search(ask, desk.supplier, "suunnitelmat") == [], "the ticket has not reached it"
