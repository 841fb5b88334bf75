"""The parts of a mail, by where they stand in its bytes.

The standard parser makes an object of each line and looks at it once for each part that it is within: a mail of forty
megabytes takes gigabytes and minutes of it. Here its headers are left to it, and nothing else.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any, Final, TypeAlias

from backend.inbox.decoding import decoded, from_base64, from_quoted

_MOST_IN_HEADERS: Final = 256 * 1024
"""Bytes of a mail's own headers."""
_MOST_IN_PARTS: Final = 1024 * 1024
"""Bytes of the headers of all parts."""
_MOST_NESTING, _MOST_PARTS = 100, 2_000
_LONGEST_VALUE: Final = 4_000
_UNPACK: Final[Mapping[str, Callable[[bytes], bytes]]] = {"base64": from_base64, "quoted-printable": from_quoted}
_MOST_PACKED: Final = 3
"""Bytes that one byte is packed in."""

_HEAD: Final = re.compile(rb"(?:From [^\n]*\n)?(?:(?:[!-9;-~]+[ \t]*:|[ \t])[^\n]*(?:\n|\Z))*")
_BLANK: Final = re.compile(rb"\r?\n")
_AFTER_MARK: Final = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")
_OF_A_PART: Final = ("content-type", "content-disposition", "content-transfer-encoding", "subject")

Headers: TypeAlias = "Message[Any, Any]"


class TooTangled(Exception):
    """There are more parts, headers or levels than people's programs make."""


@dataclass(frozen=True)
class Part:
    """A part that holds something: a mail within the mail is one."""

    headers: Headers
    choice: int | None
    """The parts of one choice say the same in several ways."""
    raw: bytes = field(repr=False)
    start: int
    end: int

    @property
    def kind(self) -> str:
        """Its media type; of several parts that were none, the words that they stand in."""
        kind = self.headers.get_content_type()
        return "text/plain" if kind.startswith("multipart/") else kind

    def content(self) -> bytes:
        """Its bytes as they were before they were packed for their way."""
        return self._unpacked(self.end)

    def beginning(self, most: int) -> bytes:
        """No more of its bytes than these: up to the end of a line, for half a letter would spoil all of them."""
        until = min(self.end, self.start + _MOST_PACKED * most)
        content = self._unpacked(until)
        if until == self.end and len(content) <= most:
            return content
        lines, _, rest = content[:most].rpartition(b"\n")
        return lines or rest

    def _unpacked(self, end: int) -> bytes:
        packing = str(self.headers.get("content-transfer-encoding", "")).strip("\"' \t\r\n").lower()
        unpack = _UNPACK.get(packing, bytes)
        return unpack(self.raw[self.start : end])


def parts_of(raw: bytes) -> tuple[Headers, list[Part]]:
    """A mail's headers, and the parts that hold something, in order. Raises TooTangled."""
    headers, start = _head(raw, 0, len(raw), _MOST_IN_HEADERS)
    waiting = [(Part(_cut(headers), None, raw, start, len(raw)), 0)]
    found: list[Part] = []
    room, choices = _MOST_IN_PARTS, 0
    while waiting:
        part, depth = waiting.pop()
        within = _within(part)
        if not within:
            found.append(part)
            continue
        if depth == _MOST_NESTING or len(found) + len(waiting) + len(within) > _MOST_PARTS:
            raise TooTangled
        choice = part.choice
        if part.headers.get_content_subtype() == "alternative":
            choices += 1
            choice = choices
        inner: list[tuple[Part, int]] = []
        for start, end in within:
            head, begins = _head(raw, start, end, room)
            room -= begins - start
            inner.append((Part(_cut(head), choice, raw, begins, end), depth + 1))
        waiting += reversed(inner)
    return headers, found


def head_of(raw: bytes) -> tuple[Headers, bytes]:
    """The headers at a mail's beginning, and what follows."""
    headers, start = _head(raw, 0, len(raw), len(raw) + 1)
    return headers, raw[start:]


def _head(raw: bytes, start: int, end: int, most: int) -> tuple[Headers, int]:
    """The headers that begin here, and where what they are of begins."""
    until = min(end, start + most)
    found = _HEAD.match(raw, start, until)
    stop = found.end() if found else start
    if stop == until < end:
        raise TooTangled
    headers = BytesHeaderParser().parsebytes(raw[start:stop])
    blank = _BLANK.match(raw, stop, end)
    return headers, blank.end() if blank else stop


def _cut(headers: Headers) -> Headers:
    """Those that tell what a part is, each as it first stands and no longer than it is looked at."""
    kept: Headers = Message()
    for name, value in headers.raw_items():
        if name.lower() in _OF_A_PART and name not in kept:
            said = str(value)[:_LONGEST_VALUE]
            kept.add_header(name, said if said.isascii() else decoded(said.encode("utf-8", "surrogateescape")))
    return kept


def _within(part: Part) -> list[tuple[int, int]]:
    """Where the parts of a part stand, from its first mark on; none where it is one itself."""
    if part.headers.get_content_maintype() != "multipart":
        return []
    boundary = (part.headers.get_boundary() or "").encode("utf-8", "surrogateescape")
    if not boundary:
        return []
    found: list[tuple[int, int]] = []
    begins = None
    for at, after, is_last in _marks(part.raw, b"--" + boundary, part.start, part.end):
        if begins is not None:
            found.append((begins, max(begins, _before_line_end(part.raw, at))))
        begins = None if is_last else after
        if is_last:
            break
        if len(found) > _MOST_PARTS:
            raise TooTangled
    if begins is not None:
        found.append((begins, part.end))
    return found


def _marks(raw: bytes, mark: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """The lines that are this mark: where each begins, what follows it begins, and whether it is the last."""
    at = start if raw.startswith(mark, start, end) else _next_line_with(raw, mark, start, end)
    while at >= 0:
        after = _AFTER_MARK.match(raw, at + len(mark), end)
        if after:
            yield at, after.end(), bool(after[1])
        at = _next_line_with(raw, mark, at, end)


def _next_line_with(raw: bytes, mark: bytes, at: int, end: int) -> int:
    found = raw.find(b"\n" + mark, at, end)
    return found + 1 if found >= 0 else -1


def _before_line_end(raw: bytes, at: int) -> int:
    """Where the line before this one ends: its end belongs to the mark."""
    return at - 2 if raw[at - 2 : at] == b"\r\n" else at - 1
