"""What the desk does with tickets in the portal, without JavaScript: linked, merged, given on, closed by the dozen."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from backend.kit.actor import Actor
from backend.parties.model import Organisation, Person
from backend.rulebook.roles import Role
from backend.tickets.model import TicketMessage
from tests.identity.making import add_member
from tests.web.portal import Browser, Portal, hidden, path_to, text_of
from tests.web.test_ticket_pages import reported, step

NAMED = ("personIds", "customerIds", "serviceIds")


async def test_tickets_are_linked_merged_taken_apart_and_split_by_their_numbers(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    second, first = await reported(asker), await reported(asker)  # the older, due before, goes on
    number = re.search(r"TIK-\d{4}-\d{5}", (await tiera.get(second)).text)
    assert number
    wrong = await tiera.send(f"{first}/liitos", f"{first}/liitos", {"kind": "DUPLICATE_OF", "other": "TIK-1"})
    assert wrong.status_code == 422 and "There is no such number" in wrong.text
    linked = {"kind": "DUPLICATE_OF", "other": number[0].lower()}
    assert path_to(await tiera.send(f"{first}/liitos", f"{first}/liitos", linked)) == first
    assert number[0] in text_of((await asker.get(first)).text)
    merged = {"intoId": number[0], "reason": "Sama vika."}
    assert "The supplier does not see this ticket" in (await tiera.get(f"{first}/yhdistys")).text
    assert path_to(await tiera.send(f"{first}/yhdistys", f"{first}/yhdistys", merged)) == first
    shown = (await asker.get(first)).text
    assert f"It goes on in {number[0]}" in shown and f'href="{second}"' in shown
    assert "Merged into this one" in text_of((await asker.get(second)).text)
    assert path_to(await step(tiera, first, "erilleen", reason="Eri vika.")) == first
    await asker.send(second, f"{second}/viesti", {"text": "Myös skanneri on rikki."})
    link = re.search(rf'href="({second}/viestit/\d+/erota)"', (await tiera.get(second)).text)
    assert link and "Myös skanneri on rikki." in (await tiera.get(link[1])).text
    given = {"kind": "INCIDENT", "title": "Skanneri", "description": "Skanneri on rikki."}
    new = path_to(await tiera.send(link[1], link[1], given))
    assert new not in (first, second) and "Skanneri" in (await asker.get(new)).text
    assert f'href="{first}/erota"' in (await tiera.get(first)).text
    assert f'href="{first}/erota"' not in (await asker.get(first)).text
    form = await tiera.get(f"{first}/erota")
    assert "Sivu on tyhjä." in form.text
    assert (await tiera.send(f"{first}/erota", f"{first}/erota", given | {"title": ""})).status_code == 422
    third = path_to(await tiera.send(f"{first}/erota", f"{first}/erota", given))
    assert third not in (first, second, new) and "Skanneri" in (await asker.get(third)).text
    there = text_of((await asker.get(second)).text)
    assert "From it follows" in there and "Follows from" not in there, "a link is told from where one reads it"


async def test_a_permission_and_a_service_level_are_given_in_the_portal(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    tiera, key_user = await portal.signed_in(), await portal.signed_in(portal.key_user)
    supplier, asker = await portal.signed_in(sides[1]), await portal.signed_in(sides[0])
    there = f"/pyynnot/luvat/uusi?toimittaja=Organisation:{portal.supplier.id}"
    form = (await tiera.get(there)).text
    ids = {name: re.search(rf'name="{name}"[^>]*value="([A-Za-z]+:\d+)"', form) for name in NAMED}
    assert all(ids.values()), text_of(form)
    given = {name: found[1] for name, found in ids.items() if found} | {
        "kinds": "INCIDENT",
        "matter": "Siirtojen ajat",
        "validFrom": "24.11.2099",
        "validUntil": "31.12.2099",
        "documentNumber": "LUPA-9",
        "documentOn": "24.11.2026",
    }
    assert path_to(await tiera.send(there, "/pyynnot/luvat/uusi", given)) == "/pyynnot/luvat"
    assert "LUPA-9" in (await supplier.get("/pyynnot/luvat")).text
    assert (await asker.get("/pyynnot/luvat")).status_code == 403
    end = re.search(r'href="(/pyynnot/luvat/\d+/paata)"', (await tiera.get("/pyynnot/luvat")).text)
    assert end and "paata" not in (await supplier.get("/pyynnot/luvat")).text
    assert path_to(await tiera.send(end[1], end[1], {"reason": "Ei tarvita."})) == "/pyynnot/luvat"
    assert "Ei tarvita." in (await supplier.get("/pyynnot/luvat")).text
    level = {
        "kind": "INCIDENT",
        "criticality": "HIGH",
        "serviceTime": "ROUND_THE_CLOCK",
        "respondMinutes": "0:30",
        "resolveMinutes": "4",
        "standsIn": "WAITING",
        "validFrom": "1.1.2099",
        "reason": "Ohjausryhmä 3/2026",
    }
    new = "/pyynnot/palvelutasot/uusi"
    assert path_to(await key_user.send(new, new, level)) == "/pyynnot/palvelutasot"
    assert "Ohjausryhmä 3/2026" in (await supplier.get("/pyynnot/palvelutasot")).text
    assert (await tiera.get(new)).status_code == 403


async def test_a_ready_answer_is_written_after_what_was_typed(portal: Portal, sides: tuple[Person, Person]) -> None:
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    page = await reported(asker)
    there = "/pyynnot/vastaukset"
    assert path_to(await tiera.send(there, there, {"title": "Selvitämme", "text": "Kerromme huomenna."})) == there
    answer = re.search(r'value="(ReadyAnswer:\d+)"', (await tiera.get(page)).text)
    assert answer
    chosen, message = {"_chosen": answer[1], "_fill": "text"}, {"text": "Hei!", "audience": "TIERA"}
    filled = (await tiera.send(page, f"{page}/viesti", message | {"text": ""} | chosen)).text
    assert ">\nKerromme huomenna.<" in filled
    assert re.search(r'value="ALL"[^>]* checked', filled), "for the one who asks"
    filled = (await tiera.send(page, f"{page}/viesti", message | chosen)).text
    assert ">\nHei!\n\nKerromme huomenna.<" in filled and re.search(r'value="TIERA"[^>]* checked', filled)
    filled = (await tiera.send(page, f"{page}/viesti", {"text": "", "audience": "BOTH"} | chosen)).text
    assert re.search(r'value="BOTH"[^>]* checked', filled), "who was chosen reads it"
    taken_out = {"_chosen": answer[1], "_remove": "fileIds.0", "fileIds": "StoredFile:1", "_file": "StoredFile:1 a.pdf"}
    shown = (await tiera.send(page, f"{page}/viesti", {"text": "", "audience": "TIERA"} | taken_out)).text
    assert ">\nKerromme huomenna.<" not in shown, "a file was taken out, and no answer chosen"
    assert re.search(r'value="TIERA"[^>]* checked', shown), "whom it is for stays"
    assert not re.search(r'value="ALL"[^>]* checked', (await tiera.get(page)).text)
    assert "Selvitämme" not in (await asker.get(page)).text
    assert (await asker.get(there)).status_code == 403
    await tiera.send(f"{page}/ota", f"{page}/ota", {})
    for act in ("vastaa", "kysy", "ratkaise"):
        assert "Kerromme huomenna." not in (await tiera.get(f"{page}/{act}")).text
        filled = (await tiera.send(f"{page}/{act}", f"{page}/{act}", {"text": "Hei!"} | chosen)).text
        assert ">\nHei!\n\nKerromme huomenna.<" in filled
    assert "Hei!" not in (await tiera.get(page)).text, "nothing was sent"
    assert "Selvitämme" not in (await tiera.get(f"{page}/siirra")).text, "a reason is no answer"


async def test_a_ticket_is_given_to_a_colleague_and_a_team_and_found_under_another_title_and_tags(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    async with portal.house.sessions.begin() as session:
        colleague = await add_member(session, portal.supplier, Role.EXPERT, "Ville Kollega")
    asker, tiera, supplier = (
        await portal.signed_in(sides[0]), await portal.signed_in(), await portal.signed_in(sides[1])
    )  # fmt: skip
    page = await reported(asker)
    await step(tiera, page, "siirra", reason="Vika on palvelussa.")
    await step(supplier, page, "ota")
    form = (await supplier.get(f"{page}/ota")).text
    assert "Ville Kollega" in form and "Sari Toimittaja</option>" not in form and "Hanna Kunta" not in form
    await step(supplier, page, "ota", personId=str(colleague.ref), team="Tulostus")
    shown = text_of((await tiera.get(page)).text)
    assert "Ville Kollega" in shown and "Team Tulostus" in shown
    there = f"{page}/lajittelu"
    assert f'href="{there}"' in (await tiera.get(page)).text
    assert f'href="{there}"' not in (await supplier.get(page)).text + (await asker.get(page)).text
    sorted_ = {"title": "Päätöstä ei voi tulostaa", "tags": "tulostus, VAKA ,tulostus", "team": "Tulostus"}
    first = await tiera.send(there, there, sorted_)
    assert path_to(first) == page
    again = await tiera.get(there)
    assert re.search(r'<input[^>]*name="tags"[^>]*>', again.text)[0].count("required") == 0, "no tag is needed"  # type: ignore[index]
    assert 'value="tulostus, vaka"' in again.text and 'value="Tulostus"' in again.text
    ids = {"_valittu": [f"Ticket:{page.rpartition('/')[2]}"], "_typed": "arki"}
    await tiera.send(f"/pyynnot/useat?tee=tunniste&valittu={ids['_valittu'][0]}", "/pyynnot/useat/tunniste", ids)
    shown = text_of((await supplier.get(page)).text)
    assert "vaka , arki" in shown and "Team Tulostus" in shown, "a tag more leaves the team"
    for browser, tag, is_found in ((supplier, "ARKI", True), (tiera, "muu", False), (asker, "arki", False)):
        assert (f'href="{page}"' in (await browser.get(f"/pyynnot?tag={tag}&team=Tulostus")).text) is is_found
    assert '/pyynnot?tag=arki"' in (await tiera.get(page)).text
    read = text_of((await asker.get(page)).text)
    assert "Päätöstä ei voi tulostaa" in read and "before it was: “Tulostus ei toimi”" in read and "arki" not in read
    stale = await tiera.post(there, sorted_ | hidden(again.text, there))
    assert stale.status_code == 409 and "Somebody else has changed this" in stale.text


async def test_a_ticket_is_reported_for_a_colleague_and_by_tiera_for_a_customers_person(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    async with portal.house.sessions.begin() as session:
        town = await session.scalar(sa.select(Organisation).where(Organisation.name == "Mallila"))
        assert town is not None
        for name in ("Minna Opettaja", "Minna Opettaja"):
            colleague = await add_member(session, town, Role.REPRESENTATIVE, name)
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    for browser, of, typed, wrong in (
        (asker, "", colleague.email, "Minna Opettaja"),
        (tiera, str(town.ref), "hanna kunta", "Sari Toimittaja"),
    ):
        refused = await report_for(browser, of, wrong)
        assert refused.status_code == 422 and f'value="{wrong}"' in refused.text
        page = path_to(await report_for(browser, of, typed))
        name = "Hanna Kunta" if browser is tiera else "Minna Opettaja"
        for reader in (tiera, asker):
            assert f"Who asks {name}" in text_of((await reader.get(page)).text)
    suppliers = path_to(await report_for(tiera, "", "Sari Toimittaja"))
    assert "Who asks Sari Toimittaja" in text_of((await tiera.get(suppliers)).text), "without a customer it may ask"
    await tiera.send(page, f"{page}/seuraa", {"w.isWatching": "true"})
    assert "Who watches it" in text_of((await tiera.get(page)).text)
    assert "Who watches it" not in text_of((await asker.get(page)).text)


async def report_for(browser: Browser, customer: str, typed: str) -> httpx.Response:
    service = re.search(r'<option value="(Service:\d+)"', (await browser.get("/pyynnot/uusi")).text)
    said = {"kind": "INCIDENT", "title": "Tulostus ei toimi", "description": "Sivu on tyhjä.", "requesterId": typed}
    classed = {
        "criticality": "NORMAL",
        "reach": "ONE_USER",
        "customerId": customer,
        "serviceId": service and service[1],
    }
    given = {f"report.{name}": value for name, value in (said | classed).items()}
    return await browser.send("/pyynnot/uusi", "/pyynnot/uusi", {**given, "_reviewed": "1"})


async def test_several_are_closed_at_once_and_what_did_not_go_says_why(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    pages = [await reported(asker) for _ in range(2)]
    ids = [f"Ticket:{page.rpartition('/')[2]}" for page in pages]
    assert f'value="{ids[0]}"' in (await tiera.get("/pyynnot")).text
    assert "valittu" not in (await asker.get("/pyynnot")).text
    query = "&".join(f"valittu={id}" for id in ids)
    taken = await tiera.send(f"/pyynnot/useat?tee=ota&{query}", "/pyynnot/useat/ota", {"_valittu": ids})
    assert "It was done with 2 tickets." in text_of(taken.text)
    tags = {"_valittu": ids, "_typed": "tulostus, Yö"}
    assert "2 tickets" in text_of(
        (await tiera.send(f"/pyynnot/useat?tee=tunniste&{query}", "/pyynnot/useat/tunniste", tags)).text
    )
    assert "tulostus , yö" in text_of((await tiera.get(pages[1])).text), "a comma parts tags here as on one's own page"
    await step(tiera, pages[0], "ratkaise", text="Toimii.")
    ready = f"/pyynnot/useat?tee=sulje&{query}"
    assert "Not possible with these now" in (await tiera.get(ready)).text
    closed = text_of((await tiera.send(ready, "/pyynnot/useat/sulje", {"_valittu": ids})).text)
    assert "It was done with 1 ticket." in closed and "These did not go" in closed
    assert "Not possible: its state is “Being worked on”" in closed, "what was not possible is told afterwards too"
    nothing = await tiera.send(f"/pyynnot/useat?tee=siirra&{query}", "/pyynnot/useat/siirra", {"_valittu": ids})
    assert nothing.status_code == 422
    looked_at = (await tiera.get("/pyynnot/useat/siirra")).headers["location"]
    assert path_to(await tiera.get(looked_at)) == "/pyynnot", "another language leads there"
    sent = {"_valittu": ids[::-1], "_typed": "Vika."}  # the last one is refused
    handed = (await tiera.send(f"/pyynnot/useat?tee=siirra&{query}", "/pyynnot/useat/siirra", sent)).text
    assert "It was done with 1 ticket." in text_of(handed) and "These did not go" in text_of(handed)
    assert "This was not done" not in text_of(handed), "what went is not called undone"


class Unread(Exception):
    """What a door raises where a change was carried out and what came of it could not be read."""

    def __init__(self, data: Any) -> None:
        super().__init__("the connection is lost")
        self.data = data


class Loses:
    """A door that gives a fault for the changes of these places, carried out or not."""

    def __init__(self, portal: Portal, places: Collection[int], is_carried_out: bool) -> None:
        self.real, self.changes = portal.app.state.portal.door, 0
        self.places, self.is_carried_out = places, is_carried_out
        portal.app.state.portal = replace(portal.app.state.portal, door=self)

    async def read(self, document: str, variables: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
        self.changes += document.startswith("mutation")
        if document.startswith("mutation") and self.changes - 1 in self.places:
            raise Unread(await self.real.read(document, variables, actor) if self.is_carried_out else None)
        data: dict[str, Any] = await self.real.read(document, variables, actor)
        return data


@pytest.mark.parametrize(
    ("places", "is_carried_out", "said"),
    [
        ({0}, True, "It was done with 3 tickets."),
        ({2}, True, "It was done with 3 tickets."),
        ({0, 1, 2}, False, "Something went wrong on our side and nothing was saved."),
        ({1}, False, "It was done with 2 tickets."),
        ({2}, False, "It was done with 2 tickets."),
    ],
)
async def test_of_several_what_was_done_is_told_as_done_also_where_it_cannot_be_read(
    portal: Portal, sides: tuple[Person, Person], places: set[int], is_carried_out: bool, said: str
) -> None:
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    ids = [f"Ticket:{(await reported(asker)).rpartition('/')[2]}" for _ in range(3)]
    query, to = "&".join(f"valittu={id}" for id in ids), "/pyynnot/useat/ota"
    fields = {**hidden((await tiera.get(f"/pyynnot/useat?tee=ota&{query}")).text, to), "_valittu": ids}
    door = Loses(portal, places, is_carried_out)
    answer = await tiera.post(to, fields)
    assert said in text_of(answer.text)
    assert door.changes == 3, "one that fails keeps no other from being tried"
    if not is_carried_out:
        is_some = len(places) < len(ids)
        assert ("on our side, and this was not done" in text_of(answer.text)) is is_some
        door.places = ()
        answer = await tiera.post(to, fields if is_some else hidden(answer.text, to))
        assert "It was done with 3 tickets." in text_of(answer.text), "what had been done counts once"


async def test_of_an_incident_of_wide_reach_it_is_said_that_its_cause_is_missing(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    page = await reported(asker, "MANY")
    await step(tiera, page, "ota")
    await step(tiera, page, "ratkaise", text="Toimii.")
    id = f"Ticket:{page.rpartition('/')[2]}"
    shown = text_of((await tiera.get(f"/pyynnot/useat?tee=sulje&valittu={id}")).text)
    assert "closed once its root cause has been written" in shown and "its state is" not in shown
    assert "closed once its root cause has been written" in text_of((await tiera.get(page)).text)


async def test_a_root_cause_that_is_masked_is_not_called_missing(portal: Portal, sides: tuple[Person, Person]) -> None:
    asker, tiera, supplier = [await portal.signed_in(person) for person in (*sides[:1], None, sides[1])]
    page = await reported(asker, "MANY")
    await step(tiera, page, "siirra", reason="Teille.")
    await step(tiera, page, "nouda", reason="Meille.")
    await step(tiera, page, "ota")
    await step(tiera, page, "ratkaise", text="Toimii.")
    missing = "closed once its root cause has been written"
    for browser in (asker, tiera, supplier):
        assert missing in text_of((await browser.get(page)).text)
    await step(tiera, page, "juurisyy", cause="Matin levy oli täynnä.")
    async with portal.house.sessions.begin() as session:
        await session.execute(sa.update(TicketMessage).values(is_sensitive=True).where(TicketMessage.kind == "cause"))
    for browser in (asker, tiera, supplier):
        shown = text_of((await browser.get(page)).text)
        assert missing not in shown and "Matin levy" not in shown


async def test_a_ticket_that_one_has_stays_on_ones_desk_until_it_is_resolved(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    page = await reported(asker)
    assert "nobody has" in text_of((await tiera.get("/tyopoyta")).text)
    await step(tiera, page, "ota")
    desk = text_of((await tiera.get("/tyopoyta")).text)
    assert "that you have" in desk and "Tulostus ei toimi" in desk and "nobody has" not in desk
    await step(tiera, page, "ratkaise", text="Korjattu.")
    assert "that you have" not in text_of((await tiera.get("/tyopoyta")).text)
