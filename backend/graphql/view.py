"""GraphQL over HTTP to the letter: POST of JSON, GET for queries only, content negotiation, and who asks."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

import orjson

from backend.graphql.door import Answer, Door, NotAQuery
from backend.graphql.errors import formatted, internal
from backend.kit.actor import Actor

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ActorOf = Callable[[Scope], Awaitable[Actor | None]]

GRAPHQL, JSON = "application/graphql-response+json", "application/json"
ACCEPTED = {GRAPHQL: GRAPHQL, JSON: JSON, "application/*": JSON, "*/*": JSON}
UTF8 = {"utf-8", "utf8"}


class Unfit(Exception):
    """A request that is no GraphQL request: told with a status, whatever the media type."""

    def __init__(self, status: int, message: str, code: str = "BAD_REQUEST", **headers: str) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.headers = status, message, code, headers


@dataclass(frozen=True)
class Request:
    """What a client asks: a document's text or the id of a trusted one, variables, perhaps an operation's name."""

    document: str
    by_id: bool
    variables: Mapping[str, Any]
    operation: str | None


class View:
    """The ASGI application at `/graphql`.

    `actor_of` says who asks, by bearer token or session (whose rules against forged requests are its own);
    None is answered with 401.
    """

    def __init__(self, door: Door, actor_of: ActorOf) -> None:
        self.door, self.actor_of = door, actor_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"no {scope['type']} here")
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        media = negotiate(headers.get("accept"))
        try:
            if media is None:
                raise Unfit(406, f"Accept {GRAPHQL} or {JSON}")
            answer = await self._answer(scope, headers, receive)
            # The older media type has no status for a request that is at fault.
            status = 200 if answer.status == 400 and media == JSON else answer.status
            await respond(send, status, media, answer.body)
        except Unfit as unfit:
            errors = [{"message": unfit.message, "extensions": {"code": unfit.code}}]
            await respond(send, unfit.status, media or JSON, orjson.dumps({"errors": errors}), unfit.headers)

    async def _answer(self, scope: Scope, headers: Mapping[str, str], receive: Receive) -> Answer:
        method = scope["method"]
        if method not in ("GET", "POST"):
            raise Unfit(405, "Use GET or POST", "METHOD_NOT_ALLOWED", allow="GET, POST")
        actor = await self.actor_of(scope)
        if actor is None:
            raise Unfit(401, "Sign in, or send a token", "UNAUTHENTICATED", **{"www-authenticate": "Bearer"})
        if method == "GET":
            request = read_query(scope["query_string"])
        else:
            check_content_type(headers.get("content-type"))
            request = read_body(await self._body(headers, receive))
        try:
            return await self.door.answer(
                request.document,
                request.variables,
                actor,
                request.operation,
                by_id=request.by_id,
                queries_only=method == "GET",
            )
        except NotAQuery as error:
            raise Unfit(405, "A GET may run queries only", "METHOD_NOT_ALLOWED", allow="POST") from error

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> bytes:
        most = self.door.limits.body
        if headers.get("content-length", "0").isdecimal() and int(headers.get("content-length", "0")) > most:
            raise Unfit(413, f"At most {most} bytes", "BODY_LIMIT")
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Unfit(400, "The request broke off")
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > most:
                raise Unfit(413, f"At most {most} bytes", "BODY_LIMIT")
        return bytes(body)


@lru_cache(maxsize=200)
def negotiate(accept: str | None) -> str | None:
    """The best of our two media types for an Accept header, the older one where it does not say; None: neither."""
    if not accept or not accept.strip():
        return JSON
    offered = list(ACCEPTED)
    found: list[tuple[float, int]] = []
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name in ACCEPTED and (quality := _quality(parameters)) > 0:
            found.append((quality, -offered.index(name)))
    return ACCEPTED[offered[-max(found)[1]]] if found else None


def _quality(parameters: list[str]) -> float:
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return 0.0
        elif key.strip() == "charset" and value.strip().strip('"') not in UTF8:
            return 0.0
    return quality


@lru_cache(maxsize=200)
def check_content_type(content_type: str | None) -> None:
    """Refuse what is not JSON in UTF-8."""
    name, *parameters = (piece.strip().lower() for piece in (content_type or "").split(";"))
    charsets = [p.partition("=")[2].strip().strip('"') for p in parameters if p.startswith("charset")]
    if name != JSON or any(charset not in UTF8 for charset in charsets):
        raise Unfit(415, f"Send {JSON} in UTF-8", "UNSUPPORTED_MEDIA_TYPE")


def read_query(query_string: bytes) -> Request:
    """The request that a URL holds; `variables` and `extensions` are JSON there."""
    try:
        given = parse_qs(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError as error:
        raise Unfit(400, "The query string cannot be read") from error
    if any(len(values) > 1 for values in given.values()):
        raise Unfit(400, "A parameter is given twice")
    parameters: dict[str, Any] = {name: values[0] for name, values in given.items()}
    for name in ("variables", "extensions"):
        if parameters.get(name):
            parameters[name] = _json(parameters[name].encode(), name)
        else:
            parameters.pop(name, None)
    return read_parameters(parameters)


def read_body(body: bytes) -> Request:
    parameters = _json(body, "The body")
    if not isinstance(parameters, dict):
        raise Unfit(400, "The body must be one JSON object")
    return read_parameters(parameters)


def _json(text: bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Unfit(400, f"{what} is not JSON") from error


def read_parameters(given: Mapping[str, Any]) -> Request:
    """A request of its parameters; raises Unfit where one is missing or is not what it must be."""
    for name, type_, what in (
        ("query", str, "a string"),
        ("documentId", str, "a string"),
        ("operationName", str, "a string"),
        ("variables", dict, "an object"),
        ("extensions", dict, "an object"),
    ):
        if given.get(name) is not None and not isinstance(given[name], type_):
            raise Unfit(400, f"{name} must be {what}")
    identity = given.get("documentId") or _persisted(given.get("extensions") or {})
    document = identity or given.get("query")
    if not document:
        raise Unfit(400, "Neither a query nor a documentId is given")
    return Request(document, bool(identity), given.get("variables") or {}, given.get("operationName") or None)


def _persisted(extensions: Mapping[str, Any]) -> str | None:
    """The id in the older form that many clients send."""
    persisted = extensions.get("persistedQuery")
    sha = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return f"sha256:{sha}" if isinstance(sha, str) else None


def failed(error: Exception) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """What answers a request that failed before there was a document to execute: 500, masked, under a reference."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        accept = next((value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"accept"), None)
        errors = formatted([internal(error, "a request failed")])
        await respond(send, 500, negotiate(accept) or JSON, orjson.dumps({"errors": errors}))

    return answer


async def respond(send: Send, status: int, media: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
    fixed = {
        "content-type": f"{media}; charset=utf-8",
        "content-length": str(len(body)),
        "cache-control": "no-store",
        "vary": "Accept, Authorization, Cookie",
        "x-content-type-options": "nosniff",
    }
    named = [(name.encode(), value.encode()) for name, value in {**fixed, **(headers or {})}.items()]
    await send({"type": "http.response.start", "status": status, "headers": named})
    await send({"type": "http.response.body", "body": body})
