"""The demo's mails: what a mail server would have sent is kept as files, and is shown to whoever tries the demo."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from starlette.responses import Response

from web.pages import Page, Problem
from web.routing import get

MOST: Final = 200


@dataclass(frozen=True)
class Mail:
    """A mail as it would have come."""

    key: str
    to: str
    subject: str
    at: datetime
    language: str
    body: str


async def show(page: Page) -> Response:
    """The newest mails; those to one address alone with `?kenelle=`."""
    mails = await asyncio.to_thread(_read, _folder(page))
    to = page.params.get("kenelle", "")
    shown = [mail for mail in mails if to in ("", mail.to)]
    return await page.render("notices/mails.html", mails=shown, to=to, receivers=sorted({mail.to for mail in mails}))


async def show_one(page: Page) -> Response:
    mails = await asyncio.to_thread(_read, _folder(page))
    mail = next((mail for mail in mails if mail.key == page.path("key")), None)
    if mail is None:
        raise Problem(404)
    return await page.render("notices/mail.html", mail=mail)


def _folder(page: Page) -> Path:
    """Only a demo shows mails, to everybody: all of its people are offered by a click."""
    folder: Path | None = getattr(page.request.app.state, "demo_mails", None)
    if folder is None:
        raise Problem(404)
    return folder


def _read(folder: Path) -> list[Mail]:
    """The newest first."""
    paths = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [_parsed(path) for path in paths[:MOST]]


def _parsed(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return Mail(
        key=path.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        at=parsedate_to_datetime(str(message["Date"])),
        language=str(message["Content-Language"]),
        body=message.get_content(),
    )


routes = [
    get("/postit", show, name="mails.list", open=True),
    get("/postit/{key}", show_one, name="mails.show", open=True),
]
