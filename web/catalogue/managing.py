"""The key user says what is offered: a new product, a new version of one, and that it is offered no more."""

from typing import Any

from starlette.responses import Response

from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.catalogue.ordering import product_of
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.stepping import require


async def new(page: Page, form: Form | None = None) -> Response:
    if not page.actor.may(Right.ADMINISTER):
        raise Problem(403)
    services = found((await page.query("catalogue/services.graphql"))["services"])["nodes"]
    return await page.render(
        "catalogue/edit.html",
        product=None,
        services=[(each["id"], each["name"]) for each in services],
        form=form or page.form("DefineProductInput"),
        to=page.url("catalogue.define"),
    )


async def define(page: Page) -> Response:
    form = page.sent("DefineProductInput")
    if payload := await page.mutate("catalogue/define_product.graphql", form):
        return await page.done(Text("It is offered in the catalogue now."), _to(page, payload))
    return await new(page, form)


async def edit(page: Page, form: Form | None = None) -> Response:
    product = await product_of(page)
    if form is None:
        require(product, "CHANGE")
    initial = {
        "productId": product["id"],
        "expectedVersion": product["ordinal"],
        "content": _as_content(product["version"]),
    }
    return await page.render(
        "catalogue/edit.html",
        product=product,
        services=[],
        form=page.editing(form, "ChangeProductInput", initial),
        to=page.request.url.path,
    )


def _as_content(version: dict[str, Any]) -> dict[str, Any]:
    """A version as the form for the next one begins."""
    return {
        "name": version["name"],
        "category": version["category"],
        "description": version["description"],
        "euros": version["price"] and version["price"]["amount"],
        "targetMinutes": version["targetMinutes"],
        "fields": [{**each, "choices": "\n".join(each["choices"]) or None} for each in version["fields"]],
    }


async def save(page: Page) -> Response:
    form = page.sent("ChangeProductInput")
    if payload := await page.mutate("catalogue/change_product.graphql", form):
        return await page.done(Text("It is offered so from now on; the version before is kept."), _to(page, payload))
    return await edit(page, form)


async def ask_end(page: Page, form: Form | None = None) -> Response:
    product = await product_of(page)
    if form is None:
        require(product, "END")
    return await page.render(
        "layout/confirm.html",
        title=Text("Offer “%(name)s” no more", name=product["name"]),
        sentence=Text("Nobody can order it after this. What was ordered goes on, and its versions are kept."),
        form=form or page.form("EndProductInput", {"productId": product["id"]}),
        to=page.request.url.path,
        hidden=["productId"],
        button_text=Text("Offer it no more"),
        cancel=page.url("catalogue.show", id=page.path("id")),
    )


async def end(page: Page) -> Response:
    form = page.sent("EndProductInput")
    if await page.mutate("catalogue/end_product.graphql", form):
        return await page.done(Text("It is offered no more."), page.url("catalogue.list"))
    return await ask_end(page, form)


def _to(page: Page, payload: dict[str, Any]) -> str:
    return page.url("catalogue.show", id=payload["product"]["id"].partition(":")[2])


routes = [
    get("/palveluluettelo/uusi", new, name="catalogue.new"),
    post("/palveluluettelo/uusi", define, name="catalogue.define"),
    get("/palveluluettelo/{id:int}/muuta", edit, name="catalogue.edit"),
    post("/palveluluettelo/{id:int}/muuta", save, name="catalogue.save"),
    get("/palveluluettelo/{id:int}/lopeta", ask_end, name="catalogue.ask_end"),
    post("/palveluluettelo/{id:int}/lopeta", end, name="catalogue.end"),
]
