"""The pages of tickets."""

from web.routing import get
from web.tickets import (
    agreed_views,
    answer_views,
    bulk_views,
    document_views,
    level_views,
    listing,
    permission_views,
    rating_views,
    relating_views,
    release_views,
    report_views,
    sensitive_views,
    sorting_views,
    steps,
    template_views,
    ticket_page,
)

routes = [
    *listing.routes,
    *report_views.routes,
    *release_views.routes,
    *agreed_views.routes,
    *answer_views.routes,
    *template_views.routes,
    *sensitive_views.routes,
    *bulk_views.routes,
    *permission_views.routes,
    *level_views.routes,
    *relating_views.routes,
    *sorting_views.routes,
    *rating_views.routes,
    *ticket_page.routes,
    *document_views.routes,
    *steps.routes,
    get("/pyynnot/{number}", ticket_page.by_number, name="tickets.by_number"),
]
