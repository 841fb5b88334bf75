"""Templates in the portal: kept by the desk, chosen when reporting; what was typed stays as it was typed."""

import re

from backend.parties.model import Person
from tests.web.portal import Browser, Portal, hidden, path_to

KEPT, NEW = "/pyynnot/pohjat", "/pyynnot/uusi"
TEMPLATE = {
    "content.name": "Uusi tunnus",
    "content.kind": "SERVICE_REQUEST",
    "content.serviceId": "",
    "content.ticketTitle": "Tunnus: ____",
    "content.description": "Yksikkö: ____\nAlkaen: ____",
    "content.criticality": "LOW",
    "content.reach": "ONE_ORGANISATION",
}
FILLED = {
    "report.kind": "SERVICE_REQUEST",
    "report.serviceId": "",
    "report.title": "Tunnus: ____",
    "report.description": "Yksikkö: ____\nAlkaen: ____",
    "report.criticality": "LOW",
    "report.reach": "ONE_ORGANISATION",
}
EMPTY = {
    "report.kind": "INCIDENT",
    "report.serviceId": "",
    "report.title": "",
    "report.description": "",
    "report.criticality": "NORMAL",
    "report.reach": "ONE_USER",
}


SELECTED = r'<select[^>]*name="{}"(?:(?!</select>).)*value="([^"]*)" selected'
SHOWN = {
    "report.kind": r'name="{}" value="(\w+)" checked',
    "report.title": r'name="{}" type="text" value="([^"]*)"',
    "report.description": r'<textarea[^>]*name="{}"[^>]*>\n([^<]*)</textarea>',
}
"""How fields stand on the page that are no selects."""


def stands(page: str) -> dict[str, str]:
    """What stands in the fields of a report."""
    found = {name: re.search(SHOWN.get(name, SELECTED).format(re.escape(name)), page, re.DOTALL) for name in EMPTY}
    return {name: one[1] if one else "" for name, one in found.items()}


async def offered(browser: Browser) -> dict[str, str]:
    """The templates on the page where one reports: by name their identifier."""
    options = re.findall(r'<option value="(TicketTemplate:\d+)"[^>]*>([^<]*)<', (await browser.get(NEW)).text)
    return {name: id for id, name in options}


async def guarded(browser: Browser) -> dict[str, str]:
    """What the report's form carries unseen."""
    return hidden((await browser.get(NEW)).text, NEW)


async def filled(browser: Browser, typed: dict[str, str], template: str, before: str = "") -> str:
    """The page that the form as it was typed is filled in on, without JavaScript."""
    chosen = {"_chosen": template, "_template": before, "_fill": "report.title"}
    answer = await browser.post(NEW, {**await guarded(browser), **EMPTY, **typed, **chosen})
    assert answer.status_code == 200 and 'class="errors"' not in answer.text
    assert "was not saved" not in answer.text, "it stands in the form"
    return answer.text


async def test_the_desk_keeps_templates_and_whoever_reports_begins_with_one_by_its_address(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    tiera, asker, supplier = await portal.signed_in(), *[await portal.signed_in(each) for each in sides]
    assert "_chosen" not in (await asker.get(NEW)).text, "there is none to choose yet"
    assert path_to(await tiera.send(KEPT, KEPT, TEMPLATE)) == KEPT
    for browser in (tiera, asker, supplier):
        id = (await offered(browser))["Uusi tunnus"]
        chosen = (await browser.get(f"{NEW}?pohja={id}")).text
        assert stands(chosen) == FILLED
        assert f'value="{id}" selected' in chosen
    assert [(await browser.get(KEPT)).status_code for browser in (asker, supplier)] == [403, 403]
    service = re.search(r'value="(Service:\d+)"', (await asker.get(NEW)).text)
    assert service
    reported = FILLED | {"report.serviceId": service[1], "report.title": "Tunnus: Maija", "_template": id}
    page = path_to(await asker.post(NEW, await guarded(asker) | reported))
    assert "Yksikkö: ____" in (await asker.get(page)).text


async def test_a_template_is_changed_and_one_that_is_ended_or_unknown_leaves_the_form_empty(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    tiera, asker = await portal.signed_in(), await portal.signed_in(sides[0])
    await tiera.send(KEPT, KEPT, TEMPLATE)
    id = (await offered(asker))["Uusi tunnus"]
    page = f"{KEPT}/{id.partition(':')[2]}"
    assert "Yksikkö: ____" in (await tiera.get(page)).text
    assert path_to(await tiera.send(page, page, TEMPLATE | {"content.name": "Tunnus"})) == KEPT
    assert await offered(asker) == {"Tunnus": id}
    refused = await tiera.send(page, page, TEMPLATE | {"content.name": " "})
    assert refused.status_code == 422 and 'href="#f-content-name"' in refused.text
    assert path_to(await tiera.send(KEPT, f"{page}/poisto", {})) == KEPT
    assert await offered(asker) == await offered(tiera) == {}
    for lost in (id, "TicketTemplate:999999", "Ticket:1", "?"):
        answer = await asker.get(f"{NEW}?pohja={lost}")
        assert (answer.status_code, stands(answer.text)) == (200, EMPTY)


async def test_choosing_a_template_fills_what_is_empty_and_loses_nothing_that_was_typed(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    tiera, asker = await portal.signed_in(), await portal.signed_in(sides[0])
    await tiera.send(KEPT, KEPT, TEMPLATE)
    other = {"content.name": "Vika", "content.kind": "INCIDENT", "content.ticketTitle": "Vika: ____"}
    await tiera.send(KEPT, KEPT, TEMPLATE | other | {"content.criticality": "HIGH"})
    ids = await offered(asker)
    assert stands(await filled(asker, {}, ids["Uusi tunnus"])) == FILLED
    typed = {"report.title": "Tunnus Maijalle", "report.criticality": "CRITICAL"}
    assert stands(await filled(asker, typed, ids["Uusi tunnus"])) == FILLED | typed
    assert stands(await filled(asker, typed, "TicketTemplate:999999")) == EMPTY | typed
    again = FILLED | {"report.description": "Yksikkö: Koulu"}
    assert stands(await filled(asker, again, ids["Vika"], before=ids["Uusi tunnus"])) == again | {
        "report.kind": "INCIDENT",
        "report.title": "Vika: ____",
        "report.criticality": "HIGH",
    }
    file = {"report.fileIds": "StoredFile:1", "_file": "StoredFile:1 a.pdf", "_remove": "report.fileIds.0"}
    shown = await asker.post(NEW, await guarded(asker) | EMPTY | {"_chosen": ids["Vika"]} | file)
    assert stands(shown.text) == EMPTY, "a file was taken out, and nothing chosen"
    shown = await asker.post(NEW, await guarded(asker) | EMPTY | {"report.description": "Kirjoitettu."})
    assert shown.status_code == 422 and "Kirjoitettu." in shown.text
    assert 'name="_chosen"' in shown.text
