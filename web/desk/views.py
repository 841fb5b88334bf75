"""The desk: what waits for whoever is here."""

from starlette.responses import Response

from web.desk.sections import waiting
from web.pages import Page, get


async def show(page: Page) -> Response:
    return await page.render("desk/desk.html", waiting=await waiting(page))


routes = [get("/tyopoyta", show, name="desk.show")]
