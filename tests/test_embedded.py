"""The servers are real and are started for each test: a cluster takes a good half second."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from backend import data_folder, embedded
from backend.settings import Trouble
from tests.waiting import eventually

PARENT = """
import json, signal, sys
from pathlib import Path
from backend import embedded
with embedded.servers(Path(sys.argv[1]), durable=False, say=lambda _: None) as own:
    print(json.dumps([child.process.pid for child in own.children]), flush=True)
    signal.pause()
"""


def quiet(_):
    """Say nothing."""


@pytest.fixture
def folder():
    """A folder whose path has spaces, quotes and letters of ours; not pytest's, which it keeps closed to others."""
    with tempfile.TemporaryDirectory(prefix="päällä on ") as outer:
        yield Path(outer) / "kansio \"lainattu\" 'näin'"


def run(folder, **options):
    return embedded.servers(folder, **{"durable": False, "say": quiet} | options)


def answer(url, statement="SELECT 1"):
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone() if cursor.description else None


@contextmanager
def parent_of(folder, code=PARENT):
    """Another process that runs the servers, and the numbers of their processes."""
    with subprocess.Popen([sys.executable, "-c", code, folder], stdout=subprocess.PIPE, text=True) as parent:
        try:
            yield parent, json.loads(parent.stdout.readline())
        finally:
            parent.kill()


def test_both_servers_keep_what_they_are_told_in_a_folder_of_any_name(folder):
    import redis

    with embedded.servers(folder, say=quiet) as own:
        assert answer(own.database_url, "SELECT lower('ÄÖÅ'), current_setting('server_encoding')") == ("äöå", "UTF8")
        answer(own.database_url, "CREATE TABLE kept ()")
        with redis.Redis.from_url(own.redis_url) as line:
            line.set("kept", "yes")
    with embedded.servers(folder, say=quiet) as own:
        assert answer(own.database_url, "SELECT to_regclass('kept')::text") == ("kept",)
        with redis.Redis.from_url(own.redis_url) as line:
            assert line.get("kept") == b"yes"


def test_they_listen_on_sockets_that_nobody_else_may_enter_and_on_no_port(folder):
    with run(folder) as own:
        assert own.run.stat().st_mode & 0o777 == 0o700
        assert {path.name for path in own.run.iterdir()} == {".s.PGSQL.5432", ".s.PGSQL.5432.lock", "valkey.sock"}
        for child in own.children:
            assert not _listening_ports(child.process.pid)


@pytest.mark.parametrize("name", ["pitkä" * 20, "yksi, kaksi"])
def test_a_path_unfit_for_a_socket_gets_a_short_one_that_is_gone_afterwards(folder, name):
    long = folder / name
    with run(long, valkey=False) as own:
        assert len(os.fsencode(own.run)) <= data_folder.LONGEST_SOCKET_FOLDER
        assert own.run.stat().st_mode & 0o777 == 0o700
        assert embedded.find_running(long) == (own.database_url, own.redis_url)
        assert answer(own.database_url) == (1,)
    assert not own.run.exists()
    assert not (long / "run").is_symlink()


def test_locale_and_settings_of_the_terminal_change_nothing(folder, monkeypatch):
    monkeypatch.setenv("LC_ALL", "fi_FI.UTF-8")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGDATABASE", "other")
    with run(folder, valkey=False) as own:
        assert answer(own.database_url, "SELECT current_database()::text") == ("portaali",)


def test_a_second_start_is_told_who_runs_here(folder):
    with run(folder, valkey=False) as own:
        with pytest.raises(Trouble, match=f"already running here, as process {os.getpid()}"), run(folder):
            pass
        assert answer(own.database_url) == (1,)
    assert embedded.find_running(folder) is None


def test_when_the_parent_is_killed_its_servers_end_and_the_next_start_has_their_data(folder):
    with parent_of(folder) as (_, servers):
        answer(embedded.find_running(folder)[0], "CREATE TABLE kept ()")
    with run(folder) as own:  # at once: it waits for what is ending
        assert not any(data_folder.is_alive(server) for server in servers)
        assert answer(own.database_url, "SELECT to_regclass('kept')::text") == ("kept",)


@pytest.mark.parametrize("name", ["PostgreSQL", "Valkey"])
def test_a_server_that_is_killed_is_started_again(folder, name):
    with run(folder) as own:
        (child,) = (each for each in own.children if each.name == name)
        child.process.kill()
        child.process.wait()
        own.revive(child)
        assert [each.name for each in own.children] == ["PostgreSQL", "Valkey"]
        assert all(each.is_running for each in own.children)
        assert answer(own.database_url) == (1,)


def test_a_number_in_a_stale_file_that_another_process_has_now_hinders_nothing(folder):
    with run(folder, valkey=False):
        pass
    stale = folder / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1\n5432\n\n\n\nready\n")
    with run(folder, valkey=False) as own:
        assert answer(own.database_url) == (1,)


def test_data_of_another_version_is_left_alone_and_the_sentence_says_what_to_do(folder):
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres" / "PG_VERSION").write_text("16\n")
    if other := data_folder.unprivileged_user():
        os.chown(folder / "postgres", other.pw_uid, -1)
    with pytest.raises(Trouble, match="written by PostgreSQL 16 and this is 18: move the folder away"), run(folder):
        pass
    assert (folder / "postgres" / "PG_VERSION").read_text() == "16\n"


def test_too_little_space_is_said_before_anything_is_written(folder, monkeypatch):
    monkeypatch.setattr(data_folder, "LEAST_SPACE", 2**62)
    with pytest.raises(Trouble, match=r"space are left .*: make room"), run(folder):
        pass
    assert not (folder / "postgres").exists()


def test_a_folder_that_cannot_be_one_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble, match="cannot be used"), run(tmp_path / "file" / "data"):
        pass


def test_they_run_as_an_ordinary_user_whoever_starts_them_and_what_that_takes_is_told(folder):
    told = []
    folder.mkdir(mode=0o700)
    other = data_folder.unprivileged_user()
    with run(folder, say=told.append) as own:
        for child in own.children:
            owner = Path(f"/proc/{child.process.pid}").stat().st_uid
            assert owner == (other.pw_uid if other else os.geteuid()) != 0
        assert folder.stat().st_mode & 0o777 == (0o701 if other else 0o700)
        assert any(str(folder) in sentence for sentence in told) == (other is not None)


def test_only_who_started_it_is_let_into_the_database(folder):
    with run(folder, valkey=False) as own, pytest.raises(psycopg.OperationalError):
        answer(own.database_url.replace("portaali@", "postgres@"))


def test_a_signal_to_the_parent_stops_the_servers_in_order(folder):
    code = PARENT.replace("signal.pause()", "signal.signal(signal.SIGTERM, lambda *_: None); signal.pause()")
    with parent_of(folder, code) as (parent, _):
        eventually(lambda: _handles(parent.pid, signal.SIGTERM))
        parent.terminate()
        assert parent.wait(30) == 0
    assert "database system is shut down" in (folder / "log" / "postgresql.log").read_text()
    assert "ready to exit" in (folder / "log" / "valkey.log").read_text()


def _handles(process, number):
    status = Path(f"/proc/{process}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (number - 1) & 1)


def _listening_ports(process):
    """Sockets of TCP that a process listens on, by the kernel's own tables."""
    mine = {os.readlink(each) for each in Path(f"/proc/{process}/fd").iterdir() if each.is_symlink()}
    rows = [row.split() for kind in ("tcp", "tcp6") for row in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]]
    return [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in mine]
