"""What waits of ordering rights: namings to confirm; in sight: what is left of one's own right, and what ends soon."""

from collections.abc import Mapping
from typing import Any, Final

from backend.kit.actor import Actor
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.desk.sections import Card, Panel, Section


def _naming(node: Mapping[str, Any]) -> Card:
    key = node["id"].partition(":")[2]
    return Card(node["person"]["name"], f"/oikeudet/{key}", Text("Confirm"), below=node["documentNumber"])


def _may_order(actor: Actor) -> bool:
    return actor.may(Right.PLACE_ORDERS)


def _names(actor: Actor) -> bool:
    return actor.may(Right.NAME_ORDERING_CONTACTS)


SECTIONS: Final = (
    Section(
        key="namings",
        place="rights",
        title=Text("Namings to confirm"),
        field="orderingRights(first: 5, orderBy: OLDEST, where: { waitsForMe: true })",
        item="id documentNumber person { name }",
        card=_naming,
        shown_to=lambda actor: actor.may(Right.CONFIRM_ORDERING_RIGHTS),
        everything="/oikeudet",
    ),
)
PANELS: Final = (
    Panel(
        key="ownRights",
        title=Text("My ordering rights"),
        field=(
            "orderingRights(first: 5, on: $today, where: { isMine: true }) { nodes { id documentNumber validUntil "
            "supplier { name } mostEurosAYear { amount } orderedThisYear(on: $today) } }"
        ),
        template="rights/desk_own.html",
        shown_to=_may_order,
    ),
    Panel(
        key="rightsEnding",
        title=Text("Ordering rights that end within 60 days"),
        field=(
            "orderingRights(first: 5, on: $today, where: { endsWithinDays: 60 }) "
            "{ nodes { id documentNumber validUntil person { name } } }"
        ),
        template="rights/desk_ending.html",
        shown_to=_names,
    ),
)
