"""How a page is written: a view asks the one schema, and a template shows what it got.

    async def show(page: Page, form: Form | None = None) -> Response:
        data = await page.query("orders/order.graphql", id=page.id("Order"))
        return await page.render("orders/order.html", block="overrun", order=found(data["order"]), form=form)

    routes = [get("/tilaukset/{id:int}", show, name="orders.show")]

A view never sees a session, SQL or a slice. `docs/pages.md` has the whole example.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import parse_qsl, urlencode

from graphql import GraphQLSchema
from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route

from backend.kit import clock
from backend.kit.actor import Actor, Language
from backend.kit.translation import Text, translate
from web import htmx
from web.documents import Document
from web.forms import Form, Guard, Message
from web.frame import Frame, Visitor
from web.kept import keep, seal
from web.language import language_of
from web.rendering import render
from web.security import Sealer
from web.troubles import NOT_SHOWN, PARTLY, SAVED, SENT_BEFORE, SENTENCES, STATUS, is_saved

T = TypeVar("T")
View = Callable[["Page"], Awaitable[Response]]

SORT: Final = "sort"
FLASH: Final = "viesti"
ROWS: Final = 50
BEHIND: Final = "ennen"
"""The parameter with the cursors of the pages before this one."""
WHERE_IN_A_LIST: Final = frozenset({"after", BEHIND})
MOST_BEHIND: Final = 40
OF_THINGS: Final = (".show", "invoices.line", "people.role")
"""How the names of the pages that show a thing end."""
MOST_WATCHED: Final = 50
"""Things of a page, as many as a subscription takes."""
_FLASH_LASTS: Final = timedelta(minutes=1)


class Door(Protocol):
    """The schema, in this process. Errors are raised and carry the schema's `code` where it is the caller's fault."""

    async def read(self, document: str, variables: Mapping[str, Any], actor: Actor) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Portal:
    """What the pages are given at start; `app.state.portal`.

    `visitor` finds who is signed in; `frame` what surrounds a page; `sign_in` answers somebody who is not signed in,
    with the sealed fields of a form that was on its way, if any; `store_file` keeps an upload and gives its id, the
    same one for what comes again at the same place of the same form.
    """

    door: Door
    schema: GraphQLSchema
    documents: Mapping[str, Document]
    sealer: Sealer
    visitor: Callable[[Request], Awaitable[Visitor | None]]
    frame: Callable[["Page"], Awaitable[Frame]]
    sign_in: Callable[["Page", str | None], Awaitable[Response]]
    store_file: Callable[[UploadFile, Actor, str | None], Awaitable[str]]


class Problem(Exception):
    """A page that cannot be shown: a status and a plain sentence."""

    def __init__(self, status: int, sentence: Text | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.sentence = sentence or SENTENCES.get(status, SENTENCES[500])


def found(thing: T | None) -> T:
    """The thing, or the page that says there is none: what may not be seen is not there."""
    if thing is None:
        raise Problem(404)
    return thing


class Page:
    """One request, on its way to one page."""

    def __init__(self, request: Request, portal: Portal) -> None:
        self.request, self.portal = request, portal
        self.meet(None)
        self.posted: FormData | None = None
        """The form that came, as a view may have made another of it."""
        self.came: FormData | None = None
        """The same as it came, its files kept: what is sent once more where the view fails."""
        self.is_open = True
        """Whether it is for everybody."""
        self.status = 200
        self.began = clock.now()
        self.said: Text | None = None
        self.refused: Form | None = None
        """The form just sent, where there is something to mend."""
        self.refused_files: list[tuple[str, Text]] = []
        self.tried, self.saved = 0, 0
        """Changes that were sent to the schema, and those of them that were carried out."""
        self.frame = Frame()
        self.filter: Form | None = None
        """What narrows the list that this page is, if it is one."""
        self.own_fields: frozenset[str] = frozenset()
        """What may narrow or sort the list that this page is, if it is one."""
        self.by_link: Actor | None = None
        """Who acts on this page by a link of a mail, whoever is signed in."""
        self._routes: dict[str, Route] | None = None

    def meet(self, visitor: Visitor | None) -> None:
        """Who is here; the page is in their language."""
        self.visitor = visitor
        self.language: Language = language_of(self.request, visitor.actor.language if visitor else None)

    # Asking

    @property
    def actor(self) -> Actor:
        """Who acts. Raises Problem 401 on an open page that nobody has signed in to."""
        if self.by_link is not None:
            return self.by_link
        if self.visitor is None:
            raise Problem(401)
        return self.visitor.actor

    @property
    def params(self) -> QueryParams:
        """What stands behind the question mark."""
        return self.request.query_params

    def path(self, name: str) -> Any:
        """A part of the address by its name in the route."""
        return self.request.path_params[name]

    def id(self, kind: str, name: str = "id") -> str:
        """The global id that the address means: `Order:123` for `/tilaukset/123`."""
        return f"{kind}:{self.path(name)}"

    async def query(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of a query. Raises Problem when the schema refuses."""
        asked = self.portal.documents[document]
        if asked.changes:
            raise ValueError(f"{document} is a mutation")
        return await self._ask(asked, variables)

    async def mutate(self, document: str, form: Form) -> dict[str, Any] | None:
        """Send the form: the payload, or None when there is something to mend. Then show the form again: it says what.

        A form that could not be read, or had a row added or removed, is not sent.
        """
        asked = self.portal.documents[document]
        if not asked.changes or self.request.method != "POST":
            raise ValueError("a change is a mutation, sent by POST")
        self.refused = form
        if not form.is_fine:
            self.status = 200 if form.editing else 422
            return None
        self.tried += 1
        data = await self._ask(asked, {"input": form.variables})
        payload: dict[str, Any] = data[asked.field]
        if errors := payload["userErrors"]:
            was_sent = errors[0]["code"] == "IDEMPOTENCY_KEY_REUSED"
            form.take([{"message": SENT_BEFORE}] if was_sent else errors)
            self.status = STATUS.get(errors[0]["code"], 422)
            return None
        self.refused = None
        self.saved += 1
        return payload

    @property
    def outcome(self) -> Text | None:
        """What a failure from here on is told with, where something of this request was saved."""
        return None if not self.saved else SAVED if self.saved == self.tried else PARTLY

    async def _ask(self, asked: Document, variables: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return await self.portal.door.read(asked.text, variables, self.actor)
        except Exception as error:
            if asked.changes and is_saved(getattr(error, "data", None), asked.field):
                self.saved += 1
            code = str(getattr(error, "code", "")).upper()
            if code == "BAD_USER_INPUT" and self.request.method == "GET":
                raise Problem(404) from error  # a cursor or a number in the address that never was one
            if code not in STATUS:
                raise
            raise Problem(STATUS[code]) from error

    # Forms

    def form(self, input_type: str, initial: Mapping[str, Any] | None = None, prefix: str = "f") -> Form:
        """A fresh form for an input of the schema, filled with values of the schema."""
        return Form.of(input_type, self.portal.schema, initial=initial, prefix=prefix, guard=self._guard())

    def editing(self, sent: Form | None, input_type: str, its: Mapping[str, Any]) -> Form:
        """The form that changes a thing: filled with what it is (`its`), or as it was sent, beside that."""
        now = self.form(input_type, its)
        return sent.beside(now) if sent else now

    def sent(self, input_type: str, prefix: str = "f") -> Form:
        """The form that was posted."""
        posted = self.posted or FormData()
        guard = self._guard(key=str(posted.get("_key") or ""))
        form = Form.of(input_type, self.portal.schema, posted, prefix=prefix, guard=guard)
        refused: dict[str, list[Message]] = {}
        for name, message in self.refused_files:
            said = refused.setdefault(name, [])
            if message not in said:
                said.append(message)
        form.errors.update(refused)
        return form

    def filters(self, input_type: str, prefix: str = "f", also: Sequence[str] = ()) -> Form:
        """The filters in the address as an input; what cannot be read is left out and said at its field.

        `also` are names in the address beside the input's that narrow the list.
        """
        form = Form.of(input_type, self.portal.schema, self.params, prefix=prefix)
        form.filtering, self.filter = True, form
        self.own_fields = frozenset({*form.kind.fields, *also, SORT})
        return form

    def kept(self, query: str) -> str:
        """Of a query what narrows and sorts this list: never where in it somebody was."""
        return urlencode([pair for pair in parse_qsl(query) if pair[0].partition(".")[0] in self.own_fields])

    def _guard(self, key: str = "") -> Guard:
        acting = str(self.visitor.actor.organisation_id or "") if self.visitor else ""
        return Guard(self.csrf, acting, key or secrets.token_urlsafe(16))

    @property
    def csrf(self) -> str:
        """The token that every form of this person carries."""
        return self.portal.sealer.token("form", self.visitor.account if self.visitor else "")

    # Lists

    async def part_with(
        self, name: str, kind: str, ask: Callable[..., Awaitable[Any]], nodes: Callable[[Any], Sequence[Any]]
    ) -> tuple[Any, bool]:
        """What `ask` gives of a list, the newest first, and whether that is its newest part: an address that names one
        of its things by its key leads to the part that has it, which `upTo` asks for.
        """
        given, named, is_newest = await ask(), self.params.get(name, ""), "after" not in self.params
        if not is_newest or not named.isdecimal() or f"{kind}:{named}" in [each["id"] for each in nodes(given)]:
            return given, is_newest
        return await ask(upTo=f"{kind}:{named}"), False

    def window(self, rows: int = ROWS) -> dict[str, Any]:
        """The variables of the list's page that the address means."""
        return {"first": rows, "after": self.params.get("after")}

    def sort(self, default: str, *others: str) -> tuple[str, bool]:
        """Sort key and whether it runs downwards, from `sort=-DUE_AT` in the address; only the keys named here."""
        wanted = self.params.get(SORT, default)
        if wanted.removeprefix("-") not in (default.removeprefix("-"), *others):
            wanted = default
        return wanted.removeprefix("-"), wanted.startswith("-")

    def turns(self, info: Mapping[str, Any]) -> dict[str, str]:
        """The addresses around this page of a list by its `pageInfo`: "first", "before", "next", as far as they are.

        The schema pages forwards; so an address carries along the cursors of the pages that lie behind.
        """
        after, behind = self.params.get("after"), [each for each in self.params.get(BEHIND, "").split(".") if each]
        found = {}
        if after and behind:
            found["first"] = self.here(after=None)
            found["before"] = self.here(after=behind[-1], **{BEHIND: ".".join(behind[:-1]) or None})
        elif after:
            found["before"] = self.here(after=None)
        if info["hasNextPage"]:
            gone = [*behind, *filter(None, [after])][-MOST_BEHIND:]
            found["next"] = self.here(after=info["endCursor"], **{BEHIND: ".".join(gone) or None})
        return found

    # Answering

    def url(self, route: str, **params: Any) -> str:
        """The path of a route by its name."""
        if self._routes is None:
            self._routes = {found.name: found for found in self.request.app.routes if isinstance(found, Route)}
        return str(self._routes[route].url_path_for(route, **params))

    def here(self, **changes: str | None) -> str:
        """This very address with other parameters; None takes one away. Another page of a list is another way to it."""
        if "after" in changes:
            changes.setdefault(BEHIND, None)
        kept = [(name, value) for name, value in self.params.multi_items() if name not in changes]
        query = urlencode([*kept, *((name, value) for name, value in changes.items() if value is not None)])
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    @property
    def name(self) -> str:
        """The name of the route: `orders.show`."""
        return str(getattr(self.request.scope.get("route"), "name", "") or "")

    @property
    def is_list(self) -> bool:
        """Whether this is a list that an address alone narrows and sorts, so that its address can be kept."""
        return bool(self.own_fields) and self.request.method == "GET" and not self.request.path_params

    @property
    def section(self) -> str:
        """The part of the menu this page belongs to: `orders` for `orders.show`."""
        return self.name.partition(".")[0]

    async def render(
        self,
        template: str,
        *,
        block: str | None = None,
        status: int | None = None,
        watch: Sequence[str] = (),
        **context: Any,
    ) -> Response:
        """The page, or `block` of it where htmx asked for a part; the status is that of the form just sent.

        The page says so when one of the things to `watch` (global ids) changes; one that mends a form is left alone.
        """
        asked = htmx.Htmx.of(self.request)
        is_part = block is not None and asked.wants_part
        if not is_part:
            self.frame = await self.portal.frame(self)
        headers = {}
        if is_part and self.said:
            headers = htmx.trigger({"portal:done": {"text": translate(self.said, self.language), "focus": f"#{block}"}})
        elif is_part and self.request.method == "GET" and asked.shown == self.request.url.path:
            headers = {"HX-Replace-Url": self.here()}
        answer = render(
            self.request,
            template,
            block=block,
            status=status or self.status,
            language=self.language,
            headers=headers,
            page=self,
            frame=self.frame,
            watch=list(dict.fromkeys(watch))[:MOST_WATCHED] if self.request.method == "GET" else [],
            flash=None if is_part else self._flash(),
            **context,
        )
        if not is_part and FLASH in self.request.cookies:
            answer.delete_cookie(FLASH, httponly=True, samesite="lax")
        return answer

    async def done(self, message: Text, to: str, here: View | None = None) -> Response:
        """Say that it worked, and go on to the page at `to`. With htmx `here` may show the changed block in place."""
        if htmx.Htmx.of(self.request).wants_part:
            if here is not None:
                self.said = message
                return await here(self)
            answer = Response(headers=htmx.redirect(to))
        else:
            answer = RedirectResponse(to, 303)
        note = {"text": translate(message, self.language)}
        sealed = self.portal.sealer.seal("flash", note, now=clock.now())
        secure = self.request.url.scheme == "https"
        lasts = int(_FLASH_LASTS.total_seconds())
        answer.set_cookie(FLASH, sealed, max_age=lasts, httponly=True, samesite="lax", secure=secure)
        return answer

    def _flash(self) -> str | None:
        sealed = self.request.cookies.get(FLASH)
        note = self.portal.sealer.unseal("flash", sealed, within=_FLASH_LASTS, now=clock.now()) if sealed else None
        return str(note["text"]) if note else None

    def sealed(self) -> str | None:
        """The form just posted, to be sent once more; None where there is too much of it."""
        kept = keep(self.here(), self.came or FormData(), (name for name, _ in self.refused_files))
        return seal(self.portal.sealer, kept)

    def again(self, status: int) -> dict[str, str] | None:
        """What sends a form that failed with this status once more, if anything does: its key lets it count once."""
        if self.came is None or self.is_open or self.outcome is SAVED or (status < 500 and status != 409):
            return None
        ours = {name: str(self.came.get(f"_{name}") or "") for name in ("csrf", "acting")}
        sealed = self.sealed()
        return {**ours, "to": self.here(), "sealed": sealed} if sealed else None

    @property
    def above(self) -> str | None:
        """The page of the thing whose step or part this address is; None where there is none above it."""
        names = self.request.app.router.routes
        steps = self.request.url.path.split("/")
        for end in range(len(steps) - 1, 1, -1):
            scope = {**self.request.scope, "method": "GET", "path": "/".join(steps[:end]), "root_path": ""}
            name = next((route.name for route in names if route.matches(scope)[0] is Match.FULL), "")
            if name.endswith(OF_THINGS):
                return str(scope["path"])
        return None

    async def problem(self, problem: Problem, reference: str = "") -> Response:
        """The page that says why there is none; in the middle of a page only a sentence, and the page stays."""
        told = (self.outcome if problem.status >= 500 else None) or problem.sentence
        if problem.status == 500 and self.request.method != "POST":
            told = NOT_SHOWN  # of a page that was only looked at: nothing was on its way to be saved
        sentence = translate(told, self.language)
        if htmx.Htmx.of(self.request).wants_part:
            said = htmx.trigger({"portal:trouble": {"text": f"{sentence} {reference}".strip()}})
            return Response(status_code=problem.status, headers={**said, **htmx.into_nothing()})
        is_hidden = problem.status in (403, 404)
        return await self.render(
            "layout/problem.html",
            status=problem.status,
            sentence=told,
            reference=reference,
            again=self.again(problem.status),
            is_for_another=problem.status == 409,
            is_hidden=is_hidden and self.request.method == "GET",
            above=None if is_hidden else self.above,  # what is above may not be seen either
        )
