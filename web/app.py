"""The web application: one process of it serves the portal and the API, and keeps nothing."""

import hashlib
import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.types import ASGIApp

from backend.graphql import calendars, view
from backend.graphql import files as byte_routes
from backend.graphql import schema as schemas
from backend.graphql.door import Door, Faults
from backend.graphql.live import Live
from backend.graphql.reads.database import Copy, Database
from backend.identity.reception import Reception
from backend.kit import migrating
from backend.kit.actor import Actor
from backend.kit.database import make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.kit.logs import RequestLog
from backend.settings import Settings
from web import api, assets, documents, health, language, nouns
from web.identity.presence import visitor_of
from web.identity.views import ask_to_sign_in
from web.pages import Page, Portal, Problem
from web.routing import on_http_error
from web.security import BodyLimit, Failures, Headers, SameSite, Sealer
from web.surroundings import frame_of

log = logging.getLogger(__name__)

MOST_BYTES: Final = 25 * 1024 * 1024
"""Of a request; a file has its own limit."""

SECONDS_FOR_A_COPY: Final = 2
"""So long a report waits for the copy of the database before the primary answers it."""


class InProcess:
    """The schema's door as pages use it: what the caller did wrong carries its code."""

    def __init__(self, door: Door) -> None:
        self.door = door

    async def read(self, document: str, variables: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
        try:
            return await self.door.read(document, variables, actor)
        except Faults as faults:
            raise Failed(faults) from faults


class Failed(Exception):
    """The schema refused a document of ours; `code` is the first error's, `data` what there is beside the errors."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(str(faults))
        self.code, self.data = next(iter(sorted(faults.codes)), ""), faults.data


def create(settings: Settings) -> Starlette:
    """The application. `settings` are complete: database, Redis's address, secret."""
    secret = str(settings.secret).encode()
    engine = make_engine(str(settings.database_url))
    sessions = make_sessions(engine)
    entrance = Entrance(sessions)
    files = byte_routes.open_files(settings.files, entrance, sessions)
    reads = Database(str(settings.database_url))
    copy = None
    if at := settings.reports_database_url:
        copy = Copy(Database(at, size=4, patience=SECONDS_FOR_A_COPY), reads.fetch)
    schema = schemas.build(development=not settings.production)
    door = Door(schema, reads.fetch, entrance, copy.fetch if copy else None, development=not settings.production)
    live = Live(door, str(settings.database_url))

    async def is_at_head() -> bool:
        async with engine.connect() as connection:
            return await connection.run_sync(migrating.current_is_head)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await reads.open()
        if copy:
            await copy.database.open(wait=False)
        try:
            async with live.listening():
                yield
        finally:
            if copy:
                await copy.database.close()
            await reads.close()
            await engine.dispose()

    app = Starlette(
        routes=[
            *api.routes(door, live),  # first: routes are tried in their order
            *(route for module in nouns.views() for route in module.routes),
            *byte_routes.routes(files, api.actor_of_file_request),
            *calendars.routes(calendars.Calendars(sessions, entrance.clock, settings.base_url.rstrip("/"))),
            *assets.routes,
            *language.routes,
            *health.routes,
        ],
        middleware=[
            Middleware(RequestLog),
            Middleware(Headers),
            Middleware(Failures, answer=on_failure),
            Middleware(SameSite),
            Middleware(BodyLimit, most=MOST_BYTES),
        ],
        exception_handlers={HTTPException: on_http_error},
        lifespan=lifespan,
    )
    app.state.reception = Reception(entrance, _derived(secret, b"tries"))
    app.state.is_secure = settings.base_url.startswith("https:")
    app.state.door = door
    app.state.live = live
    app.state.is_at_head = is_at_head
    app.state.redis_url = settings.redis_url
    app.state.base_url = settings.base_url
    app.state.contact = settings.contact
    app.state.demo_people = settings.data / "demo.json" if settings.demo else None
    app.state.demo_mails = settings.mail.folder if settings.demo else None
    app.state.portal = Portal(
        door=InProcess(door),
        schema=schema._schema,
        documents=documents.load(),
        sealer=Sealer(_derived(secret, b"seals")),
        visitor=visitor_of,
        frame=frame_of,
        sign_in=ask_to_sign_in,
        store_file=files.keep,
    )
    return app


def _derived(secret: bytes, purpose: bytes) -> bytes:
    """A key for one purpose, so that what is made for one is worth nothing for another."""
    return hashlib.blake2b(purpose, key=secret[:64], digest_size=32).digest()


async def on_failure(request: Request, error: Exception) -> ASGIApp:
    """What went wrong before a page or a document was there to say so: as the API tells it there, else a plain page
    with a number to tell us."""
    if request.url.path == api.PATH:
        return view.failed(error)
    reference = secrets.token_hex(4).upper()
    log.error("failed %s", reference, exc_info=error)
    return await Page(request, request.app.state.portal).problem(Problem(500), reference=reference)
