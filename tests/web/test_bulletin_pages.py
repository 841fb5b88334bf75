"""Bulletins in the portal, without JavaScript: written, published, shown on every page, acknowledged, followed."""

import re
from datetime import UTC, datetime

import httpx
import pytest
import sqlalchemy as sa

from backend.bulletins import verbs
from backend.bulletins.model import Bulletin
from backend.bulletins.states import BulletinKind, BulletinState, Receivers
from backend.bulletins.verbs import Content
from backend.demo.papers import paper
from backend.kit.actor import ActorKind
from backend.parties.agreement_model import Service
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.bulletins.making import agree as agree_by_verb
from tests.bulletins.making import make_incident, make_sides
from tests.identity.making import add_member, add_organisation
from tests.making import NOW, make_agreement, make_organisation, make_service, tiera_service_manager
from tests.web.portal import Browser, Portal, hidden, path_to, text_of


@pytest.fixture
async def service(portal: Portal) -> Service:
    async with portal.house.sessions.begin() as session:
        return await make_service(session, await make_agreement(session, portal.supplier), "Arkisto")


@pytest.fixture
async def customer(portal: Portal) -> Person:
    async with portal.house.sessions.begin() as session:
        town = await add_organisation(session, "Mallila", ActorKind.CUSTOMER)
        return await add_member(session, town, Role.REPRESENTATIVE, "Hanna Lukija")


async def written(tiera: Browser, **given: str) -> str:
    """A draft of news to all customers; the key of its address."""
    said = {
        "content.kind": "NEWS",
        "content.title": "Uusi ohje",
        "content.text": "Ohje on julkaistu.",
        "content.receivers": "ALL_CUSTOMERS",
        "content.byBanner": "true",
        "content.byMail": "true",
        **given,
    }
    answer = await tiera.send("/tiedotteet/uusi", "/tiedotteet/uusi", said)
    return path_to(answer).rpartition("/")[2]


async def step(browser: Browser, id_: str, slug: str, **given: str) -> httpx.Response:
    path = f"/tiedotteet/{id_}/{slug}"
    return await browser.send(path, path, given)


async def test_what_is_published_stands_on_every_page_until_it_is_hidden_or_taken_back(
    portal: Portal, customer: Person
) -> None:
    tiera, reader = await portal.signed_in(), await portal.signed_in(customer)
    id_ = await written(tiera)
    assert (await reader.get(f"/tiedotteet/{id_}")).status_code == 404
    assert "Uusi ohje" not in (await reader.get("/tyopoyta")).text
    assert "nobody else is told of it" in text_of((await tiera.get(f"/tiedotteet/{id_}/peruuta")).text), "a draft"
    assert path_to(await step(tiera, id_, "julkaise")) == f"/tiedotteet/{id_}"
    for page in ("/tyopoyta", "/pyynnot", "/asetukset"):
        assert "Uusi ohje" in (await reader.get(page)).text
    assert "Uusi ohje" not in (await tiera.get("/tyopoyta")).text, "who wrote it need not read it"
    hiding = f"/tiedotteet/{id_}/piilota"
    assert path_to(await reader.send("/pyynnot", hiding, {})) == "/pyynnot"
    assert "Uusi ohje" not in (await reader.get("/tyopoyta")).text
    assert "Ohje on julkaistu." in (await reader.get(f"/tiedotteet/{id_}")).text
    assert "Those who were told read" in text_of((await tiera.get(f"/tiedotteet/{id_}/peruuta")).text)
    path_to(await step(tiera, id_, "peruuta", reason="Väärä ohje."))
    assert "Väärä ohje." in (await reader.get(f"/tiedotteet/{id_}")).text


