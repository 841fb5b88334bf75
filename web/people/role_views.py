"""One role of one person: its competence stated, its end announced, its holder required to be replaced."""

from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from web.complaints.about import complaining
from web.forms import Form
from web.pages import Page, found
from web.routing import get, post


async def show(
    page: Page,
    competence: Form | None = None,
    end: Form | None = None,
    replacement: Form | None = None,
    stand_in: Form | None = None,
) -> Response:
    role = found((await page.query("people/role.graphql", id=page.id("RoleHeld")))["roleHeld"])
    key, today = {"roleId": role["id"]}, helsinki_date(clock.now())
    begins_on = date.fromisoformat(role["validFrom"])
    if "NAME_STAND_IN" in role["availableActions"]:
        stand_in = stand_in or page.form("NameStandInInput", {**key, "validFrom": today}, "s")
    return await page.render(
        "people/role.html",
        role=role,
        called_off_by=begins_on - timedelta(days=1) if begins_on >= today else None,
        offers=complaining(page, role) if role["organisation"]["side"] == "SUPPLIER" else [],
        competence=competence or page.form("StateCompetenceInput", {**key, "competence": role["competence"]}, "c"),
        end=(end or _ending(page, role, today)) if "END" in role["availableActions"] else None,
        stand_in=stand_in,
        colleagues=await _colleagues(page, role) if stand_in else [],
        replacement=replacement or page.form("RequireReplacementInput", key, "r"),
    )


def _ending(page: Page, role: dict[str, Any], today: date) -> Form | None:
    """To announce its end, or an earlier one than is known; None once its last day has passed."""
    begins_on = date.fromisoformat(role["validFrom"])
    last_day = date.fromisoformat(role["validUntil"]) if role["validUntil"] else None
    if last_day is not None and last_day < today:
        return None
    known = last_day or (today if begins_on <= today else None)
    return page.form("EndRoleInput", {"roleId": role["id"], "lastDay": known}, "e")


async def _colleagues(page: Page, role: dict[str, Any]) -> list[tuple[str, str]]:
    """Who may stand in for the holder of a role: the organisation's other people of today, as a form offers them."""
    where = {"organisationId": role["organisation"]["id"], "on": helsinki_date(clock.now()).isoformat()}
    people = (await page.query("people/colleagues.graphql", where=where))["people"]["nodes"]
    return [(each["id"], each["name"]) for each in people if each["id"] != role["person"]["id"]]


async def state_competence(page: Page) -> Response:
    form = page.sent("StateCompetenceInput", "c")
    if await page.mutate("people/state_competence.graphql", form) is None:
        return await show(page, competence=form)
    return await page.done(Text("The competence was stated."), _here(page))


async def end(page: Page) -> Response:
    form = page.sent("EndRoleInput", "e")
    if (payload := await page.mutate("people/end_role.graphql", form)) is None:
        return await show(page, end=form)
    is_called_off = payload["roleHeld"]["isCalledOff"]
    said = Text("The role was called off.") if is_called_off else Text("The end of the role was announced.")
    return await page.done(said, _here(page))


async def require_replacement(page: Page) -> Response:
    form = page.sent("RequireReplacementInput", "r")
    if await page.mutate("people/require_replacement.graphql", form) is None:
        return await show(page, replacement=form)
    return await page.done(Text("The supplier was told that a replacement is required."), _here(page))


async def name_stand_in(page: Page) -> Response:
    form = page.sent("NameStandInInput", "s")
    if await page.mutate("people/name_stand_in.graphql", form) is None:
        return await show(page, stand_in=form)
    return await page.done(Text("The stand-in was announced."), _here(page))


def _here(page: Page) -> str:
    return page.url("people.role", id=page.path("id"))


routes = [
    get("/henkilot/roolit/{id:int}", show, name="people.role"),
    post("/henkilot/roolit/{id:int}/osaaminen", state_competence, name="people.state_competence"),
    post("/henkilot/roolit/{id:int}/paattyminen", end, name="people.end_role"),
    post("/henkilot/roolit/{id:int}/sijainen", name_stand_in, name="people.name_stand_in"),
    post("/henkilot/roolit/{id:int}/vaihto", require_replacement, name="people.require_replacement"),
]
