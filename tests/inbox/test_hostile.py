"""Mail that is made to stop us or to pass for another's is read soon, in little memory, and believed in nothing."""

import tracemalloc
import zipfile
from pathlib import Path
from time import process_time

import pytest

from backend.files.rules import read_name
from backend.files.sniffing import sniff
from backend.files.store import Folder
from backend.inbox.arriving import arrive
from backend.inbox.markup import text_of
from backend.inbox.reading import read
from tests.inbox.hostile import LARGE, MEGABYTE, UNREADABLE_ARCHIVES, archive, file, multipart, nested

PDF = b"%PDF-1.4 x"


@pytest.mark.parametrize("kind", LARGE)
def test_a_large_mail_is_taken_in_seconds_and_in_little_more_memory_than_it_has_itself(
    kind: str, tmp_path: Path
) -> None:
    raw = LARGE[kind]
    began = process_time()
    tracemalloc.start()
    try:
        arrived = arrive(raw, Folder(tmp_path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 80 * MEGABYTE
    assert process_time() - began < 20, "it is traced, which takes several times as long"
    assert Folder(tmp_path).get(arrived.whole.sha256) == raw


@pytest.mark.parametrize("kind", UNREADABLE_ARCHIVES)
def test_an_archive_that_cannot_be_read_stays_in_the_kept_mail_and_the_rest_is_taken(kind: str, tmp_path: Path) -> None:
    assert sniff(UNREADABLE_ARCHIVES[kind]) is None
    raw = multipart(b"\nWords", file("a.docx", UNREADABLE_ARCHIVES[kind]), file("b.pdf", PDF))
    arrived = arrive(raw, Folder(tmp_path))
    assert (arrived.mail.text, [each.name for each in arrived.attachments]) == ("Words", ["b.pdf"])
    assert arrived.unopened == ("a.docx",)


def test_an_open_document_says_what_it_is_unpacked() -> None:
    said = b"application/vnd.oasis.opendocument.text"
    assert sniff(archive("mimetype", said)) == said.decode()
    assert sniff(archive("mimetype", said, zipfile.ZIP_DEFLATED)) is None


def test_no_attachment_is_forgotten_however_many_came(tmp_path: Path) -> None:
    raw = multipart(b"\nWords", *[file(f"{n}.pdf", PDF) for n in range(1_500)])
    arrived = arrive(raw, Folder(tmp_path))
    assert [each.name for each in arrived.attachments] + list(arrived.unopened) == [f"{n}.pdf" for n in range(1_500)]
    assert not read(multipart(*[b"\nx"] * 3_000)).is_whole


def test_of_a_mail_that_was_not_brought_whole_no_half_a_file_is_kept(tmp_path: Path) -> None:
    raw = multipart(b"\nWords", file("a.pdf", PDF * 1_000))
    arrived = arrive(raw[: len(raw) // 2], Folder(tmp_path), is_whole=False)
    assert (arrived.mail.text, arrived.mail.is_whole, arrived.attachments) == ("Words", False, ())
    assert arrived.unopened == ("a.pdf",) and arrived.whole.name.endswith("-beginning.eml")


def test_what_lies_a_hundred_levels_deep_is_read_and_deeper_is_left_to_people() -> None:
    assert read(nested(99, b"\nWords")).text == "Words"
    deeper = read(nested(200, b"\nWords"))
    assert (deeper.is_whole, deeper.sender, deeper.subject) == (False, "x@y.fi", "s")


def test_a_mail_within_the_mail_is_kept_byte_for_byte(tmp_path: Path) -> None:
    inner = (
        b"Subject: =?utf-8?q?H=C3=A4iri=C3=B6?=\nX:   two  spaces\nContent-Type: text/plain; charset=x\n\n\xe4\xff\nEnd"
    )
    (kept,) = read(multipart(b"\nx", b"Content-Type: message/rfc822\n\n" + inner)).attachments
    assert (kept.name, kept.content) == ("Häiriö.eml", inner)


def test_parts_that_are_none_are_read_as_the_words_they_stand_in() -> None:
    assert read(b"Content-Type: multipart/mixed\n\nWords").text == "Words"
    assert read(b"Content-Type: multipart/mixed; boundary=a\n\nWords").text == "Words"
    assert read(multipart(b"\nOne", b"\nTwo").replace(b"--m--", b"")).text == "One\n\nTwo"
    assert read(multipart(b"\nOne --m\n--mm\nTwo")).text == "One --m\n--mm\nTwo"
    assert read(multipart(b"\r\nOne\r", b"\r\nTwo\r")).text == "One\n\nTwo"


def test_of_a_choice_one_is_read_and_what_stands_beside_it_too() -> None:
    page = b"Content-Type: text/html\n\n<p>Page</p>"
    choice = multipart(b"\nPlain", page, kind="alternative", mark="c", head=b"")
    assert read(multipart(choice, b"\nFooter")).text == "Plain\n\nFooter"
    assert read(multipart(page, b"\nFooter")).text == "Page\n\nFooter"
    empty = multipart(b"\n \n", page, kind="alternative", mark="c", head=b"")
    assert read(multipart(empty, b"\nFooter")).text == "Page\n\nFooter"


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("iso-8859-1", "Häiriö".encode(), "Häiriö"),
        ("us-ascii", "Häiriö".encode(), "Häiriö"),
        ("windows-1252", "Häiriö".encode("cp1252"), "Häiriö"),
        ("iso-8859-1", "5 € – ”Häiriö”".encode("cp1252"), "5 € – ”Häiriö”"),
        ("utf-8", "Häiriöitä ".encode() + b"\xff", "Häiriöitä \ufffd"),
        ("utf-8", "Häiriöitä täällä \ud800".encode("utf-8", "surrogatepass"), "Häiriöitä täällä \ufffd\ufffd\ufffd"),
        ("utf-8", b"H\xe4iri\xf6", "Häiriö"),
        ("utf-7", b"H+AOQ-iri+APY-", "Häiriö"),
        ("utf-7", b"<b>+ADw-script+AD4-", "<b><script>"),
    ],
)
def test_a_charset_that_lies_spoils_no_letter(charset: str, body: bytes, text: str) -> None:
    assert read(f"Content-Type: text/plain; charset={charset}\n\n".encode() + body).text == text


@pytest.mark.parametrize("body", [b"SMOk*aXJp!!w7Y", b"SMOkaXJpw7Y", b"SMOk\n\naXJp\r\nw7Y=\n", b"SMOkaXJpw7Z"])
def test_base64_that_is_broken_is_unpacked_as_far_as_it_goes(body: bytes) -> None:
    assert read(b"Content-Transfer-Encoding: base64\n\n" + body).text.startswith("Häiri")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Windows\\a.pdf", "a.pdf"),
        ("lasku\u202efdp.exe", "laskufdp.exe"),
        ("a" * 500 + ".pdf", "a" * 196 + ".pdf"),
        ("..", "file"),
    ],
)
def test_a_name_leads_nowhere_and_keeps_what_it_ends_with(given: str, name: str) -> None:
    (attachment,) = read(multipart(b"\nx", file(given.replace("\\", "\\\\"), PDF))).attachments
    assert read_name(attachment.name) == name