async def test_one_that_asks_for_it_is_acknowledged_and_its_sender_sees_by_whom(
    portal: Portal, customer: Person
) -> None:
    tiera, reader = await portal.signed_in(), await portal.signed_in(customer)
    id_ = await written(tiera, **{"content.asksAcknowledgement": "true"})
    await step(tiera, id_, "julkaise")
    assert "Have not yet Hanna Lukija" in text_of((await tiera.get(f"/tiedotteet/{id_}")).text)
    assert "Bulletins to acknowledge" in (await reader.get("/tyopoyta")).text
    page = f"/tiedotteet/{id_}"
    assert path_to(await reader.send(page, f"{page}/kuittaa", {})) == page
    shown = text_of((await tiera.get(page)).text)
    assert "1 has acknowledged it. Hanna Lukija" in shown and "Have not yet" not in shown
    assert "Hanna Lukija" not in (await reader.get(page)).text.partition("</header>")[2]


async def test_a_follow_up_is_written_below_the_first_and_takes_its_place(portal: Portal, customer: Person) -> None:
    tiera, reader = await portal.signed_in(), await portal.signed_in(customer)
    first = await written(tiera)
    await step(tiera, first, "julkaise")
    follow = f"/tiedotteet/{first}/jatka"
    said = {"content.title": "Korjattu ohje", "content.text": "Ohje on korjattu.", "content.byBanner": "true"}
    second = path_to(await tiera.send(follow, "/tiedotteet/uusi", said)).rpartition("/")[2]
    await step(tiera, second, "julkaise")
    desk = (await reader.get("/tyopoyta")).text
    assert "Korjattu ohje" in desk and "Uusi ohje" not in desk
    assert "Ohje on korjattu." in (await reader.get(f"/tiedotteet/{first}")).text


async def test_tiera_tells_its_customers_of_what_a_supplier_told_it(portal: Portal, service: Service) -> None:
    async with portal.house.sessions.begin() as session:
        writer = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
    tiera, supplier = await portal.signed_in(), await portal.signed_in(writer)
    told = {
        "content.kind": "INCIDENT",
        "content.criticality": "HIGH",
        "content.receivers": "TIERA",
        "content.serviceIds": f"Service:{service.id}",
    }
    id_ = await written(supplier, **told)
    await step(supplier, id_, "julkaise")
    page = (await tiera.get(f"/tiedotteet/{id_}")).text
    assert "Tell the customers of it" in page
    assert "Tell the customers of it" not in (await supplier.get(f"/tiedotteet/{id_}")).text
    form = (await tiera.get(f"/tiedotteet/uusi?pohjana=Bulletin:{id_}")).text
    assert 'value="Uusi ohje"' in form and "Ohje on julkaistu." in form
    assert re.search(rf'value="Service:{service.id}"[^>]* checked', form)
    assert not re.search(r'value="TIERA"', form), "Tiera tells its customers"


async def test_what_lacks_is_said_at_its_field_and_nothing_is_lost(portal: Portal, service: Service) -> None:
    tiera = await portal.signed_in()
    answer = await tiera.send(
        "/tiedotteet/uusi",
        "/tiedotteet/uusi",
        {
            "content.kind": "BREAK",
            "content.title": "Huoltokatko",
            "content.text": "Palvelu on pois käytöstä.",
            "content.receivers": "ALL_CUSTOMERS",
            "content.byBanner": "true",
            "content.serviceIds": f"Service:{service.id}",
        },
    )
    assert answer.status_code == 422
    assert "Palvelu on pois käytöstä." in answer.text and answer.text.count("This is needed.") >= 2


