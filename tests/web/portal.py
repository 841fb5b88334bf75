"""The real application over a database of its own, and a browser without JavaScript, more or less."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from backend.kit.actor import ActorKind
from backend.parties.model import Organisation, Person
from backend.rulebook.roles import Role
from backend.settings import Settings
from tests.identity.making import PASSWORD, House, add_member, add_organisation, add_role
from web.app import create

SECRET = "only for trials, and long enough to be one"
BASE = "http://portaali.test"


def settings_for(database_url: str, folder: Path, **changes: Any) -> Settings:
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": f"unix://{folder}/nobody-is-here",
        "PORTAALI_SECRET": SECRET,
        "PORTAALI_BASE_URL": BASE,
        "PORTAALI_DATA": str(folder),
    }
    return replace(Settings.read(environment).complete(), **changes)


class Browser:
    """Follows no redirect by itself; sends forms as a page has them."""

    def __init__(self, app: Starlette, base: str = BASE) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url=base, headers={"Accept-Language": "en"})
        self.client.cookies.set("kieli", "en", domain="portaali.test", path="/")

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=_headers(headers))

    async def post(self, path: str, data: Mapping[str, Any], **headers: str) -> httpx.Response:
        return await self.client.post(path, data=dict(data), headers=_headers(headers))

    async def send(self, page: str, path: str, data: Mapping[str, Any]) -> httpx.Response:
        """Open a page and send the form on it that goes to `path`, with these fields filled in."""
        shown = await self.get(page)
        return await self.post(path, {**hidden(shown.text, path), **data})

    async def sign_in(self, person: Person, password: str = PASSWORD) -> httpx.Response:
        answer = await self.send("/kirjaudu", "/kirjaudu", {"email": person.email, "password": password})
        assert answer.status_code == 303, answer.text
        return answer


def hidden(page: str, path: str, nth: int = 0) -> dict[str, str]:
    """The hidden fields of a page's form (the nth of them) with this address."""
    forms = re.findall(rf'<form[^>]*action="{re.escape(path)}".*?</form>', page, re.DOTALL)
    assert forms, f"no form goes to {path}"
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', forms[nth])
    return {unescape(name): unescape(value) for name, value in fields}


def text_of(page: str) -> str:
    """What people read of a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def path_to(answer: httpx.Response) -> str:
    """Where a form that worked leads on to."""
    assert answer.status_code == 303, text_of(answer.text)
    return answer.headers["location"].removeprefix(BASE)


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in given.items()}


class Portal:
    """The application with a few people in it."""

    def __init__(self, app: Starlette, house: House) -> None:
        self.app, self.house = app, house
        self.tiera: Organisation
        self.supplier: Organisation
        self.manager: Person
        self.key_user: Person

    def browser(self, base: str = BASE) -> Browser:
        return Browser(self.app, base)

    async def signed_in(self, person: Person | None = None) -> Browser:
        browser = self.browser()
        await browser.sign_in(person or self.manager)
        return browser

    async def settle(self) -> None:
        """A service manager who is an expert at a supplier too, and a key user."""
        async with self.house.sessions.begin() as session:
            self.tiera = await add_organisation(session, "Kuntien Tiera")
            self.supplier = await add_organisation(session, "Zeta Oy", ActorKind.SUPPLIER)
            self.manager = await add_member(session, self.tiera, Role.SERVICE_MANAGER, "Maija Lehto")
            await add_role(session, self.manager, self.supplier, Role.EXPERT)
            self.key_user = await add_member(session, self.tiera, Role.KEY_USER, "Kaisa Avain")


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Portal]:
    """The application from its start to its end."""
    app = create(settings)
    house = House(str(settings.database_url))
    app.state.reception.answer_after = 0
    async with app.router.lifespan_context(app):
        portal = Portal(app, house)
        yield portal
    await house.engine.dispose()
