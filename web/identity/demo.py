"""The people of a demo, whom its sign-in page offers by a click."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class DemoPerson:
    key: str
    name: str
    role: str
    organisation: str
    email: str
    password: str


def people(path: Path | None) -> tuple[DemoPerson, ...]:
    """Those who sign in with a password, from the file that the demo has written; None is every other database."""
    if path is None:
        return ()
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError):
        return ()  # a demo that is still being filled


@lru_cache(maxsize=1)
def _read(path: Path, _changed: int) -> tuple[DemoPerson, ...]:
    found = json.loads(path.read_text())["people"]
    return tuple(
        DemoPerson(p["key"], p["name"], p["role"], p["organisation"], p["email"], p["password"])
        for p in found
        if p.get("email") and p.get("password")
    )
