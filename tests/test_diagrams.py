"""The diagrams of the documentation are those of the tables."""

from pathlib import Path

from backend.diagrams import states


def test_the_documentation_shows_the_tables_as_they_are() -> None:
    committed = Path(__file__).parent.parent / "docs" / "states.md"
    assert committed.read_text(encoding="utf-8") == states(), "run `make rules`"
