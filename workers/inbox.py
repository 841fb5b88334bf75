"""Mail comes in from a maildir or a mailbox by IMAP. Decides nothing: what becomes of a mail, the verb says.

A mail counts as read in its mailbox only once the verb has committed. Whoever is killed in between finds it again, and
the verb knows it.
"""

import asyncio
import imaplib
import logging
import re
import ssl
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from backend.complaints.mail_verbs import receive_mail
from backend.files.store import Store
from backend.inbox.arriving import arrive
from backend.inbox.reading import MOST_BYTES
from backend.inbox.rules import House
from backend.kit.actor import SCHEDULE
from backend.kit.entrance import Entrance

log = logging.getLogger(__name__)

AT_ONCE: Final = 100
"""Mails that are taken in one turn."""
_SECONDS: Final = 30
"""So long a mail server may take for one step."""
_BEGINNING: Final = 64 * 1024
"""Bytes that are brought of a mail that is too large."""


class NoMailbox(Exception):
    """The mailbox cannot be reached, or not any more."""


class Mailbox(Protocol):
    """Mails that wait, by keys of the mailbox's own; for one thread at a time. Raises NoMailbox."""

    def waiting(self) -> list[str]: ...

    def get(self, key: str) -> tuple[bytes, bool]:
        """A mail's bytes, and whether they are all of it."""
        ...

    def done(self, key: str) -> None:
        """It was taken: it waits no more, and stays where it is."""
        ...

    def close(self) -> None: ...


def open_mailbox(url: str) -> Mailbox:
    """The mailbox at an address that the settings let pass. Raises NoMailbox."""
    parts = urlsplit(url)
    return Maildir(Path(unquote(parts.path))) if parts.scheme == "maildir" else Imap(parts)


@dataclass
class Inbox:
    """Takes what waits, one mail after the other, each by one entrance."""

    url: str
    house: House
    entrance: Entrance
    store: Store
    _tries: Counter[str] = field(default_factory=Counter)
    """Of mails that failed: what never succeeds comes last and keeps no other from its turn."""

    async def take(self) -> None:
        """Take what waits now; what fails is tried again the next time."""
        try:
            mailbox = await asyncio.to_thread(open_mailbox, self.url)
            try:
                for key in self._in_turn(await asyncio.to_thread(mailbox.waiting)):
                    await self._try(mailbox, key)
            finally:
                await asyncio.to_thread(mailbox.close)
        except NoMailbox as fault:
            log.warning("the mailbox cannot be read: %s", fault)

    def _in_turn(self, keys: Sequence[str]) -> list[str]:
        self._tries = Counter({key: self._tries[key] for key in keys if self._tries[key]})
        return sorted(keys, key=self._tries.__getitem__)[:AT_ONCE]

    async def _try(self, mailbox: Mailbox, key: str) -> None:
        try:
            raw, is_whole = await asyncio.to_thread(mailbox.get, key)
            arrived = await asyncio.to_thread(arrive, raw, self.store, is_whole=is_whole)
            entered = await self.entrance.enter(SCHEDULE, receive_mail, arrived=arrived, house=self.house)
            entered.thing()
            await asyncio.to_thread(mailbox.done, key)
        except NoMailbox:
            raise
        except Exception:
            self._tries[key] += 1
            log.exception("a mail was not taken (try %s)", self._tries[key])


class Maildir:
    """A folder of files: `new` has those that nobody has looked at, `cur` the others with flags in their names."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            for name in ("tmp", "new", "cur"):
                (root / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise NoMailbox(str(fault)) from fault

    def waiting(self) -> list[str]:
        try:
            unread = [path for name in ("new", "cur") for path in (self.root / name).iterdir() if _is_unread(path)]
            return [str(path.relative_to(self.root)) for path in sorted(unread, key=lambda path: path.name)]
        except OSError as fault:
            raise NoMailbox(str(fault)) from fault

    def get(self, key: str) -> tuple[bytes, bool]:
        path = self.root / key
        is_whole = path.stat().st_size <= MOST_BYTES
        with path.open("rb") as mail:
            return mail.read(-1 if is_whole else _BEGINNING), is_whole

    def done(self, key: str) -> None:
        name, _, flags = Path(key).name.partition(":2,")
        (self.root / key).rename(self.root / "cur" / f"{name}:2,{''.join(sorted({*flags, 'S'}))}")

    def close(self) -> None:
        """Nothing is open."""


def _is_unread(path: Path) -> bool:
    return not path.name.startswith(".") and "S" not in path.name.partition(":2,")[2]


class Imap:
    """A folder on a mail server, over TLS; in clear on this machine alone."""

    def __init__(self, address: SplitResult) -> None:
        host, folder = address.hostname or "", unquote(address.path.strip("/")) or "INBOX"
        try:
            if address.scheme == "imaps":
                context = ssl.create_default_context()
                self._server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                    host, address.port or 993, ssl_context=context, timeout=_SECONDS
                )
            else:
                self._server = imaplib.IMAP4(host, address.port or 143, timeout=_SECONDS)
        except (OSError, imaplib.IMAP4.error) as fault:
            raise NoMailbox(str(fault) or type(fault).__name__) from fault
        try:
            self._ask("login", unquote(address.username or ""), unquote(address.password or ""))
            self._ask("select", '"{}"'.format(folder.replace("\\", "\\\\").replace('"', '\\"')))
        except BaseException:
            self.close()
            raise

    def waiting(self) -> list[str]:
        found = self._ask("uid", "SEARCH", "UNSEEN")
        return found[0].decode("ascii").split() if found and isinstance(found[0], bytes) else []

    def get(self, key: str) -> tuple[bytes, bool]:
        is_whole = self._size(key) <= MOST_BYTES
        part = "" if is_whole else f"<0.{_BEGINNING}>"
        for answer in self._ask("uid", "FETCH", key, f"(BODY.PEEK[]{part})"):
            if isinstance(answer, tuple):
                return answer[1], is_whole
        raise LookupError("the mail is not there any more")

    def done(self, key: str) -> None:
        self._ask("uid", "STORE", key, "+FLAGS.SILENT", r"(\Seen)")

    def close(self) -> None:
        with suppress(OSError, imaplib.IMAP4.error):
            self._server.logout()
        with suppress(OSError):
            self._server.shutdown()  # a connection that broke says no farewell

    def _size(self, key: str) -> int:
        answer = b" ".join(each for each in self._ask("uid", "FETCH", key, "(RFC822.SIZE)") if isinstance(each, bytes))
        size = re.search(rb"RFC822\.SIZE (\d+)", answer)
        return int(size[1]) if size else 0

    def _ask(self, command: str, *words: str) -> list[bytes | tuple[bytes, bytes] | None]:
        try:
            said, answer = getattr(self._server, command)(*words)
        except (OSError, imaplib.IMAP4.error) as fault:
            raise NoMailbox(f"{command}: {str(fault) or type(fault).__name__}") from fault
        if said != "OK":
            raise NoMailbox(f"{command}: {said}")
        return list(answer)
