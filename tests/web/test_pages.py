"""A page is the schema's answer in words; a form is this person's, counts once and loses nothing."""

import html
import json
import logging
import re
from typing import Any

import httpx
import pytest

from tests.web.gallery.app import Orders

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
DECIDE = "/tilaukset/1/paatos"


async def _decision(gallery: httpx.AsyncClient, **changes: str) -> dict[str, Any]:
    """The fields of the decision's form as the page has them, with changes."""
    page = await gallery.get("/tilaukset/1")
    form = page.text[page.text.index(f'action="{DECIDE}"') :].partition("</form>")[0]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    fields = {name: html.unescape(value) for name, value in hidden}
    return {**fields, "decision": "APPROVE", "grantedMinutes": "228", "reason": "Sovittu kokouksessa", **changes}


async def test_a_page_is_whole_and_a_part_is_only_its_block(gallery: httpx.AsyncClient) -> None:
    whole = await gallery.get("/tilaukset/1")
    part = await gallery.get("/tilaukset/1", headers=HTMX)
    assert whole.text.startswith("<!doctype html>")
    assert part.text.strip().startswith('<div id="overrun"')
    assert "HX-Request" in whole.headers["Vary"]
    assert whole.headers["Cache-Control"] == part.headers["Cache-Control"] == "no-store"


async def test_going_back_gets_a_whole_page(gallery: httpx.AsyncClient) -> None:
    page = await gallery.get("/tilaukset/1", headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert page.text.startswith("<!doctype html>")


async def test_a_decision_is_made_and_said_on_the_next_page_once(gallery: httpx.AsyncClient, orders: Orders) -> None:
    answer = await gallery.post(DECIDE, data=await _decision(gallery))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tilaukset/1")
    sent = orders.asked[-1]["input"]
    assert sent["grantedMinutes"] == 13680
    assert (sent["overrunId"], sent["expectedVersion"]) == ("Overrun:7", 3)
    assert sent["idempotencyKey"]
    assert "The overrun was decided." in (await gallery.get("/tilaukset/1")).text
    assert "The overrun was decided." not in (await gallery.get("/tilaukset/1")).text


async def test_with_htmx_the_changed_block_comes_at_once_and_says_so(gallery: httpx.AsyncClient) -> None:
    answer = await gallery.post(DECIDE, data=await _decision(gallery), headers=HTMX)
    assert answer.status_code == 200
    assert "The overrun is decided" in answer.text
    assert "<html" not in answer.text
    said = json.loads(answer.headers["HX-Trigger"])["portal:done"]
    assert said == {"text": "The overrun was decided.", "focus": "#overrun"}


async def test_with_htmx_and_nothing_to_show_in_place_the_target_is_loaded(gallery: httpx.AsyncClient) -> None:
    fields = {**await _decision(gallery), "title": "a", "size": "SMALL"}
    answer = await gallery.post("/tilaukset/uusi", data=fields, headers=HTMX)
    assert answer.headers["HX-Redirect"] == "/tilaukset"
    assert "The work was ordered." in (await gallery.get("/tilaukset")).text


async def test_an_invalid_form_comes_back_with_everything_in_it(gallery: httpx.AsyncClient, orders: Orders) -> None:
    fields = await _decision(gallery, grantedMinutes="paljon", reason="lyhyt")
    answer = await gallery.post(DECIDE, data=fields)
    assert answer.status_code == 422
    assert 'value="paljon"' in answer.text
    assert 'value="lyhyt"' in answer.text
    assert f'value="{fields["_key"]}"' in answer.text
    assert "New ceiling: Kirjoita tunnit" in answer.text
    assert not orders.decisions


async def test_what_the_schema_refuses_stands_at_its_field(gallery: httpx.AsyncClient) -> None:
    answer = await gallery.post(DECIDE, data=await _decision(gallery, reason="lyhyt"), headers=HTMX)
    assert answer.status_code == 422
    assert 'href="#f-reason"' in answer.text
    assert 'aria-describedby="f-reason-hint f-reason-error"' in answer.text


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"overrunId": "Overrun:404"}, 404), ({"expectedVersion": "0"}, 409), ({"decision": ""}, 422)],
)
async def test_the_status_is_that_of_the_first_error(
    gallery: httpx.AsyncClient, changes: dict[str, str], status: int
) -> None:
    answer = await gallery.post(DECIDE, data=await _decision(gallery, **changes))
    assert answer.status_code == status
    assert 'class="errors"' in answer.text


async def test_a_form_without_its_token_is_refused(gallery: httpx.AsyncClient, orders: Orders) -> None:
    for token in ("", "x", "ä"):
        answer = await gallery.post(DECIDE, data=await _decision(gallery, _csrf=token))
        assert answer.status_code == 403
    assert not orders.decisions


