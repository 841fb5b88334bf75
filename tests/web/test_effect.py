"""The sentence about a remedy: what came after it is counted over the days by which it was judged."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.kit.actor import Language
from backend.kit.translation import translate
from web.recurrences.effect import sentence_of

REMEDIED = datetime.fromisoformat("2026-01-01T10:00:00+02:00")
CAME = {
    "state": "TAKEN", "perMonth": "2.00", "expectedPerMonth": "1.00",
    "remediedAt": REMEDIED.isoformat(), "cameAfter": 4,
}  # fmt: skip
JUDGED = {"judgedAt": (REMEDIED + timedelta(days=180)).isoformat(), "judgedDays": 90, "judgedTickets": 4}
SOON = {"judgedAt": (REMEDIED + timedelta(days=30, hours=16)).isoformat(), "judgedDays": 30, "judgedTickets": 4}


@pytest.mark.parametrize(
    ("judged", "said"),
    [
        (JUDGED, "after it 1,33 (1.4.2026–30.6.2026); 1 were expected"),
        (SOON, "after it 4 (1.1.2026–1.2.2026); 1 were expected"),
        (dict.fromkeys(JUDGED), "after it 0,6 (1.1.2026–20.7.2026); 1 were expected"),
    ],
    ids=["as judged", "judged in its first days", "since the remedy"],
)
def test_what_came_after_a_remedy_is_told_with_its_days(judged: dict[str, Any], said: str) -> None:
    told = translate(sentence_of({**CAME, **judged}, REMEDIED + timedelta(days=200)), Language.EN)
    assert said in told
