"""Terms that are a choice and not a number: what may be chosen."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels


class FourEyes(StrEnum):
    """What happens when one person alone would accept a delivery and approve its invoice lines, having ordered it."""

    REFUSED = "refused"
    SHOWN = "shown"


class StopWorkAt(StrEnum):
    """What puts an order on hold: a forecast above the ceiling, or the ceiling itself reached."""

    FORECAST = "forecast"
    CEILING = "ceiling"


class SupportModel(StrEnum):
    """Whom a customer's ticket reaches first."""

    DESK_FIRST = "desk_first"
    SUPPLIER_DIRECT = "supplier_direct"


class StartUnplanned(StrEnum):
    """What happens when a service is marked as started before all that is told of it is agreed."""

    REFUSED = "refused"
    WARNED = "warned"


FOUR_EYES_LABELS = register_labels(
    {FourEyes.REFUSED: Text("refused: two people are needed"), FourEyes.SHOWN: Text("allowed, but shown")}
)
STOP_WORK_AT_LABELS = register_labels(
    {StopWorkAt.FORECAST: Text("the forecast"), StopWorkAt.CEILING: Text("the ceiling")}
)
SUPPORT_MODEL_LABELS = register_labels(
    {
        SupportModel.DESK_FIRST: Text("Tiera's desk"),
        SupportModel.SUPPLIER_DIRECT: Text("the supplier, in Tiera's sight"),
    }
)
START_UNPLANNED_LABELS = register_labels(
    {
        StartUnplanned.REFUSED: Text("refused: everything is agreed first"),
        StartUnplanned.WARNED: Text("allowed, with a warning"),
    }
)
