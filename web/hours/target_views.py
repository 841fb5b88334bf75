"""What hours are booked on: orders under way, and work at the supplier's own cost that Tiera defines."""

from decimal import Decimal
from typing import Any, Final

from starlette.responses import Response

from backend.kit.actor import ActorKind
from backend.kit.translation import Text, label, translate
from backend.rulebook.roles import Right
from web.forms import Form
from web.hours.weeks import today
from web.naming import numbers_of
from web.pages import ROWS, Page, Problem, found
from web.sheets import Cell, every_row, writer_of
from web.stepping import require_open

SHOWN: Final = ("open", "closed", "all")
HEADINGS: Final = (
    Text("Target"),
    Text("Number"),
    Text("At the supplier's own cost"),
    Text("Supplier"),
    Text("First day"),
    Text("Last day"),
    Text("Booked, h"),
    Text("Approved, h"),
    Text("Billed, h"),
    Text("Ceiling, h"),
)


def _asked(page: Page) -> tuple[Form, str, dict[str, Any]]:
    """The filters of the address, whether open or closed targets are meant, and both as the schema has it."""
    if not (page.actor.may(Right.BOOK_HOURS) or page.actor.may(Right.SEE_HOURS)):
        raise Problem(403)
    form = page.filters("TargetFilter", also=("show",))
    shown = page.params.get("show")
    shown = shown if shown in SHOWN else "open"
    day = today().isoformat()
    narrowed = {"open": {"openOn": day}, "closed": {"closedBefore": day}, "all": {}}[shown]
    return form, shown, {"where": form.variables | narrowed}


async def show(page: Page) -> Response:
    form, shown, variables = _asked(page)
    data = await page.query("hours/targets.graphql", **variables, first=ROWS, after=page.params.get("after"))
    return await page.render(
        "hours/targets.html",
        block="results",
        form=form,
        shown=shown,
        targets=found(data["targets"]),
        today=today().isoformat(),
        is_tiera=page.actor.kind is ActorKind.BUYER,
        may_define=page.actor.may(Right.DEFINE_TARGETS),
    )


async def export(page: Page) -> Response:
    """All targets that the address asks for."""
    write = writer_of(page)
    _, _, variables = _asked(page)
    nodes = await every_row(page, "hours/targets.graphql", "targets", variables)
    return await write(page, "kirjaamiskohteet", HEADINGS, [_row(page, target) for target in nodes])


def _row(page: Page, target: dict[str, Any]) -> list[Cell]:
    own = target["ownCost"] and translate(label("OwnCost", target["ownCost"]["kind"]), page.language)
    return [
        target["title"],
        numbers_of(target["order"] or target["billing"] or {}),
        own,
        target["supplier"] and target["supplier"]["name"],
        target["opensOn"],
        target["closesOn"],
        _hours(target["bookedMinutes"]),
        _hours(target["approvedMinutes"]),
        _hours(target["billedMinutes"]),
        _hours(target["grantedMinutes"]),
    ]


def _hours(minutes: int | None) -> Decimal | None:
    return None if minutes is None else round(Decimal(minutes) / 60, 2)


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


async def ask_to_instruct(page: Page, form: Form | None = None) -> Response:
    _require_defining(page)
    target = found((await page.query("hours/target.graphql", id=page.id("Target")))["target"])
    its = {"targetId": target["id"], "expectedVersion": target["version"], "instructions": target["instructions"]}
    form = page.editing(form, "InstructTargetInput", its)
    return await page.render("hours/instruct.html", target=target, form=form)


async def instruct(page: Page) -> Response:
    form = page.sent("InstructTargetInput")
    if await page.mutate("hours/instruct_target.graphql", form):
        return await page.done(Text("It was said how hours are booked on it."), page.url("hours.targets"))
    return await ask_to_instruct(page, form)


async def ask_to_close(page: Page, form: Form | None = None) -> Response:
    _require_defining(page)
    target = found((await page.query("hours/target.graphql", id=page.id("Target")))["target"])
    if form is None:
        require_open(target["closesOn"] is None)
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
