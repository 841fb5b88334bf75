"""How many notices wait to be read: the number at the bell of every page."""

from web.pages import Page


async def unread(page: Page) -> int:
    """Of the organisation acted for."""
    data = await page.query("notices/unread.graphql")
    return int((data["notices"] or {"totalCount": 0})["totalCount"])
