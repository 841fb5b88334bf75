"""Who is told of what happens to tickets. Every event of the slice is here; some are for the timeline alone."""

from collections.abc import Mapping

from backend.kit.notices import Notice, To

_ASKER = (To.REQUESTER, To.WATCHERS)
_HANDLERS = (To.ASSIGNEE, To.WATCHERS)
_BOTH_SIDES = (To.ASSIGNEE, To.SUPPLIER_MANAGERS, To.TIERA_SERVICE_MANAGERS)
_AGREED = (To.REQUESTER, To.ASSIGNEE, To.SUPPLIER_MANAGERS, To.TIERA_SERVICE_MANAGERS)
_BILLED = (To.SUPPLIER_MANAGERS, To.ACCOUNT_MANAGER)

NOTICES: Mapping[str, Notice] = {
    # The ticket and its way
    "ticket.reported": Notice((To.TIERA_SERVICE_MANAGERS, To.SUPPLIER_MANAGERS, To.REQUESTER), "H11.7.2-a"),
    "ticket.taken": Notice(_HANDLERS, "H11.7.2-a"),
    "ticket.responded": Notice((), "H2.1-a"),
    "ticket.waiting": Notice(_ASKER, "H2.1-a"),
    "ticket.resumed": Notice((), "H2.1-a"),
    "ticket.handed_over": Notice((To.SUPPLIER_MANAGERS, To.WATCHERS), "H11.4-b", required=True),
    "ticket.handed_back": Notice((To.TIERA_SERVICE_MANAGERS, To.WATCHERS), "H11.4-b", required=True),
    "ticket.recalled": Notice((To.SUPPLIER_MANAGERS, To.WATCHERS), "H11.4-b", required=True),
    "ticket.class_changed": Notice((*_BOTH_SIDES, To.WATCHERS), "H2.1-a"),
    "ticket.sorted": Notice((), "H11.7.2-a"),
    "ticket.merged": Notice((To.REQUESTER, To.ASSIGNEE, To.WATCHERS), "H11.7.2-a"),
    "ticket.took_in": Notice(_HANDLERS, "H11.7.2-a"),
    "ticket.unmerged": Notice((To.REQUESTER, To.ASSIGNEE, To.WATCHERS), "H11.7.2-a"),
    "ticket.let_go": Notice((), "H11.7.2-a"),
    "ticket.split": Notice((), "H11.7.2-a"),
    "ticket.linked": Notice((), "H11.2.3-a"),
    "ticket.unlinked": Notice((), "H11.2.3-a"),
    "ticket.cause_found": Notice((To.TIERA_SERVICE_MANAGERS, To.WATCHERS), "H11.2.3-b"),
    "ticket.approved": Notice((*_HANDLERS, To.SUPPLIER_MANAGERS), "H11.2.3-a"),
    "ticket.rejected": Notice((*_HANDLERS, To.SUPPLIER_MANAGERS, To.REQUESTER), "H11.2.3-a"),
    "ticket.resolved": Notice(_ASKER, "H11.7.2-a"),
    "ticket.reopened": Notice((*_BOTH_SIDES, To.WATCHERS), "H2.1-a", required=True),
    "ticket.documents_marked": Notice((), "H11.6-a"),
    "ticket.file_taken_away": Notice((), "H11.7.2-a"),
    "ticket_message.file_taken_away": Notice((), "H11.7.2-a"),
    "ticket.closed": Notice(_HANDLERS, "H11.7.2-a"),
    "ticket.withdrawn": Notice((*_HANDLERS, To.REQUESTER), "H11.7.2-a"),
    # What is written
    "ticket_message.written": Notice((To.REQUESTER, To.ASSIGNEE, To.WATCHERS), "H11.7.2-a"),
    "ticket_message.submitted": Notice((To.TIERA_SERVICE_MANAGERS,), "H11.4-a", required=True),
    "ticket_message.released": Notice((To.REQUESTER, To.ASSIGNEE, To.WATCHERS), "H11.4-a"),
    "ticket_message.returned": Notice((To.ASSIGNEE, To.SUPPLIER_MANAGERS), "H11.4-a", required=True),
    "ticket_message.release_due_soon": Notice((To.TIERA_SERVICE_MANAGERS,), "H11.4-a", required=True),
    "ticket_message.release_late": Notice((To.TIERA_SERVICE_MANAGERS, To.SUPPLIER_MANAGERS), "H11.4-a", required=True),
    "agreed_point.noted": Notice((To.TIERA_SERVICE_MANAGERS, To.WATCHERS), "H11.4-e", required=True),
    "agreed_point.confirmed": Notice((*_AGREED, To.WATCHERS), "H11.4-e", required=True),
    "agreed_point.refused": Notice((*_AGREED, To.WATCHERS), "H11.4-e", required=True),
    "agreed_point.confirm_due_soon": Notice((To.TIERA_SERVICE_MANAGERS,), "H11.4-e", required=True),
    "agreed_point.confirm_late": Notice((To.TIERA_SERVICE_MANAGERS, To.SUPPLIER_MANAGERS), "H11.4-e", required=True),
    "ticket.marked_sensitive": Notice((), "H11.1-b"),
    "ticket_message.marked_sensitive": Notice((), "H11.1-b"),
    "text_opening.made": Notice((), "H11.1-b"),
    "text_opening.file_fetched": Notice((), "H11.1-b"),
    "ticket.texts_removed": Notice((To.TIERA_SERVICE_MANAGERS,), "H11.1-b"),
    "ready_answer.written": Notice((), "H11.7.2-a"),
    "ready_answer.changed": Notice((), "H11.7.2-a"),
    "ready_answer.ended": Notice((), "H11.7.2-a"),
    "ticket_rating.given": Notice((To.ASSIGNEE, To.WATCHERS), "H10.3-a"),
    "deviation.rated_low": Notice((To.TIERA_SERVICE_MANAGERS, To.SUPPLIER_MANAGERS), "H10.3-c", required=True),
    "deviation.level_missed": Notice((To.SUPPLIER_MANAGERS, To.TIERA_SERVICE_MANAGERS), "H11.3.4-d", required=True),
    "deviation.measured": Notice((To.TIERA_SERVICE_MANAGERS,), "H10.3-c", required=True),
    "deviation.told": Notice((To.REQUESTER, To.SUPPLIER_MANAGERS), "H10.3-c"),
    "deviation.reported": Notice((To.SUPPLIER_MANAGERS,), "H11.3.4-d"),
    "recurrence.found": Notice((To.SUPPLIER_MANAGERS, To.TIERA_SERVICE_MANAGERS), "H11.3.4-a"),
    "recurrence.taken": Notice((To.TIERA_SERVICE_MANAGERS,), "H11.3.4-a"),
    "recurrence.dismissed": Notice((To.TIERA_SERVICE_MANAGERS, To.SUPPLIER_MANAGERS), "H11.3.4-a"),
    "recurrence.remedy_proposed": Notice((To.TIERA_SERVICE_MANAGERS,), "H11.3.4-a", required=True),
    "recurrence.answer_due_soon": Notice((To.TIERA_SERVICE_MANAGERS,), "H11.3.4-a", required=True),
    "recurrence.answer_late": Notice((To.TIERA_SERVICE_MANAGERS, To.SUPPLIER_MANAGERS), "H11.3.4-a", required=True),
    "recurrence.remedy_accepted": Notice((To.SUPPLIER_MANAGERS,), "H11.3.4-a", required=True),
    "recurrence.remedy_declined": Notice((To.SUPPLIER_MANAGERS,), "H11.3.4-a", required=True),
    "contact_permission.given": Notice((To.SUPPLIER_MANAGERS, To.ACCOUNT_MANAGER), "H11.4-c", required=True),
    "contact_permission.ended": Notice((To.SUPPLIER_MANAGERS, To.ACCOUNT_MANAGER), "H11.4-c", required=True),
    # Billing
    "billing.effort_approved": Notice(_BILLED, "H11.9-c", required=True),
    "billing.sum_approved": Notice(_BILLED, "H11.9-c", required=True),
    "billing.raised": Notice(_BILLED, "H11.9-c", required=True),
    "billing.taken_back": Notice(_BILLED, "H11.9-c", required=True),
    # The catalogue
    "product.defined": Notice((To.SUPPLIER_MANAGERS,), "H11.7.2-a"),
    "product.changed": Notice((To.SUPPLIER_MANAGERS,), "H11.7.2-a"),
    "product.ended": Notice((To.SUPPLIER_MANAGERS,), "H11.7.2-a"),
    # Clocks
    "ticket.respond_due_soon": Notice(_BOTH_SIDES, "H2.1-a", required=True),
    "ticket.respond_late": Notice(_BOTH_SIDES, "H2.1-a", required=True),
    "ticket.resolve_due_soon": Notice(_BOTH_SIDES, "H2.1-a", required=True),
    "ticket.resolve_late": Notice(_BOTH_SIDES, "H2.1-a", required=True),
    "ticket.update_due_soon": Notice(_BOTH_SIDES, "H2.1-a", required=True),
    "ticket.update_late": Notice(_BOTH_SIDES, "H2.1-a", required=True),
    "ticket.decide_due_soon": Notice((To.TIERA_SERVICE_MANAGERS,), "H11.2.3-a", required=True),
    "ticket.decide_late": Notice((To.TIERA_SERVICE_MANAGERS, To.SUPPLIER_MANAGERS), "H11.2.3-a", required=True),
    "ticket.hand_back_due_soon": Notice((To.TIERA_SERVICE_MANAGERS,), "H11.4-b", required=True),
    "ticket.hand_back_late": Notice((To.TIERA_SERVICE_MANAGERS, To.SUPPLIER_MANAGERS), "H11.4-b", required=True),
    "service_level.set": Notice((To.ACCOUNT_MANAGER, To.SUPPLIER_MANAGERS), "H2.1-a", required=True),
}
