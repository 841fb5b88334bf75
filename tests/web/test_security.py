"""Every answer carries the safe headers; other sites, too much and forged notes are refused."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.security import Sealer

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SEALER = Sealer(b"one")


@pytest.mark.parametrize("path", ["/tilaukset/1", "/ei/ole", "/vain", "/rikki", "/static/portal.js"])
async def test_every_answer_forbids_inline_scripts_styles_and_frames(gallery: httpx.AsyncClient, path: str) -> None:
    headers = (await gallery.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert ("no-store" in headers["Cache-Control"]) != path.startswith("/static/")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://portaali.test"}, 403),
        ({"Origin": "http://portaali.test"}, 200),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_only_this_site_may_send(gallery: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    assert (await gallery.post("/vain", headers=headers)).status_code == status
    assert (await gallery.get("/vain", headers=headers)).status_code == 200


async def test_too_much_is_refused_by_what_it_says_and_by_what_it_is(gallery: httpx.AsyncClient) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await gallery.post("/tilaukset/uusi", content=b"a=" + b"x" * 1_000_000, headers=form)
    assert answer.status_code == 413
    assert "liikaa" in answer.text
    assert (await gallery.post("/tilaukset/uusi", headers={**form, "Content-Length": "many"})).status_code == 413

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"a=" + b"x" * 100_000

    assert (await gallery.post("/tilaukset/uusi", content=pieces(), headers=form)).status_code == 413


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4))
def test_a_note_comes_back_unchanged(note: dict[str, str]) -> None:
    sealed = SEALER.seal("flash", note, now=NOW)
    assert SEALER.unseal("flash", sealed, within=HOUR, now=NOW + HOUR) == note


def test_a_note_of_another_purpose_time_or_hand_is_none() -> None:
    sealed = SEALER.seal("flash", {"text": "a"}, now=NOW)
    assert SEALER.unseal("posted", sealed, within=HOUR, now=NOW) is None
    assert SEALER.unseal("flash", sealed, within=HOUR, now=NOW + HOUR + timedelta(seconds=1)) is None
    assert SEALER.unseal("flash", sealed, within=HOUR, now=NOW - HOUR) is None
    assert Sealer(b"two").unseal("flash", sealed, within=HOUR, now=NOW) is None


@given(st.text(max_size=80), st.binary(max_size=80))
def test_what_is_no_note_of_ours_is_none(text: str, raw: bytes) -> None:
    assert SEALER.unseal("flash", text, within=HOUR, now=NOW) is None
    assert SEALER.unseal("flash", raw.hex(), within=HOUR, now=NOW) is None


def test_a_token_fits_one_purpose_and_one_owner() -> None:
    token = SEALER.token("form", "1")
    assert SEALER.fits(token, "form", "1")
    assert not SEALER.fits(token, "form", "2")
    assert not SEALER.fits(token, "other", "1")
    assert not SEALER.fits("", "form", "1")
