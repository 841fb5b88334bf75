"""What tests of workers share: settings, a mail server that can be slow or refuse, worker processes."""

import asyncio
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from socket import create_server
from typing import Any

import psycopg
from aiosmtpd.controller import Controller

from backend.kit.children import Child, spawn
from backend.settings import Settings
from tests.waiting import eventually

CODE = """
import sys
from datetime import timedelta
from backend.kit import logs
from backend.settings import Settings
from workers.main import Pace, run
logs.configure(production=False)
lease, sweep, minute = (timedelta(seconds=float(word)) for word in sys.argv[1:])
run(Settings.read().complete(), Pace(lease=lease, sweep=sweep, minute=minute))
"""


def settings_for(
    folder: Path, database_url: str, redis_url: str, smtp_port: int | None = None, inbox: str = ""
) -> Settings:
    """The settings of a worker; mails go to a server on this port, else to files, and come in from `inbox`."""
    server = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(smtp_port)} if smtp_port else {}
    return Settings.read(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "PORTAALI_DATA": str(folder),
            "PORTAALI_SECRET": "s" * 40,
            "PORTAALI_BASE_URL": "https://portaali.example.fi",
            "PORTAALI_INBOX": inbox,
            **server,
        }
    )


@contextmanager
def worker(settings: Settings, *, lease: float = 2, sweep: float = 0.2, minute: float = 0.2) -> Iterator[Child]:
    """A worker process that is at work, stopped at the end; times are in seconds."""
    log = settings.data / "worker.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    before = log.read_text().count("at work") if log.exists() else 0
    words = [sys.executable, "-c", CODE, *(str(seconds) for seconds in (lease, sweep, minute))]
    child = spawn("worker", words, env=settings.environment(), log=log)
    try:
        eventually(lambda: log.read_text().count("at work") > before or not child.is_running, within=30)
        assert child.is_running, child.last_words(40)
        yield child
    finally:
        child.stop()


def killed(child: Child) -> None:
    """End a process without asking it."""
    child.process.kill()
    child.process.wait()


class MailServer:
    """Takes mails by SMTP. `gate` can keep it from answering, `answers` are what it says to receivers, then 250."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.at: list[float] = []
        self.entered = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()
        self.answers: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        self.at.append(time.monotonic())
        self.entered.release()
        await asyncio.to_thread(self.gate.wait)
        return "250 taken"

    @property
    def keys(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]


@contextmanager
def mail_server() -> Iterator[tuple[MailServer, int]]:
    """A mail server on a free port of this machine."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield server, port
    finally:
        server.gate.set()
        controller.stop()


def ask(url: str, statement: str) -> Any:
    """The first value of a query."""
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
        return row and row[0]
