"""Who a request is from: the browser's cookie, or the key of a program."""

from dataclasses import replace
from typing import Final, Protocol

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from backend.identity.actors import Present
from backend.identity.reception import Reception
from web.frame import Visitor
from web.language import language_of

COOKIE: Final = "istunto"
_BEARER: Final = "bearer "


class House(Protocol):
    """What `app.state` has for those who come in."""

    reception: Reception
    is_secure: bool
    """Whether people reach us by https, whatever stands between."""


def house(request: HTTPConnection) -> House:
    """What the application was made with."""
    state: House = request.app.state
    return state


def cookie_name(is_secure: bool) -> str:
    """With `__Host-` no neighbouring site can set it; browsers take such names by https only."""
    return f"__Host-{COOKIE}" if is_secure else COOKIE


def secret_of(request: HTTPConnection) -> str | None:
    """The secret of the browser's session, if it brings one."""
    return request.cookies.get(cookie_name(house(request).is_secure))


async def present_of(request: Request) -> Present | None:
    """Whoever has signed in to the portal in this browser; asked once a request."""
    if not hasattr(request.state, "present"):
        secret = secret_of(request)
        request.state.present = await house(request).reception.of_session(secret) if secret else None
    present: Present | None = request.state.present
    return present


def arrived(request: Request, present: Present | None) -> None:
    """Remember for the rest of this request who it turned out to be."""
    request.state.present = present


async def visitor_of(request: Request) -> Visitor | None:
    """The signed-in person as pages know them."""
    present = await present_of(request)
    return visitor(request, present) if present else None


def visitor(request: Request, present: Present) -> Visitor:
    """The same as pages know them: messages come in the language of the page, which may have been chosen in it."""
    actor = replace(present.actor, language=language_of(request, present.actor.language))
    return Visitor(actor, present.account, present.name)


def bearer(request: HTTPConnection) -> str | None:
    """The key in the `Authorization` header."""
    return key_in(request.headers.get("Authorization", ""))


def key_in(authorization: str) -> str | None:
    """The key in what an `Authorization` says."""
    return authorization[len(_BEARER) :].strip() if authorization.lower().startswith(_BEARER) else None


def keep_session(request: Request, answer: Response, secret: str) -> None:
    """Give the browser its session; it forgets it when it is closed."""
    secure = house(request).is_secure
    answer.set_cookie(cookie_name(secure), secret, path="/", httponly=True, samesite="lax", secure=secure)


def drop_session(request: Request, answer: Response) -> None:
    """Make the browser forget its session and what it has kept of our pages."""
    secure = house(request).is_secure
    answer.delete_cookie(cookie_name(secure), path="/", httponly=True, samesite="lax", secure=secure)
    if secure:
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'


def origin_of(request: Request) -> str | None:
    """The address of the machine that sent this, for counting tries."""
    return request.client.host if request.client else None
