"""Ready answers: written and kept by Tiera's desk, chosen when somebody writes on a ticket."""

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.tickets.desk import is_of_desk


def _check(page: Page) -> None:
    if not is_of_desk(page.actor):
        raise Problem(403)


async def listed(page: Page, form: Form | None = None) -> Response:
    _check(page)
    answers = (await page.query("tickets/answers.graphql"))["readyAnswers"]["nodes"]
    return await page.render(
        "tickets/answers.html",
        answers=answers,
        ending={each["id"]: page.form("EndReadyAnswerInput", {"readyAnswerId": each["id"]}) for each in answers},
        form=form or page.form("WriteReadyAnswerInput", prefix="n"),
    )


async def write(page: Page) -> Response:
    form = page.sent("WriteReadyAnswerInput", "n")
    if await page.mutate("tickets/write_ready_answer.graphql", form):
        return await page.done(Text("The answer is at everybody's hand at the desk."), page.url("answers.list"))
    return await listed(page, form)


async def edit(page: Page, form: Form | None = None) -> Response:
    _check(page)
    answer = found((await page.query("tickets/answer.graphql", id=page.id("ReadyAnswer")))["node"])
    its = {"readyAnswerId": answer["id"], "title": answer["title"], "text": answer["text"]}
    its |= {"expectedVersion": answer["version"]}
    return await page.render(
        "tickets/answer.html", answer=answer, form=form or page.form("ChangeReadyAnswerInput", its)
    )


async def change(page: Page) -> Response:
    form = page.sent("ChangeReadyAnswerInput")
    if await page.mutate("tickets/change_ready_answer.graphql", form):
        return await page.done(Text("The answer was changed."), page.url("answers.list"))
    return await edit(page, form)


async def end(page: Page) -> Response:
    form = page.sent("EndReadyAnswerInput")
    if await page.mutate("tickets/end_ready_answer.graphql", form):
        return await page.done(Text("The answer is offered no more."), page.url("answers.list"))
    return await listed(page)


routes = [
    get("/pyynnot/vastaukset", listed, name="answers.list"),
    post("/pyynnot/vastaukset", write, name="answers.write"),
    get("/pyynnot/vastaukset/{id:int}", edit, name="answers.edit"),
    post("/pyynnot/vastaukset/{id:int}", change, name="answers.change"),
    post("/pyynnot/vastaukset/{id:int}/poisto", end, name="answers.end"),
]
