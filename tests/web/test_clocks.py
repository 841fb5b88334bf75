"""The picture of a clock: bars for what counted, a line for the deadline, and a sentence that says the same."""

from datetime import UTC, datetime, timedelta
from typing import Any

from backend.kit.actor import Language
from backend.kit.translation import translate
from web.clocks import WIDTH, picture_of, sentence_of, stand_of

NINE = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def clock(**changes: Any) -> dict[str, Any]:
    """Four hours of time; the first hour counted, the second did not, the rest will."""
    stretches = [
        {"since": NINE, "until": NINE + HOUR, "counts": True, "reason": "AT_DESK"},
        {"since": NINE + HOUR, "until": NINE + 2 * HOUR, "counts": False, "reason": "OUTSIDE_HOURS"},
        {"since": NINE + 2 * HOUR, "until": NINE + 5 * HOUR, "counts": True, "reason": "AT_DESK"},
    ]
    told = {
        "targetMinutes": 240, "spentMinutes": 60, "dueAt": (NINE + 5 * HOUR).isoformat(), "pausedAt": None,
        "metAt": None, "droppedAt": None, "wasMetLate": False,
        "explain": [s | {"since": s["since"].isoformat(), "until": s["until"].isoformat()} for s in stretches],
    }  # fmt: skip
    return told | changes


def said(told: dict[str, Any], now: datetime) -> str:
    return translate(sentence_of(told, now), Language.EN).replace("\u00a0", " ")


def test_bars_are_as_long_as_the_stretches_and_the_deadline_stands_at_the_end() -> None:
    picture = picture_of(clock(), NINE + 3 * HOUR)
    assert picture is not None
    assert [(bar.x, bar.width, bar.counts) for bar in picture.bars] == [
        (0, WIDTH / 5, True),
        (WIDTH / 5, WIDTH / 5, False),
        (2 * WIDTH / 5, 3 * WIDTH / 5, True),
    ]
    assert (picture.due, picture.now) == (WIDTH, 3 * WIDTH / 5)


def test_what_is_left_counts_from_now_on_and_what_stood_does_not() -> None:
    assert said(clock(), NINE).startswith("4 h left of 4 h")
    assert said(clock(), NINE + 3 * HOUR).startswith("2 h left of 4 h")


def test_a_clock_that_has_ended_says_whether_it_was_in_time() -> None:
    met = (NINE + HOUR).isoformat()
    assert "in time" in said(clock(metAt=met), NINE + 9 * HOUR)
    assert "after the time was used up" in said(clock(metAt=met, wasMetLate=True), NINE + 9 * HOUR)
    assert "was used up" in said(clock(), NINE + 9 * HOUR)
    undone = said(clock(droppedAt=(NINE + 6 * HOUR).isoformat()), NINE + 9 * HOUR)
    assert "was used up" in undone and "ended undone" in undone
    assert said(clock(pausedAt=met), NINE + 2 * HOUR) == "Stands: 1 h of 4 h used."


def test_a_clock_says_in_a_word_how_it_stands_now() -> None:
    met = (NINE + HOUR).isoformat()

    def word(told: dict[str, Any], now: datetime) -> str:
        return translate(stand_of(told, now)[0], Language.EN)

    assert word(clock(), NINE) == "runs"
    assert word(clock(), NINE + HOUR) == "outside service hours"
    assert word(clock(), NINE + 2 * HOUR) == "runs"
    assert word(clock(), NINE + 9 * HOUR) == "late"
    assert word(clock(pausedAt=met), NINE + 9 * HOUR) == "stands"
    assert (word(clock(metAt=met), NINE), word(clock(metAt=met, wasMetLate=True), NINE)) == ("in time", "late")
