"""A line's own page: the hours behind it, what was found, the dispute; answering it, saying what the line bills."""

from typing import Any

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.invoices.invoice_page import LINES
from web.invoices.some_lines import Choice, choices_of, every_line
from web.naming import numbers_of
from web.pages import Page, found
from web.routing import get, post
from web.stepping import require, require_open

WORDS = "haku"
"""Of the address: words of the order that is looked for."""


async def show(page: Page, sent: Form | None = None) -> Response:
    """The evidence of a line, and the forms that are open to whoever asks."""
    key = page.id("InvoiceLine")
    data = await page.query("invoices/line.graphql", id=key, first=LINES, after=page.params.get("after"))
    line = found(data["invoiceLine"])

    def form(input_type: str, prefix: str) -> Form:
        return sent if sent is not None and sent.prefix == prefix else page.form(input_type, {"lineId": key}, prefix)

    return await page.render(
        "invoices/line.html",
        watch=[line["invoice"]["id"]],
        line=line,
        invoice=line["invoice"],
        answer=form("AnswerDisputeInput", "answer"),
        reopen=form("ReopenInvoiceLineInput", "reopen"),
    )


def _back(page: Page) -> str:
    return page.url("invoices.line", id=page.path("id"))


async def answer(page: Page) -> Response:
    form = page.sent("AnswerDisputeInput", "answer")
    if await page.mutate("invoices/answer_dispute.graphql", form):
        return await page.done(Text("Your answer was sent to Tiera."), _back(page))
    return await show(page, form)


async def reopen(page: Page) -> Response:
    form = page.sent("ReopenInvoiceLineInput", "reopen")
    if await page.mutate("invoices/reopen_invoice_line.graphql", form):
        return await page.done(Text("The line waits for a decision again."), _back(page))
    return await show(page, form)


async def ask_point(page: Page, form: Form | None = None) -> Response:
    """What the line does not say itself: a field for each."""
    key = page.id("InvoiceLine")
    supplier = found((await page.query("invoices/supplier_of_line.graphql", id=key))["invoiceLine"])
    data = await page.query(
        "invoices/pointing.graphql",
        id=key,
        supplier=supplier["invoice"]["supplier"]["id"],
        words=page.params.get(WORDS, "").strip() or None,
    )
    line, orders = found(data["invoiceLine"]), data["orders"]
    if form is None:
        require(line, "POINT")
        require_open(bool(line["openKeys"]))
    return await page.render(
        "invoices/point.html",
        line=line,
        form=form or page.form("PointInvoiceLineInput", _known(line)),
        orders=_orders(line, orders["nodes"]),
        is_narrowing=WORDS in page.params or orders["totalCount"] > len(orders["nodes"]),
        groups=_groups(line, data["agreements"]["nodes"]),
        parts=[(part["id"], part["title"]) for part in (line["order"] or {"milestones": []})["milestones"]],
        credited=await _credited(page, line),
    )


async def _credited(page: Page, line: dict[str, Any]) -> list[Choice]:
    """Every line of the invoice that a credit note's line may be said to credit, where that is asked."""
    credits = line["invoice"]["credits"]
    is_asked = credits is not None and "CREDITED_LINE" in line["openKeys"]
    return choices_of(await every_line(page, credits["id"])) if is_asked else []


def _orders(line: dict[str, Any], shown: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The orders found, and whichever the line bills already."""
    own = [] if line["order"] is None or line["order"]["id"] in {each["id"] for each in shown} else [line["order"]]
    return [(each["id"], f"{numbers_of(each)} – {each['title']}") for each in (*own, *shown)]


def _groups(line: dict[str, Any], agreements: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The price groups of the agreement that the line's order or ticket is under, else of all: last month's may have
    ended.
    """
    its = line["order"] or line["billing"]
    if its is not None and "ORDER" not in line["openKeys"]:
        agreements = [each for each in agreements if each["id"] == its["agreement"]["id"]]
    return [
        (group["id"], f"{group['name']} ({group['code']})" + (f" – {each['number']}" if len(agreements) > 1 else ""))
        for each in agreements
        for group in each["priceGroups"]
    ]


def _known(line: dict[str, Any]) -> dict[str, Any]:
    """What is known of the line already, for the fields that are asked."""
    links = {"ORDER": ("orderId", "order"), "PRICE_GROUP": ("priceGroupId", "priceGroup")}
    links |= {"MILESTONE": ("milestoneId", "milestone"), "CREDITED_LINE": ("creditsLineId", "creditsLine")}
    known: dict[str, Any] = {"lineId": line["id"]}
    for key in line["openKeys"]:
        if key == "PERIOD":
            known |= {"periodFirst": line["periodFirst"], "periodLast": line["periodLast"]}
        else:
            name, link = links[key]
            known[name] = line[link]["id"] if line[link] else None
    return known


async def point(page: Page) -> Response:
    form = page.sent("PointInvoiceLineInput")
    if await page.mutate("invoices/point_invoice_line.graphql", form):
        return await page.done(Text("What the line bills was recorded, and the line was checked again."), _back(page))
    return await ask_point(page, form)


routes = [
    get("/laskut/rivit/{id:int}", show, name="invoices.line"),
    post("/laskut/rivit/{id:int}/vastaus", answer, name="invoices.answer"),
    post("/laskut/rivit/{id:int}/avaus", reopen, name="invoices.reopen"),
    get("/laskut/rivit/{id:int}/kohdistus", ask_point, name="invoices.ask_point"),
    post("/laskut/rivit/{id:int}/kohdistus", point, name="invoices.point"),
]
