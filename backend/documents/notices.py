"""Who is told of documents. Every event of the slice is here; some are for the timeline alone."""

from collections.abc import Mapping

from backend.kit.notices import Notice, To

_BOTH = (To.SUPPLIER_MANAGERS, To.TIERA_SERVICE_MANAGERS)

NOTICES: Mapping[str, Notice] = {
    "document.added": Notice(_BOTH, "H11.5-a"),
    "document.edited": Notice((), "H11.6-c"),
    "document.updated": Notice(_BOTH, "H11.6-a"),
    "document.reviewed": Notice((), "H11.6-a"),
    "document.retired": Notice(_BOTH, "H11.6-b"),
    "document.submitted": Notice((To.TIERA_SERVICE_MANAGERS,), "H11.4-a", required=True),
    "document.released": Notice((To.SUPPLIER_MANAGERS,), "H11.4-a"),
    "document.returned": Notice((To.SUPPLIER_MANAGERS,), "H11.4-a", required=True),
}
