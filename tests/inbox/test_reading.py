"""Mail as it comes in the wild: something is read of everything, nothing breaks, nothing of it is believed."""

import base64
import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.inbox.markup import text_of
from backend.inbox.quoting import unquoted
from backend.inbox.reading import ReadMail, read


def read_whole(raw: bytes) -> ReadMail:
    mail = read(raw)
    assert mail.is_whole
    return mail


def test_an_ordinary_answer_is_read_without_what_it_answers() -> None:
    mail = read_whole(
        b"Message-ID: <new@kunta.fi>\r\nIn-Reply-To: <notice-7@portaali.example.fi>\r\n"
        b"References: <TIK-2026-00001@portaali.example.fi>\r\n <notice-7@portaali.example.fi>\r\n"
        b"From: =?utf-8?q?Hanna_J=C3=A4rvinen?= <Hanna@Kunta.fi>\r\nTo: apu@example.fi\r\n"
        b"Subject: =?utf-8?B?VmFzdGF1czogS2lyamF1dHVtaW5lbiBlaSB0b2ltaSB0w6Q=?=\r\n =?utf-8?B?w6RsbMOk?=\r\n"
        b"Date: Tue, 24 Nov 2026 10:00:00 +0200\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"Ei toimi viel=C3=A4k=C3=A4=C3=A4n.\r\n\r\n-- \r\nHanna\r\n\r\n"
        b"ti 24.11.2026 klo 9.00 Palveluportaali <portaali@example.fi> kirjoitti:\r\n> Toimiiko nyt?\r\n"
    )
    assert (mail.sender, mail.sender_name, mail.message_id) == ("hanna@kunta.fi", "Hanna Järvinen", "new@kunta.fi")
    assert (mail.subject, mail.text) == ("Vastaus: Kirjautuminen ei toimi täällä", "Ei toimi vieläkään.")
    assert mail.answers == ("notice-7@portaali.example.fi", "TIK-2026-00001@portaali.example.fi")
    assert mail.sent_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (b"", "Häiriö".encode(), "Häiriö"),
        (b"", "Häiriö".encode("cp1252"), "Häiriö"),
        (b"Content-Type: text/plain; charset=iso-8859-15", "Häiriö 5 €".encode("iso-8859-15"), "Häiriö 5 €"),
        (b"Content-Type: text/plain; charset=x-unknown", "Häiriö".encode(), "Häiriö"),
        (b"Content-Type: text/plain; charset=idna", "Häiriö".encode(), "Häiriö"),
        (b'Content-Type: text/plain; charset="utf-8', "Häiriö".encode(), "Häiriö"),
        (b"Content-Type: text/plain; charset=utf-8", b"H\xe4iri\xf6", "Häiriö"),
        (b"Content-Type: text/plain; charset=utf-16", "Häiriö".encode("utf-16"), "Häiriö"),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: base64", b"SMOkaXJpw7Y", "Häiriö"),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: x-none", "Häiriö".encode(), "Häiriö"),
        (b"Content-Type: nonsense", "Häiriö".encode(), "Häiriö"),
        (b"", b"A\x00B\x1b[2J\xe2\x80\xaeC", "AB[2JC"),
    ],
)
def test_any_encoding_is_read_as_well_as_it_can_be(head: bytes, body: bytes, text: str) -> None:
    assert read_whole(head + b"\n\n" + body).text == text


def test_of_a_text_that_is_too_long_no_letter_is_cut_in_two() -> None:
    lines = [f"{n} {'ä' * 50}" for n in range(5_000)]
    mail = read_whole("\n".join(["Content-Type: text/plain; charset=utf-8", "", *lines]).encode())
    assert mail.text.startswith("\n".join(lines[:900]))


