"""The store of bytes in a bucket of an S3 service, for where no folder is shared.

The address names the bucket (`s3://bucket/prefix`); where the service is, and as whom to ask it, say the variables of
the environment that its own tools read: AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import unquote

from obstore.exceptions import BaseError
from obstore.store import S3Store

from backend.files.store import BATCH, PREVIEW, UnsuitableStore, is_kept, key_of

_RETRIES: Final[Any] = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
_PATIENCE: Final[Any] = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(minutes=2)}


class Bucket:
    """Bytes under their hash in a bucket; an object is there whole or not at all, and putting it again makes it new."""

    def __init__(self, name: str, prefix: str) -> None:
        """Raises UnsuitableStore for an address that means no bucket."""
        is_plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
        try:
            self._objects = S3Store(
                name,
                prefix=unquote(prefix).strip("/") or None,
                client_options=_PATIENCE | {"allow_http": is_plain},
                retry_config=_RETRIES,
            )
        except (BaseError, ValueError) as fault:
            raise UnsuitableStore(f"FILES names a bucket that cannot be used: {fault}") from fault

    def put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        self._objects.put(key_of(sha256), content)
        return sha256

    def get(self, sha256: str) -> bytes:
        return self._get(key_of(sha256))

    def put_preview(self, sha256: str, drawn: bytes) -> None:
        self._objects.put(key_of(sha256, PREVIEW), drawn)

    def get_preview(self, sha256: str) -> bytes:
        return self._get(key_of(sha256, PREVIEW))

    def sweep(self, before: float, known: Callable[[list[str]], Iterable[str]]) -> int:
        return sum(self._remove(batch, before, known) for batch in self._objects.list(chunk_size=BATCH))

    def _get(self, key: str) -> bytes:
        try:
            return bytes(self._objects.get(key).bytes())
        except FileNotFoundError:
            raise KeyError(key) from None

    def _remove(self, objects: Sequence[Any], before: float, known: Callable[[list[str]], Iterable[str]]) -> int:
        keys = [each["path"] for each in objects if each["last_modified"].timestamp() < before]
        old = {key: _hash_of(key) for key in keys if is_kept(key.rpartition("/")[2])}
        kept = frozenset(known([*old.values()])) if old else frozenset()
        gone = [key for key, sha256 in old.items() if sha256 not in kept and self._is_older(key, before)]
        if gone:
            self._objects.delete(gone)
        return len(gone)

    def _is_older(self, key: str, before: float) -> bool:
        try:
            return self._objects.head(key)["last_modified"].timestamp() < before
        except FileNotFoundError:  # removed by another
            return False


def _hash_of(key: str) -> str:
    return key.rpartition("/")[2].removesuffix(PREVIEW)
