"""What people read of complaints."""

from collections.abc import Mapping

from backend.kit.translation import Text

SENTENCES: Mapping[str, Text] = {
    "complaint.drafted": Text("The complaint was drafted."),
    "complaint.drafted_by_mail": Text(
        "A mail that says that it is a complaint became a draft: complete it and send it."
    ),
    "complaint.edited": Text("The draft was edited."),
    "complaint.sent": Text(
        "A complaint was sent to %(person)s: acknowledge it by %(acknowledge_due_at)s, "
        "answer it by %(response_due_at)s."
    ),
    "complaint.acknowledgement_due_soon": Text("The complaint is to be acknowledged by %(due_at)s."),
    "complaint.acknowledgement_late": Text("The complaint was to be acknowledged by %(due_at)s and was not."),
    "complaint.acknowledged": Text("The supplier has acknowledged the complaint."),
    "complaint.beginning_due_soon": Text("The first action on the complaint is to be on record by %(due_at)s."),
    "complaint.beginning_late": Text("Nothing is on record as done on the complaint by %(due_at)s."),
    "complaint.begun": Text("The supplier has begun to handle the complaint."),
    "complaint.response_due_soon": Text("A proper response must arrive by %(due_at)s."),
    "complaint.response_late": Text("No proper response had come by %(due_at)s."),
    "complaint.answered": Text("The supplier has answered the complaint; Tiera judges the response."),
    "complaint.judgement_due_soon": Text("The response to the complaint is to be judged by %(due_at)s."),
    "complaint.judgement_late": Text("The response to the complaint was to be judged by %(due_at)s and was not."),
    "complaint.found_proper": Text("Tiera found the response proper."),
    "complaint.found_not_proper": Text("Tiera found the response not proper; what is missing is on its page."),
    "complaint.time_given": Text("Tiera gave more time to answer: until %(due_at)s."),
    "complaint.shared_use_found": Text("The complaint touches the shared use: it goes to the development group too."),
    "complaint.shared_use_denied": Text("The complaint does not touch the shared use after all."),
    "complaint.cause_said": Text("One side has said whether the cause was the supplier's."),
    "complaint.meeting_called": Text(
        "Tiera called the supplier's steering group to an extraordinary meeting on %(meeting_on)s; why is on the "
        "complaint's page."
    ),
    "complaint.handled": Text("The supplier's steering group handled the complaint on %(handled_on)s."),
    "complaint.closed": Text("The complaint was closed."),
    "complaint.withdrawn": Text("Tiera withdrew the complaint; the reason is on its page."),
    "complaint.file_taken_away": Text("An attachment was taken away."),
    "sanction.waiting": Text(
        "The time to answer ended at %(due_at)s; the sanction waits for the response to be judged."
    ),
    "sanction.entitled": Text("Tiera is entitled to the agreed sanction of %(amount)s."),
    "sanction.lapsed": Text(
        "There is no sanction: the response that came in time was proper, or the complaint was withdrawn."
    ),
    "sanction.applied": Text("Tiera applied the sanction of %(amount)s; the reason is on the complaint's page."),
    "sanction.waived": Text("Tiera waived the sanction of %(amount)s; the reason is on the complaint's page."),
}

WITHOUT: Mapping[str, tuple[str, Text]] = {
    "sanction.entitled": (
        "amount",
        Text("Tiera is entitled to a sanction; the agreement states no sum, and Tiera says it if it applies it."),
    ),
    "sanction.waived": ("amount", Text("Tiera waived the sanction; the reason is on the complaint's page.")),
}
"""Of events whose figure is not known: which that is, and what is said then."""
