"""The rules as data: all of the contract's, each once, readable in every language where the code keeps it."""

import re
from pathlib import Path

import pytest

from backend.kit.actor import Language
from backend.rulebook.citations import ROOT, Citation, citations, keeping, proofs
from backend.rulebook.rule import LETTERS, Kind, Rule, later
from backend.rulebook.rules import CHAPTERS, RULES, by_name, known, rule
from backend.rulebook.table import letters, rules_table, write

CONTRACT = ROOT.parent / "shared" / "contract.md"
KEPT = [each for each in RULES.values() if not each.later]
IN_CONTRACT = re.compile(
    r"^- \*\*(?P<name>[HD][\d.]+-[a-z])\*\* "
    r"(?:\(the same for \*\*(?P<same>[HD][\d.]+-[a-z])\*\*\) )?(?P<kinds>(?:[ETRS] )+)",
    re.MULTILINE,
)


def test_the_rules_are_those_of_the_contract_with_their_kinds() -> None:
    if not CONTRACT.exists():
        print(f"the contract is not at hand ({CONTRACT.name} beside the project): its rules are not compared")
        return
    written: dict[str, frozenset[Kind]] = {}
    for found in IN_CONTRACT.finditer(CONTRACT.read_text(encoding="utf-8")):
        for name in filter(None, (found["name"], found["same"])):
            written[name] = frozenset(LETTERS[letter] for letter in found["kinds"].split())
    assert {each.name: each.kinds for each in RULES.values()} == written


@pytest.mark.parametrize("each", RULES.values(), ids=lambda each: each.name)
def test_a_rule_has_a_sentence_a_kind_and_its_lines_in_the_source_unless_it_is_ours(each: Rule) -> None:
    assert re.fullmatch(r"[HD]\d+(\.\d+)*-[a-z]", each.name)
    assert each.english.endswith(".")
    assert each.english[0].isupper()
    assert each.kinds
    assert bool(each.lines) != each.is_ours
    assert all(re.fullmatch(r"\d+(–\d+)?", lines) for lines in each.lines.split(", ") if lines)


@pytest.mark.parametrize("each", KEPT, ids=lambda each: each.name)
def test_a_rule_that_the_code_keeps_can_be_read_in_finnish_and_swedish(each: Rule) -> None:
    finnish, swedish, english = (each.read(language) for language in (Language.FI, Language.SV, Language.EN))
    assert len({finnish, swedish, english}) == 3
    assert english == each.english


def test_two_rules_of_one_name_are_refused() -> None:
    twice = [later("H1-a", "1", "E", "One."), later("H1-a", "2", "E", "Another.")]
    with pytest.raises(ValueError, match="H1-a"):
        by_name(twice)
    assert sum(len(chapter.RULES) for chapter in CHAPTERS) == len(RULES)


def test_a_function_says_which_rules_it_keeps() -> None:
    @rule("H11.8.2-a")
    @rule("D0-e", "H11.8.2-b")
    def size() -> int:
        return 1

    assert set(size.__rules__) == {"D0-e", "H11.8.2-a", "H11.8.2-b"}  # type: ignore[attr-defined]
    assert size() == 1


@pytest.mark.parametrize("names", [("H99-z",), ("H11.8.2",), ("H11.8.2-a", "h11.8.2-a"), ()])
def test_a_name_that_is_no_rule_is_refused_at_import(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="no such rule"):
        rule(*names)
    with pytest.raises(ValueError, match="no such rule"):
        known(*names)


CODE = '''
"""A module (D0-a)."""
MOVES = (Move(A.GO, S.HERE, S.THERE, "H1-a"), Move(A.GO, S.HERE, S.THERE, rule="H1-b"))

@rule("H2.1-a")
def keep() -> None:
    """Says (D0-c) and H9.1-a."""
    raise broken_rule("H11.8.1-b", Text("H3-a is not this string alone"))

class Verbs:
    minutes: Annotated[int, term(Unit.MINUTES, Text("…"), rule="D0-e")] = 15
    async def go(self) -> None:
        refuse(rule="H4.2-a")
'''
TESTS = """
pytestmark = pytest.mark.rule("H1-a")

@pytest.mark.rule("H2.1-a", "H3-a")
async def test_it(): ...

@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.rule("H4.2-a"))])
def test_each(n): "H5.1-a"
"""


def test_a_citation_is_a_string_that_is_a_rules_name(tmp_path: Path) -> None:
    _put(tmp_path, "backend/orders/moves.py", CODE)
    _put(tmp_path, "web/__init__.py", 'X = {"H6-a": 1}\n')
    _put(tmp_path, "backend/rulebook/chapters/orders.py", 'RULES = (later("H7-a", "1", "E", "…"),)\n')
    assert citations(tmp_path) == (
        Citation("H1-a", "backend.orders.moves:MOVES"),
        Citation("H1-b", "backend.orders.moves:MOVES"),
        Citation("H11.8.1-b", "backend.orders.moves:keep"),
        Citation("H2.1-a", "backend.orders.moves:keep"),
        Citation("H4.2-a", "backend.orders.moves:Verbs.go"),
        Citation("H6-a", "web:X"),
    )


def test_the_kit_lies_below_the_rulebook_and_cites_in_its_docstrings(tmp_path: Path) -> None:
    _put(tmp_path, "backend/kit/clock.py", '"""Time (D0-c)."""\ndef f():\n    """One (D0-a, D0-b), not D0-d."""\n')
    _put(tmp_path, "backend/orders/rules.py", '"""Not here (D0-f)."""\n')
    assert citations(tmp_path) == (
        Citation("D0-a", "backend.kit.clock:f"),
        Citation("D0-b", "backend.kit.clock:f"),
        Citation("D0-c", "backend.kit.clock"),
    )


def test_a_proof_is_a_mark_on_a_test(tmp_path: Path) -> None:
    _put(tmp_path, "tests/orders/test_moves.py", TESTS)
    assert proofs(tmp_path) == (
        Citation("H1-a", "tests/orders/test_moves.py"),
        Citation("H2.1-a", "tests/orders/test_moves.py::test_it"),
        Citation("H3-a", "tests/orders/test_moves.py::test_it"),
        Citation("H4.2-a", "tests/orders/test_moves.py::test_each"),
    )


def test_the_table_shows_a_rule_with_what_keeps_and_proves_it(tmp_path: Path) -> None:
    _put(tmp_path, "backend/parties/rules.py", '@rule("H3-a")\ndef check_party(): ...\n')
    _put(tmp_path, "tests/parties/test_rules.py", '@pytest.mark.rule("H3-a")\ndef test_none_between(): ...\n')
    write(tmp_path / "rules.md", tmp_path)
    table = (tmp_path / "rules.md").read_text(encoding="utf-8")
    (row,) = (line for line in table.splitlines() if line.startswith("| H3-a "))
    assert row == (
        f"| H3-a | E | {RULES['H3-a'].english} | 143–145 | `backend.parties.rules:check_party` "
        "| `tests/parties/test_rules.py::test_none_between` |"
    )
    assert table == rules_table(tmp_path)
    assert sum(line.startswith(("| H", "| D")) for line in table.splitlines()) == len(RULES)
    assert letters(RULES["H3-b"]) == "R"


def test_what_keeps_a_rule_can_be_shown_to_people() -> None:
    assert "backend.rulebook.terms:Terms.counting" in keeping("D0-c")
    assert keeping("H7.2-g") == ()


def _put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")
