"""Which language a page is in: chosen in the header, else the person's own, else what the browser prefers."""

from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from backend.kit.actor import Language

COOKIE: Final = "kieli"
OWN_NAMES: Final = {Language.FI: "Suomeksi", Language.SV: "På svenska", Language.EN: "In English"}
_CODES: Final = frozenset(language.value for language in Language)
_A_YEAR: Final = 31_536_000


def language_of(request: Request, own: Language | None = None) -> Language:
    """`own` is the language in a signed-in person's settings."""
    chosen = request.cookies.get(COOKIE)
    if chosen in _CODES:
        return Language(chosen)
    return own or _preferred(request.headers.get("Accept-Language", ""))


def _preferred(header: str) -> Language:
    for part in header.split(","):
        code = part.strip()[:2].lower()
        if code in _CODES:
            return Language(code)
    return Language.FI


def local_path(path: str, otherwise: str = "/") -> str:
    """The path, when it leads nowhere but to this site."""
    is_local = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_local else otherwise


async def choose(request: Request) -> Response:
    """Remember the language and go back to where one was."""
    code = request.path_params["code"]
    if code not in _CODES:
        raise HTTPException(404)
    answer = RedirectResponse(local_path(request.query_params.get("takaisin", "/")), 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, code, max_age=_A_YEAR, httponly=True, samesite="lax", secure=secure)
    return answer


routes = [Route("/kieli/{code}", choose, name="language.choose")]
