"""The pages of orders: without JavaScript the whole way, by each side, in three languages; axe finds nothing."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.dialects.postgresql import Range

from backend.demo.papers import paper, picture
from backend.kit.actor import ActorKind
from backend.parties.agreement_model import PriceGroup, Service
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.identity.making import add_member, add_password, add_person
from tests.making import make_agreement, make_organisation, make_price_group, make_right, make_service
from tests.web.portal import Browser, Portal, hidden, opened, settings_for

SINCE = Range(date(2026, 1, 1), None)


@dataclass
class People:
    contact: Person
    manager: Person
    supplier: Person
    representative: Person
    senior: PriceGroup
    service: Service


@dataclass
class Scene:
    portal: Portal
    people: People

    async def browser(self, person: Person) -> Browser:
        return await self.portal.signed_in(person)


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """The real application with an ordering contact, a supplier and a customer."""
    async with opened(settings_for(database_url, tmp_path)) as portal:
        async with portal.house.sessions.begin() as session:
            tiera = await make_organisation(session, ActorKind.BUYER)
            supplier = await make_organisation(session, name="Koodipaja Oy")
            customer = await make_organisation(session, ActorKind.CUSTOMER, "Mallilan kaupunki")
            agreement = await make_agreement(session, supplier, valid=SINCE)
            contact = await add_person(session, "Anna Korhonen")
            await add_password(session, contact)
            await make_right(session, contact, tiera, valid=SINCE)
            people = People(
                contact=contact,
                manager=await add_member(session, tiera, Role.SERVICE_MANAGER),
                supplier=await add_member(session, supplier, Role.SERVICE_MANAGER, "Sari Mäkelä"),
                representative=await add_member(session, customer, Role.REPRESENTATIVE, "Hanna Järvinen"),
                senior=await make_price_group(session, agreement, valid=SINCE),
                service=await make_service(session, agreement, "Varhaiskasvatus"),
            )
        yield Scene(portal, people)


async def asked(scene: Scene) -> str:
    """A customer asks for work in the portal; the address of its request."""
    browser = await scene.browser(scene.people.representative)
    answer = await browser.send(
        "/tilaukset/pyynto",
        "/tilaukset/pyynto",
        {
            "title": "A report of absences",
            "serviceId": f"Service:{scene.people.service.id}",
            "description": "By class and month.",
        },
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def step(browser: Browser, address: str, slug: str, **fields: str) -> None:
    """Take a step of an order by its own page."""
    path = f"{address}/{slug}"
    answer = await browser.send(path, path, fields)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == address


async def estimate(scene: Scene, browser: Browser, address: str, hours: str) -> None:
    path = f"{address}/arvio"
    answer = await browser.send(
        path,
        path,
        {
            "options.0.title": "As asked",
            "options.0.rows.0.priceGroupId": f"PriceGroup:{scene.people.senior.id}",
            "options.0.rows.0.minutes": hours,
            "noneBetterStatement": "We know of nothing cheaper.",
        },
    )
    assert answer.status_code == 303, answer.text


async def ordered(scene: Scene, hours: str = "20") -> tuple[str, Browser, Browser]:
    """A placed order: its address, the contact's browser and the supplier's."""
    address = await asked(scene)
    contact = await scene.browser(scene.people.contact)
    supplier = await scene.browser(scene.people.supplier)
    await step(contact, address, "ota-kasittelyyn")
    await step(contact, address, "pyyda-arvio", expectedClass="SMALL")
    await estimate(scene, supplier, address, hours)
    page = (await contact.get(address)).text
    option = re.findall(r'name="optionId" value="(EstimateOption:\d+)"', page)[0]
    answer = await contact.send(address, f"{address}/tilaus", {"optionId": option})
    assert answer.status_code == 303, answer.text
    return address, contact, supplier


async def test_the_main_job_goes_from_a_customers_request_to_accepted_work(scene: Scene) -> None:
    address, contact, supplier = await ordered(scene)
    await step(supplier, address, "vahvista", supplierNumber="A-77")
    await step(supplier, address, "aloita")
    await step(supplier, address, "ennuste", remainingMinutes="25", note="The register changed.")
    await step(supplier, address, "ylitys", minutes="5", reason="Two more reports.")
    waiting = (await contact.get(address)).text
    assert "your decision is needed" in waiting
    decided = await contact.send(
        address, f"{address}/ylitys/paatos", {"minutes": "5", "reason": "They are needed.", "_decision": "some"}
    )
    assert decided.status_code == 303, decided.text
    await step(supplier, address, "toimita")
    manager = await scene.browser(scene.people.manager)
    await step(manager, address, "hyvaksy")
    done = (await contact.get(address)).text
    assert "A-77" in done
    assert "25\u00a0h" in done
    found = await contact.get("/tilaukset/A-77")
    assert (found.status_code, found.headers["location"]) == (303, address)


@pytest.mark.rule("H11.8.1-i")
async def test_a_request_for_work_carries_files_that_everybody_whose_order_it_is_reads_on_its_page(
    scene: Scene,
) -> None:
    asker = await scene.browser(scene.people.representative)
    path = "/tilaukset/pyynto"
    said = {
        **hidden((await asker.get(path)).text, path),
        "title": "A report of absences",
        "serviceId": f"Service:{scene.people.service.id}",
        "description": "By class and month.",
    }
    brought = [("fileIds", ("malli.pdf", paper("Poissaolot"))), ("fileIds", ("kuva.png", picture(4, 3)))]
    answer = await asker.client.post(path, data=said, files=brought)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    contact, supplier = await scene.browser(scene.people.contact), await scene.browser(scene.people.supplier)
    for browser in (asker, contact):
        shown = (await browser.get(address)).text
        assert "malli.pdf" in shown and "kuva.png" in shown
    (link,) = re.findall(r'<a href="(/api/files/\d+)\?nayta">malli.pdf</a>', shown)
    assert (await supplier.get(address)).status_code == (await supplier.get(link)).status_code == 404
    await step(contact, address, "ota-kasittelyyn")
    await step(contact, address, "pyyda-arvio", expectedClass="SMALL")
    assert "malli.pdf" in (await supplier.get(address)).text
    assert "malli.pdf" in (await supplier.get(f"{address}/arvio")).text, "it is read while it is estimated"
    assert [(await browser.get(link)).status_code for browser in (asker, supplier)] == [200, 200]


async def test_nothing_more_is_approved_by_the_other_button(scene: Scene) -> None:
    address, contact, supplier = await ordered(scene)
    await step(supplier, address, "aloita")
    await step(supplier, address, "ennuste", remainingMinutes="25")
    await step(supplier, address, "ylitys", minutes="5", reason="Two more reports.")
    refused = await contact.send(
        address, f"{address}/ylitys/paatos", {"minutes": "5", "reason": "", "_decision": "none"}
    )
    assert refused.status_code == 422
    assert "This is needed." in refused.text
    nought = await contact.send(
        address, f"{address}/ylitys/paatos", {"minutes": "0", "reason": "Ok", "_decision": "some"}
    )
    assert nought.status_code == 422
    assert "Write how much is approved" in nought.text
    decided = await contact.send(
        address, f"{address}/ylitys/paatos", {"minutes": "", "reason": "Leave them out.", "_decision": "none"}
    )
    assert decided.status_code == 303, decided.text
    assert "Leave them out." in (await supplier.get(address)).text


async def test_an_estimate_without_alternative_or_statement_comes_back_with_everything_typed(scene: Scene) -> None:
    address = await asked(scene)
    contact, supplier = await scene.browser(scene.people.contact), await scene.browser(scene.people.supplier)
    await step(contact, address, "ota-kasittelyyn")
    await step(contact, address, "pyyda-arvio", expectedClass="SMALL")
    path = f"{address}/arvio"
    typed = {
        "options.0.title": "As asked",
        "options.0.rows.0.priceGroupId": f"PriceGroup:{scene.people.senior.id}",
        "options.0.rows.0.minutes": "7,5",
        "noneBetterStatement": "",
    }
    more = await supplier.send(path, path, {**typed, "_add": "options"})
    assert more.status_code == 200
    assert 'name="options.1.title"' in more.text
    refused = await supplier.send(path, path, typed)
    assert refused.status_code == 422
    assert "Add a cheaper or better alternative" in refused.text
    assert 'value="7,5"' in refused.text
    fields = {**hidden((await supplier.get(path)).text, path), **typed}
    part = await supplier.post(path, fields, HX_Request="true", HX_Request_Type="partial")
    assert part.status_code == 422
    assert part.text.lstrip().startswith('<div id="estimate"')


async def test_a_change_is_proposed_and_accepted(scene: Scene) -> None:
    address, contact, supplier = await ordered(scene)
    path = f"{address}/muutos"
    page = (await supplier.get(path)).text
    assert "A report of absences" in page
    answer = await supplier.send(
        path,
        path,
        {
            "change.title": "A report of absences and holidays",
            "change.description": "By class and month.",
            "change.minutesChange": "2",
            "reason": "It is the same query.",
        },
    )
    assert answer.status_code == 303, answer.text
    shown = (await contact.get(address)).text
    (accept,) = re.findall(rf'action="({address}/muutokset/\d+/hyvaksynta)"', shown)
    accepted = await contact.send(address, accept, {})
    assert accepted.status_code == 303, accepted.text
    changed = (await contact.get(address)).text
    assert "A report of absences and holidays" in changed
    assert "22\u00a0h" in changed


async def test_the_list_is_narrowed_and_taken_along_as_a_file(scene: Scene) -> None:
    await ordered(scene)
    contact = await scene.browser(scene.people.contact)
    assert "1 order" in (await contact.get("/tilaukset?words=absences")).text
    nothing = await contact.get("/tilaukset?words=nothing+like+it")
    assert "No order matches" in nothing.text
    sheet = await contact.get("/tilaukset/vienti.csv?words=absences")
    assert sheet.text.startswith("\ufeffNumber;")
    assert "A report of absences;Ordered;Mallilan kaupunki;Koodipaja Oy" in sheet.text
    assert re.search(r";\d+,\d\d$", sheet.text.strip()), "euros with their cents"
    book = await contact.get("/tilaukset/vienti.xlsx")
    assert book.content.startswith(b"PK")


@pytest.mark.rule("D2.1-c")
async def test_a_customer_reads_totals_and_no_hours(scene: Scene) -> None:
    address, _, _ = await ordered(scene)
    customer = await scene.browser(scene.people.representative)
    page = (await customer.get(address)).text
    assert "2\u00a0000,00\u00a0€" in page
    assert "20\u00a0h" not in page
    assert "100,00" not in page
    listed = (await customer.get("/tilaukset")).text
    assert "20\u00a0h" not in listed


async def test_an_order_that_is_not_ones_own_is_not_there(scene: Scene) -> None:
    address = await asked(scene)
    supplier = await scene.browser(scene.people.supplier)
    assert (await supplier.get(address)).status_code == 404
    assert (await supplier.get(f"{address}/aloita")).status_code == 404
    contact = await scene.browser(scene.people.contact)
    assert (await contact.get(f"{address}/toimita")).status_code == 409
    assert (await contact.get(f"{address}/nonsense")).status_code == 404
