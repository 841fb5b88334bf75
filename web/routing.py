"""From an address to its view: who is signed in, the form that was posted, and the page for what fails."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.kit import clock
from backend.kit.faults import Refusal
from backend.kit.translation import Text
from web import htmx
from web.pages import OF_THE_SESSION, Page, Portal, Problem, View

log = logging.getLogger(__name__)

_SEALED_LASTS: Final = timedelta(hours=1)
MOST_FIELDS: Final = 5_000
_MOST_FILES: Final = 20
_MOST_TEXT: Final = 1_000_000


def get(path: str, view: View, *, name: str, open: bool = False) -> Route:
    """A page that is looked at. `open` ones are for everybody, all others for those who are signed in."""
    return Route(path, _endpoint(view, open), methods=["GET"], name=name)


def post(path: str, view: View, *, name: str, open: bool = False) -> Route:
    """A form's address. The view is called when the form is this person's, for the organisation they act for."""
    return Route(path, _endpoint(view, open), methods=["POST"], name=name)


def _endpoint(view: View, is_open: bool) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        portal: Portal = request.app.state.portal
        page = Page(request, portal, await portal.visitor(request), None)
        try:
            if request.method == "POST":
                await _take_form(page)
            if page.visitor is None and not is_open:
                return await _signed_out(page)
            if request.method == "POST":
                await _guard_form(page)
            return await view(page)
        except Problem as problem:
            return await page.problem(problem)
        except HTTPException as error:
            return await page.problem(Problem(error.status_code))
        except Exception:
            return await page.problem(Problem(500), reference=_note_failure(request))
        finally:
            await request.close()

    return endpoint


async def _take_form(page: Page) -> None:
    posted = await page.request.form(max_files=_MOST_FILES, max_fields=MOST_FIELDS, max_part_size=_MOST_TEXT)
    sealed = posted.get("_sealed")
    if isinstance(sealed, str):
        note = page.portal.sealer.unseal("posted", sealed, within=_SEALED_LASTS, now=clock.now())
        if note and note["path"] == page.request.url.path:
            ours = [(name, value) for name, value in posted.multi_items() if name in OF_THE_SESSION]
            posted = FormData([*ours, *((name, value) for name, value in note["fields"])])
    page.posted = posted


async def _guard_form(page: Page) -> None:
    posted = page.posted or FormData()
    owner = page.visitor.account if page.visitor else ""
    if not page.portal.sealer.fits(str(posted.get("_csrf") or ""), "form", owner):
        raise Problem(403, Text("This form is not yours to send any more. Open the page again and send it from there."))
    if page.visitor and str(posted.get("_acting") or "") != str(page.actor.organisation_id or ""):
        raise Problem(409)
    if page.visitor:
        await _store_files(page, posted)


async def _store_files(page: Page, posted: FormData) -> None:
    """Files go to the store first; the form goes on with their ids, and keeps their names for showing them again."""
    fields: list[tuple[str, UploadFile | str]] = []
    key = str(posted.get("_key") or "")
    for place, (name, value) in enumerate(posted.multi_items()):
        if isinstance(value, str):
            fields.append((name, value))
        elif value.filename:
            try:
                within = f"{key} {place} {value.filename}" if key else None
                file_id = await page.portal.store_file(value, page.actor, within)
            except Refusal as refusal:
                page.refused_files.append((name, refusal.errors[0].message))
            else:
                fields += [(name, file_id), ("_file", f"{file_id} {value.filename}")]
    page.posted = FormData(fields)


async def _signed_out(page: Page) -> Response:
    if htmx.Htmx.of(page.request).asked:  # the page has the words for it, in its own language
        return Response(status_code=401, headers=htmx.into_nothing())
    return await page.portal.sign_in(page, page.sealed() if page.request.method == "POST" else None)


def _note_failure(request: Request) -> str:
    """Log what went wrong under a number that the person can tell us."""
    reference = secrets.token_hex(4).upper()
    log.exception("failed %s at %s %s", reference, request.method, request.scope.get("route", request.url.path))
    return reference


async def on_http_error(request: Request, error: Exception) -> Response:
    """For `exception_handlers`: addresses that lead nowhere get a page like all others."""
    portal: Portal = request.app.state.portal
    page = Page(request, portal, await portal.visitor(request), None)
    return await page.problem(Problem(error.status_code if isinstance(error, HTTPException) else 500))
