"""Pages to come of this noun."""

from starlette.routing import Route

routes: list[Route] = []
