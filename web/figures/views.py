"""The page of figures and its files."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any, Final

from starlette.responses import Response

from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date, month_of
from backend.kit.clock import now
from backend.kit.translation import Text, label, translate
from web.figures.pictures import BY_EUROS, pictures_of
from web.forms import Form
from web.pages import Page, Problem
from web.routing import get
from web.sheets import Cell, writer_of

MONTHS_SHOWN: Final = 12
HEADINGS: Final = (
    Text("What is counted"),
    Text("Month"),
    Text("Supplier"),
    Text("Customer"),
    Text("Service"),
    Text("Cause"),
    Text("Time to answer"),
    Text("How many"),
    Text("Fell short"),
    Text("Sum"),
)


async def asked(page: Page) -> tuple[Form, list[str], dict[str, Any]]:
    """The filters of the address, the measures that one sees, and what is asked; by itself a year up to its day."""
    form, today = page.filters("FigureFilter"), helsinki_date(now())
    measures = (await page.query("figures/measures.graphql"))["figureMeasures"]
    if not measures:
        raise Problem(403)
    where = {name: value for name, value in form.variables.items() if value is not None}
    if str(where.get("asOf", "")) > today.isoformat():
        form.complain("asOf", Text("Figures are known up to today: these are today's."))
        del where["asOf"]
    where.setdefault("asOf", today.isoformat())
    year_up_to = month_of(date.fromisoformat(str(where["asOf"]))) - (MONTHS_SHOWN - 1)
    where["firstMonth"] = f"{str(where.get('firstMonth', year_up_to))[:7]}-01"
    return form, measures, where


async def show(page: Page) -> Response:
    form, measures, where = await asked(page)
    by_measure = await asyncio.gather(*(_sums(page, measure, where) for measure in measures))
    choices = await page.query("figures/choices.graphql")
    return await page.render(
        "figures/figures.html",
        block="results",
        form=form,
        pictures=[picture for measure, those in by_measure if those for picture in pictures_of(measure, those)],
        without=[measure for measure, those in by_measure if not those],
        is_party=page.actor.kind is not ActorKind.CUSTOMER,
        suppliers=_named(choices["suppliers"]),
        customers=_named(choices["customers"]),
        services=_named(choices["services"]),
    )


async def _sums(page: Page, measure: str, where: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """What is drawn of a measure, each asked by itself: of a million tickets all of them at once take too long."""
    found_ = await page.query("figures/figures.graphql", measures=[measure], where=where)
    return measure, found_["figureSums"]["nodes"]


async def export(page: Page) -> Response:
    write = writer_of(page)
    _, measures, where = await asked(page)
    return await write(page, "luvut", HEADINGS, [row for each in measures for row in await _rows(page, each, where)])


async def _rows(page: Page, measure: str, where: dict[str, Any]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    after, has_more = None, True
    while has_more:
        part = (await page.query("figures/rows.graphql", measures=[measure], where=where, after=after))["figures"]
        rows += [_row(page, row) for row in part["nodes"]]
        after, has_more = part["pageInfo"]["endCursor"], part["pageInfo"]["hasNextPage"]
    return rows


def _named(things: dict[str, Any] | None) -> list[tuple[str, str]]:
    return [(each["id"], each["name"]) for each in (things or {"nodes": []})["nodes"]]


def _row(page: Page, row: dict[str, Any]) -> list[Cell]:
    return [
        translate(label("Measure", row["measure"]), page.language),
        row["month"][:7],
        row["supplier"] and row["supplier"]["name"],
        row["customer"] and row["customer"]["name"],
        row["service"] and row["service"]["name"],
        row["cause"] and translate(label("ComplaintCause", row["cause"]), page.language),
        row["answerTime"] and translate(label("AnswerTime", row["answerTime"]), page.language),
        row["count"],
        row["short"],
        row["sum"] and _sum(row["measure"], Decimal(row["sum"])),
    ]


def _sum(measure: str, sum_: Decimal) -> Cell:
    """Euros with their cents; scores and days are whole."""
    return sum_ if measure == BY_EUROS else int(sum_)


routes = [
    get("/luvut", show, name="figures.list"),
    get("/luvut/vienti.{kind}", export, name="figures.export"),
]
