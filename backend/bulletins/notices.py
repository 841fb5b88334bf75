"""Who is told of bulletins. Every event of the slice is here; some are for the timeline alone."""

from collections.abc import Mapping

from backend.kit.notices import Notice, To

NOTICES: Mapping[str, Notice] = {
    "bulletin.drafted": Notice((), "H11.11-a"),
    "bulletin.edited": Notice((), "H11.11-a"),
    "bulletin.discarded": Notice((), "H11.11-a"),
    "bulletin.published": Notice((To.READERS,), "H11.11-a"),
    "bulletin.posted": Notice((), "H11.11-a"),
    "bulletin.ended": Notice((), "H11.11-a"),
    "bulletin.withdrawn": Notice((To.READERS, To.SUPPLIER_MANAGERS), "H11.11-a"),
    "bulletin.acknowledged": Notice((), "H11.11-a"),
    "communication_plan.agreed": Notice((To.SUPPLIER_MANAGERS,), "H11.11-c"),
    "service.started": Notice((To.SUPPLIER_MANAGERS, To.TIERA_SERVICE_MANAGERS), "H11.11-e"),
    "service.started_unplanned": Notice((To.SUPPLIER_MANAGERS, To.TIERA_SERVICE_MANAGERS), "H11.11-e"),
    "calendar_key.made": Notice((), "H11.11-a"),
    "calendar_key.ended": Notice((), "H11.11-a"),
}
