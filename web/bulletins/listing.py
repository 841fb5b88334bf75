"""The list of bulletins: narrowed and sorted by its address, page by page, or all of it as a file."""

from typing import Any, Final

from starlette.responses import Response

from backend.kit.translation import Text, label, translate
from backend.rulebook.roles import Right
from web.listing import Sorts, asked
from web.pages import Page
from web.routing import get
from web.sheets import Cell, every_row, writer_of

SORTS: Final[Sorts] = {
    ("WRITTEN", True): "NEWEST",
    ("WRITTEN", False): "OLDEST",
    ("STARTS", False): "STARTS_FIRST",
    ("STARTS", True): "STARTS_LAST",
}
HEADINGS: Final = (
    Text("Number"),
    Text("Bulletin"),
    Text("Kind"),
    Text("Class"),
    Text("State"),
    Text("Who informs"),
    Text("To whom"),
    Text("Services"),
    Text("Published"),
    Text("Begins"),
    Text("Ends"),
)


async def listed(page: Page) -> Response:
    form, sorted_by, variables = asked(page, "BulletinFilter", SORTS)
    data = await page.query("bulletins/bulletins.graphql", **variables, **page.window())
    return await page.render(
        "bulletins/bulletins.html",
        block="results",
        form=form,
        sorted=sorted_by,
        bulletins=data["bulletins"],
        may_write=bool(data["informableReceivers"]),
        may_see_plans=page.actor.may(Right.INFORM) or page.actor.may(Right.AGREE_COMMUNICATION),
    )


async def export(page: Page) -> Response:
    write = writer_of(page)
    _, _, variables = asked(page, "BulletinFilter", SORTS)
    nodes = await every_row(page, "bulletins/bulletins.graphql", "bulletins", variables)
    return await write(page, "tiedotteet", HEADINGS, [_row(page, bulletin) for bulletin in nodes])


def _row(page: Page, bulletin: dict[str, Any]) -> list[Cell]:
    def said(kind: str, member: str | None) -> str | None:
        return None if member is None else translate(label(kind, member), page.language)

    return [
        bulletin["number"],
        bulletin["title"],
        said("BulletinKind", bulletin["kind"]),
        said("Criticality", bulletin["criticality"]),
        said("BulletinState", bulletin["state"]),
        bulletin["organisation"]["name"],
        said("Receivers", bulletin["receivers"]),
        ", ".join(service["name"] for service in bulletin["services"]),
        bulletin["publishedAt"],
        bulletin["startsAt"],
        bulletin["endsAt"],
    ]


routes = [
    get("/tiedotteet", listed, name="bulletins.list"),
    get("/tiedotteet/vienti.{kind}", export, name="bulletins.export"),
]
