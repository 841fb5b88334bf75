"""Which mail is a machine's, what it answers, and who reads an answer."""

import pytest

from backend.inbox import rules
from backend.inbox.reading import read
from backend.inbox.states import WhyAside
from backend.kit.actor import ActorKind
from backend.kit.events import Audience
from tests.inbox.making import HOUSE, a_mail

W = WhyAside
NUMBER = "TIK-2026-00042"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (a_mail("maija@example.fi"), None),
        (a_mail("maija@example.fi", Auto_Submitted="no"), None),
        (a_mail("maija@example.fi", List_Unsubscribe="<mailto:x@y>"), None),
        (a_mail("maija@example.fi", subject="Poissaolojen kirjaus ei toimi"), None),
        (a_mail("maija@example.fi", Auto_Submitted="auto-replied"), W.AUTOMATIC),
        (a_mail("maija@example.fi", X_Auto_Response_Suppress="All"), W.AUTOMATIC),
        (a_mail("maija@example.fi", X_Autoreply="yes"), W.AUTOMATIC),
        (a_mail("maija@example.fi", subject="Automaattinen vastaus: kirjautuminen"), W.AUTOMATIC),
        (a_mail("maija@example.fi", subject="=?utf-8?q?Fr=C3=A5nvaro?= till 1.12."), W.AUTOMATIC),
        (a_mail("maija@example.fi", Return_Path="<>"), W.AUTOMATIC),
        (a_mail("MAILER-DAEMON@example.fi"), W.BOUNCE),
        (a_mail("x@y.fi", Content_Type="multipart/report; report-type=delivery-status; boundary=a"), W.BOUNCE),
        (a_mail("x@y.fi", Precedence="bulk"), W.MAILING_LIST),
        (a_mail("x@y.fi", List_Id="News <news.example.fi>"), W.MAILING_LIST),
        (a_mail("portaali@example.fi"), W.OWN),
        (a_mail(f"apu+{NUMBER}.all.aaaa@example.fi"), W.OWN),
        (a_mail("x@y.fi", Message_ID="<notice-7@portaali.example.fi>"), W.OWN),
        (a_mail("x@y.fi", Message_ID="<notice-7@elsewhere.fi>"), None),
    ],
)
def test_what_a_machine_wrote_is_known_by_its_headers(raw: bytes, why: WhyAside | None) -> None:
    assert rules.why_ignored(read(raw), HOUSE) is why


def test_a_signed_address_finds_its_ticket_for_its_receiver_alone() -> None:
    to = HOUSE.answer_address(NUMBER, Audience.BOTH, "Maija@example.fi")
    assert to is not None
    thread = rules.thread_of(read(a_mail("maija@example.fi", to=to.upper())), HOUSE)
    assert (thread.numbers, thread.audience, thread.is_anothers) == ((NUMBER,), Audience.BOTH, False)
    for stolen in (to, to.replace(".both.", ".all."), to.replace("00042", "00043")):
        sender = "other@example.fi" if stolen == to else "maija@example.fi"
        assert rules.thread_of(read(a_mail(sender, to=stolen)), HOUSE).is_anothers
    assert len(to.partition("@")[0]) <= 64


def test_what_only_looks_like_a_signed_address_is_none() -> None:
    for made_up in (f"{NUMBER}.all.{'ſı' * 8}", f"TIK-２０２６-００００４２.all.{'abcdefgh' * 2}"):
        thread = rules.thread_of(read(a_mail("maija@example.fi", to=f"apu+{made_up}@example.fi")), HOUSE)
        assert (thread.numbers, thread.is_anothers) == ((), False)


def test_without_a_mailbox_nobody_is_asked_to_answer() -> None:
    house = rules.House.of(host="h", sender="p@h", address=None, secret="s")
    assert house.answer_address(NUMBER, Audience.ALL, "x@y.fi") is None


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        (a_mail("x@y.fi", References=f"<{NUMBER}@portaali.example.fi> <notice-7@portaali.example.fi>"), (NUMBER,)),
        (a_mail("x@y.fi", References=f"<{NUMBER}@elsewhere.fi>"), ()),
        (a_mail("x@y.fi", subject=f"VS: {NUMBER.lower()} · Kirjautuminen"), (NUMBER,)),
        (a_mail("x@y.fi", subject="TIK-2026-1 tai XTIK-2026-00042"), ()),
        (a_mail("x@y.fi", f"See {NUMBER}"), ()),
    ],
)
def test_else_what_it_refers_to_or_its_subject_names_the_ticket(raw: bytes, numbers: tuple[str, ...]) -> None:
    assert rules.thread_of(read(raw), HOUSE).numbers == numbers


@pytest.mark.parametrize(
    ("kind", "answered", "read_by"),
    [
        (ActorKind.CUSTOMER, Audience.TIERA, Audience.ALL),
        (ActorKind.CUSTOMER, None, Audience.ALL),
        (ActorKind.SUPPLIER, Audience.BOTH, Audience.BOTH),
        (ActorKind.SUPPLIER, Audience.TIERA, Audience.ALL),
        (ActorKind.SUPPLIER, None, Audience.ALL),
        (ActorKind.BUYER, Audience.ALL, Audience.ALL),
        (ActorKind.BUYER, Audience.BOTH, Audience.BOTH),
        (ActorKind.BUYER, None, Audience.TIERA),
    ],
)
@pytest.mark.rule("H11.4-a")
def test_nobody_reads_an_answer_who_did_not_read_what_it_answers(
    kind: ActorKind, answered: Audience | None, read_by: Audience
) -> None:
    assert rules.audience_of(kind, answered) is read_by


def test_a_sender_whom_the_mail_server_refutes_is_not_believed() -> None:
    refuted = a_mail("x@y.fi", Authentication_Results="mx.example.fi; spf=pass; dmarc=fail (p=none) header.from=y.fi")
    assert not rules.is_proven(read(refuted))
    assert rules.is_proven(read(a_mail("x@y.fi", Authentication_Results="mx.example.fi; dmarc=pass")))
    assert rules.is_proven(read(a_mail("x@y.fi")))
