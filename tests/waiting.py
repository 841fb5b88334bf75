"""Waiting for what other processes do, as short as can be."""

import time
from collections.abc import Callable


def eventually(condition: Callable[[], object], within: float = 30) -> None:
    """Return as soon as `condition()` holds; fail when it does not within so many seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.01)  # what other processes do is no event here
