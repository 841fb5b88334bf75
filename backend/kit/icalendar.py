"""Calendars that others subscribe to (RFC 5545): text escaped, lines folded at 75 octets, instants in UTC."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

MOST_OCTETS = 75
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that takes from one instant to another. `uid` stays the same in every version of it."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    said_at: datetime
    """When this version was made."""
    version: int = 0
    text: str = ""
    url: str = ""
    is_cancelled: bool = False


def write_calendar(name: str, entries: Iterable[Entry]) -> str:
    """The whole calendar, as `text/calendar` in UTF-8."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Palveluportaali//FI",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        *(line for entry in entries for line in _entry(entry)),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in fold(line))


def _entry(entry: Entry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(entry.uid)}"
    yield f"DTSTAMP:{_instant(entry.said_at)}"
    yield f"DTSTART:{_instant(entry.starts_at)}"
    yield f"DTEND:{_instant(entry.ends_at)}"
    yield f"SEQUENCE:{entry.version}"
    yield f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}"
    yield f"SUMMARY:{_escaped(entry.title)}"
    if entry.text:
        yield f"DESCRIPTION:{_escaped(entry.text)}"
    if entry.url:
        yield f"URL:{''.join(entry.url.split())}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """Text as a value: no control character but a line break, and that one spelled out."""
    plain = "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and ord(c) != 127))
    return plain.translate(_ESCAPED)


def fold(line: str) -> Iterator[str]:
    """A line in pieces of 75 octets at most, each after the first begun by a space; no character is cut in two."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > MOST_OCTETS:
            yield piece
            piece, size = " ", 1
        piece, size = piece + character, size + octets
    yield piece
