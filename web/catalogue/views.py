"""The pages of the service catalogue."""

from web.catalogue import managing, ordering

routes = [*managing.routes, *ordering.routes]
