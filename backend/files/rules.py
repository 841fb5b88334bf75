"""What may be brought: how large, of which kind, under which name."""

import re
from datetime import timedelta

from backend.files import drawing
from backend.files.sniffing import PDF, sniff
from backend.kit.faults import invalid
from backend.kit.translation import Text

MOST_BYTES = 20 * 1024 * 1024
"""Of one file."""
UNUSED_FOR = timedelta(hours=24)
"""After so long, what nothing uses is swept."""
OPENED_FOR = timedelta(minutes=15)
"""For so long after a sensitive text was opened on record its files are read by whoever opened it."""
LONGEST_NAME = 200
MOST_FILES = 20
"""Of one thing."""
MOST_FILES_OF_AN_ACT = 10

_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


SHOWN_IN_BROWSERS = frozenset({"image/png", "image/jpeg", "image/gif", PDF})
"""What a browser shows by itself and runs nothing of."""
DRAWN = frozenset({drawing.PDF, *drawing.PICTURES})
"""Of what a preview is made: pictures, and the first page of a PDF."""


def check_size(size: int) -> None:
    """Refuse what is empty or too large."""
    if size == 0:
        raise invalid(Text("The file is empty."))
    if size > MOST_BYTES:
        raise invalid(Text("The file is too large: at most %(most)s megabytes.", most=MOST_BYTES // 2**20))


def read_content(content: bytes) -> str:
    """The media type of a file's bytes; refuses what is empty, too large, or nothing that is exchanged here."""
    check_size(len(content))
    media_type = sniff(content)
    if media_type is None:
        raise invalid(Text("Files of this kind are not taken: send a PDF, an office document, a picture, XML or text."))
    return media_type


def read_name(name: str) -> str:
    """The last part of a name, for people to read: no path, no control characters, not too long, never empty."""
    plain = _NOT_IN_NAMES.sub("", re.split(r"[/\\]", name)[-1]).strip(". ")
    if len(plain) > LONGEST_NAME:
        stem, dot, ending = plain.rpartition(".")
        short = LONGEST_NAME - len(ending) - 1
        plain = f"{stem[:short]}.{ending}" if dot and len(ending) <= 10 else plain[:LONGEST_NAME]
    return plain or "file"
