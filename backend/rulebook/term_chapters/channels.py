"""Channels and communication: what must be agreed before a service starts."""

from dataclasses import dataclass
from typing import Annotated

from backend.kit.translation import Text
from backend.rulebook.choices import StartUnplanned
from backend.rulebook.definitions import Unit, term


@dataclass(frozen=True, kw_only=True)
class ChannelTerms:
    start_unplanned: Annotated[
        StartUnplanned,
        term(
            Unit.CHOICE,
            Text("A service may be marked as started before its communication plan has every occasion."),
            rule="H11.11-e",
        ),
    ] = StartUnplanned.WARNED
