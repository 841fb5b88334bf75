import io
import tarfile
from datetime import UTC, datetime

import psycopg
import pytest

from backend import backups
from backend.kit import migrating
from backend.settings import Trouble

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def quiet(_):
    """Say nothing."""


@pytest.fixture
def filled(empty_database_url, tmp_path):
    """A database and a folder of files with something in them: address, store."""
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text)")
        connection.execute("INSERT INTO alembic_version SELECT unnest(%s::text[])", [sorted(migrating.heads())])
        connection.execute("CREATE TABLE things (id int PRIMARY KEY, text text CHECK (text <> ''))")
        connection.execute("INSERT INTO things VALUES (1, 'ä'), (2, E'SET transaction_timeout = 0;\n\\\\.')")
    folder = tmp_path / "tiedostot ä" / "files"
    (folder / "ab").mkdir(parents=True)
    (folder / "ab" / "cdef").write_bytes(b"\x00content")
    return empty_database_url, folder.as_uri()


@pytest.fixture
def archive(filled, tmp_path):
    made = tmp_path / "backup.tar"
    backups.backup(*filled, made, NOW, quiet)
    return made


@pytest.fixture
def empty(test_server, tmp_path):
    """A second database, and a store that is not there yet."""
    name = test_server.create()
    yield test_server.url_of(name), (tmp_path / "restored" / "files").as_uri()
    test_server.drop(name)


def things(url):
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT * FROM things ORDER BY id").fetchall()


def test_what_was_backed_up_comes_back(filled, archive, empty, tmp_path):
    told = []
    backups.restore(*empty, archive, told.append)
    assert things(empty[0]) == things(filled[0]) == [(1, "ä"), (2, "SET transaction_timeout = 0;\n\\.")]
    assert (tmp_path / "restored" / "files" / "ab" / "cdef").read_bytes() == b"\x00content"
    assert told == ["Restored the state of 2026-11-24T12:00:00+00:00."]
    with psycopg.connect(empty[0]) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("INSERT INTO things VALUES (3, '')")


def test_a_backup_made_before_migrating_says_so_when_it_comes_back(filled, empty, tmp_path):
    with psycopg.connect(filled[0]) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '2026_11_30_10_acts'")
    backups.backup(*filled, tmp_path / "old.tar", NOW, quiet)
    told = []
    backups.restore(*empty, tmp_path / "old.tar", told.append)
    assert told[1] == "It is of another version than this program: run `portaali migrate`."


def test_an_archive_that_cannot_be_written_is_said_in_a_sentence(filled, tmp_path):
    with pytest.raises(Trouble, match=r"No such file or directory.*name a file in a folder of yours"):
        backups.backup(*filled, tmp_path / "none" / "backup.tar", NOW, quiet)


def test_the_archive_is_ours_alone_and_nothing_is_left_beside_it(archive):
    assert archive.stat().st_mode & 0o777 == 0o600
    assert not list(archive.parent.glob(".*"))


def test_an_archive_is_never_written_over(filled, archive):
    before = archive.read_bytes()
    with pytest.raises(Trouble, match="is there already"):
        backups.backup(*filled, archive, NOW, quiet)
    assert archive.read_bytes() == before


def test_a_place_that_cannot_even_be_looked_at_is_refused_in_a_sentence(filled, tmp_path):
    with pytest.raises(Trouble, match="cannot be written"):
        backups.backup(*filled, tmp_path / ("a" * 300), NOW, quiet)


def test_nothing_is_restored_over_what_is_there(filled, archive, empty):
    with pytest.raises(Trouble, match="database is not empty"):
        backups.restore(filled[0], empty[1], archive, quiet)
    with pytest.raises(Trouble, match="files is not empty"):
        backups.restore(empty[0], filled[1], archive, quiet)
    with pytest.raises(psycopg.errors.UndefinedTable):
        things(empty[0])


def test_a_dump_that_breaks_off_leaves_the_database_empty(archive, empty, tmp_path):
    broken = _rewritten(archive, tmp_path, lambda name, content: content[:-40] if name == backups.DUMP else content)
    with pytest.raises(Trouble, match="nothing was changed"):
        backups.restore(*empty, broken, quiet)
    with pytest.raises(psycopg.errors.UndefinedTable):
        things(empty[0])
    assert not (tmp_path / "restored" / "files").exists()


@pytest.mark.parametrize("name", ["../outside", "/outside", "files/../../outside", "elsewhere/file"])
def test_a_name_that_leads_elsewhere_is_refused(archive, empty, tmp_path, name):
    with tarfile.open(archive, "a") as opened:
        opened.addfile(tarfile.TarInfo(name))
    with pytest.raises(Trouble, match="which no backup does"):
        backups.restore(*empty, archive, quiet)
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("content", [b"", b"not an archive" * 100])
def test_what_is_no_backup_is_said_to_be_none(empty, tmp_path, content):
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(Trouble, match="no backup that can be read"):
        backups.restore(*empty, tmp_path / "other", quiet)


def test_files_in_a_store_elsewhere_are_left_to_its_own_backups(filled, tmp_path):
    told = []
    backups.backup(filled[0], "s3://bucket/portaali", tmp_path / "backup.tar", NOW, told.append)
    with tarfile.open(tmp_path / "backup.tar") as opened:
        assert opened.getnames() == [backups.ABOUT, backups.DUMP]
    assert "not in the archive" in told[0]


def _rewritten(archive, folder, change):
    target = folder / "changed.tar"
    with tarfile.open(archive) as old, tarfile.open(target, "w") as new:
        for entry in old:
            content = change(entry.name, old.extractfile(entry).read()) if entry.isfile() else b""
            entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))
    return target
