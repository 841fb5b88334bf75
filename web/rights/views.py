"""Ordering rights: who may order on a day, each right, and how it comes, changes and ends."""

from typing import Any

from starlette.responses import Response

from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.listing import day_of
from web.pages import Page, Problem, found
from web.rights.exporting import HEADINGS, row_of
from web.routing import get, post
from web.sheets import every_row, writer_of
from web.stepping import require, require_open


def _asked(page: Page) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the address asks for as variables of the query, and how the page shows what was asked."""
    today = helsinki_date(clock.now())
    is_all = page.params.get("kaikki") == "1"
    form = page.filters("RightFilter", also=("paiva", "tiedettyna", "kaikki"))
    on, known_on = day_of(form, "paiva") or today, day_of(form, "tiedettyna")
    asked: dict[str, Any] = {
        "on": None if is_all else on.isoformat(),
        "knownOn": None if is_all or known_on is None else known_on.isoformat(),
        "year": on.year,
        "where": form.variables,
    }
    return asked, {"form": form, "is_all": is_all, **asked}


async def listed(page: Page) -> Response:
    variables, asked = _asked(page)
    data = await page.query("rights/rights.graphql", **variables, **page.window())
    return await page.render(
        "rights/rights.html",
        block="results",
        found=found(data["orderingRights"]),
        waiting=data["waiting"]["nodes"],
        asked=asked,
        form=asked["form"],
        may_name=page.actor.may(Right.NAME_ORDERING_CONTACTS),
    )


async def export(page: Page) -> Response:
    """All that the address asks for."""
    write = writer_of(page)
    variables, _ = _asked(page)
    nodes = await every_row(page, "rights/rights.graphql", "orderingRights", variables)
    return await write(page, "tilausoikeudet", HEADINGS, [row_of(page, right) for right in nodes])


async def _right(page: Page) -> dict[str, Any]:
    year = helsinki_date(clock.now()).year
    right: dict[str, Any] = found(
        (await page.query("rights/right.graphql", id=page.id("OrderingRight"), year=year))["orderingRight"]
    )
    return {**right, "year": year}


async def show(page: Page, confirm: Form | None = None) -> Response:
    right = await _right(page)
    return await page.render(
        "rights/right.html",
        block="right",
        right=right,
        confirm=confirm or page.form("ConfirmOrderingRightInput", {"rightId": right["id"]}),
        may_replace=right["state"] == "IN_FORCE"
        and not right["hasNewerVersion"]
        and page.actor.may(Right.NAME_ORDERING_CONTACTS),
    )


async def confirm(page: Page) -> Response:
    form = page.sent("ConfirmOrderingRightInput")
    if await page.mutate("rights/confirm.graphql", form) is None:
        return await show(page, form)
    message = Text("The ordering right is in force. The suppliers that it covers were told.")
    return await page.done(message, page.url("rights.show", id=page.path("id")), here=show)


async def ending(page: Page, form: Form | None = None) -> Response:
    right = await _right(page)
    if form is None:
        require(right, "END")
    form = form or page.form("EndOrderingRightInput", {"rightId": right["id"]})
    return await page.render("rights/end.html", block="ending", right=right, form=form)


async def end(page: Page) -> Response:
    form = page.sent("EndOrderingRightInput")
    if await page.mutate("rights/end.graphql", form) is None:
        return await ending(page, form)
    return await page.done(Text("The ordering right was ended."), page.url("rights.list"))


async def _choices(page: Page) -> dict[str, list[tuple[str, str]]]:
    """What a naming may choose from, as pairs for the form."""
    if not page.actor.may(Right.NAME_ORDERING_CONTACTS):
        raise Problem(403)
    data = await page.query("rights/choices.graphql", inForceOn=helsinki_date(clock.now()).isoformat())

    def pairs(name: str) -> list[tuple[str, str]]:
        return [(row["id"], row["name"]) for row in data[name]["nodes"]]

    customers_people = [
        (row["id"], f"{row['name']}, {', '.join(sorted({r['organisation']['name'] for r in row['roles']}))}")
        for row in data["customersPeople"]["nodes"]
    ]
    return {
        "people": pairs("tieras") + customers_people,
        "organisations": pairs("buyers") + pairs("customers"),
        "suppliers": pairs("suppliers"),
        "customers": pairs("customers"),
        "agreements": [
            (row["id"], f"{row['number']}, {row['organisation']['name']}") for row in data["agreements"]["nodes"]
        ],
    }


async def new(page: Page, form: Form | None = None) -> Response:
    choices = await _choices(page)
    today = helsinki_date(clock.now())
    given = {
        "organisationId": choices["organisations"][0][0] if choices["organisations"] else None,
        "limits": {"validFrom": today.isoformat()},
        "document": {"on": today.isoformat()},
    }
    form = form or page.form("NameOrderingContactInput", given)
    return await page.render("rights/new.html", block="naming", form=form, choices=choices, right=None)


async def name_contact(page: Page) -> Response:
    form = page.sent("NameOrderingContactInput")
    made = await page.mutate("rights/name.graphql", form)
    if made is None:
        return await new(page, form)
    return await _named(page, made)


async def replacing(page: Page, form: Form | None = None) -> Response:
    right = await _right(page)
    choices = await _choices(page)
    if form is None:
        require_open(right["state"] == "IN_FORCE")
    limits = {name: right[name] for name in ("largestClass", "mostMinutes", "validUntil")}
    given = {
        "rightId": right["id"],
        "limits": {
            **limits,
            "validFrom": helsinki_date(clock.now()).isoformat(),
            "supplierId": right["supplier"] and right["supplier"]["id"],
            "agreementId": right["agreement"] and right["agreement"]["id"],
            "mostEuros": right["mostEuros"] and right["mostEuros"]["amount"],
            "mostEurosAYear": right["mostEurosAYear"] and right["mostEurosAYear"]["amount"],
            "forOrganisationIds": [row["id"] for row in right["forOrganisations"]],
        },
        "document": {"on": helsinki_date(clock.now()).isoformat()},
    }
    form = form or page.form("ReplaceOrderingRightInput", given)
    return await page.render("rights/new.html", block="naming", form=form, choices=choices, right=right)


async def replace(page: Page) -> Response:
    form = page.sent("ReplaceOrderingRightInput")
    made = await page.mutate("rights/replace.graphql", form)
    if made is None:
        return await replacing(page, form)
    return await _named(page, made)


async def _named(page: Page, made: dict[str, Any]) -> Response:
    key = made["orderingRight"]["id"].partition(":")[2]
    message = Text(
        "The naming was entered. It is in force once a business manager or service manager of Tiera confirms it."
    )
    return await page.done(message, page.url("rights.show", id=key))


routes = [
    get("/oikeudet", listed, name="rights.list"),
    get("/oikeudet/vienti.{kind}", export, name="rights.export"),
    get("/oikeudet/uusi", new, name="rights.new"),
    post("/oikeudet/uusi", name_contact, name="rights.name"),
    get("/oikeudet/{id:int}", show, name="rights.show"),
    post("/oikeudet/{id:int}/vahvistus", confirm, name="rights.confirm"),
    get("/oikeudet/{id:int}/paattyminen", ending, name="rights.ending"),
    post("/oikeudet/{id:int}/paattyminen", end, name="rights.end"),
    get("/oikeudet/{id:int}/uusi-versio", replacing, name="rights.replacing"),
    post("/oikeudet/{id:int}/uusi-versio", replace, name="rights.replace"),
]
