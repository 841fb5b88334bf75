"""Handing mail over: to a server by SMTP, or without one as files in a folder."""

import logging
import os
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from backend.inbox.rules import House
from backend.kit.events import Audience
from backend.kit.translation import Text, translate
from backend.notices.letters import Mail
from backend.settings import Mail as MailSettings
from backend.settings import Settings

log = logging.getLogger(__name__)

_SECONDS: Final = 30
"""So long a mail server may take for one step."""


ANSWERS: Final[Mapping[Audience, Text]] = {
    Audience.TIERA: Text("An answer to this mail is written on the ticket, for Tiera to read."),
    Audience.BOTH: Text("An answer to this mail is written on the ticket, for Tiera and the supplier to read."),
    Audience.ALL: Text("An answer to this mail is written on the ticket, for all its parties to read."),
}
"""What follows from answering, by who reads the answer."""
OF_SUPPLIERS: Final = Text(
    "An answer to this mail is written on the ticket, for all its parties to read: for the customer only once Tiera has"
    " released it, where that is needed."
)
"""The same, where the answer is a supplier's words to all (H11.4-a)."""


class NotSent(Exception):
    """A mail was not taken; `is_final` where trying again is of no use."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final


class Line(Protocol):
    """Mails one after the other; for one thread at a time."""

    def post(self, mail: Mail) -> None:
        """Hand a mail over; when this returns it has arrived. Raises NotSent."""
        ...

    def close(self) -> None: ...


def warn_of_a_folder(settings: Settings) -> None:
    """Mails in a folder reach nobody: whoever keeps the installation hears it, but for a demo, which shows them."""
    if settings.mail.host is None and not settings.demo:
        log.warning("SMTP_HOST is not set: no mail is sent, mails are kept in %s", settings.mail.folder)


def open_line(settings: Settings) -> Line:
    """A line to the mail server, connected when it is first needed; else to the folder."""
    house = house_of(settings)
    return Smtp(settings.mail, house) if settings.mail.host else Folder(settings.mail, house)


def house_of(settings: Settings) -> House:
    """Where the mails of this installation leave and come in."""
    return House.of(
        host=urlsplit(settings.base_url).hostname or "localhost",
        sender=settings.mail.sender,
        address=settings.inbox.address,
        secret=settings.secret or "",
    )


def message_of(mail: Mail, house: House) -> EmailMessage:
    """The mail as it goes out. A repeat is the same message: the same Message-ID, the same date.

    Mails about a ticket are one conversation, and say where an answer is written on it.
    """
    message = EmailMessage()
    key = mail.key if mail.thread is None else f"{mail.thread.number}.{mail.key}"  # an answer may name this alone
    message["Message-ID"] = f"<{key}@{house.host}>"
    message["Date"] = format_datetime(mail.at)
    message["From"] = house.sender
    message["To"] = mail.address
    message["Subject"] = mail.subject
    message["Auto-Submitted"] = "auto-generated"  # absence notes need not answer
    body = mail.body
    if mail.thread is not None:
        message["References"] = f"<{house.thread_id(mail.thread.number)}>"
        answer_to = house.answer_address(mail.thread.number, mail.thread.audience, mail.address)
        if answer_to is not None:
            message["Reply-To"] = answer_to
            is_contact = mail.thread.is_suppliers and mail.thread.audience is Audience.ALL
            follows = OF_SUPPLIERS if is_contact else ANSWERS[mail.thread.audience]
            body += f"\n{translate(follows, mail.language)}\n"
    message.set_content(body)
    message["Content-Language"] = mail.language.value  # now, for set_content drops what was said of another content
    return message


class Smtp:
    """A connection to the mail server, kept for a batch and made anew after a failure."""

    def __init__(self, settings: MailSettings, house: House) -> None:
        self.settings, self.house = settings, house
        self._server: smtplib.SMTP | None = None

    def post(self, mail: Mail) -> None:
        try:
            if self._server is None:
                self._server = self._connect()
            self._server.send_message(message_of(mail, self.house))
        except smtplib.SMTPRecipientsRefused as fault:
            self.close()
            code, said = next(iter(fault.recipients.values()))
            raise NotSent(_said(code, said), is_final=500 <= code < 600) from fault
        except smtplib.SMTPResponseException as fault:
            self.close()
            is_final = isinstance(fault, smtplib.SMTPDataError) and 500 <= fault.smtp_code < 600
            raise NotSent(_said(fault.smtp_code, fault.smtp_error), is_final=is_final) from fault
        except (OSError, smtplib.SMTPException, ValueError) as fault:
            self.close()
            raise NotSent(str(fault) or type(fault).__name__) from fault

    def close(self) -> None:
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._server = None

    def _connect(self) -> smtplib.SMTP:
        given, host = self.settings, self.settings.host or ""
        if given.tls == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, given.port, timeout=_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, given.port, timeout=_SECONDS)
        try:
            if given.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if given.user:
                server.login(given.user, given.password or "")
        except BaseException:
            server.close()
            raise
        return server


def _said(code: int, said: bytes | str) -> str:
    return f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"


class Folder:
    """Mails as files that only we may read, one each, whole or not at all; a repeat replaces the first."""

    def __init__(self, settings: MailSettings, house: House) -> None:
        self.settings, self.house = settings, house

    def post(self, mail: Mail) -> None:
        folder: Path = self.settings.folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder / f"{mail.key}.eml"
            draft = path.with_suffix(f".{os.getpid()}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(bytes(message_of(mail, self.house)))
            draft.replace(path)
        except OSError as fault:
            raise NotSent(str(fault)) from fault

    def close(self) -> None:
        """Nothing is open."""
