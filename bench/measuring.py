"""Processes under measurement: started, loaded, weighed, stopped. CPU and memory are read from /proc."""

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import IO, Any

TICK = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, OTHER_CORES = {CORES[0]}, set(CORES[1:]) or {CORES[0]}
"""The server has a core alone; database and clients share the others."""
ROOT = Path(__file__).parent.parent
INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""The environment of processes that are measured: their modules are compiled once, as after an installation."""


@dataclass
class Server:
    """A web process that listens on a port of the loopback."""

    process: subprocess.Popen[bytes]
    port: int
    started_in: float
    """Seconds from its start to its first answer."""

    @property
    def cpu(self) -> float:
        return cpu_of(self.process.pid)

    @property
    def peak_mb(self) -> float:
        return peak_of(self.process.pid)


@contextmanager
def serving(command: list[str], environment: Mapping[str, str], first: dict[str, Any]) -> Iterator[Server]:
    """Run a server; `first` is the request whose answer shows that it is there. `{port}` in a word is its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = TemporaryFile()  # noqa: SIM115  # a pipe that nobody empties would stop the server
    began = time.perf_counter()
    process = subprocess.Popen(
        [word.format(port=port) for word in command],
        env={**INSTALLED, **environment, "PORT": str(port), "HOST": "127.0.0.1"},
        cwd=ROOT,
        stdout=log,
        stderr=log,
        preexec_fn=lambda: os.sched_setaffinity(0, SERVER_CORE),
    )
    try:
        _await_answer(process, log, port, first)
        yield Server(process, port, time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _await_answer(process: subprocess.Popen[bytes], log: IO[bytes], port: int, first: dict[str, Any]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            log.seek(0)
            raise SystemExit(f"a server ended before it answered:\n{log.read().decode()[-3000:]}")
        try:
            said = answer(port, first)[:2000].decode(errors="replace")
            if '"errors"' in said:
                raise SystemExit(f"the first answer is at fault: {said}")
            return
        except urllib.error.HTTPError as fault:
            raise SystemExit(f"the first answer is {fault.code}: {fault.read(2000).decode()}") from fault
        except OSError:
            time.sleep(0.01)  # a port that another process will listen on tells nobody before
    raise SystemExit("a server did not answer within a minute")


def answer(port: int, request: dict[str, Any]) -> bytes:
    """What a server answers to one request; raises what urllib raises."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}{request['path']}",
        data=request["body"].encode() if "body" in request else None,
        headers=request.get("headers", {}),
        method=request.get("method", "POST"),
    )
    with urllib.request.urlopen(asked, timeout=60) as said:
        body: bytes = said.read()
    return body


def load(server: Server, requests: list[dict[str, Any]], clients: int, seconds: float, most: int = 0) -> dict[str, Any]:
    """Put load on a server for a while: the client's tally, with the server's CPU a request in ms."""
    given = {"port": server.port, "requests": requests, "clients": clients, "seconds": seconds, "most": most}
    before = server.cpu
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"],
        input=json.dumps(given).encode(),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, OTHER_CORES),
    )
    result: dict[str, Any] = json.loads(done.stdout)
    result["cpu"] = (server.cpu - before) / max(1, result["requests"]) * 1e3
    if result["faults"]:
        raise SystemExit(f"{result['faults']} of {result['requests']} answers are at fault: {result['sample']}")
    return result


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def peak_of(pid: int) -> float:
    """The most memory that a process has had at once, in MB."""
    line = next(each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def confine(pid: int, cores: set[int]) -> None:
    """Keep a process, and the children it has, on some cores."""
    for each in [pid, *children_of(pid)]:
        try:
            os.sched_setaffinity(each, cores)
        except (ProcessLookupError, PermissionError):
            continue


def children_of(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(path.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def machine() -> str:
    """What this run was measured on."""
    model = "an unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024**2
    others = os.getloadavg()[0]
    return (
        f"{len(CORES)} cores of {model}, {memory:.0f} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; load before the run: {others:.1f}"
    )


def middle(values: list[float]) -> tuple[float, float, float]:
    """Median, smallest, largest."""
    return median(values), min(values), max(values)
