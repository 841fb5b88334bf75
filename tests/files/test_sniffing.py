"""Content says what a file is; its name does not."""

import pytest

from backend.files import rules
from backend.files.sniffing import PDF, TEXT, XML, sniff
from backend.kit.faults import Refusal
from tests.files.making import PDF_BYTES, office_document


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF_BYTES, PDF),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b'<?xml version="1.0" encoding="ISO-8859-15"?>\n<Finvoice/>', XML),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Invoice/>", XML),
        ('<?xml version="1.0"?><a/>'.encode("utf-16"), XML),
        (b"<Invoice xmlns='urn:x'/>", XML),
        ("päivä;tunnit\n24.11.2026;7,5\n".encode(), TEXT),
        ("päivä;tunnit\n".encode("iso-8859-15"), TEXT),
        (b"<!doctype html><script>", TEXT),
        (office_document(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office_document("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (office_document("virus.exe"), None),
        (b"PK\x03\x04 broken", None),
        (b"MZ\x90\x00\x03\x00", None),
        (b"\x7fELF\x02\x01\x01\x00", None),
    ],
)
def test_bytes_are_what_they_begin_with(content: bytes, media_type: str | None) -> None:
    assert sniff(content) == media_type


@pytest.mark.parametrize("content", [b"", b"x" * (rules.MOST_BYTES + 1), b"\x00\x01"])
def test_nothing_empty_too_large_or_unknown_is_taken(content: bytes) -> None:
    with pytest.raises(Refusal):
        rules.read_content(content)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Sopimus 2026.pdf", "Sopimus 2026.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\lasku.xml", "lasku.xml"),
        ("kuva\u202egnp.exe", "kuvagnp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("", "file"),
        ("...", "file"),
        ("ä" * 300 + ".pdf", "ä" * 196 + ".pdf"),
    ],
)
def test_a_name_is_for_people_to_read_and_never_a_path(given: str, kept: str) -> None:
    assert rules.read_name(given) == kept
