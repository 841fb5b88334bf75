"""Who is told of what happens to telling itself: it stands on record alone."""

from collections.abc import Mapping

from backend.kit.notices import Notice

NOTICES: Mapping[str, Notice] = {
    "person.notices_chosen": Notice((), "D0-b"),
    "mail.tried_again": Notice((), "D0-b"),
}