@pytest.mark.parametrize(
    ("header", "sender", "name"),
    [
        ("Maija <maija@example.fi>", "maija@example.fi", "Maija"),
        ("maija@example.fi", "maija@example.fi", ""),
        ("maija@example.fi (Maija)", "maija@example.fi", "maija@example.fi (Maija)"),
        ('"boss@example.fi" <evil@example.com>', "evil@example.com", "boss@example.fi"),
        ('"<boss@example.fi>" <evil@example.com>', None, ""),
        ("boss@example.fi, evil@example.com", None, "boss@example.fi, evil@example.com"),
        ("=?utf-8?b?PGJvc3NAZXhhbXBsZS5maT4=?= <evil@example.com>", "evil@example.com", "<boss@example.fi>"),
        ("undisclosed", None, "undisclosed"),
        ("", None, ""),
    ],
)
def test_a_sender_is_one_address_and_no_name_passes_for_one(header: str, sender: str | None, name: str) -> None:
    mail = read_whole(f"From: {header}\n\nx".encode())
    assert mail.sender == sender
    if header and sender:
        assert mail.sender_name in (name, "")


def test_raw_bytes_in_headers_are_read() -> None:
    mail = read_whole("From: Hanna Järvinen <h@kunta.fi>\nSubject: Tämä on\n\tjatkuva otsikko\n\nx".encode())
    assert (mail.sender, mail.sender_name, mail.subject) == ("h@kunta.fi", "Hanna Järvinen", "Tämä on jatkuva otsikko")
    assert read_whole("Subject: Tämä\n\nx".encode("latin-1")).subject == "Tämä"
    assert read_whole(b"Subject: =?x-none?q?H=E4iri=F6?= =?utf-8?q?Hei_vaan?= =?utf-8?z?x?=\n\nx").subject == (
        "HäiriöHei vaan =?utf-8?z?x?="
    )


def test_of_html_alone_the_words_are_read_and_nothing_of_its_markup() -> None:
    mail = read_whole(
        b"Content-Type: text/html; charset=utf-8\n\n"
        b"<html><head><title>t</title><style>p{color:red}</style></head><body onload=alert(1)>"
        b"<p>Ei <b>toimi</b>&nbsp;viel\xc3\xa4.</p><ul><li>yksi<li>kaksi</ul><script>alert('x')</script>"
        b"<img src=x onerror=alert(1)><div>Terveisin<br>Hanna</div>"
        b"<div>On Tue, Palveluportaali wrote:</div><blockquote><p>Toimiiko?</p></blockquote></body></html>"
    )
    assert mail.text == "Ei toimi vielä.\n\n- yksi\n- kaksi\nTerveisin\nHanna"
    assert text_of("") == text_of("<!-- -->") == ""


def test_of_two_ways_to_say_it_the_plain_one_is_read_and_files_are_kept_apart() -> None:
    file = base64.b64encode(b"%PDF-1.4 x")
    mail = read_whole(
        b'Content-Type: multipart/mixed; boundary="a"\n\n--a\nContent-Type: multipart/alternative; boundary="b"\n\n'
        b"--b\nContent-Type: text/plain\n\nPlain words.\n--b\nContent-Type: text/html\n\n<p>Other words.</p>\n--b--\n"
        b"--a\nContent-Type: application/pdf; name*=utf-8''P%C3%A4%C3%A4t%C3%B6s.pdf\n"
        b"Content-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n" + file + b"\n"
        b'--a\nContent-Type: application/ms-tnef; name="winmail.dat"\n'
        b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(b"\x78\x9f\x3e\x22") + b"\n"
        b"--a\nContent-Type: message/rfc822\n\nSubject: Inner\nMessage-ID: <inner@x>\n\ninner words\n--a--\n"
    )
    assert mail.text == "Plain words."
    assert [(each.name, each.content[:5]) for each in mail.attachments] == [
        ("Päätös.pdf", b"%PDF-"),
        ("winmail.dat", b"\x78\x9f\x3e\x22"),
        ("Inner.eml", b"Subje"),
    ]


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Kiitos!\n\n-----Alkuperäinen viesti-----\nLähettäjä: x", "Kiitos!"),
        ("Kiitos!\n\nLähettäjä: Portaali <p@x>\nLähetetty: tiistai\nVastaanottaja: Hanna\nAihe: x\n\nVanha", "Kiitos!"),
        ("Tack!\n\n________________________________\nFrån: Portalen\nSkickat: i dag\n\nGammalt", "Tack!"),
        ("Thanks\n\nOn Tue, 24 Nov 2026 at 10:00, Portal <p@x>\nwrote:\n\n> old\n> older", "Thanks"),
        ("Kyllä.\n\n> Toimiiko nyt?\nToimii.\n> Entä tulostus?\nSekin.", None),
        ("> Vanha\n\nVastaus alla", None),
        ("> vain\n> lainaus", None),
        ("Hanna kirjoitti:\nettä ei toimi", None),
        ("Lähettäjä: minä\nSana", None),
        ("", ""),
    ],
)
def test_the_mail_that_is_answered_is_cut_and_own_words_never(text: str, own: str | None) -> None:
    assert unquoted(text) == (text if own is None else own)


