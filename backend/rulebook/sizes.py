"""The three sizes of an order (H11.8.2-a): limits of ordering rights and the procedure of an order rest on them."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels


class SizeClass(StrEnum):
    """By approved estimate, the smallest first; `rank` compares them."""

    SMALL = "small"
    ASSIGNMENT = "assignment"
    PROJECT = "project"

    @property
    def rank(self) -> int:
        """0 for the smallest: a larger class has a larger rank (their texts do not sort by size)."""
        return list(SizeClass).index(self)


SIZE_CLASS_LABELS = register_labels(
    {
        SizeClass.SMALL: Text("Small assignment"),
        SizeClass.ASSIGNMENT: Text("Assignment"),
        SizeClass.PROJECT: Text("Project"),
    }
)
