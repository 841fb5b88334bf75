"""How much depends on something: the classes that tickets, their clocks and bulletins share."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels


class Criticality(StrEnum):
    """How much depends on it, the most first."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


CRITICALITY_LABELS = register_labels(
    {
        Criticality.CRITICAL: Text("Critical"),
        Criticality.HIGH: Text("High"),
        Criticality.NORMAL: Text("Normal"),
        Criticality.LOW: Text("Low"),
    }
)
