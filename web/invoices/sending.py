"""How the supplier invoices: a file that is brought, or an invoice or a credit note that is typed."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from starlette.responses import Response

from backend.kit import translation
from backend.kit.actor import ActorKind
from backend.kit.amounts import parse_date
from backend.kit.calendar import DAY, helsinki_date, month_of
from backend.kit.clock import now
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.invoices.drafts import as_credit, as_draft
from web.invoices.invoice_page import found_of
from web.invoices.some_lines import CREDITABLE, choices_of, every_line, named_in_address
from web.naming import numbers_of
from web.pages import Page, Problem, found
from web.routing import get, post
from web.stepping import require, require_open

MOST_TYPED: Final = 300
"""Lines of a draft whose form can be sent back: one has up to fifteen fields."""


Choice = tuple[str, str | Text]


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
        return await page.done(_what_came(page, invoice), _to(page, payload))
    if form.errors.get("fileId"):
        form.raw.pop("fileId", None)
    return await ask_file(page, form)


def _what_came(page: Page, invoice: dict[str, Any]) -> Text:
    if invoice["state"] == "WITHDRAWN":
        return Text("The file cancels this invoice: it is withdrawn.")
    if datetime.fromisoformat(invoice["arrivedAt"]) < page.began:
        return Text("This invoice came before: here it is.")
    return found_of(invoice, sent=True)


# Typed


async def new(page: Page, form: Form | None = None) -> Response:
    _require_sender(page)
    return await _typing(page, form or page.form("DraftInvoiceInput", {"draft": _beginning()}))


def _beginning() -> dict[str, Any]:
    """An invoice of today for last month; to be paid by the terms, from the day on which it is sent."""
    today = helsinki_date(now())
    month = month_of(today) - 1
    return {
        "issuedOn": today.isoformat(),
        "periodFirst": month.first_day.isoformat(),
        "periodLast": month.last_day.isoformat(),
        "kind": "INVOICE",
    }


async def _typing(page: Page, form: Form, creditable: Sequence[Choice] = (), **more: Any) -> Response:
    first, last = _days_billed(form)
    data = await page.query("invoices/drafting.graphql", first=first.isoformat(), last=last.isoformat())
    agreements, deductions = _usable(data["agreements"]["nodes"], first), data["waitingDeductions"]["nodes"]
    accounts = sorted(_confirmed(agreements))
    if len(accounts) == 1 and page.posted is None and not (more.get("credited") or form.field("draft.iban").value):
        form.raw["draft.iban"] = accounts  # who has one is not asked which
    orders: list[Choice] = [
        (each["number"], f"{numbers_of(each)} – {each['title']}")
        for each in (*data["orders"]["nodes"], *data["billingApprovals"]["nodes"])
    ]
    orders += [(each["number"], Text("%(number)s – deduction", number=each["number"])) for each in deductions]
    in_force: list[Choice] = [(each["number"], f"{each['number']} – {each['name']}") for each in agreements]
    return await page.render(
        "invoices/draft.html",
        block="draft",
        form=form,
        orders=_with_typed(form, "orderReference", orders),
        deductions=deductions,
        groups=_with_typed(form, "priceGroupCode", _groups(agreements)),
        agreements=_with_typed(form, "agreementReference", in_force),
        creditable=creditable,
        accounts=_with_typed(form, "iban", [(iban, iban) for iban in accounts]),
        **({"to": page.url("invoices.draft"), "draft": None, "credited": None} | more),
    )


def _days_billed(form: Form) -> tuple[date, date]:
    """The days that the draft says it bills, else those of last month."""
    month = month_of(helsinki_date(now())) - 1
    try:
        first, last = (parse_date(form.field(f"draft.{name}").value) for name in ("periodFirst", "periodLast"))
    except ValueError:
        return month.first_day, month.last_day
    return first, last


def _usable(agreements: list[dict[str, Any]], first: date) -> list[dict[str, Any]]:
    """Agreements in force within the days billed or later, or that ended within a year before: their last work is
    billed after their end.
    """
    since = (first - 365 * DAY).isoformat()
    return [each for each in agreements if each["validUntil"] is None or each["validUntil"] >= since]


def _groups(agreements: list[dict[str, Any]]) -> list[Choice]:
    """Each code once, with its price on the days billed; of several agreements with the price of each."""
    prices: dict[str, dict[str, list[str]]] = {}
    for agreement in agreements:
        for group in agreement["priceGroups"]:
            if (price := group["price"] or group["priceBefore"]) is not None:
                said = f"{translation.money(Decimal(price))}/h"
                of_name = prices.setdefault(group["code"], {}).setdefault(group["name"], [])
                of_name.append(said if len(agreements) == 1 else f"{agreement['number']}: {said}")
    return [
        (code, "; ".join(f"{name} ({', '.join(said)})" for name, said in names.items()))
        for code, names in prices.items()
    ]


def _with_typed(form: Form, name: str, choices: list[Choice]) -> list[Choice]:
    """Choices of a field of the draft or of its lines, and whatever else stands there: an edit loses nothing."""
    known = {value for value, _ in choices}
    there = (value for path, values in form.raw.items() if path.rpartition(".")[2] == name for value in values)
    return choices + [(value, value) for value in dict.fromkeys(there) if value and choices and value not in known]


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
        return await _typing(page, form, credited=credited, creditable=await _creditable(page, credited, form))
    return await _typing(page, form)


async def _invoice(page: Page, key: str, *states: str) -> dict[str, Any]:
    """The invoice with as many lines as a form holds, of these states where some are named."""
    asked = {"id": key, "states": states or None}
    invoice: dict[str, Any] = found((await page.query("invoices/draft.graphql", **asked))["invoice"])
    return invoice


async def edit(page: Page, form: Form | None = None) -> Response:
    _require_sender(page)
    invoice = await _invoice(page, page.id("Invoice"))
    if form is None:
        require(invoice, "EDIT")
    if invoice["lineCount"] > MOST_TYPED:
        raise Problem(413, Text("A draft of more than %(most)s lines cannot be edited here.", most=MOST_TYPED))
    initial = {"invoiceId": invoice["id"], "expectedVersion": invoice["version"], "draft": as_draft(invoice)}
    form = page.editing(form, "EditInvoiceInput", initial)
    form.files |= {file["id"]: file["name"] for file in invoice["files"]}
    credited = await _invoice(page, invoice["credits"]["id"]) if invoice["credits"] else None
    creditable = await _creditable(page, credited, form)
    return await _typing(page, form, draft=invoice, credited=credited, creditable=creditable, to=page.request.url.path)


async def save(page: Page) -> Response:
    _require_sender(page)
    form = page.sent("EditInvoiceInput")
    if payload := await page.mutate("invoices/edit_invoice.graphql", form):
        return await page.done(Text("The draft was saved. Look at it and send it."), _to(page, payload))
    return await edit(page, form)


# A credit note


async def credit(page: Page) -> Response:
    """A credit note that takes back a line, else what is disputed, else everything that is left; to be made less.

    It begins with as many lines as a form holds, and says how many there are.
    """
    _require_sender(page)
    invoice = await _invoice(page, page.id("Invoice"), *CREDITABLE)
    lines = invoice["lines"]
    require_open(invoice["kind"] == "INVOICE" and bool(lines["nodes"]))
    if named := await _named(page):
        lines = {"nodes": [named], "totalCount": 1}
    elif (disputed := (await _invoice(page, invoice["id"], "DISPUTED"))["lines"])["nodes"]:
        lines = disputed
    beginning = {
        "kind": "CREDIT_NOTE",
        "issuedOn": helsinki_date(now()).isoformat(),
        "periodFirst": invoice["periodFirst"],
        "periodLast": invoice["periodLast"],
        "creditsId": invoice["id"],
        "lines": [as_credit(line, invoice) for line in lines["nodes"]],
    }
    form = page.form("DraftInvoiceInput", {"draft": beginning})
    creditable = await _creditable(page, invoice, form)
    return await _typing(page, form, credited=invoice, creditable=creditable, begins_with=lines)


async def _named(page: Page) -> dict[str, Any] | None:
    """The line that the address names, where a credit note may take back from it."""
    if (key := named_in_address(page)) is None:
        return None
    line: dict[str, Any] | None = (await page.query("invoices/credited_line.graphql", id=key))["invoiceLine"]
    is_its = line is not None and line["invoice"]["id"] == page.id("Invoice") and line["state"] in CREDITABLE
    return line if is_its else None


async def _creditable(page: Page, invoice: dict[str, Any] | None, form: Form) -> list[Choice]:
    """The lines that a credit note may take back from, as choices: of many the first, and those that the form names."""
    if invoice is None:
        return []
    lines: list[Choice] = [*choices_of(await every_line(page, invoice["id"], CREDITABLE))]
    named = {value for path, values in form.raw.items() if path.endswith(".creditsLineId") for value in values}
    return [line for place, line in enumerate(lines) if place < MOST_TYPED or line[0] in named]


routes = [
    get("/laskut/tuonti", ask_file, name="invoices.ask_file"),
    post("/laskut/tuonti", bring_file, name="invoices.bring_file"),
    get("/laskut/uusi", new, name="invoices.new"),
    post("/laskut/uusi", draft, name="invoices.draft"),
    get("/laskut/{id:int}/muokkaus", edit, name="invoices.edit"),
    post("/laskut/{id:int}/muokkaus", save, name="invoices.save"),
    get("/laskut/{id:int}/hyvitys", credit, name="invoices.credit"),
]
