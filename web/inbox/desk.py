"""Mail that waits for Tiera's desk."""

from collections.abc import Mapping
from typing import Any, Final

from backend.kit.translation import Text
from web.desk.sections import Card, Section
from web.tickets.desk import is_of_desk


def _card(mail: Mapping[str, Any]) -> Card:
    sender = mail["person"]["name"] if mail["person"] else mail["sender"] or mail["senderName"]
    title = mail["subject"] or Text("No subject")
    return Card(title, f"/saapuneet/{mail['id'].partition(':')[2]}", Text("Decide"), below=sender)


SECTIONS: Final = (
    Section(
        key="mailsToSort",
        place="tickets",
        title=Text("Mail that waits for the desk"),
        field="incomingMails(first: 5, orderBy: OLDEST, where: { states: [HELD] })",
        item="id subject sender senderName person { name }",
        card=_card,
        shown_to=is_of_desk,
        everything="/saapuneet?states=HELD",
    ),
)
