"""What is offered, by category; and a product's page, on which it is ordered."""

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

from starlette.responses import Response

from backend.kit.actor import ActorKind
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.tickets.asking import find_asker

KINDS = {"TEXT": "textarea", "CHOICE": "select"}
"""How a field of a product is drawn; numbers and days are typed."""


async def listed(page: Page) -> Response:
    form = page.filters("ProductFilter")
    where = {name: value for name, value in form.variables.items() if value is not None}
    manages = page.actor.may(Right.ADMINISTER)
    where = where if manages else {"isOffered": True, **where}
    data = await page.query("catalogue/products.graphql", where=where, **page.window())
    products = found(data["products"])
    return await page.render(
        "catalogue/products.html",
        block="results",
        form=form,
        total=products["totalCount"],
        info=products["pageInfo"],
        categories=[(name, list(those)) for name, those in groupby(products["nodes"], lambda each: each["category"])],
        manages=manages,
    )


_LABEL: Final = re.compile(r"_label\.(\d{1,3})", re.ASCII)
"""Beside each answer the form sends what was asked there."""
CHANGED: Final = Text("This is offered in another way by now. Look at the price and at what is asked, then order it.")


async def show(page: Page, form: Form | None = None, product: dict[str, Any] | None = None) -> Response:
    product = product or await product_of(page)
    asked = [{**each, "options": [(one, one) for one in each["choices"]]} for each in product["version"]["fields"]]
    initial = {
        "productId": product["id"],
        "ordinal": product["ordinal"],
        "answers": [{"position": place} for place in range(len(asked))],
    }
    return await page.render(
        "catalogue/product.html",
        product=product,
        asked=asked,
        kinds=KINDS,
        customers=await _customers(page),
        form=form or page.form("OrderProductInput", initial),
        may_order="ORDER" in product["availableActions"],
    )


async def product_of(page: Page) -> dict[str, Any]:
    """The product of the address, with what it says now."""
    product: dict[str, Any] = found((await page.query("catalogue/product.graphql", id=page.id("Product")))["product"])
    return product


async def _customers(page: Page) -> list[tuple[str, str]]:
    if page.actor.kind is not ActorKind.BUYER:
        return []
    nodes = found((await page.query("catalogue/customers.graphql"))["organisations"])["nodes"]
    return [(each["id"], each["name"]) for each in nodes]


async def order(page: Page) -> Response:
    form = page.sent("OrderProductInput")
    await find_asker(page, form)
    if payload := await page.mutate("catalogue/order_product.graphql", form):
        id_ = payload["ticket"]["id"].partition(":")[2]
        return await page.done(Text("It was ordered. Here you see how it goes on."), page.url("tickets.show", id=id_))
    if not form.sent:
        raise Problem(409)
    product = await product_of(page)
    if form.field("ordinal").value != str(product["ordinal"]):
        form = page.refused = _anew(page, form, product)
    return await show(page, form, product)


def _anew(page: Page, form: Form, product: dict[str, Any]) -> Form:
    """The form of what a product asks by now, with what was answered to fields that it still has, by their labels."""
    posted: Mapping[str, Any] = page.posted or {}
    places = {posted[name]: at[1] for name in posted if (at := _LABEL.fullmatch(name))}
    answers = []
    for position, field in enumerate(product["version"]["fields"]):
        answer: dict[str, Any] = {"position": position}
        if (place := places.get(field["label"])) is not None:
            part = "fileId" if field["kind"] == "FILE" else "value"
            given = form.field(f"answers.{place}.{part}").value
            if given and (field["kind"] != "CHOICE" or given in field["choices"]):
                answer[part] = given
        answers.append(answer)
    named = {name: form.field(name).value or None for name in ("customerId", "requesterId")}
    known = {"productId": product["id"], "ordinal": product["ordinal"], "answers": answers, **named}
    fresh = page.form("OrderProductInput", known)
    fresh.files = form.files
    fresh.general.append(CHANGED)
    return fresh


routes = [
    get("/palveluluettelo", listed, name="catalogue.list"),
    get("/palveluluettelo/{id:int}", show, name="catalogue.show"),
    post("/palveluluettelo/{id:int}", order, name="catalogue.order"),
]
