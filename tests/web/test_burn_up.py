"""The burn-up picture of an order: its weeks are named as people name them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from backend.kit.actor import Language
from backend.kit.translation import translate
from web.orders.burn_up import chart_of, sentence_of

ORDER: dict[str, Any] = {
    "burnUp": [{"week": "2026-11-09", "bookedMinutes": 300}],
    "ceilingMinutes": 600,
    "orderedMinutes": 600,
    "bookedMinutes": 300,
    "ceilingSteps": [{"at": "2026-11-02T07:00:00+00:00", "addedMinutes": 600, "ceilingMinutes": 600}],
    "forecastMinutes": None,
    "acceptedAt": None,
    "deliveredAt": None,
    "openOverrun": None,
    "dueOn": None,
}


@pytest.mark.parametrize(("language", "said"), [("fi", "viikko 46"), ("sv", "vecka 46"), ("en", "week 46")])
def test_a_weeks_number_carries_the_word(language: str, said: str) -> None:
    chart = chart_of(ORDER, datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert chart
    assert [translate(label, Language(language)) for label in chart.labels] == [said, said.replace("46", "47")]


GRANTED: dict[str, Any] = ORDER | {
    "burnUp": [{"week": "2026-11-02", "bookedMinutes": 300}, {"week": "2026-11-16", "bookedMinutes": 660}],
    "bookedMinutes": 660,
    "ceilingMinutes": 840,
    "ceilingSteps": [
        {"at": "2026-10-30T07:00:00+00:00", "addedMinutes": 600, "ceilingMinutes": 600},
        {"at": "2026-11-15T21:59:00+00:00", "addedMinutes": 120, "ceilingMinutes": 720},
        {"at": "2026-11-15T22:01:00+00:00", "addedMinutes": 120, "ceilingMinutes": 840},
    ],
}
"""Granted twice: in the last minute of a Sunday in Helsinki, and in the first of the Monday."""


def test_what_was_granted_stands_in_the_picture_in_its_sentence_and_in_its_table() -> None:
    chart = chart_of(GRANTED, datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert chart
    ceiling = chart.limits[0]
    assert (list(ceiling.moved), ceiling.value) == ([600, 720, 840], 840)
    (line, *_) = chart.geometry("wide")["lines"]
    assert [more for _, _, more in line["rises"]] == ["2\u00a0h", "2\u00a0h"]
    assert [figures[2] for _, figures in chart.rows()] == ["10\u00a0h", "12\u00a0h", "14\u00a0h"]
    assert translate(sentence_of(GRANTED), Language.EN) == (
        "11\u00a0h of the ceiling of 14\u00a0h, of which 4\u00a0h was granted after the order, is booked; "
        "there is no forecast yet."
    )
