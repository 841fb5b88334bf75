"""What Tiera's desk keeps ready: a list where it is written and ended, and a page on which one of it is changed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.tickets.desk import is_of_desk

Node = Mapping[str, Any]


def chosen_in(page: Page, form: Form | None) -> str | None:
    """Of a form that is filled in with what is kept ready and not sent: which was chosen."""
    return str(page.posted.get("_chosen")) if form and page.posted and "_fill" in page.posted else None


async def _nothing(page: Page) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One kind of it: its names in the schema, in addresses and in files, and its words."""

    kind: str
    """The type; the inputs of its mutations are called after it."""
    field: str
    """The list in the schema."""
    noun: str
    """Its documents: `<noun>.graphql` and `<noun>s.graphql`; its parts: `<noun>_fields.html`, `<noun>_said.html`."""
    place: str
    """Its part of the address."""
    called: str
    """In the names of its mutations' documents."""
    as_input: Callable[[Node], dict[str, Any]]
    """One as the form that changes it begins, without its key and version."""
    begins: Mapping[str, Any]
    """What the form for a new one begins with."""
    offered: Callable[[Page], Awaitable[dict[str, Any]]] = _nothing
    """What its fields offer to choose from."""
    title: Text
    lede: Text
    changing: Text
    written: Text
    changed: Text
    ended: Text

    @property
    def list_name(self) -> str:
        return f"{self.noun}s.list"

    @property
    def key(self) -> str:
        """The name of its identifier in inputs."""
        return f"{self.kind[0].lower()}{self.kind[1:]}Id"

    def list_url(self, page: Page) -> str:
        return page.url(self.list_name)

    async def listed(self, page: Page, form: Form | None = None) -> Response:
        _check(page)
        every = (await page.query(f"tickets/{self.noun}s.graphql"))[self.field]["nodes"]
        return await page.render(
            "tickets/kept.html",
            kept=self,
            every=every,
            ending={each["id"]: page.form(f"End{self.kind}Input", {self.key: each["id"]}) for each in every},
            form=form or page.form(f"Write{self.kind}Input", self.begins, prefix="n"),
            **await self.offered(page),
        )

    async def write(self, page: Page) -> Response:
        form = page.sent(f"Write{self.kind}Input", "n")
        if await page.mutate(f"tickets/write_{self.called}.graphql", form):
            return await page.done(self.written, self.list_url(page))
        return await self.listed(page, form)

    async def edit(self, page: Page, form: Form | None = None) -> Response:
        _check(page)
        one = found((await page.query(f"tickets/{self.noun}.graphql", id=page.id(self.kind)))["node"])
        if form is None and one["endedAt"]:
            raise Problem(409, Text("It is offered no more, and is not changed: write a new one."))
        its = {self.key: one["id"], "expectedVersion": one["version"], **self.as_input(one)}
        return await page.render(
            "tickets/kept_one.html",
            kept=self,
            one=one,
            form=page.editing(form, f"Change{self.kind}Input", its),
            **await self.offered(page),
        )

    async def change(self, page: Page) -> Response:
        form = page.sent(f"Change{self.kind}Input")
        if await page.mutate(f"tickets/change_{self.called}.graphql", form):
            return await page.done(self.changed, self.list_url(page))
        return await self.edit(page, form)

    async def end(self, page: Page) -> Response:
        form = page.sent(f"End{self.kind}Input")
        if await page.mutate(f"tickets/end_{self.called}.graphql", form):
            return await page.done(self.ended, self.list_url(page))
        return await self.listed(page)

    @property
    def routes(self) -> list[Any]:
        there, name = f"/pyynnot/{self.place}", f"{self.noun}s"
        return [
            get(there, self.listed, name=f"{name}.list"),
            post(there, self.write, name=f"{name}.write"),
            get(f"{there}/{{id:int}}", self.edit, name=f"{name}.edit"),
            post(f"{there}/{{id:int}}", self.change, name=f"{name}.change"),
            post(f"{there}/{{id:int}}/poisto", self.end, name=f"{name}.end"),
        ]


def _check(page: Page) -> None:
    if not is_of_desk(page.actor):
        raise Problem(403)
