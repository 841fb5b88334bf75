"""Whether this process lives, and whether it can serve."""

import asyncio
import ssl
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

PATIENCE = 2.0
"""Seconds."""


async def alive(request: Request) -> Response:
    """The process answers; nothing else is asked."""
    return PlainTextResponse("ok")


async def ready(request: Request) -> Response:
    """200 when the database is there and as this code needs it. Redis is told about, and not needed to serve."""
    database = "unreachable"
    with suppress(Exception):  # whatever is wrong with it, we are not ready
        async with asyncio.timeout(PATIENCE):
            database = "ok" if await request.app.state.is_at_head() else "not migrated"
    told = {"database": database, "redis": "ok" if await answers(request.app.state.redis_url) else "unreachable"}
    return JSONResponse(told, 200 if database == "ok" else 503)


async def answers(redis_url: str | None) -> bool:
    """Whether something that speaks Redis is at the address. A PING by hand: this process never meets the queue."""
    if redis_url is None:
        return False
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await _connect(redis_url)
            try:
                writer.write(b"PING\r\n")
                return (await reader.readline()).startswith((b"+PONG", b"-NOAUTH"))
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError):
        return False


async def _connect(redis_url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(redis_url)
    if address.scheme == "unix":
        return await asyncio.open_unix_connection(unquote(address.path))
    context = ssl.create_default_context() if address.scheme == "rediss" else None
    return await asyncio.open_connection(address.hostname or "localhost", address.port or 6379, ssl=context)


routes = [Route("/healthz", alive, name="health.alive"), Route("/readyz", ready, name="health.ready")]
