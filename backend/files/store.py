"""Where bytes are kept: under their hash, written once, never changed.

A folder, or a bucket (`backend.files.bucket`). Whoever calls runs in a thread: reading and writing take their time.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
PREVIEW = ".preview"
_KEPT = re.compile(rf"{_SHA256.pattern}(?:{re.escape(PREVIEW)})?", re.ASCII)
BATCH = 500
"""So many at a time it is asked whether they are used."""


class Store(Protocol):
    """What keeps bytes."""

    def put(self, content: bytes) -> str:
        """Keep bytes; their SHA-256 in hex. The same bytes are kept once."""
        ...

    def get(self, sha256: str) -> bytes:
        """The bytes under a hash. Raises KeyError where there are none."""
        ...

    def put_preview(self, sha256: str, drawn: bytes) -> None:
        """Keep what was drawn of the bytes under a hash; it goes when they go."""
        ...

    def get_preview(self, sha256: str) -> bytes:
        """What was drawn of the bytes under a hash. Raises KeyError where nothing was."""
        ...

    def sweep(self, before: float, known: Callable[[list[str]], Iterable[str]]) -> int:
        """Remove what was last put before an instant (seconds since 1970) and is not `known`; how many that were.

        `known` gets hashes in batches and gives those that something still uses.
        """
        ...


class UnsuitableStore(Exception):
    """The address of a store is none that can be used: a sentence for the person at the terminal."""


def open_store(url: str) -> Store:
    """The store at an address: `file:///…`, `s3://bucket/…`. Raises UnsuitableStore."""
    parts = urlsplit(url)
    if parts.scheme == "s3" and parts.netloc:
        from backend.files.bucket import Bucket  # it takes a while to import, and few installations have one

        return Bucket(parts.netloc, parts.path)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not parts.path:
        raise UnsuitableStore(
            "FILES names neither a folder (file:///var/lib/portaali/files) nor a bucket (s3://portaali/files)."
        )
    return Folder(Path(unquote(parts.path)))


def key_of(sha256: str, ending: str = "") -> str:
    """Where the bytes under a hash lie in any store. Raises KeyError for what is no hash."""
    if not _SHA256.fullmatch(sha256):
        raise KeyError(sha256)
    return f"{sha256[:2]}/{sha256}{ending}"


def is_kept(name: str) -> bool:
    """Whether a name is that of bytes that a store keeps, or of what was drawn of them."""
    return _KEPT.fullmatch(name) is not None


class Folder:
    """A folder of this machine, or one that several machines share; nobody else may read it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.utime(path)  # it counts as new again, so that a sweep under way leaves it
        except FileNotFoundError:
            self._write(path, content)
        return sha256

    def _write(self, path: Path, content: bytes) -> None:
        """All of it or nothing, and on the disk before anybody relies on it."""
        number, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(number, "wb") as target:
                target.write(content)
                target.flush()
                os.fsync(target.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def get(self, sha256: str) -> bytes:
        return self._read(self._path(sha256))

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise KeyError(path.name) from None

    def put_preview(self, sha256: str, drawn: bytes) -> None:
        path = self._path(sha256, PREVIEW)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._write(path, drawn)

    def get_preview(self, sha256: str) -> bytes:
        return self._read(self._path(sha256, PREVIEW))

    def sweep(self, before: float, known: Callable[[list[str]], Iterable[str]]) -> int:
        removed, batch = 0, []
        for path in self.root.glob("*/*"):
            if path.name.startswith(".new-") and _is_older(path, before):
                path.unlink(missing_ok=True)  # left by a process that was killed while writing
            elif is_kept(path.name):
                batch.append(path)
            if len(batch) == BATCH:
                removed, batch = removed + self._remove(batch, before, known), []
        return removed + self._remove(batch, before, known)

    def _remove(self, paths: list[Path], before: float, known: Callable[[list[str]], Iterable[str]]) -> int:
        old = [path for path in paths if _is_older(path, before)]
        kept = frozenset(known([path.stem for path in old])) if old else frozenset()
        gone = [path for path in old if path.stem not in kept and _is_older(path, before)]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def _path(self, sha256: str, ending: str = "") -> Path:
        return self.root / key_of(sha256, ending)


def _is_older(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:  # just written and renamed, or removed by another
        return False
