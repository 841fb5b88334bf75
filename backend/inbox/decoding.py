"""A mail's bytes as words, in whichever encoding: never an exception, never a character that breaks something."""

import binascii
import codecs
import re
import string
from typing import Final

LONGEST_HEADER: Final = 2_000
"""Letters of a header that are read; its patterns are looked for in no more."""

_WORD: Final = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,1000})\?=")
_WORDS: Final = re.compile(r"(?:=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,1000}\?=)+")
_BETWEEN_WORDS: Final = re.compile(r"\?= +(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_KNOWN: Final = re.compile(
    r"ascii|utf-(7|8(-sig)?|16(-[bl]e)?|32(-[bl]e)?)|iso8859-\d+|cp\d+|koi8-[rut]|mac-\w+|big5\w*|gb2312|gbk|gb18030|hz"
    r"|shift_jis\w*|euc_(jp|kr)\w*|iso2022_\w+|johab|tis-620"
)
"""What text is written in. Other codecs of Python's make no text, or take far too long."""
_OF_ONE_BYTE: Final = re.compile(r"ascii|iso8859-\d+|cp125\d|koi8-[rut]|mac-\w+")
_OF_WINDOWS: Final = ("ascii", "iso8859-1")
"""What Windows names its own letters."""
_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_BROKEN: Final = "\ufffd"
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
_NOT_IN_BASE64: Final = bytes(set(range(256)) - set(f"{string.ascii_letters}{string.digits}+/".encode()))


def decoded(content: bytes, charset: str | None = None) -> str:
    """Bytes as text: by their charset, else UTF-8, else as Windows wrote it; what is broken is replaced.

    A charset of a byte a letter fits all bytes, so it is believed only where UTF-8 does not fit.
    """
    named = _codec(charset)
    is_doubted = named is not None and _OF_ONE_BYTE.fullmatch(named)
    if named in _OF_WINDOWS:
        named = "cp1252"
    for name in ("utf-8", named) if is_doubted else (named, "utf-8"):
        if name:
            try:
                return plain(content.decode(name))
            except (UnicodeError, ValueError):
                continue
    return plain(_as_far_as_it_goes(content))


def _as_far_as_it_goes(content: bytes) -> str:
    """UTF-8 with some broken letters where more of them are whole, else what Windows wrote."""
    text = content.decode("utf-8", "replace")
    broken = text.count(_BROKEN)
    whole = sum(len(run) for run in _BEYOND_ASCII.findall(text)) - broken
    return text if whole > broken else content.decode("cp1252", "replace")


def plain(text: str) -> str:
    """Text with ordinary line ends that a database can hold and that nobody reads backwards."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))


def unfolded(raw: str) -> str:
    """A header as it stood in the mail, on one line; its bytes of more than seven bits are read as text."""
    if raw.isascii():
        text = plain(raw[: 2 * LONGEST_HEADER])
    else:
        text = decoded(raw[: 2 * LONGEST_HEADER].encode("utf-8", "surrogateescape"))
    return " ".join(text.split())[:LONGEST_HEADER]


def words(header: str) -> str:
    """An unfolded header with its encoded words decoded; those that are no such words stay as they are."""
    return " ".join(plain(_WORDS.sub(_run, _BETWEEN_WORDS.sub("?=", header))).split())


def _run(found: re.Match[str]) -> str:
    """Words that follow each other; a letter may be split between two of them, where they share a charset."""
    parts: list[tuple[str, bytes]] = []
    for charset, coding, content in _WORD.findall(found[0]):
        name = charset.partition("*")[0].lower()
        bytes_ = _unpacked(coding, content)
        if parts and parts[-1][0] == name:
            parts[-1] = (name, parts[-1][1] + bytes_)
        else:
            parts.append((name, bytes_))
    return "".join(decoded(content, charset) for charset, content in parts)


def _unpacked(coding: str, content: str) -> bytes:
    bytes_ = content.encode("utf-8", "replace")
    if coding in "qQ":
        return from_quoted(bytes_.replace(b"_", b" "))
    return from_base64(bytes_)


def from_base64(packed: bytes) -> bytes:
    """Base64 unpacked as far as it is some."""
    try:
        return binascii.a2b_base64(packed)
    except binascii.Error:  # cut short, or with something between
        letters = packed.translate(None, _NOT_IN_BASE64)
        whole = len(letters) - (len(letters) % 4 == 1)
        return binascii.a2b_base64(letters[:whole] + b"=" * (-whole % 4))


def from_quoted(packed: bytes) -> bytes:
    """Quoted-printable unpacked."""
    return binascii.a2b_qp(packed)


def _codec(charset: str | None) -> str | None:
    """A charset's name as Python knows it, where it is one of text."""
    try:
        name = codecs.lookup((charset or "")[:60].strip("\"' ")).name
    except (LookupError, ValueError):
        return None
    return name if _KNOWN.fullmatch(name) else None
