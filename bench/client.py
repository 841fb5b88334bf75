"""The load generator, in a process of its own: `python -m bench.client` reads one JSON specification, prints one JSON.

So many connections on the loopback, each sending its next request when the last was answered, bounded in time and in
number. Requests are taken in turns from those given, so that caches see more than one.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from typing import Any

import httptools
import uvloop

MOST_CONNECTIONS, MOST_SECONDS, MOST_REQUESTS = 64, 60, 2_000_000


@dataclass
class Tally:
    deadline: float
    left: int
    times: list[float] = field(default_factory=list)
    bytes: int = 0
    faults: int = 0
    sample: str = ""
    """The first answer that was at fault."""


class Connection(asyncio.Protocol):
    """One client: parses answers, and sends the next request at once."""

    def __init__(self, requests: Any, tally: Tally, done: asyncio.Future[None]) -> None:
        self.requests, self.tally, self.done = requests, tally, done

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        if self.tally.left <= 0 or time.perf_counter() >= self.tally.deadline:
            self.transport.close()
            return
        self.tally.left -= 1
        self.parser, self.size, self.body = httptools.HttpResponseParser(self), 0, b""
        self.began = time.perf_counter()
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.size += len(body)
        if len(self.body) < 600:
            self.body += body

    def on_message_complete(self) -> None:
        tally = self.tally
        tally.times.append(time.perf_counter() - self.began)
        tally.bytes += self.size
        head = self.body[:600]
        wrong = self.parser.get_status_code() != 200 or b'"errors"' in head or b'"userErrors":[{' in head
        if wrong:
            tally.faults += 1
            tally.sample = tally.sample or head.decode(errors="replace")
        self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def measure(given: dict[str, Any]) -> dict[str, Any]:
    """`port`, `requests` (method, path, headers, body), `clients`, `seconds`, perhaps `most` requests."""
    loop = asyncio.get_running_loop()
    requests = cycle([encode(each) for each in given["requests"]])
    began = time.perf_counter()
    tally = Tally(began + min(given["seconds"], MOST_SECONDS), min(given.get("most") or MOST_REQUESTS, MOST_REQUESTS))
    ends = []
    for _ in range(min(given["clients"], MOST_CONNECTIONS)):
        done: asyncio.Future[None] = loop.create_future()
        await loop.create_connection(partial(Connection, requests, tally, done), "127.0.0.1", given["port"])
        ends.append(done)
    await asyncio.wait_for(asyncio.gather(*ends), min(given["seconds"], MOST_SECONDS) + 10)
    seconds = time.perf_counter() - began
    times = sorted(tally.times) or [0.0]
    return {
        "requests": len(tally.times),
        "rate": len(tally.times) / seconds,
        "p50": times[len(times) // 2] * 1e3,
        "p95": times[int(len(times) * 0.95)] * 1e3,
        "kb": tally.bytes / max(1, len(tally.times)) / 1024,
        "faults": tally.faults,
        "sample": tally.sample,
    }


def encode(request: dict[str, Any]) -> bytes:
    body: bytes = request.get("body", "").encode()
    headers = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **request.get("headers", {})}
    lines = [f"{request.get('method', 'POST')} {request['path']} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


if __name__ == "__main__":
    print(json.dumps(uvloop.run(measure(json.load(sys.stdin)))))
