"""The demo's processes: servers, web and worker started in order, kept alive, stopped in the reverse order."""

import http.client
import json
import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import NoReturn

from backend import embedded
from backend.embedded import Servers
from backend.kit.children import Child, spawn
from backend.listening import SIGNALS, bind
from backend.settings import Inbox, Say, Settings, Trouble

MOST_DEATHS = 5
"""So many ends of one part within a minute are not chance any more."""


class Stopped(BaseException):
    """Somebody wants us to end."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Within: the first signal to end raises Stopped and later ones are ignored, so that stopping is not cut short."""

    def on_signal(number: int, _: FrameType | None) -> NoReturn:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    before = {each: signal.signal(each, on_signal) for each in SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _inbox_of(settings: Settings) -> Inbox:
    """The mailbox that was named, else a folder beside the database: a mail put into it comes in."""
    url = (settings.data / "inbox").as_uri().replace("file:", "maildir:", 1)
    return Inbox(url=settings.inbox.url or url, address=settings.inbox.address or settings.mail.sender)


def demo(settings: Settings, say: Say) -> None:
    """Run everything until a signal says to stop."""
    if (settings.database_url is None) != (settings.redis_url is None):
        raise Trouble("Set both DATABASE_URL and REDIS_URL, or neither: then the demo brings its own servers.")
    if embedded.find_running(settings.data) is None:  # else its lock says better than its port what is the matter
        bind(settings.host, settings.port).close()
    with stoppable():
        try:
            with embedded.servers(settings.data, say=say) if settings.database_url is None else nullcontext() as own:
                _run(settings, own, say)
        except Stopped:
            pass
    say("Stopped.")


def _run(settings: Settings, own: Servers | None, say: Say) -> None:
    if own:
        settings = settings.on(own.database_url, own.redis_url)
    settings = replace(
        settings, demo=True, secret=settings.secret or kept_secret(settings.data), inbox=_inbox_of(settings)
    )
    parts = _Parts(settings, own, say)
    try:
        _fill(parts, say)
        parts.start("web")
        parts.start("worker")
        _wait_for_answer(settings, parts.children["web"])
        _introduce(settings, say)
        parts.watch()
    finally:
        parts.stop()


@dataclass(slots=True)
class _Parts:
    """Our own processes, and how often each has ended by itself."""

    settings: Settings
    own: Servers | None
    say: Say
    children: dict[str, Child] = field(default_factory=dict)
    deaths: dict[str, list[float]] = field(default_factory=dict)

    def start(self, name: str) -> Child:
        """`web`, `worker` or `fill`; the first two log to a file each."""
        command = {"web": "serve"}.get(name, name)
        folder = self.settings.data / "log"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        child = spawn(
            name,
            [sys.executable, "-m", "backend.cli", command],
            env={**os.environ, **self.settings.environment()},
            log=None if name == "fill" else folder / f"{name}.log",
            keep=(self.own.lock,) if self.own else (),
        )
        self.children[name] = child
        return child

    def watch(self) -> NoReturn:
        """Start again what ends; Trouble when it keeps ending."""
        while True:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
            for child in [*self.children.values(), *(self.own.children if self.own else ())]:
                if not child.is_running:
                    self._revive(child)

    def _revive(self, child: Child) -> None:
        now = time.monotonic()
        deaths = [*(then for then in self.deaths.get(child.name, []) if now - then < 60), now]
        self.deaths[child.name] = deaths
        if len(deaths) >= MOST_DEATHS:
            raise Trouble(f"{child.name} has ended {len(deaths)} times in a minute; {child.log} says why.")
        self.say(f"{child.name} ended by itself ({_how(child)}) and is started again.")
        if self.own and child in self.own.children:
            self.own.revive(child)
        else:
            self.start(child.name)

    def stop(self) -> None:
        """Web first, then the worker, which may still tell what the last requests did."""
        for name in ("fill", "web", "worker"):
            if name in self.children:
                self.children[name].stop()


def _how(child: Child) -> str:
    code = child.process.returncode
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"


def _fill(parts: _Parts, say: Say) -> None:
    """Migrate, and fill a database that is empty; one whose filling was cut short is emptied and filled anew."""
    settings = parts.settings
    if filling(settings.data).exists():
        if parts.own is None:
            raise Trouble(
                f"Filling the demo was cut short: empty the database that DATABASE_URL names, "
                f"remove {filling(settings.data)}, and start again."
            )
        say("Filling the demo was cut short the last time: beginning anew.")
        parts.own.create_database()
        shutil.rmtree(settings.data / "files", ignore_errors=True)
        (settings.data / "files").mkdir(mode=0o700)
        filling(settings.data).unlink()
    if parts.start("fill").process.wait() != 0:
        raise Trouble("The demo could not be prepared; the reason is above.")
    del parts.children["fill"]


def filling(data: Path) -> Path:
    """A file that is there while the demo is being filled."""
    return data / "filling"


def kept_secret(data: Path) -> str:
    """The secret of an installation that was given none: made once, kept for us alone."""
    path = data / "secret"
    if not path.exists():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Write a file that only we may read; whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _wait_for_answer(settings: Settings, web: Child) -> None:
    host, port = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host), settings.port
    while web.is_running:
        line = http.client.HTTPConnection(host, port, timeout=10)
        try:
            line.request("GET", "/healthz")
            line.getresponse().read()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)  # a port that another process will listen on tells nobody before
        finally:
            line.close()
    raise Trouble(f"The web server ended as soon as it was started; the end of {web.log} says:\n{web.last_words(15)}")


def _introduce(settings: Settings, say: Say) -> None:
    """Print the address and who can sign in; the file keeps both, with this start's address."""
    say("")
    say(f"Palveluportaali: {settings.base_url}")
    path = settings.data / "demo.json"
    if path.exists():
        told = json.loads(path.read_text())
        if told.get("url") != settings.base_url:
            write_private(path, json.dumps({**told, "url": settings.base_url}, ensure_ascii=False, indent=2))
        say("")
        for row in _table([_columns(person) for person in told["people"]]):
            say("  " + row)
        say("")
        say(f"Tokens for the API are in {path}.")
    say(f"Logs are in {settings.data / 'log'}. Stop with Ctrl-C.")


def _columns(person: dict[str, str | None]) -> list[str]:
    return [person.get(key) or "–" for key in ("name", "role", "organisation", "email", "password")]


def _table(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
