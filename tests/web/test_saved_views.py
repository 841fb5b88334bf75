"""Any list is saved as it is narrowed and sorted, and opened again by a plain link."""

import re
from html import unescape

import pytest

from backend.parties.model import Person
from tests.web.portal import Browser, Portal, hidden, path_to, text_of

LISTS = (
    "/pyynnot",
    "/tilaukset",
    "/laskut",
    "/tunnit/lista",
    "/reklamaatiot",
    "/tiedotteet",
    "/asiakirjat",
    "/oikeudet",
    "/henkilot",
    "/sopimukset",
)


def views_of(page: str) -> str:
    found = re.search(r'<nav class="views".*?</nav>', page, re.DOTALL)
    return found[0] if found else ""


def links_of(page: str) -> dict[str, str]:
    """The links above the filters, by what they say."""
    links = re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', views_of(page), re.DOTALL)
    return {text_of(text).strip(): unescape(href) for href, text in links}


async def save(browser: Browser, list_: str, name: str, *, shared: bool = False) -> str:
    """Save the list as it is at this address; where that leads."""
    form = links_of((await browser.get(list_)).text)["Save this view"]
    to = form.partition("?")[0]
    data = {"name": name} | ({"isShared": "true"} if shared else {})
    return path_to(await browser.send(form, to, data))


async def test_a_list_is_saved_as_it_is_shown_and_opened_again_from_above_its_filters(portal: Portal) -> None:
    browser = await portal.signed_in()
    to = await save(browser, "/pyynnot?words=&states=NEW&states=RESOLVED&isLate=true&sort=-DUE&muu=1", "Late")
    assert to == "/pyynnot?states=NEW&states=RESOLVED&isLate=true&sort=-DUE"
    shown = await browser.get("/pyynnot")
    assert links_of(shown.text)["Late"] == to
    opened = await browser.get(to)
    assert 'aria-current="page"' in views_of(opened.text)
    assert "data-search-kept hidden" in views_of(opened.text), "what is saved already is not saved once more"
    assert "Late" not in views_of((await browser.get("/tilaukset")).text), "another list has its own"


async def test_where_in_a_list_somebody_was_is_not_kept(portal: Portal) -> None:
    browser = await portal.signed_in()
    form = await browser.get("/nakymat/uusi/tickets.list?isLate=true&after=eyJ&ennen=a.b")
    assert hidden(form.text, "/nakymat/uusi/tickets.list")["query"] == "isLate=true"


@pytest.mark.parametrize("path", LISTS)
async def test_every_list_can_be_saved(portal: Portal, path: str) -> None:
    browser = await portal.signed_in()
    assert await save(browser, f"{path}?words=x", "Kept") == f"{path}?words=x"


async def test_what_a_list_has_beside_the_schemas_filters_is_kept_too(portal: Portal) -> None:
    browser = await portal.signed_in()
    assert await save(browser, "/tunnit/kohteet?show=all", "All") == "/tunnit/kohteet?show=all"


async def test_a_list_as_it_comes_is_nothing_to_save(portal: Portal) -> None:
    browser = await portal.signed_in()
    form = links_of((await browser.get("/pyynnot")).text)["Save this view"]
    shown = await browser.get(form)
    assert "There is nothing to save yet" in text_of(shown.text)
    assert (await browser.get("/nakymat/uusi/orders.show")).status_code == 404
    assert (await browser.get("/nakymat/uusi/nothing")).status_code == 404


async def test_a_name_is_needed_and_stands_once_on_a_list(portal: Portal) -> None:
    browser = await portal.signed_in()
    await save(browser, "/pyynnot?isLate=true", "Late")
    for name, said in (("", "This is needed."), ("Late", "You have a view of this name on this list already.")):
        answer = await browser.send(
            "/nakymat/uusi/tickets.list?isOpen=true", "/nakymat/uusi/tickets.list", {"name": name}
        )
        assert answer.status_code == 422
        assert said in text_of(answer.text)


async def test_a_shared_view_is_its_makers_and_the_key_users_to_change(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    maker, key_user = await portal.signed_in(), await portal.signed_in(portal.key_user)
    to = await save(maker, "/pyynnot?isLate=true", "Late", shared=True)
    assert "Late Maija Lehto" in links_of((await key_user.get("/pyynnot")).text)
    change = links_of((await key_user.get(to)).text)["Rename, share or remove this view"]
    answer = await key_user.send(change, change, {"name": "Ours", "isShared": "true"})
    assert path_to(answer) == to
    assert "Ours" in links_of((await maker.get("/pyynnot")).text)
    late = await maker.send(change, change, {"name": "Mine", "isShared": "false", "expectedVersion": "1"})
    assert late.status_code == 409 and re.search(r'id="f-name-theirs">.*Ours', late.text)
    for stranger in sides:
        elsewhere = await portal.signed_in(stranger)
        assert "Ours" not in (await elsewhere.get("/pyynnot")).text
        assert (await elsewhere.get(change)).status_code == 404
    removed = await maker.send(change, f"{change}/poisto", {})
    assert path_to(removed) == "/pyynnot"
    assert "Ours" not in links_of((await key_user.get("/pyynnot")).text)
    assert (await maker.get(change)).status_code == 404


async def test_a_removal_that_is_refused_is_said_on_a_page(portal: Portal) -> None:
    key_user, reader = await portal.signed_in(portal.key_user), await portal.signed_in()

    async def removal_of(browser: Browser, view: str) -> tuple[str, dict[str, str]]:
        edit = links_of((await browser.get(view)).text)["Rename, share or remove this view"]
        return f"{edit}/poisto", hidden((await browser.get(edit)).text, f"{edit}/poisto")

    theirs = await save(key_user, "/pyynnot?isLate=true", "Late", shared=True)
    to, fields = await removal_of(key_user, theirs)
    _, own = await removal_of(reader, await save(reader, "/pyynnot?isOpen=true", "Open"))
    refused = await reader.post(to, own | {"viewId": fields["viewId"]})
    assert refused.status_code == 403
    assert theirs in links_of((await reader.get("/pyynnot")).text).values()
