"""Groups in the portal, without JavaScript: opened, people named, written to with attachments, withdrawn, left."""

import re
from typing import Any

import pytest

from backend.demo.papers import paper
from backend.governance.verbs import write_body_post
from backend.kit.actor import ActorKind
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.governance.making import make_circle
from tests.identity.making import add_member, add_organisation
from tests.making import NOW
from tests.web.portal import Browser, Portal, hidden, path_to, text_of


async def named(tiera: Browser, where: str, organisation: int, person: Person, kind: str = "MEMBER") -> None:
    naming = f"{where}/paikat/uusi"
    page = f"{naming}?organisaatio=Organisation%3A{organisation}"
    said = {"personId": f"Person:{person.id}", "kind": kind}
    assert path_to(await tiera.send(page, naming, said)) == where


@pytest.mark.rule("H11.4-d")
async def test_a_supplier_and_a_customer_talk_in_a_group_that_nobody_else_sees(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        town = await add_organisation(session, "Mallila", ActorKind.CUSTOMER)
        customer = await add_member(session, town, Role.REPRESENTATIVE, "Hanna Lukija")
        supplier = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
        colleague = await add_member(session, portal.supplier, Role.EXPERT, "Olli Muu")
    tiera, theirs, ours, other = [await portal.signed_in(who) for who in (None, supplier, customer, colleague)]
    assert "There are no groups yet" in (await tiera.get("/ryhmat")).text
    assert 'href="/ryhmat"' not in (await theirs.get("/tyopoyta")).text, "no place in the menu before one is in a group"
    given = {"name": "Ekosysteemiryhmä", "kind": "ECOSYSTEM_GROUP"}
    where = path_to(await tiera.send("/ryhmat/uusi", "/ryhmat/uusi", given))
    await named(tiera, where, portal.supplier.id, supplier)
    await named(tiera, where, town.id, customer, "GUEST")

    page = (await theirs.get(where)).text
    assert 'href="/ryhmat"' in page and "Everybody in this group reads this at once." in page
    said = hidden(page, where) | {"text": "Ideamme ensi vuodelle."}
    answer = await theirs.client.post(where, data=said, files=[("fileIds", ("ideat.pdf", paper("Ideat")))])
    assert path_to(answer) == where
    assert (await theirs.send(where, where, {"text": " "})).status_code == 422

    page = (await ours.get(where)).text
    assert "Sari Toimittaja" in page and "Zeta Oy" in page and "Ideamme ensi vuodelle." in page
    file = re.search(r"/api/files/\d+", page)
    assert file and (await ours.get(file[0])).status_code == 200
    answering = re.search(r'href="[^"]*(/ryhmat/\d+\?vastaus=\d+)#write"', page)
    assert answering
    assert "You answer what Sari Toimittaja wrote" in text_of((await ours.get(answering[1])).text)
    assert path_to(await ours.send(answering[1], where, {"text": "Luonnos ensin."})) == where
    shown = text_of((await theirs.get(where)).text)
    assert "Hanna Lukija Mallila, guest" in shown and "Answers: Sari Toimittaja" in shown
    assert "Luonnos ensin." in (await theirs.get("/haku?haku=luonnosten")).text
    for nothing in (await other.get(where), await other.get(file[0])):
        assert nothing.status_code == 404
    assert "You are in no group" in (await other.get("/ryhmat")).text
    assert "Nothing was found" in (await other.get("/haku?haku=luonnosten")).text

    answers = hidden((await ours.get(answering[1])).text, where) | {"text": "Vastaan ideaan."}
    taking = re.search(r'href="[^"]*(/ryhmat/\d+/kirjoitukset/\d+/poista)"', (await theirs.get(where)).text)
    assert taking
    assert path_to(await theirs.send(taking[1], taking[1], {"reason": "Väärä liite."})) == where
    page = (await ours.get(where)).text
    assert "Väärä liite." in page and "Ideamme" not in page and (await ours.get(file[0])).status_code == 404
    refused = await ours.post(where, answers)
    assert refused.status_code == 422 and "What you answer was withdrawn meanwhile." in refused.text
    assert "Vastaan ideaan." in refused.text, "nothing is lost, and it goes without answering"
    assert path_to(await ours.post(where, hidden(refused.text, where) | {"text": "Vastaan ideaan."})) == where
    assert "Ideamme" in (await tiera.get(where)).text and (await tiera.get(file[0])).status_code == 200

    ending = re.findall(r'href="[^"]*(/ryhmat/\d+/paikat/\d+/paata)"', (await tiera.get(where)).text)[1]
    assert path_to(await tiera.send(ending, ending, {"reason": "Vieraana kerran."})) == where
    assert (await ours.get(where)).status_code == 404
    assert "Vieraana kerran." in (await ours.get("/ryhmat")).text
    closing = f"{where}/sulje"
    assert path_to(await tiera.send(closing, closing, {"reason": "Työ on tehty."})) == where
    page = (await theirs.get(where)).text
    assert "Työ on tehty." in page and "Everybody in this group reads this at once." not in page


@pytest.mark.rule("H11.4-d")
async def test_a_busy_group_shows_what_happened_and_an_old_post_is_found_in_its_part(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        circle = await make_circle(session)
        said: dict[str, Any] = {"body_id": circle.body.id, "now": NOW}
        first = await write_body_post(session, circle.supplier, text="Vanhin idea.", **said)
        for n in range(51):
            await write_body_post(session, circle.supplier, text=f"Uudempi {n}.", **said)
    tiera = await portal.signed_in()
    page = (await tiera.get(f"/ryhmat/{circle.body.id}")).text
    assert "Vanhin idea." not in page and "Uudempi 50." in page and "To the newest" not in page
    assert 'id="history"' in page, "what happened besides is not crowded out"
    found = (await tiera.get("/haku?haku=vanhin")).text
    hit = re.search(rf'href="[^"]*(/ryhmat/{circle.body.id}\?kirjoitus={first.id})#kirjoitus-{first.id}"', found)
    assert hit
    page = (await tiera.get(hit[1])).text
    assert f'id="kirjoitus-{first.id}"' in page and "To the newest" in page and "Uudempi 50." not in page
