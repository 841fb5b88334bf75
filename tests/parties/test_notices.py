"""Whoever is told of an event is named for every event that the slice records."""

import re
from pathlib import Path

import backend.parties
from backend.parties.notices import NOTICES
from backend.rulebook.rules import known

RECORDED = re.compile(
    r'"((?:organisation|person|role|agreement|service|price_group|price|bank_account'
    r'|invoicing_process|term|ordering_right)\.[a-z_]+)"'
)
CLOCKS = {"agreement.ending", "ordering_right.ending", "ordering_right.taking_over", "role.ending"}


def test_every_event_of_the_slice_says_who_is_told_and_no_other_does() -> None:
    sources = Path(backend.parties.__file__).parent.glob("*verbs.py")
    recorded = {name for path in sources for name in RECORDED.findall(path.read_text())} - CLOCKS
    assert recorded == set(NOTICES)


def test_each_names_a_rule_of_the_contract() -> None:
    known(*(notice.rule for notice in NOTICES.values()))
