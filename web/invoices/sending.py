"""How the supplier invoices: a file that is brought, or an invoice or a credit note that is typed."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from starlette.responses import Response

from backend.kit import translation
from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date, month_of
from backend.kit.clock import now
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from backend.rulebook.terms import DEFAULTS
from web.forms import Form
from web.invoices.invoice_page import found_of
from web.naming import numbers_of
from web.pages import Page, Problem, found
from web.routing import get, post

HEAD = ("number", "issuedOn", "kind", "dueOn", "periodFirst", "periodLast", "orderReference", "buyerReference")


def _require_sender(page: Page) -> None:
    if page.actor.kind is not ActorKind.SUPPLIER or not page.actor.may(Right.SEND_INVOICES):
        raise Problem(403)


def _to(page: Page, payload: dict[str, Any]) -> str:
    return page.url("invoices.show", id=payload["invoice"]["id"].partition(":")[2])


# A file


async def ask_file(page: Page, form: Form | None = None) -> Response:
    _require_sender(page)
    return await page.render("invoices/bring.html", form=form or page.form("ReceiveInvoiceInput"))


async def bring_file(page: Page) -> Response:
    """A file that cannot be read says why, and another can be chosen at once."""
    _require_sender(page)
    form = page.sent("ReceiveInvoiceInput")
    if payload := await page.mutate("invoices/receive_invoice.graphql", form):
        invoice = payload["invoice"]
        came_before = datetime.fromisoformat(invoice["arrivedAt"]) < page.began
        done = Text("This file came before: here is its invoice.") if came_before else found_of(invoice, sent=True)
        return await page.done(done, _to(page, payload))
    if form.errors.get("fileId"):
        form.raw.pop("fileId", None)
    return await ask_file(page, form)


# Typed


async def new(page: Page, form: Form | None = None) -> Response:
    _require_sender(page)
    return await _typing(page, form or page.form("DraftInvoiceInput", {"draft": _beginning()}))


def _beginning() -> dict[str, Any]:
    """An invoice of today for last month, to be paid after the usual time."""
    today = helsinki_date(now())
    month = month_of(today) - 1
    return {
        "issuedOn": today.isoformat(),
        "dueOn": (today + timedelta(days=DEFAULTS.payment_days)).isoformat(),
        "periodFirst": month.first_day.isoformat(),
        "periodLast": month.last_day.isoformat(),
        "kind": "INVOICE",
    }


async def _typing(page: Page, form: Form, **more: Any) -> Response:
    data = await page.query("invoices/drafting.graphql", today=helsinki_date(now()).isoformat())
    agreements, deductions = data["agreements"]["nodes"], data["waitingDeductions"]["nodes"]
    accounts = sorted(_confirmed(agreements))
    if len(accounts) == 1 and page.posted is None and not form.field("draft.iban").value:
        form.raw["draft.iban"] = accounts  # who has one is not asked which
    return await page.render(
        "invoices/draft.html",
        block="draft",
        form=form,
        orders=[
            (each["number"], f"{numbers_of(each)} – {each['title']}")
            for each in (*data["orders"]["nodes"], *data["billingApprovals"]["nodes"])
        ]
        + [(each["number"], Text("%(number)s – deduction", number=each["number"])) for each in deductions],
        deductions=deductions,
        groups=[
            (group["code"], f"{group['name']} ({translation.money(Decimal(group['price']))}/h)")
            for agreement in agreements
            for group in agreement["priceGroups"]
            if group["price"] is not None
        ],
        accounts=[(iban, iban) for iban in accounts],
        **({"to": page.url("invoices.draft"), "draft": None, "credited": None, "creditable": []} | more),
    )


def _confirmed(agreements: list[dict[str, Any]]) -> set[str]:
    """The accounts that may be paid to."""
    accounts = (account for agreement in agreements for account in agreement["bankAccounts"])
    return {account["iban"] for account in accounts if account["state"] == "CONFIRMED"}


async def draft(page: Page) -> Response:
    _require_sender(page)
    form = page.sent("DraftInvoiceInput")
    if payload := await page.mutate("invoices/draft_invoice.graphql", form):
        return await page.done(Text("The draft was saved. Look at it and send it."), _to(page, payload))
    if form.field("draft.creditsId").value:
        credited = await _invoice(page, form.field("draft.creditsId").value)
        return await _typing(page, form, credited=credited, creditable=_creditable(credited))
    return await _typing(page, form)


async def _invoice(page: Page, key: str) -> dict[str, Any]:
    invoice: dict[str, Any] = found((await page.query("invoices/draft.graphql", id=key))["invoice"])
    return invoice


async def edit(page: Page, form: Form | None = None) -> Response:
    _require_sender(page)
    invoice = await _invoice(page, page.id("Invoice"))
    if "EDIT" not in invoice["availableActions"]:
        raise Problem(404)
    initial = {"invoiceId": invoice["id"], "expectedVersion": invoice["version"], "draft": _as_draft(invoice)}
    form = form or page.form("EditInvoiceInput", initial)
    form.files |= {file["id"]: file["name"] for file in invoice["files"]}
    credited = await _invoice(page, invoice["credits"]["id"]) if invoice["credits"] else None
    return await _typing(
        page, form, draft=invoice, credited=credited, creditable=_creditable(credited), to=page.request.url.path
    )


async def save(page: Page) -> Response:
    _require_sender(page)
    form = page.sent("EditInvoiceInput")
    if payload := await page.mutate("invoices/edit_invoice.graphql", form):
        return await page.done(Text("The draft was saved. Look at it and send it."), _to(page, payload))
    return await edit(page, form)


def _as_draft(invoice: dict[str, Any]) -> dict[str, Any]:
    """A draft as its form begins; amounts of a credit note are typed positive."""
    head = {name: invoice[name] for name in (*HEAD, "agreementReference")}
    return {
        **head,
        "iban": next(iter(invoice["ibans"]), None),
        "creditsId": invoice["credits"] and invoice["credits"]["id"],
        "lines": [_as_line(line, invoice) for line in invoice["lines"]["nodes"]],
        "fileIds": [file["id"] for file in invoice["files"]],
    }


def _as_line(line: dict[str, Any], invoice: dict[str, Any]) -> dict[str, Any]:
    is_effort = line["unit"] == "HUR" and line["minutes"] is not None
    days = ("periodFirst", "periodLast")
    own = {} if all(line[day] == invoice[day] for day in days) else {day: line[day] for day in days}
    return {
        **own,
        "text": line["text"],
        "orderReference": line["orderReference"],
        "milestonePosition": line["milestone"] and line["milestone"]["position"],
        "priceGroupCode": line["priceGroupCode"],
        "minutes": abs(line["minutes"]) if is_effort else None,
        "unitPrice": line["unitPrice"],
        "amount": format(Decimal(line["amount"]["amount"]) * (-1 if invoice["kind"] == "CREDIT_NOTE" else 1), "f"),
        "creditsLineId": line["creditsLine"] and line["creditsLine"]["id"],
    }


# A credit note


async def credit(page: Page) -> Response:
    """A credit note that takes back a line, else what is disputed, else everything that is left; to be made less."""
    _require_sender(page)
    invoice = await _invoice(page, page.id("Invoice"))
    lines = [line for line in invoice["lines"]["nodes"] if line["state"] in ("APPROVED", "DISPUTED", "OPEN")]
    if invoice["kind"] != "INVOICE" or not lines:
        raise Problem(404)
    wanted = page.params.get("rivi")
    disputed = [line for line in lines if line["state"] == "DISPUTED"]
    chosen = [line for line in lines if line["id"] == f"InvoiceLine:{wanted}"] or disputed or lines
    beginning = {
        "kind": "CREDIT_NOTE",
        "issuedOn": helsinki_date(now()).isoformat(),
        "periodFirst": invoice["periodFirst"],
        "periodLast": invoice["periodLast"],
        "creditsId": invoice["id"],
        "lines": [_as_credit(line) for line in chosen],
    }
    form = page.form("DraftInvoiceInput", {"draft": beginning})
    return await _typing(page, form, credited=invoice, creditable=_creditable(invoice))


def _creditable(invoice: dict[str, Any] | None) -> list[tuple[str, str]]:
    """The lines that a credit note may take back from, as choices."""
    lines = invoice["lines"]["nodes"] if invoice else []
    return [
        (line["id"], f"{line['position']}. {line['text']}")
        for line in lines
        if line["state"] in ("APPROVED", "DISPUTED", "OPEN")
    ]


def _as_credit(line: dict[str, Any]) -> dict[str, Any]:
    left = Decimal(line["amount"]["amount"]) - Decimal(line["creditedAmount"]["amount"])
    return {
        "text": line["text"],
        "orderReference": line["orderReference"],
        "milestonePosition": line["milestone"] and line["milestone"]["position"],
        "periodFirst": line["periodFirst"],
        "periodLast": line["periodLast"],
        "priceGroupCode": line["priceGroupCode"],
        "minutes": line["minutes"] if line["unit"] == "HUR" else None,
        "unitPrice": line["unitPrice"] if line["unit"] == "HUR" else None,
        "amount": None if line["unit"] == "HUR" else format(left, "f"),
        "creditsLineId": line["id"],
    }


routes = [
    get("/laskut/tuonti", ask_file, name="invoices.ask_file"),
    post("/laskut/tuonti", bring_file, name="invoices.bring_file"),
    get("/laskut/uusi", new, name="invoices.new"),
    post("/laskut/uusi", draft, name="invoices.draft"),
    get("/laskut/{id:int}/muokkaus", edit, name="invoices.edit"),
    post("/laskut/{id:int}/muokkaus", save, name="invoices.save"),
    get("/laskut/{id:int}/hyvitys", credit, name="invoices.credit"),
]
