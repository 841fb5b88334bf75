"""GraphQL over HTTP: who asks is settled here, what is asked in `backend.graphql`.

Programs bring a key. A browser's session counts only for what our own pages ask: its cookie comes along with every
request, whoever caused it, so the browser must say that it was us, or a header must carry the form token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.graphql.door import Door, NotAQuery
from backend.identity.actors import Present
from web.identity.presence import bearer, house, present_of

CSRF_HEADER: Final = "X-CSRF-Token"
JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"


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


@dataclass(frozen=True)
class Asked:
    """A request as the specification of GraphQL over HTTP has it."""

    document: str
    variables: dict[str, Any]
    operation: str | None
    by_id: bool


class Unclear(Exception):
    """A request that is none; the status and a sentence in English, for programmers."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


async def serve(request: Request) -> Response:
    """`POST` with JSON, or `GET` for queries; the answer in the form that the client accepts."""
    form = _accepted(request.headers.get("Accept", ""))
    if form is None:
        return _refused(406, "Accept application/graphql-response+json or application/json.", JSON)
    present = await asker(request)
    if present is None:
        return _refused(401, "Bring a key: Authorization: Bearer …", form, {"WWW-Authenticate": "Bearer"})
    try:
        asked = await _read(request)
        door: Door = request.app.state.door
        answer = await door.answer(
            asked.document,
            asked.variables,
            present.actor,
            asked.operation,
            by_id=asked.by_id,
            queries_only=request.method == "GET",
        )
    except Unclear as unclear:
        return _refused(unclear.status, unclear.sentence, form)
    except NotAQuery:
        return _refused(405, "Mutations come by POST.", form, {"Allow": "POST"})
    return Response(answer.body, 200 if answer.executed or form == JSON else 400, media_type=f"{form}; charset=utf-8")


def _accepted(header: str) -> str | None:
    """The first of our two forms that the client names; None when it names others only."""
    named = [part.partition(";")[0].strip().lower() for part in header.split(",") if part.strip()]
    for kind in named:
        if kind in (GRAPHQL, JSON):
            return kind
    return GRAPHQL if not named or "*/*" in named or "application/*" in named else None


async def _read(request: Request) -> Asked:
    if request.method == "GET":
        params = request.query_params
        texts = {name: params[name] for name in ("query", "operationName", "documentId") if name in params}
        objects = {name: _json(params[name], name) for name in ("variables", "extensions") if name in params}
        return _asked(texts | objects)
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != JSON:
        raise Unclear(415, "Send application/json.")
    body = await request.body()
    if len(body) > request.app.state.door.limits.body:
        raise Unclear(413, "The request is too large.")
    return _asked(_json(body, "the body"))


def _json(text: str | bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Unclear(400, f"There is no JSON in {what}.") from None


def _asked(given: Any) -> Asked:
    if not isinstance(given, dict):
        raise Unclear(400, "Send one JSON object.")
    document, by_id = given.get("query"), given.get("documentId")
    variables, operation, extensions = (given.get(name) for name in ("variables", "operationName", "extensions"))
    if isinstance(by_id, str) and document is None:
        document = by_id
    if not isinstance(document, str):
        raise Unclear(400, "Give the document in query, as text.")
    if variables is not None and not isinstance(variables, dict):
        raise Unclear(400, "Give variables as an object.")
    if operation is not None and not isinstance(operation, str):
        raise Unclear(400, "Give operationName as text.")
    if extensions is not None and not isinstance(extensions, dict):
        raise Unclear(400, "Give extensions as an object.")
    return Asked(document, variables or {}, operation or None, by_id=document is by_id)


def _refused(status: int, sentence: str, form: str, headers: Mapping[str, str] | None = None) -> Response:
    code = {401: "UNAUTHENTICATED", 413: "TOO_LARGE"}.get(status, "BAD_REQUEST")
    body = orjson.dumps({"errors": [{"message": sentence, "extensions": {"code": code}}]})
    return Response(body, status, dict(headers or {}), f"{form}; charset=utf-8")


routes = [Route("/graphql", serve, methods=["GET", "POST"], name="api.graphql")]
