"""Quality deviations that wait for somebody."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from backend.kit.actor import Actor, ActorKind
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.desk.sections import Card, Section, at


def _card(action: Text) -> Callable[[Mapping[str, Any]], Card]:
    def card(deviation: Mapping[str, Any]) -> Card:
        title = deviation["ticket"]["title"] if deviation["ticket"] else deviation["service"]["name"]
        href = f"/laatupoikkeamat/{deviation['id'].partition(':')[2]}"
        return Card(title, href, action, None, " · ".join((deviation["number"], deviation["service"]["name"])))

    return card


def _section(key: str, title: Text, where: str, shown_to: Callable[[Actor], bool], action: Text, query: str) -> Section:
    return Section(
        key=key,
        place="deviations",
        title=title,
        field=f"qualityDeviations(first: 5, where: {{ {where} }})",
        item="id number service { name } ticket { title }",
        card=_card(action),
        shown_to=shown_to,
        everything=f"/laatupoikkeamat?{query}",
    )


SECTIONS: Final = (
    _section(
        "deviationsToMeasure",
        Text("Quality deviations without measures"),
        "states: [OPEN]",
        at(ActorKind.SUPPLIER, Right.MEASURE_DEVIATIONS),
        Text("Record the measures"),
        "states=OPEN",
    ),
    _section(
        "deviationsOfTiera",
        Text("Quality deviations of Tiera's own desk without measures"),
        "states: [OPEN], isTieras: true",
        at(ActorKind.BUYER, Right.MEASURE_DEVIATIONS),
        Text("Record the measures"),
        "states=OPEN&isTieras=true",
    ),
    _section(
        "deviationsToTell",
        Text("Customers to be told what came of their rating"),
        "states: [MEASURED], kinds: [LOW_RATING]",
        at(ActorKind.BUYER, Right.REPORT_DEVIATIONS),
        Text("Tell the customer"),
        "states=MEASURED&kinds=LOW_RATING",
    ),
)
