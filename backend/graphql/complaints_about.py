"""The field by which the type of anything shows the complaints about it."""

from typing import Any

import strawberry

from backend.graphql.reads.shape import many
from backend.kit.conditions import is_about

COMPLAINTS = strawberry.lazy("backend.graphql.complaints")


def complaints_about(kind: str) -> Any:
    """The field `complaints` of the type of this name."""
    return many(
        lambda thing, c: is_about(c, kind, thing.id), "Complaints about it, as far as you see them, the newest first."
    )
