"""What of invoices waits for whoever is here."""

from collections.abc import Mapping
from typing import Any, Final

from backend.kit.actor import ActorKind
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.desk.sections import Card, Section, at


def _card(action: Text) -> Any:
    def card(invoice: Mapping[str, Any]) -> Card:
        title = Text("Invoice %(number)s", number=invoice["number"])
        below = Text(
            "%(supplier)s · errors %(errors)s, warnings %(warnings)s",
            supplier=invoice["supplier"]["name"],
            errors=invoice["errors"],
            warnings=invoice["warnings"],
        )
        href = f"/laskut/{invoice['id'].partition(':')[2]}"
        return Card(title, href, action, invoice["dueOn"], below)

    return card


ITEM: Final = "id number dueOn errors warnings supplier { name }"

SECTIONS: Final = (
    Section(
        key="invoicesToDecide",
        place="invoices",
        title=Text("Invoices to decide on"),
        field="invoices(first: 5, orderBy: OLDEST, where: { awaitsTiera: true })",
        item=ITEM,
        card=_card(Text("Inspect")),
        shown_to=at(ActorKind.BUYER, Right.JUDGE_INVOICES),
        everything="/laskut?awaitsTiera=true",
    ),
    Section(
        key="invoicesToAnswer",
        place="invoices",
        title=Text("Drafts to send, disputes to answer"),
        field="invoices(first: 5, orderBy: OLDEST, where: { awaitsSupplier: true })",
        item=ITEM,
        card=_card(Text("Open")),
        shown_to=at(ActorKind.SUPPLIER, Right.SEND_INVOICES),
        everything="/laskut?awaitsSupplier=true",
    ),
)
