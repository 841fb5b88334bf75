"""An invoice's own page: what is to be decided, then its lines, each with what was found of it, on one screen."""

from typing import Any, Final

from starlette.responses import Response

from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.kit.translation import Text
from web.complaints.about import complaining
from web.forms import Form
from web.pages import Page, found
from web.routing import get, post

LINES: Final = 100
"""On one page; an invoice with more goes on."""


async def show(page: Page, sent: Form | None = None) -> Response:
    """The page; `sent` is a form of it that has something to mend."""
    only = page.params.get("rivit") == "havainnot"
    data = await page.query(
        "invoices/invoice.graphql",
        id=page.id("Invoice"),
        first=LINES,
        after=page.params.get("after"),
        only=True if only else None,
    )
    invoice = found(data["invoice"])
    return await page.render(
        "invoices/invoice.html",
        watch=[invoice["id"]],
        invoice=invoice,
        errors=[each for each in invoice["findings"] if each["severity"] == "ERROR"],
        only_findings=only,
        offers=complaining(page, invoice),
        is_tiera=page.actor.kind is ActorKind.BUYER,
        forms=_forms(page, invoice, sent),
        today=helsinki_date(now()).isoformat(),
    )


def _forms(page: Page, invoice: dict[str, Any], sent: Form | None) -> dict[str, Form]:
    """The forms of the page, each with a prefix of its own; the one just sent as it came."""

    def form(input_type: str, prefix: str, **initial: Any) -> Form:
        if sent is not None and sent.prefix == prefix:
            return sent
        return page.form(input_type, {"invoiceId": invoice["id"], **initial}, prefix)

    good = {"invoiceId": invoice["id"], "expectedVersion": invoice["version"]}
    return {
        "good": page.form("ApproveInvoiceLinesInput", good, "good"),
        "chosen": form("ApproveInvoiceLinesInput", "chosen"),
        "judge": form("JudgeInvoiceInput", "judge"),
        "send": form("SendInvoiceInput", "send"),
        "discard": form("DiscardInvoiceInput", "discard"),
    }


def _back(page: Page) -> str:
    return page.url("invoices.show", id=page.path("id"))


async def approve_good(page: Page) -> Response:
    """What was counted on the page: where the invoice has changed since, it is shown anew and nothing is approved."""
    form = page.sent("ApproveInvoiceLinesInput", "good")
    if payload := await page.mutate("invoices/approve_invoice_lines.graphql", form):
        if left := payload["invoice"]["goodLineCount"]:
            return await page.done(_but_for(left, payload["invoice"]["lines"]["nodes"]), _back(page))
        return await page.done(Text("The lines that are in order were approved."), _back(page))
    return await show(page)


def _but_for(left: int, lines: list[dict[str, Any]]) -> Text:
    """Which lines wait on, and why: nothing stands against them but that they would be approved alone (D0-f)."""
    waiting = [str(line["position"]) for line in lines if line["state"] == "OPEN" and not line["errors"]]
    return Text(
        "The lines that are in order were approved, but for %(left)s: you placed their order, and nobody else has "
        "accepted its work. Somebody else must approve them. Lines that wait: %(lines)s.",
        left=left,
        lines=", ".join(waiting) or "–",
    )


async def approve_chosen(page: Page) -> Response:
    """Only what was ticked: without any, nothing is approved."""
    form = page.sent("ApproveInvoiceLinesInput", "chosen")
    if not form.raw.get("lineIds"):
        form.general.append(Text("Choose the lines that you approve."))
    if await page.mutate("invoices/approve_invoice_lines.graphql", form):
        return await page.done(Text("The lines were approved."), _back(page))
    return await show(page, form)


async def judge(page: Page) -> Response:
    form = page.sent("JudgeInvoiceInput", "judge")
    if payload := await page.mutate("invoices/judge_invoice.graphql", form):
        return await page.done(found_of(payload["invoice"]), _back(page))
    return await show(page, form)


async def send(page: Page) -> Response:
    form = page.sent("SendInvoiceInput", "send")
    if payload := await page.mutate("invoices/send_invoice.graphql", form):
        return await page.done(found_of(payload["invoice"], sent=True), _back(page))
    return await show(page, form)


async def discard(page: Page) -> Response:
    form = page.sent("DiscardInvoiceInput", "discard")
    if await page.mutate("invoices/discard_invoice.graphql", form):
        return await page.done(Text("The draft was discarded."), page.url("invoices.list"))
    return await show(page, form)


def found_of(invoice: dict[str, Any], *, sent: bool = False) -> Text:
    """What judging came to, in a sentence."""
    counts = {"errors": invoice["errors"], "warnings": invoice["warnings"]}
    if not invoice["errors"] and not invoice["warnings"]:
        return Text("The invoice was sent; it is in order.") if sent else Text("The invoice was checked: all in order.")
    if sent:
        return Text("The invoice was sent. Errors found: %(errors)s, warnings: %(warnings)s.", **counts)
    return Text("The invoice was checked. Errors found: %(errors)s, warnings: %(warnings)s.", **counts)


routes = [
    get("/laskut/{id:int}", show, name="invoices.show"),
    post("/laskut/{id:int}/hyvaksynta", approve_good, name="invoices.approve_good"),
    post("/laskut/{id:int}/hyvaksynta/rivit", approve_chosen, name="invoices.approve_chosen"),
    post("/laskut/{id:int}/tarkastus", judge, name="invoices.judge"),
    post("/laskut/{id:int}/lahetys", send, name="invoices.send"),
    post("/laskut/{id:int}/hylkays", discard, name="invoices.discard"),
]
