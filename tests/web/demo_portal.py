"""The demo behind the real application on a free port: filled once, and copied for whoever changes it."""

import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Page
from starlette.applications import Starlette

from backend import backups
from backend.demo.seed import fill
from backend.kit import clock
from tests.browsers import served
from tests.databases import Server
from tests.web.portal import settings_for
from web.app import create


class Demo:
    """A served copy of the demo. `people` are its people by key: email, password, token."""

    def __init__(self, address: str, database_url: str, folder: Path, app: Starlette) -> None:
        self.address, self.database_url, self.folder, self.app = address, database_url, folder, app
        kept = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
        self.people: dict[str, dict[str, str]] = {person["key"]: person for person in kept["people"]}

    def row(self, question: str, **values: Any) -> dict[str, Any]:
        """The first row that a query finds, by the names of its columns. Empty where there is none."""
        with psycopg.connect(self.database_url, row_factory=psycopg.rows.dict_row) as connection:
            return connection.execute(question, values).fetchone() or {}

    def counts(self) -> dict[str, int]:
        """How many rows each table holds: the same before and after what must store nothing."""
        tables = "select tablename from pg_tables where schemaname = 'public'"
        with psycopg.connect(self.database_url) as connection:
            names = [name for (name,) in connection.execute(tables).fetchall()]
            return {name: connection.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names}  # type: ignore[index]

    def ask(self, who: str, text: str, **variables: Any) -> dict[str, Any]:
        """The data of a document, asked by the API as somebody of the demo."""
        answer = httpx.post(
            f"{self.address}/graphql",
            json={"query": text, "variables": variables},
            headers={"Authorization": f"Bearer {self.people[who]['token']}"},
            timeout=30,
        ).json()
        assert not answer.get("errors"), answer["errors"]
        return dict(answer["data"])

    def do(self, who: str, name: str, returns: str = "", /, **given: Any) -> dict[str, Any]:
        """Carry a mutation out by the API; its payload."""
        given["idempotencyKey"] = str(uuid.uuid4())
        kind = f"{name[0].upper()}{name[1:]}Input"
        text = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {returns} userErrors {{ message path }} }} }}"
        payload: dict[str, Any] = self.ask(who, text, input=given)[name]
        assert not payload["userErrors"], payload["userErrors"]
        return payload

    def sign_in(self, page: Page, who: str) -> None:
        """Through the page that people use, as they do."""
        person = self.people[who]
        page.goto("/kirjaudu")
        page.locator("#f-email").fill(person["email"])
        page.locator("#f-password").fill(person["password"])
        page.locator("form[action='/kirjaudu'] button").click()
        page.wait_for_url("**/tyopoyta")


@pytest.fixture(scope="session")
def filled(test_server: Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A database with the demo in it, which nobody connects to, and the demo's folder.

    Of several test processes the first fills it, and the others restore its backup.
    """
    folder, ours = tmp_path_factory.mktemp("demo"), tmp_path_factory.getbasetemp()
    shared = ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours
    archive, people = shared / "demo.backup", shared / "demo.json"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_filled = archive.exists()
        name = test_server.create() if is_filled else test_server.create(template)
        url = test_server.url_of(name)
        settings = settings_for(url, folder, demo=True)
        if is_filled:
            backups.restore(url, settings.files, archive, lambda _: None)
            shutil.copy(people, folder)
        else:
            with ThreadPoolExecutor(1) as aside:  # a loop of Playwright's own may run in this thread
                aside.submit(fill, settings, clock.now().astimezone(clock.HELSINKI).date()).result()
            shutil.copy(folder / people.name, people)
            backups.backup(url, settings.files, archive, clock.now(), lambda _: None)
    yield name, folder
    test_server.drop(name)


@contextmanager
def copied(test_server: Server, filled: tuple[str, Path]) -> Iterator[Demo]:
    """A copy of the filled demo, served."""
    template, folder = filled
    name = test_server.create(template)
    url = test_server.url_of(name)
    try:
        app = create(settings_for(url, folder, demo=True))
        with served(app, lifespan="on", ws="websockets-sansio") as address:
            yield Demo(address, url, folder, app)
    finally:
        test_server.drop(name)
