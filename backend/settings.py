"""What the environment says, read once at the start and never again."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

SHORTEST_SECRET = 32

Say = Callable[[str], None]
"""Tells the person at the terminal a sentence."""


class Trouble(Exception):
    """Why we cannot go on: one sentence for the person at the terminal, which says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Where mail is handed over. Without a host it is kept as files in `folder`."""

    host: str | None
    port: int
    user: str | None
    password: str | None
    tls: str
    """`none`, `starttls` or `tls`."""
    sender: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Where mail comes in. Without a `url` none does."""

    url: str | None
    """`maildir:///…`, `imaps://user:password@host/INBOX`, or `imap://…` on this machine."""
    address: str | None
    """The mailbox's address: answers to mails about a ticket come to it, with the ticket's number after a `+`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every value that an installation may choose."""

    database_url: str | None
    """`postgresql://…`; None where the embedded servers stand in."""
    redis_url: str | None
    """`redis://…`, `rediss://…` or `unix://…`."""
    reports_database_url: str | None
    """A replica for reads that may lag a little; the primary where there is none."""
    host: str
    port: int
    """The only TCP port, and only the web server listens on it."""
    data: Path
    """The folder of all that is kept beside the database."""
    secret: str | None
    """Signs what leaves us and comes back: at least 32 characters."""
    base_url: str
    """How people reach us, without a slash at the end: links in mails, and the origin that forms must come from."""
    files: str
    """The store of files: `file:///…` or `s3://bucket/…`."""
    mail: Mail
    inbox: Inbox
    demo: bool
    """The database holds the demo: the sign-in page offers its people by a click."""
    contact: str
    """The mail address of those who keep this installation: for questions and for feedback on accessibility."""
    production: bool
    """Other than on a developer's machine: JSON logs, no GraphiQL, no field suggestions."""

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Raise Trouble for a value that cannot be meant."""
        given = _Given(os.environ if environment is None else environment)
        host = given.text("HOST", "127.0.0.1")
        port = given.port("PORT", 8000)
        data = Path(given.text("PORTAALI_DATA", ".portaali")).expanduser().absolute()
        return cls(
            database_url=given.url("DATABASE_URL", {"postgresql", "postgres"}),
            redis_url=given.url("REDIS_URL", {"redis", "rediss", "unix"}),
            reports_database_url=given.url("REPORTS_DATABASE_URL", {"postgresql", "postgres"}),
            host=host,
            port=port,
            data=data,
            secret=given.secret("PORTAALI_SECRET"),
            base_url=given.base_url("PORTAALI_BASE_URL", f"http://{_reachable(host)}:{port}"),
            files=given.url("FILES", {"file", "s3"}) or (data / "files").as_uri(),
            mail=Mail(
                host=given.text("SMTP_HOST") or None,
                port=given.port("SMTP_PORT", 25),
                user=given.text("SMTP_USER") or None,
                password=given.text("SMTP_PASSWORD") or None,
                tls=given.one_of("SMTP_TLS", "none", {"none", "starttls", "tls"}),
                sender=given.sender("SMTP_FROM", "palveluportaali@localhost"),
                folder=data / "mail",
            ),
            inbox=Inbox(
                url=given.inbox("PORTAALI_INBOX"),
                address=given.sender("PORTAALI_INBOX_ADDRESS", "") or None,
            ),
            demo=given.switch("PORTAALI_DEMO"),
            contact=given.sender("PORTAALI_CONTACT", given.sender("SMTP_FROM", "palveluportaali@localhost")),
            production=given.one_of("PORTAALI_ENV", "development", {"development", "production"}) == "production",
        )

    def complete(self) -> Self:
        """The same, once it is certain that what a running installation cannot do without is there."""
        if self.database_url is None:
            raise Trouble(
                "DATABASE_URL is not set: give the address of a PostgreSQL (postgresql://user@host/name), "
                "or run `portaali demo`, which brings its own."
            )
        if self.redis_url is None:
            raise Trouble(
                "REDIS_URL is not set: give the address of a Redis or Valkey (redis://host:6379/0), "
                "or run `portaali demo`, which brings its own."
            )
        if self.secret is None:
            raise Trouble(
                f"PORTAALI_SECRET is not set: give at least {SHORTEST_SECRET} characters that nobody can guess, "
                'the same at every start (python3 -c "import secrets; print(secrets.token_urlsafe(48))").'
            )
        return self

    def environment(self) -> dict[str, str]:
        """What a child process must find in its environment to read these same settings."""
        pairs = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "REPORTS_DATABASE_URL": self.reports_database_url,
            "HOST": self.host,
            "PORT": str(self.port),
            "PORTAALI_DATA": str(self.data),
            "PORTAALI_SECRET": self.secret,
            "PORTAALI_BASE_URL": self.base_url,
            "PORTAALI_DEMO": "1" if self.demo else "0",
            "PORTAALI_ENV": "production" if self.production else "development",
            "PORTAALI_CONTACT": self.contact,
            "FILES": self.files,
            "SMTP_HOST": self.mail.host,
            "SMTP_PORT": str(self.mail.port),
            "SMTP_USER": self.mail.user,
            "SMTP_PASSWORD": self.mail.password,
            "SMTP_TLS": self.mail.tls,
            "SMTP_FROM": self.mail.sender,
            "PORTAALI_INBOX": self.inbox.url,
            "PORTAALI_INBOX_ADDRESS": self.inbox.address,
        }
        return {name: value for name, value in pairs.items() if value is not None}

    def on(self, database_url: str, redis_url: str | None) -> Self:
        """The same with other servers."""
        return replace(self, database_url=database_url, redis_url=redis_url)


def _reachable(host: str) -> str:
    """The name under which this machine itself finds what listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)


