"""Taking approved, unbilled work for lines: exactly what they mean, oldest day first, splitting the last (D11.9-h)."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import NamedTuple

from backend.invoices.values import Period


@dataclass(slots=True)
class Piece:
    """A portion of what was approved: minutes, or cents of a part of a fixed price."""

    id: int
    day: date
    amount: int
    is_overrun: bool = False
    """Whether it was approved under a grant by an overrun."""
    held_by: int | None = None
    """Line that holds it."""
    approved_at: datetime | None = None
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.amount if self.held_by is None else 0


class Hold(NamedTuple):
    """As much of a portion as a line is to hold."""

    line_id: int
    piece: Piece
    amount: int


@dataclass(slots=True)
class Shelf:
    """All pieces of one key, the oldest first."""

    pieces: list[Piece]
    _used_up: dict[tuple[Period | None, bool], int] = field(default_factory=dict)
    """Per period, the place before which nothing is left: many lines may ask for the same."""

    def __post_init__(self) -> None:
        self.pieces.sort(key=attrgetter("day", "id"))

    def take(self, line_id: int, wanted: int, period: Period | None, *, only_overrun: bool = False) -> list[Hold]:
        """As much of what is free as the line wants; it is no longer free."""
        holds: list[Hold] = []
        asked = (period, only_overrun)
        start, end = self._within(period)
        place = start = max(start, self._used_up.get(asked, 0))
        while place < end and wanted > 0:
            piece = self.pieces[place]
            if piece.left > 0 and (piece.is_overrun or not only_overrun):
                part = min(piece.left, wanted)
                piece.left -= part
                wanted -= part
                holds.append(Hold(line_id, piece, part))
                if piece.left:
                    break
            place += 1
        self._used_up[asked] = place
        return holds

    def held_by_others(self, period: Period | None, *, only_overrun: bool = False) -> dict[int, int]:
        """Line → how much it holds of what could be taken, by id; of lines that are not being judged now."""
        held: dict[int, int] = {}
        for piece in self.pieces[slice(*self._within(period))]:
            if piece.held_by is not None and (piece.is_overrun or not only_overrun):
                held[piece.held_by] = held.get(piece.held_by, 0) + piece.amount
        return dict(sorted(held.items()))

    def has_any(self, period: Period) -> bool:
        """Whether anything was approved in the period, whoever holds it: another line of the invoice too."""
        return any(piece.amount > 0 for piece in self.pieces[slice(*self._within(period))])

    def _within(self, period: Period | None) -> tuple[int, int]:
        if period is None:
            return 0, len(self.pieces)
        day = attrgetter("day")
        return bisect_left(self.pieces, period.first, key=day), bisect_right(self.pieces, period.last, key=day)
