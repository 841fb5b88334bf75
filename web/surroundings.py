"""What surrounds a page, and who it is for."""

import logging
from typing import Any, Final

from starlette.routing import Route

from backend.kit import clock
from web import menu
from web.desk.sections import counts
from web.frame import Frame, Organisation
from web.identity.presence import present_of
from web.pages import Page

log: Final = logging.getLogger(__name__)


async def frame_of(page: Page) -> Frame:
    """Header, menu and footer. Where something fails there is less of it, never no page."""
    paths = frozenset(route.path for route in page.request.app.routes if isinstance(route, Route))
    if getattr(page.request.app.state, "demo_mails", None) is None:
        paths -= {menu.DEMO_MAILS}
    footer = menu.items(menu.FOOTER, page.visitor.actor if page.visitor else None, paths)
    if page.visitor is None:
        return Frame(home="/", footer=footer)
    actor = page.visitor.actor
    organisations: tuple[Organisation, ...] = ()
    waiting: dict[str, int] = {}
    own, told = "", dict[str, Any]()
    try:
        present = await present_of(page.request)
        if present is not None:
            own = present.organisation
            organisations = tuple(Organisation(key, name) for key, name in present.organisations)
            waiting = await counts(page)
            told = await page.query(
                "layout/frame.graphql", now=clock.now().isoformat(), list=page.name, isList=page.is_list
            )
    except Exception:  # the page itself may be about this very failure
        log.exception("a page has no counts in its menu")
    shown = told.get("bulletins") or {"nodes": (), "totalCount": 0}
    return Frame(
        home="/",
        menu=menu.items(
            menu.MENU, actor, paths, waiting, {"bodies"} if (told.get("bodies") or {}).get("nodes") else ()
        ),
        footer=footer,
        person=page.visitor.name,
        organisation=Organisation(actor.organisation_id or 0, own),
        organisations=organisations,
        unread=(told.get("notices") or {"totalCount": 0})["totalCount"],
        bulletins=tuple(shown["nodes"]),
        more_bulletins=shown["totalCount"] - len(shown["nodes"]),
        views=tuple((told.get("savedViews") or {"nodes": ()})["nodes"]),
        save_view=page.url("saved.new", list=page.name) if page.is_list else "",
        notices="/ilmoitukset" if "/ilmoitukset" in paths else "",
        settings="/asetukset" if "/asetukset" in paths else "",
        switch=page.url("identity.switch"),
        sign_out=page.url("identity.sign_out"),
    )
