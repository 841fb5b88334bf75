"""What can be done with complaints and sanctions, each field a verb of the slice."""

import datetime as dt
from decimal import Decimal
from typing import Any

import strawberry

from backend.complaints import attachment_verbs, billing_verbs, mail_verbs, response_verbs, sanction_verbs, verbs
from backend.complaints.states import ComplaintCause
from backend.graphql.billing import BillingApproval
from backend.graphql.billing_mutations import BillingFigureInput
from backend.graphql.complaints import Complaint, Sanction
from backend.graphql.files import attached
from backend.graphql.inputs import key, part, subject, value
from backend.graphql.mutations import mutation, mutations
from backend.rulebook.roles import Right

COMPLAINT: dict[str, Any] = {"complaint": Complaint}
SEEN_LAST = "The version of the response that was read last, a draft or a sent one; refused where a draft is newer."


# Tiera's


@part(verbs.Content)
class ComplaintContentInput:
    """What a complaint says."""

    title: str = value("What it is called, in a few words.")
    description: str = value("What was not good enough, in plain words.")
    cause: ComplaintCause = value("What kind of thing.")
    about: strawberry.ID | None = subject("What it is about, such as an order or an invoice.", default=None)
    about_named: str | None = value(
        "The same as people say it, where `about` is left out: the number of an order, a ticket or an invoice, the "
        "name of a service or of whoever has a role at the supplier, the address of its page.",
        default=None,
    )
    meeting: str | None = value("The meeting that it is about, by the name of its body.", default=None)
    met_on: dt.date | None = value("The day of that meeting.", default=None)
    service_id: strawberry.ID | None = key("Service", "The service it concerns.", default=None)
    touches_shared_use: bool = value("Whether the development group gets it as well.", default=False)
    cannot_wait: bool = value("Whether it cannot wait for the steering group's normal rhythm.", default=False)
    file_ids: list[strawberry.ID] | None = attached()


@mutation(billing_verbs.bill_handling, by=Right.APPROVE_BILLING, rule="H11.10-h", billing_approval=BillingApproval)
class BillHandling:
    """Approve the handling of a complaint for billing: both sides say that the cause was not the supplier's."""

    complaint_id: strawberry.ID = key("Complaint", "The complaint.")
    figure: BillingFigureInput = value("What may be billed.")
    note: str | None = value("What the supplier is to know.", default=None)


@mutation(verbs.create_complaint, by=Right.COMPLAIN, rule="H11.10-a", **COMPLAINT)
class CreateComplaint:
    """Begin a complaint. The supplier does not see it until it is sent."""

    agreement_id: strawberry.ID = key("Agreement", "Under which agreement with a supplier.")
    content: ComplaintContentInput = value("What it says.")


@mutation(mail_verbs.complain_by_mail, by=Right.COMPLAIN, rule="H11.10-a", **COMPLAINT)
class ComplainByMail:
    """Begin a complaint of a mail that waits for the desk; what came with it is attached. The draft is Tiera's."""

    mail_id: strawberry.ID = key("IncomingMail", "The mail.")
    agreement_id: strawberry.ID = key("Agreement", "Under which agreement with a supplier.")
    content: ComplaintContentInput = value("What it says.")


@mutation(verbs.edit_complaint, by=Right.COMPLAIN, rule="H11.10-a", edits=True, **COMPLAINT)
class EditComplaint:
    """Change a draft."""

    complaint_id: strawberry.ID = key("Complaint", "The draft.")
    agreement_id: strawberry.ID | None = key(
        "Agreement", "Under which agreement with a supplier; left out: under the one that it has.", default=None
    )
    content: ComplaintContentInput = value("What it says.")


@mutation(verbs.send_complaint, by=Right.COMPLAIN, rule="H11.10-a", **COMPLAINT)
class SendComplaint:
    """Send it to the supplier's service manager. It gets its number and cannot be changed any more."""

    complaint_id: strawberry.ID = key("Complaint", "The draft.")


