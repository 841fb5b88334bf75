"""The pages of tickets."""

from web.routing import get
from web.tickets import agreed_views, listing, release_views, report_views, steps, ticket_page

routes = [
    *listing.routes,
    *report_views.routes,
    *release_views.routes,
    *agreed_views.routes,
    *ticket_page.routes,
    *steps.routes,
    get("/pyynnot/{number}", ticket_page.by_number, name="tickets.by_number"),
]
