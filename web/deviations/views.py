"""The pages of quality deviations."""

from web.deviations import listing, steps

routes = [*listing.routes, *steps.routes]
