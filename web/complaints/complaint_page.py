"""A complaint's own page: what is to be done comes first, then what was said, then what happened."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from web import clocks
from web.attachments import remover
from web.complaints.steps import COMPLAINT_STEPS, TOPICS, offered
from web.pages import Page, found
from web.rendering import writers

CAUSES: Final = {True: Text("the supplier's"), False: Text("not the supplier's")}

MISSED: Final = ("ENTITLED", "APPLIED", "WAIVED")
"""Of a sanction that waits for Tiera's judgement, or lapsed, the response came in time."""


def missed(sanction: Mapping[str, Any]) -> Any:
    """By when no proper response had come, of a sanction that arose of that."""
    return sanction["dueAt"] if sanction["state"] in MISSED else None


def facts_of(complaint: Mapping[str, Any], write: Mapping[str, Callable[..., str]]) -> list[tuple[Text, object]]:
    """What is said of a complaint in short, as its page and its print say it; None is left out."""

    def name(of: str) -> Any:
        return complaint[of] and complaint[of]["name"]

    def at(when: str) -> str | None:
        return write["datetime"](complaint[when]) if complaint[when] else None

    def whose(side: str) -> Text | None:
        return CAUSES.get(complaint[side])

    handling = Text("may be billed") if complaint["isBillable"] else Text("at the supplier's own cost")
    return [
        (Text("Number"), complaint["number"] or Text("not sent yet")),
        (Text("Supplier"), name("supplier")),
        (Text("Agreement"), complaint["agreement"] and complaint["agreement"]["number"]),
        (Text("Service"), name("service")),
        (Text("Sent by"), name("sentBy")),
        (Text("Sent to"), name("receiver")),
        (Text("And to who stands in"), ", ".join(each["name"] for each in complaint["standIns"]) or None),
        (Text("Sent"), at("sentAt")),
        (Text("Acknowledged"), at("acknowledgedAt")),
        (Text("First action"), complaint["begunWith"]),
        (
            Text("First action due"),
            at("beginDueAt") if complaint["state"] == "ACKNOWLEDGED" and not complaint["begunAt"] else None,
        ),
        (Text("Response due"), at("responseDueAt")),
        (Text("Why there is more time"), complaint["timeReason"]),
        (Text("Response arrived"), at("answeredAt")),
        (Text("Tiera's judgement due"), at("judgeDueAt") if complaint["state"] == "ANSWERED" else None),
        (Text("Shared use"), Text("goes to the development group too") if complaint["touchesSharedUse"] else None),
        (
            Text("Urgency"),
            Text("cannot wait for the rhythm of the supplier's steering group") if complaint["cannotWait"] else None,
        ),
        (Text("Extraordinary meeting"), write["date"](complaint["calledFor"]) if complaint["calledFor"] else None),
        (Text("Why the meeting was called"), complaint["callReason"]),
        (Text("Cause, by Tiera"), whose("tieraSaysSuppliers")),
        (Text("Cause, by the supplier"), whose("supplierSaysSuppliers")),
        (Text("Handling"), handling if complaint["sentAt"] else None),
    ]


async def show(page: Page) -> Response:
    complaint = found((await page.query("complaints/complaint.graphql", id=page.id("Complaint")))["complaint"])
    now = clock.now()
    offers = COMPLAINT_STEPS.offered(page, offered(complaint, helsinki_date(now)))
    return await page.render(
        "complaints/complaint.html",
        watch=[complaint["id"]],
        complaint=complaint,
        responses=[response for response in complaint["responses"] if response["sentAt"]],
        offers=offers,
        first=COMPLAINT_STEPS.first_of(offers),
        topics=TOPICS,
        missed=complaint["sanction"] and missed(complaint["sanction"]),
        said_of_it=facts_of(complaint, writers(page.language)),
        clocks=clocks.shown(complaint["clocks"], "ComplaintClockKind", now, clocks.business_days),
        now=now.isoformat(),
        remove=remover(page, "complaints"),
    )


async def by_number(page: Page) -> Response:
    """The address that people write: the number leads to the complaint's page."""
    data = await page.query("complaints/find.graphql", number=page.path("number"))
    id_ = found(data["complaintByNumber"])["id"]
    return RedirectResponse(page.url("complaints.show", id=id_.partition(":")[2]), 303)
