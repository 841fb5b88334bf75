"""Both directions at once: what the rulebook says the code keeps is kept and proved, and nobody names a rule that is
not there."""

from backend.rulebook.citations import Citation, citations, places, proofs
from backend.rulebook.rules import RULES

NOT_YET: frozenset[str] = frozenset()
"""Rules of this release that something still lacks, the code or the proof. It only shrinks, and ends empty."""

CITED = places(citations())
PROVED = places(proofs())
KEPT = {name for name, rule in RULES.items() if not rule.later}


def test_every_rule_that_the_code_keeps_is_cited_by_code_and_proved_by_a_test() -> None:
    lacking = [_why(name) for name in RULES if name in KEPT - NOT_YET and not (name in CITED and name in PROVED)]
    assert not lacking, "\n".join(lacking)


def test_what_is_said_to_be_lacking_is_lacking() -> None:
    assert NOT_YET <= KEPT
    done = sorted(name for name in NOT_YET if name in CITED and name in PROVED)
    assert not done, f"kept and proved now, so take them out of NOT_YET: {', '.join(done)}"


def test_no_code_and_no_test_names_a_rule_that_is_not_there() -> None:
    unknown = [_at(found) for found in (*citations(), *proofs()) if found.rule not in RULES]
    assert not unknown, "\n".join(unknown)


def test_what_is_to_be_built_later_is_not_claimed_to_be_proved() -> None:
    claimed = [_at(found) for found in proofs() if found.rule in RULES and RULES[found.rule].later]
    assert not claimed, "proved, so no longer later: say kept(…) in its chapter\n" + "\n".join(claimed)


def _why(name: str) -> str:
    cited, proved = CITED.get(name, ()), PROVED.get(name, ())
    return f"{name}: cited by {', '.join(cited) or 'nothing'}; proved by {', '.join(proved) or 'nothing'}"


def _at(found: Citation) -> str:
    return f"{found.rule}: {found.place}"
