"""An installation in one file: the database as pg_dump writes it, the files as they lie, and what it all is.

The database is read first. Files are only ever added and a row that names one is written after it, so every file that
the dump names is in the archive.
"""

import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from backend import embedded
from backend.kit import migrating
from backend.settings import Say, Trouble

ABOUT, DUMP, FILES = "about.json", "database.dump", "files"
FORMAT = 1


def backup(database_url: str, store: str, to: Path, now: datetime, say: Say) -> None:
    """Write the archive `to`, whole or not at all; only we may read it."""
    folder = _folder(store)
    try:
        if to.exists():
            raise Trouble(f"{to} is there already: give another name, or move it away.")
        _write(database_url, folder, to, now)
    except OSError as fault:
        raise Trouble(f"{to} cannot be written ({fault.strerror}): name a file in a folder of yours.") from fault
    if folder is None:
        say(f"The files are in {urlsplit(store).scheme}:// and not in the archive: that store has backups of its own.")
    say(f"Written: {to} ({to.stat().st_size / 2**20:.1f} MB). It holds personal data: keep it with care.")


def _write(database_url: str, folder: Path | None, to: Path, now: datetime) -> None:
    with tempfile.TemporaryDirectory(dir=to.absolute().parent, prefix=".backup-") as work:
        dump = Path(work) / DUMP
        _run(database_url, "pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={dump}"])
        about = {
            "format": FORMAT,
            "made_at": now.isoformat(),
            "revisions": _revisions(database_url),
            "files": folder is not None,
        }
        draft = Path(work) / "archive"
        draft.touch(mode=0o600)
        with tarfile.open(draft, "w") as archive:
            text = json.dumps(about, indent=2).encode()
            entry = tarfile.TarInfo(ABOUT)
            entry.size, entry.mtime = len(text), int(now.timestamp())
            archive.addfile(entry, io.BytesIO(text))
            archive.add(dump, DUMP)
            if folder is not None and folder.is_dir():
                archive.add(folder, FILES)
        draft.rename(to)


def restore(database_url: str, store: str, archive: Path, say: Say) -> None:
    """Bring back what `backup` wrote, into a database and a folder of files that are empty."""
    folder = _folder(store)
    if _has_tables(database_url):
        raise Trouble(
            "The database is not empty: restore into a new one (an empty PORTAALI_DATA, or another DATABASE_URL)."
        )
    if folder is not None and folder.is_dir() and any(folder.iterdir()):
        raise Trouble(f"{folder} is not empty: restore into a new folder (an empty PORTAALI_DATA, or another FILES).")
    beside = folder.parent if folder else Path(tempfile.gettempdir())
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside, prefix=".restore-") as name:
        work = Path(name)
        about = _unpack(archive, work)
        if about.get("format") != FORMAT:
            raise Trouble(f"{archive} was written by another version of portaali: restore it with that one.")
        _restore(database_url, work)
        if folder is not None and (work / FILES).is_dir():
            if folder.is_dir():
                folder.rmdir()
            (work / FILES).rename(folder)
    say(f"Restored the state of {about['made_at']}.")
    if _revisions(database_url) != sorted(migrating.heads()):
        say("It is of another version than this program: run `portaali migrate`.")


def _unpack(archive: Path, work: Path) -> dict[str, object]:
    """Only what `backup` puts into an archive comes out: plain files, by names that lead nowhere else."""
    try:
        with tarfile.open(archive, "r:") as opened:
            for entry in opened:
                path = PurePosixPath(entry.name)
                if path.is_absolute() or ".." in path.parts or path.parts[0] not in {ABOUT, DUMP, FILES}:
                    raise Trouble(f"{archive} holds “{entry.name}”, which no backup does: nothing was restored.")
                target = work / path
                if entry.isdir():
                    target.mkdir(mode=0o700, parents=True, exist_ok=True)
                elif entry.isfile() and (content := opened.extractfile(entry)) is not None:
                    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    with target.open("wb") as file:
                        shutil.copyfileobj(content, file)
                    os.utime(target, (entry.mtime, entry.mtime))
        about = json.loads((work / ABOUT).read_text())
        if not isinstance(about, dict) or not (work / DUMP).exists():
            raise ValueError(DUMP)
    except (OSError, tarfile.TarError, ValueError) as fault:
        raise Trouble(f"{archive} is no backup that can be read: {fault}.") from fault
    return about


def _folder(store: str) -> Path | None:
    """Where the files lie; None when they are not in a folder."""
    parts = urlsplit(store)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _has_tables(database_url: str) -> bool:
    with _connect(database_url) as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
        ).fetchone()
    return row is not None and bool(row[0])


def _revisions(database_url: str) -> list[str]:
    """Those of the database's structure, which a program of another version may have left behind."""
    with _connect(database_url) as connection:
        if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
            return []
        return sorted(str(row[0]) for row in connection.execute("SELECT version_num FROM alembic_version"))


def _connect(database_url: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(database_url)
    except (psycopg.OperationalError, psycopg.ProgrammingError) as fault:  # the second: its address cannot be read
        raise Trouble(f"The database cannot be reached: {str(fault).strip()}") from fault


def _restore(database_url: str, work: Path) -> None:
    """Carry the dump out in one transaction, as statements; one at the head of 17's is unknown to 15 and 16."""
    script = work / "database.sql"
    _run(
        database_url,
        "pg_restore",
        ["--no-owner", "--no-privileges", f"--file={script}", str(work / DUMP)],
        connect=False,
    )
    lines = work / "restore.sql"
    with script.open("rb") as given, lines.open("wb") as kept:
        in_head = True
        for line in given:
            if in_head and line.startswith(b"SET transaction_timeout"):
                continue
            in_head = in_head and not line.startswith(b"CREATE")
            kept.write(line)
    _run(
        database_url,
        "psql",
        ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={lines}"],
    )


def _run(database_url: str, program: str, options: list[str], *, connect: bool = True) -> None:
    """Run a program of PostgreSQL's on the database; the password goes by the environment, which others cannot see."""
    with _connect(database_url) as connection:
        server = connection.info.server_version // 10_000
    conninfo = conninfo_to_dict(database_url)
    password = conninfo.pop("password", None)
    target = [f"--dbname={make_conninfo('', **conninfo)}"] if connect else []
    done = subprocess.run(
        [_program(program, server), *target, *options],
        env={**os.environ, **({"PGPASSWORD": str(password)} if password else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Trouble(f"{program} failed, and nothing was changed: {done.stderr.strip()}")


def _program(name: str, server: int) -> Path:
    """The newest there is: an older one reads neither a newer server nor what a newer one has written."""
    version, path = max(_programs(name), default=(0, None))
    if path is None or version < server:
        raise Trouble(f"There is no {name} for PostgreSQL {server} here: install postgresql-client-{server}.")
    return path


def _programs(name: str) -> Iterator[tuple[int, Path]]:
    with suppress(Trouble):
        yield int(embedded.POSTGRES), embedded.binary(name)
    for path in (*Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), *map(Path, filter(None, [shutil.which(name)]))):
        said = subprocess.run([path, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
        if found := re.search(r"\) (\d+)", said):
            yield int(found[1]), path
