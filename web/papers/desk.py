"""Documents that wait for their owner, or their side's service manager, to look at them (H11.6-c)."""

from collections.abc import Mapping
from typing import Any, Final

from backend.kit.actor import ActorKind
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.desk.sections import Card, Section, at
from web.menu import whoever_may


def _card(document: Mapping[str, Any]) -> Card:
    href = f"/asiakirjat/{document['id'].partition(':')[2]}"
    below = (document["service"] or {}).get("name")
    return Card(document["title"], href, Text("Look at it"), document["reviewOn"], below)


def _to_release(document: Mapping[str, Any]) -> Card:
    href = f"/asiakirjat/{document['id'].partition(':')[2]}"
    return Card(document["title"], href, Text("Release or return"), None, document["organisation"]["name"])


SECTIONS: Final = (
    Section(
        key="documentsToRelease",
        place="papers",
        title=Text("Suppliers' documents to release"),
        field="documents(first: 5, orderBy: OLDEST, where: { waitsForRelease: true })",
        item="id title organisation { name }",
        card=_to_release,
        shown_to=at(ActorKind.BUYER, Right.RELEASE_MESSAGES),
        everything="/asiakirjat?waitsForRelease=true",
    ),
    Section(
        key="documentsToReview",
        place="papers",
        title=Text("Outdated documents"),
        field="documents(first: 5, orderBy: REVIEW_FIRST, where: { outdatedOn: $today, fallsToMe: true })",
        item="id title reviewOn service { name }",
        card=_card,
        shown_to=whoever_may(Right.KEEP_DOCUMENTS),
        everything="/asiakirjat?outdatedOn=today&fallsToMe=true",
    ),
)
