"""Saved views: a list as it is narrowed and sorted now, under a name; the lists themselves offer them."""

from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from backend.kit.translation import Text
from web.forms import Form
from web.pages import WHERE_IN_A_LIST, Page, Problem, found
from web.routing import get, post

SAVE: Final = "SaveViewInput"
CHANGE: Final = "ChangeViewInput"


def _address(page: Page, name: str, query: str) -> str:
    """Where a list is shown so. Raises Problem 404 where there is no such list."""
    routes = {route.name: route for route in page.request.app.routes if isinstance(route, Route)}
    route = found(routes.get(name))
    if route.param_convertors or "GET" not in (route.methods or ()):
        raise Problem(404)
    return f"{route.path}?{query}" if query else route.path


async def new(page: Page, form: Form | None = None) -> Response:
    kept = [pair for pair in page.params.multi_items() if pair[0] not in WHERE_IN_A_LIST and pair[1].strip()]
    name, query = page.path("list"), urlencode(kept)
    return await page.render(
        "saved/new.html",
        form=form or page.form(SAVE, {"list": name, "query": query}),
        is_narrowed=bool(kept) or form is not None,
        back=_address(page, name, form.field("query").value if form else query),
    )


async def save(page: Page) -> Response:
    form = page.sent(SAVE)
    _address(page, page.path("list"), "")
    if await page.mutate("saved/save.graphql", form) is None:
        return await new(page, form)
    kept = form.variables
    return await page.done(Text("The view was saved."), _address(page, kept["list"], kept["query"]))


async def edit(page: Page, form: Form | None = None) -> Response:
    view = found((await page.query("saved/view.graphql", id=page.id("SavedView")))["node"])
    if not view["mayBeChanged"] and form is None:
        raise Problem(403)
    its = {"viewId": view["id"], "expectedVersion": view["version"], "name": view["name"]}
    return await page.render(
        "saved/edit.html",
        view=view,
        form=page.editing(form, CHANGE, {**its, "isShared": view["isShared"]}),
        removing=page.form("RemoveViewInput", {"viewId": view["id"]}, "r"),
        back=_address(page, view["list"], view["query"]),
    )


async def change(page: Page) -> Response:
    form = page.sent(CHANGE)
    if changed := await page.mutate("saved/change.graphql", form):
        view = changed["view"] or {}  # one that somebody else keeps to themself again is seen no more
        to = _address(page, view["list"], view["query"]) if view else page.url("desk.show")
        return await page.done(Text("The view was changed."), to)
    return await edit(page, form)


async def remove(page: Page) -> Response:
    view = found((await page.query("saved/view.graphql", id=page.id("SavedView")))["node"])
    form = page.sent("RemoveViewInput", "r")
    if await page.mutate("saved/remove.graphql", form):
        return await page.done(Text("The view was removed."), _address(page, view["list"], ""))
    raise Problem(page.status)


routes = [
    get("/nakymat/uusi/{list}", new, name="saved.new"),
    post("/nakymat/uusi/{list}", save, name="saved.save"),
    get("/nakymat/{id:int}", edit, name="saved.edit"),
    post("/nakymat/{id:int}", change, name="saved.change"),
    post("/nakymat/{id:int}/poisto", remove, name="saved.remove"),
]
