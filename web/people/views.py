"""People: whom one may turn to, who holds which role, and what lacks a holder or a stated competence."""

from typing import Any

from starlette.responses import Response

from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text, label, translate
from backend.rulebook.roles import Right, roles_of
from web.forms import Form
from web.pages import Page, Problem, found
from web.people import role_views
from web.routing import get, post
from web.sheets import Cell, every_row, writer_of

HEADINGS = (Text("Name"), Text("Roles today"), Text("Mail address"), Text("Telephone"))


def today() -> str:
    """The day it is in Helsinki, as the schema writes days."""
    return helsinki_date(clock.now()).isoformat()


def _asked(page: Page) -> tuple[Form, dict[str, Any]]:
    """The filters of the address, and what they narrow the list to: a role is one that is held today."""
    form = page.filters("PersonFilter")
    where = form.variables
    if any(where.get(name) for name in ("organisationId", "role")):
        where = {**where, "on": today()}
    return form, where


async def listed(page: Page) -> Response:
    form, where = _asked(page)
    window = page.window()
    data = await page.query(
        "people/people.graphql", where=where, on=today(), first=window["first"], after=window["after"]
    )
    return await page.render(
        "people/people.html",
        block="results",
        form=form,
        found=found(data["people"]),
        gaps=data["unfilledRoles"],
        organisations=[(row["id"], row["name"]) for row in data["organisations"]["nodes"]],
        may_add=page.actor.may(Right.ADMINISTER) or page.actor.may(Right.MANAGE_OWN_PEOPLE),
    )


async def export(page: Page) -> Response:
    """All people that the address asks for, each with the roles of today."""
    write = writer_of(page)
    _, where = _asked(page)
    nodes = await every_row(page, "people/export.graphql", "people", {"where": where, "on": today()})
    return await write(page, "henkilot", HEADINGS, [_row(page, person) for person in nodes])


def _row(page: Page, person: dict[str, Any]) -> list[Cell]:
    roles = (
        f"{translate(label('Role', held['role']), page.language)}, {held['organisation']['name']}"
        for held in person["roles"]
    )
    return [person["name"], "; ".join(roles), person["email"], person["phone"]]


async def _person(page: Page) -> dict[str, Any]:
    wanted = page.id("Person")
    data = await page.query("people/person.graphql", id=wanted, rights={"personId": wanted})
    person: dict[str, Any] = found(data["person"])
    person["rights"] = data["orderingRights"]["nodes"]
    return person


async def show(page: Page) -> Response:
    return await page.render(
        "people/person.html", person=await _person(page), today=today(), may_invite=page.actor.may(Right.ADMINISTER)
    )


async def new(page: Page, form: Form | None = None) -> Response:
    organisations = await managed(page)
    only = organisations[0]["id"] if len(organisations) == 1 else None
    asked = page.params.get("organisaatio")
    first = f"Organisation:{asked}" if asked else only
    given = {"validFrom": today(), "language": "FI"} | ({"organisationId": first} if first else {})
    return await page.render(
        "people/new.html",
        block="person",
        form=form or page.form("AddPersonInput", given),
        organisations=[(row["id"], row["name"]) for row in organisations],
        roles=role_choices({row["side"] for row in organisations}),
    )


async def managed(page: Page) -> list[dict[str, Any]]:
    """The organisations to which this visitor may add people. Raises Problem 403 where there are none."""
    data = await page.query("people/organisations.graphql")
    managed = [row for row in data["organisations"]["nodes"] if "ADD_PERSON" in row["availableActions"]]
    if not managed:
        raise Problem(403)
    return managed


def role_choices(sides: set[str]) -> list[tuple[str, Text]]:
    """The roles that exist on these sides, each once, as a form offers them."""
    roles = dict.fromkeys(role for side in ActorKind if side.name in sides for role in roles_of(side))
    return [(role.name, label("Role", role.name)) for role in roles]


async def add(page: Page) -> Response:
    form = page.sent("AddPersonInput")
    made = await page.mutate("people/add.graphql", form)
    if made is None:
        return await new(page, form)
    return await page.done(Text("The person was added."), _address(page, made["person"]["id"]))


async def edit(page: Page, form: Form | None = None) -> Response:
    person = await _person(page)
    if "CHANGE" not in person["availableActions"]:
        raise Problem(403)
    known = {name: person[name] for name in ("name", "email", "phone", "language")}
    its = {"personId": person["id"], "expectedVersion": person["version"], **known}
    form = page.editing(form, "ChangePersonInput", its)
    return await page.render("people/edit.html", block="person", person=person, form=form)


async def change(page: Page) -> Response:
    form = page.sent("ChangePersonInput")
    if await page.mutate("people/change.graphql", form) is None:
        return await edit(page, form)
    return await page.done(Text("The person's data was saved."), _address(page, page.id("Person")))


async def new_role(page: Page, form: Form | None = None) -> Response:
    person = await _person(page)
    if "GIVE_ROLE" not in person["availableActions"]:
        raise Problem(403)
    organisations = await managed(page)
    only = {"organisationId": organisations[0]["id"]} if len(organisations) == 1 else {}
    form = form or page.form("GiveRoleInput", {"personId": person["id"], "validFrom": today(), **only})
    return await page.render(
        "people/give_role.html",
        block="role",
        person=person,
        form=form,
        organisations=[(row["id"], row["name"]) for row in organisations],
        roles=role_choices({row["side"] for row in organisations}),
    )


async def give_role(page: Page) -> Response:
    form = page.sent("GiveRoleInput")
    if await page.mutate("people/give_role.graphql", form) is None:
        return await new_role(page, form)
    return await page.done(Text("The role was announced."), _address(page, page.id("Person")))


def _address(page: Page, person_id: str) -> str:
    return page.url("people.show", id=person_id.partition(":")[2])


routes = [
    get("/henkilot", listed, name="people.list"),
    get("/henkilot/vienti.{kind}", export, name="people.export"),
    get("/henkilot/uusi", new, name="people.new"),
    post("/henkilot/uusi", add, name="people.add"),
    *role_views.routes,
    get("/henkilot/{id:int}", show, name="people.show"),
    get("/henkilot/{id:int}/muokkaa", edit, name="people.edit"),
    post("/henkilot/{id:int}/muokkaa", change, name="people.change"),
    get("/henkilot/{id:int}/rooli", new_role, name="people.new_role"),
    post("/henkilot/{id:int}/rooli", give_role, name="people.give_role"),
]
