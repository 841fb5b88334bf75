"""Bytes come and go by two routes, the same for pages and programs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request

from backend.demo.papers import paper
from backend.files import rules
from backend.files.model import StoredFile
from backend.files.previews import Previews
from backend.files.queries import has_preview
from backend.files.store import Folder
from backend.graphql.files import Files, routes
from backend.identity import policy
from backend.identity.states import Scope
from backend.kit.actor import Actor
from backend.kit.database import Sessions, make_engine, make_sessions
from backend.kit.entrance import Entrance
from tests.files.making import PDF_BYTES
from tests.making import NOW, supplier_manager, tiera_key_user


@dataclass
class House:
    client: httpx.AsyncClient
    actors: dict[str, Actor]
    sessions: Sessions

    def by(self, name: str) -> dict[str, str]:
        return {"X-Who": name}

    async def bring(self, name: str, content: bytes, called: str = "sopimus ä.pdf") -> httpx.Response:
        return await self.client.post("/api/files", files={"file": (called, content)}, headers=self.by(name))


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        actors = {"tiera": await tiera_key_user(session), "supplier": await supplier_manager(session)}

    async def actor_of(request: Request) -> Actor | None:
        return actors.get(request.headers.get("X-Who", ""))

    store = Folder(tmp_path)
    files = Files(store, Entrance(sessions, clock=lambda: NOW), sessions, Previews(store))
    transport = httpx.ASGITransport(Starlette(routes=routes(files, actor_of)))
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        yield House(client, actors, sessions)
    await engine.dispose()


async def test_a_key_that_only_reads_fetches_what_its_owner_does_and_brings_nothing(house: House) -> None:
    house.actors["key"] = policy.narrowed(house.actors["supplier"], [Scope.READ])
    refused = await house.bring("key", PDF_BYTES)
    assert (refused.status_code, refused.json()["userErrors"][0]["code"]) == (422, "NOT_PERMITTED")
    async with house.sessions() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == 0
    file = (await house.bring("supplier", PDF_BYTES)).json()["id"].partition(":")[2]
    assert (await house.client.get(f"/api/files/{file}", headers=house.by("key"))).content == PDF_BYTES


async def test_a_file_comes_back_as_a_download_that_can_do_nothing(house: House) -> None:
    brought = await house.bring("tiera", PDF_BYTES)
    assert brought.status_code == 201
    kind, _, key = brought.json()["id"].partition(":")
    assert kind == "StoredFile"
    given = await house.client.get(f"/api/files/{key}", headers=house.by("tiera"))
    assert (given.status_code, given.content) == (200, PDF_BYTES)
    assert given.headers["content-type"] == "application/pdf"
    assert given.headers["content-disposition"] == "attachment; filename*=UTF-8''sopimus%20%C3%A4.pdf"
    assert given.headers["content-security-policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("content", "is_shown"),
    [(PDF_BYTES, True), (b"\x89PNG\r\n\x1a\n....", True), (b"<?xml version='1.0'?><svg/>", False), (b"Teksti", False)],
)
async def test_pictures_and_papers_are_shown_by_the_browser_and_nothing_is_run(
    house: House, content: bytes, is_shown: bool
) -> None:
    key = (await house.bring("tiera", content)).json()["id"].partition(":")[2]
    given = await house.client.get(f"/api/files/{key}?nayta", headers=house.by("tiera"))
    assert given.headers["content-disposition"].startswith("inline" if is_shown else "attachment")
    policy = given.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["x-content-type-options"] == "nosniff"


async def test_nobody_else_sees_it_and_nobody_comes_in_unknown(house: House) -> None:
    key = (await house.bring("tiera", PDF_BYTES)).json()["id"].partition(":")[2]
    assert (await house.client.get(f"/api/files/{key}", headers=house.by("supplier"))).status_code == 404
    assert (await house.client.get("/api/files/999", headers=house.by("supplier"))).status_code == 404
    assert (await house.client.get(f"/api/files/{key}")).status_code == 401
    assert (await house.client.post("/api/files", files={"file": ("a.pdf", PDF_BYTES)})).status_code == 401


@pytest.mark.parametrize("content", [b"", b"MZ\x00\x01"])
async def test_what_is_not_taken_is_refused_with_a_sentence(house: House, content: bytes) -> None:
    refused = await house.bring("tiera", content)
    assert refused.status_code == 422
    (error,) = refused.json()["userErrors"]
    assert (error["code"], error["path"]) == ("INVALID", ["file"])


async def test_a_text_that_is_called_a_program_is_refused_and_told_which_kinds_are_taken(house: House) -> None:
    refused = await house.bring("tiera", b"@echo off\r\ndel *", called="aja.bat")
    assert refused.status_code == 422
    (error,) = refused.json()["userErrors"]
    assert ".bat" in error["message"] and "(.pdf, .docx, .png, .xml, .txt)" in error["message"]
    async with house.sessions() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == 0


async def test_what_was_stored_under_such_a_name_before_is_given_as_a_text(house: House) -> None:
    key = (await house.bring("tiera", b"@echo off")).json()["id"].partition(":")[2]
    async with house.sessions.begin() as session:
        await session.execute(sa.update(StoredFile).values(name="aja.bat"))
    given = await house.client.get(f"/api/files/{key}", headers=house.by("tiera"))
    assert given.headers["content-disposition"] == "attachment; filename*=UTF-8''aja.bat.txt"


async def test_what_is_too_large_is_refused_before_it_is_read_whole(house: House) -> None:
    refused = await house.bring("tiera", b"%PDF-" + b"x" * (rules.MOST_BYTES + 100_000))
    assert refused.status_code == 413
    just_too_large = await house.bring("tiera", b"%PDF-" + b"x" * rules.MOST_BYTES)
    assert just_too_large.status_code == 422


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (415, {"content-type": "application/pdf"}, PDF_BYTES),
        (400, {"content-type": "multipart/form-data; boundary=x"}, b"broken"),
        (400, {"content-type": "multipart/form-data"}, b"--x--"),
        (400, {"content-type": "multipart/form-data; boundary=x"}, b"--x--\r\n"),
    ],
)
async def test_a_request_that_brings_no_file_is_told_so(
    house: House, status: int, headers: dict[str, str], body: bytes
) -> None:
    told = await house.client.post("/api/files", content=body, headers={**headers, **house.by("tiera")})
    assert told.status_code == status


async def test_a_preview_is_seen_by_who_sees_the_file_and_what_cannot_be_drawn_is_remembered(house: House) -> None:
    async def keys(*brought: bytes) -> list[str]:
        return [(await house.bring("tiera", each)).json()["id"].partition(":")[2] for each in brought]

    async def preview(key: str, who: str = "tiera") -> httpx.Response:
        return await house.client.get(f"/api/files/{key}/preview", headers=house.by(who))

    page, broken, text = await keys(paper("Rivi"), PDF_BYTES, b"Teksti")
    drawn = await preview(page)
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/webp")
    assert drawn.headers["content-security-policy"].startswith("sandbox")
    assert [(await preview(*asked)).status_code for asked in ((page, "supplier"), (page, "nobody"), (text,))] == [
        404,
        401,
        404,
    ]

    for _ in range(2):
        sheet = await preview(broken)
        assert (sheet.status_code, sheet.headers["content-type"]) == (200, "image/svg+xml")
    (again,) = await keys(PDF_BYTES)
    async with house.sessions() as session:
        having = sa.select(StoredFile.id).where(has_preview(StoredFile)).order_by(StoredFile.id)
        assert list(await session.scalars(having)) == [int(page)], (
            "neither text, nor what could not be drawn, brought anew"
        )
    assert again != broken
