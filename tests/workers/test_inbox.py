"""Mail comes in from a folder: each once, by the verb; what fails is tried again and keeps no other from its turn."""

import socket
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.files.store import Folder
from backend.inbox.model import IncomingMail
from backend.inbox.reading import MOST_BYTES
from backend.inbox.states import MailState, WhyAside
from backend.kit.database import make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.tickets.model import Ticket, TicketMessage
from tests.inbox.making import HOUSE, a_mail, address_of
from tests.making import NOW
from tests.tickets.making import make_desk, make_ticket
from tests.waiting import eventually
from tests.workers.making import ask, settings_for, worker
from workers.inbox import Inbox
from workers.timetable import Timetable


@dataclass(frozen=True)
class Door:
    """A mailbox with somebody who may write on a ticket."""

    url: str
    entrance: Entrance
    ticket: Ticket
    sender: str
    root: Path

    def arrives(self, name: str, raw: bytes) -> Path:
        """A mail server puts a mail into the folder."""
        for part in ("new", "cur", "tmp"):
            (self.root / part).mkdir(parents=True, exist_ok=True)
        path = self.root / "new" / name
        path.write_bytes(raw)
        return path

    def answer(self, text: str = "Still broken.") -> bytes:
        return a_mail(self.sender, text, subject=self.ticket.number)

    def inbox(self, url: str | None = None) -> Inbox:
        return Inbox(
            url or self.root.as_uri().replace("file", "maildir"), HOUSE, self.entrance, Folder(self.root / "../files")
        )

    async def said(self) -> list[str]:
        async with self.entrance.sessions() as session:
            return list((await session.scalars(sa.select(TicketMessage.text).order_by(TicketMessage.id))).all())


@pytest.fixture
async def door(database_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    engine = make_engine(database_url, pool_size=3)
    entrance = Entrance(make_sessions(engine), lambda: NOW)
    async with entrance.sessions.begin() as session:
        desk = await make_desk(session)
        ticket = await make_ticket(session, desk)
        sender = await address_of(session, desk.customer)
    yield Door(database_url, entrance, ticket, sender, tmp_path / "inbox box")
    await engine.dispose()


async def test_what_waits_is_taken_each_minute_and_stays_in_its_folder_as_read(door: Door) -> None:
    door.arrives("1.host", door.answer("One."))
    door.arrives("2.host", door.answer("Two."))
    (door.root / "cur" / "0.host:2,").write_bytes(door.answer("Looked at, not read."))
    (door.root / "cur" / "3.host:2,RS").write_bytes(door.answer("Read long ago."))
    table = Timetable(door.url, door.entrance, (door.root / "../files").as_uri(), timedelta(minutes=1), door.inbox())
    await table.keep()
    await table.keep()
    assert await door.said() == ["Looked at, not read.", "One.", "Two."]
    kept = sorted(path.name for path in (door.root / "cur").iterdir())
    assert kept == ["0.host:2,S", "1.host:2,S", "2.host:2,S", "3.host:2,RS"]
    assert not list((door.root / "new").iterdir())


async def test_who_was_killed_before_a_mail_was_marked_finds_it_again_and_it_is_taken_once(door: Door) -> None:
    raw = door.answer()
    door.arrives("1.host", raw)
    await door.inbox().take()
    door.arrives("1.host", raw)
    await door.inbox().take()
    assert await door.said() == ["Still broken."]
    assert not list((door.root / "new").iterdir())


async def test_a_mail_that_cannot_be_taken_keeps_no_other_from_its_turn_and_is_tried_again(door: Door) -> None:
    broken = door.arrives("1.host", b"")
    broken.unlink()
    broken.mkdir()
    door.arrives("2.host", door.answer())
    inbox = door.inbox()
    await inbox.take()
    assert await door.said() == ["Still broken."]
    broken.rmdir()
    door.arrives("1.host", door.answer("At last."))
    await inbox.take()
    assert await door.said() == ["Still broken.", "At last."]


async def test_a_mail_that_is_too_large_to_be_read_waits_for_the_desk_with_its_sender(door: Door) -> None:
    door.arrives("1.host", door.answer() + b"x" * MOST_BYTES)
    await door.inbox().take()
    async with door.entrance.sessions() as session:
        mail = (await session.scalars(sa.select(IncomingMail))).one()
    assert (mail.state, mail.why, mail.sender) == (MailState.HELD, WhyAside.NOT_WHOLE, door.sender)


async def test_a_mailbox_that_is_not_there_is_looked_for_again(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    for url in ("imap://u:p@127.0.0.1:1/INBOX", "maildir:///proc/none"):
        await door.inbox(url).take()
    assert caplog.text.count("the mailbox cannot be read") == 2


async def test_a_worker_takes_what_comes_to_the_mailbox_of_its_settings(
    door: Door, redis_url: str, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, door.url, redis_url, inbox=door.root.as_uri().replace("file", "maildir"))
    door.arrives("1.host", door.answer())
    with worker(settings):
        eventually(lambda: ask(door.url, "SELECT count(*) FROM incoming_mails WHERE state = 'taken'") == 1)
    assert await door.said() == ["Still broken."]


def serve_half(listener: socket.socket) -> None:
    """A mail server that goes away in the middle of a mail."""
    line, _ = listener.accept()
    with line, line.makefile("rwb", buffering=0) as talk:
        talk.write(b"* OK here\r\n")
        for said in iter(talk.readline, b""):
            tag, command = said.split()[:2]
            if b"SEARCH" in said:
                talk.write(b"* SEARCH 1 2\r\n")
            elif b"RFC822.SIZE" in said:
                talk.write(b"* 1 FETCH (UID 1 RFC822.SIZE 5000)\r\n")
            elif b"FETCH" in said:
                talk.write(b"* 1 FETCH (UID 1 BODY[] {5000}\r\nFrom: x@example.com\r\n\r\nHalf a")
                return
            elif command == b"CAPABILITY":
                talk.write(b"* CAPABILITY IMAP4rev1\r\n")
            talk.write(tag + b" OK done\r\n")


async def test_of_a_server_that_goes_away_in_the_middle_of_a_mail_nothing_is_taken(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve_half, args=[listener])
        server.start()
        await door.inbox(f"imap://u:p@127.0.0.1:{listener.getsockname()[1]}/INBOX").take()
        server.join(20)
    assert "the mailbox cannot be read" in caplog.text
    async with door.entrance.sessions() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(IncomingMail)) == 0
