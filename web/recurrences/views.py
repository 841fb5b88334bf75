"""The pages of what recurs."""

from web.recurrences import listing, steps

routes = [*listing.routes, *steps.routes]
