"""Disputing lines, and the supplier's withdrawing: pages that say what happens before it does.

An invoice of many lines is turned page by page; the line that the address names stands first on each, and one button
takes all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.invoices.invoice_page import LINES
from web.invoices.some_lines import Choice, Line, choices_of, every_line, named_in_address, some_lines
from web.pages import Page
from web.routing import get, post
from web.stepping import require_open

STATES: Final = {"DISPUTE": ("OPEN",), "WITHDRAW": ("OPEN", "DISPUTED")}
"""Of lines with which an action may be open."""
EVERYTHING: Final = "all"


@dataclass(frozen=True)
class Shown:
    """The invoice, and those of its lines with which the action is open: the one the address names, then a page."""

    invoice: dict[str, Any]
    named: Line | None
    lines: list[Line]
    is_part: bool
    """Whether there is another page."""

    @property
    def choices(self) -> list[Choice]:
        return choices_of([self.named, *self.lines] if self.named else self.lines)


async def _shown(page: Page, action: str, sent: Form | None) -> Shown:
    named = await _named(page, action)
    after = page.params.get("after")
    while True:
        invoice = await some_lines(page, page.id("Invoice"), STATES[action], first=LINES, after=after)
        here = _open(invoice["lines"]["nodes"], action)
        lines = [line for line in here if named is None or line["id"] != named["id"]]
        has_more = invoice["lines"]["pageInfo"]["hasNextPage"]
        if lines or not has_more:
            break
        after = invoice["lines"]["pageInfo"]["endCursor"]
    if sent is None:
        require_open(bool(lines or named))
    return Shown(invoice, named, lines, is_part=has_more or "after" in page.params)


async def _named(page: Page, action: str) -> Line | None:
    """The line that the address names, where it is of this invoice and the action is open with it."""
    if (key := named_in_address(page)) is None:
        return None
    line: Line | None = (await page.query("invoices/named_line.graphql", id=key))["invoiceLine"]
    is_its = line is not None and line["invoice"]["id"] == page.id("Invoice") and action in line["availableActions"]
    return line if is_its else None


def _open(lines: list[Line], action: str) -> Iterator[Line]:
    return (line for line in lines if action in line["availableActions"])


async def _sent(page: Page, input_type: str, action: str, nothing: Text) -> Form:
    """The form as it was sent; with the button for all lines, every one with which the action is open now."""
    posted = page.posted or FormData()
    if posted.get("_do") == EVERYTHING:
        lines = _open(await every_line(page, page.id("Invoice"), STATES[action]), action)
        others = [(name, value) for name, value in posted.multi_items() if name != "lineIds"]
        page.posted = FormData([*others, *(("lineIds", line["id"]) for line in lines)])
    form = page.sent(input_type)
    if not form.raw.get("lineIds"):
        form.raw["lineIds"] = []
        form.complain("lineIds", nothing)
    return form


def _finds_none(page: Page, form: Form) -> bool:
    """Whether all lines were asked for and none is left, as when the form is sent twice."""
    return page.posted is not None and page.posted.get("_do") == EVERYTHING and not form.raw["lineIds"]


async def _nothing_left(page: Page) -> Response:
    return await page.done(Text("No line was left for that: this is how the lines stand."), _back(page))


def _back(page: Page) -> str:
    return page.url("invoices.show", id=page.path("id"))


async def ask_dispute(page: Page, form: Form | None = None) -> Response:
    """The lines to dispute, those with errors ticked (or the one the address names), and the reason."""
    shown = await _shown(page, "DISPUTE", form)
    ticked = [shown.named] if shown.named else [line for line in shown.lines if line["verdict"] == "ERROR"]
    initial = {"invoiceId": shown.invoice["id"], "lineIds": [line["id"] for line in ticked]}
    form = form or page.form("DisputeInvoiceLinesInput", initial)
    return await page.render("invoices/dispute.html", invoice=shown.invoice, form=form, shown=shown)


async def dispute(page: Page) -> Response:
    nothing = Text("Choose the lines that you dispute.")
    form = await _sent(page, "DisputeInvoiceLinesInput", "DISPUTE", nothing)
    if _finds_none(page, form):
        return await _nothing_left(page)
    if await page.mutate("invoices/dispute_invoice_lines.graphql", form):
        return await page.done(Text("The lines were disputed. The supplier was told."), _back(page))
    return await ask_dispute(page, form)


async def ask_withdraw(page: Page, form: Form | None = None) -> Response:
    """The lines to withdraw; none is ticked but the one that the address names: what is withdrawn stays so."""
    shown = await _shown(page, "WITHDRAW", form)
    ticked = [shown.named["id"]] if shown.named else []
    form = form or page.form("WithdrawInvoiceLinesInput", {"invoiceId": shown.invoice["id"], "lineIds": ticked})
    return await page.render("invoices/withdraw.html", invoice=shown.invoice, form=form, shown=shown)


async def withdraw(page: Page) -> Response:
    nothing = Text("Choose the lines that you withdraw.")
    form = await _sent(page, "WithdrawInvoiceLinesInput", "WITHDRAW", nothing)
    if _finds_none(page, form):
        return await _nothing_left(page)
    if await page.mutate("invoices/withdraw_invoice_lines.graphql", form):
        return await page.done(Text("The lines were withdrawn."), _back(page))
    return await ask_withdraw(page, form)


routes = [
    get("/laskut/{id:int}/kiista", ask_dispute, name="invoices.ask_dispute"),
    post("/laskut/{id:int}/kiista", dispute, name="invoices.dispute"),
    get("/laskut/{id:int}/peruutus", ask_withdraw, name="invoices.ask_withdraw"),
    post("/laskut/{id:int}/peruutus", withdraw, name="invoices.withdraw"),
]
