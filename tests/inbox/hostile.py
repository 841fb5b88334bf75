"""Mails as nobody should send them, and as some programs do: small builders, each of one trouble."""

import io
import struct
import zipfile
from base64 import encodebytes

MEGABYTE = 1024 * 1024


def multipart(
    *parts: bytes, kind: str = "mixed", mark: str = "m", head: bytes = b"From: x@y.fi\nSubject: s\n"
) -> bytes:
    """Parts within one; a part is its headers, an empty line, and what it says."""
    lines = "".join(f"Content-Type: multipart/{kind}; boundary={mark}\n\n").encode()
    return head + lines + b"".join(b"--%s\n%s\n" % (mark.encode(), part) for part in parts) + f"--{mark}--\n".encode()


def file(name: str, content: bytes, kind: str = "application/octet-stream") -> bytes:
    """A part that is a file."""
    head = f'Content-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n\n'.encode()
    return head + encodebytes(content)


def nested(levels: int, inner: bytes) -> bytes:
    """A part so many levels deep."""
    for level in range(levels):
        inner = multipart(
            inner, mark=f"level{level}", head=b"" if level < levels - 1 else b"From: x@y.fi\nSubject: s\n"
        )
    return inner


def archive(name: str, content: bytes, packing: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr(zipfile.ZipInfo(name), content, packing)
    return out.getvalue()


def archive_of_bad_names() -> bytes:
    """A zip whose name says that it is UTF-8, and is not."""
    return archive("ä.txt", b"x").replace("ä".encode(), b"\xff\xfe")


def archive_of_bad_content() -> bytes:
    """A zip of which what it says that it is cannot be unpacked."""
    whole = archive("mimetype", b"abcde" * 10, zipfile.ZIP_DEFLATED)
    place = whole.index(b"mimetype") + len("mimetype")
    return whole[:place] + b"\xff\xff\xff" + whole[place + 3 :]


def archive_of_bad_places() -> bytes:
    """A zip whose list says that it is longer than all there is."""
    whole = bytearray(archive("a.txt", b"x"))
    struct.pack_into("<L", whole, whole.index(b"PK\x05\x06") + 12, 2**31)
    return bytes(whole)


def archive_of_many(count: int) -> bytes:
    """A zip that lists so many files and holds none."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, len(entry) * count, 44, 0)
    return b"PK\x03\x04" + b"\0" * 40 + entry * count + end


UNREADABLE_ARCHIVES = {
    "names": archive_of_bad_names(),
    "content": archive_of_bad_content(),
    "places": archive_of_bad_places(),
    "many": archive_of_many(20_000),
    "cut": archive("a.txt", b"x" * 90)[:60],
}

LARGE = {
    "short lines": b"From: x@y.fi\n\n" + b"a\n" * (12 * MEGABYTE),
    "empty lines": b"From: x@y.fi\n\n" + b"\n" * (24 * MEGABYTE),
    "one line": b"From: x@y.fi\n\n" + b"\xe4" * (24 * MEGABYTE),
    "ninety levels": nested(90, b"\n" + b"a\n" * (10 * MEGABYTE)),
    "many long texts": multipart(*[b"\n" + b"a line of some words\n" * 19_000] * 50),
    "many long pages": multipart(*[b"Content-Type: text/html\n\n" + b"<p>some <b>words</b></p>\n" * 15_000] * 50),
    "a mail within": multipart(b"\nx", b"Content-Type: message/rfc822\n\nSubject: s\n\n" + b"a\n" * (10 * MEGABYTE)),
    "files of text": multipart(b"\nx", *[file(f"{n}.txt", b"x\n" * (4 * MEGABYTE)) for n in range(2)]),
    "a long list": multipart(b"\nx", file("a.docx", archive_of_many(400_000))),
    "headers of a part": multipart(b"\nx", b"Content-Type: application/pdf\n" + b"a: b\n" * (4 * MEGABYTE) + b"\nx"),
}
"""Mails that took gigabytes, or minutes."""
