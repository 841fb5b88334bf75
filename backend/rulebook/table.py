"""The table of rules: what each says, where it stands, what keeps it and what proves it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from backend.rulebook.citations import ROOT, citations, places, proofs
from backend.rulebook.rule import LETTERS, Rule
from backend.rulebook.rules import RULES

HEADING = """# The rules of the contract

Written by `portaali rules` from `backend/rulebook/`, the code and the tests; not by hand.
Kinds: **E** the software refuses or blocks · **T** it times · **R** it records · **S** it shows.
A rule named `D…`, and what stands as “(ours)” in another, is not in the source.
"""
HEAD = "| rule | kinds | sentence | source | kept by | proved by |\n|---|---|---|---|---|---|\n"


def rules_table(root: Path = ROOT) -> str:
    """All rules as Markdown: first those that the code keeps, then those still to be built."""
    kept_by, proved_by = places(citations(root)), places(proofs(root))
    now = [_row(rule, kept_by, proved_by) for rule in RULES.values() if not rule.later]
    later = [_row(rule, kept_by, proved_by) for rule in RULES.values() if rule.later]
    return (
        f"{HEADING}\n## Kept ({len(now)})\n\n{HEAD}{''.join(now)}\n"
        f"## Still to be built ({len(later)})\n\n{HEAD}{''.join(later)}"
    )


def write(path: Path, root: Path = ROOT) -> None:
    """Write the table to a file, such as `docs/rules.md`."""
    path.write_text(rules_table(root), encoding="utf-8")


def print_rules() -> None:
    """Print the table into this checkout's `docs/rules.md`."""
    write(ROOT / "docs" / "rules.md")


def letters(rule: Rule) -> str:
    """The kinds of a rule as the contract writes them: `E R`."""
    return " ".join(letter for letter, kind in LETTERS.items() if kind in rule.kinds)


def _row(rule: Rule, kept_by: Mapping[str, tuple[str, ...]], proved_by: Mapping[str, tuple[str, ...]]) -> str:
    cells = (
        rule.name,
        letters(rule),
        rule.english.replace("|", "\\|"),
        rule.lines,
        _listed(kept_by.get(rule.name, ())),
        _listed(proved_by.get(rule.name, ())),
    )
    return f"| {' | '.join(cells)} |\n"


def _listed(found: Iterable[str]) -> str:
    return "<br>".join(f"`{place}`" for place in found)
