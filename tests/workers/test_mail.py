"""Handing mail over: the message, the folder of a demo, and what a server's answers mean."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from backend.inbox.rules import House
from backend.kit.actor import Language
from backend.kit.events import Audience
from backend.notices.letters import Mail, Thread
from tests.workers.making import mail_server, settings_for
from workers.mail import NotSent, message_of, open_line, warn_of_a_folder

HOUSE = House.of(host="portaali.example.fi", sender="portaali@example.fi", address="apu@example.fi", secret="s" * 40)
MAIL = Mail(
    key="notice-7",
    at=datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
    address="maija@example.fi",
    language=Language.FI,
    subject="TIL-2026-00042 · Työ toimitettiin ja odottaa hyväksyntää.",
    body="Työ toimitettiin ja odottaa hyväksyntää.\n",
)


def test_who_keeps_an_installation_hears_where_no_mail_is_sent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given = settings_for(tmp_path, "postgresql://x", "redis://x")
    for settings, warned in (
        (given, 1),
        (replace(given, demo=True), 0),
        (settings_for(tmp_path, "postgresql://x", "redis://x", smtp_port=25), 0),
    ):
        caplog.clear()
        warn_of_a_folder(settings)
        assert caplog.text.count(f"no mail is sent, mails are kept in {tmp_path}") == warned


def test_a_repeat_is_the_very_same_message() -> None:
    first, second = (bytes(message_of(MAIL, HOUSE)) for _ in range(2))
    assert first == second
    read = message_from_bytes(first, policy=policy.default)
    assert read["Message-ID"] == "<notice-7@portaali.example.fi>"
    assert read["Subject"] == MAIL.subject
    assert read["Content-Language"] == "fi"


def test_mails_about_a_ticket_are_one_conversation_and_say_where_an_answer_goes_and_who_reads_it() -> None:
    about = Thread("TIK-2026-00042", Audience.BOTH)
    read = message_from_bytes(bytes(message_of(replace(MAIL, thread=about), HOUSE)), policy=policy.default)
    assert read["References"] == "<TIK-2026-00042@portaali.example.fi>"
    assert read["Message-ID"] == "<TIK-2026-00042.notice-7@portaali.example.fi>", "an answer may refer to this alone"
    assert read["Reply-To"] == HOUSE.answer_address("TIK-2026-00042", Audience.BOTH, MAIL.address)
    assert "Tiera ja toimittaja" in read.get_content()
    assert message_from_bytes(bytes(message_of(MAIL, HOUSE)), policy=policy.default)["Reply-To"] is None
    for said, to_supplier in (
        (False, replace(about, is_suppliers=True)),
        (True, Thread(about.number, Audience.ALL, True)),
    ):
        assert ("julkaissut" in message_of(replace(MAIL, thread=to_supplier), HOUSE).get_content()) is said
    nowhere = House.of(host=HOUSE.host, sender=HOUSE.sender, address=None, secret="s")
    assert "Reply-To" not in message_of(replace(MAIL, thread=about), nowhere)


def test_without_a_server_mails_are_files_for_us_alone_and_a_repeat_replaces_the_first(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, "postgresql://x/y", "redis://x")
    given, line = settings.mail, open_line(settings)
    line.post(MAIL)
    line.post(MAIL)
    (file,) = given.folder.iterdir()
    assert file.name == "notice-7.eml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert given.folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_written_is_a_mail_not_sent(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, "postgresql://x/y", "redis://x")
    given = settings.mail
    given.folder.parent.mkdir(exist_ok=True)
    given.folder.write_text("in the way")
    with pytest.raises(NotSent):
        open_line(settings).post(MAIL)


def test_a_line_is_used_again_and_made_anew_after_a_failure(tmp_path: Path) -> None:
    with mail_server() as (server, port):
        line = open_line(settings_for(tmp_path, "postgresql://x/y", "redis://x", port))
        line.post(MAIL)
        server.answers.append("451 try later")
        with pytest.raises(NotSent, match="451 try later") as refused:
            line.post(MAIL)
        assert not refused.value.is_final
        line.post(MAIL)
        server.answers.append("550 no such user")
        with pytest.raises(NotSent, match="550 no such user") as refused:
            line.post(MAIL)
        assert refused.value.is_final
        line.close()
    assert len(server.mails) == 2


def test_a_server_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    with mail_server() as (_, port):
        pass
    with pytest.raises(NotSent) as refused:
        open_line(settings_for(tmp_path, "postgresql://x/y", "redis://x", port)).post(MAIL)
    assert not refused.value.is_final


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_what_should_be_encrypted_is_never_sent_in_clear(tmp_path: Path, tls: str) -> None:
    with mail_server() as (server, port):
        settings = settings_for(tmp_path, "postgresql://x/y", "redis://x", port)
        with pytest.raises(NotSent):
            open_line(replace(settings, mail=replace(settings.mail, tls=tls))).post(MAIL)
    assert server.mails == []
