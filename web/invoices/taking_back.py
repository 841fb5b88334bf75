"""Disputing lines, and the supplier's withdrawing: pages that say what happens before it does."""

from typing import Any

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post


async def _lines(page: Page, action: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The invoice, and those of its lines with which the action is open, as choices."""
    invoice = found((await page.query("invoices/disputing.graphql", id=page.id("Invoice")))["invoice"])
    open_lines = [line for line in invoice["lines"]["nodes"] if action in line["availableActions"]]
    if not open_lines:
        raise Problem(404)
    return invoice, [(line["id"], f"{line['position']}. {line['text']}") for line in open_lines]


def _back(page: Page) -> str:
    return page.url("invoices.show", id=page.path("id"))


async def ask_dispute(page: Page, form: Form | None = None) -> Response:
    """The lines to dispute, those with errors ticked (or the one the address names), and the reason."""
    invoice, choices = await _lines(page, "DISPUTE")
    ticked = [f"InvoiceLine:{page.params['rivi']}"] if page.params.get("rivi", "").isdigit() else []
    if not ticked:
        wrong = {line["id"] for line in invoice["lines"]["nodes"] if line["verdict"] == "ERROR"}
        ticked = [key for key, _ in choices if key in wrong]
    form = form or page.form("DisputeInvoiceLinesInput", {"invoiceId": invoice["id"], "lineIds": ticked})
    return await page.render("invoices/dispute.html", invoice=invoice, form=form, choices=choices)


async def dispute(page: Page) -> Response:
    form = page.sent("DisputeInvoiceLinesInput")
    if not form.raw.get("lineIds"):
        form.raw["lineIds"] = []
        form.complain("lineIds", Text("Choose the lines that you dispute."))
    if await page.mutate("invoices/dispute_invoice_lines.graphql", form):
        return await page.done(Text("The lines were disputed. The supplier was told."), _back(page))
    return await ask_dispute(page, form)


async def ask_withdraw(page: Page, form: Form | None = None) -> Response:
    invoice, choices = await _lines(page, "WITHDRAW")
    ticked = [key for key, _ in choices]
    form = form or page.form("WithdrawInvoiceLinesInput", {"invoiceId": invoice["id"], "lineIds": ticked})
    return await page.render("invoices/withdraw.html", invoice=invoice, form=form, choices=choices)


async def withdraw(page: Page) -> Response:
    form = page.sent("WithdrawInvoiceLinesInput")
    if not form.raw.get("lineIds"):
        form.raw["lineIds"] = []
        form.complain("lineIds", Text("Choose the lines that you withdraw."))
    if await page.mutate("invoices/withdraw_invoice_lines.graphql", form):
        return await page.done(Text("The lines were withdrawn."), _back(page))
    return await ask_withdraw(page, form)


routes = [
    get("/laskut/{id:int}/kiista", ask_dispute, name="invoices.ask_dispute"),
    post("/laskut/{id:int}/kiista", dispute, name="invoices.dispute"),
    get("/laskut/{id:int}/peruutus", ask_withdraw, name="invoices.ask_withdraw"),
    post("/laskut/{id:int}/peruutus", withdraw, name="invoices.withdraw"),
]
