"""The burn-up picture of an order: its weeks are named as people name them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from backend.kit.actor import Language
from backend.kit.translation import translate
from web.orders.burn_up import chart_of

ORDER: dict[str, Any] = {
    "burnUp": [{"week": "2026-11-09", "bookedMinutes": 300}],
    "ceilingMinutes": 600,
    "orderedMinutes": 600,
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
