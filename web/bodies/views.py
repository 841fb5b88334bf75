"""The pages of bodies."""

from web.bodies import body_page, endings, listing

routes = [*listing.routes, *body_page.routes, *endings.routes]
