"""From an address to its view: who is signed in, the form that was posted, and the page for what fails."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from backend.kit.faults import Refusal
from backend.kit.translation import Text
from web import htmx, posted
from web.pages import Page, Portal, Problem, View
from web.troubles import STAYS

log = logging.getLogger(__name__)

LOOKED_AT: Final = ("GET", "HEAD")


def get(path: str, view: View, *, name: str, open: bool = False) -> Route:
    """A page that is looked at. `open` ones are for everybody, all others for those who are signed in."""
    return Route(path, _endpoint(view, open), methods=["GET"], name=name)


def post(path: str, view: View, *, name: str, open: bool = False) -> Route:
    """A form's address. The view is called when the form is this person's, for the organisation they act for."""
    return FormRoute(path, _endpoint(view, open), methods=["POST"], name=name)


class FormRoute(Route):
    """A form's address, where a page stands that says what to mend. Looked at, it leads to the page of the form.

    That is the nearest page above it, by the paths of routes: whoever chooses another language, or opens what the
    browser shows as the page's address, comes to no dead end.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        if match is Match.PARTIAL and scope["method"] in LOOKED_AT and self._page(scope["app"]) is not None:
            return Match.FULL, child
        return match, child

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in LOOKED_AT and (page := self._page(scope["app"])) is not None:
            above = scope["path"].rsplit("/", self.path.count("/") - page.count("/"))[0]
            await RedirectResponse(above, 303)(scope, receive, send)
        else:
            await super().handle(scope, receive, send)

    def _page(self, app: Starlette) -> str | None:
        """The path of the nearest page above; None where there is a page at this very path."""
        pages = {route.path for route in app.routes if isinstance(route, Route) and "GET" in (route.methods or ())}
        if self.path in pages:
            return None
        parts = self.path.split("/")
        paths = ("/".join(parts[:many]) for many in range(len(parts) - 1, 1, -1))
        return next((path for path in paths if path in pages), None)


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
            elif page.visitor and (of_another := _in_a_page_of_another(page)):
                return of_another
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


def _in_a_page_of_another(page: Page) -> Response | None:
    """Nothing of one organisation comes into a page that was opened for another: the page itself comes anew instead.

    What a form asks for beside it stays out, and what is typed there stays: it is told when the form is sent.
    """
    asks = htmx.Htmx.of(page.request)
    if asks.acting in ("", str(page.actor.organisation_id or "")):
        return None
    is_itself = asks.shown == page.request.url.path
    return Response(headers=htmx.redirect(page.here()) if is_itself else htmx.into_nothing())


async def _guard_form(page: Page) -> None:
    form = page.posted or FormData()
    owner = page.visitor.account if page.visitor else ""
    if not page.portal.sealer.fits(str(form.get("_csrf") or ""), "form", owner):
        raise Problem(403, Text("This form is not yours to send any more. Open the page again and send it from there."))
    if page.visitor and str(form.get("_acting") or "") != str(page.actor.organisation_id or ""):
        raise Problem(409, STAYS if htmx.Htmx.of(page.request).wants_part else None)
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
