"""The states, actions and kinds of complaints as the schema names them."""

from enum import StrEnum

from backend.complaints.states import (
    AnswerTime,
    ComplaintAction,
    ComplaintCause,
    ComplaintClockKind,
    ComplaintState,
    ResponseTopic,
    SanctionAction,
    SanctionState,
)
from backend.graphql.reads.shape import described

described(
    ComplaintState,
    "Where a complaint stands. Lateness is a fact beside it.",
    DRAFT="Tiera writes it; the supplier does not see it.",
    SENT="Sent to the supplier's service manager.",
    ACKNOWLEDGED="The supplier has acknowledged it.",
    ANSWERED="A response has come, which Tiera has not judged yet.",
    PROPER="Tiera found the response proper.",
    NOT_PROPER="Tiera found the response not proper; another is waited for.",
    HANDLED="Handled in the supplier's steering group.",
    CLOSED="All that was agreed is done.",
    WITHDRAWN="Tiera took it back.",
)
described(
    ComplaintAction,
    "What can be done with a complaint.",
    EDIT="Change the draft.",
    SEND="Send it to the supplier.",
    ACKNOWLEDGE="Acknowledge it, for the supplier.",
    BEGIN="Say what was done first, for the supplier.",
    DRAFT_RESPONSE="Write on the response, for the supplier.",
    ANSWER="Send the response, for the supplier.",
    FIND_PROPER="Find the response proper.",
    FIND_NOT_PROPER="Find the response not proper.",
    GIVE_TIME="Give more time to answer.",
    CALL_MEETING="Call the steering group to an extraordinary meeting.",
    HANDLE="Put on record what the steering group said.",
    CLOSE="Close it.",
    WITHDRAW="Take it back.",
    SAY_CAUSE="Say for Tiera whether the cause was the supplier's.",
    OWN_CAUSE="Say for the supplier whether the cause was its own.",
    SAY_SHARED_USE="Say whether it touches the shared use, after it was sent.",
    BILL="Approve handling it for billing.",
)
described(
    ComplaintCause,
    "What kind of thing was not good enough.",
    QUALITY="The quality of the work.",
    DELAY="A delay.",
    COST="Cost or invoicing.",
    COMMUNICATION="Communication.",
    SECURITY="Security or data protection.",
    PEOPLE="People and roles.",
    OTHER="Something else.",
)
described(
    AnswerTime,
    "How many business days the first response to a complaint took.",
    FIVE_DAYS="Five at most.",
    TEN_DAYS="Six to ten.",
    TWENTY_DAYS="Eleven to twenty.",
    LONGER="More than twenty.",
    NONE="No response has come.",
)
described(
    ResponseTopic,
    "What a response covers.",
    SUMMARY="A summary.",
    MAIN_POINTS="The main points of the complaint.",
    PROBLEM="The problem and its cause.",
    EFFECTS="Its effects.",
    MEASURES="Reaction, corrective measures and solution.",
    PREVENTION="How the like is prevented.",
)
described(
    ComplaintClockKind,
    "What of a complaint is timed.",
    ACKNOWLEDGEMENT="From its arrival to the supplier's acknowledgement.",
    BEGINNING="From that to the first action.",
    RESPONSE="From its arrival to that of a proper response at Tiera.",
    JUDGEMENT="From the arrival of a response to Tiera's judgement.",
)
described(
    SanctionState,
    "Where a sanction stands.",
    WAITING="It waits for the judgement of a response that came in time.",
    ENTITLED="Tiera is entitled to it and has not decided.",
    APPLIED="Tiera applied it.",
    WAIVED="Tiera waived it.",
    LAPSED="The response that came in time was proper, or the complaint was withdrawn before that was said.",
)
described(
    SanctionAction,
    "What can be done with a sanction.",
    APPLY="Apply it.",
    WAIVE="Waive it.",
)


class ComplaintSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    DUE_FIRST = "due_first"
    DUE_LAST = "due_last"


described(
    ComplaintSort,
    "In which order complaints come.",
    NEWEST="Made last first.",
    OLDEST="Made first first.",
    DUE_FIRST="Whose response is due first first; those that are not due last.",
    DUE_LAST="Whose response is due last first.",
)
