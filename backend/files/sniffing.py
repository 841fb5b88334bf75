"""What bytes are, by the bytes themselves: neither a name nor what a sender claims is believed."""

import io
import re
import zipfile
from collections.abc import Mapping

PDF = "application/pdf"
XML = "application/xml"
TEXT = "text/plain"

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_INSIDE_ZIP: Mapping[str, str] = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OPEN_DOCUMENTS = frozenset(
    f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")
)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_LONGEST_MIMETYPE = 100
_ENTRY = b"PK\x01\x02"
_MOST_ENTRIES = 10_000
"""Of an archive, for each makes an object."""
_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NOT_IN_LATIN = re.compile(rb"[\x80-\x9f]")
_NOT_IN_UTF_8 = re.compile(rb"\xc2[\x80-\x9f]")


def sniff(content: bytes) -> str | None:
    """The media type of what people exchange here: papers, tables, pictures, XML, plain text; None for all else."""
    for beginning, media_type in _BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        return _of_zip(content)
    if _is_xml(content):
        return XML
    return TEXT if _is_text(content) else None


def _of_zip(content: bytes) -> str | None:
    """An office document; an archive of other things is none of ours, nor one that cannot be read."""
    if content.count(_ENTRY) > _MOST_ENTRIES:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                if info.filename in _INSIDE_ZIP:
                    return _INSIDE_ZIP[info.filename]
                if info.filename == "mimetype":
                    return _of_mimetype(archive, info)
    # Broken; packed in a way that zipfile does not know, of which it says NotImplementedError; encrypted; cut short;
    # with names or places that are none.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        return None
    return None


def _of_mimetype(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str | None:
    """What an archive says that it is, which is never packed (OpenDocument 1.3, part 2, 3.3)."""
    if info.compress_type != zipfile.ZIP_STORED or info.file_size > _LONGEST_MIMETYPE:
        return None
    kind = archive.read(info).decode("ascii", "replace")
    return kind if kind in _OPEN_DOCUMENTS else None


def _is_xml(content: bytes) -> bool:
    start = content[:200]
    for mark in _MARKS:
        start = start.removeprefix(mark)
    start = start.replace(b"\x00", b"").lstrip()
    return start.startswith(b"<?xml") or (start.startswith(b"<") and start[1:2].isalpha() and b"html" not in start[:60])


def _is_text(content: bytes) -> bool:
    if _NOT_IN_TEXT.search(content):
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return not _NOT_IN_LATIN.search(content)
    return not _NOT_IN_UTF_8.search(content)
