"""Bytes in a bucket are kept as in a folder: under their hash, once, and swept when nothing uses them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from backend.files.store import Store, open_store
from tests.files.s3 import Objects, service

Bucket = tuple[Store, Objects]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with service() as (address, objects):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        monkeypatch.setenv("AWS_REGION", "eu-north-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        yield open_store("s3://portaali/kept/files%20here"), objects


def test_bytes_come_back_as_they_were(bucket: Bucket) -> None:
    store, objects = bucket
    sha256 = store.put(b"bytes \x00\xff")
    assert store.get(sha256) == b"bytes \x00\xff"
    assert store.put(b"bytes \x00\xff") == sha256
    assert list(objects) == [f"portaali/kept/files here/{sha256[:2]}/{sha256}"]


@pytest.mark.parametrize("name", ["", "x", "../../etc/passwd", "A" * 64, "a" * 64, "a" * 65])
def test_what_is_not_there_is_said_so(bucket: Bucket, name: str) -> None:
    store, _ = bucket
    for get in (store.get, store.get_preview):
        with pytest.raises(KeyError):
            get(name)


def test_what_nothing_uses_is_swept_after_its_time(bucket: Bucket) -> None:
    store, objects = bucket
    objects.page = 2
    used, unused, fresh, again = (store.put(content) for content in (b"used", b"unused", b"fresh", b"again"))
    for sha256 in (used, unused):
        store.put_preview(sha256, b"drawn")
    objects["portaali/kept/files here/not-ours"] = (b"?", datetime.now(UTC))
    objects["portaali/elsewhere"] = (b"?", datetime.now(UTC))
    long_ago = datetime.now(UTC) - timedelta(days=3)
    for key in [key for key in objects if fresh not in key]:
        objects.age(key, long_ago)
    store.put(b"again")

    before = (datetime.now(UTC) - timedelta(days=1)).timestamp()
    assert store.sweep(before, lambda hashes: [h for h in hashes if h == used]) == 2
    assert [store.get(sha256) for sha256 in (used, fresh, again)] == [b"used", b"fresh", b"again"]
    assert store.get_preview(used) == b"drawn"
    for gone in (store.get, store.get_preview):
        with pytest.raises(KeyError):
            gone(unused)
    assert {"portaali/kept/files here/not-ours", "portaali/elsewhere"} <= set(objects), "what is not ours is let be"


def test_what_is_put_again_while_a_sweep_asks_stays(bucket: Bucket) -> None:
    store, objects = bucket
    sha256 = store.put(b"again")
    objects.age(next(iter(objects)), datetime.now(UTC) - timedelta(days=3))

    def nothing_is_known(hashes: list[str]) -> list[str]:
        store.put(b"again")  # somebody brings the same file in this very moment
        return []

    assert store.sweep((datetime.now(UTC) - timedelta(days=1)).timestamp(), nothing_is_known) == 0
    assert store.get(sha256) == b"again"


def test_a_service_that_fails_is_a_failure_and_no_missing_file(bucket: Bucket) -> None:
    store, objects = bucket
    sha256 = store.put(b"there")
    objects.refuses = True
    with pytest.raises(Exception) as fault:
        store.get(sha256)
    assert not isinstance(fault.value, KeyError)