class _Given:
    """The environment; an empty variable counts as one that is not set."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str, default: str = "") -> str:
        return self._environment.get(name, "").strip() or default

    def port(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
            raise Trouble(f"{name} is “{value}”: give a number from 1 to 65535.")
        return int(value)

    def one_of(self, name: str, default: str, values: set[str]) -> str:
        value = self.text(name, default).lower()
        if value not in values:
            raise Trouble(f"{name} is “{value}”: give one of {', '.join(sorted(values))}.")
        return value

    def switch(self, name: str) -> bool:
        return self.one_of(name, "0", {"0", "1"}) == "1"

    def url(self, name: str, schemes: set[str]) -> str | None:
        value = self.text(name)
        if not value:
            return None
        scheme, found, rest = value.partition("://")
        if scheme not in schemes or not found or not rest:
            # The value itself may hold a password, so it is not repeated.
            raise Trouble(f"{name} does not begin with {' or '.join(f'{s}://' for s in sorted(schemes))}.")
        return value

    def inbox(self, name: str) -> str | None:
        value = self.url(name, {"maildir", "imap", "imaps"})
        try:
            parts = urlsplit(value or "")
            _ = parts.port
        except ValueError:
            raise Trouble(f"{name} is no address: give imaps://user:password@host/INBOX.") from None
        if parts.scheme == "maildir" and (parts.netloc or not parts.path.strip("/")):
            raise Trouble(f"{name} names no folder: give maildir:///var/mail/portaali.")
        if parts.scheme in {"imap", "imaps"} and not (parts.hostname and parts.username and parts.password):
            raise Trouble(f"{name} lacks something: give imaps://user:password@host/INBOX.")
        if parts.scheme == "imap" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
            raise Trouble(f"{name} would send the password in clear: give imaps://, imap:// is for this machine alone.")
        return value

    def base_url(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query or parts.fragment:
            raise Trouble(f"{name} is “{value}”: give only scheme and host, like https://portaali.example.fi.")
        return value

    def secret(self, name: str) -> str | None:
        value = self.text(name)
        if value and len(value) < SHORTEST_SECRET:
            raise Trouble(f"{name} is too short: give at least {SHORTEST_SECRET} characters that nobody can guess.")
        return value or None

    def sender(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if value and not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
            raise Trouble(f"{name} is “{value}”: give one mail address.")
        return value
