import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from backend.kit.actor import Actor, ActorKind, Channel
from backend.kit.database import make_engine, make_sessions
from backend.kit.events import Audience, Event
from backend.kit.seals import seal_days

COMMANDS = [
    "demo",
    "serve",
    "worker",
    "migrate",
    "begin",
    "backup",
    "restore",
    "verify",
    "schema",
    "rules",
    "load",
    "bench",
]


@pytest.fixture
def portaali(tmp_path):
    """Run the command as a person does, with only these settings; what came of it."""

    def command(*words, **settings):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
        return subprocess.run(
            [sys.executable, "-m", "backend.cli", *map(str, words)],
            env={**kept, "PORTAALI_DATA": str(tmp_path / "data")} | {n: str(v) for n, v in settings.items()},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return command


BEGINNING = ["--name", "Tilaaja Oy", "--business-id", "1234567-1", "--key-user", "Kaisa", "--email", "k@x.example"]


def test_every_command_says_what_it_is_for(portaali):
    told = portaali("--help").stdout
    assert [line.split()[0] for line in told.partition("Commands:")[2].splitlines() if line.strip()] == COMMANDS
    for command in COMMANDS:
        assert portaali(command, "--help").returncode == 0


@pytest.mark.parametrize(
    ("words", "settings", "sentence"),
    [
        (["demo"], {"PORT": "web"}, "PORT is “web”: give a number"),
        (["demo"], {"DATABASE_URL": "postgresql://x/y"}, "Set both DATABASE_URL and REDIS_URL, or neither"),
        (["demo"], {"HOST": "192.0.2.1"}, "no address of this machine"),
        (["worker"], {}, "DATABASE_URL is not set"),
        (["worker"], {"DATABASE_URL": "postgresql://x/y", "REDIS_URL": "redis://x"}, "PORTAALI_SECRET is not set"),
        (["migrate"], {"DATABASE_URL": "postgresql:///x?host=/nowhere"}, "The database cannot be reached"),
        (["backup", "x.tar"], {"DATABASE_URL": "postgresql:///x?host=/nowhere"}, "The database cannot be reached"),
        (["restore", "/dev/null"], {"DATABASE_URL": "postgresql:///x?host=/nowhere"}, "The database cannot be reached"),
        (["migrate"], {"DATABASE_URL": "postgresql:///x?host"}, "The database cannot be reached"),
        (["backup", "x.tar"], {"DATABASE_URL": "postgresql:///x?host"}, "The database cannot be reached"),
        (["schema", "--check", "--to", "/nowhere/schema.graphql"], {}, "is not what the code says"),
    ],
)
def test_what_cannot_be_done_ends_with_a_sentence_and_no_traceback(portaali, words, settings, sentence):
    done = portaali(*words, **settings)
    assert done.returncode == 1
    assert done.stderr.startswith("portaali: ")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_the_embedded_database_is_started_for_a_command_that_needs_it(portaali):
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to the user that the server runs as
        done = portaali("migrate", PORTAALI_DATA=folder)
        assert (done.returncode, done.stderr) == (0, "")
        assert Path(folder, "postgres", "PG_VERSION").exists()


def test_another_schema_than_the_one_that_is_written_fails_the_check(portaali, tmp_path):
    """That the right one passes it, `make check` shows."""
    file = tmp_path / "schema.graphql"
    assert portaali("schema", "--to", file).returncode == 0
    assert "type Query" in file.read_text()
    file.write_text(file.read_text() + "\n")
    assert portaali("schema", "--to", file, "--check").returncode == 1


def test_a_database_that_cannot_hold_our_texts_is_refused(portaali, test_server, empty_database_url):
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        options = "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
        if connection.info.server_version >= 170000:
            options += " LOCALE_PROVIDER libc"
        name = f"portaali_test_ascii_{os.getpid()}"
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 {options}")
        try:
            done = portaali("migrate", DATABASE_URL=test_server.url_of(name))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert done.returncode == 1
    assert "The database is in SQL_ASCII" in done.stderr


@pytest.mark.parametrize("words", [["verify"], ["begin", *BEGINNING]])
def test_a_database_that_nobody_migrated_ends_with_a_sentence(portaali, empty_database_url, words):
    done = portaali(*words, DATABASE_URL=empty_database_url)
    assert done.returncode == 1
    assert "run `portaali migrate` first" in done.stderr
    assert "Traceback" not in done.stderr


def test_data_of_a_newer_version_ends_with_a_sentence(portaali, empty_database_url):
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('2099_x')"
        )
    for words in (["migrate"], ["migrate", "--to", "2099_y"], ["migrate", "--down", "--to", "2099_y"]):
        done = portaali(*words, DATABASE_URL=empty_database_url)
        assert done.returncode == 1
        assert "if a newer version of Palveluportaali has used it, run that one" in done.stderr
        assert "Traceback" not in done.stderr


async def test_a_record_that_was_altered_is_found(portaali, database_url):
    """By somebody who can switch the trigger off that forbids it."""
    actor = Actor(kind=ActorKind.SYSTEM, channel=Channel.SCHEDULE)
    at = datetime(2026, 11, 2, 12, tzinfo=UTC)
    engine = make_engine(database_url)
    async with make_sessions(engine).begin() as session:
        for name in ("order.confirmed", "order.accepted"):
            session.add(
                Event(
                    name=name,
                    at=at,
                    subject_kind="Order",
                    subject_id=1,
                    channel=actor.channel,
                    audience=Audience.BOTH,
                    figures={"granted": 600},
                )
            )
        await session.flush()
        await seal_days(session, actor, now=at + timedelta(days=3))
    await engine.dispose()

    assert portaali("verify", DATABASE_URL=database_url).stdout == "Every sealed day is as it was.\n"

    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE events DISABLE TRIGGER ALL")
        connection.execute("UPDATE events SET figures = '{\"granted\": 6000}' WHERE name = 'order.accepted'")
    done = portaali("verify", DATABASE_URL=database_url)
    assert done.returncode == 1
    assert "2026-11-02: sealed with 2 events, now 2" in done.stderr


def test_neither_help_nor_settings_load_what_only_one_command_needs():
    heavy = {
        "sqlalchemy",
        "uvicorn",
        "starlette",
        "strawberry",
        "alembic",
        "redis",
        "dramatiq",
        "openpyxl",
        "rich",
        "psycopg",
    }
    assert not heavy & loaded_by("backend.cli, backend.commands")


def test_a_start_of_the_web_process_loads_nothing_that_its_first_answer_does_not_need():
    """Each takes a hundredth of a start or more, or came with another: pydantic with what reads a command line."""
    unneeded = {
        "alembic",
        "babel",
        "backend.commands",
        "backend.supervising",
        "dramatiq",
        "lxml",
        "obstore",
        "openpyxl",
        "PIL",
        "pydantic",
        "redis",
        "typer",
        "typst",
    }
    assert not unneeded & loaded_by("backend.cli, backend.listening, uvicorn, web.app")


def loaded_by(modules):
    code = f"import sys, {modules}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())
