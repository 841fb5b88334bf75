"""The desk: what waits for whoever is here."""

from starlette.responses import Response

from web.desk.sections import gather
from web.pages import Page, get


async def show(page: Page) -> Response:
    waiting, panels = await gather(page)
    return await page.render("desk/desk.html", waiting=waiting, panels=panels)


routes = [get("/tyopoyta", show, name="desk.show")]
