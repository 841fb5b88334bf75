"""Content says what a file is, its name does not; but what a desktop does with it goes by the name."""

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


@pytest.mark.parametrize(
    "name",
    [
        "virus.exe", "aja.bat", "a.cmd", "a.ps1", "a.vbs", "a.js", "a.hta", "a.html", "a.svg", "a.url", "a.jar",
        "A.PDF.BAT", "a.bat-1", "a.bat-2026-11-30", "a.exe\u00a0", "a.exe. ", "a.ex\u2060e", 'a.exe"', "../a.sh",
        "a" * 300 + ".py",
    ],
)  # fmt: skip
def test_what_a_desktop_runs_or_opens_as_a_page_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(Refusal):
        rules.check_name(name, TEXT)


@pytest.mark.parametrize(
    "name",
    [
        "a.pdf", "A.DOCX", "loki.log", "loki.log.1", "Muistio 30.11.2026", "Muistio 30.11. kokous", "LUEMINUT", "a.eml",
        "app.log-20261130", "loki.txt-20261130", "catalina.out", "server.log.old", "gc.log.0.current", "a.wsdl",
        "app.log-2026-11-30", "app.log_20261130-1764468000", "x.stdout",
    ],
)  # fmt: skip
def test_names_of_the_kinds_that_are_taken_and_names_without_an_ending_stay(name: str) -> None:
    assert rules.check_name(name, TEXT) == rules.harmless_name(name, TEXT) == name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Liite 1.a", "Liite 1.a.pdf"),
        ("T.Virtanen", "T.Virtanen.pdf"),
        ("Liite 1.2", "Liite 1.2"),
        ("a.exe", "a.exe.pdf"),
    ],
)
def test_a_full_stop_in_the_title_of_a_paper_is_none_of_a_kind(name: str, kept: str) -> None:
    assert rules.check_name(name, PDF) == kept


@pytest.mark.parametrize(
    ("name", "media_type", "given"),
    [
        ("aja.bat", TEXT, "aja.bat.txt"),
        ("a.svg", XML, "a.svg.xml"),
        ("a.exe", PDF, "a.exe.pdf"),
        ("ä" * 300 + ".exe", TEXT, "ä" * 196 + ".txt"),
    ],
)
def test_what_cannot_be_refused_is_called_what_it_is(name: str, media_type: str, given: str) -> None:
    assert rules.harmless_name(name, media_type) == given