async def test_the_calendar_lists_breaks_and_gives_an_address_once(portal: Portal, service: Service) -> None:
    tiera = await portal.signed_in()
    id_ = await written(
        tiera,
        **{
            "content.kind": "BREAK",
            "content.title": "Arkiston huoltokatko",
            "content.serviceIds": f"Service:{service.id}",
            "content.startsAt": "14.1.2030 20.00",
            "content.endsAt": "14.1.2030 22.00",
        },
    )
    await step(tiera, id_, "julkaise")
    page = "/tiedotteet/kalenteri?kuukausi=2030-01"
    assert "14.1.2030 Arkiston huoltokatko" in text_of((await tiera.get(page)).text)
    assert "No planned breaks" in (await tiera.get("/tiedotteet/kalenteri?kuukausi=2030-02")).text
    own = [c.name for c in Bulletin.__table__.columns if c.name not in ("id", "number") and c.computed is None]
    copies = f"SELECT number || n, {', '.join(own)} FROM bulletins, generate_series(1, 120) AS n"
    async with portal.house.sessions.begin() as session:
        await session.execute(sa.text(f"INSERT INTO bulletins (number, {', '.join(own)}) {copies}"))
    assert (await tiera.get(page)).text.count(">Arkiston huoltokatko<") == 121, "all of a month, however many"
    for odd in ("0000-01", "0001-01", "9999-12", "2030-13"):
        assert (await tiera.get(f"/tiedotteet/kalenteri?kuukausi={odd}")).status_code == 200, odd
    made = await tiera.send("/tiedotteet/kalenteri", "/tiedotteet/kalenteri/osoite", {})
    address = re.search(r"http://portaali.test(/api/kalenteri/[^<]+\.ics)", made.text)
    assert address, text_of(made.text)
    nobody = portal.browser()
    assert "SUMMARY:Arkiston huoltokatko" in (await nobody.get(address[1])).text
    path_to(await tiera.send("/tiedotteet/kalenteri", "/tiedotteet/kalenteri/sulje", {}))
    assert (await nobody.get(address[1])).status_code == 404


async def test_the_calendar_shows_until_when_a_break_went_on_and_which_never_began(
    portal: Portal, service: Service
) -> None:
    tiera = await portal.signed_in()
    days = {"Sooner": "28.1.2030", "Later": "29.1.2030", "Never": "30.1.2030", "Back": "30.1.2030", "Goes": "31.1.2030"}
    for title, day in days.items():
        said = {"kind": "BREAK", "title": title, "serviceIds": f"Service:{service.id}"}
        span = {"startsAt": f"{day} 20.00", "endsAt": "2.2.2030 22.00"}
        id_ = await written(tiera, **{f"content.{name}": value for name, value in (said | span).items()})
        await step(tiera, id_, "julkaise")
        if title == "Back":
            await step(tiera, id_, "peruuta", reason="Siirtyi.")
    over = {"Sooner": datetime(2030, 1, 29, 4, tzinfo=UTC), "Later": datetime(2030, 2, 3, tzinfo=UTC), "Never": NOW}
    async with portal.house.sessions.begin() as session:
        for title, at in over.items():
            ended = {"state": BulletinState.ENDED, "ended_at": at}
            await session.execute(sa.update(Bulletin).where(Bulletin.title == title).values(**ended))
    shown = text_of((await tiera.get("/tiedotteet/kalenteri?kuukausi=2030-01")).text)
    for words in (
        "Sooner Over 28.1.2030 at 20.00 – 29.1.2030 at 6.00",
        "Later Over 29.1.2030 at 20.00 – 2.2.2030 at 22.00",
        "Never Called off 30.1.2030 at 20.00 – 2.2.2030 at 22.00",
        "Back Bulletin withdrawn 30.1.2030 at 20.00 – 2.2.2030 at 22.00",
        "Goes 31.1.2030 at 20.00 – 2.2.2030 at 22.00",
    ):
        assert words in shown
    following = text_of((await tiera.get("/tiedotteet/kalenteri?kuukausi=2030-02")).text)
    assert "Later Over" in following and "Sooner" not in following


