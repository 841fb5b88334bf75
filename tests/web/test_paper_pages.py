"""Documents in the portal, without JavaScript: added with a file, given versions, looked at, taken out of use."""

from datetime import date, timedelta

import httpx
import pytest
import sqlalchemy as sa

from backend.demo.papers import paper
from backend.documents.model import Document
from backend.kit import events
from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.parties.agreement_model import Service
from backend.parties.model import RoleHeld
from backend.rulebook.roles import Role
from tests.identity.making import add_member, add_organisation
from tests.making import end_roles, make_agreement, make_service, tiera_service_manager
from tests.web.portal import Browser, Portal, hidden, path_to, text_of
from web.papers.desk import SECTIONS
from web.typed import typed


@pytest.fixture
async def service(portal: Portal) -> Service:
    async with portal.house.sessions.begin() as session:
        return await make_service(session, await make_agreement(session, portal.supplier), "Arkisto")


async def add(browser: Browser, service: Service, **given: str) -> httpx.Response:
    """Put a document of the service into the register."""
    page = "/asiakirjat/uusi"
    said = hidden((await browser.get(page)).text, page) | {
        "content.title": "Arkiston ohje",
        "content.kind": "INSTRUCTIONS",
        "content.serviceId": f"Service:{service.id}",
        **given,
    }
    return await browser.client.post(page, data=said, files=[("fileId", ("ohje.pdf", paper("Ohje")))])


async def test_a_document_is_added_given_a_version_and_taken_out_of_use(portal: Portal, service: Service) -> None:
    tiera = await portal.signed_in()
    assert "There are no documents yet" in (await tiera.get("/asiakirjat")).text
    where = path_to(await add(tiera, service))
    assert "ohje.pdf" in (await tiera.get(where)).text
    newer = f"{where}/uusi-versio"
    said = hidden((await tiera.get(newer)).text, newer) | {"note": "Kuvat lisätty."}
    answer = await tiera.client.post(newer, data=said, files=[("fileId", ("ohje 2.pdf", paper("Ohje 2")))])
    assert path_to(answer) == where
    shown = text_of((await tiera.get(where)).text)
    assert "version 2 newest" in shown and "Kuvat lisätty." in shown and "version 1" in shown
    looked = f"{where}/tarkastettu"
    assert (await tiera.send(looked, looked, {"reviewOn": "1.1.2020"})).status_code == 422
    assert path_to(await tiera.send(looked, looked, {"reviewOn": "1.1.2099"})) == where
    assert "2099" not in (await tiera.get(newer)).text, "the day that stands is left as it is"
    async with portal.house.sessions.begin() as session:
        await session.execute(sa.update(Document).values(review_on=date(2020, 1, 1)))
    assert f'value="{typed(helsinki_date(now()) + timedelta(days=365), "Date")}"' in (await tiera.get(newer)).text
    out = f"{where}/poista-kaytosta"
    assert path_to(await tiera.send(out, out, {"reason": "Korvattu."})) == where
    assert "Korvattu." in (await tiera.get(where)).text


async def test_a_supplier_is_offered_no_template_for_those_are_tieras(portal: Portal, service: Service) -> None:
    async with portal.house.sessions.begin() as session:
        manager = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
    tiera, supplier = await portal.signed_in(), await portal.signed_in(manager)
    forms = [text_of((await each.get("/asiakirjat/uusi")).text) for each in (tiera, supplier)]
    assert ["None: it is a template" in each for each in forms] == [True, False]
    assert ["Service (optional)" in each for each in forms] == [True, False]
    assert path_to(await add(supplier, service)).startswith("/asiakirjat/")


@pytest.mark.parametrize(("sort", "arrow"), [("REVIEW", "ascending"), ("-REVIEW", "descending")])
async def test_the_register_is_sorted_by_its_reviews_both_ways(
    portal: Portal, service: Service, sort: str, arrow: str
) -> None:
    tiera = await portal.signed_in()
    for title, review_on in (("Myöhemmin", "1.2.2099"), ("Ensin", "1.1.2099")):
        path_to(await add(tiera, service, **{"content.title": title, "content.reviewOn": review_on}))
    page = (await tiera.get(f"/asiakirjat?sort={sort}")).text
    assert f'aria-sort="{arrow}"' in page
    assert (page.index("Ensin") < page.index("Myöhemmin")) == (arrow == "ascending")


async def test_the_register_is_narrowed_and_taken_along(portal: Portal, service: Service) -> None:
    tiera = await portal.signed_in()
    path_to(await add(tiera, service))
    assert "Arkiston ohje" in (await tiera.get("/asiakirjat?words=arkisto&states=IN_USE")).text
    assert "No document matches" in (await tiera.get("/asiakirjat?words=eiole")).text
    assert '<option value="today">' in (await tiera.get("/asiakirjat")).text
    assert "No document matches" in (await tiera.get("/asiakirjat?outdatedOn=today")).text
    exported = (await tiera.get("/asiakirjat/vienti.csv")).content.decode("utf-8-sig").splitlines()
    assert exported[0].startswith("Document;Kind;Service") and exported[1].startswith("Arkiston ohje;Instructions")


