"""One rule of the contract, and how the chapters write one down."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.kit.actor import Language
from backend.kit.translation import Text, register_labels, show


class Kind(StrEnum):
    """In what way the software keeps a rule."""

    ENFORCED = "enforced"
    TIMED = "timed"
    RECORDED = "recorded"
    SHOWN = "shown"


LETTERS: Mapping[str, Kind] = {"E": Kind.ENFORCED, "T": Kind.TIMED, "R": Kind.RECORDED, "S": Kind.SHOWN}


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence of the contract under its name."""

    name: str
    """`H11.8.1-a` is chapter 11.8.1, first rule; `D…` is a rule wholly ours, where the source is silent."""
    lines: str
    """Where it stands in the source, such as `1342` or `143–145, 201`; empty for a rule of ours."""
    kinds: frozenset[Kind]
    sentence: Text | str
    """A text in every language; plain English where nothing keeps the rule yet."""
    later: bool
    """Whether the code is still to be written that keeps it."""

    @property
    def is_ours(self) -> bool:
        return self.name.startswith("D")

    @property
    def english(self) -> str:
        return str(self.sentence)

    def read(self, language: Language) -> str:
        """The sentence in the reader's language, in English where it has no other yet."""
        return show(self.sentence, language)


def kept(name: str, lines: str, kinds: str, sentence: Text) -> Rule:
    """A rule that the code keeps. `kinds` are letters of LETTERS, such as `ER`."""
    return Rule(name, lines, frozenset(LETTERS[letter] for letter in kinds), sentence, later=False)


def later(name: str, lines: str, kinds: str, sentence: str) -> Rule:
    """A rule that nothing keeps yet. What stands in it as “(ours)” is not in the source."""
    return Rule(name, lines, frozenset(LETTERS[letter] for letter in kinds), sentence, later=True)


KIND_LABELS = register_labels(
    {
        Kind.ENFORCED: Text("enforced"),
        Kind.TIMED: Text("timed"),
        Kind.RECORDED: Text("recorded"),
        Kind.SHOWN: Text("shown"),
    }
)