async def agree(tiera: Browser, occasion: str, **whom: str) -> None:
    """Record what is agreed for an occasion: of a service, where the address names one."""
    page = f"/tiedotteet/suunnitelmat/{occasion}"
    agreed = {
        "agreed.measures": "Kriisiryhmä kootaan.",
        "agreed.told": "Pääkäyttäjät.",
        "agreed.channels": "Portaali.",
        "agreed.whenDown": "Soitetaan.",
        "agreed.templateTitle": "Arkisto ei toimi",
        "agreed.templateText": "Vikaa korjataan.",
        "agreed.agreedOn": "1.11.2026",
        **whom,
    }
    of = page.partition("?")[1:]
    assert path_to(await tiera.send(page, page, agreed)) == "/tiedotteet/suunnitelmat" + "".join(of)


async def test_the_page_that_asks_before_publishing_names_those_who_are_told(
    portal: Portal, service: Service, customer: Person
) -> None:
    tiera = await portal.signed_in()
    town = re.search(r'value="(Organisation:\d+)"', (await tiera.get("/tiedotteet/uusi")).text)
    assert town
    await agree(tiera, "news", **{"agreed.toAllCustomers": "true"})
    await agree(tiera, f"news?palvelu={service.id}", **{"agreed.organisationIds": town[1]})
    planned = {"content.receivers": "AS_PLANNED"}
    everywhere = await written(tiera, **planned)
    first = await written(tiera, **planned, **{"content.serviceIds": f"Service:{service.id}"})
    follow = {"content.title": "Korjaus", "content.text": "Korjattu.", "content.byBanner": "true"}

    async def follow_up(id_: str) -> str:
        assert path_to(await step(tiera, id_, "julkaise"))
        answer = await tiera.send(f"/tiedotteet/{id_}/jatka", "/tiedotteet/uusi", follow)
        return path_to(answer).rpartition("/")[2]

    async def told(id_: str) -> str:
        return text_of((await tiera.get(f"/tiedotteet/{id_}/julkaise")).text)

    assert "Customers All customers On the portal" in await told(everywhere)
    assert "Customers Mallila On the portal" in await told(first)
    second, third = await follow_up(first), await follow_up(everywhere)
    await agree(tiera, f"news?palvelu={service.id}", **{"agreed.toAllCustomers": "true"})
    assert "Customers Mallila On the portal" in await told(second), "those of the first one, whatever is agreed since"
    assert "Customers All customers On the portal" in await told(third)


async def test_a_plan_is_agreed_and_its_template_begins_a_bulletin(portal: Portal, service: Service) -> None:
    tiera = await portal.signed_in()
    listed = text_of((await tiera.get("/tiedotteet/suunnitelmat")).text)
    assert "7 occasions have no plan. Crisis communication has none." in listed
    await agree(tiera, f"critical-incident?palvelu={service.id}", **{"agreed.toAllCustomers": "true"})
    listed = (await tiera.get("/tiedotteet/suunnitelmat")).text
    assert "6 occasions have no plan." in text_of(listed) and "Kriisiryhmä kootaan." in listed
    new = (await tiera.get("/tiedotteet/uusi")).text
    template = re.search(r"/tiedotteet/uusi\?malli=CommunicationPlan:\d+", new)
    assert template
    begun = (await tiera.get(template[0])).text
    assert 'value="Arkisto ei toimi"' in begun and "Vikaa korjataan." in begun


