"""The browser's files: one address a version, kept by browsers for a year, squeezed once at start."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

STATIC: Final = Path(__file__).parent / "static"
STYLES: Final = (
    "theme",
    "base",
    "frame",
    "forms",
    "tables",
    "things",
    "charts",
    "orders",
    "hours",
    "invoices",
    "doorway",
    "notices",
    "bulletins",
    "print",
)
_SQUEEZED: Final = frozenset({".css", ".js", ".svg"})


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    plain: bytes
    squeezed: bytes | None
    kind: str
    version: str


@cache
def assets() -> dict[str, Asset]:
    """Every file below `static/` by its name there, and `portal.css`: our style sheets in one."""
    found = {
        path.relative_to(STATIC).as_posix(): path.read_bytes()
        for path in sorted(STATIC.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
    found["portal.css"] = b"\n".join(found[f"css/{name}.css"] for name in STYLES)
    return {name: _asset(name, content) for name, content in found.items()}


def _asset(name: str, content: bytes) -> Asset:
    kind = "font/woff2" if name.endswith(".woff2") else mimetypes.guess_type(name)[0] or "application/octet-stream"
    squeezed = gzip.compress(content, mtime=0) if Path(name).suffix in _SQUEEZED else None
    return Asset(content, squeezed, kind, hashlib.sha256(content).hexdigest()[:12])


def asset_url(name: str) -> str:
    """Where a file is; the address changes with its content. Raises KeyError for a file that is not there."""
    return f"/static/{name}?v={assets()[name].version}"


async def send_asset(request: Request) -> Response:
    """The file, squeezed where the browser can take it."""
    asset = assets().get(request.path_params["name"])
    if asset is None:
        raise HTTPException(404)
    lasting = "public, max-age=31536000, immutable" if "v" in request.query_params else "public, max-age=86400"
    headers = {"Cache-Control": lasting, "ETag": f'"{asset.version}"', "Vary": "Accept-Encoding"}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    content = asset.plain
    if asset.squeezed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        content, headers["Content-Encoding"] = asset.squeezed, "gzip"
    return Response(content, media_type=asset.kind, headers=headers)


routes = [Route("/static/{name:path}", send_asset, name="static")]
