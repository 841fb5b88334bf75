"""What people read of tickets."""

from collections.abc import Mapping

from backend.kit.translation import Text

SENTENCES: Mapping[str, Text] = {
    # The ticket and its way
    "ticket.reported": Text("The ticket was reported."),
    "ticket.taken": Text("The ticket was taken to be worked on."),
    "ticket.given": Text("The ticket was given to %(person)s."),
    "ticket.freed": Text("%(person)s has the ticket no more."),
    "ticket.team_set": Text("The ticket's team is now: %(team)s; before it was: %(former)s."),
    "ticket.responded": Text("The ticket was answered."),
    "ticket.waiting": Text("The ticket waits for an answer of whoever asked."),
    "ticket.waiting_for_tiera": Text("The ticket waits for an answer of Tiera's."),
    "ticket.waiting_for_supplier": Text("The ticket waits for an answer of the supplier's."),
    "ticket.resumed": Text("Work on the ticket goes on."),
    "ticket.handed_over": Text("The ticket was handed to the supplier."),
    "ticket.handed_back": Text("The supplier has handed the ticket back to Tiera's desk."),
    "ticket.recalled": Text("Tiera has taken the ticket back to its desk."),
    "ticket.class_changed": Text("The ticket's class is now: %(criticality)s; it reaches: %(reach)s."),
    "ticket.sorted": Text("The ticket's title, tags or team were changed."),
    "ticket.renamed": Text("The ticket's title was changed; before it was: “%(former)s”."),
    "ticket.tagged": Text("The ticket's tags are now: %(tags)s; before they were: %(former)s."),
    "ticket.watched": Text("Somebody began to watch the ticket."),
    "ticket.unwatched": Text("Somebody stopped watching the ticket."),
    "ticket.merged": Text("The ticket was merged into another one, where it goes on."),
    "ticket.took_in": Text("Another ticket was merged into this one."),
    "ticket.unmerged": Text("The ticket goes on by itself again."),
    "ticket.let_go": Text("A ticket that was merged into this one goes on by itself again."),
    "ticket.split": Text("A ticket of its own was made of a part of this one."),
    "ticket.linked": Text("The ticket was linked to another one, or to an order."),
    "ticket.unlinked": Text("A link of the ticket was taken away."),
    "ticket.cause_found": Text("The root cause was written."),
    "ticket.approved": Text("The change may be carried out."),
    "ticket.rejected": Text("The change was rejected; the reason is in the conversation."),
    "ticket.resolved": Text("The ticket was resolved."),
    "ticket.reopened": Text("The ticket was opened again."),
    "ticket.closed": Text("The ticket was closed."),
    "ticket.withdrawn": Text("The ticket was withdrawn."),
    # What is written
    "ticket_message.written": Text("Somebody has written on the ticket."),
    "ticket_message.submitted": Text(
        "The supplier has written to the customer; Tiera is to release or return it by %(due_at)s."
    ),
    "ticket_message.released": Text("Tiera has released what the supplier wrote."),
    "ticket_message.returned": Text("Tiera has returned what the supplier wrote; the reason is beside it."),
    "ticket_message.release_due_soon": Text("What the supplier wrote is to be released or returned by %(due_at)s."),
    "ticket_message.release_late": Text(
        "What the supplier wrote was to be released or returned by %(due_at)s and was not."
    ),
    "agreed_point.noted": Text(
        "A message carries what was agreed; it binds once Tiera confirms it, by %(due_at)s at the latest."
    ),
    "agreed_point.confirmed": Text("Tiera has confirmed what was agreed: it binds."),
    "agreed_point.refused": Text("Tiera has not confirmed what was agreed: it does not bind; the reason is beside it."),
    "agreed_point.confirm_due_soon": Text("What was agreed is to be confirmed or refused by %(due_at)s."),
    "agreed_point.confirm_late": Text("What was agreed was to be confirmed or refused by %(due_at)s and was not."),
    "ticket.documents_marked": Text("It was said what the change means for %(documents)s documents."),
    "ticket.file_taken_away": Text("An attachment was taken away."),
    "ticket_message.file_taken_away": Text("An attachment was taken away."),
    "ticket.marked_sensitive": Text("The description was marked as sensitive: it is masked."),
    "ticket_message.marked_sensitive": Text("A message was marked as sensitive: it is masked."),
    "text_opening.made": Text("A sensitive text was opened."),
    "text_opening.file_fetched": Text("An attachment of a sensitive text was fetched."),
    "ticket.texts_removed": Text("Sensitive texts were removed, for they had been kept long enough."),
    "ready_answer.written": Text("A ready answer was written."),
    "ready_answer.changed": Text("A ready answer was changed."),
    "ready_answer.ended": Text("A ready answer is offered no more."),
    "ticket_template.written": Text("A template was written."),
    "ticket_template.changed": Text("A template was changed."),
    "ticket_template.ended": Text("A template is offered no more."),
    # Quality
    "ticket_rating.given": Text("Whoever asked rated how the ticket was handled: %(score)s of 5."),
    "deviation.rated_low": Text(
        "A ticket was rated %(score)s of 5: say what was done, what is planned and how the like is prevented."
    ),
    "deviation.level_missed": Text(
        "A service was not produced on the agreed level in %(missed_month)s; it goes to the production group."
    ),
    "deviation.cause_found": Text(
        "The root cause of an incident of wide reach is known; it goes to the production group."
    ),
    "deviation.measured": Text("Measures of a quality deviation were recorded."),
    "deviation.told": Text("Tiera has told what came of a low rating."),
    "deviation.reported": Text("The production group was told of it on %(reported_on)s."),
    "recurrence.found": Text("Something recurs: %(tickets)s tickets share words."),
    "recurrence.found_at_customer": Text(
        "What recurs over all recurs within one customer too: %(tickets)s tickets share words."
    ),
    "recurrence.came_again": Text(
        "It recurs although it was remedied: %(tickets)s more came. The supplier proposes another remedy."
    ),
    "recurrence.taken": Text("A problem was made of what recurs."),
    "recurrence.returned": Text("The problem that was made of what recurs was withdrawn: it is to be looked at again."),
    "recurrence.dismissed": Text("What seemed to recur was dismissed; the reason is on its page."),
    "recurrence.remedy_proposed": Text(
        "The supplier proposes how to have fewer: from %(now_rate)s a month to %(expected_rate)s."
    ),
    "recurrence.answer_due_soon": Text("The proposal to have fewer of what recurs is to be answered by %(due_at)s."),
    "recurrence.answer_late": Text(
        "The proposal to have fewer of what recurs was to be answered by %(due_at)s and was not."
    ),
    "recurrence.remedy_accepted": Text("Tiera accepted the proposal to have fewer of what recurs."),
    "recurrence.remedy_declined": Text("Tiera did not accept the proposal; the reason is on its page."),
    "contact_permission.given": Text(
        "Tiera permits people of the supplier to write to customers directly, "
        "from %(valid_from)s until %(valid_until)s."
    ),
    "contact_permission.ended": Text("A permission to write to customers directly has ended; the reason is beside it."),
    # Billing
    "ticket.billing_asked": Text("The supplier asks Tiera to approve the ticket for billing."),
    "ticket.billing_declined": Text("Tiera says that the ticket is not billed; the reason is on its page."),
    "ticket.bill_due_soon": Text("The ticket is to be approved for billing by %(due_at)s, or not."),
    "ticket.bill_late": Text("The ticket was to be approved for billing by %(due_at)s and was not."),
    "billing.effort_approved": Text("It was approved for billing: at most %(minutes)s."),
    "billing.sum_approved": Text("It was approved for billing: %(amount)s without VAT."),
    "billing.raised": Text("%(minutes)s more may be billed: at most %(granted)s now."),
    "billing.taken_back": Text("The approval for billing was taken back."),
    # The catalogue
    "product.defined": Text("A product was put into the service catalogue."),
    "product.changed": Text("The product was changed in the service catalogue: version %(ordinal)s."),
    "product.ended": Text("The product is offered no more."),
    # Clocks
    "ticket.respond_due_soon": Text("The ticket is to be answered by %(due_at)s."),
    "ticket.respond_late": Text("The ticket was to be answered by %(due_at)s."),
    "ticket.resolve_due_soon": Text("The ticket is to be resolved by %(due_at)s."),
    "ticket.resolve_late": Text("The ticket was to be resolved by %(due_at)s."),
    "ticket.update_due_soon": Text("Whoever asked is to hear anew of the ticket by %(due_at)s."),
    "ticket.update_late": Text("Whoever asked was to hear anew of the ticket by %(due_at)s."),
    "ticket.decide_due_soon": Text("The change is to be decided on by %(due_at)s."),
    "ticket.decide_late": Text("The change was to be decided on by %(due_at)s and was not."),
    "ticket.hand_back_due_soon": Text("What the supplier handed back is to be taken up by %(due_at)s."),
    "ticket.hand_back_late": Text("What the supplier handed back was to be taken up by %(due_at)s and was not."),
    "ticket.answer_due_soon": Text("What the supplier asks is to be answered by %(due_at)s."),
    "ticket.answer_late": Text("What the supplier asks was to be answered by %(due_at)s and was not."),
    "service_level.set": Text("A service level was set, to hold from %(valid_from)s."),
}
