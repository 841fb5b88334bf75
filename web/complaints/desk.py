"""Complaints that wait for somebody."""

from collections.abc import Mapping
from typing import Any, Final

from backend.kit.actor import ActorKind
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.desk.sections import Card, Section, at


def _card(action: Text, due: str | None) -> Any:
    def card(complaint: Mapping[str, Any]) -> Card:
        href = f"/reklamaatiot/{complaint['id'].partition(':')[2]}"
        below = " · ".join(filter(None, (complaint["number"], complaint["supplier"]["name"])))
        return Card(
            complaint["title"], href, action, complaint[due] if due else None, below, is_soon=complaint["isDueSoon"]
        )

    return card


def _section(
    key: str, title: Text, where: str, shown_to: Any, action: Text, query: str, *, due: str | None = "responseDueAt"
) -> Section:
    return Section(
        key=key,
        place="complaints",
        title=title,
        field=f"complaints(first: 5, orderBy: DUE_FIRST, where: {{ {where} }})",
        item=f"id number title supplier {{ name }} isDueSoon {due or ''}",
        card=_card(action, due),
        shown_to=shown_to,
        everything=f"/reklamaatiot?{query}",
    )


BUYER, SUPPLIER = ActorKind.BUYER, ActorKind.SUPPLIER

SECTIONS: Final = (
    _section(
        "complaintsToAcknowledge",
        Text("Complaints to acknowledge"),
        "states: [SENT]",
        at(SUPPLIER, Right.ANSWER_COMPLAINTS),
        Text("Acknowledge"),
        "states=SENT",
        due="acknowledgeDueAt",
    ),
    _section(
        "complaintsToAnswer",
        Text("Complaints to answer"),
        "states: [ACKNOWLEDGED, NOT_PROPER, HANDLED], isUnanswered: true",
        at(SUPPLIER, Right.ANSWER_COMPLAINTS),
        Text("Answer"),
        "isUnanswered=true",
    ),
    _section(
        "complaintsToComplete",
        Text("Drafts of complaints to complete"),
        "states: [DRAFT]",
        at(BUYER, Right.COMPLAIN),
        Text("Complete"),
        "states=DRAFT",
        due=None,
    ),
    _section(
        "complaintsLateAtSupplier",
        Text("Complaints on which the supplier is late"),
        "isSuppliersLate: true",
        at(BUYER, Right.COMPLAIN),
        Text("Look at it"),
        "isSuppliersLate=true",
        due=None,
    ),
    _section(
        "responsesToJudge",
        Text("Responses to judge"),
        "states: [ANSWERED]",
        at(BUYER, Right.COMPLAIN),
        Text("Judge"),
        "states=ANSWERED",
        due="judgeDueAt",
    ),
    _section(
        "sanctionsToDecide",
        Text("Sanctions to decide"),
        "sanction: ENTITLED",
        at(BUYER, Right.DECIDE_SANCTIONS),
        Text("Decide"),
        "sanction=ENTITLED",
        due=None,
    ),
)
