"""What is asked of a text before anything is done with it."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.complaints.rules import missing_topics
from backend.complaints.states import ResponseTopic
from backend.identity.rules import check_name
from backend.inbox.rules import says_something
from backend.kit.faults import Code, Refusal, needed, optional
from backend.orders import rules as orders
from backend.parties.rules import read_line
from backend.rulebook.sizes import SizeClass
from backend.tickets.rules import read_tags, read_word

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


REFUSING: dict[str, Callable[[str], Any]] = {
    "a name of the parties": lambda text: read_line(text, "name"),
    "a name of a token": check_name,
    "why an order is larger": lambda text: orders.refuse_lowering(SizeClass.PROJECT, SizeClass.SMALL, text),
    "that no better way is known": lambda text: orders.check_alternatives(1, text),
}


@pytest.mark.rule("D0-a")
@pytest.mark.parametrize("text", UNSEEN)
@pytest.mark.parametrize("read", REFUSING.values(), ids=REFUSING.keys())
def test_wherever_a_text_is_needed_one_of_which_nothing_is_seen_is_refused(
    read: Callable[[str], Any], text: str
) -> None:
    with pytest.raises(Refusal):
        read(text)
    read("Ä")


@pytest.mark.parametrize("text", UNSEEN)
def test_whatever_may_be_left_out_is_left_out_where_nothing_of_it_is_seen(text: str) -> None:
    assert read_tags([text, "yö"]) == ["yö"]
    assert read_word(text) is None and not says_something(text)
    assert missing_topics(dict.fromkeys(ResponseTopic, text)) == list(ResponseTopic)
