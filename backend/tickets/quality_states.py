"""Deviations from the agreed quality: why there is one, and its way from measures to the report of them (H10.3-c)."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class DeviationKind(StrEnum):
    """Why there is a deviation."""

    LOW_RATING = "low_rating"
    """Whoever asked was not satisfied (H10.3-a)."""
    MISSED_LEVEL = "missed_level"
    """A service was not produced on the agreed level in a month (H11.3.4-d)."""
    WIDE_CAUSE = "wide_cause"
    """An incident reached many organisations, and its root cause is known (H11.2.3-b)."""


class DeviationState(StrEnum):
    OPEN = "open"
    """Without measures."""
    MEASURED = "measured"
    REPORTED = "reported"


class DeviationAction(StrEnum):
    MEASURE = "measure"
    TELL_CUSTOMER = "tell_customer"
    REPORT_IN_GROUP = "report_in_group"
    REPORT_CAUSE = "report_cause"


S, A = DeviationState, DeviationAction
DEVIATION = Workflow(
    (
        Move(A.MEASURE, S.OPEN, S.MEASURED, Right.MEASURE_DEVIATIONS, "H10.3-c"),
        Move(A.MEASURE, S.MEASURED, S.MEASURED, Right.MEASURE_DEVIATIONS, "H10.3-c"),
        Move(A.TELL_CUSTOMER, S.MEASURED, S.REPORTED, Right.REPORT_DEVIATIONS, "H10.3-c"),
        Move(A.REPORT_IN_GROUP, S.MEASURED, S.REPORTED, Right.REPORT_DEVIATIONS, "H11.3.4-d"),
        Move(A.REPORT_CAUSE, S.MEASURED, S.REPORTED, Right.REPORT_DEVIATIONS, "H11.2.3-b"),
    )
)
OF_KIND = {
    A.TELL_CUSTOMER: DeviationKind.LOW_RATING,
    A.REPORT_IN_GROUP: DeviationKind.MISSED_LEVEL,
    A.REPORT_CAUSE: DeviationKind.WIDE_CAUSE,
}
"""What can be done with deviations of one kind only."""
FOR_PRODUCTION_GROUP = (DeviationKind.MISSED_LEVEL, DeviationKind.WIDE_CAUSE)
"""What goes to the agenda of the supplier's production group."""
RISES = {
    DeviationKind.LOW_RATING: ("deviation.rated_low", "H10.3-c"),
    DeviationKind.MISSED_LEVEL: ("deviation.level_missed", "H11.3.4-d"),
    DeviationKind.WIDE_CAUSE: ("deviation.cause_found", "H11.2.3-b"),
}
"""Kind → the event that puts a deviation on record, and by which rule."""

DEVIATION_KIND_LABELS = register_labels(
    {
        DeviationKind.LOW_RATING: Text("Low rating"),
        DeviationKind.MISSED_LEVEL: Text("Missed service level"),
        DeviationKind.WIDE_CAUSE: Text("Root cause of an incident of wide reach"),
    }
)
DEVIATION_STATE_LABELS = register_labels(
    {
        S.OPEN: Text("Without measures"),
        S.MEASURED: Text("Measures on record"),
        S.REPORTED: Text("Report given"),
    }
)
