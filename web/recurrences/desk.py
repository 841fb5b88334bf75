"""What recurs and waits for somebody."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from backend.kit.actor import Actor, ActorKind
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.desk.sections import Card, Section, at


def _card(action: Text) -> Callable[[Mapping[str, Any]], Card]:
    def card(recurrence: Mapping[str, Any]) -> Card:
        is_proposed = recurrence["state"] == "PROPOSED"
        due, soon = (recurrence["answerDueAt"], recurrence["isAnswerDueSoon"]) if is_proposed else (None, False)
        href = f"/toistuvat/{recurrence['id'].partition(':')[2]}"
        return Card(recurrence["title"], href, action, due, recurrence["service"]["name"], is_soon=bool(soon))

    return card


def _section(key: str, title: Text, states: str, shown_to: Callable[[Actor], bool], action: Text) -> Section:
    return Section(
        key=key,
        place="recurrences",
        title=title,
        field=f"recurrences(first: 5, where: {{ states: [{states}] }})",
        item="id title state answerDueAt isAnswerDueSoon service { name }",
        card=_card(action),
        shown_to=shown_to,
        everything=f"/toistuvat?states={states}",
    )


_leads: Final = at(ActorKind.SUPPLIER, Right.MEASURE_DEVIATIONS)
SECTIONS: Final = (
    _section("recurrencesToLookAt", Text("What seems to recur"), "FOUND", _leads, Text("Look at the tickets")),
    _section("remediesToPropose", Text("Problems to propose a remedy for"), "TAKEN", _leads, Text("Propose a remedy")),
    _section(
        "remediesToAnswer",
        Text("Suppliers' proposals to answer"),
        "PROPOSED",
        at(ActorKind.BUYER, Right.DECIDE_CHANGES),
        Text("Answer the proposal"),
    ),
)
