"""Who asks at `/graphql`; what is asked is settled in `backend.graphql`.

Programs bring a key. A browser's session counts only for what our own pages ask: its cookie comes along with every
request, whoever caused it, so the browser must say that it was us, or a header must carry the form token.
"""

from typing import Final

from starlette.requests import Request
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from backend.graphql.door import Door
from backend.graphql.live import Live, Who
from backend.graphql.subscribing import Guard, Subscribing
from backend.graphql.view import Scope, View
from backend.identity.actors import Present
from backend.kit.actor import Actor
from web.identity.presence import bearer, cookie_name, house, key_in, present_of
from web.security import is_foreign

PATH: Final = "/graphql"
CSRF_HEADER: Final = "X-CSRF-Token"


async def asker(request: Request) -> Present | None:
    """Whoever asks by a key, or by the session of one of our own pages. A key that is wrong is nobody's."""
    if (secret := bearer(request)) is not None:
        return await house(request).reception.of_token(secret)
    present = await present_of(request)
    return present if present is not None and _is_from_our_pages(request, present) else None


def _is_from_our_pages(request: Request, present: Present) -> bool:
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    token = request.headers.get(CSRF_HEADER, "")
    return bool(request.app.state.portal.sealer.fits(token, "form", present.account))


async def actor_of(scope: Scope) -> Actor | None:
    """Whoever asks, as the schema knows them."""
    present = await asker(Request(scope))
    return present.actor if present else None


async def actor_of_file_request(request: Request) -> Actor | None:
    """Whoever brings a file or fetches one. A link to a file may be followed from anywhere, by one's own session."""
    present = await asker(request)
    if present is None and request.method == "GET" and bearer(request) is None:
        present = await present_of(request)
    return present.actor if present else None


def who_of(websocket: WebSocket, authorization: str | None) -> Who:
    """Whoever watches, each time anew: by the key in the first message or a header, or by the session of our own pages.

    A session's cookie comes along whoever opens a websocket, so it counts only where a browser says it was our page.
    """
    reception = house(websocket).reception
    key = bearer(websocket) if authorization is None else key_in(authorization) or ""
    secret = websocket.cookies.get(cookie_name(house(websocket).is_secure))

    async def who() -> Actor | None:
        if key is not None:
            present = await reception.of_token(key)
        elif secret and "Origin" in websocket.headers and not is_foreign(websocket.scope):
            present = await reception.of_session(secret, is_used=False)  # a page left open is nobody at work
        else:
            present = None
        return present.actor if present else None

    return who


def routes(door: Door, live: Live) -> list[BaseRoute]:
    guard = Guard(lambda websocket: is_foreign(websocket.scope), who_of)
    return [
        Route(PATH, View(door, actor_of), name="api.graphql"),
        WebSocketRoute(PATH, Subscribing(door, live, guard), name="api.changes"),
    ]
