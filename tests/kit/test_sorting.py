"""Text stands in order as Finnish people expect, though the database compares bytes."""

from hypothesis import given
from hypothesis import strategies as st

from backend.kit.sorting import sort_key


def test_the_finnish_letters_are_the_last_three() -> None:
    names = ["Öja", "Äänekoski", "Åbo", "Zacharias", "Ylöjärvi", "Aura", "Oulu"]
    assert sorted(names, key=sort_key) == ["Aura", "Oulu", "Ylöjärvi", "Zacharias", "Åbo", "Äänekoski", "Öja"]


def test_capitals_accents_and_hyphens_make_no_difference() -> None:
    assert sort_key("Café  Saint-Étienne") == sort_key("CAFE saint etienne")


def test_numbers_stand_by_their_size() -> None:
    assert sorted(["Erä 10", "Erä 9", "Erä 009", "Erä 100"], key=sort_key) == ["Erä 9", "Erä 009", "Erä 10", "Erä 100"]


@given(st.text(max_size=50))
def test_a_key_is_bytes_that_a_database_can_hold(text: str) -> None:
    key = sort_key(text)
    assert sort_key(text.upper().lower()) is not None
    key.encode()
