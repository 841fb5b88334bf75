"""What people read of telling itself."""

from collections.abc import Mapping

from backend.kit.translation import Text

SENTENCES: Mapping[str, Text] = {
    "person.notices_chosen": Text("Other notices were chosen."),
    "mail.tried_again": Text("A mail that could not be sent is tried once more."),
}
