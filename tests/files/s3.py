"""An S3 service of the test's own, as far as a store asks one: put, get, head, list, delete, each signed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

KEY = re.compile(r"<Key>([^<]+)</Key>")


class Objects(dict[str, tuple[bytes, datetime]]):
    """What stands in the buckets, by bucket and key, and since when; `page` is how many a list gives at a time."""

    page = 1_000
    refuses = False
    """Whether every request is answered as by a service that is out of order."""

    def age(self, key: str, then: datetime) -> None:
        self[key] = (self[key][0], then)


class _Answering(BaseHTTPRequestHandler):
    objects: Objects
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        self.objects[self._key] = (self._body(), datetime.now(UTC))
        self._answer(200)

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        if "list-type" in asked:
            return self._list(**{name: values[0] for name, values in asked.items()})
        return self._object(with_body=True)

    def do_HEAD(self) -> None:
        self._object(with_body=False)

    def do_DELETE(self) -> None:
        self.objects.pop(self._key, None)
        self._answer(204)

    def do_POST(self) -> None:
        """Several are deleted at once."""
        bucket, keys = self._key.partition("/")[0], KEY.findall(self._body().decode())
        for key in keys:
            self.objects.pop(f"{bucket}/{unescape(key)}", None)
        told = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{told}</DeleteResult>".encode())

    @property
    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).strip("/")

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _object(self, *, with_body: bool) -> None:
        found = self.objects.get(self._key)
        if found is None:
            return self._answer(404)
        return self._answer(200, found[0], found[1], with_body=with_body)

    def _list(self, prefix: str = "", **asked: str) -> None:
        start = f"{self._key}/{prefix}"
        keys = sorted(key for key in self.objects if key.startswith(start))
        first = int(asked.get("continuation-token", 0))
        shown = keys[first : first + self.objects.page]
        more = first + len(shown) < len(keys)
        each = "".join(
            f"<Contents><Key>{escape(key.partition('/')[2])}</Key><Size>{len(self.objects[key][0])}</Size>"
            f"<LastModified>{self.objects[key][1].isoformat()}</LastModified><ETag>x</ETag></Contents>"
            for key in shown
        )
        token = f"<NextContinuationToken>{first + len(shown)}</NextContinuationToken>" if more else ""
        told = f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>{token}{each}"
        self._answer(200, f"<ListBucketResult>{told}</ListBucketResult>".encode())

    def _answer(self, status: int, body: bytes = b"", at: datetime | None = None, *, with_body: bool = True) -> None:
        if not self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 "):
            status, body = 403, b""
        elif self.objects.refuses:
            status, body = 503, b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", format_datetime(at or datetime.now(UTC), usegmt=True))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the tests say what went wrong."""


@contextmanager
def service() -> Iterator[tuple[str, Objects]]:
    """The address of a service on the loopback, and what stands in it."""
    objects = Objects()
    handler = type("Answering", (_Answering,), {"objects": objects})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", objects
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
