"""From an address to its view: who is signed in, the form that was posted, and the page for what fails."""

import logging
import secrets
from collections.abc import Awaitable, Callable

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.kit.faults import Refusal
from backend.kit.translation import Text
from web import htmx, posted
from web.pages import Page, Portal, Problem, View

log = logging.getLogger(__name__)


def get(path: str, view: View, *, name: str, open: bool = False) -> Route:
    """A page that is looked at. `open` ones are for everybody, all others for those who are signed in."""
    return Route(path, _endpoint(view, open), methods=["GET"], name=name)


def post(path: str, view: View, *, name: str, open: bool = False) -> Route:
    """A form's address. The view is called when the form is this person's, for the organisation they act for."""
    return Route(path, _endpoint(view, open), methods=["POST"], name=name)


def _endpoint(view: View, is_open: bool) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        portal: Portal = request.app.state.portal
        page = Page(request, portal)
        page.is_open = is_open
        try:
            try:
                if request.method == "POST":
                    await posted.take(page)
            finally:  # a page that says what was wrong is for somebody too
                page.meet(await portal.visitor(request))
            if page.visitor is None and not is_open:
                return await _signed_out(page)
            if request.method == "POST":
                await _guard_form(page)
            elif page.visitor and htmx.Htmx.of(request).acting not in ("", str(page.actor.organisation_id or "")):
                return Response(headers=htmx.redirect(page.here()))  # nothing of one organisation in a page of another
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


async def _guard_form(page: Page) -> None:
    form = page.posted or FormData()
    owner = page.visitor.account if page.visitor else ""
    if not page.portal.sealer.fits(str(form.get("_csrf") or ""), "form", owner):
        raise Problem(403, Text("This form is not yours to send any more. Open the page again and send it from there."))
    if page.visitor and str(form.get("_acting") or "") != str(page.actor.organisation_id or ""):
        raise Problem(409)
    if page.visitor:
        await _store_files(page, form)


async def _store_files(page: Page, form: FormData) -> None:
    """Files go to the store first; the form goes on with their ids, and keeps their names for showing them again."""
    fields: list[tuple[str, UploadFile | str]] = []
    key = str(form.get("_key") or "")
    for place, (name, value) in enumerate(form.multi_items()):
        if isinstance(value, str):
            fields.append((name, value))
        elif value.filename:
            try:
                within = f"{key} {place} {value.filename}" if key else None
                file_id = await page.portal.store_file(value, page.actor, within)
            except Refusal as refusal:
                why = Text("%(file)s: %(why)s", file=value.filename, why=refusal.errors[0].message)
                page.refused_files.append((name, why))
            else:
                fields += [(name, file_id), ("_file", f"{file_id} {value.filename}")]
    page.posted = page.came = FormData(fields)


async def _signed_out(page: Page) -> Response:
    if htmx.Htmx.of(page.request).asked:  # the page has the words for it, in its own language
        return Response(status_code=401, headers=htmx.into_nothing())
    if page.request.method != "POST":
        return await page.portal.sign_in(page, None)
    if (sealed := page.sealed()) is None:
        raise Problem(413)
    return await page.portal.sign_in(page, sealed)


def _note_failure(request: Request) -> str:
    """Log what went wrong under a number that the person can tell us."""
    reference = secrets.token_hex(4).upper()
    log.exception("failed %s at %s %s", reference, request.method, request.scope.get("route", request.url.path))
    return reference


async def on_http_error(request: Request, error: Exception) -> Response:
    """For `exception_handlers`: addresses that lead nowhere get a page like all others."""
    portal: Portal = request.app.state.portal
    page = Page(request, portal)
    page.meet(await portal.visitor(request))
    return await page.problem(Problem(error.status_code if isinstance(error, HTTPException) else 500))
