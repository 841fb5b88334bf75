"""What all tests share."""

import gc
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from backend.identity import hashing

pytest_plugins = ["tests.browsers", "tests.databases", "tests.web.demo_portal"]

settings.register_profile("patient", parent=settings.default, deadline=None)
settings.load_profile("patient")
"""A machine that is busy fails no test: how long an example takes says nothing of whether it holds."""


@pytest.fixture(scope="session", autouse=True)
def light_hashes() -> Iterator[None]:
    """Passwords of tests are hashed in no time: nobody guesses them, and thousands sign in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins: who is done first takes of the others' last."""
    items.sort(key=lambda item: "test_every_page" not in item.nodeid)


def pytest_collection_finish() -> None:
    """What is imported stays, and is not looked through again for garbage: a fifth of what tests took."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