def test_the_same_mail_is_the_same_by_whichever_way_it_came_and_another_is_another() -> None:
    first = read(b"Message-ID: <a@b>\nFrom: x@y.fi\nReceived: one\n\nHello")
    again = read(b"Received: another way\nMessage-ID: <a@b>\nFrom: x@y.fi\nDelivered-To: z\n\nHello\n")
    claims = read(b"Message-ID: <a@b>\nFrom: x@y.fi\n\nSomething else")
    assert first.digest == again.digest != claims.digest
    assert read(b"From: x@y.fi\n\nHello").digest != read(b"From: x@y.fi\nReceived: at noon\n\nHello").digest


HOSTILE = {
    "deep html": b"Content-Type: text/html\n\n" + b"<div>" * 80_000 + b"x",
    "a thousand parts within each other": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1_000)
    ),
    "parts without end": b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 100_000,
    "mails within mails": b"Content-Type: message/rfc822\n\n" * 5_000,
    "a header without end": b"From: " + b"=?x?q?" * 200_000,
    "headers without end": b"a: b\n" * 200_000,
    "brackets": b"References: " + b"<" * 1_000_000 + b"\n\nx",
    "addresses": b"From: " + b"a@" * 500_000 + b"\n\nx",
    "quotes": b"\n\n" + b"a wrote:\n> b\nc\n" * 20_000,
    "one line": b"\n\n" + b"kirjoitti " * 100_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_made_to_stop_us_is_read_soon(kind: str) -> None:
    began = time.process_time()
    assert len(read(HOSTILE[kind]).text) <= 100_000
    assert time.process_time() - began < 5


_LINES = st.sampled_from(
    [b"From: ", b"Subject: ", b"Content-Type: text/html", b"Content-Type: multipart/mixed; boundary=a", b"--a", b"--",
     b"Content-Transfer-Encoding: base64", b"Content-Type: text/plain; charset=", b"utf-7", b"=?utf-8?b?", b"?=", b"\n",
     b"\r\n", b"> ", b"Date: ", b"<", b">", b"@", b"Message-ID: <", b"name*0*=utf-8''%", b";", b"="]
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(st.one_of(_LINES, st.binary(max_size=12))).map(b"".join))
@example(b"Date: Tue, 99 Nov 99999 99:99:99 +9999\n\n")
@example(b"Content-Type: text/plain; charset=utf-7\n\n+2AA-")
@example(b"Content-Transfer-Encoding: base64\n\nA")
def test_any_bytes_are_read_and_what_is_read_of_them_a_database_can_hold(raw: bytes) -> None:
    mail = read(raw)
    for text in (mail.sender or "", mail.sender_name, mail.subject, mail.text, mail.message_id or ""):
        assert "\x00" not in text
        text.encode("utf-8")
    assert read(raw) == mail
