"""Charts as figures and places: the templates draw them as SVG without styles or scripts of their own.

A chart takes whole units of the schema (minutes, or euros) and writes them as people read them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from backend.kit import translation
from backend.kit.translation import NOTHING, Text

Amount = int | Decimal


@dataclass(frozen=True)
class Size:
    """A drawing's size and margins, in its own units."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    every: int
    """Each how manieth tick is named."""
    name_from_line: int
    """How far from a limit its name is written: beside its end, or above it where that leaves no room."""


SIZES: Final = {"wide": Size(720, 300, 56, 100, 16, 34, 7, 4), "narrow": Size(340, 260, 46, 12, 28, 34, 4, -6)}
_HALF_A_TICK: Final = 32
"""Half the room that `viikko 48` takes; nearer to the edge it is written to the left of its tick."""
_ROOM_ABOVE: Final = 30
"""Of a point, that its figure takes; a limit further up has its name above itself."""
_LETTERS: Final = 12
"""How far the letters of a name reach above the place where it is written."""
_STEPS: Final = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500)


@dataclass(frozen=True)
class Limit:
    """A level across the chart, such as an estimate or a ceiling. Tones: `plain`, `asked`.

    One that moved has what it was at each point in time; it ends at `value`, and stands in the table too.
    """

    name: Text | str
    value: Amount
    tone: str = "plain"
    moved: Sequence[Amount] = ()


