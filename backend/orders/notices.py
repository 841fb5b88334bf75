"""Who is told of what happens to orders. Every event of the slice is here; some are for the timeline alone."""

from collections.abc import Mapping

from backend.kit.notices import Notice, To

_BOTH_SIDES = (To.ORDERER, To.SUPPLIER_MANAGERS, To.PROJECT_MANAGERS)
_SUPPLIER = (To.SUPPLIER_MANAGERS, To.ACCOUNT_MANAGER)
_WORKERS = (To.SUPPLIER_MANAGERS, To.PROJECT_MANAGERS)

NOTICES: Mapping[str, Notice] = {
    # A customer's request and a draft
    "order.asked": Notice((To.ORDERING_CONTACT,), "H11.8.1-i"),
    "order.taken_up": Notice((To.REQUESTER,), "H11.8.1-i"),
    "order.turned_down": Notice((To.REQUESTER,), "H11.8.1-i", required=True),
    "order.withdrawn": Notice((To.ORDERING_CONTACT,), "H11.8.1-i"),
    "order.drafted": Notice((), "H11.8.1-e"),
    "order.edited": Notice((), "H11.8.1-e"),
    "order.class_raised": Notice(_SUPPLIER, "H11.8.2-a"),
    "order.specified": Notice(_SUPPLIER, "H11.8.2-c"),
    "order.paper_added": Notice((), "H11.8.2-d"),
    "order.manager_named": Notice((To.PROJECT_MANAGERS,), "H11.3.3-a"),
    # Estimates
    "order.estimate_requested": Notice(_SUPPLIER, "H11.3.1-a", required=True),
    "order.estimated": Notice((To.ORDERER,), "H11.8.1-g", required=True),
    "order.estimate_due_soon": Notice(_SUPPLIER, "H11.3.1-a", required=True),
    "order.estimate_late": Notice((*_SUPPLIER, To.ORDERER), "H11.3.1-a", required=True),
    # Orders
    "order.ordered": Notice((*_SUPPLIER, To.REQUESTER), "H11.8.3-a", required=True),
    "order.confirmed": Notice((To.ORDERER,), "H11.8.1-f", required=True),
    "order.declined": Notice((To.ORDERER, To.REQUESTER), "H11.8.1-f", required=True),
    "order.cancelled": Notice((*_SUPPLIER, To.REQUESTER), "D0-b", required=True),
    "order.ended_early": Notice((*_BOTH_SIDES, To.ACCOUNT_MANAGER, To.REQUESTER), "D0-b", required=True),
    "order.settled": Notice((), "D3-a"),
    "order.work_summed": Notice((), "D3-a"),
    "order.bound_again": Notice((To.ORDERER,), "D3-a"),
    # The work
    "order.started": Notice((To.ORDERER,), "H11.8.2-d"),
    "order.delivery_due_soon": Notice(_WORKERS, "H11.8.3-b"),
    "order.delivery_late": Notice(_BOTH_SIDES, "H11.8.3-b"),
    "order.delivered": Notice((To.ORDERER, To.TIERA_SERVICE_MANAGERS), "H11.8.3-b", required=True),
    "order.returned": Notice(_WORKERS, "H11.8.3-b", required=True),
    "order.accepted": Notice((*_WORKERS, To.REQUESTER), "D0-f", required=True),
    "milestone.delivered": Notice((To.ORDERER,), "H11.9-b", required=True),
    "milestone.accepted": Notice(_WORKERS, "H11.9-b"),
    "milestone.returned": Notice(_WORKERS, "H11.9-b", required=True),
    # Forecast and ceiling
    "order.forecast_given": Notice((), "H11.8.3-c"),
    "order.warned": Notice(_BOTH_SIDES, "H11.8.3-c", required=True),
    "order.forecast_passed": Notice(_BOTH_SIDES, "H11.8.3-c", required=True),
    "order.euros_passed": Notice((*_BOTH_SIDES, To.TIERA_SERVICE_MANAGERS), "H11.8.3-c", required=True),
    "order.forecast_due_soon": Notice(_WORKERS, "H11.8.3-c", required=True),
    "order.forecast_late": Notice(_BOTH_SIDES, "H11.8.3-c", required=True),
    "overrun.requested": Notice((To.ORDERER, To.TIERA_SERVICE_MANAGERS), "H11.8.3-d", required=True),
    "overrun.answer_due_soon": Notice((To.ORDERER, To.TIERA_SERVICE_MANAGERS), "H11.8.3-d", required=True),
    "overrun.answer_late": Notice((To.ORDERER, To.TIERA_SERVICE_MANAGERS), "H11.8.3-d", required=True),
    "overrun.approved": Notice(_WORKERS, "H11.8.3-d", required=True),
    "overrun.rejected": Notice(_WORKERS, "H11.8.3-d", required=True),
    "overrun.withdrawn": Notice((To.ORDERER,), "H11.8.3-d"),
    # Changes of ordered work
    "revision.proposed": Notice(_SUPPLIER, "H11.8.3-b", required=True),
    "revision.offered": Notice((To.ORDERER,), "H11.8.3-b", required=True),
    "revision.accepted": Notice(_BOTH_SIDES, "H11.8.3-b", required=True),
    "revision.rejected": Notice(_BOTH_SIDES, "H11.8.3-b", required=True),
    "revision.withdrawn": Notice(_BOTH_SIDES, "H11.8.3-b"),
}
