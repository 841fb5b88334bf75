"""Ready answers of Tiera's desk: written, changed, ended."""

import strawberry

from backend.graphql.inputs import key, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.tickets import ReadyAnswer
from backend.rulebook.roles import Right
from backend.tickets import answer_verbs

RECORD = "H11.7.2-a"
HANDLE = Right.HANDLE_TICKETS


@mutation(answer_verbs.write_ready_answer, ready_answer=ReadyAnswer, by=HANDLE, rule=RECORD)
class WriteReadyAnswer:
    """Put an answer that is given often at everybody's hand at Tiera's desk."""

    title: str = value("By what it is chosen.")
    text: str = value("What it says.")


@mutation(answer_verbs.change_ready_answer, ready_answer=ReadyAnswer, by=HANDLE, rule=RECORD, edits=True)
class ChangeReadyAnswer:
    """Put a ready answer in better words."""

    ready_answer_id: strawberry.ID = key("ReadyAnswer", "The answer.")
    title: str = value("By what it is chosen.")
    text: str = value("What it says.")


@mutation(answer_verbs.end_ready_answer, ready_answer=ReadyAnswer, by=HANDLE, rule=RECORD)
class EndReadyAnswer:
    """Offer a ready answer no more."""

    ready_answer_id: strawberry.ID = key("ReadyAnswer", "The answer.")


AnswersMutation = mutations(WriteReadyAnswer, ChangeReadyAnswer, EndReadyAnswer)
