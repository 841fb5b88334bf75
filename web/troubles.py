"""What a page says of what went wrong, and the status that it says it with."""

from collections.abc import Mapping
from typing import Any, Final

from backend.kit.translation import Text

STATUS: Final[Mapping[str, int]] = {"NOT_FOUND": 404, "NOT_PERMITTED": 403, "VERSION_CONFLICT": 409, "TIMEOUT": 503}
"""By the code of the schema's error."""
SENTENCES: Final[Mapping[int, Text]] = {
    400: Text("What was sent could not be read. Open the page again and send it from there."),
    401: Text("Your session has ended. Sign in and send again: what you wrote is still here."),
    403: Text("Your role does not allow this."),
    404: Text("There is no such page, or you may not see it."),
    405: Text("This page cannot do that."),
    409: Text("This page was opened for another organisation. Open it again, so that the work goes to the right one."),
    413: Text(
        "This is too much at once, and nothing was saved. Go back to the form and send it with smaller files, or fewer."
    ),
    422: Text(
        "This cannot be done as things stand now, and nothing was saved. Open the page again to see how they are."
    ),
    503: Text("This took too long to put together. Ask for less: a shorter time, or fewer things."),
    500: Text("Something went wrong on our side and nothing was saved. Please try again."),
}
STAYS: Final = Text(
    "This page was opened for another organisation, and nothing was saved. What you wrote stays here: change back to "
    "that organisation in another tab, then send it again."
)
"""Of a form that stays in its page: opened again, it would be empty."""
NOT_SHOWN: Final = Text("Something went wrong on our side, and this cannot be shown. Please try again.")
SAVED: Final = Text("It was saved, but what came of it could not be shown. Open the page again to see it.")
PARTLY: Final = Text("Only a part of this was saved. Open the page again to see what.")
SENT_BEFORE: Final = Text(
    "This form was sent before, with other words, and that was saved. Open the page again to see what came of it."
)


def is_saved(data: Mapping[str, Any] | None, field: str) -> bool:
    """Whether a mutation was carried out, by the data of an answer that has errors too: what it led to was not read."""
    payload = (data or {}).get(field)
    return payload is not None and not payload.get("userErrors")
