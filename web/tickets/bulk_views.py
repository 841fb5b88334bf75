"""One thing done with several tickets: each by an act of its own, and what did not go is listed with its reason."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from backend.kit.translation import Text, label
from backend.rulebook.roles import Right
from web.forms import Form, Message
from web.pages import Page, Problem, found
from web.routing import get, post
from web.tickets.causes import LACKS_CAUSE, lacks_cause

log: Final = logging.getLogger(__name__)

MOST: Final = 50
FAILED: Final = Text("Something went wrong on our side, and this was not done. Please try again.")


@dataclass(frozen=True)
class Bulk:
    """What can be done with several at once. `action` has to be open for a ticket, `asks` is what the form asks for."""

    slug: str
    action: str
    name: str
    button: Text
    says: Text
    asks: Text | None = None
    field: str = "reason"


BULKS: Final = (
    Bulk("ota", "TAKE", "take_ticket", Text("Take"), Text("You have them from now on.")),
    Bulk(
        "siirra",
        "HAND_OVER",
        "hand_over_ticket",
        Text("Hand over to the supplier"),
        Text("Each goes to the supplier of its service. Tiera and the supplier read the reason."),
        Text("Reason"),
    ),
    Bulk(
        "tunniste",
        "EDIT",
        "sort_ticket",
        Text("Add a tag"),
        Text("The tag is added to those that they have."),
        Text("Tag"),
        "tags",
    ),
    Bulk("sulje", "CLOSE", "close_ticket", Text("Close"), Text("They are closed and cannot be opened again.")),
)


def offered(page: Page, tickets: Sequence[Mapping[str, Any]]) -> list[tuple[str, Text]]:
    """What can be done with at least one of the tickets of a list."""
    open_ = {action for ticket in tickets for action in ticket["availableActions"]}
    return [(bulk.slug, bulk.button) for bulk in BULKS if bulk.action in open_]


def _asked(page: Page) -> Bulk:
    return found(next((bulk for bulk in BULKS if bulk.slug == page.path("what")), None))


async def _tickets(page: Page, ids: Sequence[str]) -> list[dict[str, Any]]:
    chosen = list(dict.fromkeys(id for id in ids if id.startswith("Ticket:")))[:MOST]
    nodes = (await page.query("tickets/bulk.graphql", ids=chosen))["nodes"] if chosen else []
    return [ticket for ticket in nodes if ticket]


async def choose(page: Page) -> Response:
    """Before it happens: with which tickets it is possible, and with which not."""
    if not page.actor.may(Right.HANDLE_TICKETS):
        raise Problem(403)
    what = page.params.get("tee")
    if what is None:  # the address of what was done, looked at: which were chosen stands in the form alone
        return RedirectResponse(page.url("tickets.list"), 303)
    bulk = found(next((each for each in BULKS if each.slug == what), None))
    tickets = await _tickets(page, page.params.getlist("valittu"))
    return await _ask(page, bulk, tickets, None)


async def _ask(page: Page, bulk: Bulk, tickets: Sequence[Mapping[str, Any]], wrong: Text | None) -> Response:
    page.status = 422 if wrong else page.status
    return await page.render(
        "tickets/bulk.html",
        bulk=bulk,
        possible=[ticket for ticket in tickets if bulk.action in ticket["availableActions"]],
        impossible=[ticket for ticket in tickets if bulk.action not in ticket["availableActions"]],
        why_not=partial(_why_not, bulk),
        form=page.form(_input(bulk), {}),
        wrong=wrong,
    )


async def carry_out(page: Page) -> Response:
    """Each ticket by its own mutation; the key of the form and the ticket make each happen once."""
    bulk, posted = _asked(page), page.posted
    if posted is None:
        raise Problem(400)
    tickets = await _tickets(page, [str(id) for id in posted.getlist("_valittu")])
    impossible = await _tickets(page, [str(id) for id in posted.getlist("_muut")])
    typed = str(posted.get("_typed") or "").strip()
    if bulk.asks and not typed:
        return await _ask(page, bulk, [*tickets, *impossible], Text("Fill this in."))
    done: list[dict[str, Any]] = []
    failed: list[tuple[dict[str, Any], Sequence[Message]]] = []
    faults: list[Exception] = []
    for ticket in tickets:
        form = _form(page, bulk, ticket, typed, str(posted.get("_key") or ""))
        try:
            is_done = await _is_done(page, bulk, form)
        except Exception as fault:
            faults.append(fault)
            failed.append((ticket, [_why_failed(fault)]))
            continue
        if is_done:
            done.append(ticket)
        else:
            failed.append((ticket, [each.message for each in form.summary]))
    if faults and len(faults) == len(tickets):
        raise faults[-1]  # the page of a failure sends them all once more
    page.status, page.refused = 200, None  # each stands in the list with its own reason
    return await page.render(
        "tickets/bulk_done.html",
        bulk=bulk,
        done=done,
        failed=failed,
        impossible=impossible,
        why_not=partial(_why_not, bulk),
    )


async def _is_done(page: Page, bulk: Bulk, form: Form) -> bool:
    """Whether it was done with this one, also where what came of it could not be read. Raises what kept it undone."""
    before = page.saved
    try:
        await page.mutate(f"tickets/{bulk.name}.graphql", form)
    except Exception:
        if page.saved == before:
            raise
        log.exception("what was done with a ticket could not be read")
    return page.saved > before


def _why_failed(fault: Exception) -> Text:
    """What is said of a ticket with which nothing was done: why the schema refused it, or that the failure is ours."""
    if isinstance(fault, Problem) and fault.status < 500:
        return fault.sentence
    log.error("a ticket among several failed", exc_info=fault)
    return FAILED


def _why_not(bulk: Bulk, ticket: Mapping[str, Any]) -> Text:
    """Why something is not possible with a ticket now."""
    if bulk.action == "CLOSE" and lacks_cause(ticket):
        return LACKS_CAUSE
    state, holder = label("TicketState", ticket["state"]), label("Holder", ticket["holder"])
    return Text("Not possible: its state is “%(state)s”, and it is with: %(holder)s.", state=state, holder=holder)


def _form(page: Page, bulk: Bulk, ticket: Mapping[str, Any], typed: str, key: str) -> Form:
    form = page.form(_input(bulk), {"ticketId": ticket["id"]})
    form.sent, form.variables = True, {"ticketId": ticket["id"]}
    if bulk.field == "tags":
        tags = [*(ticket["tags"] or []), typed]
        its = {"title": ticket["title"], "team": ticket["team"], "expectedVersion": ticket["version"]}
        form.variables |= {**its, "tags": tags}
    else:
        form.variables["idempotencyKey"] = f"{key}:{ticket['id']}"
        form.variables |= {bulk.field: typed} if bulk.asks else {}
    return form


def _input(bulk: Bulk) -> str:
    return "".join(word.capitalize() for word in bulk.name.split("_")) + "Input"


routes = [
    get("/pyynnot/useat", choose, name="tickets.several"),
    post("/pyynnot/useat/{what}", carry_out, name="tickets.do_several"),
]
