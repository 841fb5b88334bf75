"""A small portal of invented orders that shows every macro in every state; only tests know it."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from graphql import build_schema, graphql_sync
from jinja2 import FileSystemLoader
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from backend.kit.actor import Actor, ActorKind, Language
from backend.kit.faults import invalid
from backend.kit.translation import Text, register_labels
from web import assets, documents, language
from web.charts import Bar, Bars, BurnUp, Limit
from web.forms import Form
from web.frame import Frame, MenuItem, Organisation, Visitor
from web.pages import Page, Portal, found
from web.rendering import environment
from web.routing import get, on_http_error, post
from web.security import BodyLimit, Headers, SameSite, Sealer

HERE = Path(__file__).parent
SCHEMA = build_schema((HERE / "schema.graphqls").read_text())
OWN = Organisation(1, "Esimerkkilän kaupunki")
OTHER = Organisation(2, "Pohjoisen Suomen koulutuskuntayhtymä")


class GalleryDecision(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


class GallerySize(StrEnum):
    SMALL = "small"
    ASSIGNMENT = "assignment"
    PROJECT = "project"


class GalleryState(StrEnum):
    IN_PROGRESS = "in_progress"
    WAITS = "waits"
    DONE = "done"


register_labels({GalleryDecision.APPROVE: Text("Approve it"), GalleryDecision.REJECT: Text("Reject it")})
register_labels(
    {
        GallerySize.SMALL: Text("Small assignment"),
        GallerySize.ASSIGNMENT: Text("Assignment"),
        GallerySize.PROJECT: Text("Project"),
    }
)
register_labels(
    {
        GalleryState.IN_PROGRESS: Text("In progress"),
        GalleryState.WAITS: Text("Waits for a decision"),
        GalleryState.DONE: Text("Done"),
    }
)

TITLES = ("Asianhallinnan rajapinta, vaihe 2", "Asiointilomakkeiden saavutettavuuskorjaukset", "Siirtotestit")


class Orders:
    """A door of its own kind: the gallery's schema over three orders in memory."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []
        self.decisions: dict[str, str] = {}
        self.created: dict[str, Mapping[str, Any]] = {}
        self.code: str | None = None
        self.data: Any = None
        """Of an answer with errors: what there is beside them."""

    async def read(self, document: str, variables: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
        self.asked.append(variables)
        if self.code:
            raise Refused(self.code, self.data)
        answer = graphql_sync(SCHEMA, document, self, variable_values=dict(variables))
        if answer.errors:
            raise answer.errors[0]
        assert answer.data is not None
        return answer.data

    def orders(self, _info: Any, **asked: Any) -> Mapping[str, Any]:
        search = (asked.get("filter") or {}).get("search") or ""
        nodes = [self._order(str(place)) for place, title in enumerate(TITLES) if search.lower() in title.lower()]
        more = {"hasNextPage": bool(nodes), "endCursor": "b"}
        return {"nodes": nodes, "totalCount": len(nodes), "pageInfo": more}

    def order(self, _info: Any, id: str) -> Mapping[str, Any] | None:
        number = id.removeprefix("Order:")
        return self._order(str(int(number) - 1)) if number in ("1", "2", "3") else None

    def _order(self, place: str) -> Mapping[str, Any]:
        states = list(GalleryState)
        return {
            "id": f"Order:{int(place) + 1}",
            "title": TITLES[int(place)],
            "state": states[int(place)].name,
            "decision": self.decisions.get(place),
        }

    def decideOverrun(self, _info: Any, input: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N802  # the schema's name
        def refused(code: str, message: str, *path: str) -> Mapping[str, Any]:
            return {"order": None, "userErrors": [{"code": code, "message": message, "path": ["input", *path]}]}

        if len(input["reason"]) < 10:
            return refused("INVALID", "Write a reason of at least 10 characters.", "reason")
        if input["overrunId"] == "Overrun:404":
            return refused("NOT_FOUND", "There is no such overrun.", "overrunId")
        if input.get("expectedVersion") == 0:
            return refused("VERSION_CONFLICT", "Somebody else has changed this meanwhile.", "expectedVersion")
        self.decisions["0"] = input["decision"]
        return {"order": self._order("0"), "userErrors": []}

    def createOrder(self, _info: Any, input: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N802  # the schema's name
        if self.created.setdefault(input["idempotencyKey"], input) != input:
            wrong = {"code": "IDEMPOTENCY_KEY_REUSED", "message": "This key was used.", "path": ["idempotencyKey"]}
            return {"order": None, "userErrors": [wrong]}
        return {"order": self._order("1"), "userErrors": []}


class Refused(Exception):
    """What a door raises for a fault of the caller."""

    def __init__(self, code: str, data: Any = None) -> None:
        super().__init__(code)
        self.code, self.data = code, data


async def show(page: Page, form: Form | None = None) -> Response:
    data = await page.query("order.graphql", id=page.id("Order"))
    first = {"overrunId": "Overrun:7", "expectedVersion": 3, "grantedMinutes": 13680}
    return await page.render(
        "order.html",
        block="overrun",
        order=found(data["order"]),
        form=form or page.form("DecideOverrunInput", first),
        chart=BurnUp(
            labels=[f"wk {week}" for week in range(38, 52)],
            actual=[480, 1320, 2460, 3780, 5040, 6240, 7680, 9060, 10140, 11250],
            forecast=[12060, 12780, 13320, 13680],
            limits=[Limit("Estimate", 10800), Limit("Asked", 13680, "asked")],
            heading="Week",
        ),
    )


async def decide(page: Page) -> Response:
    form = page.sent("DecideOverrunInput")
    if await page.mutate("decide.graphql", form):
        return await page.done(Text("The overrun was decided."), page.url("orders.show", id=1), here=show)
    return await show(page, form)


async def listing(page: Page) -> Response:
    form = page.filters("OrderFilter")
    data = await page.query("orders.graphql", filter=form.variables, **page.window())
    sorted_by = page.sort("DUE_AT", "AMOUNT")
    return await page.render("orders.html", block="results", form=form, sorted=sorted_by, orders=data["orders"])


async def new(page: Page, form: Form | None = None) -> Response:
    return await page.render("new.html", form=form or page.form("CreateOrderInput"))


async def create(page: Page) -> Response:
    form = page.sent("CreateOrderInput")
    if await page.mutate("create.graphql", form):
        return await page.done(Text("The work was ordered."), page.url("orders.list"))
    return await new(page, form)


async def things(page: Page) -> Response:
    months = [Bar("September", 4200), Bar("October", 7200, "warn"), Bar("November", 6300, "bad")]
    return await page.render("things.html", bars_chart=Bars(months, "Month", "Hours", "minutes"))


async def boom(page: Page) -> Response:
    raise RuntimeError("a secret of the inside")


async def open_page(page: Page) -> Response:
    said = {"sentence": "For everybody", "reference": "", "above": None, "again": None, "is_hidden": False}
    return await page.render("layout/problem.html", **said)


async def store_file(upload: UploadFile, actor: Actor, within: str | None) -> str:
    content = await upload.read()
    if not content:
        raise invalid(Text("The file is empty"))
    return f"File:{len(content)}"


async def frame_of(page: Page) -> Frame:
    footer = (MenuItem("accessibility", Text("Accessibility statement"), "/saavutettavuus"),)
    if page.visitor is None:
        return Frame(home="/tilaukset", footer=footer)
    return Frame(
        home="/tilaukset",
        menu=(
            MenuItem("desk", Text("Desk"), "/"),
            MenuItem("orders", Text("Orders"), "/tilaukset"),
            MenuItem("tickets", Text("Requests and incidents"), "/asiat", 3),
            MenuItem("hours", Text("Hours"), "/tunnit"),
            MenuItem("invoices", Text("Invoices"), "/laskut", 2),
            MenuItem("people", Text("People"), "/henkilot"),
            MenuItem("agreements", Text("Agreements"), "/sopimukset"),
        ),
        footer=footer,
        person=page.visitor.name,
        organisation=next(own for own in (OWN, OTHER) if own.id == page.visitor.actor.organisation_id),
        organisations=(OWN, OTHER),
        unread=4,
        notices="/ilmoitukset",
        settings="/asetukset",
        switch="/organisaatio",
        sign_out="/ulos",
    )


async def sign_in(page: Page, sealed: str | None) -> Response:
    if sealed is None:
        return RedirectResponse(f"/kirjaudu?takaisin={page.request.url.path}", 303)
    return PlainTextResponse(sealed, 401)


async def visitor_of(request: Request) -> Visitor | None:
    if request.cookies.get("ulkona"):
        return None
    actor = Actor(ActorKind.BUYER, OWN.id, person_id=1, language=Language.FI)
    if request.cookies.get("toinen"):
        actor = replace(actor, organisation_id=OTHER.id)
    return Visitor(actor, "account-1", "Maija Lehto")


def create_app(door: Orders | None = None) -> Starlette:
    """The gallery's own application, with its templates beside those of the portal."""
    for code in Language:
        loader = environment(code).loader
        assert isinstance(loader, FileSystemLoader)
        if str(HERE) not in loader.searchpath:
            loader.searchpath.append(str(HERE))
    app = Starlette(
        routes=[
            get("/tilaukset", listing, name="orders.list"),
            get("/tilaukset/uusi", new, name="orders.new"),
            post("/tilaukset/uusi", create, name="orders.create"),
            get("/tilaukset/{id:int}", show, name="orders.show"),
            post("/tilaukset/{id:int}/paatos", decide, name="overruns.decide"),
            get("/osat", things, name="things.show"),
            get("/rikki", boom, name="boom"),
            get("/kaikille", open_page, name="open", open=True),
            Route("/vain", lambda request: PlainTextResponse("plain"), methods=["POST", "GET"]),
            *assets.routes,
            *language.routes,
        ],
        middleware=[Middleware(Headers), Middleware(SameSite), Middleware(BodyLimit, most=1_000_000)],
        exception_handlers={404: on_http_error, 405: on_http_error},
    )
    app.state.portal = Portal(
        door=door or Orders(),
        schema=SCHEMA,
        documents=documents.load(HERE),
        sealer=Sealer(b"only for trials"),
        visitor=visitor_of,
        frame=frame_of,
        sign_in=sign_in,
        store_file=store_file,
    )
    return app
