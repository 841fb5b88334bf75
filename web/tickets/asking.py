"""Who asks, where somebody reports or orders for them."""

from typing import Any

from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page


async def find_asker(page: Page, form: Form, above: str = "") -> None:
    """A name or mail address that was typed stands for the one of the organisation who has it.

    `above` leads to the part of the input that names both, with its dot. Where Tiera reports without a customer,
    somebody of the service's supplier may ask too.
    """
    named: dict[str, Any] = form.variables.get(above[:-1]) or {} if above else form.variables
    typed = named.get("requesterId")
    if not typed:
        return
    today, called = helsinki_date(clock.now()).isoformat(), typed.casefold()
    known: dict[str, dict[str, Any]] = {}
    for of in await _sides(page, named):
        found = await page.query("tickets/colleagues.graphql", of=of, words=typed, today=today)
        known |= {each["id"]: each for each in found["people"]["nodes"]}
    people = list(known.values())
    exact = [each for each in people if called in (each["name"].casefold(), (each["email"] or "").casefold())]
    match exact or people:
        case [one]:
            named["requesterId"] = one["id"]
        case []:
            form.complain(f"{above}requesterId", Text("Nobody of that organisation has this name or mail address."))
        case _:
            form.complain(f"{above}requesterId", Text("Several are called so: write the mail address."))


async def _sides(page: Page, named: dict[str, Any]) -> list[str]:
    """The organisations whose people may ask."""
    own, service = f"Organisation:{page.actor.organisation_id}", named.get("serviceId") or ""
    if named.get("customerId"):
        return [named["customerId"]]
    if page.actor.kind is not ActorKind.BUYER or not service.startswith("Service:"):
        return [own]
    found = (await page.query("tickets/producer.graphql", id=service))["service"]
    return [own, found["agreement"]["organisation"]["id"]] if found and found["agreement"] else [own]
