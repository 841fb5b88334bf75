"""Agreements: the list, what each says and said, and its changes."""

from decimal import Decimal
from typing import Any

from starlette.responses import Response

from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text, label, translate
from backend.rulebook.roles import Right
from web.agreements import price_views, term_views
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.sheets import Cell, every_row, writer_of

HEADINGS = (
    Text("Number"),
    Text("Name"),
    Text("Between"),
    Text("Party"),
    Text("From"),
    Text("Until"),
    Text("Greatest total, €"),
    Text("Ordered, €"),
)


async def listed(page: Page) -> Response:
    form = page.filters("AgreementFilter")
    window = page.window()
    data = await page.query(
        "agreements/agreements.graphql", where=form.variables, first=window["first"], after=window["after"]
    )
    return await page.render(
        "agreements/agreements.html",
        block="results",
        form=form,
        found=found(data["agreements"]),
        share=share_used,
        may_add=page.actor.may(Right.ADMINISTER),
    )


async def export(page: Page) -> Response:
    """All agreements that the address asks for."""
    write = writer_of(page)
    where = page.filters("AgreementFilter").variables
    nodes = await every_row(page, "agreements/agreements.graphql", "agreements", {"where": where})
    return await write(page, "sopimukset", HEADINGS, [_row(page, agreement) for agreement in nodes])


def _row(page: Page, agreement: dict[str, Any]) -> list[Cell]:
    most = agreement["greatestTotal"]
    return [
        agreement["number"],
        agreement["name"],
        translate(label("AgreementKind", agreement["kind"]), page.language),
        agreement["organisation"]["name"],
        agreement["validFrom"],
        agreement["validUntil"],
        most and Decimal(most["amount"]),
        Decimal(agreement["orderedTotal"]["amount"]),
    ]


def share_used(agreement: dict[str, Any]) -> Decimal | None:
    """How much of the greatest total is ordered, of one; None where there is no such limit."""
    most = agreement["greatestTotal"]
    return None if most is None else Decimal(agreement["orderedTotal"]["amount"]) / Decimal(most["amount"])


async def _agreement(page: Page) -> dict[str, Any]:
    data = await page.query("agreements/agreement.graphql", id=page.id("Agreement"))
    agreement: dict[str, Any] = found(data["agreement"])
    return agreement


async def show(page: Page) -> Response:
    return await page.render("agreements/agreement.html", agreement=await _agreement(page), share=share_used)


async def new(page: Page, form: Form | None = None) -> Response:
    if not page.actor.may(Right.ADMINISTER):
        raise Problem(403)
    data = await page.query("agreements/parties.graphql")
    parties = [(row["id"], row["name"]) for side in ("suppliers", "customers") for row in data[side]["nodes"]]
    form = form or page.form("ConcludeAgreementInput", {"validFrom": helsinki_date(clock.now())})
    return await page.render("agreements/new.html", block="agreement", form=form, parties=parties)


async def conclude(page: Page) -> Response:
    form = page.sent("ConcludeAgreementInput")
    made = await page.mutate("agreements/conclude.graphql", form)
    if made is None:
        return await new(page, form)
    key = made["agreement"]["id"].partition(":")[2]
    return await page.done(Text("The agreement was recorded."), page.url("agreements.show", id=key))


async def edit(page: Page, change: Form | None = None, extend: Form | None = None, end: Form | None = None) -> Response:
    agreement = await _agreement(page)
    if "CHANGE" not in agreement["availableActions"]:
        raise Problem(403)
    key = {"agreementId": agreement["id"]}
    total = agreement["greatestTotal"]
    known = {
        **{name: agreement[name] for name in ("name", "optionUntil", "modelVersion")},
        "greatestTotal": total and total["amount"],
        "expectedVersion": agreement["version"],
    }
    return await page.render(
        "agreements/edit.html",
        agreement=agreement,
        change=page.editing(change, "ChangeAgreementInput", {**key, **known}),
        extend=extend or page.form("ExtendAgreementInput", {**key, "until": agreement["optionUntil"]}, "x"),
        end=end or page.form("EndAgreementInput", key, "e"),
    )


async def change(page: Page) -> Response:
    form = page.sent("ChangeAgreementInput")
    if await page.mutate("agreements/change.graphql", form) is None:
        return await edit(page, change=form)
    return await page.done(Text("The agreement was changed."), _here(page))


async def extend(page: Page) -> Response:
    form = page.sent("ExtendAgreementInput", "x")
    if await page.mutate("agreements/extend.graphql", form) is None:
        return await edit(page, extend=form)
    return await page.done(Text("The agreement was extended."), _here(page))


async def end(page: Page) -> Response:
    form = page.sent("EndAgreementInput", "e")
    if await page.mutate("agreements/end.graphql", form) is None:
        return await edit(page, end=form)
    return await page.done(Text("The agreement's new last day was recorded."), _here(page))


async def services(page: Page, form: Form | None = None) -> Response:
    agreement = found((await page.query("agreements/services.graphql", id=page.id("Agreement")))["agreement"])
    form = form or page.form("AddServiceInput", {"agreementId": agreement["id"]})
    return await page.render("agreements/services.html", block="part", agreement=agreement, form=form)


async def add_service(page: Page) -> Response:
    form = page.sent("AddServiceInput")
    if await page.mutate("agreements/add_service.graphql", form) is None:
        return await services(page, form)
    there = page.url("agreements.services", id=page.path("id"))
    return await page.done(Text("The service was added."), there, here=services)


def _here(page: Page) -> str:
    return page.url("agreements.show", id=page.path("id"))


routes = [
    get("/sopimukset", listed, name="agreements.list"),
    get("/sopimukset/vienti.{kind}", export, name="agreements.export"),
    get("/sopimukset/uusi", new, name="agreements.new"),
    post("/sopimukset/uusi", conclude, name="agreements.conclude"),
    get("/sopimukset/{id:int}", show, name="agreements.show"),
    get("/sopimukset/{id:int}/muokkaa", edit, name="agreements.edit"),
    post("/sopimukset/{id:int}/muokkaa", change, name="agreements.change"),
    post("/sopimukset/{id:int}/optio", extend, name="agreements.extend"),
    post("/sopimukset/{id:int}/paattyminen", end, name="agreements.end"),
    get("/sopimukset/{id:int}/palvelut", services, name="agreements.services"),
    post("/sopimukset/{id:int}/palvelut", add_service, name="agreements.add_service"),
    *term_views.routes,
    *price_views.routes,
]
