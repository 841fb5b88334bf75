"""Who is told of what happens to complaints. Every event of the slice is here; some are for the timeline alone."""

from collections.abc import Mapping

from backend.kit.notices import Notice, To

_SUPPLIER = (To.SUPPLIER_MANAGERS, To.ACCOUNT_MANAGER)
_TIERA = (To.TIERA_SERVICE_MANAGERS,)

NOTICES: Mapping[str, Notice] = {
    "complaint.drafted": Notice((), "H11.10-a"),
    "complaint.drafted_by_mail": Notice(_TIERA, "H11.10-a"),
    "complaint.edited": Notice((), "H11.10-a"),
    "complaint.sent": Notice(_SUPPLIER, "H11.10-a", required=True),
    "complaint.acknowledgement_due_soon": Notice(_SUPPLIER, "H11.10-b", required=True),
    "complaint.acknowledgement_late": Notice((*_SUPPLIER, *_TIERA), "H11.10-b", required=True),
    "complaint.acknowledged": Notice(_TIERA, "H11.10-b"),
    "complaint.beginning_due_soon": Notice(_SUPPLIER, "H11.10-j", required=True),
    "complaint.beginning_late": Notice((*_SUPPLIER, *_TIERA), "H11.10-j", required=True),
    "complaint.begun": Notice(_TIERA, "H11.10-j"),
    "complaint.response_due_soon": Notice(_SUPPLIER, "H11.10-c", required=True),
    "complaint.response_late": Notice((*_SUPPLIER, *_TIERA), "H11.10-c", required=True),
    "complaint.answered": Notice(_TIERA, "H11.10-c", required=True),
    "complaint.judgement_due_soon": Notice(_TIERA, "H11.10-d", required=True),
    "complaint.judgement_late": Notice((*_SUPPLIER, *_TIERA), "H11.10-d", required=True),
    "complaint.found_proper": Notice(_SUPPLIER, "H11.10-d", required=True),
    "complaint.found_not_proper": Notice(_SUPPLIER, "H11.10-d", required=True),
    "complaint.time_given": Notice(_SUPPLIER, "H11.10-c", required=True),
    "complaint.shared_use_found": Notice((*_SUPPLIER, *_TIERA), "H7.4-a"),
    "complaint.shared_use_denied": Notice((*_SUPPLIER, *_TIERA), "H7.4-a"),
    "complaint.cause_said": Notice((*_SUPPLIER, *_TIERA), "H11.10-h"),
    "complaint.meeting_called": Notice((*_SUPPLIER, *_TIERA), "H11.10-i", required=True),
    "complaint.handled": Notice(_SUPPLIER, "H11.10-f"),
    "complaint.closed": Notice(_SUPPLIER, "H11.10-f"),
    "complaint.withdrawn": Notice(_SUPPLIER, "H11.10-e", required=True),
    "complaint.file_taken_away": Notice((), "H11.10-e"),
    "sanction.waiting": Notice(_TIERA, "H11.10-g", required=True),
    "sanction.entitled": Notice((*_SUPPLIER, *_TIERA), "H11.10-g", required=True),
    "sanction.lapsed": Notice((*_SUPPLIER, *_TIERA), "H11.10-g", required=True),
    "sanction.applied": Notice(_SUPPLIER, "H11.10-g", required=True),
    "sanction.waived": Notice(_SUPPLIER, "H11.10-g", required=True),
}
