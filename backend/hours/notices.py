"""Who is told of what happens to hours. Every event of the slice is here; some are for the timeline alone."""

from collections.abc import Mapping

from backend.kit.notices import Notice, To

NOTICES: Mapping[str, Notice] = {
    "time_entry.booked": Notice((), "H11.7.3-d"),
    "time_entry.corrected": Notice((), "H11.7.3-g"),
    "time_entry.approved": Notice((), "H11.7.3-g"),
    "time_entry.split": Notice((To.PERSON, To.SUPPLIER_MANAGERS), "H11.8.3-d"),
    "time_entry.returned": Notice((To.PERSON, To.SUPPLIER_MANAGERS), "H11.7.3-g", required=True),
    "time_entry.marked_against_instruction": Notice((To.PERSON, To.SUPPLIER_MANAGERS), "H11.8.1-h", required=True),
    "time_entry.approval_withdrawn": Notice((), "H11.7.3-g"),
    "hours.approved": Notice((To.SUPPLIER_MANAGERS,), "H11.7.3-g", required=True),
    "hours.approval_withdrawn": Notice((To.SUPPLIER_MANAGERS,), "H11.7.3-g"),
    "hours.approval_due_soon": Notice((To.TIERA_SERVICE_MANAGERS,), "H11.7.3-g", required=True),
    "hours.approval_late": Notice((To.TIERA_SERVICE_MANAGERS, To.SUPPLIER_MANAGERS), "H11.7.3-g", required=True),
    "target.defined": Notice((To.SUPPLIER_MANAGERS,), "H11.7.3-a"),
    "target.instructed": Notice((To.SUPPLIER_MANAGERS,), "H11.7.3-a"),
    "target.closed": Notice((To.SUPPLIER_MANAGERS,), "H11.7.3-a"),
}
