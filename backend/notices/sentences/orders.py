"""What people read of orders."""

from collections.abc import Mapping

from backend.kit.translation import Text

SENTENCES: Mapping[str, Text] = {
    # A customer's request and a draft
    "order.asked": Text("A customer asks for this work."),
    "order.taken_up": Text("The request was taken up: an order is being prepared of it."),
    "order.turned_down": Text("The request was turned down; the reason is on its page."),
    "order.withdrawn": Text("The request was withdrawn."),
    "order.drafted": Text("The order was drafted."),
    "order.edited": Text("The draft was edited."),
    "order.class_raised": Text("The order was put into a larger class: %(size_class)s."),
    "order.specified": Text("What was left open of goal and limits was given."),
    "order.paper_added": Text("A document was attached: %(kind)s."),
    "order.manager_named": Text("%(person)s was named project manager."),
    # Estimates
    "order.estimate_requested": Text("An estimate is asked for by %(due_at)s."),
    "order.estimated": Text("The supplier has given its estimate."),
    "order.estimate_due_soon": Text("The estimate is due on %(due_at)s."),
    "order.estimate_late": Text("The estimate was due on %(due_at)s and had not come by then."),
    # Orders
    "order.ordered": Text("The work was ordered, for %(euros)s at most."),
    "order.confirmed": Text("The supplier has confirmed the order under its number %(supplier_number)s."),
    "order.declined": Text("The supplier has declined."),
    "order.cancelled": Text("The order was cancelled; the reason is on its page."),
    "order.ended_early": Text(
        "The order was ended early: hours up to the ceiling, or of a fixed price its accepted parts, stay payable; "
        "the reason is on its page."
    ),
    "order.work_summed": Text("All hours of the accepted work are approved: the order binds %(euros)s."),
    "order.settled": Text("Of the order that was ended early %(ceiling_minutes)s, %(euros)s, stays bound."),
    "order.bound_again": Text(
        "Of the order that was ended early %(minutes)s more are bound again for work that came back to it: "
        "%(ceiling_minutes)s, %(euros)s, in all."
    ),
    # The work
    "order.started": Text("Work on the order has begun."),
    "order.delivery_due_soon": Text("The delivery is due on %(due_at)s."),
    "order.delivery_late": Text(
        "The delivery was due on %(due_at)s: by then none had come, or what came was returned."
    ),
    "order.delivered": Text("The work was delivered and waits for acceptance."),
    "order.returned": Text("The delivery was returned."),
    "order.accepted": Text("The delivery was accepted."),
    "milestone.delivered": Text("The part “%(part)s” (%(amount)s) was delivered and waits for acceptance."),
    "milestone.accepted": Text("The part “%(part)s” (%(amount)s) was accepted."),
    "milestone.returned": Text("The part “%(part)s” was returned."),
    # Forecast and ceiling
    "order.forecast_given": Text(
        "The supplier expects %(forecast_minutes)s in all; the ceiling is %(ceiling_minutes)s."
    ),
    "order.warned": Text(
        "%(booked_minutes)s of the ceiling of %(ceiling_minutes)s are booked: the forecast must be renewed."
    ),
    "order.forecast_passed": Text(
        "The forecast of %(forecast_minutes)s passes the ceiling of %(ceiling_minutes)s: work waits for a decision."
    ),
    "order.euros_passed": Text(
        "Approved hours come to %(approved_euros)s: more than the %(euros)s that the order binds."
    ),
    "order.forecast_due_soon": Text("A new forecast is due on %(due_at)s."),
    "order.forecast_late": Text("A new forecast was due on %(due_at)s and had not come by then."),
    "overrun.requested": Text(
        "The supplier asks to go on by %(asked_minutes)s above the ceiling of %(ceiling_minutes)s; "
        "an answer is due on %(due_at)s."
    ),
    "overrun.answer_due_soon": Text("The answer to the supplier's request to go on is due on %(due_at)s."),
    "overrun.answer_late": Text("The supplier's request to go on was to be answered by %(due_at)s."),
    "overrun.approved": Text(
        "%(granted_minutes)s of the %(asked_minutes)s asked for were granted; the ceiling is now %(ceiling_minutes)s."
    ),
    "overrun.rejected": Text(
        "The request to go on by %(asked_minutes)s was rejected; the reason is on the order's page."
    ),
    "overrun.withdrawn": Text("The supplier has withdrawn its request to go on."),
    # Changes of ordered work
    "revision.proposed": Text("Tiera proposes a change of the order."),
    "revision.offered": Text("The supplier offers a change of the order: %(minutes_change)s."),
    "revision.accepted": Text("A change of the order was accepted."),
    "revision.rejected": Text("A change of the order was rejected."),
    "revision.withdrawn": Text("A proposed change of the order was withdrawn."),
}
