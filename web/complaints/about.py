"""What a complaint is about: the way to one from the page of anything, and what the thing gives its draft."""

from collections.abc import Mapping
from typing import Any, Final

from backend.kit.actor import Language
from backend.kit.refs import Ref
from backend.kit.said_numbers import invoice_numbers_in, numbers_in
from backend.kit.translation import Text, label, translate
from backend.rulebook.roles import Right
from web.forms import Form
from web.naming import numbers_of
from web.pages import Page
from web.stepping import Offer

_NUMBERED: Final = ("Order", "Ticket", "Invoice")
_PAGES: Final = {"/palvelut/": "Service", "/henkilot/roolit/": "RoleHeld"}
"""Where the pages are of what people do not know by a number."""
CAUSES: Final = {"Invoice": "COST", "RoleHeld": "PEOPLE"}
"""The cause that is likely, by the kind of what a complaint is about."""


def complaining(page: Page, thing: Mapping[str, Any]) -> list[Offer]:
    """“Complain about this”, for those who may."""
    if not page.actor.may(Right.COMPLAIN):
        return []
    return [("COMPLAIN", Text("Complain about this"), f"{page.url('complaints.new')}?koskee={thing['id']}")]


async def thing_of(page: Page, id_: str) -> dict[str, Any] | None:
    """What a complaint may be about, with its agreement and service; None where there is no such thing to see."""
    about = Ref.parse(id_)
    node = (await page.query("complaints/about.graphql", id=str(about)))["node"] if about else None
    return node if node and "title" in node else None  # of what has no name and no page nobody complains


async def about_sent(page: Page, form: Form) -> dict[str, Any] | None:
    """What a form is about, where what stands in it leads to that at once; else the verb finds it or says why not."""
    said = form.raw.get("content.aboutNamed", [""])[-1].strip()
    for start, kind in _PAGES.items():
        if said.startswith(start):
            return await thing_of(page, f"{kind}:{said.removeprefix(start)}")
    return await thing_of(page, said) or await thing_named_in(page, f"{said}\ninvoice {said}")


def said_of(about: Mapping[str, Any] | None) -> str | None:
    """How a form says what a complaint is about: by the number that people know it by, else by its page."""
    if about is None:
        return None
    is_numbered = about["id"].partition(":")[0] in _NUMBERED
    said: str = (about["number"] if is_numbered else None) or about["url"] or about["id"]
    return said


async def thing_named_in(page: Page, text: str) -> dict[str, Any] | None:
    """The first ticket, order or invoice whose number stands in a text, of those one sees."""
    for number in numbers_in(text):
        named = await page.query("tickets/named.graphql", number=number)
        if thing := named["ticketByNumber"] or named["orderByNumber"]:
            return await thing_of(page, thing["id"])
    for number in invoice_numbers_in(text):
        if thing := (await page.query("complaints/invoice_named.graphql", number=number))["invoiceByNumber"]:
            return await thing_of(page, thing["id"])
    return None


def _agreement_of(thing: Mapping[str, Any]) -> Any:
    return thing.get("agreement") or (thing.get("ofTicket") or {}).get("agreement")


def supplier_of(thing: Mapping[str, Any] | None) -> str | None:
    """Whose it is, of the suppliers, where its agreement says so; of a role, for whom it is held."""
    if thing is None:
        return None
    organisation = (_agreement_of(thing) or {}).get("organisation") or thing.get("ofOrganisation")
    return organisation and organisation["id"]


def name_of(about: Mapping[str, Any], language: Language) -> str:
    """What people read of what a complaint is about."""
    if role := about.get("role"):
        return f"{about['person']['name']}, {translate(label('Role', role), language).lower()}"
    return " ".join(filter(None, (numbers_of(about), about["title"])))


def given_by(thing: Mapping[str, Any] | None) -> dict[str, Any]:
    """The values of a new complaint that follow from what it is about."""
    if thing is None:
        return {}
    is_service = thing["id"].startswith("Service:")
    of = thing if is_service else thing.get("service") or thing.get("ofTicket")
    agreement = _agreement_of(thing)
    content = {"aboutNamed": said_of(thing), "serviceId": of and of["id"]}
    if cause := CAUSES.get(thing["id"].partition(":")[0]):
        content["cause"] = cause
    return {"agreementId": agreement and agreement["id"], "content": content}
