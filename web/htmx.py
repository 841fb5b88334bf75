"""What htmx 4 says in its request headers, and the headers it understands in an answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request


@dataclass(frozen=True)
class Htmx:
    """How a request came about: by htmx or by the browser itself, for a part or for a whole page."""

    asked: bool = False
    partial: bool = False
    restoring: bool = False
    shown: str = ""
    """The path of the page that asks."""
    acting: str = ""
    """For which organisation that page was opened, by its id."""

    @classmethod
    def of(cls, request: Request) -> "Htmx":
        """Read from the request's headers."""
        headers = request.headers
        return cls(
            asked=headers.get("HX-Request") == "true",
            partial=headers.get("HX-Request-Type") == "partial",
            restoring=headers.get("HX-History-Restore-Request") == "true",
            shown=urlsplit(headers.get("HX-Current-URL", "")).path,
            acting=headers.get("Acting-For", ""),
        )

    @property
    def wants_part(self) -> bool:
        """Whether only a block of the page is wanted; back and forward always get a whole one."""
        return self.asked and self.partial and not self.restoring


def trigger(events: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Headers that fire events in the page after the swap. JSON escapes to ASCII, so any text is safe in a header."""
    return {"HX-Trigger": json.dumps(events)}


def redirect(url: str) -> dict[str, str]:
    """Headers that make htmx load another page as a whole."""
    return {"HX-Redirect": url}


def into_nothing() -> dict[str, str]:
    """Headers that keep an answer out of the page: what the person has typed stays as it is."""
    return {"HX-Retarget": "#nowhere", "HX-Reswap": "innerHTML"}
