"""The desk: what waits for whoever is here."""

from starlette.responses import Response

from web.desk.sections import gather
from web.pages import Page
from web.routing import get


async def show(page: Page) -> Response:
    waiting, panels = await gather(page)
    watch = [id for part in waiting for id in part.ids]
    return await page.render("desk/desk.html", watch=watch, waiting=waiting, panels=panels)


routes = [get("/tyopoyta", show, name="desk.show")]