@pytest.mark.parametrize(
    "headers",
    [
        "From: boss@kunta.fi\nFrom: evil@example.com",
        "From: Boss <boss@kunta.fi>, evil@example.com",
        "From: evil@example.com, Boss <boss@kunta.fi>",
        "From: <boss@kunta.fi> evil@example.com",
        "From: boss@\u212aunta.fi",
        "From: Boss <boss@kunta.fi>; evil@example.com",
    ],
)
def test_who_names_two_senders_or_only_looks_like_one_is_nobody(headers: str) -> None:
    assert read(f"{headers}\n\nx".encode()).sender is None


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        ("Koskinen, Petri <petri@kunta.fi>", "petri@kunta.fi"),
        ('"boss@kunta.fi, x" <evil@example.com>', "evil@example.com"),
        ("boss@kunta.fi <evil@example.com>", "evil@example.com"),
        ("PETRI@KUNTA.FI (also petri@home.example)", "petri@kunta.fi"),
        ("b\u043ess@kunta.fi", "b\u043ess@kunta.fi"),
    ],
)
def test_a_name_with_a_comma_or_an_address_in_it_is_a_name(header: str, sender: str) -> None:
    assert read(f"From: {header}\n\nx".encode()).sender == sender


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 +0000", "Mon, 01 Jan 0100 00:00:00 +0000"])
def test_a_day_that_no_calendar_here_has_is_none(date: str) -> None:
    assert read(f"Date: {date}\n\nx".encode()).sent_at is None


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p>See <a href="https://kunta.fi/a">this</a>.</p>', "See this <https://kunta.fi/a>."),
        ('<a href="http://evil.example">https://bank.fi</a>', "https://bank.fi <http://evil.example>"),
        ('<a href="https://kunta.fi/">kunta.fi</a> <a href="https://kunta.fi">https://kunta.fi/</a>', None),
        ('<a href="javascript:alert(1)">a</a> <a href=" data:text/html,x">b</a>', "a b"),
        ('<div style="color:red; display : none">no<p>no</p></div>yes<i hidden>no</i>', "yes"),
        ('<a href="https://kunta.fi"><img src="https://spy.example/x.png"></a>yes', "yes"),
        ('<form action="https://x"><input value="no"><button>Send</button></form>', "Send"),
    ],
)
def test_of_a_link_its_address_is_read_and_of_what_is_hidden_nothing(html: str, text: str | None) -> None:
    assert text_of(html) == (text or "kunta.fi https://kunta.fi/")