async def test_services_beyond_the_first_page_have_their_plans_and_bulletins(portal: Portal, service: Service) -> None:
    async with portal.house.sessions.begin() as session:
        agreement = await make_agreement(session, portal.supplier)
        for n in range(500):
            await make_service(session, agreement, f"Alku {n:03}")
        last = await make_service(session, agreement, "Öljy")
    tiera = await portal.signed_in()
    assert "Öljy" not in (await tiera.get("/tiedotteet/suunnitelmat")).text
    own = text_of((await tiera.get(f"/tiedotteet/suunnitelmat?palvelu={last.id}")).text)
    assert "Öljy" in own and "Alku 000" not in own
    assert f"/tiedotteet/suunnitelmat?palvelu={last.id}" in (await tiera.get(f"/palvelut/{last.id}")).text
    assert (await tiera.get("/tiedotteet/suunnitelmat?palvelu=999999")).status_code == 404
    address, seen = "/tiedotteet/suunnitelmat", set()
    while True:
        listed = (await tiera.get(address)).text
        seen |= set(re.findall(r'id="palvelu-(\d+)"', listed))
        following = re.search(r'rel="next" href="([^"]+)"', listed)
        if not following:
            break
        address = following[1].replace("&amp;", "&")
    assert len(seen) == 502 and str(last.id) in seen
    assert f'value="Service:{last.id}"' not in (await tiera.get("/tiedotteet/uusi")).text, "of five hundred"
    await agree(tiera, f"news?palvelu={last.id}", **{"agreed.toAllCustomers": "true"})
    listed = (await tiera.get(f"/tiedotteet/suunnitelmat?palvelu={last.id}")).text
    template = re.search(r"/tiedotteet/uusi\?malli=CommunicationPlan:\d+", listed)
    assert template
    assert f'value="Service:{last.id}" checked' in (await tiera.get(template[0])).text


async def test_the_list_finds_by_words_and_can_be_taken_along(portal: Portal, customer: Person) -> None:
    tiera, reader = await portal.signed_in(), await portal.signed_in(customer)
    assert "There are no bulletins yet" in (await reader.get("/tiedotteet")).text
    id_ = await written(tiera)
    await step(tiera, id_, "julkaise")
    await written(tiera, **{"content.title": "Keskeneräinen"})
    assert "Uusi ohje" in (await reader.get("/tiedotteet?words=TDT-")).text
    assert "No bulletin matches" in (await reader.get("/tiedotteet?words=eiole")).text
    exported = await reader.get("/tiedotteet/vienti.csv")
    heading, row = exported.content.decode("utf-8-sig").splitlines()
    assert heading.startswith("Number;Bulletin;Kind") and row.split(";")[1] == "Uusi ohje"
    assert "Keskeneräinen" not in exported.text
    assert (await reader.get("/tiedotteet/uusi")).status_code == 403
    assert (await reader.get("/tiedotteet/suunnitelmat")).status_code == 403


async def test_what_is_attached_is_taken_off_a_draft_or_read_by_whom_it_is_for(
    portal: Portal, customer: Person
) -> None:
    tiera, reader = await portal.signed_in(), await portal.signed_in(customer)
    new = "/tiedotteet/uusi"
    said = hidden((await tiera.get(new)).text, new) | {
        "content.kind": "NEWS",
        "content.title": "Uusi ohje",
        "content.text": "Ohje on liitteenä.",
        "content.receivers": "ALL_CUSTOMERS",
        "content.byBanner": "true",
    }
    files = [("content.fileIds", (name, paper(name))) for name in ("ohje.pdf", "luonnos.pdf")]
    page = path_to(await tiera.client.post(new, data=said, files=files))
    edit = f"{page}/muokkaa"
    form = (await tiera.get(edit)).text
    kept = re.findall(r'name="content.fileIds" value="(StoredFile:\d+)"', form)
    assert "ohje.pdf" in form and "luonnos.pdf" in form and len(kept) == 2
    again = hidden(form, edit) | said | {"content.fileIds": kept[0]}
    assert path_to(await tiera.post(edit, again)) == page
    id_ = page.rpartition("/")[2]
    assert "ohje.pdf" in (await tiera.get(f"{page}/julkaise")).text
    await step(tiera, id_, "julkaise")
    shown = (await reader.get(page)).text
    assert "ohje.pdf" in shown and "luonnos.pdf" not in shown
    numbers = [each.partition(":")[2] for each in kept]
    assert [(await reader.get(f"/api/files/{number}")).status_code for number in numbers] == [200, 404]


