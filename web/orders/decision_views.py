"""What is decided on the order's own page: which option, how much more, a change, a part, a paper."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.orders import order_page
from web.orders.opening import part_of
from web.pages import Page, found
from web.routing import get, post
from web.stepping import require

CHANGES: Final = {
    "hyvaksynta": ("accept_revision", Text("The change was accepted.")),
    "peruutus": ("withdraw_revision", Text("The change was withdrawn.")),
}
PARTS: Final = {
    "hyvaksynta": ("accept_milestone", Text("The part was accepted.")),
}


@dataclass(frozen=True)
class Answering:
    """How something of an order is answered on a page of its own: with a reason, with files, or both."""

    name: str
    """The mutation and its document."""
    among: str
    """The order's list of such things."""
    kind: str
    part: str
    """What names it in the address."""
    action: str
    title: Text
    sentence: Text
    done: Text
    has_reason: bool = True
    has_files: bool = True

    @property
    def key(self) -> str:
        """The field of the input that names it."""
        return f"{self.kind.lower()}Id"

    async def ask(self, page: Page, form: Form | None = None) -> Response:
        id_ = page.id(self.kind, self.part)
        order, part = await part_of(page, self.among, id_)
        if form is None:
            require(part, self.action)
            form = page.form(_input(self.name), {self.key: id_})
        return await page.render(
            "orders/reason.html",
            order=order,
            part=part,
            form=form,
            title=self.title,
            sentence=self.sentence,
            hidden=[self.key],
            has_reason=self.has_reason,
            has_files=self.has_files,
            button_text=self.title,
        )

    async def answer(self, page: Page) -> Response:
        form = page.sent(_input(self.name))
        if await page.mutate(f"orders/{self.name}.graphql", form):
            return await page.done(self.done, _order(page))
        return await self.ask(page, form)


CHANGE: Final = Answering(
    "reject_revision",
    "revisions",
    "Revision",
    "change",
    "REJECT",
    Text("Reject the change"),
    Text("What was ordered stays as it is. The other side reads your reason."),
    Text("The change was rejected."),
    has_files=False,
)
DELIVERY: Final = Answering(
    "deliver_milestone",
    "milestones",
    "Milestone",
    "part",
    "DELIVER",
    Text("Deliver the part"),
    Text("You say that this part is done. Tiera accepts it or returns it."),
    Text("The part was delivered."),
    has_reason=False,
)
PART: Final = Answering(
    "return_milestone",
    "milestones",
    "Milestone",
    "part",
    "RETURN",
    Text("Return the part"),
    Text("The supplier delivers the part again. It reads what is still missing."),
    Text("The part was returned."),
)


def _input(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_")) + "Input"


def _order(page: Page) -> str:
    return page.url("orders.show", id=page.path("id"))


async def _send(page: Page, name: str, form: Form, done: Text, to: str = "") -> Response:
    """Carry out what a form of the order's page asks for, and go on to the page, `to` its part."""
    if await page.mutate(f"orders/{name}.graphql", form):
        return await page.done(done, f"{_order(page)}{to}")
    return await order_page.show(page, form)


async def place(page: Page) -> Response:
    return await _send(page, "place_order", page.sent("PlaceOrderInput", "place"), Text("The order was placed."))


async def decide(page: Page) -> Response:
    form = page.sent("DecideOverrunInput", "decide")
    if page.posted is not None and page.posted.get("_decision") == "none":
        form.errors.pop("minutes", None)
        form.variables["minutes"] = 0
    elif form.variables.get("minutes") == 0:
        form.complain("minutes", Text("Write how much is approved, or choose “Approve nothing”."))
    return await _send(page, "decide_overrun", form, Text("Your decision was sent to the supplier."))


async def withdraw_overrun(page: Page) -> Response:
    form = page.sent("WithdrawOverrunInput", "withdraw")
    return await _send(page, "withdraw_overrun", form, Text("The request was withdrawn."))


async def answer_change(page: Page) -> Response:
    name, done = found(CHANGES.get(page.path("answer")))
    return await _send(page, name, page.sent(_input(name), "change"), done)


async def answer_part(page: Page) -> Response:
    name, done = found(PARTS.get(page.path("answer")))
    return await _send(page, name, page.sent(_input(name), "part"), done)


async def attach(page: Page) -> Response:
    form = page.sent("AttachOrderPaperInput", "paper")
    return await _send(page, "attach_order_paper", form, Text("The document was attached."), "#papers")


routes = [
    post("/tilaukset/{id:int}/tilaus", place, name="orders.place"),
    post("/tilaukset/{id:int}/ylitys/paatos", decide, name="orders.decide_overrun"),
    post("/tilaukset/{id:int}/ylitys/peruutus", withdraw_overrun, name="orders.withdraw_overrun"),
    get("/tilaukset/{id:int}/muutokset/{change:int}/hylkays", CHANGE.ask, name="orders.ask_rejection"),
    post("/tilaukset/{id:int}/muutokset/{change:int}/hylkays", CHANGE.answer, name="orders.reject_change"),
    post("/tilaukset/{id:int}/muutokset/{change:int}/{answer}", answer_change, name="orders.answer_change"),
    get("/tilaukset/{id:int}/osat/{part:int}/toimitus", DELIVERY.ask, name="orders.ask_delivery"),
    post("/tilaukset/{id:int}/osat/{part:int}/toimitus", DELIVERY.answer, name="orders.deliver_part"),
    get("/tilaukset/{id:int}/osat/{part:int}/palautus", PART.ask, name="orders.ask_return"),
    post("/tilaukset/{id:int}/osat/{part:int}/palautus", PART.answer, name="orders.return_part"),
    post("/tilaukset/{id:int}/osat/{part:int}/{answer}", answer_part, name="orders.answer_part"),
    post("/tilaukset/{id:int}/asiakirjat", attach, name="orders.attach"),
]
