"""The pages of orders."""

from web.orders import decision_views, draft_views, estimate_views, listing, order_page, steps
from web.routing import get

routes = [
    *listing.routes,
    *draft_views.routes,
    *estimate_views.routes,
    *decision_views.routes,
    *steps.routes,
    get("/tilaukset/{id:int}", order_page.show, name="orders.show"),
    get("/tilaukset/{number}", order_page.by_number, name="orders.by_number"),
]
