"""The pages of bulletins."""

from web.bulletins import bulletin_page, calendar_views, draft_views, listing, plan_views, steps
from web.routing import get

routes = [
    *listing.routes,
    *draft_views.routes,
    *calendar_views.routes,
    *plan_views.routes,
    *bulletin_page.routes,
    *steps.routes,
    get("/tiedotteet/{number}", bulletin_page.by_number, name="bulletins.by_number"),
]
