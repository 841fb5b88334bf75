"""A mail as it comes: bytes → what came. Whatever the bytes are, something is read of them, in bounded time."""

import email
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any, Final

from backend.inbox.decoding import LONGEST_HEADER, decoded, plain, unfolded, words
from backend.inbox.quoting import unquoted

MOST_BYTES: Final = 40 * 1024 * 1024
"""Of one mail; of a larger one only its beginning is read."""
_BEGINNING: Final = 64 * 1024
_MOST_NESTING, _MOST_PARTS, _MOST_IN_HEADERS = 100, 2_000, 256 * 1024
_MOST_TEXT: Final = 400_000
"""Bytes of a part that are read as text."""
_MOST_LETTERS: Final = 100_000
_MOST_ATTACHMENTS: Final = 50
_LONGEST_ID: Final = 300

_NESTING: Final = re.compile(rb"boundary\s*=|content-type:\s*message/", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(r"<([^<>\s]{1,320})>")
_ADDRESS: Final = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,128}@[a-z0-9.-]{1,190}", re.IGNORECASE)
_RECEIVERS: Final = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail, under the name that its sender gave it."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ReadMail:
    """What came. Nothing of it is believed: who the sender is, the rules say."""

    message_id: str | None
    """Without its brackets."""
    digest: str
    """The same for the same mail however often it comes; another's who only claims the same Message-ID is another."""
    sender: str | None
    """The one address that it says it is from, in small letters; None where it names none, or several."""
    sender_name: str = ""
    subject: str = ""
    text: str = ""
    """What was written, without what it answers."""
    sent_at: datetime | None = None
    answers: tuple[str, ...] = ()
    """The Message-IDs that it answers and refers to, the nearest first."""
    receivers: tuple[str, ...] = ()
    marks: dict[str, str] = field(default_factory=dict)
    """Headers by which machines are told from people, in small letters."""
    attachments: tuple[Attachment, ...] = ()
    is_whole: bool = True
    """Whether all of it was read."""


MARKS: Final = (
    "auto-submitted",
    "x-auto-response-suppress",
    "x-autoreply",
    "x-autorespond",
    "precedence",
    "list-id",
    "list-unsubscribe",
    "return-path",
    "content-type",
    "authentication-results",
)


def read(raw: bytes) -> ReadMail:
    """What a mail's bytes say. Never an exception: of what cannot be read its beginning is shown."""
    try:
        return _read(raw, email.message_from_bytes(raw)) if _is_readable(raw) else _beginning(raw)
    except Exception:  # the standard parsers raise anything at all for what somebody made up
        return _unread(raw)


def _is_readable(raw: bytes) -> bool:
    """Whether the parser comes through it soon: it looks at each line for the end of all that it is within."""
    if len(raw) > MOST_BYTES or len(_NESTING.findall(raw)) > _MOST_NESTING:
        return False
    head = re.search(rb"\r?\n\r?\n", raw)
    ends_at = head.start() if head else len(raw)
    return ends_at <= _MOST_IN_HEADERS and (b"boundary" not in raw.lower() or raw.count(b"\n--") <= _MOST_PARTS)


def _read(raw: bytes, message: "Message[Any, Any]") -> ReadMail:
    headers = _Headers(message)
    texts: list[str] = []
    pages: list[str] = []
    attachments: list[Attachment] = []
    for part in _leaves(message):
        name = _name_of(part)
        kind = part.get_content_type()
        if name is None and kind in ("text/plain", "text/html"):
            said = decoded(_first_lines(_payload(part)), part.get_content_charset())
            (texts if kind == "text/plain" else pages).append(said)
        elif len(attachments) < _MOST_ATTACHMENTS:
            attachments.append(Attachment(name or _called(part, kind), _payload(part)))
    said = "\n\n".join(text for text in texts if text.strip()) or "\n\n".join(map(_words_of, pages))
    return headers.mail(raw, said, tuple(attachments))


def _first_lines(content: bytes) -> bytes:
    """As much of a text as is read: up to the end of a line, for half a letter would spoil all of them."""
    if len(content) <= _MOST_TEXT:
        return content
    lines, _, rest = content[:_MOST_TEXT].rpartition(b"\n")
    return lines or rest


def _words_of(html: str) -> str:
    from backend.inbox.markup import text_of  # with it comes lxml, which the web process has no use for

    return text_of(html)


def _beginning(raw: bytes) -> ReadMail:
    """Of a mail that is too large or too deep: its headers, and its first lines as they stand."""
    start = raw[:_BEGINNING]
    head, _, body = start.replace(b"\r\n", b"\n").partition(b"\n\n")
    return _Headers(email.message_from_bytes(head + b"\n\n")).mail(raw, decoded(body[:4_000]), (), is_whole=False)