async def test_a_tab_left_open_for_another_organisation_is_refused(gallery: httpx.AsyncClient, orders: Orders) -> None:
    fields = await _decision(gallery)
    gallery.cookies.set("toinen", "1")
    answer = await gallery.post(DECIDE, data=fields)
    assert answer.status_code == 409
    assert "toisen organisaation" in answer.text
    assert not orders.decisions


async def test_a_row_is_added_without_javascript(gallery: httpx.AsyncClient, orders: Orders) -> None:
    fields = {**await _decision(gallery), "title": "Rajapinta", "lines.0.description": "Työ", "_add": "lines"}
    answer = await gallery.post("/tilaukset/uusi", data=fields)
    assert answer.status_code == 200
    assert 'name="lines.1.minutes"' in answer.text
    assert 'value="Rajapinta"' in answer.text
    assert 'class="errors"' not in answer.text
    assert not orders.created


async def test_a_file_goes_to_the_store_and_stays_when_the_form_comes_back(
    gallery: httpx.AsyncClient, orders: Orders
) -> None:
    fields = await _decision(gallery)
    files = [("fileIds", ("suunnitelma.pdf", b"12345")), ("fileIds", ("", b""))]
    answer = await gallery.post("/tilaukset/uusi", data=fields, files=files)
    assert answer.status_code == 422
    assert "suunnitelma.pdf" in answer.text
    assert 'name="fileIds" value="File:5"' in answer.text
    await gallery.post("/tilaukset/uusi", data={**fields, "title": "a", "size": "SMALL", "fileIds": "File:5"})
    assert orders.created[fields["_key"]]["fileIds"] == ["File:5"]


async def test_a_file_that_the_store_refuses_is_said_at_its_field(gallery: httpx.AsyncClient) -> None:
    files = [("fileIds", ("tyhjä.pdf", b""))]
    answer = await gallery.post("/tilaukset/uusi", data=await _decision(gallery), files=files)
    assert answer.status_code == 422
    assert 'href="#f-fileIds"' in answer.text


async def test_what_may_not_be_seen_is_not_there(gallery: httpx.AsyncClient) -> None:
    for path in ("/tilaukset/9", "/ei/ole"):
        page = await gallery.get(path)
        assert page.status_code == 404
        assert "Tällaista sivua ei ole" in page.text
    address_of_a_form = await gallery.get(DECIDE)
    assert address_of_a_form.status_code == 303 and DECIDE.startswith(address_of_a_form.headers["location"])


@pytest.mark.parametrize(
    ("code", "status"), [("NOT_FOUND", 404), ("not_permitted", 403), ("BAD_USER_INPUT", 404), ("TIMEOUT", 503)]
)
async def test_the_schemas_refusals_are_pages_too(
    gallery: httpx.AsyncClient, orders: Orders, code: str, status: int
) -> None:
    orders.code = code
    assert (await gallery.get("/tilaukset/1")).status_code == status


