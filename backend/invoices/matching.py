"""Taking approved, unbilled work for lines: exactly what they mean, oldest day first, splitting the last (D11.9-h)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter

from backend.invoices.values import Period
from backend.kit.refs import Ref


@dataclass(slots=True, kw_only=True)
class Piece:
    """A portion of what was approved: minutes, or cents of a part of a fixed price."""

    id: int
    account_id: int
    key: tuple[Ref, int | None]
    """What is billed and the price group; of a sum, what it is a part of."""
    day: date
    amount: int
    is_overrun: bool = False
    """Whether it was approved under a grant by an overrun."""
    held_by: int | None = None
    """Line that holds it."""
    approved_at: datetime | None = None
    approved_by: int | None = None
    left: int = 0

    def __post_init__(self) -> None:
        self.left = self.amount if self.held_by is None else 0


@dataclass(frozen=True, slots=True)
class Hold:
    """As much of a portion as a line is to hold."""

    line_id: int
    piece: Piece
    amount: int


@dataclass(slots=True)
class Shelf:
    """All pieces of one key, by day."""

    pieces: list[Piece] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    _used_up: dict[tuple[Period | None, bool], int] = field(default_factory=dict)
    """Per period, the place before which nothing is left: many lines may ask for the same."""

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

    def held_by_others(self, period: Period | None) -> dict[int, int]:
        """Line → how much of the period it holds, of lines that are not being judged now."""
        held: dict[int, int] = {}
        for piece in self.pieces[slice(*self._within(period))]:
            if piece.held_by is not None:
                held[piece.held_by] = held.get(piece.held_by, 0) + piece.amount
        return held

    def _within(self, period: Period | None) -> tuple[int, int]:
        if period is None:
            return 0, len(self.pieces)
        return bisect_left(self.days, period.first), bisect_right(self.days, period.last)


def shelves(pieces: Iterable[Piece]) -> dict[tuple[Ref, int | None], Shelf]:
    """Pieces by what they are of, the oldest first."""
    found: dict[tuple[Ref, int | None], Shelf] = {}
    for piece in sorted(pieces, key=attrgetter("day", "id")):
        shelf = found.setdefault(piece.key, Shelf())
        shelf.pieces.append(piece)
        shelf.days.append(piece.day)
    return found