@dataclass(frozen=True)
class BurnUp:
    """What has added up so far and what is expected, against limits.

    `labels` name all points in time; `actual` are the sums at the first of them, `forecast` the sums at those that
    follow. `unit` is "minutes" or "euros".
    """

    labels: Sequence[Text | str]
    actual: Sequence[Amount]
    forecast: Sequence[Amount]
    limits: Sequence[Limit]
    heading: Text | str
    unit: str = "minutes"

    def write(self, value: Amount) -> str:
        """A value as people read it."""
        return _writer(self.unit)(value)

    def axis(self, value: Amount) -> str:
        """A value at the axis, where the unit goes without saying."""
        return translation.number(Decimal(value) / self._per_unit)

    @property
    def _per_unit(self) -> int:
        return 60 if self.unit == "minutes" else 1

    def rows(self) -> list[tuple[Text | str, list[str]]]:
        """The figures of each point in time: actual, forecast, and each limit as it was then."""
        count = len(self.actual)
        return [
            (
                label,
                [
                    self.write(self.actual[place]) if place < count else NOTHING,
                    self.write(self.forecast[place - count]) if 0 <= place - count < len(self.forecast) else NOTHING,
                    *(self.write(limit.moved[place] if limit.moved else limit.value) for limit in self.limits),
                ],
            )
            for place, label in enumerate(self.labels)
        ]

    def geometry(self, size: str) -> dict[str, Any]:
        """Where everything stands in a drawing of `size`: "wide" or "narrow"."""
        frame = SIZES[size]
        left, right, bottom = frame.left, frame.width - frame.right, frame.height - frame.bottom
        highest = max([Decimal(1), *map(Decimal, self.actual), *map(Decimal, self.forecast)])
        highest = max([highest, *(Decimal(level) for limit in self.limits for level in (limit.value, *limit.moved))])
        step = _step(highest * Decimal("1.1") / self._per_unit) * self._per_unit
        top = (int(highest * Decimal("1.1") / step) + 1) * step

        def x(place: int) -> float:
            return round(left + place * (right - left) / max(len(self.labels) - 1, 1), 1)

        def y(value: Amount) -> float:
            return round(bottom - float(value) * (bottom - frame.top) / float(top), 1)

        actual = [(x(place), y(value)) for place, value in enumerate(self.actual)]
        coming = [(x(len(actual) + place), y(value)) for place, value in enumerate(self.forecast)]
        named = -(-len(self.labels) // frame.every)
        lines = [
            {
                "name": line.name,
                "tone": line.tone,
                "y": y(line.value),
                "points": _points(
                    _stairs([(x(place), y(value)) for place, value in enumerate(line.moved)])
                    if len(line.moved) > 1
                    else [(left, y(line.value)), (right, y(line.value))]
                ),
                "rises": [
                    (x(place), y(after), self.write(after - before))
                    for place, (before, after) in enumerate(pairwise(line.moved), 1)
                    if after > before
                ],
            }
            for line in self.limits
        ]
        return {
            "width": frame.width,
            "height": frame.height,
            "left": left,
            "right": right,
            "bottom": bottom,
            "grid": [(value, y(value)) for value in range(0, int(top) + 1, int(step))],
            "ticks": [
                (x(place), label, "end" if x(place) > frame.width - _HALF_A_TICK else "middle")
                for place, label in enumerate(self.labels)
                if place % named == 0
            ],
            "actual": _points(actual),
            "area": _points([(left, bottom), *actual, (actual[-1][0], bottom)]) if actual else "",
            "forecast": _points([*actual[-1:], *coming]) if coming else "",
            "last": actual[-1] if actual else None,
            "last_text_y": _clear_of(actual[-1][1], lines, bottom) if actual else None,
            "lines": _apart(lines, frame.name_from_line),
        }


def _step(highest: Decimal) -> int:
    """Between the lines of the grid: a round number, at most six lines."""
    power = 1
    while True:
        for step in _STEPS:
            if highest / (step * power) <= 6:
                return step * power
        power *= 1000


def _stairs(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Level from point to point, and straight up or down where it moved."""
    steps = list(places[:1])
    for (_, level), (across, up) in pairwise(places):
        steps += [(across, level), (across, up)] if up != level else [(across, up)]
    return steps


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)


def _clear_of(height: float, lines: Sequence[Mapping[str, Any]], bottom: float) -> float:
    """Where the figure of a point is written: above it, below where a limit and its name would lie across it."""
    is_crossed = any(height - _ROOM_ABOVE < line["y"] <= height for line in lines)
    return height + 22 if is_crossed and height + 24 < bottom else height - 12


def _apart(lines: list[dict[str, Any]], from_line: int, least: float = 15) -> list[dict[str, Any]]:
    """Names of limits that lie close together are written below each other; those above their lines, across no other.

    `from_line` is below nought where a name stands above its line.
    """
    way = 1 if from_line > 0 else -1
    before = float("-inf")
    from_first = sorted(lines, key=lambda line: way * float(line["y"]))
    for line in from_first:
        at = max(way * (line["y"] + from_line), before + least)
        for other in from_first if way < 0 else ():
            if at - 2 < -other["y"] < at + _LETTERS:
                at = from_line * way - other["y"]
        before = at
        line["text_y"] = round(way * at, 1)
    return lines


@dataclass(frozen=True)
class Bar:
    """One bar; tones as those of tags, `plain` without."""

    label: Text | str
    value: Amount
    tone: str = "plain"
    note: Text | str = ""
    """What its tone says, in words."""


@dataclass(frozen=True)
class Bars:
    """Amounts beside each other, drawn in proportion to the largest, or to the `top` that there can be at most.

    `unit` is "minutes", "euros" or "number".
    """

    bars: Sequence[Bar]
    heading: Text | str
    unit_name: Text | str
    unit: str = "number"
    top: int | None = None

    @property
    def has_notes(self) -> bool:
        return any(bar.note for bar in self.bars)

    def rows(self) -> list[tuple[Text | str, str, float, str, Text | str]]:
        """Label, written amount, width in per cent, tone and note of each bar."""
        largest = self.top or max((Decimal(bar.value) for bar in self.bars), default=Decimal(0)) or Decimal(1)
        write = _writer(self.unit)
        return [
            (bar.label, write(bar.value), _per_cent(Decimal(bar.value) / largest), bar.tone, bar.note)
            for bar in self.bars
        ]


def _per_cent(share: Decimal) -> float:
    return round(max(float(share), 0) * 100, 1)


def _writer(unit: str) -> Callable[[Any], str]:
    return {"minutes": translation.hours, "euros": translation.money, "number": translation.number}[unit]
