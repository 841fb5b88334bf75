"""Files: as the schema names them, and the routes by which their bytes come and go, for pages and programs alike."""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
import sqlalchemy as sa
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.files import model, policy, queries, rules, verbs
from backend.files.content import STORE
from backend.files.previews import MEDIA_TYPE, NotDrawn, Previews
from backend.files.store import Store, open_store
from backend.graphql.inputs import key
from backend.graphql.reads.shape import column, computed, many, newest, ref, shape, sql
from backend.graphql.relay import Subject
from backend.kit.actor import Actor, ActorKind, Language
from backend.kit.conditions import is_about
from backend.kit.database import Condition, Row, Sessions
from backend.kit.entrance import Entrance
from backend.kit.faults import Refusal, UserError, not_permitted
from backend.kit.translation import translate
from backend.parties.queries import BUYER_ID
from backend.rulebook.rules import rule

ActorOf = Callable[[Request], Awaitable[Actor | None]]
ROOM_FOR_THE_FORM = 64 * 1024
"""Bytes that a request may have beside the file itself."""
SHOWN_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""For what a browser shows by itself: without a sandbox, in which it has no viewer for PDF; still nothing is run."""
NO_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="0 0 24 24" fill="none" stroke="#5b6770">'
    '<path d="M6 2.5h8l4 4v15H6z M14 2.5v4h4"/></svg>'
)
"""A sheet of paper: for who asks for a preview before it is known that there is none."""
SAFE_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


@shape(model.StoredFile, queries.visible_files)
class StoredFile(Subject):
    """A file that somebody brought."""

    name: str = column("What it was called.")
    size: int = column("How many bytes it has.")
    media_type: str = column("What it is, by its content.")
    uploaded_at: dt.datetime = column("When it was brought.")
    about: Subject | None = ref(queries.held_by, "What has it, or was acted on with it, where you may see that.")
    url: str = sql(lambda f: sa.func.concat("/api/files/", f.id), "Where its bytes are, for whoever may see it.")
    is_shown_in_browsers: bool = computed(
        lambda actor, media_type: media_type in rules.SHOWN_IN_BROWSERS,
        lambda f: {"media_type": f.media_type},
        "Whether a browser shows it: with `?nayta` behind its address it does.",
    )
    preview_url: str | None = sql(
        lambda f: sa.case((queries.has_preview(f), sa.func.concat("/api/files/", f.id, "/preview"))),
        "Where a small picture of it is: of a picture, or of the first page of a PDF; null where there is none.",
    )
    may_be_taken_away: bool = computed(
        policy.may_take_away,
        lambda f: {"uploaded_by_id": f.uploaded_by_id, "organisation_id": f.organisation_id},
        "Whether you may take it away from what it is attached to.",
    )


@rule("H11.4-a")
def _reason_read(file: Row, actor: Actor) -> Any:
    """SQL: why a file was taken away; a customer reads no word of a supplier that Tiera has not released.

    Who takes a file away is of Tiera's desk, or has brought it; for which organisation, the file says.
    """
    if actor.kind is not ActorKind.CUSTOMER:
        return file.taken_away_reason
    by_desk = file.taken_away_by_id.is_distinct_from(file.uploaded_by_id)
    own_or_tieras = file.organisation_id.in_((actor.organisation_id, BUYER_ID.scalar_subquery()))
    return sa.case((sa.or_(by_desk, own_or_tieras), file.taken_away_reason))


@shape(model.StoredFile, queries.visible_taken_away, sort=newest("id"))
class TakenAwayFile:
    """That a file was there, and was taken away."""

    name: str = column("What it was called.")
    taken_away_at: dt.datetime | None = column("When it was taken away.")
    taken_away_reason: str | None = sql(
        _reason_read, "Why; a customer reads what its own people and Tiera's say of it.", by_actor=True
    )


def attached() -> Any:
    """The field `file_ids` of an input: what goes along, of what its sender has brought."""
    return key("StoredFile", "What is attached to it, brought before by `POST /api/files`.", default=None)


def attached_to_draft() -> Any:
    """The same of the content of a draft, which has just what it names."""
    said = "What is attached: what it has already, and what you brought by `POST /api/files`."
    return key("StoredFile", said, default=None)


def files_of(kind: str) -> Any:
    """The field `files` of the type of this name: what is attached to the thing, the first first."""

    def on(thing: Row, f: Row) -> Condition:
        return sa.and_(is_about(f, kind, thing.id), f.purpose == verbs.ATTACHMENT)

    return many(on, "What is attached to it.", page=20, visible_to=queries.visible_files_of(kind))


def files_of_this_act() -> Any:
    """The field `files` of an event."""

    def on(event: Row, f: Row) -> Condition:
        return is_about(f, queries.ACT, event.id)

    return _many_of_an_act(on, "What was attached to it.")


def files_of_act(kind: str, *names: str, said: str, at: str | None = None, id: str = "id") -> Any:
    """A field: what was attached to these acts on the thing of this kind whose key is in the column `id`.

    `at` is the column that says when the act was that counts, where there may have been several.
    """

    def on(row: Row, f: Row) -> Condition:
        return queries.is_of_act(f, kind, row[id], names, at and row[at])

    return _many_of_an_act(on, said)


def _many_of_an_act(on: Callable[[Row, Row], Condition], said: str) -> Any:
    return many(on, said, page=rules.MOST_FILES_OF_AN_ACT, visible_to=queries.visible_files_of_acts)


def count_of_masked(kind: str) -> Any:
    """The field `masked_file_count` of the type of this name, whose text may be sensitive."""
    said = "How many files are masked with its text: opening the text opens them too."
    return sql(lambda thing: queries.count_masked(kind, thing), said)


def files_taken_away_from(kind: str) -> Any:
    """The field `files_taken_away` of the type of this name."""
    return many(lambda thing, f: is_about(f, kind, thing.id), "What was attached to it and taken away.", page=20)


@dataclass(frozen=True)
class Files:
    """What the routes need: the store, the entrance, sessions to look files up, and previews."""

    store: Store
    entrance: Entrance
    sessions: Sessions
    previews: Previews

    async def keep(self, upload: UploadFile, actor: Actor, within: str | None = None) -> str:
        """Keep an upload; its identifier, for a mutation to name. Raises a Refusal for what is not taken.

        `within` names its place in a request: the same bytes sent there again are the same file, so that a form that
        comes twice names the same ones.
        """
        if actor.only_reads:
            raise not_permitted()
        rules.check_size(upload.size or 0)
        content = await upload.read(rules.MOST_BYTES + 1)
        media_type = await asyncio.to_thread(rules.read_content, content)
        sha256 = await asyncio.to_thread(self.store.put, content)
        entered = await self.entrance.enter(
            actor,
            verbs.add_file,
            key=within and f"{within} {sha256}",
            sha256=sha256,
            size=len(content),
            name=upload.filename or "",
            media_type=media_type,
        )
        return str(entered.thing())

    async def find(self, actor: Actor, file_id: int) -> tuple[model.StoredFile, bytes] | None:
        """A file with its bytes, if the actor may see it. That a masked one was fetched goes on record first."""
        async with self.sessions() as session:
            file = await queries.find_readable(session, actor, file_id, now=self.entrance.clock())
            is_masked = file is not None and await queries.is_masked(session, actor, file)
        if file is None:
            return None
        if is_masked:
            await self.entrance.enter(actor, verbs.note_fetched, file_id=file_id)
        return file, await asyncio.to_thread(self.store.get, file.sha256)

    async def preview(self, actor: Actor, file_id: int) -> bytes | None:
        """A small picture of a file that the actor may see; None where none can be made. Raises KeyError, NotDrawn."""
        file = await self._find(actor, file_id)
        if file is None or file.media_type not in rules.DRAWN:
            raise KeyError(file_id)
        drawn = None if file.is_undrawable else await self.previews.of(file.sha256, file.media_type)
        if drawn is None and not file.is_undrawable:
            await self.entrance.enter(actor, verbs.note_undrawable, sha256=file.sha256)
        return drawn

    async def _find(self, actor: Actor, file_id: int) -> model.StoredFile | None:
        async with self.sessions() as session:
            return await queries.find_readable(session, actor, file_id, now=self.entrance.clock())


def open_files(url: str, entrance: Entrance, sessions: Sessions) -> Files:
    """Files in the store at an address (`file:///…`); the sessions carry it from now on, for verbs that read files."""
    store = open_store(url)
    sessions.configure(info={STORE: store})
    return Files(store, entrance, sessions, Previews(store))


def routes(files: Files, actor_of: ActorOf) -> list[Route]:
    """`POST /api/files`, `GET /api/files/{id}` and its preview. `actor_of` guards against forged requests."""

    async def bring(request: Request) -> Response:
        actor = await actor_of(request)
        if actor is None:
            return _unknown()
        try:
            async with _uploaded(request) as upload:
                return _answer(201, id=await files.keep(upload, actor))
        except Refusal as refusal:
            return _answer(422, userErrors=[_said(error, actor.language) for error in refusal.errors])
        except HTTPException as error:
            return _answer(error.status_code, code="BAD_REQUEST", message=error.detail)

    async def give(request: Request) -> Response:
        actor = await actor_of(request)
        if actor is None:
            return _unknown()
        found = await files.find(actor, request.path_params["id"])
        if found is None:
            return _not_found()
        file, content = found
        is_shown = "nayta" in request.query_params and file.media_type in rules.SHOWN_IN_BROWSERS
        how = "inline" if is_shown else "attachment"
        name = quote(rules.harmless_name(file.name, file.media_type), safe="")
        headers = {**SAFE_HEADERS, "Content-Disposition": f"{how}; filename*=UTF-8''{name}"}
        if is_shown:
            headers["Content-Security-Policy"] = SHOWN_POLICY
        return Response(content, media_type=file.media_type, headers=headers)

    async def preview(request: Request) -> Response:
        actor = await actor_of(request)
        if actor is None:
            return _unknown()
        try:
            drawn = await files.preview(actor, request.path_params["id"])
        except KeyError:
            return _not_found()
        except NotDrawn:
            drawn = None
        if drawn is None:
            return Response(NO_PICTURE, media_type="image/svg+xml", headers=SAFE_HEADERS)
        return Response(drawn, media_type=MEDIA_TYPE, headers=SAFE_HEADERS)

    return [
        Route("/api/files", bring, methods=["POST"], name="files.bring"),
        Route("/api/files/{id:int}", give, methods=["GET"], name="files.give"),
        Route("/api/files/{id:int}/preview", preview, methods=["GET"], name="files.preview"),
    ]


class TooLong(MultiPartException):
    """The request is longer than a file may be; the parser closes what it has begun to keep."""


@asynccontextmanager
async def _uploaded(request: Request) -> AsyncIterator[UploadFile]:
    """The one file of a form, in its field `file`; the request is not read further than it may be long."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415, "Send multipart/form-data with one file, called file")
    try:
        form = await MultiPartParser(request.headers, _capped(request), max_files=1, max_fields=10).parse()
    except TooLong as error:
        raise HTTPException(413, error.message) from error
    except MultiPartException as error:
        raise HTTPException(400, error.message) from error
    try:
        upload = form.get("file")
        if not isinstance(upload, UploadFile):
            raise HTTPException(400, "Send one file, called file")
        yield upload
    finally:
        await form.close()


async def _capped(request: Request) -> AsyncGenerator[bytes, None]:
    read = 0
    async for chunk in request.stream():
        read += len(chunk)
        if read > rules.MOST_BYTES + ROOM_FOR_THE_FORM:
            raise TooLong(f"At most {rules.MOST_BYTES} bytes")
        yield chunk


def _said(error: UserError, language: Language) -> dict[str, object]:
    return {"code": error.code.name, "message": translate(error.message, language), "path": ["file"]}


def _unknown() -> Response:
    return _answer(401, code="UNAUTHENTICATED", message="Sign in, or send a token")


def _not_found() -> Response:
    return _answer(404, code="NOT_FOUND", message="There is no such file, or you may not see it")


def _answer(status: int, **content: object) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json", headers={"Cache-Control": "no-store"})