async def test_a_draft_to_more_than_a_hundred_customers_keeps_them_all_when_it_is_edited(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        tiera = await tiera_service_manager(session)
        named = [(await make_organisation(session, ActorKind.CUSTOMER)).id for _ in range(101)]
        content = Content(
            kind=BulletinKind.NEWS, title="Uusi ohje", text="Ohje.", receivers=Receivers.ORGANISATIONS,
            organisation_ids=named,
        )  # fmt: skip
        draft = await verbs.create_bulletin(session, tiera, content=content, now=NOW)
    page = (await (await portal.signed_in()).get(f"/tiedotteet/{draft.id}/muokkaa")).text
    ticked = re.findall(r'name="content.organisationIds" value="(Organisation:\d+)" checked', page)
    assert sorted(ticked) == sorted(f"Organisation:{id}" for id in named)


@pytest.mark.rule("H11.11-b")
async def test_a_supplier_says_of_which_incident_it_informs_customers(portal: Portal, customer: Person) -> None:
    async with portal.house.sessions.begin() as session:
        s = await make_sides(session)
        await agree_by_verb(session, s, supplier_informs=True, to_all_customers=True)
        about = await make_incident(session, s)
        manager = await add_member(session, s.supplier, Role.SERVICE_MANAGER, "Sari Kirjoittaja")
    supplier = await portal.signed_in(manager)
    said = {
        "content.kind": "INCIDENT",
        "content.title": "Kirjautuminen ei toimi",
        "content.text": "Vika on tiedossa.",
        "content.receivers": "AS_PLANNED",
        "content.criticality": "CRITICAL",
        "content.serviceIds": f"Service:{s.service.id}",
        "content.byBanner": "true",
        "content.asksAcknowledgement": "true",
    }
    missing = await supplier.send("/tiedotteet/uusi", "/tiedotteet/uusi", said)
    assert missing.status_code == 422 and "on record: choose which" in text_of(missing.text)
    assert f'value="Ticket:{about.id}"' in missing.text and "Kirjautuminen ei toimi (Critical)" in missing.text
    saved = await supplier.send("/tiedotteet/uusi", "/tiedotteet/uusi", said | {"content.about": f"Ticket:{about.id}"})
    id_ = path_to(saved).rpartition("/")[2]
    assert f'value="Ticket:{about.id}" selected' in (await supplier.get(f"/tiedotteet/{id_}/muokkaa")).text
    assert path_to(await step(supplier, id_, "julkaise"))
    reader, page = await portal.signed_in(customer), f"/tiedotteet/{id_}"
    assert "Vika on tiedossa." in (await reader.get(page)).text
    await reader.send(page, f"{page}/kuittaa", {})
    assert "1 has acknowledged it. Mallila " in text_of((await supplier.get(page)).text), "for whom, and not who"


async def test_tiera_may_say_of_which_incident_it_tells(portal: Portal, customer: Person) -> None:
    async with portal.house.sessions.begin() as session:
        s = await make_sides(session)
        about = await make_incident(session, s)
    tiera = await portal.signed_in()
    said = {
        "content.kind": "INCIDENT",
        "content.title": "Kirjautuminen ei toimi",
        "content.text": "Vika on tiedossa.",
        "content.receivers": "ALL_CUSTOMERS",
        "content.criticality": "HIGH",
        "content.serviceIds": f"Service:{s.service.id}",
        "content.byBanner": "true",
    }
    page = (await tiera.get("/tiedotteet/uusi")).text
    assert f'value="Ticket:{about.id}"' in page and "The incident or other ticket that it is about" in page
    for of_it in ("", f"Ticket:{about.id}"):
        saved = await tiera.send("/tiedotteet/uusi", "/tiedotteet/uusi", said | {"content.about": of_it})
        id_ = path_to(saved).rpartition("/")[2]
        draft = await tiera.get(f"/tiedotteet/{id_}/muokkaa")
        assert (f'value="Ticket:{about.id}" selected' in draft.text) is bool(of_it)
