"""Bytes are kept under their hash, once, and swept when nothing uses them."""

import os
import time
from pathlib import Path

import pytest

from backend.files.store import Folder, UnsuitableStore, open_store


def _age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_bytes_come_back_as_they_were(tmp_path: Path) -> None:
    store = open_store((tmp_path / "a folder with ä").as_uri())
    sha256 = store.put(b"bytes \x00\xff")
    assert store.get(sha256) == b"bytes \x00\xff"
    assert store.put(b"bytes \x00\xff") == sha256


def test_nobody_else_on_the_machine_may_read_them(tmp_path: Path) -> None:
    store = Folder(tmp_path / "files")
    path = tmp_path / "files" / (sha256 := store.put(b"secret"))[:2] / sha256
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["", "x", "../../etc/passwd", "A" * 64, "a" * 65])
def test_what_is_no_hash_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyError):
        Folder(tmp_path).get(name)


def test_what_nothing_uses_is_swept_after_its_time(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    used, unused, fresh, again = (store.put(content) for content in (b"used", b"unused", b"fresh", b"again"))
    for sha256 in (used, unused, again):
        _age(tmp_path / sha256[:2] / sha256, 100_000)
    store.put(b"again")
    for sha256 in (used, unused):
        store.put_preview(sha256, b"drawn")
        _age(tmp_path / sha256[:2] / f"{sha256}.preview", 100_000)
    left = tmp_path / used[:2] / ".new-left"
    left.write_bytes(b"half")
    _age(left, 100_000)

    assert store.sweep(time.time() - 86_400, lambda hashes: [h for h in hashes if h == used]) == 2
    assert [store.get(sha256) for sha256 in (used, fresh, again)] == [b"used", b"fresh", b"again"]
    for gone in (store.get, store.get_preview):
        with pytest.raises(KeyError):
            gone(unused)
    assert store.get_preview(used) == b"drawn", "a preview is kept and goes with what it was drawn of"
    assert not left.exists()


@pytest.mark.parametrize("url", ["s3:///files", "file://server/files", "file://", "gopher://x/y"])
def test_an_address_that_is_neither_folder_nor_bucket_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(UnsuitableStore):
        open_store(url)
