"""Organisations: the list, each with its roles and agreements, and what the key user changes."""

from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text, label, translate
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.sheets import Cell, every_row, writer_of

_ADMINISTERS = "CHANGE"
HEADINGS = (Text("Name"), Text("Side"), Text("Kinds"), Text("Business id"), Text("Inhabitants"))


def today() -> str:
    """The day it is in Helsinki, as the schema writes days."""
    return helsinki_date(clock.now()).isoformat()


async def listed(page: Page) -> Response:
    form = page.filters("OrganisationFilter")
    window = page.window()
    data = await page.query(
        "organisations/organisations.graphql", where=form.variables, first=window["first"], after=window["after"]
    )
    return await page.render(
        "organisations/organisations.html",
        block="results",
        form=form,
        found=found(data["organisations"]),
        today=today(),
        may_add=page.actor.may(Right.ADMINISTER),
    )


async def export(page: Page) -> Response:
    """All organisations that the address asks for, each with what it is today."""
    write = writer_of(page)
    where = page.filters("OrganisationFilter").variables
    nodes = await every_row(page, "organisations/organisations.graphql", "organisations", {"where": where})
    return await write(page, "organisaatiot", HEADINGS, [_row(page, organisation) for organisation in nodes])


def _row(page: Page, organisation: dict[str, Any]) -> list[Cell]:
    day = today()
    kinds = (
        translate(label("OrganisationKind", held["kind"]), page.language)
        for held in organisation["kinds"]
        if held["validFrom"] <= day <= (held["validUntil"] or day)
    )
    return [
        organisation["name"],
        translate(label("ActorKind", organisation["side"]), page.language),
        ", ".join(kinds),
        organisation["businessId"],
        organisation["inhabitants"],
    ]


async def _organisation(page: Page) -> dict[str, Any]:
    wanted = page.id("Organisation")
    data = await page.query(
        "organisations/organisation.graphql", id=wanted, on=today(), agreements={"organisationId": wanted}
    )
    organisation: dict[str, Any] = found(data["organisation"])
    organisation["holders"] = data["roleHolders"]["nodes"]
    organisation["gaps"] = [gap for gap in data["unfilledRoles"] if gap["organisation"]["id"] == wanted]
    organisation["agreements"] = data["agreements"]["nodes"]
    return organisation


async def show(page: Page) -> Response:
    organisation = await _organisation(page)
    return await page.render("organisations/organisation.html", organisation=organisation, today=today())


async def new(page: Page, form: Form | None = None) -> Response:
    if not page.actor.may(Right.ADMINISTER):
        raise Problem(403)
    return await page.render(
        "organisations/new.html", block="organisation", form=form or page.form("AddOrganisationInput")
    )


async def add(page: Page) -> Response:
    form = page.sent("AddOrganisationInput")
    made = await page.mutate("organisations/add.graphql", form)
    if made is None:
        return await new(page, form)
    return await page.done(Text("The organisation was added."), _address(page, made["organisation"]["id"]))


async def edit(
    page: Page,
    change: Form | None = None,
    inhabitants: Form | None = None,
    kind: Form | None = None,
    ended: Form | None = None,
) -> Response:
    organisation = await _organisation(page)
    if _ADMINISTERS not in organisation["availableActions"]:
        raise Problem(403)
    key = organisation["id"]
    known = {"name": organisation["name"], "businessId": organisation["businessId"]}
    counted = {
        "inhabitants": organisation["inhabitants"],
        "countedOn": organisation["inhabitantsOn"],
        "source": organisation["inhabitantsSource"],
    }
    given = {name: value for name, value in counted.items() if value is not None}
    its = {"organisationId": key, "expectedVersion": organisation["version"], **known}

    def ending(held: dict[str, Any]) -> Form:
        """The form of a kind's last day, each with a prefix of its own; the one that was sent is shown again."""
        if ended is not None and ended.field("kindId").value == held["id"]:
            return ended
        last_day = held["validUntil"] or max(today(), held["validFrom"])
        return page.form("EndOrganisationKindInput", {"kindId": held["id"], "lastDay": last_day}, _ending(held["id"]))

    return await page.render(
        "organisations/edit.html",
        organisation=organisation,
        today=today(),
        change=page.editing(change, "ChangeOrganisationInput", its),
        inhabitants=inhabitants or page.form("RecordInhabitantsInput", {"organisationId": key, **given}, "i"),
        kind=kind or page.form("HoldOrganisationKindInput", {"organisationId": key, "validFrom": today()}, "k"),
        ending=ending,
    )


async def change(page: Page) -> Response:
    form = page.sent("ChangeOrganisationInput")
    if await page.mutate("organisations/change.graphql", form) is None:
        return await edit(page, change=form)
    return await page.done(Text("The organisation's data was saved."), _address(page, page.id("Organisation")))


async def record_inhabitants(page: Page) -> Response:
    form = page.sent("RecordInhabitantsInput", "i")
    if await page.mutate("organisations/record_inhabitants.graphql", form) is None:
        return await edit(page, inhabitants=form)
    return await page.done(Text("The inhabitants were recorded."), _address(page, page.id("Organisation")))


async def hold_kind(page: Page) -> Response:
    form = page.sent("HoldOrganisationKindInput", "k")
    if await page.mutate("organisations/hold_kind.graphql", form) is None:
        return await edit(page, kind=form)
    return await page.done(Text("What the organisation is was recorded."), _address(page, page.id("Organisation")))


async def end_kind(page: Page) -> Response:
    form = page.sent("EndOrganisationKindInput", _ending(str((page.posted or FormData()).get("kindId", ""))))
    if await page.mutate("organisations/end_kind.graphql", form) is None:
        return await edit(page, ended=form)
    return await page.done(Text("Its last day was recorded."), _address(page, page.id("Organisation")))


def _ending(kind_id: str) -> str:
    return f"e{kind_id.partition(':')[2]}"


def _address(page: Page, organisation_id: str) -> str:
    return page.url("organisations.show", id=organisation_id.partition(":")[2])


routes = [
    get("/organisaatiot", listed, name="organisations.list"),
    get("/organisaatiot/vienti.{kind}", export, name="organisations.export"),
    get("/organisaatiot/uusi", new, name="organisations.new"),
    post("/organisaatiot/uusi", add, name="organisations.add"),
    get("/organisaatiot/{id:int}", show, name="organisations.show"),
    get("/organisaatiot/{id:int}/muokkaa", edit, name="organisations.edit"),
    post("/organisaatiot/{id:int}/muokkaa", change, name="organisations.change"),
    post("/organisaatiot/{id:int}/asukkaat", record_inhabitants, name="organisations.record_inhabitants"),
    post("/organisaatiot/{id:int}/lajit", hold_kind, name="organisations.hold_kind"),
    post("/organisaatiot/{id:int}/lajit/paata", end_kind, name="organisations.end_kind"),
]
