"""Mails as people's programs write them, taken by the verb itself."""

from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from backend.files.store import Folder
from backend.inbox.arriving import arrive
from backend.inbox.model import IncomingMail
from backend.inbox.rules import House
from backend.inbox.taking_verbs import take_mail
from backend.kit.actor import SCHEDULE, Actor
from backend.parties.model import Person
from tests.making import NOW

HOUSE = House.of(
    host="portaali.example.fi",
    sender="portaali@example.fi",
    address="apu@example.fi",
    secret="a secret of thirty-two or more",
)


async def address_of(session: AsyncSession, actor: Actor) -> str:
    return (await session.get_one(Person, actor.person_id)).email


def a_mail(
    sender: str,
    text: str = "It still does not work.",
    *,
    subject: str = "Re: Sign-in",
    to: str = "apu@example.fi",
    **headers: str,
) -> bytes:
    """A plain mail; headers by their names, with `_` for `-`."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n{more}\r\n{text}\r\n".encode()


def with_files(sender: str, text: str, *names: str, **headers: str) -> bytes:
    """A mail with attachments of these names; headers as of `a_mail`."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, "apu@example.fi"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    for name in names:
        mail.add_attachment(b"%PDF-1.4 loki", maintype="application", subtype="pdf", filename=name)
    return mail.as_bytes()


async def take(session: AsyncSession, folder: Path, raw: bytes, *, now: datetime = NOW) -> IncomingMail:
    """The mail comes, read and kept as the worker does."""
    return await take_mail(session, SCHEDULE, arrived=arrive(raw, Folder(folder)), house=HOUSE, now=now)