async def test_what_is_changed_in_the_register_is_kept_and_without_a_file_nothing_is_added(
    portal: Portal, service: Service
) -> None:
    tiera = await portal.signed_in()
    where = path_to(await add(tiera, service))
    edit = f"{where}/muokkaa"
    said = {"content.title": "Arkiston käyttöohje", "content.serviceId": f"Service:{service.id}"}
    assert path_to(await tiera.send(edit, edit, {**said, "content.kind": "INSTRUCTIONS"})) == where
    assert "Arkiston käyttöohje" in (await tiera.get(where)).text
    missing = await tiera.send("/asiakirjat/uusi", "/asiakirjat/uusi", {**said, "content.kind": "PLAN"})
    assert missing.status_code == 422 and "Arkiston käyttöohje" in missing.text


async def test_an_owner_is_chosen_among_the_sides_people_and_who_answers_for_the_service_is_told(
    portal: Portal, service: Service
) -> None:
    async with portal.house.sessions.begin() as session:
        manager = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
        expert = await add_member(session, portal.supplier, Role.EXPERT, "Erkki Osaaja")
        reader = await add_member(
            session, await add_organisation(session, "Mallila", ActorKind.CUSTOMER), Role.REPRESENTATIVE, "Hanna Kunta"
        )
    theirs, owners, customer = [await portal.signed_in(person) for person in (manager, expert, reader)]
    form = (await theirs.get("/asiakirjat/uusi")).text
    assert f'<option value="Person:{manager.id}" selected>Sari Toimittaja' in form, "oneself, unless another is chosen"
    assert "Erkki Osaaja" in form and "Kaisa Avain" not in form
    chosen = {"content.ownerId": f"Person:{expert.id}", "content.isForCustomers": "true"}
    where = path_to(await add(theirs, service, **chosen))
    shown = text_of((await theirs.get(where)).text)
    assert "Owner Erkki Osaaja" in shown and "Answers for all of the service's documents Sari Toimittaja" in shown
    assert (await customer.get(where)).status_code == 404
    desk = await portal.signed_in()
    assert "Arkiston ohje" in (await desk.get("/tyopoyta")).text, "it waits for Tiera's release"
    release = f"{where}/julkaise"
    assert path_to(await desk.send(release, release, {})) == where
    read = text_of((await customer.get(where)).text)
    assert "Arkiston ohje" in read
    assert not any(word in read for word in ("Erkki", "Sari", "Answers for all"))
    for browser in (theirs, owners):
        assert "Outdated documents" not in (await browser.get("/tyopoyta")).text
    async with portal.house.sessions.begin() as session:
        await session.execute(sa.update(Document).values(review_on=date(2020, 1, 1)))
        await end_roles(session, RoleHeld.person_id == expert.id)
    assert "Arkiston ohje" in (await theirs.get("/tyopoyta")).text, "the owner has left, and the manager sees to it"
    edit = f"{where}/muokkaa"
    assert f'<option value="Person:{expert.id}" selected>Erkki Osaaja' in (await theirs.get(edit)).text
    async with portal.house.sessions.begin() as session:
        await end_roles(session, RoleHeld.person_id == manager.id)
    tiera = await portal.signed_in()
    assert "The supplier has named no service manager" in (await tiera.get(where)).text
    assert "Arkiston ohje" not in (await tiera.get("/tyopoyta")).text, "each side sees to its own"


async def test_who_releases_a_document_to_customers_sees_on_the_same_page_what_they_would(
    portal: Portal, service: Service
) -> None:
    async with portal.house.sessions.begin() as session:
        manager = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Omistaja")
    tiera, supplier = await portal.signed_in(), await portal.signed_in(manager)
    where = path_to(await add(supplier, service, **{"content.isForCustomers": "true", "note": "Ensimmäinen."}))
    for step in ("julkaise", "palauta"):
        shown = (await tiera.get(f"{where}/{step}")).text
        assert "ohje.pdf" in shown and "Ensimmäinen." in shown and "Customers see now nothing" in text_of(shown)
    assert path_to(await tiera.send(f"{where}/julkaise", f"{where}/julkaise", {})) == where


async def test_what_is_outdated_is_asked_for_as_of_the_day_on_which_the_address_is_opened(
    portal: Portal, service: Service
) -> None:
    tiera = await portal.signed_in()
    await add(tiera, service)
    async with portal.house.sessions.begin() as session:
        await session.execute(
            sa.update(Document).values(review_on=helsinki_date(now()) - timedelta(days=1), owner_id=Document.made_by_id)
        )
    listed = (await tiera.get("/asiakirjat")).text
    assert '<option value="today">Outdated ones' in listed, "no day stands in an address that is kept"
    of_desk = next(section.everything for section in SECTIONS if section.key == "documentsToReview")
    for address in ("/asiakirjat?outdatedOn=today", of_desk):
        assert "Arkiston ohje" in (await tiera.get(address)).text
    async with portal.house.sessions.begin() as session:
        await session.execute(sa.update(Document).values(review_on=helsinki_date(now()) + timedelta(days=1)))
    assert "Arkiston ohje" not in (await tiera.get("/asiakirjat?outdatedOn=today")).text


async def test_a_long_history_says_how_much_of_it_is_left_out(portal: Portal, service: Service) -> None:
    tiera = await portal.signed_in()
    where = path_to(await add(tiera, service))
    assert "left out here" not in (await tiera.get(where)).text
    async with portal.house.sessions.begin() as session:
        document = (await session.scalars(sa.select(Document))).one()
        actor = await tiera_service_manager(session)
        for _ in range(52):
            await events.record(session, actor, "document.reviewed", document, at=now(), rule="H11.6-c")
    assert "3 earlier events are left out here." in text_of((await tiera.get(where)).text)