async def test_a_failure_gives_a_number_and_no_inside(
    gallery: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        page = await gallery.get("/rikki")
    reference = re.search(r"<strong>([0-9A-F]{8})</strong>", page.text)
    assert page.status_code == 500
    assert reference
    assert reference[1] in caplog.text
    assert "secret" not in page.text
    part = await gallery.get("/rikki", headers=HTMX)
    assert part.text == ""
    assert part.headers["HX-Retarget"] == "#nowhere"
    assert "Palvelussa tapahtui virhe" in json.loads(part.headers["HX-Trigger"])["portal:trouble"]["text"]


async def test_somebody_signed_out_is_asked_to_sign_in_and_loses_nothing(
    gallery: httpx.AsyncClient, orders: Orders
) -> None:
    fields = await _decision(gallery)
    gallery.cookies.set("ulkona", "1")
    assert (await gallery.get("/tilaukset/1")).headers["Location"] == "/kirjaudu?takaisin=/tilaukset/1"
    assert (await gallery.post(DECIDE, data=fields, headers=HTMX)).status_code == 401
    sealed = (await gallery.post(DECIDE, data=fields)).text
    gallery.cookies.delete("ulkona")
    again = {"_csrf": fields["_csrf"], "_acting": fields["_acting"], "_sealed": sealed}
    assert (await gallery.post(DECIDE, data=again)).status_code == 303
    assert orders.asked[-1]["input"]["reason"] == "Sovittu kokouksessa"
    assert orders.asked[-1]["input"]["idempotencyKey"].startswith(fields["_key"])


async def test_fields_sealed_for_one_address_are_not_sent_to_another(
    gallery: httpx.AsyncClient, orders: Orders
) -> None:
    fields = await _decision(gallery)
    gallery.cookies.set("ulkona", "1")
    sealed = (await gallery.post(DECIDE, data=fields)).text
    gallery.cookies.delete("ulkona")
    again = {"_csrf": fields["_csrf"], "_acting": fields["_acting"], "_sealed": sealed}
    assert (await gallery.post("/tilaukset/uusi", data=again)).status_code == 400
    assert not orders.created


async def test_an_open_page_needs_nobody(gallery: httpx.AsyncClient) -> None:
    gallery.cookies.set("ulkona", "1")
    page = await gallery.get("/kaikille")
    assert page.status_code == 200
    assert "Kirjaudu ulos" not in page.text


async def test_filters_and_the_place_in_a_list_stand_in_the_address(gallery: httpx.AsyncClient, orders: Orders) -> None:
    page = await gallery.get("/tilaukset?search=raja&dueBefore=hm&after=xyz&sort=-AMOUNT")
    asked = orders.asked[0]
    assert asked["filter"] == {"search": "raja", "dueBefore": None}
    assert (asked["first"], asked["after"]) == (50, "xyz")
    assert "Kirjoita päivämäärä" in page.text
    assert 'aria-sort="descending"' in page.text
    assert 'href="/tilaukset?search=raja&amp;dueBefore=hm&amp;sort=-AMOUNT"' in page.text, "to the beginning"
    assert "search=raja&amp;dueBefore=hm&amp;sort=-AMOUNT&amp;after=b" in page.text


def turns_of(page: httpx.Response) -> dict[str, str]:
    """The addresses of the pages around one of a list, by what their links say."""
    (nav,) = re.findall(r'<nav class="pages".*?</nav>', page.text, re.DOTALL)
    return {text: html.unescape(href) for href, text in re.findall(r'<a [^>]*href="([^"]*)">([^<]*)</a>', nav)}


async def test_a_list_is_paged_there_and_back_again_by_links_alone(gallery: httpx.AsyncClient, orders: Orders) -> None:
    addresses, here = [], "/tilaukset?search=raja"
    for _ in range(4):
        addresses.append(here)
        here = turns_of(await gallery.get(here, headers=HTMX if len(addresses) == 2 else {}))["Seuraava"]
    for earlier in reversed(addresses[:-1]):
        turns = turns_of(await gallery.get(addresses.pop()))
        assert turns["Edellinen"] == earlier
        assert turns.get("Alkuun", "/tilaukset?search=raja") == "/tilaukset?search=raja"
    assert "Edellinen" not in turns_of(await gallery.get(addresses.pop()))
    asked = [each["after"] for each in orders.asked]
    assert asked[0] is asked[-1] is None and None not in asked[1:4]


async def test_sorting_anew_begins_at_the_beginning(gallery: httpx.AsyncClient) -> None:
    page = await gallery.get("/tilaukset?after=a&ennen=b.c")
    (sort,) = re.findall(r'class="sort" href="([^"]*AMOUNT)"', page.text)
    assert "after" not in sort and "ennen" not in sort


async def test_the_address_follows_a_filter(gallery: httpx.AsyncClient) -> None:
    on_the_list = HTMX | {"HX-Current-URL": "http://portal.test/tilaukset?search=ra"}
    for address in ("/tilaukset?search=raja", "/tilaukset"):
        part = await gallery.get(address, headers=on_the_list)
        assert part.headers["HX-Replace-Url"] == address


async def test_a_part_that_another_page_asks_for_leaves_the_address_as_it_is(gallery: httpx.AsyncClient) -> None:
    part = await gallery.get("/tilaukset?search=raja", headers=HTMX | {"HX-Current-URL": "http://portal.test/uusi"})
    assert part.status_code == 200 and "HX-Replace-Url" not in part.headers


async def test_the_language_is_the_persons_own_until_another_is_chosen(gallery: httpx.AsyncClient) -> None:
    page = await gallery.get("/tilaukset", headers={"Accept-Language": "sv"})
    assert '<html lang="fi">' in page.text
    answer = await gallery.get("/kieli/sv?takaisin=/tilaukset")
    assert answer.headers["Location"] == "/tilaukset"
    assert '<html lang="sv">' in (await gallery.get("/tilaukset")).text
    for elsewhere in ("//evil.test", "https://evil.test", "/\\evil.test", "/a\r\nb"):
        back = await gallery.get("/kieli/sv", params={"takaisin": elsewhere})
        assert back.headers["Location"] == "/"
    assert (await gallery.get("/kieli/de")).status_code == 404


async def test_somebody_unknown_is_met_in_the_browsers_language(gallery: httpx.AsyncClient) -> None:
    gallery.cookies.set("ulkona", "1")
    for header, code in (("sv-FI,sv;q=0.9", "sv"), ("de, en;q=0.5", "en"), ("de", "fi"), ("", "fi")):
        page = await gallery.get("/kaikille", headers={"Accept-Language": header})
        assert f'<html lang="{code}">' in page.text
