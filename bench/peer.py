"""The peer: PostGraphile over the same tables, without any permissions; `make bench-peer`, read docs/performance.md.

`bench/postgraphile/` is all that it is given: its packages with their lock, the server's settings, our documents in the
words of its schema, and two fields written by hand. npm installs it beside the databases of a run, and only if the lock
changed since.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from backend.graphql.reads.database import PLANNING
from bench.measuring import Server, serving

SOURCE = Path(__file__).parent / "postgraphile"
DOCUMENTS = {path.stem: path.read_text() for path in SOURCE.glob("*.graphql")}
BARS = {"list": (1.5, 2), "tickets": (1.5, 2), "single": (1.7, 3), "report": (1.7, 2.4)}
"""What is asked of ours against the peer, and the dream; tickets are a list."""


def asking(name: str, **variables: Any) -> dict[str, Any]:
    """A question of `bench/postgraphile` as a request."""
    body = json.dumps({"query": DOCUMENTS[name], "variables": variables})
    return {"path": "/graphql", "headers": {"Content-Type": "application/json"}, "body": body}


def install(folder: Path, say: Callable[[str], None]) -> list[str]:
    """The command that runs the peer from `folder`, where npm puts it if it is not there yet; exits where it cannot."""
    lock = (SOURCE / "package-lock.json").read_bytes()
    stamp, wanted = folder / "installed", hashlib.sha256(lock).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        npm = shutil.which("npm")
        if not npm:
            sys.exit("PostGraphile comes by npm, which this machine does not have: `make bench` measures without it.")
        say("Installing PostGraphile …")
        folder.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SOURCE / name, folder)
        words = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"npm could not install PostGraphile:\n{done.stderr[-2000:]}")
        stamp.write_text(wanted)
    node = next(folder.glob("node_modules/node-linux-*/bin/node"), None)
    if not node:
        sys.exit("npm has no Node for this machine that PostGraphile could run on: `make bench` measures without it.")
    shutil.copy(SOURCE / "server.mjs", folder)  # its imports are found beside it
    return [str(node.absolute()), str((folder / "server.mjs").absolute())]


@contextmanager
def running(command: list[str], environment: Mapping[str, str], first: dict[str, Any]) -> Iterator[Server]:
    """The peer on a database that has, meanwhile, the fields written by hand."""
    settings = {"NODE_ENV": "production", "GRAPHILE_ENV": "production", "PGOPTIONS": PLANNING}
    with (
        psycopg.connect(environment["DATABASE_URL"], autocommit=True) as connection,
        _fields(connection),
        serving(command, {**environment, **settings}, first) as server,
    ):
        yield server


@contextmanager
def _fields(connection: psycopg.Connection[Any]) -> Iterator[None]:
    connection.execute((SOURCE / "fields.sql").read_bytes())
    try:
        yield
    finally:
        connection.execute("DROP FUNCTION orders_timeline (orders, int), ticket_messages_said (ticket_messages)")


def told() -> str:
    """What runs, and in what its question differs from ours."""
    pinned = json.loads((SOURCE / "package.json").read_text())
    (node,) = set(pinned["optionalDependencies"].values())
    names = ", ".join(f"{name} {version}" for name, version in (*pinned["dependencies"].items(), ("Node", node)))
    return (
        f"The peer: {names}; no permissions, nobody signed in. The same rows and fields are asked of it. It differs in "
        "that whose rows they are is a filter, the newest events of an order and the text of a message are functions "
        "written for it, and an order's entries and lines hang on the order instead of standing beside it."
    )
