"""Prices, accounts and what an invoice must carry: three parts of an agreement with a supplier."""

from collections.abc import Callable
from datetime import timedelta

from starlette.datastructures import FormData
from starlette.responses import Response

from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from web.agreements.term_views import asked_day
from web.forms import Form
from web.pages import Page, found
from web.routing import get, post


async def prices(page: Page, group: Form | None = None, price: Form | None = None) -> Response:
    on = asked_day(page)
    agreement = found((await page.query("agreements/prices.graphql", id=page.id("Agreement"), on=on))["agreement"])
    of = {"agreementId": agreement["id"]}
    return await page.render(
        "agreements/prices.html",
        block="part",
        agreement=agreement,
        on=on,
        group=group or page.form("AddPriceGroupInput", of, "g"),
        price=price or page.form("SetPriceInput", {"validFrom": helsinki_date(clock.now())}, "p"),
        groups=[(row["id"], f"{row['code']} {row['name']}") for row in agreement["priceGroups"]],
    )


async def add_price_group(page: Page) -> Response:
    form = page.sent("AddPriceGroupInput", "g")
    if await page.mutate("agreements/add_price_group.graphql", form) is None:
        return await prices(page, group=form)
    return await page.done(Text("The price group was added."), _part(page, "prices"), here=prices)


async def set_price(page: Page) -> Response:
    form = page.sent("SetPriceInput", "p")
    if await page.mutate("agreements/set_price.graphql", form) is None:
        return await prices(page, price=form)
    return await page.done(Text("The price was set."), _part(page, "prices"), here=prices)


async def accounts(
    page: Page, form: Form | None = None, ending: Form | None = None, confirming: Form | None = None
) -> Response:
    agreement = found((await page.query("agreements/accounts.graphql", id=page.id("Agreement")))["agreement"])

    def one_of(kind: str, letter: str, sent: Form | None) -> Callable[[str], Form]:
        """Makes the form of an account, each with a prefix of its own; the one that was sent is shown again."""

        def make(account_id: str) -> Form:
            if sent is not None and sent.field("bankAccountId").value == account_id:
                return sent
            return page.form(kind, {"bankAccountId": account_id}, f"{letter}{account_id.partition(':')[2]}")

        return make

    return await page.render(
        "agreements/accounts.html",
        block="part",
        agreement=agreement,
        form=form or page.form("ProposeBankAccountInput", {"agreementId": agreement["id"]}),
        confirm=one_of("ConfirmBankAccountInput", "c", confirming),
        end=one_of("EndBankAccountInput", "e", ending),
    )


async def propose_account(page: Page) -> Response:
    form = page.sent("ProposeBankAccountInput")
    if await page.mutate("agreements/propose_account.graphql", form) is None:
        return await accounts(page, form)
    message = Text("The account was proposed. Somebody else at Tiera confirms it.")
    return await page.done(message, _part(page, "accounts"), here=accounts)


async def confirm_account(page: Page) -> Response:
    form = page.sent("ConfirmBankAccountInput")
    if await page.mutate("agreements/confirm_account.graphql", form) is None:
        return await accounts(page, confirming=form)
    return await page.done(Text("The account was confirmed."), _part(page, "accounts"), here=accounts)


async def end_account(page: Page) -> Response:
    account = str((page.posted or FormData()).get("bankAccountId", ""))
    form = page.sent("EndBankAccountInput", f"e{account.partition(':')[2]}")
    if await page.mutate("agreements/end_account.graphql", form) is None:
        return await accounts(page, ending=form)
    return await page.done(Text("The account was ended."), _part(page, "accounts"), here=accounts)


async def references(page: Page, form: Form | None = None) -> Response:
    agreement = found((await page.query("agreements/references.graphql", id=page.id("Agreement")))["agreement"])
    newest = next(iter(agreement["invoicingProcesses"]), None)
    given = {
        "agreementId": agreement["id"],
        "validFrom": helsinki_date(clock.now()) + timedelta(days=1),
        "requiredReferences": newest["requiredReferences"] if newest else [],
    }
    return await page.render(
        "agreements/references.html",
        block="part",
        agreement=agreement,
        form=form or page.form("AnnounceInvoicingProcessInput", given),
    )


async def announce_process(page: Page) -> Response:
    form = page.sent("AnnounceInvoicingProcessInput")
    if await page.mutate("agreements/announce_process.graphql", form) is None:
        return await references(page, form)
    return await page.done(
        Text("The process was announced to the supplier."), _part(page, "references"), here=references
    )


def _part(page: Page, name: str) -> str:
    return page.url(f"agreements.{name}", id=page.path("id"))


routes = [
    get("/sopimukset/{id:int}/hinnat", prices, name="agreements.prices"),
    post("/sopimukset/{id:int}/hinnat/ryhmat", add_price_group, name="agreements.add_price_group"),
    post("/sopimukset/{id:int}/hinnat", set_price, name="agreements.set_price"),
    get("/sopimukset/{id:int}/tilit", accounts, name="agreements.accounts"),
    post("/sopimukset/{id:int}/tilit", propose_account, name="agreements.propose_account"),
    post("/sopimukset/{id:int}/tilit/vahvista", confirm_account, name="agreements.confirm_account"),
    post("/sopimukset/{id:int}/tilit/paata", end_account, name="agreements.end_account"),
    get("/sopimukset/{id:int}/viitteet", references, name="agreements.references"),
    post("/sopimukset/{id:int}/viitteet", announce_process, name="agreements.announce_process"),
]
