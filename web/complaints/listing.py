"""The register of complaints: narrowed and sorted by its address, page by page, or all of it as a file."""

from decimal import Decimal
from typing import Any, Final

from starlette.responses import Response

from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.kit.translation import Text, label, show, translate
from backend.rulebook.roles import Right
from web.complaints.complaint_page import missed
from web.complaints.printing import print_register, terms_said
from web.listing import Sorts, asked
from web.pages import Page, Problem
from web.routing import get
from web.sheets import Cell, every_row, writer_of

SORTS: Final[Sorts] = {
    ("MADE", True): "NEWEST",
    ("MADE", False): "OLDEST",
    ("DUE", False): "DUE_FIRST",
    ("DUE", True): "DUE_LAST",
}
HEADINGS: Final = (
    Text("Number"),
    Text("Complaint"),
    Text("Supplier"),
    Text("Cause"),
    Text("State"),
    Text("Sent"),
    Text("Acknowledged"),
    Text("Response due"),
    Text("Response arrived"),
    Text("Shared use"),
    Text("Extraordinary meeting"),
    Text("Sanction"),
    Text("Sanction, €"),
    Text("Terms of the sanction"),
    Text("Deadline that was missed"),
    Text("Why Tiera applied or waived it"),
)


def _refuse_others(page: Page) -> None:
    """The register is for those who report at Tiera and at suppliers."""
    if not page.actor.may(Right.REPORT):
        raise Problem(403)


async def listed(page: Page) -> Response:
    _refuse_others(page)
    form, sorted_by, variables = asked(page, "ComplaintFilter", SORTS)
    data = await page.query(
        "complaints/complaints.graphql", **variables, **page.window(), chooses=page.actor.kind is ActorKind.BUYER
    )
    return await page.render(
        "complaints/complaints.html",
        block="results",
        form=form,
        sorted=sorted_by,
        complaints=data["complaints"],
        figures=data["complaintFigures"],
        suppliers=[(each["id"], each["name"]) for each in (data.get("suppliers") or {"nodes": []})["nodes"]],
        now=clock.now().isoformat(),
        may_complain=page.actor.may(Right.COMPLAIN),
    )


async def export(page: Page) -> Response:
    _refuse_others(page)
    write = None if page.path("kind") == "pdf" else writer_of(page)
    _, _, variables = asked(page, "ComplaintFilter", SORTS)
    nodes = await every_row(page, "complaints/complaints.graphql", "complaints", {**variables, "chooses": False})
    if write is None:
        return await print_register(page, nodes)
    return await write(page, "reklamaatiot", HEADINGS, [_row(page, complaint) for complaint in nodes])


def _row(page: Page, complaint: dict[str, Any]) -> list[Cell]:
    sanction = complaint["sanction"]
    return [
        complaint["number"],
        complaint["title"],
        complaint["supplier"]["name"],
        translate(label("ComplaintCause", complaint["cause"]), page.language),
        translate(label("ComplaintState", complaint["state"]), page.language),
        complaint["sentAt"],
        complaint["acknowledgedAt"],
        complaint["responseDueAt"],
        complaint["answeredAt"],
        show(complaint["touchesSharedUse"], page.language),
        complaint["calledFor"],
        sanction and translate(label("SanctionState", sanction["state"]), page.language),
        sanction and sanction["amount"] and Decimal(sanction["amount"]["amount"]),
        terms_said(sanction) if sanction else None,
        sanction and missed(sanction),
        sanction and sanction["reason"],
    ]


routes = [
    get("/reklamaatiot", listed, name="complaints.list"),
    get("/reklamaatiot/vienti.{kind}", export, name="complaints.export"),
]
