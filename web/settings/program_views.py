"""Service accounts: programs that are let in to read and to import. The key user's."""

from typing import Any

from starlette.responses import Response

from backend.identity.rules import LONGEST_TOKEN_DAYS
from backend.identity.states import Scope
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.identity.presence import house
from web.pages import Page, Problem, found
from web.routing import get, post
from web.settings.key_views import revoking, scope_choices, with_states


async def listed(page: Page) -> Response:
    _require_key_user(page)
    programs = await _programs(page)
    return await page.render("settings/programs.html", programs=programs, revoke=revoking(page))


async def _programs(page: Page) -> list[dict[str, Any]]:
    data = await page.query("settings/programs.graphql")
    return [{**row, "tokens": with_states(row["tokens"]["nodes"])} for row in data["serviceAccounts"]["nodes"]]


def _require_key_user(page: Page) -> None:
    if not page.actor.may(Right.ADMINISTER):
        raise Problem(403)


async def _program(page: Page) -> dict[str, Any]:
    _require_key_user(page)
    wanted = page.id("ServiceAccount")
    program: dict[str, Any] = found(next((row for row in await _programs(page) if row["id"] == wanted), None))
    return program


async def new(page: Page, form: Form | None = None) -> Response:
    _require_key_user(page)
    data = await page.query("settings/organisations.graphql")
    choices = [(row["id"], row["name"]) for side in ("buyers", "suppliers") for row in data[side]["nodes"]]
    form = form or page.form("CreateServiceAccountInput")
    return await page.render("settings/new_program.html", form=form, organisations=choices)


async def create(page: Page) -> Response:
    form = page.sent("CreateServiceAccountInput")
    if await page.mutate("settings/create_program.graphql", form) is None:
        return await new(page, form)
    return await page.done(Text("The service account is made. Now make a key for it."), page.url("settings.programs"))


async def ask_to_end(page: Page, form: Form | None = None) -> Response:
    program = await _program(page)
    return await page.render(
        "layout/confirm.html",
        title=Text("End the service account %(name)s?", name=program["name"]),
        sentence=Text("All its keys stop working at once, and no new one can be made for it. It cannot be taken back."),
        form=form or page.form("EndServiceAccountInput", {"serviceAccountId": program["id"]}),
        to=page.url("settings.end_program", id=page.path("id")),
        hidden=["serviceAccountId"],
        button_text=Text("End with all keys"),
        cancel=page.url("settings.programs"),
    )


async def end(page: Page) -> Response:
    form = page.sent("EndServiceAccountInput")
    if await page.mutate("settings/end_program.graphql", form) is None:
        return await ask_to_end(page, form)
    house(page.request).reception.forget()
    return await page.done(Text("The service account is ended, with all its keys."), page.url("settings.programs"))


async def new_key(page: Page, form: Form | None = None) -> Response:
    program = await _program(page)
    form = form or page.form("CreateApiTokenInput", {"scopes": ["REPORT"], "serviceAccountId": program["id"]})
    scopes = scope_choices(Scope.ACT)
    return await page.render(
        "settings/new_key.html", form=form, scopes=scopes, most_days=LONGEST_TOKEN_DAYS, program=program
    )


async def create_key(page: Page) -> Response:
    form = page.sent("CreateApiTokenInput")
    made = await page.mutate("settings/create_key.graphql", form)
    if made is None:
        return await new_key(page, form)
    return await page.render("settings/key_made.html", made=made, back=page.url("settings.programs"))


routes = [
    get("/asetukset/palvelutunnukset", listed, name="settings.programs"),
    get("/asetukset/palvelutunnukset/uusi", new, name="settings.new_program"),
    post("/asetukset/palvelutunnukset/uusi", create, name="settings.create_program"),
    get("/asetukset/palvelutunnukset/{id:int}/paata", ask_to_end, name="settings.ask_to_end_program"),
    post("/asetukset/palvelutunnukset/{id:int}/paata", end, name="settings.end_program"),
    get("/asetukset/palvelutunnukset/{id:int}/avain", new_key, name="settings.new_program_key"),
    post("/asetukset/palvelutunnukset/{id:int}/avain", create_key, name="settings.create_program_key"),
]