def _unread(raw: bytes) -> ReadMail:
    return ReadMail(
        message_id=None, digest=hashlib.sha256(raw).hexdigest(), sender=None, text=decoded(raw[:4_000]), is_whole=False
    )


class _Headers:
    """A mail's headers as they stood in it: its parser's own view of them raises for some."""

    def __init__(self, message: "Message[Any, Any]") -> None:
        self.values: dict[str, list[str]] = {}
        for name, value in message.raw_items():
            self.values.setdefault(name.lower(), []).append(str(value))

    def all(self, *names: str) -> Iterator[str]:
        return (unfolded(value) for name in names for value in self.values.get(name, [])[:20])

    def first(self, name: str) -> str:
        return next(self.all(name), "")

    def ids(self, name: str) -> list[str]:
        """The Message-IDs in a header, as far as its end is read: the nearest stand there."""
        ends = (unfolded(value[-LONGEST_HEADER:]) for value in self.values.get(name, [])[:3])
        return [id for end in ends for id in _IN_BRACKETS.findall(end)]

    def mail(self, raw: bytes, said: str, attachments: tuple[Attachment, ...], *, is_whole: bool = True) -> ReadMail:
        message_id = _message_id(self.first("message-id"))
        name, sender = _sender(self.first("from"))
        subject = words(self.first("subject"))
        answers = [id for header in ("in-reply-to", "references") for id in reversed(self.ids(header))]
        return ReadMail(
            message_id=message_id,
            digest=_digest(raw, message_id, sender, subject, said, attachments),
            sender=sender,
            sender_name=name,
            subject=subject[:500],
            text=unquoted(said)[:_MOST_LETTERS],
            sent_at=_instant(self.first("date")),
            answers=tuple(dict.fromkeys(answers)),
            receivers=tuple(a.lower() for value in self.all(*_RECEIVERS) for a in _ADDRESS.findall(value)),
            marks={name: self.first(name).lower() for name in MARKS if name in self.values},
            attachments=attachments,
            is_whole=is_whole,
        )


def _digest(
    raw: bytes,
    message_id: str | None,
    sender: str | None,
    subject: str,
    said: str,
    attachments: tuple[Attachment, ...],
) -> str:
    """Of what a mail says under its Message-ID, whatever ways it came by; without one, of its bytes."""
    if message_id is None:
        return hashlib.sha256(raw).hexdigest()
    parts = [message_id.encode(), (sender or "").encode(), subject.encode(), said.strip().encode()]
    parts += [part for each in attachments for part in (each.name.encode(), each.content)]
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def _message_id(header: str) -> str | None:
    found = _IN_BRACKETS.search(header)
    return found[1][:_LONGEST_ID] if found else header.split(" ")[0][:_LONGEST_ID] or None


def _sender(header: str) -> tuple[str, str | None]:
    """The name and the one address of a From, read before its words are decoded: a name may look like an address."""
    bracketed = _IN_BRACKETS.findall(header)
    addresses = bracketed or [word for word in header.split() if "@" in word]
    name = words(header.partition("<")[0]).strip("\"' ") if bracketed else ""
    if len(addresses) == 1 and _ADDRESS.fullmatch(addresses[0]):
        return name[:200], addresses[0].lower()
    return (name or words(header))[:200], None


def _instant(header: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(header)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _leaves(message: "Message[Any, Any]") -> Iterator["Message[Any, Any]"]:
    """The parts that hold something, in order; a mail within the mail is one of them."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += reversed(_within(part))
        else:
            yield part


def _within(part: "Message[Any, Any]") -> list["Message[Any, Any]"]:
    inner = part.get_payload()
    return [each for each in inner if isinstance(each, Message)] if isinstance(inner, list) else []


def _payload(part: "Message[Any, Any]") -> bytes:
    if part.is_multipart():
        return b"\n".join(each.as_bytes() for each in _within(part))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _name_of(part: "Message[Any, Any]") -> str | None:
    """The name of an attachment; None for what is read as part of the mail."""
    name = part.get_filename()
    if name is None:
        return _called(part, part.get_content_type()) if part.get_content_disposition() == "attachment" else None
    return words(unfolded(str(name)))[:200] or "file"


def _called(part: "Message[Any, Any]", kind: str) -> str:
    """What a file without a name is called: a mail by its subject, anything else by its kind."""
    if kind == "message/rfc822":
        subject = next((words(_Headers(each).first("subject")) for each in _within(part)), "")[:100]
        return f"{subject or 'message'}.eml"
    return plain(kind.replace("/", "."))[:100]
