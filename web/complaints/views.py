"""The pages of complaints."""

from web.attachments import taking_away
from web.complaints import complaint_page, draft_views, listing, printing, response_views, steps
from web.routing import get

routes = [
    *listing.routes,
    *draft_views.routes,
    *response_views.routes,
    *printing.routes,
    *taking_away("complaints", "/reklamaatiot", "complaints/take_away_file.graphql", "TakeAwayComplaintFileInput"),
    *steps.routes,
    get("/reklamaatiot/{id:int}", complaint_page.show, name="complaints.show"),
    get("/reklamaatiot/{number}", complaint_page.by_number, name="complaints.by_number"),
]
