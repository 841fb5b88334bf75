import pytest

from backend.settings import Settings, Trouble


def test_with_nothing_said_everything_has_a_value_or_is_asked_for_before_serving(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings.read({})
    assert (settings.host, settings.port, settings.base_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert settings.data == tmp_path / ".portaali"
    assert settings.files == (tmp_path / ".portaali" / "files").as_uri()
    assert not settings.demo
    with pytest.raises(Trouble, match="DATABASE_URL is not set"):
        settings.complete()
    with pytest.raises(Trouble, match="REDIS_URL is not set"):
        settings.on("postgresql://x/y", None).complete()
    with pytest.raises(Trouble, match="PORTAALI_SECRET is not set"):
        settings.on("postgresql://x/y", "redis://x").complete()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "http", "from 1 to 65535"),
        ("PORT", "0", "from 1 to 65535"),
        ("PORT", "65536", "from 1 to 65535"),
        ("PORT", "²", "from 1 to 65535"),
        ("DATABASE_URL", "mysql://x/y", "postgresql://"),
        ("DATABASE_URL", "postgresql://", "postgresql://"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("REPORTS_DATABASE_URL", "replica", "postgresql://"),
        ("PORTAALI_SECRET", "short", "at least 32"),
        ("PORTAALI_BASE_URL", "portaali.example.fi", "scheme and host"),
        ("PORTAALI_BASE_URL", "https://portaali.example.fi/here", "scheme and host"),
        ("PORTAALI_DEMO", "yes", "0, 1"),
        ("SMTP_TLS", "ssl", "none, starttls, tls"),
        ("SMTP_FROM", "nobody", "mail address"),
        ("FILES", "/srv/files", "file://"),
        ("PORTAALI_INBOX", "pop3://mail.example.fi", "imaps://"),
        ("PORTAALI_INBOX", "maildir://var/mail", "names no folder"),
        ("PORTAALI_INBOX", "imaps://mail.example.fi/INBOX", "lacks something"),
        ("PORTAALI_INBOX", "imap://u:p@mail.example.fi/INBOX", "in clear"),
        ("PORTAALI_INBOX", "imaps://u:p@mail.example.fi:x/INBOX", "no address"),
        ("PORTAALI_INBOX_ADDRESS", "nobody", "mail address"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_with_its_name_and_what_would_do(name, value, words):
    with pytest.raises(Trouble, match=words) as caught:
        Settings.read({name: value})
    assert str(caught.value).startswith(name)


def test_a_refused_address_is_not_repeated_since_it_may_hold_a_password():
    with pytest.raises(Trouble) as caught:
        Settings.read({"DATABASE_URL": "mysql://portaali:hunter2@db/portaali"})
    assert "hunter2" not in str(caught.value)


def test_a_child_process_reads_the_same_settings():
    settings = Settings.read(
        {
            "DATABASE_URL": "postgresql://u:p@db/portaali",
            "REDIS_URL": "redis://cache:6379/0",
            "PORTAALI_SECRET": "s" * 40,
            "PORT": "8123",
            "HOST": "0.0.0.0",
            "PORTAALI_DEMO": "1",
            "SMTP_HOST": "mail.example.fi",
            "SMTP_TLS": "starttls",
            "PORTAALI_ENV": "production",
            "FILES": "s3://bucket/portaali",
        }
    )
    assert Settings.read(settings.environment()) == settings
