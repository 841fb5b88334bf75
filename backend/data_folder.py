"""The folder in which our servers keep everything: whose it is, who may pass through it, and who runs on it."""

import fcntl
import os
import pwd
import shutil
import stat
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from backend.settings import Say, Trouble

LONGEST_SOCKET_FOLDER = 90
"""Bytes: a unix socket's whole path may have 107, and `/.s.PGSQL.5432` is on top of this."""
SHORT = "portaali-"
"""How the name of a folder for sockets begins that stands in for one whose path is too long."""
LEAST_SPACE = 200 * 2**20
PATIENCE = 60.0
"""Seconds that the servers of a killed parent have to end before a new start gives up waiting for them."""


def usable(data: Path) -> Path:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        data = data.resolve()
        for name in ("log", "files"):
            (data / name).mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except PermissionError as fault:
        raise Trouble(
            f"There is no right to write to {data}: start as the user whose it is, "
            "or set PORTAALI_DATA to a folder of your own."
        ) from fault
    except OSError as fault:
        raise Trouble(f"The folder {data} cannot be used: {fault.strerror}.") from fault
    if shutil.disk_usage(data).free < LEAST_SPACE:
        raise Trouble(
            f"Less than {LEAST_SPACE // 2**20} MB of space are left for {data}: "
            "make room, or set PORTAALI_DATA to a folder on another disk."
        )
    return data


def take_lock(path: Path, say: Say) -> int:
    """Take the lock; wait while it is only the servers of a killed parent that hold it."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    began = time.monotonic()
    told = False
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            waited = time.monotonic() - began
            owner = int(os.pread(lock, 20, 0) or 0)
            if waited > 0.5 and owner and is_alive(owner):  # one that is being killed needs a moment to be gone
                os.close(lock)
                raise Trouble(
                    f"It is already running here, as process {owner}: use that one, "
                    f"or stop it first (Ctrl-C where it runs, or `kill {owner}`)."
                ) from None
            if waited > PATIENCE:
                os.close(lock)
                raise Trouble(f"Servers of an earlier start still hold {path}: end them, then start again.") from None
            if waited > 1 and not told:
                told = True
                say("Waiting for the servers of an earlier start to end …")
            time.sleep(0.02)  # waiting in the kernel would not see whose lock it is, nor an end to our patience
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


def is_alive(process: int) -> bool:
    """Whether it runs; one that has ended and that nobody has asked about yet (a zombie) does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in "ZX"


def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom the servers run as when we are root, since PostgreSQL refuses to be; None when we are not."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise Trouble("PostgreSQL does not run as root and there is no user `nobody`: start as another user.") from None


def prepare(data: Path, user: pwd.struct_passwd | None, programs: Iterable[Path], say: Say) -> Path:
    """Make the servers' folders, theirs alone, and let them through to `programs`; return the folder for sockets."""
    if user:
        for folder in (*programs, data):
            _let_through(folder, say)
    owner = user.pw_uid if user else os.geteuid()
    for folder in (data / "postgres", data / "valkey"):
        if folder.exists() and folder.stat().st_uid != owner:
            raise Trouble(
                f"The data in {folder} belongs to another user than the servers would run as "
                f"({pwd.getpwuid(owner).pw_name}): start as you did before, or set PORTAALI_DATA to another folder."
            )
    run = data / "run"
    if run.is_symlink():
        remove_run(run)
    if len(os.fsencode(run)) > LONGEST_SOCKET_FOLDER or "," in str(run):  # a comma parts hosts for PostgreSQL's clients
        if run.is_dir():
            shutil.rmtree(run)
        run.symlink_to(tempfile.mkdtemp(prefix=SHORT))  # 0700; the link is how others find it
        if user:
            _let_through(run.resolve().parent, say)
    else:
        run.mkdir(mode=0o700, exist_ok=True)
    (data / "valkey").mkdir(mode=0o700, exist_ok=True)
    if user:
        for folder in (run.resolve(), data / "valkey"):
            os.chown(folder, user.pw_uid, user.pw_gid)
    return run.resolve()


def remove_run(link: Path) -> None:
    """Remove a folder of sockets in the temp dir, and the link to it; nothing that another has put there."""
    folder = link.readlink()
    link.unlink()
    if folder.parent == Path(tempfile.gettempdir()) and folder.name.startswith(SHORT):
        shutil.rmtree(folder, ignore_errors=True)


def _let_through(folder: Path, say: Say) -> None:
    """Let other users pass (not read) `folder` and what is above it, as far as they cannot yet."""
    for step in (folder, *folder.parents):
        mode = stat.S_IMODE(step.stat().st_mode)
        if not mode & stat.S_IXOTH:
            step.chmod(mode | stat.S_IXOTH)
            say(f"As root the servers run as `nobody`: {step} may now be passed through by others (chmod o+x).")
