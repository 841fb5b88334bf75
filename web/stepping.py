"""What is done with a thing by one form: a table of steps a noun, and how they are offered and taken.

A step is offered where the schema lists its action for whoever asks; the page says what follows before it happens.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.responses import Response
from starlette.routing import Route

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post


def require(thing: Mapping[str, Any], *actions: str) -> None:
    """A form opens for whom the schema lists its action. Raises Problem 409 where none of these is open."""
    require_open(bool(set(actions) & set(thing["availableActions"])))


def require_open(is_open: bool) -> None:
    """What somebody may have done meanwhile is no page that does not exist. Raises Problem 409 where it is not open."""
    if not is_open:
        raise Problem(409, Text("This is not possible now: look at the page again."))


Offer = tuple[str, Text, str]
"""Action, text and address of what can be done."""


@dataclass(frozen=True)
class Asked:
    """One field of a step's form."""

    path: str
    label: Text
    kind: str | None = None
    hint: Text | None = None
    width: str | None = None


ATTACHED: Final = Asked("fileIds", Text("Attachments"), "files")
"""What goes along with what is done."""


@dataclass(frozen=True)
class Step:
    """One thing to do. `slug` is the end of its address, `name` the mutation and its document."""

    action: str
    slug: str
    name: str
    button: Text
    title: Text
    says: Text
    done: Text
    fields: tuple[Asked, ...] = ()
    tone: str = "info"
    missing: str | None = None
    """The list of the thing that says what is lacking before."""
    figures: bool = False
    """Whether the decision rests on the thing's figures: they stand above the form."""
    initial: Mapping[str, Any] = field(default_factory=dict)
    says_of_draft: Text | None = None
    """What follows where the thing is a draft that nobody else has seen, if that is something else."""

    @property
    def has_files(self) -> bool:
        return ATTACHED in self.fields

    @property
    def input(self) -> str:
        return "".join(word.capitalize() for word in self.name.split("_")) + "Input"


@dataclass(frozen=True)
class Steps:
    """The steps of a noun, whose routes are `<noun>.step` and `<noun>.show` and whose folder has the documents."""

    noun: str
    steps: tuple[Step, ...]
    next: tuple[str, ...]
    """What comes first to somebody's mind, the first that is open being the strong button."""
    links: Mapping[str, tuple[Text, str]] = field(default_factory=dict)
    """Actions with a page of their own: text and route."""

    def asked(self, page: Page) -> Step:
        """The step that the address names; 404 where it is none."""
        return found(next((step for step in self.steps if step.slug == page.path("step")), None))

    def offered(self, page: Page, actions: Collection[str]) -> list[Offer]:
        """What of these actions can be done on a page of its own, in their order."""
        by_action = {step.action: step for step in self.steps}
        offers: list[Offer] = []
        for action in actions:
            if action in self.links:
                text, route = self.links[action]
                offers.append((action, text, page.url(route, id=page.path("id"))))
            elif action in by_action:
                step = by_action[action]
                url = page.url(f"{self.noun}.step", id=page.path("id"), step=step.slug)
                offers.append((action, step.button, url))
        return offers

    def first_of(self, offers: Collection[Offer]) -> str | None:
        """The action that is the next step."""
        actions = {action for action, _, _ in offers}
        return next((action for action in self.next if action in actions), None)

    def routes(self, path: str, show: Callable[[Page, Form | None], Awaitable[Response]]) -> list[Route]:
        """Where each step is shown and taken, below the address of its thing; `show` gets a form to be mended."""

        async def ask(page: Page) -> Response:
            return await show(page, None)

        async def take(page: Page) -> Response:
            step = self.asked(page)
            form = page.sent(step.input)
            if await page.mutate(f"{self.noun}/{step.name}.graphql", form):
                return await page.done(step.done, page.url(f"{self.noun}.show", id=page.path("id")))
            return await show(page, form)

        address = f"{path}/{{id:int}}/{{step}}"
        return [
            get(address, ask, name=f"{self.noun}.step"),
            post(address, take, name=f"{self.noun}.take_step"),
        ]


def form_of(page: Page, step: Step, thing: Mapping[str, Any], initial: Mapping[str, Any], sent: Form | None) -> Form:
    """The form of a step: as it was sent, or a new one with these values where the schema lists the action."""
    if sent is None:
        require(thing, step.action)
    return page.editing(sent, step.input, initial)
