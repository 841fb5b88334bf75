"""The pages of documents."""

from web.papers import draft_views, listing, paper_page, steps

routes = [*listing.routes, *draft_views.routes, *paper_page.routes, *steps.routes]
