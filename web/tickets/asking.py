"""Who asks, where somebody reports or orders for them."""

from typing import Any

from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page


async def find_asker(page: Page, form: Form, above: str = "") -> None:
    """A name or mail address that was typed stands for the one of the organisation who has it.

    `above` leads to the part of the input that names both, with its dot.
    """
    named: dict[str, Any] = form.variables.get(above[:-1]) or {} if above else form.variables
    typed, of = named.get("requesterId"), named.get("customerId") or f"Organisation:{page.actor.organisation_id}"
    if not typed:
        return
    today, called = helsinki_date(clock.now()).isoformat(), typed.casefold()
    people = (await page.query("tickets/colleagues.graphql", of=of, words=typed, today=today))["people"]["nodes"]
    exact = [each for each in people if called in (each["name"].casefold(), (each["email"] or "").casefold())]
    match exact or people:
        case [one]:
            named["requesterId"] = one["id"]
        case []:
            form.complain(f"{above}requesterId", Text("Nobody of that organisation has this name or mail address."))
        case _:
            form.complain(f"{above}requesterId", Text("Several are called so: write the mail address."))
