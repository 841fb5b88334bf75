"""Bulletins that wait for somebody's word."""

from collections.abc import Mapping
from typing import Any, Final

from backend.kit.translation import Text
from web.desk.sections import Card, Section
from web.menu import everybody


def _card(bulletin: Mapping[str, Any]) -> Card:
    below = " · ".join((bulletin["number"], bulletin["organisation"]["name"]))
    return Card(bulletin["title"], f"/tiedotteet/{bulletin['id'].partition(':')[2]}", Text("Acknowledge"), None, below)


SECTIONS: Final = (
    Section(
        key="bulletinsToAcknowledge",
        place="bulletins",
        title=Text("Bulletins to acknowledge"),
        field="bulletins(first: 5, orderBy: OLDEST, where: { awaitsAcknowledgement: true })",
        item="id number title organisation { name }",
        card=_card,
        shown_to=everybody,
        everything="/tiedotteet?awaitsAcknowledgement=true",
    ),
)