@mutation(response_verbs.judge_response, by=Right.COMPLAIN, rule="H11.10-d", **COMPLAINT)
class JudgeResponse:
    """Say whether a response is proper; refused where another came after it."""

    complaint_id: strawberry.ID = key("Complaint", "The complaint.")
    response_id: strawberry.ID = key("ComplaintResponse", "The response that was read.")
    is_proper: bool = value("Whether it is.")
    reason: str = value("Why; of one that is not: what is missing.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(response_verbs.give_time, by=Right.COMPLAIN, rule="H11.10-c", **COMPLAINT)
class GiveTimeToAnswer:
    """Give the supplier more time to answer."""

    complaint_id: strawberry.ID = key("Complaint", "The complaint.")
    until: dt.date = value("Until the end of this day, or of the next business day where it is none.")
    reason: str = value("Why.")


@mutation(verbs.say_shared_use, by=Right.COMPLAIN, rule="H7.4-a", **COMPLAINT)
class SaySharedUse:
    """Say of a complaint that was sent whether it touches the shared use: the development group gets it as well."""

    complaint_id: strawberry.ID = key("Complaint", "The complaint.")
    touches_shared_use: bool = value("Whether it does.")


@mutation(verbs.call_meeting, by=Right.COMPLAIN, rule="H11.10-i", **COMPLAINT)
class CallExtraordinaryMeeting:
    """Call the supplier's steering group to an extraordinary meeting over a complaint that cannot wait."""

    complaint_id: strawberry.ID = key("Complaint", "The complaint.")
    called_for: dt.date = value("The day of the meeting: today or later, whatever notice other meetings have.")
    reason: str = value("Why it cannot wait, and where or how the group meets.")


@mutation(verbs.handle_complaint, by=Right.COMPLAIN, rule="H11.10-f", **COMPLAINT)
class HandleComplaint:
    """Put on record what the supplier's steering group said of a complaint and its response."""

    complaint_id: strawberry.ID = key("Complaint", "The complaint.")
    handled_on: dt.date = value("The day of the meeting.")
    handling: str = value("What was said and agreed.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(verbs.close_complaint, by=Right.COMPLAIN, rule="H11.10-f", **COMPLAINT)
class CloseComplaint:
    """Close a handled complaint. It stays in the register."""

    complaint_id: strawberry.ID = key("Complaint", "The complaint.")


@mutation(verbs.withdraw_complaint, by=Right.COMPLAIN, rule="H11.10-e", **COMPLAINT)
class WithdrawComplaint:
    """Take a complaint back. It stays in the register."""

    complaint_id: strawberry.ID = key("Complaint", "The complaint.")
    reason: str = value("Why, for the supplier to read.")


@mutation(sanction_verbs.decide_sanction, sanction=Sanction, by=Right.DECIDE_SANCTIONS, rule="H11.10-g")
class DecideSanction:
    """Apply the sanction to which Tiera is entitled, or waive it."""

    sanction_id: strawberry.ID = key("Sanction", "The sanction.")
    applies: bool = value("Whether it is applied; else it is waived.")
    reason: str = value("Why, for the supplier to read.")
    amount: Decimal | None = value(
        "The sum that is applied, in euros without VAT, where the agreement states none.", default=None
    )
    file_ids: list[strawberry.ID] | None = attached()


# The supplier's


@part(response_verbs.Response)
class ResponseInput:
    """A response, topic by topic; a draft may leave some out."""

    summary: str = value("Summary.", default="")
    main_points: str = value("The main points of the complaint.", default="")
    problem: str = value("The problem and its cause.", default="")
    effects: str = value("Its effects.", default="")
    measures: str = value("Reaction, corrective measures and solution.", default="")
    prevention: str = value("How the like is prevented.", default="")


@mutation(response_verbs.acknowledge_complaint, by=Right.ANSWER_COMPLAINTS, rule="H11.10-b", **COMPLAINT)
class AcknowledgeComplaint:
    """Acknowledge that a complaint has come."""

    complaint_id: strawberry.ID = key("Complaint", "The complaint.")


@mutation(response_verbs.begin_handling, by=Right.ANSWER_COMPLAINTS, rule="H11.10-j", **COMPLAINT)
class BeginHandlingComplaint:
    """Say what was done first after acknowledging it."""

    complaint_id: strawberry.ID = key("Complaint", "The complaint.")
    action: str = value("What was done.")


@mutation(response_verbs.draft_response, by=Right.ANSWER_COMPLAINTS, rule="H11.10-d", edits=True, **COMPLAINT)
class DraftResponse:
    """Keep what is written of a response so far."""

    complaint_id: strawberry.ID = key("Complaint", "The complaint.")
    response: ResponseInput = value("What it says so far.")
    expected_version: int | None = value(SEEN_LAST, default=None)
    file_ids: list[strawberry.ID] | None = attached()


@mutation(response_verbs.answer_complaint, by=Right.ANSWER_COMPLAINTS, rule="H11.10-c", **COMPLAINT)
class AnswerComplaint:
    """Send the response with all its six topics."""

    complaint_id: strawberry.ID = key("Complaint", "The complaint.")
    response: ResponseInput = value("What it says.")
    expected_version: int | None = value(SEEN_LAST, default=None)
    file_ids: list[strawberry.ID] | None = attached()


# Both sides'


@mutation(
    response_verbs.say_whose_cause,
    by=(Right.COMPLAIN, Right.ANSWER_COMPLAINTS),
    rule="H11.10-h",
    **COMPLAINT,
)
class SayWhoseCause:
    """Say for one's side whether the cause was the supplier's; said once."""

    complaint_id: strawberry.ID = key("Complaint", "The complaint.")
    is_suppliers: bool = value("Whether it was.")


@mutation(
    attachment_verbs.take_away_complaint_file,
    by=(Right.COMPLAIN, Right.ANSWER_COMPLAINTS),
    rule="H11.10-e",
    **COMPLAINT,
)
class TakeAwayComplaintFile:
    """Take away what is attached to a complaint or to a response; that it was there stays on record."""

    file_id: strawberry.ID = key("StoredFile", "The attachment.")
    reason: str = value("Why.")


ComplaintsMutation = mutations(
    CreateComplaint,
    ComplainByMail,
    EditComplaint,
    SendComplaint,
    AcknowledgeComplaint,
    BeginHandlingComplaint,
    DraftResponse,
    AnswerComplaint,
    JudgeResponse,
    GiveTimeToAnswer,
    SayWhoseCause,
    SaySharedUse,
    TakeAwayComplaintFile,
    CallExtraordinaryMeeting,
    HandleComplaint,
    CloseComplaint,
    WithdrawComplaint,
    DecideSanction,
    BillHandling,
)
