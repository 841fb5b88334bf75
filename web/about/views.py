"""What the portal says of itself: accessibility, privacy, help. For everybody."""

from datetime import date
from functools import partial
from typing import Final

from starlette.responses import Response

from web.pages import Page
from web.routing import get

PAGES: Final = (
    ("/saavutettavuus", "accessibility", "about/accessibility.html"),
    ("/tietosuoja", "privacy", "about/privacy.html"),
    ("/ohjeet", "help", "about/help.html"),
)
WRITTEN_ON: Final = date(2026, 11, 30)
"""The day of the accessibility statement: law wants it told, so it changes with the words."""


async def show(template: str, page: Page) -> Response:
    return await page.render(template, contact=page.request.app.state.contact, written_on=WRITTEN_ON)


routes = [get(path, partial(show, template), name=f"{key}.show", open=True) for path, key, template in PAGES]
