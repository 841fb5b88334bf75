"""Child processes that never outlive us.

Each child has a session of its own, so that a Ctrl-C in the terminal reaches only the parent, which then stops its
children in an order it chooses; and the kernel signals the child should the parent be killed outright.
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(slots=True)
class Child:
    """A running program, the signal that asks it to end well, and how many seconds it has for that."""

    name: str
    process: subprocess.Popen[bytes]
    polite: signal.Signals
    grace: float
    log: Path | None = field(default=None)

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """Ask, wait `grace` seconds, then kill. Fine to call again, or on what has already ended."""
        if self.is_running:
            self.process.send_signal(self.polite)
            try:
                self.process.wait(self.grace)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def last_words(self, lines: int = 5) -> str:
        """The end of the child's log, for a person to read."""
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def spawn(
    name: str,
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    polite: signal.Signals = signal.SIGTERM,
    grace: float = 30,
    user: pwd.struct_passwd | None = None,
    log: Path | None = None,
    keep: Iterable[int] = (),
) -> Child:
    """Start `argv`; as `user` where we may change users; output appended to `log`, else to ours.

    `keep` are descriptors that the child shall hold too (a lock that lives as long as either of us). Call it from the
    main thread: the kernel's parent is the thread, and a child would end with a thread that ends.
    """
    output = log.open("ab") if log else None
    identity: dict[str, object] = (
        {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user is not None else {}
    )
    try:
        process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
            [os.fspath(word) for word in argv],
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,
            pass_fds=tuple(keep),
            preexec_fn=_die_with_parent(polite),
            **identity,
        )
    finally:
        if output:
            output.close()
    return Child(name, process, polite, grace, log)


def _die_with_parent(last: signal.Signals) -> Callable[[], None]:
    """What the child does before exec. It comes after the change of user, which would clear the setting again."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    parent = os.getpid()

    def before_exec() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(last))
        if os.getppid() != parent:  # the parent died in between
            os._exit(1)

    return before_exec
