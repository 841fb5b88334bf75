"""My keys to the API."""

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from backend.identity.rules import LONGEST_TOKEN_DAYS
from backend.identity.states import Scope
from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text, labels
from web.forms import Form
from web.identity.presence import house
from web.pages import Page, Problem
from web.routing import get, post


async def listed(page: Page) -> Response:
    data = await page.query("settings/keys.graphql")
    return await page.render("settings/keys.html", keys=with_states(data["apiTokens"]["nodes"]), revoke=revoking(page))


def with_states(tokens: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with whether it still works."""
    now = clock.now().isoformat()
    return [{**token, "works": token["revokedAt"] is None and token["expiresAt"] > now} for token in tokens]


def revoking(page: Page) -> Any:
    """Makes the form that revokes a key; each has a prefix of its own."""
    return lambda token_id: page.form("RevokeApiTokenInput", {"tokenId": token_id}, token_id)


def scope_choices(*without: Scope) -> list[tuple[str, Text]]:
    """What a key may be good for, as a form offers it."""
    return [(name, text) for name, text in labels("Scope").items() if Scope[name] not in without]


async def new(page: Page, form: Form | None = None) -> Response:
    in_three_months = helsinki_date(clock.now()) + timedelta(days=90)
    form = form or page.form("CreateApiTokenInput", {"scopes": ["READ"], "expiresOn": in_three_months})
    return await page.render(
        "settings/new_key.html", form=form, scopes=scope_choices(), most_days=LONGEST_TOKEN_DAYS, program=None
    )


async def create(page: Page) -> Response:
    form = page.sent("CreateApiTokenInput")
    made = await page.mutate("settings/create_key.graphql", form)
    if made is None:
        return await new(page, form)
    return await page.render("settings/key_made.html", made=made, back=page.url("settings.keys"))


async def revoke(page: Page) -> Response:
    form = page.sent("RevokeApiTokenInput")
    if await page.mutate("settings/revoke_key.graphql", form) is None:
        raise Problem(page.status)
    house(page.request).reception.forget()
    is_programs = page.params.get("ohjelma") is not None
    return await page.done(
        Text("The key is revoked: it does not work any more."),
        page.url("settings.programs" if is_programs else "settings.keys"),
    )


routes = [
    get("/asetukset/avaimet", listed, name="settings.keys"),
    get("/asetukset/avaimet/uusi", new, name="settings.new_key"),
    post("/asetukset/avaimet/uusi", create, name="settings.create_key"),
    post("/asetukset/avaimet/peru", revoke, name="settings.revoke_key"),
]
