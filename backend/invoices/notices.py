"""Who is told of what happens to invoices. Every event of the slice is here; some are for the timeline alone."""

from collections.abc import Mapping

from backend.kit.notices import Notice, To

_SUPPLIER = (To.ACCOUNT_MANAGER, To.SUPPLIER_MANAGERS)
_TIERA = (To.TIERA_SERVICE_MANAGERS,)

NOTICES: Mapping[str, Notice] = {
    # How it comes
    "invoice.drafted": Notice((), "D11.9-g"),
    "invoice.edited": Notice((), "D11.9-g"),
    "invoice.discarded": Notice((), "D11.9-g"),
    "invoice.received": Notice(_TIERA, "D11.9-g"),
    "invoice.copy_received": Notice((), "D11.9-g"),
    "invoice.late": Notice((To.ACCOUNT_MANAGER, *_TIERA), "H11.3.1-b", required=True),
    # The clock of a month; its subject is the supplier
    "invoice.due_soon": Notice(_SUPPLIER, "H11.9-a", required=True),
    "invoice.overdue": Notice((*_SUPPLIER, *_TIERA), "H11.3.1-b", required=True),
    # What is found and decided
    "invoice.judged": Notice((), "D11.9-d"),
    "invoice.judged_again": Notice((), "D11.9-d"),
    "invoice.findings_found": Notice((To.ACCOUNT_MANAGER,), "H11.3.1-b", required=True),
    "invoice.lines_approved": Notice(_SUPPLIER, "D11.9-e"),
    "invoice.lines_disputed": Notice(_SUPPLIER, "H11.3.1-b", required=True),
    "invoice.lines_withdrawn": Notice(_TIERA, "D11.9-e"),
    "invoice.withdrawn": Notice(_TIERA, "D11.9-e"),
    "invoice.credited": Notice((), "D11.9-e"),
    "invoice_line.pointed": Notice((), "D11.9-h"),
    "invoice_line.pointing_ended": Notice((), "D11.9-e"),
    "invoice_line.answered": Notice(_TIERA, "D11.9-e", required=True),
    "invoice_line.reopened": Notice(_SUPPLIER, "D11.9-e"),
    "invoice_line.credited": Notice(_SUPPLIER, "D11.9-e"),
}
