"""Terms: of one agreement, and those that hold wherever an agreement says nothing else."""

from typing import Any

from starlette.responses import Response

from backend.kit import clock
from backend.kit.amounts import parse_date
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.typed import READERS, Unreadable, typed


def asked_day(page: Page) -> str:
    """The day in the address (`paiva=24.11.2026`), else today, as the schema writes days."""
    try:
        return parse_date(page.params.get("paiva", "")).isoformat()
    except ValueError:
        return helsinki_date(clock.now()).isoformat()


async def of_agreement(page: Page) -> Response:
    on = asked_day(page)
    data = await page.query("agreements/terms.graphql", id=page.id("Agreement"), on=on)
    agreement = found(data["agreement"])
    return await page.render(
        "agreements/terms.html",
        block="part",
        agreement=agreement,
        on=on,
        terms=data["terms"],
        history=agreement["termValues"],
        may_change="CHANGE" in agreement["availableActions"],
    )


async def common(page: Page) -> Response:
    on = asked_day(page)
    data = await page.query("agreements/common_terms.graphql", on=on)
    return await page.render(
        "agreements/terms.html",
        block="part",
        agreement=None,
        on=on,
        terms=data["terms"],
        history=data["termValues"]["nodes"],
        may_change=page.actor.may(Right.ADMINISTER),
    )


async def _term(page: Page, agreement_id: str | None) -> dict[str, Any]:
    if not page.actor.may(Right.ADMINISTER):
        raise Problem(403)
    today = helsinki_date(clock.now()).isoformat()
    if agreement_id is None:
        data = await page.query("agreements/common_terms.graphql", on=today)
    else:
        data = await page.query("agreements/terms.graphql", id=agreement_id, on=today)
        found(data["agreement"])
    name = page.path("name")
    term = found(next((term for term in data["terms"] if term["name"] == name), None))
    return {**term, "agreement": data.get("agreement")}


async def _edit(page: Page, agreement_id: str | None, form: Form | None) -> Response:
    term = await _term(page, agreement_id)
    value = typed(term["value"], "Minutes") if term["unit"] == "MINUTES" else term["value"]
    given = {"name": term["name"], "value": value, "validFrom": helsinki_date(clock.now()).isoformat()}
    of = {"agreementId": agreement_id} if agreement_id else {}
    choices = [(choice["value"], choice["text"]) for choice in term["choices"]]
    if term["unit"] == "YES_OR_NO":
        choices = [("true", Text("Yes")), ("false", Text("No"))]
    return await page.render(
        "agreements/term.html",
        block="term",
        term=term,
        agreement=term["agreement"],
        choices=choices,
        form=form or page.form("ChangeTermInput", {**given, **of}),
    )


async def _sent(page: Page, agreement_id: str | None) -> Form:
    """The form as it was sent; effort is typed in hours, as everywhere, and goes on in minutes."""
    form = page.sent("ChangeTermInput")
    if form.is_fine and (await _term(page, agreement_id))["unit"] == "MINUTES":
        try:
            form.variables["value"] = str(READERS["Minutes"](form.variables["value"]))
        except Unreadable as unreadable:
            form.complain("value", unreadable.message)
    return form


async def edit_of_agreement(page: Page, form: Form | None = None) -> Response:
    return await _edit(page, page.id("Agreement"), form)


async def edit_common(page: Page, form: Form | None = None) -> Response:
    return await _edit(page, None, form)


async def change_of_agreement(page: Page) -> Response:
    form = await _sent(page, page.id("Agreement"))
    if await page.mutate("agreements/change_term.graphql", form) is None:
        return await edit_of_agreement(page, form)
    there = page.url("agreements.terms", id=page.path("id"))
    return await page.done(Text("The term was changed."), there)


async def change_common(page: Page) -> Response:
    form = await _sent(page, None)
    if await page.mutate("agreements/change_term.graphql", form) is None:
        return await edit_common(page, form)
    return await page.done(Text("The term was changed."), page.url("agreements.common_terms"))


routes = [
    get("/sopimukset/ehdot", common, name="agreements.common_terms"),
    get("/sopimukset/ehdot/{name}", edit_common, name="agreements.edit_common_term"),
    post("/sopimukset/ehdot/{name}", change_common, name="agreements.change_common_term"),
    get("/sopimukset/{id:int}/ehdot", of_agreement, name="agreements.terms"),
    get("/sopimukset/{id:int}/ehdot/{name}", edit_of_agreement, name="agreements.edit_term"),
    post("/sopimukset/{id:int}/ehdot/{name}", change_of_agreement, name="agreements.change_term"),
]
