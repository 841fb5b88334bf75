"""docs/attachments.md names every kind of thing that carries files, and no other."""

import re
from pathlib import Path

from backend.files import queries
from backend.models import ALL
from backend.notices import queries as _every_slice  # noqa: F401  # registers its kinds

PAGE = Path(__file__).parents[2] / "docs" / "attachments.md"


def test_the_page_says_what_carries_files() -> None:
    assert ALL
    rows = [line.split("|")[2] for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    told = {(kind, "acts on" in row) for row in rows for kind in re.findall(r"`(\w+)`", row)}
    assert told == {(kind, False) for kind in queries.HOLDERS} | {(kind, True) for kind in queries.ACTED_ON}
