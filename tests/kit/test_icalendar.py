"""A calendar is what RFC 5545 says: lines of 75 octets, text escaped, instants in UTC."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from backend.kit.icalendar import MOST_OCTETS, Entry, fold, write_calendar

AT = datetime(2026, 11, 28, 20, 0, tzinfo=timezone(timedelta(hours=2)))
ENTRY = Entry(
    uid="tiedote-1@x",
    title="Katko; arkisto, ja muuta\nkaikki",
    starts_at=AT,
    ends_at=AT + timedelta(hours=2),
    said_at=datetime(2026, 11, 20, tzinfo=UTC),
    version=2,
    url="https://x.example/tiedotteet/1",
)


def lines_of(calendar: str) -> list[str]:
    """The lines as a reader sees them, unfolded."""
    assert calendar.endswith("\r\n")
    return calendar.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_an_entry_says_when_in_utc_and_what_with_its_signs_escaped() -> None:
    lines = lines_of(write_calendar("Katkot", [ENTRY]))
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    for said in (
        "DTSTART:20261128T180000Z",
        "DTEND:20261128T200000Z",
        "DTSTAMP:20261120T000000Z",
        "SEQUENCE:2",
        "STATUS:CONFIRMED",
        r"SUMMARY:Katko\; arkisto\, ja muuta\nkaikki",
    ):
        assert said in lines


def test_what_was_taken_back_is_struck_out() -> None:
    assert "STATUS:CANCELLED" in lines_of(write_calendar("Katkot", [replace(ENTRY, is_cancelled=True)]))


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=400))
def test_a_line_is_folded_between_characters_and_unfolds_to_itself(line: str) -> None:
    pieces = list(fold(line))
    assert all(len(piece.encode()) <= MOST_OCTETS for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line


@given(st.text(max_size=200))
def test_no_words_of_people_begin_a_line_of_their_own(text: str) -> None:
    calendar = write_calendar("x", [replace(ENTRY, title=text, text=text)])
    names = {line.partition(":")[0] for line in lines_of(calendar)}
    assert names <= {
        "BEGIN", "VERSION", "PRODID", "METHOD", "X-WR-CALNAME", "UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE",
        "STATUS", "SUMMARY", "DESCRIPTION", "URL", "TRANSP", "END",
    }  # fmt: skip
