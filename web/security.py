"""Headers on every answer, requests of other sites refused, tokens for forms, and sealed notes.

A form is safe three times over: the cookie is SameSite, the browser says where a request comes from, and every form
carries a token that only we can make.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_TRANSPORT: Final = (b"strict-transport-security", b"max-age=31536000")
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Headers:
    """Adds the safe headers to every answer that has not set its own, and `no-store` where nothing else is said."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                wanted = [*_HEADERS, (b"cache-control", b"no-store")]
                if scope.get("scheme") == "https":
                    wanted.append(_TRANSPORT)
                message["headers"] = [*message["headers"], *(pair for pair in wanted if pair[0] not in present)]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class Failures:
    """Lets `answer` speak where all else failed, so far as nothing was sent yet: its words are an answer like others,
    with the headers of all and a line in the log."""

    def __init__(self, app: ASGIApp, answer: Callable[[Request, Exception], Awaitable[ASGIApp]]) -> None:
        self.app, self.answer = app, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def watched(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if began or scope["type"] != "http":
                raise
            answer = await self.answer(Request(scope), error)
            await answer(scope, receive, send)


class SameSite:
    """Refuses what another site made the browser send, by `Sec-Fetch-Site`, or `Origin` where a browser is too old.

    Programs send neither header: they have no cookie to abuse, and their tokens are nobody else's to use.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _SAFE_METHODS and is_foreign(scope):
            await PlainTextResponse("This request came from another site.", 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def is_foreign(scope: Scope) -> bool:
    """Whether another site made a browser ask this."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    if site is not None:
        return site not in (b"same-origin", b"none")
    return origin is not None and origin.rpartition(b"//")[2] != headers.get(b"host")


class TooMuch(HTTPException):
    """More bytes came than a request may have: status 413."""

    def __init__(self) -> None:
        super().__init__(413)


class BodyLimit:
    """Stops the reading of a body of more than `most` bytes: by what it claims, and by what really comes.

    Whoever reads the body gets `TooMuch`, so that the answer can be a page like others.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app, self.most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        claimed = next((value for name, value in scope["headers"] if name.lower() == b"content-length"), b"0")
        came, began = 0, False

        async def counted() -> Message:
            nonlocal came
            if not claimed.isdigit() or int(claimed) > self.most:
                raise TooMuch
            message = await receive()
            came += len(message.get("body", b""))
            if came > self.most:
                raise TooMuch
            return message

        async def watched(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self.app(scope, counted, watched)
        except TooMuch:
            if began:
                raise
            await PlainTextResponse("This is too much at once.", 413)(scope, receive, send)


@dataclass(frozen=True)
class Sealer:
    """Notes that leave the server and come back unchanged or not at all. They are signed, not hidden."""

    secret: bytes

    def _mark(self, purpose: str, body: bytes) -> bytes:
        return hmac.new(self.secret, purpose.encode() + b"\0" + body, hashlib.sha256).digest()

    def token(self, purpose: str, owner: str) -> str:
        """A token for one purpose and one owner, always the same: a page left open outlives a session, not a person."""
        return base64.urlsafe_b64encode(self._mark(purpose, owner.encode())).decode().rstrip("=")

    def fits(self, token: str, purpose: str, owner: str) -> bool:
        """Whether `token` is the one for this purpose and owner, compared in constant time."""
        return secrets.compare_digest(token.encode(), self.token(purpose, owner).encode())

    def seal(self, purpose: str, note: Mapping[str, Any], *, now: datetime) -> str:
        """A note as a string for a cookie or a hidden field."""
        body = json.dumps({"at": now.timestamp(), "note": note}, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mark(purpose, body) + body).decode().rstrip("=")

    def unseal(self, purpose: str, sealed: str, *, within: timedelta, now: datetime) -> dict[str, Any] | None:
        """The note, or None when it is not ours, was for something else, or is too old."""
        try:
            raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        except ValueError:
            return None
        mark, body = raw[:32], raw[32:]
        if not hmac.compare_digest(mark, self._mark(purpose, body)):
            return None
        opened: dict[str, Any] = json.loads(body)
        note: dict[str, Any] = opened["note"]
        return note if 0 <= now.timestamp() - opened["at"] <= within.total_seconds() else None
