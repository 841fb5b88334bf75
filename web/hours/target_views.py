"""What hours are booked on: orders under way, and work at the supplier's own cost that Tiera defines."""

from typing import Final

from starlette.responses import Response

from backend.kit.actor import ActorKind
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.hours.weeks import today
from web.naming import numbers_of
from web.pages import ROWS, Page, Problem, found

SHOWN: Final = ("open", "closed", "all")


async def show(page: Page) -> Response:
    if not (page.actor.may(Right.BOOK_HOURS) or page.actor.may(Right.SEE_HOURS)):
        raise Problem(403)
    form = page.filters("TargetFilter", also=("show",))
    shown = page.params.get("show")
    shown = shown if shown in SHOWN else "open"
    day = today().isoformat()
    narrowed = {"open": {"openOn": day}, "closed": {"closedBefore": day}, "all": {}}[shown]
    data = await page.query(
        "hours/targets.graphql", where=form.variables | narrowed, first=ROWS, after=page.params.get("after")
    )
    return await page.render(
        "hours/targets.html",
        block="results",
        form=form,
        shown=shown,
        targets=found(data["targets"]),
        today=day,
        is_tiera=page.actor.kind is ActorKind.BUYER,
        may_define=page.actor.may(Right.DEFINE_TARGETS),
    )


def _require_defining(page: Page) -> None:
    if not page.actor.may(Right.DEFINE_TARGETS):
        raise Problem(403)


async def new(page: Page, form: Form | None = None) -> Response:
    _require_defining(page)
    data = await page.query("hours/target_choices.graphql", day=today().isoformat())
    return await page.render(
        "hours/new_target.html",
        block="target",
        form=form or page.form("DefineTargetInput"),
        agreements=[(a["id"], f"{a['organisation']['name']}, {a['number']}") for a in data["agreements"]["nodes"]],
        orders=[(o["id"], f"{numbers_of(o) or '–'} {o['title']}") for o in data["orders"]["nodes"]],
    )


async def define(page: Page) -> Response:
    _require_defining(page)
    form = page.sent("DefineTargetInput")
    if await page.mutate("hours/define_target.graphql", form):
        return await page.done(Text("The target was opened."), page.url("hours.targets"))
    return await new(page, form)


async def ask_to_close(page: Page, form: Form | None = None) -> Response:
    _require_defining(page)
    target = found((await page.query("hours/target.graphql", id=page.id("Target")))["target"])
    if target["closesOn"] is not None:
        raise Problem(404)
    return await page.render(
        "layout/confirm.html",
        title=Text("Close “%(title)s”?", title=target["title"]),
        sentence=Text(
            "After today nothing more is booked on it for %(supplier)s. What is booked stays.",
            supplier=target["supplier"]["name"],
        ),
        form=form or page.form("CloseTargetInput", {"targetId": target["id"]}),
        to=page.url("hours.close_target", id=page.path("id")),
        hidden=["targetId"],
        button_text=Text("Close the target"),
        cancel=page.url("hours.targets"),
    )


async def close(page: Page) -> Response:
    form = page.sent("CloseTargetInput")
    if await page.mutate("hours/close_target.graphql", form):
        return await page.done(Text("The target was closed."), page.url("hours.targets"))
    return await ask_to_close(page, form)
