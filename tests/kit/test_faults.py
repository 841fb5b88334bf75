"""What is asked of a text before anything is done with it."""

import pytest

from backend.kit.faults import Code, Refusal, needed, optional

UNSEEN = ["", " \t\n", "\u200b", "\u202e \u2060\ufeff", "\u00a0\u2028"]


@pytest.mark.rule("D0-a")
@pytest.mark.parametrize("text", UNSEEN)
def test_a_text_in_which_there_is_nothing_to_see_is_none(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        needed(text, "title")
    assert (refused.value.code, refused.value.errors[0].path) == (Code.REQUIRED, ("title",))
    assert optional(text, "note") is None


@pytest.mark.parametrize("text", ["a", "Ä", "7", "–", "👩\u200d🏫", "\u200bOtsikko"])
def test_whatever_shows_something_is_kept_as_it_is(text: str) -> None:
    assert needed(f" {text} ", "title") == optional(text, "note") == text
