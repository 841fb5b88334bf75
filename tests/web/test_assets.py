"""The browser's files come from here, are kept for long, and are few and small."""

import re

import httpx
import pytest

from web.assets import STATIC, STYLES, asset_url, assets

OURS = 60_000
"""Bytes of style sheets of our own."""
A_PAGE = 250_000
"""Bytes that the first page may take beside letters."""


async def test_a_file_with_its_version_is_kept_for_a_year(gallery: httpx.AsyncClient) -> None:
    answer = await gallery.get(asset_url("portal.css"), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "@media print" in answer.text
    same = await gallery.get("/static/portal.css", headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304
    plain = await gallery.get("/static/portal.css", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert "immutable" not in plain.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["nothing.css", "../app.py", "..%2fapp.py", ".stamp"])
async def test_what_is_no_file_for_browsers_is_not_there(gallery: httpx.AsyncClient, name: str) -> None:
    assert (await gallery.get(f"/static/{name}")).status_code == 404


def test_every_style_sheet_is_sent_and_together_they_are_small() -> None:
    written = {path.stem for path in (STATIC / "css").glob("*.css")}
    assert written == set(STYLES)
    assert len(assets()["portal.css"].plain) < OURS


async def test_the_first_page_is_light_and_asks_no_other_host(gallery: httpx.AsyncClient) -> None:
    page = await gallery.get("/tilaukset/1")
    linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    sent = [await gallery.get(address, headers={"Accept-Encoding": "gzip"}) for address in linked]
    assert len(linked) >= 5
    over_the_wire = sum(int(answer.headers["Content-Length"]) for answer in sent)
    assert len(page.content) + over_the_wire < A_PAGE / 2
    assert len(page.content) + sum(len(answer.content) for answer in sent) < A_PAGE * 1.25  # as the browser unpacks it
    assert not re.findall(r'(?:href|src|action)="(?:https?:)?//', page.text)


async def test_pages_have_nothing_inline(gallery: httpx.AsyncClient) -> None:
    for path in ("/tilaukset", "/tilaukset/1", "/tilaukset/uusi", "/osat", "/ei/ole"):
        page = (await gallery.get(path)).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:|hx-on", page)
