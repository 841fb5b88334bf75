"""Ready answers: written and kept by Tiera's desk, chosen when somebody writes on a ticket."""

from backend.kit.translation import Text
from web.tickets.kept import Kept

ANSWERS = Kept(
    kind="ReadyAnswer",
    field="readyAnswers",
    noun="answer",
    place="vastaukset",
    called="ready_answer",
    as_input=lambda answer: {"title": answer["title"], "text": answer["text"]},
    begins={},
    title=Text("Ready answers"),
    lede=Text("What the desk answers often. Choose one when you write on a ticket, and change it to fit."),
    changing=Text("Change a ready answer"),
    written=Text("The answer is at everybody's hand at the desk."),
    changed=Text("The answer was changed."),
    ended=Text("The answer is offered no more."),
)

routes = ANSWERS.routes
