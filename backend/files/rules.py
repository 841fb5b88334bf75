"""What may be brought: how large, of which kind, under which name."""

import re
from collections.abc import Mapping
from datetime import timedelta
from itertools import chain

from backend.files import drawing
from backend.files.sniffing import PDF, TEXT, XML, sniff
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

_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_AROUND_NAMES = ". \xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_ENDING = re.compile(r"\.([A-Za-z][A-Za-z0-9_-]*?)(?:[-_]\d+)*\W*$")
"""What a desktop may open a file by, whatever signs a browser leaves out behind it; numbers and dates, also those that
servers put behind the endings of their logs, are none."""
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_ENDINGS: Mapping[str, tuple[str, ...]] = {
    PDF: ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/gif": ("gif",),
    f"{_OFFICE}.wordprocessingml.document": ("docx", "docm", "dotx"),
    f"{_OFFICE}.spreadsheetml.sheet": ("xlsx", "xlsm", "xltx"),
    f"{_OFFICE}.presentationml.presentation": ("pptx", "pptm", "potx", "ppsx"),
    f"{_OPEN}.text": ("odt",),
    f"{_OPEN}.spreadsheet": ("ods",),
    f"{_OPEN}.presentation": ("odp",),
    XML: ("xml", "xsd", "wsdl", "xsl", "xslt"),
    TEXT: (
        "txt", "text", "log", "csv", "tsv", "tab", "md", "rst", "rtf", "tex", "json", "jsonl", "ndjson", "har", "yaml",
        "yml", "toml", "ini", "conf", "cfg", "properties", "sql", "diff", "patch", "eml", "ics", "vcf",
        "out", "stdout", "err", "stderr", "trace", "stacktrace", "dump", "current", "old", "bak", "pem", "geojson",
    ),
}  # fmt: skip
"""Of each kind that is taken; the first is its own."""
_TAKEN = frozenset(chain.from_iterable(_ENDINGS.values()))
_EXAMPLES = ".pdf, .docx, .png, .xml, .txt"


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
    plain = _NOT_IN_NAMES.sub("", re.split(r"[/\\]", name)[-1]).strip(_AROUND_NAMES)
    if len(plain) > LONGEST_NAME:
        stem, dot, ending = plain.rpartition(".")
        short = LONGEST_NAME - len(ending) - 1
        plain = f"{stem[:short]}.{ending}" if dot and len(ending) <= 10 else plain[:LONGEST_NAME]
    return plain or "file"


def check_name(name: str, media_type: str) -> str:
    """The name that a file is kept under; refuses text and XML with an ending of no kind that is taken.

    A desktop goes by the name: what is text runs as a script, or opens as a page, when it is called so. A paper or a
    picture runs as nothing; its full stop may be one of its title, and its own ending is put behind.
    """
    if media_type not in (TEXT, XML):
        return harmless_name(name, media_type)
    plain = read_name(name)
    if ending := _foreign_ending(plain):
        raise invalid(
            Text(
                "Files whose name ends in .%(ending)s are not taken: send a PDF, an office document, a picture, XML or"
                " text under a name that ends as its kind does (%(examples)s).",
                ending=ending,
                examples=_EXAMPLES,
            )
        )
    return plain


def harmless_name(name: str, media_type: str) -> str:
    """The name for what cannot be refused any more: one of no kind that is taken ends as the file's kind does."""
    plain = read_name(name)
    if not _foreign_ending(plain):
        return plain
    ending = _ENDINGS.get(media_type, _ENDINGS[TEXT])[0]
    return f"{plain[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def _foreign_ending(name: str) -> str | None:
    found = _ENDING.search(name)
    return found[1] if found and found[1].lower() not in _TAKEN else None
